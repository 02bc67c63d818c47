"""The authority's side of a simulated gate's questions: the same doors that answer them over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mock_api.core.enforcement.questions import (
    Answer,
    AskCutoffs,
    AskKeys,
    AskNotices,
    AskSnapshot,
    AskStatusList,
    AskToken,
    Question,
    TokenStatus,
    Unchanged,
)
from mock_api.core.errors import NotFound, Refusal

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from mock_api.core.authority import Authority

ACTIVE, INACTIVE = TokenStatus(True), TokenStatus(False)


class Answers:
    """Answers what gates ask, as of now."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._door = authority.gates

    @property
    def seq(self) -> int:
        """Where the revocation feed stands."""
        return self._authority.feed.seq

    def introspected(self, claims: Claims, now: float) -> TokenStatus:
        """What `introspect` answers on a token whose signature the gate has just seen to hold."""
        try:
            self._authority.gate.examine(claims, now)
        except Refusal:
            return INACTIVE
        return ACTIVE

    def answer(self, question: Question) -> Answer | None:
        """The answer; None where the authority has none."""
        match question:
            case AskSnapshot(known=known):
                return Unchanged() if known == self._authority.feed.version else self._door.snapshot()
            case AskNotices(after=after):
                return self._door.notices(after)
            case AskCutoffs(known=known):
                return Unchanged() if known == self._authority.feed.version else self._door.cutoffs()
            case AskKeys():
                return self._door.keys()
            case AskStatusList(uri=uri):
                return self._list(uri)
            case AskToken():
                return None  # Only a request asks this: `introspected`.
        return None

    def _list(self, uri: str) -> Answer | None:
        try:
            return self._door.status_list(uri)
        except NotFound:
            return None


def size(answer: object) -> int:
    """Bytes of an answer's or a notice's body as JSON; nothing for a 304."""
    return 0 if isinstance(answer, Unchanged) else len(msgspec.json.encode(answer))
