"""What a proof produces: episodes of priced shots, each made by an engine, looked at, kept in the vault and paid.

A shot takes the way of every step of the product (`run_call`, stage, attach, one closing transaction); an episode's
gate is a job that waits for all of its shots.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from engines import crew
from engines.adapters.requests import Clip, Keyframe, Request
from engines.guards import Spend, spend_guards
from engines.intents import Asked
from engines.services import call_ahead, run_call
from tenancy.models import Studio
from tenancy.scope import studio_scope
from vault import services as vault
from vault.claims import DigitalSource, ShotClaim
from workflow import jobs
from workflow.events import emit
from workflow.runner import Context

SHOT, GATE, SUBJECT = "prove.shot", "prove.gate", "prove"
KEYED, LOOKED_UP, STILL = "fake/clip", "fake/clip-lookup", "fake/still"
PROMPT = "A quiet harbour at dawn, one boat, no people."


def install() -> None:
    """Make the jobs and their guard known."""
    if SHOT not in dict(jobs.kinds.items()):
        jobs.register(SHOT, make_shot, queue="engine_io", opening=open_shot)
        jobs.register(GATE, reach_gate, queue="short")
        spend_guards.register(SUBJECT, _allow)


def _allow(spend: Spend) -> None:
    """The studio of a proof is there to be spent."""


def queue_episodes(
    studio: Studio, episodes: int, shots: int, models: Sequence[str], *, sign: bool = False, first: int = 0
) -> None:
    """Queue `episodes` × `shots`, models in turn, and a gate behind each episode; numbered from `first` on."""
    install()
    for number in range(first, first + episodes):
        project = uuid.uuid4()
        keys = [f"episode {number} shot {n}" for n in range(shots)]
        wanted = [
            jobs.Wanted(
                SHOT,
                key,
                {"model": models[n % len(models)], "seed": number * shots + n, "sign": sign},
                project,
            )
            for n, key in enumerate(keys)
        ]
        gate = jobs.Wanted(GATE, f"episode {number} gate", {}, project, after=tuple(keys))
        with studio_scope(studio):
            jobs.enqueue_many([*wanted, gate])


def request_of(model: str, seed: int) -> Request:
    """A still or one second of a small clip."""
    if "keyframe" in crew.models()[model].capability.kinds:
        width, height = (320, 180) if model == STILL else (1024, 576)
        return Keyframe(prompt=PROMPT, width=width, height=height, seed=seed)
    return Clip(prompt=PROMPT, width=320, height=180, rate="24", frames=24, seed=seed)


def _asked(ctx: Context, model: str, seed: int) -> Asked:
    request = request_of(model, seed)
    subject = f"{SUBJECT}.shot:{ctx.job_id}"
    return Asked(request=request, role=request.kind, subject=subject, project=ctx.project_id, pins=[model])


def open_shot(ctx: Context, *, model: str, seed: int, **later: Any) -> None:
    """Write the call with the claim."""
    call_ahead(ctx, **_asked(ctx, model, seed))


def make_shot(ctx: Context, *, model: str, seed: int, sign: bool = False) -> dict[str, Any] | None:
    """Job: have it made, keep it, pay for it."""
    asked = _asked(ctx, model, seed)
    request, result = asked["request"], run_call(ctx, **asked)
    best = result.files[0]
    claim = None
    if sign:
        claim = ShotClaim(
            engine=result.engine,
            model=result.model,
            model_version=result.model_version,
            prompt_hash=request.fingerprint(),
            seed=seed,
            digital_source=DigitalSource.TRAINED,
            title="Shot",
        )
    staged = vault.stage(best.path, mime=best.mime, sign=claim, studio_id=ctx.studio_id)
    with ctx.closing({"call": str(result.call_id)}):
        vault.attach(
            staged,
            kind="keyframe" if request.kind == "keyframe" else "clip",
            title="Shot",
            project=ctx.project_id,
            meta={"shot": str(ctx.job_id)},
        )
    return None


def reach_gate(ctx: Context) -> dict[str, Any] | None:
    """Job: the episode is complete."""
    with ctx.closing({}):
        emit(ctx.project_id, "prove.gate", {"job": str(ctx.job_id)})
    return None
