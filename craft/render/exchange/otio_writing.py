"""A timeline as OpenTimelineIO: the structure in OTIO's own words, and beside it all that those cannot say.

picture    one video track             clips, gaps, transitions; speeds as time warps
overlays   video tracks above it       titles as generators, pictures as clips
sound      audio tracks, one layer each; clips that overlap stand on several
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from craft.render.document import to_plain
from craft.render.exchange.losses import Losses, Names
from craft.render.model import (
    Clip,
    FrameRange,
    Gap,
    MediaRef,
    Overlay,
    SoundClip,
    SoundTrack,
    Timeline,
    Title,
    Transition,
)
from craft.render.retime import Retime
from craft.terms import cuts
from craft.terms.rates import FrameRate

KEY = "slate"
"""Our corner of an object's metadata."""
SMPTE = {
    cuts.Transition.DISSOLVE: "SMPTE_Dissolve",
    **dict.fromkeys(
        (
            cuts.Transition.WIPE_LEFT,
            cuts.Transition.WIPE_RIGHT,
            cuts.Transition.WIPE_UP,
            cuts.Transition.WIPE_DOWN,
        ),
        "SMPTE_Wipe",
    ),
}
OTHER = "Custom_Transition"


def to_otio(timeline: Timeline, names: Names, losses: Losses) -> otio.schema.Timeline:
    """The timeline as OTIO. Raises KeyError for media without a name."""
    return _Writer(timeline, names, losses).timeline()


def lanes(at: Sequence[FrameRange]) -> list[list[int]]:
    """Indices of ranges on as few lanes as need be, so that nothing on a lane overlaps."""
    found: list[list[int]] = []
    ends: list[int] = []
    for index in sorted(range(len(at)), key=lambda number: (at[number].start, number)):
        lane = next((number for number, end in enumerate(ends) if end <= at[index].start), len(ends))
        if lane == len(ends):
            found.append([])
            ends.append(0)
        found[lane].append(index)
        ends[lane] = at[index].end
    return found


class _Writer:
    def __init__(self, timeline: Timeline, names: Names, losses: Losses) -> None:
        self._timeline, self._names, self._losses = timeline, names, losses
        self._rate = timeline.rate.fps

    def timeline(self) -> otio.schema.Timeline:
        line = self._timeline
        made = otio.schema.Timeline(line.title, global_start_time=self._time(line.start))
        made.metadata[KEY] = {
            "rate": str(line.rate),
            "captions": to_plain(line.captions),
            "finish": to_plain(line.finish),
        }
        made.tracks.append(self._picture())
        for kind, places in (
            ("overlays", [(one.at, self._overlay(one, i)) for i, one in enumerate(line.overlays)]),
            ("titles", [(one.at, self._title(one, i)) for i, one in enumerate(line.titles)]),
        ):
            for lane in lanes([at for at, _ in places]):
                made.tracks.append(self._track(kind, "Video", [places[i] for i in lane], {"role": kind}))
        for number, track in enumerate(line.sound):
            made.tracks.extend(self._sound(track, number))
        return made

    def _time(self, frames: int) -> otio.opentime.RationalTime:
        return otio.opentime.RationalTime(frames, self._rate)

    def _range(self, frames: FrameRange) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(self._time(frames.start), self._time(frames.length))

    def _media(self, media: MediaRef) -> otio.schema.ExternalReference:
        available = self._range(media.available) if media.available else None
        made = otio.schema.ExternalReference(self._names[media.sha256], available)
        made.name = self._names[media.sha256]
        made.metadata[KEY] = {"media": to_plain(media)}
        return made

    def _picture(self) -> otio.schema.Track:
        track = otio.schema.Track("picture", kind="Video")
        track.metadata[KEY] = {"role": "picture"}
        for item in self._timeline.picture.items:
            if isinstance(item, Gap):
                track.append(self._gap(item.length))
            elif isinstance(item, Transition):
                track.append(self._transition(item))
            else:
                track.append(self._clip(item))
        return track

    def _gap(self, frames: int) -> otio.schema.Gap:
        return otio.schema.Gap(source_range=self._range(FrameRange(0, frames)))

    def _transition(self, item: Transition) -> otio.schema.Transition:
        kind = SMPTE.get(item.kind, OTHER)
        made = otio.schema.Transition(item.kind.value, kind, self._time(item.before), self._time(item.after))
        made.metadata[KEY] = {"kind": item.kind.value}
        return made

    def _clip(self, clip: Clip) -> otio.schema.Clip:
        shown = FrameRange(clip.source.start, clip.length)
        made = otio.schema.Clip(clip.name, self._media(clip.media), self._range(shown))
        # other programs read the structure; `source` is told again because a time warp hides its length
        made.metadata[KEY] = {
            "effects": to_plain(clip.effects),
            "retime": to_plain(clip.retime),
            "source": to_plain(clip.source),
        }
        if clip.retime is not None:
            made.effects.append(self._warp(clip.retime, clip.name))
        return made

    def _warp(self, retime: Retime, where: str) -> otio.schema.Effect:
        (_, first), (frames, last) = retime.keys[0], retime.keys[-1]
        speed = Fraction(last - first, frames)
        steady = all(source == first + speed * at for at, source in retime.keys)
        if not steady:
            told = f"a ramp is one speed of {float(speed):.2f} in programs that do not read our notes"
            self._losses.tell("ramp", where, told)
        if speed == 0 and steady:
            return otio.schema.FreezeFrame()
        return otio.schema.LinearTimeWarp(time_scalar=float(speed))

    def _overlay(self, overlay: Overlay, index: int) -> otio.schema.Clip:
        shown = FrameRange(overlay.source_start, overlay.at.length)
        made = otio.schema.Clip(overlay.name, self._media(overlay.media), self._range(shown))
        made.metadata[KEY] = {"overlay": to_plain(overlay), "index": index}
        return made

    def _title(self, title: Title, index: int) -> otio.schema.Clip:
        words = otio.schema.GeneratorReference("title", "Text", parameters={"text": title.text})
        made = otio.schema.Clip(title.text[:60], words, self._range(FrameRange(0, title.at.length)))
        made.metadata[KEY] = {"title": to_plain(title), "index": index}
        return made

    def _sound(self, track: SoundTrack, number: int) -> list[otio.schema.Track]:
        facts = {
            "role": "sound",
            "layer": track.layer.value,
            "number": number,
            "gain_db": track.gain_db,
            "muted": track.muted,
        }
        rows = lanes([clip.at for clip in track.clips]) or [[]]
        return [
            self._track(
                f"{track.layer.value} {lane}",
                "Audio",
                [
                    (track.clips[index].at, self._sound_clip(track.clips[index], index, track.layer.value))
                    for index in row
                ],
                facts,
            )
            for lane, row in enumerate(rows, 1)
        ]

    def _sound_clip(self, clip: SoundClip, index: int, layer: str) -> otio.schema.Clip:
        where = f"{layer} {clip.name}".strip()
        shown = FrameRange(clip.source_start, clip.length)
        made = otio.schema.Clip(clip.name, self._media(clip.media), self._range(shown))
        made.metadata[KEY] = {"sound": to_plain(clip), "index": index}
        if clip.loop:
            told = "a loop is written as one long clip; other programs play the file once"
            self._losses.tell("loop", where, told)
        if clip.gain_db or clip.gain_keys or clip.pan or clip.pan_keys or clip.room:
            self._losses.tell("mix", layer, "gains, pans and rooms are read by this program only")
        if clip.retime is not None:
            made.effects.append(self._warp(clip.retime, where))
        return made

    def _track(
        self,
        name: str,
        kind: str,
        places: list[tuple[FrameRange, otio.schema.Clip]],
        facts: dict[str, Any],
    ) -> otio.schema.Track:
        track = otio.schema.Track(name, kind=kind)
        track.metadata[KEY] = facts
        end = 0
        for at, clip in places:
            if at.start > end:
                track.append(self._gap(at.start - end))
            track.append(clip)
            end = at.end
        return track


def rate_of(timeline: otio.schema.Timeline) -> FrameRate | None:
    """The exact rate our own notes name, or None."""
    told = timeline.metadata.get(KEY, {}).get("rate")
    return FrameRate.parse(str(told)) if told else None
