"""Posts batches to a running range and says what was answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from leaklab.problems import Problem
from leaklab.range_client import RangeClient

from .scanner import ScannerKeyPair

PATH = "/leak-reports/secret-scanning"


class Answered(NamedTuple):
    """One row of the table: what was sent, what came back, and whether it is what the protocol promises."""

    what: str
    reports: int
    answer: int             # HTTP status
    ours: int | None        # true positives
    not_ours: int | None    # false positives
    as_promised: bool


class Reporter:
    """Speaks to one range: as its operator to have keys adopted, as a scanner to report."""

    def __init__(self, operator: RangeClient, scanner: ScannerKeyPair, place: str, source: str) -> None:
        self.operator, self.scanner, self.place, self.source = operator, scanner, place, source
        self.url = operator.url + PATH

    def adopt(self, *pairs: tuple[ScannerKeyPair, bool], without: Sequence[ScannerKeyPair] = ()) -> None:
        """Have the range believe these pairs (and whether each is current) besides the scanners it knows already."""
        ours = {pair.identifier for pair, _ in pairs} | {pair.identifier for pair in without}
        known = self.operator.get("/admin/scanner-keys")["public_keys"]
        others = [key for key in known if key["key_identifier"] not in ours]
        keys = [*others, *(pair.published(is_current=is_current) for pair, is_current in pairs)]
        self.operator.put("/admin/scanner-keys", {"public_keys": keys}, by="leaklab report-leak")

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """Status and JSON of the answer to one batch; the operator key does not go along."""
        return self.operator.post_as_anybody(PATH, body, headers)

    def report(self, what: str, body: bytes, headers: dict[str, str], promised: int = 200) -> Answered:
        """Post one batch and read the verdicts."""
        status, said = self.post(body, headers)
        count = len(json.loads(body))
        if status == 404:
            raise Problem("This range takes no leak reports; it is older than this command.", exit_code=5)
        if status != 200:
            return Answered(what, count, status, None, None, status == promised)
        labels = [verdict["label"] for verdict in said]
        true, false = labels.count("true_positive"), labels.count("false_positive")
        return Answered(what, count, 200, true, false, promised == 200 and true + false == count)
