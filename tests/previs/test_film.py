"""What is drawn: light direction and colour, fog, lips, stills against clips, exact files, and the card."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading

import moderngl
import numpy as np
import pytest
from PIL import Image

from craft.previs import (
    Packet,
    PacketError,
    PrevisCancelled,
    board_card,
    health,
    render_clip,
    render_lips,
    render_still,
)
from craft.previs.checks import refuse_too_large
from craft.previs.coarse import coarse
from craft.previs.errors import BlankFrame, TooLarge
from craft.previs.figure import FigureSpec, build_figure
from craft.previs.renderer import Renderer

needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")


def _draw(data, tmp_path, frame=0):
    result = render_still(Packet.from_json(data), tmp_path / "still.png", frame=frame)
    return result, np.asarray(Image.open(result.path).convert("RGB"), np.float64)


def _face(data, tmp_path):
    """Pixels of the lower face: a box round the mouth, widened to the cheeks."""
    result, picture = _draw(data, tmp_path)
    x0, y0, x1, y1 = result.mouth_boxes["ada"]
    h, w, _ = picture.shape
    grow = (x1 - x0) * 0.45
    return picture[int((y0 - grow * 1.2) * h) : int(y1 * h), int((x0 - grow) * w) : int((x1 + grow) * w)]


def _frontal(packet_data, **changes):
    data = packet_data(
        width=256,
        height=144,
        frames=1,
        camera={"size": "cu", "azimuth": 0},
        set={"kind": "office"},
        **changes,
    )
    data["characters"] = [
        {
            **data["characters"][0],
            "gaze": "ahead",
            "hair": {"style": "bald", "colour": "#221610"},
            "skin": "#c89070",
        }
    ]
    return data


def _key(position, kelvin=5000):
    return [
        {
            "position": position,
            "role": "key",
            "elevation": "eye",
            "intensity": 60,
            "kelvin": kelvin,
            "softness": "medium",
        }
    ]


@needs_egl
def test_key_from_the_left_lights_the_left_of_the_face(packet_data, tmp_path):
    ratio = {}
    for side in ("left", "right"):
        face = _face(_frontal(packet_data, lights=_key(side)), tmp_path)
        middle = face.shape[1] // 2
        ratio[side] = face[:, :middle].mean() / face[:, middle:].mean()
    assert ratio["left"] > 1.2
    assert ratio["right"] < 0.8


@needs_egl
def test_kelvin_shifts_red_against_blue(packet_data, tmp_path):
    def balance(kelvin):
        face = _face(_frontal(packet_data, lights=_key("front", kelvin)), tmp_path)
        return face[..., 0].mean() / face[..., 2].mean()

    warm, neutral, cold = balance(2400), balance(5600), balance(9500)
    assert warm > neutral * 1.15 > cold * 1.2


@needs_egl
def test_more_intensity_is_brighter_and_more_fill_is_flatter(packet_data, tmp_path):
    def face(intensity, ratio):
        lights = [{**_key("left")[0], "intensity": intensity}]
        return _face(_frontal(packet_data, lights=lights, fill_stops=math.log2(ratio)), tmp_path)

    assert face(90, 4).mean() > face(25, 4).mean() * 1.15

    def contrast(pixels):
        middle = pixels.shape[1] // 2
        return pixels[:, :middle].mean() / pixels[:, middle:].mean()

    assert contrast(face(60, 16)) > contrast(face(60, 1)) * 1.2


@needs_egl
def test_fog_lifts_the_blacks_and_lowers_contrast(packet_data, tmp_path):
    _r, clear = _draw(packet_data(frames=1, camera={"size": "ws"}), tmp_path)
    _r, foggy = _draw(
        packet_data(frames=1, camera={"size": "ws"}, atmosphere={"kind": "fog", "density": 90}), tmp_path
    )
    assert np.percentile(foggy, 5) > np.percentile(clear, 5) + 4
    assert foggy.std() < clear.std() * 0.85


@needs_egl
@pytest.mark.parametrize(("kind", "least"), [("rain", 0.3), ("snow", 1.0)])
def test_weather_moves_between_frames_of_a_static_shot(packet_data, tmp_path, kind, least):
    data = packet_data(
        characters=[],
        visemes=[],
        camera={"subjects": [], "size": "ws"},
        atmosphere={"kind": kind, "density": 80},
    )
    _r, one = _draw(data, tmp_path, 0)
    _r, two = _draw(data, tmp_path, 5)
    assert np.abs(one - two).mean() > least


@needs_egl
def test_open_mouth_differs_from_closed_in_the_mouth_box_only(packet_data, tmp_path):
    pictures = {}
    for viseme in ("closed", "open"):
        data = _frontal(packet_data, visemes=[{"character": "ada", "cues": [[0, viseme], [900, viseme]]}])
        data["frames"] = 12
        result, pictures[viseme] = _draw(data, tmp_path, 8)
    change = np.abs(pictures["open"] - pictures["closed"]).mean(-1)
    h, w = change.shape
    x0, y0, x1, y1 = result.mouth_boxes["ada"]
    inside = change[int(y0 * h) : int(y1 * h), int(x0 * w) : int(x1 * w)].mean()
    assert inside > 8
    assert inside > 6 * change[: int(y0 * h * 0.7)].mean()


@needs_egl
def test_still_is_the_clips_first_frame_and_the_clip_is_exact(packet_data, tmp_path):
    data = packet_data(
        width=320,
        height=180,
        frames=9,
        rate="24000/1001",
        camera={"movement": "dolly", "direction": "in"},
        burn_in="SHOT 7",
    )
    packet = Packet.from_json(data)
    still = render_still(packet, tmp_path / "still.png")
    ticks = []
    clip = render_clip(
        packet, tmp_path / "clip.mp4", progress=lambda done, total: ticks.append((done, total))
    )
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(clip.path)],
        capture_output=True, check=True,
    )  # fmt: skip
    stream = json.loads(probe.stdout)["streams"][0]
    assert (stream["nb_read_frames"], stream["r_frame_rate"]) == ("9", "24000/1001")
    assert (stream["width"], stream["height"], stream["pix_fmt"], stream["codec_name"]) == (
        320,
        180,
        "yuv420p",
        "h264",
    )
    assert (stream["color_space"], stream["color_primaries"], stream["color_transfer"]) == ("bt709",) * 3
    raw = subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            str(clip.path),
            "-frames:v",
            "1",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-",
        ],
        capture_output=True,
        check=True,
    )
    first = np.frombuffer(raw.stdout, np.uint8).reshape(180, 320, 3).astype(float)
    difference = np.abs(first - np.asarray(Image.open(still.path).convert("RGB"), float))
    assert difference.mean() < 3.0
    assert ticks == [(n, 9) for n in range(1, 10)]
    assert len(clip.mouth_boxes) == len(clip.subject_boxes) == len(clip.camera_path) == 9
    assert clip.mouth_boxes[0]["ada"] == still.mouth_boxes["ada"]
    assert clip.camera_path[0]["eye"] != clip.camera_path[-1]["eye"]


@needs_egl
def test_same_packet_gives_the_same_bits(packet_data, tmp_path):
    data = packet_data(atmosphere={"kind": "rain", "density": 50})
    _r, one = _draw(data, tmp_path, 7)
    _r, other = _draw(packet_data(set={"kind": "office"}), tmp_path, 3)
    _r, again = _draw(data, tmp_path, 7)
    assert (one == again).all()
    assert not (one == other).all()


@needs_egl
def test_characters_keep_their_colours(packet_data, tmp_path):
    data = packet_data(width=256, height=144, frames=1, lights=_key("front"), time_of_day="noon")
    data["characters"][0]["wardrobe"] = {"garment": "tee", "top": "#20a040", "accent": "#20a040"}
    result, picture = _draw(data, tmp_path)
    x0, _y0, x1, _y1 = result.boxes["ada"]
    h, w, _ = picture.shape
    shirt = picture[
        int(0.62 * h) : int(0.75 * h), int((x0 + x1) / 2 * w) - 6 : int((x0 + x1) / 2 * w) + 6
    ].mean((0, 1))
    assert shirt[1] > shirt[0] * 1.5 and shirt[1] > shirt[2] * 1.3


@needs_egl
def test_cancelled_clip_leaves_nothing_behind(packet_data, tmp_path):
    calls = iter([False, False, True])
    with pytest.raises(PrevisCancelled):
        render_clip(Packet.from_json(packet_data()), tmp_path / "clip.mp4", cancelled=lambda: next(calls))
    assert list(tmp_path.iterdir()) == []


@needs_egl
def test_frame_outside_the_packet_is_refused(packet_data, tmp_path):
    with pytest.raises(PacketError) as refused:
        render_still(Packet.from_json(packet_data()), tmp_path / "still.png", frame=12)
    assert refused.value.path == "frames"


@needs_egl
def test_lips_need_their_plate_and_keep_its_length(packet_data, tmp_path):
    packet = Packet.from_json(packet_data(frames=4, visemes=[{"character": "ada", "cues": [[0, "open"]]}]))
    with pytest.raises(PacketError):
        render_lips(tmp_path / "absent.mp4", packet, tmp_path / "lips.mp4")
    plate = render_clip(packet, tmp_path / "plate.mp4")
    assert render_lips(plate.path, packet, tmp_path / "lips.mp4").frames == 4


def test_board_card_shows_each_size_differently(packet_data, tmp_path):
    cards = {}
    for size in ("fs", "cu"):
        result = board_card(
            Packet.from_json(packet_data(camera={"size": size, "movement": "dolly", "direction": "in"})),
            tmp_path / f"{size}.png",
        )
        assert result.card
        cards[size] = np.asarray(Image.open(result.path), float)
    assert cards["fs"].shape == (72, 128, 3)
    assert np.abs(cards["fs"] - cards["cu"]).mean() > 10


_WITHOUT_EGL = """
import json, sys
from pathlib import Path
import moderngl
def refuse(*a, **k): raise Exception("libEGL.so.1 not found")
moderngl.create_context = refuse
from craft.previs import Packet, PrevisUnavailable, board_card, health, render_still
packet = Packet.from_json(json.loads(sys.argv[1]))
found = health()
assert not found.ok and "libegl1" in found.message, found
try:
    render_still(packet, Path(sys.argv[2]))
except PrevisUnavailable as error:
    assert error.code == "previs.unavailable"
else:
    raise SystemExit("drew without EGL")
board_card(packet, Path(sys.argv[2]))
"""


def test_without_egl_health_says_so_and_the_card_is_still_drawn(packet_data, tmp_path):
    out = tmp_path / "card.png"
    subprocess.run(
        [sys.executable, "-c", _WITHOUT_EGL, json.dumps(packet_data()), str(out)], check=True, env=os.environ
    )
    assert Image.open(out).size == (128, 72)


@needs_egl
def test_command_line_draws_without_django(packet_data, tmp_path):
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps(packet_data(frames=1)))
    program = "import runpy, sys; sys.modules['django'] = None; runpy.run_module('craft.previs', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", program, "render", str(scene), "-o", str(tmp_path / "frame.png")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert Image.open(tmp_path / "frame.png").size == (128, 72)
    scene.write_text("{}")
    refused = subprocess.run(
        [sys.executable, "-m", "craft.previs", "render", str(scene), "-o", str(tmp_path / "no.png")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1 and "required" in refused.stderr
    assert not (tmp_path / "no.png").exists()


@needs_egl
def test_another_thread_draws_the_same_picture(packet_data, tmp_path):
    packet = Packet.from_json(packet_data(frames=1))
    render_still(packet, tmp_path / "here.png")
    thread = threading.Thread(target=render_still, args=(packet, tmp_path / "there.png"))
    thread.start()
    thread.join(30)
    assert (tmp_path / "here.png").read_bytes() == (tmp_path / "there.png").read_bytes()


_AFTER_FORK = """
import os
from craft.previs import health
assert health().ok
child = os.fork()
if child == 0:
    os._exit(0 if "forked" in health().message else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@needs_egl
def test_a_fork_of_a_drawing_process_is_refused_instead_of_hanging():
    subprocess.run([sys.executable, "-c", _AFTER_FORK], check=True, timeout=60)


def _dark(packet_data, level):
    lights = [{"position": "front", "role": "key", "intensity": level, "kelvin": 5000}]
    return Packet.from_json(packet_data(frames=2, lights=lights))


@needs_egl
@pytest.mark.parametrize(("what", "path"), [("black", "camera"), ("not a number", "lights")])
def test_blank_first_frame_is_refused_and_leaves_no_clip(packet_data, tmp_path, monkeypatch, what, path):
    if what == "black":
        monkeypatch.setattr(Renderer, "frame", lambda self, *_: bytes(self.width * self.height * 3))
    else:
        monkeypatch.setattr(Renderer, "radiance", lambda self: np.array([0.2, np.nan], np.float32))
    for draw, name in ((render_clip, "clip.mp4"), (render_still, "still.png")):
        with pytest.raises(BlankFrame, match=f"^{path}: .*{what}") as refused:
            draw(_dark(packet_data, 50), tmp_path / name)
        assert (refused.value.code, refused.value.path) == ("previs.blank", path)
    assert list(tmp_path.iterdir()) == []


@needs_egl
def test_a_rig_of_lamps_that_are_off_may_be_black(packet_data, tmp_path, monkeypatch):
    monkeypatch.setattr(Renderer, "frame", lambda self, *_: bytes(self.width * self.height * 3))
    assert render_clip(_dark(packet_data, 0), tmp_path / "clip.mp4").frames == 2


def test_frames_too_large_for_memory_are_refused_before_anything_is_made(packet_data, tmp_path, monkeypatch):
    monkeypatch.setattr(Renderer, "__init__", lambda *_: pytest.fail("something was made"))
    for quality in ("draft", "cinematic"):
        packet = Packet.from_json(packet_data(width=4096, height=4096, quality=quality))
        with pytest.raises(TooLarge, match=r"^width: 4096x4096 needs \d+ MiB to draw, the limit is 640 MiB"):
            render_still(packet, tmp_path / "still.png")
        refuse_too_large(Packet.from_json(packet_data(width=3840, height=2160, quality=quality)))


@needs_egl
@pytest.mark.parametrize("error", [MemoryError(), moderngl.Error("GL_OUT_OF_MEMORY: out of memory")])
def test_out_of_memory_while_drawing_names_the_frame_size(packet_data, tmp_path, monkeypatch, error):
    packet = Packet.from_json(packet_data(frames=2))

    def fail(*_):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Renderer, "frame", fail)
        with pytest.raises(TooLarge, match="width: 128x72 does not fit"):
            render_clip(packet, tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []
    assert render_clip(packet, tmp_path / "clip.mp4").frames == 2, "the next one is drawn again"


_ALONE = """
import json, sys
from pathlib import Path
from craft.previs import Packet, render_still
render_still(Packet.from_json(json.loads(sys.argv[1])), Path(sys.argv[2]), frame=3)
"""


def _alone(data, folder, changes):
    """A frame drawn by another process with an empty mesh cache; ``changes`` None is `env -i`."""
    folder.mkdir()
    root = {"PYTHONPATH": os.pathsep.join(sys.path), "SLATE_CACHE": str(folder / "cache")}
    environment = root if changes is None else {**os.environ, **root, **changes}
    out = folder / "frame.png"
    subprocess.run([sys.executable, "-c", _ALONE, json.dumps(data), str(out)], check=True, env=environment)
    return np.asarray(Image.open(out).convert("RGB"), float)


@needs_egl
@pytest.mark.parametrize("changes", [None, {"NPY_DISABLE_CPU_FEATURES": "X86_V4"}, {"LP_NUM_THREADS": "2"}])
def test_other_environments_draw_the_same_within_tolerance(packet_data, tmp_path, changes):
    data = packet_data(set={"kind": "office"})
    data["characters"] = [{**data["characters"][0], "gaze": "ahead"}]
    difference = np.abs(_alone(data, tmp_path / "here", {}) - _alone(data, tmp_path / "there", changes))
    assert difference.mean() < 1.0
    assert np.percentile(difference, 99.5) < 8


def test_a_figures_shadow_is_cast_by_fewer_triangles_of_the_same_shape():
    figure = build_figure(FigureSpec("average", "short", "suit", 0.56))
    caster = coarse(figure.mesh, 0.018)
    assert len(caster.triangles) < 0.6 * len(figure.mesh.triangles)
    for side in ("min", "max"):
        whole, rough = (getattr(g.vertices["pos"], side)(0) for g in (figure.mesh, caster))
        assert np.abs(whole - rough).max() < 0.012
    assert (coarse(figure.mesh, 0.018).triangles == caster.triangles).all()
