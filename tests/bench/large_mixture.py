#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a mixture of experts with random weights in Q4_K, of the widths of Muse Spark's layers, and as many bytes as are asked for.

It answers nonsense, but costs what a trained one does. Its experts are chosen about equally often, which is the worst case: those of trained
models are not. Every matrix is the same random bytes, begun at another place.
"""
import argparse
import os
import random
import struct

UINT32, INT32, FLOAT, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
F32, Q4_K = 0, 12
BLOCK, BLOCK_BYTES, ALIGNMENT = 256, 144, 32
N_VOCAB = 512

# Muse Spark Open 816B-A42B, but for the vocabulary and the number of layers.
SPARK = {'hidden': 8192, 'heads': 128, 'kv_heads': 16, 'head': 64, 'latent': 4096, 'expert': 4096, 'experts': 256, 'used': 8, 'window': 2048, 'theta': 5e5,
         'q_scale': 5.473, 'logit_scale': 0.1768, 'softcap': 20.0}


def string(text):
    data = text.encode()
    return struct.pack('<Q', len(data)) + data


def padded(n):
    return -(-n // ALIGNMENT) * ALIGNMENT


def numbers(n, mean, deviation):
    return struct.pack(f'<{n}f', *(random.gauss(mean, deviation) for _ in range(n)))


class Weights:
    """Random blocks of Q4_K whose values have the deviation 1 / √width and about the mean 0: codes, scales and minima are anything, d and dmin follow."""

    def __init__(self, width):
        d = 1 / width ** 0.5 / 258
        head = struct.pack('<2e', d, 7.5 * d)
        blocks = 1 << 16
        pool = bytearray(random.randbytes(blocks * BLOCK_BYTES))
        for at in range(0, len(pool), BLOCK_BYTES):
            pool[at:at + 4] = head
        self.blocks, self.pool = blocks, memoryview(bytes(pool) * 2)

    def pieces(self, n_blocks):
        while n_blocks > 0:
            n, begin = min(n_blocks, self.blocks), random.randrange(self.blocks)
            yield self.pool[begin * BLOCK_BYTES:(begin + n) * BLOCK_BYTES]
            n_blocks -= n


class Model:
    def __init__(self, layers, shape):
        self.shape, self.keys, self.tensors, self.weights = shape, [], [], {}
        self.add_keys(layers)
        self.add_vocabulary()
        self.matrix('token_embd.weight', shape['hidden'], N_VOCAB)
        for layer in range(layers):
            self.add_layer(f'blk.{layer}.')
        self.vector('output_norm.weight', shape['hidden'], 1)
        self.matrix('output.weight', shape['hidden'], N_VOCAB)

    # ---- keys

    def key(self, name, kind, value):
        self.keys.append(string(name) + struct.pack('<I', kind) + value)

    def array(self, name, kind, values):
        pack = {STRING: string, INT32: lambda value: struct.pack('<i', value), BOOL: lambda value: struct.pack('<?', value)}[kind]
        self.key(name, ARRAY, struct.pack('<IQ', kind, len(values)) + b''.join(map(pack, values)))

    def add_keys(self, layers):
        shape = self.shape
        self.key('general.architecture', STRING, string('muse-spark'))
        self.key('general.name', STRING, string('Random'))
        for name, value in (('block_count', layers), ('context_length', 4096), ('embedding_length', shape['hidden']), ('feed_forward_length', shape['expert']), ('attention.head_count', shape['heads']),
                            ('attention.head_count_kv', shape['kv_heads']), ('attention.key_length', shape['head']), ('attention.value_length', shape['head']), ('rope.dimension_count', shape['head']),
                            ('attention.sliding_window', shape['window']), ('expert_count', shape['experts']), ('expert_used_count', shape['used']), ('expert_feed_forward_length', shape['expert']),
                            ('expert_latent_length', shape['latent'])):
            self.key(f'muse-spark.{name}', UINT32, struct.pack('<I', value))
        for name, value in (('attention.layer_norm_rms_epsilon', 1e-5), ('rope.freq_base', shape['theta']), ('logit_scale', shape['logit_scale']), ('final_logit_softcapping', shape['softcap'])):
            self.key(f'muse-spark.{name}', FLOAT, struct.pack('<f', value))
        self.array('muse-spark.attention.sliding_window_pattern', BOOL, [(layers - 1 - i) % 4 != 0 for i in range(layers)])

    def add_vocabulary(self):
        plain = [*range(ord('!'), ord('~') + 1), *range(0xa1, 0xad), *range(0xae, 0x100)]
        others = [byte for byte in range(256) if byte not in plain]
        bytes_as = {byte: chr(byte) for byte in plain} | {byte: chr(256 + i) for i, byte in enumerate(others)}
        pairs = [(chr(ord('a') + i // 16), chr(ord('a') + i % 16)) for i in range(N_VOCAB - 257)]
        self.key('tokenizer.ggml.model', STRING, string('gpt2'))
        self.key('tokenizer.ggml.pre', STRING, string('smollm'))
        self.array('tokenizer.ggml.tokens', STRING, [bytes_as[byte] for byte in range(256)] + [a + b for a, b in pairs] + ['<|endoftext|>'])
        self.array('tokenizer.ggml.token_type', INT32, [1] * (N_VOCAB - 1) + [3])
        self.array('tokenizer.ggml.merges', STRING, [f'{a} {b}' for a, b in pairs])
        self.key('tokenizer.ggml.eos_token_id', UINT32, struct.pack('<I', N_VOCAB - 1))

    # ---- tensors

    def tensor(self, name, kind, shape, n_bytes, make):
        self.tensors.append((name, kind, shape, n_bytes, make))

    def vector(self, name, n, mean, deviation=0.1):
        self.tensor(name, F32, (n,), 4 * n, lambda: [numbers(n, mean, deviation)])

    def matrix(self, name, width, rows, experts=0):
        weights = self.weights.setdefault(width, None) or Weights(width)
        self.weights[width] = weights
        each = width // BLOCK * rows
        self.tensor(name, Q4_K, (width, rows, experts) if experts else (width, rows), each * max(experts, 1) * BLOCK_BYTES,
                    lambda: (piece for _ in range(max(experts, 1)) for piece in weights.pieces(each)))

    def add_layer(self, to):
        shape = self.shape
        hidden, q, kv, latent = shape['hidden'], shape['heads'] * shape['head'], shape['kv_heads'] * shape['head'], shape['latent']
        for name, n, mean in (('attn_norm', hidden, 1), ('ffn_norm', hidden, 1), ('attn_q_norm', shape['head'], shape['q_scale']), ('attn_k_norm', shape['head'], 1), ('post_attention_norm', hidden, 0.5),
                              ('post_ffw_norm', hidden, 0.5), ('attn_skip', hidden, 0.85), ('ffn_skip', hidden, 0.85), ('ffn_latent_norm', latent, 1)):
            self.vector(f'{to}{name}.weight', n, mean, 0 if mean < 1 else 0.1)
        for name, width, rows in (('attn_q', hidden, q), ('attn_k', hidden, kv), ('attn_v', hidden, kv), ('attn_output', q, hidden), ('attn_gate', hidden, q), ('ffn_latent_down', hidden, latent),
                                  ('ffn_latent_up', latent, hidden)):
            self.matrix(f'{to}{name}.weight', width, rows)
        self.tensor(f'{to}ffn_gate_inp.weight', F32, (hidden, shape['experts']), 4 * hidden * shape['experts'],
                    lambda: (numbers(hidden, 0, 1 / hidden ** 0.5) for _ in range(shape['experts'])))
        self.vector(f'{to}exp_probs_b.bias', shape['experts'], 0, 0.01)
        for name, width, rows in (('gate', latent, shape['expert']), ('up', latent, shape['expert']), ('down', shape['expert'], latent)):
            self.matrix(f'{to}ffn_{name}_exps.weight', width, rows, shape['experts'])

    def write(self, path):
        head, at = struct.pack('<4sIQQ', b'GGUF', 3, len(self.tensors), len(self.keys)) + b''.join(self.keys), 0
        for name, kind, shape, n_bytes, _ in self.tensors:
            head += string(name) + struct.pack(f'<I{len(shape)}Q', len(shape), *shape) + struct.pack('<IQ', kind, at)
            at += padded(n_bytes)
        with open(path, 'wb') as file:
            file.write(head.ljust(padded(len(head)), b'\0'))
            for _, _, _, n_bytes, make in self.tensors:
                for piece in make():
                    file.write(piece)
                file.write(b'\0' * (padded(n_bytes) - n_bytes))
                # It should not be in memory when the reading of it is measured.
                file.flush()
                os.fdatasync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return at


def write(path, n_bytes, shape=None):
    """As many layers as n_bytes have room for. Returns how many."""
    shape = shape or SPARK
    random.seed(1)
    layer = 3 * shape['experts'] * shape['latent'] * shape['expert'] * BLOCK_BYTES // BLOCK
    layers = max(1, round(n_bytes / layer))
    Model(layers, shape).write(path)
    return layers


def main():
    parser = argparse.ArgumentParser(description='Writes a random mixture of experts.')
    parser.add_argument('path')
    parser.add_argument('--gib', type=float, required=True)
    parser.add_argument('--experts', type=int, default=SPARK['experts'])
    parser.add_argument('--width', type=int, default=SPARK['latent'], help='of an expert, on both sides')
    arguments = parser.parse_args()
    layers = write(arguments.path, arguments.gib * 2**30, SPARK | {'experts': arguments.experts, 'latent': arguments.width, 'expert': arguments.width})
    print(f'{arguments.path}: {layers} layers, {os.path.getsize(arguments.path) / 2**30:.1f} GiB')


if __name__ == '__main__':
    main()
