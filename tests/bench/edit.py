# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of code: what guessing from the context is worth. Twenty files are made up, each is to be written again with a change, and each is answered with
--speculate lookup and off in the same process. The answers have to be the same; the share of an answer's tokens that are not the file's is given beside
the speeds, since nothing is easier to guess than a copy.
"""
import difflib
import json
import os
import random
import subprocess
import sys
import tempfile

import machine

SEED = 8

NOUNS = ('order', 'ticket', 'reading', 'parcel', 'invoice', 'member', 'sample', 'route', 'recipe', 'sensor')
FIELDS = ('weight', 'price', 'delay', 'score', 'level', 'amount', 'length', 'count')
NEW_NAMES = ('record', 'item', 'unit', 'piece', 'row')

FUNCTIONS = (
    'def total_{field}({noun}s):\n    result = 0\n    for {noun} in {noun}s:\n        result += {noun}.{field}\n    return result\n',
    'def largest_{field}({noun}s):\n    best = None\n    for {noun} in {noun}s:\n        if best is None or {noun}.{field} > best.{field}:\n            best = {noun}\n    return best\n',
    'def without_{field}({noun}s):\n    return [{noun} for {noun} in {noun}s if not {noun}.{field}]\n',
    'def mean_{field}({noun}s):\n    if not {noun}s:\n        return 0\n    return sum({noun}.{field} for {noun} in {noun}s) / len({noun}s)\n',
    'def group_by_{field}({noun}s):\n    groups = {{}}\n    for {noun} in {noun}s:\n        groups.setdefault({noun}.{field}, []).append({noun})\n    return groups\n',
    'def sort_by_{field}({noun}s, descending=False):\n    return sorted({noun}s, key=lambda {noun}: {noun}.{field}, reverse=descending)\n',
)

TASKS = (
    'Rename the variable `{noun}` to `{new}` everywhere, and `{noun}s` to `{new}s`.',
    'Add a docstring of one sentence to `{first}` and `{second}`, and change nothing else.',
    'Add type hints to the parameters and return values of `{first}`, `{second}` and `{third}`, and change nothing else.',
    'Rename the variable `{noun}` to `{new}` everywhere, and add a docstring of one sentence to each function.',
)


def make_files(n):
    """[(the file, what is asked for)], the same on every machine."""
    rand = random.Random(SEED)
    made = []
    for index in range(n):
        noun, new = rand.choice(NOUNS), rand.choice(NEW_NAMES)
        functions = [function.format(noun=noun, field=field) for function, field in zip(rand.sample(FUNCTIONS, 6), rand.sample(FIELDS, 6))]
        first, second, third = (function.split('(')[0].removeprefix('def ') for function in rand.sample(functions, 3))
        made.append(('\n\n'.join(functions), TASKS[index % len(TASKS)].format(noun=noun, new=new, first=first, second=second, third=third)))
    return made


def prompt_of(code, task):
    return f'Here is a Python file:\n\n```python\n{code}```\n\n{task} Answer with the whole new file in one code block and nothing else.'


def tokenize(tool, model, text):
    result = subprocess.run([tool, 'tokenize', model, '--json'], input=text, capture_output=True, text=True, check=True)
    ids = json.loads(result.stdout)
    return ids['ids'] if isinstance(ids, dict) else ids


def share_of_new(source, answer):
    """How much of the answer's tokens do not stand in the source, in order."""
    matcher = difflib.SequenceMatcher(None, source, answer, autojunk=False)
    return 1 - sum(block.size for block in matcher.get_matching_blocks()) / max(len(answer), 1)


def report(arguments):
    threads, n_files, identifier = arguments.threads, arguments.files, arguments.edit_model
    tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
    model = os.path.join(arguments.models, identifier + '.gguf')
    if not os.path.exists(model):
        sys.exit(f'{model} is not there. Fetch it with ./dev models {identifier}.')
    files = make_files(n_files)
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as prompts:
        prompts.write('\f'.join(prompt_of(code, task) for code, task in files))
        prompts.flush()
        process = subprocess.Popen([tool, 'bench', model, '--edit', prompts.name, '-n', '600', '--threads', str(threads), '--json'], stdout=subprocess.PIPE, text=True)
        output = ''
        for line in process.stdout:
            output += line
            print(f'{identifier}: file {output.count("same")} of {n_files}', file=sys.stderr, flush=True)
    if process.wait():
        sys.exit('melete-engine bench --edit failed.')
    rows, ratios, shares = [], [], []
    answers = json.loads(output)
    for (code, task), answer in zip(files, answers):
        if not answer['same']:
            sys.exit(f'Guessing changed an answer: {task}\n{code}')
        shares.append(share_of_new(tokenize(tool, model, f'```python\n{code}```'), answer['ids']))
        ratios.append(answer['lookup_tps'] / answer['plain_tps'])
        rows.append([task if len(task) < 60 else ' '.join(task.split()[:4]) + ' …', answer['tokens'], f'{shares[-1] * 100:.0f} %', f'{answer["plain_tps"]:.1f}', f'{answer["lookup_tps"]:.1f}', f'**{ratios[-1]:.2f}**',
                     answer['drafted_tokens'], answer['accepted_tokens'], f'{answer["tokens"] - answer["saved_evaluations"]}'])
    print(f'{identifier}, {threads} threads, {len(rows)} files, seed {SEED}; greedy; the answers are the same\n')
    print(machine.table(['change', 'tokens', 'new', 'plain, tokens/s', 'lookup', 'ratio', 'drafted', 'accepted', 'evaluations'], rows))
    changed = [index for index, share in enumerate(shares) if share >= 0.1]

    def whole(indices, unit='ms'):
        plain, guessed = (sum(answers[index][f'{way}_{unit}'] for index in indices) for way in ('plain', 'lookup'))
        return plain / guessed if guessed else float('nan')

    print(f'\nOf all: {whole(range(len(rows))):.2f} times as fast (median of the files {machine.median(ratios):.2f}), {machine.median(shares) * 100:.0f} % of the tokens new. '
          f'Of the {len(changed)} answers with at least 10 % new: {whole(changed):.2f} times. '
          f'By processor time, which other work disturbs less: {whole(range(len(rows)), "processor_ms"):.2f} and {whole(changed, "processor_ms"):.2f}.\n')
