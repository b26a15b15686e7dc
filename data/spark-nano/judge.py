#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks a trained Spark Nano a thousand questions of combinations that it was never trained with, spoken in manners (voice, speed and pitch) that it never heard.

    python3 data/spark-nano/judge.py FOLDER [--count N]

Each is asked as it is, and then without its picture, with the picture of another question, without its sound, with the word of another question, and with the
sentence of another kind of question: what it needs, it must be at chance without. An answer counts if the whole sentence is right; where something was
taken away, only what the answer turns on (its value) is compared, which is the easier to guess.
"""
import argparse
import collections
import dataclasses
import functools
import pathlib
import re
import string

import numpy
import torch

import nano
import questions
import train
import voices
import words
from cases import held_out_cases

LONGEST = 64  # tokens of an answer
AT_ONCE = 50


def answers(model, cases):
    """The sentences, chosen token by token."""
    result = []
    for first in range(0, len(cases), AT_ONCE):
        some = cases[first:first + AT_ONCE]
        batch = nano.Batch()
        for case in some:
            turn = nano.Turn(dataclasses.replace(case.item, question=case.question, answer=""))
            if case.picture is not None:
                turn.picture = len(batch.pixels)
                batch.pixels.append(nano.patches(case.picture))
            if case.sound is not None:
                turn.sound = len(batch.sounds)
                batch.sounds.append(case.sound)
            batch.talks.append([turn])
        result += go_on(model, batch)
    return result


def go_on(model, batch):
    """The shorter rows are filled up behind: what follows a row's end takes the place of what fills it."""
    ids, _, columns = batch.tensors()
    lengths, end = (ids != words.token_id("<|end_of_text|>")).sum(-1) - 1, words.token_id("<|eot|>")  # without the end of an empty answer
    said, embeds = [[] for _ in batch.talks], nano.embed(model, ids, columns, *nano.perceive(model, batch))
    embeds = torch.cat([embeds, embeds.new_zeros(len(said), LONGEST, embeds.shape[-1])], 1)
    for _ in range(LONGEST):
        hidden = model.model.language_model(inputs_embeds=embeds[:, :int(lengths.max())], use_cache=False).last_hidden_state
        chosen = nano.logits(model, hidden[torch.arange(len(said)), lengths - 1]).argmax(-1)
        for row, token in zip(said, chosen.tolist()):
            if not row or row[-1] != end:
                row.append(token)
        if all(row[-1] == end for row in said):
            break
        embeds[torch.arange(len(said)), lengths] = model.get_input_embeddings()(chosen)
        lengths = lengths + 1
    return [words.tokenizer().decode(row[:-1]) for row in said]


@functools.cache
def conclusion(kind):
    """An answer of that kind, whatever it says."""
    pattern = "".join(re.escape(text) + ({"value": "(.*)"}.get(field, ".*") if field else "") for text, field, _, _ in string.Formatter().parse(kind.answer))
    return re.compile(pattern)


def value_of(item, sentence):
    """What an answer of the item's kind turns on, in whatever sentence; None: it is no answer of that kind."""
    found = conclusion(next(kind for kind in questions.KINDS if kind.name == item.kind)).fullmatch(sentence)
    return found[1] if found else None


def blind(items):
    """How often the best guess is right that knows the question, and the word, but not the picture; from many other questions."""
    seen = collections.defaultdict(collections.Counter)
    for item in items:
        seen[item.kind][item.value] += 1
    return {kind: max(values.values()) / sum(values.values()) for kind, values in seen.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = train.load(arguments.folder).eval()
    rng, cases = numpy.random.default_rng(arguments.seed + 1), held_out_cases(arguments.count, arguments.seed)
    kinds = [kind.name for kind in questions.KINDS]

    def others(shift):
        return [cases[(i + shift) % len(cases)] for i in range(len(cases))]

    trials = {
        "whole": cases,
        "no picture": [case.but(picture=None) for case in cases],
        "other picture": [case.but(picture=other.picture) for case, other in zip(cases, others(len(kinds)))],
        "no sound": [case.but(sound=None) for case in cases],
        "other word": [case.but(sound=voices.recorded(word, voices.UNHEARD[0], rng)) for case in cases for word in [rng.choice([word for word in words.SAYABLE if word != case.item.said])]],
        "other question": [case.but(question=other.question) for case, other in zip(cases, others(1))],
    }
    with torch.no_grad():
        said = {name: answers(model, tried) for name, tried in trials.items()}
    right = {"whole": [sentence == case.item.answer for sentence, case in zip(said["whole"], cases)]}
    for name in list(trials)[1:]:
        right[name] = [value_of(case.item, sentence) == case.item.value for sentence, case in zip(said[name], cases)]
    unseen = blind(questions.held_out_items(len(kinds) * 400, numpy.random.default_rng(3)))
    print(f"{'kind':20} {'chance: deaf':>13} {'blind':>6} | " + " ".join(f"{name:>14}" for name in trials))
    for kind in [*kinds, "all"]:
        chosen = [i for i, case in enumerate(cases) if kind in (case.item.kind, "all")]
        deaf = numpy.mean([cases[i].item.chance for i in chosen])
        unseeing = numpy.mean([unseen[cases[i].item.kind] for i in chosen])
        print(f"{kind:20} {100 * deaf:13.1f} {100 * unseeing:6.1f} | " + " ".join(f"{100 * numpy.mean([right[name][i] for i in chosen]):14.1f}" for name in trials))
    for i in range(0, len(cases), len(cases) // 12 + 1):
        print(f"  {cases[i].question} [{cases[i].item.said}] {said['whole'][i]}" + ("" if right["whole"][i] else f"  (wrong: {cases[i].item.answer})"))
        print(f"      without the picture: {said['no picture'][i]}   without the sound: {said['no sound'][i]}")


if __name__ == "__main__":
    main()
