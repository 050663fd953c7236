"""Names the scene workshop asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scenes.models import SceneVersion
from workflow.registries import Registry

# "packet": a scene version → the drawable packet of its preview frame. Answered by the app that knows the cast.
packets: Registry[Callable[[SceneVersion], dict[str, Any]]] = Registry("scene packets")
# "wide", "reverse": a scene version → the drawable packet of the empty place from that side.
for _name in ("preview", "wide", "reverse"):
    packets.need(_name, "scenes.tasks")
