"""Expiry only: a token dies of old age and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mock_api.core.enforcement import ExpiryOnly
from mock_api.core.enforcement.point import LEEWAY

if TYPE_CHECKING:
    from mock_api.core.access_tokens import Claims
    from tests.mock_api.core.enforcement.conftest import Front


def test_a_token_passes_until_its_end_and_no_longer(
    front: Callable[..., Front], claims: Callable[..., Claims]
) -> None:
    gate, token = front(ExpiryOnly()), claims()
    assert gate.verdict(token, token.issued_at) == "admitted"
    assert gate.verdict(token, token.expires_at - 0.001) == "admitted"
    assert gate.verdict(token, token.expires_at) == "token_expired"
    assert gate.verdict(token, token.issued_at - LEEWAY) == "admitted"
    assert gate.verdict(token, token.issued_at - LEEWAY - 0.001) == "token_not_yet_valid"


def test_it_asks_nothing_ever(front: Callable[..., Front], claims: Callable[..., Claims]) -> None:
    gate, token = front(ExpiryOnly()), claims()
    gate.verdict(token, token.issued_at)
    assert gate.view.wants() is None
    assert gate.asked == []
    assert gate.view.version is None
