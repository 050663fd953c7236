"""One request, as each model can take it: an engine with fewer slots gets the first of the pictures, one that cannot
wear a LoRA draws without it, and what it does not get is told. Frames go before references where an engine takes only
the one or the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.adapters.base import Clip, EngineAdapter, Keyframe, Model, Outline, Request
from engines.adapters.requests import Lora

DRAWS = "draws from the definitions and needs no picture"
DRAWS_BARE = "draws from the definitions and wears nothing"


@dataclass(frozen=True, slots=True)
class Fitted:
    """The request with the pictures and LoRAs that a model takes; the titles of the others with the reason."""

    request: Any
    left_out: tuple[tuple[str, str], ...] = ()
    not_worn: tuple[tuple[str, str], ...] = ()


def fit(request: Request | Outline, model: Model, adapter: EngineAdapter) -> Fitted:
    """The request as this model can take it. Asks the adapter alone; without references and LoRAs it is the same
    request."""
    if not isinstance(request, Keyframe | Clip | Outline):
        return Fitted(request)
    worn, not_worn = _worn(request, model, adapter)
    found = _pictured(_dressed(request, worn), model, adapter)
    return replace(found, not_worn=not_worn)


def _worn(
    request: Keyframe | Clip | Outline, model: Model, adapter: EngineAdapter
) -> tuple[tuple[Lora, ...], tuple[tuple[str, str], ...]]:
    """The LoRAs that this model can wear together, and the others by title with the reason."""
    able, out = model.capability, []
    kept: tuple[Lora, ...] = ()
    for lora in request.loras:
        both: tuple[Lora, ...] = (*kept, lora)
        if able.draws_packets or len(both) > able.max_loras:
            most = f"wears {able.max_loras}" if able.max_loras else "wears no LoRAs"
            why = DRAWS_BARE if able.draws_packets else most
        else:
            asked = replace(request, loras=both, references=())
            told = [one for one in adapter.validate(asked, model) if one.field == "loras"]
            why = told[0].message if told else ""
        if why:
            out.append((lora.file.title, why))
        else:
            kept = both
    return kept, tuple(out)


def _dressed(request: Any, worn: Sequence[Lora]) -> Any:
    """The request with these LoRAs only, called by their words before everything else."""
    if tuple(worn) == request.loras and not worn:
        return request
    words = ", ".join(dict.fromkeys(lora.word for lora in worn if lora.word))
    told = {} if isinstance(request, Outline) or not words else {"prompt": f"{words}. {request.prompt}"}
    return replace(request, loras=tuple(worn), **told)


def _pictured(request: Keyframe | Clip | Outline, model: Model, adapter: EngineAdapter) -> Fitted:
    pictures = request.references
    if not pictures:
        return Fitted(request)
    able = model.capability
    if able.draws_packets:
        return _cut(request, 0, DRAWS)
    most = able.max_references
    why = f"takes {most}" if most else "takes no reference pictures"
    for count in range(min(len(pictures), most), 0, -1):
        fitted = _cut(request, count, why)
        told = [one for one in adapter.validate(fitted.request, model) if one.field == "references"]
        if not told:
            return fitted
        framed = isinstance(request, Clip) and request.first is not None
        why = told[0].message + ("; the approved frame comes first" if framed else "")
    return _cut(request, 0, why)


def _cut(request: Keyframe | Clip | Outline, count: int, why: str) -> Fitted:
    pictures = request.references
    return Fitted(
        replace(request, references=pictures[:count]), tuple((one.title, why) for one in pictures[count:])
    )


def slots(fitted: Fitted, model: Model, adapter: EngineAdapter) -> int:
    """How many references this model takes for such a request, however many there are now. Pure."""
    request, able = fitted.request, model.capability
    if able.draws_packets or not able.max_references or not isinstance(request, Keyframe | Clip):
        return 0
    if fitted.left_out:
        return len(request.references)
    if isinstance(request, Clip) and request.first is not None and not request.references:
        probe = replace(request, references=(request.first,))
        told = [one for one in adapter.validate(probe, model) if one.field == "references"]
        return 0 if told else able.max_references
    return able.max_references


def as_sent(request: Request, count: int, worn: Collection[str] = ()) -> Request:
    """The request with the first so many of its references and the LoRAs with these hashes: as the engine of a call
    that stands was given it."""
    if not isinstance(request, Keyframe | Clip):
        return request
    given: Keyframe | Clip = request
    if given.loras:
        given = _dressed(given, [lora for lora in given.loras if lora.file.sha256 in worn])
    return replace(given, references=given.references[:count]) if given.references else given
