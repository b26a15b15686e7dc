# SPDX-License-Identifier: MIT
"""Questions that need a picture, a spoken word and written words at once.

A `Kind` makes a scene and says, for every word that could be spoken about it, the answer. An `Item` is one question. Its answer is drawn first, evenly among
those that the scene allows, and then one of the words that lead to it; so whoever sees the scene and reads the question, but does not hear the word, is right
once in as many times as the scene has answers. Colours, shapes, digits and places are drawn evenly; so whoever hears and reads but does not see is not better off.

An answer shows its working before it concludes (“The star is in column B, the heart in column D: yes.”), as an assistant thinks before it speaks: each word of it is
looked up or follows from two that were, which so small a model learns; to compare what it has not written down it does not learn here.

The combination of an item is what decides its answer: the kind, the words, and the things that they are about, with their places. One combination
in eight is never trained with, in any form: `held_out`.
"""
import dataclasses
import typing
import zlib

import scenes
from scenes import Thing
from words import COLOURS, COLUMNS, DIGITS, NUMBERS, ROWS, SAYABLE, SHAPES

HELD_OUT = 8


@dataclasses.dataclass(frozen=True)
class Item:
    kind: str
    things: tuple          # the scene; None: no picture
    said: str              # the word as it is spoken; None: there is no sound
    question: str
    value: str             # what the answer turns on
    answer: str            # the whole sentence
    chance: float = 0.0    # of the value, for whoever does not hear
    combination: tuple = ()


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    scene: str                                # of SCENES
    named: str                                # "shape", "colour", "digit": what the spoken word names
    heard: tuple                              # the question where the word is spoken
    typed: tuple                              # … and where it is written: {said}
    answer: str                               # {said}, {value}, {other}, {work}
    value: typing.Callable                    # (things, said, other) → the value and the things that decide it; None: no question
    work: typing.Callable = lambda _things, _said, _other: ""  # what is written before the conclusion
    other: str = ""                           # "shape", "colour": what a second, written word names


def plural(shape):
    return shape + ("es" if shape == "cross" else "s")


# ---- scenes ------------------------------------------------------------------------

def some(rng, values, count):
    return [values[i] for i in rng.permutation(len(values))[:count]]


def places(rng, count):
    return [(int(place) % scenes.CELLS, int(place) // scenes.CELLS) for place in rng.permutation(scenes.CELLS ** 2)[:count]]


def different(rng, counts=(3, 4, 5)):
    """Some things that differ in everything."""
    count = int(rng.choice(counts))
    return [Thing(shape, colour, digit, *place) for shape, colour, digit, place in
            zip(some(rng, SHAPES, count), some(rng, list(COLOURS), count), some(rng, range(10), count), places(rng, count))]


def crowd(rng):
    """Groups of one to four of the same colour, and groups of the same shape."""
    counts = some(rng, (1, 2, 3, 4), 3)
    count = sum(counts)
    colours = [colour for colour, times in zip(some(rng, list(COLOURS), 3), counts) for _ in range(times)]
    counts = some(rng, [c for c in ((1, 2, 3, 4), (1, 2, 4), (1, 2, 3), (1, 3, 4), (2, 3, 4)) if sum(c) == count], 1)
    counts = list(counts[0]) if counts else [count]
    shapes = [shape for shape, times in zip(some(rng, SHAPES, len(counts)), counts) for _ in range(times)]
    return [Thing(shape, colour, int(digit), *place) for shape, colour, digit, place in zip(some(rng, shapes, count), colours, rng.integers(0, 10, count), places(rng, count))]


def bars(rng):
    """Three or four bars of different colours and heights."""
    count = int(rng.integers(3, scenes.CELLS + 1))
    return [Thing("bar", colour, height, column, 0) for colour, height, column in
            zip(some(rng, list(COLOURS), count), some(rng, range(1, scenes.STEPS + 1), count), some(rng, range(scenes.CELLS), count))]


SCENES = {"different": (different, 0.60), "crowd": (crowd, 0.20), "bars": (bars, 0.20)}  # and how often
NAMES = {"shape": SHAPES, "colour": tuple(COLOURS), "digit": DIGITS}
PLACES = {"column_name": COLUMNS, "row_name": ROWS}


# ---- what decides an answer --------------------------------------------------------

def attribute(thing, kind):
    return str(getattr(thing, kind))


def look_up(named, wanted):
    """The attribute `wanted` of the one thing that is `said`."""
    def value(things, said, _other):
        found = [thing for thing in things if attribute(thing, named) == said]
        return (attribute(found[0], wanted), found) if found else None
    return value


def height(things, said, _other):
    """As one reads it in a chart: the whole chart decides."""
    found = [thing for thing in things if thing.colour == said]
    return (str(found[0].digit), things) if found else None


def count(named):
    def value(things, said, _other):
        return str(sum(attribute(thing, named) == said for thing in things)), things
    return value


def compare(named, holds):
    """Whether `holds (the thing that is said, the other thing)`. Of bars, the whole chart decides."""
    def value(things, said, other):
        first = [thing for thing in things if attribute(thing, named) == said]
        second = [thing for thing in things if attribute(thing, named) == other]
        if not first or not second or said == other:
            return None
        return "yes" if holds(first[0], second[0]) else "no", things if first[0].shape == "bar" else first + second
    return value


def is_colour(things, said, other):
    found = [thing for thing in things if thing.shape == said]
    return ("yes" if found[0].colour == other else "no", found) if found else None


def where(things, said, _other):
    found = [thing for thing in things if thing.shape == said]
    return (found[0].place, found) if found else None


# ---- what is written before the answer ---------------------------------------------

def of_both(named, wanted):
    """An attribute of the thing that is said, then of the other one."""
    def work(things, said, other):
        return [attribute(thing, wanted) for name in (said, other) for thing in things if attribute(thing, named) == name]
    return work


def of_one(named, wanted):
    def work(things, said, _other):
        return [attribute(thing, wanted) for thing in things if attribute(thing, named) == said]
    return work


def enumerate_them(named):
    """Each in its place, as one reads, with its number: the last number is the count."""
    def work(things, said, _other):
        found = sorted((thing for thing in things if attribute(thing, named) == said), key=reading)
        return ", ".join(f"{thing.place} {number}" for number, thing in enumerate(found, 1)) or "none"
    return work


def reading(thing):
    return thing.row, thing.column


def beside(name, words, axis, holds):
    place = {"column": "The {said} is in column {work[0]}, the {other} in column {work[1]}: {value}.", "row": "The {said} is in the {work[0]} row, the {other} in the {work[1]} row: {value}."}
    return Kind(name, "different", "shape", (f"Is the shape that I name {words} the {{other}}?",), (f"Is the {{said}} {words} the {{other}}?",),
                place[axis], compare("shape", holds), of_both("shape", axis + "_name"), "shape")


KINDS = (
    Kind("colour of a shape", "different", "shape", ("What colour is the shape that I name?", "Which colour has the shape that I say?"), ("What colour is the {said}?",),
         "The {said} is {value}.", look_up("shape", "colour")),
    Kind("shape of a colour", "different", "colour", ("Which shape has the colour that I name?", "Which shape has the colour that I say?"), ("Which shape is {said}?",),
         "The {said} shape is a {value}.", look_up("colour", "shape")),
    Kind("digit on a shape", "different", "shape", ("Which digit is on the shape that I name?", "Which digit has the shape that I say?"), ("Which digit is on the {said}?",),
         "The {said} has a {value}.", look_up("shape", "digit")),
    Kind("digit on a colour", "different", "colour", ("Which digit is on the shape of the colour that I name?",), ("Which digit is on the {said} shape?",),
         "The {said} shape has a {value}.", look_up("colour", "digit")),
    Kind("colour of a digit", "different", "digit", ("What colour is the shape with the digit that I name?",), ("What colour is the shape with a {said}?",),
         "The shape with a {said} is {value}.", look_up("digit", "colour")),
    Kind("shape of a digit", "different", "digit", ("Which shape has the digit that I name?",), ("Which shape has a {said}?",),
         "The shape with a {said} is a {value}.", look_up("digit", "shape")),
    Kind("place of a shape", "different", "shape", ("Where is the shape that I name?",), ("Where is the {said}?",), "The {said} is in {value}.", where),
    Kind("is it that colour", "different", "shape", ("Is the shape that I name {other}?",), ("Is the {said} {other}?",), "The {said} is {work[0]}: {value}.", is_colour,
         of_one("shape", "colour"), "colour"),
    beside("left of", "left of", "column", lambda a, b: a.column < b.column),
    beside("right of", "right of", "column", lambda a, b: a.column > b.column),
    beside("above", "above", "row", lambda a, b: a.row < b.row),
    beside("below", "below", "row", lambda a, b: a.row > b.row),
    Kind("count of a colour", "crowd", "colour", ("How many shapes have the colour that I name?",), ("How many shapes are {said}?",), "The {said} ones: {work}. I count {value}.",
         count("colour"), enumerate_them("colour")),
    Kind("count of a shape", "crowd", "shape", ("How many are there of the shape that I name?",), ("How many {plural} are there?",), "The {plural}: {work}. I count {value}.",
         count("shape"), enumerate_them("shape")),
    Kind("height of a bar", "bars", "colour", ("How high is the bar of the colour that I name?",), ("How high is the {said} bar?",), "The {said} bar is {value} high.",
         height),
    Kind("higher bar", "bars", "colour", ("Is the bar of the colour that I name higher than the {other} bar?",), ("Is the {said} bar higher than the {other} bar?",),
         "The {said} bar is {work[0]} high, the {other} bar {work[1]}: {value}.", compare("colour", lambda a, b: a.digit > b.digit), of_both("colour", "digit"), "colour"),
)

TAG = "Tag the picture."
DESCRIBE = ("What do you see?", "What is in the picture?")
HEAR = ("Which word do you hear?", "What do I say?")
NO_PICTURE, NO_SOUND = "I see no picture.", "I hear nothing."
TALK = {
    "Hello": "Hello. Show me shapes or bars, say a word and ask.",
    "Hi": "Hello. Show me shapes or bars, say a word and ask.",
    "Who are you?": "I am Spark Nano. I see shapes and bars, and I hear words.",
    "What can you do?": "I see shapes and bars, and I hear words. Show me a picture, say a word and ask.",
}


# ---- items -------------------------------------------------------------------------

def held_out(combination):
    return zlib.crc32(repr(combination).encode()) % HELD_OUT == 0


def draw_scene(rng, easy=False):
    """The kind of a scene, and its things. The easy ones are of one to four things: with few to choose among, a beginner finds out what choosing is."""
    if easy:
        return "different", tuple(different(rng, (1, 2, 3, 4)))
    name = list(SCENES)[rng.choice(len(SCENES), p=[share for _, share in SCENES.values()])]
    return name, tuple(SCENES[name][0](rng))


def describe(things, rng):
    """All that is in the picture, as one reads it. A picture of many things teaches the eyes more than one question does."""
    parts = [f"in {thing.column_name} a {thing.colour} bar {thing.digit} high" if thing.shape == "bar" else f"in {thing.place} a {thing.colour} {thing.shape} with a {thing.digit}"
             for thing in sorted(things, key=reading)]
    return Item("describe", things, None, DESCRIBE[rng.integers(len(DESCRIBE))], "", f"I see {', '.join(parts)}.")


def tag(things, rng):
    """What belongs together, the things and their attributes in any order. Nothing teaches sooner to look for what was named: the word that decides is the one before."""
    parts = []
    for i in rng.permutation(len(things)):
        thing = things[i]
        own = [thing.colour, str(thing.digit), thing.column_name] + ([] if thing.shape == "bar" else [thing.shape, thing.row_name])
        parts.append(" ".join(some(rng, own, len(own))))
    return Item("tag", things, None, TAG, "", f"Tags: {', '.join(parts)}.")


def hear(things, rng):
    said = SAYABLE[rng.integers(len(SAYABLE))]
    return Item("hear", things, said, HEAR[rng.integers(len(HEAR))], said, f"I hear {said}.")


def spoken(kind, said):
    return NUMBERS[int(said)] if kind.named == "digit" else said


def choices(kind, things, other):
    """What could be said of the scene: value → [(word, the things that decide)]."""
    result = {}
    for said in NAMES[kind.named]:
        found = kind.value(things, said, other)
        if found:
            result.setdefault(found[0], []).append((said, found[1]))
    return result


def ask(kind, things, rng, test=False, typed=False, fewest=2):
    """One question about the scene, with a combination for the test or none of them; None: the scene allows none,
    or fewer than `fewest` answers."""
    present = sorted({attribute(thing, kind.other) for thing in things}) if kind.other else [""]
    other = present[rng.integers(len(present))]
    found = choices(kind, things, other)
    if len(found) < fewest:
        return None
    value = sorted(found)[rng.integers(len(found))]
    said, about = found[value][rng.integers(len(found[value]))]
    combination = (kind.name, said, other, *sorted(dataclasses.astuple(thing) for thing in about))
    if held_out(combination) != test:
        return None
    fill = {"said": said, "other": other, "value": value, "plural": plural(said), "work": kind.work(things, said, other)}
    sentences = kind.typed if typed else kind.heard
    return Item(kind.name, things, None if typed else spoken(kind, said), sentences[rng.integers(len(sentences))].format(**fill), value, kind.answer.format(**fill), 1 / len(found), combination)


def held_out_items(count, rng):
    """Questions for the test, as many of each kind."""
    result = []
    while len(result) < count:
        kind, item = KINDS[len(result) % len(KINDS)], None
        while item is None:
            item = ask(kind, tuple(SCENES[kind.scene][0](rng)), rng, test=True)
        result.append(item)
    return result


def sentences():
    """Everything that is asked and answered, for the tokenizer."""
    for kind in KINDS:
        for said in NAMES[kind.named]:
            for other in NAMES[kind.other] if kind.other else ("",):
                fill = {"said": said, "other": other, "plural": plural(said)}
                yield from (sentence.format(**fill) for sentence in kind.heard + kind.typed)
                yield from (kind.answer.format(value=value, work=[word, word], **fill) for value in ("yes", "no", "A top") for word in (*SHAPES, *COLOURS, *DIGITS, *COLUMNS, *ROWS))
    yield from (f"I hear {word}." for word in SAYABLE)
    yield from (f"I see in {column} {row} a {colour} {shape} with a {digit}, in {column} a {colour} bar {digit} high."
                for colour in COLOURS for shape in SHAPES for digit in DIGITS for column in COLUMNS for row in ROWS)
    yield from (*HEAR, *DESCRIBE, TAG, "Tags: red 7 A, blue top.", NO_PICTURE, NO_SOUND, *TALK, *TALK.values(), "user", "assistant")
