"""Foreign bytes: what a remote engine sends counts only after it was looked at in a sandbox.

Without network, host files or environment, with limits on processor, memory and file size (reliability §3.7). Where
there is no sandbox, remote engines are not used: there is no falling back.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from craft.vision import forkserver, sandbox, tool
from craft.vision.sandbox import INSIDE
from engines import mp4
from engines.adapters.base import BadOutput, Fetched, Request

FORMATS = "mov,mp4,matroska,webm,wav,aiff,mp3,flac,ogg,aac,png_pipe,jpeg_pipe"
# By the names of the decoders: MP3 is read by `mp3float`.
CODECS = (
    "h264,hevc,vp9,av1,prores,png,mjpeg,aac,mp3float,opus,vorbis,flac,alac,"
    "pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_s16be,pcm_s24be"
)
MAX_PIXELS = 35_389_440
MAX_SOUND_SECONDS, MAX_SOUND_BYTES = 3600, 800 << 20
# Films that people bring are longer and larger than what engines send.
MAX_FILM_BYTES, FILM_SIDE, FILM_SECONDS = 400 << 20, 1280, 300
# What ffmpeg puts ahead of the samples of a WAV on a pipe.
WAV_HEAD = 44
MAX_PICTURE_BYTES, MAX_PICTURE_SIDE = 24 << 20, 2048
MAX_WORDS = 1 << 20
WALL_SECONDS, CPU_SECONDS = 90, 60
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
)
PICTURES = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp"}
PICTURE_CODECS = "png,mjpeg,webp"
# Sound that is not WAV is unpacked: everything behind this reads WAV.
PACKED = ("audio/mpeg", "audio/flac", "audio/ogg")
SOUND = ("audio/wav", *PACKED)
WANTED = {
    "keyframe": ("image/png", "image/jpeg"),
    "clip": ("video/mp4",),
    "lips": ("video/mp4",),
    "upscale": ("video/mp4",),
    "speech": SOUND,
    "dialogue": SOUND,
    "score": SOUND,
    "effect": SOUND,
}
# Kinds whose result is words or facts in a JSON object, no media.
WORDS = ("text", "voice")
# An engine may round to its own frame grid; more than this is another length.
LENGTH_TOLERANCE, LENGTH_SHARE = 0.1, 0.02


def sniff(head: bytes) -> str:
    """The MIME type by the first bytes, or an empty text. Declared types and names are not believed."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return next((mime for magic, mime in MAGIC if head.startswith(magic)), "") or _frame_sync(head)


def _frame_sync(head: bytes) -> str:
    """MPEG audio without a tag begins with the head of a frame: eleven set bits, then no reserved value."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return ""
    version, layer, bits, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return "audio/mpeg" if version != 1 and layer != 0 and bits not in (0, 15) and rate != 3 else ""


def check(fetched: Fetched, request: Request, ordered: float | None = None) -> Fetched:
    """The file with its true type and measured facts. Raises BadOutput when it is not what was asked for.

    `ordered` is the length in seconds that the engine was asked to make, where it makes more than was wanted; `ends_at`
    among the facts is when it says that the last word is over. Packed sound comes back as WAV beside the file.
    """
    if request.kind in WORDS:
        return _words(fetched)
    with fetched.path.open("rb") as file:
        head = file.read(32)
    if not head:
        raise BadOutput("The engine sent an empty file.")
    mime = sniff(head)
    if mime not in WANTED.get(request.kind, ()):
        raise BadOutput(f"The engine sent {mime or 'something unknown'} instead of a {request.kind}.")
    facts = _looked_through(fetched.path, mime)
    if mime in PACKED:
        fetched, mime, facts = _unpacked(fetched, facts.get("seconds"))
    _check_end(facts.get("seconds", 0.0), fetched.meta.get("ends_at"))
    _check_length(facts, request, ordered)
    return Fetched(fetched.path, mime, {**fetched.meta, **facts})


def _words(fetched: Fetched) -> Fetched:
    """An answer in words: JSON that our own parser reads; its adapter has compared it with the asked shape."""
    with fetched.path.open("rb") as file:
        data = file.read(MAX_WORDS + 1)
    try:
        fits = len(data) <= MAX_WORDS and isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        fits = False
    if not fits:
        raise BadOutput("The engine sent something else than an answer in JSON.")
    return Fetched(fetched.path, "application/json", fetched.meta)


def _unpacked(fetched: Fetched, told: float | None) -> tuple[Fetched, str, dict[str, Any]]:
    """Packed sound as a WAV beside it. A file that holds less than its head tells was cut short. Raises BadOutput."""
    wav = fetched.path.with_suffix(".48k.wav")
    seconds = sound_of(fetched.path, wav)
    _check_end(seconds, told)
    return Fetched(wav, "audio/wav", fetched.meta), "audio/wav", {"seconds": seconds}


def _check_end(seconds: float, told: float | None) -> None:
    if told is not None and told - seconds > max(LENGTH_TOLERANCE, told * LENGTH_SHARE):
        raise BadOutput(f"The engine's sound ends after {seconds:.2f} s and tells of {told:.2f} s.")


def _check_length(facts: dict[str, Any], request: Request, ordered: float | None) -> None:
    asked, got = request.units().seconds, facts.get("seconds")
    if not asked or request.kind == "keyframe":
        return
    most = max(asked, ordered or 0.0)
    least = asked - max(LENGTH_TOLERANCE, asked * LENGTH_SHARE)
    if got is None or not least <= got <= most + max(LENGTH_TOLERANCE, most * LENGTH_SHARE):
        wanted = f"{asked:.2f}" if most == asked else f"{asked:.2f} to {most:.2f}"
        raise BadOutput(f"The engine sent {got or 0:.2f} s instead of {wanted} s.")


def _looked_through(path: Path, mime: str) -> dict[str, Any]:
    """The facts of a file that decodes from end to end: one cut short often still has a good beginning.

    An ordinary silent clip is decoded by a fork of a process that has its decoder loaded. Of another MP4 whose boxes
    fill it exactly, one program that counts decoded frames without a word tells both. Any other file, and one about
    which something was said, is described and decoded in turn: the second program also refuses packets that were cut
    short without a word. Raises BadOutput.
    """
    if mime == "video/mp4" and (facts := _told_by_a_fork(path)):
        return facts
    if mime == "video/mp4" and mp4.boxes_fill(path):
        told, words = _heard(path, ["ffprobe", *_LIMITS, *_DECODERS, "-count_frames", *_DESCRIBE])
        if told and not words:
            return _facts(told)
    described, words = _heard(path, ["ffprobe", *_LIMITS, *_DESCRIBE])
    if not described:
        raise BadOutput("The file is damaged.", detail=words)
    facts = _facts(described)
    _run(path, ["ffmpeg", "-nostdin", *_LIMITS, *_DECODERS, "-xerror", "-i", INSIDE, "-f", "null", "-"])
    return facts


def measured(path: Path) -> dict[str, Any]:
    """Width, height, frames and seconds of an MP4 that decodes from end to end. Raises BadOutput."""
    return _looked_through(path, "video/mp4")


def _told_by_a_fork(path: Path) -> dict[str, Any] | None:
    """The facts of an ordinary silent clip that a fork decoded without a word; None sends it the long way.

    Length and frames are what the boxes tell, as ffprobe reads them there; the fork has to have seen as many frames, of
    the size that the boxes tell.
    """
    film = mp4.silent_film(path)
    if film is None or film.width * film.height > MAX_PIXELS:
        return None
    seen = forkserver.look(path, film.decoder, seconds=CPU_SECONDS, wall=WALL_SECONDS)
    if seen != forkserver.Seen(film.width, film.height, film.frames, words=""):
        return None
    return {"seconds": film.seconds, "width": film.width, "height": film.height, "frames": film.frames}


def _facts(report_json: bytes) -> dict[str, Any]:
    try:
        report = json.loads(report_json)
        stream = next(s for s in report["streams"] if s.get("codec_type") in ("video", "audio"))
    except (ValueError, KeyError, StopIteration) as error:
        raise BadOutput("The engine's file has neither picture nor sound.") from error
    seconds = report.get("format", {}).get("duration")
    facts: dict[str, Any] = {"seconds": float(seconds)} if seconds else {}
    if stream["codec_type"] == "video":
        facts |= {
            "width": int(stream["width"]),
            "height": int(stream["height"]),
            "frames": int(stream.get("nb_read_packets", 0)),
        }
    return facts


def sound_of(path: Path, into: Path, most: float = MAX_SOUND_SECONDS) -> float:
    """Decode somebody's sound file in the sandbox to a 48 kHz stereo WAV, at most so many seconds of it; its seconds.
    Raises BadOutput.

    What lies in `into` afterwards was written by our own encoder, whatever the file was.
    """
    argv = ["ffmpeg", "-nostdin", *_LIMITS, *_DECODERS, "-i", INSIDE]
    argv += ["-map", "0:a:0", "-t", f"{most:g}", "-ac", "2", "-ar", "48000", "-c:a", "pcm_s16le"]
    with into.open("wb") as out:
        _run(path, [*argv, "-map_metadata", "-1", "-f", "wav", "-"], out, MAX_SOUND_BYTES)
    samples = max(0, into.stat().st_size - WAV_HEAD) // 4
    if samples == 0:
        into.unlink(missing_ok=True)
        raise BadOutput("There is no sound in the file.")
    return samples / 48_000


# Upright, with square samples, no larger than engines that act films out look at.
_UPRIGHT = (
    "scale=w='max(2,trunc(iw*max(1,sar)/2)*2)':h='max(2,trunc(ih/min(1,sar)/2)*2)',setsar=1,"
    f"scale=w='min({FILM_SIDE},iw)':h='min({FILM_SIDE},ih)':force_original_aspect_ratio=decrease:"
    "force_divisible_by=2:out_color_matrix=bt709:out_range=tv,format=yuv420p"
)


def film_of(path: Path, into: Path, rate: str, most: float) -> None:
    """Decode somebody's film in the sandbox to an MP4 of our own without sound: upright, `rate` frames in every second,
    1280 pixels on its longer side at most, and `most` seconds and one more. Raises BadOutput.

    It is written piecewise, as it leaves the sandbox through a pipe.
    """
    argv = ["ffmpeg", "-nostdin", *_LIMITS, *_DECODERS, "-xerror", "-i", INSIDE, "-map", "0:V:0", "-an"]
    argv += ["-t", f"{most + 1:g}", "-vf", f"fps={rate},{_UPRIGHT}", "-map_metadata", "-1"]
    argv += ["-c:v", "libx264", "-preset", "superfast", "-crf", "18", "-g", "24", "-threads", "2"]
    argv += ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    argv += ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "-"]
    with into.open("wb") as out:
        done = _jailed(path, argv, out, MAX_FILM_BYTES, FILM_SECONDS)
    if done.returncode != 0:
        words = _last_words(done)
        none = "matches no streams" in words or "does not contain any stream" in words
        raise BadOutput(
            "There is no moving picture in the file." if none else "The file is damaged.", detail=words
        )


# Whatever is see-through stands on white: engines that know no transparency would make it black.
_ON_WHITE = (
    f"scale=w='min({MAX_PICTURE_SIDE},iw)':h='min({MAX_PICTURE_SIDE},ih)':force_original_aspect_ratio=decrease,"
    "format=rgba,split[a][b];[a]lutrgb=r=255:g=255:b=255:a=255[w];[w][b]overlay=format=gbrp,format=yuvj444p"
)


def picture_of(path: Path, into: Path) -> tuple[int, int]:
    """Decode somebody's PNG, JPEG or WebP in the sandbox to our own JPEG; its width and height. Raises BadOutput.

    What is longer than 2048 pixels on a side is made smaller. Nothing of the file but its picture is kept.
    """
    with path.open("rb") as file:
        kind = PICTURES.get(sniff(file.read(32)))
    if kind is None:
        raise BadOutput("This is no PNG, JPEG or WebP picture.")
    limits = [*_LIMITS, "-f", f"{kind}_pipe"]
    limits[limits.index("-format_whitelist") + 1] = f"{kind}_pipe"
    argv = [
        "ffmpeg",
        "-nostdin",
        *limits,
        "-codec_whitelist",
        PICTURE_CODECS,
        "-threads",
        "1",
        "-i",
        INSIDE,
    ]
    argv += ["-filter_complex", _ON_WHITE, "-frames:v", "1", "-q:v", "2", "-map_metadata", "-1"]
    with into.open("wb") as out:
        _run(path, [*argv, "-c:v", "mjpeg", "-f", "image2pipe", "-"], out, MAX_PICTURE_BYTES)
    if not into.stat().st_size:
        raise BadOutput("There is no picture in the file.")
    facts = _looked_through(into, "image/jpeg")
    return facts["width"], facts["height"]


_LIMITS = [
    "-v",
    "error",
    "-protocol_whitelist",
    "file",
    "-format_whitelist",
    FORMATS,
    "-max_pixels",
    str(MAX_PIXELS),
    "-max_streams",
    "16",
]
_DECODERS = ["-codec_whitelist", CODECS, "-threads", "1"]
_DESCRIBE = ["-count_packets", "-show_streams", "-show_format", "-of", "json", INSIDE]


@functools.cache
def available() -> bool:
    """Whether the sandbox works on this machine."""
    probe = shutil.which("ffprobe")
    return probe is not None and sandbox.available(probe)


def _run(
    path: Path, argv: Sequence[str], out: int | IO[bytes] = subprocess.PIPE, written: int = 1 << 20
) -> None:
    """Run a command on a file in the jail; what it says goes to `out`, at most `written` bytes of it to a file."""
    done = _jailed(path, argv, out, written)
    if done.returncode != 0:
        raise BadOutput("The file is damaged.", detail=_last_words(done))


def _heard(path: Path, argv: Sequence[str]) -> tuple[bytes, str]:
    """What a command in the jail answered (nothing when it failed) and what it complained of."""
    done = _jailed(path, argv)
    return done.stdout if done.returncode == 0 else b"", _last_words(done)


def _last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode("utf-8", "replace")[-500:]


def _jailed(
    path: Path,
    argv: Sequence[str],
    out: int | IO[bytes] = subprocess.PIPE,
    written: int = 1 << 20,
    seconds: int = 0,
) -> subprocess.CompletedProcess[bytes]:
    """A command in the jail, for `seconds` of the processor and of the clock where it may have more than most."""
    child = sandbox.confined(
        tool(argv[0]), argv[1:], path, seconds=seconds or CPU_SECONDS, written=written, jailed=True
    )
    try:
        return subprocess.run(
            child.argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            timeout=seconds or WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadOutput("The file took too long to read.") from error
