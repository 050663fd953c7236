"""What Runway is sent for each kind of work. The tables of the models are data: `vendor` of the rows.

ratios       frames as "width:height" in pixels, or shapes where the model has `resolutions`
text_ratios  the same, for work from words alone, where it differs
resolutions  [name, pixels across], rising
settings     fields that are sent as they stand (audio off, quality …)

A performance has an address of its own, and takes no words: the film says what happens.
"""

from __future__ import annotations

import math
from typing import Any

from engines.adapters.base import (
    Clip,
    Input,
    InvalidInput,
    Issue,
    Keyframe,
    Model,
    Outline,
    Performance,
    Request,
    Upscale,
)
from engines.adapters.orders import Embedded, Form
from engines.adapters.shapes import aspect_of, enough
from engines.adapters.wording import clip_words

# A file within a body, encoded; larger ones are brought there first.
MOST_WITHIN = 5_000_000
MOST_BROUGHT = 200_000_000
SEEDS = 2**32
EXPRESSIONS = range(1, 6)
Framed = Clip | Keyframe


def order(request: Request, model: Model) -> tuple[str, dict[str, Any]]:
    """(address, body). Raises InvalidInput for a request that the model has no frame for."""
    fixed = {"model": model.vendor["model"], **model.vendor.get("settings", {})}
    if isinstance(request, Upscale):
        name = enough(_longest(request), _resolutions(model))
        return "video_upscale", fixed | {"videoUri": _file(request.clip), "resolution": name}
    if not isinstance(request, Clip | Keyframe):
        raise InvalidInput(f"Runway does not make {request.kind}.")
    if isinstance(request, Clip) and request.performance is not None:
        return "character_performance", fixed | _acted(request, request.performance, model)
    body = fixed | _frame(request, model) | {"promptText": words(request, model)}
    if model.capability.seed:
        body["seed"] = request.seed % SEEDS
    if isinstance(request, Clip):
        return _clip(request, model, body)
    if request.references:
        body["referenceImages"] = [
            {"uri": _file(one), "tag": _tag(n)} for n, one in enumerate(request.references, start=1)
        ]
    return "text_to_image", body


def _clip(request: Clip, model: Model, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    body["duration"] = round(model.capability.ordered(request.seconds))
    if request.negative:
        body["negativePrompt"] = request.negative
    if request.first is not None:
        frames = (("first", request.first), ("last", request.last))
        body["promptImage"] = [{"uri": _file(one), "position": at} for at, one in frames if one is not None]
        return "image_to_video", body
    if request.references:
        body["references"] = [{"uri": _file(one)} for one in request.references]
    return "text_to_video", body


def _acted(request: Clip, film: Performance, model: Model) -> dict[str, Any]:
    """A picture of the character, the film that it acts out, and how much of it. Raises InvalidInput."""
    if request.first is None:
        raise InvalidInput("Runway acts out a performance from a picture of the character.")
    return _frame(request, model) | {
        "character": {"type": "image", "uri": _file(request.first)},
        "reference": {"type": "video", "uri": _file(film.file)},
        "bodyControl": film.body,
        "expressionIntensity": film.expression,
        "seed": request.seed % SEEDS,
    }


def _frame(request: Framed, model: Model) -> dict[str, Any]:
    ratio = ratio_of(request, model)
    if not _resolutions(model):
        return {"ratio": ratio}
    return {"ratio": ratio, "resolution": enough(_longest(request), _resolutions(model))}


def ratio_of(request: Framed, model: Model) -> str | None:
    """The smallest frame of the model's that has the shape and is wide enough; None for none."""
    ratios = _ratios(request, model)
    if _resolutions(model):
        return aspect_of(request.width, request.height, ratios)
    fits = [
        one
        for one in ratios
        if aspect_of(request.width, request.height, [one]) and _sides(one)[0] >= request.width
    ]
    return min(fits, key=lambda one: math.prod(_sides(one)), default=None)


def _ratios(request: Framed, model: Model) -> list[str]:
    alone = isinstance(request, Clip) and request.first is None
    found: list[str] = model.vendor["ratios"]
    return model.vendor.get("text_ratios", found) if alone else found


def priced_width(request: Request | Outline, model: Model) -> int:
    """The width of a 16:9 frame with as many pixels as the one that is ordered: by that the price list is kept."""
    if isinstance(request, Clip | Keyframe | Upscale) and _resolutions(model):
        name = enough(_longest(request), _resolutions(model))
        return dict(_resolutions(model)).get(name or "", 0)
    if isinstance(request, Clip | Keyframe):
        ratio = ratio_of(request, model)
        return round(math.sqrt(math.prod(_sides(ratio)) * 16 / 9)) if ratio else request.width
    return int(getattr(request, "width", 0))


def words(request: Framed, model: Model) -> str:
    """The prompt with the camera in the model's words, and what each reference shows."""
    told = [clip_words(request, model.capability.wording)]
    for number, one in enumerate(request.references, start=1):
        name = f"@{_tag(number)}" if isinstance(request, Keyframe) else f"Reference image {number}"
        told.append(f"{name} shows {one.title}.")
    return "\n".join(told)


def issues(request: Request | Outline, model: Model) -> list[Issue]:
    """What the model cannot do beyond its capability."""
    if isinstance(request, Upscale):
        larger = enough(_longest(request), _resolutions(model))
        small = [] if larger else [Issue("width", f"makes at most {_resolutions(model)[-1][0]}")]
        return small + _file_issues("clip", request.clip)
    if not isinstance(request, Clip | Keyframe):
        return []
    found = _frame_issues(request, model) + _word_issues(request, model)
    if isinstance(request, Clip):
        found += _picture_issues(request)
    if isinstance(request, Clip) and request.performance is not None:
        found += _performance_issues(request.performance)
    return found + [issue for one in request.references for issue in _file_issues("references", one)]


def _frame_issues(request: Framed, model: Model) -> list[Issue]:
    large = _resolutions(model) and enough(_longest(request), _resolutions(model)) is None
    if ratio_of(request, model) is None or large:
        return [Issue("width", f"has no frame of {request.width} × {request.height}")]
    return []


def _word_issues(request: Framed, model: Model) -> list[Issue]:
    most = model.capability.max_prompt
    long = len(words(request, model).encode("utf-16-le")) // 2
    if most is None or long <= most:
        return []
    return [Issue("prompt", f"takes at most {most} characters, with camera and references {long}")]


def _picture_issues(request: Clip) -> list[Issue]:
    found = []
    if request.last is not None and request.first is None:
        found.append(Issue("last", "ends on a given frame only where it starts from one"))
    if request.first is not None and request.references:
        found.append(Issue("references", "takes references only where it does not start from a still"))
    frames = [("first", request.first), ("last", request.last)]
    return found + [issue for field, one in frames if one is not None for issue in _file_issues(field, one)]


def _performance_issues(film: Performance) -> list[Issue]:
    """It is not told who of several people acts, and takes whole steps of strength."""
    found = [] if film.expression in EXPRESSIONS else [Issue("performance", "has strengths of 1 to 5")]
    if film.seen != 1:
        found.append(Issue("performance", f"acts for one person, and the shot shows {film.seen or 'nobody'}"))
    return found + _file_issues("performance", film.file)


def _file_issues(field: str, file: Input) -> list[Issue]:
    if _size(file) > MOST_BROUGHT:
        return [Issue(field, f"takes files of at most {MOST_BROUGHT // 1_000_000} MB")]
    return []


def _file(file: Input) -> Embedded:
    within = len(f"data:{file.mime};base64,") + -(-_size(file) // 3) * 4 <= MOST_WITHIN
    return Embedded(file, Form.DATA_URI if within else Form.UPLOAD)


def _size(file: Input) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0


def _longest(request: Framed | Upscale) -> int:
    return max(request.width, request.height)


def _resolutions(model: Model) -> list[tuple[str, int]]:
    return [(str(name), int(across)) for name, across in model.vendor.get("resolutions", ())]


def _sides(ratio: str) -> tuple[int, int]:
    across, down = ratio.split(":")
    return int(across), int(down)


def _tag(number: int) -> str:
    return f"image_{number}"
