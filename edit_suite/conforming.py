"""A cut that was made in another program, read back: trims and speeds of our shots are taken over, the rest is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from craft.render import exchange
from craft.render.errors import TimelineError
from craft.render.exchange.files import safe_name
from craft.render.model import Clip, MediaRef, Timeline, Transition
from craft.terms.people import Permission
from craft.terms.rates import FrameRate
from edit_suite import cutting
from edit_suite.compose import compose
from edit_suite.queries import cuts_of
from episodes.models import Episode, Shot, Take
from tenancy.models import User
from tenancy.rules import require
from vault.errors import UploadRefused

MOST_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Trim:
    """What a read cut makes of one shot: frames left out at its ends, against those left out today."""

    shot: Shot
    head: int
    tail: int
    before: tuple[int, int]

    @property
    def changes(self) -> bool:
        """Is it another cut than today's?"""
        return (self.head, self.tail) != self.before


@dataclass(slots=True)
class Conformed:
    """A read cut: the trims it asks for, and what of it cannot be taken over."""

    trims: list[Trim] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


def conform(*, episode: Episode, file: Path, name: str, actor: User) -> Conformed:
    """Read a file of another program and cut the episode's shots as it does.

    Order, transitions, titles and sound stay as they are here and are told when the file has others. Raises
    Forbidden, EpisodeClosed, UploadRefused, CutRefused; then nothing was changed.
    """
    require(actor, Permission.TIMELINE, episode.project_id)
    found = _read(episode, file, name)
    for trim in found.trims:
        if trim.changes:
            cutting.set_cut(shot=trim.shot, changes={"head": trim.head, "tail": trim.tail}, actor=actor)
    return found


def _read(episode: Episode, file: Path, name: str) -> Conformed:
    composition = compose(episode)
    rate = FrameRate.parse(episode.project.rate)
    named = file.with_name(f"{file.name}{Path(name).suffix.lower()}")
    file.rename(named)
    try:
        read = exchange.read(named, _shelf(composition.pictures, composition.timeline), rate)
    except TimelineError as error:
        raise UploadRefused("The cut cannot be read.", why=str(error)) from None
    finally:
        named.rename(file)
    result = Conformed(losses=[f"{loss.where}: {loss.message}" for loss in read.losses])
    _compare(episode, composition.pictures, read.timeline, result)
    return result


def _shelf(pictures: list[tuple[Shot, Take]], timeline: Timeline) -> dict[str, MediaRef]:
    """The media of the episode by the names under which they were written, and by their shots' labels."""
    clips = [item for item in timeline.picture.items if isinstance(item, Clip)]
    shelf: dict[str, MediaRef] = {}
    for (shot, take), clip in zip(pictures, clips, strict=True):
        shelf[safe_name(take.asset.title, take.asset.sha256, ".mp4")] = clip.media
        shelf[shot.label] = clip.media
        shelf[f"{shot.label}.mp4"] = clip.media
    for track in timeline.sound:
        for heard in track.clips:
            shelf[heard.media.sha256] = heard.media
    return shelf


def _compare(
    episode: Episode, pictures: list[tuple[Shot, Take]], timeline: Timeline, result: Conformed
) -> None:
    shots = {take.asset.sha256: (shot, take) for shot, take in pictures}
    cuts, order = cuts_of(episode), list[UUID]()
    for index, item in enumerate(timeline.picture.items):
        if not isinstance(item, Clip) or item.media.sha256 not in shots:
            continue
        shot, take = shots[item.media.sha256]
        if shot.pk in order:
            result.losses.append(f"{shot.label}: it is cut in twice; the first time counts")
            continue
        order.append(shot.pk)
        trim = _trim(timeline, index, item, shot, take, cuts)
        if item.retime is not None and not (cuts.get(shot.pk) and cuts[shot.pk].ramp):
            result.losses.append(f"{shot.label}: its speed is set on the shot's own page")
        result.trims.append(trim)
    board = [shot.pk for shot, _ in pictures]
    labels = {shot.pk: shot.label for shot, _ in pictures}
    for missing in (pk for pk in board if pk not in order):
        result.losses.append(f"{labels[missing]}: it is not in the file; it stays in the episode")
    if order != [pk for pk in board if pk in order]:
        result.losses.append("The order of the shots differs; it is changed on the board")


def _trim(timeline: Timeline, index: int, clip: Clip, shot: Shot, take: Take, cuts: dict[UUID, Any]) -> Trim:
    """The frames left out at both ends; those that a transition shows are not left out."""
    items = timeline.picture.items
    ahead = items[index - 1] if index else None
    behind = items[index + 1] if index + 1 < len(items) else None
    start = clip.source.start - (ahead.before if isinstance(ahead, Transition) else 0)
    end = clip.source.end + (behind.after if isinstance(behind, Transition) else 0)
    frames = min(shot.frames, int(take.meta.get("frames", shot.frames)))
    known = cuts.get(shot.pk)
    before = (known.head, known.tail) if known else (0, 0)
    return Trim(shot, max(0, start), max(0, frames - end), before)
