"""What a server remembers of proofs, what it need not remember, and the thumbprint of a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core import errors
from mock_api.core.dpop import Nonces, Proof, Replays, thumbprint
from mock_api.core.dpop.nonces import PERIOD

NOW = 4_102_444_800.0
WINDOW = 10.0


def proof(jti: str, issued_at: float = NOW, url: str = "https://a/") -> Proof:
    return Proof(jti, "GET", url, issued_at, "key")


def secret() -> bytes:
    return b"k" * 32


def test_a_proof_is_good_once_at_an_address() -> None:
    replays = Replays(NOW)
    replays.use(proof("a"), WINDOW, 10, NOW)
    replays.use(proof("b"), WINDOW, 10, NOW)
    replays.use(proof("a", url="https://a/x"), WINDOW, 10, NOW)
    for later in (0.0, 5.0, 10.0, 10.001, 1000.0, -1000.0):
        with pytest.raises(errors.ProofReplayed):
            replays.use(proof("a"), WINDOW, 10, NOW + later)


def test_what_can_no_longer_come_back_is_forgotten() -> None:
    replays = Replays(NOW)
    for number in range(100):
        replays.use(proof(str(number), NOW + number), WINDOW, 100, NOW + number)
    assert len(replays) == 11


def test_a_full_memory_refuses_and_says_when_to_come_back() -> None:
    replays = Replays(NOW)
    for number in range(3):
        replays.use(proof(str(number), NOW + number), WINDOW, 3, NOW)
    with pytest.raises(errors.ProofsFull) as full:
        replays.use(proof("new"), WINDOW, 3, NOW)
    assert full.value.retry_after == WINDOW
    with pytest.raises(errors.ProofReplayed):
        replays.use(proof("0"), WINDOW, 3, NOW)
    replays.use(proof("new", NOW + 10), WINDOW, 3, NOW + 10.5)


def test_nothing_from_before_the_memory_began_is_taken() -> None:
    replays = Replays(NOW + 0.9)
    with pytest.raises(errors.ProofReplayed):
        replays.use(proof("old", NOW - 1), WINDOW, 10, NOW + 1)
    replays.use(proof("whole seconds", NOW), WINDOW, 10, NOW + 1)


SIXTY_PROOFS = st.tuples(st.sampled_from("abcdef"), st.floats(-20, 20), st.floats(-5, 15))


@given(st.lists(SIXTY_PROOFS, max_size=60), st.integers(1, 4))
def test_no_proof_is_ever_admitted_twice_whatever_the_clock_does(
    steps: list[tuple[str, float, float]], limit: int
) -> None:
    """Also when the clock runs backwards, the window is left, the memory is full or has forgotten."""
    replays, now, admitted = Replays(NOW - 20), NOW, set()
    instants = {name: NOW + offset for name, offset, _ in steps}
    for name, _, pause in steps:
        now += pause
        if abs(now - instants[name]) > WINDOW:
            continue  # The window check comes first.
        try:
            replays.use(proof(name, instants[name]), WINDOW, limit, now)
        except (errors.ProofReplayed, errors.ProofsFull):
            continue
        assert name not in admitted
        admitted.add(name)
        assert len(replays) <= limit


@given(st.lists(st.floats(0, 3), min_size=1, max_size=40))
def test_a_good_proof_of_the_moment_is_admitted_while_there_is_room(pauses: list[float]) -> None:
    replays, now = Replays(NOW), NOW
    for number, pause in enumerate(pauses):
        now += pause
        replays.use(proof(str(number), now), WINDOW, 1000, now)


@pytest.mark.parametrize(("later", "good"), [
    (0.0, True), (PERIOD - 0.001, True), (PERIOD, True), (2 * PERIOD - 0.001, True), (2 * PERIOD, False),
    (1e6, False), (-0.001, False),
])  # fmt: skip
def test_a_nonce_is_good_in_its_period_and_in_the_next(later: float, good: bool) -> None:
    nonces = Nonces(secret, "here")
    given_at = NOW - NOW % PERIOD
    assert nonces.is_good(nonces.current(given_at), given_at + later) == good


def test_nonces_of_servers_and_of_secrets_differ() -> None:
    here = Nonces(secret, "here")
    for other in (Nonces(secret, "there"), Nonces(lambda: b"other" * 8, "here")):
        assert not here.is_good(other.current(NOW), NOW)
    assert not here.is_good(None, NOW)
    assert not here.is_good("", NOW)


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    jwk = {
        "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
        "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
        "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
        "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    }  # fmt: skip
    assert thumbprint(jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    okp = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(okp) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"  # RFC 8037 A.3
