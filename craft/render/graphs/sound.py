"""Sound decoded, metered, levelled and encoded."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from craft.render.graphs.base import Argv, argv_of, opened
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


def encode_command(ffmpeg_path: str, sound: Path, gain_db: float, bitrate: int, out: Path) -> Argv:
    """Gain and AAC."""
    heard = opened(sound).audio
    if gain_db:
        heard = heard.filter("volume", f"{gain_db:.3f}dB", precision="float")
    output = ffmpeg.output(
        heard,
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
