"""What every page must be: free of axe findings, console errors and policy violations, and no wider than a phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
# Said by the browser itself: an answer with this status (wanted by the test), a lost socket (killed by the test), a
# canvas read back (by the test).
WANTED = (
    "status of 404",
    "status of 409",
    "status of 422",
    "status of 429",
    "WebSocket connection to",
    "ERR_CONNECTION_REFUSED",
    "GPU stall due to ReadPixels",
)


@dataclass
class Findings:
    """What a page's console said."""

    rows: list[str] = field(default_factory=list)

    def note(self, kind: str, text: str, url: str) -> None:
        """Keep errors and warnings, except for what the test itself brings about."""
        if kind in ("error", "warning") and not any(word in text for word in WANTED):
            self.rows.append(f"{url}: {kind}: {text}")

    def assert_none(self) -> None:
        """Fail with all of them."""
        assert not self.rows, "\n".join(self.rows)


@cache
def _axe() -> str:
    return AXE.read_text()


def axe(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{page.url} at {page.viewport_size}: {row['id']}: {row['help']} ({node['target']})"
        for row in found["violations"]
        for node in row["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """The elements that make the page wider than its window."""
    script = """() => {
        const width = document.documentElement.clientWidth
        if (document.documentElement.scrollWidth <= width) return []
        return [...document.body.querySelectorAll('*')]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('[role=region]'))
            .slice(0, 5).map(e => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`)
    }"""
    wide: list[str] = page.evaluate(script)
    return [f"{page.url} at {page.viewport_size}: {row}" for row in wide]


def ailments(page: Page, *, everywhere: bool = True) -> list[str]:
    """All findings on this page, on a phone and on a desk; without `everywhere` axe looks at the phone only."""
    found: list[str] = []
    page.wait_for_load_state()  # a document that is still arriving has no element to measure
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += overflow(page)
        if everywhere or size is PHONE:
            found += axe(page)
    return found
