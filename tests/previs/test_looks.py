"""Each look has its mark, and the burn-in can be read in any aspect and script."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from craft.previs import Packet, health, render_still
from craft.previs.burn_in import overlay, strip_height
from craft.previs.fonts import runs, width
from craft.previs.passes import render_passes

needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")
W, H = 320, 180


@pytest.fixture(scope="module")
def pictures(packet_data, tmp_path_factory):
    """The same frame in every look, and its segments."""
    folder = tmp_path_factory.mktemp("looks")
    drawn = {}
    for look in ("cinematic", "clay", "toon", "blueprint"):
        data = packet_data(
            width=W, height=H, frames=1, set={"kind": "office"}, look=look, camera={"size": "mws"}
        )
        packet = Packet.from_json(data)
        drawn[look] = np.asarray(Image.open(render_still(packet, folder / f"{look}.png").path), float)
    render_passes(packet, folder, ("segments",), frames=[0])
    return drawn, np.asarray(Image.open(folder / "segments.png")).astype(int)


def _outline(segments):
    """Pixels of a figure that touch something else."""
    figure = segments >= 40
    inner = figure.copy()
    inner[1:-1, 1:-1] = figure[:-2, 1:-1] & figure[2:, 1:-1] & figure[1:-1, :-2] & figure[1:-1, 2:]
    return figure & ~inner, inner


@needs_egl
def test_looks_differ_from_each_other(pictures):
    drawn, _segments = pictures
    names = list(drawn)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(drawn[one] - drawn[other]).mean() > 8, (one, other)


@needs_egl
def test_clay_is_grey_and_still_lit(pictures):
    clay = pictures[0]["clay"]
    assert (clay.max(-1) - clay.min(-1)).max() <= 3
    assert clay.std() > 20


@needs_egl
def test_toon_has_dark_ink_round_figures_and_few_tones_within(pictures):
    drawn, segments = pictures
    line, inner = _outline(segments)
    grey = drawn["toon"].mean(-1)
    assert np.median(grey[line]) < 60
    assert np.median(grey[line]) < 0.5 * np.median(grey[inner])
    assert np.median(drawn["cinematic"].mean(-1)[line]) > 0.6 * np.median(drawn["cinematic"].mean(-1)[inner])


@needs_egl
def test_blueprint_is_white_lines_on_blue_with_a_grid(pictures):
    drawn, segments = pictures
    sheet = drawn["blueprint"]
    line, _inner = _outline(segments)
    red, _green, blue = np.median(sheet.reshape(-1, 3), 0)
    assert blue > 80 and blue > 3 * red
    assert sheet[line].mean() > 170
    rows = sheet[..., 0][(segments[:, :3] < 40).all(1), :3].mean(1)
    assert (rows > np.median(rows) + 3).mean() > 0.05, "lines of the grid"


@needs_egl
@pytest.mark.parametrize(("size"), [(320, 180), (180, 320), (240, 240), (382, 160)])
def test_burn_in_is_a_legible_strip_in_any_aspect(packet_data, tmp_path, size):
    wide, high = size
    frames = {}
    for text in (None, "S01 · 7A", "S01 · 7B"):
        data = packet_data(width=wide, height=high, frames=1, time_of_day="noon", burn_in=text)
        packet = Packet.from_json({k: v for k, v in data.items() if v is not None})
        frames[text] = np.asarray(Image.open(render_still(packet, tmp_path / "still.png").path), float)
    tall = strip_height(wide, high)
    plain, first, second = frames.values()
    assert np.abs(plain - first)[:-tall].max() == 0
    strip = first[-tall:]
    assert np.median(strip) < 60
    assert strip.max() > 170
    changed = np.nonzero(np.abs(first - second).max((0, 2)) > 30)[0]
    assert len(changed) and changed.max() < wide * 0.6
    mark = strip[:, int(wide * 0.75) :]
    orange = (mark[..., 0] > 130) & (mark[..., 2] < 0.75 * mark[..., 0])
    assert orange.sum() > 20


def _drawn(text):
    return np.frombuffer(overlay(text, 640, 360), np.uint8).reshape(360, 640, 4)


@pytest.mark.parametrize("text", ["Сцена 7", "Ακολουθία", "المشهد ٧", "दृश्य ७", "ฉากที่ ๗"])
def test_scripts_are_drawn_in_a_font_that_has_them(text):
    fonts = {font.getname()[0] for stretch, font in runs(text, 20) if not stretch.isascii()}
    missing = width("\u0378", 20)
    assert fonts
    if not fonts - {"Aileron"}:
        pytest.skip("no font of this script is installed")
    assert width(text, 20) != pytest.approx(missing * len(text))
    letters = _drawn(text)[-20:, :320, :3].max(-1)
    assert (letters > 120).sum() > 60


def test_text_that_is_too_long_loses_its_middle_and_keeps_its_ends():
    text = "Series three, the long winter, scene 114, " * 4 + "take 9"
    whole = _drawn(text)
    assert (whole[-20:, 570:, 0] > 200).any(), "PREVIS has its place"
    gap = whole[-19:-2, 535:580, :3].max((0, 2))
    assert (gap == 0).any()


def test_line_breaks_do_not_leave_the_strip():
    assert (_drawn("one\ntwo") == _drawn("one two")).all()
