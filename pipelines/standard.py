"""The standard node types: their ports and what they are made per. An app that does the work names the job.

node_types.register("clip", standard("clip", job="episodes.make_clip"))
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.graph import NodeType, Per, Port, PortKind

_K = PortKind

_GATE = Port(_K.GATE, required=False, many=True)
_LINES = Port(_K.AUDIO, required=False, many=True)

_KINDS = (
    NodeType(
        "keyframe", "Keyframe", Per.SHOT, role="keyframe",
        inputs={"references": Port(_K.REFERENCES, required=False, many=True)},
        outputs={"image": Port(_K.IMAGE)},
    ),
    NodeType(
        "approve", "Approval", Per.SHOT,
        inputs={"image": Port(_K.IMAGE)},
        outputs={"image": Port(_K.IMAGE), "gate": Port(_K.GATE)},
    ),
    NodeType("speech", "Speech", Per.LINE, role="speech", inputs={"gate": _GATE}, outputs={"audio": Port(_K.AUDIO)}),
    NodeType(
        "clip", "Clip", Per.SHOT, role="clip",
        inputs={
            "first": Port(_K.IMAGE), "gate": _GATE, "speech": _LINES,
            "guides": Port(_K.VIDEO, required=False, many=True),
        },
        outputs={"video": Port(_K.VIDEO)},
    ),
    NodeType(
        "guides", "Control passes", Per.SHOT, role="guides",
        inputs={"first": Port(_K.IMAGE)},
        outputs={"video": Port(_K.VIDEO)},
    ),
    NodeType(
        "lips", "Lip sync", Per.SHOT, role="lips",
        inputs={"plate": Port(_K.VIDEO), "speech": Port(_K.AUDIO, many=True)},
        outputs={"video": Port(_K.VIDEO)},
    ),
    NodeType(
        "judge", "Measures", Per.SHOT, role="judge",
        inputs={"video": Port(_K.VIDEO), "reference": Port(_K.IMAGE, required=False)},
        outputs={"score": Port(_K.NUMBER)},
    ),
    NodeType("effects", "Effects", Per.SHOT, role="effect", inputs={"gate": _GATE}, outputs={"audio": Port(_K.AUDIO)}),
    NodeType("score", "Score", Per.ACT, role="score", inputs={"gate": _GATE}, outputs={"audio": Port(_K.AUDIO)}),
    NodeType(
        "ambience", "Ambience", Per.SCENE, role="ambience", inputs={"gate": _GATE}, outputs={"audio": Port(_K.AUDIO)}
    ),
)  # fmt: skip
STANDARD: dict[str, NodeType] = {kind.slug: kind for kind in _KINDS}


def standard(slug: str, *, job: str = "") -> NodeType:
    """A standard node type with the job that does it. Raises KeyError for an unknown slug."""
    return replace(STANDARD[slug], job=job)
