"""What secret scanners send in, and whom we believe."""

from __future__ import annotations

from msgspec import Struct

from .happened import Happened


class ScannerKey(Struct, frozen=True):
    """A scanner's public key: `key` is PEM (SPKI). One that is not current verifies as long as it is listed."""

    key_identifier: str
    key: str
    is_current: bool = True


class ScannerKeysAdopted(Happened, frozen=True):
    """From now on batches signed with these keys are believed, and with no others."""

    keys: tuple[ScannerKey, ...]
    by: str


class ScannerBatchTaken(Happened, frozen=True):
    """A signed batch of `reports` suspected secrets was looked through; `ours`: which of them are ours, from 0.

    `digest` is the keyed hash of its body, by which the same batch is known when it comes again.
    """

    batch_id: str
    key_identifier: str
    digest: str
    reports: int
    ours: tuple[int, ...]
