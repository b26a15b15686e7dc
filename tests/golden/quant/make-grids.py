#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes engine/quant/grids.c: the code books of the IQ types, facts of the file format, as the gguf package has them.

Made at development time, never by a test:

    pip install gguf==0.19.0
    python3 tests/golden/quant/make-grids.py > engine/quant/grids.c
"""
from gguf import quants

GRIDS = (
    ("iq2_xxs", quants.IQ2_XXS, (8, 25, 43), 2), ("iq2_xs", quants.IQ2_XS, (8, 25, 43), 2), ("iq2_s", quants.IQ2_S, (8, 25, 43), 2),
    ("iq1", quants.IQ1_S, (-1, 0, 1), 2),
    ("iq3_xxs", quants.IQ3_XXS, (4, 12, 20, 28, 36, 44, 52, 62), 3), ("iq3_s", quants.IQ3_S, (1, 3, 5, 7, 9, 11, 13, 15), 3),
)


def main():
    print("/* SPDX-License-Identifier: MIT */")
    print("/* The code books of the IQ types: see grids.h. Written by tests/golden/quant/make-grids.py. */")
    print('#include "grids.h"')
    for name, kind, values, bits in GRIDS:
        kind.init_grid()
        rows = kind.grid.reshape(kind.grid_shape).astype(int).tolist()
        words = [sum(values.index(value) << (bits * place) for place, value in enumerate(row)) for row in rows]
        print(f"\nconst uint16_t engine_grid_{name}[{len(words)}] = {{")
        for begin in range(0, len(words), 16):
            print("  " + ", ".join(f"0x{word:04x}" for word in words[begin:begin + 16]) + ",")
        print("};")


main()
