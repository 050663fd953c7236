"""Kling's clips: which address takes them, their fields, and what the pictures and the frame have to be."""

from __future__ import annotations

from typing import Any

from PIL import Image, UnidentifiedImageError

from engines.adapters.base import Clip, Input, Issue, Model
from engines.adapters.orders import Embedded, Form
from engines.adapters.shapes import aspect_of
from engines.adapters.wording import clip_words

SHAPES = ("16:9", "9:16", "1:1")
WORDS = 2500
PICTURES = 7
PICTURE_TYPES = ("image/png", "image/jpeg")
PICTURE_BYTES, PICTURE_SIDE, LONGEST_SHAPE = 10_000_000, 300, 2.5


def clip_order(request: Clip, model: Model) -> tuple[str, dict[str, Any]]:
    """(address, body). The sound is off: the studio mixes its own."""
    body: dict[str, Any] = {
        "model_name": model.vendor["model"],
        "mode": model.vendor["mode"],
        "duration": f"{model.capability.ordered(request.seconds):.0f}",
        "sound": "off",
        "prompt": words(request, model),
    }
    if model.vendor["form"] == "omni":
        return "omni-video", body | _omni(request)
    if request.negative:
        body["negative_prompt"] = request.negative
    if request.first is None:
        return "text2video", body | {"aspect_ratio": aspect_of(request.width, request.height, SHAPES)}
    body["image"] = Embedded(request.first, Form.BASE64)
    if request.last is not None:
        body["image_tail"] = Embedded(request.last, Form.BASE64)
    return "image2video", body


def _omni(request: Clip) -> dict[str, Any]:
    # references first: their places in the prompt hold however frames are counted
    pictures: list[dict[str, Any]] = [{"image_url": Embedded(one, Form.BASE64)} for one in request.references]
    for frame, kind in ((request.first, "first_frame"), (request.last, "end_frame")):
        if frame is not None:
            pictures.append({"image_url": Embedded(frame, Form.BASE64), "type": kind})
    shape = aspect_of(request.width, request.height, SHAPES)
    found: dict[str, Any] = {"image_list": pictures} if pictures else {}
    return found | ({"aspect_ratio": shape} if shape else {})


def words(request: Clip, model: Model) -> str:
    """The prompt; omni is told in it which picture shows what."""
    told = [clip_words(request, model.capability.wording)]
    if model.vendor["form"] == "omni":
        told += [f"<<<image_{n}>>> shows {one.title}." for n, one in enumerate(request.references, start=1)]
    return "\n".join(told)


def clip_issues(request: Clip, model: Model) -> list[Issue]:
    """Beyond the capability: shapes, the length of all words together, the number and the form of the pictures."""
    issues: list[Issue] = []
    if request.first is None and aspect_of(request.width, request.height, SHAPES) is None:
        issues.append(Issue("width", f"has no frame of {request.width} × {request.height}"))
    if request.first is None and request.last is not None:
        issues.append(Issue("last", "ends on a given frame only where it starts from one"))
    long = len(words(request, model))
    if long > WORDS:
        issues.append(Issue("prompt", f"takes at most {WORDS} characters, with camera and references {long}"))
    if len(request.negative) > WORDS:
        issues.append(Issue("negative", f"takes at most {WORDS} characters"))
    named = [
        ("first", request.first),
        ("last", request.last),
        *(("references", o) for o in request.references),
    ]
    pictures = [(field, one) for field, one in named if one is not None]
    if len(pictures) > PICTURES:
        issues.append(Issue("references", f"takes at most {PICTURES} pictures with the frames"))
    return issues + [issue for field, one in pictures for issue in picture_issues(field, one)]


def picture_issues(field: str, picture: Input) -> list[Issue]:
    """What a picture has to be; its head is read, no more. A file that is not there is not judged."""
    if picture.mime not in PICTURE_TYPES:
        return [Issue(field, "takes PNG and JPEG pictures only")]
    try:
        size = picture.path.stat().st_size
        with Image.open(picture.path) as opened:
            width, height = opened.size
    except (OSError, UnidentifiedImageError):
        return []
    if size > PICTURE_BYTES:
        return [Issue(field, f"takes pictures of at most {PICTURE_BYTES // 1_000_000} MB")]
    if min(width, height) < PICTURE_SIDE or max(width, height) > LONGEST_SHAPE * min(width, height):
        return [Issue(field, f"takes no picture of {width} × {height}: 300 pixels or more, at most 2.5 : 1")]
    return []
