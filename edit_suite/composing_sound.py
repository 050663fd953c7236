"""The four layers of an episode's sound: lines where mouths speak them, music over acts, beds under scenes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

from craft.render.model import (
    Caption,
    Clip,
    FrameRange,
    LevelKey,
    MediaKind,
    MediaRef,
    Room,
    SoundClip,
    SoundTrack,
)
from craft.render.rooms import room_for
from craft.terms.rates import FrameRate
from craft.terms.sound import Layer
from edit_suite.models import Programme, ShotCut, SoundLevel
from edit_suite.queries import levels_of
from episodes.models import Episode, Shot, Take
from episodes.timing import place_lines

AMBIENCE_DB, MUSIC_DB, EFFECT_DB, DIALOGUE_DB = -16.0, -11.0, -8.0, 0.0
BED_FADE_SECONDS, SCORE_FADE_SECONDS = Fraction(1, 2), Fraction(3, 4)
LAYER_OF = {
    "speech": Layer.DIALOGUE,
    "score": Layer.MUSIC,
    "ambience": Layer.AMBIENCE,
    "effect": Layer.EFFECTS,
}
"""The layer on which the takes of a stage are heard."""
Takes = Mapping[tuple[str, uuid.UUID], Take]


@dataclass(frozen=True, slots=True)
class Place:
    """A shot's place in the programme: its clip as it is cut, and the record frames it is seen at."""

    shot: Shot
    clip: Clip
    at: FrameRange
    cut: ShotCut | None

    @property
    def zero(self) -> int:
        """The record frame at which the take's first frame would lie, were it not retimed."""
        return self.at.start - self.clip.source.start

    def window(self, programme: int) -> FrameRange:
        """The record frames in which the shot may be heard: its picture's, or beyond it by a J- or L-cut."""
        start = self.at.start if self.cut and self.cut.head and not self.cut.cut_in else 0
        end = self.at.end if self.cut and self.cut.tail and not self.cut.cut_out else programme
        return FrameRange(start, end - start)


class ProgrammeSound:
    """Places the sound takes on the programme and remembers which it used."""

    def __init__(
        self, episode: Episode, takes: Takes, rate: FrameRate, length: int, programme: Programme | None
    ) -> None:
        self.takes, self.rate, self.length, self.programme = takes, rate, length, programme
        self.levels = levels_of(episode)
        self.used: list[Take] = []

    def layers(self, placed: Sequence[Place]) -> tuple[tuple[Caption, ...], tuple[SoundTrack, ...]]:
        """Captions, and the four layers with their gains."""
        dialogue, captions = self._dialogue(placed)
        clips = {
            Layer.DIALOGUE: dialogue,
            Layer.MUSIC: self._runs(placed, lambda p: p.shot.act_id, "score", MUSIC_DB, SCORE_FADE_SECONDS),
            Layer.AMBIENCE: self._runs(
                placed, lambda p: p.shot.scene_id, "ambience", AMBIENCE_DB, BED_FADE_SECONDS, loop=True
            ),
            Layer.EFFECTS: self._effects(placed),
        }
        return tuple(captions), tuple(self._track(layer, found) for layer, found in clips.items())

    def _track(self, layer: Layer, clips: list[SoundClip]) -> SoundTrack:
        figures = (self.programme.mix if self.programme else {}).get(layer.value, {})
        return SoundTrack(
            layer, tuple(clips), float(figures.get("gain_db", 0.0)), bool(figures.get("muted", False))
        )

    def _dialogue(self, placed: Sequence[Place]) -> tuple[list[SoundClip], list[Caption]]:
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
                name = f"{place.shot.label} {line.character.name}"
                clip = self._line(place, take, FrameRange(spot.start, spot.length), name)
                if clip is not None:
                    clips.append(clip)
                    captions.append(
                        Caption(clip.record, clip.record + clip.length, line.text, line.character.name)
                    )
        return clips, captions

    def _line(self, place: Place, take: Take, spot: FrameRange, name: str) -> SoundClip | None:
        """One line; in a ramped shot it follows the ramp, in one that runs backwards it is not heard."""
        clip: SoundClip | None
        if place.clip.retime is None:
            clip = self._sound(
                take, place.zero + spot.start, spot.length, DIALOGUE_DB, within=place.window(self.length)
            )
        else:
            clip = self._ramped(place, take, spot)
        if clip is None:
            return None
        room = clip.room
        if room is None and self.programme is not None and self.programme.rooms:
            room = room_for(place.shot.scene.set_kind, place.shot.scene.name)
        return replace(clip, name=name, room=room)

    def _ramped(self, place: Place, take: Take, spot: FrameRange) -> SoundClip | None:
        retime = place.clip.retime
        assert retime is not None
        if not retime.forwards:
            return None
        first = spot.start - place.clip.source.start
        start, end = retime.reached(first), retime.reached(first + spot.length)
        if end <= start:
            return None
        level = self._level(take)
        if level is not None and level.muted:
            return None
        self.used.append(take)
        gain = DIALOGUE_DB + float(take.meta.get("gain_db", 0.0)) + (level.gain_db if level else 0.0)
        media = MediaRef(take.asset.sha256, MediaKind.SOUND, None)
        heard = retime.part(start, end - start).moved(first)
        return SoundClip(media, place.at.start + start, end - start, 0, gain, retime=heard)

    def _effects(self, placed: Sequence[Place]) -> list[SoundClip]:
        """Single sounds at their moment in the shot, at their own speed."""
        places = {place.shot.pk: place for place in placed}
        rows = [t for (stage, _), t in self.takes.items() if stage == "effect" and t.shot_id in places]
        found = []
        for take in sorted(rows, key=lambda t: (places[t.shot_id].zero, t.number, str(t.subject_id))):  # type: ignore[index]
            place = places[take.shot_id]  # type: ignore[index]
            moment = round(float(take.meta.get("at", 0.0)) * place.shot.frames)
            name = f"{place.shot.label} {take.meta.get('sound', '')}"
            clip = self._sound(
                take,
                self._moment(place, moment),
                self._frames(take),
                EFFECT_DB,
                within=place.window(self.length),
                name=name,
            )
            found += [clip] if clip else []
        return found

    def _moment(self, place: Place, frame: int) -> int:
        """The record frame at which a frame of the take is seen; of a frozen or reversed one, its first."""
        retime = place.clip.retime
        if retime is None or not retime.forwards:
            return place.zero + frame if retime is None else place.at.start
        return place.at.start + retime.reached(frame - place.clip.source.start)

    def _runs(
        self,
        placed: Sequence[Place],
        key: Callable[[Place], Any],
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
            name = f"{stage} {take.meta.get('title', '')}"
            clip = self._sound(take, start, length, gain, fade=self.rate.frames(fade), loop=loop, name=name)
            clips += [clip] if clip else []
        return clips

    def _level(self, take: Take) -> SoundLevel | None:
        return self.levels.get((take.stage, take.subject_id))

    def _sound(
        self,
        take: Take,
        record: int,
        length: int,
        gain: float,
        *,
        within: FrameRange | None = None,
        fade: int = 0,
        loop: bool = False,
        name: str = "",
    ) -> SoundClip | None:
        level = self._level(take)
        if level is not None and level.muted:
            return None
        record += level.shift if level else 0
        at = FrameRange(record, length).overlap(within or FrameRange(0, self.length))
        at = None if at is None else at.overlap(FrameRange(0, self.length))
        if at is None:
            return None
        self.used.append(take)
        media = MediaRef(take.asset.sha256, MediaKind.SOUND, None)
        fade = min(fade, at.length // 2)
        clip = SoundClip(
            media,
            at.start,
            at.length,
            at.start - record,
            gain + float(take.meta.get("gain_db", 0.0)),
            0.0,
            fade,
            fade,
            loop,
            name.strip(),
        )
        return clip if level is None else _levelled(clip, level, at.start - record)

    def _frames(self, take: Take) -> int:
        return max(1, self.rate.frames(Fraction(float(take.meta["seconds"])).limit_denominator(1_000_000)))


def _levelled(clip: SoundClip, level: SoundLevel, cut: int) -> SoundClip:
    """The clip as its row wants it heard; keys count from the sound's first frame, `cut` of which are left out."""
    room = Room(level.room, level.wet) if level.room else None
    return replace(
        clip,
        gain_db=clip.gain_db + level.gain_db,
        pan=level.pan,
        gain_keys=_keys(level.gain_keys, cut),
        room=room,
    )


def _keys(plain: Sequence[Sequence[float]], cut: int) -> tuple[LevelKey, ...]:
    """The envelope from frame `cut` of the sound on; where it is cut into, it begins at the level it had there."""
    points = [(int(at) - cut, float(value)) for at, value in plain]
    kept = [point for point in points if point[0] >= 0]
    before = [point for point in points if point[0] < 0]
    if before and kept and kept[0][0] > 0:
        (x0, y0), (x1, y1) = before[-1], kept[0]
        kept.insert(0, (0, y0 + (y1 - y0) * -x0 / (x1 - x0)))
    return tuple(kept or [(0, value) for _, value in before[-1:]])
