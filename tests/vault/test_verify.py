"""The verify command and the public verify page: the verdict, its exit status, and what failed by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from tests.vault.conftest import RunningSigner
from tests.vault.test_provenance import SHOT, flipped, master_claim, shot
from vault import public_views
from vault.provenance import sign_file

pytestmark = pytest.mark.usefixtures("vault_ground")


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    """The counter of the page's limit outlives a test."""
    cache.delete("verify:127.0.0.1")


@pytest.fixture
def master(media: dict[str, Path], signer: RunningSigner, tmp_path: Path) -> Path:
    """A signed master of one signed shot."""
    shots = [("Shot 1", shot(media, signer, tmp_path / "s1.mp4", SHOT))]
    sign_file(media["clip.mp4"], master_claim(shots), tmp_path / "master.mp4", by=signer.client)
    return tmp_path / "master.mp4"


def run(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        call_command("verify", str(path), *options)
    return int(end.value.code or 0), capsys.readouterr().out


def test_command_says_valid(master: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(master, capsys)
    assert code == 0 and ": valid" in out and "ingredient Shot 1: trusted" in out


def test_command_names_what_failed(master: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = flipped(master, master.read_bytes().rfind(b"mdat") + 99)
    code, out = run(changed, capsys)
    assert code == 1 and "failed in this file" in out and "assertion.bmffHash.mismatch" in out
    code, out = run(changed, capsys, "--json")
    report = json.loads(out)
    assert (code, report["state"], report["second_opinion"]["state"]) == (1, "invalid", "invalid")


def test_command_tells_unsigned_from_unreadable(
    media: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(media["clip.mp4"], capsys)[0] == 1
    assert run(tmp_path / "absent.mp4", capsys)[0] == 2
    playlist = tmp_path / "list.mp4"
    playlist.write_text("#EXTM3U\nfile:///etc/passwd\n")
    code, out = run(playlist, capsys, "--json")
    assert (code, json.loads(out)["state"]) == (2, "unreadable")


def upload(content: bytes, name: str = "master.mp4") -> Any:
    return Client().post("/verify/", {"file": SimpleUploadedFile(name, content)})


@pytest.mark.django_db
def test_page_needs_no_account_and_says_valid(master: Path) -> None:
    assert Client().get("/verify/").status_code == 200
    answer = upload(master.read_bytes(), '<i>"m".mp4')
    page = answer.content.decode()
    assert answer.status_code == 200 and 'data-state="trusted"' in page and "Shot 1" in page
    assert "not publicly trusted" in page and "<i>" not in page


@pytest.mark.django_db
def test_page_names_what_failed(master: Path) -> None:
    page = upload(flipped(master, master.read_bytes().rfind(b"mdat") + 99).read_bytes()).content.decode()
    assert 'data-state="invalid"' in page and "changed after signing" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"", b"hello", b"#EXTM3U\nhttp://127.0.0.1/x\n", b"\x89PNG\r\n\x1a\n\0\0"]
)
def test_page_refuses_what_it_cannot_read(content: bytes) -> None:
    assert upload(content).status_code == 422
    assert Client().post("/verify/").status_code == 422


@pytest.mark.django_db
def test_page_does_not_repeat_the_claims_of_an_unknown_signer(
    media: dict[str, Path], own_signer: Callable[[], RunningSigner], tmp_path: Path
) -> None:
    foreign = own_signer()
    made = shot(media, foreign, tmp_path / "s1.mp4", SHOT)
    sign_file(media["clip.mp4"], master_claim([("Shot 1", made)]), tmp_path / "m.mp4", by=foreign.client)
    page = upload((tmp_path / "m.mp4").read_bytes()).content.decode()
    assert 'data-state="valid"' in page and "does not know" in page and "Инес" not in page


@pytest.mark.django_db
def test_page_refuses_a_file_over_the_limit(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "MAX_BYTES", 1000)
    assert upload(master.read_bytes()).status_code == 413  # while it streams in
    monkeypatch.setattr(public_views, "FORM_BYTES", -5000)
    assert upload(b"hello").status_code == 413  # by its declared length


@pytest.mark.django_db
def test_page_asks_for_the_forms_token(master: Path) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/verify/", {"file": SimpleUploadedFile("m.mp4", master.read_bytes())})
    assert answer.status_code == 403


@pytest.mark.django_db
def test_page_limits_how_often_one_address_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "PER_MINUTE", 0)
    assert upload(b"hello").status_code == 429


@pytest.mark.django_db
def test_root_certificate_is_for_everybody(signer: RunningSigner) -> None:
    answer = Client().get("/verify/root.pem")
    assert answer.content.decode() == signer.client.root()
