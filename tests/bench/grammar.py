#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to find which tokens may come next, of a vocabulary of 151,936, before each token of a JSON text; beside llama.cpp.

Ours is given cold (a grammar that was just made, so that all is found out for the first time), warm (the second text), and within real answers, where the model throws everything out of
the processor's caches between two masks. The peer's sampler makes the whole mask each time; its programs do so only when the token that they would choose does not fit."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import machine  # noqa: E402

MODEL = 'qwen2.5-coder-0.5b-instruct.gguf'
PERSON = {'type': 'object', 'properties': {'name': {'type': 'string'}, 'age': {'type': 'integer', 'minimum': 0, 'maximum': 150}, 'tags': {'type': 'array', 'items': {'enum': ['red', 'green', 'blue']}, 'maxItems': 3}},
          'required': ['name', 'age', 'tags'], 'additionalProperties': False}
RECIPE = {'type': 'object', 'properties': {
    'title': {'type': 'string', 'minLength': 3, 'maxLength': 40}, 'minutes': {'type': 'integer', 'minimum': 1, 'maximum': 240}, 'difficulty': {'enum': ['easy', 'medium', 'hard']},
    'ingredients': {'type': 'array', 'minItems': 2, 'maxItems': 5, 'items': {
        'type': 'object', 'properties': {'name': {'type': 'string', 'maxLength': 30}, 'grams': {'type': 'number', 'minimum': 0, 'maximum': 2000}}, 'required': ['name', 'grams'], 'additionalProperties': False}}},
    'required': ['title', 'minutes', 'difficulty', 'ingredients'], 'additionalProperties': False}
TREE = {'$defs': {'node': {'type': 'object', 'properties': {'label': {'type': 'string'}, 'children': {'type': 'array', 'items': {'$ref': '#/$defs/node'}}}, 'required': ['label', 'children'], 'additionalProperties': False}},
        '$ref': '#/$defs/node'}
CASES = [
    ('a person', PERSON, {'name': 'Annabel Lee of the Sea', 'age': 33, 'tags': ['red', 'green', 'blue']}, 'Describe a person as JSON.'),
    ('a recipe, with lengths and bounds', RECIPE, {'title': 'Fluffy Buttermilk Pancakes', 'minutes': 25, 'difficulty': 'easy', 'ingredients': [
        {'name': 'all-purpose flour', 'grams': 250}, {'name': 'whole milk', 'grams': 300.5}, {'name': 'egg', 'grams': 100}, {'name': 'sugar', 'grams': 30}]}, 'Give me a recipe for pancakes as JSON.'),
    ('a tree', TREE, {'label': 'animals', 'children': [{'label': 'birds', 'children': [{'label': 'owl', 'children': []}, {'label': 'heron', 'children': []}]}, {'label': 'fish', 'children': []}]},
     'Write a taxonomy of animals as JSON, two levels deep.'),
    ('any JSON', {}, {'order': 1042, 'paid': True, 'items': [{'sku': 'X-77', 'price': 12.5, 'note': None}, {'sku': 'Y-1', 'price': 3, 'note': 'gift "wrapped"'}], 'total': 15.5}, 'Write an invoice as JSON.'),
]


def build_peer(peers, folder):
    source, libraries, program = os.path.join(peers, 'source'), os.path.join(peers, 'build/bin'), os.path.join(folder, 'grammar_peer')
    includes = [f'-I{os.path.join(source, name)}' for name in ('include', 'ggml/include', 'common', 'vendor')]
    subprocess.run(['g++', '-O2', '-std=c++17', *includes, os.path.join(HERE, 'grammar_peer.cpp'), '-o', program, f'-L{libraries}', f'-Wl,-rpath,{libraries}', '-lllama-common', '-lllama', '-lggml', '-lggml-base'],
                   check=True)
    return program


def run(command, text=None):
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f'{command[0]}: {result.stderr}')
    return result.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', required=True)
    parser.add_argument('--rounds', type=int, default=3)
    arguments = parser.parse_args()
    engine, model = os.path.join(arguments.build, 'engine/tool/melete-engine'), os.path.join(arguments.models, MODEL)
    rows, every = [], {'cold': [], 'warm': [], 'answers': [], 'peer': []}
    with tempfile.TemporaryDirectory() as folder:
        program = build_peer(arguments.peers, folder)
        for name, schema, document, prompt in CASES:
            path = os.path.join(folder, 'schema.json')
            with open(path, 'w') as file:
                json.dump(schema, file)
            text = json.dumps(document)
            cold, warm, answers, peer = [], [], [], []
            for _ in range(arguments.rounds):
                times = json.loads(run([engine, 'grammar', '--schema', path, '--model', model, '--time'], text))
                cold.append(times['cold_us'])
                warm.append(times['warm_us'])
                stats = json.loads(run([engine, 'generate', model, '--prompt', prompt, '--schema', path, '--max', '200', '--json']))['stats']
                answers.append(1e3 * stats['mask_ms'] / stats['masks'])
                peer.append(float(run([program, model, 'schema', path, '1'], text).split()[1]))
            for key, values in (('cold', cold), ('warm', warm), ('answers', answers), ('peer', peer)):
                every[key].append(statistics.median(values))
            rows.append([name, times['masks'], *(f'{statistics.median(values):.1f}' for values in (cold, warm, answers, peer)), f'{times["tree_ms"]:.0f}'])
            print(*rows[-1], sep=' | ', file=sys.stderr, flush=True)
    rows.append(['all', '', *(f'{statistics.mean(every[key]):.1f}' for key in ('cold', 'warm', 'answers', 'peer')), ''])
    print(f'{machine.describe()}; {machine.version()}')
    print(machine.table(['', 'masks', 'cold, µs', 'warm, µs', 'in answers, µs', "peer's, µs", 'tree once, ms'], rows))
    if machine.busy():
        print(machine.busy())


if __name__ == '__main__':
    sys.exit(main())
