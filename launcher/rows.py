"""`bench` and `prove`: they return rows of claims; one that does not hold makes the exit status 1.

python -m launcher.rows bench render --json FILE
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

FIELDS = ("claim", "value", "unit", "goal", "holds")
NAME = re.compile(r"[a-z][a-z0-9_]*")


def main(argv: list[str]) -> int:
    """Import `<kind>.<name>`, call its `run(argv)`, print and write its rows. 2 when there is no such name."""
    parser = argparse.ArgumentParser(prog="slate")
    parser.add_argument("kind", choices=("bench", "prove"))
    parser.add_argument("name")
    parser.add_argument("--json", type=Path, dest="target")
    told, rest = parser.parse_known_args(argv)
    module = _module(told.kind, told.name)
    if module is None:
        print(
            f"There is no {told.kind} named {told.name}. There are: {', '.join(names(told.kind)) or 'none'}.",
            file=sys.stderr,
        )
        return 2
    rows = [_checked(row) for row in module.run(rest)]
    for row in rows:
        print(line(row))
    if told.target:
        told.target.write_text(json.dumps(rows, indent=1, default=str) + "\n")
    return 0 if rows and all(row["holds"] for row in rows) else 1


def names(kind: str) -> list[str]:
    """What can be run: the public modules of the package."""
    folder = Path(__file__).resolve().parent.parent / kind
    return sorted(path.stem for path in folder.glob("[a-z]*.py") if "def run(" in path.read_text())


def line(row: dict[str, Any]) -> str:
    """One row for people; `limit` is the least that the value could be, where a bench measures that."""
    word = "holds" if row["holds"] else "FAILS"
    limit = f"; at the least {row['limit']}" if "limit" in row else ""
    return f"{word}  {row['claim']}: {row['value']} {row['unit']} (goal {row['goal']}{limit})"


def _module(kind: str, name: str) -> Any:
    return importlib.import_module(f"{kind}.{name}") if NAME.fullmatch(name) and name in names(kind) else None


def _checked(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or set(FIELDS) - set(row):
        raise SystemExit(f"A row must have {', '.join(FIELDS)}; got {row!r}.")
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
