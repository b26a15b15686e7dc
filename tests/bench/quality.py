#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the numbers are from the reference, ours and llama.cpp's beside each other. Prints Markdown.

The same text is given to both, token by token (teacher forcing), in two windows of 512 tokens; the second half of each window counts,
as in the peer's own tool, which writes its distributions to a file: 510 positions. With P the distribution of `--reference` and Q the
other one, KL (P || Q) = sum of P (i) · (log P (i) − log Q (i)), in nats. It is summed over the tokens that are among the 4096 likeliest
of all; everything else counts as one token, so that what is printed is a lower bound, and the same one for both sides.
"""
import argparse
import array
import json
import math
import os
import struct
import subprocess
import sys
import tempfile

import machine
from cpu import MODELS, fail

WINDOW = 512
WINDOWS = 2
TOP = 4096
HERE = os.path.dirname(os.path.abspath(__file__))


class Peer:
    """Distributions that llama-perplexity wrote: 16-bit steps between the least and the greatest log-probability."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            if file.read(8) != b'_logits_':
                fail('The peer wrote a file of an unknown form.')
            n_context, n_vocab, n_chunks = struct.unpack('<iii', file.read(12))
            if n_context != WINDOW or n_chunks != WINDOWS:
                fail(f'The peer evaluated {n_chunks} windows of {n_context} tokens, not {WINDOWS} of {WINDOW}.')
            self.tokens = array.array('i')
            self.tokens.frombytes(file.read(4 * n_chunks * n_context))
            row = 2 * ((n_vocab + 1) // 2) + 4
            self.rows = []
            for _ in range(n_chunks * (WINDOW - 1 - WINDOW // 2)):
                values = array.array('H')
                values.frombytes(file.read(2 * row))
                scale, least = struct.unpack('<ff', values[:4].tobytes())
                self.rows.append((scale, least, values[4:4 + n_vocab]))

    def logprob(self, position, token):
        scale, least, values = self.rows[position]
        return least + scale * values[token]

    def best(self, position):
        values = self.rows[position][2]
        return values.index(max(values))


def peer_distributions(arguments, model, folder):
    path = os.path.join(folder, 'peer.bin')
    command = [os.path.join(arguments.peers, 'build/bin/llama-perplexity'), '-m', model, '-f', os.path.join(HERE, 'text.txt'), '-c', str(WINDOW),
               '-b', str(WINDOW), '-t', str(arguments.threads), '--chunks', str(WINDOWS), '--kl-divergence-base', path]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        fail(f'The peer failed: {result.stderr.strip()[-400:]}')
    return Peer(path)


def our_distributions(arguments, model, windows, extra, folder):
    """One {token: log-probability} for each position that counts, the likeliest first."""
    rows = []
    for tokens in windows:
        path = os.path.join(folder, 'tokens')
        with open(path, 'w') as file:
            file.write(','.join(map(str, tokens)))
        command = [os.path.join(arguments.build, 'engine/tool/melete-engine'), 'logits', model, '--tokens', f'@{path}', '--top', str(TOP),
                   '--threads', str(arguments.threads), '--json', *extra]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                row = json.loads(line)
                if WINDOW // 2 <= row['pos'] < WINDOW - 1:
                    rows.append(dict(map(tuple, row['top'])))
        if process.returncode != 0:
            fail(f'{" ".join(command)} failed.')
    return rows


def divergence(p, q, shared):
    """KL (P || Q) in nats, over the shared tokens and one token for all others."""
    total = rest_p = rest_q = 0.0
    for token in shared:
        total += math.exp(p[token]) * (p[token] - q[token])
        rest_p += math.exp(p[token])
        rest_q += math.exp(q[token])
    rest_p, rest_q = max(1 - rest_p, 1e-12), max(1 - rest_q, 1e-12)
    return total + rest_p * math.log(rest_p / rest_q)


def first(row):
    return next(iter(row))


def measure(arguments, identifier, folder):
    model = os.path.join(arguments.models, identifier + '.gguf')
    if not os.path.exists(model):
        fail(f'{model} is not there. Fetch it with ./dev models {identifier}.')
    tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
    print(f'{identifier}: the peer', file=sys.stderr, flush=True)
    peer = peer_distributions(arguments, model, folder)
    # The peer puts the token that begins a text, where a model wants one, in the place of each window's first.
    begin = json.loads(subprocess.run([tool, 'tokenize', model, '--bos'], input='', capture_output=True, text=True).stdout)
    windows = []
    for index in range(WINDOWS):
        tokens = list(peer.tokens[index * WINDOW:(index + 1) * WINDOW])
        windows.append([begin[0], *tokens[1:]] if begin else tokens)
    print(f'{identifier}: ours', file=sys.stderr, flush=True)
    ours = our_distributions(arguments, model, windows, [], folder)
    print(f'{identifier}: the reference (slow: scalar code)', file=sys.stderr, flush=True)
    reference = our_distributions(arguments, model, windows, ['--reference'], folder)

    targets = [token for tokens in windows for token in tokens[WINDOW // 2 + 1:]]
    mine, theirs, between, same, loss_mine, loss_theirs, counted = [], [], [], 0, 0.0, 0.0, 0
    for position, target in enumerate(targets):
        shared = [token for token in reference[position] if token in ours[position]]
        other = {token: peer.logprob(position, token) for token in shared}
        mine.append(divergence(reference[position], ours[position], shared))
        theirs.append(divergence(reference[position], other, shared))
        between.append(divergence(other, ours[position], shared))
        same += first(ours[position]) == peer.best(position)
        if target in ours[position]:
            loss_mine -= ours[position][target]
            loss_theirs -= peer.logprob(position, target)
            counted += 1
    mean = [sum(values) / len(values) for values in (mine, theirs, between)]
    perplexity = math.exp(loss_mine / counted), math.exp(loss_theirs / counted)
    return [identifier, f'{mean[0]:.2e}', f'{mean[1]:.2e}', f'**{mean[0] / mean[1]:.2f}**', f'{mean[2]:.2e}', f'{same / len(targets) * 100:.1f} %',
            f'{perplexity[0]:.4f}', f'{perplexity[1]:.4f}', f'{(perplexity[0] / perplexity[1] - 1) * 100:+.2f} %']


def main():
    parser = argparse.ArgumentParser(description='Compares the numbers with the reference and with llama.cpp.')
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', required=True)
    parser.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument('--only', action='append', metavar='MODEL')
    arguments = parser.parse_args()
    rows = []
    for identifier in arguments.only or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(arguments, identifier, folder))
    print(f'{machine.describe()}; Melete {machine.version()}; {WINDOWS * (WINDOW // 2 - 1)} positions\n')
    print(machine.table(['model', 'ours to the reference, nats', 'llama.cpp to it', 'ratio', 'llama.cpp to ours', 'same first token', 'perplexity', 'llama.cpp',
                         'difference'], rows) + '\n')


if __name__ == '__main__':
    main()
