"""Params of node types: what may be set at a node, checked when a graph is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Param:
    """One setting: its default says its type (text, number, list of texts).

    `choices` are the texts that are possible (empty: any of up to `longest` characters), `low` and `high` the bounds
    of a number or of a list's length.
    """

    default: Any
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    longest: int = 200

    def problem(self, value: Any) -> str:
        """What is wrong with a value, in words; empty when it is possible."""
        if isinstance(self.default, tuple):
            return self._list_problem(value)
        if isinstance(self.default, str):
            return self._text_problem(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"is a number from {self.low:g} to {self.high:g}, not {str(value)[:40]!r}"
        if isinstance(self.default, int) and not isinstance(value, int):
            return f"is a whole number from {self.low:g} to {self.high:g}, not {value:g}"
        return (
            ""
            if self.low <= value <= self.high
            else f"is {value:g}; possible is {self.low:g} to {self.high:g}"
        )

    def _text_problem(self, value: Any) -> str:
        if not isinstance(value, str):
            return f"is a text, not {str(value)[:40]!r}"
        if self.choices and value not in self.choices:
            return f"knows no “{value[:40]}”; possible: {', '.join(self.choices)}"
        return "" if len(value) <= self.longest else f"has at most {self.longest} characters"

    def _list_problem(self, value: Any) -> str:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return "is a list of texts"
        if self.choices and (strange := [one for one in value if one not in self.choices]):
            return f"knows no “{strange[0][:40]}”"
        if len(set(value)) != len(value):
            return "names something twice"
        if value and not self.low <= len(value) <= self.high:
            return f"holds {self.low:g} to {self.high:g} entries, not {len(value)}"
        return ""
