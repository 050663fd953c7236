"""What the page of a character shows of its trainings: each with its state, its losses as a line, its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from craft.terms.states import JobState
from engines import crew
from engines.offers import healths
from talent.models import Character, Training
from talent.queries import references_of, training_state, trainings_of
from talent.training import LEAST_PICTURES, MOST_CAPTION, ROLE
from workflow.states import ENDED_STATES

WIDE, HIGH = 240, 48
FIGURES = (
    ("width", "Width", 32, 2048, 8, 512),
    ("height", "Height", 32, 2048, 8, 512),
    ("rank", "Rank", 1, 256, 1, 8),
    ("steps", "Steps", 1, 20_000, 1, 800),
    ("learning_rate", "Learning rate", 0.0000001, 1, "any", 0.0001),
    ("seed", "Seed", 0, 2**31, 1, 1),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A training on the page. `line` are the points of its losses in a box of WIDE × HIGH."""

    row: Training
    state: str
    label: str
    ended: bool
    line: str
    first: float | None
    last: float | None


def shown(row: Training) -> Shown:
    """A training as the page shows it."""
    state = training_state(row)
    ends = (row.losses[0], row.losses[-1]) if row.losses else (None, None)
    return Shown(row, state, JobState(state).label, state in ENDED_STATES, points(row.losses), *ends)


def points(losses: Sequence[float]) -> str:
    """A line over the box, the highest loss at its top; nothing for fewer than two."""
    if len(losses) < 2:
        return ""
    top, step = max(*losses, 1e-9), WIDE / (len(losses) - 1)
    return " ".join(
        f"{at * step:.1f},{HIGH - loss / top * (HIGH - 2) - 1:.1f}" for at, loss in enumerate(losses)
    )


def training_part(character: Character, request: HttpRequest) -> dict[str, Any]:
    """All the page's part needs: the trainings, which weights there are, or why none can be trained."""
    told = list(healths(ROLE).items())
    able = [(crew.engines()[key].label, one) for key, one in told if one.ok]
    return {
        "rows": [shown(row) for row in trainings_of(character)],
        "weights": [name for _, one in able for name in one.detail.get("weights", ())],
        "away": "; ".join(f"{crew.engines()[key].label}: {one.message}" for key, one in told if not one.ok),
        "pictures": [(one, _caption(one.name, request, str(one.pk))) for one in references_of(character)],
        "figures": [
            (name, label, low, high, step, request.POST.get(name, usual))
            for name, label, low, high, step, usual in FIGURES
        ],
        "word": request.POST.get("word", ""),
        "least": LEAST_PICTURES,
        "most_caption": MOST_CAPTION,
    }


def _caption(name: str, request: HttpRequest, key: str) -> str:
    return request.POST.get(f"caption_{key}", name)
