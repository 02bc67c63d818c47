"""Secret scanners: signature first, one report for each leak, one event for each batch, nothing for garbage."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mock_api.core import intake as limits
from mock_api.core import tester_keys
from mock_api.core.errors import Invalid, SignatureInvalid, TooLarge
from mock_api.core.events import AlertRaised, LeakReported, Revoked, ScannerBatchTaken, ScannerKey, ScannerKeysAdopted
from mock_api.core.intake import Verdict
from mock_api.core.issuance import Applicant
from mock_api.core.policy import NoticeDetector, Refresh, Step
from mock_api.core.token_exchange import TESTER_KEY, Exchange
from tests.mock_api.scanner import Scanner, batch_of

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group of P-256
HEARS = {
    "detectors": (NoticeDetector(name="leak", source="leak_report"),),
    "playbook": (Step(when="leak", do="revoke_tester", by="automatic"),),
}


class SeededSecrets:
    """Bytes from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def token_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


@pytest.fixture
def scanner() -> Scanner:
    return Scanner()


@pytest.fixture
def hearing(open_range: Callable[..., Any], scanner: Scanner) -> Any:
    """A range that believes the scanner and answers leak reports by itself."""
    opened = open_range(**HEARS)
    opened.authority.intake.adopt_keys([scanner.published()], "operator")
    return opened


def take(authority: Any, scanner: Scanner, body: bytes, *, step: int = 16) -> list[Verdict]:
    """Carry one batch through, in steps."""
    batch = authority.intake.open_batch(body, scanner.identifier, scanner.sign(body))
    while not batch.is_through:
        authority.intake.examine(batch, step)
    verdicts: list[Verdict] = authority.intake.close_batch(batch)
    return verdicts


def labels(verdicts: list[Verdict]) -> list[str]:
    return [verdict.label for verdict in verdicts]


def unissued_keys(count: int, prefix: str = tester_keys.TESTER) -> list[str]:
    """Keys with good prefix and checksum that nobody was ever given."""
    source = SeededSecrets(7)
    return [tester_keys.mint(source, prefix) for _ in range(count)]


def test_a_refresh_token_is_ours_also_when_it_is_spent(open_range: Callable[..., Any], scanner: Scanner) -> None:
    opened = open_range(refresh=Refresh(idle=86400.0), **HEARS)
    opened.authority.intake.adopt_keys([scanner.published()], "operator")
    tester_id, key = opened.invite()
    applicant, client = Applicant(tester_id, key, "192.0.2.7 curl/8"), opened.authority.client
    first = str(client.exchange(applicant, Exchange(key, TESTER_KEY)).refresh_token)
    second = str(client.refresh(applicant, first).refresh_token)
    unissued = unissued_keys(1, tester_keys.REFRESH)
    verdicts = take(opened.authority, scanner, batch_of(first, second, *unissued))
    assert labels(verdicts) == ["true_positive"] * 2 + ["false_positive"]
    assert {report.tester_id for report in opened.of(LeakReported)} == {tester_id}


def test_the_keys_of_gates_and_receivers_are_ours(hearing: Any, scanner: Scanner) -> None:
    authority = hearing.authority
    gate_key = authority.operator.renew_gate_key()
    receiver_key = authority.transmitter.admit_receiver("a video site", "operator").receiver_key
    unissued = unissued_keys(1, tester_keys.GATE) + unissued_keys(1, tester_keys.RECEIVER)
    verdicts = take(authority, scanner, batch_of(gate_key, receiver_key, *unissued))
    assert labels(verdicts) == ["true_positive"] * 2 + ["false_positive"] * 2
    notes = [report.note for report in hearing.of(LeakReported)]
    assert [note.split(" found")[0] for note in notes] == ["gate key", "receiver key"]


def test_a_tester_key_an_access_token_and_the_operator_key_are_ours(hearing: Any, scanner: Scanner) -> None:
    tester_id, key = hearing.invite()
    token = hearing.token(tester_id, key)
    operator_key = hearing.authority.operator.renew_operator_key()
    verdicts = take(hearing.authority, scanner, batch_of(key, token, operator_key, "llk_nonsense"))
    assert labels(verdicts) == ["true_positive"] * 3 + ["false_positive"]
    assert verdicts[0].token_hash == sha256(key.encode()).hexdigest()
    named = [(report.jti, report.tester_id) for report in hearing.of(LeakReported)]
    assert named == [(None, tester_id), (hearing.jti(token), tester_id), (None, None)]


def test_a_true_report_sets_the_playbook_going(hearing: Any, scanner: Scanner) -> None:
    tester_id, key = hearing.invite()
    take(hearing.authority, scanner, batch_of(key))
    hearing.authority.settle()
    (report,) = hearing.of(LeakReported)
    assert (report.source, report.by, report.url) == ("leak_report", "scanner scanner-1", "https://example.org/gist")
    assert [alert.tester_id for alert in hearing.of(AlertRaised)] == [tester_id]
    assert len(hearing.of(Revoked)) == 1


def test_a_batch_leaves_one_event_that_counts(hearing: Any, scanner: Scanner) -> None:
    _, key = hearing.invite()
    take(hearing.authority, scanner, batch_of("garbage", key, "garbage"))
    (taken,) = hearing.of(ScannerBatchTaken)
    assert (taken.key_identifier, taken.reports, taken.ours) == ("scanner-1", 3, (1,))


def test_an_expired_token_is_still_ours_and_a_replaced_key_is_not(hearing: Any, scanner: Scanner) -> None:
    tester_id, key = hearing.invite()
    token = hearing.token(tester_id, key)
    hearing.clock.advance(7200.0)
    hearing.authority.operator.reissue_key(tester_id, "operator")
    assert labels(take(hearing.authority, scanner, batch_of(token, key))) == ["true_positive", "false_positive"]


def test_duplicates_in_one_batch_are_one_report_and_each_has_its_verdict(hearing: Any, scanner: Scanner) -> None:
    _, key = hearing.invite()
    assert labels(take(hearing.authority, scanner, batch_of(key, key, key))) == ["true_positive"] * 3
    assert len(hearing.of(LeakReported)) == 1


def test_the_same_leak_in_another_batch_is_the_same_report(hearing: Any, scanner: Scanner) -> None:
    _, key = hearing.invite()
    take(hearing.authority, scanner, batch_of(key))
    take(hearing.authority, scanner, batch_of(key, "something else"))
    assert len(hearing.of(LeakReported)) == 1
    take(hearing.authority, scanner, batch_of(key, url="https://example.org/elsewhere"))
    assert len(hearing.of(LeakReported)) == 2


def test_a_batch_that_comes_again_is_answered_alike_and_does_nothing(hearing: Any, scanner: Scanner) -> None:
    tester_id, key = hearing.invite()
    body = batch_of("garbage", key)
    first = take(hearing.authority, scanner, body)
    hearing.authority.operator.reissue_key(tester_id, "operator")
    hearing.authority.settle()
    before = list(hearing.events)
    assert take(hearing.authority, scanner, body) == first  # Though the key is not the tester's any more.
    hearing.clock.advance(7200.0)
    assert take(hearing.authority, scanner, body) == first
    assert [event for event in hearing.events if event not in before] == []


def test_a_batch_that_comes_twice_at_once_is_taken_once(hearing: Any, scanner: Scanner) -> None:
    _, key = hearing.invite()
    body, intake = batch_of(key), hearing.authority.intake
    batches = [intake.open_batch(body, scanner.identifier, scanner.sign(body)) for _ in range(2)]
    for batch in batches:
        intake.examine(batch, 16)
    assert intake.close_batch(batches[0]) == intake.close_batch(batches[1])
    assert (len(hearing.of(LeakReported)), len(hearing.of(ScannerBatchTaken))) == (1, 1)


def test_a_restart_knows_the_keys_and_the_batches(hearing: Any, scanner: Scanner) -> None:
    _, key = hearing.invite()
    body = batch_of(key)
    first = take(hearing.authority, scanner, body)
    again = hearing.replayed()
    assert take(again, scanner, body) == first
    assert again.intake.taken == hearing.authority.intake.taken


def test_only_so_many_batches_are_remembered(
    hearing: Any, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 3)
    for number in range(5):
        take(hearing.authority, scanner, batch_of(f"garbage {number}"))
    assert len(hearing.authority.intake.taken) == 3


@pytest.mark.parametrize("reports", [0, 1, 15, 16, 17, 100])
def test_the_steps_do_not_change_the_verdicts(hearing: Any, scanner: Scanner, reports: int) -> None:
    _, key = hearing.invite()
    tokens = [key if number % 5 == 0 else f"garbage {number}" for number in range(reports)]
    verdicts = take(hearing.authority, scanner, batch_of(*tokens))
    assert labels(verdicts) == ["true_positive" if token == key else "false_positive" for token in tokens]


# --- the signature comes first ---


def refused(authority: Any, body: bytes, identifier: str, signature: str) -> str:
    with pytest.raises(SignatureInvalid) as refusal:
        authority.intake.open_batch(body, identifier, signature)
    return refusal.value.message


def test_without_a_good_signature_the_answer_is_always_the_same(hearing: Any, scanner: Scanner) -> None:
    _, key = hearing.invite()
    body, other = batch_of(key), Scanner("scanner-1")
    good = scanner.sign(body)
    before = len(hearing.events)
    said = {
        refused(hearing.authority, body, "scanner-2", good),                      # a key nobody listed
        refused(hearing.authority, body, "scanner-1", other.sign(body)),          # somebody else's key
        refused(hearing.authority, body + b" ", "scanner-1", good),               # one byte more
        refused(hearing.authority, body, "scanner-1", ""),
        refused(hearing.authority, body, "scanner-1", "not base64!"),
        refused(hearing.authority, body, "scanner-1", b64encode(b"\x30\x06\x02\x01\x00\x02\x01\x00").decode()),  # r=s=0
        refused(hearing.authority, b"not json", "scanner-1", good),
        refused(hearing.authority, b"[" * (limits.BATCH_BYTES + 1), "scanner-1", good),
    }
    assert len(said) == 1
    assert len(hearing.events) == before


def test_the_same_batch_under_another_form_of_its_signature_is_the_same(hearing: Any, scanner: Scanner) -> None:
    body = batch_of("garbage")
    take(hearing.authority, scanner, body)
    r, s = decode_dss_signature(b64decode(scanner.sign(body)))
    mirrored = b64encode(encode_dss_signature(r, ORDER - s)).decode()  # ECDSA: as good as the other.
    batch = hearing.authority.intake.open_batch(body, scanner.identifier, mirrored)
    assert batch.known is not None


def test_a_key_that_was_rotated_out_verifies_as_long_as_it_is_listed(hearing: Any, scanner: Scanner) -> None:
    new = Scanner("scanner-2")
    adopt = hearing.authority.intake.adopt_keys
    adopt([new.published(), scanner.published(is_current=False)], "operator")
    assert labels(take(hearing.authority, scanner, batch_of("garbage"))) == ["false_positive"]
    assert labels(take(hearing.authority, new, batch_of("more garbage"))) == ["false_positive"]
    adopt([new.published()], "operator")
    refused(hearing.authority, b"[]", scanner.identifier, scanner.sign(b"[]"))


def test_adopting_the_same_list_again_leaves_nothing(hearing: Any, scanner: Scanner) -> None:
    hearing.authority.intake.adopt_keys([scanner.published()], "operator")
    assert len(hearing.of(ScannerKeysAdopted)) == 1


def _pem(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


@pytest.mark.parametrize(("keys", "param"), [
    ([ScannerKey("a", "no key")], "public_keys[0].key"),
    ([ScannerKey("a", _pem(ec.generate_private_key(ec.SECP384R1())))], "public_keys[0].key"),
    ([ScannerKey("a", _pem(ed25519.Ed25519PrivateKey.generate()))], "public_keys[0].key"),
    ([ScannerKey("a", " " * 5000)], "public_keys[0].key"),
    ([Scanner("").published()], "public_keys[0].key_identifier"),
    ([Scanner("a").published(), Scanner("a").published()], "public_keys"),
    ([Scanner(str(number)).published() for number in range(101)], "public_keys"),
], ids=["no PEM", "another curve", "another algorithm", "too long", "no name", "twice", "too many"])
def test_a_list_with_a_bad_key_is_not_adopted(hearing: Any, scanner: Scanner, keys: Any, param: str) -> None:
    with pytest.raises(Invalid) as refusal:
        hearing.authority.intake.adopt_keys(keys, "operator")
    assert refusal.value.param == param
    assert hearing.authority.intake.keys == (scanner.published(),)


@pytest.mark.parametrize("body", [
    b"", b"{}", b"null", b"[1]", b'[{"type": "x"}]', b'[{"token": 1}]', b'[{"token": "\\ud800"}]', b"[" * 5000, b"\xff",
])
def test_a_signed_body_that_is_no_batch_is_told_so(hearing: Any, scanner: Scanner, body: bytes) -> None:
    with pytest.raises(Invalid):
        hearing.authority.intake.open_batch(body, scanner.identifier, scanner.sign(body))


def test_a_signed_batch_over_the_limits_is_refused(hearing: Any, scanner: Scanner) -> None:
    long = b"[" + b" " * limits.BATCH_BYTES + b"]"
    many = batch_of(*["x"] * (limits.BATCH_REPORTS + 1), kind="", url="")
    for body in (long, many):
        with pytest.raises(TooLarge):
            hearing.authority.intake.open_batch(body, scanner.identifier, scanner.sign(body))


def test_what_the_scanner_says_is_kept_short_and_clean(hearing: Any, scanner: Scanner) -> None:
    _, key = hearing.invite()
    url = f"https://example.org/{key}?" + "x" * 5000 + "\n"
    take(hearing.authority, scanner, batch_of(key, kind="a\x00b" * 100, url=url))
    (report,) = hearing.of(LeakReported)
    assert key not in report.url
    assert len(report.url) <= limits.URL_LIMIT
    assert report.note.isprintable()


# --- the flood ---


def test_a_flood_of_false_reports_revokes_nothing_and_leaves_one_event_a_batch(
    hearing: Any, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 50)
    hearing.invite()
    look_alikes = unissued_keys(100) + unissued_keys(10, tester_keys.OPERATOR)
    forged = [f"{token[:-4]}AAAA" for token in [hearing.tester_with_token()[1]] * 40]
    before = len(hearing.events)
    for number in range(100):
        tokens = [*look_alikes, *forged, *(f"garbage {number}/{each}" for each in range(100))]
        assert set(labels(take(hearing.authority, scanner, batch_of(*tokens)))) == {"false_positive"}
    assert len(hearing.events) - before == 100
    assert len(hearing.of(ScannerBatchTaken)) == 100
    assert hearing.of(LeakReported) == hearing.of(AlertRaised) == hearing.of(Revoked) == []
    intake, detection = hearing.authority.intake, hearing.authority.detection
    assert len(intake.taken) == 50
    assert (len(detection.reports), len(detection.notices.counts)) == (0, 0)


def test_guesses_are_refused_before_anything_is_hashed(
    hearing: Any, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = batch_of(*["llk_" + "x" * 38, "llk_short", "ghp_" + "x" * 36, "", "eyJ", "ey" * 5000])
    batch = hearing.authority.intake.open_batch(body, scanner.identifier, scanner.sign(body))
    monkeypatch.setattr(hearing.authority.programme, "hash_key", None)  # Whoever hashes, fails.
    hearing.authority.intake.examine(batch, 100)
    assert labels(batch.verdicts) == ["false_positive"] * 6


def test_no_secret_stands_in_the_log(hearing: Any, scanner: Scanner) -> None:
    tester_id, key = hearing.invite()
    token = hearing.token(tester_id, key)
    take(hearing.authority, scanner, batch_of(key, token, kind=key, url=token))
    told = repr(hearing.events)
    assert key not in told
    assert token not in told
    assert sha256(key.encode()).hexdigest() not in told
