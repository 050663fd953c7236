"""Blocks other apps put on the billing page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflow.registries import Registry


@dataclass(frozen=True, slots=True)
class ConsolePanel:
    """A block of the billing page: a template and the function that fills it, in the open scope."""

    template: str
    context: Callable[[], dict[str, Any]]
    order: int = 50


console_panels: Registry[ConsolePanel] = Registry("billing console panels")
