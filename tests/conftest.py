"""Rules for the whole suite: in CI nothing is skipped in silence."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from tests.services.fixtures import postgres_url, redis_url, shared_postgres, shared_redis

__all__ = ["postgres_url", "redis_url", "shared_postgres", "shared_redis"]  # fixtures for every test


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.CallInfo[None], None]:
    """Where CI is set, a skipped test is a failed one: what a test needs must be there."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and in CI a skip is a failure: {report.longrepr}"
