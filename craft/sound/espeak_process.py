"""Speaks one text in a process of its own: JSON on stdin, one JSON line and raw PCM on stdout.

Run as `python -I -S espeak_process.py`; standard library only. The library keeps global state and another
licence, so it is loaded here and nowhere else. The text is never an argument.

stdin   {"text", "voice", "rate", "pitch", "range", "library": path or null, "data": path or null}
stdout  {"ok": true, "version", "sample_rate", "bytes", "events": [[ms, symbol]]} newline, PCM (s16, mono)
        {"ok": false, "code", "message"} newline
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

NAMES = (
    "libespeak-ng.so.1",
    "libespeak-ng.so",
    "libespeak-ng.1.dylib",
    "libespeak-ng.dylib",
    "libespeak-ng.dll",
)
SYNCHRONOUS, PHONEME_EVENTS, PHONEME_IPA, DONT_EXIT = 2, 0x0001, 0x0002, 0x8000
EVENT_END, EVENT_PHONEME = 0, 7
RATE, PITCH, RANGE = 1, 3, 4
UTF8 = 1
CPU_SECONDS = 60


class Identity(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", Identity),
    ]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


class Refused(Exception):
    """What the parent is told: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def load(carried: str | None) -> tuple[Any, bool]:
    """The system's library, else the carried one, and whether it is the carried one. Raises `Refused`."""
    for name in (*NAMES, carried):
        if name is None:
            continue
        try:
            return ctypes.CDLL(name), name == carried
        except OSError:
            continue
    raise Refused("missing", "no espeak-ng library opens")


def version_of(library: Any) -> str:
    """The version of the library in use, as it names itself."""
    library.espeak_Info.restype = ctypes.c_char_p
    told = library.espeak_Info(None)
    return str((told or b"?").decode("ascii", "replace")).split()[0]


def speak(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The header and the samples of one request. Raises `Refused`."""
    library, carried = load(request.get("library"))
    data = request.get("data") if carried else None
    sample_rate = library.espeak_Initialize(
        SYNCHRONOUS, 0, data.encode() if data else None, PHONEME_EVENTS | PHONEME_IPA | DONT_EXIT
    )
    if sample_rate <= 0:
        raise Refused("missing", "espeak-ng found no voice data")
    pcm, events = bytearray(), []

    def collect(samples: Any, count: int, told: Any) -> int:
        if count > 0:
            pcm.extend(ctypes.string_at(samples, count * 2))
        index = 0
        while told[index].type != EVENT_END:
            event = told[index]
            if event.type == EVENT_PHONEME:
                events.append([event.audio_position, event.id.string.decode("utf-8", "replace")])
            index += 1
        return 0

    callback = CALLBACK(collect)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(request["voice"].encode("ascii", "replace")) != 0:
        raise Refused("voice", f"espeak-ng has no voice {request['voice']}")
    for parameter, key in ((RATE, "rate"), (PITCH, "pitch"), (RANGE, "range")):
        library.espeak_SetParameter(parameter, int(request[key]), 0)
    text = request["text"].encode("utf-8")
    status = library.espeak_Synth(text, len(text) + 1, 0, 1, 0, UTF8, None, None)
    library.espeak_Synchronize()
    if status != 0:
        raise Refused("failed", f"espeak-ng stopped with status {status}")
    header = {"version": version_of(library), "sample_rate": sample_rate, "bytes": len(pcm), "events": events}
    return {"ok": True, **header}, bytes(pcm)


def limit_self() -> None:
    """A text that makes the library spin ends with this process, not with the studio."""
    try:
        import resource  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def main() -> int:
    """Answer one request and leave."""
    limit_self()
    try:
        header, pcm = speak(json.loads(sys.stdin.buffer.read()))
    except Refused as refusal:
        header, pcm = {"ok": False, "code": refusal.code, "message": str(refusal)}, b""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + pcm)
    return 0


if __name__ == "__main__":
    sys.exit(main())
