"""One request, as each model can take it, and what it does not get is told.

An engine with fewer slots gets the first of the pictures, one that cannot wear a LoRA draws without it, one that takes
no control pass does without. Frames go before references where an engine takes only the one or the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.adapters.base import Clip, EngineAdapter, Keyframe, Model, Outline, Request
from engines.adapters.inputs import Lora

DRAWS = "draws from the definitions and needs no picture"
DRAWS_BARE = "draws from the definitions and wears nothing"


@dataclass(frozen=True, slots=True)
class Fitted:
    """The request with the pictures, LoRAs and control passes that a model takes; the titles of the others with the
    reason."""

    request: Any
    left_out: tuple[tuple[str, str], ...] = ()
    not_worn: tuple[tuple[str, str], ...] = ()
    unguided: tuple[tuple[str, str], ...] = ()


def fit(request: Request | Outline, model: Model, adapter: EngineAdapter) -> Fitted:
    """The request as this model can take it. Asks the adapter alone; without references and LoRAs it is the same
    request."""
    if not isinstance(request, Keyframe | Clip | Outline):
        return Fitted(request)
    request, unguided = _guided(request, model)
    worn, not_worn = _worn(request, model, adapter)
    found = _pictured(_dressed(request, worn), model, adapter)
    return replace(found, not_worn=not_worn, unguided=unguided)


def _guided(
    request: Keyframe | Clip | Outline, model: Model
) -> tuple[Keyframe | Clip | Outline, tuple[tuple[str, str], ...]]:
    """The request with the control passes that this model takes: they were drawn for the first choice, and are an
    aid, so that whoever stands in for it may do without."""
    able = model.capability
    if not isinstance(request, Clip) or not request.controls or able.draws_packets:
        return request, ()
    kept = tuple(one for one in request.controls if one.title in able.controls)
    out = tuple(
        (f"control pass {one.title}", "takes no such pass") for one in request.controls if one not in kept
    )
    return (replace(request, controls=kept) if out else request), out


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


def as_sent(
    request: Request, count: int, worn: Collection[str] = (), controls: Collection[str] | None = None
) -> Request:
    """The request with the first so many of its references, the LoRAs with these hashes and the control passes with
    these names (None: all): as the engine of a call that stands was given it."""
    if not isinstance(request, Keyframe | Clip):
        return request
    given: Keyframe | Clip = request
    if isinstance(given, Clip) and controls is not None:
        given = replace(given, controls=tuple(one for one in given.controls if one.title in controls))
    if given.loras:
        given = _dressed(given, [lora for lora in given.loras if lora.file.sha256 in worn])
    return replace(given, references=given.references[:count]) if given.references else given
