"""Preview frames: one free picture of a scene's version by the built-in engine."""

from __future__ import annotations

from typing import Any

from craft.terms.references import PlaceView
from engines.adapters.requests import Keyframe
from engines.services import run_call
from scenes.models import Reference, SceneVersion
from scenes.registries import packets
from tenancy.ordering import renumber
from tenancy.queries import get_for
from vault import services as vault
from vault.claims import ShotClaim
from vault.kinds import Kind
from workflow.events import emit
from workflow.runner import Context

BUILT_IN = "previs/animatic"
SIDES = (PlaceView.WIDE, PlaceView.REVERSE)


def preview(ctx: Context, *, scene: str, number: int, **later: Any) -> dict[str, Any] | None:
    """Draw the version's frame and keep it with the version."""
    with ctx.scope():
        version = SceneVersion.objects.select_related("scene__project").get(scene_id=scene, number=number)
        packet = packets.get("preview")(version)
        place = version.scene
    request = Keyframe(
        prompt="", width=packet["width"], height=packet["height"], packet=packet, seed=packet["seed"]
    )
    result = run_call(
        ctx,
        request=request,
        role="keyframe",
        subject=f"scenes.preview:{version.pk}",
        project=place.project_id,
        pins=[BUILT_IN],
    )
    staged = vault.stage(result.files[0].path, mime="image/png", studio_id=ctx.studio_id)
    with ctx.closing({"scene": scene}):
        asset = vault.attach(
            staged,
            kind="preview",
            title=f"{place.name} v{number}",
            project=place.project_id,
            meta={"call": str(result.call_id)},
        )
        fresh = get_for(SceneVersion, version.pk)
        fresh.preview = asset
        fresh.save(update_fields=["preview", "updated_at"])
        emit(place.project_id, "scene.previewed", {"id": scene, "version": number})
    return None


def draw_views(ctx: Context, *, scene: str, number: int, **later: Any) -> dict[str, Any] | None:
    """Job: draw the empty place from both sides and put the pictures in the place of those drawn before."""
    with ctx.scope():
        version = SceneVersion.objects.select_related("scene__project").get(scene_id=scene, number=number)
        wanted = {side: packets.get(side.value)(version) for side in SIDES}
        place = version.scene
    drawn = {side: _side(ctx, version, side, packet) for side, packet in wanted.items()}
    with ctx.closing({"scene": scene}):
        rows = Reference.objects.filter(scene_id=scene)
        rows.filter(drawn_version__isnull=False).delete()
        kept = list(rows.order_by("position", "created_at", "pk"))
        made = [
            Reference.objects.create(
                scene_id=place.pk, view=side.value, drawn_version=number,
                asset=vault.attach(
                    staged, kind=Kind.REFERENCE, title=f"{place.name}, {side.label.lower()}, v{number}",
                    project=place.project_id,
                ),
            )
            for side, staged in drawn.items()
        ]  # fmt: skip
        renumber([*made, *kept])
        emit(place.project_id, "reference.changed", {"scene": scene})
    return None


def _side(ctx: Context, version: SceneVersion, side: PlaceView, packet: dict[str, Any]) -> vault.Staged:
    request = Keyframe(
        prompt="", width=packet["width"], height=packet["height"], packet=packet, seed=packet["seed"]
    )
    result = run_call(
        ctx,
        request=request,
        role="keyframe",
        subject=f"scenes.views:{version.pk}",
        project=version.scene.project_id,
        pins=[BUILT_IN],
        step=side.value,
    )
    claim = ShotClaim(
        engine=result.engine,
        model=result.model,
        model_version=result.model_version,
        prompt_hash=request.fingerprint(),
        seed=request.seed,
        title=f"{version.scene.name}, {side.label.lower()}",
    )
    best = result.files[0]
    return vault.stage(best.path, mime=best.mime, sign=claim, studio_id=ctx.studio_id)
