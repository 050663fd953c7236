"""The commands of finished files: `join`, `deliver`, `hls`, `upscale`, `peaks`, `sprites`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from craft.render.cache import SegmentCache
from craft.render.errors import RenderError
from craft.render.film import join_reels
from craft.render.outputs.deliver import DeliverySpec, deliver
from craft.render.outputs.hls import HlsSpec, hls
from craft.render.outputs.profiles import PROFILES, Fill, Reshape, deliverables
from craft.render.outputs.sides import SideSpec, side_files
from craft.render.outputs.upscale import UpscaleSpec, upscale
from craft.render.outputs.waveform import peaks, write_peaks
from craft.render.progress import Progress
from craft.render.tools import find_tools
from craft.terms import delivery, rates


def add_commands(commands: Any) -> None:
    """Add the commands of this package to the subparsers of `python -m craft.render`."""
    joining = commands.add_parser("join", help="join finished reels into a film, by copy")
    joining.add_argument("reels", type=Path, nargs="+")
    joining.add_argument("--rate", required=True, help="frames a second: 24, 25, 24000/1001 …")
    joining.add_argument("--sound", type=Path, help="the film's one sound: AAC in an MP4 or M4A file")
    joining.add_argument("--out", type=Path, required=True)
    making = _on_master(commands, "deliver", "make a deliverable of a master")
    making.add_argument("--profile", required=True, choices=sorted(PROFILES))
    making.add_argument("--sound", type=Path, help="the finished mix ahead of the codec")
    making.add_argument("--start", type=int, default=0, help="timecode of the first frame, in frames")
    making.add_argument("--size", help="WIDTHxHEIGHT, even numbers")
    making.add_argument("--aspect", choices=sorted(delivery.ASPECTS))
    making.add_argument("--fill", choices=[str(fill) for fill in Fill], default=str(Fill.CROP))
    streaming = _on_master(commands, "hls", "cut a master into HLS without coding it again")
    streaming.add_argument("--seconds", type=Fraction, default=Fraction(4), help="longest segment")
    streaming.add_argument("--language", default="und")
    enlarging = _on_master(commands, "upscale", "enlarge a master")
    enlarging.add_argument("--size", required=True, help="WIDTHxHEIGHT, even numbers")
    enlarging.add_argument("--sharpen", type=float, default=UpscaleSpec().sharpen)
    enlarging.add_argument("--cache", type=Path)
    _on_master(commands, "peaks", "write the peaks of a sound as .dat or .json")
    thumbs = _on_master(commands, "sprites", "write thumbnails, contact sheet and poster into a folder")
    thumbs.add_argument("--proxy", action="store_true", help="and a proxy, out of the same decode")
    commands.add_parser("profiles", help="list the deliverables and whether they can be made here")


def _on_master(commands: Any, name: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.add_argument("master", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    return parser


def _size(text: str) -> tuple[int, int]:
    wide, _, high = text.partition("x")
    if not wide.isdigit() or not high.isdigit():
        raise RenderError("size", "--size", f"{text!r} is not WIDTHxHEIGHT")
    return int(wide), int(high)


def _tell(report: Progress) -> None:
    print(f"\r{report.stage} {report.done}/{report.total} ", end="", file=sys.stderr, flush=True)


def _join(options: argparse.Namespace) -> object:
    try:
        rate = rates.FrameRate.parse(options.rate)
    except ValueError as error:
        raise RenderError("rate", "--rate", str(error)) from error
    return asdict(join_reels(options.reels, rate, options.out, sound=options.sound))


def _deliver(options: argparse.Namespace) -> object:
    reshape = Reshape(options.aspect, Fill(options.fill)) if options.aspect else None
    size = _size(options.size) if options.size else None
    spec = DeliverySpec(sound=options.sound, start=options.start, size=size, reshape=reshape)
    return asdict(deliver(options.master, options.profile, options.out, spec, progress=_tell))


def _hls(options: argparse.Namespace) -> object:
    return asdict(hls(options.master, options.out, HlsSpec(options.seconds, options.language)))


def _upscale(options: argparse.Namespace) -> object:
    cache = SegmentCache(options.cache) if options.cache else None
    spec = UpscaleSpec(sharpen=options.sharpen)
    made = upscale(options.master, _size(options.size), options.out, spec, cache=cache, progress=_tell)
    return asdict(made)


def _peaks(options: argparse.Namespace) -> object:
    found = peaks(options.master)
    return {"peaks": len(found.values), "file": write_peaks(found, options.out)}


def _sprites(options: argparse.Namespace) -> object:
    return asdict(side_files(options.master, options.out, SideSpec(proxy=options.proxy)))


def _profiles(options: argparse.Namespace) -> object:
    return [
        {
            "profile": profile.slug,
            "label": profile.label,
            "available": able.available,
            "encoder": able.encoder.name if able.encoder and not profile.copies else "copy",
            "reason": able.reason,
        }
        for profile, able in deliverables(find_tools())
    ]


COMMANDS: dict[str, Callable[[argparse.Namespace], object]] = {
    "join": _join,
    "deliver": _deliver,
    "hls": _hls,
    "upscale": _upscale,
    "peaks": _peaks,
    "sprites": _sprites,
    "profiles": _profiles,
}
