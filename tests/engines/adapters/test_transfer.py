"""Results are brought from public addresses only, and from the very address that was looked at."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engines.adapters.errors import BadOutput, PollFailed, ResultGone
from engines.adapters.transfer import away, download

LOOKUP = socket.getaddrinfo


class House(ThreadingHTTPServer):
    """A server that answers with its own name, and writes down who was asked for and with what."""

    def __init__(self, address: str, name: str, port: int = 0) -> None:
        self.name, self.asked = name, []  # type: str, list[tuple[str, str, str]]
        super().__init__((address, port), Answers)


class Answers(BaseHTTPRequestHandler):
    server: House

    def do_GET(self) -> None:
        heard = (self.path, self.headers.get("Host", ""), self.headers.get("Authorization", ""))
        self.server.asked.append(heard)
        status = {"/gone": 410, "/on": 302, "/in": 302, "/round": 302}.get(self.path, 200)
        self.send_response(status)
        port = self.server.server_address[1]
        onward = {"/on": f"http://other.test:{port}/file", "/in": "http://10.0.0.7/file", "/round": "/round"}
        if self.path in onward:
            self.send_header("Location", onward[self.path])
        self.send_header("Content-Length", str(len(self.server.name)))
        self.end_headers()
        self.wfile.write(self.server.name.encode())

    def log_message(self, *about: Any) -> None:
        """Tests stay quiet."""


@pytest.fixture
def house() -> Iterator[House]:
    server = House("127.0.0.1", "first house")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def named(monkeypatch: pytest.MonkeyPatch, **answers: list[str]) -> None:
    """Let names answer with these addresses, one after the other; the last one stays."""

    def lookup(host: Any, *about: Any, **more: Any) -> Any:
        addresses = answers.get(str(host).removesuffix(".test"))
        if addresses is None:
            return LOOKUP(host, *about, **more)
        return LOOKUP(addresses.pop(0) if len(addresses) > 1 else addresses[0], *about, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_name_that_changes_its_address_is_not_followed(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = house.server_address[1]
    second = House("127.0.0.2", "second house", port)
    threading.Thread(target=second.serve_forever, daemon=True).start()
    named(monkeypatch, media=["127.0.0.1", "127.0.0.2"])
    try:
        download(f"http://media.test:{port}/file", tmp_path / "file", headers={}, local=True)
    finally:
        second.shutdown()
        second.server_close()
    assert (tmp_path / "file").read_text() == "first house"
    assert (house.asked, second.asked) == ([("/file", f"media.test:{port}", "")], [])


def test_credential_stays_with_the_house_it_is_for(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, media=["127.0.0.1"], other=["127.0.0.1"])
    address = f"http://media.test:{house.server_address[1]}/on"
    download(address, tmp_path / "file", headers={"Authorization": "key"}, local=True)
    assert [(path, key) for path, _, key in house.asked] == [("/on", "key"), ("/file", "")]


@pytest.mark.parametrize("path", ["/in", "/round"])
def test_redirect_leads_neither_inside_nor_round_and_round(house: House, tmp_path: Path, path: str) -> None:
    with pytest.raises(BadOutput):
        download(
            f"http://127.0.0.1:{house.server_address[1]}{path}", tmp_path / "file", headers={}, local=True
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/file",
        "https://127.0.0.1/file",
        "https://10.1.2.3/file",
        "https://169.254.169.254/latest",
        "https://[::1]/file",
        "ftp://93.184.216.34/file",
        "file:///etc/passwd",
        "/file",
        "",
    ],
)
def test_address_inside_or_without_tls_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadOutput):
        download(url, tmp_path / "file", headers={}, local=False)
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_gone_and_name_that_is_nobodys_are_told_apart(house: House, tmp_path: Path) -> None:
    with pytest.raises(ResultGone):
        download(
            f"http://127.0.0.1:{house.server_address[1]}/gone", tmp_path / "file", headers={}, local=True
        )
    with pytest.raises(PollFailed):
        download("https://nobody.invalid/file", tmp_path / "file", headers={}, local=False)


def test_upload_goes_only_outside(house: House) -> None:
    with away(local=False) as client, pytest.raises(BadOutput):
        client.put(f"http://127.0.0.1:{house.server_address[1]}/file", content=b"x")
    assert house.asked == []


def test_nobody_writes_to_a_file_that_was_brought(house: House, tmp_path: Path) -> None:
    """What another worker began under the same name, and what was brought before, is left as it is."""
    url, path = f"http://127.0.0.1:{house.server_address[1]}/file", tmp_path / "file"
    begun = tmp_path / f".file.{threading.get_native_id()}.part"
    begun.write_text("half a fi")
    with begun.open("a") as somebody:
        download(url, path, headers={}, local=True)
        somebody.write("le")
    first = path.stat()
    assert (path.read_text(), first.st_mode & 0o777) == ("first house", 0o400)
    (tmp_path / "kept").hardlink_to(path)
    download(url, path, headers={}, local=True)
    assert path.stat().st_ino != first.st_ino == (tmp_path / "kept").stat().st_ino
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "kept"]
