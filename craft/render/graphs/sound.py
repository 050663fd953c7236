"""Sound decoded, metered, levelled and encoded."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ffmpeg

from craft.render.graphs.base import AAC, Argv, argv_of, opened
from craft.render.wav import CHANNELS, SAMPLE_RATE

LEAST_GAP = 0.02
"""Seconds by which time stamps may stray from the samples before silence is put in or samples are left out."""


def sound_command(
    ffmpeg_path: str, path: Path, first: int, length: int | None, origin: Fraction | None = None
) -> Argv:
    """Decode a file's sound from sample `first` to a float WAV on standard output, 48 kHz, mono or stereo.

    Samples are counted from `origin`, a time stamp of the file in seconds: silence fills what the sound lacks
    there, and gaps in it. None counts from the first sample there is.
    """
    span = {"start_sample": first} | ({} if length is None else {"end_sample": first + length})
    stream = opened(path).audio.filter("aresample", SAMPLE_RATE)
    if origin is not None:
        # after the first one: this filter counts in samples of what comes in
        timed = {"async": 1, "first_pts": round(origin * SAMPLE_RATE), "min_hard_comp": LEAST_GAP}
        stream = stream.filter("aresample", SAMPLE_RATE, **timed)
    stream = stream.filter("aformat", sample_fmts="flt", channel_layouts="mono|stereo").filter(
        "atrim", **span
    )
    output = ffmpeg.output(stream, "pipe:1", f="wav", acodec="pcm_f32le", fflags="+bitexact", map_metadata=-1)
    # or the time stamps of some containers would be counted from their sound
    return argv_of(output, ffmpeg_path, *([] if origin is None else ["-copyts"]))


def encode_command(ffmpeg_path: str, sound: Path, gain_db: float, bitrate: int, out: Path) -> Argv:
    """Gain and AAC."""
    heard = opened(sound).audio
    if gain_db:
        heard = heard.filter("volume", f"{gain_db:.3f}dB", precision="float")
    output = ffmpeg.output(
        heard,
        str(out),
        **AAC,
        audio_bitrate=bitrate,
        ar=SAMPLE_RATE,
        ac=CHANNELS,
        fflags="+bitexact",
        flags="+bitexact",
        map_metadata=-1,
    )
    return argv_of(output, ffmpeg_path)
