"""Language models of three vendors: one question, one answer in a named shape, never repeated by a library.

Contract: docs/engines/language.md. The answer comes with the response, so it is kept on the disk first and read when
it is polled: what does not fit its shape is `BadOutput`, charged to nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

from engines.adapters import answers
from engines.adapters.base import (
    AuthRefused,
    BadOutput,
    Done,
    EngineError,
    InvalidInput,
    Issue,
    Model,
    ModerationInput,
    NotReached,
    OutcomeUnknown,
    Outline,
    QuotaExhausted,
    Quote,
    RateLimited,
    Request,
    Submitted,
    Text,
    Units,
    Watch,
)
from engines.adapters.orders import Embedded, Order
from engines.adapters.remote import Remote

if TYPE_CHECKING:
    from engines.adapters.speaking import Said

MOST_IMAGES, MOST_DATA = 10, 80_000
PICTURES = ("image/png", "image/jpeg")
WHOLE = ("stop", "")


class Language(Remote):
    """What the three share. A subclass names its vendor, its headers and its codes."""

    vendor: ClassVar[str]
    read_seconds = 180.0

    # -- what is asked

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Shapes that nobody wrote, too many or other pictures, too much data."""
        if not isinstance(request, Text):
            return []
        found = []
        if request.schema not in answers.SHAPES:
            found.append(Issue("schema", f"there is no answer of the shape {request.schema}"))
        if len(request.images) > MOST_IMAGES:
            found.append(Issue("images", f"looks at most at {MOST_IMAGES} pictures"))
        if any(image.mime not in PICTURES for image in request.images):
            found.append(Issue("images", "looks at PNG and JPEG only"))
        if len(request.data.encode()) > MOST_DATA:
            found.append(Issue("data", f"reads at most {MOST_DATA} bytes"))
        return found

    def units(self, request: Request | Outline, model: Model) -> Units:
        """The most that can be counted: a token is never shorter than a byte."""
        return request.units()

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """At most every byte is a token and the answer fills its room; usual is a third and a fourth of that."""
        most = self.units(request, model)
        least = replace(most, tokens=most.tokens // 12, answer_tokens=min(20, most.answer_tokens))
        usual = replace(most, tokens=most.tokens // 3, answer_tokens=most.answer_tokens // 4)
        low, expected, high = (model.price.of(units) for units in (least, usual, most))
        return Quote(low, max(low, expected), high)

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """What is asked, as people are shown it; the vendor's client writes it in the vendor's form."""
        asked = self._asked(request)
        body = {
            "model": model.vendor["model"],
            "instructions": asked.instructions,
            "data": asked.data,
            "images": [Embedded(image) for image in asked.images],
            "schema": answers.schema_of(asked.schema),
            "max_tokens": asked.max_tokens,
        }
        return Order(model.vendor["path"], body)

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """One request. The answer is on the disk before the attempt is said to be accepted."""
        asked = self._asked(request)
        if not self.access.token:
            raise AuthRefused(AuthRefused.says, detail="the account has no key")
        said = self._said(asked, model)
        meta: dict[str, Any] = {"schema": asked.schema, "answer": said.text, "ended": said.ended}
        meta |= {"model": said.model, "tokens": said.tokens, "answer_tokens": said.answer_tokens}
        counted = Units(tokens=said.tokens, answer_tokens=said.answer_tokens)
        data = json.dumps(meta, ensure_ascii=False, indent=1).encode()
        return self.keep(attempt_key, "application/json", data, meta, cost=model.price.of(counted))

    def _said(self, asked: Text, model: Model) -> Said:
        from engines.adapters import speaking  # noqa: PLC0415  (the vendors' clients take seconds to import)

        name, access = str(model.vendor["model"]), self.access
        line = speaking.Line(self.vendor, name, access.base_url, access.token, self.read_seconds)
        try:
            return speaking.ask(line, asked)
        except speaking.Unfit as error:
            raise InvalidInput(InvalidInput.says, detail=str(error)) from error
        except speaking.NotSent as error:
            raise NotReached(NotReached.says, detail=str(error)) from error
        except speaking.Refused as error:
            answer = httpx.Response(error.status, headers=error.headers, content=error.body)
            raise self.refusal(answer) from error
        except speaking.Lost as error:
            raise OutcomeUnknown(OutcomeUnknown.says, detail=str(error)) from error

    # -- what was answered

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """Never called: `submit` hands the order to the vendor's client, which reads the answer itself."""
        raise OutcomeUnknown(OutcomeUnknown.says)

    def poll(self, ref: str) -> Submitted:
        """The kept answer in its shape. Raises ModerationInput (declined), BadOutput (cut short, another shape)."""
        kept = super().poll(ref)
        if kept.done is None:
            return kept
        (output,) = kept.done.outputs
        said = output.meta
        if said["ended"] == "content_filter":
            raise ModerationInput(ModerationInput.says, cost_milli=kept.done.cost_milli)
        if said["ended"] not in WHOLE:
            raise BadOutput(
                "The answer was cut short.", detail=said["ended"], cost_milli=kept.done.cost_milli
            )
        try:
            answer = answers.read(said["schema"], said["answer"])
        except ValueError as error:
            raise BadOutput(
                "The answer is not in the shape that was asked for.",
                detail=str(error),
                cost_milli=kept.done.cost_milli,
            ) from error
        meta = {**said, "answer": answer}
        done = Done(ref, (replace(output, meta=meta),), kept.done.cost_milli, version=said["model"])
        return replace(kept, done=done)

    def refusal(self, answer: httpx.Response) -> EngineError:
        """Some vendors say 5xx for “too busy to begin”: by their code it was certainly not accepted."""
        try:
            code = self.code_of(answer.json())
        except ValueError:
            code = ""
        if self.class_of(code) is RateLimited:
            answer.status_code = httpx.codes.TOO_MANY_REQUESTS
        return super().refusal(answer)

    def _asked(self, request: Request) -> Text:
        if not isinstance(request, Text):
            raise InvalidInput(f"{self.key} does not make {request.kind}.")
        return request


class OpenAi(Language):
    """Chat completions, of OpenAI or of anybody who speaks them: the address is the account's."""

    key = "language_openai"
    vendor = "openai"
    probe = "models"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "insufficient_quota": QuotaExhausted,
        "content_policy_violation": ModerationInput,
        "invalid_prompt": ModerationInput,
        "rate_limit_exceeded": RateLimited,
    }


class Anthropic(Language):
    """Messages."""

    key = "language_anthropic"
    vendor = "anthropic"
    probe = "v1/models"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "overloaded_error": RateLimited,
        "rate_limit_error": RateLimited,
        "billing_error": QuotaExhausted,
    }

    def headers(self) -> dict[str, str]:
        """The key and the version of the interface."""
        return {**super().headers(), "anthropic-version": "2023-06-01"}


class Google(Language):
    """Gemini's generateContent."""

    key = "language_google"
    vendor = "google"
    probe = "v1beta/models"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "RESOURCE_EXHAUSTED": RateLimited,
        "UNAVAILABLE": RateLimited,
    }

    def headers(self) -> dict[str, str]:
        """The key has a header of its own."""
        return {"x-goog-api-key": self.access.token} if self.access.token else {}

    def code_of(self, body: Any) -> str:
        """The status in words; `code` is the number of the HTTP status. Errors may come as a list of one."""
        first = body[0] if isinstance(body, list) and body else body
        error = first.get("error") if isinstance(first, Mapping) else None
        return str(error.get("status") or "") if isinstance(error, Mapping) else ""
