"""Every ffmpeg graph and command line of this package, built with ffmpeg-python.

Nothing here runs anything: each function returns the argument list of one command. Numbers are formatted
here, paths are our own, and no text from outside takes part (titles arrive as a file of fixed name).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from craft.render.grade import Grade, curves
from craft.render.model import MediaKind, Title
from craft.render.plan import EncoderSpec, PictureSpec, Segment, Side
from craft.render.probe import FORMATS, MediaInfo, PictureInfo
from craft.render.wav import CHANNELS, SAMPLE_RATE
from craft.terms import cuts, rates

Stream = Any
"""A node of ffmpeg-python, which has no types."""
Argv = list[str]

TITLES_FILE = "titles.ass"
"""Stands in the directory the command runs in, so that no path enters the graph."""
COLOUR = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}


@dataclass(frozen=True, slots=True)
class Source:
    """A side's file and what probing said about it (None for black)."""

    path: Path
    info: PictureInfo


def ticks(rate: rates.FrameRate) -> int:
    """The MP4 time scale in which every frame of the rate is a whole number of ticks."""
    return rate.num if rate.den != 1 else rate.num * 1000


def segment_command(
    ffmpeg_path: str,
    segment: Segment,
    sources: Sequence[Source | None],
    spec: PictureSpec,
    rate: rates.FrameRate,
    threads: int,
    out: Path,
) -> Argv:
    """Render one segment to an MP4 without sound. `sources` go with `segment.sides`."""
    if segment.kind is cuts.Transition.FLASH:
        stream = _plain_colour("white", segment.length, spec, rate, 0)
    else:
        sides = [
            _side(side, source, segment.length, spec, rate, number)
            for number, (side, source) in enumerate(zip(segment.sides, sources, strict=True))
        ]
        stream = sides[0] if segment.kind is None else _join(sides, segment, rate)
    stream = _titled(stream, segment, rate)
    output = ffmpeg.output(
        stream, str(out), **_encoder(spec.encoder, rate, threads), **{"frames:v": segment.length}
    )
    return _argv(output, ffmpeg_path, "-filter_complex_threads", "1")


def _argv(output: Stream, ffmpeg_path: str, *switches: str) -> Argv:
    command: Argv = ffmpeg.compile(output, cmd=ffmpeg_path, overwrite_output=True)
    return [command[0], *switches, *command[1:]]


def _encoder(encoder: EncoderSpec, rate: rates.FrameRate, threads: int) -> dict[str, Any]:
    return {
        "vcodec": "libx264",
        "preset": encoder.preset,
        "crf": encoder.crf,
        "profile:v": encoder.profile,
        "g": encoder.keyframe_every,
        "keyint_min": 1,
        "bf": encoder.b_frames,
        "flags": "+cgop+bitexact",
        "fflags": "+bitexact",
        "x264-params": "stitchable=1:open-gop=0",
        "threads": threads,
        "pix_fmt": "yuv420p",
        **COLOUR,
        "video_track_timescale": ticks(rate),
        "map_metadata": -1,
    }


def _input(path: Path, **options: Any) -> Stream:
    # absolute, or a name with a colon would be read as a protocol
    return ffmpeg.input(str(path.absolute()), protocol_whitelist="file", format_whitelist=FORMATS, **options)


def _own(number: int) -> dict[str, int]:
    """An input option that does nothing but differ, so that ffmpeg-python, which merges equal inputs, opens
    a medium that dissolves into itself once for each side."""
    return {"thread_queue_size": 8 + number}


def _plain_colour(colour: str, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int) -> Stream:
    size = f"{spec.width}x{spec.height}"
    seconds = _decimal(rate.seconds(length + 1))
    source = ffmpeg.input(f"color=c={colour}:s={size}:r={rate}:d={seconds}", f="lavfi", **_own(number))
    return _frames(source.video.filter("format", "yuv420p").filter("setsar", 1), 0, length)


def _frames(stream: Stream, start: int, length: int) -> Stream:
    cut = stream.filter("trim", start_frame=start, end_frame=start + length)
    return cut.filter("setpts", "PTS-STARTPTS")


def _side(
    side: Side, source: Source | None, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int
) -> Stream:
    """Exactly `length` frames of a side, at the programme's size, rate and colour."""
    if source is None or side.media is None:
        return _plain_colour("black", length, spec, rate, number)
    if side.media.kind is MediaKind.STILL:
        return _still(side, source, length, spec, rate, number)
    stream = (
        _input(source.path, threads=1, **_own(number))
        .video.filter("setpts", "PTS-STARTPTS")
        .filter("fps", str(rate))
    )
    return _graded(_fitted(_frames(stream, side.frames.start, length), source.info, spec), side)


def _still(
    side: Side, source: Source, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int
) -> Stream:
    """One picture, scaled and graded once and then repeated."""
    one = _graded(_fitted(_input(source.path, threads=1, **_own(number)).video, source.info, spec), side)
    held = one.filter("loop", loop=length - 1, size=1) if length > 1 else one
    return held.filter("settb", f"{rate.den}/{rate.num}").filter("setpts", "N").filter("fps", str(rate))


def _fitted(stream: Stream, info: PictureInfo, spec: PictureSpec) -> Stream:
    """Into the frame with bars where the shape differs, as BT.709 video range 4:2:0.

    Filters are left out where the source already fits: an idle scaler still costs a copy of every frame.
    """
    turned = info.rotation in (90, 270)
    shape = (info.height, info.width) if turned else (info.width, info.height)
    fits = shape == (spec.width, spec.height) and info.sample_aspect == 1
    colour = _conversion(info)
    if not fits or colour:
        size = {} if fits else _contained(shape, info.sample_aspect, spec)
        stream = stream.filter("scale", flags="bicubic+accurate_rnd+full_chroma_int", **size, **colour)
    stream = stream.filter("format", "yuv420p")
    if not fits:
        stream = stream.filter("pad", spec.width, spec.height, "(ow-iw)/2", "(oh-ih)/2", color="black")
    return stream.filter("setsar", 1)


def _contained(shape: tuple[int, int], aspect: Fraction, spec: PictureSpec) -> dict[str, int]:
    """The largest even size of the source's shape inside the frame."""
    wide = Fraction(shape[0]) * aspect
    factor = min(spec.width / wide, Fraction(spec.height, shape[1]))
    return {
        "w": max(2, min(spec.width, round(wide * factor / 2) * 2)),
        "h": max(2, min(spec.height, round(shape[1] * factor / 2) * 2)),
    }


def _conversion(info: PictureInfo) -> dict[str, str]:
    """Scaler options that bring the source to BT.709 video range; empty when it is there already.

    Untagged YUV is taken as BT.709, which is what our own engines write.
    """
    wanted = {"out_color_matrix": "bt709", "out_range": "tv"}
    if info.pixels.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal", "gray", "mono", "ya")):
        return wanted
    matrix = {"smpte170m": "bt601", "bt470bg": "bt601", "bt2020nc": "bt2020"}.get(info.matrix, "bt709")
    full = info.colour_range == "pc" or info.pixels.startswith("yuvj")
    if matrix == "bt709" and not full:
        return {}
    return {"in_color_matrix": matrix, "in_range": "pc" if full else "tv", **wanted}


def _graded(stream: Stream, side: Side) -> Stream:
    for effect in side.effects:
        stream = _primaries(stream, effect)
    return stream


def _primaries(stream: Stream, grade: Grade) -> Stream:
    numbers = curves(grade)
    if numbers.shifts_chroma:
        # ahead of the luma table, because the offsets are functions of the luma before the grade
        stream = stream.filter(
            "colorcorrect",
            rl=f"{numbers.red_low:.6f}",
            rh=f"{numbers.red_high:.6f}",
            bl=f"{numbers.blue_low:.6f}",
            bh=f"{numbers.blue_high:.6f}",
            saturation=f"{numbers.chroma:.6f}",
        )
        return stream.filter("lutyuv", y=numbers.luma)
    chroma = f"clip(round((val-128)*{numbers.chroma:.6f}+128),16,240)"
    return stream.filter("lutyuv", y=numbers.luma, u=chroma, v=chroma)


def _join(sides: Sequence[Stream], segment: Segment, rate: rates.FrameRate) -> Stream:
    """N frames in which frame k shows the incoming side by (k + 1) / (N + 1): every frame is mixed.

    xfade shows the pure outgoing side first and drops to the incoming one when an input ends, so both sides
    get a copy of their first and last frame, and the ends of the longer transition are cut off again.
    """
    assert segment.kind is not None
    padded = [
        side.filter("tpad", start=1, stop=1, start_mode="clone", stop_mode="clone").filter("fps", str(rate))
        for side in sides
    ]
    length = _decimal(rate.seconds(segment.length + 1))
    joined = ffmpeg.filter(padded, "xfade", transition=cuts.XFADE[segment.kind], duration=length, offset=0)
    return _frames(joined, 1, segment.length)


def _titled(stream: Stream, segment: Segment, rate: rates.FrameRate) -> Stream:
    """Draw the titles file; the stream's clock is shifted for titles that begin before the segment."""
    if not segment.titles:
        return stream
    early = title_lead(segment)
    ahead = f"PTS+{early * rate.den}/{rate.num}/TB" if early else "PTS"
    return stream.filter("setpts", ahead).filter("ass", TITLES_FILE).filter("setpts", "PTS-STARTPTS")


def title_lead(segment: Segment) -> int:
    """Frames to count ahead of the segment so that no title begins at a negative time."""
    return max([0, *(-title.at.start for title in segment.titles)])


def shifted(titles: Sequence[Title], frames: int) -> tuple[Title, ...]:
    """The same titles, `frames` later."""
    return tuple(replace(title, at=title.at.moved(frames)) for title in titles)


def _decimal(seconds: Fraction) -> str:
    return f"{float(seconds):.9f}"


def concat_list(parts: Sequence[tuple[str, int]], rate: rates.FrameRate) -> str:
    """An ffconcat list of (file name, frames).

    Durations are differences of rounded sums, so the rounding to microseconds never adds up; without them
    ffmpeg takes the container's milliseconds and drifts at every join.
    """
    lines = ["ffconcat version 1.0"]
    frames = 0
    for name, length in parts:
        start, end = (round(rate.seconds(at) * 1_000_000) for at in (frames, frames + length))
        lines += [f"file {name}", f"duration {(end - start) // 1_000_000}.{(end - start) % 1_000_000:06d}"]
        frames += length
    return "\n".join(lines) + "\n"


def master_command(
    ffmpeg_path: str, listing: Path, sound: Path | None, rate: rates.FrameRate, out: Path
) -> Argv:
    """Join segments and sound by copy into an MP4 that starts to play before it is loaded whole."""
    picture = ffmpeg.input(str(listing), f="concat", safe=1, protocol_whitelist="file").video
    streams = [picture] if sound is None else [picture, _input(sound).audio]
    output = ffmpeg.output(
        *streams,
        str(out),
        c="copy",
        video_track_timescale=ticks(rate),
        movflags="+faststart",
        fflags="+bitexact",
        map_metadata=-1,
    )
    return _argv(output, ffmpeg_path)


def sound_command(ffmpeg_path: str, path: Path, first: int, length: int | None) -> Argv:
    """Decode a file's sound from sample `first` to a float WAV on standard output, 48 kHz, mono or stereo."""
    span = {"start_sample": first} | ({} if length is None else {"end_sample": first + length})
    stream = _input(path).audio.filter("aresample", SAMPLE_RATE)
    stream = stream.filter("aformat", sample_fmts="flt", channel_layouts="mono|stereo").filter(
        "atrim", **span
    )
    output = ffmpeg.output(stream, "pipe:1", f="wav", acodec="pcm_f32le", fflags="+bitexact", map_metadata=-1)
    return _argv(output, ffmpeg_path)


def meter_command(ffmpeg_path: str, path: Path) -> Argv:
    """Measure loudness and true peak; the summary is in the log at level `info`."""
    heard = _input(path).audio.filter("ebur128", peak="true", framelog="verbose")
    return _argv(ffmpeg.output(heard, "-", f="null"), ffmpeg_path)


def rehearsal_command(ffmpeg_path: str, mix: Path, gain_db: float, limit: float) -> Argv:
    """Measure what gain and limiter make of a mix, without encoding it."""
    heard = _levelled(mix, gain_db, limit).filter("ebur128", framelog="verbose")
    return _argv(ffmpeg.output(heard, "-", f="null"), ffmpeg_path)


def finish_command(
    ffmpeg_path: str, mix: Path, gain_db: float, limit: float | None, bitrate: int, out: Path
) -> Argv:
    """Gain, a peak limiter unless `limit` is None, and AAC."""
    output = ffmpeg.output(
        _levelled(mix, gain_db, limit),
        str(out),
        acodec="aac",
        audio_bitrate=bitrate,
        ar=SAMPLE_RATE,
        ac=CHANNELS,
        fflags="+bitexact",
        flags="+bitexact",
        map_metadata=-1,
    )
    return _argv(output, ffmpeg_path)


def _levelled(mix: Path, gain_db: float, limit: float | None) -> Stream:
    """Gain, and a limiter on four times oversampled sound.

    It runs at 192 kHz because peaks between samples are what a converter reaches; `latency` takes its
    look-ahead delay out again.
    """
    stream = _input(mix).audio.filter("volume", f"{gain_db:.3f}dB", precision="float")
    if limit is None:
        return stream
    settings = {"attack": 5, "release": 50, "level": 0, "latency": 1}
    stream = stream.filter("aresample", SAMPLE_RATE * 4).filter("alimiter", limit=f"{limit:.6f}", **settings)
    return stream.filter("aresample", SAMPLE_RATE)


def still_command(
    ffmpeg_path: str, path: Path, frame: int, info: PictureInfo, width: int | None, out: Path
) -> Argv:
    """Write one frame. The seek aims a quarter of a frame early, so rounding cannot land on the next one."""
    seek = {}
    if info.fps is not None and frame > 0:
        seek["ss"] = _decimal((Fraction(frame) - Fraction(1, 4)) / info.fps)
    stream = _narrowed(_input(path, **seek).video, width)
    return _argv(ffmpeg.output(stream, str(out), update=1, **{"frames:v": 1, "q:v": 3}), ffmpeg_path)


def _narrowed(stream: Stream, width: int | None) -> Stream:
    return stream if width is None else stream.filter("scale", width, -2, flags="area")


def sheet_command(
    ffmpeg_path: str, path: Path, every: int, grid: tuple[int, int], width: int, out: Path
) -> Argv:
    """Tile every n-th frame into one image."""
    columns, rows = grid
    stream = (
        _input(path).video.filter("select", f"not(mod(n,{every}))").filter("scale", width, -2, flags="area")
    )
    stream = stream.filter("setsar", 1).filter("tile", f"{columns}x{rows}")
    return _argv(ffmpeg.output(stream, str(out), update=1, **{"frames:v": 1, "q:v": 3}), ffmpeg_path)


def proxy_command(ffmpeg_path: str, path: Path, info: MediaInfo, width: int, out: Path) -> Argv:
    """A small copy of a file, with its sound where it has any."""
    source = _input(path)
    picture = _narrowed(source.video, width).filter("format", "yuv420p")
    fps = info.picture.fps if info.picture else None
    every = max(1, round(float(fps or 24) / 2))
    streams = [picture] if info.sound is None else [picture, source.audio]
    output = ffmpeg.output(
        *streams,
        str(out),
        acodec="aac",
        vcodec="libx264",
        preset="veryfast",
        crf=26,
        g=every,
        movflags="+faststart",
        map_metadata=-1,
        fps_mode="passthrough",
    )
    return _argv(output, ffmpeg_path)
