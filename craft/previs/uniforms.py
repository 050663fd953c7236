"""What a frame hands to the shaders: quality settings, camera, lamps, colours, bones and faces as
uniform values.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from craft.previs.faces import Features
from craft.previs.look import Look
from craft.previs.optics import aperture_of, blur_radius
from craft.previs.packet import CharacterSpec
from craft.previs.performance import Face, Moment
from craft.previs.projection import FAR_M, NEAR_M, CameraPose, fov_y
from craft.previs.rig import Light, camera_white, direction
from craft.previs.shot import Shot
from craft.previs.spatial import F64, invert4, length, look_at, mat_mul, perspective, vec
from craft.terms.colour import hex_to_linear

MAX_LIGHTS = 12
FIRST_SEGMENT = 40


@dataclass(frozen=True)
class Settings:
    """What a quality draws."""

    shadow_tile: int
    shadows: int
    taps: int
    occlusion: int
    shafts: bool
    defocus: int
    proxies: bool
    grain: float
    gloss: int
    """Lamps beyond the shadowed ones that make highlights."""


SETTINGS: dict[str, Settings] = {
    "draft": Settings(512, 2, 3, 5, False, 0, True, 0.012, 2),
    "preview": Settings(768, 3, 6, 8, True, 8, False, 0.016, 4),
    "cinematic": Settings(1024, 4, 8, 8, True, 12, False, 0.020, 8),
}


def gl_matrix(m: F64) -> bytes:
    """A matrix as the shaders take it: float32, column by column."""
    return np.ascontiguousarray(m.T, np.float32).tobytes()


def _hex(colour: str) -> tuple[float, float, float]:
    return hex_to_linear(colour)


def scaled(c: tuple[float, float, float], k: float) -> tuple[float, float, float]:
    return (c[0] * k, c[1] * k, c[2] * k)


def _muted(c: tuple[float, float, float], share: float) -> tuple[float, float, float]:
    """Some of the chroma of sRGB swatches belongs to the light they were picked under, not to skin."""
    grey = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
    return (c[0] + (grey - c[0]) * share, c[1] + (grey - c[1]) * share, c[2] + (grey - c[2]) * share)


def palette(spec: CharacterSpec, soft: float) -> bytes:
    """The colours of a figure for its shader."""
    skin = _muted(_hex(spec.skin), 0.14)
    hair = _hex(spec.hair.colour)
    worn = spec.wardrobe
    rose = (0.50, 0.13, 0.12)
    k = 0.25 + 0.35 * soft
    lips = tuple(min(1.0, s * (1 - k) * 0.85 + r * k * (0.45 + s)) for s, r in zip(skin, rose, strict=True))
    brow = tuple(0.50 * h + 0.10 * s for h, s in zip(hair, skin, strict=True))
    rows = (
        skin,
        hair,
        _hex(worn.top),
        _hex(worn.shirt),
        _hex(worn.accent),
        _hex(worn.bottom),
        _hex(worn.shoes),
        _hex(spec.eyes),
        lips,
        brow,
        _hex(spec.hat.colour),
        _hex(spec.glasses.colour),
        _hex(worn.pattern_colour),
    )
    return np.array(rows, np.float32).tobytes()


def sky_uniforms(look: Look) -> dict[str, Any]:
    """What the open sky is drawn from."""
    r, g, b = camera_white(look.sun.kelvin)
    k = look.sun.intensity
    return {
        "uSkyTop": look.sky_top,
        "uSkyLow": look.sky_low,
        "uSun": (*look.sun.direction, look.sun.clear),
        "uSunColour": (r * k, g * k, b * k),
        "uSkyShape": (look.clouds, look.stars, look.snow),
    }


def bones(moment: Moment) -> bytes:
    return np.ascontiguousarray(moment.posed.palette.transpose(0, 2, 1)).tobytes()


def feature_uniforms(face: Features) -> dict[str, Any]:
    """What makes a painted face one person's."""
    return {
        "uEyes": face.eye,
        "uTraits": (face.lips, face.mouth_width, face.eye_open, face.eye_tilt),
        "uYears": (face.age, max(0.0, face.freckles), face.nose_low, face.nose_wide),
    }


def face_uniforms(face: Face) -> dict[str, Any]:
    return {"uMouth": face.mouth, "uLids": (face.lids, face.squint), "uGaze": face.eyes}


@dataclass(frozen=True)
class View:
    number: int
    pose: CameraPose
    vp: F64
    vp_gl: bytes
    inverse_gl: bytes
    focal: float
    focus: float
    blur: float

    @classmethod
    def of(cls, shot: Shot, number: int) -> View:
        pose = shot.path[number]
        projection = perspective(fov_y(pose.focal_mm, shot.aspect), shot.aspect, NEAR_M, FAR_M)
        vp = mat_mul(projection, look_at(pose.eye, pose.target, pose.roll))
        focus = pose.focus_m
        blur = blur_radius(pose, shot.aspect, aperture_of(shot.packet.camera))
        return cls(
            number, pose, vp, gl_matrix(vp), gl_matrix(invert4(vp)), float(projection[1, 1]), focus, blur
        )

    def uniforms(self, width: int, height: int, seconds: float) -> dict[str, Any]:
        eye = tuple(float(x) for x in self.pose.eye)
        return {"uInverseVP": self.inverse_gl, "uEye": eye, "uSize": (width, height), "uTime": seconds}


_DARK = Light(vec(0, 9, 0), vec(0, 0, 0), (0.0, 0.0, 0.0), 20.0, 1.0, 0.0, 1.0)
"""Hangs where nothing else does: GLSL has no arrays of length 0."""


@dataclass(frozen=True)
class Lamps:
    lights: tuple[Light, ...]
    shadowed: tuple[Light, ...]
    volumes: int
    view_gl: tuple[bytes, ...]
    matrices_gl: tuple[bytes, ...]
    spreads: tuple[float, ...]

    @classmethod
    def of(cls, shot: Shot, settings: Settings) -> Lamps:
        lights = list(shot.lights) or [_DARK]
        casting = [lamp for lamp in lights if lamp.shadow][: settings.shadows]
        # Shadow tiles belong to the first lights of the arrays, so casters go first.
        lights = casting + [lamp for lamp in lights if not any(lamp is c for c in casting)]
        views = [_lamp_matrix(lamp) for lamp in casting]
        bias = np.array(((0.5, 0, 0, 0.5), (0, 0.5, 0, 0.5), (0, 0, 1, 0), (0, 0, 0, 1)))
        volumes = sum(1 for lamp in casting if lamp.volume > 0) if settings.shafts else 0
        return cls(
            tuple(lights[:MAX_LIGHTS]),
            tuple(casting),
            volumes,
            tuple(gl_matrix(m) for m in views),
            tuple(gl_matrix(mat_mul(bias, m)) for m in views),
            tuple(1.2 / math.tan(math.radians(lamp.cone + 1)) for lamp in casting),
        )

    def defines(self, settings: Settings) -> dict[str, object]:
        return {
            "LIGHTS": len(self.lights),
            "GLOSS": min(len(self.lights), len(self.shadowed) + settings.gloss),
            "SHADOWS": len(self.shadowed),
            "VOLUMES": self.volumes,
        }

    def uniforms(self) -> dict[str, Any]:
        return {
            "uLightPos": _rows((*lamp.position, lamp.set_share) for lamp in self.lights),
            "uLightDir": _rows(
                (*direction(lamp), -1.01 if lamp.everywhere else math.cos(math.radians(lamp.cone)))
                for lamp in self.lights
            ),
            "uLightColour": _rows((*lamp.radiance, 0.0) for lamp in self.lights),
            "uLightShape": _rows(_shape(lamp) for lamp in self.lights),
            "uLightMatrix": b"".join(self.matrices_gl),
            "uLightSpread": np.array(self.spreads, np.float32).tobytes(),
        }


def _rows(rows: Iterable[tuple[float, ...]]) -> bytes:
    return np.array(list(rows), np.float32).tobytes()


def _shape(lamp: Light) -> tuple[float, float, float, float]:
    outer = -1.01 if lamp.everywhere else math.cos(math.radians(lamp.cone))
    inner = -1.0 if lamp.everywhere else math.cos(math.radians(lamp.cone * 0.55))
    return max(inner, outer + 1e-3), lamp.soft, lamp.falloff, lamp.volume


def _lamp_matrix(lamp: Light) -> F64:
    reach = length(lamp.aim - lamp.position)
    near, far = max(0.25, reach - 5.0), reach + 7.0
    return mat_mul(perspective(lamp.cone * 2 + 2, 1.0, near, far), look_at(lamp.position, lamp.aim))
