"""What every adapter refuses alike: a request that asks for more than its model declares."""

from __future__ import annotations

from engines.adapters.base import Capability, Issue
from engines.adapters.requests import Clip, Keyframe, Outline, Request
from engines.adapters.wording import wording_issues


def check_capability(request: Request | Outline, able: Capability) -> list[Issue]:
    """The checks every adapter shares: what the request asks for against what the model declares."""
    issues: list[Issue] = []
    if request.kind not in able.kinds:
        return [Issue("kind", f"does not make {request.kind}")]
    if isinstance(request, Clip | Outline) and request.performance is not None and not able.performance:
        return [Issue("performance", "cannot act out a performer’s film")]
    units = request.units()
    longest = able.max_seconds if able.max_seconds is not None else (able.lengths or (None,))[-1]
    if longest is not None and units.seconds > longest + 1e-6:
        issues.append(Issue("seconds", f"makes at most {longest:g} s, asked for {units.seconds:g} s"))
    if able.max_characters is not None and units.characters > able.max_characters:
        issues.append(Issue("text", f"takes at most {able.max_characters} characters"))
    width = getattr(request, "width", 0)
    if width > able.max_width:
        issues.append(Issue("width", f"makes at most {able.max_width} pixels across, asked for {width}"))
    return issues + _word_issues(request, able) + _picture_issues(request, able)


def _word_issues(request: Request | Outline, able: Capability) -> list[Issue]:
    issues: list[Issue] = []
    prompt = len(getattr(request, "prompt", ""))
    if able.max_prompt is not None and prompt > able.max_prompt:
        issues.append(Issue("prompt", f"takes at most {able.max_prompt} characters, these are {prompt}"))
    language = getattr(request, "language", "")
    if able.languages is not None and language and language.split("-")[0] not in able.languages:
        issues.append(Issue("language", f"does not speak {language}"))
    return issues


def _picture_issues(request: Request | Outline, able: Capability) -> list[Issue]:
    issues: list[Issue] = []
    if able.draws_packets and not getattr(request, "packet", True):
        issues.append(Issue("packet", "draws only from a scene packet, and the request has none"))
    if len(getattr(request, "references", ())) > able.max_references and not able.draws_packets:
        issues.append(Issue("references", f"takes at most {able.max_references} reference images"))
    if able.needs_reference and isinstance(request, Keyframe | Clip) and not request.references:
        issues.append(Issue("references", "works from a reference picture, and there is none"))
    if len(getattr(request, "loras", ())) > able.max_loras and not able.draws_packets:
        issues.append(Issue("loras", f"wears at most {able.max_loras} LoRAs"))
    if isinstance(request, Clip):
        if able.needs_first_frame and request.first is None:
            issues.append(Issue("first", "starts from a still, and the request has none"))
        unknown = sorted({one.title for one in request.controls} - able.controls)
        if unknown and not able.draws_packets:
            issues.append(Issue("controls", f"takes no {' or '.join(unknown)} pass"))
        if able.movements is not None and request.movement not in able.movements:
            issues.append(Issue("movement", f"cannot do the camera movement “{request.movement}”"))
        if not able.draws_packets:
            issues += [Issue(field, message) for field, message in wording_issues(request, able.wording)]
    if isinstance(request, Clip | Outline) and request.last and not able.last_frame:
        issues.append(Issue("last", "cannot end on a given frame"))
    if getattr(request, "negative", "") and not able.negative:
        issues.append(Issue("negative", "has no negative prompt"))
    return issues + _performance_issues(request, able)


def _performance_issues(request: Request | Outline, able: Capability) -> list[Issue]:
    """Who acts out films makes nothing else, and nobody else looks at one: a film is never left out."""
    film = request.performance if isinstance(request, Clip | Outline) else None
    if film is None:
        lacks = able.performance and request.kind == Clip.kind
        return [Issue("performance", "acts out a performer’s film, and there is none")] if lacks else []
    least, most = able.least_seconds, able.max_seconds
    if film.seconds < least - 1e-6 or (most is not None and film.seconds > most + 1e-6):
        told = (
            f"acts out films of {least:g} to {most:g} s"
            if most
            else f"acts out films of at least {least:g} s"
        )
        return [Issue("performance", f"{told}, this one has {film.seconds:g} s")]
    return []
