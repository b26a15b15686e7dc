#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real model under a JSON Schema: what it says is valid. Says the result in TAP."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../..')]
import cases  # noqa: E402
import tap  # noqa: E402

RECIPE = {
    'type': 'object',
    'properties': {
        'title': {'type': 'string', 'minLength': 3, 'maxLength': 40},
        'minutes': {'type': 'integer', 'minimum': 1, 'maximum': 240},
        'difficulty': {'enum': ['easy', 'medium', 'hard']},
        'ingredients': {'type': 'array', 'minItems': 2, 'maxItems': 5, 'items': {
            'type': 'object', 'properties': {'name': {'type': 'string', 'maxLength': 30}, 'grams': {'type': 'number', 'exclusiveMinimum': 0, 'maximum': 2000}}, 'required': ['name', 'grams'], 'additionalProperties': False}},
    },
    'required': ['title', 'minutes', 'difficulty', 'ingredients'], 'additionalProperties': False,
}
PROMPT = 'Give me a recipe for pancakes as JSON.'


class ModelTest(unittest.TestCase):
    def generate(self, schema, *options, prompt=PROMPT):
        with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
            json.dump(schema, file)
            file.flush()
            result = subprocess.run([os.environ['MELETE_ENGINE'], 'generate', cases.model_file('qwen2.5-coder-0.5b-instruct.gguf'), '--prompt', prompt, '--schema', file.name, '--max', '400', '--json', *options],
                                    capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_answers_are_valid(self):
        for options in ((), ('--tight',), ('--temp', '1.3', '--seed', '7'), ('--temp', '1', '--top-p', '0.9', '--seed', '8', '--tight')):
            answer = self.generate(RECIPE, *options)
            stats = answer['stats']
            print(f'# {" ".join(options)}: {stats["masks"]} masks, {1e3 * stats["mask_ms"] / stats["masks"]:.0f} µs each; {stats["forced_tokens"]} of {stats["decode_tokens"]} tokens forced', flush=True)
            self.assertEqual(answer['finish'], 'stop')
            jsonschema.validate(json.loads(answer['text']), RECIPE, jsonschema.Draft202012Validator)
            if '--tight' in options:
                self.assertGreater(stats['forced_tokens'], 20)

    def test_what_would_be_said_anyway_is_not_changed(self):
        """Greedy, a grammar that allows what the model says by itself changes nothing: so forced tokens are those that it would have chosen."""
        free = self.generate(RECIPE, '--tight')
        again = self.generate({'const': json.loads(free['text'])}, '--tight')
        self.assertEqual(json.loads(again['text']), json.loads(free['text']))
        self.assertEqual(again['finish'], 'stop')
        # All of it is forced but the first token.
        self.assertGreater(again['stats']['forced_tokens'], again['stats']['decode_tokens'] * 0.9)

    def test_trigger(self):
        answer = self.generate({'type': 'object', 'properties': {'city': {'enum': ['Paris', 'Rome']}}, 'required': ['city'], 'additionalProperties': False}, '--trigger', 'call: ',
                               prompt='Repeat exactly this and nothing else: I call: {"city": "Paris"}')
        text = answer['text'].split('call: ', 1)
        if len(text) == 2:
            self.assertIn(json.loads(text[1])['city'], ('Paris', 'Rome'))


if __name__ == '__main__':
    sys.exit(tap.main(ModelTest))
