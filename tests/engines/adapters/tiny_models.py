"""Diffusion models small enough to draw in a moment, with random weights: what they draw is noise, and always the same.

Only for tests that found torch installed.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from engines.adapters.diffusion import OFFLINE

os.environ.update(OFFLINE)
# by name: the type checker runs without these libraries
torch: Any = import_module("torch")
diffusers: Any = import_module("diffusers")
transformers: Any = import_module("transformers")
tokenizers: Any = import_module("tokenizers")

SENTENCES = (
    "a detective walks in the rain, neon behind her",
    "slow push in, eye level, the office at night",
    "mara in a red coat looks at the door",
)
START, END, PAD = "<s>", "</s>", "<pad>"
LENGTH = 24


def still(folder: Path, seed: int = 1) -> Path:
    """A Stable Diffusion: 8 pixels for each latent would be true to life, 2 are quicker."""
    torch.manual_seed(seed)
    words = _tokenizer()
    pipe = diffusers.StableDiffusionPipeline(
        vae=_encoder(),
        text_encoder=transformers.CLIPTextModel(_clip_config(words)),
        tokenizer=words,
        unet=_unet(cross_attention_dim=32),
        scheduler=diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return _saved(pipe, folder, steps=3)


def still_xl(folder: Path, seed: int = 1) -> Path:
    """A Stable Diffusion XL with its two text encoders."""
    torch.manual_seed(seed)
    words = _tokenizer()
    config = _clip_config(words)
    pipe = diffusers.StableDiffusionXLPipeline(
        vae=_encoder(),
        text_encoder=transformers.CLIPTextModel(config),
        text_encoder_2=transformers.CLIPTextModelWithProjection(config),
        tokenizer=words,
        tokenizer_2=_tokenizer(),
        unet=_unet(
            cross_attention_dim=64,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=8 * 6 + 32,
        ),
        scheduler=diffusers.EulerDiscreteScheduler(steps_offset=1),
        add_watermarker=False,
    )
    return _saved(pipe, folder, steps=3)


def clip(folder: Path, seed: int = 1) -> Path:
    """An LTX: a text encoder, an encoder of moving pictures, a transformer."""
    torch.manual_seed(seed)
    words = _tokenizer()
    config = transformers.T5Config(
        vocab_size=len(words),
        d_model=32,
        d_kv=8,
        d_ff=37,
        num_layers=2,
        num_heads=4,
        pad_token_id=0,
        eos_token_id=2,
    )
    pipe = diffusers.LTXPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=_moving_encoder(),
        text_encoder=transformers.T5EncoderModel(config),
        tokenizer=words,
        transformer=diffusers.LTXVideoTransformer3DModel(
            in_channels=8, out_channels=8, patch_size=1, patch_size_t=1, num_attention_heads=4,
            attention_head_dim=8, cross_attention_dim=32, num_layers=2, caption_channels=32,
        ),
    )  # fmt: skip
    return _saved(pipe, folder, steps=2)


def _saved(pipe: Any, folder: Path, *, steps: int) -> Path:
    pipe.save_pretrained(folder, safe_serialization=True)
    (folder / "slate.json").write_text(json.dumps({"steps": steps, "guidance": 2.0}))
    return folder


def _tokenizer() -> Any:
    made = tokenizers.Tokenizer(tokenizers.models.Unigram())
    made.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    special = [PAD, START, END, "<unk>"]
    trainer = tokenizers.trainers.UnigramTrainer(vocab_size=90, special_tokens=special, unk_token="<unk>")
    made.train_from_iterator([sentence for sentence in SENTENCES for _ in range(5)], trainer)
    ends = [(name, made.token_to_id(name)) for name in (START, END)]
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=ends
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token=START, eos_token=END, pad_token=PAD, unk_token="<unk>",
        model_max_length=LENGTH,
    )  # fmt: skip


def _clip_config(words: Any) -> Any:
    return transformers.CLIPTextConfig(
        bos_token_id=1, eos_token_id=2, pad_token_id=0, hidden_size=32, projection_dim=32, intermediate_size=37,
        num_attention_heads=4, num_hidden_layers=2, vocab_size=len(words), max_position_embeddings=LENGTH,
    )  # fmt: skip


def _unet(**more: Any) -> Any:
    return diffusers.UNet2DConditionModel(
        block_out_channels=(4, 8), layers_per_block=1, sample_size=32, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=2, attention_head_dim=2, **more,
    )  # fmt: skip


def _encoder() -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=[4, 8], down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2, latent_channels=4, norm_num_groups=2,
    )  # fmt: skip


def _moving_encoder() -> Any:
    four, five = (8,) * 4, (1,) * 5
    return diffusers.AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=four, decoder_block_out_channels=four, layers_per_block=five,
        decoder_layers_per_block=five, spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False), decoder_inject_noise=(False,) * 5,
        upsample_residual=(False,) * 4, upsample_factor=(1,) * 4, timestep_conditioning=False,
        patch_size=1, patch_size_t=1, encoder_causal=True, decoder_causal=False,
    )  # fmt: skip
