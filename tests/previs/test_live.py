"""The live rig: what is packed for the browser, the rig it hangs, and the picture it draws."""

from __future__ import annotations

import base64
import io
import json
import math
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from craft.previs import Packet, health, render_still
from craft.previs.live import bundle_key, stage_bundle
from craft.previs.live_format import MAGIC, Buffers, pack, unpack
from craft.previs.live_tape import Tape
from craft.terms.light import Mood
from tests.previs import live_page
from tests.previs.rig_cases import cases

PacketData = dict[str, Any]
ALLOWED = 3.0
"""Mean difference of a channel, of 255."""
EMPTY: PacketData = {"characters": [], "camera": {"size": "ws", "subjects": []}}
CHECK = """
import { lighting } from './rig.mjs'
import { readFileSync } from 'node:fs'
const { rig, moods, cases } = JSON.parse(readFileSync(0, 'utf8'))
const plain = (_key, value) => value instanceof Float32Array ? [...value] : value
console.log(JSON.stringify(cases.map(({ dial }) => lighting(rig, moods, dial)), plain))
"""


@pytest.fixture(scope="module")
def stage(packet_data: Callable[..., PacketData]) -> tuple[dict[str, Any], list[bytes]]:
    """Header and buffers of a small street."""
    return unpack(stage_bundle(Packet.from_json(packet_data())))


def test_container_keeps_equal_bytes_once_and_aligned() -> None:
    buffers = Buffers()
    numbers = [buffers.add(b"abc"), buffers.add(b"0123456789"), buffers.add(b"abc")]
    header, found = unpack(pack({"name": "ü"}, buffers))
    assert numbers == [0, 1, 0]
    assert found == [b"abc", b"0123456789"]
    assert header["name"] == "ü"
    assert [start % 8 for start, _length in header["buffers"]] == [0, 0]
    assert pack({"a": 1}, buffers) == pack({"a": 1}, buffers)


def test_container_refuses_another_format() -> None:
    import gzip

    with pytest.raises(ValueError, match="not a stage"):
        unpack(gzip.compress(b"SLSTAGE0" + bytes(16)))
    later = gzip.decompress(pack({}, Buffers())).replace(b'"version":1', b'"version":9')
    assert later.startswith(MAGIC)
    with pytest.raises(ValueError, match="version 9"):
        unpack(gzip.compress(later))


def test_key_follows_what_is_drawn(packet_data: Callable[..., PacketData]) -> None:
    base = Packet.from_json(packet_data())
    assert bundle_key(base) == bundle_key(Packet.from_json(packet_data()))
    assert bundle_key(base) != bundle_key(Packet.from_json(packet_data(mood="neon")))


def test_same_packet_gives_the_same_bytes(packet_data: Callable[..., PacketData]) -> None:
    packet = Packet.from_json(packet_data(**EMPTY))
    assert stage_bundle(packet) == stage_bundle(packet)


def test_stage_names_only_what_it_holds(stage: tuple[dict[str, Any], list[bytes]]) -> None:
    header, buffers = stage
    draws = [*header["geometry"], *header["casters"]["open"], *header["casters"]["shell"]]
    passes = [draw for each in header["passes"].values() for draw in each]
    assert set(header["passes"]) == set(header["moods"]) == {mood.value for mood in Mood}
    assert len(header["casters"]["shell"]) > len(header["casters"]["open"]) > 0
    for draw in [*draws, *passes]:
        program = header["programs"][draw["program"]]
        assert {program["vertex"], program["fragment"]} <= set(header["shaders"])
        assert draw["target"] < len(header["targets"])
        assert all(number < len(header["textures"]) for number in draw["textures"].values())
    for draw in draws:
        vertices, indices = buffers[draw["vertices"]], np.frombuffer(buffers[draw["indices"]], np.uint32)
        assert len(vertices) % 40 == 0
        used = indices[draw["first"] : draw["first"] + draw["count"]]
        assert len(used) == draw["count"] > 0
        assert used.max() < len(vertices) // 40
    assert all(draw["vertices"] < len(buffers) for draw in draws)
    assert all("vertices" not in draw for draw in passes)


def test_stage_leaves_the_rig_to_the_browser(stage: tuple[dict[str, Any], list[bytes]]) -> None:
    header, _buffers = stage
    lighting = next(
        draw
        for draw in header["passes"]["natural"]
        if header["programs"][draw["program"]]["fragment"] == "lighting.frag"
    )
    assert not [name for name in lighting["values"] if name.startswith("uLight")]
    assert {"LIGHTS", "SHADOWS", "VOLUMES", "GLOSS"} <= set(
        header["programs"][lighting["program"]]["defines"]
    )
    assert all("uVP" not in draw["values"] for draw in header["casters"]["open"])
    assert all("uVP" in draw["values"] for draw in header["geometry"])


def test_tape_refuses_what_the_browser_cannot_repeat() -> None:
    tape = Tape()
    with pytest.raises(NotImplementedError):
        tape.enable(1)  # blending
    with pytest.raises(AttributeError):
        tape.scissor = (0, 0, 1, 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kind", "quality"), [("office", "preview"), ("street", "draft")])
def test_browser_hangs_the_same_rig(
    kind: str, quality: str, packet_data: Callable[..., PacketData], tmp_path: Path
) -> None:
    rolldown = live_page.tool("rolldown")
    if rolldown is None:
        pytest.skip("the front-end's packages are not installed")
    source = live_page.FRONTEND / "src/previs/rig.ts"
    subprocess.run(
        [rolldown, source, "--file", tmp_path / "rig.mjs"], cwd=tmp_path, check=True, capture_output=True
    )
    (tmp_path / "check.mjs").write_text(CHECK)
    packet = Packet.from_json(packet_data(set={"kind": kind}, quality=quality))
    wanted = cases(packet, 60, seed=11)
    done = subprocess.run(
        ["node", "check.mjs"],
        cwd=tmp_path,
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == len(wanted["cases"])
    for have, case in zip(found, wanted["cases"], strict=True):
        _assert_same(have, {name: case[name] for name in have}, str(case["dial"]))
    assert any(case["counts"]["SHADOWS"] > 1 for case in wanted["cases"])


def _assert_same(have: Any, want: Any, where: str) -> None:
    if isinstance(want, dict):
        assert set(have) == set(want), where
        for name in want:
            _assert_same(have[name], want[name], f"{name} of {where}")
    elif isinstance(want, list):
        assert len(have) == len(want), where
        for a, b in zip(have, want, strict=True):
            _assert_same(a, b, where)
    else:
        assert math.isclose(have, want, rel_tol=1e-4, abs_tol=2e-5), f"{have} is not {want}: {where}"


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the built front-end, and the address of its script."""
    if live_page.tool("vite") is None:
        pytest.skip("the front-end's packages are not installed")
    folder = tmp_path_factory.mktemp("live")
    return folder, live_page.build(folder)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser with a software rasteriser."""
    from playwright.sync_api import sync_playwright

    path = next(
        (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
    )
    if path is None:
        pytest.skip("no Chromium is installed")
    if not health().ok:
        pytest.skip("nothing can be drawn on the server's side")
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-dev-shm-usage", *live_page.SOFTWARE]
        running = playwright.chromium.launch(executable_path=path, args=switches)
        yield running
        running.close()


def _pixels(page: Any) -> Any:
    data = page.evaluate("document.querySelector('canvas').toDataURL()").split(",")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), float)


def _settled(page: Any) -> None:
    page.locator("[data-state=settled]").wait_for(timeout=40_000)


DIALS: tuple[tuple[str, PacketData], ...] = (
    ("office", {}),
    ("street", {"atmosphere": {"kind": "rain", "density": 50}}),
    ("street", {"mood": "high_key", "time_of_day": "afternoon", "lights": [
        {"position": "right", "role": "key", "intensity": 80, "kelvin": 3200, "softness": "hard"},
        {"position": "back", "role": "hair", "intensity": 60, "gel": "#3355cc"}]}),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "changes"), DIALS, ids=["office", "rain", "day"])
def test_browser_draws_what_the_server_draws(
    kind: str,
    changes: PacketData,
    chromium: Any,
    script: tuple[Path, str],
    packet_data: Callable[..., PacketData],
    tmp_path: Path,
) -> None:
    folder, address = script
    packet = Packet.from_json(
        packet_data(set={"kind": kind}, quality="preview", width=480, height=270, **changes)
    )
    render_still(packet, tmp_path / "server.png")
    wanted = np.asarray(Image.open(tmp_path / "server.png").convert("RGB"), float)
    live_page.write(folder, f"/static{address}", stage_bundle(packet))
    with live_page.served(folder) as url:
        page = chromium.new_page(viewport={"width": 800, "height": 600})
        page.goto(url)
        _settled(page)
        found = _pixels(page)
        page.close()
    assert found.shape == wanted.shape
    assert wanted.std() > 8
    assert np.abs(found - wanted).mean() <= ALLOWED


@pytest.mark.slow
def test_moved_light_is_the_server_s_picture_of_it(
    chromium: Any, script: tuple[Path, str], packet_data: Callable[..., PacketData], tmp_path: Path
) -> None:
    """The stage was packed for one rig; the dial asks for another, with another number of lamps and shadows."""
    folder, address = script
    moved = [
        {"position": "right", "role": "key", "elevation": "eye", "intensity": 90, "kelvin": 3200, "softness": "hard"},
        {"position": "left", "role": "rim", "elevation": "top", "intensity": 70, "kelvin": 9000, "softness": "soft"},
        {"position": "front", "role": "practical", "elevation": "eye", "intensity": 80, "kelvin": 3200,
         "softness": "soft", "gel": "#60c040"},
    ]  # fmt: skip
    size = {"set": {"kind": "office"}, "width": 320, "height": 180}
    render_still(Packet.from_json(packet_data(**size, lights=moved)), tmp_path / "server.png")
    wanted = np.asarray(Image.open(tmp_path / "server.png").convert("RGB"), float)
    live_page.write(folder, f"/static{address}", stage_bundle(Packet.from_json(packet_data(**size))))
    with live_page.served(folder) as url:
        page = chromium.new_page(viewport={"width": 800, "height": 600})
        page.goto(url)
        _settled(page)
        before = _pixels(page)
        page.evaluate(
            """rig => { const field = document.querySelector('[name=rig]'); field.value = rig
            field.dispatchEvent(new CustomEvent('slate:rig', { bubbles: true })) }""",
            json.dumps(moved),
        )
        page.locator("[data-frame='2']").wait_for(timeout=10_000)
        _settled(page)
        found = _pixels(page)
        page.close()
    assert np.abs(found - before).mean() > 2 * ALLOWED
    assert np.abs(found - wanted).mean() <= ALLOWED


@pytest.mark.slow
def test_without_webgl_the_page_says_so(
    script: tuple[Path, str], chromium: Any, packet_data: Callable[..., PacketData]
) -> None:
    folder, address = script
    live_page.write(folder, f"/static{address}", b"")
    with live_page.served(folder) as url:
        page = chromium.new_page()
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.goto(url)
        page.locator("[data-state=missing]").wait_for()
        assert "drawn on the server" in page.inner_text("[data-live-words]")
        assert page.locator("canvas").is_hidden()
        page.close()


@pytest.mark.slow
def test_lost_context_is_said_and_made_up_for(
    script: tuple[Path, str], chromium: Any, packet_data: Callable[..., PacketData]
) -> None:
    folder, address = script
    live_page.write(folder, f"/static{address}", stage_bundle(Packet.from_json(packet_data(**EMPTY))))
    with live_page.served(folder) as url:
        page = chromium.new_page()
        page.goto(url)
        _settled(page)
        before = _pixels(page)
        page.evaluate(
            """window.lose = document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context')
            window.lose.loseContext()"""
        )
        page.locator("[data-state=lost]").wait_for()
        assert page.locator("canvas").is_hidden()
        page.evaluate("window.lose.restoreContext()")
        _settled(page)
        assert np.array_equal(_pixels(page), before)
        page.close()
