"""Whatever visitors and the API do: nothing is lost, nobody jumps the line, no dead credential is used."""

from __future__ import annotations

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from frontend_proxy.core.actions import Action, Check, Create, Fetch, Poll
from frontend_proxy.core.desk import Desk
from frontend_proxy.core.errors import DeskRefusal
from frontend_proxy.core.events import FrontEndEvent, SubmissionQueued, SubmissionStarted
from frontend_proxy.core.orders import ClipOrder
from frontend_proxy.core.settings import DeskSettings
from frontend_proxy.core.stats import Stats
from tests.frontend_proxy.surroundings import CountingIds, SetClock

REFUSALS = (
    (401, "token_revoked"), (403, "programme_paused"), (403, "output_quarantined"), (404, "not_found"),
    (409, "not_approved"), (429, "rate_limit_exceeded"), (500, "http_500"), (400, "invalid_request"),
)


class DeskMachine(RuleBasedStateMachine):
    """Visitors, time and answers in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = SetClock()
        self.events: list[FrontEndEvent] = []
        self.desk = Desk(
            DeskSettings(queue_limit=12, visitor_limit=2, presence_timeout=200.0, health_interval=60.0),
            self.clock,
            CountingIds(),
            self.events.append,
        )
        self.slots = 4
        self.pending: list[Action] = []
        self.handed_out: dict[str, str] = {}
        self.secrets = 0

    @rule()
    def add_credential(self) -> None:
        self.secrets += 1
        self.desk.credentials.add(f"secret-{self.secrets}")

    @rule(visitor=st.integers(1, 20))
    def submit(self, visitor: int) -> None:
        self.desk.arrive(f"visitor_{visitor}")
        try:
            self.desk.submit(f"visitor_{visitor}", ClipOrder("x"))
        except DeskRefusal:
            return

    @rule(visitor=st.integers(1, 20))
    def show_life_or_go(self, visitor: int) -> None:
        self.desk.seen(f"visitor_{visitor}")
        for submission in list(self.desk.book.open_of(f"visitor_{visitor}")):
            self.desk.renege(submission.submission_id)

    @rule(seconds=st.sampled_from([0.0, 1.0, 5.0, 61.0, 301.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(slots=st.integers(0, 6))
    def change_concurrency(self, slots: int) -> None:
        self.desk.set_concurrency(slots)
        self.slots = slots

    @rule()
    def ask_for_actions(self) -> None:
        busy_before = len(self.desk.slots)
        todo = self.desk.actions(self.clock.now())
        for action in todo:
            assert isinstance(action, Check) or self.desk.credentials.get(action.credential).is_alive
        assert len(self.desk.slots) <= max(self.slots, busy_before)
        self.pending.extend(todo)
        due = self.desk.next_at()
        assert due is None or due > self.clock.now()

    @precondition(lambda self: self.pending)
    @rule(data=st.data(), ok=st.booleans(), refusal=st.sampled_from(REFUSALS))
    def answer(self, data: st.DataObject, ok: bool, refusal: tuple[int, str]) -> None:
        action = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
        if isinstance(action, Check):
            self.desk.checked(action.credential, ok, None if ok else refusal[1])
        elif not ok:
            self.desk.refused(action.submission_id, *refusal, data.draw(st.sampled_from([None, 0.0, 30.0])))
        elif isinstance(action, Create):
            self.desk.created(action.submission_id, f"video_of_{action.submission_id}")
        elif isinstance(action, Poll):
            status = data.draw(st.sampled_from(["queued", "in_progress", "completed", "failed"]))
            code = "moderation_blocked" if status == "failed" else None
            self.desk.polled(action.submission_id, status, code)
        else:
            self.desk.fetched(action.submission_id, data.draw(st.booleans()))

    @precondition(lambda self: self.pending)
    @rule(data=st.data())
    def lose_an_answer(self, data: st.DataObject) -> None:
        action = data.draw(st.sampled_from(self.pending))
        if isinstance(action, Create | Poll | Fetch):
            self.pending.remove(action)
            if data.draw(st.booleans()):
                self.desk.unreachable(action.submission_id)

    @invariant()
    def no_submission_is_lost(self) -> None:
        stats = self.desk.stats
        waiting, in_flight = len(self.desk.line), len(self.desk.slots)
        ended = stats.served + stats.failed.total() + stats.reneged
        assert stats.submissions == ended + waiting + in_flight
        assert len(self.desk.book.open) == waiting + in_flight == stats.open

    @invariant()
    def first_come_first_started(self) -> None:
        started: list[str] = []
        for event in self.events:
            if isinstance(event, SubmissionStarted) and event.submission_id not in started:
                started.append(event.submission_id)
        queued = [event.submission_id for event in self.events if isinstance(event, SubmissionQueued)]
        assert started == sorted(started, key=queued.index)

    @invariant()
    def the_log_replays_to_the_same_figures(self) -> None:
        replayed = Stats()
        line = msgspec.json.encode(self.events)
        replayed.replay(msgspec.json.decode(line, type=list[FrontEndEvent]))
        assert replayed == self.desk.stats
        assert len(replayed.credentials_alive) == self.desk.credentials.alive

    @invariant()
    def instants_never_go_back(self) -> None:
        instants = [event.at for event in self.events]
        assert instants == sorted(instants)


TestDesk = DeskMachine.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
