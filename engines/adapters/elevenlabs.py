"""ElevenLabs: speech with the time of every character, dialogue, effects, music, voices from recordings.

Contract: docs/engines/elevenlabs.md. Everything is answered in the call itself and kept in the work folder; nothing can
be asked for again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from engines.adapters.base import (
    AuthRefused,
    Done,
    Effect,
    EngineError,
    InvalidInput,
    Issue,
    Model,
    ModelRetired,
    ModerationInput,
    Outline,
    PollFailed,
    QuotaExhausted,
    RateLimited,
    Request,
    Score,
    Speech,
    State,
    Submitted,
    Units,
)
from engines.adapters.elevenlabs_orders import Voices, issues_of, order_of, spoken
from engines.adapters.elevenlabs_times import line_times, times
from engines.adapters.orders import Order
from engines.adapters.remote import Json, Remote

WAV = b"RIFF"
UNKNOWN_VOICE = "voice_not_found"
KEPT = {"request-id": "request_id", "character-cost": "billed_characters"}


class ElevenLabs(Remote):
    """One account for every sound; each row of the file is one of its interfaces with one model."""

    key = "elevenlabs"
    read_seconds = 600.0
    probe = "/v1/user/subscription"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "invalid_api_key": AuthRefused,
        "missing_permissions": AuthRefused,
        "detected_unusual_activity": AuthRefused,
        "quota_exceeded": QuotaExhausted,
        "insufficient_credits": QuotaExhausted,
        "payment_required": QuotaExhausted,
        "rate_limit_exceeded": RateLimited,
        "concurrent_limit_exceeded": RateLimited,
        "too_many_concurrent_requests": RateLimited,
        "system_busy": RateLimited,
        "content_against_policy": ModerationInput,
        "bad_prompt": ModerationInput,
        "bad_composition_plan": ModerationInput,
        "model_not_found": ModelRetired,
        UNKNOWN_VOICE: InvalidInput,
        "text_too_long": InvalidInput,
        "max_character_limit_exceeded": InvalidInput,
    }

    def headers(self) -> dict[str, str]:
        """The key has a header of its own."""
        return {"xi-api-key": self.access.token} if self.access.token else {}

    def code_of(self, body: Any) -> str:
        """`detail.code`, in older answers `detail.status`; a list is what a field is refused for."""
        detail = body.get("detail") if isinstance(body, Mapping) else None
        found = (detail.get("code") or detail.get("status")) if isinstance(detail, Mapping) else ""
        return found if isinstance(found, str) else ""

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Voices, emotions, consent."""
        return issues_of(request, model, self._voices)

    def units(self, request: Request | Outline, model: Model) -> Units:
        """What is sent: text with its tag; a sound of no length of its own, or of less than the least, has that."""
        if isinstance(request, Speech):
            return Units(characters=len(spoken(request, model)))
        asked = request.units()
        if isinstance(request, Effect | Score) or (isinstance(request, Outline) and not asked.characters):
            least = float(model.vendor.get("least_seconds", 0.0))
            single = float(model.vendor.get("single_seconds", least))
            return Units(seconds=max(asked.seconds, least) if asked.seconds else single)
        return asked

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """One POST to the interface of its kind."""
        return order_of(request, model, self._voices, self.units(request, model).seconds)

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """Sound as bytes, sound in JSON with its times, or a voice."""
        facts: dict[str, Any] = {
            name: answer.headers[header] for header, name in KEPT.items() if header in answer.headers
        }
        if answer.headers.get("content-type", "").startswith("audio/"):
            return self._sound(attempt_key, answer.content, facts)
        body = answer.json()
        if "voice_id" in body:
            return self._voice(attempt_key, body, facts)
        data = base64.b64decode(body["audio_base64"], validate=True)
        facts |= times(body.get("alignment") or body.get("normalized_alignment"))
        if "voice_segments" in body:
            facts["lines"] = line_times(body["voice_segments"])
        return self._sound(attempt_key, data, facts)

    def delete_voice(self, number: str) -> bool:
        """Delete a voice in the account; False where it knows none of that number. Raises PollFailed."""
        try:
            answer = self.http.delete(f"/v1/voices/{quote(number, safe='')}", headers=self.headers())
        except httpx.HTTPError as error:
            raise PollFailed(PollFailed.says, detail=repr(error)) from error
        if answer.is_client_error and UNKNOWN_VOICE in answer.text:
            return False
        self._body(answer)
        return True

    def account_facts(self, body: Any) -> Json:
        """What is left, and whether voices may be made."""
        names = ("tier", "character_count", "character_limit", "voice_slots_used", "voice_limit")
        return {name: body.get(name) for name in (*names, "can_use_instant_voice_cloning")}

    @property
    def _voices(self) -> Voices:
        return Voices(self.access.options.get("default_voice", ""))

    def _sound(self, attempt_key: str, data: bytes, facts: Json) -> Submitted:
        mime = "audio/wav" if data.startswith(WAV) else "audio/mpeg"
        return self.keep(attempt_key, mime, data, facts)

    def _voice(self, attempt_key: str, body: Json, facts: Json) -> Submitted:
        """The voice's number as the figures of a character take it."""
        number = body["voice_id"]
        if not isinstance(number, str) or not number:
            raise ValueError("no voice")
        told = {
            "engine": self.key,
            "voice_id": number,
            "voice": {self.key: number},
            "requires_verification": bool(body.get("requires_verification")),
        }
        made = self.keep(
            attempt_key, "application/json", json.dumps(told, indent=1).encode(), {**facts, **told}
        )
        return Submitted(made.ref, State.DONE, self._with_voice(made.done))

    def _kept(self, ref: str) -> Submitted:
        kept = super()._kept(ref)
        return Submitted(kept.ref, kept.state, self._with_voice(kept.done))

    @staticmethod
    def _with_voice(done: Done | None) -> Done | None:
        """A voice is told of the work itself too."""
        if done is None or "voice_id" not in done.outputs[0].meta:
            return done
        return Done(done.ref, done.outputs, done.cost_milli, done.version, done.outputs[0].meta)
