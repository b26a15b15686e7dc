# SPDX-License-Identifier: MIT
"""Tiny InternVL 3, and the eyes of the largest ones, whose norms are others: the parts that see, and a model that is told of it, both as llama.cpp's own converter writes them; see make.py."""
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

# The converter knows the layers of a projector only where the tower has as many.
TILE, PATCH, SCALE, LEAST, MOST = 24, 4, 2, 1, 12
COLUMNS = (TILE // PATCH // SCALE) ** 2
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SEEING = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=4, num_attention_heads=2, image_size=TILE, patch_size=PATCH)
LARGE = dict(norm_type="rms_norm", use_qk_norm=True)
TINY = dict(hidden_size=8, intermediate_size=4, num_hidden_layers=4, num_attention_heads=2, image_size=8, patch_size=2)
NAMES = [("model.vision_tower.embeddings.cls_token", "vision_model.embeddings.class_embedding"), ("model.vision_tower.embeddings.patch_embeddings.projection", "vision_model.embeddings.patch_embedding"),
         ("model.vision_tower.embeddings.position_embeddings", "vision_model.embeddings.position_embedding"), ("model.vision_tower.encoder.layer.", "vision_model.encoder.layers."),
         (".attention.projection_layer", ".attn.proj"), (".attention.", ".attn."), (".layernorm_before", ".norm1"), (".layernorm_after", ".norm2"), (".lambda_", ".ls"),
         ("model.multi_modal_projector.layer_norm", "mlp1.0"), ("model.multi_modal_projector.linear_1", "mlp1.1"), ("model.multi_modal_projector.linear_2", "mlp1.3"),
         ("model.language_model.", "language_model.model."), ("lm_head.", "language_model.lm_head.")]


class Published:
    """A model with the names, and the words of the configuration, that OpenGVLab's files have, which are not those of transformers."""

    def __init__(self, model):
        self.model = model

    def save_pretrained(self, folder):
        config, tensors = self.model.config, {}
        for name, value in self.model.state_dict().items():
            for ours, theirs in NAMES:
                name = name.replace(ours, theirs) if not name.startswith("language_model.") or ours.startswith("model.") else name
            tensors[name] = value.contiguous()
        for name in [name for name in tensors if ".attn.q_proj." in name]:
            tensors[name.replace("q_proj", "qkv")] = torch.cat([tensors.pop(name.replace("q_proj", part)) for part in ("q_proj", "k_proj", "v_proj")])
        folder.mkdir()
        safetensors.torch.save_file(tensors, folder / "model.safetensors", {"format": "pt"})
        seeing = config.vision_config.to_dict() | dict(architectures=["InternVisionModel"], model_type="intern_vit_6b", image_size=config.vision_config.image_size[0],
                                                       patch_size=config.vision_config.patch_size[0])
        (folder / "config.json").write_text(json.dumps(dict(
            architectures=["InternVLChatModel"], model_type="internvl_chat", downsample_ratio=1 / SCALE, min_dynamic_patch=LEAST, max_dynamic_patch=MOST, vision_config=seeing,
            llm_config=config.text_config.to_dict() | dict(architectures=["Qwen2ForCausalLM"]))))


def internvl(vision, **words):
    config = t.InternVLConfig(text_config=dict(qwen.WORDS | words, model_type="qwen2", num_hidden_layers=2, rope_parameters={"rope_type": "default", "rope_theta": 1e4}),
                              vision_config=dict(dict(attention_bias="norm_type" not in vision), **vision), image_token_id=qwen.IMAGE, downsample_ratio=1 / SCALE, tie_word_embeddings=False)
    model = parts.randomise(t.InternVLForConditionalGeneration(config)).eval()
    table = model.model.vision_tower.embeddings.position_embeddings
    table.data = torch.randn(table.shape).to(torch.bfloat16).to(torch.float32)
    return model


def grid(width, height, most):
    """As the processor has it, whose own code wants more than is installed here; fewer tiles where there is less room."""
    choose, limit = prep.function("got_ocr2", "get_optimal_tiled_canvas", "get_all_supported_aspect_ratios"), MOST
    while True:
        across, down = choose((height, width), (TILE, TILE), min(LEAST, limit), limit)
        if across * down == 1 or (across * down + 1) * COLUMNS <= most:
            return across, down
        limit -= 1


def size(width, height):
    """Columns, and the runs that they stand in."""
    across, down = grid(width, height, 4096)
    return (across * down + (across * down > 1)) * COLUMNS, 1


def tiles(picture):
    width, height, _, most = picture
    image = parts.opaque(picture)
    across, down = grid(width, height, most)
    kind = Image.Resampling.BICUBIC
    whole = prep.resize(image, (across * TILE, down * TILE), kind)
    cut = [whole.crop((x * TILE, y * TILE, (x + 1) * TILE, (y + 1) * TILE)) for y in range(down) for x in range(across)]
    if len(cut) > 1:
        cut.append(prep.resize(image, (TILE, TILE), kind))
    pixels = torch.stack([torch.tensor(numpy.asarray(tile)).permute(2, 0, 1).double() / 255 for tile in cut])
    return (pixels - torch.tensor(MEAN).double()[:, None, None]) / torch.tensor(DEVIATION).double()[:, None, None]


def see(model, picture):
    return torch.cat(list(model.model.get_image_features(tiles(picture)).pooler_output))


def turn(model, picture):
    """The logits of the words behind a picture that stands between words."""
    pixels = tiles(picture)
    tokens = torch.tensor([[*parts.BEFORE, *[qwen.IMAGE] * (len(pixels) * COLUMNS), *parts.AFTER]])
    return model(input_ids=tokens, pixel_values=pixels).logits[0, -len(parts.AFTER):]


def make():
    for name, model, pictures in (("internvl", internvl(SEEING), parts.PICTURES), ("internvl-large", internvl(SEEING | LARGE), parts.PICTURES[:1])):
        parts.pack(f"{name}-parts.gguf.gz", parts.peer_parts(Published(model), image_mean=MEAN, image_std=DEVIATION))
        if name == "internvl":
            parts.pack("internvl-model.gguf.gz", qwen.words(Published(model), pathlib.Path(sys.argv[1])))
        model = model.double()
        parts.write(f"{name}-vision.f32", *[see(model, picture) for picture in pictures])
        if name == "internvl":
            parts.write("internvl-turn.f32", turn(model, parts.PICTURES[0]))
    tiny = internvl(TINY, hidden_size=8, intermediate_size=8)
    (parts.SEEDS / "internvl-parts.gguf").write_bytes(parts.peer_parts(Published(tiny), image_mean=MEAN, image_std=DEVIATION))
