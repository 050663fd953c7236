"""Which voices a character may have at engines: the one rule, whoever saves them (page, API, script import)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engines import crew
from talent.models import ClonedVoice

NUMBER = re.compile(r"[\w.-]{1,80}", re.ASCII)


def speaking_engines() -> dict[str, list[str]]:
    """Engines where a character can have a voice of its own → the names to choose from; none where any number goes."""
    found: dict[str, list[str]] = {}
    for model in crew.models().values():
        if "speech" in model.capability.kinds and not model.builtin:
            found.setdefault(model.engine, sorted(model.vendor.get("voices", ())))
    return found


def voice_problems(voice: Mapping[str, Any], portrays: str) -> dict[str, str]:
    """What is wrong with the voices at engines of somebody who portrays this person (empty: nobody): field → message.

    A voice that was made of a person stays theirs, also when it was dropped here: the engine may have it still.
    """
    wrong: dict[str, str] = {}
    for engine, names in speaking_engines().items():
        number = voice.get(engine)
        if number is None:
            continue
        if not isinstance(number, str) or not NUMBER.fullmatch(number):
            wrong[f"voice.{engine}"] = (
                "The voice as the engine names it: letters, digits, points and hyphens."
            )
        elif names and number not in names:
            wrong[f"voice.{engine}"] = f"One of {', '.join(names)}."
        elif _of_another(engine, number, portrays):
            wrong[f"voice.{engine}"] = (
                "This voice was made from recordings of somebody who is not portrayed here."
            )
    return wrong


def _of_another(engine: str, number: str, portrays: str) -> bool:
    rows = ClonedVoice.objects.filter(engine=engine, number=number)
    return rows.exists() and not rows.filter(subject__iexact=" ".join(portrays.split()) or None).exists()
