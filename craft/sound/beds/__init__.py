"""Makers of ambiences; importing this package fills `BEDS`.

A maker takes the number of samples, a random generator and its settings and returns stereo `(2, n)` that
repeats without a seam; its level does not matter.
"""

from craft.sound.beds import nature, people, places, transport, weather
from craft.sound.beds.register import BEDS

__all__ = ["BEDS", "nature", "people", "places", "transport", "weather"]
