"""What is sent to ElevenLabs for each kind of request, and what cannot be said to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from craft import sound
from engines.adapters.base import Effect, InvalidInput, Issue, Model, Outline, Request, Score, Speech
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.requests import CloneVoice, Dialogue

NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_VOICES, MOST_SAMPLES = 10, 25
SEEDS = 1 << 32
# Upper ends of valence (−1 to 1) and energy (0 to 1), and the words for what lies below them.
VALENCE = (
    (-0.6, "dark and tragic"),
    (-0.2, "sad and uneasy"),
    (0.2, "neutral and restrained"),
    (0.6, "warm and hopeful"),
    (9.0, "bright and joyful"),
)
ENERGY = ((0.25, "very calm and slow"), (0.5, "calm"), (0.75, "driving"), (9.0, "intense and fast"))


@dataclass(frozen=True, slots=True)
class Voices:
    """Which of the vendor's voices a character has. `default` is the account's own choice for those who have none."""

    default: str = ""

    def of(self, figures: Mapping[str, Any]) -> str:
        """The vendor's number of a voice; empty when there is none that can be used."""
        found = figures.get("elevenlabs") or self.default
        return found if isinstance(found, str) and NUMBER.fullmatch(found) else ""


def issues_of(request: Request | Outline, model: Model, voices: Voices) -> list[Issue]:
    """What the vendor cannot do about this request."""
    if isinstance(request, Speech):
        tags = model.vendor.get("tags", {})
        unheard = request.emotion != "neutral" and request.emotion not in tags
        emotion = [Issue("emotion", f"has no word for “{request.emotion}”")] if unheard else []
        return _voiceless([request.voice], voices) + emotion
    if isinstance(request, Dialogue):
        many = len({voices.of(figures) for _, figures in request.lines}) > MOST_VOICES
        found = [Issue("lines", f"takes at most {MOST_VOICES} voices")] if many else []
        found += [] if request.lines else [Issue("lines", "has no lines")]
        return _voiceless([figures for _, figures in request.lines], voices) + found
    return _unagreed(request) if isinstance(request, CloneVoice) else []


def _voiceless(figures: list[Mapping[str, Any]], voices: Voices) -> list[Issue]:
    if all(voices.of(one) for one in figures):
        return []
    return [Issue("voice", "has no voice at ElevenLabs, and the account names none for such characters")]


def _unagreed(request: CloneVoice) -> list[Issue]:
    found = []
    if not request.consent.strip():
        found.append(Issue("consent", "needs the agreement of the person whose voice it is"))
    if not 1 <= len(request.samples) <= MOST_SAMPLES:
        found.append(Issue("samples", f"takes 1 to {MOST_SAMPLES} recordings, got {len(request.samples)}"))
    if not request.name.strip():
        found.append(Issue("name", "needs a name for the voice"))
    odd = sorted({one.mime for one in request.samples if not one.mime.startswith("audio/")})
    return found + ([Issue("samples", f"takes sound only, not {', '.join(odd)}")] if odd else [])


def order_of(request: Request, model: Model, voices: Voices, seconds: float) -> Order:
    """The POST for a request; `seconds` is the length that is ordered. Raises InvalidInput."""
    if isinstance(request, CloneVoice):
        return _voice(request)
    if isinstance(request, Speech):
        return _speech(request, model, voices)
    if isinstance(request, Dialogue):
        return _dialogue(request, model, voices)
    make: dict[type[Request], Callable[..., dict[str, Any]]] = {Effect: _effect, Score: _score}
    if type(request) not in make:
        raise InvalidInput(f"elevenlabs does not make {request.kind}.")
    body = make[type(request)](request, model, seconds)
    return Order(f"{model.vendor['path']}?output_format={model.vendor['format']}", body)


def spoken(request: Speech, model: Model) -> str:
    """The line with the vendor's own tag for its emotion ahead of it."""
    tag = model.vendor.get("tags", {}).get(request.emotion, "") if request.emotion != "neutral" else ""
    return f"{tag} {request.text}" if tag else request.text


def _speech(request: Speech, model: Model, voices: Voices) -> Order:
    voice = _named(voices.of(request.voice))
    body = {"text": spoken(request, model), **_common(request.language, request.seed, model)}
    path = f"/v1/text-to-speech/{voice}/with-timestamps?output_format={model.vendor['format']}"
    return Order(path, body)


def _dialogue(request: Dialogue, model: Model, voices: Voices) -> Order:
    lines = [{"text": text, "voice_id": _named(voices.of(figures))} for text, figures in request.lines]
    body = {"inputs": lines, **_common(request.language, request.seed, model)}
    return Order(f"/v1/text-to-dialogue/with-timestamps?output_format={model.vendor['format']}", body)


def _common(language: str, seed: int, model: Model) -> dict[str, Any]:
    return {
        "model_id": model.vendor["model"],
        "language_code": language.split("-")[0],
        "seed": seed % SEEDS,
    }


def _named(voice: str) -> str:
    if not voice:
        raise InvalidInput("A character has no voice at ElevenLabs.")
    return voice


def _effect(request: Effect, model: Model, seconds: float) -> dict[str, Any]:
    return {
        "text": sound_words(request),
        "duration_seconds": round(seconds, 2),
        "prompt_influence": model.vendor.get("prompt_influence", 0.3),
        "loop": request.bed,
        "model_id": model.vendor["model"],
    }


def sound_words(request: Effect) -> str:
    """The catalogue's name of a sound, what it is made of where a figure says so in a word, and whether it is a bed."""
    kind = (sound.BEDS if request.bed else sound.HITS).all().get(request.sound)
    name = kind.label if kind else request.sound.replace("_", " ")
    words = [f"{key} {value}" for key, value in sorted(request.params.items()) if isinstance(value, str)]
    return ", ".join([name, *words, *(["continuous background ambience"] if request.bed else [])])


def _score(request: Score, model: Model, seconds: float) -> dict[str, Any]:
    return {
        "prompt": music_words(request),
        "music_length_ms": round(seconds * 1000),
        "model_id": model.vendor["model"],
        "force_instrumental": True,
    }


def music_words(request: Score) -> str:
    """Genre, mood and pace in words."""
    mood = next(words for most, words in VALENCE if request.valence < most)
    pace = next(words for most, words in ENERGY if request.energy < most)
    genre = request.genre.replace("_", " ")
    return f"Instrumental film score{f', {genre}' if genre else ''}. Mood: {mood}. Pace: {pace}. No vocals."


def _voice(request: CloneVoice) -> Order:
    if _unagreed(request):
        raise InvalidInput("A voice is made only from recordings with the agreement of the person.")
    body = {
        "name": request.name.strip(),
        "description": f"Made with the agreement {request.consent.strip()}.",
        "labels": json.dumps({"consent": request.consent.strip()}),
        "remove_background_noise": "false",
        "files": [Embedded(one, Form.PART, f"sample-{n}") for n, one in enumerate(request.samples, start=1)],
    }
    return Order("/v1/voices/add", body, multipart=True)
