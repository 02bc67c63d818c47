"""The kinds of numbers that policies and scenarios hold. Durations are seconds."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

LONGEST = 1e9  # thirty years: beyond it nothing is meant, and infinity does not survive JSON
Seconds = Annotated[float, Meta(ge=0, le=LONGEST)]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=LONGEST)]
Window = Annotated[float, Meta(ge=1, le=LONGEST)]     # below a second the number of a window outgrows a float
Count = Annotated[int, Meta(ge=0)]
AtLeastOne = Annotated[int, Meta(ge=1)]

LogSd = Annotated[float, Meta(ge=0, le=10)]          # beyond it a draw may be larger than any float

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
