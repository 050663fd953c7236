"""Built-in speech: a line in a character's voice, with phoneme and mouth times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from craft import sound
from engines.adapters.base import EngineDown, GenerationFailed, Health, InvalidInput, Request, Speech, Watch
from engines.adapters.builtin import BuiltIn, Made


class Espeak(BuiltIn):
    """espeak-ng in a process of its own, shaped into a voice."""

    key = "espeak"

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Speak the line into `speech.wav`."""
        if not isinstance(request, Speech):
            raise InvalidInput(f"espeak does not make {request.kind}.")
        try:
            spoken = sound.speak(
                request.text,
                language=request.language,
                voice=sound.Voice(**_figures(request.voice)),
                out=folder / "speech.wav",
                max_seconds=request.max_seconds,
                emotion=request.emotion,
            )
        except sound.SoundEngineMissing as error:
            raise EngineDown(str(error)) from error
        except sound.SpeechRefused as error:
            raise InvalidInput(str(error)) from error
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"The voice cannot be used: {error}") from error
        except sound.SoundError as error:
            raise GenerationFailed(str(error)) from error
        facts = {
            "seconds": spoken.seconds,
            "sample_rate": spoken.sample_rate,
            "visemes": [{"at_ms": cue.at_ms, "viseme": cue.viseme.value} for cue in spoken.visemes],
            "phonemes": [asdict(phoneme) for phoneme in spoken.phonemes],
            "fitted": spoken.fitted,
            "note": spoken.note,
            "label": spoken.label,
            "substitute": spoken.substitute,
        }
        return Made((("speech.wav", "audio/wav", facts),), spoken.version)

    def health(self) -> Health:
        """Whether espeak-ng is installed, and its version."""
        try:
            version = sound.engine_version()
        except sound.SoundError as error:
            return Health(False, str(error))
        return Health(True, "speaks", version)


def _figures(voice: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a voice that are ours; a vendor's own voice may stand beside them under the vendor's name."""
    return {name: value for name, value in voice.items() if name in sound.Voice.__dataclass_fields__}
