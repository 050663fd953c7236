"""Many finished reels (or segments) as one film, by copy: no picture is coded again, memory does not grow.

    reel 1 ─┐
    reel 2 ─┼─ packets ─┐
      …    ─┘           ├→ muxer → checks → rename
    one sound for all  ─┘

Sound is never joined: every coded reel begins with the codec's own silence, and hundreds of those add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never
from craft.render.graphs import base
from craft.render.muxer import Source, mux
from craft.render.samples import SampleTable, read_samples
from craft.terms import rates


@dataclass(frozen=True, slots=True)
class Film:
    """A joined film: its file, its frames, how many reels it has."""

    path: Path
    frames: int
    reels: int


def join_reels(
    reels: Sequence[Path],
    rate: rates.FrameRate,
    out: Path,
    *,
    sound: Path | None = None,
    cancelled: Cancelled = never,
) -> Film:
    """Join the pictures of MP4 files of one encoder under one sound (AAC in an MP4 or M4A file).

    Raises `RenderError`: "no_reels", "reel_damaged" and "reel_uneven" naming the reel, "sound_damaged", "not_joinable"
    when their decoder configurations differ, "film_uneven" when the film is not exactly its reels, what the system
    refuses; `RenderCancelled`.
    """
    if not reels:
        raise RenderError("no_reels", out.name, "there is nothing to join")
    pictures = matching(reels, rate)
    heard = None if sound is None else heard_in(sound)
    with finished_file(out) as partial:
        mux(pictures, heard, step_of(rate), partial, cancelled=cancelled)
        frames = sum(picture.samples.count for picture in pictures)
        found = read_samples(partial)["video"]
        if found.count != frames or not _even(found, rate):
            state = f"{found.count} frames of {frames}, evenly spaced: {_even(found, rate)}"
            raise RenderError("film_uneven", out.name, state)
    return Film(out, frames, len(reels))


def matching(reels: Sequence[Path], rate: rates.FrameRate) -> list[Source]:
    """The packets of each reel's picture, once all are of one kind and one rate. Raises `RenderError`."""
    found: list[Source] = []
    for reel in reels:
        one = _read(reel, "video", "reel_damaged")
        if not _even(one.samples, rate):
            raise RenderError("reel_uneven", reel.name, f"its frames are not evenly spaced at {rate}")
        if found and one.samples.configuration != found[0].samples.configuration:
            raise RenderError("not_joinable", reel.name, "it was coded otherwise than the reels before it")
        found.append(one)
    return found


def heard_in(sound: Path) -> Source:
    """The packets of a coded sound. Raises `RenderError` "sound_damaged"."""
    return _read(sound, "audio", "sound_damaged")


def step_of(rate: rates.FrameRate) -> int:
    """Ticks of one frame in the time scale of our files."""
    return base.ticks(rate) // rate.num * rate.den


def _read(path: Path, kind: str, code: str) -> Source:
    try:
        found = read_samples(path).get(kind)
    except RenderError as error:
        raise RenderError(code, path.name, str(error)) from error
    if found is None or not found.count:
        raise RenderError(code, path.name, "it has no picture" if kind == "video" else "it has no sound")
    return Source(path, found)


def _even(samples: SampleTable, rate: rates.FrameRate) -> bool:
    """Whether the first frame is shown at once and every other one step after the one before."""
    shown = np.sort(samples.shown)
    return samples.timescale == base.ticks(rate) and bool(
        (shown == np.arange(shown.size) * step_of(rate)).all()
    )
