"""The sets this engine can build, by kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from craft.previs.packet import Packet
from craft.previs.sets.alley import build_alley
from craft.previs.sets.apartment import build_apartment
from craft.previs.sets.bar import build_bar
from craft.previs.sets.bedroom import build_bedroom
from craft.previs.sets.cafe import build_cafe
from craft.previs.sets.car import build_car
from craft.previs.sets.described import build_described
from craft.previs.sets.forest import build_forest
from craft.previs.sets.hospital import build_hospital
from craft.previs.sets.kitchen import build_kitchen
from craft.previs.sets.office import build_office
from craft.previs.sets.rooftop import build_rooftop
from craft.previs.sets.room import Dressing
from craft.previs.sets.spaceship import build_spaceship
from craft.previs.sets.street import build_street
from craft.previs.sets.train import build_train
from craft.previs.sets.warehouse import build_warehouse
from craft.previs.stage import StageSet

SETS: dict[str, Callable[[Dressing], StageSet]] = {
    "office": build_office,
    "apartment": build_apartment,
    "bedroom": build_bedroom,
    "kitchen": build_kitchen,
    "cafe": build_cafe,
    "bar": build_bar,
    "street": build_street,
    "described": build_described,
    "warehouse": build_warehouse,
    "forest": build_forest,
    "rooftop": build_rooftop,
    "alley": build_alley,
    "car": build_car,
    "train": build_train,
    "hospital": build_hospital,
    "spaceship": build_spaceship,
}


@lru_cache(maxsize=8)
def _built(kind: str, dressing: Dressing) -> StageSet:
    return SETS[kind](dressing)


def stage_for(packet: Packet) -> StageSet:
    """The packet's set, built once per process and dressing."""
    spec = packet.set
    options = tuple(sorted((str(k), v) for k, v in spec.dressing.items()))
    return _built(spec.kind, Dressing(spec.seed, packet.time_of_day, options, spec.words))
