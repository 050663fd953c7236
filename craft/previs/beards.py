"""Beards: where they grow (painted on the skin) and what stands out from it."""

from __future__ import annotations

import numpy as np

from craft.previs.hair import Wearer
from craft.previs.head import skull
from craft.previs.sdf import capsule, union
from craft.previs.spatial import F32

_SHARE = {"none": 0.0, "stubble": 0.55, "moustache": 0.8, "goatee": 0.85, "full": 1.0}
BEARDS = tuple(_SHARE)


def _ramp(low: float, high: float, x: F32) -> F32:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray((t * t * (3 - 2 * t)), np.float32)


def _cheeks(q: F32) -> F32:
    """Below the line from the sideburn to the corner of the mouth, down to the throat."""
    zs = (-0.03, -0.010, 0.010, 0.026, 0.048, 0.066, 0.076, 0.12)
    ys = (-0.075, -0.055, -0.018, -0.030, -0.046, -0.050, -0.046, -0.046)
    line = np.interp(q[:, 2], zs, ys).astype(np.float32)
    return (
        _ramp(0.004, -0.008, q[:, 1] - line) * _ramp(-0.136, -0.122, q[:, 1]) * _ramp(-0.022, -0.004, q[:, 2])
    )


def _lip_area(q: F32) -> F32:
    x, y = q[:, 0] / 0.0255, (q[:, 1] + 0.0575) / 0.0115
    return 1 - _ramp(0.85, 1.25, np.sqrt(x * x + y * y).astype(np.float32)) * 1.0


def _upper_lip(q: F32) -> F32:
    ends = 0.0365 + 0.25 * np.maximum(np.abs(q[:, 0]) - 0.012, 0)
    below_nose = _ramp(0.001, -0.004, (q[:, 1] + ends).astype(np.float32)) * _ramp(-0.064, -0.056, q[:, 1])
    return below_nose * _ramp(0.033, 0.026, np.abs(q[:, 0])) * _ramp(0.055, 0.070, q[:, 2])


def _chin(q: F32) -> F32:
    wide = 0.024 + 0.10 * np.maximum(-0.09 - q[:, 1], 0)
    return (
        _ramp(0.004, -0.006, (np.abs(q[:, 0]) - wide).astype(np.float32))
        * _ramp(-0.056, -0.066, q[:, 1])
        * _ramp(0.02, 0.04, q[:, 2])
        * _ramp(-0.136, -0.124, q[:, 1])
    )


def _beside_mouth(q: F32) -> F32:
    from_mouth = np.abs(np.abs(q[:, 0]) - 0.0285)
    return (
        _ramp(0.007, 0.002, from_mouth.astype(np.float32))
        * _ramp(-0.085, -0.075, q[:, 1])
        * _ramp(-0.040, -0.046, q[:, 1])
        * _ramp(0.05, 0.06, q[:, 2])
    )


def beard_share(beard: str, q: F32) -> F32:
    """How dense a beard is on the skin, 0-1, at points in head space."""
    if beard == "none":
        return np.zeros(len(q), np.float32)
    lip = _upper_lip(q)
    if beard == "moustache":
        area = lip
    elif beard == "goatee":
        area = np.maximum(np.maximum(lip, _chin(q)), _beside_mouth(q))
    else:
        area = np.maximum(lip, _cheeks(q))
    return (area * (1 - _lip_area(q)) * _SHARE[beard]).astype(np.float32)


def _moustache(q: F32) -> F32:
    d = np.full(len(q), 9.0, np.float32)
    for side in (1, -1):
        inner = capsule(q, (side * 0.004, -0.0415, 0.0915), (side * 0.018, -0.0445, 0.0845), 0.0052, 0.0056)
        outer = capsule(q, (side * 0.018, -0.0445, 0.0845), (side * 0.031, -0.0545, 0.0690), 0.0056, 0.0026)
        d = union(d, union(inner, outer, 0.006), 0.004)
    return d + (0.0007 * np.sin(q[:, 0] * 900)).astype(np.float32)


def beard_volume(beard: str, q: F32, wearer: Wearer) -> F32 | None:
    """Distance to what stands out from the skin; None for beards that are only painted."""
    if beard in ("none", "stubble"):
        return None
    if beard == "moustache":
        return _moustache(q)
    share = beard_share(beard, q)
    # The painted mouth opens downwards, so hair keeps away from below the lip.
    gap = _ramp(0.020, 0.012, np.abs(q[:, 0])) * _ramp(-0.084, -0.076, q[:, 1])
    share = share * (1 - gap)
    long = (0.0105 if beard == "full" else 0.0070) + (0.010 if beard == "full" else 0.004) * _ramp(
        -0.085, -0.120, q[:, 1]
    ) * _ramp(0.01, 0.05, q[:, 2])
    wave = 0.0011 * np.sin(q[:, 0] * 210 + 9 * q[:, 1]) * np.sin(q[:, 1] * 150) * share
    d = skull(q, wearer.body, wearer.features) - (long * share - 0.006 * (1 - share)) + wave
    return union(d.astype(np.float32), _moustache(q), 0.004)
