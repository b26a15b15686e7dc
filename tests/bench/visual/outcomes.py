# SPDX-License-Identifier: GPL-3.0-or-later
"""What every kind of task shares: outcomes as lines of JSON that are only appended to, so that a run goes on where the last one stopped; and the table of them all."""
import json
import math
import os
import statistics

# As the table names them, in its order.
KINDS = {'sql': 'question with an exact answer', 'dashboard': 'dashboard', 'dashboard change': 'change of a dashboard', 'page': 'page', 'game': 'game', 'tool': 'tool', 'diagram': 'diagram', 'change': 'change of a page, game or tool'}


def interval(right, n):
    """Wilson's, of 95 %."""
    if n == 0:
        return 0.0, 1.0
    z, share = 1.959964, right / n
    middle, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


class Outcomes:
    """Those of one model at one commit, in a file with others'."""

    def __init__(self, path, model, commit):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        self.path, self.model, self.commit = path, model, commit

    def read(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path) as file:
            lines = [json.loads(line) for line in file]
        return [line for line in lines if line['model'] == self.model and line['commit'] == self.commit]

    def done(self, task):
        """What is not to be done again: (seed, template, fresh) of each."""
        return {(line['seed'], line['template'], line.get('fresh')) for line in self.read() if line['task'] == task}

    def add(self, line):
        line.update(model=self.model, commit=self.commit)
        with open(self.path, 'a') as file:
            file.write(json.dumps(line, ensure_ascii=False) + '\n')
        return line


def rows(lines, own='Melete', other='free HTML'):
    """A row for each kind of task, and one for all; `free` marks the baseline's."""
    found = []

    def add(name, some):
        works = sum(line['works'] for line in some)
        low, high = interval(works, len(some))
        found.append([name, other if some[0].get('free') else own, len(some), f'{works} ({works / len(some):.0%})', f'{low:.0%} to {high:.0%}', f'{statistics.median(line["seconds"] for line in some):.1f}'])
    for free in (False, True):
        those = [line for line in lines if bool(line.get('free')) == free]
        for kind, name in KINDS.items():
            some = [line for line in those if line['task'].removeprefix('free ') == kind]
            if some:
                add(name, some)
        if those:
            add('**all**', those)
    return found


HEADER = ['task', 'by', 'n', 'works', '95 %', 'seconds (median)']
