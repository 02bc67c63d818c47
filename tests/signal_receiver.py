"""A receiver of pushed signals (RFC 8935): a real HTTP server that answers as it is told and verifies what it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import jwt


class SignalReceiver:
    """Answers with the next of `script` while there is one, then with 202. An answer is (status, body, headers)."""

    def __init__(self) -> None:
        self.script: list[tuple[int, bytes, dict[str, str]]] = []
        self.asked: list[str] = []                     # paths, in the order of arrival
        self.came: list[str] = []                      # every token that came
        self.taken: list[str] = []                     # the tokens that were answered with 202
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self._lock = Lock()

    def answer(self, path: str, headers: dict[str, str], token: str) -> tuple[int, bytes, dict[str, str]]:
        """What to say to one request."""
        with self._lock:
            self.asked.append(path)
            self.headers.append(headers)
            self.came.append(token)
            if self.script:
                return self.script.pop(0)
            self.taken.append(token)
            return 202, b"", {}

    def fail(self, status: int, times: int, body: bytes = b"", **headers: str) -> None:
        """Answer the next `times` requests with `status`."""
        with self._lock:
            self.script = [(status, body, headers)] * times

    def claims(self, keys: dict[str, Any], audience: str) -> list[dict[str, Any]]:
        """The claims of what was taken, verified with PyJWT against a JWK set."""
        return [verified(token, keys, audience) for token in self.taken]


def verified(token: str, keys: dict[str, Any], audience: str) -> dict[str, Any]:
    """The claims of a signal, as an independent verifier reads them."""
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "secevent+jwt"
    key = jwt.PyJWKSet.from_dict(keys)[header["kid"]]
    options: Any = {"verify_iat": False, "require": ["iss", "iat", "jti", "aud"]}
    claims: dict[str, Any] = jwt.decode(token, key, [header["alg"]], audience=audience, options=options)
    assert "sub" not in claims
    assert "exp" not in claims
    assert len(claims["events"]) == 1
    return claims


@contextmanager
def receiving() -> Iterator[SignalReceiver]:
    """A receiver on a free port of this machine, for the length of a `with` block."""
    receiver = SignalReceiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, said, headers = receiver.answer(self.path, dict(self.headers.items()), body.decode())
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/events"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def refusal(err: str, description: str = "") -> bytes:
    """The body of a 400 (RFC 8935 §2.3)."""
    return json.dumps({"err": err, "description": description}).encode()
