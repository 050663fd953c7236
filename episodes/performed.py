"""The performances of shots: which film stands, what of it a shot uses, what it makes a step's result depend on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from craft.terms.rates import FrameRate
from engines.arriving import LEAST_FILM_SECONDS
from episodes.models import Performance, Shot, Take
from tenancy.errors import SlateError

STAGE, NODE, PORT = "performance", "performance", "performance"
EXPRESSIONS = range(1, 6)


class PerformanceRefused(SlateError):
    """The performance is not possible like this; `fields` names why."""

    code = "performance.refused"
    status = 422


def performance_of(shot: Shot) -> Performance | None:
    """The performance that a shot has."""
    return performances_of_all([shot]).get(shot.pk)


def performances_of_all(shots: Iterable[Shot]) -> dict[UUID, Performance]:
    """The same for many shots, in one query."""
    return {pk: row for pk, row in _newest(shots).items() if not row.dropped}


def _newest(shots: Iterable[Shot]) -> dict[UUID, Performance]:
    rows = Performance.objects.filter(shot__in=[shot.pk for shot in shots]).select_related(
        "asset", "character"
    )
    return {row.shot_id: row for row in rows.order_by("version")}


def marks_of_all(shots: Iterable[Shot]) -> dict[UUID, list[Any]]:
    """What steps that act a shot's performance depend on; nothing for shots that never had one.

    The version is part of it: settings that come back, or a film that is taken away, are other work than before.
    """
    return {pk: mark_of(row) for pk, row in _newest(shots).items()}


def mark_of(row: Performance) -> list[Any]:
    """What tells this performance, as it is set, from every other of its shot."""
    if row.dropped:
        return ["none", row.version]
    return [row.asset.sha256, row.begin, row.body, row.expression, str(row.character_id), row.version]


def part_of(row: Performance, shot: Shot) -> tuple[int, int]:
    """(first frame, frames) of the film at the project's rate that a shot is sent: as many as it has, and three
    seconds at least, of which the edit takes what it needs. Raises PerformanceRefused where the film ends before."""
    rate = FrameRate.parse(shot.episode.project.rate)
    frames = max(shot.frames, least_frames(rate))
    held, first = rate.frames(FrameRate.parse(row.rate).seconds(row.frames)), rate.frames(row.begin)
    if first + frames <= held:
        return first, frames
    left, needed = float(rate.seconds(max(0, held - first))), float(rate.seconds(frames))
    raise PerformanceRefused(
        f"The performance of {shot.label} has {left:.2f} s from where it begins; {needed:.2f} s are needed.",
        fields={"begin": f"At most {max(0.0, float(rate.seconds(held - frames))):.2f} s."}
        if held >= frames
        else {"file": f"The film has {row.seconds:.2f} s, {shot.label} needs {needed:.2f} s."},
        kept="Nothing was changed.",
        next_step="Let it begin earlier, bring a longer film, or shorten the shot.",
    )


def least_frames(rate: FrameRate) -> int:
    """Frames of the shortest film that any engine acts out."""
    return -(-int(LEAST_FILM_SECONDS) * rate.num // rate.den)


def settings_of(row: Performance, seen: int) -> dict[str, Any]:
    """What a take keeps of the performance it was made from."""
    return {
        "id": str(row.pk),
        "film": row.asset.sha256,
        "begin": row.begin,
        "body": row.body,
        "expression": row.expression,
        "seen": seen,
        "mark": mark_of(row),
    }


def acted_in(take: Take | None) -> Performance | None:
    """The performance that is seen in a take: it was made from it, or from a picture that was."""
    told = (take.meta.get(NODE) or {}) if take else {}
    return Performance.objects.filter(pk=told["id"]).first() if told else None


def outdated(take: Take | None, row: Performance | None) -> bool:
    """Whether a clip was made from another performance than its shot has now."""
    return take is not None and (take.meta.get(NODE) or {}).get("mark") != (mark_of(row) if row else None)


def productions() -> set[UUID]:
    """The projects for which somebody was filmed."""
    rows = Performance.objects.filter(dropped=False).values_list("shot__episode__project_id", flat=True)
    return set(rows.distinct())
