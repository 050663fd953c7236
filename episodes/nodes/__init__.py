"""What each step of the production graph does: build the request, let an engine do it, keep the result as a take."""

from __future__ import annotations

from engines import crew
from episodes.nodes.acting import make_performance
from episodes.nodes.comparing import make_compare, make_draft
from episodes.nodes.gating import make_gate
from episodes.nodes.guides import make_guides
from episodes.nodes.judging import judge_take, takes_ready, wardrobe_boxes
from episodes.nodes.opinion import ask_opinion
from episodes.nodes.picture import (
    approve_keyframe,
    make_board,
    make_clip,
    make_keyframe,
    make_last_frame,
    make_lips,
    open_keyframe,
)
from episodes.nodes.proposal import propose
from episodes.nodes.sound import make_ambience, make_effects, make_score, make_speech, open_speech
from episodes.nodes.treating import make_modifier, make_upscale
from episodes.opinions import JOB as OPINION_JOB
from episodes.proposing import JOB as PROPOSAL_JOB
from pipelines.catalogue import node_types
from pipelines.standard import standard
from workflow import jobs

__all__ = ["make_board", "make_draft", "register", "takes_ready", "wardrobe_boxes"]


# What params may hold where only the crew knows.
_CHOICES = {
    "compare": {"engines": [key for key, model in crew.models().items() if "clip" in model.capability.kinds]}
}


# Steps whose call may be written with their claim.
_OPENINGS = {"keyframe": open_keyframe, "speech": open_speech}


def register() -> None:
    """Name the job of each standard node type and who does it."""
    for slug, handler, queue in (
        ("keyframe", make_keyframe, "short"),
        ("last_frame", make_last_frame, "short"),
        ("approve", approve_keyframe, "short"),
        ("gate", make_gate, "short"),
        ("compare", make_compare, "short"),
        ("speech", make_speech, "short"),
        ("guides", make_guides, "engine_io"),
        ("performance", make_performance, "render"),
        ("clip", make_clip, "engine_io"),
        ("lips", make_lips, "engine_io"),
        ("modifier", make_modifier, "render"),
        ("upscale", make_upscale, "engine_io"),
        ("judge", judge_take, "short"),
        ("score", make_score, "render"),
        ("ambience", make_ambience, "render"),
        ("effects", make_effects, "short"),
    ):
        job = f"episodes.make_{slug}"
        jobs.register(job, handler, queue=queue, opening=_OPENINGS.get(slug))
        node_types.register(slug, standard(slug, job=job, choices=_CHOICES.get(slug)))
    for slug in ("script_line", "references", "switch_image", "switch_video", "switch_gate"):
        node_types.register(slug, standard(slug))
    jobs.register(OPINION_JOB, ask_opinion, queue="engine_io")
    jobs.register(PROPOSAL_JOB, propose, queue="engine_io")
