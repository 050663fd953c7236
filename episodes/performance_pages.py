"""What the page of a shot shows of its performance: the film, how it is used, whether it may be, who would make it."""

from __future__ import annotations

from typing import Any

from craft.terms.people import Permission
from craft.terms.rates import FrameRate
from engines import crew
from engines.arriving import LEAST_FILM_SECONDS, MOST_FILM_BYTES, MOST_FILM_SECONDS
from engines.routing import NO_ACCOUNT
from episodes import persons
from episodes.anchors import takes_film
from episodes.models import Performance, Shot, Take
from episodes.performed import (
    EXPRESSIONS,
    NODE,
    STAGE,
    PerformanceRefused,
    least_frames,
    outdated,
    part_of,
    performance_of,
)
from episodes.queries import cast_of, chosen_takes
from episodes.quoting import Quoting
from talent import rights
from tenancy.models import User
from tenancy.rules import can
from vault.services import url


def performance_part(shot: Shot, actor: User, typed: dict[str, Any] | None = None) -> dict[str, Any]:
    """All the panel needs. `typed` is what a refused form held."""
    row, cast, rate = performance_of(shot), cast_of(shot), FrameRate.parse(shot.episode.project.rate)
    wired = takes_film(shot)
    context: dict[str, Any] = {
        "row": row,
        "cast": cast,
        "wired": wired,
        "expressions": list(EXPRESSIONS),
        "typed": typed or {},
        "who": {
            "performer": typed["performer"] if typed else row.performer if row else "",
            "born_on": typed["born_on"] if typed else row.performer_born_on.isoformat() if row else "",
        },
        "needed": max(LEAST_FILM_SECONDS, float(rate.seconds(shot.frames))),
        "most": MOST_FILM_SECONDS,
        "most_mb": MOST_FILM_BYTES >> 20,
        "may_consent": can(actor, Permission.CONSENT),
        "could": sorted({model.label for model in crew.models().values() if model.capability.performance}),
    }
    if row is None:
        return context | {"maker": _maker(shot, _imagined(shot, rate)) if cast else {}}
    takes = chosen_takes(shot.episode)
    clip, cut = takes.get(("clip", shot.pk)), takes.get((STAGE, shot.pk))
    return context | {
        "film": url(row.asset),
        "cut": url(cut.asset) if cut and cut.meta[NODE]["id"] == str(row.pk) else "",
        "part": _part(row, shot, rate),
        "lacks": rights.missing(persons.performed(row, shot.episode.project_id)),
        "beside": rights.missing(persons.seen(shot, shot.episode.project_id)),
        "maker": _maker(shot, row) if wired else {},
        "stale": wired and clip is not None and outdated(clip, row),
        "made": _made(clip, row),
    }


def _made(clip: Take | None, row: Performance) -> Take | None:
    """The shot's clip, where it acts this performance out as it is set now."""
    return clip if clip is not None and not outdated(clip, row) else None


def _part(row: Performance, shot: Shot, rate: FrameRate) -> dict[str, Any]:
    """Which part of the film is sent, in seconds, or why there is none."""
    try:
        first, frames = part_of(row, shot)
    except PerformanceRefused as error:
        return {"problem": error.message, "next": error.next_step}
    begin, seconds = float(rate.seconds(first)), float(rate.seconds(frames))
    return {"begin": begin, "end": begin + seconds, "frames": frames, "shot": frames == shot.frames}


def _imagined(shot: Shot, rate: FrameRate) -> Performance:
    """A performance that would do, so that nobody is filmed for a shot that no engine acts out."""
    return Performance(shot=shot, frames=max(shot.frames, least_frames(rate)), rate=str(rate))


def _maker(shot: Shot, film: Performance) -> dict[str, Any]:
    """Who would make the clip now and at which price; else why nobody can."""
    quoted = Quoting(shot.episode).acted(shot, film)
    decision = quoted.decision
    lacking = [key for key, why in decision.rejected if why == NO_ACCOUNT]
    return {
        "label": decision.candidates[0].model.label if decision.candidates else "",
        "quote": quoted,
        "why": [] if decision.candidates else _why(decision.rejected),
        "connect": sorted(crew.models()[key].label for key in lacking),
    }


def _why(rejected: tuple[tuple[str, str], ...]) -> list[str]:
    """Why those cannot that could in principle: the others say only that they cannot."""
    able = {key for key, model in crew.models().items() if model.capability.performance}
    return [
        f"{crew.models()[key].label}: {why}" for key, why in rejected if key in able and why != NO_ACCOUNT
    ]
