"""The video resource, route by route, as an SDK sees it."""

from __future__ import annotations

from typing import Any

import pytest

FIELDS = {
    "id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt", "size",
    "seconds", "remixed_from_video_id", "error",
}


def test_an_order_comes_back_with_all_thirteen_fields_and_two_of_ours(house: Any) -> None:
    answer = house.tester.post("/v1/videos", json={"prompt": "A lighthouse", "style": "film"})
    assert answer.status_code == 200
    assert answer.json().keys() == FIELDS | {"style", "approval"}
    assert answer.json()["status"] == "queued"
    assert answer.json()["style"] == "film"
    assert answer.json()["seconds"] == "4"


def test_a_form_is_as_good_as_json(house: Any) -> None:
    answer = house.tester.post(
        "/v1/videos",
        data={"prompt": "A lighthouse", "seconds": "8", "metadata[a]": "1", "metadata[b][c]": "2", "tags[]": ["x"]},
        files={"input_reference": ("still.png", b"png", "image/png")},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["seconds"] == "8"


def test_a_client_is_told_how_long_to_wait_while_a_render_is_under_way(house: Any) -> None:
    video_id = house.video()
    assert house.tester.get(f"/v1/videos/{video_id}").headers["openai-poll-after-ms"] == "1000"
    house.clock.at += 60.0
    answer = house.tester.get(f"/v1/videos/{video_id}")
    assert answer.json()["status"] == "completed"
    assert "openai-poll-after-ms" not in answer.headers


def test_progress_is_seen_as_it_happens(house: Any) -> None:
    video_id = house.video()
    seen = []
    for _ in range(6):
        seen.append(house.tester.get(f"/v1/videos/{video_id}").json()["progress"])
        house.clock.at += 1.0
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 100
    assert len(set(seen)) > 3


def test_a_list_is_walked_by_its_last_id(house: Any) -> None:
    ordered = [house.video() for _ in range(5)]
    walked: list[str] = []
    page: dict[str, Any] = {"has_more": True, "last_id": None}
    while page["has_more"]:
        query = {"limit": 2, "order": "asc", **({"after": page["last_id"]} if page["last_id"] else {})}
        page = house.tester.get("/v1/videos", params=query).json()
        assert page.keys() == {"object", "data", "first_id", "last_id", "has_more"}
        assert page["last_id"] == page["data"][-1]["id"]
        walked += [video["id"] for video in page["data"]]
    assert walked == ordered


def test_a_list_after_nobodys_video_names_the_parameter(house: Any) -> None:
    answer = house.tester.get("/v1/videos", params={"after": "video_nope"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (404, "after")


def test_an_empty_list_has_null_ids(house: Any) -> None:
    expected: dict[str, Any] = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    assert house.tester.get("/v1/videos").json() == expected


@pytest.mark.parametrize(
    ("variant", "media_type"),
    [("video", "video/mp4"), ("thumbnail", "image/webp"), ("spritesheet", "image/webp")],
)
def test_outputs_come_in_three_variants(house: Any, variant: str, media_type: str) -> None:
    video_id = house.finished_video()
    answer = house.tester.get(
        f"/v1/videos/{video_id}/content", params={"variant": variant}, headers={"Accept": "application/binary"}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.content


def test_an_output_leaves_only_when_it_is_finished_and_approved(held: Any) -> None:
    video_id = held.video()
    early = held.tester.get(f"/v1/videos/{video_id}/content")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_ready")
    assert early.headers["x-should-retry"] == "false"
    held.clock.at += 60.0
    waiting = held.tester.get(f"/v1/videos/{video_id}/content")
    assert (waiting.status_code, waiting.json()["error"]["code"]) == (409, "not_approved")
    held.operator.post(f"/admin/approvals/{video_id}/approve", json={"reviewer": "Grace"})
    assert held.tester.get(f"/v1/videos/{video_id}/content").status_code == 200


def test_remix_edit_and_extension_name_their_source(house: Any) -> None:
    source = house.finished_video()
    reference = {"prompt": "Again", "video": {"id": source}}
    for answer in (
        house.tester.post(f"/v1/videos/{source}/remix", json={"prompt": "Again"}),
        house.tester.post(f"/v1/videos/{source}/remix", files={"prompt": (None, "Again")}),
        house.tester.post("/v1/videos/edits", json=reference),
        house.tester.post("/v1/videos/edits", files={"prompt": (None, "Again"), "video[id]": (None, source)}),
        house.tester.post("/v1/videos/extensions", json={**reference, "seconds": "8"}),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.json()["remixed_from_video_id"] == source


def test_an_upload_may_stand_for_a_video(house: Any) -> None:
    upload = {"video": ("clip.mp4", b"bytes", "video/mp4")}
    edit = house.tester.post("/v1/videos/edits", data={"prompt": "Again"}, files=upload)
    extension = house.tester.post("/v1/videos/extensions", data={"prompt": "On", "seconds": "8"}, files=upload)
    character = house.tester.post("/v1/videos/characters", data={"name": "Keeper"}, files=upload)
    assert [edit.status_code, extension.status_code, character.status_code] == [200, 200, 200]
    again = house.tester.get(f"/v1/videos/characters/{character.json()['id']}")
    assert again.json() == character.json()


@pytest.mark.parametrize("body", [{"prompt": "x"}, {"prompt": "x", "video": {"id": "a"}, "seconds": 4}])
def test_what_is_missing_or_wrong_is_named(house: Any, body: dict[str, Any]) -> None:
    answer = house.tester.post("/v1/videos/extensions", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "seconds"


def test_deleting_takes_a_json_content_type_without_a_body(house: Any) -> None:
    video_id = house.video()
    answer = house.tester.delete(f"/v1/videos/{video_id}", headers={"Content-Type": "application/json"})
    assert answer.json() == {"id": video_id, "object": "video.deleted", "deleted": True}
    assert house.tester.get(f"/v1/videos/{video_id}").status_code == 404


def test_a_key_makes_repeats_one_order(house: Any) -> None:
    def order(prompt: str, key: str) -> Any:
        return house.tester.post("/v1/videos", json={"prompt": prompt}, headers={"Idempotency-Key": key})

    first = order("A lighthouse", "order-1")
    assert order("A lighthouse", '"order-1"').json()["id"] == first.json()["id"]
    other = order("A harbour", "order-1")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("path", ["a%2F..%2Fb", "..%2f..%2fadmin", "%00", "%e9", "a%20b"])
def test_odd_ids_are_unknown_videos(house: Any, path: str) -> None:
    answer = house.tester.get(f"/v1/videos/{path}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (404, "video_id")


def test_an_encoded_slash_does_not_reach_another_route(house: Any) -> None:
    video_id = house.finished_video()
    assert house.tester.get(f"/v1/videos/{video_id}%2Fcontent").status_code == 404
    assert house.tester.get(f"/v1/videos/{video_id}%2Fcontent").headers["content-type"] == "application/json"


@pytest.mark.parametrize("word", ["characters", "edits", "extensions"])
def test_words_that_name_routes_are_no_ids(house: Any, word: str) -> None:
    answer = house.tester.get(f"/v1/videos/{word}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert house.tester.delete(f"/v1/videos/{word}").status_code == 405


def test_every_answer_has_a_name_and_says_what_it_is(house: Any) -> None:
    answers = [house.tester.get(path) for path in ("/v1/videos", "/nowhere", "/healthz", "/docs", "/admin/alerts")]
    assert all(answer.headers["x-leaklab"] == "simulation" for answer in answers)
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
