"""The live picture of the scene workshop: the server's own frame, and another one as soon as a light moves."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser import staging
from tests.browser.conftest import DESKTOP, PHONE, SWITCHES, House
from tests.browser.health import ailments
from tests.previs.live_page import SOFTWARE

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]

ALLOWED = 3.0
"""Mean difference of a channel, of 255."""
DRAWN = 60_000


@pytest.fixture
def browser(house: House, chromium: str) -> Iterator[Browser]:
    """Chromium that draws with WebGL 2 in software."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*SWITCHES, *SOFTWARE])
        yield running
        running.close()


@pytest.fixture
def workshop(page: Page, house: House, studio: Any, user: Any) -> Page:
    """The light page of a place, with its live picture drawn."""
    ground: staging.Ground = house(staging.start, studio, user)
    page.goto(f"{ground.at}scenes/")
    page.locator("main .card a").first.click()
    _settled(page)
    return page


def _settled(page: Page) -> None:
    expect(page.locator(".stage")).to_have_attribute("data-state", "settled", timeout=DRAWN)


def _picture(data: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), float)


def _canvas(page: Page) -> Any:
    text: str = page.locator(".stage canvas").evaluate("canvas => canvas.toDataURL()")
    return _picture(base64.b64decode(text.split(",")[1]))


def test_live_picture_is_the_preview_frame(worker: None, workshop: Page) -> None:
    page = workshop
    page.get_by_role("button", name="again").click()
    frame = page.locator("#preview img")
    expect(frame).to_be_visible(timeout=DRAWN)
    _settled(page)
    answer = page.request.get(str(frame.get_attribute("src")))
    assert answer.ok
    server, live = _picture(answer.body()), _canvas(page)
    assert live.shape == server.shape
    assert server.std() > 8
    assert np.abs(live - server).mean() <= ALLOWED


def test_a_light_turned_by_an_arrow_key_shows_at_once(workshop: Page) -> None:
    page, live = workshop, workshop.locator(".stage")
    before, drawn = _canvas(page), str(live.get_attribute("data-frame"))
    key = page.locator(".dial").get_by_role("button", name="Key light").first
    key.focus()
    name = str(key.get_attribute("aria-label"))
    page.keyboard.press("ArrowRight")
    expect(key).not_to_have_attribute("aria-label", name)
    expect(live).not_to_have_attribute("data-frame", drawn, timeout=3_000)
    _settled(page)
    turned = _canvas(page)
    assert np.abs(turned - before).mean() > ALLOWED
    page.keyboard.press("ArrowLeft")
    expect(key).to_have_attribute("aria-label", name)
    _settled(page)
    page.keyboard.press("Shift+ArrowRight")
    expect(key).not_to_have_attribute("aria-label", name)


def test_a_light_dragged_on_the_dial_shows(workshop: Page) -> None:
    page = workshop
    before = _canvas(page)
    drawn = str(page.locator(".stage").get_attribute("data-frame"))
    lamp, dial = page.locator(".dial-light").first.bounding_box(), page.locator(".dial").bounding_box()
    assert lamp
    assert dial
    page.mouse.move(lamp["x"] + lamp["width"] / 2, lamp["y"] + lamp["height"] / 2)
    page.mouse.down()
    page.mouse.move(dial["x"] + dial["width"] * 0.5, dial["y"] + dial["height"] * 0.1, steps=4)
    page.mouse.up()
    expect(page.locator(".stage")).not_to_have_attribute("data-frame", drawn)
    _settled(page)
    assert np.abs(_canvas(page) - before).mean() > ALLOWED


def test_fields_the_server_must_build_for_are_said(workshop: Page) -> None:
    words = workshop.locator("[data-live-words]")
    expect(words).to_contain_text("as you move a light")
    workshop.get_by_label("Time of day").select_option("noon")
    expect(words).to_contain_text("once the version is saved")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_dial_and_picture_are_seen_together(workshop: Page, size: ViewportSize) -> None:
    page = workshop
    assert ailments(page) == []
    page.set_viewport_size(size)
    page.locator(".dial-light").first.focus()
    seen: list[bool] = page.evaluate(
        """() => ['.stage canvas', '.dial-light'].map(name => {
        const r = document.querySelector(name).getBoundingClientRect()
        const at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)
        return document.querySelector(name).contains(at) })"""
    )
    assert seen == [True, True]


def test_without_webgl_the_server_s_frame_stands(
    worker: None, page: Page, house: House, studio: Any, user: Any
) -> None:
    ground: staging.Ground = house(staging.start, studio, user)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{ground.at}scenes/")
    page.locator("main .card a").first.click()
    expect(page.locator("[data-live-words]")).to_contain_text("no WebGL 2")
    expect(page.locator(".stage canvas")).to_be_hidden()
    page.get_by_role("button", name="again").click()
    expect(page.locator("#preview img")).to_be_visible(timeout=DRAWN)
