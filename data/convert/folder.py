# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder as models are published in it: config.json, and tensors in one or many safetensors files. Tensors are read when they are asked for, a part at a time."""
import json
import pathlib
import struct

import numpy

MOST_HEADER = 1 << 28  # bytes
PIECE = 1 << 22        # numbers that are read at once where nothing has to be whole, and that are written at once


class ConvertError(Exception):
    """A sentence for the person."""


def count(shape):
    result = 1
    for n in shape:
        result *= n
    return result


def read_json(path, kind=dict):
    try:
        result = json.loads(path.read_text('utf-8'))
    except ValueError as error:
        raise ConvertError(f'{path} is no JSON ({error}). Fetch it again.') from None
    if not isinstance(result, kind):
        raise ConvertError(f'{path} is not what it should be, as it begins with another bracket. Fetch it again.')
    return result


class Folder:
    """`tensors`: name → (file, type, shape, place of the first byte)."""

    STORED = {'F32': '<f4', 'F16': '<f2', 'BF16': '<u2', 'U8': 'u1'}

    def __init__(self, path):
        self.path = pathlib.Path(path)
        if not (self.path / 'config.json').is_file():
            raise ConvertError(f'{path} has no config.json: it is not the folder of a published model.')
        self.config = read_json(self.path / 'config.json')
        self.tensors = {}
        for file in self.files():
            self.open(file)
        if not self.tensors:
            raise ConvertError(f'{path} has no *.safetensors files. Files of other kinds (*.bin, *.pth) are not read: they can hold programs.')

    def files(self):
        """Those that the index names, where there is one: a folder may hold the same tensors a second time, for another program."""
        index = self.path / 'model.safetensors.index.json'
        if not index.is_file():
            return sorted(self.path.glob('model*.safetensors')) or sorted(self.path.glob('*.safetensors'))
        places = read_json(index).get('weight_map')
        names = sorted(set(places.values())) if isinstance(places, dict) else []
        for name in names:
            if '/' in name or not (self.path / name).is_file():
                raise ConvertError(f'The folder has no {name}, which {index.name} names. Fetch it.')
        return [self.path / name for name in names]

    def open(self, path):
        size = path.stat().st_size
        with open(path, 'rb') as file:
            start = file.read(8)
            length = struct.unpack('<Q', start)[0] if len(start) == 8 else size
            if length > min(size - 8, MOST_HEADER):
                raise ConvertError(f'{path} is damaged: its head is longer than the file. Fetch it again.')
            try:
                head = json.loads(file.read(length))
            except ValueError:
                raise ConvertError(f'{path} is damaged: its head cannot be read. Fetch it again.') from None
        for name, facts in head.items():
            if name != '__metadata__':
                self.add(path, name, facts, 8 + length, size)

    def add(self, path, name, facts, start, size):
        kind, shape, (begin, end) = facts['dtype'], facts['shape'], facts['data_offsets']
        if not all(isinstance(n, int) and n >= 0 for n in (*shape, begin, end)):
            raise ConvertError(f'{path} is damaged: {name} has no shape. Fetch it again.')
        # What is of another type is missed only where it is asked for.
        width = numpy.dtype(self.STORED[kind]).itemsize if kind in self.STORED else None
        if not begin <= end <= size - start or (width and end - begin != width * count(shape)):
            raise ConvertError(f'{path} is damaged: {name} does not lie in it. Fetch it again.')
        self.tensors[name] = path, kind, tuple(shape), start + begin

    def shape(self, name):
        if name not in self.tensors:
            raise ConvertError(f'The folder has no tensor {name}. Is a file of it missing?')
        return self.tensors[name][2]

    def stored(self, name):
        """What stands in the file, not yet read."""
        shape = self.shape(name)
        path, kind, _, at = self.tensors[name]
        if kind not in self.STORED:
            raise ConvertError(f'{name} of {path} is kept as {kind}, which is not read. F32, F16 and BF16 are: take the folder of the model that was not quantised.')
        return numpy.memmap(path, self.STORED[kind], 'r', at, shape) if count(shape) else numpy.zeros(shape, self.STORED[kind])

    def get(self, name, part=None):
        """As floats: of the first axis all, or a part."""
        stored = self.stored(name)
        stored = stored if part is None else stored[part]
        if self.tensors[name][1] == 'BF16':
            return (numpy.asarray(stored).astype('<u4') << 16).view('<f4')
        return numpy.asarray(stored, '<f4')

    def pieces(self, name):
        """All of it in parts of the first axis, so that a vocabulary of gigabytes is never in memory."""
        shape = self.shape(name)
        step = max(1, PIECE // max(1, count(shape[1:])))
        for at in range(0, shape[0] if shape else 1, step):
            yield self.get(name, slice(at, at + step) if shape else None)

    def kept(self):
        """How most of the matrices are published."""
        sizes = {}
        for _, kind, shape, _ in self.tensors.values():
            if len(shape) > 1 and kind in ('F32', 'F16', 'BF16'):
                sizes[kind.lower()] = sizes.get(kind.lower(), 0) + count(shape)
        return max(sizes, key=sizes.get, default='bf16')
