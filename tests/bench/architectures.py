#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every architecture: the numbers of its converted GGUF in this engine and in llama.cpp. Prints Markdown.

The models are the tiny golden ones of tests/golden/models: random weights in F32, such as transformers saves and llama.cpp's own converter writes
(three are of our own writer), so the file and the graph are tested, not a training. llama.cpp keeps keys and values in F16 and multiplies in F32;
we do the same but for `reference`, which keeps F32 there too.

Decoders: llama-perplexity reads a text (tests/bench/text.txt; the vocabulary has the bytes and some pairs of letters), and writes the tokens and its
distributions at 252 positions into its file (engine/tool/base-file.h), from which `melete-engine perplexity --kl-base` takes the very same tokens.
KL (llama.cpp || ours) is the mean in nats; the file's steps of 16 bits alone make some 1e-7. NMSE is of the log-probabilities, ours from the same kind
of file: sum (ours - theirs)^2 / sum (theirs - mean)^2, position by position. Where a random model has two next tokens that are as likely as each
other, either may come first; and where two experts are, either may be asked, which changes one position much (qwen3moe in the reference mode).

Encoders: both get the 40 tokens of the golden test by number, llama-server over a socket in a folder of its own; NMSE is of the vectors, of length 1.

Adapters: the same as decoders, both programs with the adapter of tests/golden/models/make-lora.py and the strength of the golden test.
"""
import argparse
import array
import glob
import gzip
import http.client
import json
import math
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

import machine
from cpu import fail

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(os.path.dirname(HERE), 'golden/models')
TEXT = os.path.join(HERE, 'text.txt')
CONTEXT, CHUNKS = 128, 4
TOKENS = [(i * 37 + 11) % 512 for i in range(40)]
# What each adapter file is for, and how strongly the golden test applies it (tests/engine/models/golden.c).
ADAPTERS = {'qwen3-lora': ('qwen3', '1'), 'phi3-lora': ('phi3', '0.75'), 'qwen3moe-lora': ('qwen3moe', '-1.5')}

# Where the two do not compute the same, and why.
REMARKS = {'gpt-oss': "YaRN's ramp between two pairs, as the model was trained and transformers has it; llama.cpp rounds it to whole pairs"}


class Refused(Exception):
    """A program that did not run the model; its words."""


def run(command, pattern):
    """The output of a program, or the line of it that says why it would not."""
    result = subprocess.run(command, capture_output=True, text=True, errors='replace', stdin=subprocess.DEVNULL)
    if result.returncode == 0:
        return result.stdout
    found = re.findall(pattern, result.stderr + result.stdout)
    raise Refused(found[0].strip() if found else f'ended with {result.returncode}')


def peer(arguments, program, *options):
    return run([os.path.join(arguments.peers, 'build/bin', program), '-t', '2', *options], r'(?:error loading model: |GGML_ASSERT|failed to )[^\n]*')


def ours(arguments, *options):
    return json.loads(run([os.path.join(arguments.build, 'engine/tool/melete-engine'), *options, '--threads', '2'], r'melete-engine: [^\n]*'))


# ---- numbers -----------------------------------------------------------------------


def log_probabilities(path):
    """Of each position, from a file of engine/tool/base-file.h."""
    with open(path, 'rb') as file:
        data = file.read()
    n_context, n_vocab, n_chunks = struct.unpack_from('<3i', data, 8)
    offset = 20 + 4 * n_context * n_chunks
    while offset < len(data):
        scale, least = struct.unpack_from('<2f', data, offset)
        values = array.array('H', data[offset + 8:offset + 8 + 2 * n_vocab])
        if sys.byteorder == 'big':
            values.byteswap()
        yield [scale * value + least for value in values]
        offset += 8 + (n_vocab + 1) // 2 * 4


def nmse(pairs):
    """Normalised by the spread of the second of each pair."""
    wrong = power = 0.0
    for a, b in pairs:
        mean = math.fsum(b) / len(b)
        wrong += math.fsum((x - y) ** 2 for x, y in zip(a, b))
        power += math.fsum((y - mean) ** 2 for y in b)
    return wrong / power if power else math.nan


def measure_decoder(arguments, model, adapter, folder):
    theirs, mine = os.path.join(folder, 'theirs'), os.path.join(folder, 'ours')
    peer_lora, lora = (('--lora-scaled', adapter), ('--lora', adapter)) if adapter else ((), ())
    peer(arguments, 'llama-perplexity', '-m', model, '-f', TEXT, '-c', str(CONTEXT), '-b', str(CONTEXT), '--chunks', str(CHUNKS), '--kl-divergence-base', theirs, *peer_lora)
    fast = ours(arguments, 'perplexity', model, '--json', '--kl-base', theirs, '--save-base', mine, *lora)
    exact = ours(arguments, 'perplexity', model, '--json', '--kl-base', theirs, '--reference', *lora)
    return [f'{abs(fast["mean_kl"]):.1e}', f'{abs(exact["mean_kl"]):.1e}', f'{nmse(zip(log_probabilities(mine), log_probabilities(theirs))):.1e}',
            f'{round(fast["same_top"] * fast["n_tokens"])} of {fast["n_tokens"]}']


class Connection(http.client.HTTPConnection):
    """To a socket in a folder: nothing leaves the machine, and no port has to be free."""

    def __init__(self, path):
        super().__init__('localhost', timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def peer_vector(arguments, model, folder):
    path = os.path.join(folder, 'peer.sock')
    command = [os.path.join(arguments.peers, 'build/bin/llama-server'), '-m', model, '--embedding', '--host', path, '-t', '2', '--no-webui']
    with open(os.path.join(folder, 'server.log'), 'w+', errors='replace') as log, \
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT) as server:
        try:
            for _ in range(300):
                if server.poll() is not None:
                    log.seek(0)
                    found = re.findall(r'error loading model: [^\n]*', log.read())
                    raise Refused(found[0] if found else f'llama-server ended with {server.returncode}')
                try:
                    connection = Connection(path)
                    connection.request('POST', '/embedding', json.dumps({'content': TOKENS}), {'Content-Type': 'application/json'})
                    reply = json.loads(connection.getresponse().read())
                    if isinstance(reply, list):
                        return reply[0]['embedding'][0]
                except OSError:
                    pass  # it has not opened its socket yet
                time.sleep(0.2)
            raise Refused('llama-server gave no vector in a minute')
        finally:
            server.terminate()


def measure_encoder(arguments, model, folder):
    theirs = peer_vector(arguments, model, folder)
    tokens = ','.join(map(str, TOKENS))
    fast, exact = (ours(arguments, 'embed', model, '--tokens', tokens, *how) for how in ((), ('--reference',)))
    wrong = [nmse([(vector, theirs)]) for vector in (fast, exact)]
    return ['–', '–', f'{wrong[0]:.1e} ({wrong[1]:.1e} of the reference)', '–']


# ---- models ------------------------------------------------------------------------


def unpack(arguments, folder):
    """All tiny models as files; their names, without the adapters."""
    subprocess.run(['ninja', '-C', arguments.build, 'tests/engine/models/write-golden-models'], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([os.path.join(arguments.build, 'tests/engine/models/write-golden-models'), folder], check=True)
    for path in glob.glob(os.path.join(GOLDEN, '*.gguf.gz')):
        with gzip.open(path) as packed, open(os.path.join(folder, os.path.basename(path)[:-3]), 'wb') as out:
            shutil.copyfileobj(packed, out)
    names = sorted(os.path.basename(path)[:-5] for path in glob.glob(os.path.join(folder, '*.gguf')))
    return [name for name in names if name not in ADAPTERS] + [name for name in names if name in ADAPTERS]


def is_encoder(name):
    """The golden result of an encoder is one vector of 64 numbers, that of a decoder logits."""
    return os.path.getsize(os.path.join(GOLDEN, name + '.f32')) == 4 * 64


def measure(arguments, name, models):
    print(name, file=sys.stderr, flush=True)
    base, strength = ADAPTERS.get(name, (name, None))
    model, adapter = os.path.join(models, base + '.gguf'), None
    if strength:
        adapter = f'{os.path.join(models, name)}.gguf:{strength}'
    with tempfile.TemporaryDirectory() as folder:
        try:
            return [name, *(measure_encoder(arguments, model, folder) if is_encoder(name) else measure_decoder(arguments, model, adapter, folder)), REMARKS.get(name, '')]
        except Refused as why:
            return [name, '–', '–', '–', '–', str(why)[:120]]


def main():
    parser = argparse.ArgumentParser(description='Compares every architecture with llama.cpp.')
    parser.add_argument('--build', required=True)
    parser.add_argument('--peers', required=True)
    parser.add_argument('--only', action='append', metavar='MODEL')
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as models:
        names = unpack(arguments, models)
        unknown = set(arguments.only or ()) - set(names)
        if unknown:
            fail(f'There is no golden model {", ".join(sorted(unknown))}; there are {", ".join(names)}.')
        rows = [measure(arguments, name, models) for name in arguments.only or names]
    print(f'{machine.describe()}; Melete {machine.version()}; {CHUNKS * (CONTEXT // 2 - 1)} positions of a decoder, {len(TOKENS)} tokens of an encoder\n')
    print(machine.table(['model', 'KL of ours to llama.cpp', 'of the reference', 'NMSE of ours to llama.cpp', 'same first token', 'remark'], rows) + '\n')


if __name__ == '__main__':
    main()
