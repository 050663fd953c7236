"""Many finished reels (or segments) as one film, by copy: no picture is coded again, memory does not grow.

    reel 1 ─┐
    reel 2 ─┼─ stream copy ─┐
      …    ─┘               ├→ checks → rename
    one sound for the film ─┘

Sound is never joined: every coded reel begins with the codec's own silence, and hundreds of those add up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from craft.render.cache import place
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.graphs import base, programme
from craft.render.mp4 import Mp4Track, read_mp4
from craft.render.tools import Tools, find_tools
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
    tools: Tools | None = None,
) -> Film:
    """Join the pictures of MP4 files of one encoder under one sound.

    Raises `RenderError`: "no_reels", "reel_damaged" and "reel_uneven" naming the reel, "not_joinable" when their
    decoder configurations differ, "film_uneven" when the film is not exactly its reels; `RenderCancelled`.
    """
    tools = tools or find_tools()
    if not reels:
        raise RenderError("no_reels", out.name, "there is nothing to join")
    frames = _counted(reels, rate)
    with tempfile.TemporaryDirectory(prefix=".film-", dir=out.parent) as folder:
        parts = []
        for number, (reel, count) in enumerate(zip(reels, frames, strict=True)):
            name = f"{number:06d}.mp4"
            place(reel, Path(folder) / name)
            parts.append((name, count))
        listing = Path(folder) / "reels.ffconcat"
        listing.write_text(programme.concat_list(parts, rate), encoding="ascii")
        with finished_file(out) as partial:
            argv = programme.master_command(tools.ffmpeg, listing, sound, rate, partial)
            run(argv, what=out.name, code="join_failed", cancelled=cancelled)
            found = _picture(partial)
            if found.samples != sum(frames) or not _even(found, rate):
                state = f"{found.samples} frames of {sum(frames)}, evenly spaced: {_even(found, rate)}"
                raise RenderError("film_uneven", out.name, state)
    return Film(out, sum(frames), len(reels))


def _counted(reels: Sequence[Path], rate: rates.FrameRate) -> list[int]:
    """The frames of each reel, once all are of one kind and one rate."""
    frames: list[int] = []
    config = ""
    for reel in reels:
        track = _picture(reel)
        if not _even(track, rate):
            raise RenderError("reel_uneven", reel.name, f"its frames are not evenly spaced at {rate}")
        if config and track.config_hash != config:
            raise RenderError("not_joinable", reel.name, "it was coded otherwise than the reels before it")
        config = track.config_hash
        frames.append(track.samples)
    return frames


def _picture(path: Path) -> Mp4Track:
    try:
        found = next((track for track in read_mp4(path) if track.kind == "video"), None)
    except (RenderError, OSError) as error:
        raise RenderError("reel_damaged", path.name, str(error)) from error
    if found is None or not found.samples:
        raise RenderError("reel_damaged", path.name, "it has no picture")
    return found


def _even(track: Mp4Track, rate: rates.FrameRate) -> bool:
    step = base.ticks(rate) // rate.num * rate.den
    return track.timescale == base.ticks(rate) and (track.samples < 2 or track.step() == step)
