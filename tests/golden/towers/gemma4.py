# SPDX-License-Identifier: MIT
"""Tiny Gemma 4 with eyes and ears: the parts that see and hear, and two models that are told of it, a small one whose layers have inputs of their own and a large one, which is told of pictures alone
and in which their columns see each other, all as llama.cpp's own converter writes them; see make.py."""
import json
import pathlib
import sys
import unittest.mock

import numpy
import torch
import transformers as t
from PIL import Image
from transformers.models.gemma4.feature_extraction_gemma4 import Gemma4AudioFeatureExtractor
from transformers.models.gemma4.image_processing_pil_gemma4 import get_aspect_ratio_preserving_size

import ears
import make as prep
import parts
import qwen

PATCH, POOL, MOST = 4, 3, 280
UNIT = PATCH * POOL
LAYERS = ["sliding_attention", "full_attention"] * 2
WORDS = dict(vocab_size=512, hidden_size=64, intermediate_size=48, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2, head_dim=16, global_head_dim=32, rms_norm_eps=1e-6,
             max_position_embeddings=2048, sliding_window=32, layer_types=LAYERS, bos_token_id=509, eos_token_id=511, pad_token_id=0, tie_word_embeddings=True)
SMALL = dict(hidden_size_per_layer_input=16, vocab_size_per_layer_input=512, num_kv_shared_layers=2, use_double_wide_mlp=True)
LARGE = dict(hidden_size_per_layer_input=0, attention_k_eq_v=True, num_global_key_value_heads=1, use_bidirectional_attention="vision")
SEEING = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2, head_dim=16, patch_size=PATCH, pooling_kernel_size=POOL,
              position_embedding_size=MOST * POOL, use_clipped_linears=True, standardize=True)
HEARING = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=2, subsampling_conv_channels=[128, 4], output_proj_dims=24, use_clipped_linears=True)
BANDS, LONGEST, SOUND = 128, 480000, 500
TINY = dict(SEEING, hidden_size=8, intermediate_size=4, num_hidden_layers=1, head_dim=4, patch_size=2, position_embedding_size=4)


class Published:
    """With as much of a tokenizer as the converter asks of it."""

    def __init__(self, model):
        self.model = model

    def save_pretrained(self, folder):
        self.model.save_pretrained(folder)
        (folder / "tokenizer.json").write_text(json.dumps(dict(model=dict(vocab={str(i): i for i in range(WORDS["vocab_size"])}), added_tokens=[])))


def rounded(value):
    return value.to(torch.bfloat16).to(torch.float32)


def gemma4(vision=SEEING, audio=HEARING, **words):
    config = t.Gemma4Config(text_config=WORDS | words, vision_config=vision, audio_config=audio, image_token_id=qwen.IMAGE, boi_token_id=qwen.START, eoi_token_id=qwen.END, audio_token_id=SOUND)
    model = parts.randomise(t.Gemma4ForConditionalGeneration(config)).eval()
    for name, value in model.named_buffers():
        if name.endswith("layer_scalar"):
            value.data = rounded(0.5 + torch.rand(value.shape))
        elif name.endswith(("_min", "_max")):  # a few numbers are outside
            value.data = rounded((torch.rand(value.shape) * 2 + 1) * (-1 if name.endswith("_min") else 1))
        elif name.endswith("std_scale"):
            value.data = rounded(0.2 + torch.rand(value.shape))
        elif name.endswith("std_bias"):
            value.data = rounded(torch.randn(value.shape))
    for name, value in model.named_parameters():
        if name.endswith("per_dim_scale"):
            value.data = rounded(torch.randn(value.shape))
        if name.endswith("q_norm.weight"):
            value.data /= 4  # scores are not scaled
    table = model.model.vision_tower.patch_embedder.position_embedding_table
    table.data = torch.randint(-8, 9, table.shape) / 8
    return model


def grid(width, height, most=MOST):
    """Columns across and down."""
    high, wide = get_aspect_ratio_preserving_size(height, width, PATCH, min(most, MOST) * POOL ** 2, POOL)
    return wide // UNIT, high // UNIT


def size(width, height):
    """Columns, in one run."""
    across, down = grid(width, height)
    return across * down, 1


def pixels(picture):
    """As the processor has it, whose own code wants more than is installed here: patches row after row, colours of each pixel together, and places."""
    width, height, _, most = picture
    image = parts.opaque(picture)
    across, down = (n * POOL for n in grid(width, height, most))
    values = torch.tensor(numpy.asarray(prep.resize(image, (across * PATCH, down * PATCH), Image.Resampling.BICUBIC))).double() / 255
    cut = values.view(down, PATCH, across, PATCH, 3).permute(0, 2, 1, 3, 4).reshape(1, down * across, -1)
    places = torch.stack(torch.meshgrid(torch.arange(across), torch.arange(down), indexing="xy"), -1).reshape(1, -1, 2)
    return dict(pixel_values=cut, image_position_ids=places)


def see(model, picture):
    return torch.cat(list(model.model.get_image_features(**pixels(picture)).pooler_output))


def frames(sound):
    """What the processor gives of at most half a minute, in more digits than it does."""
    given = Gemma4AudioFeatureExtractor(feature_size=BANDS)([sound.astype(numpy.float64)], return_tensors="pt")
    return dict(input_features=given.input_features.double(), input_features_mask=given.input_features_mask.bool())


def hear(model, sound):
    """Half minute after half minute, as llama.cpp does it; the processor leaves out what is behind the first."""
    columns = []
    for first in range(0, len(sound), LONGEST):
        heard = model.model.get_audio_features(**frames(sound[first:first + LONGEST]))
        columns.append(heard.pooler_output[heard.attention_mask])
    return torch.cat(columns)


def turn(model, picture, sound=None):
    """The logits of the words behind a picture, and a sound, that stand between words."""
    across, down = grid(*picture[:2], picture[3])
    between = [] if sound is None else [*parts.BETWEEN, *[SOUND] * len(hear(model, sound))]
    tokens = torch.tensor([[*parts.BEFORE, *[qwen.IMAGE] * (across * down), *between, *parts.AFTER]])
    given = pixels(picture) | ({} if sound is None else frames(sound))
    return model(input_ids=tokens, mm_token_type_ids=(tokens == qwen.IMAGE).int(), **given).logits[0, -len(parts.AFTER):]


@unittest.mock.patch.object(torch.Tensor, "float", torch.Tensor.double)  # which layers call for more digits than they may have
def make():
    small, large, source = gemma4(**SMALL), gemma4(audio=None, **LARGE), pathlib.Path(sys.argv[1])
    for part in ("vision_tower", "embed_vision"):
        getattr(large.model, part).load_state_dict(getattr(small.model, part).state_dict())
    parts.pack("gemma4-parts.gguf.gz", parts.peer_parts(Published(small), image_mean=[0.0] * 3, image_std=[1.0] * 3))
    parts.pack("gemma4-model.gguf.gz", qwen.words(Published(small), source))
    parts.pack("gemma4-large-model.gguf.gz", qwen.words(Published(large), source))
    small, large = small.double(), large.double()
    parts.write("gemma4-vision.f32", *[see(small, picture) for picture in parts.PICTURES])
    heard = [hear(small, ears.make_sound(n)) for n in ears.HEARD]
    parts.write("gemma4-audio.f32", *[ears.some(value) for value in heard])
    print([len(value) for value in heard])
    parts.write("gemma4-turn.f32", turn(small, parts.PICTURES[0], ears.make_sound(ears.HEARD[0])))
    parts.write("gemma4-large-turn.f32", turn(large, parts.PICTURES[0]))
    tiny = gemma4(TINY, dict(HEARING, hidden_size=8, num_hidden_layers=1, subsampling_conv_channels=[8, 2], input_feat_size=8, output_proj_dims=4), **dict(SMALL, hidden_size=8, num_hidden_layers=2, num_kv_shared_layers=0, layer_types=LAYERS[:2]))
    (parts.SEEDS / "gemma4-parts.gguf").write_bytes(parts.peer_parts(Published(tiny), image_mean=[0.0] * 3, image_std=[1.0] * 3))
