"""Camera slugs → an engine's own words. What a family has no words for is refused and named, never paraphrased.

One JSON file of `wordings/` for each family of engines that reads camera words the same way:

    pattern     the sentence, with {camera} (the moves) and {prompt} (what happens and what is not wanted); empty for
                engines that take no words
    movements   "pan left" → words; a movement without a direction stands alone ("static")
    speeds      "slow" → words put in the place of {speed}; an engine without words for speed leaves the place out
    angles      "low_angle" → words
    optics      "zoom in" → words, for what the lens does beside the movement
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engines.adapters.inputs import Input
from engines.adapters.requests import Clip, Outline, Request

FOLDER = Path(__file__).parent / "wordings"
NO_DIRECTION = ("", "none")
DIRECTED_OPTICS = ("zoom", "dolly_zoom", "roll")


@dataclass(frozen=True, slots=True)
class Wording:
    """The camera words of one family of engines. `source` says where they are published."""

    family: str
    source: str
    pattern: str
    joint: str
    movements: dict[str, str]
    speeds: dict[str, str]
    angles: dict[str, str]
    optics: dict[str, str]

    def camera(self, request: Clip) -> str:
        """The angle, the movement and the optics in the family's words. Call `missing` first."""
        found = (
            self.angles.get(request.angle, ""),
            self.movements.get(named(request.movement, request.direction), ""),
            self.optics.get(request.optics, "") if request.optics != "none" else "",
        )
        words = self.joint.join(part for part in found if part)
        return " ".join(words.replace("{speed}", self._speed(request)).split())

    def _speed(self, request: Clip) -> str:
        return "" if request.movement == "static" else self.speeds.get(request.speed, "")

    def missing(self, request: Clip) -> list[tuple[str, str]]:
        """(field, slug) of everything the family has no words for."""
        move = named(request.movement, request.direction)
        found = [("movement", move)] if move not in self.movements else []
        found += [("angle", request.angle)] if request.angle not in self.angles else []
        lens = request.optics != "none" and request.optics not in self.optics
        return found + ([("optics", request.optics)] if lens else [])


def named(movement: str, direction: str) -> str:
    """A movement with its direction as the tables name it: `pan left`, `static`."""
    return movement if direction in NO_DIRECTION or movement == "static" else f"{movement} {direction}"


def optics_named(optics: str, direction: str) -> str:
    """What the lens does as the tables name it: `zoom in`, `roll cw`, `rack_focus`, `none`."""
    return f"{optics} {direction}" if optics in DIRECTED_OPTICS and direction not in NO_DIRECTION else optics


@cache
def wording(family: str) -> Wording:
    """The words of a family. Raises FileNotFoundError for one that does not exist."""
    row: dict[str, Any] = json.loads((FOLDER / f"{family}.json").read_text())
    return Wording(family=family, joint=row.pop("joint", ", "), **row)


@cache
def families() -> tuple[str, ...]:
    """All families by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def clip_words(request: Request, family: str) -> str:
    """The prompt as an engine of this family gets it: a clip's camera in its own words, other prompts as they are."""
    prompt = str(getattr(request, "prompt", ""))
    if not isinstance(request, Clip):
        return prompt
    words = wording(family)
    # the parts go in as values: braces of somebody's text are never read as places
    return words.pattern.format(camera=words.camera(request), prompt=prompt).strip()


def wording_issues(request: Request | Outline, family: str) -> list[tuple[str, str]]:
    """(field, message) of what a clip asks of the camera and the family cannot say."""
    if not isinstance(request, Clip) or not family:
        return []
    words = wording(family)
    told = "has no words for" if words.pattern else "takes no words, and does not do"
    return [(field, f"{told} “{slug.replace('_', ' ')}”") for field, slug in words.missing(request)]


def pictures_named(references: Sequence[Input]) -> str:
    """Which picture shows what, in their order, for engines that know them as “image 1” and so on."""
    if not references:
        return ""
    told = "; ".join(f"image {number} is {one.title}" for number, one in enumerate(references, start=1))
    return f"\n\nReferences: {told}."


def words_and_pictures(request: Request, family: str, most: int | None = None) -> str:
    """`clip_words`, then which reference shows what, unless that made it longer than the engine takes."""
    words = clip_words(request, family)
    named = words + pictures_named(getattr(request, "references", ()))
    return words if most is not None and len(named) > most else named
