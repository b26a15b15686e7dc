#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real models call tools: what they call is valid, whether they have to or want to. Says the result in TAP."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '../grammar'), os.path.join(HERE, '../..')]
import cases  # noqa: E402
import tap  # noqa: E402

TOOLS = [
    {'name': 'get_weather', 'description': 'The weather of a city now', 'parameters': {
        'type': 'object', 'properties': {'city': {'type': 'string', 'maxLength': 40}, 'unit': {'enum': ['celsius', 'fahrenheit']}}, 'required': ['city'], 'additionalProperties': False}},
    {'name': 'add', 'description': 'Adds two whole numbers', 'parameters': {
        'type': 'object', 'properties': {'a': {'type': 'integer'}, 'b': {'type': 'integer'}}, 'required': ['a', 'b'], 'additionalProperties': False}},
]
SCHEMAS = {tool['name']: tool['parameters'] for tool in TOOLS}


class CallsModelTest(unittest.TestCase):
    def generate(self, model, messages, *options):
        messages = [{'role': 'user', 'content': messages}] if isinstance(messages, str) else messages
        with tempfile.NamedTemporaryFile('w', suffix='.json') as tools, tempfile.NamedTemporaryFile('w', suffix='.json') as conversation:
            json.dump(TOOLS, tools)
            tools.flush()
            json.dump(messages, conversation)
            conversation.flush()
            result = subprocess.run([os.environ['MELETE_ENGINE'], 'generate', cases.model_file(f'{model}.gguf'), '--messages', conversation.name, '--tools', tools.name, '--max', '160', '--json', *options], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        answer = json.loads(result.stdout)
        print(f'# {model} {" ".join(options)}: {answer["text"]!r} {[(call["name"], call["arguments"]) for call in answer["calls"]]}', flush=True)
        for call in answer['calls']:
            jsonschema.validate(call['arguments'], SCHEMAS[call['name']], jsonschema.Draft202012Validator)
        return answer

    def test_they_call_as_they_like(self):
        calls = self.generate('qwen2.5-coder-1.5b-instruct', 'What is 17 plus 25? Use the tool.')['calls']
        self.assertEqual([(call['name'], call['arguments']) for call in calls], [('add', {'a': 17, 'b': 25})])

    def test_they_read_results(self):
        """The template of one knows calls and results, that of the other is told of them in words."""
        question = {'role': 'user', 'content': 'How is the weather in Paris?'}
        call = {'role': 'assistant', 'content': '', 'tool_calls': [{'id': 'abcdefghi', 'function': {'name': 'get_weather', 'arguments': {'city': 'Paris'}}}]}
        result = {'role': 'tool', 'tool_call_id': 'abcdefghi', 'name': 'get_weather', 'content': '{"temperature": 31, "sky": "thunderstorm"}'}
        answer = self.generate('qwen2.5-coder-0.5b-instruct', [question, call, result])
        self.assertIn('31', answer['text'])  # it may call again
        answer = self.generate('smollm2-135m-instruct', [question, call, result], '--tool-choice', 'none')
        self.assertEqual(answer['calls'], [])

    def test_they_have_to(self):
        for model in ('qwen2.5-coder-0.5b-instruct', 'smollm2-135m-instruct'):
            answer = self.generate(model, 'How is the weather in Rome?', '--tool-choice', 'required')
            self.assertGreaterEqual(len(answer['calls']), 1)
            self.assertEqual(answer['text'].strip(), '')

    def test_they_cannot(self):
        answer = self.generate('qwen2.5-coder-0.5b-instruct', 'What is 17 plus 25? Use the tool.', '--tool-choice', 'none')
        self.assertEqual(answer['calls'], [])


if __name__ == '__main__':
    sys.exit(tap.main(CallsModelTest))
