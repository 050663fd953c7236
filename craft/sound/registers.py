"""What to ask of the engine so that a voice has the pitch and the throat its figures say.

The engine's own voice is a man's of 70-170 Hz. Played faster it has a smaller throat and a higher pitch, so
pitch and rate are asked lower by the same factor. A voice too high for that takes the engine's second
register, a woman's of 129-320 Hz with formants a tenth higher, and is played so much slower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from craft.sound.voices import Voice

# Median pitch in Hz that the engine's pitch figures give (espeak-ng 1.51, measured over a voiced sentence).
_FIGURES = (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99)
_FIRST = (70.0, 75.3, 77.4, 83.2, 91.5, 101.6, 112.5, 123.2, 137.8, 154.2, 169.6)
_SECOND = (129.3, 139.6, 148.0, 163.3, 177.1, 194.3, 214.1, 238.4, 267.3, 294.0, 319.6)
_SECOND_VARIANT, _SECOND_FORMANT = "f2", 1.10
# above this the first register has no room left for a feeling to raise it
_FIRST_ENDS = 150.0
_ANCHOR_PITCH, _ANCHOR_HERTZ, _STEPS_PER_OCTAVE = 34, 112.0, 50


@dataclass(frozen=True, slots=True)
class Register:
    """How a voice is asked for: pitch (0-99) and words per minute for the engine, the variant to add to its
    voice's name ("" for none) and how many times as fast its sound is played.
    """

    pitch: int
    rate: int
    variant: str
    factor: float

    def percent_of(self, change: float) -> float:
        """The engine's pitch for a passage `change` times as high, in percent of this register's pitch."""
        hertz = _SECOND if self.variant else _FIRST
        wanted = np.interp(self.pitch, _FIGURES, hertz) * change
        return float(100 * np.interp(wanted, hertz, _FIGURES) / max(1, self.pitch))


def hertz_of(pitch: float) -> float:
    """The median pitch in Hz a voice's figure stands for; 50 steps are an octave and 34 is 112 Hz."""
    return float(_ANCHOR_HERTZ * 2 ** ((pitch - _ANCHOR_PITCH) / _STEPS_PER_OCTAVE))


def register_of(voice: Voice, identity: Voice | None = None) -> Register:
    """The engine's figures for a voice; identity is the same voice without its feeling, which decides the
    register, so that nobody changes it in a shout. A variant of its own in the voice's name is kept.
    """
    identity = identity or voice
    second = hertz_of(identity.pitch) / identity.formant > _FIRST_ENDS
    named = "+" in identity.espeak
    factor = voice.formant / (_SECOND_FORMANT if second and not named else 1.0)
    wanted = hertz_of(voice.pitch) / factor
    pitch = np.interp(np.log(wanted), np.log(_SECOND if second else _FIRST), _FIGURES)
    if named:
        # what a variant's own pitch is nobody knows here: 50 is its middle
        pitch = voice.pitch - 50 * np.log2(voice.formant)
    rate = max(80, min(450, round(voice.rate / factor)))
    variant = _SECOND_VARIANT if second and not named else ""
    return Register(int(max(0, min(99, round(float(pitch))))), rate, variant, factor)
