#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls by chance, of tools by chance, in every format: what a grammar of the tools allows is read back as one call, or several, whose arguments are valid. Says the result in TAP.

With a number as its first argument that many calls instead of some hundred."""
import json
import os
import random
import re
import subprocess
import sys
import unittest

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../grammar'), os.path.join(HERE, '../..')]
import cases  # noqa: E402
import tap  # noqa: E402

COUNT = int(sys.argv.pop(1)) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 130
SAMPLES = 4
WORDS = ['city', 'unit', 'path', 'count', 'text', 'name', 'flag', 'when', 'items', 'filter', 'limit', 'mode', 'size', 'query']


def formats():
    with open(os.path.join(HERE, '../../../engine/chat/calls.def'), encoding='utf-8') as file:
        return re.findall(r'^CALL_FORMAT \((\w+)\)', file.read(), re.M)


def schema(rng, depth=0):
    kind = rng.choice(['string', 'string', 'integer', 'number', 'boolean', 'enum', 'array', 'object', 'pattern'] if depth < 2 else ['string', 'integer', 'boolean', 'enum'])
    if kind == 'enum':
        return {'type': 'string', 'enum': rng.sample(['red', 'green', 'blue', 'a b', 'x-1'], 3)}
    if kind == 'pattern':
        return {'type': 'string', 'pattern': rng.choice(['^[a-z]{1,5}$', '^[0-9]{4}-[0-9]{2}$'])}
    if kind == 'array':
        return {'type': 'array', 'items': schema(rng, depth + 1), 'maxItems': 3}
    if kind == 'object':
        return parameters(rng, depth + 1)
    if kind == 'integer':
        return {'type': 'integer', 'minimum': rng.randint(-5, 0), 'maximum': rng.randint(1, 2000)}
    return {'type': kind}


def parameters(rng, depth=0):
    names = rng.sample(WORDS, rng.randint(0 if depth == 0 else 1, 5 if depth == 0 else 3))
    return {'type': 'object', 'properties': {name: schema(rng, depth) for name in names}, 'required': [name for name in names if rng.random() < 0.5], 'additionalProperties': False}


class CallsRandomTest(unittest.TestCase):
    maxDiff = None

    def test_calls_are_valid(self):
        rng = random.Random(9)
        names = formats()
        self.assertGreater(len(names), 25)
        questions = []
        while len(questions) * SAMPLES < max(COUNT, len(names) * SAMPLES):
            tools = [{'name': f'tool_{i}', 'description': 'by chance', 'parameters': parameters(rng)} for i in range(rng.randint(1, 3))]
            questions.append({'format': names[len(questions) % len(names)], 'tools': tools, 'text': '', 'samples': SAMPLES, 'seed': rng.randrange(1 << 30)})
        lines = ''.join(json.dumps(question) + '\n' for question in questions)
        result = subprocess.run([os.environ['MELETE_ENGINE'], 'calls', '--cases', '--model', cases.model_file('smollm2-135m-instruct.gguf')], input=lines, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        wrong, n_calls, orders = [], 0, set()
        for question, line in zip(questions, result.stdout.splitlines()):
            answer, by_name = json.loads(line), {tool['name']: tool['parameters'] for tool in question['tools']}
            if 'error' in answer:
                wrong.append(f'{question["format"]}: {answer["error"]} {question["tools"]}')
                continue
            for sample in answer['samples']:
                where = f'{question["format"]}: {sample["sample"]!r}'
                if sample['broken'] or not sample['calls']:
                    wrong.append(f'{where}: {sample["broken"]}')
                for call in sample['calls']:
                    n_calls += 1
                    arguments = json.loads(call['arguments'])
                    if not call['done'] or call['name'] not in by_name:
                        wrong.append(f'{where}: {call}')
                        continue
                    orders |= {tuple(arguments) == tuple(key for key in by_name[call['name']]['properties'] if key in arguments)}
                    wrong += [f'{where}: {call["arguments"]}: {error.message}' for error in jsonschema.Draft202012Validator(by_name[call['name']]).iter_errors(arguments)]
        print(f'# {n_calls} calls in {len(names)} formats', flush=True)
        self.assertEqual(wrong, [])
        # In the order in which a schema lists them, and in others.
        self.assertEqual(orders, {True, False})


if __name__ == '__main__':
    sys.exit(tap.main(CallsRandomTest))
