"""``python -m craft.previs render scene.json -o clip.mp4`` (or ``.png``); ``health`` says what draws."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from craft.previs import Packet, PrevisError, board_card, health, render_clip, render_still


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m craft.previs")
    commands = parser.add_subparsers(dest="command", required=True)
    render = commands.add_parser("render", help="draw a scene packet")
    render.add_argument("packet", type=Path)
    render.add_argument("-o", "--out", type=Path, required=True, help="clip.mp4 or frame.png")
    render.add_argument("--frame", type=int, default=0, help="frame of a still")
    render.add_argument("--card", action="store_true", help="draw the 2D board card")
    commands.add_parser("health", help="say whether and by what pictures are drawn")
    return parser.parse_args()


def _render(args: argparse.Namespace) -> None:
    packet = Packet.from_json(json.loads(args.packet.read_text(encoding="utf-8")))
    if args.card:
        board_card(packet, args.out)
    elif args.out.suffix == ".mp4":
        render_clip(
            packet, args.out, progress=lambda done, total: print(f"\r{done}/{total}", end="", file=sys.stderr)
        )
        print(file=sys.stderr)
    else:
        render_still(packet, args.out, frame=args.frame)


def main() -> int:
    """Exit status: 0 drawn, 1 refused or unavailable."""
    args = _arguments()
    if args.command == "health":
        found = health()
        print(found.message)
        return 0 if found.ok else 1
    try:
        _render(args)
    except (PrevisError, OSError, json.JSONDecodeError) as error:
        print(f"previs: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
