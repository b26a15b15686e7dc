#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes wordpiece.txt: random texts, their bytes in hexadecimal, and the ids that Hugging Face's tokenizers gives for them.

Made at development time, never by a test:

    ./dev test tokenizer        (fetches the vocabulary)
    pip install tokenizers sentencepiece protobuf gguf
    cd tests/golden/tokenizer
    python3 make.py wordpiece …/ggml-vocab-bert-bge.gguf > wordpiece.txt
    python3 make.py unigram …/ggml-vocab-nomic-bert-moe.gguf > unigram.txt
"""
import random
import sys
import unicodedata

import gguf

MARK = "\u2581"
RANGES = [(0x20, 0x7e)] * 6 + [(0xa0, 0x24f), (0x300, 0x36f), (0x370, 0x3ff), (0x400, 0x52f), (0x5d0, 0x5ea), (0x600, 0x6ff), (0x900, 0x97f), (0x980, 0x9ff), (0x1100, 0x11ff),
                                  (0x1e00, 0x1fff), (0x2000, 0x206f), (0x20a0, 0x214f), (0x3040, 0x30ff), (0x4e00, 0x9fff), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfb00, 0xfb4f),
                                  (0x1d15e, 0x1d1c0), (0x1f300, 0x1f64f), (0x20000, 0x2a6df)]


def wordpiece(path):
    """The texts of the tokens, and a function from a text to ids."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    reader = gguf.GGUFReader(path)
    tokens = {}
    for i, token in enumerate(reader.fields["tokenizer.ggml.tokens"].contents()):
        tokens[token[1:] if token.startswith(MARK) else token if token.startswith("[") and token.endswith("]") else "##" + token] = i
    tokenizer = Tokenizer(models.WordPiece(tokens, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return [token.replace("##", "") for token in tokens if not token.startswith("[")], lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def unigram(path):
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as proto
    fields = gguf.GGUFReader(path).fields
    tokens, scores, kinds = (fields["tokenizer.ggml." + key].contents() for key in ("tokens", "scores", "token_type"))
    model = proto.ModelProto()
    for token, score, kind in zip(tokens, scores, kinds):
        model.pieces.add(piece=token, score=score, type=kind)
    model.trainer_spec.model_type = 1
    model.trainer_spec.unk_id = fields["tokenizer.ggml.unknown_token_id"].contents()
    model.trainer_spec.bos_id, model.trainer_spec.eos_id, model.trainer_spec.pad_id = 0, 2, 1
    model.normalizer_spec.precompiled_charsmap = bytes(value % 256 for value in fields["tokenizer.ggml.precompiled_charsmap"].contents())
    model.normalizer_spec.add_dummy_prefix = model.normalizer_spec.remove_extra_whitespaces = model.normalizer_spec.escape_whitespaces = True
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
    return [token.replace(MARK, "") for token, kind in zip(tokens, kinds) if kind == 1 and token != MARK], processor.encode


def words(tokens, n):
    return random.choice([" ", "  "]).join(random.choice(tokens) for _ in range(n))


def text(tokens):
    kind = random.randrange(4)
    if kind == 0:
        return words(tokens, random.randrange(1, 12)).title()
    if kind == 1:
        return "".join(random.choice("abcdefgh\u00e9") for _ in range(random.randrange(90, 112)))
    low, high = random.choice(RANGES)
    out = [chr(random.randint(low, high)) if random.random() < 0.8 else random.choice([" ", "\t", "\n", "\u00ad", "\u200d", "\x07", "-", "A", "\u00a0"]) for _ in range(random.randrange(1, 30))]
    # Libraries know different versions of Unicode: characters that all of them know.
    return "".join(c for c in out if unicodedata.ucd_3_2_0.category(c) != "Cn") or "a"


def main():
    random.seed(4)
    tokens, encode = {"wordpiece": wordpiece, "unigram": unigram}[sys.argv[1]](sys.argv[2])
    for _ in range(400):
        one = text(tokens)
        print(one.encode().hex())
        print(" ".join(map(str, encode(one))))


main()
