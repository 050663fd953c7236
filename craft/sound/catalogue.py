"""Catalogues: kinds of sound by name, each with a label, its parameters and the function that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from craft.sound.errors import SoundRefused

Make = TypeVar("Make", bound=Callable[..., object])


class Settings:
    """A kind's parameters with their values, read by type."""

    def __init__(self, **values: float | str) -> None:
        self._values = values

    def number(self, name: str) -> float:
        """A parameter that is a number."""
        return float(self._values[name])

    def word(self, name: str) -> str:
        """A parameter that is a choice."""
        return str(self._values[name])


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its default and its limits.

    `span` is how many dB louder the highest value is than the lowest: a downpour is louder than a drizzle.
    """

    default: float
    lowest: float
    highest: float
    span: float = 0.0

    def checked(self, name: str, value: object) -> float:
        """The value as a float. Raises `SoundRefused`."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not self.lowest <= value <= self.highest
        ):
            raise SoundRefused(
                f"{name} is {value!r}; it must be a number from {self.lowest:g} to {self.highest:g}."
            )
        return float(value)

    def louder(self, value: float) -> float:
        """By how many dB a value is louder than the default."""
        return self.span * (value - self.default) / (self.highest - self.lowest)

    def told(self) -> dict[str, object]:
        """What can be given, for people and programs."""
        return {"default": self.default, "lowest": self.lowest, "highest": self.highest}


@dataclass(frozen=True, slots=True)
class Choice:
    """A word out of a few, the first is the default."""

    options: tuple[str, ...]

    @property
    def default(self) -> str:
        """What holds when nothing is said."""
        return self.options[0]

    def checked(self, name: str, value: object) -> str:
        """The value when it is an option. Raises `SoundRefused`."""
        if value not in self.options:
            raise SoundRefused(f"{name} is {value!r}; choose one of {', '.join(self.options)}.")
        return str(value)

    def told(self) -> dict[str, object]:
        """What can be given, for people and programs."""
        return {"default": self.default, "options": list(self.options)}


@dataclass(frozen=True, slots=True)
class Kind(Generic[Make]):
    """One entry: its slug, people's words for it, its level in dBFS with the default parameters (root mean
    square of an ambience, peak of an effect), its parameters and its maker.
    """

    slug: str
    label: str
    level: float
    make: Make
    params: Mapping[str, Figure | Choice] = field(default_factory=dict)

    def settings(self, given: Mapping[str, object] | None) -> Settings:
        """All parameters, defaults filled in. Raises `SoundRefused` for an unknown name or a bad value."""
        unknown = set(given or {}) - set(self.params)
        if unknown:
            known = ", ".join(self.params) or "none"
            raise SoundRefused(f"{self.slug} has no parameter {sorted(unknown)[0]!r}; it has: {known}.")
        filled = {name: (given or {}).get(name, rule.default) for name, rule in self.params.items()}
        return Settings(**{name: self.params[name].checked(name, value) for name, value in filled.items()})

    def level_with(self, settings: Settings) -> float:
        """The level in dBFS with these parameters."""
        return self.level + sum(
            rule.louder(settings.number(name))
            for name, rule in self.params.items()
            if isinstance(rule, Figure) and rule.span
        )

    def told(self) -> dict[str, object]:
        """The entry as plain data: label, level and each parameter with its range."""
        params = {name: rule.told() for name, rule in self.params.items()}
        return {"label": self.label, "level_dbfs": self.level, "params": params}


class Catalogue(Generic[Make]):
    """Kinds by slug; modules of makers fill it with `kind`. Every kind also has the `common` parameters."""

    def __init__(self, noun: str, **common: Figure | Choice) -> None:
        self._noun, self._common = noun, common
        self._kinds: dict[str, Kind[Make]] = {}

    def kind(self, slug: str, label: str, level: float, **params: Figure | Choice) -> Callable[[Make], Make]:
        """Register the decorated maker under a slug; a slug used twice is a programming error."""

        def register(make: Make) -> Make:
            if slug in self._kinds:
                raise ValueError(f"{self._noun} {slug!r} is registered twice")
            self._kinds[slug] = Kind(slug, label, level, make, {**params, **self._missing(params)})
            return make

        return register

    def _missing(self, params: Mapping[str, Figure | Choice]) -> dict[str, Figure | Choice]:
        return {name: rule for name, rule in self._common.items() if name not in params}

    def get(self, slug: str) -> Kind[Make]:
        """The kind of that slug. Raises `SoundRefused` and names the known ones."""
        if slug not in self._kinds:
            raise SoundRefused(
                f"There is no {self._noun} {slug!r}; choose one of {', '.join(sorted(self._kinds))}."
            )
        return self._kinds[slug]

    def all(self) -> Mapping[str, Kind[Make]]:
        """Every kind, in the order they were written."""
        return dict(self._kinds)
