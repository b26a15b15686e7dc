#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes types.bin in this folder with the gguf package: random blocks of each type, and their elements.

Made at development time, never by a test:

    pip install gguf==0.19.0
    python3 tests/golden/quant/make.py

For each type: its GGUF id, the number of blocks, bytes per block and elements per block (little-endian int32), the
blocks, the elements (float32). Blocks are random bytes, but for the steps, which are small numbers.
"""
import pathlib
import struct

import numpy
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants

# Where the halves of a block lie that must be no NaN; other bytes are any.
HALVES = {
    "F16": None, "BF16": None, "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
    "IQ2_XXS": [0], "IQ2_XS": [0], "IQ2_S": [0], "IQ3_XXS": [0], "IQ3_S": [0], "IQ1_S": [0], "IQ1_M": [], "IQ4_NL": [0], "IQ4_XS": [0],
    "TQ1_0": [52], "TQ2_0": [64], "MXFP4": [], "NVFP4": [],
}
BLOCKS = 6


def main():
    random = numpy.random.default_rng(20261128)
    with open(pathlib.Path(__file__).parent / "types.bin", "wb") as out:
        for name, halves in HALVES.items():
            kind = GGMLQuantizationType[name]
            elements, size = GGML_QUANT_SIZES[kind]
            count = BLOCKS if elements > 1 else 256
            blocks = random.integers(0, 256, (count, size), dtype=numpy.uint8)
            if halves is None:  # the type is a half itself: finite ones
                blocks = random.normal(0, 3, count).astype(numpy.float16).view(numpy.uint8).reshape(count, size)
            for at in halves or []:
                blocks[:, at:at + 2] = random.normal(0, 0.1, (count, 1)).astype(numpy.float16).view(numpy.uint8)
            if name == "IQ1_M":  # its half lies in the upper nibbles of four words: positive, near 1
                blocks[:, 55] = blocks[:, 55] & 15 | 0x30
            values = blocks.view(numpy.float16).astype(numpy.float32) if name == "F16" else quants.dequantize(blocks, kind)
            out.write(struct.pack("<4i", kind, count, size, elements))
            out.write(blocks.tobytes())
            out.write(values.astype("<f4").tobytes())


main()
