"""Decides who passes: reads the token, asks the enforcement point, and carries its questions to the authority."""

from __future__ import annotations

import asyncio
import logging

import jwt

from mock_api.core.access_tokens import Claims, TokenReader
from mock_api.core.enforcement.point import LOOK_UPS, EnforcementPoint, never_settled
from mock_api.core.enforcement.questions import Answer, AskKeys, AskNotices, News, Question
from mock_api.core.enforcement.view import Arrival
from mock_api.core.errors import ForgedToken, MissingToken
from mock_api.core.ports import Clock

from .authority import Authority
from .figures import Figures

LONGEST_REST = 1.0      # seconds after which what the view wants is looked at again, whatever it said
AFTER_SILENCE = 0.05    # seconds before anything is asked again between requests

_log = logging.getLogger("leaklab.gate")


class Doorkeeper:
    """Drives one enforcement point."""

    def __init__(
        self, point: EnforcementPoint, authority: Authority, reader: TokenReader, clock: Clock, figures: Figures,
        keys_again: float = 1.0,
    ) -> None:
        self.point = point
        self.heard_at = float("-inf")  # when the view last learnt or heard anything, the gate's clock
        self._authority, self._reader, self._clock, self._figures = authority, reader, clock, figures
        self._flights: dict[Question, asyncio.Task[Answer | None]] = {}  # the questions under way
        self._news = asyncio.Event()
        self._keys_again, self._keys_at = keys_again, float("-inf")
        self._fetching: asyncio.Task[Answer | None] | None = None

    async def read(self, token: str | None) -> Claims:
        """What the token says; raises the Refusal of one that we did not sign."""
        if token is None:
            raise MissingToken("This request needs an access token as bearer.")
        try:
            return self._reader.decode(token)
        except ForgedToken:
            if not self._has_unknown_key(token):
                raise
        await self._fetch_keys_once_in_a_while()
        return self._reader.decode(token)

    async def fetch_keys(self) -> None:
        """Get the keys that tokens are signed with: to read them, whatever the view wants to know of keys."""
        if self._fetching is None:
            self._keys_at = self._clock.now()
            self._fetching = asyncio.create_task(self._authority.ask(AskKeys(), None))
        try:
            await asyncio.shield(self._fetching)
        finally:
            self._fetching = None

    async def decide(self, token: str, claims: Claims, arrival: Arrival, again: bool = False) -> None:
        """Let the token pass or raise the Refusal, after at most LOOK_UPS answers; `again`: its answer is under way."""
        judge = self.point.judge_again if again else self.point.judge
        for _ in range(LOOK_UPS):
            question = judge(claims, arrival, self._clock.now())
            if question is None:
                return
            if await self.ask(question, token) is None:
                self.point.unanswered(claims, arrival, self._clock.now())
                return
        if judge(claims, arrival, self._clock.now()) is not None:
            raise never_settled()

    async def ask(self, question: Question, token: str | None = None) -> Answer | None:
        """Carry a question, or wait for the same one that is under way; the view has learnt when this returns.

        Whoever came after that one was asked judges again, and asks again if its answer is too old for them. The
        question is nobody's own: who asked first may hang up, and the others hear the answer all the same.
        """
        flight = self._flights.get(question)
        if flight is None:
            flight = self._flights[question] = asyncio.create_task(self._fly(question, token))
        return await asyncio.shield(flight)

    async def _fly(self, question: Question, token: str | None) -> Answer | None:
        asked_at = self._clock.now()
        if isinstance(question, AskNotices):
            self._figures.repairs += 1
        answer: Answer | None = None
        try:
            answer = await self._authority.ask(question, token)
        finally:
            del self._flights[question]
            self._learn(question, answer, asked_at)
        return answer

    def hear(self, news: News, size: int = 0) -> None:
        """Take what a push feed brings in a message of `size` bytes."""
        self._figures.messages += 1
        self._figures.view_in += size
        self.heard_at = self._clock.now()
        self.point.view.hear(news, self.heard_at)
        self._news.set()

    async def keep_up(self) -> None:
        """Ask what the view wants between requests, when it is due, until cancelled."""
        while True:
            self._news.clear()
            wanted = self.point.view.wants()
            rest = LONGEST_REST if wanted is None else wanted[0] - self._clock.now()
            if wanted is None or rest > 0.0:
                await self._rest(min(rest, LONGEST_REST))
                continue
            try:
                answer = await self.ask(wanted[1])
            except Exception:  # One bad answer must not end all asking.
                _log.exception("a question could not be asked")
                answer = None
            if answer is None:
                await asyncio.sleep(AFTER_SILENCE)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    def _learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        self.point.learn(question, answer, asked_at)
        if answer is not None:
            self.heard_at = self._clock.now()
        self._news.set()

    def _has_unknown_key(self, token: str) -> bool:
        """Whether a key that was added lately may have signed it."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.PyJWTError:
            return False
        return isinstance(kid, str) and kid not in self._authority.keys

    async def _fetch_keys_once_in_a_while(self) -> None:
        now = self._clock.now()
        if self._fetching is not None or not 0.0 <= now - self._keys_at < self._keys_again:
            await self.fetch_keys()
