"""A refresh token that was bought with a key is good for whoever holds that key, and for nobody else (RFC 9449 §5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mock_api.core import errors
from mock_api.core.events import RefreshTokenReused
from mock_api.core.issuance import Applicant, TokenGrant
from mock_api.core.policy import Dpop, Refresh
from mock_api.core.token_exchange import ACCESS, REFRESH, TESTER_KEY, Exchange
from tests.mock_api.core.dpop.forging import Holder

if TYPE_CHECKING:
    from tests.mock_api.core.conftest import Range

TOKEN_URL = "https://api.leaklab.invalid/oauth/token"


class Wallet:
    """A tester, and the keys that requests show."""

    def __init__(self, open_range: Callable[..., Range]) -> None:
        self.range = open_range(refresh=Refresh(), dpop=Dpop())
        self.tester_id, self.key = self.range.invite()
        self.holder, self.stranger, self.proofs = Holder(), Holder(which=1), 0

    def applicant(self, holder: Holder | None) -> Applicant:
        """The client, with a proof by `holder`."""
        self.proofs += 1
        jti = f"proof {self.proofs}"
        proof = None if holder is None else holder.presented(self.range.clock.now(), "POST", TOKEN_URL, jti=jti)
        return Applicant(self.tester_id, self.key, "-", proof)

    def exchange(self, holder: Holder | None, subject: str, kind: str = TESTER_KEY, wanted: str = ACCESS) -> TokenGrant:
        """What is given for `subject`."""
        return self.range.authority.client.exchange(self.applicant(holder), Exchange(subject, kind, wanted))

    def refresh(self, holder: Holder | None, grant: TokenGrant) -> TokenGrant:
        """The next pair."""
        return self.range.authority.client.refresh(self.applicant(holder), str(grant.refresh_token))

    def thumbprint(self, grant: TokenGrant) -> str | None:
        """The key that the access token is bound to."""
        return self.range.authority.access_tokens.decode(grant.access_token).thumbprint


@pytest.fixture
def wallet(open_range: Callable[..., Range]) -> Wallet:
    """A range that binds tokens to keys where one is shown."""
    return Wallet(open_range)


def test_a_bound_refresh_token_needs_its_key_and_a_try_without_it_spends_nothing(wallet: Wallet) -> None:
    first = wallet.exchange(wallet.holder, wallet.key)
    for holder in (None, wallet.stranger):
        with pytest.raises(errors.InvalidGrant):
            wallet.refresh(holder, first)
    second = wallet.refresh(wallet.holder, first)
    assert (second.token_type, wallet.thumbprint(second)) == ("DPoP", wallet.holder.thumbprint)
    with pytest.raises(errors.InvalidGrant):
        wallet.refresh(wallet.stranger, first)
    assert not wallet.range.of(RefreshTokenReused)
    with pytest.raises(errors.InvalidGrant):
        wallet.refresh(wallet.holder, first)
    assert len(wallet.range.of(RefreshTokenReused)) == 1


def test_a_refresh_token_that_was_bought_alone_is_bound_as_well(wallet: Wallet) -> None:
    alone = wallet.exchange(wallet.holder, wallet.key, wanted=REFRESH)
    text = alone.access_token
    with pytest.raises(errors.InvalidGrant):
        wallet.range.authority.client.refresh(wallet.applicant(None), text)
    assert wallet.range.authority.client.refresh(wallet.applicant(wallet.holder), text).token_type == "DPoP"


def test_an_unbound_refresh_token_may_buy_bound_access_tokens(wallet: Wallet) -> None:
    first = wallet.exchange(None, wallet.key)
    second = wallet.refresh(wallet.holder, first)
    assert (wallet.thumbprint(first), wallet.thumbprint(second)) == (None, wallet.holder.thumbprint)
    assert wallet.refresh(None, second).token_type == "Bearer"


def test_a_bound_subject_is_exchanged_by_its_holder_alone(wallet: Wallet) -> None:
    subject = wallet.exchange(wallet.holder, wallet.key).access_token
    for holder in (None, wallet.stranger):
        with pytest.raises(errors.InvalidSubject):
            wallet.exchange(holder, subject, ACCESS)
    assert wallet.thumbprint(wallet.exchange(wallet.holder, subject, ACCESS)) == wallet.holder.thumbprint


def test_introspection_names_the_key(wallet: Wallet) -> None:
    grant = wallet.exchange(wallet.holder, wallet.key)
    for token, kind in ((grant.access_token, "DPoP"), (str(grant.refresh_token), "N_A")):
        told = wallet.range.authority.client.introspect(token)
        assert (told.token_type, told.cnf) == (kind, {"jkt": wallet.holder.thumbprint})


def test_a_replay_remembers_the_key(wallet: Wallet) -> None:
    first = wallet.exchange(wallet.holder, wallet.key)
    replayed = wallet.range.replayed()
    with pytest.raises(errors.InvalidGrant):
        replayed.client.refresh(wallet.applicant(None), str(first.refresh_token))
