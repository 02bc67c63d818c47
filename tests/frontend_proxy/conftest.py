"""A front end on virtual time in front of a tiny API that speaks the wire format."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.frontend_proxy.site import Site, open_site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A front end with one good credential; nothing happens until somebody pumps."""
    async with open_site() as site:
        yield site
