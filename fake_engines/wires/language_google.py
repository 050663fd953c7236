"""Gemini: POST /v1beta/models/<model>:generateContent → {candidates: [{content, finishReason}], usageMetadata}."""

from __future__ import annotations

import base64

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.language import LanguageWire, said
from fake_engines.wires.wire import Ordered

FIELDS = {"contents", "systemInstruction", "generationConfig"}
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}


class Google(LanguageWire):
    """Blocks a question in an answer without candidates."""

    engine = "language_google"

    def key_of(self, call: Call) -> str:
        """The key's own header."""
        return call.headers.get("x-goog-api-key", "")

    def order(self, call: Call) -> Ordered | None:
        """The model in the path, parts with text and pictures, a schema in the configuration."""
        if call.method != "POST":
            return None
        model, _, verb = call.path[-1].partition(":")
        if call.path[:2] != ["v1beta", "models"] or verb != "generateContent":
            raise Refused(404, "no_such_address")
        body = call.json()
        if set(body) - FIELDS:
            raise Refused(400, f"invalid: {sorted(set(body) - FIELDS)}")
        ((content,), config) = body["contents"], body["generationConfig"]
        if config["responseMimeType"] != "application/json" or config["maxOutputTokens"] < 1:
            raise Refused(400, "invalid: generationConfig")
        words = "\n".join(part["text"] for part in content["parts"] if "text" in part)
        pictures = [part["inlineData"] for part in content["parts"] if "inlineData" in part]
        for one in pictures:
            base64.urlsafe_b64decode(one["data"])
        told = "\n".join(part["text"] for part in body["systemInstruction"]["parts"])
        return self.ordered(model, told, words, len(pictures), config["responseJsonSchema"])

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The one candidate."""
        words, whole, tokens, spoken = said(work)
        parts = [{"text": words}] if words else []
        candidate = {
            "content": {"parts": parts, "role": "model"},
            "finishReason": "STOP" if whole else "MAX_TOKENS",
            "index": 0,
        }
        usage = {
            "promptTokenCount": tokens,
            "candidatesTokenCount": spoken,
            "totalTokenCount": tokens + spoken,
        }
        body = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": work.model}
        return reply(200, {**body, "responseId": work.id})

    def other(self, call: Call, desk: Desk) -> Answer:
        """The list of models."""
        if call.path != ["v1beta", "models"]:
            raise Refused(404, "no_such_address")
        return reply(200, {"models": []})

    def refused(self, status: int, code: str) -> Answer:
        """The number, a message and the status in words; a blocked question is an answer."""
        if code == "moderation_input":
            usage = {"promptTokenCount": 0, "totalTokenCount": 0}
            return reply(200, {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": usage})
        named = STATUSES.get(status, "INTERNAL")
        return reply(status, {"error": {"code": status, "message": code, "status": named}})
