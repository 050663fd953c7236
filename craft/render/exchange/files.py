"""Files of other programs: written whole or not at all; their readers, with sizes bounded and XML harmless."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import opentimelineio as otio

from craft.render.errors import RenderError, TimelineError
from craft.render.exchange.edl import read_edl, write_edl
from craft.render.exchange.losses import Loss, Losses, Names, Shelf
from craft.render.exchange.otio_reading import from_otio
from craft.render.exchange.otio_writing import SMPTE, to_otio
from craft.render.execute import finished_file
from craft.render.model import Timeline
from craft.terms.rates import FrameRate

FORMATS: Mapping[str, str] = {"otio": ".otio", "otioz": ".otioz", "fcp7": ".xml", "edl": ".edl"}
"""Format → the ending of its files."""
MOST_BYTES = 64 * 1024 * 1024
CONTENT = "content.otio"
"""Where an OTIOZ keeps its timeline."""


@dataclass(frozen=True, slots=True)
class Written:
    """A written file and what it could not carry."""

    path: Path
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A timeline that was read and what of it could not be taken over."""

    timeline: Timeline
    losses: tuple[Loss, ...]


def write(
    timeline: Timeline, kind: str, out: Path, names: Names, media: Mapping[str, Path] | None = None
) -> Written:
    """Write a timeline as `kind` of `FORMATS`. An OTIOZ carries the files of `media` (digest → path) inside.

    Raises KeyError for an unknown format or media without a name, `RenderError` when the disk refuses.
    """
    writer, losses = _WRITERS[kind], Losses()
    try:
        with finished_file(out) as partial:
            writer(timeline, partial, names, media or {}, losses)
    except OSError as error:
        raise RenderError("not_written", out.name, str(error)) from error
    return Written(out, losses.all())


def read_here(path: Path, shelf: Shelf, rate: FrameRate | None = None) -> Read:
    """Read a file by its ending in this process. `rate` is used where the file does not tell its own.

    Only for a process that may be lost: OTIO's parser is native code. Raises `TimelineError("exchange")`, and whatever
    the libraries let escape.
    """
    ending = path.suffix.lower()
    if ending not in _READERS:
        known = ", ".join(_READERS)
        raise TimelineError("exchange", path.name, f"{ending or 'no ending'} is not one of {known}")
    if path.stat().st_size > MOST_BYTES and ending != FORMATS["otioz"]:
        raise TimelineError("exchange", path.name, f"more than {MOST_BYTES // 1024**2} MiB")
    losses = Losses()
    return Read(_READERS[ending](path, shelf, rate, losses), losses.all())


def _write_otio(
    timeline: Timeline, out: Path, names: Names, media: Mapping[str, Path], losses: Losses
) -> None:
    out.write_text(to_otio(timeline, names, losses).to_json_string(), encoding="utf-8")


def _write_otioz(
    timeline: Timeline, out: Path, names: Names, media: Mapping[str, Path], losses: Losses
) -> None:
    """The timeline and its media in one file. Stored, not deflated: pictures do not get any smaller."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        bundle.writestr("version.txt", "1.0.0")
        held = {digest: f"media/{names[digest]}" for digest in media}
        bundle.writestr(CONTENT, to_otio(timeline, {**names, **held}, losses).to_json_string())
        for digest, path in sorted(media.items(), key=lambda pair: held[pair[0]]):
            bundle.write(path, held[digest])


def _write_fcp7(
    timeline: Timeline, out: Path, names: Names, media: Mapping[str, Path], losses: Losses
) -> None:
    # the adapter cannot write generators
    line = to_otio(replace(timeline, titles=()), names, losses)
    if timeline.rate.dropped:
        line.metadata["fcp_xml"] = {"timecode": {"displayformat": "DF"}}
    for track in line.tracks:
        for child in track:
            if isinstance(child, otio.schema.Transition) and child.transition_type not in SMPTE.values():
                losses.tell("transition", child.name, f"{child.name} becomes a dissolve")
                child.transition_type = "SMPTE_Dissolve"
            elif isinstance(child, otio.schema.Clip) and child.media_reference.available_range is None:
                # the format wants a length for every file; of one that nobody counted, what is used of it
                child.media_reference.available_range = _used(child.source_range)
    for present, code, what in (
        (timeline.titles, "titles", "titles are not in the file"),
        (timeline.captions, "captions", "captions are not in the file; take the SRT"),
        (timeline.finish.effects or timeline.finish.letterbox, "finish", "the finish is not in the file"),
    ):
        if present:
            losses.tell(code, "programme", what)
    out.write_text(otio.adapters.write_to_string(line, "fcp_xml"), encoding="utf-8")


def _used(shown: otio.opentime.TimeRange) -> otio.opentime.TimeRange:
    zero = otio.opentime.RationalTime(0, shown.start_time.rate)
    return otio.opentime.TimeRange(zero, shown.start_time + shown.duration)


def _write_edl(
    timeline: Timeline, out: Path, names: Names, media: Mapping[str, Path], losses: Losses
) -> None:
    out.write_text(write_edl(timeline, names, losses), encoding="utf-8")


def _read_otio(path: Path, shelf: Shelf, rate: FrameRate | None, losses: Losses) -> Timeline:
    return _from_json(path.read_text("utf-8", "strict"), path.name, shelf, rate, losses)


def _read_otioz(path: Path, shelf: Shelf, rate: FrameRate | None, losses: Losses) -> Timeline:
    """Only the timeline of the bundle is read; its media are known by name."""
    try:
        with zipfile.ZipFile(path) as bundle:
            entry = bundle.getinfo(CONTENT)
            if entry.file_size > MOST_BYTES:
                raise TimelineError("exchange", path.name, "its timeline is too large")
            text = bundle.read(entry).decode("utf-8")
    except (zipfile.BadZipFile, KeyError, OSError, UnicodeDecodeError) as error:
        raise TimelineError("exchange", path.name, f"no OTIOZ: {error}") from None
    return _from_json(text, path.name, shelf, rate, losses)


def _from_json(text: str, name: str, shelf: Shelf, rate: FrameRate | None, losses: Losses) -> Timeline:
    try:
        # OTIO's own parser recurses without a limit; ours refuses what is nested too deep
        json.loads(text)
        found = otio.adapters.read_from_string(text, "otio_json")
    except (otio.exceptions.OTIOError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise TimelineError("exchange", name, f"no OpenTimelineIO file: {str(error)[:200]}") from None
    return _timeline(found, name, shelf, rate, losses)


def _read_fcp7(path: Path, shelf: Shelf, rate: FrameRate | None, losses: Losses) -> Timeline:
    text = path.read_text("utf-8", "strict")
    # Final Cut writes a bare <!DOCTYPE xmeml>; one that declares anything could make a small file endless
    if "<!ENTITY" in text.upper() or "<!DOCTYPE XMEML [" in text.upper():
        raise TimelineError("exchange", path.name, "the file declares entities, which no editor writes")
    try:
        found = otio.adapters.read_from_string(text, "fcp_xml")
    except Exception as error:
        # the adapter lets whatever its parser meets escape: the file is at fault, whichever it is
        raise TimelineError("exchange", path.name, f"no FCP7 XML: {str(error)[:200]}") from None
    return _timeline(found, path.name, shelf, rate, losses)


def _read_edl(path: Path, shelf: Shelf, rate: FrameRate | None, losses: Losses) -> Timeline:
    if rate is None:
        raise TimelineError("exchange", path.name, "an EDL does not say its frame rate; choose one")
    return read_edl(path.read_text("utf-8", "replace"), rate, shelf, losses)


def _timeline(found: object, name: str, shelf: Shelf, rate: FrameRate | None, losses: Losses) -> Timeline:
    """The first timeline in what was read."""
    if isinstance(found, otio.schema.SerializableCollection):
        lines = list(found.find_children(descended_from_type=otio.schema.Timeline))
        if len(lines) > 1:
            losses.tell("timelines", name, f"{len(lines)} timelines; the first is read")
        found = lines[0] if lines else None
    if not isinstance(found, otio.schema.Timeline):
        raise TimelineError("exchange", name, "there is no timeline in the file")
    return from_otio(found, shelf, losses, rate)


Writer = Callable[[Timeline, Path, Names, Mapping[str, Path], Losses], None]
Reader = Callable[[Path, Shelf, FrameRate | None, Losses], Timeline]
_WRITERS: Mapping[str, Writer] = {
    "otio": _write_otio,
    "otioz": _write_otioz,
    "fcp7": _write_fcp7,
    "edl": _write_edl,
}
_READERS: Mapping[str, Reader] = {
    FORMATS["otio"]: _read_otio,
    FORMATS["otioz"]: _read_otioz,
    FORMATS["fcp7"]: _read_fcp7,
    FORMATS["edl"]: _read_edl,
}


def safe_name(title: str, digest: str, ending: str) -> str:
    """A file name for media: readable, unique by content, harmless in every program."""
    words = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in title)[:40]
    return f"{words.strip('_') or 'media'}_{digest[:12]}{os.path.splitext(ending)[1] or ending}"
