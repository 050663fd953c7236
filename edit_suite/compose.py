"""From the storyboard's chosen takes and their cuts to a frozen timeline.

Board and cut are the source of truth; this is a pure function of rows, so the same rows give the same timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from craft.render.document import from_plain
from craft.render.effects import Effect, Lut
from craft.render.errors import TimelineError
from craft.render.grade import Grade
from craft.render.model import (
    Clip,
    Finish,
    FrameRange,
    MediaKind,
    MediaRef,
    Overlay,
    Timeline,
    Title,
    TitleLook,
    TitlePlace,
    Track,
    Transition,
    sequence,
)
from craft.render.ramps import freeze, ramped, reversed_
from craft.render.retime import Sampling
from craft.terms.cuts import Ramp
from craft.terms.cuts import Transition as Cut
from craft.terms.rates import FrameRate
from edit_suite.composing_sound import Place, ProgrammeSound
from edit_suite.models import Corner, Inset, Programme, ShotCut
from edit_suite.queries import cuts_of, insets_of, programme_of, title_cards_of
from episodes.models import Episode, Shot, Take
from episodes.queries import Chosen, chosen_takes, picture_of, shots_of
from tenancy.errors import SlateError
from vault.models import Asset
from vault.queries import assets_by_content

INSET_MARGIN = 0.04


class NotReady(SlateError):
    """The board cannot be assembled yet; the message names the shots."""

    code = "assembly.missing_takes"
    status = 409


class CutImpossible(SlateError):
    """What was cut does not fit the takes that are used now; `fields` names the place."""

    code = "cut.impossible"
    status = 409


@dataclass(slots=True)
class Composition:
    """A timeline, which takes it uses in order of the picture, and what else of the vault it draws."""

    timeline: Timeline
    pictures: list[tuple[Shot, Take]] = field(default_factory=list)
    sounds: list[Take] = field(default_factory=list)
    extras: list[Asset] = field(default_factory=list)


def compose(episode: Episode) -> Composition:
    """The episode's timeline from its chosen takes. Raises NotReady naming shots without a picture, CutImpossible."""
    try:
        return _composed(episode)
    except TimelineError as error:
        raise CutImpossible(
            "The cut does not fit its takes.",
            fields={error.where: str(error)},
            kept="Takes and cut stay.",
            next_step="Change the cut of that shot.",
        ) from error


def _composed(episode: Episode) -> Composition:
    shots, takes = list(shots_of(episode)), chosen_takes(episode)
    rate, cuts = FrameRate.parse(episode.project.rate), cuts_of(episode)
    pictures = _pictures(shots, takes)
    clips = [_clip(shot, take, cuts.get(shot.pk), rate) for shot, take in pictures]
    track = _with_ends(sequence(clips, _joins(shots)), shots, episode)
    placed = [
        Place(shot, p.item, p.at, cuts.get(shot.pk))
        for shot, p in zip(shots, track.placed(), strict=True)
        if isinstance(p.item, Clip)
    ]
    programme = programme_of(episode)
    builder = ProgrammeSound(episode, takes, rate, track.length, programme)
    captions, sound = builder.layers(placed)
    overlays, used = _overlays(episode, placed, track.length)
    finish = finish_of(programme)
    timeline = Timeline(
        rate,
        track,
        sound,
        captions,
        _titles(episode, placed, track.length),
        overlays,
        finish,
        title=episode.title,
    )
    return Composition(timeline, pictures, builder.used, [*used, *_luts(timeline)])


def finish_of(programme: Programme | None) -> Finish:
    """What is done to the whole picture. Raises TimelineError for a row that cannot be read."""
    if programme is None or not programme.finish:
        return Finish()
    finish: Finish = from_plain(Finish, programme.finish, "finish")
    return finish


def effects_of(plain: Any) -> tuple[Effect, ...]:
    """Effects as rows keep them. Raises TimelineError."""
    effects: tuple[Effect, ...] = from_plain(tuple[Effect, ...], plain, "effects")
    return effects


def _pictures(shots: Sequence[Shot], takes: Chosen) -> list[tuple[Shot, Take]]:
    found = [(shot, picture_of(takes, shot)) for shot in shots]
    missing = [shot.label for shot, take in found if take is None]
    if missing or not found:
        names = ", ".join(missing) or "every shot"
        raise NotReady(
            f"No picture yet for {names}.", kept="All takes stay.", next_step="Generate them, then assemble."
        )
    return [(shot, take) for shot, take in found if take is not None]


def _clip(shot: Shot, take: Take, cut: ShotCut | None, rate: FrameRate) -> Clip:
    frames = int(take.meta.get("frames", shot.frames))
    media = MediaRef(take.asset.sha256, MediaKind.VIDEO, FrameRange(0, frames))
    grade: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in (shot.scene.grade or {}).items()
    }
    effects: tuple[Effect, ...] = (Grade(**grade),) if grade else ()
    clip = Clip(media, FrameRange(0, min(shot.frames, frames)), effects, shot.label)
    return clip if cut is None else _cut(clip, cut, rate)


def _cut(clip: Clip, cut: ShotCut, rate: FrameRate) -> Clip:
    """The clip as it is cut: trimmed, retimed, held, with its effects (a look comes after the grade)."""
    if cut.head or cut.tail:
        clip = clip.part(cut.head, max(1, clip.length - cut.head - cut.tail))
    if cut.ramp:
        clip = _ramped(clip, cut, rate)
    if cut.freeze:
        # the picture that is seen last: backwards, that is the first
        clip = freeze(clip, 0 if cut.reverse else clip.length - 1, cut.freeze)
    if cut.reverse:
        clip = reversed_(clip)
    if clip.retime is not None:
        clip = replace(clip, retime=replace(clip.retime, sampling=Sampling(cut.sampling)))
    return replace(clip, effects=clip.effects + effects_of(cut.effects))


def _ramped(clip: Clip, cut: ShotCut, rate: FrameRate) -> Clip:
    points = [(float(share), float(speed)) for share, speed in cut.ramp_points]
    return ramped(
        clip,
        Ramp(cut.ramp),
        rate=rate,
        at=cut.ramp_at,
        amount=cut.ramp_amount or None,
        points=points if cut.ramp == Ramp.CUSTOM else (),
    )


def _joins(shots: Sequence[Shot]) -> dict[int, Transition]:
    """Join i stands between shot i and i+1; the board keeps a transition with the shot it leads into."""
    joins = {}
    for index, shot in enumerate(shots[1:]):
        length = shot.transition_frames
        if shot.transition_in != Cut.CUT and length > 0:
            joins[index] = Transition(Cut(shot.transition_in), length // 2, length - length // 2)
    return joins


def _with_ends(track: Track, shots: Sequence[Shot], episode: Episode) -> Track:
    """Fades from and to black at the programme's ends; they take no room of their own."""
    first, items = shots[0], list(track.items)
    if first.transition_in != Cut.CUT and first.transition_frames:
        items.insert(0, Transition(Cut(first.transition_in), 0, first.transition_frames))
    if episode.transition_out != Cut.CUT and episode.transition_out_frames:
        items.append(Transition(Cut(episode.transition_out), episode.transition_out_frames, 0))
    return Track(tuple(items))


def _titles(episode: Episode, placed: Sequence[Place], programme: int) -> tuple[Title, ...]:
    starts = {place.shot.pk: place.at.start for place in placed}
    found = []
    for card in title_cards_of(episode):
        at = FrameRange(starts[card.shot_id] + card.offset, card.length).overlap(FrameRange(0, programme))
        if at is not None:
            fade = min(card.fade, at.length // 2)
            look = TitleLook(card.look)
            found.append(Title(at, card.text, TitlePlace(card.place), card.size, fade, look))
    return tuple(found)


def _overlays(
    episode: Episode, placed: Sequence[Place], programme: int
) -> tuple[tuple[Overlay, ...], list[Asset]]:
    starts = {place.shot.pk: place.at.start for place in placed}
    found, used = [], []
    for inset in insets_of(episode):
        at = FrameRange(starts[inset.shot_id] + inset.offset, inset.length).overlap(FrameRange(0, programme))
        if at is None:
            continue
        still = inset.asset.family == "image"
        frames = inset.asset.meta.get("frames")
        available = FrameRange(0, int(frames)) if frames and not still else None
        media = MediaRef(inset.asset.sha256, MediaKind.STILL if still else MediaKind.VIDEO, available)
        fade = min(inset.fade, at.length // 2)
        box = _corner(inset)
        found.append(
            Overlay(at, media, box, 0, (), inset.opacity, inset.border, fade, inset.asset.title[:80])
        )
        used.append(inset.asset)
    return tuple(found), used


def _corner(inset: Inset) -> tuple[float, float, float, float]:
    """The box of a picture in the picture: equal shares of width and height keep the frame's shape."""
    size, far = inset.width, 1.0 - inset.width - INSET_MARGIN
    across = {Corner.TOP_LEFT: INSET_MARGIN, Corner.BOTTOM_LEFT: INSET_MARGIN}.get(Corner(inset.corner), far)
    down = {Corner.TOP_LEFT: INSET_MARGIN, Corner.TOP_RIGHT: INSET_MARGIN}.get(Corner(inset.corner), far)
    if inset.corner == Corner.CENTRE:
        across = down = (1.0 - size) / 2
    return (max(0.0, across), max(0.0, down), size, size)


def _luts(timeline: Timeline) -> list[Asset]:
    """The cube files that effects name by content."""
    clips = [item for item in timeline.picture.items if isinstance(item, Clip)]
    effects = [*timeline.finish.effects, *(effect for clip in clips for effect in clip.effects)]
    wanted = {effect.sha256 for effect in effects if isinstance(effect, Lut)}
    return assets_by_content(wanted) if wanted else []
