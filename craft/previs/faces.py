"""What tells one face from another: small proportions from a character's id, and the years."""

from __future__ import annotations

from dataclasses import dataclass

from craft.previs.skeleton import Body
from craft.terms.digest import digest

_ADULT, _OLD = 26, 84
"""Years between which a face ages here."""


@dataclass(frozen=True)
class Features:
    """Proportions of a face, each -1 … 1 round the usual; ``age`` 0 smooth … 1 deeply lined."""

    nose_length: float = 0.0
    nose_width: float = 0.0
    bridge: float = 0.0
    jaw: float = 0.0
    chin: float = 0.0
    cheeks: float = 0.0
    brow_height: float = 0.0
    brow_weight: float = 0.0
    brow_arch: float = 0.0
    eye_gap: float = 0.0
    eye_tilt: float = 0.0
    eye_open: float = 0.0
    lips: float = 0.0
    mouth_width: float = 0.0
    ears: float = 0.0
    freckles: float = 0.0
    hairline: float = 0.0
    age: float = 0.0

    @property
    def eye(self) -> tuple[float, float, float]:
        """Centre of the left eye in head space (metres); the right one is mirrored."""
        return (0.0335 + 0.0022 * self.eye_gap, 0.004, 0.0690)

    @property
    def nose_low(self) -> float:
        """Height of the nose's tip in head space (metres)."""
        return -0.0265 - 0.0030 * self.nose_length - 0.002 * self.age

    @property
    def nose_wide(self) -> float:
        """Width of the nose, 1 for the usual."""
        return 1 + 0.17 * self.nose_width + 0.06 * self.age


_NAMES = tuple(name for name in Features.__dataclass_fields__ if name != "age")


def years_of(age: int) -> float:
    """0 for a young adult … 1 in the middle eighties and beyond."""
    return max(0.0, min(1.0, (age - _ADULT) / (_OLD - _ADULT)))


def features_of(who: str, body: str, age: int) -> Features:
    """The face of a character: the same id, body and age always give the same one."""
    stream = digest("previs.face", 1, [who, body])
    values = {}
    for i, name in enumerate(_NAMES):
        a, b = int(stream[3 * i : 3 * i + 2], 16), int(stream[63 - 3 * i : 61 - 3 * i : -1], 16)
        values[name] = (a + b) / 255.0 - 1.0
    return Features(**values, age=years_of(age))


def aged(body: Body, age: int) -> Body:
    """A body some years on: a little more waist and belly, less neck and softer features."""
    years = years_of(age)
    young = max(0.0, min(1.0, (_ADULT - age) / 8.0))
    return Body(
        **{
            **body.__dict__,
            "age": years,
            "waist": body.waist * (1 + 0.07 * years),
            "belly": body.belly + 0.016 * years,
            "limb": body.limb * (1 - 0.06 * years),
            "neck": body.neck * (1 - 0.07 * years),
            "soft": min(1.0, body.soft + 0.16 * young),
        }
    )
