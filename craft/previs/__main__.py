"""``python -m craft.previs``: draw scene packets without Django.

    python -m craft.previs render scene.json --shot shot.json -o clip.mp4
    python -m craft.previs render scene.json --shot shot.json --frame 12 -o frame.png
    python -m craft.previs render scene.json --passes depth,normals,camera -o folder
    python -m craft.previs schema
    python -m craft.previs health

A scene is a packet, whole or without what the shot says; a shot is laid over it: objects merge key by key,
``null`` takes an entry away, anything else replaces. Errors are one line on stderr, ``previs: code: path: what``,
and exit status 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from craft.previs import Packet, PrevisError, board_card, health, render_clip, render_still, schema
from craft.previs.errors import PacketError
from craft.previs.packet import PACKET_VERSION
from craft.previs.passes import PASSES, render_passes
from craft.previs.styles import STYLES

_DEFAULTS = {"version": PACKET_VERSION, "width": 1280, "height": 720, "rate": "24", "frames": 48}


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m craft.previs", description="Draw scene packets.")
    commands = parser.add_subparsers(dest="command", required=True)
    render = commands.add_parser("render", help="draw a scene packet")
    render.add_argument("scene", type=Path, help="packet, whole or without camera")
    render.add_argument("--shot", type=Path, help="laid over the scene: camera, frames, beats …")
    render.add_argument(
        "-o", "--out", type=Path, required=True, help="clip.mp4, frame.png, or a folder for passes"
    )
    render.add_argument("--frame", type=int, help="draw this frame only")
    render.add_argument("--look", choices=[*STYLES])
    render.add_argument("--passes", help=f"comma-separated: {', '.join(PASSES)}, or all")
    render.add_argument("--card", action="store_true", help="draw the 2D board card")
    commands.add_parser("schema", help="print the JSON Schema of a packet")
    commands.add_parser("health", help="say whether and by what pictures are drawn")
    return parser.parse_args(argv)


def merged(scene: Mapping[str, Any], shot: Mapping[str, Any]) -> dict[str, Any]:
    """``shot`` laid over ``scene``: objects merge, None takes away, anything else replaces."""
    out = dict(scene)
    for key, value in shot.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = merged(out[key], value)
        else:
            out[key] = value
    return out


def _read(path: Path) -> dict[str, Any]:
    """A JSON object. Raises PacketError naming the file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PacketError(str(path), error.strerror or str(error)) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise PacketError(str(path), f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise PacketError(str(path), "not a JSON object")
    return data


def _packet(args: argparse.Namespace) -> Packet:
    data = {**_DEFAULTS, **_read(args.scene)}
    if args.shot:
        data = merged(data, _read(args.shot))
    if args.look:
        data["look"] = args.look
    return Packet.from_json(data)


def _tick(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr)


def _render(args: argparse.Namespace) -> None:
    packet = _packet(args)
    if args.passes:
        wanted = PASSES if args.passes == "all" else tuple(args.passes.split(","))
        frames = None if args.frame is None else (args.frame,)
        render_passes(packet, args.out, wanted, frames=frames, progress=_tick)
    elif args.card:
        board_card(packet, args.out)
    elif args.out.suffix == ".png":
        render_still(packet, args.out, frame=args.frame or 0)
    elif args.out.suffix == ".mp4" and args.frame is None:
        render_clip(packet, args.out, progress=_tick)
    else:
        raise PacketError("--out", "end it in .mp4 for a clip or .png for a frame, or ask for --passes")


def main(argv: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 refused or unavailable."""
    args = _arguments(argv)
    if args.command == "health":
        found = health()
        print(found.message)
        return 0 if found.ok else 1
    if args.command == "schema":
        print(json.dumps(schema(), indent=2, ensure_ascii=False))
        return 0
    try:
        _render(args)
    except PrevisError as error:
        print(f"previs: {error.code}: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
