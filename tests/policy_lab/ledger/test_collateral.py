"""What the response cost those who did nothing."""

from __future__ import annotations

import pytest

from mock_api.core import events, scopes
from policy_lab.ledger import score
from tests.policy_lab.ledger.story import PAGE, START, Story


def leaked(*testers: str, lifetime: float = 1e6) -> Story:
    story = Story("ann", *(testers or ("bob", "eve")), lifetime=lifetime)
    story.leak(at=600)
    return story


def test_a_pause_cuts_off_everybody_but_the_leaker_whether_they_ask_or_not() -> None:
    story = leaked()
    story.pause(at=6000)
    ledger = story.ledger(horizon=6600)
    assert (ledger.testers, ledger.innocent_testers) == (3, 2)
    assert ledger.testers_cut_off == 2
    assert ledger.tester_minutes_lost == 20
    assert ledger.legitimate_requests_refused == 0


def test_a_resumed_pause_stops_costing() -> None:
    story = leaked()
    story.pause(at=6000)
    story.resume(at=6060)
    ledger = story.ledger()
    assert ledger.testers_cut_off == 2
    assert ledger.tester_minutes_lost == 2


def test_a_pause_said_twice_costs_once() -> None:
    story = leaked("bob")
    story.pause(at=6000)
    story.pause(at=6030)
    story.resume(at=6060)
    assert story.ledger().tester_minutes_lost == 1


def test_revoking_the_leaker_costs_nobody_anything() -> None:
    story = leaked()
    story.revoke(scopes.TesterScope("ann"), at=6000)
    story.refuse("ann", "token_revoked", at=6100)
    ledger = story.ledger()
    assert (ledger.testers_cut_off, ledger.tester_minutes_lost) == (0, 0)
    assert ledger.legitimate_requests_refused == 0


def test_a_revoked_tester_is_cut_off_until_a_new_key() -> None:
    story = leaked()
    story.revoke(scopes.CohortScope("artists"), at=6000)
    story.issue("bob", "bob-2", at=6010)
    story.key("bob", at=6060)
    ledger = story.ledger(horizon=6120)
    assert ledger.testers_cut_off == 2
    assert ledger.tester_minutes_lost == 3
    assert ledger.keys_reissued == 1


def test_a_revoked_token_costs_until_the_next_one() -> None:
    story = leaked()
    story.revoke(scopes.KeyScope("kid-1"), at=6000)
    story.issue("bob", "bob-2", at=6060)
    ledger = story.ledger(horizon=6120)
    assert ledger.testers_cut_off == 2
    assert ledger.tester_minutes_lost == 3


def test_a_revoked_token_that_was_about_to_run_out_costs_no_longer_than_its_life() -> None:
    story = leaked("bob", lifetime=6060)
    story.revoke(scopes.IssuedBeforeScope(START + 10), at=6000)
    assert story.ledger().tester_minutes_lost == 1


def test_who_has_another_good_token_loses_nothing() -> None:
    story = leaked("bob")
    story.issue("bob", "bob-2", at=700)
    story.revoke(scopes.TokenScope("bob-1"), at=6000)
    assert story.ledger().testers_cut_off == 0
    story.revoke(scopes.TokenScope("bob-2"), at=6060)
    ledger = story.ledger(horizon=6120)
    assert (ledger.testers_cut_off, ledger.tester_minutes_lost) == (1, 1)


def test_who_has_no_live_token_loses_nothing_by_a_cutoff() -> None:
    story = leaked("bob", lifetime=1000)
    story.revoke(scopes.IssuedBeforeScope(START + 6000), at=6000)
    assert story.ledger().testers_cut_off == 0


def test_a_token_that_died_with_its_tester_cannot_be_lost_again() -> None:
    story = leaked("bob")
    story.revoke(scopes.TesterScope("bob"), at=6000)
    story.key("bob", at=6060)
    story.revoke(scopes.KeyScope("kid-1"), at=6120)
    assert story.ledger().tester_minutes_lost == 1


def test_a_suspension_costs_until_it_is_lifted_or_runs_out() -> None:
    story = leaked("bob")
    story.suspend(scopes.TesterScope("bob"), at=6000, until=6600, name="first")
    story.lift(at=6060, name="first")
    story.suspend(scopes.TokenScope("bob-1"), at=7000, until=7060, name="second")
    ledger = story.ledger()
    assert (ledger.testers_cut_off, ledger.tester_minutes_lost) == (1, 2)


def test_two_responses_at_once_cost_their_time_once() -> None:
    story = leaked("bob")
    story.suspend(scopes.TesterScope("bob"), at=6000, until=6060)
    story.pause(at=6030)
    story.resume(at=6090)
    assert story.ledger().tester_minutes_lost == 1.5


def test_a_new_key_does_not_end_a_suspension() -> None:
    story = leaked("bob")
    story.suspend(scopes.TesterScope("bob"), at=6000, until=6060)
    story.key("bob", at=6001)
    assert story.ledger().tester_minutes_lost == 1


def test_time_before_the_invitation_and_after_leaving_is_not_lost() -> None:
    story = leaked("bob")
    story.pause(at=6000)
    story.invite("kim", at=6060)
    story.add(events.TesterLeft(START + 6060, "bob", "bob"))
    ledger = story.ledger(horizon=6120)
    assert ledger.testers_cut_off == 2
    assert ledger.tester_minutes_lost == 2


def test_a_tester_removed_by_somebody_else_is_cut_off() -> None:
    story = leaked("bob")
    story.add(events.TesterLeft(START + 6000, "bob", "operator"))
    assert story.ledger(horizon=6060).tester_minutes_lost == 1


@pytest.mark.parametrize(("code", "refused", "limited"), [
    ("token_revoked", 1, 0), ("programme_paused", 1, 0), ("tester_suspended", 1, 0),
    ("output_recalled", 1, 0),
    ("quota_exhausted", 0, 1), ("rate_limit_exceeded", 0, 1), ("token_expired", 0, 0), ("not_found", 0, 0),
])
def test_what_the_innocent_are_refused_is_told_apart_by_code(code: str, refused: int, limited: int) -> None:
    story = leaked()
    story.refuse("bob", code, at=6000)
    story.refuse("ann", code, at=6000)
    story.refuse("bob", code, at=6000, origin=PAGE)
    ledger = story.ledger()
    assert ledger.legitimate_requests_refused == refused
    assert ledger.legitimate_requests_limited == limited


def test_a_throttled_testers_rate_limit_is_the_response() -> None:
    story = leaked("bob")
    story.throttle("bob", at=5000)
    story.refuse("bob", "rate_limit_exceeded", at=6000)
    assert story.ledger().legitimate_requests_refused == 1
    assert story.ledger().testers_cut_off == 0


def test_a_token_denied_to_somebody_cut_off_is_a_refused_request() -> None:
    story = leaked("bob")
    denied = events.TokenDenied(START + 5000, "bob", "invalid_client", "home of bob")
    story.add(denied)
    assert story.ledger().legitimate_requests_refused == 0
    story.revoke(scopes.TesterScope("bob"), at=5500)
    story.add(events.TokenDenied(START + 6000, "bob", "invalid_client", "home of bob"))
    assert story.ledger().legitimate_requests_refused == 1


def test_outputs_locked_or_taken_from_the_innocent_are_lost_unless_they_come_back() -> None:
    story = leaked("bob")
    for video in ("video-1", "video-2", "video-3"):
        story.submit(video, "bob-1", at=500, origin="home of bob")
    story.submit("video-4", "ann-1", at=510, origin="home of ann")
    story.submit("video-5", "ann-1", at=700)
    for video in ("video-1", "video-2", "video-4", "video-5"):
        story.add(events.OutputQuarantined(START + 6000, video, "revocation"))
    story.add(events.QuarantineLifted(START + 6100, "video-1", "revocation", "hers", "operator"))
    story.add(events.OutputRecalled(START + 6200, "video-2", "revocation"))
    assert story.ledger().legitimate_outputs_lost == 1


def test_who_turns_out_to_be_the_leaker_is_not_innocent_in_hindsight() -> None:
    story = Story("ann", "bob")
    story.pause(at=50)
    story.resume(at=110)
    story.refuse("ann", "programme_paused", at=60)
    assert story.ledger().testers_cut_off == 2
    story.leak("ann", at=600)
    ledger = story.ledger()
    assert (ledger.testers_cut_off, ledger.legitimate_requests_refused) == (1, 0)


def test_the_score_has_two_sides() -> None:
    nobody, everybody, aimed = leaked(), leaked(), leaked()
    for story in (nobody, everybody, aimed):
        story.download("video-1", at=700)
    for at in (1300, 2000, 3000):
        nobody.download(f"video-{at}", at=at)
    everybody.pause(at=1200)
    aimed.revoke(scopes.TesterScope("ann"), at=1200)
    unanswered = nobody.ledger(horizon=6600)
    assert score(everybody.ledger(horizon=6600), unanswered).harm_averted == 0.75
    assert score(everybody.ledger(horizon=6600), unanswered).collateral_caused == 0.9
    assert score(aimed.ledger(horizon=6600), unanswered).collateral_caused == 0
    assert score(aimed.ledger(horizon=6600), unanswered).harm_averted == 0.75
    assert score(unanswered, unanswered).harm_averted == 0


def test_without_a_leak_there_is_nothing_to_score() -> None:
    quiet = Story("ann", "bob").ledger()
    assert score(quiet, quiet).harm_averted is None
    assert score(quiet, quiet).collateral_caused is None
