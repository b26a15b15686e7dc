# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders as models are published in them, of a configuration and of tensors' names and shapes: the numbers are made of the names, and are the same everywhere. Also reads what is made of them."""
import json
import os
import struct
import zlib

import numpy

WIDTHS = {'BF16': 2, 'F16': 2, 'F32': 4, 'U8': 1}


def numbers(name, shape, kind='BF16'):
    """Between -1/2 and 1/2, of 8 bits, so that every type holds them exactly; bytes near 127, which is MXFP4's scale of 1."""
    n = int(numpy.prod(shape, dtype=numpy.int64))
    mixed = numpy.arange(n, dtype=numpy.uint32) * numpy.uint32(2654435761) + numpy.uint32(zlib.crc32(name.encode()))
    mixed = (mixed ^ mixed >> numpy.uint32(15)) * numpy.uint32(2246822519)
    mixed ^= mixed >> numpy.uint32(13)
    if kind == 'U8':
        return (mixed >> numpy.uint32(24) if name.endswith('blocks') else 122 + (mixed >> numpy.uint32(29))).astype('u1').reshape(shape)
    return (((mixed >> numpy.uint32(25)).astype('<f4') - 63.5) / 128).reshape(shape)


def stored(name, shape, kind):
    values = numbers(name, shape, kind)
    if kind == 'BF16':
        return (values.view('<u4') >> 16).astype('<u2').tobytes()
    return (values.astype('<f2') if kind == 'F16' else values).tobytes()


def kind_of(name, kind):
    return 'U8' if name.endswith(('_blocks', '_scales')) else kind


def write_safetensors(path, shapes, kind='BF16'):
    head, at = {}, 0
    for name, shape in shapes.items():
        n = int(numpy.prod(shape, dtype=numpy.int64)) * WIDTHS[kind_of(name, kind)]
        head[name] = {'dtype': kind_of(name, kind), 'shape': list(shape), 'data_offsets': [at, at + n]}
        at += n
    text = json.dumps(head).encode()
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for name, shape in shapes.items():
            file.write(stored(name, shape, kind_of(name, kind)))


def write_json(path, value):
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(value, file)


def write_folder(folder, config, shapes, kind='BF16', n_files=1):
    """In several files with an index, where asked for."""
    os.makedirs(folder, exist_ok=True)
    write_json(os.path.join(folder, 'config.json'), config)
    if n_files == 1:
        write_safetensors(os.path.join(folder, 'model.safetensors'), shapes, kind)
        return
    places = {}
    for i in range(n_files):
        name = f'model-{i + 1:05}-of-{n_files:05}.safetensors'
        part = dict(list(shapes.items())[i::n_files])
        write_safetensors(os.path.join(folder, name), part, kind)
        places |= {tensor: name for tensor in part}
    write_json(os.path.join(folder, 'model.safetensors.index.json'), {'weight_map': places})


# ---- GGUF ----------------------------------------------------------------------------

FORMS = {0: '<B', 1: '<b', 2: '<H', 3: '<h', 4: '<I', 5: '<i', 6: '<f', 7: '<?', 10: '<Q', 11: '<q', 12: '<d'}
SIZES = {0: (4, 1), 1: (2, 1), 30: (2, 1), 39: (17, 32)}  # F32, F16, BF16, MXFP4: bytes of a block, numbers of it


class Gguf:
    """`keys`: name → value; `tensors`: name → (type, shape as others write it, bytes)."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            self.data = file.read()
        self.at, self.keys, self.tensors = 8, {}, {}
        n_tensors, n_keys = self.one('<Q'), self.one('<Q')
        for _ in range(n_keys):
            name = self.text()
            self.keys[name] = self.value(self.one('<I'))
        entries = []
        for _ in range(n_tensors):
            name, n = self.text(), self.one('<I')
            shape = [self.one('<Q') for _ in range(n)][::-1]
            entries.append((name, shape, self.one('<I'), self.one('<Q')))
        start = -(-self.at // 32) * 32
        for name, shape, kind, at in entries:
            size = int(numpy.prod(shape, dtype=numpy.int64)) // SIZES[kind][1] * SIZES[kind][0]
            self.tensors[name] = kind, shape, self.data[start + at:start + at + size]

    def one(self, form):
        self.at += struct.calcsize(form)
        return struct.unpack_from(form, self.data, self.at - struct.calcsize(form))[0]

    def text(self):
        n = self.one('<Q')
        self.at += n
        return self.data[self.at - n:self.at].decode('utf-8', 'replace')

    def value(self, kind):
        if kind == 8:
            return self.text()
        if kind == 9:
            kind, n = self.one('<I'), self.one('<Q')
            return [self.value(kind) for _ in range(n)]
        return self.one(FORMS[kind])
