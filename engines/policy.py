"""Policy that people made about engines: which may work for a studio, project, scene or shot, and where.

studio ─▶ project ─▶ scene ─▶ shot      `never` adds up on the way; `only` and `regions` of the nearest one count
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from craft.terms.people import Permission
from engines import crew
from engines.errors import PolicyRefused
from engines.models import EnginePolicy
from tenancy.audit import record
from tenancy.models import User
from tenancy.rules import require

STUDIO = "studio"
LEVELS = {STUDIO: "studio", "project": "project", "scene": "scene", "shot": "shot"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for one thing: the sum of the rules above it. Pairs are (who, at which level it was said)."""

    only: tuple[str, ...] = ()
    only_said: str = ""
    never: tuple[tuple[str, str], ...] = ()
    regions: tuple[str, ...] = ()
    regions_said: str = ""

    def reason(self, engine: str, key: str, kind: str, regions: Sequence[str]) -> str:
        """Why a model may not make this kind of work; an empty text when it may."""
        for who, level in self.never:
            if who in (engine, key):
                return f"the {level} does not allow {who}"
        return self._not_named(engine, key, kind) or self._elsewhere(engine, regions)

    def _not_named(self, engine: str, key: str, kind: str) -> str:
        """`only` is about what those named can make: a model's name about its own kinds, an engine's about all work.
        For what no named engine makes, what is built in goes on, and nothing goes to somebody who was not named."""
        named = [name for name in self.only if makes(name, kind)]
        if named:
            allowed = engine in named or key in named
            return "" if allowed else f"the {self.only_said} allows only {', '.join(named)}"
        if any(name in crew.engines() for name in self.only) and engine in remote_engines():
            return f"the {self.only_said} allows only {', '.join(self.only)}, and for this what is built in"
        return ""

    def _elsewhere(self, engine: str, regions: Sequence[str]) -> str:
        if not self.regions or engine not in remote_engines():
            return ""
        where, allowed = ", ".join(regions), ", ".join(self.regions)
        if not regions:
            # an engine that does not say where it works is refused by a rule about places
            return f"does not say where it works; the {self.regions_said} allows only {allowed}"
        return (
            ""
            if set(regions) <= set(self.regions)
            else f"works in {where}; the {self.regions_said} allows only {allowed}"
        )


def makes(name: str, kind: str) -> bool:
    """Whether an engine, or a model of one, makes this kind of work."""
    found = crew.engines().get(name)
    models = found.models if found is not None else (crew.models()[name],) if name in crew.models() else ()
    return any(kind in model.capability.kinds for model in models)


def remote_engines() -> frozenset[str]:
    """Engines that work elsewhere."""
    return frozenset(engine.key for engine in crew.engines().values() if not engine.builtin)


def all_policies() -> dict[str, EnginePolicy]:
    """Everything that was decided in this studio, by what it is about: for many questions at once."""
    return {row.about: row for row in EnginePolicy.objects.all()}


def policy_for(about: Sequence[str], known: Mapping[str, EnginePolicy] | None = None) -> Policy:
    """The policy over a thing; `about` goes from the farthest to the nearest, the studio's own comes first."""
    levels = [STUDIO, *about]
    rows = (
        {row.about: row for row in EnginePolicy.objects.filter(about__in=levels)} if known is None else known
    )
    found = Policy()
    for one in (rows[about] for about in levels if about in rows):
        level = LEVELS[one.about.partition(":")[0]]
        found = Policy(
            only=tuple(one.only) or found.only,
            only_said=level if one.only else found.only_said,
            never=(*found.never, *((who, level) for who in one.never)),
            regions=tuple(one.regions) or found.regions,
            regions_said=level if one.regions else found.regions_said,
        )
    return found


def set_policy(
    *, about: str, only: Collection[str], never: Collection[str], regions: Collection[str], actor: User | None
) -> EnginePolicy | None:
    """Write the policy of one thing; an empty one is removed. Raises Forbidden, PolicyRefused."""
    if actor is not None:
        require(actor, Permission.GATE_A)
    if about.partition(":")[0] not in LEVELS:
        raise PolicyRefused("There is nothing of this kind to decide about.", kept="Nothing was changed.")
    _check_names(only=only, never=never)
    facts: Mapping[str, Any] = {"only": sorted(only), "never": sorted(never), "regions": sorted(regions)}
    if not any(facts.values()):
        EnginePolicy.objects.filter(about=about).delete()
        record(actor, "engine.policy_removed", f"engines.policy:{about}", {"about": about})
        return None
    row: EnginePolicy
    row, _ = EnginePolicy.objects.update_or_create(about=about, defaults=facts)
    record(actor, "engine.policy", row, {"about": about, **facts})
    return row


def name_model(*, about: str, model: str) -> None:
    """From now on this model makes what it makes for one thing; whatever else was decided about it stays. For callers
    who have asked for a right and written the decision themselves."""
    row = EnginePolicy.objects.filter(about=about).first()
    kinds = crew.models()[model].capability.kinds
    kept = [name for name in (row.only if row else ()) if not any(makes(name, kind) for kind in kinds)]
    facts = {"only": [*kept, model], "never": row.never if row else [], "regions": row.regions if row else []}
    set_policy(about=about, actor=None, **facts)


def _check_names(**lists: Collection[str]) -> None:
    known = set(crew.engines()) | set(crew.models())
    for field, names in lists.items():
        strange = sorted(set(names) - known)
        if strange:
            raise PolicyRefused(
                "This names an engine that does not exist.", fields={field: f"Unknown: {', '.join(strange)}."}
            )
