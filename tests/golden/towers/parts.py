# SPDX-License-Identifier: MIT
"""What the makers of tiny towers share: see make.py."""
import gzip
import json
import pathlib
import tempfile

import torch
from PIL import Image
from transformers.image_transforms import convert_to_rgb

import make as prep

HERE = pathlib.Path(__file__).parent
SEEDS = HERE.parent.parent / "fuzz/corpus/gguf"
BEFORE, BETWEEN, AFTER = [(i * 37 + 11) % 500 for i in range(10)], [(i * 41 + 3) % 500 for i in range(5)], [(i * 53 + 7) % 500 for i in range(9)]
# More than a window on either side, one pixel, and a strip; columns at most.
PICTURES = [(100, 72, 3, 4096), (1, 1, 1, 4096), (61, 170, 4, 30)]


def opaque(picture):
    """Noise, or a file of this folder where a name stands for the channels, as processors have it: what is transparent lies on white."""
    width, height, channels, _ = picture
    if isinstance(channels, str):
        return convert_to_rgb(Image.open(HERE / channels))
    return convert_to_rgb(Image.frombytes({1: "L", 3: "RGB", 4: "RGBA"}[channels], (width, height), prep.noise(width, height, channels).tobytes()))


def randomise(model):
    torch.manual_seed(11)
    for name, value in model.named_parameters():
        if value.dim() == 1:
            value.data = torch.randn(value.shape) * 0.2 + (1.0 if ("norm" in name or ".ln_" in name) and name.endswith("weight") else 0.0)
        else:
            value.data = torch.randn(value.shape) / value[0].numel() ** 0.5
        value.data = value.data.to(torch.bfloat16).to(torch.float32)
    return model


def peer_parts(model, **preprocessor):
    """The part of a random model that sees, as llama.cpp's converter writes it."""
    import gguf
    from conversion import ModelType, get_model_architecture, get_model_class
    from conversion.base import ModelBase
    with tempfile.TemporaryDirectory() as scratch:
        folder, target = pathlib.Path(scratch) / "model", pathlib.Path(scratch) / "parts.gguf"
        model.save_pretrained(folder)
        (folder / "preprocessor_config.json").write_text(json.dumps(dict(image_mean=[0.5] * 3, image_std=[0.5] * 3) | preprocessor))
        kind = get_model_class(get_model_architecture(ModelBase.load_hparams(folder, False), ModelType.MMPROJ), mmproj=True)
        with torch.inference_mode():
            kind(folder, gguf.LlamaFileType.ALL_F32, target).write()
        return target.read_bytes()


def pack(name, data):
    with open(HERE / name, "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed:
        packed.write(data)


def write(name, *values):
    torch.cat([value.flatten() for value in values]).float().numpy().astype("<f4").tofile(HERE / name)
    print(name, [tuple(value.shape) for value in values])
