#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every tensor type on one model: how far the numbers are from the reference, and how fast, ours and llama.cpp's beside each other. Prints Markdown.

The model is requantised to each type by llama-quantize, all of its matrices, with an importance matrix; but for types of two bits and less the
vocabulary's two matrices, which have no importances, stay in Q6_K. The numbers are taken as quality.py takes them; the reference is `melete-engine --reference` on the very same file.

With --encoders instead: how far from the numbers of a model what is encoded is, ours and llama.cpp's, with equal columns and with made-up importances.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import machine
from cpu import fail, run_ours, run_peer
from quality import TEXT, WINDOW, WINDOWS, find, ours, peers

MODEL = 'qwen2.5-coder-1.5b-instruct'
ENCODED = 'whisper-base'  # the one of the models that has hardly been rounded: F16 and Q8_0
MOST_ERROR = 1.02  # of llama.cpp's
TYPES = ('f16', 'bf16', 'q4_0', 'q4_1', 'q5_0', 'q5_1', 'q8_0', 'q2_k', 'q3_k', 'q4_k', 'q5_k', 'q6_k', 'iq4_nl', 'iq4_xs', 'iq3_s', 'iq3_xxs', 'iq2_s', 'iq2_xs',
         'iq2_xxs', 'iq1_m', 'iq1_s', 'tq1_0', 'tq2_0', 'mxfp4', 'nvfp4')


def program(arguments, name):
    return os.path.join(arguments.peers, 'build/bin', name)


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        fail(f'{" ".join(command)} failed: {(result.stderr or result.stdout).strip()[-600:]}')


def measure(arguments, kind, source, matrix, folder):
    model, reference = os.path.join(folder, 'model.gguf'), os.path.join(folder, 'reference')
    print(kind, file=sys.stderr, flush=True)
    ends = 'q6_k' if kind.startswith(('iq1', 'iq2', 'tq')) else kind
    run([program(arguments, 'llama-quantize'), '--allow-requantize', '--pure', '--imatrix', matrix, '--token-embedding-type', ends, '--output-tensor-type', ends,
         '--tensor-type', f'blk={kind}', source, model, 'Q4_0', str(arguments.threads)])
    ours(arguments, model, TEXT, '--context', str(WINDOW), '--chunks', str(WINDOWS), '--reference', '--save-base', reference)
    mine = ours(arguments, model, '--kl-base', reference)
    theirs = find(r'Mean\s+KLD:\s*(-?[0-9.]+)', peers(arguments, model, '--kl-divergence', '--kl-divergence-base', reference))
    row = [kind.upper(), f'{os.path.getsize(model) / 1e6:.0f}', f'{mine["mean_kl"]:.6f}', f'{theirs:.6f}', f'**{mine["mean_kl"] / theirs:.2f}**' if theirs > 0 else '–',
           f'{(mine["perplexity"] / mine["base_perplexity"] - 1) * 100:+.2f} %']
    if arguments.speed:
        tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
        rounds = [(run_peer(program(arguments, 'llama-bench'), model, arguments), run_ours(tool, model, arguments)) for _ in range(arguments.rounds)]
        for key in ('prompt_tps', 'decode_tps'):
            peer, own = machine.median([a[key] for a, _ in rounds]), machine.median([b[key] for _, b in rounds])
            row += [f'{own:.1f}', f'{peer:.1f}', f'**{own / peer:.2f}**']
    return row


def encoders(arguments):
    """Both encoders on the same numbers: the error's root mean square, as a part of the numbers'; weighted: each square times its column's importance."""
    command = [os.path.join(arguments.build, 'tests/bench/encoders-bench'), os.path.join(arguments.models, ENCODED + '.gguf'),
               os.path.join(arguments.peers, 'build/bin/libggml-base.so')]
    found = []
    for kind in ('even', 'weighted'):
        result = subprocess.run([*command, kind], capture_output=True, text=True)
        if result.returncode != 0:
            fail(f'{" ".join(command)} failed: {result.stderr.strip()[-600:]}')
        found.append([json.loads(line) for line in result.stdout.splitlines()])
    rows = []
    for even, weighted in zip(*found):
        row = [even['type'], f'{even["numbers"] / 1e6:.1f}']
        for one in (even, weighted):
            row += [f'{one["ours"]:.6f}', f'{one["peer"]:.6f}', f'**{one["ours"] / one["peer"]:.3f}**']
        rows.append(row)
    print(f'{machine.describe()}; Melete {machine.version()}; {ENCODED}\n')
    print(machine.table(['type', 'million numbers', 'error', 'llama.cpp', 'ratio', 'weighted', 'llama.cpp', 'ratio'], rows) + '\n')
    return max(one['ours'] / one['peer'] for one in found[0] + found[1]) <= MOST_ERROR


def main():
    parser = argparse.ArgumentParser(description='Measures every tensor type.')
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', required=True)
    parser.add_argument('--threads', type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument('--only', action='append', metavar='TYPE')
    parser.add_argument('--speed', action='store_true', help='tokens per second too')
    parser.add_argument('--rounds', type=int, default=2)
    parser.add_argument('--prompt', type=int, default=512)
    parser.add_argument('--decode', type=int, default=64)
    parser.add_argument('--batch', type=int, default=1)
    parser.add_argument('--encoders', action='store_true', help='how good the encoders are, instead')
    arguments = parser.parse_args()
    if arguments.encoders:
        sys.exit(0 if encoders(arguments) else f'An encoder makes more than {MOST_ERROR} times the error of llama.cpp\'s.')
    source = os.path.join(arguments.models, MODEL + '.gguf')
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        matrix = os.path.join(folder, 'matrix.gguf')
        run([program(arguments, 'llama-imatrix'), '-m', source, '-f', TEXT, '-c', str(WINDOW), '-t', str(arguments.threads), '-o', matrix])
        for kind in arguments.only or TYPES:
            rows.append(measure(arguments, kind, source, matrix, folder))
            # All of them take hours: what a run that is broken off has found is not lost, and --only goes on with the others.
            print('| ' + ' | '.join(rows[-1]) + ' |', file=sys.stderr, flush=True)
    speed = [f'{what}, tokens/s' if column == 0 else column for what in ('prompt', 'decode') for column in (0, 'llama.cpp', 'ratio')] if arguments.speed else []
    print(f'{machine.describe()}; Melete {machine.version()}; {MODEL}; {WINDOWS * (WINDOW // 2 - 1)} positions\n')
    print(machine.table(['type', 'MB', 'KL of ours to the reference', 'of llama.cpp', 'ratio', 'perplexity to the reference\'s', *speed], rows) + '\n')


if __name__ == '__main__':
    main()
