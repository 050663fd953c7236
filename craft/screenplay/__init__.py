"""Screenplays: Fountain text → typed script → breakdown into cast, places, acts, shots; rules alone."""

from craft.screenplay.breakdown import breakdown
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
from craft.screenplay.parser import parse
from craft.screenplay.staging import Bearing, Staging, staging

__all__ = [
    "ActPlan",
    "Bearing",
    "Breakdown",
    "CharacterPlan",
    "LinePlan",
    "SceneDef",
    "ScreenplayError",
    "Script",
    "ScriptNote",
    "ScriptScene",
    "ShotPlan",
    "Staging",
    "breakdown",
    "decode",
    "parse",
    "staging",
]
