"""One Redis and one PostgreSQL for all tests of a worker that need them; each test finds its own part empty.

A test that kills or stops a server takes one of its own: `with redis() as server`, `with postgres() as server`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.postgres import Postgres, postgres
from tests.services.redis import Redis, redis


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[Redis]:
    """The worker's Redis."""
    with redis() as server:
        yield server


@pytest.fixture
def redis_url(shared_redis: Redis) -> str:
    """The address of an empty Redis."""
    assert shared_redis.ask("FLUSHALL") == b"+OK\r\n"
    return shared_redis.url


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[Postgres]:
    """The worker's PostgreSQL."""
    with postgres(durable=False) as server:
        yield server


@pytest.fixture
def postgres_url(shared_postgres: Postgres) -> Iterator[str]:
    """The address of an empty database."""
    name = shared_postgres.create_database()
    yield shared_postgres.url(name)
    shared_postgres.drop_database(name)
