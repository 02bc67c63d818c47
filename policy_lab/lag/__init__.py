"""How late gates refuse: one plan of asking and revoking, for real gates over HTTP and for simulated ones."""

from __future__ import annotations

from .agreement import Agreement, agreement
from .plan import Ask, Plan, Step
from .simulation import Delays, Simulated, simulate

__all__ = ["Agreement", "Ask", "Delays", "Plan", "Simulated", "Step", "agreement", "simulate"]
