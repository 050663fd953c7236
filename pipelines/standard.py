"""The standard node types: their ports and what they are made per. An app that does the work names the job.

node_types.register("clip", standard("clip", job="episodes.make_clip"))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from craft.render.effects import Style
from craft.terms.delivery import QUALITY
from craft.terms.people import Permission
from pipelines.branches import OTHER, ROLES
from pipelines.graph import NodeType, Per, Port, PortKind
from pipelines.params import Param

_K = PortKind
PROJECT = "project"
"""The quality of the project, where a node may have one of its own."""

_GATE = Port(_K.GATE, required=False, many=True)
_LINES = Port(_K.AUDIO, required=False, many=True)
_TEXT = Port(_K.TEXT, required=False)
_TEXTS = Port(_K.TEXT, required=False, many=True)
_LAST = Port(_K.IMAGE, required=False)
_REFERENCES = Port(_K.REFERENCES, required=False)
_QUALITY = Param(PROJECT, choices=(PROJECT, *QUALITY))
_LET_THROUGH = (Permission.LOCK.value, Permission.EDIT.value, Permission.GATE_B.value)

_KINDS = (
    NodeType("script_line", "Script line", Per.LINE, outputs={"text": Port(_K.TEXT)}),
    NodeType("references", "References", Per.SHOT, outputs={"references": Port(_K.REFERENCES)}),
    NodeType(
        "keyframe", "Keyframe", Per.SHOT, role="keyframe", stage="keyframe",
        inputs={"references": _REFERENCES, "text": _TEXTS},
        outputs={"image": Port(_K.IMAGE)},
    ),
    NodeType(
        "last_frame", "Last frame", Per.SHOT, role="keyframe", stage="last_frame",
        inputs={"first": Port(_K.IMAGE), "references": _REFERENCES, "gate": _GATE},
        outputs={"image": Port(_K.IMAGE)},
    ),
    NodeType(
        "approve", "Approval", Per.SHOT, passes={"image": "image"},
        inputs={"image": Port(_K.IMAGE)},
        outputs={"image": Port(_K.IMAGE), "gate": Port(_K.GATE)},
    ),
    NodeType(
        "speech", "Speech", Per.LINE, role="speech", stage="speech",
        inputs={"gate": _GATE, "text": _TEXT}, outputs={"audio": Port(_K.AUDIO)},
    ),
    NodeType(
        "compare", "A/B", Per.SHOT, role="clip", passes={"image": "first"},
        inputs={"first": Port(_K.IMAGE), "last": _LAST, "gate": _GATE},
        outputs={"image": Port(_K.IMAGE), "gate": Port(_K.GATE)},
        params={"engines": Param((), low=2, high=6), "count": Param(2, low=2, high=6)},
    ),
    NodeType(
        "clip", "Clip", Per.SHOT, role="clip", stage="clip", picture=True,
        inputs={
            "first": Port(_K.IMAGE), "last": _LAST, "gate": _GATE, "speech": _LINES, "text": _TEXTS,
            "references": _REFERENCES, "guides": Port(_K.VIDEO, required=False, many=True),
            "performance": Port(_K.VIDEO, required=False),
        },
        outputs={"video": Port(_K.VIDEO)},
        params={"quality": _QUALITY},
    ),
    NodeType(
        "performance", "Performance", Per.SHOT, stage="performance", outputs={"video": Port(_K.VIDEO)},
    ),
    NodeType(
        "guides", "Control passes", Per.SHOT, role="guides", stage="guides",
        inputs={"first": Port(_K.IMAGE)},
        outputs={"video": Port(_K.VIDEO)},
    ),
    NodeType(
        "lips", "Lip sync", Per.SHOT, role="lips", stage="lips", picture=True, passes={"video": "plate"},
        inputs={"plate": Port(_K.VIDEO), "speech": Port(_K.AUDIO, many=True), "gate": _GATE},
        outputs={"video": Port(_K.VIDEO)},
    ),
    NodeType(
        "modifier", "Modifier", Per.SHOT, role="modify", stage="modifier", picture=True, repeats=True,
        passes={"video": "video"},
        inputs={"video": Port(_K.VIDEO), "gate": _GATE},
        outputs={"video": Port(_K.VIDEO)},
        params={
            "style": Param(Style.FILM_GRAIN.value, choices=tuple(style.value for style in Style)),
            "strength": Param(0.5, low=0.0, high=1.0),
        },
    ),
    NodeType(
        "upscale", "Upscale", Per.SHOT, role="upscale", stage="upscale", picture=True, passes={"video": "video"},
        inputs={"video": Port(_K.VIDEO), "gate": _GATE},
        outputs={"video": Port(_K.VIDEO)},
        params={"quality": _QUALITY},
    ),
    NodeType(
        "gate", "Gate", Per.SHOT, passes={"image": "image", "video": "video"}, repeats=True,
        inputs={"image": Port(_K.IMAGE, required=False), "video": Port(_K.VIDEO, required=False), "gate": _GATE},
        outputs={"image": Port(_K.IMAGE), "video": Port(_K.VIDEO), "gate": Port(_K.GATE)},
        params={"permission": Param(_LET_THROUGH[0], choices=_LET_THROUGH), "about": Param("")},
    ),
    NodeType(
        "judge", "Measures", Per.SHOT, role="judge",
        inputs={"video": Port(_K.VIDEO), "reference": Port(_K.IMAGE, required=False), "last": _LAST},
        outputs={"score": Port(_K.NUMBER)},
    ),
    NodeType(
        "effects", "Effects", Per.SHOT, role="effect", stage="effect",
        inputs={"gate": _GATE}, outputs={"audio": Port(_K.AUDIO)},
    ),
    NodeType(
        "score", "Score", Per.ACT, role="score", stage="score",
        inputs={"gate": _GATE}, outputs={"audio": Port(_K.AUDIO)},
    ),
    NodeType(
        "ambience", "Ambience", Per.SCENE, role="ambience", stage="ambience",
        inputs={"gate": _GATE}, outputs={"audio": Port(_K.AUDIO)},
    ),
    *(
        NodeType(
            f"switch_{kind.value}", f"Switch by role ({kind.value})", Per.SHOT, chooses=True,
            inputs={name: Port(kind, required=False) for name in (*ROLES, OTHER)},
            outputs={kind.value: Port(kind)},
        )
        for kind in (_K.IMAGE, _K.VIDEO, _K.GATE)
    ),
)  # fmt: skip
STANDARD: dict[str, NodeType] = {kind.slug: kind for kind in _KINDS}


def standard(slug: str, *, job: str = "", choices: Mapping[str, Sequence[str]] | None = None) -> NodeType:
    """A standard node type with the job that does it; `choices` are what its params may hold where only the app
    that does the work knows. Raises KeyError for an unknown slug."""
    kind = STANDARD[slug]
    known = {name: replace(kind.params[name], choices=tuple(all_)) for name, all_ in (choices or {}).items()}
    return replace(kind, job=job, params={**kind.params, **known})
