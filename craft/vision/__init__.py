"""Vision: what can be measured in a clip or a still without any model. `python -m craft.vision` runs it
alone.

What cannot be measured is None or "not_measured", never a guess.
"""

from craft.vision.decode import tool
from craft.vision.errors import MediaError, VisionError
from craft.vision.lips import LIPS_VERSION, SpokenLine, lip_reports, opening_from_clip, verify_lips
from craft.vision.measuring import MEASURE_VERSION, measure_clip, measure_still
from craft.vision.motion import MOTION_VERSION, recover_motion
from craft.vision.reports import (
    Bars,
    Box,
    ClipReport,
    Exposure,
    Finding,
    LipReport,
    Motion,
    StillReport,
    StreamFacts,
    TakeScore,
)
from craft.vision.scoring import default_thresholds, score_take
from craft.vision.waveform import waveform_peaks

__all__ = [
    "Bars",
    "Box",
    "ClipReport",
    "Exposure",
    "Finding",
    "LipReport",
    "MediaError",
    "Motion",
    "SpokenLine",
    "StillReport",
    "StreamFacts",
    "TakeScore",
    "VisionError",
    "default_thresholds",
    "lip_reports",
    "measure_clip",
    "measure_still",
    "opening_from_clip",
    "recover_motion",
    "score_take",
    "tool",
    "verify_lips",
    "version",
    "waveform_peaks",
]


def version() -> str:
    """The version of measures, rules, lips and motion together; it belongs to every stored figure."""
    return f"{MEASURE_VERSION}, {default_thresholds()['version']}, {LIPS_VERSION}, {MOTION_VERSION}"
