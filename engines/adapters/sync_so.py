"""sync.so: mouths put on a plate, several speakers in one pass.

Contract: docs/engines/sync_so.md. The vendor honours our key, so a lost answer is asked for again with the same key and
the same body: the numbers of the files that were brought there stay in the work folder for that.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import wave
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import httpx

from engines.adapters.base import (
    AuthRefused,
    Done,
    EngineError,
    GenerationFailed,
    Input,
    InvalidInput,
    Issue,
    LipSync,
    Model,
    ModerationInput,
    OutcomeUnknown,
    Outline,
    Output,
    QuotaExhausted,
    RateLimited,
    Request,
    State,
    Submitted,
)
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import Json, Remote
from engines.adapters.storage import ahead, put, told

KEY = re.compile(r"[A-Za-z0-9._~-]{1,128}")
RUNNING = ("PENDING", "PROCESSING")
SOUNDS = ("audio/wav", "audio/mpeg")
ASSETS = "assets.json"
TOLERANCE = 300.0
# a stamp above this is in milliseconds
MILLISECONDS = 10_000_000_000


class SyncSo(Remote):
    """Lip sync; each line of several is a segment of the plate with its own sound."""

    key = "sync_so"
    probe = "/v2/models"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "INVALID_IDEMPOTENCY_KEY": InvalidInput,
        "concurrency_limit_reached": RateLimited,
        "insufficient_credits": QuotaExhausted,
        "file_size_exceeds_plan_limit": InvalidInput,
        "generation_input_validation_failed": InvalidInput,
        "generation_input_video_invalid": InvalidInput,
        "generation_input_audio_invalid": InvalidInput,
        "generation_pipeline_failed": GenerationFailed,
        "asset_forbidden": InvalidInput,
        "content_moderated": ModerationInput,
    }

    def headers(self) -> dict[str, str]:
        """The key has a header of its own."""
        return {"x-api-key": self.access.token} if self.access.token else {}

    def code_of(self, body: Any) -> str:
        """Told in two spellings."""
        found = (body.get("errorCode") or body.get("error_code")) if isinstance(body, Mapping) else ""
        return found if isinstance(found, str) else ""

    def refusal(self, answer: httpx.Response) -> EngineError:
        """A quarrel about our key says that there may be an order under it."""
        try:
            code = self.code_of(answer.json())
        except ValueError:
            code = ""
        if code.startswith("IDEMPOTENCY_"):
            return OutcomeUnknown(OutcomeUnknown.says, detail=f"{code} {answer.text}"[:500])
        return super().refusal(answer)

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """A plate as MP4; sound for each line, and its time when there are several."""
        if not isinstance(request, LipSync):
            return []
        found = []
        if request.plate.mime != "video/mp4":
            found.append(Issue("plate", f"takes MP4 only, not {request.plate.mime}"))
        if not request.speech:
            found.append(Issue("speech", "needs the sound of the lines, and the request has none"))
        odd = sorted({one.mime for one in request.speech} - set(SOUNDS))
        if odd:
            found.append(Issue("speech", f"takes WAV and MP3 only, not {', '.join(odd)}"))
        if len(request.speech) > 1 and _starts(request) is None:
            found.append(Issue("speech", "has several lines and not the time of each"))
        return found

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """The plate and the lines by their numbers at the vendor; a segment for each line that has its own time."""
        if not isinstance(request, LipSync):
            raise InvalidInput(f"sync_so does not make {request.kind}.")
        length, starts = request.units().seconds, _starts(request) or (0.0,)
        segmented = len(request.speech) > 1 or starts[0] > 0
        video = {"type": "video", "assetId": Embedded(request.plate, Form.UPLOAD, "plate.mp4")}
        body: dict[str, Any] = {
            "model": model.vendor["model"],
            "input": [video, *_lines(request.speech, segmented)],
            "options": dict(model.vendor.get("options", {})),
        }
        if segmented:
            body["segments"] = _segments(request.speech, starts, length)
            body["options"]["sync_mode"] = "silence"
        else:
            longer = (_seconds_of(request.speech[0]) or 0.0) > length
            body["options"]["sync_mode"] = "cut_off" if longer else "silence"
        if self.access.callback:
            body["webhookUrl"] = self.access.callback
        key = attempt_key if KEY.fullmatch(attempt_key) else hashlib.sha256(attempt_key.encode()).hexdigest()
        return Order("/v2/generate", body, {"Idempotency-Key": key})

    def upload(self, name: str, mime: str, data: bytes) -> str:
        """An address, the bytes, the number; the same bytes are brought once, so that the order stays the same."""
        known, content = self._assets(), hashlib.sha256(data).hexdigest()
        if content in known:
            return known[content]
        facts = {"fileName": name, "contentType": mime, "size": len(data)}
        place = ahead(self, "POST", "/v2/assets/upload", facts)
        put(self.away, str(told(place, "uploadUrl")), data, mime)
        kind = mime.partition("/")[0].upper()
        made = ahead(self, "POST", "/v2/assets", {"url": told(place, "url"), "type": kind, "name": name})
        known[content] = str(told(made, "id"))
        self._note(known)
        return known[content]

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The number."""
        return Submitted(_number(answer.json()["id"]))

    def question(self, ref: str) -> str:
        """One generation."""
        return f"/v2/generate/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """REJECTED is the vendor's rules unless its code says otherwise."""
        status = body["status"]
        if status in RUNNING:
            return Submitted(ref)
        if status == "COMPLETED":
            output = Output("lips.mp4", "video/mp4", url=body["outputUrl"])
            return Submitted(ref, State.DONE, Done(ref, (output,)))
        code, message = self.code_of(body), str(body.get("error") or "")
        if status == "REJECTED" and self.class_of(code) is None:
            raise ModerationInput(ModerationInput.says, detail=f"{code} {message}".strip())
        raise self.failure(code, message)

    def lookup(self, attempt_key: str) -> Submitted | None:
        """The generation that holds a file which only this attempt brought there."""
        ours = set(self._assets().values())
        if not ours:
            return None
        found = self.get("/v2/generations")
        rows = found.get("generations", ()) if isinstance(found, Mapping) else found
        for row in rows:
            if ours & {str(one.get("assetId")) for one in row.get("input", ())}:
                return Submitted(_number(row["id"]))
        return None

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """`Sync-Signature: t=<stamp>,s=<hex>` over stamp and body. Raises AuthRefused, InvalidInput."""
        given = {name.lower(): value for name, value in headers.items()}.get("sync-signature", "")
        parts = dict(part.strip().partition("=")[::2] for part in given.split(","))
        stamp, signature = parts.get("t", ""), parts.get("s", "")
        # whether the hook's secret or the account's key signs is not documented; both are known to us alone
        secrets = [secret for secret in (self.access.hook_secret, self.access.token) if secret]
        if not _recent(stamp) or not any(_signed(raw, stamp, signature, secret) for secret in secrets):
            raise AuthRefused("The call-back is not signed by the engine.")
        try:
            return _number(json.loads(raw)["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput("The call-back could not be read.") from error

    def account_facts(self, body: Any) -> Json:
        """Which models the account may use."""
        rows = body if isinstance(body, list) else []
        return {"models": [row.get("id") or row.get("name") for row in rows if isinstance(row, Mapping)]}

    def _assets(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.spool / ASSETS).read_text()))
        except FileNotFoundError:
            return {}

    def _note(self, known: Mapping[str, str]) -> None:
        self.spool.mkdir(parents=True, exist_ok=True)
        part = self.spool / f"{ASSETS}.part"
        part.write_text(json.dumps(known))
        part.replace(self.spool / ASSETS)


def _starts(request: LipSync) -> tuple[float, ...] | None:
    """When each line begins on the plate, in seconds, from the mouth cues; None when it is not said of each."""
    cues = request.packet.get("visemes", ())
    if len(cues) != len(request.speech):
        return None
    starts = tuple(float(cue.get("offset_ms", 0)) / 1000 for cue in cues)
    length = request.units().seconds
    rising = all(one < later for one, later in zip(starts, (*starts[1:], length), strict=True))
    return starts if starts and rising and starts[0] >= 0 else None


def _lines(speech: Sequence[Input], segmented: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(speech, start=1):
        name = f"line-{number}.{'wav' if one.mime == 'audio/wav' else 'mp3'}"
        row: dict[str, Any] = {"type": "audio", "assetId": Embedded(one, Form.UPLOAD, name)}
        rows.append(row | ({"refId": f"line-{number}"} if segmented else {}))
    return rows


def _segments(speech: Sequence[Input], starts: Sequence[float], length: float) -> list[dict[str, Any]]:
    """Each line from its time to the next one's; a sound that is longer than that is cut there."""
    rows = []
    for number, (one, start, end) in enumerate(zip(speech, starts, (*starts[1:], length), strict=True), 1):
        sound: dict[str, Any] = {"refId": f"line-{number}"}
        if (_seconds_of(one) or 0.0) > end - start:
            sound |= {"startTime": 0.0, "endTime": round(end - start, 3)}
        rows.append({"startTime": round(start, 3), "endTime": round(end, 3), "audioInput": sound})
    return rows


def _seconds_of(sound: Input) -> float | None:
    """Length of a WAV by its head; None for other files."""
    try:
        with wave.open(str(sound.path)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, OSError, EOFError, ZeroDivisionError):
        return None


def _number(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", value):
        raise ValueError("no reference")
    return value


def _recent(stamp: str) -> bool:
    if not stamp.isdecimal() or len(stamp) > 16:
        return False
    seconds = int(stamp) / 1000 if int(stamp) > MILLISECONDS else int(stamp)
    return abs(time.time() - seconds) <= TOLERANCE


def _signed(raw: bytes, stamp: str, signature: str, secret: str) -> bool:
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
