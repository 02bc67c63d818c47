"""Secrets that strangers paste into free text do not get into an event or a log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core import redaction
from mock_api.core.errors import Invalid

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ0ZXN0ZXJfMSJ9.c2lnbmF0dXJl"
TESTER_KEY = "llk_" + "a1B2" * 9 + "cd"
OPERATOR_KEY = "llo_" + "a1B2" * 9 + "cd"


@pytest.mark.parametrize(
    "secret", [TOKEN, TESTER_KEY, OPERATOR_KEY, TOKEN.rpartition(".")[0], TOKEN + ".more.parts"]
)
@pytest.mark.parametrize("text", ["{}", "see {} there", "x{}", '"token":"{}"', "a={}&b", "{} {}", "?k={}\n"])
def test_a_secret_in_a_text_is_blanked(text: str, secret: str) -> None:
    clean = redaction.redact(text.replace("{}", secret))
    assert secret not in clean
    assert "redacted" in clean


@pytest.mark.parametrize("text", ["", "a fox at dawn", "llk_ is a prefix", "eye.glass.es", "Ünïcode → fine"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redaction.redact(text) == text


def test_every_secret_that_is_issued_would_be_blanked(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    operator_key = the_range.authority.operator.ensure_operator_key()
    for secret in (tester_key, operator_key, the_range.token(tester_id, tester_key)):
        assert secret is not None
        assert secret not in redaction.redact(f"here: {secret}.")


def test_no_secret_is_in_the_events(the_range: Range) -> None:
    tester_id, tester_key = the_range.invite()
    token = the_range.token(tester_id, tester_key)
    the_range.admit(token)
    log = repr(the_range.events)
    assert tester_key not in log
    assert token not in log


@pytest.mark.parametrize(
    ("text", "limit"), [("x" * 11, 10), ("\ud800", 10)], ids=["too long", "a lone surrogate"]
)
def test_a_text_that_cannot_be_kept_is_invalid_and_names_the_field(text: str, limit: int) -> None:
    with pytest.raises(Invalid) as refusal:
        redaction.free_text(text, "reason", limit)
    assert refusal.value.param == "reason"


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "bell\a", "x" * 121, "\ud800"])
def test_a_name_is_one_short_printable_line(text: str) -> None:
    with pytest.raises(Invalid):
        redaction.name(text, "name")


@given(st.text(max_size=500))
def test_an_origin_is_always_taken_and_always_short_and_printable(text: str) -> None:
    clean = redaction.origin(text)
    assert len(clean) <= redaction.ORIGIN_LIMIT
    assert clean.isprintable()


def test_a_secret_at_the_cut_of_an_origin_is_blanked_first() -> None:
    assert "eyJ" not in redaction.origin("x" * (redaction.ORIGIN_LIMIT - 20) + TOKEN)


def test_the_logging_filter_blanks_arguments_and_tracebacks() -> None:
    try:
        raise ValueError(TOKEN)
    except ValueError as error:
        raised = (ValueError, error, error.__traceback__)
        record = logging.LogRecord("x", logging.INFO, "file", 1, "got %s", (TOKEN,), raised)
    assert redaction.SecretsBlanked().filter(record)
    assert TOKEN not in logging.Formatter().format(record)
