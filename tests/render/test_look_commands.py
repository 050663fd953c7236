"""Looks go out as files and come back in, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from craft.render.__main__ import main
from craft.render.bake import apply_cdl, apply_grade
from craft.render.cdl import of_grade
from craft.render.cdl import parse as parse_list
from craft.render.cube import Cube, lattice, parse, write
from craft.render.effects import Cdl
from craft.render.grade import Grade


def test_looks_of_all_kinds_are_baked_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grade = tmp_path / "grade.json"
    grade.write_text(json.dumps([{"type": "grade", "exposure": 0.4}]))
    table = tmp_path / "look.cube"
    table.write_text(write(Cube(lattice(5) ** 1.2)))
    (tmp_path / "cdl.json").write_text(json.dumps({"type": "cdl", "slope": [1.1, 1, 0.9], "saturation": 0.5}))
    assert main(["cdl", str(tmp_path / "cdl.json"), "--out", str(tmp_path / "a.cc")]) == 0
    out = tmp_path / "all.cube"
    looks = [str(path) for path in (grade, table, tmp_path / "a.cc")]
    assert main(["cube", *looks, "--out", str(out), "--size", "17", "--title", "All"]) == 0
    made = parse(out.read_bytes())
    graded = np.clip(apply_grade(Grade(exposure=0.4), lattice(17)), 0, 1)
    looked = Cube(lattice(5) ** 1.2).sample(graded)
    wanted = np.clip(apply_cdl(Cdl((1.1, 1.0, 0.9), saturation=0.5), looked), 0, 1)
    assert made.title == "All" and np.allclose(made.table, wanted, atol=2e-6)
    assert '"size": 17' in capsys.readouterr().out


def test_a_grade_becomes_a_list_with_its_losses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "night.json").write_text('[{"type": "grade", "gamma": 1.3, "temperature": -0.2}]')
    for suffix in ("cc", "ccc", "cdl"):
        out = tmp_path / f"night.{suffix}"
        assert main(["cdl", str(tmp_path / "night.json"), "--out", str(out)]) == 0
        assert "gamma" in json.loads(capsys.readouterr().out)["losses"][0]
        (back,) = parse_list(out.read_bytes())
        wanted, _ = of_grade(Grade(gamma=1.3, temperature=-0.2))
        assert back.name == "night" and np.allclose(back.cdl.slope, wanted.slope, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.cube", "LUT_3D_SIZE 2\n0 0\n", "value"),
        ("x.cdl", "<!DOCTYPE a><a/>", "doctype"),
        ("x.json", '[{"type": "modifier", "style": "film_grain", "strength": 1.0}]', "effect"),
        ("x.json", '[{"type": "lut", "sha256": "00", "strength": 1.0}]', "missing_lut"),
        ("x.json", '[{"type": "grade", "brightness": 1}]', "document"),
        ("x.json", "{", "document"),
        ("missing.cube", None, "unreadable"),
    ],
)
def test_what_cannot_be_read_says_why_and_writes_nothing(
    name: str, content: str | None, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    out = tmp_path / "out.cube"
    assert main(["cube", str(tmp_path / name), "--out", str(out)]) == 1
    assert capsys.readouterr().err.startswith(f"{code}: ")
    assert not out.exists()
