"""Sends false leak reports to a server, in a process of its own: it must not stand in the way of who measures.

    python -m benchmarks.report_flood_load URL OPERATOR_KEY_FILE

Each line on standard input is `FORM SECONDS`; once that flood is over, one line of JSON tells what was answered.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from leaklab.reporting.garbage import guesses
from leaklab.reporting.scanner import ScannerKeyPair, batch_of

PER_MINUTE = 10_000
SENDERS = 8  # connections that take turns, so that a slow answer does not slow the flood
BATCH = 100
HANDED_IN = 1000  # credentials of one request, of which a host may send ten a minute
PATHS = {
    "one a request": "/leak-reports/secret-scanning", "batches": "/leak-reports/secret-scanning",
    "operator's form": "/admin/leak-reports", "handed in": "/credentials/revoke",
}
SIZES = {"one a request": 1, "batches": BATCH, "operator's form": 1, "handed in": HANDED_IN}

Request = tuple[bytes, dict[str, str]]


class Flood:
    """Everything there is to send, made before anybody looks at the clock."""

    def __init__(self, url: str, operator_key: str) -> None:
        self._address = urlsplit(url).netloc
        self._operator_key = operator_key
        self._numbers = count()
        self.scanner = ScannerKeyPair.fresh()
        self._call("PUT", "/admin/scanner-keys", json.dumps({"public_keys": [self.scanner.published()]}).encode(), {
            "Authorization": f"Bearer {operator_key}", "Content-Type": "application/json",
        })

    def send(self, form: str, seconds: float) -> Counter[str]:
        """Send false reports at the set rate for `seconds`; the answers by status."""
        requests = list(self._requests(form, round(PER_MINUTE / 60 * seconds)))
        pause, begun = seconds / len(requests), time.perf_counter() + 0.01
        with ThreadPoolExecutor(SENDERS) as senders:
            lanes = [
                senders.submit(self._lane, form, [
                    (begun + number * pause, request)
                    for number, request in enumerate(requests) if number % SENDERS == lane
                ])
                for lane in range(SENDERS)
            ]
        time.sleep(max(0.0, begun + seconds - time.perf_counter()))
        return sum((lane.result() for lane in lanes), Counter[str]())

    def _lane(self, form: str, due: list[tuple[float, Request]]) -> Counter[str]:
        answers: Counter[str] = Counter()
        connection = http.client.HTTPConnection(self._address, timeout=60)
        for at, (body, headers) in due:
            time.sleep(max(0.0, at - time.perf_counter()))
            connection.request("POST", PATHS[form], body, headers)
            answer = connection.getresponse()
            answer.read()
            answers[str(answer.status)] += 1
        connection.close()
        return answers

    def _requests(self, form: str, reports: int) -> Iterator[Request]:
        for _ in range(max(1, reports // SIZES[form])):
            secrets = guesses(SIZES[form])
            if form == "operator's form":
                said = {"token": secrets[0], "note": f"number {next(self._numbers)}"}
                yield json.dumps(said).encode(), {
                    "Authorization": f"Bearer {self._operator_key}", "Content-Type": "application/json",
                }
            elif form == "handed in":
                yield json.dumps({"credentials": secrets}).encode(), {"Content-Type": "application/json"}
            else:
                body = batch_of(secrets, "https://gist.example/none", "gist_content")
                yield body, self.scanner.headers(body)

    def _call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.read()!r}")
        connection.close()


def main(url: str, key_file: str) -> None:
    """Flood whenever told to."""
    flood = Flood(url, Path(key_file).read_text(encoding="utf-8"))
    print("ready", flush=True)
    for line in sys.stdin:
        form, _, seconds = line.strip().rpartition(" ")
        print(json.dumps(flood.send(form, float(seconds))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
