"""What is wrong with a credential, or with asking for one."""

from __future__ import annotations

from .refusal import Invalid, Unauthenticated


class MissingToken(Unauthenticated):
    """No bearer credential came with the request."""

    code = "missing_token"


class MalformedToken(Unauthenticated):
    """Not a compact JWS of sane size in canonical base64url."""

    code = "malformed_token"


class ForgedToken(Unauthenticated):
    """A JWS that this programme did not make for this purpose (RFC 8725, RFC 9068 §4)."""

    code = "forged_token"


class TokenExpired(Unauthenticated):
    """`exp` has come; the instant itself is outside."""

    code = "token_expired"


class TokenNotYetValid(Unauthenticated):
    """`iat` or `nbf` lies ahead of our clock."""

    code = "token_not_yet_valid"


class TokenUnknown(Unauthenticated):
    """Well signed, but this programme never issued it: the sign of an exposed key."""

    code = "token_unknown"


class TokenRevoked(Unauthenticated):
    """Some revocation covers this token."""

    code = "token_revoked"


class OperatorKeyInvalid(Unauthenticated):
    """The operator API wants the operator key as bearer."""

    code = "operator_key_invalid"


class ClientInvalid(Unauthenticated):
    """Wrong client id or tester key at the token endpoint (RFC 6749 §5.2)."""

    code = "invalid_client"


class UnsupportedGrant(Invalid):
    """A grant type that is not spoken here, or not under this policy (RFC 6749 §5.2)."""

    code = "unsupported_grant_type"


class InvalidGrant(Invalid):
    """A refresh token that is unknown, expired, revoked, used before or another client's (RFC 6749 §5.2)."""

    code = "invalid_grant"


class InvalidSubject(Invalid):
    """The subject token of an exchange is not acceptable (RFC 8693 §2.2.2)."""

    code = "invalid_subject_token"


class InvalidTarget(Invalid):
    """An exchange for a resource, audience or account that is not to be had (RFC 8693 §2.2.2)."""

    code = "invalid_target"


class InvalidScope(Invalid):
    """A scope that does not exist or exceeds the tester's."""

    code = "invalid_scope"


class SignatureInvalid(Unauthenticated):
    """A batch of leak reports is not signed with a key that the operator has adopted."""

    code = "signature_invalid"
