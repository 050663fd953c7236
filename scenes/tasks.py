"""Preview frames: one free picture of a scene's version by the built-in engine."""

from __future__ import annotations

from typing import Any

from engines.adapters.requests import Keyframe
from engines.services import run_call
from scenes.models import SceneVersion
from scenes.registries import packets
from tenancy.queries import get_for
from vault import services as vault
from workflow.events import emit
from workflow.runner import Context

BUILT_IN = "previs/animatic"


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
