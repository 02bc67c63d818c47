"""What a revocation or a suspension covers."""

from __future__ import annotations

from msgspec import Struct


class TokenScope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="token"):
    """One access token, by its `jti`. On the wire the whole `token` may stand instead; it is never stored."""

    jti: str


class TesterScope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="tester"):
    """One tester: the tester keys and access tokens issued up to now."""

    tester_id: str


class CohortScope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="cohort"):
    """Everyone in a cohort: the tester keys and access tokens issued up to now."""

    cohort: str


class IssuedBeforeScope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="issued_before"):
    """Every access token issued at or before `instant` (epoch seconds); tester keys stay. Later cutoffs win."""

    instant: float


class KeyScope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="key"):
    """Every access token signed with the key `kid`."""

    kid: str


class FamilyScope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="family"):
    """Every token that descends from one exchange: its refresh tokens and their access tokens (RFC 9700 §4.14)."""

    family_id: str


class AllScope(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="all"):
    """Every tester key and access token issued up to now."""


Scope = TokenScope | TesterScope | CohortScope | IssuedBeforeScope | KeyScope | FamilyScope | AllScope
