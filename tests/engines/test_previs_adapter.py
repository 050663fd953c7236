"""The built-in pictures through their adapter: passes as files, and a shot the set cannot give."""

from __future__ import annotations

import json

import pytest

from craft import previs
from craft.previs.demo_packet import conversation
from engines import crew
from engines.adapters.base import Watch
from engines.adapters.inputs import Input
from engines.adapters.previs import Previs
from engines.adapters.requests import Clip, Guides, Keyframe, Outline

pytestmark = pytest.mark.skipif(not previs.health().ok, reason="no EGL here")


def _packet(kind="office", **changes):
    return conversation(kind, width=160, height=90, frames=4, visemes=[], **changes)


def _guides(packet):
    return Guides(packet=packet, rate="24", frames=4, wanted=("depth", "normals", "camera"))


def test_passes_come_engine_files_first_and_name_their_pass(tmp_path):
    made = Previs(tmp_path).perform(_guides(_packet()), tmp_path, Watch())
    names = [name for name, _mime, _facts in made.files]
    assert all((tmp_path / name).stat().st_size > 0 for name in names)
    inputs = [facts["pass"] for _name, _mime, facts in made.files if facts["engine_input"]]
    assert inputs == ["depth", "normals"]
    assert [facts["engine_input"] for *_, facts in made.files] == sorted(
        (facts["engine_input"] for *_, facts in made.files), reverse=True
    )
    assert {"camera.json", "camera.gltf"} <= set(names)
    first = made.files[0][2]
    assert first["near_m"] < first["far_m"]
    assert "Ada" in json.dumps(first["legend"])


def test_a_shot_the_set_cannot_give_is_drawn_as_its_nearest_and_says_so(tmp_path):
    packet = _packet("car", camera={"size": "ews", "subjects": ["ada"]})
    request = Keyframe(prompt="", width=160, height=90, packet=packet)
    made = Previs(tmp_path).perform(request, tmp_path, Watch())
    assert "nearest is" in made.files[0][2]["infeasible"]
    assert (tmp_path / "keyframe.png").stat().st_size > 500
    near = _packet("car", camera={"size": "mcu", "subjects": ["ada"]})
    inside = Keyframe(prompt="", width=160, height=90, packet=near)
    assert "infeasible" not in Previs(tmp_path).perform(inside, tmp_path, Watch()).files[0][2]


def test_an_engine_is_asked_only_for_the_passes_it_takes(tmp_path):
    depth = tmp_path / "depth.mp4"
    depth.write_bytes(b"x")
    fake, opaque = crew.models()["fake/clip"], crew.models()["fake/clip-opaque"]

    def problems(model, title):
        control = Input.of(depth, "video/mp4", title)
        clip = Clip(prompt="", width=640, height=360, rate="24", frames=24, controls=(control,))
        issues = crew.adapter(model, spool=tmp_path).validate(clip, model)
        return [issue.field for issue in issues]

    assert problems(fake, "depth") == []
    assert problems(fake, "segments") == ["controls"]
    assert problems(opaque, "depth") == ["controls"]
    assert crew.adapter(fake, spool=tmp_path).validate(Outline("clip", seconds=2, frames=48), fake) == []
