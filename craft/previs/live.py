"""The stage of the live rig: everything a browser needs to draw a packet's first frame under any light.

``stage_bundle`` records what the renderer does for the frame (no OpenGL needed), once for each mood, and
packs shaders, meshes and passes with the rig's tables (see ``live_format`` for the container). The browser
sets what the rig decides: the lamps' uniforms, the shadow matrices, the exposure and four counts.

Header: ``shaders`` text by name; ``programs`` {vertex, fragment, defines}; ``textures`` {size | shift,
format, linear, compare}, where a shift halves the frame's size so often; ``targets`` {colours, depth};
``casters`` draws for the shadows of lamps that pass the walls (``open``) and that do not (``shell``);
``geometry`` draws into the G-buffer; ``passes`` over the whole target by mood, the last one being the
picture; ``moods`` and ``rig`` tables. A draw is {program, target, values, textures, vertices, indices,
first, count, culled, shafts (only drawn for lamps that show in the air)}; a value is a number, a list or
{"buffer": n} of float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from craft.previs.live_format import FORMAT_VERSION, Buffers, pack
from craft.previs.live_rig import mood_table, relit, tables
from craft.previs.live_tape import Draw, Program, Tape, Target, Texture, recording
from craft.previs.packet import Packet
from craft.previs.renderer import Renderer
from craft.previs.rig import Light
from craft.previs.shaders import HEADER_ES, source
from craft.previs.shot import Shot, plan_shot
from craft.previs.spatial import vec
from craft.previs.uniforms import SETTINGS, Lamps
from craft.previs.version import ENGINE_VERSION
from craft.terms.digest import digest
from craft.terms.light import Mood

_FORMATS = {("f1", 4): "rgba8", ("f1", 3): "rgb8", ("f2", 4): "rgba16f", ("f4", 4): "rgba32f"}
_LINEAR = 9729


def bundle_key(packet: Packet) -> str:
    """Digest of all that decides the bundle's bytes, for an ETag."""
    return digest("previs.live", FORMAT_VERSION, [ENGINE_VERSION, packet.to_json()])


def stage_bundle(packet: Packet) -> bytes:
    """The container for a packet. Raises PacketError or Infeasible for what cannot be staged."""
    shot = plan_shot(replace(packet, burn_in=None))
    tape, renderer = recording(packet.width, packet.height, packet.quality)
    settings = SETTINGS[packet.quality]
    notes = _Notes(packet.width, packet.height)
    lit = {mood.value: relit(shot, replace(shot.packet, mood=mood.value)) for mood in Mood}
    drawn = {mood: _recorded(tape, renderer, _probed(each)) for mood, each in lit.items()}
    first = drawn[packet.mood]
    without = _recorded(tape, renderer, _probed(lit[packet.mood], shafts=False))
    notes.optional = {d.target for d in first} - {d.target for d in without}
    passes = {mood: notes.draws(d for d in draws if d.vertices is None) for mood, draws in drawn.items()}
    casters = [d for d in first if d.vertices is not None and not d.target.colours]
    geometry = [d for d in first if d.vertices is not None and d.target.colours]
    header = {
        "engine": ENGINE_VERSION,
        "width": packet.width,
        "height": packet.height,
        "header": HEADER_ES,
        "shadows": {
            "atlas": notes.texture(renderer.atlas),
            "tile": settings.shadow_tile,
            "offset": list(casters[0].offset) if casters else [0, 0],
        },
        "casters": {
            "open": notes.draws(d for d in casters if d.viewport[0] == 0),
            "shell": notes.draws(d for d in casters if d.viewport[0] > 0),
        },
        "geometry": notes.draws(geometry),
        "passes": passes,
        "moods": {mood: mood_table(each) for mood, each in lit.items()},
        "rig": tables(shot, settings),
        **notes.tables(),
    }
    return pack(header, notes.buffers)


def _probed(shot: Shot, *, shafts: bool = True) -> Shot:
    """The shot under two lamps that make the renderer do everything it can: shadows through the walls and
    without, and shafts.
    """
    aim = shot.composition.focus
    lamps = (
        Light(aim + vec(0, 3, 1), aim, (1.0, 1.0, 1.0), 40.0, 0.5, 0.0, 1.0, True, shell, volume)
        for shell, volume in ((False, 0.1 if shafts else 0.0), (True, 0.0))
    )
    return replace(shot, lights=tuple(lamps))


def _recorded(tape: Tape, renderer: Renderer, shot: Shot) -> list[Draw]:
    tape.draws.clear()
    # Depths of the set are kept between frames by the identity of a stage; here every frame counts.
    renderer._still_shadows = None
    renderer.frame(shot, 0)
    return [d for d in tape.draws if d.vertices is not None or d.target.colours]


class _Notes:
    """Numbers programs, textures, targets and buffers as draws name them."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.buffers = Buffers()
        self.optional: set[Target] = set()
        """Targets that are only drawn to for lamps that show in the air."""
        self._programs: dict[Program, int] = {}
        self._textures: dict[Texture, int] = {}
        self._targets: dict[Target, int] = {}

    def texture(self, texture: Texture) -> int:
        """The texture's number."""
        return self._textures.setdefault(texture, len(self._textures))

    def _target(self, target: Target) -> int:
        for attached in (*target.colours, *([target.depth] if target.depth else [])):
            self.texture(attached)
        return self._targets.setdefault(target, len(self._targets))

    def draws(self, found: Iterable[Draw]) -> list[dict[str, Any]]:
        """The draws as data, without what the rig decides."""
        return [self._draw(d) for d in found]

    def _draw(self, draw: Draw) -> dict[str, Any]:
        rigged = {*RIGGED, *(("uVP",) if not draw.target.colours else ())}
        data: dict[str, Any] = {
            "program": self._programs.setdefault(draw.program, len(self._programs)),
            "target": self._target(draw.target),
            "values": {n: self._value(v) for n, v in draw.values.items() if n not in rigged},
            "textures": {n: self.texture(t) for n, t in draw.textures.items()},
            "first": draw.first,
            "count": draw.count,
            "culled": draw.culled,
        }
        if draw.target in self.optional:
            data["shafts"] = True
        if draw.vertices is not None and draw.indices is not None:
            data["vertices"] = self.buffers.add(draw.vertices.data)
            data["indices"] = self.buffers.add(draw.indices.data)
        return data

    def _value(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return {"buffer": self.buffers.add(value)}
        if isinstance(value, int | float):
            return value
        return [float(x) for x in value]

    def tables(self) -> dict[str, Any]:
        """Everything that was numbered, and the shaders' texts."""
        names = {name for program in self._programs for name in program.names}
        return {
            "shaders": {name: source(name, {}, "") for name in sorted(names)},
            "programs": [
                {"vertex": p.names[0], "fragment": p.names[1], "defines": p.defines} for p in self._programs
            ],
            "textures": [self._texture_data(t) for t in self._textures],
            "targets": [
                {
                    "colours": [self._textures[t] for t in target.colours],
                    "depth": self._textures[target.depth] if target.depth else None,
                }
                for target in self._targets
            ],
        }

    def _texture_data(self, texture: Texture) -> dict[str, Any]:
        depth, compare = texture.dtype == "depth", bool(texture.compare_func)
        data = {
            "format": "depth" if depth else _FORMATS[texture.dtype, texture.components],
            "linear": texture.filter[0] == _LINEAR,
            "compare": depth and compare,
        }
        w, h = self.size
        shifts = [n for n in range(9) if (max(1, w >> n), max(1, h >> n)) == texture.size]
        if shifts and not (depth and compare):
            return {**data, "shift": shifts[0]}
        return {**data, "size": list(texture.size)}


RIGGED = (*Lamps((), (), 0, (), (), ()).uniforms(), "uExposure")
"""Uniforms the rig decides: the browser computes them for the dial as it stands."""
