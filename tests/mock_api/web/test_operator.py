"""The operator's, reviewers' and responders' routes."""

from __future__ import annotations

from typing import Any

import pytest


def test_nothing_of_the_operators_opens_without_the_key(house: Any) -> None:
    description = house.anybody.get("/openapi.json").json()
    for path, methods in description["paths"].items():
        if not path.startswith("/admin/"):
            continue
        for method in methods:
            for client in (house.anybody, house.tester, house.client("llo_guess")):
                answer = client.request(method, path.replace("{step_index}", "0"))
                assert (answer.status_code, answer.json()["error"]["code"]) == (401, "operator_key_invalid"), path


def test_an_invited_tester_gets_in_with_the_key_that_is_shown_once(house: Any) -> None:
    invited = house.operator.post("/admin/testers", json={"name": "Bob", "cohort": "red team"}).json()
    token = house.token(invited["tester_id"], invited["tester_key"])
    assert house.client(token).get("/v1/videos").status_code == 200
    listed = house.operator.get("/admin/testers")
    assert [tester["name"] for tester in listed.json()["data"]] == ["Ada", "Bob"]
    assert invited["tester_key"] not in listed.text


def test_hundreds_are_invited_in_one_call(house: Any) -> None:
    by_number = house.operator.post("/admin/testers/bulk", json={"count": 300, "cohort": "artists"}).json()["data"]
    by_name = house.operator.post("/admin/testers/bulk", json={"names": ["X", "Y"], "cohort": "artists"}).json()["data"]
    assert len({tester["tester_key"] for tester in by_number + by_name}) == 302
    assert [tester["name"] for tester in by_name] == ["X", "Y"]


@pytest.mark.parametrize("body", [{"cohort": "a"}, {"cohort": "a", "count": 1, "names": ["X"]}])
def test_a_bulk_invitation_is_by_number_or_by_name(house: Any, body: dict[str, Any]) -> None:
    answer = house.operator.post("/admin/testers/bulk", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "count")


@pytest.mark.parametrize(("path", "body", "param", "known"), [
    ("/admin/testers", {"name": "B", "cohort": "c", "colour": 1}, "colour", "name, cohort, quota, by"),
    ("/admin/testers", {"name": "B", "cohort": "c", "quota": {"x": 1}}, "quota.x", "requests_per_minute"),
    ("/admin/revocations", {"scope": {"kind": "tester", "id": "x"}, "reason": "r"}, "scope.id", "tester_id"),
    ("/admin/suspensions", {"scope": {"kind": "all"}, "reason": "r", "minutes": 1}, "minutes", "seconds"),
    ("/admin/revocations", {"scope": {"kind": "cohort", "name": "x"}}, "scope.name", "known are kind, cohort at"),
])
def test_unknown_fields_are_refused_with_the_known_ones(
    house: Any, path: str, body: dict[str, Any], param: str, known: str
) -> None:
    error = house.operator.post(path, json=body).json()["error"]
    assert error["param"] == param
    assert "known are" in error["message"]
    assert known in error["message"]


SCOPES = "token, tester, cohort, issued_before, key, family, all"


@pytest.mark.parametrize(("path", "body", "param", "allowed"), [
    ("/admin/revocations", {"scope": {"kind": "x"}}, "scope.kind", SCOPES),
    ("/admin/revocations", {"scope": {}}, "scope.kind", SCOPES),
    ("/admin/leak-reports", {"source": "gist"}, "source", "leak_report, public, reviewer"),
    ("/admin/approvals/bulk", {"decision": "yes", "jti": "x"}, "decision", "approve, reject"),
])
def test_a_wrong_word_is_refused_with_the_allowed_ones(
    house: Any, path: str, body: dict[str, Any], param: str, allowed: str
) -> None:
    error = house.operator.post(path, json=body).json()["error"]
    assert error["param"] == param
    assert f"allowed are {allowed}" in error["message"]


def test_a_wrong_word_deep_in_a_policy_is_refused_with_the_allowed_ones(house: Any) -> None:
    policy = house.operator.get("/admin/policy").json() | {"playbook": [{"when": "x", "do": "panic"}]}
    error = house.operator.put("/admin/policy", json=policy).json()["error"]
    assert error["param"] == "playbook[0].do"
    assert "revoke_token" in error["message"]


@pytest.mark.parametrize(
    ("kind", "absurd"),
    [("rate", {"smoothing": 1e-20}), ("rate", {"window": 1e-300}), ("cusum", {"expected": 5e-324})],
)
def test_a_detector_too_small_for_arithmetic_is_refused_and_changes_nothing(
    house: Any, kind: str, absurd: dict[str, float]
) -> None:
    before = house.operator.get("/admin/policy").json()
    refused = house.operator.put("/admin/policy", json=before | {"detectors": [{"kind": kind, "name": "x", **absurd}]})
    (field,) = absurd
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, f"detectors[0].{field}")
    assert house.operator.get("/admin/policy").json() == before


def test_nothing_but_blanks_is_called_blank(house: Any) -> None:
    body = {"scope": {"kind": "all"}, "reason": " "}
    error = house.operator.post("/admin/revocations", json=body).json()["error"]
    assert error["message"] == "Expected text that is not blank at `reason`."


@pytest.mark.parametrize("query", ["dryrun=true", "dry-run=true", "dry_run=true&dry_run=false"])
def test_a_dry_run_with_a_typing_error_revokes_nothing(house: Any, query: str) -> None:
    answer = house.operator.post(f"/admin/revocations?{query}", json={"scope": {"kind": "all"}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert "dry_run" in answer.json()["error"]["message"]
    assert house.tester.get("/v1/videos").status_code == 200


def test_testers_are_listed_by_cohort(house: Any) -> None:
    house.operator.post("/admin/testers/bulk", json={"count": 2, "cohort": "red team"})
    listed = house.operator.get("/admin/testers", params={"cohort": "red team"}).json()["data"]
    assert [tester["name"] for tester in listed] == ["red team 1", "red team 2"]
    assert len(house.operator.get("/admin/testers?limit=2").json()["data"]) == 2
    assert house.operator.get("/admin/testers?team=red").json()["error"]["param"] == "team"


@pytest.mark.parametrize("content", [{}, {"json": {}}])
def test_in_haste_no_reason_need_be_given(house: Any, content: dict[str, Any]) -> None:
    assert house.operator.post("/admin/programme/pause", **content).json() == {"paused": True}
    assert house.operator.post("/admin/programme/resume", **content).json() == {"paused": False}
    answer = house.operator.post("/admin/revocations", json={"scope": {"kind": "all"}})
    assert answer.status_code == 200
    listed = house.operator.get("/admin/revocations").json()["data"]
    assert [one["reason"] for one in listed] == ["No reason given."]


@pytest.mark.parametrize(("body", "param"), [
    ({"name": 1, "cohort": "c"}, "name"), ({"name": "B"}, "cohort"),
    ({"name": "B", "cohort": "c", "quota": 3}, "quota"),
    ({"name": "B", "cohort": "c", "quota": {"renders_per_day": 0}}, "quota.renders_per_day"),
    ([], None), ("x", None), (None, "name"),
])
def test_wrong_types_are_refused_with_the_field(house: Any, body: object, param: str | None) -> None:
    answer = house.operator.post("/admin/testers", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_a_dry_run_tells_and_does_nothing(house: Any) -> None:
    body = {"scope": {"kind": "token", "token": house.access_token}, "reason": "posted in a gist"}
    told = house.operator.post("/admin/revocations?dry_run=true", json=body).json()
    assert told["revocation_id"] is None
    assert told["blast_radius"]["tokens"] == 1
    assert house.tester.get("/v1/videos").status_code == 200


def test_a_revoked_token_is_refused_at_once(house: Any) -> None:
    body = {"scope": {"kind": "token", "token": house.access_token}, "reason": "posted in a gist"}
    assert house.operator.post("/admin/revocations", json=body).status_code == 200
    answer = house.tester.get("/v1/videos")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_revoked")
    listed = house.operator.get("/admin/revocations").json()["data"]
    assert [(one["reason"], one["by"]) for one in listed] == [("posted in a gist", "operator")]


@pytest.mark.parametrize("scope", [
    {"kind": "tester", "tester_id": "TESTER"}, {"kind": "cohort", "cohort": "artists"}, {"kind": "all"},
    {"kind": "issued_before", "instant": 4_102_444_800.0}, {"kind": "key", "kid": "key_000001"},
])
def test_every_scope_revokes(house: Any, scope: dict[str, Any]) -> None:
    scope = {name: house.tester_id if value == "TESTER" else value for name, value in scope.items()}
    answer = house.operator.post("/admin/revocations", json={"scope": scope, "reason": "a leak"})
    assert answer.status_code == 200, answer.text
    assert house.tester.get("/v1/videos").json()["error"]["code"] == "token_revoked"


@pytest.mark.parametrize("scope", [{"kind": "token"}, {"kind": "token", "jti": "a", "token": "b"}])
def test_a_token_is_named_one_way(house: Any, scope: dict[str, str]) -> None:
    answer = house.operator.post("/admin/revocations", json={"scope": scope, "reason": "r"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "scope.jti")


def test_a_suspension_ends_by_hand(house: Any) -> None:
    body = {"scope": {"kind": "tester", "tester_id": house.tester_id}, "seconds": 600, "reason": "odd traffic"}
    made = house.operator.post("/admin/suspensions", json=body).json()
    refused = house.tester.get("/v1/videos")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "tester_suspended")
    assert len(house.operator.get("/admin/suspensions").json()["data"]) == 1
    assert house.operator.delete(f"/admin/suspensions/{made['id']}").status_code == 200
    assert house.tester.get("/v1/videos").status_code == 200
    assert house.operator.delete(f"/admin/suspensions/{made['id']}").status_code == 409


def test_a_quarantine_is_lifted_by_hand(held: Any) -> None:
    locked = [held.video(), held.video()]
    held.clock.at += 60.0
    scope = {"kind": "token", "token": held.access_token}
    revocation_id = held.operator.post("/admin/revocations", json={"scope": scope}).json()["revocation_id"]
    assert held.operator.get("/admin/approvals?state=quarantined").json()["data"][0]["locked_by"] == revocation_id
    lift = "/admin/quarantines/lift"
    one = held.operator.post(lift, json={"video_id": locked[0], "reason": "looked at"})
    assert one.json() == {"video_ids": locked[:1]}
    assert held.operator.post(lift, json={"revocation_id": revocation_id}).json() == {"video_ids": locked[1:]}
    waiting = held.operator.get("/admin/approvals?state=held").json()["data"]
    assert [item["video_id"] for item in waiting] == locked
    assert held.operator.post(lift, json={"video_id": locked[0]}).status_code == 404
    assert held.operator.post(lift).status_code == 400


def test_a_pause_closes_and_a_resumption_opens(house: Any) -> None:
    assert house.operator.post("/admin/programme/pause", json={"reason": "a leak"}).json() == {"paused": True}
    assert house.tester.get("/v1/videos").json()["error"]["code"] == "programme_paused"
    assert house.operator.post("/admin/programme/resume", json={"reason": "over"}).json() == {"paused": False}
    assert house.tester.get("/v1/videos").status_code == 200


def test_a_throttled_tester_has_little_left(house: Any) -> None:
    body = {"tester_id": house.tester_id, "requests_per_minute": 2, "reason": "odd traffic"}
    assert house.operator.post("/admin/throttles", json=body).status_code == 200
    statuses = [house.tester.get("/v1/videos").status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]
    assert int(house.tester.get("/v1/videos").headers["retry-after"]) >= 1


def test_a_removed_tester_is_out(house: Any) -> None:
    assert house.operator.delete(f"/admin/testers/{house.tester_id}").json()["state"] == "left"
    assert house.tester.get("/v1/videos").json()["error"]["code"] == "tester_inactive"
    assert house.operator.delete("/admin/testers/nobody").status_code == 404


def test_a_reissued_key_replaces_the_old_one(house: Any) -> None:
    fresh = house.operator.post(f"/admin/testers/{house.tester_id}/key").json()
    form = {"grant_type": "client_credentials"}
    old = house.anybody.post("/oauth/token", data=form, auth=(house.tester_id, house.tester_key))
    new = house.anybody.post("/oauth/token", data=form, auth=(house.tester_id, fresh["tester_key"]))
    assert [old.status_code, new.status_code] == [401, 200]


def test_keys_rotate_and_old_tokens_stay_good(house: Any) -> None:
    kid = house.operator.post("/admin/keys/rotate").json()["kid"]
    keys = house.anybody.get("/.well-known/jwks.json")
    assert keys.headers["content-type"] == "application/jwk-set+json"
    assert [key["kid"] for key in keys.json()["keys"]][-1] == kid
    assert all(not key.keys() & {"d", "p", "q", "k"} for key in keys.json()["keys"])
    assert house.tester.get("/v1/videos").status_code == 200


def test_keys_rotate_with_an_overlap_and_old_tokens_stop(house: Any) -> None:
    assert house.operator.post("/admin/keys/rotate", json={"overlap": -1}).status_code == 400
    kid = house.operator.post("/admin/keys/rotate", json={"overlap": 0}).json()["kid"]
    assert [key["kid"] for key in house.anybody.get("/.well-known/jwks.json").json()["keys"]] == [kid]
    assert house.tester.get("/v1/videos").json()["error"]["code"] == "token_revoked"


def test_the_key_set_may_be_kept_as_long_as_the_policy_says(house: Any) -> None:
    assert house.anybody.get("/.well-known/jwks.json").headers["cache-control"] == "max-age=60"
    policy = house.operator.get("/admin/policy").json()
    policy["enforcement"] = {"kind": "key-rotation", "max_age": 7}
    house.operator.put("/admin/policy", json=policy)
    assert house.anybody.get("/.well-known/jwks.json").headers["cache-control"] == "max-age=7"


def test_a_revocation_answers_with_the_version_that_a_request_may_demand(house: Any) -> None:
    form = {"scope": {"kind": "tester", "tester_id": house.tester_id}, "reason": "leaked"}
    asked = house.operator.post("/admin/revocations?dry_run=true", json=form).json()["version"]
    done = house.operator.post("/admin/revocations", json=form).json()["version"]
    feed, _, number = done.rpartition(".")
    assert (feed, int(number)) == (asked.rpartition(".")[0], int(asked.rpartition(".")[2]) + 1)


def test_the_policy_is_read_and_replaced_whole(house: Any) -> None:
    policy = house.operator.get("/admin/policy").json()
    policy["token_lifetime"] = 60
    assert house.operator.put("/admin/policy", json=policy).json()["token_lifetime"] == 60.0
    wrong = house.operator.put("/admin/policy", json={**policy, "token_life": 1})
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "token_life")
    assert house.operator.get("/admin/policy").json()["token_lifetime"] == 60.0


def test_reviewers_claim_and_decide(held: Any) -> None:
    approved, rejected = held.video(), held.video()
    held.clock.at += 60.0
    listed = held.operator.get("/admin/approvals", params={"state": "held"}).json()["data"]
    assert [item["video_id"] for item in listed] == [approved, rejected]
    claim = held.operator.post(f"/admin/approvals/{approved}/claim", json={"reviewer": "Grace"})
    assert claim.json()["state"] == "claimed"
    other = held.operator.post(f"/admin/approvals/{approved}/approve", json={"reviewer": "Alan"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "claim_conflict")
    assert held.operator.post(f"/admin/approvals/{approved}/approve", json={"reviewer": "Grace"}).status_code == 200
    body = {"reviewer": "Grace", "reason": "It shows a person"}
    assert held.operator.post(f"/admin/approvals/{rejected}/reject", json=body).json()["state"] == "rejected"
    video = held.tester.get(f"/v1/videos/{rejected}").json()
    assert (video["status"], video["error"]["code"]) == ("failed", "output_rejected")
    assert video["approval"]["reason"] == "It shows a person"


def test_a_testers_outputs_are_decided_on_at_once(held: Any) -> None:
    videos = [held.video() for _ in range(3)]
    held.clock.at += 60.0
    body = {"decision": "approve", "tester_id": held.tester_id}
    assert held.operator.post("/admin/approvals/bulk", json=body).json() == {"video_ids": videos}


def test_a_leak_report_is_taken_in_silence(house: Any) -> None:
    known = house.operator.post("/admin/leak-reports", json={"token": house.access_token, "note": "in a gist"})
    unknown = house.operator.post("/admin/leak-reports", json={"token": "eyJ.x.y", "note": "in a gist"})
    assert known.json().keys() == unknown.json().keys() == {"report_id", "id"}


def test_a_watermark_leads_to_the_token(house: Any) -> None:
    video_id = house.finished_video()
    for variant in ("video", "thumbnail", "spritesheet"):
        content = house.tester.get(f"/v1/videos/{video_id}/content", params={"variant": variant}).content
        answer = house.operator.post("/admin/attributions", content=content)
        assert (answer.json()["video_id"], answer.json()["tester_id"]) == (video_id, house.tester_id)
    assert house.operator.post("/admin/attributions", content=b"nothing").status_code == 404


def test_the_front_end_can_tell_a_simulation(house: Any) -> None:
    marker = house.anybody.get("/.well-known/leaklab").json()
    assert (marker["product"], marker["simulation"]) == ("leaklab", True)
