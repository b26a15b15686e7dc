#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes resize.txt, grids.txt and tiles.txt in this folder, with Pillow and with the processors of Muse Glimmer and InternVL.

Made at development time, never by a test:

    pip install pillow numpy transformers==5.23.0 torch
    python3 tests/golden/prep/make.py

resize.txt: filter, channels, size, new size, SHA-256 of the new bytes; the old ones are the noise that tests/engine/prep/picture.c makes too.
grids.txt: size, columns and rows of 28 pixels, at most 4096, and at most 64, as the processor chooses them.
tiles.txt: size, the least and most tiles of 448 pixels, columns and rows of them.
"""
import __future__
import ast
import functools
import hashlib
import importlib.util
import itertools
import math
import pathlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}
SIZES = [((37, 23), (14, 28)), ((37, 23), (140, 70)), ((1, 1), (28, 28)), ((300, 2), (28, 28)), ((3, 200), (3, 28)), ((224, 224), (224, 112)), ((96, 64), (96, 64)),
         ((640, 360), (56, 28)), ((50, 50), (49, 51)), ((61, 170), (24, 72))]
PICTURES = [(1, 1), (3000, 20), (20, 3000), (224, 224), (1080, 1920), (1920, 1080), (4000, 3000), (27, 29), (28, 28), (100, 1), (1, 100), (60000, 7), (1234, 567), (5000, 5000)]
# Pictures as near to one grid as to another.
TILED = [(448, 448), (447, 448), (1000, 1000), (896, 448), (900, 450), (450, 900), (1344, 448), (750, 1000), (1500, 2000), (625, 500), (2500, 2000)]


def noise(width, height, channels):
    """Noise on a slope: flat places and steps of full height too. Of a linear congruential generator, whose numbers are made twice as many at a time."""
    count, factor, step = width * height * channels, 1103515245, 12345
    states = numpy.array([(factor + step) % 2**31], numpy.uint64)
    while len(states) < count:
        states = numpy.concatenate([states, (states * numpy.uint64(factor) + numpy.uint64(step)) % numpy.uint64(2**31)])
        factor, step = factor * factor % 2**31, (factor * step + step) % 2**31
    flat = numpy.arange(count) // channels % 7 == 0
    return numpy.where(flat, 0, numpy.minimum(255, (states[:count] >> numpy.uint64(16)) % numpy.uint64(320))).astype(numpy.uint8).reshape(height, width, channels)


def resize(picture, size, kind):
    """First across, then down, as Pillow before 13 and torchvision have it; Pillow 13 turns the order round for some sizes."""
    return picture.resize((size[0], picture.height), kind).resize(size, kind)


def function(model, name, *others, holder=None, **names):
    """A function of a processor alone, or a method of the class `holder`, with functions that it calls: its module wants more than is installed here."""
    path = str(importlib.util.find_spec("transformers").submodule_search_locations[0]) + f"/models/{model}/image_processing_{model}.py"
    tree = ast.parse(open(path).read())
    methods = [node for scope in tree.body if isinstance(scope, ast.ClassDef) and scope.name == holder for node in scope.body]
    tree.body = [node for node in [*tree.body, *methods] if isinstance(node, ast.FunctionDef) and node.name in (name, *others)]
    names.update({"math": math, "itertools": itertools, "lru_cache": functools.lru_cache})
    exec(compile(tree, path, "exec", __future__.annotations.compiler_flag), names)
    return names[name]


def smart_resize(model):
    return function(model, "smart_resize")


def main():
    with open(HERE / "resize.txt", "w") as out:
        for channels, mode in ((1, "L"), (3, "RGB"), (4, "RGBX")):
            for (width, height), size in SIZES:
                pixels = noise(width, height, channels)
                picture = Image.frombytes(mode, (width, height), pixels.tobytes())
                for name, kind in FILTERS.items():
                    print(name, channels, width, height, *size, hashlib.sha256(resize(picture, size, kind).tobytes()).hexdigest(), file=out)
    choose = smart_resize("muse_glimmer")
    with open(HERE / "grids.txt", "w") as out:
        for most in (4096, 64):
            for width, height in PICTURES:
                high, wide = choose(height, width, 28, most)
                print(width, height, most, wide // 28, high // 28, file=out)
    choose = function("got_ocr2", "get_optimal_tiled_canvas", "get_all_supported_aspect_ratios")
    with open(HERE / "tiles.txt", "w") as out:
        for least, most in ((1, 12), (2, 10), (1, 1), (3, 6)):
            for width, height in [*PICTURES, *TILED]:
                print(width, height, least, most, *choose((height, width), (448, 448), least, most), file=out)


if __name__ == "__main__":
    main()
