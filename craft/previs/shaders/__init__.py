"""One GLSL source for server and browser; only the header line differs (OpenGL 3.3 core or OpenGL ES
3.00).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

HEADER_GL = "#version 330 core\n"
# Samplers too: by default what they return may be cut to ten bits, which a depth does not survive.
HEADER_ES = "#version 300 es\n" + "".join(
    f"precision highp {kind};\n" for kind in ("float", "int", "sampler2D", "sampler2DShadow")
)
_INCLUDE = re.compile(r'^#include "([a-z_.]+)"$', re.MULTILINE)


@cache
def _text(name: str) -> str:
    return files("craft.previs.shaders").joinpath(name).read_text(encoding="utf-8")


def source(name: str, defines: Mapping[str, object], header: str = HEADER_GL) -> str:
    """Shader ``name`` with its includes, header and defines.

    Light and sample counts are defines rather than uniforms: llvmpipe turns an array indexed by a
    runtime loop variable into per-lane gathers, which costs more than the shading itself.
    """
    body = _text(name)
    while found := _INCLUDE.search(body):
        body = body.replace(found.group(0), _text(found.group(1)), 1)
    lines = "".join(f"#define {key} {value}\n" for key, value in defines.items())
    return header + lines + body
