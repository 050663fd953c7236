"""Makers of ambiences; importing this package fills `BEDS`.

A maker takes the number of samples, a random generator and its settings and returns stereo `(2, n)` that
repeats without a seam; its level does not matter.
"""

from craft.sound.beds import (
    gatherings,
    interiors,
    nature,
    people,
    places,
    sites,
    transport,
    weather,
    wild,
)
from craft.sound.beds.register import BEDS

__all__ = [
    "BEDS",
    "gatherings",
    "interiors",
    "nature",
    "people",
    "places",
    "sites",
    "transport",
    "weather",
    "wild",
]
