# SPDX-License-Identifier: MIT
"""Tiny LFM2-VL, with a norm of squares and without: the parts that see, and a model that is told of it, both as llama.cpp's own converter writes them; see make.py."""
import math
import pathlib
import sys

import numpy
import safetensors.torch
import torch
import transformers as t
from PIL import Image

import make as prep
import parts
import qwen

# What the converter has, and the processor where it is told nothing else.
PATCH, SCALE, TILE, MOST, TILES = 16, 2, 512, 256, (2, 10)
UNIT = PATCH * SCALE
LARGE = (1056, 520, 3, 4096)
SEEING = dict(model_type="siglip2_vision_model", hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2, patch_size=PATCH, num_patches=49, vision_use_head=False)
TINY = dict(SEEING, hidden_size=8, intermediate_size=4, num_patches=4)


class Published:
    """A model with the names that LiquidAI's files have: its tower is one of two halves."""

    def __init__(self, model):
        self.model = model

    def save_pretrained(self, folder):
        self.model.save_pretrained(folder)
        tensors = safetensors.torch.load_file(folder / "model.safetensors")
        tensors = {name.replace("vision_tower.", "vision_tower.vision_model."): value for name, value in tensors.items()}
        safetensors.torch.save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def lfm2(vision=SEEING, **other):
    words = dict(qwen.WORDS, architectures=["Lfm2ForCausalLM"], model_type="lfm2", num_hidden_layers=3, norm_eps=1e-6, rope_parameters={"rope_type": "default", "rope_theta": 1e4}, tie_word_embeddings=True, conv_L_cache=3,
                 conv_bias=False, block_auto_adjust_ff_dim=False, block_ff_dim=96, layer_types=["conv", "full_attention", "conv"])
    config = t.Lfm2VlConfig(text_config=words, vision_config=vision, image_token_id=qwen.IMAGE, downsample_factor=SCALE, **dict(dict(projector_hidden_size=40), **other))
    model = parts.randomise(t.Lfm2VlForConditionalGeneration(config)).eval()
    for name, value in model.named_parameters():
        if name.endswith("position_embedding.weight"):
            value.data = torch.randn(value.shape).to(torch.bfloat16).to(torch.float32)
    return model


def method(name):
    return prep.function("lfm2_vl", name, "round_by_factor", holder="Lfm2VlImageProcessor")


def squares(image, size, most):
    """Patches in rows, colours last, as the processor has them."""
    pixels = torch.tensor(numpy.asarray(prep.resize(image, size, Image.Resampling.BILINEAR))).double() / 255
    rows, columns = size[1] // PATCH, size[0] // PATCH
    cut = ((pixels - 0.5) / 0.5).view(rows, PATCH, columns, PATCH, 3).permute(0, 2, 1, 3, 4).reshape(rows * columns, -1)
    return torch.nn.functional.pad(cut, (0, 0, 0, most - len(cut))), (torch.arange(most) < len(cut)).int(), torch.tensor([rows, columns])


def plan(width, height, most):
    """The tiles, or None, and the size of the whole, as the processor has them; less where there is less room."""
    limit = min(most, MOST)
    whole = method("smart_resize")(None, height, width, SCALE, limit // 4, limit, PATCH)
    if not method("_is_image_too_large")(None, height, width, MOST, PATCH, SCALE, 2.0):
        return None, whole
    ratios = sorted({(w, h) for w in range(1, 11) for h in range(1, 11) if TILES[0] <= w * h <= TILES[1]}, key=lambda ratio: ratio[0] * ratio[1])
    return prep.function("lfm2_vl", "find_closest_aspect_ratio")(width / height, ratios, width, height, TILE), whole


def size(width, height):
    """Columns, and the runs that they stand in."""
    tiles, whole = plan(width, height, 4096)
    count = tiles[0] * tiles[1] if tiles else 0
    return count * (TILE // UNIT) ** 2 + whole[0] // UNIT * (whole[1] // UNIT), count + 1


def inputs(picture):
    width, height, _, most = picture
    image = parts.opaque(picture)
    grid, whole = plan(width, height, most)
    cut = []
    if grid:
        large = prep.resize(image, (grid[0] * TILE, grid[1] * TILE), Image.Resampling.BILINEAR)
        cut = [squares(large.crop((x * TILE, y * TILE, (x + 1) * TILE, (y + 1) * TILE)), (TILE, TILE), MOST * 4) for y in range(grid[1]) for x in range(grid[0])]
    cut.append(squares(image, whole, MOST * 4))
    return dict(zip(("pixel_values", "pixel_attention_mask", "spatial_shapes"), map(torch.stack, zip(*cut))))


def see(model, picture):
    given = inputs(picture)
    return torch.cat(list(model.model.get_image_features(given["pixel_values"], given["spatial_shapes"], given["pixel_attention_mask"]).pooler_output))


def turn(model, picture):
    """The logits of the words behind a picture that stands between words."""
    tokens = torch.tensor([[*parts.BEFORE, *[qwen.IMAGE] * len(see(model, picture)), *parts.AFTER]])
    return model(input_ids=tokens, **inputs(picture)).logits[0, -len(parts.AFTER):]


def make():
    for name, model, pictures in (("lfm2", lfm2(), [*parts.PICTURES, qwen.WIDE, LARGE]), ("lfm2-plain", lfm2(projector_use_layernorm=False, projector_bias=False), parts.PICTURES[:1])):
        parts.pack(f"{name}-parts.gguf.gz", parts.peer_parts(Published(model)))
        if name == "lfm2":
            parts.pack("lfm2-model.gguf.gz", qwen.words(Published(model), pathlib.Path(sys.argv[1])))
        model = model.double()
        parts.write(f"{name}-vision.f32", *[see(model, picture) for picture in pictures])
        if name == "lfm2":
            parts.write("lfm2-turn.f32", turn(model, parts.PICTURES[0]))
    (parts.SEEDS / "lfm2-parts.gguf").write_bytes(parts.peer_parts(Published(lfm2(TINY, projector_hidden_size=8))))
