"""A form that is refused says why and still holds what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import staging
from tests.browser.conftest import House

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _unchecked(field: Locator) -> None:
    """Let the server judge this field's form, as it must when a browser does not.

    By a field and not by the page: a click does not wait for the page that it leads to, a field of it does.
    """
    field.evaluate("field => { field.form.noValidate = true }")


@pytest.fixture
def ground(house: House, studio: Any, user: Any) -> staging.Ground:
    """A project as the builder made it."""
    ground: staging.Ground = house(staging.start, studio, user)
    return ground


def test_refused_forms_keep_what_was_typed(page: Page, ground: staging.Ground) -> None:
    page.goto(ground.board)
    page.locator(".shot-card a").first.click()
    _unchecked(page.get_by_label("Notes"))
    page.get_by_label("Notes").fill("Slower, please")
    page.get_by_label("Lens, mm").fill("4000")
    page.get_by_role("button", name="Save S01").click()
    expect(page.get_by_role("alert")).to_contain_text("8 to 300")
    expect(page.get_by_label("Notes")).to_have_value("Slower, please")
    expect(page.get_by_label("Lens, mm")).to_have_value("4000")

    page.goto(f"{ground.at}pipeline/")
    page.get_by_text("The graph as JSON").click()
    page.get_by_role("textbox", name="Graph").fill("{ not json")
    page.get_by_role("button", name="Bring this text in").click()
    expect(page.get_by_role("alert")).to_contain_text("no JSON")
    expect(page.get_by_role("textbox", name="Graph")).to_have_value("{ not json")

    page.goto(f"{ground.home}talent/")
    page.locator("main .card a").first.click()
    _unchecked(page.get_by_label("Description"))
    page.get_by_label("Description").fill("Keeps the light")
    page.get_by_label("Pitch").fill("900")
    page.get_by_role("button", name="Save a new version").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Description")).to_have_value("Keeps the light")
    expect(page.get_by_label("Pitch")).to_have_value("900")


def test_a_gate_sent_back_without_a_reason_keeps_the_cap(page: Page, ground: staging.Ground) -> None:
    page.goto(ground.board)
    page.get_by_role("button", name="Send to Gate A").click()
    page.get_by_label("Hard cap in credits").fill("2500")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    expect(page.get_by_label("Hard cap in credits")).to_have_value("2500")


def test_a_script_is_dropped_into_the_builder(page: Page, house: House, studio: Any) -> None:
    page.goto(f"/s/{studio.slug}/new/")
    area = page.get_by_label("Script", exact=True)
    transfer = page.evaluate_handle(
        """text => { const t = new DataTransfer()
        t.items.add(new File([text], 'lamp.fountain', {type: 'text/plain'})); return t }""",
        staging.SCRIPT,
    )
    area.dispatch_event("drop", {"dataTransfer": transfer})
    page.get_by_role("button", name="Create the board").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Lamp")


def test_the_light_rig_is_turned_levelled_and_saved(page: Page, ground: staging.Ground) -> None:
    page.goto(f"{ground.at}scenes/")
    page.locator("main .card a").first.click()
    light = page.locator(".dial-light").first
    before = str(light.get_attribute("aria-label"))
    light.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    after = str(light.get_attribute("aria-label"))
    assert after != before
    second = page.locator(".dial-light").nth(1)
    box, dial = second.bounding_box(), page.locator("svg.dial").bounding_box()
    assert box is not None
    assert dial is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.move(dial["x"] + dial["width"] / 2, dial["y"] + 12, steps=6)
    page.mouse.up()
    dragged = str(second.get_attribute("aria-label"))
    assert "Back" in dragged
    page.get_by_role("button", name="Save a version").click()
    expect(page.locator(".page-head")).to_contain_text("v2")
    expect(page.locator(".dial-light").first).to_have_attribute("aria-label", after)
    expect(page.locator(".dial-light").nth(1)).to_have_attribute("aria-label", dragged)
