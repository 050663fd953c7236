"""Built-in score: music for one act from its mood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from craft import sound
from engines.adapters.base import EngineDown, GenerationFailed, Health, InvalidInput, Request, Score, Watch
from engines.adapters.builtin import BuiltIn, Made


class Conductor(BuiltIn):
    """Composes a cue and plays it through a soundfont."""

    key = "conductor"

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Write the cue into `score.wav` and its notes into `score.mid`."""
        if not isinstance(request, Score):
            raise InvalidInput(f"conductor does not make {request.kind}.")
        figures: dict[str, Any] = {"genre": request.genre} if request.genre else {}
        figures |= {name: tuple(v) if isinstance(v, list) else v for name, v in request.spec.items()}
        try:
            spec = sound.ScoreSpec(
                seconds=request.seconds,
                valence=request.valence,
                energy=request.energy,
                seed=request.seed,
                **figures,
            )
            cue = sound.score(spec, folder / "score.wav")
        except sound.SoundEngineMissing as error:
            raise EngineDown(str(error)) from error
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"The score cannot be written so: {error}") from error
        except sound.SoundError as error:
            raise GenerationFailed(str(error)) from error
        facts = {
            "seconds": cue.seconds,
            "tempo": cue.tempo,
            "key": cue.key,
            "mode": cue.mode,
            "draft": cue.draft,
        }
        files = [("score.wav", "audio/wav", facts), (cue.midi_path.name, "audio/midi", {})]
        return Made(tuple(files), cue.version)

    def health(self) -> Health:
        """Whether fluidsynth and a soundfont are there. Without them a draft synthesis stands in."""
        try:
            version = sound.fluidsynth_version()
            sound.find_soundfont()
        except sound.SoundError as error:
            return Health(True, f"draft synthesis only: {error}")
        return Health(True, "plays", version)
