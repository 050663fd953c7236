"""Sound: speech, score, ambience and effects. A pure library; `python -m craft.sound` runs it alone.

Everything is written as 48 kHz WAV and is deterministic: the same arguments give the same file.
"""

from craft.sound.ambiences import Ambience, ambience
from craft.sound.beds import BEDS
from craft.sound.conductor import Score, score
from craft.sound.cue import CueKind, ScoreSpec
from craft.sound.effects import Effect, effect
from craft.sound.errors import SoundEngineMissing, SoundError, SoundRefused, SpeechRefused
from craft.sound.espeak import engine_version
from craft.sound.fluidsynth_process import find_soundfont, fluidsynth_version
from craft.sound.foley import HITS
from craft.sound.health import Health, health, versions
from craft.sound.placement import ambience_for
from craft.sound.speech import DRAFT_LABEL, Line, Mark, Phoneme, Speech, speak, speak_many
from craft.sound.spotting import effects_for
from craft.sound.timing import predict_seconds
from craft.sound.voices import EMOTIONS, VOICES, Voice, emotion_of, voice_for

__all__ = [
    "BEDS",
    "DRAFT_LABEL",
    "EMOTIONS",
    "HITS",
    "VOICES",
    "Ambience",
    "CueKind",
    "Effect",
    "Health",
    "Line",
    "Mark",
    "Phoneme",
    "Score",
    "ScoreSpec",
    "SoundEngineMissing",
    "SoundError",
    "SoundRefused",
    "Speech",
    "SpeechRefused",
    "Voice",
    "ambience",
    "ambience_for",
    "effect",
    "effects_for",
    "emotion_of",
    "engine_version",
    "find_soundfont",
    "fluidsynth_version",
    "health",
    "predict_seconds",
    "score",
    "speak",
    "speak_many",
    "versions",
    "voice_for",
]
