#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of the engine, beside llama.cpp when it is there; start, idle and memory of the window. Prints Markdown.

Ours and the peer's take turns, so that a machine that slows down slows both; a figure is the median of its rounds.
"""
import argparse
import importlib
import json
import os
import subprocess
import sys

import machine

MODELS = ('smollm2-135m-instruct', 'gemma-3-270m', 'qwen2.5-coder-0.5b-instruct', 'qwen2.5-coder-1.5b-instruct')


# What --only measures in the place of models: each is a file that has report (arguments).
PARTS = {'edit': 'edit', 'scaling': 'scaling', 'types': 'type_speed', 'memory': 'memory', 'experts': 'experts'}


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)


def output_of(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        fail(f'{" ".join(command)} failed: {result.stderr.strip()[-400:]}')
    return result.stdout


def peer_of(arguments, program):
    """A program of the peer's, without which some parts measure nothing."""
    path = os.path.join(arguments.peers or '', 'build/bin', program)
    if not os.path.exists(path):
        fail(f'{program} is not there. Build the peer with ./dev peers.')
    return path


def model_of(arguments, identifier):
    model = os.path.join(arguments.models, identifier + '.gguf')
    if not os.path.exists(model):
        fail(f'{model} is not there. Fetch it with ./dev models {identifier}.')
    return model


def run_ours(tool, model, arguments):
    command = [tool, 'bench', model, '-p', str(arguments.prompt), '-n', str(arguments.decode), '--threads', str(arguments.threads), '--json']
    if arguments.batch > 1:
        command += ['-b', str(arguments.batch)]
    return json.loads(output_of(command))


def run_peer(program, model, arguments):
    rows = json.loads(output_of([program, '-m', model, '-p', str(arguments.prompt), '-n', str(arguments.decode), '-t', str(arguments.threads),
                                 '-r', '1', '-o', 'json']))
    return {'prompt_tps': next(row['avg_ts'] for row in rows if row['n_prompt'] and not row['n_gen']),
            'decode_tps': next(row['avg_ts'] for row in rows if row['n_gen'] and not row['n_prompt'])}


def share(value, limit):
    return f'{value / limit * 100:.0f} %' if value and limit else '–'


def engine_table(arguments):
    tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
    peer = os.path.join(arguments.peers, 'build/bin/llama-bench') if arguments.peers else None
    rows, told = [], []
    for identifier in arguments.only or MODELS:
        model = model_of(arguments, identifier)
        touched = json.loads(output_of([tool, 'info', model, '--json']))
        ours, peers, limits = [], [], []
        for index in range(arguments.rounds):
            limits.append(json.loads(output_of([tool, 'limits', '--threads', str(arguments.threads), '--json'])))
            print(f'{identifier}: round {index + 1} of {arguments.rounds}', file=sys.stderr, flush=True)
            if peer:
                peers.append(run_peer(peer, model, arguments))
            ours.append(run_ours(tool, model, arguments))

        def cells(key):
            mine = [run[key] for run in ours]
            cells = [f'{machine.median(mine):.1f} ± {machine.spread(mine) * 100:.0f} %']
            if peer:
                theirs = [run[key] for run in peers]
                cells += [f'{machine.median(theirs):.1f} ± {machine.spread(theirs) * 100:.0f} %',
                          f'**{machine.median(mine) / machine.median(theirs):.2f}**']
            return cells

        memory = machine.median([run['peak_rss_bytes'] for run in ours]) / 1e6
        load = machine.median([run['load_ms'] for run in ours])
        batch = [f'{machine.median([run["batch_tps"] / run["decode_tps"] for run in ours]):.2f}'] if arguments.batch > 1 else []
        limit = {key: machine.median([found[key] for found in limits]) for key in ('read_bytes_per_s', 'byte_operations_per_s')}
        rows.append([identifier, *cells('prompt_tps'), share(2 * touched['prompt_products'] * machine.median([run['prompt_tps'] for run in ours]), limit['byte_operations_per_s']),
                     *cells('decode_tps'), share(touched['decoded_bytes'] * machine.median([run['decode_tps'] for run in ours]), limit['read_bytes_per_s']), *batch, f'{load:.0f}', f'{memory:.0f}'])
        told.append(f'{limit["read_bytes_per_s"] / 1e9:.1f} GB/s and {limit["byte_operations_per_s"] / 1e9:.0f} G operations/s beside {identifier}')
    peer_columns = ['llama.cpp', 'ratio'] if peer else []
    header = ['model', f'prompt {arguments.prompt}, tokens/s', *peer_columns, 'of the limit', f'decode {arguments.decode}, tokens/s', *peer_columns, 'of the limit', *([f'{arguments.batch} at once'] if arguments.batch > 1 else []), 'load, ms', 'memory, MB']
    print(f'{arguments.threads} threads, {arguments.rounds} rounds\n')
    print(machine.table(header, rows) + '\n')
    print('The limits, `melete-engine limits` in turns with the rest: ' + '; '.join(told) +
          '. A prompt is held against the operations (attention and the output are not counted), decoding against the bytes that the file has of what a token is multiplied with.\n')


def main():
    parser = argparse.ArgumentParser(description='Measures the engine and the window.')
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', help='where ./dev peers built llama.cpp')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--threads', type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument('--prompt', type=int, default=512)
    parser.add_argument('--decode', type=int, default=64)
    parser.add_argument('--batch', type=int, default=4)
    parser.add_argument('--only', action='append', metavar='MODEL', help='only this model; or a part: "edit" (what guessing from the context is worth), '
                        '"scaling" (long contexts), "types" (every tensor type), "memory" (and the first token), "experts" (a mixture of experts that is larger than memory)')
    parser.add_argument('--model', action='append', help='of "scaling", "types" and "memory"')
    parser.add_argument('--lengths', type=int, nargs='+', help='of "scaling": contexts, in tokens')
    parser.add_argument('--types', nargs='+', metavar='TYPE', help='of "types"')
    parser.add_argument('--files', type=int, default=20, help='of "edit"')
    parser.add_argument('--edit-model', default='qwen2.5-coder-1.5b-instruct')
    parser.add_argument('--gib', type=float, help='of "experts": the file; 1.5 times the memory of this machine')
    parser.add_argument('--memory', type=int, action='append', metavar='MIB', help='of "experts": with so much for weights, instead of what there is; may be given several times')
    parser.add_argument('--folder', help='of "experts": where the file is written')
    parser.add_argument('--no-window', action='store_true')
    parser.add_argument('--no-engine', action='store_true')
    arguments = parser.parse_args()
    print(f'{machine.describe()}; Melete {machine.version()}\n')
    if machine.busy():
        print(machine.busy() + '\n', flush=True)
    parts = [name for name in arguments.only or [] if name in PARTS]
    for name in parts:
        importlib.import_module(PARTS[name]).report(arguments)
    if parts:
        return
    if not arguments.no_engine:
        engine_table(arguments)
    if not arguments.no_window:
        import window
        window.report(arguments.build, arguments.models, arguments.rounds)


if __name__ == '__main__':
    main()
