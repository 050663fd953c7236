"""Diffusion models in this process: torch taken in offline, a model loaded and held, LoRAs put on and taken off.

Nothing here is imported before it is needed: torch takes seconds and hundreds of megabytes, and only the worker that
draws pays for it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from engines.adapters.errors import EngineDown, GenerationFailed, InvalidInput, ModerationOutput, Stopped
from engines.adapters.inputs import Input, Lora
from engines.adapters.shapes import on_grid
from engines.adapters.weights import Weights, lora_bytes

PACKAGES = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors")
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # without it cuBLAS may add up in another order from run to run
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}
ROOM = 0.7
"""The share of the GPU's memory that weights may take; above it, parts wait in the machine's memory for their turn."""
MOST_PIECES = 16
"""Into how many pieces words may be parted: 1200 tokens of Stable Diffusion, more than a shot is ever told in."""
_held: dict[tuple[str, str], Any] = {}


@dataclass(frozen=True, slots=True)
class Family:
    """How models of one kind are asked.

    `loader` is the class that loads them, `part` what learns; pictures lie on a `grid` of pixels, clips have a multiple
    of `stride` frames and one. `words` is how many tokens are read, 0 for as many as the tokenizer says.
    """

    makes: str
    loader: str
    part: str
    grid: int
    steps: int
    guidance: float
    stride: int = 1
    words: int = 0


STILLS = Family("keyframe", "StableDiffusionPipeline", "unet", 8, 30, 7.0)
STILLS_XL = Family("keyframe", "StableDiffusionXLPipeline", "unet", 8, 30, 5.0)
CLIPS = Family("clip", "LTXImageToVideoPipeline", "transformer", 32, 40, 3.0, stride=8, words=256)
FAMILIES = {
    "StableDiffusionPipeline": STILLS,
    "StableDiffusionXLPipeline": STILLS_XL,
    "LTXPipeline": CLIPS,
    "LTXImageToVideoPipeline": CLIPS,
}


@dataclass(frozen=True, slots=True)
class Kit:
    """The libraries, and the device they work on."""

    torch: Any
    diffusers: Any
    peft: Any
    safetensors: Any
    device: str

    @property
    def precision(self) -> Any:
        """Half the memory on a GPU; on a processor full figures, which are also the faster ones there."""
        return self.torch.bfloat16 if self.device == "cuda" else self.torch.float32

    def dice(self, seed: int) -> Any:
        """A source of noise. It is drawn on the processor, so that a seed means the same on every device."""
        return self.torch.Generator("cpu").manual_seed(seed % 2**63)


def missing() -> list[str]:
    """Libraries that are not installed. Imports none of them."""
    return [name for name in PACKAGES if not _version(name)]


def versions() -> dict[str, str]:
    """The libraries' versions."""
    return {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@cache
def kit() -> Kit:
    """Import the libraries, with every way to a network shut before. Raises EngineDown."""
    os.environ.update(OFFLINE)
    try:
        names = ("torch", "diffusers", "transformers", "peft", "safetensors.torch", "safetensors")
        torch, diffusers, transformers, peft, _, safetensors = map(import_module, names)
    except ImportError as error:
        raise EngineDown(f"The libraries of self-hosted models cannot be loaded: {error}") from error
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    return Kit(torch, diffusers, peft, safetensors, "cuda" if torch.cuda.is_available() else "cpu")


def family_of(weights: Weights) -> Family:
    """How these weights are asked. Raises EngineDown for a pipeline that nobody here knows."""
    if weights.pipeline not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise EngineDown(
            f"{weights.name} is a {weights.pipeline or 'model without a class'}; known: {known}."
        )
    return FAMILIES[weights.pipeline]


def loaded(weights: Weights) -> Any:
    """The model, ready to draw. One is held at a time, until its files change or another is asked for."""
    key = (str(weights.folder), weights.sha256())
    if key not in _held:
        let_go()
        _held[key] = load(weights)
    return _held[key]


def let_go() -> None:
    """Give back the memory of the model that is held."""
    _held.clear()
    if kit().device == "cuda":
        kit().torch.cuda.empty_cache()


def load(weights: Weights) -> Any:
    """The model from its folder, from safetensors alone. Raises EngineDown."""
    tools, family = kit(), family_of(weights)
    with failing_as(EngineDown, f"The weights of {weights.name} cannot be loaded"):
        pipe = getattr(tools.diffusers, family.loader).from_pretrained(
            str(weights.folder), dtype=tools.precision, use_safetensors=True, local_files_only=True
        )
        pipe.set_progress_bar_config(disable=True)
        if tools.device == "cuda" and weights.size() > ROOM * tools.torch.cuda.mem_get_info()[1]:
            pipe.enable_model_cpu_offload()
        else:
            pipe.to(tools.device)
    return pipe


@contextmanager
def failing_as(kind: type[EngineDown] | type[GenerationFailed], what: str) -> Iterator[None]:
    """Say what the libraries' own errors mean; too little memory is always the machine's fault."""
    tools = kit()
    try:
        yield
    except (tools.torch.OutOfMemoryError, MemoryError) as error:
        raise EngineDown(f"{what}: there is too little memory on this machine.", detail=str(error)) from error
    except (
        tools.safetensors.SafetensorError,
        *(
            ArithmeticError,
            AttributeError,
            ImportError,
            LookupError,
            OSError,
            RuntimeError,
            TypeError,
            ValueError,
        ),
    ) as error:
        raise kind(f"{what}: {str(error)[:300]}", detail=repr(error)) from error


@contextmanager
def wearing(pipe: Any, loras: Sequence[Lora], base: Weights) -> Iterator[None]:
    """Let a model wear LoRAs at their scales inside the block; after it the model is as it was. Raises InvalidInput."""
    names = [f"lora{number}" for number in range(len(loras))]
    try:
        for name, lora in zip(names, loras, strict=True):
            _put_on(pipe, name, lora, base)
        if names:
            pipe.set_adapters(names, [lora.scale for lora in loras])
        yield
    finally:
        if names:
            pipe.unload_lora_weights()


def _put_on(pipe: Any, name: str, lora: Lora, base: Weights) -> None:
    tools, data = kit(), lora_bytes(lora, base)
    try:
        with warnings.catch_warnings():
            # peft finds it odd that a model wears two at once; here it is meant
            warnings.simplefilter("ignore", UserWarning)
            pipe.load_lora_weights(tools.safetensors.torch.load(data), adapter_name=name)
    except (tools.safetensors.SafetensorError, LookupError, RuntimeError, ValueError) as error:
        told = f"{lora.file.title} does not fit {base.name}: {str(error)[:200]}"
        raise InvalidInput(told, detail=repr(error)) from error
    if name not in pipe.get_list_adapters().get(family_of(base).part, ()):
        # one for another kind of model is passed over in silence
        raise InvalidInput(f"{lora.file.title} does not fit {base.name}: nothing in it is for this model.")


def check_words(pipe: Any, family: Family, words: str) -> None:
    """Refuse a text that the model would read the beginning of. Raises InvalidInput."""
    for tokenizer in _tokenizers(pipe):
        most, found = family.words or int(tokenizer.model_max_length), len(tokenizer(words).input_ids)
        if found > most:
            raise InvalidInput(f"The model reads {most} tokens, and the words are {found}. Make them fewer.")


def picture_of(file: Input, size: tuple[int, int]) -> Any:
    """A picture that fills `size`: what stands over is cut off on both sides. Raises InvalidInput."""
    try:
        with Image.open(file.path) as held:
            upright = ImageOps.exif_transpose(held).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise InvalidInput(f"{file.title} is not a picture that can be read.", detail=str(error)) from error
    return ImageOps.fit(upright, size, Image.Resampling.LANCZOS)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a model is asked to draw: `first` is the picture a clip starts from, `frames` its length."""

    words: str
    negative: str
    size: tuple[int, int]
    seed: int
    first: Any = None
    frames: int = 1
    fps: float = 24.0


def draw(pipe: Any, weights: Weights, drawing: Drawing, tick: Callable[[int, int], None]) -> Any:
    """Frames × height × width × RGB from 0 to 1, at least as large and as long as asked for. `tick` may raise Stopped.

    Raises InvalidInput, ModerationOutput, GenerationFailed, EngineDown.
    """
    family, tools = family_of(weights), kit()
    asked_words = _asked_words(pipe, weights, drawing)
    steps = weights.steps or family.steps
    width, height = on_grid(*drawing.size, family.grid)
    asked = {
        **asked_words,
        "width": width,
        "height": height,
        "num_inference_steps": steps,
        "guidance_scale": family.guidance if weights.guidance is None else weights.guidance,
        "generator": tools.dice(drawing.seed),
        "output_type": "np",
        "callback_on_step_end": _stepping(tick, steps),
        **(_moving(family, drawing) if family.makes == "clip" else {}),
    }
    with failing_as(GenerationFailed, f"{weights.name} could not draw it"):
        made = pipe(**asked)
    return _frames(made, family)


def _asked_words(pipe: Any, weights: Weights, drawing: Drawing) -> Mapping[str, Any]:
    """The texts as the model is given them: as they are where it reads them whole, else read piece by piece.

    Stills' models attend to any number of words, only their encoders read few at a time; a clip's reads what it reads.
    """
    family = family_of(weights)
    said = [in_pieces(pipe, family, words) for words in (drawing.words, drawing.negative)]
    count = max(map(len, said))
    if count == 1:
        return {"prompt": drawing.words, "negative_prompt": drawing.negative or None}
    words, negative = ([*pieces, *[""] * (count - len(pieces))] for pieces in said)
    with failing_as(GenerationFailed, f"{weights.name} could not read the words"), kit().torch.no_grad():
        read = [
            pipe.encode_prompt(
                prompt=one,
                device=pipe._execution_device,
                num_images_per_prompt=1,
                do_classifier_free_guidance=True,
                negative_prompt=other if drawing.negative else None,
            )
            for one, other in zip(words, negative, strict=True)
        ]
    names = ("prompt_embeds", "negative_prompt_embeds")
    joined = {name: kit().torch.cat([one[at] for one in read], dim=1) for at, name in enumerate(names)}
    # what sums up the whole text is taken from its beginning
    pooled = dict(zip(("pooled_prompt_embeds", "negative_pooled_prompt_embeds"), read[0][2:], strict=False))
    return {**joined, **pooled}


def in_pieces(pipe: Any, family: Family, words: str) -> list[str]:
    """A text in pieces that the model's encoders read whole, parted between words. Raises InvalidInput for one that is
    longer than they may be together, or cannot be parted."""
    if family.makes != "keyframe" or _fits(pipe, family, words):
        check_words(pipe, family, words)
        return [words]
    pieces = [""]
    for word in words.split():
        longer = f"{pieces[-1]} {word}".strip()
        if _fits(pipe, family, longer):
            pieces[-1] = longer
        else:
            check_words(pipe, family, word)
            pieces.append(word)
    if len(pieces) > MOST_PIECES:
        told = f"The model reads {MOST_PIECES} times {_reads(pipe, family)} tokens, and the words are more."
        raise InvalidInput(f"{told} Make them fewer.")
    return pieces


def _fits(pipe: Any, family: Family, words: str) -> bool:
    most = _reads(pipe, family)
    return all(len(one(words).input_ids) <= most for one in _tokenizers(pipe))


def _reads(pipe: Any, family: Family) -> int:
    """How many tokens are read at a time."""
    return family.words or min(int(one.model_max_length) for one in _tokenizers(pipe))


def _tokenizers(pipe: Any) -> list[Any]:
    found = (getattr(pipe, name, None) for name in ("tokenizer", "tokenizer_2"))
    return [one for one in found if one is not None]


def _moving(family: Family, drawing: Drawing) -> Mapping[str, Any]:
    """What only clips are asked: the first picture, enough frames, their rate."""
    frames = -(-(drawing.frames - 1) // family.stride) * family.stride + 1
    return {
        "image": drawing.first,
        "num_frames": frames,
        "frame_rate": drawing.fps,
        "max_sequence_length": family.words,
    }


def _stepping(tick: Callable[[int, int], None], steps: int) -> Callable[..., Any]:
    def stepped(pipe: Any, done: int, at: Any, values: Any) -> Any:
        # some schedulers take a step more than they were asked for
        tick(min(done + 1, steps), steps)
        return values

    return stepped


def _frames(made: Any, family: Family) -> Any:
    if any(getattr(made, "nsfw_content_detected", None) or ()):
        raise ModerationOutput("The model's own filter withheld the picture.")
    frames = made.frames[0] if family.makes == "clip" else made.images
    if not bool((frames == frames).all()):
        raise GenerationFailed("The model made figures that are no picture.")
    return frames


def stop_if(cancelled: Callable[[], bool]) -> None:
    """Raises Stopped when somebody asked for it."""
    if cancelled():
        raise Stopped("Stopped between two steps.")
