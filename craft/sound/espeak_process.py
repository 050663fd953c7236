"""Speaks texts in a process of its own: a JSON line per request on stdin, a JSON line and raw PCM as answer.

Run as `python -I -S espeak_process.py`; standard library only. The library keeps global state and another
licence, so it is loaded here and nowhere else. No text is ever an argument. The process loads the library
once and answers each request in a fork of itself: every line starts from the same state (the same request
gives the same samples, whatever was spoken before), and one that makes the library crash or spin ends alone.
Where there is no fork it answers one request and leaves.

stdin   {"segments": [{"text", "markup": bool, "voice", "pause_ms"}], "rate", "pitch", "range",
         "library": path or null, "data": path or null}
stdout  {"ok": true, "version", "sample_rate", "bytes",
         "segments": [{"samples", "events": [[ms, symbol]], "marks": [[ms, name]]}]} newline, PCM (s16, mono)
        {"ok": false, "code", "message", "bytes": 0} newline
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
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
EVENT_END, EVENT_MARK, EVENT_PHONEME = 0, 3, 7
RATE, PITCH, RANGE = 1, 3, 4
UTF8, MARKUP = 1, 0x10
CPU_SECONDS = 60
IDLE_SECONDS = 120


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


class Engine:
    """The library, opened once."""

    def __init__(self, request: dict[str, Any]) -> None:
        """Raises `Refused` where there is no library or no voice data."""
        self.library, carried = load(request.get("library"))
        data = request.get("data") if carried else None
        self.sample_rate = self.library.espeak_Initialize(
            SYNCHRONOUS, 0, data.encode() if data else None, PHONEME_EVENTS | PHONEME_IPA | DONT_EXIT
        )
        if self.sample_rate <= 0:
            raise Refused("missing", "espeak-ng found no voice data")
        self.library.espeak_Info.restype = ctypes.c_char_p
        told = self.library.espeak_Info(None)
        self.version = str((told or b"?").decode("ascii", "replace")).split()[0]
        # the dictionary of the language most lines will want is read once and not in every fork
        # and the memory a first line touches; every fork starts from the state after it
        voice = request["segments"][0]["voice"].partition("+")[0]
        if self.library.espeak_SetVoiceByName(_encoded(voice)) == 0:
            warm = {"text": "a", "markup": False, "voice": voice}
            self._segment(warm, {"rate": 175, "pitch": 50, "range": 50})
        gc.freeze()
        gc.disable()

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The header and the samples of one request. Raises `Refused`."""
        parts = [self._segment(segment, request) for segment in request["segments"]]
        pcm = parts[0][1] if len(parts) == 1 else b"".join(samples for _, samples in parts)
        header = {"version": self.version, "sample_rate": self.sample_rate, "bytes": len(pcm)}
        return {"ok": True, **header, "segments": [told for told, _ in parts]}, pcm

    def _segment(self, segment: dict[str, Any], figures: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        pcm, events, marks = bytearray(), [], []

        def collect(samples: Any, count: int, told: Any) -> int:
            if count > 0:
                pcm.extend(ctypes.string_at(samples, count * 2))
            index = 0
            while told[index].type != EVENT_END:
                event = told[index]
                if event.type == EVENT_PHONEME:
                    events.append([event.audio_position, event.id.string.decode("utf-8", "replace")])
                elif event.type == EVENT_MARK and event.id.name:
                    marks.append([event.audio_position, event.id.name.decode("utf-8", "replace")])
                index += 1
            return 0

        library = self.library
        # the reference must live until the last call of the library
        callback = CALLBACK(collect)
        library.espeak_SetSynthCallback(callback)
        if library.espeak_SetVoiceByName(_encoded(segment["voice"])) != 0:
            raise Refused("voice", f"espeak-ng has no voice {segment['voice']}")
        for parameter, key in ((RATE, "rate"), (PITCH, "pitch"), (RANGE, "range")):
            library.espeak_SetParameter(parameter, int(figures[key]), 0)
        text = segment["text"].encode("utf-8")
        flags = UTF8 | (MARKUP if segment["markup"] else 0)
        status = library.espeak_Synth(text, len(text) + 1, 0, 1, 0, flags, None, None)
        library.espeak_Synchronize()
        if status != 0:
            raise Refused("failed", f"espeak-ng stopped with status {status}")
        return {"samples": len(pcm) // 2, "events": events, "marks": marks}, bytes(pcm)


def _encoded(name: str) -> bytes:
    return name.encode("ascii", "replace")


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


def limit_self() -> None:
    """A text that makes the library spin ends with this process, not with the studio."""
    try:
        import resource  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def told(header: dict[str, Any], pcm: bytes = b"") -> None:
    """Write one answer."""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    sys.stdout.buffer.write(pcm)
    sys.stdout.buffer.flush()


def refused(code: str, message: str) -> dict[str, Any]:
    """The header of an answer without samples."""
    return {"ok": False, "code": code, "message": message, "bytes": 0}


def answered(engine: Engine, request: dict[str, Any]) -> None:
    """Speak here and write the answer."""
    try:
        told(*engine.answer(request))
    except Refused as refusal:
        told(refused(refusal.code, str(refusal)))


def answered_apart(engine: Engine, request: dict[str, Any]) -> bool:
    """Speak in a fork; False when it died in the middle of its answer, so that the stream is of no more use."""
    begun_in, begun_out = os.pipe()
    child = os.fork()
    if child == 0:
        limit_self()
        try:
            header, pcm = engine.answer(request)
        except Refused as refusal:
            header, pcm = refused(refusal.code, str(refusal)), b""
        os.write(begun_out, b".")
        told(header, pcm)
        os._exit(0)
    os.close(begun_out)
    status = os.waitpid(child, 0)[1]
    begun = bool(os.read(begun_in, 1))
    os.close(begun_in)
    if status != 0 and not begun:
        cause = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {status >> 8}"
        told(refused("crashed", f"the speech engine ended with {cause}"))
    return status == 0 or not begun


def main() -> int:
    """Answer until nobody asks any more."""
    engine: Engine | None = None
    forks = hasattr(os, "fork")
    while not forks or select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            break
        request = json.loads(line)
        try:
            engine = engine or Engine(request)
        except Refused as refusal:
            told(refused(refusal.code, str(refusal)))
            break
        if not forks:
            limit_self()
            answered(engine, request)
            break
        if not answered_apart(engine, request):
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
