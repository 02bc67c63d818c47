"""How a request to the API may end badly.

* UpstreamError
  - UpstreamForbidden      the address is not one this front end may talk to; raised at start
  - UpstreamNotSimulated   whoever answers there is not a simulation; nothing secret was sent
  - UpstreamSilent         no answer, or none that can be understood
  - UpstreamRefusal        the API said no: status, code, retry_after
"""

from __future__ import annotations


class UpstreamError(Exception):
    """Something is wrong with the API. The text is one plain sentence and never holds a secret."""


class UpstreamForbidden(UpstreamError):
    """The address is not loopback and not allowed by name."""


class UpstreamNotSimulated(UpstreamError):
    """No simulation marker at `/.well-known/leaklab`."""


class UpstreamSilent(UpstreamError):
    """No answer, a broken one, or one that breaks the protocol."""


class UpstreamRefusal(UpstreamError):
    """The API said no. `code` is its word for it, `retry_after` seconds or None."""

    def __init__(self, status: int, code: str, retry_after: float | None = None) -> None:
        super().__init__(f"The API refused with {status} {code}.")
        self.status = status
        self.code = code
        self.retry_after = retry_after
