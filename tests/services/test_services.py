"""The servers that tests start can be killed, stopped and restarted, and leave nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from tests.services.postgres import Postgres, postgres
from tests.services.redis import redis


def test_a_redis_restarts_empty_on_the_same_port_and_is_gone_at_the_end() -> None:
    with redis() as server:
        assert server.ask("SET", "a", "1") == b"+OK\r\n"
        server.restart()
        assert server.ask("GET", "a") == b"$-1\r\n"
        server.stop()
        server.cont()
        assert server.is_ready()
        folder = server.folder
    assert not folder.exists()
    assert server.ask("PING") == b""


@pytest.mark.slow
def test_a_postgres_keeps_what_it_committed_through_a_kill_and_is_gone_at_the_end() -> None:
    with postgres() as server:
        with server.connect() as connection:
            connection.execute("CREATE TABLE kept (number int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=server.port, user="leaklab", password="-", connect_timeout=2)
        server.cont()
        server.restart()
        with server.connect() as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]
        family = server._family()
    assert family
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists() and os.getpgid(pid) == family[0]]
    assert not server.folder.exists()


def test_each_test_has_an_empty_database(postgres_url: str, shared_postgres: Postgres) -> None:
    name = postgres_url.rpartition("/")[2]
    with shared_postgres.connect(name) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall() == [(0,)]
