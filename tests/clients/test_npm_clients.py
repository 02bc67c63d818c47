"""Clients from npm, in an environment of their own, against a live API. None of their checks is bent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.trying import HERE, LiveApi, live_api
from tests.sdk.environment import node_with

PROJECT = HERE / "npm"
BEARER, PROOF = "bearer invalid_token", "dpop -"
pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients, pinned by hash, and the scripts."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "node_modules").symlink_to(node_with(PROJECT) / "node_modules")
    for script in PROJECT.glob("*.mjs"):
        shutil.copy(script, folder)
    return folder


@pytest.fixture(scope="module", params=["EdDSA", "ES256", "RS256"])
def api(node: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[LiveApi]:
    """An API by each of our algorithms."""
    with live_api(tmp_path_factory.mktemp(request.param), request.param) as live:
        yield live


def test_oauth4webapi_finds_nothing_to_object_to(node: Path, api: LiveApi) -> None:
    bound = ["dpop", "with a nonce", [[200, "with a nonce"], [200, "at once"]]]
    assert api.told_by("node", "with-oauth4webapi.mjs", cwd=node) == {
        "discovered": True,
        "basic": ["bearer", "videos.read", 200],
        "post": ["bearer", "videos.read", 200],
        "validated": [True, True, "videos.read videos.write"],
        "introspected": [True, True],
        "introspectedSigned": True,
        "afterRevocation": [[BEARER, PROOF], {"active": False}],
        "refreshed": ["bearer", True, 200],
        "reused": ["invalid_grant", [BEARER, PROOF], "invalid_grant"],
        "wrongSecret": ["basic -"],
        "dpopES256": bound,
        "dpopEd25519": bound,
        "dpopRS256": bound,
        "dpopPS256": bound,
        "thumbprint": True,
        "asBearer": [BEARER, PROOF],
        "withAnotherKey": ["dpop invalid_token", "bearer -"],
        "boundRefreshed": ["dpop", 200],
        "refreshedWithoutKey": "invalid_grant",
        "refreshedWithAnotherKey": "invalid_grant",
        "validatedWithProof": True,
    }


def test_jwt_status_list_reads_our_lists_before_and_after_a_revocation(node: Path, api: LiveApi) -> None:
    assert api.told_by("node", "with-jwt-status-list.mjs", operator=True, cwd=node) == {
        "differentPlaces": True,
        "list": [200, "application/statuslist+jwt", True],
        "fresh": [0, 0],
        "afterRevocation": [1, 0],
        "duringSuspension": [1, 2],
        "suspension": "string",
    }
