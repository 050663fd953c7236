"""Colour tables: what is read is what was meant, and what cannot be read says where."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from craft.render.cube import Cube, CubeError, identity, lattice, parse, write

TINY = """\ufeff# made by hand
TITLE "Two"
LUT_3D_SIZE 2

0 0 0
1 0 0  \r
0 1 0
1 1 0
# half way
0 0 .5
1 0 .5
0 1 5e-1
1 1 .5
"""


def test_red_runs_first() -> None:
    cube = parse(TINY.encode())
    assert cube.title == "Two" and cube.size == 2 and not cube.is_curves
    assert np.allclose(cube.table[1, 0, 0], (1, 0, 0))
    assert np.allclose(cube.table[0, 0, 1], (0, 0, 0.5))
    assert np.allclose(cube.sample(np.array([0.25, 0.5, 1.0])), (0.25, 0.5, 0.5))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "rows", 0),
        ("TITLE x\n", "rows", 0),
        ("LUT_3D_SIZE 2\n" + "0 0 0\n" * 7, "rows", 0),
        ("LUT_3D_SIZE 2\n" + "0 0 0\n" * 9, "rows", 0),
        ("0 0 0\n", "size", 0),
        ("LUT_3D_SIZE 2\n0 0 0\n0 0\n", "value", 3),
        ("LUT_3D_SIZE 2\n0 0 0\n# x\n0 0 nan\n" + "0 0 0\n" * 6, "value", 4),
        ("LUT_3D_SIZE 2\n0 0 0\n0 0 1e999\n" + "0 0 0\n" * 6, "value", 3),
        ("LUT_3D_SIZE 2\n0 0 0\n0 zero 0\n" + "0 0 0\n" * 6, "value", 3),
        ("LUT_3D_SIZE 1\n0 0 0\n", "size", 1),
        ("LUT_3D_SIZE 130\n", "size", 1),
        ("LUT_3D_SIZE -3\n", "size", 1),
        ("LUT_3D_SIZE 99999999999\n", "size", 1),
        ("LUT_3D_SIZE 2.5\n", "size", 1),
        ("LUT_1D_SIZE 4\nLUT_3D_SIZE 2\n", "shaper", 2),
        ("DOMAIN_MIN 0 0\n", "value", 1),
        ("DOMAIN_MIN 1 1 1\nLUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "domain", 0),
        ("LUT_IN_VIDEO_RANGE\n", "keyword", 1),
        ("\0\0\0", "no_text", 0),
    ],
)
def test_a_broken_table_names_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(CubeError) as caught:
        parse(text.encode())
    assert (caught.value.code, caught.value.line) == (code, line)


def test_bytes_of_a_picture_are_no_table() -> None:
    with pytest.raises(CubeError):
        parse(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")


def test_writing_and_reading_gives_the_same_table() -> None:
    made = np.random.default_rng(5).random((5, 5, 5, 3))
    again = parse(write(Cube(made, (-0.5, 0.0, 0.0), (1.0, 2.0, 1.0), 'a "quoted"\nname')))
    assert np.allclose(again.table, made, atol=1e-6)
    assert again.low == (-0.5, 0.0, 0.0) and again.high == (1.0, 2.0, 1.0)
    assert again.title == "a quotedname"
    curves = parse(write(Cube(made[0, 0])))
    assert curves.is_curves and np.allclose(curves.table, made[0, 0], atol=1e-6)


def test_domain_and_curves_are_looked_up_where_they_say() -> None:
    curves = parse("LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 2\n0 0 0\n.5 .2 1\n1 1 1\n")
    assert np.allclose(
        curves.sample(np.array([[1.0, 1.0, 1.0], [0.5, 3.0, -1.0]])), [[0.5, 0.2, 1], [0.25, 1, 0]]
    )


def test_identity_changes_nothing() -> None:
    colours = np.random.default_rng(3).random((500, 3))
    assert np.allclose(identity(9).sample(colours), colours)
    assert np.allclose(parse(write(identity())).sample(colours), colours, atol=1e-6)
    assert lattice(3).shape == (3, 3, 3, 3)


def test_our_look_up_is_the_one_of_ffmpeg(tmp_path: Path) -> None:
    """The same colours through lut3d and through `sample`: equal to the last of 16 bits, nearly."""
    cube = Cube(np.random.default_rng(7).random((4, 4, 4, 3)))
    (tmp_path / "x.cube").write_text(write(cube))
    wanted = np.random.default_rng(8).integers(0, 65536, (64, 64, 3))
    planes = wanted[..., [1, 2, 0]].transpose(2, 0, 1).astype("<u2")
    argv = ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gbrp16le", "-s", "64x64", "-i", "-"]
    argv += ["-vf", "lut3d=x.cube:interp=tetrahedral", "-f", "rawvideo", "-pix_fmt", "gbrp16le", "-"]
    raw = subprocess.run(argv, input=planes.tobytes(), cwd=tmp_path, check=True, capture_output=True).stdout
    seen = np.frombuffer(raw, "<u2").reshape(3, 64, 64).transpose(1, 2, 0)[..., [2, 0, 1]]
    assert np.abs(seen / 65535 - cube.sample(wanted / 65535)).max() < 1e-4
