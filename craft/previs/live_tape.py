"""A context that draws nothing and notes what the renderer asks for.

The browser repeats these notes: whatever the renderer draws, the live rig draws too, without a second
description of the pipeline. Only what ``moderngl`` offers and the renderer uses is here; anything else
raises, so that a new kind of call cannot get lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import moderngl

from craft.previs.gpu import Gpu
from craft.previs.renderer import Renderer

_UNIFORMS = re.compile(r"^\s*uniform\s+(\w+)\s+([^;]+);", re.MULTILINE)
_SAMPLERS = ("sampler2D", "sampler2DShadow")
_WHOLE = 1 << 24


class _Thing:
    """Anything the renderer may give back."""

    def release(self) -> None:
        """Nothing was taken."""


@dataclass(eq=False)
class Texture(_Thing):
    """Size in texels, components, ``dtype`` as moderngl names it (``depth`` for depth), how it is read."""

    size: tuple[int, int]
    components: int
    dtype: str
    filter: tuple[int, int] = (0, 0)
    compare_func: str = ""
    repeat_x: bool = False
    repeat_y: bool = False
    tape: Tape | None = None

    def use(self, location: int = 0) -> None:
        """Bind to a unit."""
        if self.tape is not None:
            self.tape.units[location] = self

    def write(self, data: bytes) -> None:
        """Contents do not travel."""


@dataclass(eq=False)
class Target(_Thing):
    """A framebuffer."""

    colours: tuple[Texture, ...]
    depth: Texture | None
    tape: Tape
    viewport: tuple[int, int, int, int] = (0, 0, 0, 0)

    def use(self) -> None:
        """Draw here from now on."""
        self.tape.target = self

    def clear(self, *colour: float, **depth: Any) -> None:
        """Every target begins empty, at depth 1."""

    def read(self, **how: Any) -> bytes:
        """There is no picture."""
        return b""

    def read_into(self, buffer: Any, **how: Any) -> None:
        """There is no picture."""


@dataclass(eq=False)
class Buffer(_Thing):
    """Vertices or indices."""

    data: bytes


@dataclass(eq=False)
class Uniform:
    """A value a program holds until it is given another."""

    value: Any = None
    dimension: int = _WHOLE
    array_length: int = 1

    def write(self, data: bytes) -> None:
        """Raw numbers."""
        self.value = bytes(data)


@dataclass(eq=False)
class Program(_Thing):
    """A program by the names of its shaders and its defines, with the uniforms its text declares."""

    text: str
    names: tuple[str, str] = ("", "")
    defines: dict[str, object] = field(default_factory=dict)
    uniforms: dict[str, Uniform] = field(default_factory=dict)
    samplers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        samplers = set()
        for kind, names in _UNIFORMS.findall(self.text):
            for name in names.split(","):
                plain = name.split("[")[0].strip()
                self.uniforms[plain] = Uniform()
                if kind in _SAMPLERS:
                    samplers.add(plain)
        self.samplers = frozenset(samplers)

    def __contains__(self, name: str) -> bool:
        return name in self.uniforms

    def __getitem__(self, name: str) -> Uniform:
        return self.uniforms[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The uniform, or the default."""
        return self.uniforms.get(name, default)


@dataclass(frozen=True)
class Draw:
    """One call: ``vertices`` and ``indices`` are None for a pass over the whole target."""

    program: Program
    target: Target
    viewport: tuple[int, int, int, int]
    values: Mapping[str, Any]
    textures: Mapping[str, Texture]
    vertices: Buffer | None
    indices: Buffer | None
    first: int
    count: int
    offset: tuple[float, float]
    """Polygon offset: factor and units."""
    culled: bool
    """Whether triangles that look away are left out."""


@dataclass(eq=False)
class Array(_Thing):
    """A program with its vertices; drawing notes the program's values of this moment."""

    program: Program
    vertices: Buffer | None
    indices: Buffer | None
    tape: Tape

    def render(self, *, vertices: int = -1, first: int = 0) -> None:
        """Note one draw."""
        held = {name: uniform.value for name, uniform in self.program.uniforms.items()}
        samplers = self.program.samplers
        values = {name: v for name, v in held.items() if name not in samplers and v is not None}
        textures = {n: self.tape.units[v] for n, v in held.items() if n in samplers and v is not None}
        count = len(self.indices.data) // 4 if vertices < 0 and self.indices is not None else vertices
        target = self.tape.target
        if target is None:
            raise RuntimeError("a draw without a target")
        note = Draw(
            self.program,
            target,
            target.viewport,
            values,
            textures,
            self.vertices,
            self.indices,
            first,
            count,
            self.tape.polygon_offset,
            bool(self.tape.flags & moderngl.CULL_FACE),
        )
        self.tape.draws.append(note)


class Tape:
    """The context handed to a ``Renderer`` instead of an OpenGL one. It has no other settings than these."""

    __slots__ = ("depth_func", "draws", "flags", "polygon_offset", "target", "units")

    def __init__(self) -> None:
        self.flags = 0
        self.draws: list[Draw] = []
        self.units: dict[int, Texture] = {}
        self.target: Target | None = None
        self.polygon_offset: tuple[float, float] = (0.0, 0.0)
        self.depth_func = "<"

    def enable(self, flags: int) -> None:
        """Depth test and culling; depth is tested where geometry is drawn, and nowhere else."""
        if flags & ~(moderngl.DEPTH_TEST | moderngl.CULL_FACE):
            raise NotImplementedError(f"the live rig cannot repeat flag {flags}")
        self.flags |= flags

    def disable(self, flags: int) -> None:
        """See ``enable``."""
        self.flags &= ~flags

    def texture(
        self, size: tuple[int, int], components: int, data: bytes | None = None, *, dtype: str = "f1"
    ) -> Texture:
        """A colour texture; linear, as moderngl makes them."""
        return Texture(size, components, dtype, filter=(9729, 9729), tape=self)

    def depth_texture(self, size: tuple[int, int]) -> Texture:
        """A depth texture of 24 bits."""
        return Texture(size, 1, "depth", compare_func="<=", filter=(9729, 9729), tape=self)

    def framebuffer(
        self, color_attachments: Sequence[Texture] = (), depth_attachment: Texture | None = None
    ) -> Target:
        """A target the size of its first attachment."""
        attached = [*color_attachments, *([depth_attachment] if depth_attachment else [])]
        width, height = attached[0].size
        return Target(tuple(color_attachments), depth_attachment, self, (0, 0, width, height))

    def program(self, *, vertex_shader: str, fragment_shader: str) -> Program:
        """A program that knows its uniforms from its text."""
        return Program(f"{vertex_shader}\n{fragment_shader}")

    def buffer(self, data: bytes) -> Buffer:
        """Kept as it is."""
        return Buffer(bytes(data))

    def vertex_array(
        self,
        program: Program,
        content: Sequence[tuple[Any, ...]],
        index_buffer: Buffer | None = None,
        *,
        skip_errors: bool = False,
    ) -> Array:
        """Vertices are always in the shared 40-byte layout."""
        return Array(program, content[0][0] if content else None, index_buffer, self)


class _NamedGpu(Gpu):
    """Keeps the names of a program's shaders, which is how the browser asks for them."""

    def program(self, vertex: str, fragment: str, defines: Mapping[str, object]) -> Any:
        made = super().program(vertex, fragment, defines)
        made.names, made.defines = (vertex, fragment), dict(defines)
        return made


def recording(width: int, height: int, quality: str) -> tuple[Tape, Renderer]:
    """A tape and a renderer that plays onto it."""
    tape = Tape()
    renderer = Renderer(tape, width, height, quality)
    renderer.gpu = _NamedGpu(tape)
    return tape, renderer
