"""Key rotation: whatever is revoked, the signing key goes; gates know the key set and nothing else."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from mock_api.core.errors import Refusal, TokenRevoked
from mock_api.core.quantities import Positive, Seconds

from .polling import Polling
from .questions import Answer, AskKeys, Keys, Question
from .silence import Told, closed
from .view import Arrival, View, WithoutFeed

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims

COOL_DOWN = 1.0  # seconds between two look-ups of unknown keys, so that forged `kid`s cause no flood


class KeyRotation(Told, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="key-rotation"):
    """A revocation makes a new signing key; the old one leaves the key set (RFC 7517) after `overlap` seconds.

    Everybody has to buy a new token, and the revoked get none. Gates use a fetched key set for `max_age` seconds. Of
    suspensions, of the kill switch and of who has left they are not told.
    """

    guarantee: ClassVar[str] = "refused everywhere within overlap + max_age + timeout, with every token of that key"
    in_silence: ClassVar[str] = "a key set older than max_age + timeout is silence, and decided by `silence`"

    overlap: Seconds = 0.0                         # how long the old key stays published beside the new one
    max_age: Positive = 60.0                       # how long a gate may use a fetched key set, seconds
    timeout: Positive = 5.0

    @property
    def delay(self) -> float:
        """Seconds that a revocation may take to reach a gate."""
        return self.overlap + self.max_age + self.timeout

    def view(self) -> View:
        """A gate's view, which knows no key yet."""
        return KeySetView(Polling(self.max_age, self.timeout, self.silence, self.grace))


class KeySetView(WithoutFeed):
    """The names of the keys that were published at the last fetch."""

    def __init__(self, polling: Polling) -> None:
        self._polling = polling
        self.kids: frozenset[str] | None = None
        self._gone: frozenset[str] = frozenset()  # published once, and no more; what is retired does not come back
        self._looked_up_at = -inf

    def judge(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | Question | None:
        """By the key set; a key that is not in it may be new, which is looked up once in a while."""
        if self.kids is None:
            return AskKeys() if now >= self._polling.due else self._polling.silent(now)
        if claims.kid in self.kids:
            return self._polling.silent(now)
        if claims.kid in self._gone or self._polling.as_of >= arrival.at:
            return TokenRevoked("This access token's key is not in use any more.")
        if abs(now - self._looked_up_at) >= COOL_DOWN:
            self._looked_up_at = now
            return AskKeys()
        return closed()

    def unanswered(self, claims: Claims, arrival: Arrival, now: float) -> Refusal | None:
        """By the old key set, if `silence` allows; a key that nobody vouches for opens no door once there is one."""
        if self.kids is not None and claims.kid not in self.kids:
            return closed()
        return self._polling.silent(now)

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Take the key set; one that was overtaken says nothing."""
        if asked_at < self._polling.as_of:
            return
        if isinstance(answer, Keys):
            self._gone = (self._gone | (self.kids or frozenset())) - answer.kids
            self.kids = answer.kids
            self._polling.answered(asked_at)
        else:
            self._polling.unanswered(asked_at)

    def wants(self) -> tuple[float, Question] | None:
        """The next fetch."""
        return self._polling.due, AskKeys()
