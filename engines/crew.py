"""Which models exist, in which order a role asks for them, and how an adapter is put together."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from engines.adapters.base import Capability, EngineAdapter, EngineClass, Health, Model, PriceRule

DATA = Path(__file__).parent / "data"
# Loaded when first needed: drawing and measuring libraries are heavy, and a web process needs none of them.
ADAPTERS: dict[str, str] = {
    "previs": "engines.adapters.previs.Previs",
    "rostrum": "engines.adapters.rostrum.Rostrum",
    "espeak": "engines.adapters.espeak.Espeak",
    "conductor": "engines.adapters.conductor.Conductor",
    "foley": "engines.adapters.foley.Foley",
    "lens": "engines.adapters.lens.Lens",
    "fake": "engines.adapters.fake.Fake",
}
HEALTH_SECONDS = 60.0
_health: dict[str, tuple[float, Health]] = {}


@dataclass(frozen=True, slots=True)
class Access:
    """Where a remote engine is and with which credential."""

    base_url: str
    token: str


@cache
def models() -> dict[str, Model]:
    """All models by `engine/model`."""
    rows = json.loads((DATA / "models.json").read_text())
    return {model.key: model for model in map(_model, rows)}


@cache
def routes() -> dict[str, tuple[str, ...]]:
    """Role → models in order of preference."""
    return {role: tuple(keys) for role, keys in json.loads((DATA / "routes.json").read_text()).items()}


def _model(row: dict[str, Any]) -> Model:
    able = {
        name: row[name]
        for name in Capability.__dataclass_fields__
        if name in row and name not in ("kinds", "movements", "controls")
    }
    movements = frozenset(row["movements"]) if "movements" in row else None
    rest = {
        name: row[name]
        for name in ("quality", "poll_seconds", "accept_delay_seconds", "builtin")
        if name in row
    }
    return Model(
        engine=row["engine"],
        slug=row["model"],
        label=row["label"],
        version=row.get("version", ""),
        engine_class=EngineClass(row["class"]),
        capability=Capability(
            kinds=frozenset(row["kinds"]),
            movements=movements,
            controls=frozenset(row.get("controls", ())),
            **able,
        ),
        price=PriceRule(**row["price"]),
        **rest,
    )


def adapter(model: Model, *, spool: Path, access: Access | None = None) -> EngineAdapter:
    """The adapter of a model: built-in ones work in `spool`, remote ones need `access`. Opens no connection."""
    module, _, name = ADAPTERS[model.engine].rpartition(".")
    kind: Any = getattr(import_module(module), name)
    made: EngineAdapter = (
        kind(spool)
        if model.builtin
        else kind(access.base_url if access else "", access.token if access else "")
    )
    return made


def health(model: Model) -> Health:
    """Whether a built-in engine works on this machine, asked at most once a minute in this process."""
    known = _health.get(model.engine)
    if known is None or time.monotonic() - known[0] > HEALTH_SECONDS:
        known = time.monotonic(), adapter(model, spool=Path()).health()
        _health[model.engine] = known
    return known[1]
