"""A key that was fetched once is good for ever."""

from __future__ import annotations

from mock_api.core.enforcement.key_rotation import KeySetView
from mock_api.core.enforcement.point import EnforcementPoint
from mock_api.core.enforcement.questions import Answer, Keys, Question

from .card import Card, Exhibit


class KeysNeverForgotten(KeySetView):
    """Adds what it fetches to what it has."""

    def learn(self, question: Question, answer: Answer | None, asked_at: float) -> None:
        """Take the key set, and keep what is not in it any more."""
        if isinstance(answer, Keys) and self.kids is not None:
            answer = Keys(answer.kids | self.kids)
        super().learn(question, answer, asked_at)


def _key_set(point: EnforcementPoint) -> KeySetView | None:
    return point.view if isinstance(point.view, KeySetView) else None


REMOVED_KEY_STILL_CACHED = Exhibit(
    card=Card(
        name="removed-key-still-cached",
        title="A removed key stays in the verifier's cache",
        reports=("auth0/jwks-rsa-java#69", "nearform/fast-jwt#5"),
        wrong=(
            "Keys are cached one by one, and a new key set only adds to the cache. A key that was taken out because "
            "it leaked goes on opening the door until the process is restarted."
        ),
        look_for=(
            "With gates in front under `key-rotation`, revoke the signing key. Long after `max_age` its tokens are "
            "still admitted by gates that have seen one, and refused by a gate that was started since."
        ),
        breaks="a removed key is refused within the bound",
    ),
    right=KeySetView,
    wrong=KeysNeverForgotten,
    part_at_gate=_key_set,
)
