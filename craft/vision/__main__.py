"""`python -m craft.vision`: check, clip, still, score, peaks. Answers are JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from craft import vision


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 the file cannot be measured (the reason is on stderr), 3 the take should be
    retaken.
    """
    parser = argparse.ArgumentParser(prog="python -m craft.vision", description="Measure clips and stills.")
    parser.add_argument("command", choices=("check", "clip", "still", "score", "peaks"))
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--colour", action="append", default=[], metavar="NAME=#RRGGBB", help="a garment of the bible"
    )
    parser.add_argument("--anchor", type=Path, help="the approved still")
    parser.add_argument("--ending", type=Path, help="the still that the clip should end on")
    parser.add_argument("--motion", action="store_true", help="also recover the camera's movement")
    parser.add_argument("--stretches", type=int, default=200, help="peaks: how many")
    given = parser.parse_args(arguments)
    try:
        answer, status = _answer(given)
    except (vision.MediaError, ValueError) as error:
        print(f"{getattr(error, 'code', 'vision.refused')}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    return status


def _answer(given: argparse.Namespace) -> tuple[Any, int]:
    palette = dict(pair.split("=", 1) for pair in given.colour if "=" in pair)
    if given.command == "peaks":
        return vision.waveform_peaks(given.file, given.stretches), 0
    if given.command == "still":
        return vision.measure_still(given.file, palette=palette, reference_frame=given.anchor).as_dict(), 0
    report = vision.measure_clip(
        given.file,
        palette=palette,
        reference_frame=given.anchor,
        last_frame=given.ending,
        with_motion=given.motion,
    )
    if given.command == "clip":
        return report.as_dict(), 0
    scored = vision.score_take(report)
    status = 0 if scored.verdict == "pass" else 3
    if given.command == "score":
        return scored.as_dict(), status
    return {"report": report.as_dict(), "score": scored.as_dict()}, status


if __name__ == "__main__":
    sys.exit(main())
