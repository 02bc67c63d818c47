from __future__ import annotations

from itertools import pairwise

from frontend_proxy.core.actions import Create, Fetch, Poll
from frontend_proxy.core.events import ClipDisplayed, CredentialsExhausted, SubmissionFailed
from frontend_proxy.core.settings import DeskSettings
from tests.frontend_proxy.front import ORDER, Front


def test_four_are_made_at_once_and_the_rest_wait_in_order() -> None:
    front = Front("token")
    submissions = front.submit(6)
    assert front.started() == submissions[:4]
    assert front.actions() == []
    assert [front.desk.place(each).position for each in submissions] == [0, 0, 0, 0, 1, 2]
    front.render(submissions[2])
    assert front.started() == [submissions[4]]


def test_a_clip_goes_through_create_poll_and_fetch_every_five_seconds() -> None:
    front = Front("token")
    (submission,) = front.submit()
    assert front.actions() == [Create(submission, "c1", ORDER)]
    front.desk.created(submission, "video_1")
    assert front.desk.next_at() == front.clock.now() + 5
    for _ in range(3):
        front.clock.advance(5)
        assert front.actions() == [Poll(submission, "c1", "video_1")]
        front.desk.polled(submission, "in_progress")
    front.clock.advance(5)
    front.actions()
    front.desk.polled(submission, "completed")
    assert front.actions() == [Fetch(submission, "c1", "video_1")]
    clip_id = front.desk.fetched(submission, ok=True)
    assert front.events[-1] == ClipDisplayed(front.clock.now(), clip_id or "", submission, "video_1", 20.0)
    assert front.desk.standing(submission).clip_id == clip_id
    assert front.desk.next_at() is None


def test_a_clip_is_given_up_after_sixty_polls() -> None:
    front = Front("token")
    (submission,) = front.submit()
    front.actions()
    front.desk.created(submission, "video_1")
    polls = 0
    for _ in range(100):
        due = front.desk.next_at()
        if due is None:
            break
        front.clock.at = due
        for action in front.actions():
            assert isinstance(action, Poll)
            polls += 1
            front.desk.polled(submission, "in_progress")
    assert polls == 60
    assert front.events[-1] == SubmissionFailed(front.clock.now(), submission, "timed_out")
    assert front.clock.now() - 4_102_444_800.0 == 300.0


def test_an_answer_that_never_comes_frees_its_slot_at_the_time_out() -> None:
    front = Front("token", settings=DeskSettings(concurrency=1))
    first, second = front.submit(2)
    front.actions()
    front.clock.advance(300)
    assert front.started() == [second]
    front.desk.created(first, "too_late")
    front.desk.polled(first, "completed")
    front.desk.fetched(first, ok=True)
    front.desk.refused(first, 401, "token_revoked")
    front.desk.unreachable(first)
    assert front.desk.standing(first).code == "timed_out"
    assert front.desk.credentials.alive == 1


def test_failover_retries_the_same_submission_on_the_next_credential() -> None:
    front = Front("first", "second")
    (submission,) = front.submit()
    front.actions()
    front.desk.refused(submission, 401, "token_revoked")
    assert front.actions() == [Create(submission, "c2", ORDER)]
    front.desk.refused(submission, 403, "programme_paused")
    assert front.kinds(CredentialsExhausted) == 1
    assert front.actions() == []
    assert front.desk.standing(submission).state == "waiting"


def test_what_a_dead_credential_ordered_is_ordered_anew() -> None:
    front = Front("first", "second")
    one, two, three = front.submit(3)
    front.actions()
    front.desk.created(one, "video_1")
    front.desk.created(two, "video_2")
    front.clock.advance(5)
    front.actions()
    front.desk.refused(two, 401, "token_revoked")
    assert front.started() == [two]
    front.desk.polled(one, "in_progress")
    front.desk.created(three, "video_3")
    assert front.started() == [one, three]


def test_a_refusal_for_being_too_fast_rests_the_credential() -> None:
    front = Front("token")
    first, second = front.submit(2)
    front.actions()
    front.desk.created(first, "video_1")
    front.desk.refused(second, 429, "concurrent_renders", 30.0)
    assert front.actions() == []
    assert front.desk.place(second).position == 1
    front.clock.advance(29.9)
    assert not any(isinstance(action, Create) for action in front.actions())
    front.clock.advance(0.1)
    assert front.started() == [second]


def test_another_credential_steps_in_for_one_that_rests() -> None:
    front = Front("first", "second")
    (submission,) = front.submit()
    front.actions()
    front.desk.refused(submission, 429, "quota_exhausted", 86_400.0)
    assert front.actions() == [Create(submission, "c2", ORDER)]


def test_a_poll_that_was_too_fast_waits_as_told() -> None:
    front = Front("token")
    (submission,) = front.submit()
    front.actions()
    front.desk.created(submission, "video_1")
    front.clock.advance(5)
    front.actions()
    front.desk.refused(submission, 429, "rate_limit_exceeded", 12.0)
    assert front.desk.next_at() == front.clock.now() + 12


def test_silence_is_met_with_growing_pauses_and_ends_in_the_time_out() -> None:
    front = Front("token")
    (submission,) = front.submit()
    tries = []
    for _ in range(100):
        due = front.desk.next_at()
        if due is None:
            break
        front.clock.at = max(front.clock.at, due)
        for _action in front.actions():
            tries.append(front.clock.now())
            front.desk.unreachable(submission)
    assert [round(later - earlier) for earlier, later in pairwise(tries)] == [5, 10, 20, 40, 60, 60, 60]
    assert front.desk.stats.failed == {"timed_out": 1}
    assert front.desk.is_upstream_gone


def test_a_refusal_that_is_about_the_order_ends_only_that_submission() -> None:
    front = Front("token")
    (submission,) = front.submit()
    front.actions()
    front.desk.refused(submission, 400, "invalid_request")
    assert front.desk.standing(submission).code == "invalid_request"
    assert front.desk.credentials.alive == 1


def test_an_output_that_waits_for_approval_is_asked_for_again() -> None:
    front = Front("token")
    (submission,) = front.submit()
    front.actions()
    front.desk.created(submission, "video_1")
    front.clock.advance(5)
    front.actions()
    front.desk.polled(submission, "completed")
    front.actions()
    front.desk.refused(submission, 409, "not_approved")
    front.clock.advance(5)
    assert front.actions() == [Fetch(submission, "c1", "video_1")]


def test_the_credential_is_not_blamed_for_a_locked_output() -> None:
    front = Front("token")
    (submission,) = front.submit()
    front.actions()
    front.desk.refused(submission, 403, "output_quarantined")
    assert front.desk.credentials.alive == 1
    assert front.desk.stats.failed == {"output_quarantined": 1}


def test_fewer_slots_take_effect_as_clips_finish() -> None:
    front = Front("token")
    submissions = front.submit(6)
    front.actions()
    front.desk.set_concurrency(1)
    for each in submissions[:3]:
        front.render(each)
    assert front.started() == []
    front.render(submissions[3])
    assert front.started() == [submissions[4]]
