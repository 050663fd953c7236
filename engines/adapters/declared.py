"""An order made from what the row of a model says: which of our words is which of the vendor's fields.

A gateway offers hundreds of models behind one interface; what tells them apart is the names of their input fields. So
the row of a model carries them in `vendor`, and a further model is a further row, never a line of code:

    fields     ours → the vendor's field: prompt, negative, seed, first, last, references, clip, seconds, size, aspect,
               width, height
    fixed      settings that are always sent
    text       those of ours that travel as text: "seconds" → "5"
    sizes      the vendor's names of picture sizes → pixels, rising; of the longer side, or, where `measure` is
               "square", of the side of a square with as many pixels
    aspects    the shapes of picture it has
    grid       width and height are rounded up to multiples of it; `sides` [least, most] of each, `most_pixels` of both
    needs      ours → what it cannot be without: "last" → ["first"]
    apart      pairs of ours that are not taken together
    reference_milli   what each reference adds to the price
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from engines.adapters.base import Input, Issue, Model, Outline, Quote, Request
from engines.adapters.orders import Embedded, Form, Order, plain
from engines.adapters.remote import SUFFIXES, Json, Remote
from engines.adapters.shapes import aspect_of, enough, on_grid
from engines.adapters.wording import words_and_pictures

SAYS = {
    "first": "start on a given frame",
    "last": "end on a given frame",
    "references": "take reference pictures",
    "negative": "take a negative prompt",
}


class Declared(Remote):
    """Base of the gateways. `asked` says where the vendor's fields go."""

    @abstractmethod
    def asked(self, request: Request, model: Model) -> Order:
        """The order without the address at which we want to be rung, which nobody has to see."""

    def preview(self, request: Request, model: Model) -> Json:
        """What the engine will see, without the word in our call-back address."""
        order = self.asked(request, model)
        return {"method": order.method, "path": order.path, "body": plain(order.body)}

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """What the row has no field, size or shape for, and what the vendor does not take together."""
        if isinstance(request, Outline):
            return []
        return _word_issues(request, model) + _frame_issues(request, model)

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """The row's price for the size that will be ordered, and what the references add."""
        each = int(model.vendor.get("reference_milli", 0)) * len(getattr(request, "references", ()))
        return model.price.quote(self.units(request, model), measured(request, model)) + Quote(
            each, each, each
        )

    def inputs(self, request: Request, model: Model) -> dict[str, Any]:
        """The vendor's fields. What the request does not have is left out, so the vendor's own default holds."""
        body = dict(model.vendor.get("fixed", {}))
        as_text = model.vendor.get("text", ())
        for ours, theirs in model.vendor["fields"].items():
            value = VALUES[ours](request, model)
            if value is not None:
                body[theirs] = str(value) if ours in as_text else value
        return body


def measured(request: Request | Outline, model: Model) -> int:
    """The one figure by which the row names and prices sizes; an outline tells its width alone."""
    width, height = _frame(request, model)
    if model.vendor.get("measure") == "square" and height:
        return math.isqrt(max(0, width * height - 1)) + 1
    return max(width, height)


def _frame(request: Request | Outline, model: Model) -> tuple[int, int]:
    width, height = int(getattr(request, "width", 0)), int(getattr(request, "height", 0))
    return on_grid(width, height, int(model.vendor.get("grid", 1)))


def _word_issues(request: Request, model: Model) -> list[Issue]:
    fields, vendor = model.vendor["fields"], model.vendor
    given = [name for name in SAYS if getattr(request, name, None)]
    found = [Issue(name, f"cannot {SAYS[name]}") for name in given if name not in fields]
    for name, others in vendor.get("needs", {}).items():
        missing = [other for other in others if name in given and other not in given]
        found += [Issue(other, f"cannot {SAYS[name]} without this") for other in missing]
    for one, other in vendor.get("apart", ()):
        if one in given and other in given:
            found.append(Issue(other, f"cannot {SAYS[one]} and {SAYS[other]} at once"))
    return found


def _frame_issues(request: Request, model: Model) -> list[Issue]:
    fields, vendor = model.vendor["fields"], model.vendor
    width, height = _frame(request, model)
    asked = f"{width} × {height}"
    if "size" in fields and _size(request, model) is None:
        return [Issue("width", f"makes no picture as large as {asked}")]
    if "aspect" in fields and aspect_of(width, height, vendor["aspects"]) is None:
        return [Issue("width", f"has no frame of {asked}")]
    least, most = vendor.get("sides", (0, math.inf))
    if not least <= min(width, height) <= max(width, height) <= most:
        return [Issue("width", f"makes sides of {least} to {most} pixels, asked for {asked}")]
    if width * height > vendor.get("most_pixels", math.inf):
        return [Issue("width", f"makes at most {vendor['most_pixels']} pixels, asked for {asked}")]
    return []


def embedded(file: Input) -> Embedded:
    """A file as it stands in an order: uploaded under its hash, because its name here says nothing there."""
    return Embedded(file, Form.UPLOAD, f"{file.sha256[:20]}{SUFFIXES.get(file.mime, '.bin')}")


def _size(request: Request, model: Model) -> str | None:
    return enough(measured(request, model), model.vendor["sizes"].items())


def _seconds(request: Request, model: Model) -> float:
    seconds = model.capability.ordered(request.units().seconds)
    return int(seconds) if seconds == int(seconds) else seconds


def _file(name: str) -> Callable[[Request, Model], Any]:
    def value(request: Request, model: Model) -> Any:
        file = getattr(request, name, None)
        return embedded(file) if file is not None else None

    return value


VALUES: dict[str, Callable[[Request, Model], Any]] = {
    "prompt": lambda request, model: words_and_pictures(
        request, model.capability.wording, model.capability.max_prompt
    ),
    "negative": lambda request, model: getattr(request, "negative", "") or None,
    "seed": lambda request, model: request.seed,
    "first": _file("first"),
    "last": _file("last"),
    "clip": _file("clip"),
    "references": lambda request, model: (
        [embedded(one) for one in getattr(request, "references", ())] or None
    ),
    "seconds": _seconds,
    "size": _size,
    "aspect": lambda request, model: aspect_of(
        getattr(request, "width", 0), getattr(request, "height", 1), model.vendor["aspects"]
    ),
    "width": lambda request, model: _frame(request, model)[0],
    "height": lambda request, model: _frame(request, model)[1],
}
