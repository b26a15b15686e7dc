#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that the questions need what they are said to need, without any model: how often the best guess is right that knows only a part of each.

    python3 data/spark-nano/balance.py [--count N]

A guesser learns from one half of N questions what is the likeliest answer to what it knows, and answers the other half. Whoever knows the picture and the
words but does not hear is right as often as the item itself says (questions.Item.chance): its answer is drawn evenly among those that the scene allows.
"""
import argparse
import collections

import numpy

import questions

PARTS = {
    "words": lambda item: item.question,
    "words and sound": lambda item: (item.question, item.said),
    "sound": lambda item: item.said,
    "kind": lambda item: item.kind,
}


def guess(items, known):
    """{kind: share of right guesses}."""
    seen, half = collections.defaultdict(collections.Counter), len(items) // 2
    for item in items[:half]:
        seen[known(item)][item.value] += 1
    right = collections.defaultdict(list)
    for item in items[half:]:
        likeliest = seen[known(item)].most_common(1)
        right[item.kind].append(bool(likeliest) and likeliest[0][0] == item.value)
    return {kind: numpy.mean(hits) for kind, hits in right.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60000)
    arguments = parser.parse_args()
    items = questions.held_out_items(arguments.count, numpy.random.default_rng(4))
    tables = {name: guess(items, known) for name, known in PARTS.items()}
    print(f"{'kind':20} {'answers':>8} {'words, picture':>15} " + " ".join(f"{name:>16}" for name in PARTS))
    for kind in questions.KINDS:
        own = [item for item in items if item.kind == kind.name]
        print(f"{kind.name:20} {len({item.value for item in own}):8} {100 * numpy.mean([item.chance for item in own]):15.1f} " +
              " ".join(f"{100 * tables[name][kind.name]:16.1f}" for name in PARTS))


if __name__ == "__main__":
    main()
