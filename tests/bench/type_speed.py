# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast every tensor type is, beside llama.cpp: the model's matrices all in this type. They are made by melete-engine quantize of an F16 file, or by llama-quantize where ours has no encoder;
the numbers do not matter for speed, so the F16 file is made of the quantised one."""
import os
import subprocess
import sys
import tempfile

import machine
from cpu import fail, model_of, peer_of, run_ours, run_peer
from tensor_types import MODEL, TYPES

GOAL = 2.0  # of prompts
OTHERS = 'Q8_0'  # the vocabulary's matrices where llama-quantize asks for importances


def make(arguments, source, target, kind):
    """By whom."""
    tool, threads = os.path.join(arguments.build, 'engine/tool/melete-engine'), str(arguments.threads)
    own = subprocess.run([tool, 'quantize', source, target, 'F16', '--keep', f'*weight={kind}', '--threads', threads], capture_output=True, text=True)
    if own.returncode == 0:
        return 'melete-engine'
    if 'not made here' not in own.stderr:
        fail(f'melete-engine quantize to {kind} failed: {own.stderr.strip()[-400:]}')
    command = [peer_of(arguments, 'llama-quantize'), '--allow-requantize', '--pure', '--token-embedding-type', OTHERS, '--output-tensor-type', OTHERS, '--tensor-type', f'blk={kind}',
               *(['--imatrix', arguments.matrix] if arguments.matrix else []), source, target, 'Q4_0', threads]
    other = subprocess.run(command, capture_output=True, text=True)
    if other.returncode != 0:
        fail(f'{" ".join(command)} failed: {other.stderr.strip()[-400:]}')
    return 'llama-quantize'


def importances(arguments, model, folder):
    """For the types of less than 3 bits, which llama-quantize does not make without. Any will do."""
    path = os.path.join(folder, 'matrix.gguf')
    tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
    text = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'text.txt')
    found = subprocess.run([tool, 'imatrix', model, text, path, '--chunks', '1', '--threads', str(arguments.threads)], capture_output=True, text=True)
    if found.returncode != 0:
        fail(f'melete-engine imatrix failed: {found.stderr.strip()[-400:]}')
    return path


def measure(arguments, source, kind, folder):
    model = os.path.join(folder, 'model.gguf')
    maker = make(arguments, source, model, kind)
    tool, peer = os.path.join(arguments.build, 'engine/tool/melete-engine'), peer_of(arguments, 'llama-bench')
    rounds = [(run_ours(tool, model, arguments), run_peer(peer, model, arguments)) for _ in range(arguments.rounds)]
    row, size = [kind.upper(), maker], os.path.getsize(model)
    os.unlink(model)
    row.append(f'{size / 1e6:.0f}')
    for key in ('prompt_tps', 'decode_tps'):
        mine, their = machine.median([a[key] for a, _ in rounds]), machine.median([b[key] for _, b in rounds])
        row += [f'{mine:.1f}', f'{their:.1f}', f'**{mine / their:.2f}**']
    return row


def report(arguments):
    identifier, rows = (arguments.model or [MODEL])[0], []
    model = model_of(arguments, identifier)
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, 'f16.gguf')
        arguments.matrix = importances(arguments, model, folder)
        if make(arguments, model, source, 'F16') != 'melete-engine':
            fail('The F16 file could not be made.')
        for kind in arguments.types or TYPES:
            print(kind, file=sys.stderr, flush=True)
            rows.append(measure(arguments, source, kind, folder))
            print('| ' + ' | '.join(rows[-1]) + ' |', file=sys.stderr, flush=True)
    under = [row[0] for row in rows if float(row[5].strip('*')) < GOAL]
    print(f'{identifier}, {arguments.threads} threads, {arguments.rounds} rounds; prompts below {GOAL:.0f} × llama.cpp: {", ".join(under) or "none"}\n')
    print(machine.table(['type', 'made by', 'MB', f'prompt {arguments.prompt}, tokens/s', 'llama.cpp', 'ratio', f'decode {arguments.decode}, tokens/s', 'llama.cpp', 'ratio'], rows) + '\n')
