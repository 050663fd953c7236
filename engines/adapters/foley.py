"""Built-in ambience and effects, made from noise and resonances."""

from __future__ import annotations

from pathlib import Path

from craft import sound
from engines.adapters.base import Effect, GenerationFailed, Health, InvalidInput, Request, Watch
from engines.adapters.builtin import BuiltIn, Made

FILE = "sound.wav"


class Foley(BuiltIn):
    """Makes a bed of exact length or a single effect."""

    key = "foley"

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Write the sound into `sound.wav`."""
        if not isinstance(request, Effect):
            raise InvalidInput(f"foley does not make {request.kind}.")
        try:
            made = self._make(request, folder / FILE)
        except ValueError as error:
            raise InvalidInput(str(error)) from error
        except sound.SoundError as error:
            raise GenerationFailed(str(error)) from error
        return Made(((FILE, "audio/wav", {"seconds": made.seconds, "sound": request.sound}),), made.version)

    def _make(self, request: Effect, out: Path) -> sound.Ambience | sound.Effect:
        if request.bed:
            return sound.ambience(
                request.sound, seconds=request.seconds, seed=request.seed, params=request.params, out=out
            )
        return sound.effect(request.sound, seed=request.seed, params=request.params, out=out)

    def health(self) -> Health:
        """Needs nothing but this process."""
        return Health(True, "plays")
