#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How good answers about what people have are: tasks with exact answers, made from a seed, given to a model the way that the window would. Each answer is a line of JSON in --results."""
import argparse
import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import baseline  # noqa: E402
import changes  # noqa: E402
import dashboard  # noqa: E402
import first  # noqa: E402
import machine  # noqa: E402
import made  # noqa: E402
import outcomes  # noqa: E402
import sql  # noqa: E402

TASKS = {'sql': sql.run, 'dashboard': dashboard.run, 'page': made.pages, 'game': made.games, 'tool': made.tools, 'diagram': made.diagrams, 'change': changes.run}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--only', choices=sorted(TASKS), help='one task')
    parser.add_argument('--model', default='qwen2.5-coder-1.5b-instruct')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--seeds', type=int, default=1, help='of what is made, from --seed on; each has names and numbers of its own')
    parser.add_argument('--questions', type=int, default=56)
    parser.add_argument('--free', type=int, metavar='N', help='the baseline: N of the same wishes of each kind, as HTML that the model writes freely')
    parser.add_argument('--first', action='store_true', help='only how long the first number takes, beside the same model writing HTML')
    parser.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument('--results', help='where outcomes are kept; default: visual-bench.jsonl in the build')
    parser.add_argument('--show', action='store_true', help='answers that are not right')
    parser.add_argument('--table', action='store_true', help='only the table of the outcomes that are there')
    arguments = parser.parse_args()
    arguments.results = arguments.results or os.path.join(arguments.build, 'visual-bench.jsonl')
    if arguments.first:
        print(first.run(arguments) or '')
        return 0
    if not arguments.table:
        if arguments.free:
            baseline.run(arguments)
        for name, run in TASKS.items():
            if arguments.only == name or (not arguments.only and not arguments.free):
                run(arguments)
    lines = outcomes.Outcomes(arguments.results, arguments.model, machine.version()).read()
    print(f'{machine.describe()}; {arguments.model} at {machine.version()}\n\n{machine.table(outcomes.HEADER, outcomes.rows(lines))}')
    wrong = sum(line.get('outcome') == 'wrong' for line in lines)
    print(f'\nQuestions with a wrong answer that did not say so: {wrong}.')
    missed = collections.Counter((line['task'], line['template']) for line in lines if not line['works'])
    if missed:
        print('\nNot: ' + ', '.join(f'{task}: {name}{f" ({count})" if count > 1 else ""}' for (task, name), count in sorted(missed.items())))
    return 0


sys.exit(main())
