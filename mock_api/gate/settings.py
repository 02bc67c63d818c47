"""What may be set about a gate."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """Limits and manners of a gate. Spans are seconds, sizes bytes."""

    body: int = 25 * MIB               # a request body, as at the API
    body_piece: float = 20.0           # between two pieces of a request body
    under_way: int = 512               # requests at once; more are refused
    connections: int = 128             # to the API, for forwarding
    look_ups: int = 32                 # to the authority, at once
    connect: float = 2.0               # to reach the API
    answer: float = 30.0               # between two signs of life of the API, in the middle of an answer too
    judge_again: float = 1.0           # an answer under way is judged again this often
    report_every: float = 0.25         # refusals are reported at least this often
    report_at_most: int = 1000         # refusals in one report
    reports_kept: int = 20_000         # refusals waiting to be reported; beyond that they are dropped, and counted
    keys_again: float = 1.0            # the key set is not asked for more often because of an unknown key
