"""``python -m craft.previs`` without Django: scene and shot, stills, clips, passes, and one line for what is wrong."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

from craft.previs import health
from craft.previs.__main__ import main, merged

needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")


@pytest.fixture
def scene(packet_data, tmp_path):
    """A scene without camera, and a writer of further files."""
    data = packet_data(width=96, height=54)
    data.pop("camera")
    path = tmp_path / "scene.json"
    path.write_text(json.dumps(data))

    def write(name, content):
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        return str(tmp_path / name)

    return str(path), write, tmp_path


def test_shot_is_laid_over_the_scene():
    scene = {"frames": 48, "set": {"kind": "office", "seed": 4}, "mood": "neon", "lights": [1, 2]}
    shot = {"frames": 12, "set": {"seed": 5}, "mood": None, "lights": [3]}
    assert merged(scene, shot) == {"frames": 12, "set": {"kind": "office", "seed": 5}, "lights": [3]}


@needs_egl
def test_scene_and_shot_make_a_clip_a_frame_and_passes(scene):
    path, write, folder = scene
    shot = write("shot.json", {"camera": {"size": "ms", "subjects": ["ada"]}, "frames": 3})
    assert main(["render", path, "--shot", shot, "-o", str(folder / "clip.mp4")]) == 0
    assert (folder / "clip.mp4").stat().st_size > 500
    frame = str(folder / "frame.png")
    assert main(["render", path, "--shot", shot, "--frame", "2", "--look", "blueprint", "-o", frame]) == 0
    red, _green, blue = np.median(np.asarray(Image.open(frame)).reshape(-1, 3), 0)
    assert blue > 2 * red
    out = folder / "passes"
    assert (
        main(["render", path, "--shot", shot, "--passes", "depth,camera", "--frame", "1", "-o", str(out)])
        == 0
    )
    assert sorted(p.name for p in out.iterdir()) == [
        "camera.bin", "camera.gltf", "camera.json", "depth.png", "depth_preview.png", "passes.json",
    ]  # fmt: skip


_BAD: dict[str, tuple[Any, str]] = {
    "a": ({"lights": [{"position": "front", "role": "key", "intensity": -5}]}, "previs.packet: lights[0].intensity:"),
    "b": ({"colour": "red"}, "colour"),
    "c": ({"characters": [{"id": f"c{i}"} for i in range(400)]}, "previs.packet: characters:"),
    "d": ({"frames": 0}, "previs.packet: frames:"),
    "e": ({"width": 4096, "height": 4096}, "previs.memory: width: 4096x4096 needs"),
    "f": ({"camera": {"subjects": ["zoe"]}}, "previs.packet: camera.subjects[0]: no character 'zoe'"),
    "g": ({"characters": [{"id": "x", "beats": [{"at_ms": 9, "action": "stand"}, {"at_ms": 3, "action": "stand"}]}],
           "camera": {"size": "ms"}}, "previs.packet: characters[0].beats[1].at_ms:"),
}  # fmt: skip


@pytest.mark.parametrize("case", _BAD)
def test_bad_packets_are_told_on_one_line_with_code_and_path(scene, capsys, case):
    path, write, folder = scene
    change, told = _BAD[case]
    shot = write("shot.json", merged({"camera": {"size": "ms", "subjects": ["ada"]}}, change))
    assert main(["render", path, "--shot", shot, "-o", str(folder / "out.mp4")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and said[0].startswith("previs: ") and told in said[0]
    assert not (folder / "out.mp4").exists()


def test_a_number_that_is_none_is_told_with_its_path(scene, capsys):
    path, write, folder = scene
    shot = write("shot.json", '{"camera": {"size": "ms"}, "fill_stops": NaN}')
    assert main(["render", path, "--shot", shot, "-o", str(folder / "out.png")]) == 1
    assert "previs: previs.packet: fill_stops: nan" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{", "[1]", "\x00"])
def test_what_is_not_a_packet_file_is_told_by_its_name(scene, capsys, content):
    _path, write, folder = scene
    bad = write("bad.json", content)
    assert main(["render", bad, "-o", str(folder / "out.png")]) == 1
    assert capsys.readouterr().err.startswith(f"previs: previs.packet: {bad}: not ")
    assert main(["render", str(folder / "absent.json"), "-o", str(folder / "out.png")]) == 1
    assert "absent.json: No such file" in capsys.readouterr().err


@needs_egl
def test_no_such_folder_is_told(scene, capsys):
    path, write, folder = scene
    shot = write("shot.json", {"camera": {"size": "ms"}, "frames": 1})
    assert main(["render", path, "--shot", shot, "-o", str(folder / "no" / "out.png")]) == 1
    assert "previs: previs.write: " in capsys.readouterr().err


def test_schema_is_printed_and_health_answers(capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Scene packet"
    assert main(["health"]) == (0 if health().ok else 1)


def _small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))


@needs_egl
@pytest.mark.parametrize(("out", "code"), [("clip.mp4", "previs.encode"), ("frame.png", "previs.write")])
def test_full_disk_is_told_and_leaves_nothing(scene, out, code):
    path, write, folder = scene
    shot = write(
        "shot.json",
        {"camera": {"size": "ms", "subjects": ["ada"]}, "frames": 12, "width": 320, "height": 180},
    )
    done = subprocess.run(
        [sys.executable, "-m", "craft.previs", "render", path, "--shot", shot, "-o", str(folder / out)],
        capture_output=True, text=True, check=False, preexec_fn=_small_files,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"previs: {code}: " in done.stderr and str(folder / out) in done.stderr
    assert sorted(p.name for p in folder.iterdir()) == ["scene.json", "shot.json"]
