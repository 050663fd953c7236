"""Built-in judge: measures a take. Figures, not taste."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from craft import vision
from craft.terms.digest import canonical_json
from engines.adapters.base import GenerationFailed, Health, InvalidInput, Judge, Request, Watch
from engines.adapters.builtin import BuiltIn, Made

FILE = "report.json"


class Lens(BuiltIn):
    """Black, freeze, flicker, sharpness, exposure and wardrobe palette of a clip, and a score from them."""

    key = "lens"

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Measure into `report.json`; the same figures stand in the facts of the file."""
        if not isinstance(request, Judge):
            raise InvalidInput(f"lens does not make {request.kind}.")
        reference = request.reference.path if request.reference else None
        try:
            report = vision.measure_clip(
                request.clip.path,
                palette=request.palette or None,
                boxes=request.boxes or None,
                reference_frame=reference,
            )
            score = vision.score_take(report)
        except vision.VisionError as error:
            raise GenerationFailed(str(error)) from error
        data = canonical_json({"report": asdict(report), "score": asdict(score)})
        (folder / FILE).write_bytes(data)
        return Made(((FILE, "application/json", json.loads(data)),), vision.version())

    def health(self) -> Health:
        """Needs ffmpeg, which the whole studio needs."""
        return Health(True, "measures", vision.version())
