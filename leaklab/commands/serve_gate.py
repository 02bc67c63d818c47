"""`leaklab serve gate`: an enforcement point in front of the API, as a process of its own."""

from __future__ import annotations

import re
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leaklab.problems import Problem, extra

from .serve_options import DEFAULT_DATA, LOOPBACK, AllowedHosts, EnforcementName, Host, RedisUrl, WithParent

if TYPE_CHECKING:
    from mock_api.core.enforcement import Enforcement

Name = Annotated[
    str, typer.Option(help="What the gate is called: a-z, 0-9 and -.", envvar="LEAKLAB_GATE_NAME")
]
AuthorityUrl = Annotated[
    str, typer.Option("--authority", help="Where the authority answers.", envvar="LEAKLAB_AUTHORITY")
]
ApiUrl = Annotated[
    str | None,
    typer.Option("--upstream", help="The API behind the gate; default: the authority.", envvar="LEAKLAB_UPSTREAM"),
]
GateKeyFile = Annotated[
    Path, typer.Option("--gate-key-file", help="A file that holds the gate key.", envvar="LEAKLAB_GATE_KEY_FILE")
]
PortGate = Annotated[
    int, typer.Option(help="Port of the gate; 0: any free one.", envvar="LEAKLAB_PORT_GATE", min=0, max=65535)
]
HistoryFile = Annotated[
    Path | None,
    typer.Option("--history", help="Write a line of JSON for every request here.", envvar="LEAKLAB_HISTORY"),
]
Patience = Annotated[
    float,
    typer.Option(help="Seconds to wait for the authority.", envvar="LEAKLAB_PATIENCE", min=0, max=3600),
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        help="Where clients reach this gate, if not where it listens; DPoP proofs name it.",
        envvar="LEAKLAB_PUBLIC_URL",
    ),
]
ListenFd = Annotated[int | None, typer.Option("--listen-fd", hidden=True, envvar="LEAKLAB_LISTEN_FD")]


def serve_gate(
    gate_key_file: GateKeyFile = DEFAULT_DATA / "gate-key",
    authority: AuthorityUrl = "http://127.0.0.1:8000",
    enforcement: EnforcementName = None,
    name: Name = "gate-1",
    host: Host = LOOPBACK,
    port_gate: PortGate = 8010,
    redis: RedisUrl = None,
    history: HistoryFile = None,
    upstream: ApiUrl = None,
    allowed_hosts: AllowedHosts = "",
    patience: Patience = 30.0,
    public_url: PublicUrl = None,
    listen_fd: ListenFd = None,
    with_parent: WithParent = False,
) -> None:
    """Start a gate in front of the API: it admits or refuses on its own view, and forwards what it admits."""
    with extra("serve", "serve a gate"):
        from leaklab.enforcements import enforcement_named
        from leaklab.gates import Wish, checked_url, gate_app, read_gate_key
        from leaklab.serving import address, adopt, listen, serve
        from mock_api.gate.process import Place
    if re.fullmatch(r"[a-z0-9-]{1,40}", name, re.ASCII) is None:
        raise Problem(f"A gate cannot be called {name!r}: take 1 to 40 of a-z, 0-9 and -.", exit_code=2)
    hosts = tuple(each.strip() for each in allowed_hosts.split(",") if each.strip())
    authority = checked_url(authority, "--authority", hosts)
    wanted = None if enforcement is None else enforcement_named(enforcement)
    key = read_gate_key(gate_key_file)
    with adopt(listen_fd) if listen_fd is not None else listen(host, port_gate, "--port-gate") as port:
        place = Place(
            name=name, url=public_url or address(port), authority=authority, gate_key=key, redis_url=redis,
            upstream=authority if upstream is None else checked_url(upstream, "--upstream", hosts),
        )
        wish = Wish(place=place, enforcement=wanted, history=history, patience=patience)
        app, chosen = gate_app(wish, lambda said: typer.echo(said, err=True))
        said = f"ready: gate {name} {address(port)}, {in_short(chosen)}"
        serve([(app, port)], lambda: typer.echo(said), until_stdin_ends=with_parent)


def in_short(enforcement: Enforcement) -> str:
    """Name, bound in seconds where it does not hang on the tokens' lifetime, and guarantee in words."""
    bound = enforcement.bound(inf)
    within = f" (bound {bound:g} s)" if isfinite(bound) else ""
    return f"enforcement {enforcement.__struct_config__.tag}{within}: {enforcement.guarantee}"
