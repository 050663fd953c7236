"""A master as HLS without coding anything again: the player's fragments hold the master's own frames.

    out/master.m3u8            what the player opens
    out/video/                 init.mp4, 00000.m4s …, index.m3u8
    out/sound-<n>/             one rendition for each language, the master's first
    out/words-<n>/             captions cut at the same places

Sound is kept apart from picture, so that a language more is a few small files more.
"""

from __future__ import annotations

import itertools
import math
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from craft.render import captions
from craft.render.captions import Cue
from craft.render.errors import ProbeError, RenderCancelled, RenderError
from craft.render.execute import Cancelled, never
from craft.render.model import Caption
from craft.render.outputs import cmaf
from craft.render.samples import SampleTable, read_samples
from craft.terms import rates

PLAYLIST = "master.m3u8"
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
MPEG_CLOCK = 90_000
VERSION = 7


@dataclass(frozen=True, slots=True)
class Voices:
    """One language of sound: an MP4 or M4A file with AAC. `language` is a BCP-47 tag."""

    path: Path
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """One language of captions, in frames of the programme."""

    captions: tuple[Caption, ...]
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class HlsSpec:
    """How long a segment may be where key frames allow, the language of the master's sound, and more of both."""

    segment_seconds: Fraction = Fraction(4)
    language: str = "und"
    name: str = "Original"
    sounds: tuple[Voices, ...] = ()
    words: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class HlsStream:
    """A finished stream: its playlist, its segments of picture, and bits per second (peak, average)."""

    playlist: Path
    segments: int
    bandwidth: int
    average_bandwidth: int
    codecs: str
    files: tuple[Path, ...]


def hls(master: Path, out: Path, spec: HlsSpec | None = None, *, cancelled: Cancelled = never) -> HlsStream:
    """Write the stream into the folder `out`, which is replaced as a whole when everything is written.

    Raises `RenderError` ("no_picture", "language", "uneven"), `ProbeError` for a damaged file or a codec that
    players have no name for, `RenderCancelled`.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        job = _Stream(master, room / "new", spec or HlsSpec(), cancelled)
        made = job.write()
        if out.exists():
            out.rename(room / "old")
        (room / "new").rename(out)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return HlsStream(
        playlist=out / PLAYLIST,
        segments=len(job.cuts) - 1,
        bandwidth=made[0],
        average_bandwidth=made[1],
        codecs=job.codecs,
        files=tuple(sorted(path for path in out.rglob("*") if path.is_file())),
    )


@dataclass
class _Stream:
    master: Path
    out: Path
    spec: HlsSpec
    cancelled: Cancelled
    cuts: list[Fraction] = field(default_factory=list)
    codecs: str = ""

    def write(self) -> tuple[int, int]:
        tables = read_samples(self.master)
        picture = tables.get("video")
        if picture is None or not picture.count:
            raise RenderError("no_picture", self.master.name, "the file has no picture")
        self.out.mkdir()
        firsts, self.cuts = picture_cuts(picture, self.spec.segment_seconds)
        peak, mean = self._track("video", self.master, picture, firsts)
        lines, voice = self._sounds(tables.get("audio"))
        words = self._words(picture)
        names = [cmaf.codec_string(picture), *([voice[2]] if voice else [])]
        self.codecs = ",".join(names)
        peak, mean = peak + (voice[0] if voice else 0), mean + (voice[1] if voice else 0)
        rate = _rate(picture)
        stream = [
            f"BANDWIDTH={peak}",
            f"AVERAGE-BANDWIDTH={mean}",
            f'CODECS="{self.codecs}"',
            f"RESOLUTION={picture.width}x{picture.height}",
            f"FRAME-RATE={rate.fps:.3f}",
            *(['AUDIO="sound"'] if lines else []),
            *(['SUBTITLES="words"'] if words else ["CLOSED-CAPTIONS=NONE"]),
        ]
        text = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS", *lines, *words]
        text += [f"#EXT-X-STREAM-INF:{','.join(stream)}", "video/index.m3u8"]
        (self.out / PLAYLIST).write_text("\n".join(text) + "\n", encoding="utf-8")
        return peak, mean

    def _sounds(self, own: SampleTable | None) -> tuple[list[str], tuple[int, int, str] | None]:
        """Playlist lines, and the most bits (peak, mean) and the codec of any language."""
        offered = [(self.master, own, self.spec.language, self.spec.name)] if own is not None else []
        for voices in self.spec.sounds:
            table = read_samples(voices.path).get("audio")
            if table is None:
                raise RenderError("no_sound", voices.path.name, "the file has no sound")
            offered.append((voices.path, table, voices.language, voices.name))
        lines, loads = [], []
        for number, (path, table, language, name) in enumerate(offered):
            folder = f"sound-{number}"
            assert table is not None
            loads.append(self._track(folder, path, table, _sound_cuts(table, self.cuts)))
            default = "YES" if number == 0 else "NO"
            lines.append(_media("AUDIO", "sound", name, language, default, f"{folder}/index.m3u8"))
        if not offered or offered[0][1] is None:
            return lines, None
        codec = cmaf.codec_string(offered[0][1])
        return lines, (max(one for one, _ in loads), max(one for _, one in loads), codec)

    def _track(self, name: str, path: Path, table: SampleTable, edges: Sequence[int]) -> tuple[int, int]:
        """Write one track's segments and playlist; its bits per second, peak and average."""
        folder = self.out / name
        folder.mkdir()
        (folder / "init.mp4").write_bytes(cmaf.initialisation(table))
        listed: list[tuple[str, Fraction]] = []
        peak = Fraction(0)
        with path.open("rb") as source:
            for number, (first, last) in enumerate(itertools.pairwise(edges)):
                if self.cancelled():
                    raise RenderCancelled(f"HLS of {self.master.name}")
                data = cmaf.fragment(table, source, first, last, number + 1)
                (folder / f"{number:05d}.m4s").write_bytes(data)
                seconds = Fraction(int(table.durations[first:last].sum()), table.timescale)
                listed.append((f"{number:05d}.m4s", seconds))
                peak = max(peak, len(data) * 8 / seconds)
        total = Fraction(int(table.durations.sum()), table.timescale)
        (folder / "index.m3u8").write_text(_playlist(listed, init=True), encoding="ascii")
        return math.ceil(peak), math.ceil(int(table.sizes.sum()) * 8 / total)

    def _words(self, picture: SampleTable) -> list[str]:
        rate = _rate(picture)
        lines = []
        for number, words in enumerate(self.spec.words):
            folder = self.out / f"words-{number}"
            folder.mkdir()
            found, _ = captions.cues(words.captions, rate)
            listed = []
            for segment, (start, end) in enumerate(itertools.pairwise(self.cuts)):
                inside = [cue for cue in found if _overlaps(cue, rate, start, end)]
                (folder / f"{segment:05d}.vtt").write_text(_vtt(inside, rate), encoding="utf-8")
                listed.append((f"{segment:05d}.vtt", end - start))
            (folder / "index.m3u8").write_text(_playlist(listed, init=False), encoding="ascii")
            default = "YES" if number == 0 else "NO"
            uri = f"words-{number}/index.m3u8"
            lines.append(_media("SUBTITLES", "words", words.name, words.language, default, uri))
        return lines


def _rate(picture: SampleTable) -> rates.FrameRate:
    lengths = set(picture.durations.tolist())
    if len(lengths) != 1:
        raise RenderError("uneven", "HLS", "the frames are not evenly spaced")
    return rates.FrameRate(picture.timescale, int(lengths.pop()))


def picture_cuts(picture: SampleTable, longest: Fraction) -> tuple[list[int], list[Fraction]]:
    """Sample indices and seconds at which segments begin, and the end of both.

    Every segment begins with a key frame and ends with the last one that keeps it within `longest`; where
    key frames are further apart it lasts until the next. Raises `ProbeError` when the first is none.
    """
    keys = picture.keys.tolist()
    if not keys or keys[0] != 0:
        raise ProbeError("no_key_frame", "the picture does not begin with a key frame")
    shown = picture.shown
    times = [Fraction(int(shown[key]), picture.timescale) for key in keys]
    end = Fraction(int(shown.max()) + int(picture.durations[-1]), picture.timescale)
    samples, seconds = [0], [times[0]]
    for number, key in enumerate(keys[1:], 1):
        following = times[number + 1] if number + 1 < len(keys) else end
        if following - seconds[-1] > longest:
            samples.append(key)
            seconds.append(times[number])
    return [*samples, picture.count], [*seconds, end]


def _sound_cuts(table: SampleTable, cuts: Sequence[Fraction]) -> list[int]:
    """The packets at which the picture's segments begin; what lies ahead of the programme goes to the first."""
    shown = table.shown
    inner = [int(np.searchsorted(shown, math.ceil(cut * table.timescale))) for cut in cuts[1:-1]]
    # a track shorter than the picture has no empty segments
    return sorted({0, *(at for at in inner if 0 < at < table.count), table.count})


def _overlaps(cue: Cue, rate: rates.FrameRate, start: Fraction, end: Fraction) -> bool:
    return rate.seconds(cue.start_frame) < end and rate.seconds(cue.end_frame) > start


def _vtt(found: Sequence[Cue], rate: rates.FrameRate) -> str:
    head = f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{cmaf.CLOCK * MPEG_CLOCK},LOCAL:00:00:00.000\n"
    return head + captions.vtt(found, rate).removeprefix("WEBVTT\n")


def _playlist(listed: Sequence[tuple[str, Fraction]], *, init: bool) -> str:
    longest = max(1, math.ceil(max(seconds for _, seconds in listed)))
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", f"#EXT-X-TARGETDURATION:{longest}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
    lines += ["#EXT-X-INDEPENDENT-SEGMENTS", '#EXT-X-MAP:URI="init.mp4"'] if init else []
    for name, seconds in listed:
        lines += [f"#EXTINF:{float(seconds):.6f},", name]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _media(kind: str, group: str, name: str, language: str, default: str, uri: str) -> str:
    """A rendition's line. Raises `RenderError("language")` for what is no language tag."""
    if LANGUAGE.fullmatch(language) is None:
        raise RenderError("language", f"{kind.lower()} rendition", f"{language[:20]!r} is no language tag")
    # quoted strings hold neither quotes nor line ends
    shown = "".join(sign for sign in name if sign.isprintable() and sign != '"') or language
    parts = [f"TYPE={kind}", f'GROUP-ID="{group}"', f'NAME="{shown}"', f'LANGUAGE="{language}"']
    parts += [f"DEFAULT={default}", "AUTOSELECT=YES", f'URI="{uri}"']
    return f"#EXT-X-MEDIA:{','.join(parts)}"
