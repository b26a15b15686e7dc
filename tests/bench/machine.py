# SPDX-License-Identifier: GPL-3.0-or-later
"""What every bench needs: the machine in a line, medians, tables."""
import os
import re
import shutil
import statistics
import subprocess


def read(path, default=''):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return default


def describe():
    """The machine in one line, for the head of a table."""
    info = read('/proc/cpuinfo')
    model = re.search(r'^model name\s*:\s*(.+)$', info, re.M)
    flags = set((re.search(r'^flags\s*:\s*(.+)$', info, re.M) or ['', ''])[1].split())
    known = [name for name in ('avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'avx_vnni') if name in flags]
    memory = re.search(r'^MemTotal:\s*(\d+)', read('/proc/meminfo'), re.M)
    gib = int(memory[1]) / 2**20 if memory else 0
    return f'{model[1] if model else os.uname().machine}, {len(os.sched_getaffinity(0))} threads, {gib:.0f} GiB, {", ".join(known) or "no vector sets"}'


def busy():
    """A sentence when other programs are at work, which makes every figure doubtful."""
    load = os.getloadavg()[0]
    return f'The machine is busy (load {load:.1f}): these figures are not to be trusted.' if load > 0.5 else None


def version():
    if not shutil.which('git'):
        return 'of unknown commit'
    result = subprocess.run(['git', 'describe', '--always', '--dirty'], capture_output=True, text=True)
    return result.stdout.strip() or 'of unknown commit'


def median(values):
    return statistics.median(values) if values else float('nan')


def spread(values):
    """Half of the way from the least to the most, as a share of the median."""
    return (max(values) - min(values)) / 2 / median(values) if len(values) > 1 and median(values) else 0


def table(header, rows):
    """A Markdown table with aligned columns."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = ['| ' + ' | '.join(cell.ljust(width) for cell, width in zip(row, widths)) + ' |' for row in [header, *rows]]
    lines.insert(1, '|' + '|'.join('-' * (width + 2) for width in widths) + '|')
    return '\n'.join(lines)
