"""Gates in front, simulated: the enforcement classes of the core, with delay, loss, skew and partitions drawn.

What a gate asks while a request waits is answered at the request's instant: the wait itself is not simulated, but
loss and partitions decide whether there is an answer. Whatever goes on between requests takes its drawn time.
"""

from __future__ import annotations

from .fronts import Fronts
from .routing import by_origin, in_turn

__all__ = ["Fronts", "by_origin", "in_turn"]
