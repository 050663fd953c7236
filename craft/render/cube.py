"""Colour tables in the `.cube` form (Adobe/IRIDAS 1.0), read with care and looked up like ffmpeg does.

A file holds one table: three curves (`LUT_1D_SIZE`) or a cube (`LUT_3D_SIZE`) whose rows run through red
first. A file with both, a shaper and its cube, is refused: what it means differs between programs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from craft.render.grade import RGB

Colours = NDArray[np.float64]
"""Coded RGB in an array of shape (..., 3), 0 to 1."""

LARGEST_CUBE = 129
LARGEST_CURVE = 65536
LARGEST_FILE = 96 * 1024 * 1024
"""Bytes; a cube of 129 with ten digits a number needs 75 million."""
LARGEST_TITLE = 200
BLACK: RGB = (0.0, 0.0, 0.0)
WHITE: RGB = (1.0, 1.0, 1.0)


class CubeError(ValueError):
    """A text that is no usable table: `code` names the rule, `line` the line that broke it (0: the whole)."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """A colour table. `table` has shape (n, 3) for curves or (n, n, n, 3), indexed by red, green, blue.

    Colours from `low` to `high` of each channel are looked up; others count as the nearest of them.
    """

    table: NDArray[np.float64]
    low: RGB = BLACK
    high: RGB = WHITE
    title: str = ""

    @property
    def size(self) -> int:
        return int(self.table.shape[0])

    @property
    def is_curves(self) -> bool:
        """True for three curves, False for a cube."""
        return self.table.ndim == 2

    def sample(self, colours: Colours) -> Colours:
        """What the table makes of colours of shape (..., 3): linear on curves, tetrahedral in a cube."""
        low, high = np.array(self.low), np.array(self.high)
        places = np.clip((colours - low) / (high - low), 0.0, 1.0) * (self.size - 1)
        if self.is_curves:
            steps = np.arange(self.size)
            parts = [np.interp(places[..., part], steps, self.table[:, part]) for part in range(3)]
            return np.stack(parts, axis=-1)
        return _tetrahedral(self.table, places)


def identity(size: int = 33) -> Cube:
    """The cube of `size` points a side that changes nothing."""
    return Cube(lattice(size))


def lattice(size: int) -> Colours:
    """The colours at the points of a cube, shape (size, size, size, 3), indexed by red, green, blue."""
    steps = np.linspace(0.0, 1.0, size)
    return np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)


def _tetrahedral(table: NDArray[np.float64], places: Colours) -> Colours:
    """Between the four corners of the tetrahedron a colour lies in: greys stay on the grey diagonal.

    From the cell's black corner the way leads along the axis of the largest remainder, then the next.
    """
    cell = np.minimum(np.floor(places).astype(np.intp), table.shape[0] - 2)
    rest = places - cell
    order = np.argsort(-rest, axis=-1, kind="stable")
    corner = cell.copy()
    value = table[corner[..., 0], corner[..., 1], corner[..., 2]]
    found: Colours = value.copy()
    for step in range(3):
        axis = order[..., step : step + 1]
        np.put_along_axis(corner, axis, np.take_along_axis(corner, axis, -1) + 1, -1)
        ahead = table[corner[..., 0], corner[..., 1], corner[..., 2]]
        found += np.take_along_axis(rest, axis, -1) * (ahead - value)
        value = ahead
    return found


def parse(data: bytes | str) -> Cube:
    """Read a `.cube` file. Raises `CubeError` with the line that cannot be used."""
    text = _text(data)
    reader = _Reader()
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if not _begins_number(words[0]):
            reader.keyword(number, words, line)
            continue
        return reader.finished(_rows(lines, number))
    raise CubeError("rows", 0, "there is no table in it")


def _text(data: bytes | str) -> str:
    if len(data) > LARGEST_FILE:
        raise CubeError("too_large", 0, f"more than {LARGEST_FILE // 1024 // 1024} MiB")
    text = data if isinstance(data, str) else _decoded(data)
    if "\0" in text:
        raise CubeError("no_text", 0, "it is no text file")
    return text.removeprefix("\ufeff")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # only titles and comments may hold other letters, and older programs wrote those as they liked
        return data.decode("latin-1")


def _begins_number(word: str) -> bool:
    return word[0] in "+-.0123456789" or word.lower() in ("nan", "inf", "infinity")


class _Reader:
    """The keywords ahead of the table."""

    def __init__(self) -> None:
        self.size = 0
        self.curves = False
        self.title = ""
        self.low: RGB = BLACK
        self.high: RGB = WHITE

    def keyword(self, number: int, words: list[str], line: str) -> None:
        name, values = words[0].upper(), words[1:]
        if name == "TITLE":
            self.title = line.strip()[5:].strip().strip('"')[:LARGEST_TITLE]
        elif name in ("LUT_1D_SIZE", "LUT_3D_SIZE"):
            self._size(number, name, values)
        elif name in ("DOMAIN_MIN", "DOMAIN_MAX"):
            bound = _triple(number, values)
            self.low, self.high = (bound, self.high) if name == "DOMAIN_MIN" else (self.low, bound)
        elif name in ("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"):
            if len(values) != 2:
                raise CubeError("value", number, f"{name} takes two numbers")
            low, high = (_number(number, value) for value in values)
            self.low, self.high = (low, low, low), (high, high, high)
        else:
            raise CubeError("keyword", number, f"{words[0][:40]!r} is no keyword of a cube file")

    def _size(self, number: int, name: str, values: list[str]) -> None:
        if self.size:
            raise CubeError("shaper", number, "two tables in one file; export the cube alone")
        self.curves = name == "LUT_1D_SIZE"
        largest = LARGEST_CURVE if self.curves else LARGEST_CUBE
        if len(values) != 1 or not values[0].isascii() or not values[0].isdigit() or len(values[0]) > 6:
            raise CubeError("size", number, f"{name} takes one whole number")
        self.size = int(values[0])
        if not 2 <= self.size <= largest:
            raise CubeError("size", number, f"a size of {self.size} is not between 2 and {largest}")

    def finished(self, rows: NDArray[np.float64]) -> Cube:
        if not self.size:
            raise CubeError("size", 0, "LUT_1D_SIZE or LUT_3D_SIZE is missing")
        if any(high - low < 1e-6 for low, high in zip(self.low, self.high, strict=True)):
            raise CubeError("domain", 0, "the domain ends where it begins or before")
        wanted = self.size if self.curves else self.size**3
        if len(rows) != wanted:
            raise CubeError("rows", 0, f"{len(rows)} rows where the size asks for {wanted}")
        if self.curves:
            return Cube(rows, self.low, self.high, self.title)
        # rows run through red first, so the slowest index of the file is blue
        cube = rows.reshape(self.size, self.size, self.size, 3).transpose(2, 1, 0, 3)
        return Cube(np.ascontiguousarray(cube), self.low, self.high, self.title)


def _rows(lines: list[str], first: int) -> NDArray[np.float64]:
    """The table's rows, from line `first` on; nothing but numbers and comments may follow it."""
    rows = [
        (number, words)
        for number, line in enumerate(lines[first - 1 :], first)
        if (words := line.split()) and not words[0].startswith("#")
    ]
    odd = next((number for number, words in rows if len(words) != 3), None)
    if odd is not None:
        raise CubeError("value", odd, "a row of the table has three numbers")
    try:
        table = np.array([words for _, words in rows], dtype=np.float64)
    except ValueError:
        table = np.array([_triple(number, words) for number, words in rows])
    if not np.isfinite(table).all():
        bad = int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0])
        raise CubeError("value", rows[bad][0], "not a finite number")
    return table


def _triple(number: int, values: list[str]) -> RGB:
    if len(values) != 3:
        raise CubeError("value", number, "three numbers are needed")
    red, green, blue = (_number(number, value) for value in values)
    return red, green, blue


def _number(number: int, value: str) -> float:
    try:
        found = float(value)
    except ValueError as error:
        raise CubeError("value", number, f"{value[:40]!r} is no number") from error
    if not math.isfinite(found):
        raise CubeError("value", number, "not a finite number")
    return found


def write(cube: Cube) -> str:
    """The table as a `.cube` file with six decimals."""
    kind = "LUT_1D_SIZE" if cube.is_curves else "LUT_3D_SIZE"
    title = "".join(char for char in cube.title if char.isprintable() and char != '"')[:LARGEST_TITLE]
    head = [f'TITLE "{title}"'] if title else []
    head.append(f"{kind} {cube.size}")
    if (cube.low, cube.high) != (BLACK, WHITE):
        head += [f"DOMAIN_MIN {_plain(cube.low)}", f"DOMAIN_MAX {_plain(cube.high)}"]
    rows = cube.table if cube.is_curves else cube.table.transpose(2, 1, 0, 3).reshape(-1, 3)
    body = "\n".join(f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in rows.tolist())
    return "\n".join(head) + "\n" + body + "\n"


def _plain(triple: RGB) -> str:
    return " ".join(f"{part:.6f}" for part in triple)
