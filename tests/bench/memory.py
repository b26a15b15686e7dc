# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory the same work takes, ours and llama.cpp's, as the kernel counts it (the most that was resident, mapped files too); and when the first token of a short prompt is there, with a model
that is loaded and warm."""
import json
import os
import subprocess
import sys

import machine
from cpu import MODELS, fail, model_of, output_of, peer_of

MOST = 1.15    # of the peer's memory
SHORT = 40     # tokens
REPEATS = 9


def peak(command):
    """Bytes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        fail(f'{" ".join(command)} failed: {words.decode(errors="replace").strip()[-400:]}')
    return usage.ru_maxrss * 1024


def first_tokens(arguments, tool, peer, model):
    """Milliseconds from a prompt to its logits, of which a token is drawn in microseconds."""
    mine, theirs = [], []
    for _ in range(arguments.rounds):
        found = json.loads(output_of([tool, 'bench', model, '-p', str(SHORT), '-n', '0', '--repeat', str(REPEATS), '--threads', str(arguments.threads), '--json']))
        mine.append(SHORT / found['prompt_tps'] * 1e3)
        found = json.loads(output_of([peer, '-m', model, '-p', str(SHORT), '-n', '0', '-t', str(arguments.threads), '-r', str(REPEATS), '-o', 'json']))
        theirs.append(machine.median(found[0]['samples_ns']) / 1e6)
    return machine.median(mine), machine.median(theirs)


def report(arguments):
    tool, peer = os.path.join(arguments.build, 'engine/tool/melete-engine'), peer_of(arguments, 'llama-bench')
    rows = []
    for identifier in arguments.model or MODELS:
        model = model_of(arguments, identifier)
        print(identifier, file=sys.stderr, flush=True)
        mine = peak([tool, 'bench', model, '-p', str(arguments.prompt), '-n', str(arguments.decode), '--threads', str(arguments.threads)]) / 1e6
        theirs = peak([peer, '-m', model, '-p', str(arguments.prompt), '-n', str(arguments.decode), '-t', str(arguments.threads), '-r', '1']) / 1e6
        first = first_tokens(arguments, tool, peer, model)
        rows.append([identifier, f'{os.path.getsize(model) / 1e6:.0f}', f'{mine:.0f}', f'{theirs:.0f}', f'**{mine / theirs:.2f}**', 'yes' if mine <= MOST * theirs else 'no',
                     f'{first[0]:.0f}', f'{first[1]:.0f}', f'**{first[1] / first[0]:.2f}**'])
    print(f'{arguments.threads} threads; prompt {arguments.prompt}, decode {arguments.decode}; first token of {SHORT}, {arguments.rounds} rounds of {REPEATS}\n')
    print(machine.table(['model', 'file, MB', 'memory, MB', 'llama.cpp', 'ratio', f'at most {MOST}', 'first token, ms', 'llama.cpp', 'times as soon'], rows) + '\n')
