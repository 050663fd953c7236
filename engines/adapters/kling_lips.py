"""Kling's lip-sync: one line of one speaker on a plate that Kling made, in two steps.

The first step asks which faces are seen and when; it is free and answers at once. Only a face that is seen for two
seconds of the line can speak it. A plate is named by its number at Kling: there is no way to bring one there.
"""

from __future__ import annotations

import wave
from collections.abc import Mapping
from typing import Any

from engines.adapters.base import Input, InvalidInput, Issue, LipSync
from engines.adapters.orders import Embedded, Form

HOUSE = "kling/"
SOUND_BYTES = 5_000_000
SHORTEST, LONGEST = 2000, 60_000
# a line may end this much after the plate: it is rounding, and falls away
OVERHANG = 100
Json = Mapping[str, Any]


def issues(request: LipSync) -> list[Issue]:
    """Whose plate it is, and how many lines of how many speakers, how long."""
    if not request.plate_ref.startswith(HOUSE):
        return [Issue("plate", "moves mouths only on a plate that Kling made itself, and this is none")]
    if len(request.speech) != 1 or len({cue.get("character") for cue in _cues(request)}) > 1:
        return [Issue("speech", "moves one mouth with one line of speech on a plate")]
    if not SHORTEST <= _plate_ms(request) <= LONGEST:
        return [Issue("plate", "takes plates of 2 to 60 s")]
    return _sound_issues(request, request.speech[0])


def _sound_issues(request: LipSync, line: Input) -> list[Issue]:
    if line.mime != "audio/wav":
        return [Issue("speech", "takes a line as WAV")]
    try:
        size, long = line.path.stat().st_size, sound_ms(line)
    except (OSError, EOFError, wave.Error):
        return []
    if size > SOUND_BYTES:
        return [Issue("speech", f"takes sound of at most {SOUND_BYTES // 1_000_000} MB")]
    if not SHORTEST <= long <= LONGEST:
        return [Issue("speech", f"takes lines of 2 to 60 s, this is {long / 1000:.1f} s")]
    if insert_ms(request) + long > _plate_ms(request) + OVERHANG:
        return [Issue("speech", "takes a line that ends with the plate at the latest")]
    return []


def question(request: LipSync) -> dict[str, Any]:
    """What the first step asks about: the number is sent, the plate stands here for people."""
    return {"video_id": request.plate_ref.removeprefix(HOUSE), "plate": request.plate.as_json()}


def order(request: LipSync) -> dict[str, Any]:
    """The second step without the face, which the first one tells. The plate's own sound is silenced."""
    line = request.speech[0]
    insert = insert_ms(request)
    spoken = {
        "sound_file": Embedded(line, Form.BASE64),
        "sound_start_time": 0,
        "sound_end_time": min(sound_ms(line), _plate_ms(request) - insert),
        "sound_insert_time": insert,
        "sound_volume": 1,
        "original_audio_volume": 0,
    }
    return {"face_choose": [spoken]}


def seen(data: Json) -> dict[str, Any]:
    """The answer to the first step: its session, and (number, from, to) of each face in milliseconds."""
    faces = [
        (str(one["face_id"]), int(one["start_time"]), int(one["end_time"]))
        for one in data.get("face_data") or ()
    ]
    return {"session": str(data["session_id"]), "faces": faces}


def with_face(body: Json, told: Json) -> dict[str, Any]:
    """The second step with the face that is seen longest while the line is spoken. Raises InvalidInput for none."""
    (line,) = body["face_choose"]
    start = line["sound_insert_time"]
    end = start + line["sound_end_time"] - line["sound_start_time"]
    if not told["faces"]:
        raise InvalidInput("Kling sees no face in this plate.")
    face, first, last = max(told["faces"], key=lambda one: min(end, one[2]) - max(start, one[1]))
    if min(end, last) - max(start, first) < SHORTEST:
        raise InvalidInput("Kling sees no face for two seconds of this line.")
    return {**body, "session_id": told["session"], "face_choose": [{"face_id": face, **line}]}


def sound_ms(line: Input) -> int:
    """Length of a WAV."""
    with wave.open(str(line.path), "rb") as sound:
        return sound.getnframes() * 1000 // sound.getframerate()


def insert_ms(request: LipSync) -> int:
    """Where the line begins on the plate: with its mouth cues."""
    return next((round(float(cue.get("offset_ms") or 0)) for cue in _cues(request)), 0)


def _plate_ms(request: LipSync) -> int:
    return int(request.units().seconds * 1000)


def _cues(request: LipSync) -> list[Json]:
    return [cue for cue in request.packet.get("visemes") or () if isinstance(cue, Mapping)]
