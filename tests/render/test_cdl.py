"""Decision lists of others are read exactly, ours are read by others, and nothing in a file is expanded."""

from __future__ import annotations

import numpy as np
import pytest

from craft.render.bake import apply_cdl, apply_grade
from craft.render.cdl import (
    CdlError,
    Correction,
    of_grade,
    parse,
    write_collection,
    write_correction,
    write_list,
)
from craft.render.effects import Cdl
from craft.render.grade import Grade

FILE = b"""<?xml version="1.0"?>
<ColorDecisionList xmlns="urn:ASC:CDL:v1.01">
  <Description>a day</Description>
  <ColorDecision><MediaRef ref="x.dpx"/><ColorCorrection id="sh010">
    <SOPNode><Description>warm</Description><Slope>1.1 1 .9</Slope><Offset>0.01 0 -0.02</Offset>
      <Power>1 1.2 1</Power></SOPNode>
    <SatNode><Saturation>0.8</Saturation></SatNode>
  </ColorCorrection></ColorDecision>
  <ColorDecision><ColorCorrection><ASC_SAT/>
    <SatNode><Saturation> 1.5 </Saturation></SatNode></ColorCorrection></ColorDecision>
</ColorDecisionList>"""
WARM = Cdl((1.1, 1.0, 0.9), (0.01, 0.0, -0.02), (1.0, 1.2, 1.0), 0.8)


def test_all_corrections_are_read_in_order() -> None:
    assert parse(FILE) == (Correction(WARM, "sh010"), Correction(Cdl(saturation=1.5)))


@pytest.mark.parametrize("name", ["sh010", "", 'a<b&"c"'])
def test_what_we_write_we_read(name: str) -> None:
    one = Correction(WARM, name)
    assert parse(write_correction(one).encode()) == (one,)
    assert parse(write_collection((one, one)).encode()) == (one, one)
    assert parse(write_list((one, Correction(Cdl()))).encode()) == (one, Correction(Cdl()))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            '<!DOCTYPE x [<!ENTITY a "1 1 1">]><ColorCorrection><Slope>&a;</Slope></ColorCorrection>',
            "doctype",
        ),
        ('<!DOCTYPE x SYSTEM "file:///etc/hostname"><ColorCorrection/>', "doctype"),
        ("<ColorCorrection><Slope>1 1</Slope></ColorCorrection>", "value"),
        ("<ColorCorrection><Slope>1 1 nan</Slope></ColorCorrection>", "value"),
        ("<ColorCorrection><Slope>1 1 -1</Slope></ColorCorrection>", "value"),
        ("<ColorCorrection><Power>1 0 1</Power></ColorCorrection>", "value"),
        ("<ColorCorrection><Saturation>much</Saturation></ColorCorrection>", "value"),
        ("<ColorCorrection>", "xml"),
        ("<x>" * 40, "xml"),
        ('<?xml version="1.0" encoding="UTF-548"?><x/>', "xml"),
        ("<x/>", "empty"),
        ("", "xml"),
    ],
)
def test_bad_files_are_refused_with_a_code(body: str, code: str) -> None:
    with pytest.raises(CdlError) as caught:
        parse(body.encode())
    assert caught.value.code == code


@pytest.mark.parametrize(
    "grade",
    [
        Grade(exposure=0.4, temperature=0.3, tint=-0.2),
        Grade(contrast=1.3, saturation=1.2, lift=(0.02, 0.0, -0.01), gain=(1.0, 0.95, 0.9)),
    ],
)
def test_a_grade_without_gamma_fits_a_list_on_greys(grade: Grade) -> None:
    cdl, losses = of_grade(grade)
    greys = np.repeat(np.linspace(0.2, 0.7, 20)[:, None], 3, axis=1)
    wanted, seen = apply_grade(grade, greys), apply_cdl(cdl, greys)
    assert losses == ()
    if grade.saturation == 1.0:
        assert np.allclose(seen, wanted, atol=0.002)
    assert np.allclose(seen @ (0.2126, 0.7152, 0.0722), wanted @ (0.2126, 0.7152, 0.0722), atol=0.002)


def test_what_does_not_fit_a_list_is_named() -> None:
    cdl, losses = of_grade(Grade(gamma=1.2, contrast=1.2))
    assert any("gamma" in loss for loss in losses) and any("contrast" in loss for loss in losses)
    greys = np.repeat(np.linspace(0, 1, 33)[:, None], 3, axis=1)
    far = np.abs(
        apply_cdl(cdl, greys) - np.clip(apply_grade(Grade(gamma=1.2, contrast=1.2), greys), 0, 1)
    ).max()
    assert far < 0.06
    assert of_grade(Grade()) == (Cdl(), ())
