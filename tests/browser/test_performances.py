"""A performance in a browser: the panel says what is missing at each step, and leads to where it is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engines import foreign
from tests.browser import staging
from tests.browser.conftest import House
from tests.browser.health import ailments
from tests.episodes.performing import SCRIPT, filmed

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(not foreign.available(), reason="no sandbox here"),
]


@pytest.fixture
def ground(house: House, studio: Any, user: Any) -> staging.Ground:
    """A board with Ines in its first shot."""
    made: staging.Ground = house(staging.start, studio, user, SCRIPT)
    return made


def test_a_film_is_brought_set_agreed_to_and_taken_away(
    page: Page, ground: staging.Ground, tmp_path: Path
) -> None:
    page.goto(ground.board)
    page.locator(".shot-card a").first.click()
    panel = page.locator("#performance")
    expect(panel).to_contain_text("The pipeline leads no performance to this clip")
    shot = page.url
    found = ailments(page)

    panel.get_by_label("Film (").set_input_files(filmed(tmp_path, 2))
    panel.get_by_label("Who is filmed").fill("Pat Larsen")
    panel.get_by_label("Born on").fill("1988-03-02")
    panel.get_by_label("Strength of the face").select_option("5")
    panel.get_by_role("button", name="Bring the film").click()
    expect(page.get_by_role("alert")).to_contain_text("too short")
    expect(panel.get_by_label("Who is filmed")).to_have_value("Pat Larsen")
    expect(panel.get_by_label("Strength of the face")).to_have_value("5")
    found += ailments(page)

    panel.get_by_label("Film (").set_input_files(filmed(tmp_path, 9))
    panel.get_by_role("button", name="Bring the film").click()
    expect(panel).to_contain_text("Pat Larsen acts Ines", ignore_case=True)
    expect(panel).to_contain_text("Pat Larsen has not agreed to the use of their performance.")
    panel.get_by_role("link", name="Choose “Acted by a performer”").click()
    page.get_by_role("button", name="Use Acted by a performer").click()
    page.goto(shot)
    expect(panel).to_contain_text("Runway Act-Two could: connect the account")
    found += ailments(page)

    panel.get_by_role("link", name="Record a consent").click()
    expect(page.get_by_label("The real person")).to_have_value("Pat Larsen")
    expect(page.get_by_label("Performance", exact=True)).to_be_checked()
    page.get_by_label("Valid from").fill("2026-01-01")
    page.get_by_label("Version of the text").fill("2026-1")
    page.get_by_label("Evidence: the form").set_input_files(filmed(tmp_path, 1))
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consents")
    page.goto(shot)
    expect(panel).to_contain_text("consent stands")
    panel.get_by_label("Begins at").first.fill("1.25")
    panel.get_by_role("button", name="Save the settings").click()
    expect(panel).to_contain_text("Used: 1.25 to")
    panel.get_by_role("button", name="Take the performance away").click()
    expect(panel.get_by_label("Who is filmed")).to_have_value("")
    assert not found, "\n".join(found)
