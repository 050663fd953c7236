"""Sound decoded, metered, levelled and encoded."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from craft.render.graphs.base import Argv, Stream, argv_of, opened
from craft.render.wav import CHANNELS, SAMPLE_RATE


def sound_command(ffmpeg_path: str, path: Path, first: int, length: int | None) -> Argv:
    """Decode a file's sound from sample `first` to a float WAV on standard output, 48 kHz, mono or stereo."""
    span = {"start_sample": first} | ({} if length is None else {"end_sample": first + length})
    stream = opened(path).audio.filter("aresample", SAMPLE_RATE)
    stream = stream.filter("aformat", sample_fmts="flt", channel_layouts="mono|stereo").filter(
        "atrim", **span
    )
    output = ffmpeg.output(stream, "pipe:1", f="wav", acodec="pcm_f32le", fflags="+bitexact", map_metadata=-1)
    return argv_of(output, ffmpeg_path)


def meter_command(ffmpeg_path: str, path: Path) -> Argv:
    """Measure loudness and true peak; the summary is in the log at level `info`."""
    heard = opened(path).audio.filter("ebur128", peak="true", framelog="verbose")
    return argv_of(ffmpeg.output(heard, "-", f="null"), ffmpeg_path)


def rehearsal_command(ffmpeg_path: str, mix: Path, gain_db: float, limit: float) -> Argv:
    """Measure what gain and limiter make of a mix, without encoding it."""
    heard = _levelled(mix, gain_db, limit).filter("ebur128", framelog="verbose")
    return argv_of(ffmpeg.output(heard, "-", f="null"), ffmpeg_path)


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
    return argv_of(output, ffmpeg_path)


def _levelled(mix: Path, gain_db: float, limit: float | None) -> Stream:
    """Gain, and a limiter on four times oversampled sound.

    It runs at 192 kHz because peaks between samples are what a converter reaches; `latency` takes its
    look-ahead delay out again.
    """
    stream = opened(mix).audio.filter("volume", f"{gain_db:.3f}dB", precision="float")
    if limit is None:
        return stream
    settings = {"attack": 5, "release": 50, "level": 0, "latency": 1}
    stream = stream.filter("aresample", SAMPLE_RATE * 4).filter("alimiter", limit=f"{limit:.6f}", **settings)
    return stream.filter("aresample", SAMPLE_RATE)
