"""Self-hosted diffusion models: stills, clips from a first frame, and LoRAs learned here. Nothing leaves the machine.

Weights are the operator's own (`engines.adapters.weights`). torch and its kin are an extra set of packages, imported
only when something is drawn; `health` says which of all that is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from craft.previs.encoder import PREVIEW, Encoder
from craft.previs.errors import EncodeFailed
from craft.render.errors import RenderError
from craft.render.probe import probe
from craft.terms.digest import file_sha256
from craft.terms.rates import FrameRate
from engines.adapters import diffusion, lora_training
from engines.adapters.base import (
    Clip,
    EngineDown,
    GenerationFailed,
    Health,
    InvalidInput,
    Issue,
    Keyframe,
    Model,
    Outline,
    Request,
    Submitted,
    Watch,
)
from engines.adapters.builtin import BuiltIn, Made
from engines.adapters.requests import TrainLora
from engines.adapters.shapes import on_grid
from engines.adapters.weights import Weights, brought, weights_of
from engines.adapters.wording import clip_words

INSTALL = "./slate engines install"
GPUS = (Path("/dev/nvidiactl"), Path("/dev/kfd"), Path("/dev/dxg"))
MOST_STEPS, MOST_RANK, MOST_EXAMPLES = 20_000, 256, 500
Tick = Callable[[int, int], None]


class LocalDiffusers(BuiltIn):
    """Draws with weights of this machine, in this process."""

    key = "local_diffusers"
    model: Model | None = None

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """Do the work now, with the weights that the model's row names."""
        self.model = model
        return super().submit(request, model, attempt_key, watch)

    def validate(self, request: Request | Outline, model: Model) -> Sequence[Issue]:
        """The shared checks; whether the weights are here; what training takes."""
        issues = list(super().validate(request, model))
        if isinstance(request, TrainLora):
            issues += _training_issues(request)
        elif isinstance(request, Clip) and (request.width % 2 or request.height % 2):
            issues.append(Issue("width", "makes clips of even width and height only"))
        try:
            if not isinstance(request, Outline) or request.kind != TrainLora.kind:
                issues += _lora_issues(request, _weights(request, model))
        except EngineDown as error:
            issues.append(Issue("weights", error.message))
        return issues

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Write `still.png`, `clip.mp4`, or `lora.safetensors` with `training.json`. Raises EngineError."""
        if self.model is None or not isinstance(request, Keyframe | Clip | TrainLora):
            raise InvalidInput(f"local_diffusers does not make {request.kind}.")
        weights = _weights(request, self.model)
        diffusion.stop_if(watch.cancelled)
        watch.progress(0, 1, "loading")
        if isinstance(request, TrainLora):
            return _train(request, weights, folder, _ticks(watch, "training"))
        if diffusion.family_of(weights).makes != request.kind:
            raise EngineDown(f"{weights.name} is a {weights.pipeline}, which makes no {request.kind}.")
        words = clip_words(request, self.model.capability.wording)
        frames = _drawn(request, weights, words, _ticks(watch, "drawing"))
        diffusion.stop_if(watch.cancelled)
        if isinstance(request, Clip):
            return _clip(request, weights, frames, folder)
        Image.fromarray(frames[0]).save(folder / "still.png")
        return Made((("still.png", "image/png", _facts(request, weights)),), _version(weights))

    def health(self) -> Health:
        """Which libraries and weights are missing; that a processor alone is slow. Imports no library."""
        if lacking := diffusion.missing():
            return Health(False, f"{', '.join(lacking)} not installed: {INSTALL}")
        try:
            names = brought()
        except EngineDown as error:
            return Health(False, error.message)
        if not names:
            return Health(False, "SLATE_WEIGHTS holds no folder with a model_index.json")
        gpu = any(path.exists() for path in GPUS)
        told = f"weights: {', '.join(names)}" + ("" if gpu else "; no GPU: the processor is slow")
        detail = {"weights": names, "gpu": gpu, **diffusion.versions()}
        return Health(True, told, f"diffusers {diffusion.versions()['diffusers']}", detail)


def _weights(request: Request | Outline, model: Model) -> Weights:
    """The weights that are meant: those of the row, or those a LoRA is for. Raises EngineDown."""
    name = request.base if isinstance(request, TrainLora) else model.vendor.get("weights")
    return weights_of(str(name or model.slug))


def _lora_issues(request: Request | Outline, weights: Weights) -> list[Issue]:
    """LoRAs that say of themselves that they are for other weights than these. For prices their name is enough; to
    know the very weights takes reading them all, once for each state of their files."""
    issues = []
    for lora in getattr(request, "loras", ()):
        if lora.weights not in ("", weights.name):
            told = f"draws with the weights {weights.name}, and this was trained for {lora.weights}"
            issues.append(Issue("loras", told))
        elif lora.base and not isinstance(request, Outline) and lora.base != weights.sha256():
            told = f"draws with other weights than this was trained for: {weights.name} has changed"
            issues.append(Issue("loras", told))
    return issues


def _ticks(watch: Watch, stage: str) -> Tick:
    def tick(done: int, total: int) -> None:
        watch.progress(done, total, stage)
        if done < total:
            diffusion.stop_if(watch.cancelled)

    return tick


def _drawn(request: Keyframe | Clip, weights: Weights, words: str, tick: Tick) -> np.ndarray[Any, Any]:
    """The frames that were asked for: frames × height × width × RGB bytes, cut out of what the model made."""
    size, family = (request.width, request.height), diffusion.family_of(weights)
    first, frames, fps = None, 1, 24.0
    if isinstance(request, Clip):
        if request.first is None:
            raise InvalidInput("These weights move a still, and the request has none.")
        first = diffusion.picture_of(request.first, on_grid(*size, family.grid))
        frames, fps = request.frames, float(FrameRate.parse(request.rate).fraction)
    drawing = diffusion.Drawing(words, request.negative, size, request.seed, first, frames, fps)
    pipe = diffusion.loaded(weights)
    with diffusion.wearing(pipe, request.loras, weights):
        made = np.asarray(diffusion.draw(pipe, weights, drawing, tick))
    down, across = (made.shape[1] - size[1]) // 2, (made.shape[2] - size[0]) // 2
    cut = made[:frames, down : down + size[1], across : across + size[0]]
    if cut.shape[:3] != (frames, size[1], size[0]):
        raise GenerationFailed(f"{weights.name} made {made.shape[:3]}, not {frames} frames of {size}.")
    return np.ascontiguousarray((cut * 255).round().astype(np.uint8))


def _clip(request: Clip, weights: Weights, frames: np.ndarray[Any, Any], folder: Path) -> Made:
    out = folder / "clip.mp4"
    try:
        with Encoder(out, request.width, request.height, request.rate, PREVIEW) as encoder:
            for frame in frames:
                encoder.write(frame.tobytes())
        found = probe(out).picture
    except (EncodeFailed, RenderError) as error:
        raise GenerationFailed(f"The clip could not be written: {error}") from error
    if found is None or found.frames != request.frames:
        raise GenerationFailed("The clip does not have the frames that were asked for.")
    facts = {**_facts(request, weights), "frames": request.frames}
    return Made((("clip.mp4", "video/mp4", facts),), _version(weights))


def _train(request: TrainLora, weights: Weights, folder: Path, tick: Tick) -> Made:
    if issues := _training_issues(request):
        raise InvalidInput("; ".join(f"{issue.field}: {issue.message}" for issue in issues))
    out = folder / "lora.safetensors"
    learned = lora_training.train(weights, request, out, tick)
    about: dict[str, Any] = {
        "base": {"weights": weights.name, "pipeline": weights.pipeline, "sha256": weights.sha256()},
        "lora": {"sha256": file_sha256(out), "rank": request.rank, "parameters": learned.parameters},
        "training": {
            "steps": request.steps,
            "learning_rate": request.learning_rate,
            "seed": request.seed,
            "size": [request.width, request.height],
            "losses": [round(loss, 6) for loss in learned.losses],
            "examples": [example.as_json() for example in request.examples],
        },
        "made_with": {**diffusion.versions(), "device": learned.device},
    }
    (folder / "training.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")
    files = (
        ("lora.safetensors", "application/x-safetensors", {**about["base"], **about["lora"]}),
        ("training.json", "application/json", {"steps": request.steps}),
    )
    return Made(files, _version(weights))


def _training_issues(request: TrainLora) -> list[Issue]:
    """What cannot be trained like this."""
    bounds: Mapping[str, tuple[float, float, float]] = {
        "examples": (len(request.examples), 1, MOST_EXAMPLES),
        "steps": (request.steps, 1, MOST_STEPS),
        "rank": (request.rank, 1, MOST_RANK),
        "learning_rate": (request.learning_rate, 1e-7, 1.0),
        "width": (request.width, 32, 2048),
        "height": (request.height, 32, 2048),
    }
    wrong = {name: told for name, told in bounds.items() if not told[1] <= told[0] <= told[2]}
    return [
        Issue(name, f"between {low:g} and {high:g}, not {told:g}")
        for name, (told, low, high) in wrong.items()
    ]


def _facts(request: Keyframe | Clip, weights: Weights) -> dict[str, Any]:
    """What a result's row keeps: sizes, the weights, what they wore."""
    worn = [lora.as_json() for lora in request.loras]
    size = {"width": request.width, "height": request.height}
    return {**size, "weights": weights.name, "weights_sha256": weights.sha256(), "loras": worn}


def _version(weights: Weights) -> str:
    """Weights, how they are asked and what drew: together they say what a seed means."""
    family = diffusion.family_of(weights)
    steps, guidance = weights.steps or family.steps, weights.guidance
    asked = f"{steps} steps, guidance {family.guidance if guidance is None else guidance:g}"
    told = diffusion.versions()
    return f"{weights.name} {weights.sha256()[:12]}, {asked}, diffusers {told['diffusers']}, torch {told['torch']}"
