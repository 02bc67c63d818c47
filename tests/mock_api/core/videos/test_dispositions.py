"""What becomes of outputs when access is revoked, and the invariant: nothing of a revoked token gets out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mock_api.core import events, scopes
from mock_api.core.errors import OutputQuarantined, OutputRecalled, Refusal
from mock_api.core.policy import Approval, OnRevocation, Quota, RenderModel
from mock_api.core.quantities import DAY

DISPOSITIONS = ("release", "quarantine", "recall")


def revoke(studio: Any, tester_id: str, to: str | None = None) -> None:
    """Dispose of a tester's outputs as a revocation does."""
    now, videos = studio.authority.settle(), studio.authority.videos
    videos.dispose("rev_1", videos.of_tester(tester_id), now, to=to)


@pytest.mark.parametrize("held", DISPOSITIONS)
def test_a_held_output_is_treated_by_the_policy(open_studio: Callable[..., Any], held: str) -> None:
    treatment = msgspec.convert({"held": held}, OnRevocation)
    studio = open_studio(approval=Approval(mode="hold", on_revocation=treatment))
    video = studio.finished()
    revoke(studio, studio.tester_id)
    expected = {
        "release": ("in_progress", "held"), "quarantine": ("failed", "quarantined"),
        "recall": ("failed", "recalled"),
    }
    seen = studio.retrieve(video.id)
    assert (seen.status, seen.approval.state) == expected[held]


def test_a_quarantined_render_goes_on_but_its_output_is_locked(open_studio: Callable[..., Any]) -> None:
    studio = open_studio()
    video = studio.submit()
    revoke(studio, studio.tester_id, to="quarantine")
    studio.range.clock.advance(100.0)
    seen = studio.retrieve(video.id)
    assert (seen.status, seen.error.code) == ("failed", "output_quarantined")
    assert len(studio.range.of(events.RenderFinished)) == 1
    with pytest.raises(OutputQuarantined):
        studio.download(video.id)


def test_a_recalled_render_is_cancelled_and_frees_its_place(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(renders={"capacity": 1})
    other = studio.other_tester()
    mine, theirs = studio.submit(), other.submit()
    studio.range.clock.advance(5.0)
    revoke(studio, studio.tester_id)
    assert studio.retrieve(mine.id).error.code == "output_recalled"
    assert other.retrieve(theirs.id).status == "in_progress"
    with pytest.raises(OutputRecalled):
        studio.download(mine.id)


def test_the_blast_radius_counts_what_a_revocation_would_find(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(mode="hold")
    ids = [studio.finished().id for _ in range(4)]
    studio.authority.reviewer.approve(ids[0], "Bo")
    studio.authority.reviewer.reject(ids[1], "Bo", "no")
    studio.submit()
    videos = studio.authority.videos
    assert videos.count(list(videos.records.values())) == (1, 2, 1)
    assert videos.count([]) == (0, 0, 0)
    revoke(studio, studio.tester_id)
    assert videos.count(list(videos.records.values())) == (0, 0, 0)


def test_a_second_revocation_changes_nothing_but_may_take_back_what_was_locked(studio: Any) -> None:
    video = studio.finished()
    revoke(studio, studio.tester_id)
    known = len(studio.range.events)
    revoke(studio, studio.tester_id)
    assert len(studio.range.events) == known
    revoke(studio, studio.tester_id, to="recall")
    assert studio.retrieve(video.id).approval.state == "recalled"
    revoke(studio, studio.tester_id, to="quarantine")
    assert studio.retrieve(video.id).approval.state == "recalled"


@pytest.mark.parametrize("to", ["quarantine", "recall"])
def test_what_failed_or_expired_is_left_as_it_is(open_studio: Callable[..., Any], to: str) -> None:
    studio = open_studio(renders={"output_lifetime": 3000.0})
    studio.finished()
    studio.range.clock.advance(2500.0)
    failed = studio.submit()
    studio.authority.tester.delete_video(studio.caller, studio.submit().id)
    studio.adopt(renders=RenderModel(capacity=1, timeout=1.0, service_sigma=0.0))
    late = studio.submit()
    studio.range.clock.advance(500.0)
    studio.authority.settle()
    known = len(studio.range.events)
    revoke(studio, studio.tester_id, to=to)
    touched = [event.video_id for event in studio.range.events[known:]]
    assert late.id not in touched
    assert touched == [failed.id]


def test_a_recall_of_the_finished_leaves_renders_in_flight_alone(studio: Any) -> None:
    done, other = studio.finished(), studio.other_tester()
    in_flight = other.submit()
    studio.authority.videos.recall_finished("pause_1", studio.authority.settle())
    assert studio.retrieve(done.id).approval.state == "recalled"
    studio.range.clock.advance(100.0)
    assert other.retrieve(in_flight.id).status == "completed"


class Range(RuleBasedStateMachine):
    """Two testers, two reviewers and a responder in any order, under any policy.

    The model: for every video, where it stood when its token was first covered by a revocation.
    """

    open_studio: Callable[..., Any]

    @initialize(
        mode=st.sampled_from(["none", "contract", "hold"]),
        dispositions=st.sampled_from(sorted(product(DISPOSITIONS, repeat=3))),
        capacity=st.integers(1, 3),
    )
    def begin(self, mode: Any, dispositions: tuple[Any, Any, Any], capacity: int) -> None:
        self.mode = mode
        self.rule = OnRevocation(in_flight=dispositions[0], held=dispositions[1], approved=dispositions[2])
        first = self.open_studio(
            approval=Approval(mode=mode, on_revocation=self.rule), quota=Quota(concurrent_renders=4),
            renders={
                "capacity": capacity, "service_sigma": 0.5, "moderation_share": 0.1,
                "output_lifetime": 3000.0,
            },
        )
        self.range, self.authority = first.range, first.authority
        self.studios = [first, first.other_tester()]
        self.ids = [studio.submit().id for studio in self.studios]
        self.locked: set[str] = set()    # covered by a revocation whose policy does not release it

    def pick(self, which: int) -> str:
        return self.ids[which % len(self.ids)] if self.ids else "video_none"

    @rule(who=st.integers(0, 1))
    def submit(self, who: int) -> None:
        with suppress(Refusal):
            self.ids.append(self.studios[who].submit().id)

    @rule(seconds=st.floats(0, 900))
    def wait(self, seconds: float) -> None:
        self.range.clock.advance(seconds)

    @rule(which=st.integers(0, 9), reviewer=st.sampled_from(["Bo", "Cy"]))
    def claim(self, which: int, reviewer: str) -> None:
        try:
            item = self.authority.reviewer.claim(self.pick(which), reviewer)
        except Refusal:
            return
        assert item.reviewer == reviewer

    @rule(which=st.integers(0, 9), reviewer=st.sampled_from(["Bo", "Cy"]), agrees=st.booleans())
    def decide(self, which: int, reviewer: str, agrees: bool) -> None:
        video_id = self.pick(which)
        self.authority.settle()
        record = self.authority.videos.records.get(video_id)
        holder = record.reviewer if record is not None and record.approval == "claimed" else reviewer
        try:
            if agrees:
                self.authority.reviewer.approve(video_id, reviewer)
            else:
                self.authority.reviewer.reject(video_id, reviewer, "no")
        except Refusal:
            return
        assert holder == reviewer
        assert video_id not in self.locked

    @rule(who=st.integers(0, 1), what=st.sampled_from(["token", "tester", "cohort", "all"]))
    def revoke(self, who: int, what: str) -> None:
        studio = self.studios[who]
        self.authority.settle()
        covered = [
            record for record in self.authority.videos.records.values()
            if what in {"all", "cohort"} or record.tester_id == studio.tester_id
        ]
        if what == "token":
            covered = [record for record in covered if record.jti == studio.jti]
        rules = msgspec.structs.asdict(self.rule) | {None: "release"}
        locks = {record.video_id for record in covered if rules[record.stage] != "release"}
        scope = {
            "token": scopes.TokenScope(studio.jti), "tester": scopes.TesterScope(studio.tester_id),
            "cohort": scopes.CohortScope("artists"), "all": scopes.AllScope(),
        }[what]
        outcome = self.authority.responder.revoke(scope, "leaked", "operator")
        if outcome.already:
            return
        self.locked |= locks

    @rule(who=st.integers(0, 1))
    def get_another_token(self, who: int) -> None:
        """The tester comes back with a new token: what was locked must stay locked for it, too."""
        studio = self.studios[who]
        key = self.authority.operator.reissue_key(studio.tester_id, "operator").tester_key
        studio.caller = studio.caller._replace(bearer=self.range.token(studio.tester_id, key))

    @rule(who=st.integers(0, 1), which=st.integers(0, 9))
    def download(self, who: int, which: int) -> None:
        video_id = self.pick(which)
        try:
            self.studios[who].download(video_id)
        except Refusal:
            return
        assert video_id not in self.locked
        if self.mode == "hold":
            approved = {event.video_id for event in self.range.of(events.OutputApproved)}
            assert video_id in approved

    @rule(who=st.integers(0, 1), which=st.integers(0, 9))
    def delete(self, who: int, which: int) -> None:
        with suppress(Refusal):
            self.authority.tester.delete_video(self.studios[who].caller, self.pick(which))

    @invariant()
    def nothing_locked_is_shown_as_completed(self) -> None:
        now = self.authority.settle()
        for video_id, record in self.authority.videos.records.items():
            if video_id in self.locked:
                assert record.show(now).status == "failed"

    @invariant()
    def a_replay_rebuilds_the_same_state(self) -> None:
        self.authority.settle()
        restarted = self.range.replayed()
        restarted.settle()
        assert self.studios[0].state(restarted) == self.studios[0].state()

    @invariant()
    def claims_are_listed_once_and_renders_fit_the_capacity(self) -> None:
        videos, approvals = self.authority.videos, self.authority.approvals
        listed = sorted(key for ordered in approvals._in_state.values() for key in ordered.page(None, 1000))
        waiting = [
            record.video_id for record in videos.records.values()
            if record.phase == "finished" and record.approval != "not_required"
        ]
        assert listed == sorted(waiting)
        line = videos.rendering.line
        assert len(line.running) <= line.capacity
        in_flight = [record for record in videos.records.values() if record.is_in_flight]
        assert len(line) == len(in_flight) == sum(videos.usage._in_flight.values())


@pytest.mark.slow
def test_nothing_of_a_revoked_token_gets_out_unless_the_policy_says_so(
    open_studio: Callable[..., Any]
) -> None:
    Range.open_studio = staticmethod(open_studio)
    repeatable = settings(max_examples=60, stateful_step_count=30, deadline=None, derandomize=True)
    run_state_machine_as_test(Range, settings=repeatable)


def test_the_events_of_a_whole_life_can_be_written_and_read(open_studio: Callable[..., Any]) -> None:
    studio = open_studio(mode="hold")
    video = studio.finished()
    studio.authority.reviewer.approve(video.id, "Bo")
    studio.download(video.id)
    revoke(studio, studio.tester_id)
    studio.range.clock.advance(3 * DAY)
    studio.authority.settle()
    written = [msgspec.json.encode(event) for event in studio.range.events]
    assert [msgspec.json.decode(line, type=events.Event) for line in written] == studio.range.events
