"""Makers of effects; importing this package fills `HITS`.

A maker takes a random generator and its settings and returns mono `(n,)` or stereo `(2, n)`; its level does
not matter.
"""

from craft.sound.foley import (
    animals,
    bodies,
    devices,
    doors,
    fantastic,
    fights,
    household,
    materials,
    nature,
    screens,
    signs,
    vehicles,
    voices,
)
from craft.sound.foley.register import HITS

__all__ = [
    "HITS",
    "animals",
    "bodies",
    "devices",
    "doors",
    "fantastic",
    "fights",
    "household",
    "materials",
    "nature",
    "screens",
    "signs",
    "vehicles",
    "voices",
]
