"""What an asset is for."""

from __future__ import annotations

from craft.terms.base import Term


class Kind(Term):
    """The part a file plays in a production."""

    KEYFRAME = "keyframe"
    BOARD = "board"
    STILL = "still"
    PLATE = "plate"
    GUIDES = "guides"
    PERFORMANCE = "performance"
    CLIP = "clip"
    LIPS = "lips"
    SPEECH = "speech"
    SCORE = "score"
    AMBIENCE = "ambience"
    EFFECT = "effect"
    STEM = "stem"
    CAPTION = "caption"
    PREVIEW = "preview"
    REFERENCE = "reference"
    LORA = "lora"
    CONSENT = "consent"
    MASTER = "master"
    DOCUMENT = "document"
    LUT = "lut"
    DELIVERABLE = "deliverable"
