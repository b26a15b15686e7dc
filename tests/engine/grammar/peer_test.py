#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of llama.cpp's own tests of grammars and JSON Schemas, read from its sources: what must fit fits, what must not does not. Says the result in TAP."""
import glob
import json
import os
import re
import sys
import unittest

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../..')]
import cases  # noqa: E402
import tap  # noqa: E402

# The peer takes schemas for closed, and leaves uniqueItems unchecked.
AS_THE_PEER = {'closed': True, 'lax': True}


# What the peer accepts and JSON Schema does not, or what cannot be promised, which it passes over.
DIFFERENT = {
    'string array': '"prefixItems" is not of the kind', 'nullable string array': '"prefixItems" is not of the kind', 'array with empty items and prefixItems': '"prefixItems" is not of the kind',
    'unsupported regexp in a property': '(?=',
}

# Where the peer's grammar is for something else (a rule for a member overwrites the one for the whole), or has the members of several schemas in another order.
OTHERWISE = ('optional props with empty name', 'mix of allOf, anyOf and $ref (similar to https://json.schemastore.org/tsconfig.json)')


def plain(text, validator):
    """A text as it is written here, without spaces that may be otherwise; None for what is not valid (a few samples are not even JSON), for fractions and exponents, and for half characters."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return None if re.search(r'[0-9][.eE]|\\u[dD][89a-fA-F]', text) or not validator.is_valid(value) else json.dumps(value, ensure_ascii=False)


class PeerTest(unittest.TestCase):
    maxDiff = None

    def match(self, kind, expected_cases, at_least):
        questions, wanted = [], []
        for description, text, passing, failing in expected_cases:
            questions.append({kind: text, 'texts': passing + failing, **(AS_THE_PEER if kind == 'schema' else {})})
            wanted.append((description, passing, failing))
        self.assertGreaterEqual(len(questions), at_least)
        wrong = []
        for (description, passing, failing), question, answer in zip(wanted, questions, cases.ask(questions)):
            if 'error' in answer:
                wrong.append(f'{description}: {answer["error"]}')
                continue
            fits = answer['fits']
            wrong += [f'{description}: must fit: {text!r}' for text, fit in zip(passing, fits) if not fit]
            wrong += [f'{description}: must not fit: {text!r}' for text, fit in zip(failing, fits[len(passing):]) if fit]
        self.assertEqual(wrong, [])

    def test_schemas_match(self):
        self.match('schema', cases.calls(cases.peer_file('tests/test-grammar-integration.cpp'), 'test_schema'), 33)

    def test_grammars_match(self):
        calls = list(cases.calls(cases.peer_file('tests/test-grammar-integration.cpp'), 'test_grammar'))
        by_tokens = [call for call in calls if '<[' in call[1]]
        self.match('grammar', [call for call in calls if call not in by_tokens], 12)
        # Tokens cannot be named here, and that is said.
        for answer in cases.ask([{'grammar': call[1]} for call in by_tokens]):
            self.assertIn('token', answer['error'])

    def test_left_recursion_is_refused(self):
        source = cases.peer_file('tests/test-grammar-integration.cpp')
        with open(source, encoding='utf-8') as file:
            tokens = cases.tokens(file.read())
        grammars = [tokens[i + 2][1] for i in range(len(tokens) - 2) if tokens[i] == ('word', tokens[i][1]) and tokens[i][1].endswith('_str') and tokens[i + 1] == ('sign', '=') and tokens[i + 2][0] == 'text'
                    and tokens[i][1] in ('simple_str', 'medium_str', 'hard_str', 'hardest_str')]
        self.assertEqual(len(grammars), 4)
        for answer in cases.ask([{'grammar': grammar} for grammar in grammars]):
            self.assertIn('begins with itself', answer['error'])

    def test_broken_grammars_are_refused(self):
        calls = list(cases.calls(cases.peer_file('tests/test-grammar-parser.cpp'), 'verify_failure'))
        self.assertGreaterEqual(len(calls), 2)
        for call, answer in zip(calls, cases.ask([{'grammar': call[0]} for call in calls])):
            # What is only repeated too often for the peer; here that is a few nodes each time.
            if '){0,99}' not in call[0] and not re.search(r'\{[0-9,]*[0-9]{4}', call[0]):
                self.assertIn('error', answer, call[0])

    def test_grammars_are_read(self):
        texts = [call[0] for call in cases.calls(cases.peer_file('tests/test-grammar-parser.cpp'), 'verify_parsing')]
        for path in sorted(glob.glob(os.path.join(cases.peer_file('grammars'), '*.gbnf'))):
            with open(path, encoding='utf-8') as file:
                texts.append(file.read())
        self.assertGreaterEqual(len(texts), 15)
        for text, answer in zip(texts, cases.ask([{'grammar': text} for text in texts])):
            if '<[' in text:
                self.assertIn('token', answer['error'])
            else:
                self.assertNotIn('error', answer, text)

    def test_schemas_say_the_same(self):
        """Of the schemas that the peer makes grammars of: what the peer's grammar allows and what is valid fits here, too; samples of ours are valid; and what the peer refuses is refused."""
        wrong, n_compared = [], 0
        calls = [call for call in cases.calls(cases.peer_file('tests/test-json-schema-to-grammar.cpp'), 'test', '{') if len(call) in (3, 4)]
        good = [call[1:4] for call in calls if call[0] == ('SUCCESS',)]
        self.assertGreaterEqual(len(good), 60)
        for call in calls:
            if call[0] == ('FAILURE',) and 'error' not in cases.ask([{'schema': call[2], 'closed': True}])[0]:
                wrong.append(f'{call[1]}: is not refused')
        model = ('--model', cases.model_file('smollm2-135m-instruct.gguf'))
        theirs = cases.ask([{'grammar': grammar, 'samples': 20, 'seed': 1} for _, _, grammar in good], *model)
        ours = cases.ask([{'schema': schema, 'samples': 20, 'seed': 2, **AS_THE_PEER} for _, schema, _ in good], *model)
        for (name, schema, _), their, our in zip(good, theirs, ours):
            if 'error' in our or 'error' in their:
                if DIFFERENT.get(name, '-') not in our.get('error', ''):
                    wrong.append(f'{name}: {our.get("error")} {their.get("error")}')
                continue
            validator = jsonschema.Draft202012Validator(json.loads(schema)) if not isinstance(json.loads(schema).get('items'), list) else jsonschema.Draft7Validator(json.loads(schema))
            wrong += [f'{name}: is not valid: {text!r}' for text in our['samples'] if not validator.is_valid(json.loads(text))]
            texts = [text for text in (plain(text, validator) for text in their['samples']) if text is not None]
            if name in OTHERWISE:
                continue
            n_compared += len(texts)
            fits = cases.ask([{'schema': schema, 'texts': texts, **AS_THE_PEER}])[0]['fits']
            wrong += [f'{name}: must fit: {text!r}' for text, fit in zip(texts, fits) if not fit]
        print(f'# {n_compared} samples of the peer compared', flush=True)
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    sys.exit(tap.main(PeerTest))
