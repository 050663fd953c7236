"""Messages: POST /v1/messages → {content: [{type: text}], stop_reason, usage}."""

from __future__ import annotations

import base64

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.language import LanguageWire, said, strict
from fake_engines.wires.wire import Ordered

FIELDS = {"model", "max_tokens", "messages", "output_config", "stream", "system", "thinking"}
KINDS = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error", 500: "api_error"}


class Anthropic(LanguageWire):
    """Declines a question with a stop reason, not with an error."""

    engine = "language_anthropic"

    def key_of(self, call: Call) -> str:
        """A bearer token or the older header; the version of the interface goes with it."""
        if not call.headers.get("anthropic-version"):
            return ""
        return super().key_of(call) or call.headers.get("x-api-key", "")

    def order(self, call: Call) -> Ordered | None:
        """System text, one message with text and pictures, a schema in `output_config`."""
        if call.method != "POST":
            return None
        if call.path != ["v1", "messages"]:
            raise Refused(404, "no_such_address")
        body = call.json()
        if set(body) - FIELDS or body.get("stream") or body["max_tokens"] < 1:
            raise Refused(400, f"invalid: {sorted(set(body) - FIELDS)}")
        (message,) = body["messages"]
        shape = body["output_config"]["format"]
        if message["role"] != "user" or shape["type"] != "json_schema":
            raise Refused(400, "invalid: messages")
        strict(shape["schema"])
        words = "\n".join(part["text"] for part in message["content"] if part["type"] == "text")
        pictures = [part["source"] for part in message["content"] if part["type"] == "image"]
        for one in pictures:
            if one["type"] != "base64" or one["media_type"] not in ("image/png", "image/jpeg"):
                raise Refused(400, "invalid: image")
            base64.b64decode(one["data"], validate=True)
        told = "\n".join(part["text"] for part in body["system"])
        return self.ordered(body["model"], told, words, len(pictures), shape["schema"])

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """One block of text."""
        words, whole, tokens, spoken = said(work)
        content = [{"type": "text", "text": words}] if words else []
        return _message(work.id, work.model, content, "end_turn" if whole else "max_tokens", tokens, spoken)

    def other(self, call: Call, desk: Desk) -> Answer:
        """The list of models."""
        if call.path != ["v1", "models"]:
            raise Refused(404, "no_such_address")
        return reply(200, {"data": [], "has_more": False})

    def refused(self, status: int, code: str) -> Answer:
        """An error by its type; a declined question is an answer."""
        if code == "moderation_input":
            return _message("declined", "claude", [], "refusal", 0, 0)
        kind = KINDS.get(status, "invalid_request_error")
        return reply(status, {"type": "error", "error": {"type": kind, "message": code}})


def _message(
    number: str, model: str, content: list[dict[str, str]], ended: str, tokens: int, spoken: int
) -> Answer:
    body = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": model, "content": content}
    usage = {"input_tokens": tokens, "output_tokens": spoken}
    return reply(200, {**body, "stop_reason": ended, "stop_sequence": None, "usage": usage})
