"""The vault in the browser and over the API: ranges, names, strangers, constant queries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tenancy.scope import studio_scope
from tests.vault.conftest import RunningSigner
from vault import services
from vault.claims import ShotClaim
from vault.models import Asset

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
CLAIM = ShotClaim("Previs", "renderer", "1.0", "ab" * 32)
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def clip(studio: Any, media: dict[str, Path]) -> Asset:
    """A signed clip made from a signed keyframe."""
    with studio_scope(studio):
        frame = services.store(
            media["frame.png"], kind="keyframe", title="Keyframe S01", mime="image/png", sign=CLAIM
        )
        return services.store(
            media["clip.mp4"],
            kind="clip",
            title='Clip “S01”: <b>hi</b>/../x\r\n"',
            mime="video/mp4",
            sign=CLAIM,
            parents=[(frame, "keyframe")],
        )


@pytest.fixture
def plain(studio: Any, tmp_path: Path) -> Asset:
    """A file of known bytes."""
    path = tmp_path / "x.mid"
    path.write_bytes(CONTENT)
    with studio_scope(studio):
        return services.store(path, kind="score", title="Score", mime="audio/midi")


def file_url(studio: Any, asset: Asset) -> str:
    return f"/s/{studio.slug}/vault/{asset.pk}/file/"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-9", (0, 9)),
        ("bytes=100-", (100, 10239)),
        ("bytes=-5", (10235, 10239)),
        ("bytes=10000-999999", (10000, 10239)),
    ],
)
def test_a_byte_range_is_answered_exactly(
    client_in: Client, studio: Any, plain: Asset, asked: str, expected: tuple[int, int]
) -> None:
    answer = client_in.get(file_url(studio, plain), headers={"Range": asked})
    first, last = expected
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/10240"
    assert answer.getvalue() == CONTENT[first : last + 1]
    assert answer["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_what_is_no_single_range_gets_the_whole_file(
    client_in: Client, studio: Any, plain: Asset, asked: str
) -> None:
    answer = client_in.get(file_url(studio, plain), headers={"Range": asked} if asked else {})
    assert (answer.status_code, answer.getvalue()) == (200, CONTENT)


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=5-2", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(
    client_in: Client, studio: Any, plain: Asset, asked: str
) -> None:
    answer = client_in.get(file_url(studio, plain), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10240")


def test_if_range_with_another_version_gets_the_whole_file(
    client_in: Client, studio: Any, plain: Asset
) -> None:
    url = file_url(studio, plain)
    etag = client_in.head(url)["ETag"]
    stale = client_in.get(url, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    same = client_in.get(url, headers={"Range": "bytes=0-9", "If-Range": etag})
    assert (stale.status_code, same.status_code) == (200, 206)
    assert client_in.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_head_tells_the_size_and_sends_nothing(client_in: Client, studio: Any, plain: Asset) -> None:
    answer = client_in.head(file_url(studio, plain))
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, "10240", b"")
    assert answer["Accept-Ranges"] == "bytes"


def test_our_media_play_in_the_page_and_the_rest_is_saved(
    client_in: Client, studio: Any, clip: Asset, plain: Asset
) -> None:
    played = client_in.get(file_url(studio, clip))
    saved = client_in.get(file_url(studio, clip) + "?save")
    score = client_in.get(file_url(studio, plain))
    assert played["Content-Disposition"].startswith("inline")
    assert saved["Content-Disposition"].startswith("attachment")
    assert score["Content-Disposition"] == 'attachment; filename="Score.mid"'
    assert {answer["X-Content-Type-Options"] for answer in (played, saved, score)} == {"nosniff"}
    assert "sandbox" in score["Content-Security-Policy"]
    for sign in ("/", "\\", "\r", "\n", ":"):
        assert sign not in played["Content-Disposition"].split("filename", 1)[1].replace("UTF-8''", "")


def test_a_missing_file_is_an_error_page_and_not_a_crash(
    client_in: Client, studio: Any, plain: Asset, vault_ground: Path
) -> None:
    (vault_ground / "studio" / str(studio.pk) / plain.sha256).unlink()
    assert client_in.get(file_url(studio, plain)).status_code == 410


def test_a_stranger_gets_404_for_every_page(
    client_in: Client, other_studio: Any, studio: Any, clip: Asset, stranger: Any
) -> None:
    other = Client()
    other.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    for place in ("", f"{clip.pk}/", f"{clip.pk}/file/", f"{clip.pk}/provenance/"):
        assert other.get(f"/s/{studio.slug}/vault/{place}").status_code == 404
        assert client_in.get(f"/s/{other_studio.slug}/vault/{place}").status_code == 404
    assert other.get(f"/s/{other_studio.slug}/vault/{clip.pk}/file/").status_code == 404
    assert Client().get(f"/s/{studio.slug}/vault/{clip.pk}/file/").status_code == 302


def test_the_list_costs_the_same_for_one_and_three(client_in: Client, studio: Any, tmp_path: Path) -> None:
    def add(number: int) -> None:
        path = tmp_path / f"{number}.txt"
        path.write_text(f"text {number}")
        with studio_scope(studio):
            services.store(path, kind="document", title=f"Note {number}", mime="text/plain", project=uuid4())

    add(0)
    client_in.get(f"/s/{studio.slug}/vault/")  # what is remembered for good is remembered now
    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            add(number)
        with CaptureQueriesContext(connection) as queries:
            page = client_in.get(f"/s/{studio.slug}/vault/")
        assert page.status_code == 200 and f"Note {numbers[-1]}" in page.content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_is_narrowed(client_in: Client, studio: Any, clip: Asset, plain: Asset) -> None:
    def titles(query: str) -> str:
        return client_in.get(f"/s/{studio.slug}/vault/?{query}").content.decode()

    assert "Score" in titles("kind=score") and "Keyframe S01" not in titles("kind=score")
    assert "Keyframe S01" in titles("q=keyframe") and f"{plain.pk}" not in titles("q=keyframe")
    assert titles("kind=%27%3B&project=x&page=99&layout=table").count("Keyframe S01") > 0
    assert "<b>hi</b>" not in titles("")


def test_the_asset_page_shows_lineage_and_provenance(client_in: Client, studio: Any, clip: Asset) -> None:
    page = client_in.get(f"/s/{studio.slug}/vault/{clip.pk}/").content.decode()
    assert "Keyframe S01" in page and clip.sha256 in page.replace("<wbr>", "") and "<video" in page
    now = client_in.get(f"/s/{studio.slug}/vault/{clip.pk}/provenance/").content.decode()
    assert "encypher-c2pa" in now and "not publicly trusted" in now


def test_the_api_tells_the_same(api: APIClient, studio: Any, clip: Asset, signer: RunningSigner) -> None:
    base = f"/api/v1/studios/{studio.slug}/vault/assets/"
    listed = api.get(base + "?kind=clip").json()
    assert [row["id"] for row in listed["results"]] == [str(clip.pk)]
    lineage = api.get(f"{base}{clip.pk}/lineage/").json()
    assert [row["asset"]["title"] for row in lineage["made_from"]] == ["Keyframe S01"]
    assert api.get(f"{base}{clip.pk}/provenance/").json()["state"] == "trusted"
    assert api.get(f"{base}{clip.pk}/file/", headers={"Range": "bytes=4-7"}).getvalue() == b"ftyp"
    missing = api.get(f"{base}{uuid4()}/")
    assert (missing.status_code, json.loads(missing.content)["error"]["code"]) == (404, "not_found")
