#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the judge's questions as files, for whoever runs the model otherwise: N.png, N.wav, and questions.tsv with a line for each.

    python3 data/spark-nano/samples.py TARGET [--count N] [--seed S]

The columns of questions.tsv: the number, the kind, the question, the value that the answer turns on, the answer, the word that is spoken, and the chance of the value for
whoever does not hear it.
"""
import argparse
import pathlib
import wave

import numpy
from PIL import Image

import cases
import voices


def write_sound(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(voices.RATE)
        file.writeframes(numpy.round(numpy.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2)
    arguments = parser.parse_args()
    arguments.target.mkdir(parents=True, exist_ok=True)
    lines = []
    for i, case in enumerate(cases.held_out_cases(arguments.count, arguments.seed)):
        Image.fromarray(case.picture).save(arguments.target / f"{i}.png", optimize=True)
        write_sound(arguments.target / f"{i}.wav", case.sound)
        lines.append("\t".join((str(i), case.item.kind, case.item.question, case.item.value, case.item.answer, case.item.said, f"{case.item.chance:.4f}")))
    (arguments.target / "questions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
