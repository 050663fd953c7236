"""Are the sound engines able to work on this machine, and which versions are they?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from craft.sound.ambiences import AMBIENCE_VERSION
from craft.sound.effects import EFFECT_VERSION
from craft.sound.errors import SoundError
from craft.sound.espeak import engine_version
from craft.sound.fluidsynth_process import find_soundfont, fluidsynth_version


@dataclass(frozen=True, slots=True)
class Health:
    """Can an engine work? When not, `reason` says what is missing and the next step."""

    ok: bool
    reason: str = ""


def versions() -> dict[str, str]:
    """Engine → version; an engine that is not here says so."""
    return {
        "espeak-ng": _told(engine_version),
        "fluidsynth": _told(fluidsynth_version),
        "soundfont": _told(lambda: find_soundfont().name),
        "ambience": str(AMBIENCE_VERSION),
        "effects": str(EFFECT_VERSION),
    }


def health() -> dict[str, Health]:
    """Health by engine: speech, score, ambience, effects. Ambience and effects need nothing but this
    package.
    """
    return {
        "speech": _checked(engine_version),
        "score": _checked(lambda: (find_soundfont(), fluidsynth_version())),
        "ambience": Health(True),
        "effects": Health(True),
    }


def _told(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except SoundError:
        return "not installed"


def _checked(ask: Callable[[], object]) -> Health:
    try:
        ask()
    except SoundError as error:
        return Health(False, str(error))
    return Health(True)
