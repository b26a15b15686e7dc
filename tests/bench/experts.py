#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mixture of experts that is larger than this machine's memory: tokens/s, what was in memory, and how much memory that takes. Prints Markdown.

The model is written first and removed afterwards; its file is as large as it says. The answer is drawn, so no token is the one of a round before.
"""
import json
import os
import subprocess
import sys
import tempfile

import large_mixture
import machine


def memory():
    return int(next(line.split()[1] for line in open('/proc/meminfo') if line.startswith('MemTotal'))) * 1024


def run(tool, model, arguments, more):
    command = [tool, 'bench', model, '-p', str(arguments.prompt), '-n', str(arguments.decode), '--threads', str(arguments.threads), '--repeat', str(arguments.rounds), '--json', *more]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        print(result.stderr.strip()[-400:], file=sys.stderr)
        sys.exit(1)
    return json.loads(result.stdout)


def cells(found, which, n_tokens):
    experts = found.get(f'{which}_experts')
    speed = f'{found[which + "_tps"]:.2f}'
    if not experts:
        return [speed, 'all in memory', '0', '0']
    all_chosen = max(experts['hits'] + experts['ahead'] + experts['misses'], 1)
    return [speed, f'{100 * experts["hits"] / all_chosen:.1f} % + {100 * experts["ahead"] / all_chosen:.1f} %', f'{experts["read_bytes"] / n_tokens / 1e6:.0f}', f'{experts["wait_ms"] / n_tokens:.0f}']


def report(arguments):
    tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
    folder = arguments.folder or tempfile.gettempdir()
    wanted = (arguments.gib or 1.5 * memory() / 2**30) * 2**30
    space = os.statvfs(folder)
    if space.f_bavail * space.f_frsize < wanted * 1.1:
        print(f'{folder} has no room for {wanted / 2**30:.0f} GiB; name another one with --folder, or fewer with --gib.', file=sys.stderr)
        sys.exit(1)
    handle, model = tempfile.mkstemp(suffix='.gguf', dir=folder)
    os.close(handle)
    try:
        print(f'writing {wanted / 2**30:.0f} GiB', file=sys.stderr, flush=True)
        layers = large_mixture.write(model, wanted)
        size = os.path.getsize(model)
        rows = []
        for limit in arguments.memory or [0]:
            print(f'memory {limit or "as there is"}', file=sys.stderr, flush=True)
            found = run(tool, model, arguments, ['--memory', str(limit)])
            kept = found['decode_experts']
            rows.append([f'{kept["memory_bytes"] / 2**30:.1f} of {kept["total_bytes"] / 2**30:.1f}', *cells(found, 'prompt', arguments.prompt * arguments.rounds),
                         *cells(found, 'decode', arguments.decode * arguments.rounds), f'{found["load_ms"] / 1e3:.0f}', f'{found["peak_rss_bytes"] / 2**30:.1f}'])
    finally:
        os.unlink(model)
    shape = large_mixture.SPARK
    print(f'Random weights in Q4_K, {layers} layers of Muse Spark\'s shape ({shape["used"]} of {shape["experts"]} experts): {size / 2**30:.1f} GiB; this machine has {memory() / 2**30:.1f} GiB. '
          f'{arguments.threads} threads, {arguments.rounds} rounds\n')
    each = ['tokens/s', 'in memory + read ahead', 'MB read a token', 'ms waited a token']
    print(machine.table(['experts in memory, GiB', *(f'prompt {arguments.prompt}: {name}' for name in each), *(f'decode {arguments.decode}: {name}' for name in each), 'load, s', 'peak, GiB'], rows) + '\n')
