"""The studio with the keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import staging
from tests.browser.conftest import House

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _tab_to(page: Page, name: str, limit: int = 120) -> None:
    """Press Tab until the control with this name has the focus, wholly in view and covered by nothing."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        text = page.evaluate(
            "(document.activeElement.textContent || document.activeElement.ariaLabel || '').trim()"
        )
        if text == name:
            break
    else:
        raise AssertionError(f"Tab never reached {name!r}")
    covered = page.evaluate(
        """() => { const r = document.activeElement.getBoundingClientRect()
        const at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)
        return !(at && (document.activeElement.contains(at) || at.contains(document.activeElement))) }"""
    )
    assert not covered, f"{name} is covered when it has the focus"


def test_gate_a_is_reached_and_decided_by_keyboard(page: Page, house: House, studio: Any, user: Any) -> None:
    ground = house(staging.start, studio, user)
    page.goto(ground.board)
    _tab_to(page, "Send to Gate A")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/s/')[0]}{ground.gate('a')}")
    _tab_to(page, "Approve the budget")
    page.keyboard.press("Enter")
    expect(page.locator(".page-head")).to_contain_text("Generating")


def test_nothing_on_a_gate_is_covered_when_it_has_the_focus(
    page: Page, house: House, studio: Any, user: Any
) -> None:
    ground = house(staging.start, studio, user)
    page.goto(ground.board)
    page.get_by_role("button", name="Send to Gate A").click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("main").focus()
    covered: list[str] = page.evaluate(_COVERED)
    assert covered == []


_COVERED = """() => {
  const found = []
  for (const e of document.querySelectorAll('main a[href], main button, main input:not([type=hidden]), main summary')) {
    e.focus()
    const r = e.getBoundingClientRect()
    const x = Math.min(Math.max(r.x + r.width / 2, 1), innerWidth - 1)
    const at = document.elementFromPoint(x, r.y + r.height / 2)
    const own = at && (e.contains(at) || at.contains(e) || at.closest('label')?.control === e)
    if (!own) found.push(e.outerHTML.slice(0, 120))
  }
  return found
}"""


def test_the_palette_finds_a_page(page: Page, house: House, studio: Any) -> None:
    page.goto(f"/s/{studio.slug}/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("vault")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Asset vault")


def test_the_skip_link_leads_to_the_page(page: Page, house: House, studio: Any) -> None:
    page.goto(f"/s/{studio.slug}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
