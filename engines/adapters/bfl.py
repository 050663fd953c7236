"""Black Forest Labs: FLUX stills and clips. The address of the state comes with the answer and has to be used.

Contract: docs/engines/bfl.md. A still's address lasts about ten minutes, so it is fetched at once; a clip's two hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from engines.adapters.base import (
    Clip,
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
    Quote,
    RateLimited,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import Json
from engines.adapters.shapes import aspect_of, on_grid
from engines.adapters.tiers import Tiered, frame_issues, ratio_of, tier_of
from engines.adapters.wording import clip_words, pictures_named

GRID, MOST_PIXELS, MEGAPIXEL = 16, 4_000_000, 1_000_000
KONTEXT_SHAPES = ("16:9", "9:16", "1:1", "21:9", "9:21", "4:3", "3:4", "3:2", "2:3")
RUNNING = ("Pending", "Queued", "Processing", "Reasoning")
HOUSE = ".bfl.ai"
MOVING = "#clip"
"""What marks the reference of a clip: the state alone does not say what was ordered."""


class Bfl(Tiered):
    """FLUX.2 from words and up to eight references, Kontext from one, FLUX 3 clips from words or frames."""

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

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """FLUX.2 is priced by the megapixel begun; of an outline only the width is known: up to a square."""
        if "megapixel_milli" not in model.vendor or request.kind != Keyframe.kind:
            return super().quote(request, model)
        wide = getattr(request, "width", 0)
        heights = (request.height,) if isinstance(request, Keyframe) else (wide * 9 // 16, wide)
        prices = []
        for height in heights:
            across, down = on_grid(wide, height, GRID)
            more = -(-max(0, min(across * down, MOST_PIXELS) - MEGAPIXEL) // MEGAPIXEL)
            prices.append(model.price.milli + more * model.vendor["megapixel_milli"])
        return Quote(prices[0], prices[0], prices[-1])

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Stills of at most four megapixels; Kontext and clips have named shapes only."""
        if isinstance(request, Clip):
            lonely = request.last is not None and request.first is None
            says = "ends on a given frame only where it also starts from one"
            return [Issue("last", says)] if lonely else frame_issues(request, model)
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
        if isinstance(request, Clip):
            return Order(f"/v1/{model.vendor['endpoint']}", _clip(request, model))
        if not isinstance(request, Keyframe):
            raise InvalidInput(f"bfl does not make {request.kind}.")
        body: dict[str, Any] = {"prompt": request.prompt, "seed": request.seed, "output_format": "png"}
        if self._kontext(model):
            body["aspect_ratio"] = aspect_of(request.width, request.height, KONTEXT_SHAPES)
        else:
            body["prompt"] += pictures_named(request.references)
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
        mark = MOVING if answer.request.url.path.endswith("-video") else ""
        return Submitted((address if elsewhere else number) + mark)

    def question(self, ref: str) -> str:
        """The given address, or the common one."""
        ref = ref.removesuffix(MOVING)
        return ref if ref.startswith("https://") else f"/v1/get_result?id={ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """The words of the house, with their spaces."""
        status = body["status"]
        if status in RUNNING:
            return Submitted(ref)
        if status != "Ready":
            raise self.failure(status, str(body.get("details") or ""))
        name, mime = ("clip.mp4", "video/mp4") if ref.endswith(MOVING) else ("still.png", "image/png")
        output = Output(name, mime, url=body["result"]["sample"])
        return Submitted(ref, State.DONE, Done(ref, (output,), meta={"seed": body["result"].get("seed")}))

    def account_facts(self, body: Any) -> Json:
        """What is left."""
        # a credit of theirs is a cent, as ours is
        left = body.get("credits")
        known = isinstance(left, int | float)
        return {"credits": left, **({"balance_milli": round(left * 1000)} if known else {})}

    def _kontext(self, model: Model) -> bool:
        return model.vendor.get("form") == "kontext"


def _clip(request: Clip, model: Model) -> dict[str, Any]:
    """The schema is strict: a field that does not belong to the mode is refused."""
    pins = [Embedded(one, Form.BASE64) for one in (request.first, request.last) if one is not None]
    body: dict[str, Any] = {
        "mode": "i2v" if pins else "t2v",
        "prompt": clip_words(request, model.capability.wording),
        "aspect_ratio": ratio_of(request, model),
        "resolution": tier_of(request, model).name,
        "duration": int(model.capability.ordered(request.seconds)),
        "generate_audio": False,
    }
    # one picture pins the opening, two pin opening and end
    return body | ({"keyframes": pins if len(pins) > 1 else pins[0]} if pins else {})
