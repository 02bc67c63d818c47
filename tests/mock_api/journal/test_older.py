"""What earlier versions wrote can still be read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mock_api.core.enforcement import InProcess
from mock_api.core.events import Event, PolicyAdopted
from mock_api.core.policy import Policy
from mock_api.journal import Journal, commits

FIRST_WORDS = b"""\
{"type":"PolicyAdopted","at":1.0,"policy":{"name":"default","summary":"","token_lifetime":3600.0,\
"signing_algorithm":"EdDSA","enforcement":"in-process","quota":{"requests_per_minute":600,"renders_per_day":500,\
"concurrent_renders":8,"live_tokens":10000},"renders":null,"approval":{"mode":"contract","claim_lease":600.0,\
"on_revocation":{"in_flight":"recall","held":"quarantine","approved":"quarantine"}},"detectors":[],"playbook":[]},\
"by":"start"}
{"type":"TokenIssued","at":2.0,"jti":"at_1","tester_id":"t_1","kid":"key_1","expires_at":9.0,"scope":"videos.read",\
"origin":"say \\"enforcement\\":\\"in-process\\""}
"""


def test_a_journal_of_the_first_version_can_be_opened(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(file)
    monkeypatch.setattr(commits, "_encode_lines", lambda _: FIRST_WORDS)
    for _ in range(2):
        journal(PolicyAdopted(1.0, Policy(name="whatever"), "start"))
    journal.close()
    monkeypatch.undo()
    reopened = Journal(file)
    adopted, issued = (event for _, event in reopened.events())
    reopened.close()
    assert adopted == PolicyAdopted(1.0, Policy(name="default", enforcement=InProcess()), "start")
    assert msgspec.structs.asdict(issued)["origin"] == 'say "enforcement":"in-process"'


def test_the_events_above_are_those_of_the_first_version() -> None:
    with pytest.raises(msgspec.ValidationError, match="enforcement"):
        msgspec.json.Decoder(Event).decode_lines(FIRST_WORDS)
