"""What every detector that follows single tokens has in common."""

from __future__ import annotations

from typing import Protocol

REARM = 3600.0  # seconds; one alert per detector and token in this span: a storm of alerts hides the first.


class Watcher(Protocol):
    """One detector's memory of one token. A struct of a few numbers: every request passes here."""

    def take(self, at: float, origin: str) -> bool:
        """Count a request; True if the detector would speak now."""
        ...

    def speaks(self, at: float) -> bool:
        """Whether the pattern holds and the detector has not spoken about this token within `REARM`."""
        ...

    def hush(self, at: float) -> None:
        """Note that an alert was raised at `at`: silent for `REARM` seconds from then on."""
        ...

    def evidence(self) -> str:
        """One sentence a responder can read."""
        ...


def span_in_words(seconds: float) -> str:
    """`60` → `a minute`, `600` → `10 minutes`, `90` → `90 seconds`."""
    for unit, article, name in ((86400.0, "a", "day"), (3600.0, "an", "hour"), (60.0, "a", "minute")):
        if seconds >= unit and seconds % unit == 0:
            count = int(seconds // unit)
            return f"{article} {name}" if count == 1 else f"{count} {name}s"
    return "a second" if seconds == 1 else f"{seconds:g} seconds"
