"""Every kind of page: whole on a phone, readable by everyone, silent in the console, shut to strangers."""

from __future__ import annotations

import re
from collections import deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import staging
from tests.browser.conftest import House
from tests.browser.health import ailments

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LONG = "Straßenbahnhaltestellenüberdachungsreinigungsfachkraft " * 3


@pytest.fixture
def ground(house: House, studio: Any, user: Any) -> staging.Ground:
    """A project with a drawn board that stands at Gate A."""
    ground: staging.Ground = house(staging.start, studio, user)
    for position in range(1, house(staging.shots, ground) + 1):
        house(staging.frame, ground, position)
    house(_submit, ground, user)
    return ground


def _submit(ground: staging.Ground, user: Any) -> None:
    from episodes.services import submit  # reason: apps are loaded by now

    submit(episode=ground.episode, actor=user)


def _compared(ground: staging.Ground, shot: str) -> str:
    """The address of a comparison whose drafts are still to come."""
    from episodes.models import Comparison, Shot, Take  # reason: apps are loaded by now

    found = Shot.objects.get(pk=shot.rstrip("/").rpartition("/")[2])
    made = Comparison.objects.create(
        episode=ground.episode,
        shot=found,
        anchor=Take.objects.filter(shot=found)[0],
        asked=["previs/animatic", "rostrum/still"],
    )
    return f"{ground.at}episodes/{ground.episode.pk}/compare/{made.pk}/"


def _addresses(ground: staging.Ground) -> list[str]:
    own = [
        "",
        "new/",
        "inbox/",
        "jobs/",
        "talent/",
        "vault/",
        "vault/?layout=table",
        "features/",
        "distribution/",
    ]
    own += ["engines/", "engines/calls/", "billing/", "billing/ledger/"]
    own += ["engines/with/kling/", f"engines/policy/of/?about=project:{ground.project.pk}"]
    theirs = ["", "scenes/", "episodes/", "edit/", "pipeline/"]
    episode = f"episodes/{ground.episode.pk}/"
    theirs += [
        f"{episode}plan/",
        f"{episode}board/",
        f"{episode}board/?layout=table",
        f"edit/{ground.episode.pk}/",
    ]
    theirs += [f"edit/{ground.episode.pk}/{tab}/" for tab in ("mix", "finish", "deliver")]
    theirs += [f"{episode}gate/{letter}/" for letter in "abc"]
    return [ground.home + one for one in own] + [ground.at + one for one in theirs]


def test_pages_are_whole_on_a_phone_and_free_of_findings(
    page: Page, ground: staging.Ground, house: House
) -> None:
    found: list[str] = []
    addresses = _addresses(ground)
    cut = f"{ground.at}edit/{ground.episode.pk}/"
    links = ((ground.board, ".shot-card a"), (f"{ground.at}scenes/", "main .card a"), (cut, "main .row a"))
    for address, link in links:
        page.goto(address)
        addresses.append(str(page.locator(link).first.get_attribute("href")))
    shot = next(one for one in addresses if "/shots/" in one)
    addresses += [f"{shot}compare/", house(_compared, ground, shot)]
    for address, link in (
        (f"{ground.home}talent/", "main .card a"),
        (f"{ground.home}vault/", "main .card a"),
    ):
        page.goto(address)
        addresses.append(str(page.locator(link).first.get_attribute("href")))
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        found += ailments(page, everywhere=address.startswith(ground.at))
    assert not found, "\n".join(found)


def test_every_link_on_every_kind_of_page_leads_somewhere(page: Page, ground: staging.Ground) -> None:
    seen, broken = set(), []
    ahead = deque([(ground.home, "the start")])
    while ahead:
        address, above = ahead.popleft()
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", urlsplit(address).path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = page.request.get(address)
        if answer.status >= 400:
            broken.append(f"{kind}, linked from {above}: {answer.status}")
        elif "html" in answer.headers.get("content-type", ""):
            ahead += [(link, kind) for link in _links(answer.url, answer.text())]
    assert not broken, "\n".join(broken)
    assert len(seen) > 50


class _Anchors(HTMLParser):
    """The addresses of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if (tag, name) == ("a", "href") and value]


def _links(address: str, text: str) -> list[str]:
    """The links of a page that stay in the house."""
    anchors = _Anchors()
    anchors.feed(text)
    whole = [urljoin(address, link) for link in anchors.found]
    return [link for link in whole if urlsplit(link)[:2] == urlsplit(address)[:2]]


def test_pages_hold_long_words(page: Page, house: House, studio: Any, user: Any) -> None:
    text = staging.SCRIPT.replace("The Lamp", LONG[:190]).replace("lifts the lamp", f"lifts {LONG}")
    ground = house(staging.start, studio, user, text.replace("LIGHTHOUSE", LONG.upper()[:80]))
    found: list[str] = []
    for address in (ground.home, ground.board, f"{ground.at}scenes/", f"{ground.home}jobs/"):
        page.goto(address)
        found += ailments(page)
    assert not found, "\n".join(found)


def test_pages_of_an_empty_studio_say_what_they_are_for(page: Page, house: House, studio: Any) -> None:
    found: list[str] = []
    for address in (
        "",
        "inbox/",
        "jobs/",
        "talent/",
        "vault/",
        "features/",
        "distribution/",
        "engines/calls/",
    ):
        page.goto(f"/s/{studio.slug}/{address}")
        assert len(page.locator("main").inner_text()) > 40, address
        found += ailments(page, everywhere=False)
    page.goto(f"/s/{studio.slug}/")
    page.get_by_role("link", name="Start from a script").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New project")
    assert not found, "\n".join(found)


def test_pages_before_signing_in_are_ours(visitor: Page) -> None:
    found: list[str] = []
    for address in ("/accounts/login/", "/accounts/password/reset/", "/verify/", "/nowhere/"):
        visitor.goto(address)
        assert visitor.locator("link[rel=stylesheet]").count() > 0, address
        found += ailments(visitor)
    assert not found, "\n".join(found)


def test_a_stranger_finds_nothing(other_studio: Any, page: Page, ground: staging.Ground) -> None:
    known = [ground.at, ground.board, ground.gate("a")]
    foreign = [address.replace(ground.studio, other_studio.slug) for address in known]
    for address in [*foreign, f"/s/{other_studio.slug}/", "/s/no-such-studio/"]:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        expect(page.get_by_role("alert")).to_contain_text("no")
        assert ground.project.title not in page.locator("main").inner_text()
        assert other_studio.name not in page.locator("body").inner_text()
