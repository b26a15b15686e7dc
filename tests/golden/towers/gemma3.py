# SPDX-License-Identifier: MIT
"""Tiny Gemma 3 with eyes: the part that sees, and the model that is told of it, both as llama.cpp's own converter writes them; see make.py."""
import json
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

# More columns than the model's windows have places, and than a page of the cache has.
PIXELS, PATCH, COLUMNS = 80, 4, 100
SEEING = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2, image_size=PIXELS, patch_size=PATCH, vision_use_head=False)
TINY = dict(SEEING, hidden_size=8, intermediate_size=4, num_hidden_layers=1, image_size=8, patch_size=2)
# Every sixth layer sees all.
WORDS = dict(qwen.WORDS, num_hidden_layers=6, intermediate_size=48, head_dim=16, sliding_window=16, query_pre_attn_scalar=16, tie_word_embeddings=True)


class Published:
    """A model with the names that Google's files have: its tower is one of two halves; and with as much of a tokenizer as the converter asks of it."""

    def __init__(self, model):
        self.model = model

    def save_pretrained(self, folder):
        self.model.save_pretrained(folder)
        tensors = safetensors.torch.load_file(folder / "model.safetensors")
        tensors = {name.replace("vision_tower.", "vision_tower.vision_model."): value for name, value in tensors.items()}
        safetensors.torch.save_file(tensors, folder / "model.safetensors", {"format": "pt"})
        (folder / "tokenizer.json").write_text(json.dumps(dict(model=dict(vocab={str(i): i for i in range(WORDS["vocab_size"])}), added_tokens=[])))


def gemma3(vision=SEEING, columns=COLUMNS, **words):
    config = t.Gemma3Config(text_config=WORDS | words, vision_config=vision, mm_tokens_per_image=columns, image_token_index=qwen.IMAGE, boi_token_index=qwen.START, eoi_token_index=qwen.END)
    model = parts.randomise(t.Gemma3ForConditionalGeneration(config)).eval()
    table = model.model.vision_tower.embeddings.position_embedding.weight
    table.data = torch.randn(table.shape).to(torch.bfloat16).to(torch.float32)
    return model


def pixels(picture):
    """As the processor has it where it is not asked to cut long pictures up, whose own code wants more than is installed here."""
    image = parts.opaque(picture)
    values = torch.tensor(numpy.asarray(prep.resize(image, (PIXELS, PIXELS), Image.Resampling.BILINEAR))).permute(2, 0, 1).double() / 255
    return ((values - 0.5) / 0.5)[None]


def see(model, picture):
    return model.model.get_image_features(pixels(picture)).pooler_output[0]


def turn(model, picture):
    """The logits of the words behind a picture that stands between words, whose columns see each other."""
    tokens = torch.tensor([[*parts.BEFORE, *[qwen.IMAGE] * COLUMNS, *parts.AFTER]])
    return model(input_ids=tokens, pixel_values=pixels(picture), token_type_ids=(tokens == qwen.IMAGE).int()).logits[0, -len(parts.AFTER):]


def make():
    model = gemma3()
    parts.pack("gemma3-parts.gguf.gz", parts.peer_parts(Published(model), image_seq_length=COLUMNS))
    parts.pack("gemma3-model.gguf.gz", qwen.words(Published(model), pathlib.Path(sys.argv[1])))
    model = model.double()
    parts.write("gemma3-vision.f32", *[see(model, picture) for picture in parts.PICTURES])
    parts.write("gemma3-turn.f32", turn(model, parts.PICTURES[0]))
    (parts.SEEDS / "gemma3-parts.gguf").write_bytes(parts.peer_parts(Published(gemma3(TINY, 4, hidden_size=8, num_hidden_layers=1)), image_seq_length=4))
