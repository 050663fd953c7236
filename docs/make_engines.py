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
WORDINGS = ROOT / "engines" / "adapters" / "wordings"
CLASSES = {"p1": "P1", "p2": "P2", "p3": "P3"}
# What a row that does not say has; the defaults of `engines.adapters.base.Capability`.
UNSAID = "–"

Row = dict[str, Any]


def crew() -> list[Row]:
    """The rows of all engines, built-in ones first, then by name."""
    rows = [json.loads(path.read_text()) for path in sorted((DATA / "crew").glob("*.json"))]
    return sorted(rows, key=lambda row: (not row.get("builtin"), row["engine"]))


def engines_table(rows: Sequence[Row]) -> str:
    """One line for each remote engine: where it is, how it is proved, what it calls back, what is unverified."""
    head = ("engine", "address", "regions", "call-backs", "results last", "at once", "unverified")
    lines = [
        (
            f"[{row['label']}](engines/{page_of(row)}.md)" if page_of(row) else row["label"],
            row.get("base_url") or "the account's own",
            ", ".join(row.get("regions", ())) or UNSAID,
            row.get("webhook") or "none",
            lasting(row.get("expiry_hours")),
            str(row.get("concurrency") or UNSAID),
            "; ".join(row.get("unverified", ())) or UNSAID,
        )
        for row in rows
        if not row.get("builtin")
    ]
    return table(head, lines)


def page_of(row: Row) -> str:
    """The name of the engine's page; models of one family share one. Empty when there is none."""
    names = (row["engine"], row["engine"].partition("_")[0])
    return next((name for name in names if (PAGE.parent / "engines" / f"{name}.md").is_file()), "")


def lasting(hours: float | None) -> str:
    """How long a result can be fetched."""
    if hours is None:
        return UNSAID
    return f"{hours * 60:.0f} min" if hours < 1 else f"{hours:g} h"


def models_table(rows: Sequence[Row]) -> str:
    """One line for each model: what it makes, its limits, its price, its class."""
    head = ("model", "built in", "makes", "limits", "camera words", "price", "class")
    lines = [
        (
            f"`{row['engine']}/{model['model']}`",
            "yes" if row.get("builtin") else "no",
            ", ".join(model["kinds"]),
            limits(model),
            "from the scene itself" if row.get("builtin") and not row.get("trained") else words(model),
            price(model["price"]),
            CLASSES[model["class"]],
        )
        for row in rows
        for model in row["models"]
    ]
    return table(head, lines)


def words(model: Row) -> str:
    """How many movements and angles the model's family of camera words has; none for models without a camera."""
    if "clip" not in model["kinds"]:
        return UNSAID
    family = model.get("wording", "plain")
    found = json.loads((WORDINGS / f"{family}.json").read_text())
    return f"{family}: {len(found['movements'])} moves, {len(found['angles'])} angles"


def limits(row: Row) -> str:
    """The limits a row declares, in words."""
    found = [
        said.format(row[name])
        for name, said in (
            ("max_seconds", "up to {} s"),
            ("max_characters", "up to {} characters"),
            ("max_prompt", "prompts up to {} characters"),
            ("max_width", "up to {} pixels across"),
            ("max_references", "up to {} reference images"),
        )
        if row.get(name)
    ]
    if row.get("lengths"):
        held = row["lengths"]
        found.append(f"{held if isinstance(held, str) else ', '.join(f'{one:g}' for one in held)} s")
    if row.get("draws_packets"):
        found.append("draws only from a scene packet")
    if row.get("needs_first_frame"):
        found.append("starts from a still")
    if row.get("needs_reference"):
        found.append("works from a reference image only")
    if row.get("last_frame"):
        found.append("can end on a given frame")
    if row.get("performance"):
        found.append(
            f"acts out a performer’s film of {row.get('least_seconds', 0):g} s or more, makes nothing else"
        )
    if row.get("negative") is False:
        found.append("no negative prompt")
    return "; ".join(found) or UNSAID


def price(rule: Row) -> str:
    """A price rule in credits."""
    steps = [f"{milli / 1000:g} up to {width} across" for width, milli in rule.get("by_width", {}).items()]
    milli = int(rule["milli"])
    if not milli and not steps:
        return "0"
    answer = f", {rule['answer_milli'] / 1000:g} of the answer" if rule.get("answer_milli") else ""
    return (
        ", ".join([*steps, f"{milli / 1000:g}" + (" beyond" if steps else "")])
        + f" credits per {rule['unit']}{answer}"
    )


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
    """The page with its tables as the data say. Raises ValueError when a marker is missing."""
    tables = {
        "engines": engines_table(crew()),
        "models": models_table(crew()),
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
