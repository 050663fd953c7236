"""The ways sound can fail, each with a stable code, what failed and the next step."""

from __future__ import annotations


class SoundError(RuntimeError):
    """A sound that could not be made. `code` is stable; the message says what failed and what to do next."""

    code = "sound.failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class SoundEngineMissing(SoundError):
    """A program or file this engine needs is not installed; the message carries the command that installs
    it.
    """

    code = "sound.engine_missing"


class SpeechRefused(SoundError):
    """The text, language or voice cannot be spoken as asked. Nothing was written."""

    code = "sound.speech_refused"


class SoundRefused(SoundError, ValueError):
    """An unknown kind, an unknown parameter or a value out of range. Nothing was written."""

    code = "sound.refused"
