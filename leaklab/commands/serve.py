"""`leaklab serve`: the API, the public front end, or both as a range, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leaklab.problems import extra

from .names import policy_names

if TYPE_CHECKING:
    from leaklab.opening import OpenRange

app = typer.Typer(help="Start the API, the public front end, or both.", no_args_is_help=True)

RANGE_POLICY = Path(__file__).parents[1] / "range.yaml"
DEFAULT_DATA = Path("out/range")
LOOPBACK = "127.0.0.1"

DataFolder = Annotated[
    Path,
    typer.Option("--data", help="Folder of the range: journal, keys, credentials.", envvar="LEAKLAB_DATA"),
]
Host = Annotated[
    str, typer.Option(help="Address to listen on; loopback unless you say otherwise.", envvar="LEAKLAB_HOST")
]
PortApi = Annotated[
    int, typer.Option(help="Port of the API; 0: any free one.", envvar="LEAKLAB_PORT_API", min=0, max=65535)
]
PortProxy = Annotated[
    int,
    typer.Option(help="Port of the front end; 0: any free one.", envvar="LEAKLAB_PORT_PROXY", min=0, max=65535),
]
PolicyName = Annotated[
    str | None,
    typer.Option(
        "--policy",
        help="A policy's name or file, for a new range; default: one made for people.",
        envvar="LEAKLAB_POLICY",
        autocompletion=policy_names,
    ),
]
Speed = Annotated[
    float,
    typer.Option(help="How much faster than real time the clock runs.", envvar="LEAKLAB_SPEED", min=0.1, max=600),
]
TesterCount = Annotated[
    int, typer.Option("--testers", help="Testers of a new range.", envvar="LEAKLAB_TESTERS", min=1, max=10_000)
]
LeakFile = Annotated[
    Path | None,
    typer.Option(help="Also write the tester's access token here: the leak.", envvar="LEAKLAB_LEAK_FILE"),
]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Keep a new range's journal in PostgreSQL: postgresql+psycopg://USER@HOST/DATABASE. Default: a file in "
        "--data. A password belongs in LEAKLAB_DATABASE or PGPASSWORD: here the process list would show it.",
        envvar="LEAKLAB_DATABASE",
        show_default=False,
    ),
]
Upstream = Annotated[
    str,
    typer.Option(help="The API's address; loopback, or a host allowed by name.", envvar="LEAKLAB_UPSTREAM"),
]
CredentialFile = Annotated[
    Path | None,
    typer.Option(help="A file that holds the leaked access token.", envvar="LEAKLAB_CREDENTIAL_FILE"),
]
AllowedHosts = Annotated[
    str, typer.Option(help="Hosts besides loopback, with commas between.", envvar="LEAKLAB_ALLOWED_HOSTS")
]


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
) -> None:
    """Start the API and the public front end, which spends a leaked token."""
    with extra("serve", "serve a range"):
        from leaklab.front_end import leaking_front_end
        from leaklab.opening import write_credentials
        from leaklab.serving import address, listen, serve
        from mock_api.web.app import create_app
        from mock_api.web.settings import WebSettings
    with (
        listen(host, port_api, "--port-api") as api_port,
        listen(host, port_proxy, "--port-proxy") as proxy_port,
        _opened(data, policy, speed, testers, database) as opened,
    ):
        api_url, proxy_url = address(api_port), address(proxy_port)
        write_credentials(opened, api_url, proxy_url)
        with leaking_front_end(opened, api_url, speed) as front_end:
            said = f"ready: API {api_url}, front end {proxy_url}, credentials {data / 'credentials.json'}"
            api = create_app(opened.authority, opened.journal, WebSettings(public_url=api_url))
            serve(
                [(api, api_port), (front_end, proxy_port)],
                lambda: typer.echo(said),
                opened.journal.dismiss,
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
) -> None:
    """Start the API alone."""
    with extra("serve", "serve the API"):
        from leaklab.opening import write_credentials
        from leaklab.serving import address, listen, serve
        from leaklab.vault import write_private
        from mock_api.web.app import create_app
        from mock_api.web.settings import WebSettings
    with (
        listen(host, port_api, "--port-api") as port,
        _opened(data, policy, speed, testers, database) as opened,
    ):
        write_credentials(opened, address(port), None)
        if leak_file is not None:
            write_private(leak_file, f"{opened.credentials['tester']['access_token']}\n")
        said = f"ready: API {address(port)}, credentials {data / 'credentials.json'}"
        api = create_app(opened.authority, opened.journal, WebSettings(public_url=address(port)))
        serve([(api, port)], lambda: typer.echo(said), opened.journal.dismiss)


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
    hosts = tuple(name.strip() for name in allowed_hosts.split(",") if name.strip())
    page = front_end(upstream, read_secret(credential_file), allowed_hosts=hosts)
    with listen(host, port_proxy, "--port-proxy") as port:
        serve([(page, port)], lambda: typer.echo(f"ready: front end {address(port)}"))


@contextmanager
def _opened(
    data: Path, policy: str | None, speed: float, testers: int, database: str | None
) -> Iterator[OpenRange]:
    from leaklab.clock import FastClock, SystemClock
    from leaklab.opening import open_range
    from mock_api.core.policy import Policy
    from policy_lab.files import load

    clock = SystemClock() if speed == 1.0 else FastClock(speed)
    with open_range(data, load(Policy, policy or RANGE_POLICY), clock, testers=testers, database=database) as opened:
        yield opened
