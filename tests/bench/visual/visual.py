#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How good answers about what people have are: tasks with exact answers, made from a seed, given to a model the way that the window would. Each answer is a line of JSON in --results."""
import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import dashboard  # noqa: E402
import machine  # noqa: E402
import made  # noqa: E402
import sql  # noqa: E402

TASKS = {'dashboard': dashboard.run, 'game': made.games, 'page': made.pages, 'sql': sql.run, 'tool': made.tools}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--only', choices=sorted(TASKS), help='one task')
    parser.add_argument('--model', default='qwen2.5-coder-1.5b-instruct')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--questions', type=int, default=56)
    parser.add_argument('--dashboards', type=int, default=2, help='seeds of wishes and changes of dashboards')
    parser.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument('--results', help='where answers are kept; default: visual-bench.jsonl in the build')
    parser.add_argument('--show', action='store_true', help='answers that are not exact')
    arguments = parser.parse_args()
    arguments.results = arguments.results or os.path.join(arguments.build, 'visual-bench.jsonl')
    print(machine.describe() + '\n')
    return max(run(arguments) for name, run in TASKS.items() if arguments.only in (None, name))


sys.exit(main())
