"""Built-in judge: measures a take. Figures, not taste."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from craft import vision
from craft.terms.digest import canonical_json
from craft.terms.speech import Viseme, VisemeCue
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
                last_frame=request.last.path if request.last else None,
                with_motion=True,
            )
            score = vision.score_take(report)
            lips = _lips(request)
        except vision.VisionError as error:
            raise GenerationFailed(str(error)) from error
        data = canonical_json({"report": asdict(report), "score": asdict(score), "lips": lips})
        (folder / FILE).write_bytes(data)
        return Made(((FILE, "application/json", json.loads(data)),), vision.version())

    def health(self) -> Health:
        """Needs ffmpeg, which the whole studio needs."""
        return Health(True, "measures", vision.version())


def _lips(request: Judge) -> list[dict[str, Any]]:
    """Lips against sound, line by line; a mouth that nobody located is not measured."""
    lines = [
        vision.SpokenLine(
            str(line["who"]),
            [VisemeCue(int(at), Viseme(viseme)) for at, viseme in line["visemes"]],
            float(line["at"]),
        )
        for line in request.lines
    ]
    if not lines:
        return []
    found = vision.lip_reports(request.clip.path, lines, request.mouths)
    return [{"who": line.speaker, **asdict(report)} for line, report in zip(lines, found, strict=True)]
