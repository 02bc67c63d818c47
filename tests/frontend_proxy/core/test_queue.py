from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from frontend_proxy.core.queue import WaitingLine


class LineAgainstAList(RuleBasedStateMachine):
    """The line does what a plain list would do, only faster."""

    def __init__(self) -> None:
        super().__init__()
        self.line = WaitingLine()
        self.plain: list[str] = []
        self.sent_back: list[tuple[int, str]] = []
        self.taken: list[tuple[int, str]] = []
        self.joined = 0

    @property
    def expected(self) -> list[str]:
        return [name for _, name in sorted(self.sent_back)] + self.plain

    @rule(count=st.integers(1, 90))
    def join(self, count: int) -> None:
        for _ in range(count):
            self.joined += 1
            self.line.join(f"s{self.joined}")
            self.plain.append(f"s{self.joined}")

    @precondition(lambda self: self.expected)
    @rule()
    def take(self) -> None:
        name = self.line.take()
        assert name == self.expected[0]
        self.taken.append((int(name[1:]), name))
        self.leave_plain(name)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def put_back(self, data: st.DataObject) -> None:
        rank, name = self.taken.pop(data.draw(st.integers(0, len(self.taken) - 1)))
        self.line.put_back(name, rank)
        self.sent_back.append((rank, name))

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.expected))
        self.line.leave(name)
        self.leave_plain(name)

    def leave_plain(self, name: str) -> None:
        self.plain = [each for each in self.plain if each != name]
        self.sent_back = [each for each in self.sent_back if each[1] != name]

    @invariant()
    def agrees(self) -> None:
        assert list(self.line) == self.expected
        assert len(self.line) == len(self.expected)
        for position, name in enumerate(self.expected, 1):
            assert self.line.place(name) == position


TestLineAgainstAList = LineAgainstAList.TestCase


@given(st.lists(st.integers(0, 5), max_size=30))
def test_whoever_is_not_in_line_has_no_place(numbers: list[int]) -> None:
    line = WaitingLine()
    for number in set(numbers):
        line.join(str(number))
    line.leave("nobody")
    assert line.place("nobody") == 0
    assert "nobody" not in line
    assert len(line) == len(set(numbers))


def test_a_line_in_which_all_but_the_first_leave_stays_small() -> None:
    line = WaitingLine()
    line.join("first")
    for number in range(100_000):
        line.join(str(number))
        line.leave(str(number))
    assert line.place("first") == 1
    assert len(line) == 1
    assert len(line._tree) < 1000
