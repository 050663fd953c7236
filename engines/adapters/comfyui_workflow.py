"""Workflows of ComfyUI in API format, and the marks in them that say where a request goes.

A node whose title holds `slate:<role>` is filled by that role; it may hold several. A workflow may carry an entry
`slate` beside its nodes, which is not sent: the grid of its pixels, its frame rate, and by how many frames its lengths
grow from one ({"grid": 32, "fps": 24, "frame_step": 4}).

    prompt, negative, seed, width, height
    frames          how many frames are made (on the model's own step)
    keep            how many of them are kept
    fps             the frame rate of the file
    first, last     the node that loads that frame; left out, with what it is linked to, where there is none
    reference:1 …   the nodes that load references, in their order; left out where there are fewer
    lora, lora:2 …  the loaders of LoRAs; stepped over where there are fewer
    output          the node that saves the result
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.adapters.requests import Clip, Keyframe

FOLDER = Path(__file__).parents[1] / "data" / "comfyui"
TAG = re.compile(r"\bslate:([a-z]+(?::\d+)?)")
WORDS = ("text", "prompt", "value", "string")
FIELDS: dict[str, tuple[str, ...]] = {
    "prompt": WORDS,
    "negative": WORDS,
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "frames": ("length", "frames", "num_frames", "value"),
    "keep": ("length", "value"),
    "fps": ("fps", "frame_rate", "value"),
    "first": ("image", "file"),
    "last": ("image", "file"),
    "reference": ("image", "file"),
    "lora": ("lora_name",),
}
STRENGTHS = ("strength_model", "strength_clip", "strength")
# what is left out of a workflow where the request has none
OPTIONAL = ("first", "last", "reference", "lora")
# filled where there is a node for it, not missed where there is none
WELCOME = ("fps",)
Node = dict[str, Any]


class BadWorkflow(ValueError):
    """This is no workflow, or none that can be sent; the text says why."""


@dataclass(frozen=True, slots=True)
class Worn:
    """A LoRA as the machine calls it, and its strength."""

    name: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow and what it says of itself."""

    nodes: Mapping[str, Node]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What it makes: clips when something in it takes a number of frames."""
        return Clip.kind if self.marked("frames") else Keyframe.kind

    def marked(self, role: str) -> list[str]:
        """The nodes with a role."""
        return [name for name, node in self.nodes.items() if role in TAG.findall(_title(node))]

    def lacking(self, values: Mapping[str, Any]) -> list[str]:
        """Which roles of a request nothing in the workflow can be filled with."""
        wanted = [role for role in values if role not in WELCOME]
        without = [role for role in wanted if not any(self._place(one, role) for one in self.marked(role))]
        return without + ([] if self.marked("output") else ["output"])

    def filled(self, values: Mapping[str, Any]) -> dict[str, Node]:
        """The nodes with everything in its place, and without what the request does not have."""
        nodes = {name: {**node, "inputs": dict(node["inputs"])} for name, node in self.nodes.items()}
        for role, value in values.items():
            for name in self.marked(role):
                place = self._place(name, role)
                if place:
                    nodes[name]["inputs"] |= _written(nodes[name]["inputs"], place, value)
        for name, node in self.nodes.items():
            roles = [role for role in TAG.findall(_title(node)) if role.split(":")[0] in OPTIONAL]
            if roles and not any(role in values for role in roles):
                _leave_out(nodes, name)
        return nodes

    def _place(self, name: str, role: str) -> str:
        """The input of a node that takes a role: one that is a plain value and no link."""
        inputs = self.nodes[name]["inputs"]
        fields = FIELDS.get(role.split(":")[0], ())
        return next((one for one in fields if one in inputs and not _is_link(inputs[one])), "")


def _title(node: Mapping[str, Any]) -> str:
    return str((node.get("_meta") or {}).get("title", ""))


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], int)


def _written(inputs: Mapping[str, Any], place: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Worn):
        return {place: value.name} | {one: value.strength for one in STRENGTHS if one in inputs}
    return {place: value}


def _leave_out(nodes: dict[str, Node], gone: str) -> None:
    """Take a node out: a LoRA is stepped over (its model and text encoder go on), any other link to it is cut."""
    inputs = nodes.pop(gone)["inputs"]
    onward = [inputs[name] for name in ("model", "clip") if _is_link(inputs.get(name))]
    for node in nodes.values():
        for name, value in list(node["inputs"].items()):
            if not _is_link(value) or value[0] != gone:
                continue
            if value[1] < len(onward):
                node["inputs"][name] = onward[value[1]]
            else:
                del node["inputs"][name]


def read(text: str) -> Workflow:
    """A workflow from its JSON. Raises BadWorkflow."""
    return _workflow(_parsed(text))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadWorkflow(f"this is no JSON: {error}") from error


def _workflow(given: Any) -> Workflow:
    if not isinstance(given, dict):
        raise BadWorkflow("a workflow is an object of nodes")
    nodes = {name: node for name, node in given.items() if name != "slate"}
    if "nodes" in given and "links" in given:
        raise BadWorkflow("this workflow is in the editor's format; export it with “Export (API)”")
    if not nodes or not all(_is_node(node) for node in nodes.values()):
        raise BadWorkflow("a node of a workflow has a class_type and inputs")
    settings = given.get("slate", {})
    if not isinstance(settings, dict):
        raise BadWorkflow("the entry “slate” of a workflow is an object")
    return Workflow(nodes, settings)


def _is_node(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("inputs"), dict) and bool(node.get("class_type"))


def chosen(slug: str, kinds: frozenset[str], shipped: str, own: str) -> Workflow:
    """The account's own workflow where it has one for this model, else the shipped one. Raises BadWorkflow."""
    if own.strip():
        given = _parsed(own)
        if isinstance(given, dict) and slug in given and not _is_node(given[slug]):
            return _workflow(given[slug])
        if isinstance(given, dict) and given and not any(_is_node(node) for node in given.values()):
            # one for another model, or nothing that could be one
            for other in given.values():
                _workflow(other)
        else:
            found = _workflow(given)
            if found.kind in kinds:
                return found
    return read((FOLDER / f"{shipped}.json").read_text())


def frames_of(request: Clip, settings: Mapping[str, Any]) -> tuple[int, int, float]:
    """(frames to make, frames to keep, frame rate): as many as cover the shot at the workflow's own rate."""
    fps = float(settings.get("fps", 24))
    step = int(settings.get("frame_step", 1))
    # a shot at 23.976 is no frame longer than at 24
    kept = max(1, math.ceil(request.seconds * fps - 0.05))
    return 1 + -(-(kept - 1) // step) * step, kept, fps
