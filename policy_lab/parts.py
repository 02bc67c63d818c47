"""The parts of a scenario: what people do. Durations are seconds, shares lie in [0, 1].

What the provider may choose stands in the policy (`mock_api/core/policy.py`). Where each default comes from,
and how sure it is, stands beside it in `scenarios/sora-2024.yaml` and `scenarios/token-in-a-gist.yaml`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from mock_api.core.quantities import HOUR, MINUTE, AtLeastOne, Count, Positive, Seconds, Share

NonNegative = Annotated[float, Meta(ge=0)]
Subcritical = Annotated[float, Meta(ge=0, lt=1)]   # a branching ratio of 1 or more never ends


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The root of all parts of a scenario: frozen, and unknown fields are refused."""


class LogNormal(Part, frozen=True, kw_only=True):
    """A log-normal span by its median (seconds) and the standard deviation of its logarithm."""

    median: Positive
    sigma: NonNegative = 0.0


class Testers(Part, frozen=True, kw_only=True):
    """How the invited use the API when nothing is wrong: lightly, and by day."""

    sessions_per_day: Positive = 2.0
    clips_per_session: Positive = 1.5              # mean; at least one
    diurnal_swing: Share = 0.8                     # 0: the same at all hours; 1: nobody at 04:00
    poll_interval: Positive = 10.0
    think: LogNormal = LogNormal(median=3 * MINUTE, sigma=0.6)   # between two clips of a session
    fruitless_sessions: AtLeastOne = 3             # cut off this often in a row, a tester gives up


class Reviewers(Part, frozen=True, kw_only=True):
    """Who works the approval queue."""

    count: Count = 4
    look: LogNormal = LogNormal(median=2 * MINUTE, sigma=0.4)    # at one output
    look_again: Positive = 1 * MINUTE              # when the queue was empty
    opens_hour: Annotated[float, Meta(ge=0, le=24)] = 0.0        # local hour at which they start work
    closes_hour: Annotated[float, Meta(ge=0, le=24)] = 24.0
    rejects: Share = 0.03                          # of ordinary outputs
    recognises: Share = 0.25                       # P(a stranger's output looks like a stranger's)
    reports: Share = 0.5                           # P(says so to the operator | recognised)


class Responder(Part, frozen=True, kw_only=True):
    """Who decides, where the playbook leaves it to a person. How long that takes stands in the playbook."""

    looks_every: Positive = 30.0                   # at the alerts
    attribution: LogNormal = LogNormal(median=10 * MINUTE, sigma=0.5)  # to read a clip's watermark first


class Partition(Part, frozen=True, kw_only=True):
    """Gate number `gate` (from 1) and the authority do not hear each other for a while; it goes on serving callers.

    What it lets in still reaches the API: the way of the requests and the way of the views fail apart.
    """

    gate: AtLeastOne
    after: Seconds                                 # from the start of the run
    lasts: Positive


class Gates(Part, frozen=True, kw_only=True):
    """Where gates in front stand, and what lies between them and the authority. A policy `in-process` has none.

    How their views are kept stands in the policy (`enforcement`). `leaklab lag` measures the delays of a machine.
    """

    count: AtLeastOne = 4                          # assumption: what `leaklab serve range --gates 4` starts
    feed_delay: LogNormal = LogNormal(median=0.01, sigma=0.5)    # assumption: a notice, one way, one region
    loss: Share = 0.001                            # assumption: of notices, pulses and questions; TCP hides most of it
    answer_delay: LogNormal = LogNormal(median=0.01, sigma=0.5)  # assumption: a question and its answer, both ways
    skew: Seconds = 0.005                          # assumption: sd of how far gates' clocks are off (NTP)
    partitions: tuple[Partition, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a partition of a gate that is not there."""
        for partition in self.partitions:
            if partition.gate > self.count:
                raise ValueError(f"partitions: there is no gate {partition.gate}, only {self.count}")


class Journalist(Part, frozen=True, kw_only=True):
    """Makes the leak public: the hazard of a mention grows with the distinct visitors so far."""

    per_thousand_visitors: Positive = 0.5          # mentions per hour, per thousand visitors so far
    mentions: AtLeastOne = 3                       # until somebody writes a story
    where: str = "press"


class Shock(Part, frozen=True, kw_only=True):
    """One outside push of attention `after` seconds after the leak: `visitors` come because of it."""

    after: Seconds = 0.0
    visitors: LogNormal = LogNormal(median=12_000, sigma=0.8)
    rise: Seconds = 25 * MINUTE                    # until the post reaches its full audience


class Audience(Part, frozen=True, kw_only=True):
    """Who comes to a public front end, and what they do there."""

    shocks: tuple[Shock, ...] = (Shock(),)
    branching: Subcritical = 0.7                   # n*: visitors brought by word of mouth, per visitor
    slow_share: Subcritical = 0.18                 # of all visits: press and search, spread over weeks
    slow_mean: Positive = 15 * 24 * HOUR
    submits: Share = 0.04                          # p_sub: a visitor orders a clip
    tolerated_queue: Positive = 40.0               # Q0: balking probability is 1 - exp(-Q / Q0)
    patience: LogNormal = LogNormal(median=30 * MINUTE, sigma=0.7)
    looks_every: Positive = 30.0                   # at the waiting page
    repeats: Subcritical = 1 / 3                   # P(orders one more clip), geometric: mean 1.5 clips
    shares: Share = 0.3                            # P(a clip is shared | displayed)
    visitors_per_share: NonNegative = 5.0

    def __post_init__(self) -> None:
        """Refuse a crowd in which every sharer brings a sharer or more: it would never end."""
        sharers = self.submits / (1.0 - self.repeats) * self.shares * self.visitors_per_share
        if sharers >= 1.0:
            raise ValueError(
                "submits / (1 - repeats) * shares * visitors_per_share: must be below 1, or the crowd grows for"
                f" ever, found {sharers:.3g}"
            )


class Change(Part, frozen=True, kw_only=True):
    """`after` seconds after the leak, the front end runs this many clips at once."""

    after: Seconds
    concurrency: AtLeastOne


class FrontEnd(Part, frozen=True, kw_only=True):
    """The public page that spends the leaked credential."""

    concurrency: AtLeastOne = 4
    changes: tuple[Change, ...] = ()
    queue_limit: AtLeastOne = 500
    poll_interval: Positive = 5.0
    timeout: Positive = 300.0                      # for one clip
    health_interval: Positive = 10 * MINUTE        # between tries of a dead credential; doubles up to an hour


class Mirrors(Part, frozen=True, kw_only=True):
    """Copies of the front end. They do not inherit the secret: without another one they serve nobody."""

    per_thousand_visitors: NonNegative = 0.3
    visits: NonNegative = 20.0                     # mean number of people who try one copy
    at_most: Count = 15


class Renewal(Part, frozen=True, kw_only=True):
    """How the leaker replaces a token that merely ran out, so that short lifetimes are not a trivial win."""

    when: Literal["never", "expired", "dead"] = "expired"   # dead: also when the token was revoked
    after: LogNormal = LogNormal(median=4 * MINUTE, sigma=0.7)  # until the leaker notices and acts
    gives_up_after: Count = 50


class AccessLeak(Part, frozen=True, kw_only=True, tag_field="kind", tag="front_end"):
    """A tester publishes a front end that holds their credential: access leaks, the secret does not."""

    after: Seconds = 1 * HOUR                      # from the start of the run
    what: Literal["access_token", "tester_key"] = "access_token"
    renewal: Renewal = Renewal()
    front_end: FrontEnd = FrontEnd()
    audience: Audience = Audience()
    mirrors: Mirrors = Mirrors()


class Finders(Part, frozen=True, kw_only=True):
    """Who finds a posted secret: a cure-fraction model, then a few actors of three kinds."""

    found: Share = 1.0                             # P(anybody ever finds it)
    first_use: LogNormal = LogNormal(median=193_000, sigma=0.49)
    actors: Positive = 3.3                         # mean number of distinct actors (negative binomial)
    dispersion: Positive = 0.7
    half_life: Positive = 11 * 24 * HOUR           # of the further actors' arrivals
    curious: Share = 0.65                          # one probe, no more
    harvesters: Share = 0.1                        # keep it, and resell later; the rest spend
    resale: LogNormal = LogNormal(median=30 * 24 * HOUR, sigma=1.0)
    clips_per_hour: Positive = 6.0                 # a spender's orders
    poll_interval: Positive = 10.0
    fruitless_tries: AtLeastOne = 5                # then a spender goes away


class Scanner(Part, frozen=True, kw_only=True):
    """A secret scanner that tells the provider what it found."""

    covers: Share = 0.5                            # P(it knows the format and watches the channel)
    latency: LogNormal = LogNormal(median=67, sigma=0.5)


class SecretLeak(Part, frozen=True, kw_only=True, tag_field="kind", tag="secret"):
    """The secret itself stands where anybody can read it."""

    after: Seconds = 1 * HOUR
    what: Literal["access_token", "tester_key"] = "tester_key"
    channel: str = "public_gist"
    finders: Finders = Finders()
    scanner: Scanner = Scanner()
