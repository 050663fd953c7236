"""Voices: what makes one character sound unlike another, and how a line's feeling changes it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

SLOWEST, FASTEST = 80, 450


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaking voice.

    espeak  voice name of the engine, with an optional variant ("en-us", "en-gb+f3")
    pitch   0-99: 34 is 112 Hz and 50 steps are an octave · range 0-99, how far the melody moves
    rate    words per minute
    formant size of the throat: 1.0 as it is, 1.15 smaller and brighter, 0.9 larger and darker
    breath  0-1, how much air is heard
    """

    espeak: str
    pitch: int
    rate: int
    range: int
    formant: float = 1.0
    breath: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for a figure out of range."""
        if not re.fullmatch(r"[A-Za-z0-9-]{1,40}(\+[A-Za-z0-9_-]{1,40})?", self.espeak):
            raise ValueError(f"{self.espeak!r} is not the name of a voice")
        for name, value, lowest, highest in (
            ("pitch", self.pitch, 0, 99),
            ("range", self.range, 0, 99),
            ("rate", self.rate, SLOWEST, FASTEST),
            ("formant", self.formant, 0.7, 1.4),
            ("breath", self.breath, 0.0, 1.0),
        ):
            if not lowest <= value <= highest:
                raise ValueError(f"{name} is {value}; it must lie between {lowest} and {highest}")


# Ordered so that each next voice is as far as possible from those before it: a cast takes them in turn.
VOICES: dict[str, Voice] = {
    "alto_clear": Voice("en-us", 60, 168, 56, 1.12, 0.10),
    "baritone_dry": Voice("en-us", 34, 158, 40, 0.95, 0.05),
    "soprano_light": Voice("en-us", 82, 178, 66, 1.22, 0.16),
    "bass_gravel": Voice("en-us", 8, 146, 32, 0.82, 0.12),
    "tenor_open": Voice("en-us", 44, 172, 60, 1.00, 0.06),
    "alto_husky": Voice("en-us", 52, 154, 44, 1.09, 0.42),
    "elder_thin": Voice("en-us", 38, 136, 48, 1.06, 0.34),
    "child_bright": Voice("en-us", 96, 182, 74, 1.32, 0.12),
    "baritone_warm": Voice("en-us", 23, 150, 52, 0.90, 0.22),
    "soprano_cool": Voice("en-us", 71, 160, 34, 1.17, 0.04),
    "tenor_nervous": Voice("en-us", 55, 196, 72, 1.03, 0.10),
    "bass_slow": Voice("en-us", 15, 132, 44, 0.86, 0.04),
}


def voice_for(index: int, *, espeak: str = "en-us") -> Voice:
    """The voice of the nth character of a cast; the first twelve are clearly different, later ones are
    varied.
    """
    names = list(VOICES)
    base = VOICES[names[index % len(names)]]
    turn = index // len(names)
    seed = int.from_bytes(hashlib.sha256(f"voice/{index}".encode()).digest()[:2], "big") / 65535 - 0.5
    return replace(
        base,
        espeak=espeak,
        pitch=_bounded(base.pitch + (round(seed * 16) if turn else 0), 0, 99),
        formant=round(min(1.35, max(0.78, base.formant + (seed * 0.08 if turn else 0.0))), 3),
    )


@dataclass(frozen=True, slots=True)
class Emotion:
    """What a feeling does to a voice: added pitch and breath, factors on rate and range, gain in dB."""

    pitch: int = 0
    rate: float = 1.0
    range: float = 1.0
    breath: float = 0.0
    gain: float = 0.0


EMOTIONS: dict[str, Emotion] = {
    "neutral": Emotion(),
    "happy": Emotion(8, 1.07, 1.35, 0.0, 1.0),
    "excited": Emotion(12, 1.16, 1.5, 0.0, 2.0),
    "sad": Emotion(-7, 0.86, 0.6, 0.12, -2.0),
    "angry": Emotion(4, 1.10, 1.3, 0.0, 3.0),
    "afraid": Emotion(10, 1.14, 1.2, 0.15, -1.0),
    "calm": Emotion(-3, 0.93, 0.8, 0.05, -1.0),
    "tired": Emotion(-8, 0.82, 0.55, 0.18, -3.0),
    "whisper": Emotion(-4, 0.92, 0.35, 0.75, -7.0),
    "shout": Emotion(14, 1.05, 1.5, 0.0, 4.0),
    "cold": Emotion(-4, 0.95, 0.4, 0.0, -1.0),
    "ironic": Emotion(1, 0.94, 1.3, 0.0, 0.0),
    "urgent": Emotion(5, 1.18, 1.1, 0.05, 1.0),
    "tender": Emotion(-2, 0.88, 0.85, 0.25, -3.0),
}

# Stems of the words writers put in parentheses; the first emotion with a match wins.
_STEMS: tuple[tuple[str, str], ...] = (
    ("whisper", r"whisper|under (his|her|their) breath|sotto|hush|mutter|murmur"),
    ("shout", r"shout|yell|scream|roar|bellow|call(s|ing) out"),
    ("urgent", r"urgen|hurr|quick|rush|breathless|panting"),
    ("angry", r"ang(ry|er|rily)|furious|snap|hiss|bitter|rage|irritat|annoy"),
    ("afraid", r"afraid|scared|fear|terrif|nervous|anxious|trembl|panic"),
    ("excited", r"excit|thrill|delight|eager|amaz"),
    ("sad", r"sad|cry|tear|grie|sob|broken|mourn|disappoint"),
    ("tender", r"tender|soft|gentl|loving|fond|kind"),
    ("happy", r"happy|happi|smil|laugh|cheer|grin|joy|bright"),
    ("tired", r"tired|weary|wearily|exhaust|sleep|yawn|weak"),
    ("cold", r"cold|flat|deadpan|icy|stern|monoton"),
    ("ironic", r"iron|sarcas|dry|wry|mock|teas"),
    ("calm", r"calm|quiet|even|steady|slow|thoughtful|reflect|low"),
)


def emotion_of(parenthetical: str) -> str:
    """The emotion slug that a parenthetical such as "(softly, afraid)" asks for; "neutral" when it names
    none.
    """
    words = parenthetical.casefold()
    for slug, stems in _STEMS:
        if re.search(rf"\b({stems})", words):
            return slug
    return "neutral"


def with_emotion(voice: Voice, emotion: Emotion) -> Voice:
    """The voice as it sounds in that feeling, kept inside the engine's limits."""
    return replace(
        voice,
        pitch=_bounded(voice.pitch + emotion.pitch, 0, 99),
        rate=_bounded(round(voice.rate * emotion.rate), SLOWEST, FASTEST),
        range=_bounded(round(voice.range * emotion.range), 0, 99),
        breath=min(1.0, voice.breath + emotion.breath),
    )


def _bounded(value: int, lowest: int, highest: int) -> int:
    return max(lowest, min(highest, value))
