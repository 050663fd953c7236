"""The node editor: drawn, joined by pointer and by keyboard, checked as it changes, saved as a version."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import staging
from tests.browser.conftest import DESKTOP, PHONE, House, Site
from tests.browser.health import ailments, axe

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

GREY = {"id": "grey", "type": "modifier", "params": {"style": "black_and_white", "strength": 1.0}}


@pytest.fixture
def ground(house: House, studio: Any, user: Any) -> staging.Ground:
    """A project with its default graph."""
    ground: staging.Ground = house(staging.start, studio, user)
    return ground


@pytest.fixture
def editor(page: Page, ground: staging.Ground) -> Page:
    """The pipeline page with its canvas drawn."""
    page.goto(f"{ground.at}pipeline/")
    expect(_node(page, "clip")).to_be_visible()
    return page


def _node(page: Page, name: str) -> Locator:
    return page.locator(f'.svelte-flow__node[data-id="{name}"]')


def _wire(page: Page, words: str) -> Locator:
    return page.locator(f'.svelte-flow__edge[data-id="{words}"]')


def _drag(page: Page, source: str, target: str) -> None:
    """From an output to an input, each written node.port, once the canvas has stopped moving."""
    page.wait_for_function(
        """() => new Promise(done => {
        const at = () => document.querySelector('.svelte-flow__viewport').style.transform
        const before = at()
        setTimeout(() => done(at() === before), 150) })"""
    )
    ends = []
    for place, side in ((source, "source"), (target, "target")):
        node, port = place.split(".")
        box = _node(page, node).locator(f'.svelte-flow__handle.{side}[data-handleid="{port}"]').bounding_box()
        assert box, place
        ends.append((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move((ends[0][0] + ends[1][0]) / 2, ends[1][1] - 20, steps=4)
    page.mouse.move(*ends[1], steps=4)
    page.mouse.up()


def _add(page: Page, words: str) -> None:
    page.get_by_role("button", name="Add a step").click()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def _version(ground: staging.Ground) -> tuple[int, dict[str, Any]]:
    """The newest version's number and graph; (0, {}) while there is none. Inside a scope."""
    from pipelines.queries import current, faults_of  # reason: apps are loaded by now
    from pipelines.services import graph_of

    row = current(ground.project)
    if row is None:
        return 0, {}
    assert faults_of(graph_of(ground.project)) == []
    return row.number, row.graph


def _steps(ground: staging.Ground) -> set[str]:
    """The nodes an episode's production is made by. Inside a scope."""
    from episodes.steps import steps_of  # reason: apps are loaded by now

    return {step.planned.node for step in steps_of(ground.episode)}


def _save_another(ground: staging.Ground, slug: str, user: Any) -> None:
    from pipelines.services import use_ready  # reason: apps are loaded by now

    use_ready(project=ground.project, slug=slug, actor=user)


def test_a_step_is_added_found_faulty_joined_and_saved(
    editor: Page, house: House, ground: staging.Ground
) -> None:
    page = editor
    verdict, faults = page.locator(".graph-verdict"), page.locator(".graph .issues")
    expect(verdict).to_have_text("no faults")
    page.locator(".svelte-flow__pane").click(position={"x": 20, "y": 20})
    page.keyboard.press("n")
    page.keyboard.type("modif")
    page.keyboard.press("Enter")
    expect(_node(page, "modifier")).to_be_focused()
    expect(faults).to_contain_text("modifier.video needs video and nothing is connected")
    expect(_node(page, "modifier")).to_contain_text("1 fault")
    expect(page.get_by_role("button", name="Save as version 1")).to_be_disabled()
    page.keyboard.press(".")
    page.get_by_role("button", name="Close").click()
    _drag(page, "lips.video", "modifier.video")
    expect(_wire(page, "lips.video -> modifier.video")).to_have_count(1)
    expect(verdict).to_have_text("no faults")
    _drag(page, "modifier.video", "judge.video")
    expect(_wire(page, "lips.video -> judge.video")).to_have_count(0)
    side = page.get_by_role("complementary", name="Step modifier")
    expect(faults).to_have_count(0)
    _node(page, "modifier").click()
    side.get_by_label("Style").select_option("black_and_white")
    strength = side.get_by_label("Strength")
    strength.fill("7")
    strength.press("Tab")
    expect(side).to_contain_text("is 7; possible is 0 to 1")
    strength.fill("1")
    strength.press("Tab")
    expect(page.locator(".graph-save")).to_contain_text(
        "judge.video from modifier.video instead of lips.video"
    )
    assert "modifier" not in house(_steps, ground)
    page.get_by_label("What changed, for the others").fill("All of it grey")
    page.get_by_role("button", name="Save as version 1").click()
    expect(page.locator("#pipeline-versions")).to_contain_text("All of it grey")
    expect(page.locator(".graph-save")).to_have_count(0)
    number, graph = house(_version, ground)
    assert number == 1
    assert {
        "id": "modifier",
        "type": "modifier",
        "params": {"style": "black_and_white", "strength": 1.0},
    } in (graph["nodes"])
    assert set(graph) == {"version", "nodes", "edges"}, "places are no part of the graph"
    assert "modifier" in house(_steps, ground)


def test_ports_of_another_kind_are_refused_with_the_reason(editor: Page) -> None:
    page = editor
    _drag(page, "keyframe.image", "judge.video")
    expect(page.locator("#toast")).to_have_text("judge.video takes video, but keyframe.image gives image.")
    expect(_wire(page, "keyframe.image -> judge.video")).to_have_count(0)
    expect(page.locator(".graph-save")).to_have_count(0)


def test_a_wire_is_chosen_and_removed(editor: Page) -> None:
    page = editor
    words = "clip.video -> lips.plate"
    _wire(page, words).locator(".svelte-flow__edge-interaction").click()
    page.keyboard.press("Delete")
    expect(_wire(page, words)).to_have_count(0)
    expect(page.locator(".graph .issues")).to_contain_text("lips.plate needs video")
    page.keyboard.press("Control+z")
    expect(_wire(page, words)).to_have_count(1)
    expect(page.locator(".graph-verdict")).to_have_text("no faults")


def test_places_are_no_change_and_deeds_are_undone_by_keys(editor: Page) -> None:
    page = editor
    before = _node(page, "score").bounding_box()
    _node(page, "score").focus()
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    after = _node(page, "score").bounding_box()
    assert before
    assert after
    assert after["y"] > before["y"] + 10
    expect(page.locator(".graph-save")).to_have_count(0)
    page.reload()
    expect(_node(page, "score")).to_be_visible()
    _node(page, "score").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(_node(page, "score")).to_have_count(0)
    expect(page.locator(".graph-save")).to_contain_text("Score removed")
    page.keyboard.press("Control+z")
    expect(_node(page, "score")).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    expect(_node(page, "score")).to_have_count(0)
    page.get_by_role("button", name="Leave the changes").click()
    expect(_node(page, "score")).to_have_count(1)
    page.get_by_role("button", name="Lay out").click()
    expect(page.locator(".graph-save")).to_have_count(0)


def test_the_outline_wires_by_keyboard_alone(editor: Page, house: House, ground: staging.Ground) -> None:
    page, press = editor, editor.keyboard.press
    page.get_by_role("button", name="Outline").focus()
    press("Enter")
    page.locator("#graph-head").evaluate("e => e.closest('section').focus()")
    press("n")
    page.keyboard.type("upscale")
    press("Enter")
    expect(page.locator('[data-step="upscale"] summary')).to_be_focused()
    _choose(page, "Connect upscale.video from", "lips.video")
    expect(page.get_by_role("button", name="Disconnect lips.video from upscale.video")).to_be_focused()
    _choose(page, "Connect upscale.video to", "judge.video (instead of lips.video)")
    expect(page.locator(".graph-verdict")).to_have_text("no faults")
    _tab_to(page, "What changed, for the others")
    page.keyboard.type("Larger")
    expect(page.get_by_role("button", name="Save as version 1")).to_be_enabled()
    press("Enter")
    expect(page.locator("#pipeline-versions")).to_contain_text("Larger")
    number, graph = house(_version, ground)
    assert number == 1
    assert {"lips.video -> upscale.video", "upscale.video -> judge.video"} <= set(graph["edges"])
    assert "lips.video -> judge.video" not in graph["edges"]


def _tab_to(page: Page, name: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        at = "(document.activeElement.ariaLabel || document.activeElement.labels?.[0]?.textContent || '').trim()"
        if page.evaluate(at) == name:
            return
    raise AssertionError(f"Tab never reached {name!r}")


def _choose(page: Page, field: str, choice: str) -> None:
    """Reach a list by Tab, go down to a line, press the button behind it."""
    _tab_to(page, field)
    for _ in range(20):
        if page.evaluate("document.activeElement.selectedOptions[0].textContent") == choice:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_a_version_saved_meanwhile_is_told_and_nothing_is_lost(
    editor: Page, house: House, ground: staging.Ground, user: Any
) -> None:
    page = editor
    house(_save_another, ground, "old_film", user)
    expect(_node(page, "grey"), "nothing was changed here: theirs is shown").to_be_visible()
    page.get_by_role("button", name="Outline").click()
    page.locator('[data-step="ambience"] summary').click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".graph-save")).to_contain_text("Ambience removed")
    house(_save_another, ground, "supervised", user)
    banner = page.locator(".graph-moved")
    expect(banner).to_contain_text("Ada saved version 2 meanwhile, “Every shot is looked at”.")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator(".graph-save")).to_contain_text("Gate “look” removed")
    page.get_by_role("button", name="Save as version 3").click()
    expect(page.locator("#pipeline-versions")).to_contain_text("Version 3")
    number, graph = house(_version, ground)
    assert number == 3
    assert {"grey"} <= {node["id"] for node in graph["nodes"]}
    assert not {"ambience", "look"} & {node["id"] for node in graph["nodes"]}


def test_the_text_follows_the_canvas_and_can_be_brought_in(editor: Page, ground: staging.Ground) -> None:
    page = editor
    page.get_by_text("The graph as JSON").click()
    area = page.get_by_label("Graph", exact=True)
    graph = json.loads(area.input_value())
    area.fill("{")
    page.get_by_role("button", name="Bring this text in").click()
    expect(page.locator(".graph-text").get_by_role("alert")).to_contain_text("The text is no JSON")
    graph["nodes"].append(GREY)
    graph["edges"] = [one for one in graph["edges"] if one != "lips.video -> judge.video"]
    graph["edges"] += ["lips.video -> grey.video", "grey.video -> judge.video"]
    area.fill(json.dumps(graph))
    page.get_by_role("button", name="Bring this text in").click()
    expect(_node(page, "grey")).to_contain_text("style black and white")
    expect(page.locator(".graph-save")).to_contain_text("Modifier “grey” added: video from lips")
    page.get_by_role("button", name="Undo").click()
    expect(_node(page, "grey")).to_have_count(0)
    assert "grey" not in area.input_value()


def test_leaving_with_changes_is_asked_about(editor: Page, ground: staging.Ground) -> None:
    page = editor
    _add(page, "upscale")
    expect(page.locator(".graph-save")).to_be_visible()
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Talent roster").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(_node(page, "upscale")).to_be_visible()
    page.remove_listener("dialog", stay)
    page.get_by_role("button", name="Leave the changes").click()
    page.get_by_role("link", name="Talent roster").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Talent roster")


def test_the_canvas_in_every_state_is_free_of_findings(editor: Page) -> None:
    page = editor
    found = axe(page)
    _node(page, "clip").click()
    found += axe(page)
    page.get_by_role("button", name="Add a step").click()
    found += axe(page)
    page.keyboard.type("compare")
    page.keyboard.press("Enter")
    expect(page.locator(".graph .issues")).to_be_visible()
    found += axe(page)
    assert not found, "\n".join(found)


def test_the_outline_in_every_state_is_free_of_findings(
    editor: Page, house: House, ground: staging.Ground, user: Any
) -> None:
    page = editor
    page.get_by_role("button", name="Outline").click()
    _add(page, "compare")
    page.locator('[data-step="clip"] summary').click()
    expect(page.locator(".graph .issues")).to_be_visible()
    house(_save_another, ground, "old_film", user)
    expect(page.locator(".graph-moved")).to_be_visible()
    found = ailments(page)
    assert not found, "\n".join(found)


def test_who_may_not_change_the_project_looks_only(
    page: Page, house: House, ground: staging.Ground, user: Any
) -> None:
    house(_director, user)
    page.goto(f"{ground.at}pipeline/")
    _node(page, "clip").click()
    expect(page.get_by_label("Name in the graph")).to_be_disabled()
    expect(page.get_by_role("button", name="Add a step")).to_have_count(0)
    page.keyboard.press("Delete")
    page.keyboard.press("n")
    _drag(page, "speech.audio", "lips.speech")
    expect(_node(page, "clip")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".graph-save")).to_have_count(0)
    found = ailments(page)
    assert not found, "\n".join(found)


def _director(user: Any) -> None:
    from craft.terms.people import Role  # reason: apps are loaded by now
    from tenancy.models import Membership

    Membership.objects.filter(user=user).update(roles=[Role.DIRECTOR.value])


def test_the_canvas_is_worked_by_keys_and_a_double_click(editor: Page) -> None:
    page = editor
    _node(page, "clip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name in the graph")).to_be_focused()
    page.keyboard.press("Escape")
    expect(_node(page, "clip")).to_be_focused()
    expect(page.get_by_role("complementary")).to_have_count(0)
    zoomed = page.locator(".svelte-flow__viewport")
    before = zoomed.get_attribute("style")
    page.get_by_role("button", name="Zoom out").click()
    expect(zoomed).not_to_have_attribute("style", before or "")
    box = page.locator(".svelte-flow").bounding_box()
    assert box
    page.mouse.dblclick(box["x"] + 60, box["y"] + 60)
    page.keyboard.type("gate")
    page.keyboard.press("Enter")
    expect(_node(page, "gate")).to_be_visible()


def test_on_a_phone_there_is_the_outline(page: Page, ground: staging.Ground) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{ground.at}pipeline/")
    expect(page.locator('[data-step="clip"]')).to_be_visible()
    expect(page.locator(".svelte-flow")).to_have_count(0)
    _add(page, "last frame")
    expect(page.locator('[data-step="last_frame"] summary')).to_be_focused()
    expect(page.locator('[data-step="last_frame"]')).to_contain_text("1 fault")


def test_without_scripts_there_are_the_list_and_the_text(
    client_in: Client, browser: Browser, site: Site, house: House, ground: staging.Ground
) -> None:
    context = browser.new_context(base_url=site.origin, viewport=DESKTOP, java_script_enabled=False)
    context.add_cookies(
        [{"name": n, "value": m.value, "url": site.origin} for n, m in client_in.cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{ground.at}pipeline/")
    expect(page.get_by_role("heading", name="Steps")).to_be_visible()
    page.get_by_text("The graph as JSON").click()
    area = page.get_by_label("Graph", exact=True)
    graph = json.loads(area.input_value())
    graph["nodes"] = [node for node in graph["nodes"] if node["id"] != "effects"]
    area.fill(json.dumps(graph))
    page.get_by_label("What changed").fill("Silent")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator("#pipeline-versions")).to_contain_text("Effects removed")
    assert house(_version, ground)[0] == 1
    context.close()


def _approve(ground: staging.Ground, user: Any) -> None:
    from episodes import gates  # reason: apps are loaded by now
    from episodes.services import submit

    submit(episode=ground.episode, actor=user)
    review = gates.refresh(ground.episode, "a")
    gates.decide(episode=ground.episode, gate="a", approve=True, seen=review.subject_digest, actor=user)


def test_the_plan_draws_a_shot_with_where_each_step_stands(
    page: Page, house: House, ground: staging.Ground, user: Any
) -> None:
    house(_approve, ground, user)
    page.goto(f"{ground.at}episodes/{ground.episode.pk}/plan/")
    expect(_node(page, "keyframe")).to_contain_text("queued")
    expect(_node(page, "score")).to_have_count(0)
    found = ailments(page)
    page.set_viewport_size(DESKTOP)
    _node(page, "clip").click()
    side = page.get_by_role("complementary", name="Step clip")
    expect(side).to_contain_text("queued")
    found += axe(page)
    assert not found, "\n".join(found)
    page.keyboard.press("Delete")
    expect(_node(page, "clip")).to_have_count(1)
    side.get_by_role("link", name="Run S01 from here…").click()
    expect(page.locator("#dry-run")).to_contain_text("from clip of S01")
