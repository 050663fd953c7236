"""Each fault is found in the clip that has it, and a good clip has none."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from craft.vision import MediaError, measure_clip, measure_still, score_take, waveform_peaks

Film = Callable[..., Path]
Picture = npt.NDArray[np.uint8]


def codes(path: Path) -> set[str]:
    return {finding.code for finding in score_take(measure_clip(path)).findings}


def test_a_good_clip_passes_with_full_points(clips: dict[str, Path]) -> None:
    report = measure_clip(clips["good"])
    assert (report.frames, report.fps, report.duration_s, report.width, report.height) == (
        48,
        24.0,
        2.0,
        640,
        360,
    )
    assert (report.black_runs, report.freeze_runs, report.cuts) == ((), (), ())
    scored = score_take(report)
    assert (scored.total, scored.verdict, scored.findings) == (100, "pass", ())
    assert len(report.thumbnails) == 3


@pytest.mark.parametrize(
    ("clip", "code"),
    [
        ("black", "black"),
        ("black_middle", "black"),
        ("frozen", "frozen"),
        ("flicker", "flicker"),
        ("blur", "soft"),
        ("burnt", "burnt_out"),
        ("dark", "dark"),
        ("cut", "cut_inside"),
    ],
)
def test_each_fault_is_found_and_asks_for_a_retake(clips: dict[str, Path], clip: str, code: str) -> None:
    scored = score_take(measure_clip(clips[clip]))
    assert code in {f.code for f in scored.findings if f.severity == "blocker"}
    assert scored.verdict == "retake"
    assert scored.total < 75


def test_black_and_frozen_stretches_are_timed(clips: dict[str, Path]) -> None:
    black = measure_clip(clips["black_middle"])
    assert black.black_runs == ((0.5, 1.0),)
    assert black.black_ratio == 0.25
    frozen = measure_clip(clips["frozen"])
    assert frozen.freeze_longest == pytest.approx(1.4, abs=0.2)  # the codec settles first
    assert frozen.freeze_runs[0][1] == 2.0


def test_a_cut_is_found_at_its_frame(clips: dict[str, Path]) -> None:
    assert measure_clip(clips["cut"]).cuts == (24,)


def breathing(room: Picture, pixels: float) -> Callable[[int], Picture]:
    """The figure of the room rises and falls by so many pixels, once in 4 s."""

    def draw(number: int) -> Picture:
        shift = pixels * np.sin(2 * np.pi * number / 96)
        moved = cv2.warpAffine(
            room, np.array([[1, 0, 0], [0, 1, shift]], np.float32), (640, 360), flags=cv2.INTER_CUBIC
        )
        out = room.copy()
        out[60:340, 200:320] = moved[60:340, 200:320]
        return out

    return draw


@pytest.mark.parametrize("crf", [16, 23])
def test_a_static_shot_in_which_somebody_breathes_is_not_frozen(film: Film, room: Picture, crf: int) -> None:
    report = measure_clip(film("breath", breathing(room, 1.2), count=96, crf=crf))
    assert report.freeze_longest < 1.0
    assert score_take(report).verdict == "pass"


@pytest.mark.parametrize("crf", [16, 23, 30])
def test_the_same_shot_without_breath_is_frozen(film: Film, room: Picture, crf: int) -> None:
    report = measure_clip(film("still", lambda number: room, count=96, crf=crf))
    assert report.freeze_longest > 3.5
    assert "frozen" in {f.code for f in score_take(report).findings}


def test_a_figure_that_walks_is_not_flicker(film: Film, room: Picture) -> None:
    def draw(number: int) -> Picture:
        out = room.copy()
        cv2.rectangle(out, (20 + 12 * number, 60), (160 + 12 * number, 350), (230, 230, 230), -1)
        return out

    assert measure_clip(film("walk", draw)).flicker < 0.8


def test_a_slow_fade_is_not_flicker(film: Film, room: Picture) -> None:
    report = measure_clip(film("fade", lambda n: (room * (0.3 + 0.7 * n / 47)).astype(np.uint8)))
    assert report.flicker < 0.3


def dressed(room: Picture, coat: tuple[int, int, int], light: float = 1.0) -> Callable[[int], Picture]:
    """The figure wears a coat (RGB) in a light."""

    def draw(number: int) -> Picture:
        out = room.astype(np.float32)
        out[170:340, 215:305] = coat[::-1]
        out[170:340, 215:260] *= 0.6
        out *= light
        return np.roll(np.clip(out, 0, 255).astype(np.uint8), number % 5, axis=1)

    return draw


def test_wardrobe_distance_is_small_in_any_light_and_large_for_another_colour(
    film: Film, room: Picture
) -> None:
    palette = {"MARA.coat": "#a03232", "JONAS.coat": "#2f6f4f"}
    boxes = {"MARA": (0.34, 0.46, 0.48, 0.95), "JONAS": (0.34, 0.46, 0.48, 0.95)}
    for name, light in (("bright", 1.0), ("dim", 0.55)):
        seen = measure_clip(
            film(name, dressed(room, (0xA0, 0x32, 0x32), light), 24), palette=palette, boxes=boxes
        ).wardrobe
        assert seen["MARA.coat"] is not None
        assert seen["JONAS.coat"] is not None
        assert seen["MARA.coat"] < 8
        assert seen["JONAS.coat"] > 30


def test_wardrobe_without_light_is_not_measured(clips: dict[str, Path]) -> None:
    assert measure_clip(clips["black"], palette={"coat": "#a03232"}).wardrobe == {"coat": None}


def test_anchor_difference_is_small_for_the_approved_still_and_large_for_another(
    film: Film, room: Picture, tmp_path: Path
) -> None:
    clip = film("shot", breathing(room, 2.0), 24)
    cv2.imwrite(str(tmp_path / "approved.png"), room)
    cv2.imwrite(str(tmp_path / "other.png"), 255 - room)
    same = measure_clip(clip, reference_frame=tmp_path / "approved.png").anchor_difference
    other = measure_clip(clip, reference_frame=tmp_path / "other.png")
    assert same is not None
    assert same < 4
    assert other.anchor_difference is not None
    assert other.anchor_difference > 60
    assert "anchor" in {f.code for f in score_take(other).findings}


def test_colour_temperature_orders_warm_neutral_and_cold(room: Picture, tmp_path: Path) -> None:
    grey = np.repeat(room.mean(axis=2, keepdims=True), 3, axis=2)
    kelvins = []
    for name, blue, red in (("warm", 0.62, 1.0), ("neutral", 1.0, 1.0), ("cold", 1.0, 0.78)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), (grey * (blue, (blue + red) / 2, red)).astype(np.uint8))
        kelvins.append(measure_still(tmp_path / f"{name}.png").cct)
    warm, neutral, cold = kelvins
    assert warm is not None and neutral is not None and cold is not None
    assert neutral == pytest.approx(6500, abs=250)
    assert warm < 4800
    assert cold > 7500


def test_a_still_is_measured_and_scored(room: Picture, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), room)
    cv2.imwrite(str(tmp_path / "100%03d.png"), room)
    cv2.imwrite(str(tmp_path / "black.png"), np.zeros_like(room))
    report = measure_still(tmp_path / "still.png", palette={"coat": "#a03232"})
    assert (report.width, report.height, report.black) == (640, 360, False)
    assert report.wardrobe["coat"] is not None
    assert measure_still(tmp_path / "100%03d.png").sharpness == report.sharpness
    assert score_take(report).verdict == "pass"
    assert score_take(measure_still(tmp_path / "black.png")).findings[0].code == "black"


def test_thresholds_are_data_that_a_studio_changes(clips: dict[str, Path]) -> None:
    report = measure_clip(clips["frozen"])
    patient = {"checks": {"frozen": {"above": 10.0}}}
    scored = score_take(report, thresholds=patient)
    assert scored.verdict == "pass"
    assert scored.version.endswith(", changed")


def test_no_report_is_not_measured() -> None:
    scored = score_take(None)
    assert (scored.total, scored.verdict) == (0, "not_measured")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.mp4", b"", "media.empty"),
        ("notes.txt", b"INT. HARBOUR - NIGHT\n" * 40, "media.format"),
        ("random.mp4", bytes(range(256)) * 64, "media.format"),
    ],
)
def test_what_is_no_media_is_refused_by_code(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MediaError) as refused:
        measure_clip(tmp_path / name)
    assert refused.value.code == code
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_clip_cut_short_is_damaged(clips: dict[str, Path], tmp_path: Path, kept: float) -> None:
    data = clips["good"].read_bytes()
    (tmp_path / "short.mp4").write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(MediaError) as refused:
        measure_clip(tmp_path / "short.mp4")
    assert refused.value.code == "media.damaged"


def test_sound_without_picture_is_refused_and_its_peaks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    tone = (
        np.sin(np.arange(48_000) / 48_000 * 2 * np.pi * 220) * np.linspace(0, 0.5, 48_000) * 32767
    ).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(tone.tobytes())
    with pytest.raises(MediaError) as refused:
        measure_clip(path)
    assert refused.value.code == "media.format"
    peaks = waveform_peaks(path, 10)
    assert [round(high, 2) for _, high in peaks] == pytest.approx([0.05 * k for k in range(1, 11)], abs=0.012)
    assert all(low == pytest.approx(-high, abs=0.012) for low, high in peaks)


def test_a_file_whose_name_looks_like_an_option_or_a_protocol_is_only_a_file(
    clips: dict[str, Path], tmp_path: Path
) -> None:
    for name in ("-y.mp4", "concat:a|b.mp4", "a%03d.mp4"):
        path = tmp_path / name
        path.write_bytes(clips["good"].read_bytes())
        assert measure_clip(path).frames == 48


def test_a_playlist_cannot_make_the_decoder_read_another_file(clips: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile '{clips['good']}'\n")
    with pytest.raises(MediaError):
        measure_clip(tmp_path / "list.mp4")


def test_vertical_and_odd_sizes_are_measured(clips: dict[str, Path], tmp_path: Path) -> None:
    source = ["-f", "lavfi", "-i", "testsrc2=s=640x640:r=25:d=1", "-vf", "scale=361:641"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *source, "-c:v", "ffv1", str(tmp_path / "v.mkv")], check=True
    )
    report = measure_clip(tmp_path / "v.mkv")
    assert (report.width, report.height, report.frames) == (361, 641, 25)
    assert score_take(report).verdict == "pass"


def test_without_ffprobe_ffmpeg_alone_measures_the_same(
    clips: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = measure_clip(clips["good"])
    (tmp_path / "notes.mp4").write_bytes(bytes(range(256)) * 64)
    find = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "ffprobe" else find(name))
    alone = measure_clip(clips["good"])
    assert (alone.width, alone.height, alone.fps, alone.frames) == (640, 360, 24.0, 48)
    assert alone.sharpness == usual.sharpness
    with pytest.raises(MediaError) as refused:
        measure_clip(tmp_path / "notes.mp4")
    assert refused.value.code == "media.format"


def test_end_difference_is_small_for_the_still_a_clip_ends_on_and_large_for_another(
    film: Film, room: Picture, tmp_path: Path
) -> None:
    clip = film("turned", lambda number: room if number < 12 else 255 - room, 24)
    cv2.imwrite(str(tmp_path / "begin.png"), room)
    cv2.imwrite(str(tmp_path / "end.png"), 255 - room)
    kept = measure_clip(clip, last_frame=tmp_path / "end.png")
    assert kept.end_difference is not None and kept.end_difference < 4
    missed = measure_clip(clip, last_frame=tmp_path / "begin.png")
    assert missed.end_difference is not None and missed.end_difference > 40
    assert "ending" in {f.code for f in score_take(missed).findings}
    assert measure_clip(clip).end_difference is None
