"""A character's turnaround, drawn by the built-in engine from the bible: what other engines go by until there is more.

front, three-quarter, profile: from the waist up · full body: from head to foot
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from craft.terms.references import View
from engines.adapters.requests import Keyframe
from engines.services import CallResult, run_call
from talent.models import Character, Reference
from tenancy.ordering import renumber
from tenancy.queries import get_for
from vault import services as vault
from vault.claims import ShotClaim
from vault.kinds import Kind
from workflow.events import emit
from workflow.runner import Context

BUILT_IN = "previs/animatic"
WIDTH, HEIGHT = 768, 1024
# View → degrees round the figure and size of the frame.
TURNS: Mapping[View, tuple[int, str]] = {
    View.FRONT: (0, "ms"),
    View.THREE_QUARTER: (40, "ms"),
    View.PROFILE: (90, "ms"),
    View.FULL_BODY: (20, "fs"),
}
_LIGHTS = (
    {"position": "front_left", "role": "key", "intensity": 80, "kelvin": 5600, "softness": "soft"},
    {"position": "front_right", "role": "fill", "intensity": 45, "kelvin": 5600, "softness": "soft"},
    {"position": "back_right", "role": "rim", "intensity": 30, "kelvin": 5600, "softness": "medium"},
)


def turn_packet(character: Character, view: View) -> dict[str, Any]:
    """The drawable scene of one side of a character: even light, nobody else, the plainest room there is."""
    azimuth, size = TURNS[view]
    who = str(character.pk)
    return {
        "version": 2,
        "width": WIDTH,
        "height": HEIGHT,
        "rate": "24",
        "frames": 1,
        "seed": 1,
        "quality": "preview",
        "set": {"kind": "described", "seed": 1, "words": "gymnasium", "dressing": {"clutter": 0.0}},
        "characters": [
            {
                "id": who,
                "name": character.name,
                **character.look,
                "mark": 0,
                "pose": "relaxed",
                "gaze": "ahead",
                "emotion": "neutral",
            }
        ],
        "lights": [dict(light) for light in _LIGHTS],
        "fill_stops": 1.0,
        "atmosphere": {"kind": "clear", "density": 0},
        "time_of_day": "noon",
        "mood": "high_key",
        "camera": {
            "size": size,
            "angle": "eye_level",
            "framing": "single",
            "movement": "static",
            "direction": "none",
            "azimuth": azimuth,
            "focal_mm": 50,
            "subjects": [who],
        },
        "visemes": [],
        "burn_in": None,
    }


def draw_sheet(ctx: Context, *, character: str, **later: Any) -> dict[str, Any] | None:
    """Job: draw every side and put them in the place of those that were drawn before."""
    with ctx.scope():
        found = get_for(Character, character)
    drawn = {view: _drawn(ctx, found, view) for view in TURNS}
    with ctx.closing({"character": character}):
        fresh = get_for(Character, character)
        old = Reference.objects.filter(character=fresh, drawn_version__isnull=False)
        first = old.order_by("position").values_list("position", flat=True).first()
        old.delete()
        kept = list(Reference.objects.filter(character=fresh).order_by("position", "created_at", "pk"))
        made = [_kept(found, view, staged) for view, staged in drawn.items()]
        at = len(kept) if first is None else min(first, len(kept))
        renumber([*kept[:at], *made, *kept[at:]])
        emit(None, "reference.changed", {"character": character})
    return None


def _drawn(ctx: Context, character: Character, view: View) -> vault.Staged:
    packet = turn_packet(character, view)
    request = Keyframe(prompt="", width=WIDTH, height=HEIGHT, packet=packet, seed=packet["seed"])
    result = run_call(
        ctx,
        request=request,
        role="keyframe",
        subject=f"talent.sheet:{character.pk}",
        project=None,
        pins=[BUILT_IN],
        step=view.value,
    )
    claim = _claim(character, view, request, result)
    path: Path = result.files[0].path
    return vault.stage(path, mime=result.files[0].mime, sign=claim, studio_id=ctx.studio_id)


def _claim(character: Character, view: View, request: Keyframe, result: CallResult) -> ShotClaim:
    return ShotClaim(
        engine=result.engine,
        model=result.model,
        model_version=result.model_version,
        prompt_hash=request.fingerprint(),
        seed=request.seed,
        title=f"{character.name}, {view.label.lower()}",
    )


def _kept(character: Character, view: View, staged: vault.Staged) -> Reference:
    title = f"{character.name}, {view.label.lower()}, v{character.bible_version}"
    asset = vault.attach(staged, kind=Kind.REFERENCE, title=title)
    made: Reference = Reference.objects.create(
        character_id=character.pk, view=view.value, asset=asset, drawn_version=character.bible_version
    )
    return made
