"""A flood of false reports through every door revokes nothing and leaves one event a request."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from mock_api.core import tester_keys
from mock_api.core.policy import NoticeDetector, Policy, Step
from tests.mock_api.scanner import Scanner, batch_of
from tests.mock_api.web.test_intake import PATH, adopt

SINGLES, BATCHES, BATCH = 300, 5, 200
ANSWERS_BY_ITSELF = Policy(
    name="hasty",
    detectors=(NoticeDetector(name="leak", source="leak_report"),),
    playbook=(
        Step(when="leak", do="revoke_token", by="automatic"), Step(when="leak", do="revoke_tester", by="automatic"),
        Step(when="leak", do="revoke_cohort", by="automatic"),
    ),
)


class Guesser:
    """Keys that look right and were never issued."""

    def __init__(self) -> None:
        self._random = Random(3)

    def token_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def guesses(self, count: int) -> list[str]:
        return [tester_keys.mint(self) for _ in range(count)]


def test_a_flood_through_every_door_revokes_nothing(house: Any) -> None:
    house.authority.operator.adopt_policy(ANSWERS_BY_ITSELF, "operator")
    scanner, guesser = Scanner(), Guesser()
    adopt(house, scanner)
    before = house.journal.position
    for size, times in ((1, SINGLES), (BATCH, BATCHES)):
        for _ in range(times):
            body = batch_of(*guesser.guesses(size))
            answer = house.anybody.post(PATH, content=body, headers=scanner.headers(body))
            assert {each["label"] for each in answer.json()} == {"false_positive"}
    for number in range(SINGLES):
        form = {"token": guesser.guesses(1)[0], "note": f"number {number}"}
        assert house.operator.post("/admin/leak-reports", json=form).status_code == 200
    for _ in range(BATCHES):
        found = {"credentials": guesser.guesses(BATCH)}
        assert house.anybody.post("/credentials/revoke", json=found).status_code == 202
    house.authority.settle()
    told = Counter(type(event).__name__ for _, event in house.journal.events(before))
    assert told == {
        "ScannerBatchTaken": SINGLES + BATCHES, "LeakReported": SINGLES, "CredentialsSurrendered": BATCHES,
        # The operator's own form is believed, so the detector speaks: once an hour about nobody, whom no step can hit.
        "AlertRaised": 1,
    }
    assert house.tester.get("/v1/videos").status_code == 200
    detection, intake = house.authority.detection, house.authority.intake
    assert (len(detection.notices.counts), len(intake.taken)) == (1, SINGLES + BATCHES)
