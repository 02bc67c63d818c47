"""Secret scanners report what they found, in signed batches (GitHub's secret scanning partner programme).

Whether a text is one of our credentials is told only after the signature holds: before, the answer would be an
oracle. What is ours becomes a leak report like any other; what is not is counted, one event a batch, however many
there are. A batch is looked through in steps, so that whoever drives it can let others in between.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec import Struct

from . import redaction
from .errors import Invalid, SignatureInvalid, TooLarge
from .events import ScannerBatchTaken, ScannerKey, ScannerKeysAdopted
from .recognition import recognise

if TYPE_CHECKING:
    from .authority import Authority

BATCH_BYTES = 1024 * 1024
BATCH_REPORTS = 5000
KEYS_LIMIT = 100          # keys one list may hold
IDENTIFIER_LIMIT = 112    # characters: the report's `by` is `scanner ` and this
PEM_LIMIT = 2000          # characters of one of them
REMEMBERED = 10_000       # batches known again; 625 bytes each at most
URL_LIMIT, WORD_LIMIT = 1000, 60

Label = Literal["true_positive", "false_positive"]


class SuspectedSecret(Struct, frozen=True):
    """What a scanner found: the text, what it takes it for, and where it stood."""

    token: str
    type: str = ""
    url: str | None = None
    source: str | None = None


class Verdict(Struct, frozen=True):
    """What became of one report; `token_hash` is the SHA-256 of the token in hexadecimal."""

    token_hash: str
    token_type: str
    label: Label


class Batch(Struct):
    """A signed batch on its way through; `known` has the marks of the time before if it came before."""

    key_identifier: str
    digest: str
    reports: list[SuspectedSecret]
    known: int | None
    marks: int = 0        # bit n: report n is ours
    verdicts: list[Verdict] = msgspec.field(default_factory=list)
    told: set[tuple[str, str | None]] = msgspec.field(default_factory=set)  # (token hash, place) within this batch

    @property
    def is_through(self) -> bool:
        """Whether every report has its verdict."""
        return len(self.verdicts) == len(self.reports)


class Intake:
    """Believes the scanners whose keys the operator has adopted."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._verifiers: dict[str, ec.EllipticCurvePublicKey] = {}
        self.keys: tuple[ScannerKey, ...] = ()
        self.taken: dict[str, int] = {}  # marks by digest, the oldest first

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What each event does to the intake."""
        return {
            ScannerKeysAdopted: self.apply_scanner_keys_adopted, ScannerBatchTaken: self.apply_scanner_batch_taken,
        }

    def adopt_keys(self, keys: Sequence[ScannerKey], by: str) -> None:
        """Believe batches signed with these keys and no others; raises Invalid. An empty list closes the intake."""
        now = self._authority.settle()
        by = redaction.name(by, "by")
        _check_keys(keys)
        if tuple(keys) != self.keys:
            self._authority.record(ScannerKeysAdopted(now, tuple(keys), by))

    def open_batch(self, body: bytes, key_identifier: str, signature: str) -> Batch:
        """The batch in `body`, if the signature (base64 of DER) over these very bytes holds.

        Raises SignatureInvalid before anything else is looked at, then TooLarge or Invalid.
        """
        digest = self._verified(body, key_identifier, signature)
        if len(body) > BATCH_BYTES:
            raise TooLarge(f"A batch may have at most {BATCH_BYTES} bytes.")
        reports = _reports(body)
        # Keyed, as every hash of a secret in our log: a batch may hold one token and nothing else unknown.
        known_by = self._authority.programme.hash_key(digest.hex())
        return Batch(key_identifier, known_by, reports, self.taken.get(known_by))

    def examine(self, batch: Batch, reports: int) -> None:
        """Give verdicts on up to `reports` more of the batch, and report those that are ours."""
        done = len(batch.verdicts)
        for number, suspected in enumerate(batch.reports[done : done + reports], done):
            token_hash = hashlib.sha256(suspected.token.encode()).hexdigest()
            if batch.known is not None:
                is_ours = bool(batch.known >> number & 1)
            else:
                is_ours = self._is_ours(batch, suspected, token_hash)
            batch.marks |= is_ours << number
            label: Label = "true_positive" if is_ours else "false_positive"
            batch.verdicts.append(Verdict(token_hash, suspected.type, label))

    def close_batch(self, batch: Batch) -> list[Verdict]:
        """Note in one event what came of the batch, and return the verdicts in its order.

        A batch that came before leaves nothing, also if it came twice at the same time.
        """
        now = self._authority.settle()
        if batch.digest not in self.taken:
            batch_id = self._authority.ids.new("batch")
            ours = tuple(number for number in range(len(batch.reports)) if batch.marks >> number & 1)
            self._authority.record(
                ScannerBatchTaken(now, batch_id, batch.key_identifier, batch.digest, len(batch.reports), ours)
            )
        return batch.verdicts

    def apply_scanner_keys_adopted(self, event: ScannerKeysAdopted) -> None:
        """These keys count from now on."""
        self.keys = event.keys
        self._verifiers = {key.key_identifier: _public_key(key.key) for key in event.keys}

    def apply_scanner_batch_taken(self, event: ScannerBatchTaken) -> None:
        """Know the batch again, instead of the oldest one known."""
        if len(self.taken) >= REMEMBERED:
            del self.taken[next(iter(self.taken))]
        self.taken[event.digest] = sum(1 << number for number in event.ours)

    def _verified(self, body: bytes, key_identifier: str, signature: str) -> bytes:
        """The SHA-256 of a body whose signature holds; for a key that nobody adopted it is not even computed."""
        verifier = self._verifiers.get(key_identifier)
        try:
            if verifier is None:
                raise InvalidSignature
            digest = hashlib.sha256(body).digest()
            verifier.verify(_signature_bytes(signature), digest, ec.ECDSA(Prehashed(SHA256())))
            return digest
        except InvalidSignature:
            raise SignatureInvalid("The batch is not signed with a key that this programme has adopted.") from None

    def _is_ours(self, batch: Batch, suspected: SuspectedSecret, token_hash: str) -> bool:
        """Whether the secret is one of ours; if so it is reported, once for each place."""
        found = recognise(self._authority, suspected.token)
        if found is None:
            return False
        if (token_hash, suspected.url) not in batch.told:
            batch.told.add((token_hash, suspected.url))
            where = _line(suspected.source or "an unnamed source", WORD_LIMIT)
            note = f"{found.kind.replace('_', ' ')} found in {where}, taken for {_line(suspected.type, WORD_LIMIT)!r}"
            self._authority.responder.report_leak(
                "leak_report", f"scanner {batch.key_identifier}", token=suspected.token,
                url=_line(suspected.url or "", URL_LIMIT), note=note,
            )
        return True


def _check_keys(keys: Sequence[ScannerKey]) -> None:
    if len(keys) > KEYS_LIMIT:
        raise Invalid(f"A list holds at most {KEYS_LIMIT} keys.", param="public_keys")
    if len({key.key_identifier for key in keys}) != len(keys):
        raise Invalid("Two keys have the same `key_identifier`.", param="public_keys")
    for number, key in enumerate(keys):
        where = f"public_keys[{number}]"
        redaction.name(key.key_identifier, f"{where}.key_identifier", IDENTIFIER_LIMIT)
        try:
            if len(key.key) > PEM_LIMIT:
                raise ValueError("too long")
            _public_key(key.key)
        except (ValueError, UnsupportedAlgorithm):
            raise Invalid("A scanner's key is a public key on the curve P-256, in PEM.", param=f"{where}.key") from None


def _public_key(pem: str) -> ec.EllipticCurvePublicKey:
    """The key in `pem`; raises ValueError or UnsupportedAlgorithm unless it is a public key on P-256."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not on P-256")
    return key


def _signature_bytes(signature: str) -> bytes:
    try:
        return b64decode(signature, validate=True)
    except NotBase64:
        raise InvalidSignature from None


def _reports(body: bytes) -> list[SuspectedSecret]:
    try:
        reports = msgspec.json.decode(body, type=list[SuspectedSecret])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Invalid("A batch is a JSON array of objects with `token`, `type`, `url` and `source`.") from None
    if len(reports) > BATCH_REPORTS:
        raise TooLarge(f"A batch may hold at most {BATCH_REPORTS} reports.")
    return reports


def _line(text: str, limit: int) -> str:
    """What is kept of a stranger's words: one printable line, cut; the report blanks secrets in it."""
    cut = text[:limit]
    return cut if cut.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in cut)
