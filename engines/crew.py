"""Which models exist, in which order a role asks for them, and how an adapter is put together."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from craft.terms.shots import ShotRole
from engines.adapters.base import Access, Capability, EngineAdapter, EngineClass, Health, Model, PriceRule

DATA = Path(__file__).parent / "data"
HEALTH_SECONDS = 60.0
_health: dict[str, tuple[float, Health]] = {}


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine: a file of `engines/data/crew`, named like it.

    `adapter` is `module.Class` below `engines.adapters`, loaded when first needed: drawing and measuring libraries are
    heavy, and a web process needs none of them. `trained` is a built-in engine whose models learned from examples: what
    it makes is labelled so. `queue` names the queue whose workers do its work, empty for whoever has the job.
    `options` are the further facts an account needs, name → what it is; `regions` where the work is done, empty for
    "not said"; `expiry_hours` how long a result can be fetched.
    """

    key: str
    label: str
    adapter: str
    models: tuple[Model, ...]
    builtin: bool = False
    trained: bool = False
    queue: str = ""
    base_url: str = ""
    credential: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    webhook: str = ""
    expiry_hours: float | None = None
    concurrency: int | None = None
    unverified: tuple[str, ...] = ()


@cache
def engines() -> dict[str, Engine]:
    """All engines by key, in the order of their names."""
    found = (_engine(json.loads(path.read_text())) for path in sorted((DATA / "crew").glob("*.json")))
    return {engine.key: engine for engine in found}


@cache
def models() -> dict[str, Model]:
    """All models by `engine/model`."""
    return {model.key: model for engine in engines().values() for model in engine.models}


def _engine(row: dict[str, Any]) -> Engine:
    key, builtin = row["engine"], row.get("builtin", False)
    plain = (
        "label",
        "adapter",
        "base_url",
        "credential",
        "options",
        "webhook",
        "expiry_hours",
        "concurrency",
        "queue",
    )
    return Engine(
        key=key,
        builtin=builtin,
        trained=row.get("trained", False),
        models=tuple(_model(key, builtin, one) for one in row["models"]),
        regions=tuple(row.get("regions", ())),
        unverified=tuple(row.get("unverified", ())),
        **{name: row[name] for name in plain if name in row},
    )


def regions_of(model: Model) -> tuple[str, ...]:
    """Where the engine of a model works, as far as it says."""
    return engines()[model.engine].regions


def computes(engine: str) -> bool:
    """Whether an engine makes its media from formulas alone, here and with no model that learned from examples."""
    found = engines().get(engine)
    return found is not None and found.builtin and not found.trained


@cache
def routes() -> dict[str, tuple[str, ...]]:
    """Role → models in order of preference."""
    return {role: tuple(keys) for role, keys in json.loads((DATA / "routes.json").read_text()).items()}


def kind_of(role: str) -> str:
    """What is asked for in a role: a shot's role is a clip, an ambience is an effect, questions are text."""
    if role in set(ShotRole):
        return "clip"
    kinds = {"ambience": "effect", "opinion": "text", "breakdown": "text", "harden": "text"}
    return (kinds | {"trained_still": "keyframe"}).get(role, role)


def roles_of(engine: Engine) -> list[str]:
    """The roles in which an engine can be asked for something."""
    kinds = {kind for model in engine.models for kind in model.capability.kinds}
    return [role for role in routes() if kind_of(role) in kinds]


def _model(engine: str, builtin: bool, row: dict[str, Any]) -> Model:
    rest = {
        name: row[name]
        for name in ("quality", "poll_seconds", "accept_delay_seconds", "deadline_seconds", "vendor")
        if name in row
    }
    return Model(
        engine=engine,
        slug=row["model"],
        label=row["label"],
        version=row.get("version", ""),
        engine_class=EngineClass(row["class"]),
        capability=_capability(row),
        price=_price(row["price"]),
        builtin=builtin,
        **rest,
    )


def _capability(row: dict[str, Any]) -> Capability:
    sets = ("kinds", "movements", "controls", "languages")
    able = {name: row[name] for name in Capability.__dataclass_fields__ if name in row}
    able |= {name: frozenset(row[name]) for name in sets if name in row}
    lengths = row.get("lengths", ())
    if isinstance(lengths, str):
        # "3-15" is every whole second between.
        first, last = map(int, lengths.split("-"))
        lengths = range(first, last + 1)
    return Capability(**able | {"lengths": tuple(map(float, lengths))})


def _price(row: dict[str, Any]) -> PriceRule:
    steps = sorted((int(width), milli) for width, milli in row.get("by_width", {}).items())
    return PriceRule(**row | {"by_width": tuple(steps)})


def adapter(model: Model, *, spool: Path, access: Access | None = None) -> EngineAdapter:
    """The adapter of a model; it works in `spool`, remote ones need `access`. Opens no connection."""
    module, _, name = engines()[model.engine].adapter.rpartition(".")
    kind: Any = getattr(import_module(f"engines.adapters.{module}"), name)
    made: EngineAdapter = kind(spool) if model.builtin else kind(access or Access(), spool)
    return made


def health(model: Model) -> Health:
    """Whether a built-in engine works on this machine, asked at most once a minute in this process."""
    known = known_health(model)
    if known is None:
        known = adapter(model, spool=Path()).health()
        _health[model.engine] = time.monotonic(), known
    return known


def known_health(model: Model) -> Health | None:
    """What it said in the last minute; None where it was not asked."""
    asked, said = _health.get(model.engine, (-HEALTH_SECONDS, None))
    return said if time.monotonic() - asked <= HEALTH_SECONDS else None
