"""Passes hold what they say: distances, directions, numbers, motion, and the camera in two formats."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest
from PIL import Image

from craft.previs import Packet, PacketError, PrevisCancelled, health, render_still
from craft.previs.camera_export import quaternion
from craft.previs.encoder import GREY16, Encoder
from craft.previs.passes import MOTION_SCALE, MOTION_ZERO, NOTHING, render_passes
from craft.previs.shot import plan_shot
from craft.previs.spatial import euler, invert4
from craft.previs.uniforms import View

needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")
W, H = 160, 90


def _packet(packet_data, **changes):
    return Packet.from_json(packet_data(**{"width": W, "height": H, "set": {"kind": "office"}, **changes}))


def _matrix(rows):
    return np.array(rows).reshape(4, 4)


def _raw(path, pixels, shape, kind):
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", pixels, "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, kind).reshape(shape)


def _still(packet, folder, wanted, frame=0):
    render_passes(packet, folder, wanted, frames=[frame])
    pictures = {name: np.asarray(Image.open(folder / f"{name}.png")) for name in wanted if name != "camera"}
    return pictures, json.loads((folder / "passes.json").read_text())


@needs_egl
def test_depth_puts_the_floor_where_it_is(packet_data, tmp_path):
    packet = _packet(packet_data, frames=1, camera={"size": "fs", "angle": "high_angle"})
    found, about = _still(packet, tmp_path, ("depth", "normals", "segments", "camera"))
    camera = json.loads((tmp_path / "camera.json").read_text())["frames"][0]
    z = found["depth"].astype(float) * about["depth"]["metres_per_unit"]
    projection, world = _matrix(camera["projection"]), _matrix(camera["world"])
    x = ((np.arange(W) + 0.5) / W * 2 - 1)[None, :] * z / projection[0, 0]
    y = (1 - (np.arange(H) + 0.5) / H * 2)[:, None] * z / projection[1, 1]
    seen = np.stack([x, y, -z, np.ones_like(z)], -1)
    height = (seen * world[1]).sum(-1)
    normals = found["normals"].astype(float) / 127.5 - 1
    up = (normals * world[1, :3]).sum(-1)
    floor = found["segments"] == np.bincount(found["segments"][(up > 0.98) & (height < 0.1)]).argmax()
    assert floor.sum() > 200
    assert np.abs(height[floor]).max() < 0.012


@needs_egl
def test_normals_face_the_lens_and_are_unit_long(packet_data, tmp_path):
    packet = _packet(packet_data, frames=1, camera={"size": "ms"})
    found, _about = _still(packet, tmp_path, ("normals", "depth"))
    n = found["normals"].astype(float) / 127.5 - 1
    there = found["depth"] != NOTHING
    assert np.allclose(np.sqrt((n[there] ** 2).sum(-1)), 1, atol=0.02)
    assert n[there][:, 2].min() > -0.4
    assert (n[there][:, 2] > -0.05).mean() > 0.97


@needs_egl
def test_segments_are_named_in_the_legend_and_lie_in_the_projected_boxes(packet_data, tmp_path):
    camera = {"size": "ws", "framing": "two_shot", "subjects": ["ada", "ben"], "azimuth": 0}
    packet = _packet(packet_data, frames=1, camera=camera)
    result = render_passes(packet, tmp_path, ("segments",), frames=[0])
    segments = np.asarray(Image.open(tmp_path / "segments.png"))
    boxes = render_still(packet, tmp_path / "still.png").boxes
    assert set(np.unique(segments)) <= set(result.legend)
    for name in ("ada", "ben"):
        (number,) = (
            n for n, entry in result.legend.items() if (entry["kind"], entry["id"]) == ("character", name)
        )
        rows, columns = np.nonzero(segments == number)
        box = boxes[name]
        assert box is not None
        x0, y0, x1, y1 = box
        assert (columns.min() / W, rows.min() / H) == (
            pytest.approx(x0, abs=0.05),
            pytest.approx(y0, abs=0.08),
        )
        assert (columns.max() / W, rows.max() / H) == (
            pytest.approx(x1, abs=0.05),
            pytest.approx(y1, abs=0.08),
        )


@needs_egl
def test_numbers_of_characters_do_not_depend_on_who_is_in_the_frame(packet_data, tmp_path):
    packet = _packet(packet_data, frames=1, camera={"size": "cu", "subjects": ["ben"], "framing": "clean"})
    result = render_passes(packet, tmp_path, ("segments",), frames=[0])
    segments = np.asarray(Image.open(tmp_path / "segments.png"))
    shown = {
        result.legend[int(n)]["id"]
        for n in np.unique(segments)
        if result.legend[int(n)]["kind"] == "character"
    }
    assert shown == {"ben"}
    assert [n for n, e in result.legend.items() if e["id"] == "ben"] == [41]


def _motion(folder):
    raw = np.asarray(_raw(folder / "motion.mkv", "gbrp16le", (-1, 3, H, W), "<u2"), float)
    return (raw[:, (2, 0)] - MOTION_ZERO) / MOTION_SCALE


@needs_egl
def test_motion_tells_where_each_pixel_was_in_the_frame_before(packet_data, tmp_path):
    camera = {"size": "ms", "movement": "truck", "direction": "right", "speed": "fast"}
    packet = _packet(packet_data, frames=9, rate="12", look="clay", camera=camera)
    render_passes(packet, tmp_path, ("motion",))
    before, after = (
        np.asarray(Image.open(render_still(packet, tmp_path / f"{n}.png", frame=n).path).convert("L"), float)
        for n in (4, 5)
    )
    dx, dy = _motion(tmp_path)[5]
    assert np.abs(dx).mean() > 1
    rows, columns = np.mgrid[0:H, 0:W]
    x, y = np.rint(columns - dx).astype(int), np.rint(rows - dy).astype(int)
    inside = (x >= 0) & (x < W) & (y >= 0) & (y < H)
    warped = before[y.clip(0, H - 1), x.clip(0, W - 1)]
    assert np.abs(warped - after)[inside].mean() < 0.55 * np.abs(before - after)[inside].mean()


@needs_egl
def test_only_people_move_before_a_still_camera_and_frame_0_has_not_moved(packet_data, tmp_path):
    data = packet_data(
        width=W, height=H, frames=8, set={"kind": "office"}, camera={"size": "ms", "movement": "static"}
    )
    data["characters"][0]["pose"] = "talk"
    data["visemes"] = [{"character": "ada", "cues": [[i * 90, "open"] for i in range(20)]}]
    packet = Packet.from_json(data)
    render_passes(packet, tmp_path, ("motion", "segments"))
    moved = np.abs(_motion(tmp_path)).max(1)
    segments = _raw(tmp_path / "segments.mkv", "gray", (-1, H, W), np.uint8)
    assert moved[0].max() == 0
    assert moved[6][segments[6] == 40].max() > 0.02
    assert moved[6][segments[6] < 40].max() == 0


@needs_egl
def test_camera_path_is_the_renderers_in_json_and_gltf(packet_data, tmp_path):
    packet = _packet(
        packet_data, frames=6, camera={"size": "ms", "movement": "arc", "direction": "cw", "roll_degrees": 7}
    )
    render_passes(packet, tmp_path, ("camera",))
    told = json.loads((tmp_path / "camera.json").read_text())
    shot = plan_shot(packet)
    for number, frame in enumerate(told["frames"]):
        view, projection = _matrix(frame["view"]), _matrix(frame["projection"])
        assert np.allclose((projection[:, :, None] * view[None]).sum(1), View.of(shot, number).vp, atol=1e-9)
        assert np.allclose(_matrix(frame["world"]), invert4(view), atol=1e-9)
    document = json.loads((tmp_path / "camera.gltf").read_text())
    data = (tmp_path / "camera.bin").read_bytes()
    assert document["asset"]["version"] == "2.0"
    assert document["buffers"] == [{"uri": "camera.bin", "byteLength": len(data)}]
    lens = document["cameras"][0]["perspective"]
    assert lens["yfov"] == pytest.approx(np.radians(told["frames"][0]["fov_y"]))
    assert lens["aspectRatio"] == pytest.approx(W / H)
    spots, turns = (_channel(document, data, 0, path) for path in ("translation", "rotation"))
    for frame, spot, turn in zip(told["frames"], spots, turns, strict=True):
        world = _matrix(frame["world"])
        assert np.allclose(spot, world[:3, 3], atol=1e-5)
        assert np.allclose(_turned(turn), world[:3, :3], atol=1e-5)
    assert {node["name"] for node in document["nodes"]} == {"camera", *(a.spec.id for a in shot.drawn)}


def _channel(document, data, node, path):
    animation = document["animations"][0]
    channel = next(c for c in animation["channels"] if c["target"] == {"node": node, "path": path})
    accessor = document["accessors"][animation["samplers"][channel["sampler"]]["output"]]
    view = document["bufferViews"][accessor["bufferView"]]
    size = {"VEC3": 3, "VEC4": 4}[accessor["type"]]
    assert view["byteOffset"] % 4 == 0
    values = np.frombuffer(data, np.float32, accessor["count"] * size, view["byteOffset"]).reshape(-1, size)
    assert np.allclose(accessor["min"], values.min(0)) and np.allclose(accessor["max"], values.max(0))
    return values


def _turned(q):
    x, y, z, w = (float(v) for v in q)
    return np.array(
        (
            (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
        )
    )


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (12, 170, 3), (-80, -100, 40), (0, 180, 0), (179, 5, 0), (0, 0, 180)]
)
def test_quaternions_turn_as_their_matrices(angles):
    turn = euler(*angles)
    assert np.allclose(_turned(quaternion(turn)), turn, atol=1e-9)


@needs_egl
def test_clips_are_lossless_and_engines_get_previews(packet_data, tmp_path):
    packet = _packet(packet_data, frames=3, camera={"movement": "dolly", "direction": "in"})
    result = render_passes(packet, tmp_path, ("depth", "normals", "beauty"))
    assert [p.name for p in result.files["depth"]] == ["depth.mkv", "depth.mp4"]
    clip = _raw(tmp_path / "depth.mkv", "gray16le", (3, H, W), "<u2")
    still = tmp_path / "still"
    found, _about = _still(packet, still, ("depth",), 1)
    assert (clip[1] == found["depth"]).all()
    shown = _raw(tmp_path / "depth.mp4", "gray", (3, H, W), np.uint8)[1].astype(float)
    metres = clip[1] / 1000
    wanted = ((1 / metres - 1 / result.far_m) / (1 / result.near_m - 1 / result.far_m)).clip(0, 1) * 255
    assert np.abs(shown - wanted).mean() < 4
    assert json.loads((tmp_path / "passes.json").read_text())["files"]["beauty"] == ["beauty.mp4"]


def test_lossless_form_gives_back_every_value(tmp_path):
    values = np.arange(64 * 32, dtype="<u2").reshape(32, 64) * 31
    with Encoder(tmp_path / "ramp.mkv", 64, 32, "24", GREY16) as encoder:
        encoder.write(values.tobytes())
    assert (_raw(tmp_path / "ramp.mkv", "gray16le", (32, 64), "<u2") == values).all()


@needs_egl
def test_cancelled_passes_leave_nothing(packet_data, tmp_path):
    calls = iter([False, True])
    with pytest.raises(PrevisCancelled):
        render_passes(_packet(packet_data, frames=4), tmp_path, ("depth",), cancelled=lambda: next(calls))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wanted", "frames", "path"), [(("albedo",), None, "passes"), (("depth",), [40], "frames")]
)
def test_unknown_pass_or_frame_is_refused(packet_data, tmp_path, wanted, frames, path):
    with pytest.raises(PacketError) as refused:
        render_passes(_packet(packet_data), tmp_path / "none", wanted, frames=frames)
    assert refused.value.path == path
    assert not (tmp_path / "none").exists()
