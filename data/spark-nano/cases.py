# SPDX-License-Identifier: MIT
"""The questions of the test, with their pictures and sounds: of combinations that were never trained with, in manners (voice, speed and pitch) that were never heard."""
import numpy

import questions
import scenes
import voices


class Case:
    """A question with its pixels and its samples."""

    def __init__(self, item, rng):
        self.item, self.question = item, item.question
        self.picture = scenes.draw(item.things, rng)
        self.sound = voices.recorded(item.said, voices.UNHEARD[rng.integers(len(voices.UNHEARD))], rng)

    def but(self, **changes):
        other = object.__new__(Case)
        other.__dict__.update(self.__dict__, **changes)
        return other


def held_out_cases(count, seed):
    rng = numpy.random.default_rng(seed)
    return [Case(item, rng) for item in questions.held_out_items(count, rng)]
