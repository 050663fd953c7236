"""ElevenLabs: every call answers with its work, as bytes or as JSON with base64 and the times of characters."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire
from fake_engines.works import tone

# milli-credits for a character, a second
SPEECH = {"eleven_v4": 8, "eleven_v3": 8, "eleven_flash_v2_5": 4}
SOUND = {"eleven_text_to_sound_v2": 234, "eleven_text_to_sound_v3": 234}
MUSIC = {"music_v1": 1334, "music_v2": 1334, "music_v2_5": 1334}
FORMATS = {f"mp3_44100_{rate}" for rate in (32, 64, 96, 128, 192)} | {
    "mp3_22050_32",
    "wav_48000",
    "wav_44100",
}
MUSIC_FORMATS = {"auto", "mp3_44100_128", "mp3_48000_128", "mp3_48000_192", "mp3_48000_320"}
SPEAKING = {"text", "model_id", "language_code", "voice_settings", "seed", "previous_text", "next_text"}
TALKING = {"inputs", "model_id", "language_code", "settings", "seed"}
SOUNDING = {"text", "loop", "duration_seconds", "prompt_influence", "model_id"}
PLAYING = {"prompt", "composition_plan", "music_length_ms", "model_id", "seed", "force_instrumental"}
CLONING = {"name", "files", "description", "labels", "remove_background_noise"}
SECONDS_A_CHARACTER = 0.06
UNKNOWN_VOICE = "missing"


class ElevenLabs(Wire):
    """Checks the fields of each interface; bytes come as MP3 unless WAV was asked for."""

    engine = "elevenlabs"

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self._deleted: set[str] = set()

    def admit(self, call: Call) -> None:
        """The key's own header."""
        if not call.headers.get("xi-api-key"):
            raise Refused(401, "invalid_api_key")

    def order(self, call: Call) -> Ordered | None:
        """Five interfaces."""
        if call.method != "POST":
            return None
        match call.path:
            case ["v1", "text-to-speech", voice, "with-timestamps"]:
                return self._speech(voice, call)
            case ["v1", "text-to-dialogue", "with-timestamps"]:
                return self._dialogue(call)
            case ["v1", "sound-generation"]:
                return self._sound(call)
            case ["v1", "music"]:
                return self._music(call)
            case ["v1", "voices", "add"]:
                return self._clone(call)
        return None

    def _speech(self, voice: str, call: Call) -> Ordered:
        body = _fields(call, SPEAKING, {"text", "model_id"})
        if voice == UNKNOWN_VOICE:
            raise Refused(404, "voice_not_found")
        _seeded(body)
        return _timed(call, body["model_id"], [body["text"]], [voice], talk=False)

    def _dialogue(self, call: Call) -> Ordered:
        body = _fields(call, TALKING, {"inputs", "model_id"})
        lines = body["inputs"]
        if any(set(line) != {"text", "voice_id"} for line in lines) or not lines:
            raise ValueError("inputs")
        if len({line["voice_id"] for line in lines}) > 10:
            raise ValueError("at most 10 voices")
        _seeded(body)
        texts, voices = [line["text"] for line in lines], [line["voice_id"] for line in lines]
        return _timed(call, body["model_id"], texts, voices, talk=True)

    def _sound(self, call: Call) -> Ordered:
        body = _fields(call, SOUNDING, {"text"})
        seconds = body.get("duration_seconds") or 3.0
        if not 0.5 <= seconds <= 30 or not 0 <= body.get("prompt_influence", 0.3) <= 1:
            raise ValueError("duration_seconds or prompt_influence")
        if body.get("loop", False) not in (True, False):
            raise ValueError("loop")
        model = body.get("model_id", "eleven_text_to_sound_v2")
        facts = {"answer": "bytes", "seconds": seconds, "format": _format(call, FORMATS)}
        return Ordered(model, "effect", round(seconds * SOUND[model]), facts)

    def _music(self, call: Call) -> Ordered:
        body = _fields(call, PLAYING, set())
        if ("prompt" in body) == ("composition_plan" in body) or ("prompt" in body and "seed" in body):
            raise ValueError("a prompt without a seed, or a plan")
        length = body["music_length_ms"]
        if not isinstance(length, int) or not 3000 <= length <= 600_000:
            raise ValueError("music_length_ms")
        model, seconds = body.get("model_id", "music_v1"), length / 1000
        facts = {"answer": "bytes", "seconds": seconds, "format": _format(call, MUSIC_FORMATS)}
        return Ordered(model, "score", round(seconds * MUSIC[model]), facts)

    def _clone(self, call: Call) -> Ordered:
        form = call.form()
        if set(form) - CLONING or not form["name"][0] or not form["files"]:
            raise ValueError("name and files")
        if not all(file[:4] == b"RIFF" or file[:3] == b"ID3" for file in form["files"]):
            raise ValueError("files")
        json.loads(form.get("labels", [b"{}"])[0])
        return Ordered("ivc", "voice", 0, {"answer": "voice"})

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The work."""
        params = work.params
        if params["answer"] == "voice":
            return reply(200, {"voice_id": f"v{work.id}", "requires_verification": False})
        data = _bytes(work)
        if params["answer"] == "bytes":
            mime = "audio/wav" if params["format"].startswith("wav") else "audio/mpeg"
            return Answer(200, data, mime, (("request-id", work.id),))
        alignment = _alignment(params["texts"])
        body: dict[str, Any] = {
            "audio_base64": base64.b64encode(data).decode(),
            "alignment": alignment,
            "normalized_alignment": alignment,
        }
        if params["talk"]:
            body["voice_segments"] = _segments(params["texts"], params["voices"])
        answer = reply(200, body)
        return Answer(200, answer.body, headers=(("request-id", work.id), ("character-cost", "43")))

    def other(self, call: Call, desk: Desk) -> Answer:
        """What is left; a voice is deleted, once."""
        if call.method == "DELETE" and call.path[:2] == ["v1", "voices"]:
            voice = call.path[2].removeprefix("v")
            made = desk.works.get(voice)
            if made is None or made.kind != "voice" or voice in self._deleted:
                raise Refused(400, "voice_not_found")
            self._deleted.add(voice)
            return reply(200, {"status": "ok"})
        if (call.method, call.path) == ("GET", ["v1", "user", "subscription"]):
            return reply(200, {"tier": "creator", "character_count": 1200, "character_limit": 100_000})
        raise Refused(404, "not_found")

    def refused(self, status: int, code: str) -> Answer:
        """`detail`, with a code; for a wrong field a list."""
        if code.startswith("invalid:"):
            return reply(422, {"detail": [{"loc": ["body"], "msg": code, "type": "value_error"}]})
        names = {"rate_limited": "concurrent_limit_exceeded", "moderation_input": "content_against_policy"}
        code = names.get(code, code)
        status = 400 if code == "content_against_policy" else status
        return reply(status, {"detail": {"type": "error", "code": code, "status": code, "message": code}})


def _fields(call: Call, known: set[str], needed: set[str]) -> dict[str, Any]:
    body: dict[str, Any] = call.json()
    if set(body) - known or needed - set(body) or not all(body[name] for name in needed):
        raise ValueError(f"fields: {sorted(set(body) ^ needed)}")
    return body


def _format(call: Call, known: set[str]) -> str:
    if set(call.query) - {"output_format", "enable_logging"} or call.query["output_format"] not in known:
        raise ValueError("output_format")
    return call.query["output_format"]


def _seeded(body: dict[str, Any]) -> None:
    if not 0 <= body.get("seed", 0) < 1 << 32 or not 2 <= len(body.get("language_code", "en")) <= 3:
        raise ValueError("seed or language_code")


def _timed(call: Call, model: str, texts: list[str], voices: list[str], *, talk: bool) -> Ordered:
    count = sum(map(len, texts))
    facts: dict[str, Any] = {
        "answer": "timed",
        "texts": texts,
        "voices": voices,
        "format": _format(call, FORMATS),
    }
    facts |= {"talk": talk, "seconds": count * SECONDS_A_CHARACTER}
    return Ordered(model, "speech", count * SPEECH[model], facts)


def _bytes(work: Work) -> bytes:
    """The sound in the format that was asked for, spoilt as the fault says."""
    seconds = work.params["seconds"] / (3 if work.fault is Fault.WRONG_LENGTH else 1)
    data = tone(seconds, 1)
    if work.params["format"].startswith("mp3"):
        argv = ["ffmpeg", "-v", "error", "-i", "-", "-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3", "-"]
        data = subprocess.run(argv, input=data, capture_output=True, check=True, timeout=60).stdout
    if work.fault is Fault.WRONG_MIME:
        return b"<!doctype html><title>Please sign in</title>"
    if work.fault is Fault.TRUNCATED:
        return data[: len(data) // 2]
    return b"" if work.fault is Fault.EMPTY else data


def _alignment(texts: list[str]) -> dict[str, Any]:
    characters = list("".join(texts))
    starts = [round(n * SECONDS_A_CHARACTER, 3) for n in range(len(characters) + 1)]
    return {
        "characters": characters,
        "character_start_times_seconds": starts[:-1],
        "character_end_times_seconds": starts[1:],
    }


def _segments(texts: list[str], voices: list[str]) -> list[dict[str, Any]]:
    rows, start = [], 0
    for number, (text, voice) in enumerate(zip(texts, voices, strict=True)):
        end = start + len(text)
        rows.append(
            {
                "voice_id": voice,
                "start_time_seconds": round(start * SECONDS_A_CHARACTER, 3),
                "end_time_seconds": round(end * SECONDS_A_CHARACTER, 3),
                "character_start_index": start,
                "character_end_index": end,
                "dialogue_input_index": number,
            }
        )
        start = end
    return rows
