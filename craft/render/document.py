"""A timeline as JSON and back, with a schema version.

A document older than `VERSION` climbs one step at a time through `UPGRADES`; a newer one is refused. What
cannot be read is a `TimelineError` that names its place, never a half-read timeline.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from craft.render import codec
from craft.render.document_upgrades import second
from craft.render.effects import Cdl, Lut, Modifier, Reframe, Stabilise
from craft.render.errors import TimelineError
from craft.render.grade import Grade
from craft.render.model import Clip, Gap, Timeline, Transition

SCHEMA = "slate.timeline"
VERSION = 2
Document = dict[str, Any]
Upgrades = Mapping[int, Callable[[Document], Document]]
UPGRADES: Upgrades = {1: second}
"""Version n → the function that makes it version n + 1."""
TAGS: dict[str, type] = {
    "clip": Clip,
    "gap": Gap,
    "transition": Transition,
    "grade": Grade,
    "cdl": Cdl,
    "lut": Lut,
    "reframe": Reframe,
    "modifier": Modifier,
    "stabilise": Stabilise,
}


def to_json(timeline: Timeline) -> str:
    """The timeline as a JSON document; equal timelines give equal text."""
    return json.dumps(to_document(timeline), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | bytes) -> Timeline:
    """Read a document. Raises `TimelineError` with code `document` or `version`."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise TimelineError("document", "timeline", f"not JSON: {error}") from None
    return from_document(document)


def upgraded(document: Any, upgrades: Upgrades = UPGRADES, version: int = VERSION) -> Document:
    """The document brought up to `version`, one step at a time. Raises `TimelineError`."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise TimelineError("document", "timeline", f"not a {SCHEMA} document")
    while (found := document.get("version")) != version:
        if not isinstance(found, int) or found > version or found not in upgrades:
            raise TimelineError("version", "timeline", f"version {found!r} cannot be read, this is {version}")
        try:
            document = {**upgrades[found](document), "version": found + 1}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            place = f"version {found}"
            raise TimelineError("document", place, f"{type(error).__name__}: {error}") from None
    current: Document = document
    return current


def to_document(timeline: Timeline) -> Document:
    """The timeline as plain lists and dicts."""
    body: Document = codec.plain(timeline, TAGS)
    return {"schema": SCHEMA, "version": VERSION, **body}


def to_plain(part: object) -> Any:
    """A part of a timeline (effects, a finish) as a document holds it."""
    return codec.plain(part, TAGS)


def from_plain(kind: Any, plain: Any, where: str) -> Any:
    """A part of a timeline from a document's form, `kind` being its annotation. Raises `TimelineError`."""
    try:
        return codec.built(kind, plain, TAGS, where)
    except codec.Unreadable as error:
        place, _, message = str(error).partition(": ")
        raise TimelineError("document", place, message) from None


def from_document(document: Any) -> Timeline:
    """Build the timeline of a document of any known version. Raises `TimelineError`."""
    current = upgraded(document)
    body = {name: value for name, value in current.items() if name not in ("schema", "version")}
    timeline: Timeline = from_plain(Timeline, body, "timeline")
    return timeline
