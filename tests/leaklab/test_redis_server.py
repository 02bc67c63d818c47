"""The Redis of a range: none, somebody's, or one of its own that ends with it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from leaklab.problems import Problem
from leaklab.redis_server import redis_at
from tests.services.service import program


def test_none_is_none_and_an_address_is_taken_at_its_word() -> None:
    with redis_at(None) as nothing:
        assert nothing is None
    with redis_at("redis://127.0.0.1:1") as address:
        assert address == "redis://127.0.0.1:1"


def test_what_is_no_address_is_said() -> None:
    with pytest.raises(Problem, match="or an address like"), redis_at("localhost:6379"):
        pass


@pytest.mark.server
def test_one_of_its_own_listens_on_loopback_and_is_gone_afterwards() -> None:
    program("redis-server", "redis-server")
    with redis_at("auto") as url:
        where = urlsplit(url or "")
        assert (where.scheme, where.hostname) == ("redis", "127.0.0.1")
        with socket.create_connection(("127.0.0.1", where.port or 0), timeout=5) as connection:
            connection.sendall(b"CONFIG GET save\r\n")
            assert connection.recv(100).endswith(b"$0\r\n\r\n")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", where.port or 0), timeout=5)


def test_without_the_program_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Problem, match="Debian: redis-server"), redis_at("auto"):
        pass
