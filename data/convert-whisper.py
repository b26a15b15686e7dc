#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a GGUF file of a Whisper model as CTranslate2 keeps it.

    python3 data/convert-whisper.py MODEL.bin CONFIG.json TOKENIZER.json TARGET.gguf

Needs nothing but Python. Matrices become Q8_0 and those of convolutions stay half floats; biases, norms and tables become floats. Queries, keys and values, which the source has in one,
become three.
Names and keys are described in engine/speech/whisper.c.
"""
import json
import os
import struct
import sys

FLOAT32, FLOAT16 = 0, 4            # of CTranslate2
F32, F16, Q8_0 = 0, 1, 8           # of GGUF
BLOCK = 32                         # numbers of Q8_0 that share a scale
UINT32, INT32, FLOAT, STRING, ARRAY = 4, 5, 6, 8, 9
NORMAL, CONTROL = 1, 3             # kinds of tokens
ALIGNMENT = 32
TIMESTAMPS = 1501                  # every fiftieth of a second of half a minute, both ends
MOST = 1 << 31                     # bytes of a file


class ConvertError(Exception):
    """A sentence for the person."""


# ---- reading -------------------------------------------------------------------------

class Source:
    """The tensors of a file of CTranslate2: name → (shape, kind, bytes)."""

    def __init__(self, path):
        if os.path.getsize(path) > MOST:
            raise ConvertError(f'{path} is larger than any Whisper model.')
        with open(path, 'rb') as file:
            self.data = file.read()
        self.at = 0
        version, kind, _ = self.number('<I'), self.text(), self.number('<I')
        if version != 6 or kind != 'WhisperSpec':
            raise ConvertError(f'{path} is no Whisper model of CTranslate2, version 6.')
        self.tensors = {}
        for _ in range(self.number('<I')):
            name, rank = self.text(), self.number('<B')
            shape = [self.number('<I') for _ in range(rank)]
            kind, size = self.number('<B'), self.number('<I')
            self.tensors[name] = shape, kind, self.take(size)

    def take(self, size):
        if size > len(self.data) - self.at:
            raise ConvertError('The model ends in the middle; fetch it again.')
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self):
        return self.take(self.number('<H')).rstrip(b'\0').decode()

    def tensor(self, name, *shape):
        """The bytes of half floats."""
        found = self.tensors.get(name)
        if not found or found[0] != list(shape) or found[1] != FLOAT16 or len(found[2]) != 2 * count(shape):
            raise ConvertError(f'The model has no half floats {name} of the shape {shape}.')
        return found[2]

    def value(self, name, form):
        found = self.tensors.get(name)
        if not found or found[0]:
            raise ConvertError(f'The model does not say {name}.')
        return struct.unpack(form, found[2])[0]


def count(shape):
    result = 1
    for n in shape:
        result *= n
    return result


# ---- writing -------------------------------------------------------------------------

def string(text):
    data = text.encode()
    return struct.pack('<Q', len(data)) + data


class Target:
    def __init__(self):
        self.keys, self.tensors = [], []

    def key(self, name, kind, value):
        self.keys.append(string(name) + struct.pack('<I', kind) + value)

    def uint(self, name, value):
        self.key(name, UINT32, struct.pack('<I', value))

    def float(self, name, value):
        self.key(name, FLOAT, struct.pack('<f', value))

    def text(self, name, value):
        self.key(name, STRING, string(value))

    def array(self, name, kind, values):
        data = b''.join(string(value) if kind == STRING else struct.pack('<i', value) for value in values)
        self.key(name, ARRAY, struct.pack('<IQ', kind, len(values)) + data)

    def kernels(self, name, shape, data):
        self.tensors.append((name, shape, F16, data))

    def matrix(self, name, shape, data):
        self.tensors.append((name, shape, Q8_0, quantise(data)))

    def vector(self, name, shape, data):
        n = count(shape)
        self.tensors.append((name, shape, F32, struct.pack(f'<{n}f', *struct.unpack(f'<{n}e', data))))

    def write(self, path):
        head = struct.pack('<4sIQQ', b'GGUF', 3, len(self.tensors), len(self.keys)) + b''.join(self.keys)
        at = 0
        for name, shape, kind, data in self.tensors:
            head += string(name) + struct.pack(f'<I{len(shape)}Q', len(shape), *reversed(shape)) + struct.pack('<IQ', kind, at)
            at += padded(len(data))
        with open(path, 'wb') as file:
            file.write(head.ljust(padded(len(head)), b'\0'))
            for *_, data in self.tensors:
                file.write(data.ljust(padded(len(data)), b'\0'))


def quantise(data):
    """Half floats to blocks of a scale and 32 whole numbers."""
    size, blocks = 2 * BLOCK, []
    for at in range(0, len(data), size):
        values = struct.unpack_from(f'<{BLOCK}e', data, at)
        scale = max(max(values), -min(values)) / 127
        factor = 1 / scale if scale else 0
        blocks.append(struct.pack(f'<e{BLOCK}b', scale, *[round(value * factor) for value in values]))
    return b''.join(blocks)


def padded(n):
    return -(-n // ALIGNMENT) * ALIGNMENT


# ---- what is where -------------------------------------------------------------------

def add_linear(source, target, name, to, n_in, n_out, bias=True):
    target.matrix(f'{to}.weight', (n_out, n_in), source.tensor(f'{name}/weight', n_out, n_in))
    if bias:
        target.vector(f'{to}.bias', (n_out,), source.tensor(f'{name}/bias', n_out))


def add_parts(source, target, name, n_in, parts):
    """Of a matrix with the rows of several: (name, whether it has a bias)."""
    rows = len(parts) * n_in
    weight, bias = source.tensor(f'{name}/weight', rows, n_in), source.tensor(f'{name}/bias', rows)
    for i, (to, has_bias) in enumerate(parts):
        size = 2 * n_in * n_in
        target.matrix(f'{to}.weight', (n_in, n_in), weight[i * size:(i + 1) * size])
        own = bias[2 * i * n_in:2 * (i + 1) * n_in]
        if has_bias:
            target.vector(f'{to}.bias', (n_in,), own)
        elif any(value != 0 for value in struct.unpack(f'<{n_in}e', own)):
            raise ConvertError(f'The keys of {name} have a bias, which no Whisper model has.')


def add_norm(source, target, name, to, n):
    target.vector(f'{to}.weight', (n,), source.tensor(f'{name}/gamma', n))
    target.vector(f'{to}.bias', (n,), source.tensor(f'{name}/beta', n))


def add_layer(source, target, name, to, n, n_ff, crosses):
    add_norm(source, target, f'{name}/self_attention/layer_norm', f'{to}.attn_norm', n)
    add_parts(source, target, f'{name}/self_attention/linear_0', n, ((f'{to}.attn_q', True), (f'{to}.attn_k', False), (f'{to}.attn_v', True)))
    add_linear(source, target, f'{name}/self_attention/linear_1', f'{to}.attn_o', n, n)
    if crosses:
        add_norm(source, target, f'{name}/attention/layer_norm', f'{to}.cross_attn_norm', n)
        add_linear(source, target, f'{name}/attention/linear_0', f'{to}.cross_attn_q', n, n)
        add_parts(source, target, f'{name}/attention/linear_1', n, ((f'{to}.cross_attn_k', False), (f'{to}.cross_attn_v', True)))
        add_linear(source, target, f'{name}/attention/linear_2', f'{to}.cross_attn_o', n, n)
    add_norm(source, target, f'{name}/ffn/layer_norm', f'{to}.ffn_norm', n)
    add_linear(source, target, f'{name}/ffn/linear_0', f'{to}.ffn_up', n, n_ff)
    add_linear(source, target, f'{name}/ffn/linear_1', f'{to}.ffn_down', n_ff, n)


def add_vocabulary(target, tokenizer, config, n_vocab):
    tokens = {i: token for token, i in tokenizer['model']['vocab'].items()}
    special = {entry['id']: entry['content'] for entry in tokenizer['added_tokens']}
    first = n_vocab - TIMESTAMPS
    special.update({first + i: f'<|{i / 50:.2f}|>' for i in range(TIMESTAMPS)})
    names = [special.get(i, tokens.get(i)) for i in range(n_vocab)]
    if None in names:
        raise ConvertError(f'The tokenizer has no token {names.index(None)} of {n_vocab}.')
    target.text('tokenizer.ggml.model', 'gpt2')
    target.text('tokenizer.ggml.pre', 'gpt-2')
    target.array('tokenizer.ggml.tokens', STRING, names)
    target.array('tokenizer.ggml.token_type', INT32, [CONTROL if i in special else NORMAL for i in range(n_vocab)])
    target.array('tokenizer.ggml.merges', STRING, [merge if isinstance(merge, str) else ' '.join(merge) for merge in tokenizer['model']['merges']])
    target.uint('tokenizer.ggml.eos_token_id', names.index('<|endoftext|>'))
    target.array('whisper.language_tokens', INT32, config['lang_ids'])
    target.array('whisper.suppressed_tokens', INT32, config['suppress_ids'])
    target.array('whisper.suppressed_first_tokens', INT32, config['suppress_ids_begin'])


def convert(source, config, tokenizer):
    n_vocab, n = source.tensors['decoder/embeddings/weight'][0]
    n_ff, n_mel = source.tensors['encoder/layer_0/ffn/linear_0/weight'][0][0], source.tensors['encoder/conv1/weight'][0][1]
    n_audio, n_text = source.tensors['encoder/position_encodings/encodings'][0][0], source.tensors['decoder/position_encodings/encodings'][0][0]
    layers = {side: sum(name.startswith(f'{side}/layer_') and name.endswith('/self_attention/linear_1/weight') for name in source.tensors) for side in ('encoder', 'decoder')}
    target = Target()
    target.text('general.architecture', 'whisper')
    target.text('general.name', 'Whisper')
    target.text('general.license', 'mit')
    target.uint('general.file_type', 7)  # mostly Q8_0
    target.uint('whisper.encoder.block_count', layers['encoder'])
    target.uint('whisper.block_count', layers['decoder'])
    target.uint('whisper.embedding_length', n)
    target.uint('whisper.feed_forward_length', n_ff)
    target.uint('whisper.attention.head_count', source.value('encoder/num_heads', '<h'))
    target.float('whisper.attention.layer_norm_epsilon', 1e-5)
    target.uint('whisper.context_length', n_text)
    target.uint('whisper.audio.context_length', n_audio)
    target.uint('whisper.audio.num_mel_bins', n_mel)
    add_vocabulary(target, tokenizer, config, n_vocab)
    if n % BLOCK or n_ff % BLOCK:
        raise ConvertError(f'The model has rows of {n} and {n_ff} numbers, which are no whole blocks of {BLOCK}.')
    target.matrix('token_embd.weight', (n_vocab, n), source.tensor('decoder/embeddings/weight', n_vocab, n))
    for i, n_in in ((1, n_mel), (2, n)):
        target.kernels(f'enc.conv{i}.weight', (n, n_in, 3), source.tensor(f'encoder/conv{i}/weight', n, n_in, 3))
        target.vector(f'enc.conv{i}.bias', (n,), source.tensor(f'encoder/conv{i}/bias', n))
    for side, to, length in (('encoder', 'enc', n_audio), ('decoder', 'dec', n_text)):
        target.vector(f'{to}.position_embd.weight', (length, n), source.tensor(f'{side}/position_encodings/encodings', length, n))
        add_norm(source, target, f'{side}/layer_norm', f'{to}.output_norm', n)
        for i in range(layers[side]):
            add_layer(source, target, f'{side}/layer_{i}', f'{to}.blk.{i}', n, n_ff, side == 'decoder')
    return target


def main():
    try:
        source, config, tokenizer, target = sys.argv[1:]
    except ValueError:
        sys.exit(__doc__)
    try:
        with open(config) as file, open(tokenizer) as other:
            convert(Source(source), json.load(file), json.load(other)).write(target)
    except (ConvertError, OSError, KeyError, ValueError, struct.error) as error:
        sys.exit(f'The Whisper model could not be converted: {error}')


if __name__ == '__main__':
    main()
