"""Render without the studio: `python -m craft.render assemble timeline.json --media DIR --out DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from craft.render import document, plan
from craft.render import look_commands as looks
from craft.render.cache import SegmentCache
from craft.render.errors import RenderError, TimelineError
from craft.render.master import Assembly, AssemblySpec, assemble
from craft.render.outputs import cli as outputs
from craft.render.probe import probe
from craft.render.progress import Progress
from craft.render.tools import find_tools
from craft.terms import digest, sound


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with a message on standard error when it did not."""
    options = _parser().parse_args(argv)
    try:
        own = {"assemble": _assemble, "plan": _plan, "probe": _probe}
        answer = {**own, **looks.COMMANDS, **outputs.COMMANDS}[options.command](options)
    except (RenderError, TimelineError) as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer, indent=2, default=str, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m craft.render", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("assemble", help="render a timeline document into a master")
    listing = commands.add_parser("plan", help="list the segments of a timeline document")
    for command in (making, listing):
        command.add_argument("timeline", type=Path)
        command.add_argument("--size", default="1920x1080", help="WIDTHxHEIGHT, even numbers")
    making.add_argument("--media", type=Path, required=True, help="folder of media, found by their content")
    making.add_argument("--out", type=Path, required=True)
    making.add_argument("--cache", type=Path)
    making.add_argument("--loudness", choices=sorted(sound.LOUDNESS), default="online")
    describing = commands.add_parser("probe", help="describe a media file")
    describing.add_argument("file", type=Path)
    looks.add_commands(commands)
    outputs.add_commands(commands)
    return parser


def _frame(size: str) -> plan.PictureSpec:
    width, found, height = size.partition("x")
    if not found or not width.isdigit() or not height.isdigit():
        raise TimelineError("size", "--size", f"{size!r} is not WIDTHxHEIGHT")
    return plan.PictureSpec(int(width), int(height))


def _assemble(options: argparse.Namespace) -> object:
    media = {digest.file_sha256(path): path for path in options.media.rglob("*") if path.is_file()}
    made = assemble(
        document.from_json(options.timeline.read_bytes()),
        media.__getitem__,
        options.out,
        SegmentCache(options.cache) if options.cache else None,
        spec=AssemblySpec(_frame(options.size), sound.LOUDNESS[options.loudness]),
        progress=_tell,
    )
    return _told(made)


def _told(made: Assembly) -> object:
    return {
        "master": made.master,
        "frames": made.frames,
        "rate": str(made.rate),
        "segments": {"total": made.segments_total, "rendered": made.segments_rendered},
        "loudness": made.loudness.plain(),
        "captions": {kind: str(path) for kind, path in made.captions.items()},
        "stems": {str(layer): str(path) for layer, path in made.stems.items()},
        "checks": asdict(made.checks),
        "warnings": list(made.warnings),
    }


def _tell(report: Progress) -> None:
    print(f"\r{report.stage} {report.done}/{report.total} ", end="", file=sys.stderr, flush=True)


def _plan(options: argparse.Namespace) -> object:
    timeline = document.from_json(options.timeline.read_bytes())
    spec, build = _frame(options.size), find_tools().build
    return [
        {
            "name": part.name,
            "start": part.at.start,
            "frames": part.length,
            "digest": plan.segment_digest(part, spec, timeline.rate, build),
        }
        for part in plan.segments(timeline)
    ]


def _probe(options: argparse.Namespace) -> object:
    return asdict(probe(options.file))


if __name__ == "__main__":
    sys.exit(main())
