"""OpenTimelineIO as a timeline. Structure is believed, whoever wrote it; our notes fill in what it cannot say."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from craft.render.document import from_plain
from craft.render.effects import Effect
from craft.render.errors import TimelineError
from craft.render.exchange.losses import Losses, Shelf
from craft.render.exchange.otio_writing import KEY, rate_of
from craft.render.model import (
    Caption,
    Clip,
    Finish,
    FrameRange,
    Gap,
    Item,
    MediaKind,
    MediaRef,
    Overlay,
    SoundClip,
    SoundTrack,
    Timeline,
    Title,
    Track,
    Transition,
)
from craft.render.retime import Retime
from craft.terms import cuts
from craft.terms.rates import RATES, FrameRate
from craft.terms.sound import Layer

NOTHING: dict[str, Any] = {}
SMPTE_KINDS = {"SMPTE_Dissolve": cuts.Transition.DISSOLVE, "SMPTE_Wipe": cuts.Transition.WIPE_LEFT}


def from_otio(line: otio.schema.Timeline, shelf: Shelf, losses: Losses, rate: FrameRate | None) -> Timeline:
    """The timeline of an OTIO one. Raises `TimelineError("exchange")` when there is no picture in it.

    `rate` is used where the file does not tell its own.
    """
    return _Reader(line, shelf, losses, rate_of(line) or _rate(line) or rate).timeline()


def _rate(line: otio.schema.Timeline) -> FrameRate | None:
    """The rate of the first clip, as one of the rates people work at."""
    clip = next(iter(line.find_clips()), None)
    if clip is None or clip.source_range is None:
        return None
    told = clip.source_range.duration.rate
    nearest = min(RATES, key=lambda known: abs(known.fps - told))
    return nearest if abs(nearest.fps - told) < 0.01 else FrameRate.parse(f"{round(told)}")


class _Reader:
    def __init__(
        self, line: otio.schema.Timeline, shelf: Shelf, losses: Losses, rate: FrameRate | None
    ) -> None:
        if rate is None:
            raise TimelineError("exchange", "timeline", "the file does not say its frame rate")
        self._line, self._shelf, self._losses, self._rate = line, shelf, losses, rate

    def timeline(self) -> Timeline:
        notes = _notes(self._line)
        video = [track for track in self._line.tracks if track.kind == "Video"]
        if not video:
            raise TimelineError("exchange", "timeline", "there is no video track in the file")
        overlays, titles = self._above(video[1:])
        start = self._line.global_start_time
        return Timeline(
            rate=self._rate,
            picture=Track(tuple(self._items(video[0]))),
            sound=self._layers(),
            captions=from_plain(tuple[Caption, ...], notes.get("captions", []), "captions"),
            titles=tuple(titles),
            overlays=tuple(overlays),
            finish=from_plain(Finish, notes["finish"], "finish") if "finish" in notes else Finish(),
            start=0 if start is None else self._frames(start),
            title=self._line.name,
        )

    def _frames(self, time: otio.opentime.RationalTime) -> int:
        frames: int = round(time.rescaled_to(self._rate.fps).value)
        return frames

    def _range(self, item: Any) -> FrameRange:
        shown = item.trimmed_range()
        return FrameRange(self._frames(shown.start_time), self._frames(shown.duration))

    def _items(self, track: otio.schema.Track) -> Iterator[Item]:
        for child in track:
            if isinstance(child, otio.schema.Transition):
                yield self._transition(child)
            elif isinstance(child, otio.schema.Clip):
                yield self._clip(child)
            else:
                if not isinstance(child, otio.schema.Gap):
                    self._losses.tell("nested", child.name, "a nested sequence is left black")
                yield Gap(self._range(child).length)

    def _transition(self, child: otio.schema.Transition) -> Transition:
        told = _notes(child).get("kind")
        known = told in [kind.value for kind in cuts.Transition]
        kind = cuts.Transition(str(told)) if known else SMPTE_KINDS.get(child.transition_type)
        if kind is None:
            self._losses.tell("transition", child.name, f"{child.transition_type} becomes a dissolve")
            kind = cuts.Transition.DISSOLVE
        return Transition(kind, self._frames(child.in_offset), self._frames(child.out_offset))

    def _clip(self, child: otio.schema.Clip) -> Clip | Gap:
        shown, notes = self._range(child), _notes(child)
        media = self._media(child)
        if media is None:
            return Gap(shown.length)
        effects: tuple[Effect, ...] = from_plain(tuple[Effect, ...], notes.get("effects", []), child.name)
        clip = Clip(media, shown, effects, child.name)
        if notes.get("retime") is not None:
            clip = self._as_noted(clip, notes)
        elif child.effects:
            clip = self._warped(clip, child)
        return clip

    def _as_noted(self, clip: Clip, notes: dict[str, Any]) -> Clip:
        """With the retime of our notes; where another program trimmed the clip since, the part that is left."""
        retime: Retime = from_plain(Retime, notes["retime"], clip.name)
        source: FrameRange = from_plain(FrameRange, notes["source"], clip.name)
        whole = replace(clip, source=source, retime=retime)
        offset = clip.source.start - source.start
        if offset == 0 and clip.length == retime.length:
            return whole
        return whole.part(max(0, offset), clip.length)

    def _warped(self, clip: Clip, child: otio.schema.Clip) -> Clip:
        """With the constant speed another program gave it."""
        for effect in child.effects:
            if isinstance(effect, otio.schema.LinearTimeWarp):
                speed = Fraction(effect.time_scalar).limit_denominator(1000)
                frames = clip.source.length
                keys = ((0, Fraction(0)), (frames, speed * frames))
                if speed < 0:
                    keys = ((0, -speed * frames), (frames, Fraction(0)))
                retime = Retime(keys)
                first, end = retime.touched()
                source = FrameRange(clip.source.start + first, end - first)
                clip = replace(clip, source=source, retime=retime.moved(first))
            else:
                self._losses.tell("effect", clip.name, f"the effect {effect.effect_name or effect.name!r}")
        return clip

    def _media(self, child: otio.schema.Clip) -> MediaRef | None:
        """What the clip shows; None, told as a loss, when we do not have it."""
        reference = child.media_reference
        url = getattr(reference, "target_url", "") or ""
        name = url.rsplit("/", 1)[-1] or reference.name or child.name
        noted = _notes(reference).get("media")
        if noted is not None:
            told: MediaRef = from_plain(MediaRef, noted, child.name)
            if told.sha256 in {media.sha256 for media in self._shelf.values()}:
                return told
        found = self._shelf.get(name)
        if found is None:
            self._losses.tell("media", child.name or name, f"the file {name!r} is not known here")
        return found

    def _placed(self, track: otio.schema.Track) -> Iterator[tuple[FrameRange, otio.schema.Clip]]:
        """The clips of a track with their record ranges."""
        at = 0
        for child in track:
            if isinstance(child, otio.schema.Transition):
                continue
            length = self._range(child).length
            if isinstance(child, otio.schema.Clip):
                yield FrameRange(at, length), child
            at += length

    def _above(self, tracks: list[otio.schema.Track]) -> tuple[list[Overlay], list[Title]]:
        """Overlays and titles in the order they were written; a stranger's, from the lowest track up."""
        overlays: list[tuple[int, Overlay]] = []
        titles: list[tuple[int, Title]] = []
        for track in tracks:
            for at, child in self._placed(track):
                notes = _notes(child)
                index = int(notes.get("index", 1_000_000 + len(overlays)))
                if "title" in notes:
                    titles.append((index, replace(from_plain(Title, notes["title"], child.name), at=at)))
                elif (media := self._media(child)) is not None:
                    overlays.append((index, self._overlay(at, child, media, notes)))
        first = operator.itemgetter(0)
        return [one for _, one in sorted(overlays, key=first)], [one for _, one in sorted(titles, key=first)]

    def _overlay(
        self, at: FrameRange, child: otio.schema.Clip, media: MediaRef, notes: dict[str, Any]
    ) -> Overlay:
        start = self._range(child).start
        if "overlay" in notes:
            told: Overlay = from_plain(Overlay, notes["overlay"], child.name)
            return replace(told, at=at, media=media, source_start=start)
        return Overlay(at, media, source_start=start, name=child.name)

    def _layers(self) -> tuple[SoundTrack, ...]:
        """Audio tracks put together again by our notes; a stranger's track is dialogue."""
        found: dict[tuple[int, str], tuple[SoundTrack, list[tuple[int, SoundClip]]]] = {}
        audio = [track for track in self._line.tracks if track.kind == "Audio"]
        for number, track in enumerate(audio):
            notes = _notes(track)
            layer = self._layer(track, notes)
            key = (int(notes.get("number", 1000 + number)), layer.value)
            facts = (float(notes.get("gain_db", 0.0)), bool(notes.get("muted", False)))
            row = found.setdefault(key, (SoundTrack(layer, (), *facts), []))
            for at, child in self._placed(track):
                clip = self._sound(at, child)
                if clip is not None:
                    row[1].append((int(_notes(child).get("index", 10_000 + at.start)), clip))
        return tuple(
            replace(track, clips=tuple(clip for _, clip in sorted(clips, key=lambda pair: pair[0])))
            for _, (track, clips) in sorted(found.items())
        )

    def _layer(self, track: otio.schema.Track, notes: dict[str, Any]) -> Layer:
        told = str(notes.get("layer") or track.name.split(" ")[0].lower())
        if told in [layer.value for layer in Layer]:
            return Layer(told)
        self._losses.tell("layer", track.name, "an audio track without a layer is taken as dialogue")
        return Layer.DIALOGUE

    def _sound(self, at: FrameRange, child: otio.schema.Clip) -> SoundClip | None:
        media = self._media(child)
        if media is None:
            return None
        start, notes = self._range(child).start, _notes(child)
        heard = replace(media, kind=MediaKind.SOUND)
        if "sound" not in notes:
            return SoundClip(heard, at.start, at.length, start, name=child.name)
        told: SoundClip = from_plain(SoundClip, notes["sound"], child.name)
        same = told.length == at.length
        return replace(
            told,
            media=media,
            record=at.start,
            length=at.length,
            source_start=start,
            retime=told.retime if same else None,
            fade_in=min(told.fade_in, at.length // 2) if not same else told.fade_in,
            fade_out=min(told.fade_out, at.length // 2) if not same else told.fade_out,
        )


def _notes(item: Any) -> dict[str, Any]:
    """Our corner of an object's metadata as plain values."""
    found = item.metadata.get(KEY) if item is not None and item.metadata else None
    return _plain(found) if found is not None else NOTHING


def _plain(value: Any) -> Any:
    """OTIO's own containers as lists and dicts."""
    if isinstance(value, str | bytes) or value is None:
        return value
    if hasattr(value, "items"):
        return {str(name): _plain(item) for name, item in value.items()}
    if hasattr(value, "__iter__"):
        return [_plain(item) for item in value]
    return value
