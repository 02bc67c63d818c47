"""Where secret scanners send what they found, in the manner of GitHub's secret scanning partner programme."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import FastAPI, Header
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_api.core import errors
from mock_api.core.authority import Authority
from mock_api.core.events import ScannerKey
from mock_api.core.intake import (
    BATCH_BYTES,
    BATCH_REPORTS,
    IDENTIFIER_LIMIT,
    KEYS_LIMIT,
    PEM_LIMIT,
    SuspectedSecret,
    Verdict,
)

from .answers import answer
from .bodies import read_json
from .callers import By, operator_only
from .documents import operation, schema
from .forms import Strict

REPORTS_PATH = "/leak-reports/secret-scanning"
BODY_LIMITS = {REPORTS_PATH: BATCH_BYTES}  # Nobody has shown who they are before the body is read.
RIDES_ALONG = "leaklab.rides_along"  # in the scope of a request: its answer need not wait for the disk
STEP = 8  # reports looked through before others get their turn: 1 ms if all of them are forged tokens

KeyIdentifier = Annotated[str | None, Header(
    alias="Github-Public-Key-Identifier", description="Which of the adopted keys has signed.",
)]
KeySignature = Annotated[str | None, Header(
    alias="Github-Public-Key-Signature",
    description="ECDSA on P-256 with SHA-256 over the raw body, as base64 of its DER form.",
)]


class PublishedKey(Strict):
    """One public key on P-256: `key` is PEM. One that is not current verifies as long as it is listed."""

    key_identifier: Annotated[
        str, Meta(min_length=1, max_length=IDENTIFIER_LIMIT, extra_json_schema={"format": "one-line"})
    ]
    key: Annotated[str, Meta(max_length=PEM_LIMIT)]
    is_current: bool = True


class ScannerKeys(Strict):
    """The keys of a secret scanner, in the form in which GitHub publishes its own."""

    public_keys: Annotated[list[PublishedKey], Meta(max_length=KEYS_LIMIT)]


class Adopted(Struct, frozen=True):
    """The keys whose batches are believed."""

    public_keys: list[ScannerKey]


def serve_intake(api: FastAPI, authority: Authority) -> None:
    """Add the route of secret scanners, and those by which the operator says whom to believe."""
    _serve_reports(api, authority)
    guard, intake = operator_only(authority), authority.intake

    what = operation("Read the scanners' keys", "operator", Adopted, refusals=(errors.OperatorKeyInvalid,))

    @api.get("/admin/scanner-keys", dependencies=guard, **what)
    async def read_keys() -> Response:
        """The public keys with which batches of leak reports must be signed."""
        return answer(Adopted(list(intake.keys)))

    what = operation(
        "Adopt a scanner's keys", "operator", Adopted, body=ScannerKeys, refusals=(errors.OperatorKeyInvalid,)
    )

    @api.put("/admin/scanner-keys", dependencies=guard, **what)
    async def adopt_keys(request: Request, by: By = "operator") -> Response:
        """Believe batches signed with these keys and no others; keys that are not current verify while listed."""
        form = await read_json(request, ScannerKeys)
        intake.adopt_keys([ScannerKey(each.key_identifier, each.key, each.is_current) for each in form.public_keys], by)
        return answer(Adopted(list(intake.keys)))


def _serve_reports(api: FastAPI, authority: Authority) -> None:
    intake, one_at_a_time = authority.intake, asyncio.Lock()
    what = operation("Report suspected secrets", "public", list[Verdict], refusals=(errors.SignatureInvalid,))
    what["openapi_extra"] = {"security": [], "requestBody": {"required": True, "content": {
        "application/json": {"schema": {**schema(list[SuspectedSecret]), "maxItems": BATCH_REPORTS}}
    }}}

    @api.post(REPORTS_PATH, **what)
    async def report_secrets(
        request: Request, key_identifier: KeyIdentifier = None, signature: KeySignature = None
    ) -> Response:
        """Say which of the reported texts are credentials of this programme, and answer the leak of those.

        Without a signature that holds nothing is looked at and nothing told. Reports of one batch are looked
        through a few at a time, one batch after the other, so that everybody else is answered in between.
        """
        request.scope[RIDES_ALONG] = True  # Counting what is not ours is worth no commit of its own.
        batch = intake.open_batch(await request.body(), key_identifier or "", signature or "")
        async with one_at_a_time:
            while not batch.is_through:
                intake.examine(batch, STEP)
                await asyncio.sleep(0)
            request.scope[RIDES_ALONG] = not batch.marks
            return answer(intake.close_batch(batch))
