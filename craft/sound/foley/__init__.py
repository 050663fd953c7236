"""Makers of effects; importing this package fills `HITS`.

A maker takes a random generator and its settings and returns mono `(n,)` or stereo `(2, n)`; its level does
not matter.
"""

from craft.sound.foley import bodies, devices, doors, materials, nature, signs, vehicles
from craft.sound.foley.register import HITS

__all__ = ["HITS", "bodies", "devices", "doors", "materials", "nature", "signs", "vehicles"]
