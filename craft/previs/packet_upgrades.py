"""Packets of earlier versions brought up step by step, so that a stored packet stays drawable."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any


def _from_1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 counts the fill in stops, and a cap is a hat over short hair."""
    ratio = data.pop("fill_ratio", None)
    if isinstance(ratio, int | float) and ratio >= 1:
        data["fill_stops"] = math.log2(ratio)
    characters = data.get("characters")
    if isinstance(characters, list | tuple):
        data["characters"] = [_bare_headed(c) if isinstance(c, Mapping) else c for c in characters]
    return {**data, "version": 2}


def _bare_headed(character: Mapping[str, Any]) -> dict[str, Any]:
    hair = character.get("hair")
    if not isinstance(hair, Mapping) or hair.get("style") != "cap":
        return dict(character)
    worn = {"kind": "cap", **({"colour": hair["colour"]} if "colour" in hair else {})}
    return {**character, "hair": {**hair, "style": "short"}, "hat": worn}


_STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}


def upgraded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same packet in the newest version; what is wrong in it stays wrong, for the schema to name."""
    found = dict(data)
    while type(found.get("version")) is int and found["version"] in _STEPS:
        found = _STEPS[found["version"]](found)
    return found
