#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small real model asks tables: each question has a statement that can be run or a sentence, and the plain ones have the right answer. Prints TAP."""
import json
import os
import subprocess
import sys
import tempfile

SALES = 'region,amount,day\n' + ''.join(f'{("North", "South", "West")[i % 3]},{i * 2.5},2024-{i % 12 + 1:02}-05\n' for i in range(30))
QUESTIONS = (
    ('How many rows does sales have?', [[30]]),
    ('How many rows have the region NORTH?', [[10]]),
    ('What is the highest amount?', [[72.5]]),
    ('Which region has the highest total amount?', [['West']]),
    ('Show me something that is not in there, like the weather on Mars.', None),
)


def main():
    model = os.path.join(os.environ.get('MELETE_MODELS') or os.path.expanduser('~/.local/share/melete/models'), 'qwen2.5-coder-0.5b-instruct.gguf')
    print(f'1..{len(QUESTIONS)}')
    if not os.path.exists(model):
        sys.exit(f'{model} is not there. Fetch it with ./dev models.')
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'sales.csv')
        with open(path, 'w') as file:
            file.write(SALES)
        result = subprocess.run([sys.argv[1], os.path.join(folder, 'datasets'), path, '--model', model, '--threads', '2'], input=''.join(f'{question}\n' for question, _ in QUESTIONS), capture_output=True, text=True)
        answers = [json.loads(line) for line in result.stdout.splitlines()]
    if result.returncode != 0 or len(answers) != len(QUESTIONS):
        sys.exit(f'The program failed: {result.stderr}')
    for number, ((question, rows), answer) in enumerate(zip(QUESTIONS, answers), 1):
        fine = answer['sql'].startswith('SELECT ') and (answer['error'] is not None if 'rows' not in answer else rows is None or answer['rows'] == rows)
        print(f'{"ok" if fine else "not ok"} {number} {question}\n# {answer["sql"]}: {answer["error"] or answer["rows"][:3]}', flush=True)
        failed |= not fine
    return failed


sys.exit(main())
