# SPDX-License-Identifier: MIT
"""Tiny Qwen2.5-VL, Qwen3-VL and Qwen3.5: the parts that see, and the models that are told of it, both as llama.cpp's own converter writes them; see make.py."""
import pathlib
import sys
import tempfile

import numpy
import torch
import transformers as t
from PIL import Image

import convert
import make as prep
import parts

PATCH, MERGE = 4, 2
UNIT = PATCH * MERGE
MEAN, DEVIATION = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)
IMAGE, START, END = 501, 502, 503
# More than a window of 112 pixels on both sides, besides the others.
WIDE = (260, 130, 3, 4096)
WORDS = dict(vocab_size=512, hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, rms_norm_eps=1e-6, max_position_embeddings=2048,
             tie_word_embeddings=False, bos_token_id=509, eos_token_id=511, pad_token_id=509)
TOKENS = dict(image_token_id=IMAGE, vision_start_token_id=START, vision_end_token_id=END)
SEEING = dict(hidden_size=32, intermediate_size=48, num_heads=2, patch_size=PATCH, spatial_merge_size=MERGE, temporal_patch_size=2, out_hidden_size=64)


def rope(sections):
    return {"rope_type": "default", "rope_theta": 1e4, "mrope_section": sections}


def qwen2_5vl():
    config = t.Qwen2_5_VLConfig(text_config=dict(WORDS, rope_parameters=rope([2, 3, 3])), vision_config=dict(SEEING, depth=4, window_size=112, fullatt_block_indexes=[1, 3]), **TOKENS)
    return parts.randomise(t.Qwen2_5_VLForConditionalGeneration(config)).eval()


def qwen3vl(vision=SEEING, depth=4, **words):
    config = t.Qwen3VLConfig(text_config=dict(WORDS, head_dim=16, rope_parameters=rope([4, 2, 2]), **words),
                             vision_config=dict(vision, depth=depth, num_position_embeddings=49, deepstack_visual_indexes=sorted({0, depth - 2})), **TOKENS)
    return parts.randomise(t.Qwen3VLForConditionalGeneration(config)).eval()


def qwen3_5():
    """Eyes as Qwen3-VL's, which speak to no layers; words with a recurrent state."""
    text = dict(WORDS, num_hidden_layers=4, head_dim=32, rope_parameters=dict(rope([3, 3, 2]), partial_rotary_factor=0.5, mrope_interleaved=True), linear_num_key_heads=2, linear_num_value_heads=4,
                linear_key_head_dim=16, linear_value_head_dim=16)
    config = t.Qwen3_5Config(text_config=text, vision_config=dict(SEEING, depth=3, num_position_embeddings=49), **TOKENS)
    return parts.randomise(t.Qwen3_5ForConditionalGeneration(config)).eval()


def patches(picture, least):
    """As their processor has it, whose own code wants more than is installed here: squares of patches one after the other, every picture twice."""
    width, height, _, most = picture
    image = parts.opaque(picture)
    high, wide = prep.smart_resize("qwen2_vl")(height, width, UNIT, min(least, most) * UNIT ** 2, most * UNIT ** 2)
    pixels = torch.tensor(numpy.asarray(prep.resize(image, (wide, high), Image.Resampling.BICUBIC))).permute(2, 0, 1).double() / 255
    pixels = (pixels - torch.tensor(MEAN).double()[:, None, None]) / torch.tensor(DEVIATION).double()[:, None, None]
    rows, columns = high // PATCH, wide // PATCH
    cut = pixels.view(3, rows // MERGE, MERGE, PATCH, columns // MERGE, MERGE, PATCH).permute(1, 4, 2, 5, 0, 3, 6).reshape(rows * columns, 3, 1, -1)
    return cut.expand(-1, -1, 2, -1).reshape(rows * columns, -1), torch.tensor([[1, rows, columns]])


def see(model, picture, least):
    """The columns, and behind each what the model's first layers get."""
    seen = model.model.get_image_features(*patches(picture, least))
    deep = getattr(seen, "deepstack_features", None) or []
    return torch.cat([torch.cat(list(seen.pooler_output)), *[torch.cat(list(layer)) for layer in deep]], -1)


def turn(model, picture, least):
    """The logits of the words behind a picture that stands between words."""
    pixels, grid = patches(picture, least)
    count = int(grid.prod()) // MERGE ** 2
    tokens = torch.tensor([[*parts.BEFORE, *[IMAGE] * count, *parts.AFTER]])
    return model(input_ids=tokens, pixel_values=pixels, image_grid_thw=grid, mm_token_type_ids=(tokens == IMAGE).int()).logits[0, -len(parts.AFTER):]


def words(model, source):
    with tempfile.TemporaryDirectory() as scratch:
        folder, target = pathlib.Path(scratch) / "model", pathlib.Path(scratch) / "model.gguf"
        model.save_pretrained(folder)
        convert.convert(source, folder, target, convert.dummy_vocabulary)
        return target.read_bytes()


def make():
    for name, model, least, pictures in (("qwen2.5vl", qwen2_5vl(), 4, [*parts.PICTURES, WIDE]), ("qwen3vl", qwen3vl(), 64, parts.PICTURES), ("qwen3.5", qwen3_5(), 64, parts.PICTURES)):
        parts.pack(f"{name}-parts.gguf.gz", parts.peer_parts(model, image_mean=MEAN, image_std=DEVIATION))
        parts.pack(f"{name}-model.gguf.gz", words(model, pathlib.Path(sys.argv[1])))
        model = model.double()
        parts.write(f"{name}-vision.f32", *[see(model, picture, least) for picture in pictures])
        parts.write(f"{name}-turn.f32", turn(model, parts.PICTURES[0], least))
    small = dict(SEEING, hidden_size=8, intermediate_size=4, num_heads=2, patch_size=2, out_hidden_size=8)
    tiny = qwen3vl(small, 2, hidden_size=8, num_hidden_layers=1)
    (parts.SEEDS / "qwen3vl-parts.gguf").write_bytes(parts.peer_parts(tiny, image_mean=MEAN, image_std=DEVIATION))
