"""Where and when scenes play, and a first idea of set, light and air from the words that describe them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from craft.screenplay.breakdown_model import SceneDef
from craft.screenplay.model import SceneHeading, Setting
from craft.screenplay.times import time_of_day
from craft.screenplay.words import bag, fold, one_line, slug, tokens
from craft.terms.light import Atmosphere, Mood, TimeOfDay

_LONGEST_PLACE = 120
_MOST_TEXT = 20_000
OFFICE, STREET = "office", "street"
_SET_WORDS = {
    OFFICE: bag(
        "office cabin wheelhouse room study booth kitchen apartment flat bedroom library lab control "
        "cell kiosk archive ward clinic studio shop bar café cafe hut lobby corridor hall"
    ),
    STREET: bag(
        "street alley road lane pier quay dock bridge square deck courtyard harbour harbor rooftop park lot "
        "yard market promenade slipway jetty platform highway avenue pavement wharf"
    ),
}
_AIR_WORDS = {
    Atmosphere.FOG: bag("fog foggy mist misty fogbound"),
    Atmosphere.RAIN: bag("rain rains raining drizzle downpour rainstorm storm"),
    Atmosphere.SNOW: bag("snow snows snowing snowfall blizzard sleet"),
    Atmosphere.SMOKE: bag("smoke smoky smokes"),
    Atmosphere.DUST: bag("dust dusty sandstorm"),
    Atmosphere.HAZE: bag("haze hazy steam"),
}
_INDOORS = (Atmosphere.SMOKE, Atmosphere.DUST, Atmosphere.HAZE)
_THICK = bag("thick dense heavy pours pouring hammers hammering swallows drowned blinding")
_THIN = bag("thin light faint wisps")
_DENSITY, _STEP = 45, 25
_NEON = bag("neon sign signs billboard arcade")
_LAMPS = bag("candle candles lantern fire fireplace lamp lamps stove bulb")
_DAY = (TimeOfDay.MORNING, TimeOfDay.NOON, TimeOfDay.AFTERNOON)
_FILL: dict[Mood, float] = {
    Mood.HIGH_KEY: 1.5,
    Mood.LOW_KEY: 8.0,
    Mood.NATURAL: 3.0,
    Mood.GOLDEN_HOUR: 3.0,
    Mood.BLUE_HOUR: 4.0,
    Mood.TUNGSTEN: 5.0,
    Mood.NEON: 6.0,
    Mood.SILHOUETTE: 16.0,
    Mood.RIM_LIT: 8.0,
    Mood.VOLUMETRIC: 6.0,
    Mood.OVERCAST: 2.0,
}


@dataclass(slots=True)
class _Place:
    key: str
    place: str
    interior: bool
    time: TimeOfDay
    line: int
    texts: list[str] = field(default_factory=list)
    length: int = 0


class Places:
    """Collects scene headings and their action; the same place at the same hour is one scene definition."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}
        self._last = TimeOfDay.NOON
        self._times: dict[str, TimeOfDay] = {}

    def enter(self, heading: SceneHeading | None, line: int, texts: Sequence[str]) -> str:
        """The key of the scene definition a scene plays in; None for a scene without heading."""
        words = " ".join(texts)[:_MOST_TEXT]
        name = one_line(heading.place if heading else "", _LONGEST_PLACE).strip(" -") or "Unnamed place"
        setting = heading.setting if heading else Setting.UNKNOWN
        interior = _is_interior(setting, f"{name} {words}")
        place = fold(name)
        time = self._time(heading, place, words)
        key = f"{slug(name)}-{'int' if interior else 'ext'}-{time}"
        found = self._places.setdefault(key, _Place(key, name, interior, time, line))
        if found.length < _MOST_TEXT:
            found.texts += [name, words]
            found.length += len(words)
        self._last = self._times[place] = time
        return key

    def definitions(self) -> tuple[SceneDef, ...]:
        """All places in order of their first scene."""
        return tuple(_definition(place) for place in self._places.values())

    def _time(self, heading: SceneHeading | None, place: str, words: str) -> TimeOfDay:
        """As written; "LATER" keeps the hour; else as last seen there, else by the words."""
        written = time_of_day(heading.time or heading.text) if heading else None
        if written:
            return written
        if heading and heading.time:
            return self._last
        found = set(map(str.casefold, tokens(words[:2000])))
        if place not in self._times and found & {"night", "moon", "moonlight", "midnight"}:
            return TimeOfDay.NIGHT
        return self._times.get(place, self._last)


def _is_interior(setting: Setting, words: str) -> bool:
    if setting is Setting.EXTERIOR or setting is Setting.ESTABLISHING:
        return False
    if setting is not Setting.UNKNOWN:
        return True
    found = set(map(str.casefold, tokens(words[:2000])))
    return not found & _SET_WORDS[STREET] or bool(found & _SET_WORDS[OFFICE])


def _definition(place: _Place) -> SceneDef:
    found = [token.casefold() for text in place.texts for token in tokens(text)]
    words = frozenset(found)
    air, density = _air(found, words, place.interior)
    mood = _mood(place, words, air)
    return SceneDef(
        place.key,
        place.place,
        place.interior,
        place.time,
        _set_kind(place),
        mood,
        air,
        density,
        _FILL[mood],
        place.line,
    )


def _set_kind(place: _Place) -> str:
    words = frozenset(token.casefold() for token in tokens(place.place))
    kinds = [kind for kind, known in _SET_WORDS.items() if words & known]
    default = OFFICE if place.interior else STREET
    return kinds[0] if len(kinds) == 1 and place.interior == (kinds[0] == OFFICE) else default


def _air(found: list[str], words: frozenset[str], interior: bool) -> tuple[Atmosphere, int]:
    """The air named most often; rain and fog stay outside."""
    allowed = _INDOORS if interior else tuple(_AIR_WORDS)
    counts = {air: sum(token in _AIR_WORDS[air] for token in found) for air in allowed}
    best = max(counts, key=lambda air: counts[air])
    if not counts[best]:
        return Atmosphere.CLEAR, 0
    density = _DENSITY + _STEP * bool(words & _THICK) - _STEP * bool(words & _THIN)
    return best, density


def _mood(place: _Place, words: frozenset[str], air: Atmosphere) -> Mood:
    """The first rule that fits; night without anything else is low key."""
    dark = place.time is TimeOfDay.NIGHT
    rules = (
        (dark and bool(words & _NEON), Mood.NEON),
        (dark and place.interior and bool(words & _LAMPS), Mood.TUNGSTEN),
        (dark and air in (Atmosphere.FOG, Atmosphere.SMOKE), Mood.VOLUMETRIC),
        (dark and not place.interior, Mood.RIM_LIT),
        (dark, Mood.LOW_KEY),
        (place.time is TimeOfDay.DAWN, Mood.GOLDEN_HOUR),
        (place.time is TimeOfDay.DUSK, Mood.BLUE_HOUR),
        (place.time in _DAY and not place.interior and air is not Atmosphere.CLEAR, Mood.OVERCAST),
    )
    return next((mood for fits, mood in rules if fits), Mood.NATURAL)
