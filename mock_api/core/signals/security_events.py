"""Which of our events becomes which signal, and about whom.

* `Revoked`, `Suspended`, `ProgrammePaused`, `TesterLeft` → CAEP `session-revoked`. CAEP 1.0 has no word for a stop that
  may be lifted: who was suspended has to come back for a new session, and the authority decides then.
* `Revoked` where tester keys die with it → also `credential-change` / `revoke`; `TesterLeft` → / `delete`;
  `TesterKeyIssued` → / `create`, or / `update` where it replaces a key.

`event_timestamp` is a cutoff: sessions established at or before it are over, later ones are not concerned.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mock_api.core.events import Event, ProgrammePaused, Revoked, Suspended, TesterKeyIssued, TesterLeft
from mock_api.core.scopes import (
    AllScope,
    CohortScope,
    FamilyScope,
    IssuedBeforeScope,
    KeyScope,
    Scope,
    TesterScope,
    TokenScope,
)

if TYPE_CHECKING:
    from mock_api.core.authority import Authority

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
SESSION_REVOKED, CREDENTIAL_CHANGE = f"{CAEP}session-revoked", f"{CAEP}credential-change"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"
EVENTS_SUPPORTED = (SESSION_REVOKED, CREDENTIAL_CHANGE)
CREDENTIAL_TYPE = "tester-key"  # not one of CAEP's own words; receivers and we agree on it (CAEP 1.0 §3.3.1)

_ENTITIES = {"playbook": "policy", "time": "system", "start": "system", "authority": "system"}

Subject = dict[str, Any]


class Signal(Struct, frozen=True):
    """One security event, the same for every stream. `tester_id`: the one tester it is about, if it is about one."""

    at: float
    kind: str               # the event type's URI
    subject: Subject        # the `sub_id` (RFC 9493, SSF 1.0 §3)
    details: dict[str, Any]
    txn: str                # what else stems from the same act carries the same (RFC 8417 §2.2)
    tester_id: str | None = None


def signals_of(authority: Authority, event: Event) -> Iterator[Signal]:
    """The signals for an event that is about to be applied: what it ends is still there to be looked at."""
    match event:
        case Revoked(scope=scope):
            about, tester_id = _about(authority, scope)
            until = scope.instant if isinstance(scope, IssuedBeforeScope) else event.at
            details = _details(until, event.by, event.reason)
            yield Signal(event.at, SESSION_REVOKED, about, details, event.revocation_id, tester_id)
            if isinstance(scope, TesterScope | CohortScope | AllScope):
                yield _change("revoke", event.at, about, details, event.revocation_id, tester_id)
        case Suspended(scope=scope):
            about, tester_id = _about(authority, scope)
            details = _details(event.at, event.by, f"Suspended: {event.reason}")
            yield Signal(event.at, SESSION_REVOKED, about, details, event.suspension_id, tester_id)
        case ProgrammePaused():
            about, _ = _about(authority, AllScope())
            details = _details(event.at, event.by, f"The programme is paused: {event.reason}")
            yield Signal(event.at, SESSION_REVOKED, about, details, f"pause-{event.at}")
        case TesterLeft(tester_id=tester_id):
            about, txn = _tester(authority, tester_id), f"left-{tester_id}"
            details = _details(event.at, event.by, "The tester has left the programme.")
            yield Signal(event.at, SESSION_REVOKED, about, details, txn, tester_id)
            yield _change("delete", event.at, about, details, txn, tester_id)
        case TesterKeyIssued(tester_id=tester_id):
            replaces = authority.programme.testers[tester_id].key is not None
            reason = "A new tester key replaces the one before." if replaces else "A tester key was issued."
            details = _details(event.at, "operator", reason)
            change = "update" if replaces else "create"
            yield _change(change, event.at, _tester(authority, tester_id), details, event.key_id, tester_id)


def verification(at: float, stream_id: str, state: str | None) -> Signal:
    """The signal by which a receiver sees that its stream works (SSF 1.0 §8.1.4)."""
    details = {} if state is None else {"state": state}
    return Signal(at, VERIFICATION, {"format": "opaque", "id": stream_id}, details, f"verify-{stream_id}-{at}")


def _change(
    change: str, at: float, about: Subject, details: dict[str, Any], txn: str, tester_id: str | None
) -> Signal:
    words = {"credential_type": CREDENTIAL_TYPE, "change_type": change}
    return Signal(at, CREDENTIAL_CHANGE, about, {**words, **details}, txn, tester_id)


def _details(timestamp: float, by: str, reason: str) -> dict[str, Any]:
    return {
        "event_timestamp": timestamp, "initiating_entity": _ENTITIES.get(by, "admin"), "reason_admin": {"en": reason},
    }


def _about(authority: Authority, scope: Scope) -> tuple[Subject, str | None]:
    """Whom a scope is about, and the one tester it concerns if there is one.

    Crowds are one complex subject, not a signal for each: the tenant is the programme, the group a cohort. The members
    of a complex subject narrow each other down, so that who understands some of them only does too much.
    """
    tenant: Subject = {"format": "complex", "tenant": {"format": "uri", "uri": authority.issuer}}
    match scope:
        case TokenScope(jti=jti):
            token = authority.programme.tokens.get(jti)
            about = {"format": "jwt_id", "iss": authority.issuer, "jti": jti}
            return about, None if token is None else token.tester_id
        case TesterScope(tester_id=tester_id):
            return _tester(authority, tester_id), tester_id
        case FamilyScope(family_id=family_id):
            family = authority.families.families.get(family_id)
            session = {"format": "opaque", "id": family_id}
            if family is None:
                return {**tenant, "session": session}, None
            user = _tester(authority, family.tester_id)
            return {"format": "complex", "user": user, "session": session}, family.tester_id
        case CohortScope(cohort=cohort):
            return {**tenant, "group": {"format": "opaque", "id": cohort}}, None
        case KeyScope(kid=kid):
            return {**tenant, "session": {"format": "opaque", "id": f"kid:{kid}"}}, None
    return tenant, None


def _tester(authority: Authority, tester_id: str) -> Subject:
    return {"format": "iss_sub", "iss": authority.issuer, "sub": tester_id}
