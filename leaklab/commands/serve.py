"""`leaklab serve`: the API, the public front end, or both as a range, on this machine."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mock_api.core.policy import Policy
from policy_lab.files import load

from ..clock import FastClock, SystemClock
from ..problems import Problem, extra
from ..vault import write_private

if TYPE_CHECKING:
    from ..opening import OpenRange

app = typer.Typer(help="Start the API, the public front end, or both.", no_args_is_help=True)

RANGE_POLICY = Path(__file__).parents[1] / "range.yaml"

DataFolder = Annotated[Path, typer.Option("--data", help="Folder of the range: journal, keys, credentials.", envvar="LEAKLAB_DATA")]
Host = Annotated[str, typer.Option(help="Address to listen on; loopback unless you say otherwise.", envvar="LEAKLAB_HOST")]
PortApi = Annotated[int, typer.Option(help="Port of the API; 0: any free one.", envvar="LEAKLAB_PORT_API", min=0, max=65535)]
PortProxy = Annotated[int, typer.Option(help="Port of the front end; 0: any free one.", envvar="LEAKLAB_PORT_PROXY", min=0, max=65535)]
PolicyName = Annotated[str | None, typer.Option("--policy", help="A policy's name or file; default: a range for people.", envvar="LEAKLAB_POLICY")]
Speed = Annotated[float, typer.Option(help="How much faster than real time the range's clock runs.", envvar="LEAKLAB_SPEED", min=0.1, max=600)]
TesterCount = Annotated[int, typer.Option("--testers", help="Testers of a new range.", envvar="LEAKLAB_TESTERS", min=1, max=10_000)]


@app.command("range")
def serve_range(
    data: DataFolder = Path("out/range"), host: Host = "127.0.0.1", port_api: PortApi = 8000, port_proxy: PortProxy = 8001,
    policy: PolicyName = None, speed: Speed = 1.0, testers: TesterCount = 20,
) -> None:
    """Start the API and the public front end, which spends a leaked token."""
    with extra("serve", "serve a range"):
        from ..opening import write_credentials  # noqa: PLC0415 - serving is an extra.
        from ..serving import address, serve  # noqa: PLC0415 - as above.
    with _listening(host, port_api, "--port-api") as api, _listening(host, port_proxy, "--port-proxy") as proxy:
        opened = _open(data, policy, speed, testers)
        api_url, proxy_url = address(api), address(proxy)
        write_credentials(opened, api_url, proxy_url)
        front_end = _front_end(api_url, opened.credentials["tester"]["access_token"], clock=opened.authority.clock, speed=speed)

        def ready() -> None:
            typer.echo(f"ready: API {api_url}, front end {proxy_url}, credentials {data / 'credentials.json'}")

        _until_stopped(lambda: serve([(_api(opened), api), (front_end, proxy)], ready), opened)


@app.command("api")
def serve_api(
    data: DataFolder = Path("out/range"), host: Host = "127.0.0.1", port_api: PortApi = 8000, policy: PolicyName = None,
    speed: Speed = 1.0, testers: TesterCount = 20,
    leak_file: Annotated[Path | None, typer.Option(help="Also write the tester's access token here: the leak.", envvar="LEAKLAB_LEAK_FILE")] = None,
) -> None:
    """Start the API alone."""
    with extra("serve", "serve the API"):
        from ..opening import write_credentials  # noqa: PLC0415 - serving is an extra.
        from ..serving import address, serve  # noqa: PLC0415 - as above.
    with _listening(host, port_api, "--port-api") as api:
        opened = _open(data, policy, speed, testers)
        write_credentials(opened, address(api), None)
        if leak_file is not None:
            write_private(leak_file, opened.credentials["tester"]["access_token"] + "\n")

        def ready() -> None:
            typer.echo(f"ready: API {address(api)}, credentials {data / 'credentials.json'}")

        _until_stopped(lambda: serve([(_api(opened), api)], ready), opened)


@app.command("proxy")
def serve_proxy(
    upstream: Annotated[str, typer.Option(help="The API's address; loopback, or a host allowed by name.", envvar="LEAKLAB_UPSTREAM")] = "http://127.0.0.1:8000",
    credential_file: Annotated[Path | None, typer.Option(help="A file that holds the leaked access token.", envvar="LEAKLAB_CREDENTIAL_FILE")] = None,
    allowed_hosts: Annotated[str, typer.Option(help="Hosts besides loopback, with commas between.", envvar="LEAKLAB_ALLOWED_HOSTS")] = "",
    host: Host = "127.0.0.1", port_proxy: PortProxy = 8001,
) -> None:
    """Start the public front end alone; the token comes from a file, so that no process list shows it."""
    with extra("serve", "serve the front end"):
        from ..serving import address, serve  # noqa: PLC0415 - serving is an extra.
    secret = _read_secret(credential_file)
    hosts = tuple(name.strip() for name in allowed_hosts.split(",") if name.strip())
    with _listening(host, port_proxy, "--port-proxy") as listener:
        front_end = _front_end(upstream, secret, clock=SystemClock(), allowed_hosts=hosts)
        serve([(front_end, listener)], lambda: typer.echo(f"ready: front end {address(listener)}"))


def _listening(host: str, port: int, option: str) -> socket.socket:
    from ..serving import listen  # noqa: PLC0415 - serving is an extra; the caller has checked.

    return listen(host, port, option)


def _open(data: Path, policy: str | None, speed: float, testers: int) -> OpenRange:
    from ..opening import open_range  # noqa: PLC0415 - as above.

    clock = SystemClock() if speed == 1.0 else FastClock(speed)
    return open_range(data, load(Policy, policy or RANGE_POLICY), clock, testers=testers)


def _api(opened: OpenRange) -> Any:
    from mock_api.web.app import create_app  # noqa: PLC0415 - as above.
    from mock_api.web.settings import WebSettings  # noqa: PLC0415 - as above.

    return create_app(opened.authority, opened.journal, WebSettings())


def _front_end(
    upstream: str, secret: str | None, *, clock: Any, allowed_hosts: tuple[str, ...] = (), speed: float = 1.0,
) -> Any:
    from frontend_proxy.app import create_app  # noqa: PLC0415 - as above.
    from frontend_proxy.core.credentials import Secret  # noqa: PLC0415 - as above.
    from frontend_proxy.settings import CredentialSetting, ProxySettings, open_desk  # noqa: PLC0415 - as above.
    from frontend_proxy.upstream import Upstream  # noqa: PLC0415 - as above.
    from frontend_proxy.upstream_errors import UpstreamError  # noqa: PLC0415 - as above.

    from ..chance import SystemIds  # noqa: PLC0415 - as above.

    settings = ProxySettings(
        upstream_url=upstream, allowed_hosts=allowed_hosts, speed=speed, poll_interval=1.0,
        credentials=(CredentialSetting(Secret(secret)),) if secret else (),
    )
    try:
        return create_app(open_desk(settings, clock, SystemIds(), lambda _event: None), Upstream(settings, clock), settings)
    except UpstreamError as problem:
        raise Problem(str(problem), exit_code=5) from None


def _read_secret(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise Problem(f"The credential file {path} cannot be read: {problem.strerror}. Name another with --credential-file.", exit_code=3) from None


def _until_stopped(run: Any, opened: OpenRange) -> None:
    try:
        run()
    finally:
        opened.journal.close()
