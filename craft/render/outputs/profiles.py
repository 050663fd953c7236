"""The deliverables as data, and whether this ffmpeg can make each of them.

A profile that cannot be made here is reported with the reason; nothing else is delivered in its place.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from craft.render.errors import RenderError
from craft.render.execute import run
from craft.render.graphs import outputs as graph
from craft.render.tools import Tools
from craft.terms import delivery

HALF_SECOND = "half_second"
"""A key frame every half second, for files that are scrubbed in."""


class Fill(StrEnum):
    """What happens to the parts of a picture that another shape has no room for."""

    CROP = "crop"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class Reshape:
    """A finished programme in another aspect of the vocabulary: its middle, or all of it over a blur."""

    aspect: str
    fill: Fill = Fill.CROP

    def size(self, source: tuple[int, int]) -> tuple[int, int]:
        """The frame of that aspect whose short side is the source's. Raises KeyError for no aspect."""
        across, down = delivery.ASPECTS[self.aspect]
        short = min(source)
        if across >= down:
            return graph.even(short * across / down), graph.even(short)
        return graph.even(short), graph.even(short * down / across)


@dataclass(frozen=True, slots=True)
class Encoder:
    """One ffmpeg encoder with the options it is run with."""

    name: str
    options: Mapping[str, Any]
    hardware: bool = False


@dataclass(frozen=True, slots=True)
class Codec:
    """A picture codec as ffprobe names it, its pixels, and the encoders that make it, best first.

    `alone` says that every frame stands for itself, so that a file can be coded in pieces anywhere.
    """

    name: str
    pixels: str
    encoders: tuple[Encoder, ...]
    tag: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of deliverable.

    `picture` None means none; a profile that `copies` takes the master's as it is, unless another shape is
    asked for. `sound` is "copy" (the master's
    packets), or the PCM codec. `short_side` limits the frame (it never enlarges); `timecode` asks for a
    timecode track from the programme's start.
    """

    slug: str
    label: str
    suffix: str
    picture: Codec | None
    sound: str = "copy"
    copies: bool = False
    short_side: int | None = None
    reshape: Reshape | None = None
    timecode: bool = False
    key_frames: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def _x264(crf: int, preset: str) -> Codec:
    options = {"preset": preset, "crf": crf, "profile:v": "high", "x264-params": "open-gop=0"}
    return Codec("h264", "yuv420p", (Encoder("libx264", options),), "avc1")


def _prores(level: int, fourcc: str) -> Codec:
    # `prores` codes the same pictures at about half the cost of `prores_ks`
    fast, slow = ({"profile:v": level, "vendor": "apl0"} for _ in range(2))
    encoders = (Encoder("prores", fast), Encoder("prores_ks", slow))
    return Codec("prores", "yuv422p10le", encoders, fourcc, alone=True)


HEVC = Codec(
    "hevc",
    "yuv420p",
    (
        Encoder("libx265", {"preset": "fast", "crf": 20, "x265-params": "log-level=error:info=0:open-gop=0"}),
        Encoder("hevc_videotoolbox", {"q:v": 65}, hardware=True),
        Encoder("hevc_nvenc", {"preset": "p5", "rc": "vbr", "cq": 21, "b:v": 0}, hardware=True),
        Encoder("hevc_qsv", {"global_quality": 21}, hardware=True),
    ),
    "hvc1",
)
MASTER_H264 = _x264(18, "veryfast")

PROFILES: dict[str, Profile] = {
    profile.slug: profile
    for profile in (
        Profile("h264_mp4", "H.264 MP4 (the master)", ".mp4", MASTER_H264, copies=True),
        Profile("hevc_mp4", "HEVC MP4", ".mp4", HEVC),
        Profile(
            "prores_422_hq",
            "Apple ProRes 422 HQ",
            ".mov",
            _prores(3, "apch"),
            sound="pcm_s24le",
            timecode=True,
        ),
        Profile(
            "prores_422", "Apple ProRes 422", ".mov", _prores(2, "apcn"), sound="pcm_s24le", timecode=True
        ),
        Profile(
            "proxy_540",
            "Proxy, 540 lines",
            ".mp4",
            _x264(26, "veryfast"),
            short_side=540,
            key_frames=HALF_SECOND,
        ),
        Profile("audio_wav", "Sound, 24-bit WAV", ".wav", None, sound="pcm_s24le"),
        Profile("h264_16x9", "H.264 16:9, middle", ".mp4", MASTER_H264, reshape=Reshape("16:9")),
        Profile("h264_9x16", "H.264 9:16, middle", ".mp4", MASTER_H264, reshape=Reshape("9:16")),
        Profile("h264_1x1", "H.264 1:1, middle", ".mp4", MASTER_H264, reshape=Reshape("1:1")),
        Profile(
            "h264_16x9_blur",
            "H.264 16:9, over a blur",
            ".mp4",
            MASTER_H264,
            reshape=Reshape("16:9", Fill.BLUR),
        ),
        Profile(
            "h264_9x16_blur",
            "H.264 9:16, over a blur",
            ".mp4",
            MASTER_H264,
            reshape=Reshape("9:16", Fill.BLUR),
        ),
        Profile(
            "h264_1x1_blur", "H.264 1:1, over a blur", ".mp4", MASTER_H264, reshape=Reshape("1:1", Fill.BLUR)
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a profile can be made here: by which encoder, or why not."""

    profile: str
    encoder: Encoder | None
    reason: str = ""

    @property
    def available(self) -> bool:
        return not self.reason


def availability(profile: Profile, tools: Tools, *, hardware: bool = False) -> Availability:
    """Try the profile's encoders on this machine, best first; hardware ones first where `hardware`.

    A profile that copies is there anyhow; its encoder is for other shapes.
    """
    if profile.picture is None:
        return Availability(profile.slug, None)
    order = sorted(profile.picture.encoders, key=lambda one: one.hardware != hardware)
    for encoder in order:
        if works(tools, encoder.name, profile.picture.pixels):
            return Availability(profile.slug, encoder)
    if profile.copies:
        return Availability(profile.slug, None)
    names = ", ".join(one.name for one in order)
    return Availability(profile.slug, None, f"{tools.build} has no working encoder among {names}")


def deliverables(tools: Tools, *, hardware: bool = False) -> tuple[tuple[Profile, Availability], ...]:
    """Every profile with whether it can be made here."""
    return tuple((one, availability(one, tools, hardware=hardware)) for one in PROFILES.values())


@functools.cache
def works(tools: Tools, encoder: str, pixels: str) -> bool:
    """True when the encoder codes a frame here; being listed is not enough."""
    try:
        run(graph.trial_command(tools.ffmpeg, encoder, pixels), what=f"trial of {encoder}")
    except RenderError:
        return False
    return True


@functools.cache
def has_zscale(tools: Tools) -> bool:
    """True when this build scales with zimg, which is both quicker and finer than its own scaler."""
    try:
        run(graph.trial_scaler_command(tools.ffmpeg), what="trial of zscale")
    except RenderError:
        return False
    return True
