"""A master leaves the house: the cut is rendered, and each deliverable is a file that holds what it says."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from craft.render import exchange
from craft.render.model import Clip, Track
from craft.render.probe import probe
from edit_suite import conforming, cutting, delivering
from edit_suite.compose import compose
from edit_suite.models import Deliverable, Master, ShotCut
from edit_suite.queries import latest_master
from edit_suite.services import start_assembly
from tenancy.scope import studio_scope
from tests.edit_suite.conftest import FRAMES, Ground
from tests.episodes.working import work
from vault import services as vault
from vault.errors import UploadRefused
from vault.provenance import verify_file
from workflow.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def master(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Master:
    """A master of a cut with a ramp, a title, an inset-free finish and a mix."""
    monkeypatch.setattr(delivering, "figure", lambda name, default=None: {"max_height": 2160}.get(name, True))
    with studio_scope(ground.studio, actor=ground.user):
        cutting.set_cut(
            shot=ground.shots[0],
            changes={"head": 6, "ramp": "slow_mo", "effects": [{"type": "stabilise", "strength": 0.4}]},
            actor=ground.user,
        )
        words = {"offset": 2, "length": 20, "text": "灯台 · The Lamp {b1}", "place": "lower_third"}
        cutting.add_title(shot=ground.shots[2], changes=words, actor=ground.user)
        finish = cutting.finish_from({"letterbox": "2", "captions": True, "timecode": True})
        cutting.set_finish(episode=ground.episode, finish=finish, actor=ground.user)
        cutting.set_mix(episode=ground.episode, mix={}, rooms=True, loudness="ebu_r128", actor=ground.user)
        start_assembly(ground.episode, None, ground.user)
    work(ground.studio.pk, skip=("episodes.",))
    with studio_scope(ground.studio, actor=ground.user):
        made = latest_master(ground.episode)
        assert made is not None, list(Job.objects.values_list("kind", "state", "error"))
        return made


def test_what_was_cut_is_what_was_rendered(ground: Ground, master: Master) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        timeline = compose(ground.episode).timeline
        with vault.local_path(master.asset) as path:
            info = probe(path)
    assert info.picture is not None
    assert info.picture.frames == timeline.length == master.frames
    assert master.frames > 3 * FRAMES - 6
    assert abs(master.loudness["integrated"] + 23) <= 1.0
    assert [row for row in master.checks["rows"] if row["ok"] is False] == []


def made_of(ground: Ground, master: Master, *kinds: str) -> dict[str, Deliverable]:
    with studio_scope(ground.studio, actor=ground.user):
        for kind in kinds:
            delivering.ask(master=master, kind=kind, actor=ground.user)
    work(ground.studio.pk, skip=("episodes.",))
    with studio_scope(ground.studio, actor=ground.user):
        rows = {row.kind: row for row in Deliverable.objects.select_related("asset")}
        assert {kind for kind, row in rows.items() if row.asset is None} == set()
        return rows


def test_files_hold_what_they_say(ground: Ground, master: Master, tmp_path: Path) -> None:
    kinds = ("prores_422_hq", "h264_9x16", "audio_wav", "stems", "hls", "captions_ttml", "grades")
    rows = made_of(ground, master, *kinds)
    with studio_scope(ground.studio, actor=ground.user):
        paths = {kind: tmp_path / kind for kind in kinds}
        for kind, row in rows.items():
            assert row.asset is not None
            with vault.local_path(row.asset) as path:
                paths[kind].write_bytes(path.read_bytes())
    prores, tall = probe(paths["prores_422_hq"]), probe(paths["h264_9x16"])
    assert prores.picture is not None
    assert tall.picture is not None
    assert (prores.picture.frames, tall.picture.frames) == (master.frames, master.frames)
    assert (tall.picture.width, tall.picture.height) == (360, 640)
    assert "who" not in paths["captions_ttml"].read_text().lower()
    assert "It still burns." in paths["captions_ttml"].read_text()
    with zipfile.ZipFile(paths["stems"]) as bundle:
        assert {name[-6:-4].strip("_") for name in bundle.namelist()} >= {"D", "M", "E", "A", "ME"}
    with zipfile.ZipFile(paths["hls"]) as bundle:
        assert any(name.endswith(".m3u8") for name in bundle.namelist())
    with zipfile.ZipFile(paths["grades"]) as bundle:
        assert sum(name.endswith(".cube") for name in bundle.namelist()) == 4


def test_a_deliverable_carries_the_master_it_was_made_of(ground: Ground, master: Master) -> None:
    row = made_of(ground, master, "h264_1x1")["h264_1x1"]
    assert row.asset is not None
    with studio_scope(ground.studio, actor=ground.user), vault.local_path(row.asset) as path:
        report = verify_file(path)
    assert report.state == "trusted"
    assert [one.relationship for one in report.ingredients] == ["parentOf"]


def test_timeline_comes_back_from_every_format(ground: Ground, master: Master, tmp_path: Path) -> None:
    rows = made_of(ground, master, *exchange.FORMATS)
    with studio_scope(ground.studio, actor=ground.user):
        timeline = compose(ground.episode).timeline
        for kind, row in rows.items():
            assert row.asset is not None
            path = tmp_path / f"cut{exchange.FORMATS[kind]}"
            with vault.local_path(row.asset) as stored:
                path.write_bytes(stored.read_bytes())
            shelf = {media.sha256: media for media in _media(timeline)}
            found = exchange.read(path, shelf, timeline.rate).timeline
            assert found.length == timeline.length, kind
    assert rows["otio"].facts["losses"]
    assert "edl" in rows


def test_a_cut_made_elsewhere_is_read_back(ground: Ground, tmp_path: Path) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        timeline = compose(ground.episode).timeline
        labels = {shot.label: shot for shot in ground.shots}
        names = {clip.media.sha256: f"{clip.name}.mp4" for clip in _clips(timeline)}
        first, second, third = _clips(timeline)
        shorter = Track((first.part(5, 30), third, second.part(0, 40)))
        path = exchange.write(
            replace(timeline, picture=shorter, sound=()), "edl", tmp_path / "cut.edl", names
        ).path
        read = conforming.conform(episode=ground.episode, file=path, name="My Cut.EDL", actor=ground.user)
        cuts = {cut.shot.label: (cut.head, cut.tail) for cut in ShotCut.objects.select_related("shot")}
        assert cuts == {first.name: (5, 13), second.name: (0, 8)}
        assert any("order" in loss for loss in read.losses)
        assert compose(ground.episode).timeline.length == 30 + 40 + 48
        (tmp_path / "x.edl").write_text("nothing")
        with pytest.raises(UploadRefused):
            conforming.conform(
                episode=ground.episode, file=tmp_path / "x.edl", name="x.edl", actor=ground.user
            )
        assert set(labels) >= set(cuts)


def _clips(timeline: Any) -> list[Clip]:
    return [item for item in timeline.picture.items if isinstance(item, Clip)]


def _media(timeline: Any) -> list[Any]:
    return [item.media for item in timeline.picture.items if isinstance(item, Clip)]


def test_one_master_is_asked_for_once(ground: Ground, master: Master) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        first = delivering.ask(master=master, kind="edl", actor=ground.user)
        again = delivering.ask(master=master, kind="edl", actor=ground.user)
        assert (first.pk, first.job_id) == (again.pk, again.job_id)


def test_the_tier_decides_what_leaves(
    ground: Ground, master: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"max_height": 720, "prores": False, "stems": False, "otio": False}
    monkeypatch.setattr(delivering, "figure", lambda name, default=None: small[name])
    with studio_scope(ground.studio, actor=ground.user):
        closed = {offer.kind for offer in delivering.offers(master) if offer.reason}
        assert {"prores_422_hq", "stems", "otio", "edl", "upscale_1080", "upscale_2160"} <= closed
        assert "hls" not in closed
        with pytest.raises(delivering.NotDeliverable):
            delivering.ask(master=master, kind="stems", actor=ground.user)
        with pytest.raises(delivering.NotDeliverable):
            delivering.ask(master=master, kind="vhs", actor=ground.user)
        assert not Deliverable.objects.exists()
