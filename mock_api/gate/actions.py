"""What a request wants to do, in the words of the API's log, as far as method and path tell."""

from __future__ import annotations

import re

from mock_api.core.grants import ACTIONS

UNKNOWN = "unknown"

_ROUTES = [
    (method, re.compile(rf"/v1/videos{path}", re.ASCII), action)
    for method, path, action in (
        ("GET", r"/(?!characters/)[^/]+", "videos.retrieve"),
        ("GET", "", "videos.list"),
        ("POST", "", "videos.create"),
        ("GET", r"/[^/]+/content", "videos.content"),
        ("POST", r"/edits", "videos.edit"),
        ("POST", r"/extensions", "videos.extend"),
        ("POST", r"/[^/]+/remix", "videos.remix"),
        ("DELETE", r"/[^/]+", "videos.delete"),
        ("POST", r"/characters", "videos.characters"),
        ("GET", r"/characters/[^/]+", "videos.characters"),
    )
]
assert {action for _, _, action in _ROUTES} == ACTIONS.keys()  # noqa: S101 - a new action needs its route.


def action_of(method: str, path: str) -> str:
    """The action's name, as the API will log it if the request is admitted."""
    for known, pattern, action in _ROUTES:
        if known == method and pattern.fullmatch(path):
            return action
    return UNKNOWN
