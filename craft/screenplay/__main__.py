"""`python -m craft.screenplay FILE [--json]`: print the breakdown of a Fountain script."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from craft.screenplay.breakdown import breakdown
from craft.screenplay.breakdown_model import Breakdown, ShotPlan
from craft.screenplay.decoding import decode
from craft.screenplay.errors import ScreenplayError
from craft.screenplay.parser import parse
from craft.terms.cuts import PACING


def main(arguments: Sequence[str] | None = None) -> int:
    """Break a file down and print it. Returns 0, or 2 when the script is refused."""
    parser = argparse.ArgumentParser(prog="python -m craft.screenplay", description=main.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="the whole breakdown as JSON")
    parser.add_argument("--rate", default="24", help="24, 25, 24000/1001, 23.976 …")
    parser.add_argument("--target", type=float, default=None, help="wanted runtime in seconds")
    parser.add_argument("--pacing", choices=sorted(PACING), default="tv_standard")
    asked = parser.parse_args(arguments)
    try:
        script = parse(decode(asked.file.read_bytes()))
        found = breakdown(script, rate=asked.rate, target_seconds=asked.target, pacing=asked.pacing)
    except (ScreenplayError, OSError, ValueError) as error:
        print(f"{asked.file.name}: {error}", file=sys.stderr)
        return 2
    print(found.as_json() if asked.json else _table(found))
    return 0


def _table(found: Breakdown) -> str:
    cast = ", ".join(f"{person.name} ({person.lines})" for person in found.characters) or "nobody"
    rows = [f"{found.title or 'Untitled'} · {found.seconds:.2f} s at {found.rate} · cast: {cast}"]
    rows += [f"Act {a.number}: {a.title} ({a.valence:+.1f}, {a.energy:+.1f}) {a.out}" for a in found.acts]
    rows += [f"{scene.key}: {scene.set_kind}, {scene.mood}, {scene.atmosphere}" for scene in found.scenes]
    rows += [_row(shot) for shot in found.shots]
    rows += [f"line {note.line}: {note.message}" for note in found.notes]
    return "\n".join(rows)


def _row(shot: ShotPlan) -> str:
    camera = f"{shot.size} {shot.angle} {shot.movement} {shot.direction} {shot.speed} {shot.focal_mm}mm"
    who = " + ".join(shot.characters) or "–"
    said = " / ".join(f"{line.character}: {line.text}" for line in shot.lines)
    return (
        f"S{shot.number:02d} act {shot.act} line {shot.line} {shot.seconds:.2f}s {shot.transition_in} "
        f"{camera} {shot.framing} {shot.purpose} az{shot.azimuth} [{who}] {shot.action[:60]} {said}"
    ).rstrip()


if __name__ == "__main__":
    sys.exit(main())
