"""What happens to the programme: policy, keys, testers, tokens."""

from __future__ import annotations

from mock_api.core.policy import Policy, Quota

from .happened import Happened


class PolicyAdopted(Happened, frozen=True):
    """From now on this policy holds."""

    policy: Policy
    by: str


class SigningKeyAdded(Happened, frozen=True, omit_defaults=True):
    """A new key signs from now on. `public` is its JWK (RFC 7517) without private members.

    `in_reserve`: it is published, and signs only once it is put to use.
    """

    kid: str
    algorithm: str
    public: dict[str, str]
    by: str
    in_reserve: bool = False


class SigningKeyPutToUse(Happened, frozen=True):
    """The key held in reserve signs from now on; those before it are retired after `overlap` seconds, or stay."""

    kid: str
    overlap: float | None
    by: str


class SigningKeyRetired(Happened, frozen=True):
    """The key has left the key set, and whatever it signed is refused."""

    kid: str


class TesterInvited(Happened, frozen=True):
    """Somebody may join; they are active once their key is first used."""

    tester_id: str
    name: str
    cohort: str
    quota: Quota | None
    by: str


class TesterKeyIssued(Happened, frozen=True):
    """A tester key was made and shown once; `key_hash` is its keyed hash."""

    key_id: str
    tester_id: str
    key_hash: str


class TesterActivated(Happened, frozen=True):
    """The tester key was used for the first time."""

    tester_id: str


class TesterLeft(Happened, frozen=True):
    """The tester is no longer part of the programme."""

    tester_id: str
    by: str


class TokenIssued(Happened, frozen=True, omit_defaults=True):
    """An access token was signed; `at` is its `iat`. `family`: the refresh-token family it descends from.

    `subject`: the access token it was exchanged for (RFC 8693).
    """

    jti: str
    tester_id: str
    kid: str
    expires_at: float
    scope: str
    origin: str
    family: str | None = None
    status_index: int | None = None                # its place in the status list, if the policy publishes one
    subject: str | None = None


class StatusListOpened(Happened, frozen=True):
    """From now on tokens get their places in this status list: `size` places of `bits` bits, some of them decoys."""

    number: int
    size: int
    bits: int
    decoys: int                                    # how many places are never given out


class TokenDenied(Happened, frozen=True):
    """The token endpoint said no."""

    client_id: str
    code: str
    origin: str
