"""Screenplays: Fountain text → a typed script → a breakdown into cast, places, acts and shots, by rules alone."""

from craft.screenplay.breakdown_model import (
    ActPlan,
    Breakdown,
    CharacterPlan,
    LinePlan,
    SceneDef,
    ScriptScene,
    ShotPlan,
)
from craft.screenplay.decoding import decode
from craft.screenplay.errors import ScreenplayError
from craft.screenplay.model import Script, ScriptNote

__all__ = [
    "ActPlan",
    "Breakdown",
    "CharacterPlan",
    "LinePlan",
    "SceneDef",
    "ScreenplayError",
    "Script",
    "ScriptNote",
    "ScriptScene",
    "ShotPlan",
    "decode",
]
