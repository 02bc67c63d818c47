"""Enforcement: how a gate comes by its view of what is revoked. Each file declares its guarantee, and keeps it."""

from __future__ import annotations

from .cutoff import Cutoff
from .expiry_only import ExpiryOnly
from .freshness import Freshness
from .in_process import InProcess
from .introspection import Introspection
from .key_rotation import KeyRotation
from .pull import Pull
from .push import Push
from .status_list import StatusLists

Enforcement = (
    InProcess | ExpiryOnly | Introspection | Push | Pull | StatusLists | Cutoff | KeyRotation | Freshness
)

__all__ = [
    "Cutoff", "Enforcement", "ExpiryOnly", "Freshness", "InProcess", "Introspection", "KeyRotation", "Pull", "Push",
    "StatusLists",
]
