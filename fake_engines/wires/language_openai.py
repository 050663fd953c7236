"""Chat completions: POST /chat/completions → {choices: [{message, finish_reason}], usage}."""

from __future__ import annotations

import base64
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.language import LanguageWire, said, strict
from fake_engines.wires.wire import Ordered

FIELDS = {"model", "messages", "max_completion_tokens", "reasoning_effort", "response_format", "stream"}
CODES = {
    "unauthorized": "invalid_api_key",
    "rate_limited": "rate_limit_exceeded",
    "moderation_input": "invalid_prompt",
    "not_found": "model_not_found",
}


class OpenAi(LanguageWire):
    """Strict about fields: tools, temperatures and several answers are not asked for."""

    engine = "language_openai"

    def order(self, call: Call) -> Ordered | None:
        """One system message, one of the user with text and pictures, a strict schema."""
        if call.method != "POST":
            return None
        if call.path != ["chat", "completions"]:
            raise Refused(404, "no_such_address")
        body = call.json()
        if set(body) - FIELDS or body.get("stream"):
            raise Refused(400, f"invalid: {sorted(set(body) - FIELDS)}")
        system, user = body["messages"]
        if (system["role"], user["role"]) != ("system", "user") or body["max_completion_tokens"] < 16:
            raise Refused(400, "invalid: messages")
        shape = body["response_format"]
        if shape["type"] != "json_schema" or shape["json_schema"]["strict"] is not True:
            raise Refused(400, "invalid: response_format")
        strict(shape["json_schema"]["schema"])
        words = "\n".join(part["text"] for part in user["content"] if part["type"] == "text")
        pictures = [part["image_url"]["url"] for part in user["content"] if part["type"] == "image_url"]
        for one in pictures:
            head, _, data = one.partition(",")
            if head not in ("data:image/png;base64", "data:image/jpeg;base64"):
                raise Refused(400, "invalid: image")
            base64.b64decode(data, validate=True)
        return self.ordered(
            body["model"], system["content"], words, len(pictures), shape["json_schema"]["schema"]
        )

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The answer in its one choice."""
        words, whole, tokens, spoken = said(work)
        message: dict[str, Any] = {"role": "assistant", "content": words, "refusal": None}
        usage = {
            "prompt_tokens": tokens,
            "completion_tokens": spoken,
            "total_tokens": tokens + spoken,
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop" if whole else "length"}
        body = {"id": f"chatcmpl-{work.id}", "object": "chat.completion", "created": 1_800_000_000}
        return reply(200, {**body, "model": work.model, "choices": [choice], "usage": usage})

    def other(self, call: Call, desk: Desk) -> Answer:
        """The list of models."""
        if call.path != ["models"]:
            raise Refused(404, "no_such_address")
        return reply(200, {"object": "list", "data": []})

    def refused(self, status: int, code: str) -> Answer:
        """An object with message, type and code."""
        kind = "server_error" if status >= 500 else "invalid_request_error"
        return reply(
            status, {"error": {"message": code, "type": kind, "param": None, "code": CODES.get(code, code)}}
        )
