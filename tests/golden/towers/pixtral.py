# SPDX-License-Identifier: MIT
"""Tiny Pixtral, and Mistral Small 3.1, which has a merger: the parts that see, and the models that are told of it, both as llama.cpp's own converter writes them; see make.py."""
import json
import pathlib
import sys

import numpy
import torch
import transformers as t
from PIL import Image

import make as prep
import parts
import qwen

PATCH, MERGE, LONGEST, BREAK = 4, 2, 96, 500
SEEING = dict(model_type="pixtral", hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2, image_size=LONGEST, rope_parameters={"rope_type": "axial", "rope_theta": 1e4})
WORDS = dict(qwen.WORDS, num_hidden_layers=2, head_dim=16, rms_norm_eps=1e-5, rope_parameters={"rope_type": "default", "rope_theta": 1e4})


class Published:
    """A model with as much of a tokenizer as the converter asks of it."""

    def __init__(self, model):
        self.model = model

    def save_pretrained(self, folder):
        self.model.save_pretrained(folder)
        (folder / "tokenizer_config.json").write_text("{}")
        (folder / "tokenizer.json").write_text(json.dumps(dict(added_tokens=[dict(id=BREAK, content="[IMG_BREAK]")])))


def pixtral():
    """With patches as large as the squares of the other, so that both cut pictures alike."""
    config = t.LlavaConfig(text_config=dict(WORDS, model_type="mistral", sliding_window=None), vision_config=dict(SEEING, patch_size=PATCH * MERGE, hidden_act="gelu"), image_token_index=qwen.IMAGE,
                           vision_feature_select_strategy="full", vision_feature_layer=-1)
    return parts.randomise(t.LlavaForConditionalGeneration(config)).eval()


def mistral3(vision=SEEING, **words):
    config = t.Mistral3Config(text_config=dict(WORDS, model_type="mistral", sliding_window=None, **words), vision_config=dict(vision, patch_size=PATCH, hidden_act="silu"),
                              image_token_index=qwen.IMAGE, spatial_merge_size=MERGE, tie_word_embeddings=False)
    return parts.randomise(t.Mistral3ForConditionalGeneration(config)).eval()


def grid(width, height, most):
    """Columns and rows, as the processor has them, whose own code wants more than is installed here; fewer where there is less room."""
    choose, unit, longest = prep.function("pixtral", "get_resize_output_image_size", "_num_image_tokens", get_image_size=lambda size, _: size), PATCH * MERGE, LONGEST
    while True:
        high, wide = choose((height, width), (longest, longest), (unit, unit))
        if high * wide <= most * unit ** 2:
            return wide // unit, high // unit
        longest -= unit


def size(width, height):
    """Columns, and the runs that they stand in: rows."""
    columns, rows = grid(width, height, 4096)
    return columns * rows, rows


def pixels(picture):
    width, height, _, most = picture
    image = parts.opaque(picture)
    columns, rows = grid(width, height, most)
    resized = prep.resize(image, (columns * PATCH * MERGE, rows * PATCH * MERGE), Image.Resampling.BICUBIC)
    values = torch.tensor(numpy.asarray(resized)).permute(2, 0, 1).double() / 255
    values = (values - torch.tensor(qwen.MEAN).double()[:, None, None]) / torch.tensor(qwen.DEVIATION).double()[:, None, None]
    return values[None], torch.tensor([[rows * PATCH * MERGE, columns * PATCH * MERGE]])


def see(model, picture):
    values, sizes = pixels(picture)
    if sizes.tolist() == [[PATCH * MERGE] * 2] and model.config.model_type == "mistral3":
        # What its get_image_features takes for a picture without columns.
        return model.model.multi_modal_projector(model.model.vision_tower(values, image_sizes=sizes).last_hidden_state[0], sizes)
    return torch.cat(list(model.model.get_image_features(pixel_values=values, image_sizes=sizes).pooler_output))


def turn(model, picture):
    """The logits of the words behind a picture that stands between words, whose rows have a word between them."""
    values, sizes = pixels(picture)
    columns, rows = grid(*picture[:2], picture[3])
    seen = ([BREAK] + [qwen.IMAGE] * columns) * rows
    tokens = torch.tensor([[*parts.BEFORE, *seen[1:], *parts.AFTER]])
    return model(input_ids=tokens, pixel_values=values, image_sizes=sizes).logits[0, -len(parts.AFTER):]


def make():
    for name, model in (("pixtral", pixtral()), ("mistral3", mistral3())):
        parts.pack(f"{name}-parts.gguf.gz", parts.peer_parts(Published(model), image_mean=qwen.MEAN, image_std=qwen.DEVIATION))
        parts.pack(f"{name}-model.gguf.gz", qwen.words(Published(model), pathlib.Path(sys.argv[1])))
        model = model.double()
        parts.write(f"{name}-vision.f32", *[see(model, picture) for picture in parts.PICTURES])
        parts.write(f"{name}-turn.f32", turn(model, parts.PICTURES[0]))
    tiny = mistral3(dict(SEEING, hidden_size=8, intermediate_size=4), hidden_size=8, num_hidden_layers=1)
    (parts.SEEDS / "mistral3-parts.gguf").write_bytes(parts.peer_parts(Published(tiny), image_mean=qwen.MEAN, image_std=qwen.DEVIATION))
