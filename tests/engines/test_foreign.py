"""Foreign files: what is not what was asked for does not count."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest

from engines import foreign
from engines.adapters.base import BadOutput, Clip, Effect, Fetched, Keyframe, Request, Speech
from engines.adapters.requests import CloneVoice
from fake_engines.works import make

CLIP = Clip(prompt="", width=64, height=36, rate="24", frames=24)
STILL = Keyframe(prompt="", width=64, height=36)
LINE = Speech(text="Yes", language="en", voice={})
THUNDER = Effect(sound="thunder", seconds=2.0)
VOICE = CloneVoice(name="A", consent="c-1", samples=())
BARE = ("-id3v2_version", "0", "-write_xing", "0")
CODERS = {
    "mp3": ["-c:a", "libmp3lame", "-b:a", "128k"],
    "flac": ["-c:a", "flac"],
    "ogg": ["-c:a", "libvorbis"],
}
pytestmark = pytest.mark.skipif(
    not foreign.available(), reason="needs bubblewrap: without it remote engines are not used"
)


def clip_bytes(frames: int = 24) -> bytes:
    return make("clip", {"width": 64, "height": 36, "frames": frames, "rate": "24"}, 1)[1]


def packed(form: str, seconds: float = 2.0, *options: str) -> bytes:
    """A tone as MP3, FLAC or OGG, whose head tells its length unless the options say otherwise."""
    with tempfile.NamedTemporaryFile(suffix=f".{form}") as out:
        argv = ["ffmpeg", "-v", "error", "-y", "-i", "-", *CODERS[form], *options, "-f", form, out.name]
        subprocess.run(argv, input=make("speech", {"seconds": seconds}, 1)[1], check=True, timeout=60)
        return Path(out.name).read_bytes()


def save(folder: Path, data: bytes) -> Fetched:
    path = folder / "got.bin"
    path.write_bytes(data)
    return Fetched(path, "video/mp4")


def test_good_clip_passes_with_its_true_figures(tmp_path: Path) -> None:
    seen = foreign.check(save(tmp_path, clip_bytes()), CLIP)
    assert (seen.mime, seen.meta["frames"], seen.meta["width"], seen.meta["seconds"]) == (
        "video/mp4",
        24,
        64,
        1.0,
    )


def test_good_still_passes(tmp_path: Path) -> None:
    assert (
        foreign.check(save(tmp_path, make("keyframe", {"width": 64, "height": 36}, 1)[1]), STILL).mime
        == "image/png"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"<!doctype html>", "something unknown instead of a clip"),
        (make("keyframe", {"width": 8, "height": 8}, 1)[1], "image/png instead of a clip"),
        (clip_bytes()[:-400], "damaged|neither"),
        (clip_bytes(8), "0.33 s instead of 1.00 s"),
    ],
)
def test_wrong_file_is_refused_with_the_reason(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(BadOutput, match=message):
        foreign.check(save(tmp_path, data), CLIP)


def test_play_list_cannot_read_another_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=red:size=64x36:rate=24:duration=1",
            "-y",
            str(secret),
        ],
        check=True,
    )
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode()
    for data in (text, b"\0\0\0\x18ftypisom" + text):
        with pytest.raises(BadOutput):
            foreign.check(save(tmp_path, data), CLIP)


@pytest.mark.parametrize("form", sorted(CODERS))
@pytest.mark.parametrize("request_", [LINE, THUNDER], ids=["speech", "effect"])
def test_packed_sound_comes_back_as_wav_of_the_same_length(
    tmp_path: Path, form: str, request_: Request
) -> None:
    seen = foreign.check(save(tmp_path, packed(form)), request_)
    head = seen.path.read_bytes()[:32]
    assert (seen.mime, foreign.sniff(head)) == ("audio/wav", "audio/wav")
    assert seen.meta["seconds"] == pytest.approx(2.0, abs=0.06)
    assert int.from_bytes(head[24:28], "little") == 48_000


@pytest.mark.parametrize("name", ["result.mp3", "result.wav", "result"])
def test_packed_sound_is_never_written_over_itself(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(packed("mp3"))
    seen = foreign.check(Fetched(path, "audio/mpeg"), LINE)
    assert seen.path != path and foreign.sniff(path.read_bytes()[:32]) == "audio/mpeg"


def test_mpeg_audio_is_known_with_and_without_a_tag() -> None:
    bare = packed("mp3", 1.0, *BARE)
    assert foreign.sniff(packed("mp3", 1.0)[:32]) == foreign.sniff(bare[:32]) == "audio/mpeg"
    for other in (b"\xff\xf1\x50\x80", b"\xff\xd8\xff\xe0", b"\xff\xfb\xf0\x00", b"\xff\xfb", b"\xff" * 8):
        assert foreign.sniff(other) != "audio/mpeg"


def test_unpacked_sound_may_be_larger_than_what_other_programs_may_write(tmp_path: Path) -> None:
    into = tmp_path / "long.wav"
    assert foreign.sound_of(save(tmp_path, packed("flac", 15.0)).path, into) == pytest.approx(15.0, abs=0.06)
    assert into.stat().st_size > 2 << 20


@pytest.mark.parametrize("form", sorted(CODERS))
def test_sound_cut_short_is_refused(tmp_path: Path, form: str) -> None:
    data = packed(form, 4.0)
    with pytest.raises(BadOutput):
        foreign.check(save(tmp_path, data[: len(data) // 2]), LINE if form != "ogg" else THUNDER)


def test_speech_that_ends_before_its_last_word_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, packed("mp3", 2.0, *BARE)).path
    assert foreign.check(Fetched(path, "audio/mpeg", {"ends_at": 1.95}), LINE).mime == "audio/wav"
    with pytest.raises(BadOutput, match="ends after 2"):
        foreign.check(Fetched(path, "audio/mpeg", {"ends_at": 2.5}), LINE)


def test_sound_is_no_picture_and_a_picture_no_sound(tmp_path: Path) -> None:
    with pytest.raises(BadOutput, match="audio/mpeg instead of a clip"):
        foreign.check(save(tmp_path, packed("mp3")), CLIP)
    with pytest.raises(BadOutput, match="image/png instead of a speech"):
        foreign.check(save(tmp_path, make("keyframe", {}, 1)[1]), LINE)


@pytest.mark.parametrize(
    ("frames", "ordered", "good"),
    [
        (24, None, True),
        (24, 2.0, True),
        (36, 2.0, True),
        (48, 2.0, True),
        (52, 2.0, False),
        (20, 2.0, False),
        (48, None, False),
        (24, 0.5, True),
    ],
)
def test_any_length_between_the_asked_and_the_ordered_one_is_taken(
    tmp_path: Path, frames: int, ordered: float | None, good: bool
) -> None:
    fetched = save(tmp_path, clip_bytes(frames))
    if good:
        assert foreign.check(fetched, CLIP, ordered).meta["frames"] == frames
        return
    with pytest.raises(BadOutput, match=r"instead of 1\.00"):
        foreign.check(fetched, CLIP, ordered)


def test_facts_are_taken_as_facts(tmp_path: Path) -> None:
    assert foreign.check(save(tmp_path, b'{"voice_id": "v1"}'), VOICE).mime == "application/json"


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b'{"a": "' + b"x" * (1 << 20) + b'"}'])
def test_what_is_no_facts_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadOutput):
        foreign.check(save(tmp_path, data), VOICE)
