"""Files that are not what they say: cut short, damaged, empty, of another kind, changed meanwhile; and sound of
every kind. The right result, or an error that names the clip and its place."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.decode import decode_sound
from craft.render.errors import ProbeError, RenderError
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Gap, MediaKind, MediaRef, SoundClip, SoundTrack, Timeline, Track
from craft.render.outputs.deliver import deliver
from craft.render.outputs.hls import hls
from craft.render.outputs.upscale import upscale
from craft.render.tools import Tools, find_tools
from craft.render.wav import open_wav
from craft.terms.sound import Layer
from tests.render.conftest import RATE, Shelf, ffmpeg, greys, numbers
from tests.render.test_bad_inputs import made_of, refusal, shot

SECRET = "ffconcat version 1.0\nfile {}\n"
STREAM = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"
SESSION = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='{}'/></svg>"


def streamed(shelf: Shelf, folder: Path) -> Path:
    """A ramp of 48 frames whose index comes first, in groups of 12."""
    path = folder / "streamed.mp4"
    source = ("-i", str(shelf(shelf.ramp().sha256)), "-vf", "noise=alls=8:all_seed=1", "-g", "12")
    ffmpeg(*source, "-movflags", "+faststart", str(path))
    return path


def test_what_is_no_media_is_refused_by_name(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    real = shelf(shelf.ramp().sha256)
    contents = {
        "empty.mp4": b"",
        "noise.mov": random.Random(1).randbytes(20_000),
        "page.mp4": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
        "list.mp4": SECRET.format(real).encode(),
        "stream.mp4": STREAM.format(real).encode(),
        "stream.m3u8": STREAM.format(real).encode(),
        "session.sdp": SESSION.encode(),
        "drawing.png": DRAWING.format(real).encode(),
        "zeros.mkv": bytes(10_000),
    }
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        error = refusal([shot(shelf, path, 2, name=name)], shelf, tmp_path, spec)
        assert isinstance(error, ProbeError) and error.code == "unreadable", name


def test_sound_without_a_picture_is_no_shot(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    path = tmp_path / "song.mp4"
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(path))
    assert refusal([shot(shelf, path, 2)], shelf, tmp_path, spec).code == "no_picture"


def test_file_cut_short_gives_what_is_whole_and_refuses_the_rest(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    whole = streamed(shelf, tmp_path)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    assert numbers(greys(made_of([shot(shelf, cut, 12)], shelf, tmp_path, spec).master)) == list(range(12))
    error = refusal([shot(shelf, cut, 48)], shelf, tmp_path, spec)
    assert error.code in ("segment_short", "source_damaged")
    headless = tmp_path / "headless.mp4"
    headless.write_bytes(shelf(shelf.ramp().sha256).read_bytes()[:-2000])
    assert refusal([shot(shelf, headless, 2)], shelf, tmp_path, spec).code == "unreadable"


def test_damaged_frames_are_never_concealed(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    whole = streamed(shelf, tmp_path).read_bytes()
    start = whole.index(b"mdat") + 4
    middle = start + (len(whole) - start) * 6 // 10
    data = whole[:middle] + random.Random(2).randbytes(1500) + whole[middle + 1500 :]
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    assert numbers(greys(made_of([shot(shelf, path, 12)], shelf, tmp_path, spec).master)) == list(range(12))
    error = refusal([shot(shelf, path, 48, name="the storm")], shelf, tmp_path, spec)
    assert error.code == "source_damaged" and "the storm (frames 0..48)" in error.what


def test_recording_that_begins_between_key_frames_is_shown_from_its_first_whole_one(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    stream, late = tmp_path / "whole.ts", tmp_path / "late.ts"
    ffmpeg("-i", str(streamed(shelf, tmp_path)), "-c", "copy", str(stream))
    data = stream.read_bytes()
    late.write_bytes(data[len(data) // 188 // 5 * 188 :])
    seen = numbers(greys(made_of([shot(shelf, late, 10)], shelf, tmp_path, spec).master))
    assert seen == list(range(12, 22)) or seen == list(range(24, 34))


def test_bytes_behind_the_end_change_nothing(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    path = tmp_path / "grown.mp4"
    path.write_bytes(streamed(shelf, tmp_path).read_bytes() + random.Random(3).randbytes(5000))
    assert numbers(greys(made_of([shot(shelf, path, 48)], shelf, tmp_path, spec).master)) == list(range(48))


def meddled(folder: Path, deed: str) -> Tools:
    """An ffmpeg before whose encoding somebody does something to a file."""
    tools, script = find_tools(), folder / "ffmpeg"
    script.write_text(f'#!/bin/sh\ncase "$*" in *libx264*) {deed};; esac\nexec {tools.ffmpeg} "$@"\n')
    script.chmod(0o755)
    return replace(tools, ffmpeg=str(script))


def test_medium_that_goes_or_shrinks_between_probe_and_render_is_named(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    for deed, codes in (
        ("rm -f '{}'", ["ffmpeg_failed"]),
        ("truncate -s 6000 '{}'", ["source_damaged", "segment_short"]),
    ):
        path = streamed(shelf, tmp_path)
        timeline = Timeline(RATE, Track((shot(shelf, path, 48, name="the shore"),)))
        tools = meddled(tmp_path, deed.format(path))
        with pytest.raises(RenderError) as caught:
            assemble(timeline, shelf, tmp_path / "out", None, spec=spec, tools=tools)
        assert caught.value.code in codes and "the shore (frames 0..48)" in str(caught.value)
        assert not list((tmp_path / "out").glob("*.mp4"))
        path.unlink(missing_ok=True)
    with pytest.raises(RenderError) as caught:
        assemble(timeline, shelf, tmp_path / "out", None, spec=spec)
    assert caught.value.code == "missing_media" and "the shore (frames 0..48)" in str(caught.value)


TONE = "sine=f=440:d=1:r={},volume=12dB"
"""A sine of ffmpeg is an eighth of full scale; with this about half."""
SOUNDS = {
    "mono 44100.wav": (44_100, ["-c:a", "pcm_s16le"]),
    "8 bit.wav": (22_050, ["-c:a", "pcm_u8"]),
    "24 bit 96 kHz.wav": (96_000, ["-c:a", "pcm_s24le"]),
    "float.wav": (48_000, ["-c:a", "pcm_f32le"]),
    "64 bit.wav": (48_000, ["-c:a", "pcm_f64le"]),
    "surround.flac": (48_000, ["-af", "pan=5.1|FL=c0|FR=c0|FC=0*c0|LFE=0*c0|BL=0*c0|BR=0*c0"]),
    "song.mp3": (44_100, ["-b:a", "192k"]),
    "line.m4a": (44_100, ["-c:a", "aac", "-b:a", "192k"]),
    "voice.ogg": (48_000, ["-c:a", "libopus", "-b:a", "96k"]),
    "telephone.wav": (8_000, ["-c:a", "pcm_mulaw"]),
}


def heard(samples: NDArray[np.float32]) -> tuple[float, float]:
    """The frequency and the RMS of the middle of a tone."""
    middle = samples[4800:43200].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return float(spectrum.argmax() * 48_000 / len(middle)), float(np.sqrt(np.mean(middle**2)))


def test_sound_of_every_rate_depth_and_layout_keeps_its_pitch_and_level(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    clips = []
    for number, (name, (rate, options)) in enumerate(SOUNDS.items()):
        path = tmp_path / name
        ffmpeg("-f", "lavfi", "-i", TONE.format(rate), *options, str(path))
        clips.append(SoundClip(MediaRef(shelf.keep(path), MediaKind.SOUND), 24 * number, 24, name=name))
    timeline = Timeline(RATE, Track((Gap(24 * len(clips)),)), (SoundTrack(Layer.EFFECTS, tuple(clips)),))
    made = assemble(timeline, shelf, tmp_path / "out", None, spec=spec)
    stem = open_wav(made.stems[Layer.EFFECTS])
    wanted = 10 ** (12 / 20) / 8 / np.sqrt(2)
    for number, name in enumerate(SOUNDS):
        piece = stem[number * 48_000 : (number + 1) * 48_000]
        for side in (0, 1):
            pitch, level = heard(piece[:, side])
            loss = 20 * np.log10(level / wanted)
            # what is mixed down from six channels is made softer, so that it cannot clip
            assert abs(pitch - 440) <= 1.5 and (-8 if "surround" in name else -0.4) < loss < 0.4, name
    assert made.warnings == ()


def test_sound_of_a_file_begins_with_its_picture(tmp_path: Path) -> None:
    """A click half a second after the first picture is heard half a second after it, whichever track is late."""
    rate = 48_000
    click = np.zeros(3 * rate, np.float32)
    click[rate : rate + 480] = 0.5
    raw = tmp_path / "click.f32"
    raw.write_bytes(click.tobytes())
    for late, name in ((0.5, "a.mkv"), (-0.25, "b.mkv"), (0.5, "c.ts"), (-0.25, "d.ts"), (-0.25, "e.mp4")):
        path = tmp_path / name
        seen = ["-itsoffset", str(max(late, 0)), "-f", "lavfi", "-i", "testsrc2=s=64x36:r=24:d=3"]
        sounds = ["-itsoffset", str(max(-late, 0)), "-f", "f32le", "-ar", "48000", "-ac", "1", "-i", str(raw)]
        codec = ["-c:a", "flac" if name.endswith("mkv") else "aac", "-fps_mode", "passthrough"]
        ffmpeg(*seen, *sounds, "-map", "0", "-map", "1", "-c:v", "libx264", "-bf", "0", *codec, str(path))
        pieces: list[NDArray[np.float32]] = []
        decode_sound(find_tools(), path, 0, None, pieces.append, what=name)
        onset = int(np.flatnonzero(np.abs(np.concatenate(pieces)[:, 0]) > 0.1)[0])
        assert abs(onset - (1 - late) * rate) < rate // 200, name


def test_sound_that_cannot_be_had_is_named_with_its_place(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    silent = shelf(shelf.ramp().sha256)
    page = tmp_path / "page.wav"
    page.write_text("<html>")
    empty = tmp_path / "empty.mp3"
    empty.touch()
    for path, code in ((silent, "no_sound"), (page, "sound_unreadable"), (empty, "sound_unreadable")):
        spoken = SoundClip(MediaRef(shelf.keep(path), MediaKind.SOUND), 7, 10, name="line 3")
        timeline = Timeline(RATE, Track((Gap(24),)), (SoundTrack(Layer.DIALOGUE, (spoken,)),))
        with pytest.raises(RenderError) as caught:
            assemble(timeline, shelf, tmp_path / "out", None, spec=spec)
        assert caught.value.code == code and "dialogue line 3 at frame 7" in str(caught.value)
        assert not (tmp_path / "out" / "master.mp4").exists()


def test_sound_cut_short_is_followed_by_silence_and_said(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    whole, cut = tmp_path / "whole.wav", tmp_path / "cut.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=d=2:r=48000", str(whole))
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    clip = SoundClip(MediaRef(shelf.keep(cut), MediaKind.SOUND), 0, 48, name="line 4")
    timeline = Timeline(RATE, Track((Gap(48),)), (SoundTrack(Layer.DIALOGUE, (clip,)),))
    made = assemble(timeline, shelf, tmp_path / "out", None, spec=spec)
    assert made.frames == 48
    assert any("line 4" in warning and "1.00 s shorter" in warning for warning in made.warnings)


Make = Callable[[Path, Path], object]
OUTPUTS: dict[str, Make] = {
    "copy": lambda master, folder: deliver(master, "h264_mp4", folder / "copy.mp4"),
    "encode": lambda master, folder: deliver(master, "hevc_mp4", folder / "hevc.mp4"),
    "stream": lambda master, folder: hls(master, folder / "hls"),
    "enlarge": lambda master, folder: upscale(master, (320, 180), folder / "large.mp4"),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_damaged_master_gives_no_output_at_all(
    name: str, shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    master = made_of([shot(shelf, streamed(shelf, tmp_path), 48)], shelf, tmp_path, spec).master
    data = master.read_bytes()
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    damages = {
        "cut": data[:middle],
        "torn": data[:middle] + random.Random(4).randbytes(400) + data[middle + 400 :],
        "empty": b"",
        "page": b"<html>",
    }
    for damage, content in damages.items():
        if damage == "torn" and name in ("copy", "stream"):
            continue  # packets are taken as they are; nobody looks into them
        broken, folder = tmp_path / f"{damage}.mp4", tmp_path / damage
        broken.write_bytes(content)
        folder.mkdir()
        with pytest.raises(RenderError):
            OUTPUTS[name](broken, folder)
        assert [path for path in folder.rglob("*") if path.is_file()] == [], damage
