"""Pictures and consents in a browser: bring a picture, name a person, record what they agreed to, take it back."""

from __future__ import annotations

import struct
import wave
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from engines import foreign
from tests.browser import staging
from tests.browser.conftest import House
from tests.browser.health import ailments

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(not foreign.available(), reason="no sandbox here"),
]


@pytest.fixture
def ground(house: House, studio: Any, user: Any) -> staging.Ground:
    """A board of one shot in which Mara speaks."""
    made: staging.Ground = house(staging.start, studio, user)
    return made


def portrait(folder: Path) -> Path:
    """A face, roughly."""
    path = folder / "face.png"
    made = Image.new("RGB", (900, 1200), "#8fa3b5")
    draw = ImageDraw.Draw(made)
    draw.ellipse((250, 200, 650, 760), fill="#c99a76")
    draw.rectangle((150, 800, 750, 1200), fill="#7a2e2e")
    made.save(path)
    return path


def test_a_person_is_named_agrees_and_takes_it_back(
    page: Page, ground: staging.Ground, tmp_path: Path
) -> None:
    found: list[str] = []
    page.goto(f"{ground.home}talent/")
    page.get_by_role("link", name="Mara").first.click()
    page.get_by_label("Picture (PNG, JPEG or WebP, up to 24 MB)").set_input_files(portrait(tmp_path))
    bible = page.url
    page.get_by_label("It shows").select_option("three_quarter")
    page.get_by_role("button", name="Add the picture").click()
    expect(page.get_by_text("1. Three-quarter")).to_be_visible()
    page.get_by_text("It portrays a real person").click()
    page.get_by_label("Name of the person").fill("Jane Doe")
    page.get_by_label("Born on").fill("1990-05-21")
    page.get_by_role("button", name="Say so").click()
    expect(page.get_by_text("no consent on file")).to_be_visible()
    found += ailments(page)
    page.get_by_role("link", name="Record a consent").click()
    expect(page.get_by_label("The real person")).to_have_value("Jane Doe")
    for word in ("Likeness", "Voice", "Programme"):
        page.get_by_label(word, exact=True).check()
    page.get_by_label("Valid from").fill("2026-01-01")
    page.get_by_label("Version of the text that was agreed to").fill("2026-1")
    page.get_by_label("Evidence: the form, the recording (up to 64 MB)").set_input_files(portrait(tmp_path))
    found += ailments(page)
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("cell", name="Likeness")).to_be_visible()
    found += ailments(page)
    page.get_by_role("link", name="Jane Doe").first.click()
    expect(page.get_by_role("button", name="Take the consent back")).to_be_visible()
    page.get_by_label("Reason").fill("She changed her mind.")
    found += ailments(page)
    page.get_by_role("button", name="Take the consent back").click()
    expect(page.get_by_text("Nothing was taken back yet.")).to_be_visible()
    page.get_by_label("I know that this cannot be undone").check()
    page.get_by_label("Reason").fill("She changed her mind.")
    page.get_by_role("button", name="Take the consent back").click()
    expect(page.get_by_text("She changed her mind.")).to_be_visible()
    page.goto(bible)
    expect(page.locator("#portrays").get_by_text("revoked")).to_be_visible()
    found += ailments(page)
    assert not found, "\n".join(found)


def said(folder: Path) -> Path:
    """Six seconds of a tone, as a phone would record it."""
    path = folder / "calm reading.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "none"))
        file.writeframes(b"".join(struct.pack("<h", 9000 * (n // 40 % 2)) for n in range(6 * 16_000)))
    return path


def test_a_voice_is_named_and_recordings_are_brought(
    page: Page, ground: staging.Ground, tmp_path: Path
) -> None:
    page.goto(f"{ground.home}talent/")
    page.get_by_role("link", name="Mara").first.click()
    voices = page.locator("#voices")
    voices.get_by_label("OpenAI").select_option("coral")
    voices.get_by_role("button", name="Set the voice at OpenAI").click()
    expect(voices.get_by_label("OpenAI")).to_have_value("coral")
    voices.get_by_label("ElevenLabs").fill("not/a voice")
    voices.get_by_role("button", name="Set the voice at ElevenLabs").click()
    expect(page.get_by_role("alert")).to_contain_text("letters, digits, points and hyphens")
    expect(voices.get_by_label("ElevenLabs")).to_have_value("not/a voice")
    page.get_by_text("It portrays a real person").click()
    page.get_by_label("Name of the person").fill("Jane Doe")
    page.get_by_label("Born on").fill("1990-05-21")
    page.get_by_role("button", name="Say so").click()
    voices.get_by_label("Recording (from 5 s; the first 100 s are kept)").set_input_files(said(tmp_path))
    voices.get_by_role("button", name="Add the recording").click()
    expect(voices.get_by_text("calm reading.wav, 6 s")).to_be_visible()
    expect(voices.get_by_text("can make a voice from them")).to_be_visible()
    found = ailments(page, everywhere=True)
    assert not found, "\n".join(found)


def test_a_prop_is_brought_to_a_place(page: Page, ground: staging.Ground, tmp_path: Path) -> None:
    page.goto(f"{ground.at}scenes/")
    page.locator("main .card a").first.click()
    page.get_by_label("Picture (PNG, JPEG or WebP, up to 24 MB)").set_input_files(portrait(tmp_path))
    page.get_by_label("It shows").select_option("prop")
    page.get_by_label("Name of the prop, as the script has it").fill("lamp")
    page.get_by_role("button", name="Add the picture").click()
    expect(page.get_by_text("1. Lamp")).to_be_visible()
    found = ailments(page, everywhere=True)
    assert not found, "\n".join(found)
