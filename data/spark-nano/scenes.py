# SPDX-License-Identifier: MIT
"""Pictures: a few coloured shapes with digits printed on them, or a bar chart, 112 pixels wide and high.

A scene is a list of things in the cells of a grid; `draw` gives its pixels. What is drawn larger is made smaller again, so edges are smooth.
"""
import dataclasses
import functools
import math

import numpy
from PIL import Image, ImageDraw, ImageFont

from words import COLOURS, COLUMNS, ROWS

SIDE = 112
CELLS = 4            # of the grid, on each side
CELL = SIDE // CELLS
FINE = 4             # pixels drawn for one that is kept
STEPS = 5            # a bar's greatest height


@dataclasses.dataclass(frozen=True)
class Thing:
    """A shape in a cell, or a bar: its column, and its height where a shape has its digit."""
    shape: str
    colour: str
    digit: int
    column: int
    row: int

    @property
    def column_name(self):
        return COLUMNS[self.column]

    @property
    def row_name(self):
        return "" if self.shape == "bar" else ROWS[self.row]

    @property
    def place(self):
        return f"{self.column_name} {self.row_name}"


def polygon(points):
    """A drawing function from points in -1 … 1."""
    def paint(draw, x, y, size, colour):
        draw.polygon([(x + size * px, y + size * py) for px, py in points], fill=colour)
    return paint


def circle(draw, x, y, size, colour):
    draw.ellipse([x - size, y - size, x + size, y + size], fill=colour)


def star_points():
    return [(r * math.sin(i * math.pi / 5), -r * math.cos(i * math.pi / 5) + 0.05) for i in range(10) for r in [1.15 if i % 2 == 0 else 0.58]]


def heart_points():
    turn = [i * math.tau / 40 for i in range(40)]
    return [(16 * math.sin(t) ** 3 / 16, -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) / 15 - 0.08) for t in turn]


THIRD = 0.38
PAINT = {
    "circle": circle,
    "square": polygon([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)]),
    "triangle": polygon([(0, -1.05), (1.08, 0.85), (-1.08, 0.85)]),
    "star": polygon(star_points()),
    "cross": polygon([(-THIRD, -1), (THIRD, -1), (THIRD, -THIRD), (1, -THIRD), (1, THIRD), (THIRD, THIRD), (THIRD, 1), (-THIRD, 1), (-THIRD, THIRD), (-1, THIRD), (-1, -THIRD), (-THIRD, -THIRD)]),
    "heart": polygon(heart_points()),
}


@functools.cache
def font(size):
    return ImageFont.load_default(size)


def shade(colour, rng):
    """Nearly the colour that is named."""
    return tuple(int(value) for value in numpy.clip(numpy.array(COLOURS[colour]) + rng.integers(-14, 15, 3), 0, 255))


def paint_shape(draw, thing, rng):
    size = rng.uniform(10.5, 12.5)
    x, y = ((cell + 0.5) * CELL + rng.uniform(-1.5, 1.5) for cell in (thing.column, thing.row))
    PAINT[thing.shape](draw, x * FINE, y * FINE, size * FINE, shade(thing.colour, rng))
    ink = "black" if thing.colour == "yellow" else "white"
    low = 2 if thing.shape == "triangle" else 0  # the middle of a triangle's area lies deeper
    draw.text((x * FINE, (y + low) * FINE), str(thing.digit), fill=ink, font=font(16 * FINE), anchor="mm", stroke_width=1, stroke_fill=ink)


def paint_bars(draw, things, rng):
    floor, unit = SIDE - 6, (SIDE - 12) / STEPS
    for step in range(STEPS + 1):
        y = (floor - step * unit) * FINE
        draw.line([(0, y), (SIDE * FINE, y)], fill=(150, 150, 150), width=FINE)
    for thing in things:
        x, half = (thing.column + 0.5) * CELL + rng.uniform(-2, 2), rng.uniform(8, 11)
        draw.rectangle([(x - half) * FINE, (floor - thing.digit * unit) * FINE, (x + half) * FINE, floor * FINE], fill=shade(thing.colour, rng))


def draw(things, rng):
    """[SIDE, SIDE, 3] bytes."""
    paper = tuple(int(value) for value in rng.integers(235, 256, 3))
    image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), paper)
    pen = ImageDraw.Draw(image)
    if things and things[0].shape == "bar":
        paint_bars(pen, things, rng)
    else:
        for thing in things:
            paint_shape(pen, thing, rng)
    return numpy.asarray(image.reduce(FINE))
