"""Black Forest Labs: FLUX stills. The address of the state comes with the answer and has to be used.

Contract: docs/engines/bfl.md. The result's address lasts about ten minutes, so it is fetched at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from engines.adapters.base import (
    Done,
    EngineError,
    GenerationFailed,
    InvalidInput,
    Issue,
    Keyframe,
    Model,
    ModerationInput,
    ModerationOutput,
    Outline,
    Output,
    QuotaExhausted,
    RateLimited,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import Json, Remote
from engines.adapters.shapes import aspect_of, on_grid

GRID, MOST_PIXELS = 16, 4_000_000
KONTEXT_SHAPES = ("16:9", "9:16", "1:1", "21:9", "9:21", "4:3", "3:4", "3:2", "2:3")
RUNNING = ("Pending", "Queued", "Processing", "Reasoning")
HOUSE = ".bfl.ai"


class Bfl(Remote):
    """FLUX.2 from words and up to eight references, Kontext from one."""

    key = "bfl"
    probe = "/v1/credits"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "rate_limit_exceeded": RateLimited,
        "insufficient_credits": QuotaExhausted,
        "Request Moderated": ModerationInput,
        "Content Moderated": ModerationOutput,
        "Task not found": ResultGone,
        "Error": GenerationFailed,
    }

    def headers(self) -> dict[str, str]:
        """The key has a header of its own."""
        return {"x-key": self.access.token} if self.access.token else {}

    def code_of(self, body: Any) -> str:
        """A plain text under `error`, else one under `detail`."""
        found = body.get("error") or body.get("detail") if isinstance(body, Mapping) else ""
        return found if isinstance(found, str) else ""

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """At most four megapixels; Kontext has named shapes only."""
        if not isinstance(request, Keyframe):
            return []
        width, height = on_grid(request.width, request.height, GRID)
        if width * height > MOST_PIXELS:
            return [Issue("width", f"makes at most 4 megapixels, asked for {width} × {height}")]
        if self._kontext(model) and aspect_of(request.width, request.height, KONTEXT_SHAPES) is None:
            return [Issue("width", f"has no frame of {request.width} × {request.height}")]
        return []

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """Words, frame, seed, references in slots; PNG, because a still becomes an anchor."""
        if not isinstance(request, Keyframe):
            raise InvalidInput(f"bfl does not make {request.kind}.")
        body: dict[str, Any] = {"prompt": request.prompt, "seed": request.seed, "output_format": "png"}
        if self._kontext(model):
            body["aspect_ratio"] = aspect_of(request.width, request.height, KONTEXT_SHAPES)
        else:
            body["width"], body["height"] = on_grid(request.width, request.height, GRID)
        for number, reference in enumerate(request.references, start=1):
            slot = "input_image" if number == 1 else f"input_image_{number}"
            body[slot] = Embedded(reference, Form.BASE64)
        return Order(f"/v1/{model.vendor['endpoint']}", body)

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The address of the state where it is on another of the house's hosts, else the number."""
        body = answer.json()
        number, address = str(body["id"]), str(body["polling_url"])
        there = urlsplit(address)
        elsewhere = (
            not self._own(address) and there.scheme == "https" and (there.hostname or "").endswith(HOUSE)
        )
        return Submitted(address if elsewhere else number)

    def question(self, ref: str) -> str:
        """The given address, or the common one."""
        return ref if ref.startswith("https://") else f"/v1/get_result?id={ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """The words of the house, with their spaces."""
        status = body["status"]
        if status in RUNNING:
            return Submitted(ref)
        if status != "Ready":
            raise self.failure(status, str(body.get("details") or ""))
        output = Output("still.png", "image/png", url=body["result"]["sample"])
        return Submitted(ref, State.DONE, Done(ref, (output,), meta={"seed": body["result"].get("seed")}))

    def account_facts(self, body: Any) -> Json:
        """What is left."""
        return {"credits": body.get("credits")}

    def _kontext(self, model: Model) -> bool:
        return model.vendor.get("form") == "kontext"
