"""How a gate comes by what a push feed brings: over Redis, or as the authority's server-sent events.

Either may break off at any time. Nothing is asked to come again here: the view sees by the numbers what is missing,
and asks the authority.
"""

from __future__ import annotations

import logging

BACKOFF = (0.02, 0.05, 0.1, 0.2, 0.5)  # seconds between attempts to connect; the last one from then on

_log = logging.getLogger("leaklab.gate")


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return BACKOFF[min(failures, len(BACKOFF)) - 1]


def tell_once(failures: int, what: str, problem: Exception) -> None:
    """Log that a feed is lost, the first time."""
    if failures == 0:
        _log.warning("%s is lost (%s); it is tried again.", what, type(problem).__name__)
