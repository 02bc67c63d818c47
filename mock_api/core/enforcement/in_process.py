"""In process: the gate lives with the authority and asks the register itself."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class InProcess(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="in-process"):
    """One gate, one event loop: `revoke` and `admit` take turns (`mock_api.core.gate`)."""

    guarantee: ClassVar[str] = "no request that starts after the acknowledgement is admitted"
    in_silence: ClassVar[str] = "there is nothing between gate and register that could fall silent"

    def bound(self, token_lifetime: float) -> float:
        """Seconds from the acknowledgement of a revocation until every gate refuses."""
        return 0.0

    def bound_in_silence(self, token_lifetime: float) -> float:
        """The same while the gate hears nothing."""
        return self.bound(token_lifetime)
