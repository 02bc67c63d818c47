"""Whatever comes through a door, the answer is a value or a Refusal, and every event can be written and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf, nan
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_api.core import scopes
from mock_api.core.errors import Invalid, NotFound, Refusal
from mock_api.core.events import Event
from mock_api.core.gate import Caller
from mock_api.core.issuance import Applicant
from mock_api.core.orders import VideoOrder
from mock_api.core.policy import Approval, CusumDetector, NoticeDetector, Refresh, RenderModel, Step
from mock_api.core.token_exchange import ACCESS, REFRESH, TESTER_KEY, Exchange

LONG = "x" * 50_000
TEXTS = (
    "", " ", "a", "é", "\ud800", "a\udfffb", "\0", "\n", "\u202e", LONG, "ey" + "a" * 5000 + ".b.c", "llk_" + "0" * 38,
    "..", "../../etc/passwd", "' OR 1=1 --", "1e999", "NaN", "video_0",
)
NUMBERS = (0, -1, 1, 2, 10**6, 10**400, -(10**400), 2**63, 0.5, 1e308, -1e308, inf, -inf, nan)
COUNTS = (0, -1, 1, 2, 100, 101, 10**6 + 1, 10**400, -(10**5000), 2**63)


def texts(*known: str) -> st.SearchStrategy[Any]:
    return st.sampled_from((*TEXTS, *known)) | st.sampled_from(known or TEXTS) | st.text(max_size=30)


def values(opened: Any) -> dict[str, st.SearchStrategy[Any]]:
    """For each name that parameters have, what may stand there: the good, the bad and the absurd."""
    tester_id, key = opened.tester
    bearer = st.sampled_from([opened.token] * 3 + [None, *TEXTS])
    caller = st.builds(Caller, bearer, texts("192.0.2.1 curl/8"))
    word = texts("operator", "leaked")
    scope = st.one_of(
        st.builds(scopes.TokenScope, texts(opened.jti(opened.token))), st.builds(scopes.TesterScope, texts(tester_id)),
        st.builds(scopes.CohortScope, texts("artists")), st.builds(scopes.KeyScope, texts("key_1")),
        st.builds(scopes.IssuedBeforeScope, st.sampled_from(NUMBERS)), st.just(scopes.AllScope()),
        st.builds(scopes.FamilyScope, texts(*opened.authority.families.families)),
    )
    fields = ("prompt", "model", "seconds", "size", "style", "source_video_id")
    order = st.builds(  # One bad field at a time: the first that is refused hides the others.
        lambda field, text, source: VideoOrder(**{"prompt": "a street", "source": source, field: text}),
        st.sampled_from(fields), texts(*opened.videos), st.sampled_from(["create", "remix", "edit", "extension"]),
    )
    count = st.sampled_from(COUNTS)
    alert = texts(*opened.authority.playbook.cases)
    return {
        "caller": caller, "order": order, "scope": scope, "limit": count, "step_index": count,
        "requests_per_minute": count, "people": count | st.lists(word, max_size=3), "content": st.binary(max_size=99),
        "seconds": st.sampled_from(NUMBERS), "overlap": st.none() | st.sampled_from(NUMBERS),
        "alert_id": alert, "dry_run": st.booleans(), "recall": st.booleans(),
        "live_only": st.booleans(), "video_id": texts(*opened.videos), "tester_id": texts(tester_id),
        "token": texts(opened.token, key), "jti": texts(opened.jti(opened.token)),
        "source": texts("public", "leak_report"), "client_id": texts(tester_id), "client_secret": texts(key),
        "decision": texts("approve", "reject"), "after": texts(*opened.videos), "quota": st.none(),
        "word": word, "presented": st.none(), "applicant": st.builds(
            Applicant, st.none() | texts(tester_id), st.none() | texts(key), texts("192.0.2.1 curl/8")
        ),
        "refresh_token": texts(opened.refresh_token), "credentials": st.lists(texts(opened.token), max_size=4),
        "wanted": st.builds(
            Exchange, texts(opened.token, key), st.sampled_from((TESTER_KEY, ACCESS, REFRESH, *TEXTS)),
            st.sampled_from((ACCESS, REFRESH, *TEXTS)), st.none() | word, st.none() | word, st.none() | word,
            st.none() | texts(tester_id),
        ),
    }


METHODS = {
    "tester": (
        "submit_video", "retrieve_video", "list_videos", "delete_video", "download", "create_character",
        "retrieve_character",
    ),
    "reviewer": ("list_approvals", "claim", "approve", "reject", "decide_all"),
    "responder": (
        "revoke", "suspend", "lift", "throttle", "pause", "resume", "release", "carry_out", "attribute", "report_leak",
        "jti_of", "alerts", "revocations", "suspensions",
    ),
    "operator": (
        "invite", "invite_many", "remove_tester", "reissue_key", "list_testers", "list_tokens", "rotate_key",
        "is_operator_key", "is_gate_key",
    ),
    "client": ("refresh", "exchange", "revoke", "introspect", "introspect_signed", "surrender"),
    "public": ("issue_access_token", "jwks", "marker"),
}
CALLS = [(door, method) for door, methods in METHODS.items() for method in methods]


def strategies_for(method: Any, pool: dict[str, st.SearchStrategy[Any]]) -> dict[str, st.SearchStrategy[Any]]:
    """A strategy for each parameter: what its name suggests, and None where its annotation allows it."""
    chosen = {}
    for name, annotation in method.__annotations__.items():
        if name != "return":
            strategy = pool["word"] if annotation == "str | None" and name == "scope" else pool.get(name, pool["word"])
            chosen[name] = st.none() | strategy if annotation.endswith("None") else strategy
    return chosen


def test_no_door_is_forgotten(the_range: Any) -> None:
    for door, methods in METHODS.items():
        public = {name for name in dir(getattr(the_range.authority, door)) if not name.startswith("_")}
        apart = {
            "adopt_policy", "ensure_operator_key", "renew_operator_key", "ensure_gate_key", "renew_gate_key",
            "surrendered", "token_refresh",
        }
        assert public - apart == set(methods)


def refusal_of(method: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """What the door says no with, or nothing; anything else that is raised is a fault."""
    try:
        outcome = method(**arguments)
        if isinstance(outcome, Iterator):
            list(outcome)
    except Refusal as refusal:
        return refusal.message
    return ""


def test_a_lone_surrogate_in_the_id_of_a_source_is_refused_also_with_an_idempotency_key(the_range: Any) -> None:
    caller = Caller(the_range.tester_with_token()[1], "-")
    order = VideoOrder(prompt="more", source="remix", source_video_id="\ud800")
    with pytest.raises(NotFound):
        the_range.authority.tester.submit_video(caller, order, "key")


def test_an_absurd_number_of_testers_is_refused(the_range: Any) -> None:
    with pytest.raises(Invalid):
        the_range.authority.operator.invite_many(10**5000, "artists", by="operator")


def test_a_decision_is_to_approve_or_to_reject(the_range: Any) -> None:
    tester_id, _ = the_range.invite()
    with pytest.raises(Invalid):
        the_range.authority.reviewer.decide_all("forget", "Bo", tester_id=tester_id, reason="why not")


@pytest.mark.parametrize(
    ("knobs", "kind"),
    [({"service_sigma": inf}, RenderModel), ({"name": "creep", "slack": inf}, CusumDetector)],
)
def test_no_knob_of_a_policy_takes_infinity_which_the_log_cannot_write(knobs: dict[str, Any], kind: type) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(knobs, kind)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_whatever_comes_is_answered_or_refused_and_what_is_recorded_can_be_read(
    open_range: Callable[..., Any], data: st.DataObject
) -> None:
    opened = open_range(
        approval=Approval(mode="hold"), renders=RenderModel(seconds_per_clip_second=0.1, moderation_share=0.0),
        detectors=(NoticeDetector(name="press", source="public"),), playbook=(Step(when="press", do="pause"),),
        refresh=Refresh(),
    )
    opened.tester = opened.invite()
    opened.refresh_token = opened.authority.client.exchange(
        Applicant(None, None, "-"), Exchange(opened.tester[1], TESTER_KEY)
    ).refresh_token
    opened.token = opened.token(*opened.tester)
    caller = Caller(opened.token, "-")
    opened.videos = [opened.authority.tester.submit_video(caller, VideoOrder(prompt="a")).id for _ in range(2)]
    opened.clock.advance(100.0)
    for door, name in data.draw(st.lists(st.sampled_from(CALLS), min_size=5, max_size=20)):
        method = getattr(getattr(opened.authority, door), name)
        arguments = data.draw(st.fixed_dictionaries(strategies_for(method, values(opened))))
        message = refusal_of(method, arguments)
        assert len(message.encode()) < 1000
    written = msgspec.json.Encoder().encode_lines(opened.events)
    assert msgspec.json.Decoder(Event).decode_lines(written) == opened.events
