"""Writes the generated tables of `docs/engines.md` from the data the product itself reads.

    python docs/make_engines.py            writes them
    python docs/make_engines.py --check    exit status 1 when the page is not what the data say

Standard library only; a test runs the check.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "engines.md"
DATA = ROOT / "engines" / "data"
CLASSES = {"p1": "P1", "p2": "P2", "p3": "P3"}
# What a row that does not say has; the defaults of `engines.adapters.base.Capability`.
UNSAID = "–"

Row = dict[str, Any]


def models_table(rows: Sequence[Row]) -> str:
    """One line for each model: what it makes, its limits, its price, its class."""
    head = ("model", "built in", "makes", "limits", "price", "class")
    lines = [
        (
            f"`{row['engine']}/{row['model']}`",
            "yes" if row.get("builtin") else "no",
            ", ".join(row["kinds"]),
            limits(row),
            price(row["price"]),
            CLASSES[row["class"]],
        )
        for row in rows
    ]
    return table(head, lines)


def limits(row: Row) -> str:
    """The limits a row declares, in words."""
    found = [
        words.format(row[name])
        for name, words in (
            ("max_seconds", "up to {} s"),
            ("max_characters", "up to {} characters"),
            ("max_width", "up to {} pixels across"),
            ("max_references", "up to {} reference images"),
        )
        if row.get(name)
    ]
    if row.get("draws_packets"):
        found.append("draws only from a scene packet")
    if row.get("last_frame"):
        found.append("can end on a given frame")
    return "; ".join(found) or UNSAID


def price(rule: Row) -> str:
    """A price rule in credits."""
    milli = int(rule["milli"])
    return f"{milli / 1000:g} credits per {rule['unit']}" if milli else "0"


def routes_table(routes: dict[str, Sequence[str]]) -> str:
    """One line for each role: the models in order of preference."""
    return table(
        ("role", "asked in this order"),
        [(f"`{role}`", " → ".join(f"`{key}`" for key in keys)) for role, keys in routes.items()],
    )


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def filled(page: str) -> str:
    """The page with both tables as the data say. Raises ValueError when a marker is missing."""
    tables = {
        "models": models_table(json.loads((DATA / "models.json").read_text())),
        "routes": routes_table(json.loads((DATA / "routes.json").read_text())),
    }
    for name, text in tables.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        before, marker, rest = page.partition(begin)
        _, closing, after = rest.partition(end)
        if not marker or not closing:
            raise ValueError(f"docs/engines.md lacks the markers of {name}.")
        page = f"{before}{begin}\n{text}\n{end}{after}"
    return page


def main(argv: Sequence[str]) -> int:
    """Write the page, or compare it; returns the exit status."""
    now = PAGE.read_text()
    wanted = filled(now)
    if "--check" in argv:
        if now == wanted:
            return 0
        sys.stderr.write("docs/engines.md is not what engines/data say: run python docs/make_engines.py\n")
        return 1
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
