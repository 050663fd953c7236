"""The stage of a scene for the live rig: what a browser draws while somebody moves a light."""

from __future__ import annotations

from dataclasses import replace

from craft.previs import Packet, PrevisError, feasible
from craft.previs.live import bundle_key, stage_bundle
from scenes.models import Scene
from scenes.queries import current_version
from scenes.registries import packets
from scenes.services import SceneRefused


def stage_packet(scene: Scene) -> Packet:
    """The packet of the scene's preview frame as the scene stands, or the nearest its set can give.

    Raises SceneRefused.
    """
    try:
        packet = Packet.from_json(packets.get("preview")(current_version(scene)))
        return replace(packet, camera=feasible(packet))
    except PrevisError as error:
        raise _refused(error) from error


def stage_digest(packet: Packet) -> str:
    """Digest of what the stage is made from: known before it is built."""
    return bundle_key(packet)


def stage_file(packet: Packet) -> bytes:
    """The stage, gzipped; up to a second when its figures are not cached. Raises SceneRefused."""
    try:
        return stage_bundle(packet)
    except PrevisError as error:
        raise _refused(error) from error


def _refused(error: PrevisError) -> SceneRefused:
    return SceneRefused(
        "This scene cannot be drawn as it stands.", kept="It is saved.", fields={"scene": str(error)}
    )
