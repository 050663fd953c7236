"""Thumbnails point at the right tiles, peaks are the samples' own, enlargements keep every frame."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from craft.render.cache import SegmentCache
from craft.render.errors import RenderCancelled, RenderError
from craft.render.master import AssemblySpec
from craft.render.model import Caption
from craft.render.outputs import upscale as upscaling
from craft.render.outputs.chunks import chunks_of
from craft.render.outputs.sides import SideSpec, side_files
from craft.render.outputs.upscale import UpscaleSpec, upscale
from craft.render.outputs.waveform import peaks, write_peaks
from craft.render.probe import probe
from craft.render.samples import read_samples
from tests.render.conftest import FIRST_GREY, GREY_STEP, RATE, Shelf, ffmpeg, greys, numbers, pcm
from tests.render.test_outputs_deliver import RAMP, described, made_master, packets


@pytest.fixture(scope="module")
def film(shelf: Shelf, spec: AssemblySpec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_master(shelf, tmp_path_factory.mktemp("film"), spec)


@pytest.fixture(scope="module")
def keyed(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same film with a key frame every six frames."""
    path = tmp_path_factory.mktemp("keyed") / "film.mp4"
    tags = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
    coding = ("-c:v", "libx264", "-crf", "4", "-g", "6", "-sc_threshold", "0", "-flags", "+cgop")
    ffmpeg("-i", str(film), *coding, *tags, "-video_track_timescale", "24000", "-c:a", "copy", str(path))
    return path


def code(tile: np.ndarray | None) -> int:
    """The ramp frame of a grey tile of a JPEG."""
    assert tile is not None
    return round((16 + float(tile.mean()) * 219 / 255 - FIRST_GREY) / GREY_STEP)


def tiles(folder: Path) -> list[tuple[float, int]]:
    """(start in seconds, ramp frame shown) of every thumbnail, by the track's own words."""
    text = (folder / "thumbnails.vtt").read_text()
    found = re.findall(r"00:00:([\d.]+) --> [\d:.]+\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)", text)
    shown = []
    for start, name, *place in found:
        left, top, wide, high = map(int, place)
        sheet = cv2.imread(str(folder / name))
        assert sheet is not None
        tile = sheet[top : top + high, left : left + wide]
        assert tile.shape[:2] == (high, wide)
        shown.append((float(start), code(tile[6:-6, 6:-6])))
    return shown


@pytest.mark.parametrize("proxy", [False, True])
def test_thumbnails_show_the_frames_of_their_times(proxy: bool, keyed: Path, tmp_path: Path) -> None:
    spec = SideSpec(tile_width=40, grid=(4, 2), proxy=proxy, poster_frame=31)
    made = side_files(keyed, tmp_path / "sides", spec)
    assert len(made.sprites) == 2
    shown = tiles(tmp_path / "sides")
    assert [round(start * 24) for start, _ in shown] == list(range(0, 72, 6))
    assert [frame for _, frame in shown] == [RAMP[n] for n in range(0, 72, 6)]
    assert code(cv2.imread(str(made.poster))) == RAMP[30]
    if proxy:
        assert made.proxy is not None
        picture = probe(made.proxy).picture
        assert picture is not None and picture.frames == 72 and np.array_equal(pcm(made.proxy), pcm(keyed))


def test_long_programmes_have_bounded_thumbnails(keyed: Path, tmp_path: Path) -> None:
    made = side_files(keyed, tmp_path / "sides", SideSpec(tile_width=32, most_tiles=5))
    assert [round(start * 24) for start, _ in tiles(tmp_path / "sides")] == [0, 18, 36, 54]
    sheet = cv2.imread(str(made.sprites[0]))
    assert sheet is not None and sheet.shape == (18, 320, 3)
    again = side_files(keyed, tmp_path / "sides", SideSpec(tile_width=32, grid=(1, 1)))
    assert len(again.sprites) == 12
    side_files(keyed, tmp_path / "sides", SideSpec(tile_width=32))
    assert [path.name for path in (tmp_path / "sides").glob("sprites-*")] == ["sprites-000.jpg"]


def test_captions_and_peaks_lie_beside_the_pictures(film: Path, shelf: Shelf, tmp_path: Path) -> None:
    words = (Caption(6, 60, "Hello.", "MARA"),)
    made = side_files(film, tmp_path / "sides", sounds={"effects": film}, words=words)
    assert sorted(made.captions) == ["srt", "ttml", "vtt"]
    assert set(made.peaks["effects"]) == {"dat", "json"}
    with pytest.raises(RenderError) as caught:
        side_files(film, tmp_path / "sides", sounds={"../up": film})
    assert caught.value.code == "name"


def test_peaks_are_the_extremes_of_ten_milliseconds(shelf: Shelf, tmp_path: Path) -> None:
    samples = np.zeros((48_100, 2), np.float32)
    samples[480:960, 0] = 0.5
    samples[700, 1] = -1.0
    samples[48_050, 0] = 0.25
    found = peaks(shelf(shelf.sound("steps", samples).sha256))
    assert found.values.shape == (101, 2)
    assert found.values[0].tolist() == [0, 0] and found.values[1].tolist() == [-127, 64]
    assert found.values[100].tolist() == [0, 32] and not found.values[2:100].any()
    data = write_peaks(found, tmp_path / "peaks.dat").read_bytes()
    assert struct.unpack_from("<iIiiIi", data) == (2, 1, 48_000, 480, 101, 1)
    assert np.array_equal(np.frombuffer(data, np.int8, -1, 24).reshape(-1, 2), found.values)
    plain = json.loads(write_peaks(found, tmp_path / "peaks.json").read_text())
    assert plain["data"] == found.values.reshape(-1).tolist() and plain["length"] == 101


def test_peaks_of_a_codec_come_in_pieces_of_any_length(film: Path) -> None:
    decoded = pcm(film)
    found = peaks(film, samples_per_peak=1000)
    steps = decoded[: len(decoded) // 1000 * 1000].reshape(-1, 2000)
    wanted = np.rint(np.stack([steps.min(axis=1), steps.max(axis=1)], axis=1) * 127)
    assert np.abs(found.values[: len(steps)] - wanted).max() <= 1


def small_chunks(monkeypatch: pytest.MonkeyPatch, most: int = 12) -> None:
    monkeypatch.setattr(upscaling, "chunks_of", lambda master: chunks_of(master, least=6, most=most))


def test_enlargement_keeps_frames_times_and_sound(
    keyed: Path, tmp_path: Path, cache: SegmentCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(monkeypatch)
    reports: list[tuple[int, int]] = []
    made = upscale(
        keyed,
        (320, 180),
        tmp_path / "large.mp4",
        cache=cache,
        progress=lambda one: reports.append((one.done, one.total)),
    )
    assert (made.frames, made.scaler, made.warnings) == (72, "zscale", ()) and made.chunks >= 6
    before, after = read_samples(keyed), read_samples(made.path)
    assert np.array_equal(np.sort(before["video"].shown), np.sort(after["video"].shown))
    assert np.array_equal(before["audio"].shown, after["audio"].shown)
    assert np.array_equal(pcm(made.path), pcm(keyed))
    stream = described(made.path)["video"]
    assert (stream["width"], stream["height"], stream["color_space"]) == (320, 180, "bt709")
    assert numbers(wide_greys(made.path)) == RAMP
    assert [done for done, _ in reports] == sorted(done for done, _ in reports) and reports[-1] == (72, 72)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "large.mp4"]


def wide_greys(path: Path) -> np.ndarray:
    small = path.with_name("small.mp4")
    ffmpeg("-i", str(path), "-vf", "scale=160:90:flags=area", "-crf", "2", str(small))
    found = greys(small)
    small.unlink()
    return found


def test_cancelled_enlargement_goes_on_where_it_was(
    keyed: Path, tmp_path: Path, cache: SegmentCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(monkeypatch)
    spec = UpscaleSpec(workers=1)
    seen: list[int] = []
    with pytest.raises(RenderCancelled):
        upscale(
            keyed,
            (320, 180),
            tmp_path / "large.mp4",
            spec,
            cache=cache,
            progress=lambda one: seen.append(one.done),
            cancelled=lambda: bool(seen) and seen[-1] >= 30,
        )
    assert not (tmp_path / "large.mp4").exists()
    kept = len(list(cache.root.glob("??/*.mp4")))
    assert kept >= 1
    made = upscale(keyed, (320, 180), tmp_path / "large.mp4", spec, cache=cache)
    assert kept <= made.chunks_cached < made.chunks
    straight = upscale(keyed, (320, 180), tmp_path / "other.mp4", spec)
    assert straight.chunks_cached == 0 and packets(straight.path) == packets(made.path)


def test_chunks_follow_content_so_that_a_cut_moves_them_unchanged(shelf: Shelf, tmp_path: Path) -> None:
    parts = []
    for number in range(8):
        path = tmp_path / f"{number}.mp4"
        source = f"testsrc2=s=64x36:r=24,hue=h={number * 40}"
        coding = (
            "-c:v",
            "libx264",
            "-g",
            "6",
            "-sc_threshold",
            "0",
            "-x264-params",
            "stitchable=1:open-gop=0",
        )
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "18", *coding, "-pix_fmt", "yuv420p",
               "-video_track_timescale", "24000", str(path))  # fmt: skip
        parts.append(path)

    def joined(order: list[Path], name: str) -> set[str]:
        listing = tmp_path / f"{name}.txt"
        listing.write_text(
            "ffconcat version 1.0\n" + "".join(f"file {one.name}\nduration 0.75\n" for one in order)
        )
        out = tmp_path / f"{name}.mp4"
        ffmpeg("-f", "concat", "-i", str(listing), "-c", "copy", "-video_track_timescale", "24000", str(out))
        rate, chunks = chunks_of(out, least=6, most=60)
        assert rate == RATE and sum(chunk.frames for chunk in chunks) == 18 * len(order)
        return {chunk.digest for chunk in chunks}

    before, after = joined(parts, "before"), joined(parts[1:], "after")
    assert len(after - before) <= 1 and len(after & before) >= 3


def test_sharpening_and_kernel_are_what_they_are_called(keyed: Path, shelf: Shelf, tmp_path: Path) -> None:
    detail = shelf.video("detail", "testsrc2=s=160x90:r=24", 6, "-g", "6", "-video_track_timescale", "24000")
    source = shelf(detail.sha256)

    def edges(name: str, spec: UpscaleSpec) -> float:
        made = upscale(source, (320, 180), tmp_path / name, spec)
        ffmpeg("-i", str(made.path), "-frames:v", "1", str(tmp_path / "seen.png"))
        image = cv2.imread(str(tmp_path / "seen.png"), cv2.IMREAD_GRAYSCALE)
        assert image is not None
        return float(cv2.Laplacian(image, cv2.CV_64F).var())

    plain = edges("a.mp4", UpscaleSpec(sharpen=0.0))
    assert edges("b.mp4", UpscaleSpec(sharpen=1.0)) > 1.5 * plain


@pytest.mark.parametrize(
    ("size", "how", "code_"),
    [
        ((80, 44), UpscaleSpec(), "size"),
        ((321, 180), UpscaleSpec(), "size"),
        ((320, 200), UpscaleSpec(), "size"),
        ((320, 180), UpscaleSpec(kernel="magic"), "kernel"),
        ((320, 180), UpscaleSpec(sharpen=float("nan")), "sharpen"),
    ],
)
def test_impossible_enlargement_is_refused(
    size: tuple[int, int], how: UpscaleSpec, code_: str, film: Path, tmp_path: Path
) -> None:
    with pytest.raises(RenderError) as caught:
        upscale(film, size, tmp_path / "large.mp4", how)
    assert caught.value.code == code_ and list(tmp_path.iterdir()) == []


def test_open_groups_are_refused_and_not_guessed(shelf: Shelf, tmp_path: Path) -> None:
    options = ("-c:v", "libx264", "-g", "12", "-x264-params", "open-gop=1:bframes=3:scenecut=0")
    path = shelf(shelf.video("open", "testsrc2=s=160x90:r=24", 48, *options).sha256)
    with pytest.raises(RenderError) as caught:
        upscale(path, (320, 180), tmp_path / "large.mp4")
    assert caught.value.code == "open_groups"


def test_build_without_zscale_scales_with_its_own_and_says_so(
    keyed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upscaling, "has_zscale", lambda tools: False)
    made = upscale(keyed, (320, 180), tmp_path / "large.mp4")
    assert made.scaler == "swscale" and "zscale" in made.warnings[0]
    assert numbers(wide_greys(made.path)) == RAMP
