"""ASC colour decision lists as XML (`.cc`, `.ccc`, `.cdl`), read without ever expanding an entity.

A grade does more than a list can hold. Exposure, temperature, tint, lift, gain and contrast are one slope and
offset per channel and fit; gamma fits the middle of the scale; what is lost is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from craft.render.effects import Cdl
from craft.render.grade import PIVOT, RGB, Grade, ends

NAMESPACE = "urn:ASC:CDL:v1.01"
LARGEST_FILE = 4 * 1024 * 1024
LARGEST_NAME = 200
DEEPEST = 16


class CdlError(ValueError):
    """A text that is no colour decision list: `code` names the rule, `line` the line that broke it (0: all)."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision list with its identifier in the file; empty where it has none."""

    cdl: Cdl
    name: str = ""


def parse(data: bytes) -> tuple[Correction, ...]:
    """All corrections of a file, in its order. Raises `CdlError`; a file without any is an error too."""
    if len(data) > LARGEST_FILE:
        raise CdlError("too_large", 0, f"more than {LARGEST_FILE // 1024 // 1024} MiB")
    reader = _Reader()
    reader.read(data)
    if not reader.found:
        raise CdlError("empty", 0, "there is no ColorCorrection in it")
    return tuple(reader.found)


class _Reader:
    """Follows the elements of a file and keeps the corrections."""

    FIELDS = frozenset({"Slope", "Offset", "Power", "Saturation"})

    def __init__(self) -> None:
        self.found: list[Correction] = []
        self._open: Correction | None = None
        self._text: list[str] | None = None
        self._depth = 0
        self._parser = expat.ParserCreate(namespace_separator="}")

    def read(self, data: bytes) -> None:
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._letters
        # entities are declared in a document type, and a decision list has none
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            if isinstance(error, CdlError):
                raise
            raise CdlError("xml", parser.CurrentLineNumber, str(error)) from None

    def _fail(self, code: str, message: str) -> CdlError:
        return CdlError(code, self._parser.CurrentLineNumber, message)

    def _doctype(self, *_: object) -> None:
        raise self._fail("doctype", "a document type or an entity is not allowed here")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fail("xml", "elements are nested too deep")
        name = tag.rpartition("}")[2]
        if name == "ColorCorrection":
            if self._open is not None:
                raise self._fail("xml", "a ColorCorrection inside another")
            self._open = Correction(Cdl(), attributes.get("id", "")[:LARGEST_NAME])
        elif name in self.FIELDS and self._open is not None:
            self._text = []

    def _letters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition("}")[2]
        if name == "ColorCorrection" and self._open is not None:
            self.found.append(self._open)
            self._open = None
        elif name in self.FIELDS and self._open is not None and self._text is not None:
            numbers = self._numbers(name, "".join(self._text).split())
            cdl = self._open.cdl
            self._open, self._text = replace(self._open, cdl=_with(cdl, name, numbers)), None

    def _numbers(self, name: str, words: list[str]) -> list[float]:
        wanted = 1 if name == "Saturation" else 3
        if len(words) != wanted:
            raise self._fail("value", f"{name} has {len(words)} numbers, not {wanted}")
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            raise self._fail("value", f"{name}: {' '.join(words)[:60]!r} are no numbers") from None
        low = -math.inf if name == "Offset" else 0.0
        if not all(math.isfinite(number) and number >= low for number in numbers):
            raise self._fail("value", f"{name} {' '.join(words)[:60]} is out of range")
        if name == "Power" and min(numbers) <= 0.0:
            raise self._fail("value", "a power is above 0")
        return numbers


def _with(cdl: Cdl, name: str, numbers: list[float]) -> Cdl:
    """The list with one of its nodes set."""
    if name == "Saturation":
        return replace(cdl, saturation=numbers[0])
    triple = _triple(numbers)
    if name == "Slope":
        return replace(cdl, slope=triple)
    return replace(cdl, offset=triple) if name == "Offset" else replace(cdl, power=triple)


def write_correction(correction: Correction) -> str:
    """One correction as a `.cc` file."""
    return _document(_correction_element(correction))


def write_collection(corrections: tuple[Correction, ...]) -> str:
    """Corrections as a `.ccc` file."""
    root = ET.Element("ColorCorrectionCollection", xmlns=NAMESPACE)
    root.extend(_correction_element(correction) for correction in corrections)
    return _document(root)


def write_list(corrections: tuple[Correction, ...]) -> str:
    """Corrections as a `.cdl` file."""
    root = ET.Element("ColorDecisionList", xmlns=NAMESPACE)
    for correction in corrections:
        ET.SubElement(root, "ColorDecision").append(_correction_element(correction))
    return _document(root)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _correction_element(correction: Correction) -> ET.Element:
    name = "".join(char for char in correction.name if char.isprintable())[:LARGEST_NAME]
    element = ET.Element("ColorCorrection", {"id": name} if name else {})
    cdl = correction.cdl
    primaries = ET.SubElement(element, "SOPNode")
    for tag, triple in (("Slope", cdl.slope), ("Offset", cdl.offset), ("Power", cdl.power)):
        ET.SubElement(primaries, tag).text = " ".join(f"{part:.6f}" for part in triple)
    saturation = ET.SubElement(element, "SatNode")
    ET.SubElement(saturation, "Saturation").text = f"{cdl.saturation:.6f}"
    return element


def of_grade(grade: Grade) -> tuple[Cdl, tuple[str, ...]]:
    """The decision list nearest to a grade, and what it loses.

    On greys a grade is (in * (white - black) + black) ** (1 / gamma), then contrast round the pivot. Without
    gamma that is slope and offset; a list has no contrast after its power, so with both they are fitted.
    """
    white, black = ends(grade)
    losses = []
    slope = [high - low for high, low in zip(white, black, strict=True)]
    if min(slope) < 0.0:
        losses.append("lift turns a channel round, which a slope cannot; it is held at 0")
        slope = [max(0.0, part) for part in slope]
    lines = list(zip(slope, black, strict=True))
    if grade.gamma == 1.0:
        turned = [(s * grade.contrast, (o - PIVOT) * grade.contrast + PIVOT, 1.0) for s, o in lines]
    else:
        losses.append("gamma acts on every channel instead of on luma, so colours of midtones move a little")
        fits = [_fitted(s, o, grade) for s, o in lines]
        turned = [fit for fit, _ in fits]
        if grade.contrast != 1.0:
            worst = max(error for _, error in fits)
            losses.append(f"contrast after gamma is fitted, within {worst * 100:.1f} % of full scale")
    columns = [_triple([channel[part] for channel in turned]) for part in range(3)]
    return Cdl(columns[0], columns[1], columns[2], grade.saturation), tuple(losses)


def _fitted(slope: float, offset: float, grade: Grade) -> tuple[RGB, float]:
    """Slope, offset and power nearest to a channel's curve, and how far they are off at most."""
    steps = np.linspace(0.0, 1.0, 65)
    curve = np.clip(slope * steps + offset, 0.0, None) ** (1.0 / grade.gamma)
    curve = np.clip((curve - PIVOT) * grade.contrast + PIVOT, 0.0, 1.0)
    exact = (slope, offset, 1.0 / grade.gamma)
    if grade.contrast == 1.0:
        return exact, 0.0

    def off(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        shown: NDArray[np.float64] = np.clip(numbers[0] * steps + numbers[1], 0.0, 1.0) ** numbers[2] - curve
        return shown

    bounds = ([0.0, -4.0, 0.05], [10.0, 4.0, 10.0])
    start = np.clip(exact, *bounds)
    found = least_squares(off, start, bounds=bounds).x
    return _triple([float(number) for number in found]), float(np.abs(off(found)).max())


def _triple(parts: list[float]) -> RGB:
    red, green, blue = parts
    return (red, green, blue)
