"""Status list: every token has a place in a signed, compressed array of bits that anybody may fetch and cache."""

from __future__ import annotations

from collections import OrderedDict
from math import inf
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec import Struct

from mock_api.core.errors import Refusal, TesterSuspended, TokenRevoked, TokenUnknown
from mock_api.core.quantities import AtLeastOne, Positive, Share

from .questions import Answer, AskStatusList, Question, StatusList
from .silence import Told, closed, verdict
from .view import Arrival, View, WithoutFeed

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims

HELD = 256           # lists; the one used least recently is forgotten first
AHEAD = 0.9          # share of a list's time after which it is renewed, so that no request waits for it
VALID, INVALID, SUSPENDED = 0, 1, 2  # Token Status List §7.1


class StatusLists(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="status-list"):
    """Token Status List (draft-ietf-oauth-status-list): fetched as `statuslist+jwt`, used for `ttl` seconds."""

    guarantee: ClassVar[str] = "refused everywhere within ttl + timeout"
    in_silence: ClassVar[str] = "a list older than ttl + timeout is silence, and decided by `silence`"

    ttl: Positive = 30.0                           # how long a fetched list may be used, seconds
    bits: Literal[1, 2] = 2                        # 2 can say that a token is suspended, 1 cannot
    size: AtLeastOne = 131_072                     # places in one list
    decoys: Share = 0.1                            # share of places that are never given out, so that sizes tell less
    timeout: Positive = 5.0

    @property
    def delay(self) -> float:
        """Seconds that a revocation may take to reach a gate."""
        return self.ttl + self.timeout

    def view(self) -> View:
        """A gate's view, which holds no list yet."""
        return StatusListsView(self)


class HeldList(Struct):
    """A list as it was fetched at `asked_at`; `due`: when to renew it if it is `used` until then."""

    content: StatusList
    asked_at: float
    due: float
    used: bool = False


class StatusListsView(WithoutFeed):
    """The lists that tokens point to, as far as they were looked at lately."""

    def __init__(self, declared: StatusLists) -> None:
        self._declared = declared
        self._lists: OrderedDict[str, HeldList] = OrderedDict()

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """By the token's place in its list, fetched when missing, too old or expired (§8.3)."""
        if claims.status is None:
            return TokenUnknown("This access token has no place in a status list.")
        uri, index = claims.status
        held = self._lists.get(uri)
        if held is None:
            return AskStatusList(uri)
        self._lists.move_to_end(uri)
        held.used = True
        if not self._serves(held, now):
            # What was fetched for this very request and will not serve is no use asking for again.
            return closed() if held.asked_at >= arrival.at else AskStatusList(uri)
        return self._place(held.content, index)

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """By the old list, if `silence` allows; what it refuses stays refused."""
        if claims.status is None:
            return TokenUnknown("This access token has no place in a status list.")
        uri, index = claims.status
        held, declared = self._lists.get(uri), self._declared
        if held is None:
            return None if declared.silence == "fail-open" else closed()
        expires_at = held.content.expires_at
        silent_for = max(now - held.asked_at - declared.ttl - declared.timeout, now - (expires_at or inf))
        return self._place(held.content, index) or _in_silence(declared, silent_for)

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Hold a list if it is the one asked for; one that was overtaken is dropped."""
        if not isinstance(question, AskStatusList):
            return
        held = self._lists.get(question.uri)
        if not isinstance(answer, StatusList) or answer.uri != question.uri:
            if held is not None:
                held.due = max(held.due, asked_at + self._declared.timeout)
            return
        if held is not None and asked_at < held.asked_at:
            return
        self._lists[answer.uri] = HeldList(answer, asked_at, asked_at + AHEAD * self._lifetime(answer))
        self._lists.move_to_end(answer.uri)
        if len(self._lists) > HELD:
            self._lists.popitem(last=False)

    def wants(self) -> tuple[float, Question] | None:
        """The list in use that is next to be renewed."""
        used = [(held.due, uri) for uri, held in self._lists.items() if held.used]
        if not used:
            return None
        due, uri = min(used)
        return due, AskStatusList(uri)

    def _lifetime(self, content: StatusList) -> float:
        return self._declared.ttl if content.ttl is None else min(self._declared.ttl, content.ttl)

    def _serves(self, held: HeldList, now: float) -> bool:
        expires_at = held.content.expires_at
        return now - held.asked_at <= self._lifetime(held.content) and (expires_at is None or now < expires_at)

    def _place(self, content: StatusList, index: int) -> Refusal | None:
        """What the list says at `index`: entries of `bits` bits, the first in the lowest bits of a byte (§4.1)."""
        octet, place = divmod(index * content.bits, 8)
        if octet >= len(content.statuses):
            return TokenUnknown("This access token has no place in its status list.")
        status = content.statuses[octet] >> place & (1 << content.bits) - 1
        if status == VALID:
            return None
        if status == SUSPENDED:
            return TesterSuspended("Access is suspended for now.", retry_after=self._lifetime(content))
        return TokenRevoked("This access token was revoked.")


def _in_silence(declared: StatusLists, silent_for: float) -> Refusal | None:
    return verdict(declared.silence, declared.grace, silent_for) if silent_for > 0.0 else None
