"""Each check of RFC 9449 §4.3 has a proof that fails it alone."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_api.core import errors
from mock_api.core.compact import Unreadable
from mock_api.core.dpop import ALGORITHMS, Nonces, Presented, ProofChecker
from mock_api.core.dpop.keys import public_key
from mock_api.core.dpop.proof import SIZE_LIMIT, normalised, read, token_hash
from mock_api.core.policy import Dpop
from tests.mock_api.core.dpop.forging import ABSENT, URL, Holder, base64url

NOW = 4_102_444_800.0
TOKEN = "eyJ.abc.def"
HOLDER = Holder()


def checker() -> ProofChecker:
    return ProofChecker(Nonces(lambda: b"k" * 32, "here"), NOW)


def check(presented: Presented, settings: Dpop | None = None, thumbprint: str | None = HOLDER.thumbprint) -> None:
    """What the gate does with a proof for TOKEN."""
    checker().check_with_token(presented, TOKEN, thumbprint, settings or Dpop(), NOW)


def shown(proof: str) -> Presented:
    return Presented((proof,), "GET", URL)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_good_proof_of_every_algorithm_shows_possession_of_its_key(algorithm: str) -> None:
    holder = Holder(algorithm)
    proof = checker().check_with_token(
        holder.presented(NOW, token=TOKEN), TOKEN, holder.thumbprint, Dpop(), NOW
    )
    assert proof.thumbprint == holder.thumbprint
    assert (proof.method, proof.url, proof.issued_at, proof.token_hash) == ("GET", URL, NOW, token_hash(TOKEN))


def test_extra_members_of_header_key_and_claims_do_no_harm() -> None:
    jwk = {**HOLDER.jwk, "kid": "mine", "use": "sig", "alg": "ES256"}
    check(shown(HOLDER.sign(HOLDER.claims(NOW, "GET", URL, TOKEN, extra=1), jwk=jwk, kid="mine")))


@pytest.mark.parametrize("proofs", [
    (), (HOLDER.proof(NOW, token=TOKEN), HOLDER.proof(NOW, token=TOKEN)),
    (f"{HOLDER.proof(NOW, token=TOKEN)}, {HOLDER.proof(NOW, token=TOKEN)}",),
])  # fmt: skip
def test_1_there_is_exactly_one_header(proofs: tuple[str, ...]) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(Presented(proofs, "GET", URL))


def header(**members: object) -> bytes:
    return json.dumps({"typ": "dpop+jwt", "alg": "ES256", "jwk": HOLDER.jwk, **members}).encode()


CLAIMS = json.dumps(HOLDER.claims(NOW, "GET", URL, TOKEN)).encode()
GOOD = HOLDER.sign_text(header(), CLAIMS)


@pytest.mark.parametrize("proof", [
    "", "x", "a.b", "a.b.c.d", f" {GOOD}", f"{GOOD}=", GOOD.replace(".", ".="), GOOD[:-1], "é.é.é",
    GOOD + "A" * SIZE_LIMIT,
    HOLDER.sign_text(b"", CLAIMS), HOLDER.sign_text(b"[]", CLAIMS), HOLDER.sign_text(b"\xff", CLAIMS),
    HOLDER.sign_text(header(), b"[]"), HOLDER.sign_text(header(), b'"x"'), HOLDER.sign_text(header(), b"{"),
    HOLDER.sign_text(header(), CLAIMS[:-1] + b', "jti": "twice"}'),
    HOLDER.sign_text(header(), CLAIMS.replace(str(int(NOW)).encode(), b"NaN")),
    HOLDER.sign_text(header()[:-1] + b', "alg": "none"}', CLAIMS),
    HOLDER.sign_text(b"[" * 4000, b"{}"),
])  # fmt: skip
def test_2_it_is_one_well_formed_jwt(proof: str) -> None:
    check(shown(GOOD))
    with pytest.raises(errors.ProofInvalid):
        check(shown(proof))


@pytest.mark.parametrize("change", [
    {"jti": ABSENT}, {"jti": ""}, {"jti": 7}, {"jti": None}, {"jti": "x" * 300}, {"jti": "a\nb"}, {"jti": "\ud800"},
    {"htm": ABSENT}, {"htm": 1}, {"htu": ABSENT}, {"htu": ["x"]}, {"htu": ""}, {"htu": "not an address"},
    {"htu": "x" * 5000}, {"iat": ABSENT}, {"iat": "now"}, {"iat": True}, {"iat": None}, {"iat": 1e300},
    {"ath": 1}, {"ath": ""}, {"nonce": 1}, {"nonce": ""}, {"nonce": ["a"]},
])  # fmt: skip
def test_3_it_has_the_claims_it_must_have(change: dict[str, Any]) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(HOLDER.presented(NOW, token=TOKEN, **change))


@pytest.mark.parametrize("kind", [ABSENT, None, "", "JWT", "at+jwt", "DPOP+JWT", "application/dpop+jwt", 1])
def test_4_its_type_says_that_it_is_a_proof(kind: object) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(shown(HOLDER.sign(HOLDER.claims(NOW, "GET", URL, TOKEN), typ=kind)))


@pytest.mark.parametrize("algorithm", [
    ABSENT, None, "", "none", "NONE", "HS256", "HS512", "ES512", "RS512", "es256", "ES256K", 256, ["ES256"], {},
])  # fmt: skip
def test_5_its_algorithm_is_asymmetric_and_one_of_ours(algorithm: object) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(shown(HOLDER.sign(HOLDER.claims(NOW, "GET", URL, TOKEN), alg=algorithm)))


def test_5_a_secret_that_everybody_knows_signs_nothing() -> None:
    """The oldest trick: an HMAC whose key is the public key in the header."""
    key = {"kty": "oct", "k": base64url(b"x" * 32)}
    for jwk in (key, {**HOLDER.jwk, "kty": "oct"}):
        with pytest.raises(errors.ProofInvalid):
            check(shown(HOLDER.sign(HOLDER.claims(NOW, "GET", URL, TOKEN), alg="HS256", jwk=jwk)))


@pytest.mark.parametrize("change", [
    lambda proof: proof[:-8] + "AAAAAAAA",
    lambda proof: f"{proof.rpartition('.')[0]}.",
    lambda proof: f"{proof.rpartition('.')[0]}.{'A' * 86}",  # r = s = 0
    lambda proof: ".".join([proof.split(".")[0], base64url(CLAIMS.replace(b"GET", b"PUT")), proof.split(".")[2]]),
])  # fmt: skip
def test_6_the_key_inside_has_signed_it(change: Callable[[str], str]) -> None:
    with pytest.raises(errors.ProofInvalid):
        read((change(GOOD),))


def test_6_the_signature_has_one_spelling() -> None:
    """64 bytes fill 86 characters but for four bits: other texts have the same bytes."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    another = GOOD[:-1] + letters[letters.index(GOOD[-1]) ^ 1]
    assert urlsafe_b64decode(another.rpartition(".")[2] + "==") == urlsafe_b64decode(GOOD.rpartition(".")[2] + "==")
    with pytest.raises(errors.ProofInvalid):
        read((another,))


def test_6_another_key_inside_has_not_signed_it() -> None:
    with pytest.raises(errors.ProofInvalid):
        read((HOLDER.sign(HOLDER.claims(NOW, "GET", URL), jwk=Holder(which=1).jwk),))


@pytest.mark.parametrize("jwk", [
    ABSENT, None, "x", [], {}, {"kty": "EC"}, {"kty": "EC", "crv": "P-256"}, {**HOLDER.jwk, "d": "AAAA"},
    {**HOLDER.jwk, "k": "AAAA"}, {**HOLDER.jwk, "p": None}, {**HOLDER.jwk, "priv": ""},
    {**HOLDER.jwk, "crv": "P-384"}, {**HOLDER.jwk, "crv": "secp256k1"}, {**HOLDER.jwk, "kty": "OKP"},
    {**HOLDER.jwk, "kty": "RSA"}, {**HOLDER.jwk, "x": HOLDER.jwk["y"]}, {**HOLDER.jwk, "x": HOLDER.jwk["x"] + "="},
    {**HOLDER.jwk, "x": 5}, {**HOLDER.jwk, "x": ""}, {**HOLDER.jwk, "y": ["A"]}, {**HOLDER.jwk, "kty": ["EC"]},
    Holder("EdDSA").jwk, Holder("RS256").jwk, Holder("ES384").jwk,
])  # fmt: skip
def test_7_the_key_inside_is_a_public_one_of_the_right_kind(jwk: object) -> None:
    with pytest.raises(errors.ProofInvalid):
        read((HOLDER.sign(HOLDER.claims(NOW, "GET", URL), jwk=jwk),))


def test_7_an_rsa_key_is_neither_weak_nor_a_burden() -> None:
    weak = Holder("RSA/1024")
    weak.algorithm = "RS256"
    with pytest.raises(errors.ProofInvalid):
        read((weak.proof(NOW),))
    with pytest.raises(Unreadable):
        public_key({"kty": "RSA", "e": "AQAB", "n": base64url(b"\xff" * 513)}, "RS256")
    strong = Holder("RS256")
    huge, spelt_otherwise = base64url(b"\xff" * 2000), "AAAA" + strong.jwk["n"]
    for change in ({"e": "AQ"}, {"e": "AA"}, {"n": huge}, {"n": spelt_otherwise}):
        with pytest.raises(errors.ProofInvalid):
            read((strong.sign(strong.claims(NOW, "GET", URL), jwk={**strong.jwk, **change}),))


@pytest.mark.parametrize("extension", [{"crit": ["exp"]}, {"crit": []}, {"b64": False, "crit": ["b64"]}, {"b64": True}])
def test_an_extension_that_must_be_understood_is_not(extension: dict[str, Any]) -> None:
    with pytest.raises(errors.ProofInvalid):
        read((HOLDER.sign(HOLDER.claims(NOW, "GET", URL), **extension),))


@pytest.mark.parametrize("method", ["POST", "get", "GET ", "HEAD"])
def test_8_it_is_for_this_method(method: str) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(Presented((HOLDER.proof(NOW, method, token=TOKEN),), "GET", URL))


@pytest.mark.parametrize("url", [
    "http://api.leaklab.invalid/v1/videos", "https://api.leaklab.invalid:8443/v1/videos",
    "https://leaklab.invalid/v1/videos", "https://api.leaklab.invalid/v1/videos/", "https://api.leaklab.invalid",
    "https://api.leaklab.invalid/v1/Videos", "https://x@api.leaklab.invalid/v1/videos", "/v1/videos",
    "https://api.leaklab.invalid/v1/x/../videos", "https://api.leaklab.invalid/v1%2Fvideos",
    "https://api.leaklab.invalid.evil.example/v1/videos", "ftp://api.leaklab.invalid/v1/videos",
])  # fmt: skip
def test_9_it_is_for_this_address(url: str) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(Presented((HOLDER.proof(NOW, url=url, token=TOKEN),), "GET", URL))


@pytest.mark.parametrize("url", [
    f"{URL}?limit=2#top", f"{URL}#a?b", URL.replace("https://api", "HTTPS://API"),
    URL.replace("invalid", "invalid:443"), URL.replace("invalid", "invalid:"), URL.replace("videos", "%76ideos"),
])  # fmt: skip
def test_9_spellings_of_the_same_address_are_the_same(url: str) -> None:
    check(Presented((HOLDER.proof(NOW, url=url, token=TOKEN),), "GET", URL))
    check(Presented((HOLDER.proof(NOW, token=TOKEN),), "GET", url))


@pytest.mark.parametrize(("url", "normal"), [
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"), ("http://a:80/%7e%2f", "http://a/~%2F"),
    ("http://[::1]:80/x", "http://[::1]/x"), ("https://a:80/", "https://a:80/"), ("http://a?b", "http://a/"),
])  # fmt: skip
def test_9_addresses_are_normalised_as_rfc_3986_says(url: str, normal: str) -> None:
    assert normalised(url) == normal


def test_9_an_address_of_ours_that_cannot_be_read_fits_no_proof() -> None:
    with pytest.raises(errors.ProofInvalid):
        check(Presented((HOLDER.proof(NOW, token=TOKEN),), "GET", "nowhere"))


@pytest.mark.parametrize("nonce", [ABSENT, "x", "é", "A" * 24, Nonces(lambda: b"k" * 32, "there").current(NOW)])
def test_10_it_carries_a_nonce_of_ours_where_one_is_asked_for(nonce: object) -> None:
    settings = Dpop(nonce=True)
    with pytest.raises(errors.ProofNonceNeeded) as needed:
        check(HOLDER.presented(NOW, token=TOKEN, nonce=nonce), settings)
    check(HOLDER.presented(NOW, token=TOKEN, nonce=needed.value.nonce), settings)


@pytest.mark.parametrize("off", [-1e9, -61, 61, 62, 300, 1e9])
def test_11_it_is_of_this_moment(off: float) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(HOLDER.presented(NOW, token=TOKEN, iat=NOW + off))


@pytest.mark.parametrize("off", [-60, -0.5, 0, 59.5, 60])
def test_11_clocks_may_differ_by_the_window(off: float) -> None:
    check(HOLDER.presented(NOW, token=TOKEN, iat=NOW + off))


@pytest.mark.parametrize("hashed", [ABSENT, "x", token_hash("another"), token_hash(TOKEN) + "=", "é"])
def test_12_it_is_for_this_access_token(hashed: object) -> None:
    with pytest.raises(errors.ProofInvalid):
        check(HOLDER.presented(NOW, token=TOKEN, ath=hashed))


def test_12_it_is_by_the_key_to_which_the_token_is_bound() -> None:
    with pytest.raises(errors.KeyNotProven):
        check(Holder(which=1).presented(NOW, token=TOKEN))
    with pytest.raises(errors.KeyNotProven):
        check(HOLDER.presented(NOW, token=TOKEN), thumbprint=None)


@given(st.text() | st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}", fullmatch=True))
def test_whatever_comes_as_a_proof_is_refused_in_words(text: str) -> None:
    with pytest.raises(errors.ProofInvalid) as refusal:
        read((text,))
    assert text not in refusal.value.message or len(text) < 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["RSA", "EC"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=5,
)  # fmt: skip
MEMBERS = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "alg", "use", "kid", "key_ops"])


@given(algorithm=st.sampled_from(ALGORITHMS), change=st.dictionaries(MEMBERS, JSON, min_size=1, max_size=3))
def test_whatever_stands_in_a_key_is_taken_as_it_is_or_refused(algorithm: str, change: dict[str, Any]) -> None:
    """A key that is taken has the thumbprint which everybody else computes for it."""
    holder = Holder(algorithm)
    jwk = {**holder.jwk, **change}
    try:
        proof = read((holder.sign(holder.claims(NOW, "GET", URL), jwk=jwk),))
    except errors.ProofInvalid:
        return
    assert proof.thumbprint == holder.thumbprint


@given(st.text(), st.text(alphabet="ab/%7E2f?#", max_size=12))
def test_normalising_twice_changes_nothing(wild: str, tail: str) -> None:
    for url in (wild, f"http://a.example{tail}"):
        try:
            once = normalised(url)
        except Unreadable:
            continue
        assert normalised(once) == once
