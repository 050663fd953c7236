"""Progress arrives over the socket; a reload and a lost web process lose nothing."""

from __future__ import annotations

import queue
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import staging
from tests.browser.conftest import House, Site
from workflow import jobs, runner
from workflow.models import Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

KIND = "browser.steps"
STEPS: queue.Queue[int] = queue.Queue()


def _work(ctx: runner.Context, **payload: Any) -> None:
    """Says how far it is whenever the test tells it to; the last step ends it."""
    done = 0
    while done < 10:
        done = STEPS.get(timeout=60)
        ctx._ticked_at = 0.0
        ctx.progress(done, 10, "frames")


@pytest.fixture
def running(house: House, studio: Any, user: Any, settings: Any) -> Iterator[staging.Ground]:
    """A project in which one job runs; it moves when the test puts a number into STEPS."""
    settings.JOB_LEASE_SECONDS = 3
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _work, queue="short")
    ground = house(staging.start, studio, user)
    job: Job = house(_enqueue, ground)
    future = house.later(runner.run, job.pk)
    yield ground
    STEPS.put(10)
    future.result(60)


def _enqueue(ground: staging.Ground) -> Job:
    return jobs.enqueue(
        KIND, key=uuid.uuid4().hex, payload={}, project=ground.project.pk, title="Long reel", priority=99
    )


def _told(page: Page, bar: Locator, done: int) -> None:
    """Let the job say how far it is until somebody hears it: a tick that comes before the page listens is lost."""
    for _ in range(20):
        STEPS.put(done)
        page.wait_for_timeout(500)
        if bar.evaluate("bar => bar.value") == done:
            return
    expect(bar).to_have_js_property("value", done)


def test_progress_arrives_and_survives_a_reload(page: Page, running: staging.Ground) -> None:
    page.goto(running.at)
    bar = page.locator("main").get_by_role("progressbar", name="Long reel")
    expect(bar).to_be_visible()
    _told(page, bar, 3)
    _told(page, bar, 7)
    page.wait_for_timeout(1500)  # the next heartbeat writes it down
    page.reload()
    expect(bar).to_have_js_property("value", 7)
    STEPS.put(10)
    expect(page.locator("main .job", has_text="Long reel").get_by_text("Done")).to_be_visible()


def test_board_frames_appear_by_themselves(page: Page, house: House, studio: Any, user: Any) -> None:
    ground = house(staging.start, studio, user)
    page.goto(ground.board)
    expect(page.locator(".shot-card img")).to_have_count(0)
    page.evaluate("document.body.dataset.mark = 'same page'")
    house(staging.frame, ground, 1)
    expect(page.locator(".shot-card img")).to_have_count(1)
    house(staging.frame, ground, 2, "#2b5f47")
    expect(page.locator(".shot-card img")).to_have_count(2)
    assert page.locator(".shot-card img").first.evaluate("e => e.decode().then(() => e.naturalWidth)") == 320
    assert page.evaluate("document.body.dataset.mark") == "same page"


def test_a_lost_web_process_is_noticed_and_made_up_for(
    page: Page, site: Site, house: House, studio: Any, user: Any
) -> None:
    ground = house(staging.start, studio, user)
    page.goto(ground.board)
    expect(page.locator("body")).to_have_attribute("data-online", "true")
    page.evaluate("document.body.dataset.mark = 'same page'")
    site.kill_web()
    try:
        expect(page.locator("#offline")).to_be_visible()
        house(staging.frame, ground, 1)
    finally:
        site.start_web()
    expect(page.locator(".shot-card img")).to_have_count(1, timeout=20_000)
    expect(page.locator("#offline")).to_be_hidden()
    assert page.evaluate("document.body.dataset.mark") == "same page"


def test_the_inbox_counts_a_gate_that_opens(page: Page, house: House, studio: Any, user: Any) -> None:
    ground = house(staging.start, studio, user)
    page.goto(ground.at)
    inbox = page.locator("header").get_by_role("link", name="Inbox")
    expect(inbox).to_contain_text("0")
    house(_submit, ground, user)
    expect(inbox).to_contain_text("1")
    expect(page.get_by_role("link", name="Review Gate A")).to_be_visible()


def _submit(ground: staging.Ground, user: Any) -> None:
    from episodes.services import submit  # reason: apps are loaded by now

    submit(episode=ground.episode, actor=user)
