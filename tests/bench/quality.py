#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the numbers are from the reference, ours and llama.cpp's beside each other. Prints Markdown.

The same text is given to both, token by token (teacher forcing), in two windows of 512 tokens, of which the second halves count: 510
positions. There is a text of prose, licence and code, and for each model what it answers itself (tests/numbers). Distributions travel in the file of llama-perplexity, which both programs write and read: 16 bits for a log-probability, in
steps of less than 0.0003. KL (P || Q) = sum of P (i) · (log P (i) − log Q (i)), in nats. Each side's divergence from the reference
(`melete-engine --reference`: scalar code, F32 activations) is computed by its own tool, from the same file.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import machine
from cpu import MODELS, fail

WINDOW = 512
WINDOWS = 2
HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = os.path.join(HERE, 'text.txt')
ANSWERS = os.path.join(os.path.dirname(HERE), 'numbers/answers')


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        fail(f'{" ".join(command)} failed: {(result.stderr or result.stdout).strip()[-600:]}')
    return result.stdout + result.stderr


def ours(arguments, model, *extra):
    command = [os.path.join(arguments.build, 'engine/tool/melete-engine'), 'perplexity', model, '--json', '--threads', str(arguments.threads), *extra]
    return json.loads(run(command))


def peers(arguments, model, *extra):
    return run([os.path.join(arguments.peers, 'build/bin/llama-perplexity'), '-m', model, '-c', str(WINDOW), '-b', str(WINDOW),
                '-t', str(arguments.threads), '--chunks', str(WINDOWS), *extra])


def find(pattern, text):
    match = re.search(pattern, text)
    if not match:
        fail(f'The peer did not print "{pattern}": {text[-600:]}')
    return float(match[1])


def measure(arguments, identifier, kind, text, folder):
    model = os.path.join(arguments.models, identifier + '.gguf')
    if not os.path.exists(model):
        fail(f'{model} is not there. Fetch it with ./dev models {identifier}.')
    reference, peer = os.path.join(folder, 'reference'), os.path.join(folder, 'peer')

    print(f'{identifier}, {kind}', file=sys.stderr, flush=True)
    ours(arguments, model, text, '--context', str(WINDOW), '--chunks', str(WINDOWS), '--reference', '--save-base', reference)
    mine = ours(arguments, model, '--kl-base', reference)
    theirs = find(r'Mean\s+KLD:\s*(-?[0-9.]+)', peers(arguments, model, '--kl-divergence', '--kl-divergence-base', reference))
    loss = find(r'PPL = ([0-9.]+)', peers(arguments, model, '-f', text, '--kl-divergence-base', peer))
    between = ours(arguments, model, '--kl-base', peer)
    exact = ours(arguments, model, '--kl-base', peer, '--reference')

    return [identifier, kind, f'{mine["mean_kl"]:.6f}', f'{theirs:.6f}', f'**{mine["mean_kl"] / theirs:.2f}**' if theirs > 0 else '–', f'{between["mean_kl"]:.6f}',
            f'{between["same_top"] * 100:.1f} %', f'{exact["same_top"] * 100:.1f} %',
            f'{between["perplexity"]:.3f}', f'{loss:.3f}', f'{(between["perplexity"] / loss - 1) * 100:+.2f} %']


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
        for kind, text in (('prose', TEXT), ('its answers', os.path.join(ANSWERS, identifier + '.txt'))):
            # The distributions of 510 positions over a large vocabulary are 160 MB.
            with tempfile.TemporaryDirectory() as folder:
                rows.append(measure(arguments, identifier, kind, text, folder))
    print(f'{machine.describe()}; Melete {machine.version()}; {WINDOWS * (WINDOW // 2 - 1)} positions\n')
    print(machine.table(['model', 'text', 'KL of ours to the reference', 'of llama.cpp', 'ratio', 'KL of ours to llama.cpp', 'same first token',
                         'reference and llama.cpp', 'perplexity', 'llama.cpp', 'difference'], rows) + '\n')


if __name__ == '__main__':
    main()
