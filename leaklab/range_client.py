"""Speaks to a running range's operator API, for the verbs that look at or change one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Self
from urllib.parse import quote

import typer

from .problems import Problem, extra

Data = Annotated[Path, typer.Option(help="The range's folder, which holds credentials.json.", envvar="LEAKLAB_DATA")]
ApiUrl = Annotated[
    str | None,
    typer.Option("--url", help="The API's address; default: from credentials.json.", envvar="LEAKLAB_API_URL"),
]
DEFAULT_DATA = Path("out/range")
TIMEOUT = 30.0  # seconds


class RangeClient:
    """One connection to a range, with the operator key from its credentials file. Use it in a `with` block."""

    def __init__(self, data: Path, url: str | None) -> None:
        credentials = read_credentials(data)
        with extra("serve", "speak to a range"):
            import httpx2  # noqa: PLC0415 - speaking is an extra.
        self._url = (url or str(credentials["api_url"])).rstrip("/")
        self._troubles = (httpx2.TransportError, httpx2.InvalidURL)
        bearer = {"Authorization": f"Bearer {credentials['operator_key']}"}
        self._http = httpx2.Client(headers=bearer, timeout=TIMEOUT, trust_env=False)

    @property
    def url(self) -> str:
        """The API's address, without a slash at the end."""
        return self._url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: object) -> Any:
        """The JSON answer to a GET; query values of None are left out."""
        return self._ask("GET", path, params=_given(query))

    def post(self, path: str, body: dict[str, object] | None = None, **query: object) -> Any:
        """The JSON answer to a POST."""
        return self._ask("POST", path, json=body or {}, params=_given(query))

    def put(self, path: str, body: dict[str, object], **query: object) -> Any:
        """The JSON answer to a PUT."""
        return self._ask("PUT", path, json=body, params=_given(query))

    def post_as_anybody(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """Status and JSON of the answer to a POST without the operator key; None for what is no JSON."""
        request = self._http.build_request("POST", self._url + path, content=body, headers=headers)
        del request.headers["Authorization"]
        answer = self._sent(lambda: self._http.send(request))
        return answer.status_code, _json(answer)

    def _ask(self, method: str, path: str, **how: Any) -> Any:
        answer = self._sent(lambda: self._http.request(method, self._url + path, **how))
        body = _json(answer)
        if answer.is_success and body is not None:
            return body
        error = body.get("error") if isinstance(body, dict) else None
        said = error["message"] if isinstance(error, dict) else f"{self._url} is no Leaklab API"
        raise Problem(f"The range refused ({answer.status_code}): {said}", exit_code=5)

    def _sent(self, send: Callable[[], Any]) -> Any:
        try:
            return send()
        except self._troubles as problem:
            raise Problem(
                f"No range answers at {self._url} ({problem}). Start one with: leaklab serve range", exit_code=5
            ) from None


def read_credentials(data: Path) -> dict[str, Any]:
    """What `serve` wrote for its owner; raises Problem when it is missing or damaged."""
    path = data / "credentials.json"
    try:
        credentials = json.loads(path.read_text(encoding="utf-8"))
        return {"api_url": credentials["api_url"], "operator_key": credentials["operator_key"], **credentials}
    except FileNotFoundError:
        raise Problem(
            f"{path} does not exist. Start a range with: leaklab serve range --data {data}", exit_code=3
        ) from None
    except (ValueError, KeyError, TypeError):
        raise Problem(
            f"{path} is damaged. Stop the range, delete the file, and start the range again.", exit_code=3
        ) from None


def _json(answer: Any) -> Any:
    try:
        return answer.json() if answer.content else None
    except ValueError:
        return None


def quoted(segment: str) -> str:
    """A value as one segment of a path."""
    return quote(segment, safe="")


def _given(query: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items() if value is not None}
