"""What every step shares: an order, the call, the signed file, the take.

Every handler has the same shape: read in a scope, call outside any transaction, close in one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from engines import crew
from engines.adapters.base import Fetched
from engines.adapters.inputs import Input, Lora
from engines.adapters.requests import Request
from engines.calls import step_key
from engines.errors import EngineGaveUp
from engines.intents import Asked
from engines.rights import Use
from engines.services import CallResult, call_ahead, run_call
from episodes import hardening
from episodes.models import BROUGHT, Episode, Shot, Take
from episodes.queries import next_take_number, shots_of
from episodes.references import Picture
from episodes.spending import budget_of
from episodes.wearing import Outfit, facts_of
from tenancy.queries import get_for
from vault import services as vault
from vault.claims import DigitalSource, Ingredient, ShotClaim
from vault.models import Asset
from workflow.events import emit
from workflow.runner import Context

BUILT_IN = "previs/animatic"
ORDER = "order"
# Built-in engines whose pictures are those they were given, reworked: what a trained model made stays in them.
REWORKING = ("darkroom", "rostrum")


@dataclass(slots=True)
class Order:
    """One thing to be made: for whom, from which assets, by which request. `pictures` are its references in order:
    they lie among the assets as `reference 1` and so on, what its characters wear (`outfits`) as `lora 1`. `uses` are
    the voices and likenesses of real people."""

    episode: Episode
    stage: str
    subject: UUID
    title: str
    build: Callable[[Mapping[str, Path]], Request]
    role: str
    owner: dict[str, Any]
    assets: dict[str, Asset] = field(default_factory=dict)
    pins: Sequence[str] = ()
    shot_role: str = ""
    about: Sequence[str] = ()
    made_scene: Collection[str] = ()
    scored_low: Collection[str] = ()
    uses: Sequence[Use] = ()
    pictures: Sequence[Picture] = ()
    outfits: Sequence[Outfit] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    """What the file is in the vault; empty: named like the stage."""

    def __post_init__(self) -> None:
        self.assets |= {f"reference {n}": one.asset for n, one in enumerate(self.pictures, 1)}
        self.assets |= {f"lora {n}": one.asset for n, one in enumerate(self.outfits, 1)}

    @property
    def about_whom(self) -> str:
        """The subject of its calls."""
        return f"episodes.{self.stage}:{self.subject}"

    def references(self, paths: Mapping[str, Path]) -> tuple[Input, ...]:
        """The pictures as a request carries them."""
        return tuple(one.given(paths[f"reference {n}"]) for n, one in enumerate(self.pictures, 1))

    def loras(self, paths: Mapping[str, Path]) -> tuple[Lora, ...]:
        """What is worn, as a request carries it."""
        return tuple(one.given(paths[f"lora {n}"]) for n, one in enumerate(self.outfits, 1))

    def took(self, result: CallResult) -> dict[str, Asset]:
        """The assets that went into the work: without the references and LoRAs that its engine was not given."""
        sent = len(getattr(result.request, "references", ()))
        worn = {lora.file.sha256 for lora in getattr(result.request, "loras", ())}
        out = {f"reference {n}" for n in range(sent + 1, len(self.pictures) + 1)}
        out |= {f"lora {n}" for n, one in enumerate(self.outfits, 1) if one.asset.sha256 not in worn}
        return {name: asset for name, asset in self.assets.items() if name not in out}

    def facts(self, result: CallResult) -> dict[str, Any]:
        """What the take keeps of references, LoRAs and consents."""
        kept: dict[str, Any] = {"consents": list(result.consents)} if result.consents else {}
        if result.slots:
            sent = len(getattr(result.request, "references", ()))
            kept["references"] = {
                "slots": result.slots,
                "sent": [one.mark for one in self.pictures[:sent]],
            }
        if result.wears:
            kept["outfits"] = facts_of(self.outfits, getattr(result.request, "loras", ()))
        return kept


def make(ctx: Context, order: Order) -> dict[str, Any]:
    """Call an engine for the order, sign and store what comes, and close the job with the take."""
    with ExitStack() as stack:
        paths = {name: stack.enter_context(vault.local_path(asset)) for name, asset in order.assets.items()}
        result = _made(ctx, order, order.build(paths))
        ctx.check()
        best = result.files[0]
        claim = claim_of(order, result, paths, reworks_trained(ctx, order, result))
        staged = vault.stage(best.path, mime=best.mime, sign=claim, studio_id=ctx.studio_id)
        beside = [
            (vault.stage(more.path, mime=more.mime, studio_id=ctx.studio_id), more)
            for more in result.files[1:]
        ]
    with ctx.closing({"stage": order.stage, "engine": result.engine}):
        asset = vault.attach(
            staged,
            kind=order.kind or order.stage,
            title=order.title,
            project=order.episode.project_id,
            meta={**order.meta, "call": str(result.call_id)},
            parents=[(a, role) for role, a in order.took(result).items()],
        )
        take = keep(order, result, asset)
        _beside(order, take, beside)
    return {}


def _made(ctx: Context, order: Order, request: Request) -> CallResult:
    """Have the request made. Words that an engine's rules refuse are put milder once, where the studio allows it."""
    with ctx.scope():
        step = step_key(order.role, order.about_whom, "", request.fingerprint())
        known = hardening.refused(ctx.job_id, step) and hardening.may(request)
    refusal: EngineGaveUp | None = None
    if not known:
        try:
            return _asked(ctx, order, request)
        except EngineGaveUp as error:
            with ctx.scope():
                if not hardening.may(request, error):
                    raise
            refusal = error
    milder = hardening.softened(ctx, request, order.episode, order.subject)
    if milder is None:
        if refusal is not None:
            raise refusal
        return _asked(ctx, order, request)
    order.meta |= {
        "refused_prompt": getattr(request, "prompt", ""),
        "softened": {"by": milder.by, "changed": milder.changed, "call": milder.call},
    }
    return _asked(ctx, order, milder.request)


def ordered(ctx: Context, read: Callable[[], Order]) -> Order:
    """What a job is to make: as it was read with its claim, else as it reads now."""
    known: Order | None = ctx.ahead.pop(ORDER, None)
    if known is not None:
        return known
    with ctx.scope():
        return read()


def open_with(ctx: Context, order: Order) -> None:
    """For a kind's opening: keep what was read, and write the order's call, unless files have to be brought first."""
    ctx.ahead[ORDER] = order
    if not order.assets:
        call_ahead(ctx, **_asked_for(order, order.build({})))


def _asked(ctx: Context, order: Order, request: Request) -> CallResult:
    return run_call(ctx, **_asked_for(order, request))


def _asked_for(order: Order, request: Request) -> Asked:
    return Asked(
        request=request,
        role=order.role,
        subject=order.about_whom,
        project=order.episode.project_id,
        pins=order.pins,
        shot_role=order.shot_role,
        about=order.about,
        made_scene=order.made_scene,
        scored_low=order.scored_low,
        budget=budget_of(order.episode),
        uses=order.uses,
    )


def _beside(order: Order, take: Take, files: Sequence[tuple[vault.Staged, Fetched]]) -> None:
    """Store what an engine delivered beside its first file; the take's figures name it by pass."""
    if not files:
        return
    stored = [{"file": take.asset.title, "asset": str(take.asset_id), **_about(take)}]
    for staged, more in files:
        asset = vault.attach(
            staged,
            kind=order.stage,
            title=f"{order.title} {more.path.name}",
            project=order.episode.project_id,
            meta=dict(more.meta),
            parents=[(take.asset, "beside")],
        )
        stored.append({"file": more.path.name, "asset": str(asset.pk), **dict(more.meta)})
    take.meta = {**take.meta, "files": stored}
    take.save(update_fields=["meta", "updated_at"])


def _about(take: Take) -> dict[str, Any]:
    return {name: take.meta[name] for name in ("pass", "engine_input") if name in take.meta}


def reworks_trained(ctx: Context, order: Order, result: CallResult) -> bool:
    """Whether a built-in engine reworked what a trained model made; the take remembers it for what follows."""
    if result.engine not in REWORKING:
        return False
    with ctx.scope():
        made = Take.objects.filter(asset__in=list(order.assets.values())).exclude(engine=BROUGHT)
        trained = any(
            not crew.computes(engine) or meta.get("trained")
            for engine, meta in made.values_list("engine", "meta")
        )
    if trained:
        order.meta["trained"] = True
    return trained


def claim_of(
    order: Order, result: CallResult, paths: Mapping[str, Path], reworked: bool = False
) -> ShotClaim:
    """What made the file, with the signed files it was made from as ingredients and the consents it was made under.

    `reworked` says that a built-in engine worked on what a trained model made.
    """
    computed = DigitalSource.COMPOSITE_TRAINED if reworked else DigitalSource.ALGORITHMIC
    took = order.took(result)
    signed = [(name, asset) for name, asset in took.items() if asset.signed]
    return ShotClaim(
        inputs=[Ingredient(asset.title, paths[name]) for name, asset in signed],
        engine=result.engine,
        model=result.model,
        model_version=result.model_version,
        prompt_hash=result.request.fingerprint(),
        title=order.title,
        references=[(name, asset.sha256) for name, asset in sorted(took.items())],
        consent_ids=result.consents,
        seed=result.request.seed,
        digital_source=computed if crew.computes(result.engine) else DigitalSource.TRAINED,
    )


def keep(order: Order, result: CallResult, asset: Asset) -> Take:
    """Record the take and choose it: the newest take is shown until somebody picks another."""
    request = result.request
    Take.objects.filter(stage=order.stage, subject_id=order.subject, chosen=True).update(chosen=False)
    take: Take = Take.objects.create(
        episode=order.episode,
        stage=order.stage,
        subject_id=order.subject,
        number=next_take_number(order.stage, order.subject),
        asset=asset,
        call_id=result.call_id,
        engine=result.engine,
        model=result.model,
        model_version=result.model_version,
        prompt=getattr(request, "prompt", "") or getattr(request, "text", ""),
        request_digest=request.fingerprint(),
        meta={**order.meta, **order.facts(result), **dict(result.files[0].meta)},
        cost_milli=result.cost_milli,
        chosen=True,
        **order.owner,
    )
    emit(
        order.episode.project_id,
        "take.made",
        {"take": str(take.pk), "stage": order.stage, "shot": str(take.shot_id or ""), "title": order.title},
    )
    return take


def shot_of(ctx: Context, episode: str, shot: str) -> tuple[Episode, Shot]:
    found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
    return found, shots_of(found).get(pk=shot)
