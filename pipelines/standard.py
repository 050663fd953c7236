"""The standard node types: their ports and what they are made per. An app that does the work names the job.

    node_types.register("clip", standard("clip", job="episodes.make_clip"))
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.graph import NodeType, Per, Port, PortKind

_K = PortKind

STANDARD: dict[str, NodeType] = {
    kind.slug: kind
    for kind in (
        NodeType("keyframe", "Keyframe", Per.SHOT, {"references": Port(_K.REFERENCES, required=False, many=True)}, {"image": Port(_K.IMAGE)}, role="keyframe"),
        NodeType("approve", "Approve the board", Per.SHOT, {"image": Port(_K.IMAGE)}, {"image": Port(_K.IMAGE), "gate": Port(_K.GATE)}),
        NodeType("speech", "Speech", Per.LINE, {"gate": Port(_K.GATE, required=False)}, {"audio": Port(_K.AUDIO)}, role="speech"),
        NodeType(
            "clip", "Clip", Per.SHOT,
            {"first": Port(_K.IMAGE), "gate": Port(_K.GATE, required=False), "speech": Port(_K.AUDIO, required=False, many=True)},
            {"video": Port(_K.VIDEO)}, role="clip",
        ),
        NodeType("lips", "Lip sync", Per.SHOT, {"plate": Port(_K.VIDEO), "speech": Port(_K.AUDIO, many=True)}, {"video": Port(_K.VIDEO)}, role="lips"),
        NodeType("judge", "Measure the take", Per.SHOT, {"video": Port(_K.VIDEO), "reference": Port(_K.IMAGE, required=False)}, {"score": Port(_K.NUMBER)}, role="judge"),
        NodeType("score", "Score", Per.ACT, {"gate": Port(_K.GATE, required=False, many=True)}, {"audio": Port(_K.AUDIO)}, role="score"),
        NodeType("ambience", "Ambience", Per.SCENE, {"gate": Port(_K.GATE, required=False, many=True)}, {"audio": Port(_K.AUDIO)}, role="ambience"),
    )
}


def standard(slug: str, *, job: str = "") -> NodeType:
    """A standard node type with the job that does it. Raises KeyError for an unknown slug."""
    return replace(STANDARD[slug], job=job)
