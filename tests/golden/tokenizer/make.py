#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes wordpiece.txt: random texts, their bytes in hexadecimal, and the ids that Hugging Face's tokenizers gives for them.

Made at development time, never by a test:

    ./dev test tokenizer        (fetches the vocabulary)
    pip install tokenizers gguf
    python3 tests/golden/tokenizer/make.py …/ggml-vocab-bert-bge.gguf > tests/golden/tokenizer/wordpiece.txt
"""
import random
import sys
import unicodedata

import gguf
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

MARK = "\u2581"
RANGES = [(0x20, 0x7e)] * 6 + [(0xa0, 0x24f), (0x300, 0x36f), (0x370, 0x3ff), (0x400, 0x52f), (0x5d0, 0x5ea), (0x600, 0x6ff), (0x900, 0x97f), (0x980, 0x9ff), (0x1100, 0x11ff),
                                  (0x1e00, 0x1fff), (0x2000, 0x206f), (0x20a0, 0x214f), (0x3040, 0x30ff), (0x4e00, 0x9fff), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfb00, 0xfb4f),
                                  (0x1d15e, 0x1d1c0), (0x1f300, 0x1f64f), (0x20000, 0x2a6df)]


def vocabulary(path):
    reader = gguf.GGUFReader(path)
    tokens = {}
    for i, token in enumerate(reader.fields["tokenizer.ggml.tokens"].contents()):
        tokens[token[1:] if token.startswith(MARK) else token if token.startswith("[") and token.endswith("]") else "##" + token] = i
    return tokens


def words(tokens, n):
    return " ".join(random.choice(tokens).replace("##", "") for _ in range(n))


def text(tokens):
    kind = random.randrange(4)
    if kind == 0:
        return words(tokens, random.randrange(1, 12)).title()
    if kind == 1:
        return "".join(random.choice("abcdefgh\u00e9") for _ in range(random.randrange(90, 112)))
    low, high = random.choice(RANGES)
    out = [chr(random.randint(low, high)) if random.random() < 0.8 else random.choice([" ", "\t", "\n", "\u00ad", "\u200d", "\x07", "-", "A", "\u00a0"]) for _ in range(random.randrange(1, 30))]
    return "".join(c for c in out if unicodedata.category(c) != "Cn") or "a"


def main():
    random.seed(4)
    tokens = vocabulary(sys.argv[1])
    tokenizer = Tokenizer(models.WordPiece(tokens, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    plain = [token for token in tokens if not token.startswith("[")]
    for _ in range(400):
        one = text(plain)
        print(one.encode().hex())
        print(" ".join(map(str, tokenizer.encode(one, add_special_tokens=False).ids)))


main()
