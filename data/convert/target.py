# SPDX-License-Identifier: GPL-3.0-or-later
"""A GGUF file: all keys and the places of all tensors first, then the tensors, made one by one."""
import os
import struct

import numpy

from folder import PIECE, ConvertError, count

UINT32, INT32, FLOAT, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9  # of GGUF
ALIGNMENT = 32
FILE_TYPES = {'f32': 0, 'f16': 1, 'bf16': 32}
# Name → its number in GGUF, how numbers are written, bytes of a block, numbers of a block. Blocks come made, as bytes.
KINDS = {'f32': (0, '<f4', 4, 1), 'f16': (1, '<f2', 2, 1), 'bf16': (30, '<u2', 2, 1), 'mxfp4': (39, 'u1', 17, 32)}
PACK = {BOOL: '<?', UINT32: '<I', INT32: '<i', FLOAT: '<f'}


def string(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack('<Q', len(data)) + data


def padded(n):
    return -(-n // ALIGNMENT) * ALIGNMENT


def to_bf16(values):
    """Rounded to the nearest, ties to even."""
    bits = values.view('<u4').astype('<u8')
    return ((bits + 0x7fff + (bits >> 16 & 1)) >> 16).astype('<u2')


def encoded(values, kind):
    if kind == 'bf16':
        return to_bf16(numpy.ascontiguousarray(values, '<f4'))
    return numpy.ascontiguousarray(values, KINDS[kind][1])


class Target:
    """`keep`: how matrices are kept. A key that is said twice has the later value."""

    def __init__(self, architecture, keep):
        self.architecture, self.keep, self.keys, self.tensors = architecture, keep, {}, []
        self.text('general.architecture', architecture)
        self.uint('general.file_type', FILE_TYPES[keep])

    def key(self, name, kind, value):
        self.keys[name.replace('{arch}', self.architecture)] = struct.pack('<I', kind) + value

    def uint(self, name, value):
        self.key(name, UINT32, struct.pack('<I', value))

    def float(self, name, value):
        self.key(name, FLOAT, struct.pack('<f', value))

    def bool(self, name, value):
        self.key(name, BOOL, struct.pack('<?', value))

    def text(self, name, value):
        self.key(name, STRING, string(value))

    def array(self, name, kind, values):
        pack = string if kind == STRING else lambda value: struct.pack(PACK[kind], value)
        self.key(name, ARRAY, struct.pack('<IQ', kind, len(values)) + b''.join(pack(value) for value in values))

    def tensor(self, name, shape, make, full=False, kind=None):
        """`make` yields its numbers, in as many pieces as it likes. `full`: floats whatever `keep` says; `kind`: as bytes of this kind."""
        self.tensors.append((name, tuple(shape), kind or ('f32' if full or len(shape) < 2 else self.keep), make))

    def write(self, path):
        head, at = struct.pack('<4sIQQ', b'GGUF', 3, len(self.tensors), len(self.keys)) + b''.join(string(name) + value for name, value in self.keys.items()), 0
        for name, shape, kind, _ in self.tensors:
            head += string(name) + struct.pack(f'<I{len(shape)}Q', len(shape), *reversed(shape)) + struct.pack('<IQ', KINDS[kind][0], at)
            at += padded(count(shape) // KINDS[kind][3] * KINDS[kind][2])
        # What is not whole never has the name.
        part = f'{path}.part'
        try:
            with open(part, 'wb') as file:
                file.write(head.ljust(padded(len(head)), b'\0'))
                for tensor in self.tensors:
                    self.write_tensor(file, *tensor)
            os.replace(part, path)
        finally:
            if os.path.exists(part):
                os.unlink(part)

    @staticmethod
    def write_tensor(file, name, shape, kind, make):
        written, wanted = 0, count(shape) // KINDS[kind][3] * KINDS[kind][2]
        for piece in make():
            flat = numpy.ascontiguousarray(piece).reshape(-1)
            for at in range(0, flat.size, PIECE):
                data = encoded(flat[at:at + PIECE], kind)
                written += data.nbytes
                data.tofile(file)
        if written != wanted:
            raise ConvertError(f'{name} has {written} bytes and not {wanted}: the shapes in the folder do not fit together.')
        file.write(b'\0' * (-file.tell() % ALIGNMENT))
