"""Clients from PyPI, each in one environment that is not ours, against a live API. None of their checks is bent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.trying import HERE, LiveApi, live_api
from tests.sdk.environment import python_with

SCRIPTS = HERE / "python"
pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def python() -> Path:
    """A Python that holds the clients, pinned by hash."""
    return python_with(HERE / "python-clients.txt")


@pytest.fixture(scope="module")
def api(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApi]:
    """An API that signs with the algorithm that every client takes unasked."""
    with live_api(tmp_path_factory.mktemp("es256"), "ES256") as live:
        yield live


def test_authlib_buys_refreshes_revokes_and_asks(python: Path, api: LiveApi) -> None:
    assert api.told_by(python, SCRIPTS / "with_authlib.py") == {
        "metadata": "complete",
        "client_secret_basic": ["Bearer", "videos.read", 200, True],
        "client_secret_post": ["Bearer", "videos.read", 200, True],
        "checked_by_rfc_9068": ["at+jwt", True, "videos.read"],
        "revoked": [200, False, 401],
        "refreshed": [True, 200],
        "renews_by_itself": [200, True],
        "revoked_family": [200, 401, False],
        "after_revocation": "invalid_grant",
    }


def test_requests_oauth2client_speaks_every_grant_and_answers_nonces(python: Path, api: LiveApi) -> None:
    assert api.told_by(python, SCRIPTS / "with_requests_oauth2client.py") == {
        "discovered": True,
        "bought": ["Bearer", "videos.read", True, 200],
        "introspected": True,
        "exchanged": [200, "urn:ietf:params:oauth:token-type:access_token"],
        "revoked": [True, {"active": False}, 401, True],
        "refreshed": [200, True, True],
        "reused": "InvalidGrant",
        "the_family_is_dead": [401, "InvalidGrant"],
        "revoked_refresh_token": [True, 401],
        "wrong_secret": "InvalidClient",
        "bound": ["DPoP", 200, 200, True, True],
        "bound_introspected": True,
        "without_proof": 401,
        "with_another_key": 401,
        "bound_refreshed": ["DPoP", 200],
        "refreshed_without_proof": "InvalidGrant",
        "bound_revoked": [True, {"active": False}],
    }


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_joserfc_reads_all_that_we_sign(python: Path, tmp_path: Path, algorithm: str) -> None:
    with live_api(tmp_path, algorithm) as api:
        assert api.told_by(python, SCRIPTS / "with_joserfc.py") == {
            "access_token": algorithm,
            "introspected": [200, "application/token-introspection+jwt"],
            "told": [True, True],
            "status_before": 0,
            "status_after": 1,
            "aggregated": True,
        }


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_pyjwts_key_client_follows_a_rotation(python: Path, tmp_path: Path, algorithm: str) -> None:
    with live_api(tmp_path, algorithm) as api:
        assert api.told_by(python, SCRIPTS / "with_pyjwt.py", operator=True) == {
            "checked": [True, True],
            "tampered": "InvalidSignatureError",
            "signs_with_the_new_key": True,
            "both_keys_are_published": True,
            "overlap": [True, True],
            "who_does_not_ask_again_yet": [True, "PyJWKClientError"],
        }


def test_pyjwts_key_client_knows_keys_published_ahead_and_trusts_a_removed_one_for_its_own_time(
    python: Path, tmp_path: Path
) -> None:
    """Why a key that is gone from the set is no revocation at a verifier with a cache that we do not set."""
    with live_api(tmp_path, "ES256", "--enforcement", "key-rotation,overlap=1,max_age=1") as api:
        assert api.told_by(python, SCRIPTS / "with_pyjwt_keys_ahead.py", operator=True) == {
            "checked": True,
            "signs_with_a_key_published_ahead": [True, True],
            "the_old_key_is_gone": True,
            "a_new_client": "PyJWKClientError",
            "one_that_trusts_for_a_second": "PyJWKClientError",
            "one_that_trusts_for_five_minutes": True,
            "the_api": 401,
        }


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_a_receiver_of_signals_is_told_of_a_revocation(python: Path, tmp_path: Path, algorithm: str) -> None:
    with live_api(tmp_path, algorithm) as api:
        assert api.told_by(python, SCRIPTS / "with_joserfc_signals.py", operator=True) == {
            "discovered": [True, "1_0"],
            "stream": [201, True],
            "asked": 204,
            "verified": [algorithm, {"state": "a-state-of-mine"}],
            "subject": True,
            "told": ["session-revoked"],
            "left": 0,
        }
