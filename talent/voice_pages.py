"""What the page of a character shows of its voices at engines: those it has, recordings, what was made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from craft.terms.states import JobState
from engines import crew
from engines.arriving import LEAST_SECONDS, MOST_SECONDS
from engines.models import EngineAccount
from talent.engine_voices import speaking_engines
from talent.models import Character, ClonedVoice
from talent.queries import cloned_voices, recordings_of, voice_state
from vault.services import url
from workflow.states import ENDED_STATES


@dataclass(frozen=True, slots=True)
class Shown:
    """A cloned voice on the page."""

    row: ClonedVoice
    state: str
    label: str
    ended: bool
    engine: str
    used: bool
    leaving: str = ""
    """Of a voice that was dropped: how its deletion at the engine stands."""


def voice_part(character: Character) -> dict[str, Any]:
    """All the page's part needs: which voices it has where, the recordings, what was made from them."""
    engines, connected = crew.engines(), set(EngineAccount.objects.values_list("engine", flat=True))
    return {
        "engines": [
            (key, engines[key].label, names, character.voice.get(key, ""), key in connected)
            for key, names in speaking_engines().items()
        ],
        "recordings": [(one, url(one.asset)) for one in recordings_of(character)],
        "cloned": [shown(row) for row in cloned_voices().filter(character=character)],
        "makers": [engines[key].label for key in sorted(_makers() & connected)],
        "could": ", ".join(engines[key].label for key in sorted(_makers())),
        "least": LEAST_SECONDS,
        "most": MOST_SECONDS,
    }


def _makers() -> set[str]:
    return {model.engine for model in crew.models().values() if "voice" in model.capability.kinds}


def shown(row: ClonedVoice) -> Shown:
    """A cloned voice as the page shows it."""
    state = voice_state(row)
    label = crew.engines()[row.engine].label if row.engine in crew.engines() else row.engine
    used = bool(row.number) and row.character.voice.get(row.engine) == row.number
    leaving = row.deletion.state if row.deletion else ""
    return Shown(row, state, JobState(state).label, state in ENDED_STATES, label, used, leaving)
