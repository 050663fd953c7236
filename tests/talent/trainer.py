"""A trainer that needs no libraries: it writes the files a training gives, from nothing but what it was asked, and
paints stills that wear what it trained.

It stands in the crew as an engine of its own that works in the queue `gpu`, like the one that learns with torch.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import Image

from craft.terms.digest import file_sha256
from engines.adapters.base import Health, Issue, Model, Outline, Request, Stopped, Watch
from engines.adapters.builtin import BuiltIn, Made
from engines.adapters.requests import Keyframe, TrainLora

BASE_SHA = "ab" * 32
MODULE = "trainer_of_tests"
ROWS: dict[str, dict[str, Any]] = {
    "drill": {
        "engine": "drill",
        "label": "Drill",
        "adapter": f"{MODULE}.Drill",
        "builtin": True,
        "trained": True,
        "queue": "gpu",
        "models": [
            {"model": "lora", "label": "Drill", "class": "p1", "kinds": ["train"], "price": {"unit": "call"}},
            {
                "model": "still",
                "label": "Drill stills",
                "class": "p1",
                "kinds": ["keyframe"],
                "max_loras": 2,
                "price": {"unit": "image"},
            },
        ],
    }
}


class Drill(BuiltIn):
    """Learns nothing; each step's loss is a figure made of the seed."""

    key = "drill"

    def validate(self, request: Request | Outline, model: Model) -> Sequence[Issue]:
        issues = list(super().validate(request, model))
        if isinstance(request, TrainLora) and request.base != "still":
            issues.append(Issue("weights", f"There are no weights called {request.base!r}."))
        worn = [lora for lora in getattr(request, "loras", ()) if lora.base != BASE_SHA]
        issues += [Issue("loras", "draws with other weights than this was trained for") for _ in worn]
        return issues

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        if isinstance(request, Keyframe):
            return self._painted(request, folder)
        assert isinstance(request, TrainLora)
        for example in request.examples:
            assert file_sha256(example.file.path) == example.file.sha256
        losses = []
        for step in range(request.steps):
            if watch.cancelled():
                raise Stopped("Stopped between two steps.")
            watch.progress(step, request.steps, "training")
            losses.append(1.0 / (1 + step + request.seed))
        out = folder / "lora.safetensors"
        out.write_bytes(safetensors({"base": {"sha256": BASE_SHA}, "seed": request.seed}))
        about = {
            "base": {"weights": request.base, "sha256": BASE_SHA},
            "lora": {"sha256": file_sha256(out), "rank": request.rank},
            "training": {"losses": losses, "examples": [one.as_json() for one in request.examples]},
            "made_with": {"device": "none"},
        }
        (folder / "training.json").write_text(json.dumps(about))
        files: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("lora.safetensors", "application/x-safetensors", {}),
            ("training.json", "application/json", {}),
        )
        return Made(files, "drill 1")

    def _painted(self, request: Keyframe, folder: Path) -> Made:
        """A plain still, its colour made of what is worn."""
        for lora in request.loras:
            assert file_sha256(lora.file.path) == lora.file.sha256
        shade = sum(int(lora.file.sha256[:2], 16) for lora in request.loras) % 256
        Image.new("RGB", (request.width, request.height), (shade, 80, 80)).save(folder / "still.png")
        return Made(
            (("still.png", "image/png", {"width": request.width, "height": request.height}),), "drill 1"
        )

    def health(self) -> Health:
        return Health(True, "ready", "drill 1", {"weights": ["still"]})


def safetensors(facts: dict[str, Any]) -> bytes:
    """A safetensors file of one small tensor, with facts in its header."""
    told = {"__metadata__": {"slate": json.dumps(facts)}}
    header = json.dumps({**told, "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return len(header).to_bytes(8, "little") + header + b"\0\0\0\0"


def install() -> None:
    """Make the adapter findable where the crew looks for adapters."""
    module = ModuleType(f"engines.adapters.{MODULE}")
    module.Drill = Drill  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
