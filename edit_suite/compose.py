"""From the storyboard's chosen takes to a frozen timeline: picture in order, four layers of sound, captions.

The board is the source of truth; this is a pure function of rows, so the same board gives the same timeline.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import Any

from craft.render.grade import Grade
from craft.render.model import (
    Caption,
    Clip,
    FrameRange,
    MediaKind,
    MediaRef,
    SoundClip,
    SoundTrack,
    Timeline,
    Track,
    Transition,
    sequence,
)
from craft.terms.cuts import Transition as Cut
from craft.terms.rates import FrameRate
from craft.terms.sound import Layer
from episodes.models import Episode, Shot, Take
from episodes.queries import chosen_takes, picture_of, shots_of
from episodes.timing import place_lines
from tenancy.errors import SlateError

AMBIENCE_DB, MUSIC_DB, EFFECT_DB, DIALOGUE_DB = -16.0, -11.0, -8.0, 0.0
BED_FADE_SECONDS, SCORE_FADE_SECONDS = Fraction(1, 2), Fraction(3, 4)
Takes = Mapping[tuple[str, uuid.UUID], Take]


class NotReady(SlateError):
    """The board cannot be assembled yet; the message names the shots."""

    code = "assembly.missing_takes"
    status = 409


@dataclass(frozen=True, slots=True)
class Place:
    """A shot's place: `zero` is where its media's first frame would lie, `at` what is seen of it."""

    shot: Shot
    zero: int
    at: FrameRange


@dataclass(slots=True)
class Composition:
    """A timeline and which takes it uses, in order of the picture."""

    timeline: Timeline
    pictures: list[tuple[Shot, Take]] = field(default_factory=list)
    sounds: list[Take] = field(default_factory=list)


def compose(episode: Episode) -> Composition:
    """The episode's timeline from its chosen takes. Raises NotReady naming shots without a picture."""
    shots, takes = list(shots_of(episode)), chosen_takes(episode)
    rate = FrameRate.parse(episode.project.rate)
    pictures = _pictures(shots, takes)
    track = _with_ends(
        sequence([_clip(shot, take) for shot, take in pictures], _joins(shots)), shots, episode
    )
    placed = [
        Place(shot, p.at.start - clip.source.start, p.at)
        for shot, p in zip(shots, track.placed(), strict=True)
        if isinstance(clip := p.item, Clip)
    ]
    builder = _Sound(takes, rate, track.length)
    dialogue, captions = builder.dialogue(placed)
    layers = (
        SoundTrack(Layer.DIALOGUE, tuple(dialogue)),
        SoundTrack(Layer.MUSIC, tuple(builder.music(placed))),
        SoundTrack(Layer.AMBIENCE, tuple(builder.ambience(placed))),
        SoundTrack(Layer.EFFECTS, tuple(builder.effects(placed))),
    )
    return Composition(Timeline(rate, track, layers, tuple(captions)), pictures, builder.used)


def _pictures(shots: Sequence[Shot], takes: Takes) -> list[tuple[Shot, Take]]:
    found = [(shot, picture_of(dict(takes), shot)) for shot in shots]
    missing = [shot.label for shot, take in found if take is None]
    if missing or not found:
        names = ", ".join(missing) or "every shot"
        raise NotReady(
            f"No picture yet for {names}.", kept="All takes stay.", next_step="Generate them, then assemble."
        )
    return [(shot, take) for shot, take in found if take is not None]


def _clip(shot: Shot, take: Take) -> Clip:
    frames = int(take.meta.get("frames", shot.frames))
    media = MediaRef(take.asset.sha256, MediaKind.VIDEO, FrameRange(0, frames))
    grade: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in (shot.scene.grade or {}).items()
    }
    effects = (Grade(**grade),) if grade else ()
    return Clip(media, FrameRange(0, min(shot.frames, frames)), effects, shot.label)


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


class _Sound:
    """Places the sound takes on the programme and remembers which it used."""

    def __init__(self, takes: Takes, rate: FrameRate, length: int) -> None:
        self.takes, self.rate, self.length = takes, rate, length
        self.used: list[Take] = []

    def dialogue(self, placed: Sequence[Place]) -> tuple[list[SoundClip], list[Caption]]:
        """Lines where the mouths speak them; captions from the same figures."""
        clips: list[SoundClip] = []
        captions: list[Caption] = []
        for place in placed:
            lines = [(line, self.takes.get(("speech", line.pk))) for line in place.shot.lines.all()]
            spoken = [(line, take) for line, take in lines if take is not None]
            spots = place_lines(
                [float(take.meta["seconds"]) for _, take in spoken], place.shot.frames, self.rate
            )
            for (line, take), spot in zip(spoken, spots, strict=True):
                clip = self._sound(
                    take,
                    place.zero + spot.start,
                    spot.length,
                    DIALOGUE_DB,
                    name=f"{place.shot.label} {line.character.name}",
                )
                if clip is not None:
                    clips.append(clip)
                    captions.append(
                        Caption(clip.record, clip.record + clip.length, line.text, line.character.name)
                    )
        return clips, captions

    def music(self, placed: Sequence[Place]) -> list[SoundClip]:
        """One cue for each act, over its shots."""
        return self._runs(placed, lambda p: p.shot.act_id, "score", MUSIC_DB, SCORE_FADE_SECONDS)

    def ambience(self, placed: Sequence[Place]) -> list[SoundClip]:
        """The scene's bed under each run of its shots."""
        return self._runs(
            placed, lambda p: p.shot.scene_id, "ambience", AMBIENCE_DB, BED_FADE_SECONDS, loop=True
        )

    def effects(self, placed: Sequence[Place]) -> list[SoundClip]:
        """Single sounds at their moment in the shot."""
        zero = {place.shot.pk: place for place in placed}
        rows = [t for (stage, _), t in self.takes.items() if stage == "effect" and t.shot_id in zero]
        found = []
        for take in sorted(rows, key=lambda t: (zero[t.shot_id].zero, t.number, str(t.subject_id))):  # type: ignore[index]
            place = zero[take.shot_id]  # type: ignore[index]
            record = place.zero + round(float(take.meta.get("at", 0.0)) * place.shot.frames)
            found.append(
                self._sound(
                    take,
                    record,
                    self._frames(take),
                    EFFECT_DB,
                    name=f"{place.shot.label} {take.meta.get('sound', '')}",
                )
            )
        return [clip for clip in found if clip is not None]

    def _runs(
        self,
        placed: Sequence[Place],
        key: Any,
        stage: str,
        gain: float,
        fade: Fraction,
        *,
        loop: bool = False,
    ) -> list[SoundClip]:
        clips = []
        for subject, group in groupby(placed, key=key):
            run, take = list(group), self.takes.get((stage, subject))
            if take is None:
                continue
            start, end = run[0].at.start, run[-1].at.end
            length = end - start if loop else min(end - start, self._frames(take))
            clip = self._sound(
                take,
                start,
                length,
                gain,
                fade=self.rate.frames(fade),
                loop=loop,
                name=f"{stage} {take.meta.get('title', '')}",
            )
            clips += [clip] if clip else []
        return clips

    def _sound(
        self,
        take: Take,
        record: int,
        length: int,
        gain: float,
        *,
        fade: int = 0,
        loop: bool = False,
        name: str = "",
    ) -> SoundClip | None:
        first, last = max(0, record), min(self.length, record + length)
        if last <= first:
            return None
        self.used.append(take)
        media = MediaRef(take.asset.sha256, MediaKind.SOUND, None)
        fade = min(fade, (last - first) // 2)
        return SoundClip(
            media,
            first,
            last - first,
            first - record,
            gain + float(take.meta.get("gain_db", 0.0)),
            0.0,
            fade,
            fade,
            loop,
            name.strip(),
        )

    def _frames(self, take: Take) -> int:
        return max(1, self.rate.frames(Fraction(float(take.meta["seconds"])).limit_denominator(1_000_000)))
