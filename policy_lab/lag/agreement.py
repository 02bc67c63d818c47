"""Whether the simulation says what was measured."""

from __future__ import annotations

from msgspec import Struct

from policy_lab.history import Findings

WITHIN = 0.25          # of the measured median


class Agreement(Struct, frozen=True):
    """Medians of the lags of every gate and revocation, seconds, and how far apart they may lie.

    Not the worst gates': fetching gates fetch at instants that are an accident of their start, the same all run long,
    and the last of four depends on it. `resolution`: the mean time between two requests of the load on one
    token at one gate; nothing shorter can be told apart.
    """

    measured: float | None
    simulated: float | None
    resolution: float

    @property
    def holds(self) -> bool:
        """Within a quarter of what was measured, or closer together than the load can tell."""
        if self.measured is None or self.simulated is None:
            return self.measured == self.simulated
        return abs(self.measured - self.simulated) <= max(WITHIN * self.measured, self.resolution)


def agreement(measured: Findings, simulated: Findings, resolution: float) -> Agreement:
    """Hold the medians against each other."""
    return Agreement(measured.by_gate.median, simulated.by_gate.median, resolution)
