#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the golden distributions <model>.txt in this folder with llama.cpp.

Made at development time, never by a test:

    ./dev peers
    python3 tests/golden/models/make-peer.py LLAMA_PERPLEXITY MODELS_FOLDER

The first line holds the 256 tokens of the text; each further line a position and the 16 most likely
next tokens there with their log-probabilities. llama-perplexity's file of log-probabilities is described
in engine/tool/base-file.h.
"""
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy

HERE = pathlib.Path(__file__).parent
TEXT = HERE.parent.parent / "bench" / "text.txt"
CONTEXT, TOP = 256, 16


def main():
    program, models = sys.argv[1:3]
    for model in ("smollm2-135m-instruct", "gemma-3-270m"):
        with tempfile.NamedTemporaryFile() as base:
            subprocess.run([program, "-m", f"{models}/{model}.gguf", "-f", TEXT, "-c", str(CONTEXT), "-b", str(CONTEXT), "--chunks", "1",
                            "--kl-divergence-base", base.name], check=True, capture_output=True)
            data = open(base.name, "rb").read()
        assert data[:8] == b"_logits_"
        n_context, n_vocab, n_chunks = struct.unpack_from("<3i", data, 8)
        tokens = struct.unpack_from(f"<{n_context}i", data, 20)
        offset = 20 + 4 * n_context * n_chunks
        with open(HERE / f"{model}.txt", "w") as out:
            print(*tokens, file=out)
            for position in range(n_context // 2, n_context - 1):
                scale, least = struct.unpack_from("<2f", data, offset)
                logs = numpy.frombuffer(data, "<u2", n_vocab, offset + 8) * numpy.float64(scale) + least
                offset += 8 + (n_vocab + 1) // 2 * 4
                best = numpy.argsort(-logs, kind="stable")[:TOP]
                print(position, *(f"{i} {logs[i]:.4f}" for i in best), file=out)


main()
