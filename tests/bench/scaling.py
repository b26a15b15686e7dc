# SPDX-License-Identifier: GPL-3.0-or-later
"""How prompts and decoding slow down as the context grows, beside llama.cpp: a prompt of each length, and tokens decoded behind it.

"Growth" is the time of a token, in times of its time at the shortest context. Ours must be no more than the peer's from each length to the next.
"""
import json
import os
import sys

import machine
from cpu import model_of, output_of, peer_of

LENGTHS = {'qwen2.5-coder-0.5b-instruct': (512, 2048, 8192, 32768), 'qwen2.5-coder-1.5b-instruct': (512, 2048, 8192)}
DECODED = 32  # tokens; the prompt is as much shorter, so that both fit


def ours(arguments, model, length):
    tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
    found = json.loads(output_of([tool, 'bench', model, '-p', str(length - DECODED), '-n', str(DECODED), '--behind', '--threads', str(arguments.threads), '--json']))
    return {'prompt': found['prompt_tps'], 'decode': found['decode_tps'], 'memory': found['peak_rss_bytes'] / 1e6}


def theirs(arguments, program, model, length):
    text = output_of([program, '-m', model, '-c', str(length), '-b', '2048', '-ub', '512', '-npp', str(length - DECODED), '-ntg', str(DECODED), '-npl', '1', '-t', str(arguments.threads),
                      '-tb', str(arguments.threads), '--output-format', 'jsonl'])
    found = json.loads(next(line for line in text.splitlines() if line.startswith('{')))
    return {'prompt': found['speed_pp'], 'decode': found['speed_tg']}


def row(length, found, first, before):
    """`found`, `first` and `before`: (ours, the peer's) of this length, the shortest, and the one before it."""
    cells = [f'{length:,}']
    for kind in ('prompt', 'decode'):
        mine, peer = (side[kind] for side in found)
        growth = [start[kind] / side[kind] for start, side in zip(first, found)]
        steps = [start[kind] / side[kind] for start, side in zip(before, found)]
        cells += [f'{mine:.1f}', f'{peer:.1f}', f'**{mine / peer:.2f}**', f'{growth[0]:.2f}', f'{growth[1]:.2f}', '–' if before is found else 'yes' if steps[0] <= steps[1] else f'no, {steps[0]:.2f} to {steps[1]:.2f}']
    return cells


def report(arguments):
    program = peer_of(arguments, 'llama-batched-bench')
    columns = ['tokens/s', 'llama.cpp', 'ratio', 'growth', 'llama.cpp', 'step no worse']
    for identifier in arguments.model or LENGTHS:
        model, lengths = model_of(arguments, identifier), arguments.lengths or LENGTHS.get(identifier, (512, 2048, 8192))
        results = []
        for length in lengths:
            rounds = []
            for index in range(arguments.rounds):
                print(f'{identifier}: {length} tokens, round {index + 1} of {arguments.rounds}', file=sys.stderr, flush=True)
                rounds.append((ours(arguments, model, length), theirs(arguments, program, model, length)))
            results.append([{kind: machine.median([one[side][kind] for one in rounds]) for kind in ('prompt', 'decode')} for side in range(2)])
        rows = [row(length, found, results[0], results[max(0, i - 1)] if i else found) for i, (length, found) in enumerate(zip(lengths, results))]
        print(f'{identifier}, {arguments.threads} threads, {arguments.rounds} rounds; prompts of {DECODED} tokens less than the context, then {DECODED} decoded\n')
        print(machine.table(['context', *(f'prompt, {name}' if i == 0 else name for i, name in enumerate(columns)), *(f'decode, {name}' if i == 0 else name for i, name in enumerate(columns))], rows) + '\n',
              flush=True)
