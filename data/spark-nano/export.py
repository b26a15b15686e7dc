#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a trained Spark Nano as GGUF files: the model, and its eyes and ears beside it.

    python3 data/spark-nano/export.py FOLDER TARGET

TARGET, a folder, gets spark-nano.gguf and spark-nano-mmproj.gguf. Weights are F16; norms, biases, convolutions and what is added up stay F32.
"""
import argparse
import pathlib
import sys
import tempfile

import scenes
import train
import words

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/golden/models"))
import spark  # noqa: E402


def vocabulary(holder):
    import gguf
    describe(holder.gguf_writer.target)
    writer, made = holder.gguf_writer, words.tokenizer()
    tokens = [made.id_to_token(i) for i in range(words.VOCABULARY)]
    kinds = [gguf.TokenType.CONTROL if token in words.SPECIAL else gguf.TokenType.UNUSED if token.startswith("<|unused_") else gguf.TokenType.NORMAL for token in tokens]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(words.merges())
    writer.add_bos_token_id(words.token_id("<|begin_of_text|>"))
    writer.add_eos_token_id(words.token_id("<|eot|>"))
    writer.add_pad_token_id(words.token_id("<|end_of_text|>"))
    writer.add_add_bos_token(False)  # the template writes it
    writer.add_chat_template(words.TEMPLATE)


def describe(target):
    target.text("general.organization", "Melete")
    target.text("general.license", "mit")


def describe_parts(target):
    target.text("general.name", "Spark Nano's eyes and ears")
    describe(target)
    target.uint("clip.vision.image_max_pixels", scenes.SIDE ** 2)  # it has seen no larger picture


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        train.load(arguments.folder).save_pretrained(folder)
        spark.convert(folder, arguments.target / "spark-nano.gguf", vocabulary, "f16", "Spark Nano")
        spark.convert_parts(folder, arguments.target / "spark-nano-mmproj.gguf", "f16", describe_parts)
    for path in sorted(arguments.target.glob("spark-nano*.gguf")):
        print(f"{path}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
