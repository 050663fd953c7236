"""Speech: mouth shapes, which sound makes which, and how fast people talk before anything is measured."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from craft.terms.base import Term

# Planning speed of dialogue; once a line is spoken its measured length wins.
WORDS_PER_SECOND = 2.5


class Viseme(Term):
    """A mouth shape that can be told from its neighbours at a glance."""

    REST = "rest"
    CLOSED = "closed"
    LIP_TEETH = "lip_teeth"
    TONGUE_TEETH = "tongue_teeth"
    TEETH = "teeth"
    TONGUE_UP = "tongue_up"
    PUSHED = "pushed"
    BACK = "back"
    OPEN = "open"
    MID = "mid"
    SPREAD = "spread"
    ROUNDED = "rounded"
    PUCKER = "pucker"


@dataclass(frozen=True, slots=True)
class MouthShape:
    """Four controls of a mouth, each 0…1: width (0.5 neutral), jaw opening, lip rounding, raised corners."""

    width: float
    open: float
    round: float
    smile: float


@dataclass(frozen=True, slots=True)
class VisemeCue:
    """From `at_ms` (from the start of the line) the mouth goes to this shape, until the next cue."""

    at_ms: int
    viseme: Viseme


MOUTHS: dict[Viseme, MouthShape] = {
    Viseme.REST: MouthShape(0.50, 0.00, 0.00, 0.10),
    Viseme.CLOSED: MouthShape(0.44, 0.00, 0.00, 0.00),
    Viseme.LIP_TEETH: MouthShape(0.50, 0.10, 0.00, 0.10),
    Viseme.TONGUE_TEETH: MouthShape(0.52, 0.24, 0.00, 0.10),
    Viseme.TEETH: MouthShape(0.62, 0.13, 0.00, 0.20),
    Viseme.TONGUE_UP: MouthShape(0.50, 0.38, 0.00, 0.10),
    Viseme.PUSHED: MouthShape(0.36, 0.26, 0.60, 0.00),
    Viseme.BACK: MouthShape(0.52, 0.32, 0.00, 0.05),
    Viseme.OPEN: MouthShape(0.54, 0.95, 0.00, 0.10),
    Viseme.MID: MouthShape(0.58, 0.48, 0.00, 0.15),
    Viseme.SPREAD: MouthShape(0.74, 0.22, 0.00, 0.45),
    Viseme.ROUNDED: MouthShape(0.32, 0.70, 0.80, 0.00),
    Viseme.PUCKER: MouthShape(0.20, 0.34, 1.00, 0.00),
}

# Each shape and the sounds it serves: IPA first, then the ASCII names espeak-ng prints without --ipa.
_SOUNDS: dict[Viseme, str] = {
    Viseme.CLOSED: "p b m ɓ ʙ ɸ β",
    Viseme.LIP_TEETH: "f v ɱ ʋ pf",
    Viseme.TONGUE_TEETH: "θ ð T D",
    Viseme.TEETH: "s z t d n ts dz ʦ ʣ ʈ ɖ ɗ ɳ ɬ ɮ",
    Viseme.TONGUE_UP: "l ɫ ɭ ɾ ɽ ʎ λ",
    Viseme.PUSHED: "ʃ ʒ tʃ dʒ ʧ ʤ ɕ ʑ tɕ dʑ ʂ ʐ r ɹ ɻ ʁ ɚ ɝ S Z tS dZ 3",
    Viseme.BACK: "k g ɡ ŋ x ɣ h ɦ ħ ʔ ʕ q χ c ɟ ɲ ɠ ɰ ç N C R",
    Viseme.OPEN: "a ɑ ɐ æ ʌ aa A V 0",
    Viseme.MID: "e ɛ ə ɘ ɜ ɞ ɵ ɤ ɯ E @ 2",
    Viseme.SPREAD: "i ɪ j ɨ ʝ I",
    Viseme.ROUNDED: "o ɔ ɒ œ ɶ ø O Q W Y",
    Viseme.PUCKER: "u ʊ w ʍ y ʏ ʉ ɥ U",
}
_SHAPES: dict[str, Viseme] = {sound: shape for shape, sounds in _SOUNDS.items() for sound in sounds.split()}
_LONGEST = max(map(len, _SHAPES))
# Stress, length, tone, tie bars, syllable marks: they change no lips.
_MARKS = str.maketrans("", "", "ˈˌːˑ'`,:;%=_!|‿͜͡-.~*#?^ʰʲˠˤ˞ \u200d")


def viseme_of(phoneme: str) -> Viseme:
    """The mouth shape of one phoneme, IPA or espeak-ng's ASCII name; a pause is REST, an unknown sound MID.

    A diphthong takes its first vowel: its length is one cue.
    """
    bare = phoneme.translate(_MARKS)
    for width in range(min(_LONGEST, len(bare)), 0, -1):
        if shape := _SHAPES.get(bare[:width]):
            return shape
    plain = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
    if plain and plain != bare:
        return viseme_of(plain)
    return Viseme.MID if any(c.isalpha() for c in plain) else Viseme.REST
