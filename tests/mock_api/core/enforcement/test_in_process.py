"""The gate that lives with the authority knows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_api.core.enforcement import RevocationView
from mock_api.core.enforcement.in_process import InProcess
from mock_api.core.events import Revoked
from mock_api.core.scopes import AllScope

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range


def test_the_view_is_the_register(the_range: Range) -> None:
    _, token = the_range.tester_with_token()
    view: RevocationView = InProcess(the_range.authority.register)
    issued, now = the_range.authority.programme.tokens[the_range.jti(token)], the_range.clock.now()
    assert view.refusal(issued, now) is None
    the_range.authority.record(Revoked(now, "r", AllScope(), "leaked", "operator", None))
    refusal = view.refusal(issued, now)
    assert refusal is not None
    assert refusal.code == "token_revoked"
