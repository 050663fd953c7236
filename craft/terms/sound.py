"""Sound: the four layers and the delivery loudness specifications."""

from __future__ import annotations

from dataclasses import dataclass

from craft.terms.base import Term


class Layer(Term):
    """The four layers of the mix."""

    DIALOGUE = "dialogue"
    MUSIC = "music"
    AMBIENCE = "ambience"
    EFFECTS = "effects"


@dataclass(frozen=True, slots=True)
class LoudnessSpec:
    """A delivery target: integrated loudness in LUFS ± tolerance in LU, true peak ceiling in dBTP.

    With a `dialogue_gate` the loudness is that of the stretches in which somebody speaks.
    """

    key: str
    label: str
    integrated: float
    tolerance: float
    true_peak: float
    dialogue_gate: bool = False


LOUDNESS: dict[str, LoudnessSpec] = {
    spec.key: spec
    for spec in (
        LoudnessSpec("ebu_r128", "EBU R128", -23.0, 1.0, -1.0),
        LoudnessSpec("atsc_a85", "ATSC A/85", -24.0, 2.0, -2.0),
        LoudnessSpec("streaming", "Streaming, dialogue-gated", -27.0, 2.0, -2.0, dialogue_gate=True),
        LoudnessSpec("online", "Online", -14.0, 1.0, -1.0),
    )
}
