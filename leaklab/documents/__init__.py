"""The generated reference: one Markdown page per subject, each made from the code or file it describes."""

from __future__ import annotations

from .cards import policy_pages, scenario_pages
from .command_line import command_page
from .enforcement import enforcement_pages
from .museum import museum_page
from .vocabulary import error_page, event_page


def pages() -> dict[str, str]:
    """File name → text of every generated page."""
    return {
        "command-line.md": command_page(),
        "errors.md": error_page(),
        "events.md": event_page(),
        "scenarios.md": scenario_pages(),
        "policies.md": policy_pages(),
        "museum.md": museum_page(),
        **enforcement_pages(),
    }
