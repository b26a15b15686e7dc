# SPDX-License-Identifier: GPL-3.0-or-later
"""The things that the tour drops on the window: a PDF and a picture, each with a word that this run made up."""
import importlib.util
import os
import random
import struct

import cairo

# Letters that a reader of pictures does not take for others.
CONSONANTS = 'bdfkmnprtvz'
VOWELS = 'aeou'


def make_word(generator=None):
    """A word of three syllables that stands in no book, so that the model can only know it from here.

    No letter comes twice: a small model that copies "dovedov" may well go on behind the wrong "dov", which says nothing about what was read.
    """
    generator = generator or random.SystemRandom()
    consonants, vowels = generator.sample(CONSONANTS, 4), generator.sample(VOWELS, 3)
    return ''.join(consonant + vowel for consonant, vowel in zip(consonants, vowels)) + consonants[3]


def write_lines(context, lines, size, left, top):
    context.select_font_face('DejaVu Sans', cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_NORMAL)
    context.set_font_size(size)
    context.set_source_rgb(0, 0, 0)
    for number, line in enumerate(lines):
        context.move_to(left, top + number * size * 1.8)
        context.show_text(line)


def write_pdf(path, word):
    surface = cairo.PDFSurface(path, 595, 842)
    write_lines(cairo.Context(surface), [
        'Minutes of the garden club',
        '',
        'Twelve members came. The new gate was painted green.',
        f'The password of the tool shed is {word}.',
        'The next meeting is on the second of May.',
    ], 14, 60, 90)
    surface.finish()


def write_picture(path, word):
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, 900, 420)
    context = cairo.Context(surface)
    context.set_source_rgb(1, 0.97, 0.88)
    context.paint()
    write_lines(context, ['Bakery at the corner', f'Name of our best bread: {word}', 'Open from 7 to 13'], 36, 60, 110)
    surface.write_to_png(path)


def make_document(name):
    """The bytes of one of the documents that the tests of the decoder make, by its name."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../media/make-documents.py')
    spec = importlib.util.spec_from_file_location('make_documents', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if name.endswith('.md'):
        return '# Notes\n\n- the lake\n- the *heron*\n'.encode()
    return {**module.SAMPLES, **module.REFUSED}[name]()


def gguf_string(text):
    return struct.pack('<Q', len(text.encode())) + text.encode()


def write_adapter(path, name, base, architecture='llama', width=576, rank=8):
    """A LoRA adapter for a model of that width, which changes nothing yet: its matrices are zeros."""
    keys = (('general.type', 'adapter'), ('general.architecture', architecture), ('general.name', name), ('general.base_model.0.name', base), ('adapter.type', 'lora'))
    tensors = (('blk.0.attn_q.weight.lora_a', width, rank), ('blk.0.attn_q.weight.lora_b', rank, width))
    head = struct.pack('<4sIQQ', b'GGUF', 3, len(tensors), len(keys))
    for key, value in keys:
        head += gguf_string(key) + struct.pack('<I', 8) + gguf_string(value)
    for number, (tensor, first, second) in enumerate(tensors):
        head += gguf_string(tensor) + struct.pack('<IQQIQ', 2, first, second, 0, number * width * rank * 4)
    with open(path, 'wb') as file:
        file.write(head + bytes(-len(head) % 32) + bytes(2 * width * rank * 4))
