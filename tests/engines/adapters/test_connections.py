"""Clients of engines: nothing is kept between calls but the line itself, and nothing is added on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from engines.adapters.connections import fresh, kept

TIMES = httpx.Timeout(5.0)


class House(BaseHTTPRequestHandler):
    """Sets a cookie with every answer, sends whoever asks for /moved elsewhere, breaks off in the middle of /cut."""

    protocol_version = "HTTP/1.1"
    heard: tuple[dict[str, str], ...] = ()

    def do_GET(self) -> None:
        """Answer, and note what came."""
        House.heard += ({name.lower(): value for name, value in self.headers.items()},)
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Set-Cookie", "session=ours; Path=/")
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "99" if self.path == "/cut" else "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = self.path == "/cut"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@pytest.fixture
def house() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), House)
    House.heard = ()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_cookies_are_neither_kept_nor_sent(house: str) -> None:
    client = kept(house, TIMES)
    assert client is kept(house, TIMES), "the same line"
    assert [client.get("/state").text for _ in range(2)] == ["ok", "ok"]
    with fresh(house, TIMES) as own:
        assert own.get("/state").status_code == 200
    assert len(House.heard) == 3 and not any("cookie" in headers for headers in House.heard)


def test_redirect_is_an_answer_like_any_other(house: str) -> None:
    answer = kept(house, TIMES).get("/moved", headers={"Authorization": "Bearer secret"})
    assert (answer.status_code, answer.headers["location"], len(House.heard)) == (302, "/elsewhere", 1)


def test_address_with_a_name_and_a_password_adds_no_credential(house: str) -> None:
    client = kept(house.replace("//", "//ada:secret@"), TIMES)
    assert client.get("/state").text == "ok"
    assert "authorization" not in House.heard[0]


def test_answer_that_breaks_off_is_an_error_and_the_line_goes_on(house: str) -> None:
    client = kept(house, TIMES)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/cut")
    assert client.get("/state").text == "ok"


def test_long_answer_comes_in_pieces(house: str) -> None:
    with kept(house, TIMES).stream("GET", "/state") as answer:
        assert b"".join(answer.iter_bytes()) == b"ok"
        assert answer.is_success and answer.request.url.path == "/state"
