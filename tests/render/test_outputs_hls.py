"""HLS holds the master's own frames, at their times, and players are told the truth about them."""

from __future__ import annotations

import re
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from craft.render.errors import ProbeError, RenderError
from craft.render.master import AssemblySpec
from craft.render.model import Caption
from craft.render.outputs.deliver import deliver
from craft.render.outputs.hls import HlsSpec, Voices, Words, hls
from craft.render.samples import read_samples
from craft.terms import rates
from tests.render.conftest import RATE, Shelf, greys, numbers
from tests.render.test_outputs_deliver import RAMP, made_master

NTSC = rates.FrameRate(30000, 1001)


@pytest.fixture(scope="module", params=[RATE, NTSC], ids=str)
def film(
    request: pytest.FixtureRequest, shelf: Shelf, spec: AssemblySpec, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return made_master(shelf, tmp_path_factory.mktemp("film"), spec, request.param)


def hashes(path: Path, stream: str, *how: str) -> list[str]:
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:{stream}", *how, "-f", "framehash", "-"]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return [line.split(",")[5].strip() for line in done.stdout.splitlines() if not line.startswith("#")]


def times(path: Path, stream: str) -> list[tuple[Fraction, Fraction]]:
    """(presentation, decoding) seconds of every packet, in decoding order."""
    wanted = ["-show_entries", "packet=pts,dts:stream=time_base", "-of", "csv=p=1"]
    argv = ["ffprobe", "-v", "error", "-select_streams", stream, *wanted, str(path)]
    lines = [
        line.split(",")
        for line in subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()
    ]
    base = Fraction(next(line[1] for line in lines if line[0] == "stream"))
    return [(int(line[1]) * base, int(line[2]) * base) for line in lines if line[0] == "packet"]


def test_fragments_are_the_masters_packets_and_decode_to_its_frames(film: Path, tmp_path: Path) -> None:
    made = hls(film, tmp_path / "hls", HlsSpec(Fraction(2)))
    picture, sound = made.playlist.parent / "video/index.m3u8", made.playlist.parent / "sound-0/index.m3u8"
    assert made.segments >= 2
    assert hashes(picture, "v", "-c", "copy") == hashes(film, "v", "-c", "copy")
    assert hashes(sound, "a", "-c", "copy") == hashes(film, "a", "-c", "copy")
    assert hashes(made.playlist, "v") == hashes(film, "v")
    assert numbers(greys(picture)) == RAMP


def test_picture_and_sound_keep_their_distance_to_the_tick(film: Path, tmp_path: Path) -> None:
    made = hls(film, tmp_path / "hls", HlsSpec(Fraction(2)))
    for track, folder in (("v", "video"), ("a", "sound-0")):
        seen = times(made.playlist.parent / folder / "index.m3u8", track)
        before = times(film, track)
        assert [pts - 1 for pts, _ in seen] == [pts for pts, _ in before]
        assert [dts - 1 for _, dts in seen] == [dts for _, dts in before]


def test_segments_stand_alone_and_none_is_too_long(film: Path, tmp_path: Path) -> None:
    made = hls(film, tmp_path / "hls", HlsSpec(Fraction(1)))
    folder = made.playlist.parent / "video"
    text = (folder / "index.m3u8").read_text()
    lengths = [float(found) for found in re.findall(r"#EXTINF:([\d.]+),", text)]
    keys = read_samples(film)["video"].key_frames()
    assert len(lengths) == made.segments == len(list(folder.glob("*.m4s")))
    target = re.search(r"TARGETDURATION:(\d+)", text)
    assert target is not None and max(lengths) <= int(target[1])
    counted = 0
    for number in range(made.segments):
        alone = tmp_path / f"{number}.mp4"
        alone.write_bytes((folder / "init.mp4").read_bytes() + (folder / f"{number:05d}.m4s").read_bytes())
        assert counted in keys
        counted += len(hashes(alone, "v"))
    assert counted == 72


def test_playlist_says_what_a_player_has_to_know(shelf: Shelf, film: Path, tmp_path: Path) -> None:
    words = (Caption(6, 60, "Fish & chips", "MARA"),)
    spec = HlsSpec(
        Fraction(2), "en", 'Eng"lish\n', (Voices(film, "de-AT", "Deutsch"),), (Words(words, "en", "English"),)
    )
    made = hls(film, tmp_path / "hls", spec)
    text = made.playlist.read_text()
    assert re.search(r'CODECS="avc1\.6400[0-9A-F]{2},mp4a\.40\.2"', text) and "RESOLUTION=160x90" in text
    rate = read_samples(film)["video"]
    fps = Fraction(rate.timescale, int(rate.durations[0]))
    assert f"FRAME-RATE={float(fps):.3f}" in text
    assert 'NAME="English",LANGUAGE="en",DEFAULT=YES' in text and 'LANGUAGE="de-AT",DEFAULT=NO' in text
    assert 'AUDIO="sound"' in text and 'SUBTITLES="words"' in text
    data = sum(path.stat().st_size for path in made.playlist.parent.glob("video/*.m4s"))
    peak = re.search(r"[:,]BANDWIDTH=(\d+)", text)
    assert peak is not None and int(peak[1]) >= data * 8 / float(72 / fps)
    assert made.average_bandwidth <= made.bandwidth
    listed = [*re.findall(r'URI="([^"]+)"', text), "video/index.m3u8"]
    assert all((made.playlist.parent / name).is_file() for name in listed)


def test_captions_are_in_every_segment_they_last_into(film: Path, tmp_path: Path) -> None:
    words = (Caption(0, 12, "First."), Caption(40, 70, "Long & late.", "MARA"))
    made = hls(film, tmp_path / "hls", HlsSpec(Fraction(2), words=(Words(words, "en", "English"),)))
    parts = [path.read_text() for path in sorted((made.playlist.parent / "words-0").glob("*.vtt"))]
    assert len(parts) == made.segments
    assert all(part.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90000,LOCAL:00:00:00.000\n") for part in parts)
    assert ["First." in part for part in parts] == [True] + [False] * (len(parts) - 1)
    assert sum("<v MARA>Long &amp; late." in part for part in parts) >= 2


def test_hevc_is_named_and_copied_too(film: Path, tmp_path: Path) -> None:
    hevc = deliver(film, "hevc_mp4", tmp_path / "film.mp4").path
    made = hls(hevc, tmp_path / "hls")
    assert re.fullmatch(r"hvc1\.1\.6\.L\d+(\.[0-9A-F]+)*,mp4a\.40\.2", made.codecs)
    assert hashes(made.playlist, "v") == hashes(hevc, "v")


def test_stream_is_replaced_as_a_whole_or_not_at_all(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "hls"
    hls(film, out, HlsSpec(Fraction(1)))
    before = sorted(path.name for path in (out / "video").iterdir())
    with pytest.raises(RenderError) as caught:
        hls(film, out, HlsSpec(sounds=(Voices(film, 'x"y', "Bad"),)))
    assert caught.value.code == "language"
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(film.read_bytes()[:-5000])
    with pytest.raises(ProbeError):
        hls(broken, out)
    assert sorted(path.name for path in (out / "video").iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.mp4", "hls"]
    assert hls(film, out, HlsSpec(Fraction(9))).segments == 1
    assert len(list((out / "video").glob("*.m4s"))) == 1
