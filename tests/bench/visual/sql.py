# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions in words to tables: how many answers are exactly right, how many say that they failed, how many are wrong and do not say so.

Each eight questions share two tables of a new theme. Seeds from 1 on are for the figure; 1000 and above for who changes prompt or grammar, and none of those is ever in a figure."""
import collections
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import machine  # noqa: E402
import sql_questions  # noqa: E402

AT_ONCE = 8 # questions to the same tables


def interval(right, n):
    """Wilson's, of 95 %."""
    if n == 0:
        return 0.0, 1.0
    z, share = 1.959964, right / n
    middle, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def ask(arguments, model, world, questions):
    with tempfile.TemporaryDirectory() as folder:
        files = world.write(folder)
        command = [os.path.join(arguments.build, 'tests/app/tables/sql-ask'), os.path.join(folder, 'datasets'), *files, '--model', model, '--threads', str(arguments.threads)]
        result = subprocess.run(command, input=''.join(f'{question}\n' for _, question, _, _ in questions), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f'{command[0]}: {result.stderr}')
    return [json.loads(line) for line in result.stdout.splitlines()]


def run(arguments):
    model = os.path.join(arguments.models, arguments.model + '.gguf')
    if not os.path.exists(model):
        sys.exit(f'{model} is not there. Fetch it with ./dev models {arguments.model}.')
    found, commit = [], machine.version()
    os.makedirs(os.path.dirname(os.path.abspath(arguments.results)), exist_ok=True)
    for begin in range(0, arguments.questions, AT_ONCE):
        seed = arguments.seed + begin // AT_ONCE
        world, questions = sql_questions.make(seed, begin, min(AT_ONCE, arguments.questions - begin))
        print(f'questions {begin + 1} to {begin + len(questions)} of {arguments.questions}', file=sys.stderr, flush=True)
        group = []
        for (name, question, truth, ordered), answer in zip(questions, ask(arguments, model, world, questions)):
            right = answer['error'] is None and not answer['cut'] and sql_questions.is_exact(truth, answer['rows'], ordered)
            outcome = 'exact' if right else 'failed' if answer['error'] else 'wrong'
            group.append({'task': 'sql', 'model': arguments.model, 'seed': seed, 'commit': commit, 'template': name, 'question': question, 'outcome': outcome, 'sql': answer['sql'], 'tries': answer['tries'],
                          'seconds': round(answer['seconds'], 2), 'error': answer['error'], 'truth': truth[:5], 'rows': answer.get('rows', [])[:5]})
            if arguments.show and outcome != 'exact':
                print(json.dumps({key: group[-1][key] for key in ('template', 'question', 'sql', 'tries', 'error', 'truth', 'rows')}, ensure_ascii=False), file=sys.stderr, flush=True)
        with open(arguments.results, 'a') as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + '\n' for line in group)
        found += group
    counts = collections.Counter(line['outcome'] for line in found)
    low, high = interval(counts['exact'], len(found))
    print(f'SQL from a question, {arguments.model}, seeds {arguments.seed} to {seed}, commit {commit}\n')
    print(machine.table(['questions', 'exact', '95 %', 'said that it failed', 'wrong and did not say so', 'seconds (median)'],
                        [[len(found), f'{counts["exact"]} ({counts["exact"] / len(found):.0%})', f'{low:.0%} to {high:.0%}', counts['failed'], counts['wrong'],
                          f'{statistics.median(line["seconds"] for line in found):.1f}']]))
    missed = collections.Counter(line['template'] for line in found if line['outcome'] != 'exact')
    if missed:
        print('\nNot exact: ' + ', '.join(f'{name} ({count} of {sum(line["template"] == name for line in found)})' for name, count in missed.most_common()))
    return 0
