"""Every refusal comes in the form its path speaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from mock_api.core import errors
from mock_api.http.envelope import InternalError
from mock_api.journal import JournalUnavailable
from mock_api.web.refusals import MethodNotAllowed, UnsupportedMedia, on_refusal


def kinds(root: type[errors.Refusal]) -> Iterator[type[errors.Refusal]]:
    """A refusal and all that descend from it."""
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


ALL = sorted(set(kinds(errors.Refusal)) - {JournalUnavailable}, key=lambda kind: kind.__name__)


def raised(refusal: errors.Refusal, path: str = "/v1/videos") -> Any:
    """The answer when a route refuses so."""
    app = FastAPI(exception_handlers={errors.Refusal: on_refusal})

    @app.post(path)
    async def refuse() -> None:
        raise refusal

    return TestClient(app).post(path, headers={"Authorization": "Bearer x"})


@pytest.mark.parametrize("kind", ALL)
def test_a_refusal_comes_in_openais_envelope(kind: type[errors.Refusal]) -> None:
    answer = raised(kind("It is so.", param="field"))
    assert answer.status_code == kind.status
    assert answer.json() == {
        "error": {"message": "It is so.", "type": kind.kind, "param": "field", "code": kind.code}
    }
    assert answer.headers["cache-control"] == "no-store"
    expected = {None: None, True: "true", False: "false"}[kind.should_retry]
    assert answer.headers.get("x-should-retry") == expected


@pytest.mark.parametrize("kind", ALL)
def test_a_refusal_at_the_token_endpoint_speaks_oauth(kind: type[errors.Refusal]) -> None:
    answer = raised(kind('It "is" so.'), "/oauth/token")
    if kind.status in {404, 405}:
        return
    words = {
        "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
        "invalid_grant", "invalid_target", "temporarily_unavailable", "server_error", "invalid_dpop_proof",
        "use_dpop_nonce",
    }
    assert answer.json()["error"] in words
    assert answer.json()["error_description"] == "It 'is' so."
    assert answer.headers["pragma"] == "no-cache"


@pytest.mark.parametrize(("wait", "header"), [(0.0, "1"), (0.2, "1"), (1.01, "2"), (30.0, "30")])
def test_how_long_to_wait_is_a_whole_number_from_one(wait: float, header: str) -> None:
    assert raised(errors.RateLimited("Too fast.", retry_after=wait)).headers["retry-after"] == header


def test_no_credential_gets_no_error_code(house: Any) -> None:
    answer = house.anybody.get("/v1/videos")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="leaklab"'
    operator = house.anybody.get("/admin/alerts")
    assert operator.headers["www-authenticate"] == 'Bearer realm="leaklab"'


def test_a_bad_credential_is_called_invalid(house: Any) -> None:
    answer = house.client("nonsense").get("/v1/videos")
    assert answer.headers["www-authenticate"].startswith('Bearer realm="leaklab", error="invalid_token"')
    assert answer.json()["error"]["code"] == "malformed_token"


def test_a_bearer_of_nothing_is_no_credential(house: Any) -> None:
    answer = house.anybody.get("/v1/videos", headers={"Authorization": "Bearer "})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "missing_token")
    assert answer.headers["www-authenticate"] == 'Bearer realm="leaklab"'


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs", "/.well-known/leaklab"])
def test_a_head_is_answered_where_anybody_may_get(house: Any, path: str) -> None:
    assert house.anybody.head(path).status_code == 200


def test_a_head_behind_the_gate_leaves_no_event(house: Any) -> None:
    before = house.journal.position
    assert house.tester.head("/v1/videos").status_code == 405
    assert house.journal.position == before


def test_the_page_of_the_description_goes_into_no_frame(house: Any) -> None:
    headers = house.anybody.get("/docs").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_two_credentials_are_one_too_many(house: Any) -> None:
    bearer = f"Bearer {house.access_token}"
    answer = house.anybody.get("/v1/videos", headers=[("Authorization", bearer), ("Authorization", bearer)])
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "Authorization")


def test_a_narrow_token_is_told_so(house: Any) -> None:
    grant = house.authority.public.issue_access_token(house.tester_id, house.tester_key, "videos.read", "test")
    answer = house.client(grant.access_token).post("/v1/videos", json={"prompt": "x"})
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(("method", "path", "allow"), [
    ("PUT", "/v1/videos", "GET, POST"), ("PATCH", "/v1/videos/a", "DELETE, GET"), ("GET", "/oauth/token", "POST"),
    ("DELETE", "/admin/testers", "GET, POST"), ("POST", "/healthz", "GET, HEAD"), ("BREW", "/v1/videos", "GET, POST"),
])
def test_methods_that_are_not_known_are_answered_with_those_that_are(
    house: Any, method: str, path: str, allow: str
) -> None:
    answer = house.operator.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["error"]["code"] == MethodNotAllowed.code


def test_unknown_paths_come_in_the_envelope(house: Any) -> None:
    for path in ("/", "/v1", "/v1/videos/", "/v2/videos", "/admin", "/%2e%2e/etc/passwd"):
        answer = house.tester.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_our_own_mistakes_show_nothing_of_the_inside(
    house: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a secret from the inside")

    monkeypatch.setattr(house.authority.tester, "list_videos", break_down)
    answer = house.tester.get("/v1/videos")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, InternalError.code)
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in caplog.text
    assert answer.headers["x-leaklab"] == "simulation"


def test_a_body_in_another_format_is_not_read(house: Any) -> None:
    answer = house.tester.post("/v1/videos", content=b"<prompt/>", headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, UnsupportedMedia.code)
