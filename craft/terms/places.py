"""Places: the sets the built-in engine can build, and the time they belong to."""

from __future__ import annotations

from craft.terms.base import Term


class SetKind(Term):
    """A kind of set. ``described`` is built from the location's own words."""

    OFFICE = "office"
    APARTMENT = "apartment"
    KITCHEN = "kitchen"
    BEDROOM = "bedroom"
    CAFE = "cafe"
    BAR = "bar"
    STREET = "street"
    ALLEY = "alley"
    ROOFTOP = "rooftop"
    CAR = "car"
    TRAIN = "train"
    FOREST = "forest"
    WAREHOUSE = "warehouse"
    HOSPITAL = "hospital"
    SPACESHIP = "spaceship"
    DESCRIBED = "described"


class Era(Term):
    """The time a place was furnished in."""

    PERIOD = "period"
    MIDCENTURY = "midcentury"
    MODERN = "modern"
    FUTURE = "future"
