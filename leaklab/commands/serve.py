"""`leaklab serve`: the API, the public front end, or both as a range with gates in front, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leaklab.problems import Problem, extra

from .serve_gate import serve_gate
from .serve_options import (
    DEFAULT_DATA,
    LOOPBACK,
    RANGE_POLICY,
    AllowedHosts,
    CredentialFile,
    Database,
    DataFolder,
    EnforcementName,
    GateCount,
    HistoryFolder,
    Host,
    IssuerUrl,
    KeyFileOut,
    LeakFile,
    PolicyName,
    PortApi,
    PortProxy,
    RedisOrAuto,
    RedisUrl,
    SignalHosts,
    Speed,
    TesterCount,
    Upstream,
    WithParent,
)

if TYPE_CHECKING:
    from leaklab.opening import OpenRange

app = typer.Typer(help="Start the API, the public front end, or both.", no_args_is_help=True)
app.command("gate")(serve_gate)


@app.command("range")
def serve_range(
    data: DataFolder = DEFAULT_DATA,
    host: Host = LOOPBACK,
    port_api: PortApi = 8000,
    port_proxy: PortProxy = 8001,
    policy: PolicyName = None,
    speed: Speed = 1.0,
    testers: TesterCount = 20,
    database: Database = None,
    gates: GateCount = 0,
    enforcement: EnforcementName = None,
    redis: RedisOrAuto = None,
    history: HistoryFolder = None,
    signal_hosts: SignalHosts = "",
    issuer: IssuerUrl = None,
) -> None:
    """Start the API, gates in front of it if asked for, and the public front end, which spends a leaked token."""
    with extra("serve", "serve a range"):
        from leaklab.fleet import Fleet
        from leaklab.front_end import leaking_front_end
        from leaklab.opening import write_credentials
        from leaklab.redis_server import redis_at
        from leaklab.serving import address, listen, serve
    _check_gates(gates, enforcement, speed)
    with ExitStack() as stack:
        api_port = stack.enter_context(listen(host, port_api, "--port-api"))
        proxy_port = stack.enter_context(listen(host, port_proxy, "--port-proxy"))
        gate_ports = [stack.enter_context(listen(host, 0, "--gates")) for _ in range(gates)]
        redis_url = stack.enter_context(redis_at(redis))
        opened = stack.enter_context(_opened(data, policy, speed, testers, database, enforcement, issuer))
        _check_policy(opened, gates)
        api_url, proxy_url = address(api_port), address(proxy_port)
        fleet = stack.enter_context(Fleet(api_url, data, gate_ports, redis_url, history))
        write_credentials(opened, api_url, proxy_url, fleet.urls)
        front_end = stack.enter_context(leaking_front_end(opened, fleet.urls[0] if gates else api_url, speed))
        said = f"ready: API {api_url}, front end {proxy_url}, credentials {data / 'credentials.json'}"
        api = _api(opened, api_url, redis_url, signal_hosts)
        serve(
            [(api, api_port), (front_end, proxy_port)],
            lambda: fleet.start(opened.credentials["gate_key"], typer.echo, lambda: typer.echo(said)),
            _goodbye(opened, api),
        )


@app.command("api")
def serve_api(
    data: DataFolder = DEFAULT_DATA,
    host: Host = LOOPBACK,
    port_api: PortApi = 8000,
    policy: PolicyName = None,
    speed: Speed = 1.0,
    testers: TesterCount = 20,
    database: Database = None,
    leak_file: LeakFile = None,
    enforcement: EnforcementName = None,
    redis: RedisUrl = None,
    gate_key_file: KeyFileOut = None,
    signal_hosts: SignalHosts = "",
    issuer: IssuerUrl = None,
    with_parent: WithParent = False,
) -> None:
    """Start the API alone."""
    with extra("serve", "serve the API"):
        from leaklab.opening import write_credentials
        from leaklab.serving import address, listen, serve
        from leaklab.vault import write_private
    with (
        listen(host, port_api, "--port-api") as port,
        _opened(data, policy, speed, testers, database, enforcement, issuer) as opened,
    ):
        write_credentials(opened, address(port), None)
        if leak_file is not None:
            write_private(leak_file, f"{opened.credentials['tester']['access_token']}\n")
        if gate_key_file is not None:
            write_private(gate_key_file, f"{opened.credentials['gate_key']}\n")
        said = f"ready: API {address(port)}, credentials {data / 'credentials.json'}"
        api = _api(opened, address(port), redis, signal_hosts)
        serve([(api, port)], lambda: typer.echo(said), _goodbye(opened, api), until_stdin_ends=with_parent)


@app.command("proxy")
def serve_proxy(
    upstream: Upstream = "http://127.0.0.1:8000",
    credential_file: CredentialFile = None,
    allowed_hosts: AllowedHosts = "",
    host: Host = LOOPBACK,
    port_proxy: PortProxy = 8001,
) -> None:
    """Start the public front end alone; the token comes from a file, so that no process list shows it."""
    with extra("serve", "serve the front end"):
        from leaklab.front_end import front_end, read_secret
        from leaklab.serving import address, listen, serve
    page = front_end(upstream, read_secret(credential_file), allowed_hosts=_names(allowed_hosts))
    with listen(host, port_proxy, "--port-proxy") as port:
        serve([(page, port)], lambda: typer.echo(f"ready: front end {address(port)}"))


def _check_gates(gates: int, enforcement: str | None, speed: float) -> None:
    if gates and speed != 1.0:
        raise Problem("Gates in front run in real time. Leave out --speed, or --gates.", exit_code=2)
    if enforcement is not None and not gates:
        raise Problem("--enforcement is how gates in front keep their view. Say how many with --gates.", exit_code=2)


def _check_policy(opened: OpenRange, gates: int) -> None:
    """Raise Problem where the range's policy leaves the gates nothing to do."""
    from mock_api.core.enforcement import InProcess

    policy = opened.authority.policy
    if gates and isinstance(policy.enforcement, InProcess):
        raise Problem(
            f"Gates in front have nothing to do: under the policy {policy.name} the authority itself looks at every "
            "token (in-process). Name an enforcement for them, such as --enforcement push.", exit_code=2,
        )


def _api(opened: OpenRange, url: str, redis_url: str | None, signal_hosts: str) -> Any:
    from mock_api.core.authority import ISSUER
    from mock_api.web.app import create_app
    from mock_api.web.settings import WebSettings

    with extra("push", "publish in Redis"):
        if redis_url is not None:
            import redis as _  # noqa: F401 - to say so before anything starts.
    if opened.authority.issuer != ISSUER:
        url = opened.authority.issuer  # Whoever gives it a name of its own is reached under that name.
    settings = WebSettings(public_url=url, redis_url=redis_url, signal_hosts=frozenset(_names(signal_hosts)))
    return create_app(opened.authority, opened.journal, settings)


def _names(with_commas: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in with_commas.split(",") if name.strip())


def _goodbye(opened: OpenRange, api: Any) -> Any:
    """What ends the lines that last, so that the server need not wait for those who listen."""

    def dismiss() -> None:
        opened.journal.dismiss()
        api.state.board.close()

    return dismiss


@contextmanager
def _opened(
    data: Path, policy: str | None, speed: float, testers: int, database: str | None, enforcement: str | None,
    issuer: str | None,
) -> Iterator[OpenRange]:
    from leaklab.clock import FastClock, SystemClock
    from leaklab.enforcements import enforcement_named
    from leaklab.opening import Wishes, open_range
    from mock_api.core.policy import Policy
    from policy_lab.files import load

    clock = SystemClock() if speed == 1.0 else FastClock(speed)
    wanted = None if enforcement is None else enforcement_named(enforcement)
    wishes = Wishes(testers, database, issuer, wanted)
    with open_range(data, load(Policy, policy or RANGE_POLICY), clock, wishes) as opened:
        yield opened
