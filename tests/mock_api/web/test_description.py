"""The OpenAPI description is true: Schemathesis calls every operation with good, bad and odd data, all checks on."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

one_line = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60)
schemathesis.openapi.format("one-line", one_line.filter(lambda line: bool(line.strip())))

# 422: whether a key was used before for another order cannot be told from the schema.
ACCEPTED = [200, 201, 202, 204, 401, 403, 404, 409, 422, 429]
# What a schema cannot say: that a token is one of ours, what the policy allows, whom a token is for, that a playbook
# names the policy's own detectors, that what is bad about `true` in place of a string is gone once it is written into
# a form.
BEYOND_SCHEMAS = (
    ("Schema-valid request rejected", "This is not an access token of this programme."),
    ("Schema-valid request rejected", "names no detector"),
    ("Schema-valid request rejected", "public key on the curve P-256"),
    ("Schema-valid request rejected", "`endpoint_url`"),
    ("Schema-valid request rejected", "nobody acts for somebody else here"),
    ("Schema-valid request rejected", "There are no refresh tokens under this policy."),
    ("Schema-valid request rejected", "invalid_subject_token"),
    ("Schema-valid request rejected", "invalid_target"),
    ("Schema-valid request rejected", "history_not_kept"),  # The draft wants 501 where no history is kept.
    ("Server error", "history_not_kept"),
    ("Schema-violating request accepted", "multipart/form-data"),
)


class Home(Protocol):
    """What this file needs of a house."""

    app: Any
    authority: Any
    access_token: str
    operator_key: str


def failures(app: Any, paths: str, bearer: str | None) -> list[str]:
    """What Schemathesis has to say against the operations whose path matches."""
    config = SchemathesisConfig.from_dict({
        "seed": 1,
        "headers": {"Authorization": f"Bearer {bearer}"} if bearer else {},
        "generation": {"max-examples": 8, "deterministic": True, "database": "none"},
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ACCEPTED},
            "negative_data_rejection": {"expected-statuses": ["4xx", "5xx"]},
        },
    })
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    found = []
    for event in from_schema(schema.include(path_regex=paths)).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event.info if isinstance(event, events.NonFatalError) else event.exception))
        elif isinstance(event, events.ScenarioFinished):
            found += list(_told(event.recorder))
    return sorted(set(found))


def _told(recorder: Any) -> list[str]:
    told = []
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            case, answer = recorder.cases[case_id].value, recorder.interactions[case_id].response
            said = answer.content.decode("utf-8", "replace") if answer else ""
            failure = check.failure_info.failure
            told.append(f"{case.method} {case.path}: {failure.title}: {failure.message} {case.media_type} {said}")
    return [each for each in told if not any(all(mark in each for mark in pair) for pair in BEYOND_SCHEMAS)]


@pytest.mark.slow
def test_testers_routes_keep_their_word(shared_house: Home) -> None:
    assert failures(shared_house.app, "^/v1", shared_house.access_token) == []


@pytest.mark.slow
def test_operators_routes_keep_their_word(shared_house: Home) -> None:
    assert failures(shared_house.app, "^/admin", shared_house.operator_key) == []


@pytest.mark.slow
def test_gates_routes_keep_their_word(shared_house: Home) -> None:
    assert failures(shared_house.app, "^/gates", shared_house.authority.operator.renew_gate_key()) == []


@pytest.mark.slow
def test_receivers_routes_keep_their_word(shared_house: Home) -> None:
    assert failures(shared_house.app, "^/ssf", shared_house.operator_key) == []


@pytest.mark.slow
def test_public_routes_keep_their_word(shared_house: Home) -> None:
    assert failures(shared_house.app, "^/(?!v1|admin)", None) == []


def test_every_example_of_a_body_is_one_that_is_read(house: Any) -> None:
    examples = [
        (path, what["requestBody"]["content"]["application/json"]["example"])
        for path, methods in house.anybody.get("/openapi.json").json()["paths"].items()
        for what in methods.values()
        if "example" in what.get("requestBody", {}).get("content", {}).get("application/json", {})
    ]
    assert len(examples) >= 5
    for path, example in examples:
        answer = house.tester.post(path.replace("{video_id}", "video_1a2b3c"), json=example)
        assert answer.status_code in {200, 404}, f"{path}: {answer.text}"
