"""How a set is dressed: era, wealth, clutter and colours, checked before a renderer sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from craft.terms.places import Era

LEVELS = ("wealth", "clutter")
COLOURS = ("wall", "floor", "wood", "fabric", "accent", "lamp", "rug", "sofa")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_WORDS = 2000
MOST_EXTRAS = 12


def layout_problems(layout: Any) -> dict[str, str]:
    """What is wrong with a layout {seed, dressing, words, extras}: field → message."""
    if not isinstance(layout, Mapping) or not isinstance(layout.get("dressing", {}), Mapping):
        return {"layout": "A layout has a seed, a dressing, words and extras."}
    wrong = {f"layout.{name}": "Not part of a layout." for name in layout if name not in _PARTS}
    seed = layout.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        wrong["layout.seed"] = "A whole number from 0."
    extras = layout.get("extras", 0)
    if not isinstance(extras, int) or isinstance(extras, bool) or not 0 <= extras <= MOST_EXTRAS:
        wrong["layout.extras"] = f"From 0 to {MOST_EXTRAS} people."
    if not isinstance(layout.get("words", ""), str) or len(layout.get("words", "")) > _MOST_WORDS:
        wrong["layout.words"] = f"At most {_MOST_WORDS} characters."
    for name, value in layout.get("dressing", {}).items():
        if said := _problem(str(name), value):
            wrong[f"dressing.{name}"] = said
    return wrong


_PARTS = ("seed", "dressing", "words", "extras")


def _problem(name: str, value: Any) -> str:
    if name == "era":
        return "" if value in [e.value for e in Era] else f"One of {', '.join(Era)}."
    if name in LEVELS:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if number and 0 <= value <= 100 else "From 0 to 100."
    if name in COLOURS:
        return "" if isinstance(value, str) and _HEX.fullmatch(value) else "A colour such as #2b4c7e."
    if name == "style":
        return "" if isinstance(value, str) and 0 < len(value) <= 100 else "A word."
    return "Not part of a dressing."


def dressed(dressing: Mapping[str, Any], posted: Mapping[str, Any]) -> dict[str, Any]:
    """The dressing with a form's values; an empty value or an unticked colour leaves it to the set."""
    kept = {k: v for k, v in dressing.items() if k not in ("era", *LEVELS, *COLOURS)}
    if posted.get("era"):
        kept["era"] = posted["era"]
    for name in LEVELS:
        if (raw := str(posted.get(name, ""))).strip():
            kept[name] = float(raw) if re.fullmatch(r"\d+(\.\d+)?", raw) else raw
    for name in COLOURS:
        if posted.get(f"own_{name}"):
            kept[name] = posted.get(f"colour_{name}", "")
    return kept
