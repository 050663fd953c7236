"""The commands of colour: `cube` bakes looks into one table, `cdl` writes grades as decision lists."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from craft.render import cdl, cube, document
from craft.render.bake import SIZE, bake
from craft.render.effects import Cdl, Effect, Lut
from craft.render.errors import RenderError
from craft.render.execute import finished_file
from craft.render.grade import Grade
from craft.terms import digest

LIST_SUFFIXES = (".cc", ".ccc", ".cdl")


def add_commands(commands: Any) -> None:
    """Add the commands to the subparsers of `python -m craft.render`."""
    inputs = "effects as JSON, .cube files and colour decision lists, applied in this order"
    baking = commands.add_parser("cube", help="bake looks into one .cube file")
    baking.add_argument("looks", type=Path, nargs="+", help=inputs)
    baking.add_argument("--out", type=Path, required=True)
    baking.add_argument("--size", type=int, default=SIZE, choices=(17, 33, 65), help="points a side")
    baking.add_argument("--title", default="")
    listing = commands.add_parser("cdl", help="write grades as a colour decision list")
    listing.add_argument("looks", type=Path, nargs="+", help="effects as JSON and colour decision lists")
    listing.add_argument("--out", type=Path, required=True, help="a name in .cc, .ccc or .cdl")


def bake_cube(options: argparse.Namespace) -> object:
    """Write the cube of all looks, one after another."""
    tables: dict[str, cube.Cube] = {}
    chain = [effect for path in options.looks for effect in _effects(path, tables)]
    try:
        baked = bake(chain, tables.__getitem__, options.size)
    except KeyError as error:
        raise RenderError("missing_lut", str(options.looks[0]), f"no table {error}") from None
    except ValueError as error:
        raise RenderError("effect", str(options.looks[0]), str(error)) from None
    titled = cube.Cube(baked.table, title=options.title)
    _write(options.out, cube.write(titled))
    return {"cube": str(options.out), "size": options.size, "effects": document.to_plain(tuple(chain))}


def write_lists(options: argparse.Namespace) -> object:
    """Write one correction for each look, and name what is lost."""
    found: list[cdl.Correction] = []
    losses: list[str] = []
    for path in options.looks:
        for effect in _effects(path, {}):
            correction, lost = _correction(effect, path)
            found.append(correction)
            losses += lost
    _write(options.out, _list_text(options.out, tuple(found)))
    return {"list": str(options.out), "corrections": len(found), "losses": losses}


def _correction(effect: Effect, path: Path) -> tuple[cdl.Correction, tuple[str, ...]]:
    if isinstance(effect, Grade):
        made, losses = cdl.of_grade(effect)
        return cdl.Correction(made, path.stem), losses
    if isinstance(effect, Cdl):
        return cdl.Correction(effect, path.stem), ()
    raise RenderError("effect", str(path), f"a {type(effect).__name__} is no grade and no decision list")


def _list_text(out: Path, found: tuple[cdl.Correction, ...]) -> str:
    if out.suffix == ".ccc":
        return cdl.write_collection(found)
    if out.suffix == ".cdl":
        return cdl.write_list(found)
    if out.suffix != ".cc" or len(found) != 1:
        raise RenderError("suffix", str(out), "write one correction to .cc, several to .ccc or .cdl")
    return cdl.write_correction(found[0])


def _effects(path: Path, tables: dict[str, cube.Cube]) -> list[Effect]:
    """The effects a file holds; its tables are added to `tables`."""
    try:
        if path.suffix == ".cube":
            sha256 = digest.file_sha256(path)
            tables[sha256] = cube.parse(path.read_bytes())
            return [Lut(sha256)]
        if path.suffix in LIST_SUFFIXES:
            return [correction.cdl for correction in cdl.parse(path.read_bytes())]
        plain = json.loads(path.read_bytes())
    except OSError as error:
        raise RenderError("unreadable", str(path), str(error)) from None
    except (cube.CubeError, cdl.CdlError) as error:
        raise RenderError(error.code, str(path), str(error)) from None
    except ValueError as error:
        raise RenderError("document", str(path), f"not JSON: {error}") from None
    items = [_filled(item) for item in (plain if isinstance(plain, list) else [plain])]
    effects: tuple[Effect, ...] = document.from_plain(tuple[Effect, ...], items, path.name)
    return list(effects)


def _filled(item: Any) -> Any:
    """A grade or decision list as a document holds it, fields left out at their neutral value."""
    neutral = {"grade": Grade(), "cdl": Cdl()}.get(str(item.get("type"))) if isinstance(item, dict) else None
    return item if neutral is None else {**document.to_plain(neutral), **item}


def _write(out: Path, text: str) -> None:
    with finished_file(out) as partial:
        partial.write_text(text, encoding="utf-8")


COMMANDS = {"cube": bake_cube, "cdl": write_lists}
