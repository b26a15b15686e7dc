# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions in words to tables: how many answers are exactly right, how many say that they failed, how many are wrong and do not say so.

Each eight questions share two tables of a new theme. Seeds from 1 on are for the figure; 1000 and above for who changes prompt or grammar, and none of those is ever in a figure."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import machine  # noqa: E402
import outcomes  # noqa: E402
import sql_questions  # noqa: E402

AT_ONCE = 8 # questions to the same tables


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
    known = outcomes.Outcomes(arguments.results, arguments.model, machine.version())
    done = {seed for seed, *_ in known.done('sql')}
    for begin in range(0, arguments.questions, AT_ONCE):
        seed = arguments.seed + begin // AT_ONCE
        if seed in done:
            continue
        world, questions = sql_questions.make(seed, begin, min(AT_ONCE, arguments.questions - begin))
        print(f'questions {begin + 1} to {begin + len(questions)} of {arguments.questions}', file=sys.stderr, flush=True)
        for (name, question, truth, ordered), answer in zip(questions, ask(arguments, model, world, questions)):
            right = answer['error'] is None and not answer['cut'] and sql_questions.is_exact(truth, answer['rows'], ordered)
            line = known.add({'task': 'sql', 'seed': seed, 'template': name, 'question': question, 'works': right, 'outcome': 'exact' if right else 'failed' if answer['error'] else 'wrong', 'sql': answer['sql'],
                              'tries': answer['tries'], 'seconds': round(answer['seconds'], 2), 'error': answer['error'], 'truth': truth[:5], 'rows': answer.get('rows', [])[:5]})
            if arguments.show and not right:
                print(json.dumps({key: line[key] for key in ('template', 'question', 'sql', 'tries', 'error', 'truth', 'rows')}, ensure_ascii=False), file=sys.stderr, flush=True)
