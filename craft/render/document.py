"""A timeline as JSON and back, with a schema version.

A document older than `VERSION` climbs one step at a time through `UPGRADES`; a newer one is refused. What
cannot be read is a `TimelineError` that names its place, never a half-read timeline.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from craft.render.errors import TimelineError
from craft.render.grade import Grade
from craft.render.model import (
    Caption,
    Clip,
    FrameRange,
    Gap,
    Item,
    MediaKind,
    MediaRef,
    SoundClip,
    SoundTrack,
    Timeline,
    Title,
    TitlePlace,
    Track,
    Transition,
)
from craft.terms import cuts, rates, sound

SCHEMA = "slate.timeline"
VERSION = 1
Document = dict[str, Any]
Upgrades = Mapping[int, Callable[[Document], Document]]
UPGRADES: Upgrades = {}
"""Version n → the function that makes it version n + 1."""


def to_json(timeline: Timeline) -> str:
    """The timeline as a JSON document; equal timelines give equal text."""
    return json.dumps(to_document(timeline), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | bytes, upgrades: Upgrades = UPGRADES, version: int = VERSION) -> Timeline:
    """Read a document. Raises `TimelineError` with code `document` or `version`."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise TimelineError("document", "timeline", f"not JSON: {error}") from None
    return from_document(upgraded(document, upgrades, version))


def upgraded(document: Any, upgrades: Upgrades = UPGRADES, version: int = VERSION) -> Document:
    """The document brought up to `version`, one step at a time."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise TimelineError("document", "timeline", f"not a {SCHEMA} document")
    while (found := document.get("version")) != version:
        if not isinstance(found, int) or found > version or found not in upgrades:
            raise TimelineError("version", "timeline", f"version {found!r} cannot be read, this is {version}")
        document = {**upgrades[found](document), "version": found + 1}
    current: Document = document
    return current


def to_document(timeline: Timeline) -> Document:
    """The timeline as plain lists and dicts."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "rate": str(timeline.rate),
        "picture": [_plain_item(item) for item in timeline.picture.items],
        "sound": [
            {"layer": str(track.layer), "clips": [_plain_sound(clip) for clip in track.clips]}
            for track in timeline.sound
        ],
        "captions": [
            {
                "start": caption.start_frame,
                "end": caption.end_frame,
                "text": caption.text,
                "character": caption.character,
            }
            for caption in timeline.captions
        ],
        "titles": [_plain_title(title) for title in timeline.titles],
    }


def _plain_range(frames: FrameRange | None) -> list[int] | None:
    return None if frames is None else [frames.start, frames.length]


def _plain_media(media: MediaRef) -> Document:
    return {"sha256": media.sha256, "kind": str(media.kind), "available": _plain_range(media.available)}


def _plain_item(item: Item) -> Document:
    if isinstance(item, Gap):
        return {"type": "gap", "length": item.length}
    if isinstance(item, Transition):
        return {"type": "transition", "kind": str(item.kind), "before": item.before, "after": item.after}
    return {
        "type": "clip",
        "name": item.name,
        "media": _plain_media(item.media),
        "source": _plain_range(item.source),
        "effects": [{"type": "grade", **_plain_grade(effect)} for effect in item.effects],
    }


def _plain_grade(grade: Grade) -> Document:
    """A grade as plain numbers and lists."""
    return {
        "exposure": grade.exposure,
        "contrast": grade.contrast,
        "saturation": grade.saturation,
        "temperature": grade.temperature,
        "tint": grade.tint,
        "lift": list(grade.lift),
        "gamma": grade.gamma,
        "gain": list(grade.gain),
    }


def _plain_sound(clip: SoundClip) -> Document:
    return {
        "name": clip.name,
        "media": _plain_media(clip.media),
        "record": clip.record,
        "length": clip.length,
        "source_start": clip.source_start,
        "gain_db": clip.gain_db,
        "pan": clip.pan,
        "fade_in": clip.fade_in,
        "fade_out": clip.fade_out,
        "loop": clip.loop,
    }


def _plain_title(title: Title) -> Document:
    return {
        "at": _plain_range(title.at),
        "text": title.text,
        "place": str(title.place),
        "size": title.size,
        "fade": title.fade,
    }


def from_document(document: Document) -> Timeline:
    """Build the timeline of a document of the present version."""
    try:
        return Timeline(
            rate=rates.FrameRate.parse(document["rate"]),
            picture=Track(tuple(_item(plain) for plain in document["picture"])),
            sound=tuple(
                SoundTrack(sound.Layer(plain["layer"]), tuple(_sound(clip) for clip in plain["clips"]))
                for plain in document["sound"]
            ),
            captions=tuple(
                Caption(
                    _whole(plain["start"]), _whole(plain["end"]), str(plain["text"]), str(plain["character"])
                )
                for plain in document["captions"]
            ),
            titles=tuple(_title(plain) for plain in document["titles"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TimelineError("document", "timeline", f"{type(error).__name__}: {error}") from None


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number of frames")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _range(plain: Any) -> FrameRange:
    start, length = plain
    return FrameRange(_whole(start), _whole(length))


def _media(plain: Document) -> MediaRef:
    available = plain["available"]
    kind = MediaKind(plain["kind"])
    return MediaRef(str(plain["sha256"]), kind, None if available is None else _range(available))


def _item(plain: Document) -> Item:
    kind = plain["type"]
    if kind == "gap":
        return Gap(_whole(plain["length"]))
    if kind == "transition":
        return Transition(cuts.Transition(plain["kind"]), _whole(plain["before"]), _whole(plain["after"]))
    if kind == "clip":
        effects = tuple(_effect(effect) for effect in plain["effects"])
        return Clip(_media(plain["media"]), _range(plain["source"]), effects, str(plain["name"]))
    raise ValueError(f"unknown item {kind!r}")


def _effect(plain: Document) -> Grade:
    if plain["type"] != "grade":
        raise ValueError(f"unknown effect {plain['type']!r}")
    red, green, blue = (float(part) for part in plain["lift"])
    gain_red, gain_green, gain_blue = (float(part) for part in plain["gain"])
    return Grade(
        exposure=float(plain["exposure"]),
        contrast=float(plain["contrast"]),
        saturation=float(plain["saturation"]),
        temperature=float(plain["temperature"]),
        tint=float(plain["tint"]),
        lift=(red, green, blue),
        gamma=float(plain["gamma"]),
        gain=(gain_red, gain_green, gain_blue),
    )


def _sound(plain: Document) -> SoundClip:
    return SoundClip(
        media=_media(plain["media"]),
        record=_whole(plain["record"]),
        length=_whole(plain["length"]),
        source_start=_whole(plain["source_start"]),
        gain_db=float(plain["gain_db"]),
        pan=float(plain["pan"]),
        fade_in=_whole(plain["fade_in"]),
        fade_out=_whole(plain["fade_out"]),
        loop=_flag(plain["loop"]),
        name=str(plain["name"]),
    )


def _title(plain: Document) -> Title:
    return Title(
        at=_range(plain["at"]),
        text=str(plain["text"]),
        place=TitlePlace(plain["place"]),
        size=float(plain["size"]),
        fade=_whole(plain["fade"]),
    )
