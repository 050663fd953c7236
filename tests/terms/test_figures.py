"""Languages, light, colour, frame sizes and digests: the small mathematics."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from craft.terms import colour
from craft.terms.delivery import frame_size
from craft.terms.digest import canonical_json, digest, file_sha256
from craft.terms.languages import LANGUAGES, UnknownLanguage, language
from craft.terms.light import Position, azimuth_of, fill_stops, kelvin_to_rgb
from craft.terms.shots import Size


def test_languages_are_seventy_four_and_honest_about_substitutes() -> None:
    assert len(LANGUAGES) == 74
    assert language("pt-BR").name == "Portuguese"
    assert language("nb").espeak_voice == "nb"
    filipino = language("fil")
    assert (filipino.native, filipino.espeak_voice, filipino.voice) == (False, "", "id")
    assert sum(row.native for row in LANGUAGES.values()) == 65
    with pytest.raises(UnknownLanguage):
        language("tlh")


def test_light_positions_run_clockwise_from_the_camera() -> None:
    assert [azimuth_of(p) for p in Position] == [0, 45, 90, 135, 180, 225, 270, 315]
    assert azimuth_of(Position.FRONT_LEFT) == 315


def test_fill_ratio_is_kept_in_stops() -> None:
    assert [fill_stops(r) for r in (1, 2, 8, 16)] == [0, 1, 3, 4]
    with pytest.raises(ValueError, match="at least 1"):
        fill_stops(0.5)


@pytest.mark.parametrize("kelvin", [1900, 2700, 3200, 4300, 5600, 6500, 9000])
def test_kelvin_survives_a_round_trip_at_luminance_one(kelvin: int) -> None:
    rgb = kelvin_to_rgb(kelvin)
    assert colour.luminance(rgb) == pytest.approx(1.0)
    assert colour.cct(rgb) == pytest.approx(kelvin, rel=0.01)


def test_warm_light_is_redder_than_cold() -> None:
    warm, cold = kelvin_to_rgb(2700), kelvin_to_rgb(9000)
    assert warm[0] > cold[0]
    assert warm[2] < cold[2]


def test_colours_go_to_linear_light_and_back() -> None:
    assert colour.hex_to_rgb("#a8432c") == (168, 67, 44)
    assert colour.hex_to_rgb("#fff") == (255, 255, 255)
    assert colour.linear_to_hex(colour.hex_to_linear("#a8432c")) == "#a8432c"
    assert colour.delta_e("#a8432c", "#a8432c") == 0
    assert colour.delta_e("#000000", "#ffffff") == pytest.approx(100, abs=0.1)
    with pytest.raises(ValueError, match="no colour"):
        colour.hex_to_rgb("red")


def test_frame_sizes_are_even_in_every_aspect() -> None:
    assert frame_size("16:9", "draft") == (640, 360)
    assert frame_size("9:16", "draft") == (360, 640)
    assert frame_size("1:1", "full") == (1080, 1080)
    assert all(
        v % 2 == 0
        for a in ("16:9", "9:16", "1:1")
        for q in ("draft", "preview", "hd")
        for v in frame_size(a, q)
    )


def test_digest_depends_on_tag_version_and_content_only() -> None:
    first = digest("shot", 1, {"b": [1, 2.5], "a": Size.CU, "rate": Fraction(24000, 1001)})
    assert first == digest("shot", 1, {"a": "cu", "rate": "24000/1001", "b": (1, 2.5)})
    known = "4abbca72dfc9bf731b1abcd0bcb65a6edb5931c92cc6e5a511530d9b6e534be5"
    assert digest("shot", 1, {"n": 1.5, "a": Size.CU}) == known  # stored digests must not change meaning
    assert len({first, digest("shot", 2, {}), digest("take", 2, {}), digest("shot", 2, {"a": 1})}) == 4


def test_canonical_json_has_one_form_and_refuses_nan() -> None:
    assert canonical_json({"é": 1, "a": {"y": None, "x": True}}) == '{"a":{"x":true,"y":null},"é":1}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})


def test_file_digest_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    assert file_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
