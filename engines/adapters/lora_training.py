"""Learning a LoRA with peft: a few small matrices beside a model's attention, the model itself untouched.

Pictures and captions are read by the model's own encoders once; each step then noises one of the pictures and lets the
model say what the noise was. The same request on the same machine gives the same file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from engines.adapters import diffusion
from engines.adapters.diffusion import Family, Kit
from engines.adapters.errors import EngineDown, GenerationFailed
from engines.adapters.requests import TrainLora
from engines.adapters.shapes import on_grid
from engines.adapters.weights import Weights

TARGETS = ("to_q", "to_k", "to_v", "to_out.0")
STEEPEST = 1.0
"""Gradients are cut to this length, so that one odd picture does not undo what was learned."""
STILL_FPS = 25.0
"""The rate at which a clip's model is told to see a single picture; it only scales its sense of place in time."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it: the loss of each step, how many figures were learned, on which device."""

    losses: tuple[float, ...]
    parameters: int
    device: str


class Lesson(Protocol):
    """What one model family does with a picture, a caption and noise."""

    def picture(self, pixels: Any) -> Any:
        """Pixels (1 × 3 × height × width, -1 to 1) as the model's own latents."""

    def words(self, caption: str) -> Any:
        """A caption as the model reads it."""

    def loss(self, latents: Any, words: Any, dice: Any) -> Any:
        """How wrong the model is about noise drawn from `dice`."""


def train(weights: Weights, request: TrainLora, out: Path, tick: Callable[[int, int], None]) -> Learned:
    """Learn, and write a safetensors file to `out`. `tick` (steps done, steps) may raise Stopped.

    Raises InvalidInput, GenerationFailed, EngineDown.
    """
    tools, family = diffusion.kit(), diffusion.family_of(weights)
    tools.torch.manual_seed(request.seed % 2**63)
    diffusion.let_go()
    pipe = diffusion.load(weights)
    with diffusion.failing_as(GenerationFailed, f"{weights.name} could not learn it"):
        part = getattr(pipe, family.part)
        lesson = _lesson(tools, pipe, family, on_grid(request.width, request.height, family.grid))
        known = _read(tools, pipe, family, lesson, request)
        learning = _open(tools, pipe, part, request.rank)
        losses = _learn(tools, lesson, known, learning, request, tick)
        _save(tools, family, weights, request, part, out)
    return Learned(tuple(losses), sum(one.numel() for one in learning), tools.device)


def _lesson(tools: Kit, pipe: Any, family: Family, size: tuple[int, int]) -> Lesson:
    return FlowLesson(tools, pipe) if family is diffusion.CLIPS else NoiseLesson(tools, pipe, size)


def _read(tools: Kit, pipe: Any, family: Family, lesson: Lesson, request: TrainLora) -> list[tuple[Any, Any]]:
    """All examples as latents and words."""
    size = on_grid(request.width, request.height, family.grid)
    known = []
    for example in request.examples:
        diffusion.check_words(pipe, family, example.caption)
        flat = np.asarray(diffusion.picture_of(example.file, size), np.float32) / 127.5 - 1
        pixels = tools.torch.from_numpy(flat).permute(2, 0, 1)[None].to(tools.device, tools.precision)
        with tools.torch.no_grad():
            known.append((lesson.picture(pixels), lesson.words(example.caption)))
    return known


def _open(tools: Kit, pipe: Any, part: Any, rank: int) -> list[Any]:
    """Freeze the model, put fresh matrices beside its attention and give those that learn, in full figures."""
    for one in pipe.components.values():
        if isinstance(one, tools.torch.nn.Module):
            one.requires_grad_(False)
    part.add_adapter(
        tools.peft.LoraConfig(
            r=rank, lora_alpha=rank, target_modules=list(TARGETS), init_lora_weights="gaussian"
        )
    )
    part.enable_gradient_checkpointing()
    part.train()
    learning = [one for one in part.parameters() if one.requires_grad]
    for one in learning:
        one.data = one.data.float()
    return learning


def _learn(
    tools: Kit,
    lesson: Lesson,
    known: list[tuple[Any, Any]],
    learning: list[Any],
    request: TrainLora,
    tick: Callable[[int, int], None],
) -> list[float]:
    torch, dice, losses = tools.torch, tools.dice(request.seed), []
    optimizer = torch.optim.AdamW(learning, lr=request.learning_rate)
    for step in range(request.steps):
        tick(step, request.steps)
        latents, words = known[step % len(known)]
        with torch.autocast(tools.device, torch.bfloat16, enabled=tools.device == "cuda"):
            loss = lesson.loss(latents, words, dice)
        losses.append(float(loss.detach()))
        if not np.isfinite(losses[-1]):
            raise GenerationFailed(
                f"It learned nothing from step {step + 1} on. Choose a lower learning rate."
            )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, STEEPEST)
        optimizer.step()
        optimizer.zero_grad()
    tick(request.steps, request.steps)
    return losses


def _save(tools: Kit, family: Family, weights: Weights, request: TrainLora, part: Any, out: Path) -> None:
    """Under the names diffusers reads. One entry in the header: the order of several is not fixed."""
    state = tools.peft.get_peft_model_state_dict(part)
    if family.part == "unet":
        state = tools.diffusers.utils.convert_state_dict_to_diffusers(state)
    tensors = {f"{family.part}.{name}": one.float().cpu().contiguous() for name, one in state.items()}
    about = {
        "base": {"weights": weights.name, "pipeline": weights.pipeline, "sha256": weights.sha256()},
        "rank": request.rank,
        "request": request.fingerprint(),
    }
    tools.safetensors.torch.save_file(tensors, out, metadata={"slate": json.dumps(about, sort_keys=True)})


class NoiseLesson:
    """Stable Diffusion and its XL: a U-Net says which noise was added."""

    def __init__(self, tools: Kit, pipe: Any, size: tuple[int, int]) -> None:
        self.tools, self.pipe, self.size = tools, pipe, size
        self.times = tools.diffusers.DDPMScheduler.from_config(pipe.scheduler.config)
        self.says = self.times.config.prediction_type
        if self.says not in ("epsilon", "v_prediction"):
            raise EngineDown(f"A model that predicts {self.says} cannot be trained here.")

    def picture(self, pixels: Any) -> Any:
        """The middle of what the encoder says, scaled as the model expects it."""
        vae = self.pipe.vae
        return vae.encode(pixels).latent_dist.mode() * vae.config.scaling_factor

    def words(self, caption: str) -> Any:
        """What the U-Net is told beside the picture."""
        if not hasattr(self.pipe, "tokenizer_2"):
            told, _ = self.pipe.encode_prompt(caption, self.tools.device, 1, False)
            return {"encoder_hidden_states": told}
        told, _, pooled, _ = self.pipe.encode_prompt(
            caption, device=self.tools.device, do_classifier_free_guidance=False
        )
        shape = (self.size[1], self.size[0])
        across = self.pipe.text_encoder_2.config.projection_dim
        place = self.pipe._get_add_time_ids(shape, (0, 0), shape, told.dtype, across).to(told.device)
        return {
            "encoder_hidden_states": told,
            "added_cond_kwargs": {"text_embeds": pooled, "time_ids": place},
        }

    def loss(self, latents: Any, words: Any, dice: Any) -> Any:
        """Mean square between the noise and what the model takes for it."""
        torch = self.tools.torch
        noise = torch.randn(latents.shape, generator=dice).to(latents.device, latents.dtype)
        at = torch.randint(0, self.times.config.num_train_timesteps, (1,), generator=dice).to(latents.device)
        told = self.pipe.unet(self.times.add_noise(latents, noise, at), at, **words).sample
        wanted = noise if self.says == "epsilon" else self.times.get_velocity(latents, noise, at)
        return torch.nn.functional.mse_loss(told.float(), wanted.float())


class FlowLesson:
    """LTX: a transformer says the way from a picture to noise. A picture is a clip of one frame."""

    def __init__(self, tools: Kit, pipe: Any) -> None:
        self.tools, self.pipe = tools, pipe

    def picture(self, pixels: Any) -> Any:
        """Tokens of the latents, and how many there are in time, down and across."""
        pipe, vae = self.pipe, self.pipe.vae
        found = vae.encode(pixels[:, :, None]).latent_dist.mode()
        found = pipe._normalize_latents(found, vae.latents_mean, vae.latents_std, vae.config.scaling_factor)
        across = (pipe.transformer_spatial_patch_size, pipe.transformer_temporal_patch_size)
        return pipe._pack_latents(found, *across), found.shape[2:]

    def words(self, caption: str) -> Any:
        """The caption's tokens and which of them count."""
        told, counts, _, _ = self.pipe.encode_prompt(
            caption, do_classifier_free_guidance=False, max_sequence_length=diffusion.CLIPS.words
        )
        return {"encoder_hidden_states": told, "encoder_attention_mask": counts}

    def loss(self, latents: Any, words: Any, dice: Any) -> Any:
        """Mean square between the way and what the model takes for it, most often half-way between the two."""
        torch, pipe = self.tools.torch, self.pipe
        tokens, (frames, height, width) = latents
        noise = torch.randn(tokens.shape, generator=dice).to(tokens.device, tokens.dtype)
        share = torch.sigmoid(torch.randn(1, generator=dice)).to(tokens.device, tokens.dtype)
        told = pipe.transformer(
            hidden_states=(1 - share) * tokens + share * noise,
            timestep=share * pipe.scheduler.config.num_train_timesteps,
            num_frames=frames,
            height=height,
            width=width,
            rope_interpolation_scale=(
                pipe.vae_temporal_compression_ratio / STILL_FPS,
                pipe.vae_spatial_compression_ratio,
                pipe.vae_spatial_compression_ratio,
            ),
            return_dict=False,
            **words,
        )[0]
        return torch.nn.functional.mse_loss(told.float(), (noise - tokens).float())
