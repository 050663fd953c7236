"""Who does it: filter by what is possible, score the rest, say why for each.

Filter: capability and validation, rules of the studio, project, scene and shot, access, region, sandbox, health,
breaker, tier, budget. Score: place in the role's order × quality × success lately × whether it made the scene's other
shots ÷ cost ÷ time. The whole decision is stored with the call. Reads rows; sends nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Count

from billing.errors import credits_text
from craft.terms.shots import ShotRole
from engines import crew, foreign
from engines.access import known_access
from engines.adapters.base import Health, Model, Outline, Quote, Request
from engines.fitting import Fitted, fit, slots
from engines.models import EngineAccount, EngineCall
from engines.policy import Policy
from engines.records import Record, read_record, recent_record
from engines.rights import Leave
from engines.standing import standing
from engines.states import CallState

SAME_SCENE, DRAWN_INSTEAD, SCORED_LOW = 1.6, 0.01, 0.0001
NO_ACCOUNT = "the studio has no account with this engine"
NAMED = 3  # engines without an account; more are counted
RESTING = "failed three times in a row; it rests for a moment"
PROBED = "failed three times in a row; one call is trying it out now"
# Roles of trained characters, with the role of such a shot where nobody can wear what was learned.
TRAINED = {ShotRole.TRAINED_CLOSE_UP.value: ShotRole.CLOSE_UP.value, "trained_still": ""}
COST_SCALE, TIME_SCALE = 10_000, 60.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that can do it: its price, its score and the score in words; the request as it takes it, and how many
    reference pictures it takes for such a one."""

    model: Model
    quote: Quote
    score: float
    why: str
    fitted: Fitted
    slots: int = 0


@dataclass(frozen=True, slots=True)
class RouteDecision:
    """Candidates, best first; the others with their reason; one sentence for people."""

    role: str
    candidates: tuple[Candidate, ...]
    rejected: tuple[tuple[str, str], ...]
    explanation: str

    @property
    def rests(self) -> bool:
        """Whether somebody could do it and only rests: waiting helps."""
        return not self.candidates and any(reason in (RESTING, PROBED) for _, reason in self.rejected)

    def as_json(self) -> dict[str, Any]:
        """Plain data for the call's row."""
        return {
            "role": self.role,
            "explanation": self.explanation,
            "candidates": [
                {"model": c.model.key, "score": round(c.score, 4), "quote": asdict(c.quote), "why": c.why}
                for c in self.candidates
            ],
            "rejected": [{"model": key, "reason": reason} for key, reason in self.rejected],
        }


@dataclass(frozen=True, slots=True)
class Ground:
    """What the decision rests on besides the request: read once, inside a scope."""

    accounts: Mapping[str, EngineAccount]
    remote: bool
    tier: str
    open_breakers: frozenset[str]
    records: Mapping[str, Record] = field(default_factory=dict)
    # How often the tier lets a take be made again, and role → (priced takes so far, their subjects).
    retakes: int = 0
    takes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    # Engines whose breaker has rested and that are being probed by a call now.
    probed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Leaning:
    """What speaks for or against engines beside their record: the shot's role, rules, who made the scene, consents."""

    shot_role: str = ""
    policy: Policy = field(default_factory=Policy)
    made_scene: frozenset[str] = frozenset()
    leave: Leave = field(default_factory=Leave)
    # Models whose work on this very subject was measured and was not good enough: behind all others.
    scored_low: frozenset[str] = frozenset()


def ground(*, lately: bool = False) -> Ground:
    """Read accounts, tier and the record of the last calls.

    With `lately` the record of healthy engines may be RECORD_SECONDS old and takes are left out: enough to choose.
    """
    stands = standing()
    plan, record = stands.tier, recent_record() if lately else read_record()
    return Ground(
        accounts=stands.accounts,
        remote=bool(plan and plan.figure("remote_engines", False)),
        tier=plan.label if plan else "none",
        open_breakers=record.resting,
        probed=record.probed,
        records=record.records,
        retakes=int((plan.figure("retakes", 0) if plan else 0) or 0),
        takes={} if lately else _takes(),
    )


def _takes() -> dict[str, tuple[int, int]]:
    priced = EngineCall.objects.filter(state=CallState.DONE.value).exclude(billed_milli=0).order_by()
    rows = priced.values("role").annotate(made=Count("pk"), subjects=Count("subject", distinct=True))
    return {row["role"]: (row["made"], row["subjects"]) for row in rows}


def route(
    role: str,
    request: Request | Outline,
    *,
    on: Ground | None = None,
    pins: Collection[str] = (),
    exclude: Mapping[str, str] | None = None,
    left_milli: int | None = None,
    health: Mapping[str, Health] | None = None,
    leaning: Leaning | None = None,
) -> RouteDecision:
    """Decide. `pins` names the only models allowed; `exclude` those that are out, with the reason.

    `left_milli` is what may still be spent; `health` holds what built-in engines said of this machine. `leaning`
    holds the role of the shot and the rules that people made.
    """
    facts, lean = on or ground(), leaning or Leaning()
    order = list(pins) or order_for(role, lean, request.kind, facts)
    candidates, rejected = [], []
    for place, key in enumerate(order):
        model = crew.models().get(key)
        reason = (
            "there is no such model"
            if model is None
            else (exclude or {}).get(key, "")
            or (
                ""
                if pins
                else lean.policy.reason(model.engine, key, request.kind, crew.engines()[model.engine].regions)
            )
            or _reject(model, request, facts, left_milli, health or {})
            or lean.leave.reason(model)
            or _unworn(model, role, request, facts, lean)
        )
        if model is None or reason:
            rejected.append((key, reason))
            continue
        candidates.append(_candidate(model, role, request, facts, place, lean))
    candidates.sort(key=lambda c: -c.score)
    return RouteDecision(
        role, tuple(candidates), tuple(rejected), _explain(role, candidates, rejected, bool(pins))
    )


def order_for(role: str, lean: Leaning, kind: str, facts: Ground) -> list[str]:
    """The models to look at: those of the shot's role, those of the stage, then what the studio connected or named."""
    beside = crew.routes().get(TRAINED.get(lean.shot_role, ""), ())
    listed = [*crew.routes().get(lean.shot_role, ()), *beside, *crew.routes().get(role, ())]
    named = {*facts.accounts, *lean.policy.only}
    other = [
        key
        for key, model in crew.models().items()
        if kind in model.capability.kinds and named & {model.engine, key} and role != "guides"
    ]
    return list(dict.fromkeys([*listed, *other]))


def _unworn(model: Model, role: str, request: Request | Outline, facts: Ground, lean: Leaning) -> str:
    """Why a model that was asked for what it can wear alone is out; empty for one that wears it or is asked anyway."""
    beside = TRAINED.get(lean.shot_role)
    if beside is None or model.key not in crew.routes().get(lean.shot_role, ()):
        return ""
    if {*facts.accounts, *lean.policy.only} & {model.engine, model.key}:
        return ""
    if model.key in (*crew.routes().get(beside, ()), *crew.routes().get(role, ())):
        return ""
    adapter = crew.adapter(model, spool=Path(), access=known_access(facts.accounts.get(model.engine)))
    fitted = fit(request, model, adapter)
    if fitted.request.loras:
        return ""
    return "; ".join(f"{title}: {why}" for title, why in fitted.not_worn) or "there is nothing to wear"


def _reject(
    model: Model, request: Request | Outline, facts: Ground, left: int | None, health: Mapping[str, Health]
) -> str:
    """Why this model is out, or an empty text."""
    adapter = crew.adapter(model, spool=Path(), access=known_access(facts.accounts.get(model.engine)))
    request = fit(request, model, adapter).request
    issues = adapter.validate(request, model)
    if issues:
        return "; ".join(f"{issue.field}: {issue.message}" for issue in issues)
    if not model.builtin and (reason := _reject_remote(model, facts)):
        return reason
    state = health.get(model.engine)
    # A still may be a board card where EGL does not start; nothing else can do without its engine.
    card = request.kind == "keyframe" and model.capability.draws_packets
    if state is not None and not state.ok and not card:
        return state.message
    price = adapter.quote(request, model).high
    if left is not None and price > left:
        return f"costs up to {credits_text(price)} credits and {credits_text(left)} are left"
    return ""


def _reject_remote(model: Model, facts: Ground) -> str:
    if not facts.remote:
        return f"the tier {facts.tier} has built-in engines only"
    if model.engine not in facts.accounts:
        return NO_ACCOUNT
    if model.engine in facts.open_breakers:
        return RESTING
    if model.engine in facts.probed:
        return PROBED
    if not foreign.available():
        return "its files cannot be checked on this machine: the sandbox (bubblewrap) does not start"
    return ""


def _candidate(
    model: Model, role: str, request: Request | Outline, facts: Ground, place: int, lean: Leaning
) -> Candidate:
    account, record = facts.accounts.get(model.engine), facts.records.get(model.key, Record())
    adapter = crew.adapter(model, spool=Path(), access=known_access(account))
    fitted = fit(request, model, adapter)
    quote, worn = adapter.quote(fitted.request, model), getattr(fitted.request, "loras", ())
    first = account is not None and bool({role, lean.shot_role} & set(account.roles))
    same = model.key in lean.made_scene
    score = (10.0 if first else 1.0) / (1 + place) * (0.5 + model.quality) * record.success
    score *= SAME_SCENE if same else 1.0
    if lean.scored_low:
        # a drawing stands in for what could not be made, before what was made badly and behind everybody else
        score *= SCORED_LOW if model.key in lean.scored_low else DRAWN_INSTEAD if model.builtin else 1.0
    score /= (1 + quote.expected / COST_SCALE) * (1 + record.seconds / TIME_SCALE)
    parts = [
        "the studio puts it first" if first else f"place {place + 1} for {lean.shot_role or role}",
        *(["made this scene's other shots"] if same else []),
        *(["its take of this measured badly"] if model.key in lean.scored_low else []),
        *([f"wears {', '.join(one.file.title for one in worn)}"] if worn else []),
        f"quality {model.quality:.2f}",
        f"{credits_text(quote.expected)} credits",
    ]
    if record.ended:
        parts.append(f"{record.success:.0%} of {record.ended} calls came good lately, {record.time}")
    return Candidate(model, quote, score, ", ".join(parts), fitted, slots(fitted, model, adapter))


def _explain(role: str, candidates: list[Candidate], rejected: list[tuple[str, str]], pinned: bool) -> str:
    if not candidates:
        # a crew of seventy models would bury the reasons that somebody can do something about
        reasons = [f"{key} {reason}" for key, reason in rejected if reason != NO_ACCOUNT]
        lacking = [key for key, reason in rejected if reason == NO_ACCOUNT]
        more = f"{len(lacking)} more need" if len(lacking) > NAMED else f"{' or '.join(lacking)} needs"
        reasons += [f"{more} an account of the studio's"] if lacking else []
        return f"No engine can do this {role}: " + "; ".join(reasons)
    best = candidates[0]
    others = (
        f"; {len(candidates) - 1} more could, {len(rejected)} could not"
        if len(candidates) + len(rejected) > 1
        else ""
    )
    return f"{best.model.label}: {'pinned' if pinned else best.why}{others}"
