#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousand random JSON Schemas: what is written under them is always valid by another validator, and what is valid and written in the order of the schema fits. Says the result in TAP.

    schemas_test.py [SEED [COUNT]]
"""
import json
import os
import random
import re
import sys
import time
import unittest

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../..')]
import cases  # noqa: E402
import tap  # noqa: E402

NAMES = ['a', 'b', 'name', 'id', 'städte', 'a b', '"quoted"', 'x-y', 'line\nbreak', 'é', 'tags', 'ab', 'abc']
LETTERS = 'abcXYZ019 _-é漢🙂"\\\n/'
FORMATS = ['date', 'time', 'date-time', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid', 'uri', 'duration']
# A pattern, and how a text is made that fits it.
PATTERNS = [
    ('^[a-z]+$', lambda r: ''.join(r.choice('abcxyz') for _ in range(r.randint(1, 8)))),
    ('^[A-Z]{2}-[0-9]{3,5}$', lambda r: ''.join(r.choice('ABXYZ') for _ in range(2)) + '-' + ''.join(r.choice('0123456789') for _ in range(r.randint(3, 5)))),
    ('foo', lambda r: text(r, 4) + 'foo' + text(r, 4)),
    ('^foo', lambda r: 'foo' + text(r, 5)),
    ('bar$', lambda r: text(r, 5) + 'bar'),
    ('^(yes|no|may be)$', lambda r: r.choice(['yes', 'no', 'may be'])),
    ('^\\d{1,3}(\\.\\d+)?$', lambda r: str(r.randint(0, 999)) + r.choice(['', f'.{r.randint(0, 99)}'])),
    ('^\\S+@\\S+$', lambda r: 'a' + r.choice('bcé') + '@' + r.choice('xyz')),
    ('^[^"\\\\]*$', lambda r: re.sub('["\\\\]', '', text(r, 8))),
    ('^(a|b)*c?$|^$', lambda r: ''.join(r.choice('ab') for _ in range(r.randint(0, 5))) + r.choice(['', 'c'])),
    ('[0-9]', lambda r: text(r, 3) + '7' + text(r, 3)),
]


def text(r, most):
    return ''.join(r.choice(LETTERS) for _ in range(r.randint(0, most)))


# Each of these returns a schema and a function that makes a value for it: valid, and with its members in order.

def make_string(r, depth):
    kind = r.randrange(5)
    schema = {'type': 'string'}
    if kind == 0:
        return schema, lambda r: text(r, 10)
    if kind == 1:
        least, more = r.randint(0, 6), r.randint(0, 9)
        if r.random() < 0.7:
            schema['minLength'] = least
        else:
            least = 0
        if r.random() < 0.7:
            schema['maxLength'] = least + more
        return schema, lambda r: ''.join(r.choice(LETTERS) for _ in range(r.randint(least, least + more)))
    if kind == 2:
        schema['pattern'], make = r.choice(PATTERNS)
        return schema, make
    if kind == 3:
        schema['format'] = r.choice(FORMATS)
        return schema, None
    pattern, make = r.choice(PATTERNS)
    schema |= {'pattern': pattern, 'minLength': r.randint(0, 2), 'maxLength': r.randint(8, 30)}
    return schema, make


def make_integer(r, depth):
    schema = {'type': 'integer'}
    least, most = sorted(r.choice([0, 1, -1, 9, 10, 99, 100, -10, -999, 12345, r.randint(-10**6, 10**6), r.randint(-100, 100)]) for _ in range(2))
    ends = r.randrange(4)
    if ends in (1, 3):
        schema['minimum'] = least
    if ends in (2, 3):
        schema['maximum'] = most
    step = r.choice([1, 1, 1, 2, 3, 5, 7, 10, 25])
    if ends == 3 and least < most and r.random() < 0.3:
        schema['exclusiveMinimum'] = schema.pop('minimum')
        least += 1
    low, high = (least if ends in (1, 3) else (most if ends == 2 else 0) - 10**6), (most if ends in (2, 3) else (least if ends == 1 else 0) + 10**6)
    if step > 1 and high - low >= step:
        schema['multipleOf'] = step
        return schema, lambda r: r.randint(-(-low // step), high // step) * step
    return schema, lambda r: r.randint(low, high)


def make_number(r, depth):
    schema = {'type': 'number'}
    least, most = sorted(r.choice([0, 0.5, -0.5, 1, -1, 2.25, 3.125, 10, 99.5, -1000.75, r.randint(-10**6, 10**6) / 64]) for _ in range(2))
    ends = r.randrange(4)
    if ends in (1, 3):
        schema['minimum'] = least
    if ends in (2, 3):
        schema['maximum'] = most
    low, high = (least if ends in (1, 3) else (most if ends == 2 else 0) - 1000), (most if ends in (2, 3) else (least if ends == 1 else 0) + 1000)
    return schema, lambda r: r.choice([low, high, round(low + (high - low) * 0.375, 3)]) if low <= round(low + (high - low) * 0.375, 3) <= high else low


def make_constant(r, depth):
    values = r.sample([None, True, False, 0, 1.5, -3, 'red', 'grün', '"', '', [], [1, 'x'], {}, {'a': [None]}, 10**20, 'a\nb', 123456789012], r.randint(1, 5))
    if len(values) == 1:
        return {'const': values[0]}, lambda r: values[0]
    return {'enum': values}, lambda r: r.choice(values)


def make_plain(r, depth):
    kind = r.choice(['null', 'boolean', 'any'])
    if kind == 'any':
        return r.choice([{}, True]), lambda r: r.choice([None, 1, 'x', [1, {}], {'a': {'b': []}}])
    return {'type': kind}, lambda r: None if kind == 'null' else r.choice([True, False])


def make_array(r, depth):
    schema = {'type': 'array'}
    prefix = [make(r, depth - 1) for _ in range(r.choice([0, 0, 0, 1, 2]))]
    item, of_item = make(r, depth - 1)
    least, more = r.randint(0, 3), r.randint(0, 3)
    if prefix:
        schema['prefixItems'] = [one for one, _ in prefix]
    schema['items'] = item
    if r.random() < 0.5:
        schema['minItems'] = least
    else:
        least = 0
    if r.random() < 0.5:
        schema['maxItems'] = least + more
    makers = [of for _, of in prefix]

    def value(r):
        n = r.randint(least, least + more)
        return [(makers[i] if i < len(makers) else of_item)(r) for i in range(n)]
    return schema, value if of_item and all(makers) else None


def make_object(r, depth):
    names = r.sample(NAMES, r.randint(0, 5))
    members = {name: make(r, depth - 1) for name in names}
    required = [name for name in names if r.random() < 0.5]
    schema = {'type': 'object', 'properties': {name: one for name, (one, _) in members.items()}}
    if required:
        schema['required'] = r.sample(required, len(required))
    others, of_others = r.choice([(None, None), (False, None), ({'type': 'integer'}, lambda r: r.randint(0, 9)), ({'type': 'string', 'maxLength': 3}, lambda r: 'xy')])
    if others is not None:
        schema['additionalProperties'] = others
    if r.random() < 0.2:
        schema['patternProperties'] = {'^z[0-9]': {'type': 'boolean'}}
    if names and r.random() < 0.2:
        schema['minProperties'] = r.randint(0, len(names))
    if r.random() < 0.2:
        schema['maxProperties'] = max(len(required), schema.get('minProperties', 0)) + r.randint(0, 3)
    if r.random() < 0.1 and len(names) > 1:
        schema['dependentRequired'] = {names[0]: [names[1]]}
    if r.random() < 0.1:
        schema['propertyNames'] = {'maxLength': 10}
    if not all(of for _, of in members.values()):
        return schema, None

    def value(r):
        out = {name: of(r) for name, (_, of) in members.items() if name in required or r.random() < 0.5}
        # Of members that are not listed one counts for "minProperties", since two might have the same name.
        few = 'minProperties' in schema
        if of_others and not few and r.random() < 0.5:
            out['other'] = of_others(r)
        if 'patternProperties' in schema and not few and r.random() < 0.5:
            out['z7'] = True
        return out
    return schema, value


def make_choice(r, depth):
    kind = r.randrange(4)
    options = [make(r, depth - 1) for _ in range(r.randint(2, 3))]
    if kind == 0:
        return {'anyOf': [one for one, _ in options]}, r.choice(options)[1]
    if kind == 1:
        # Alternatives that a constant tells apart.
        alternatives = [{'type': 'object', 'properties': {'kind': {'const': f'k{i}'}, 'value': one}, 'required': ['kind', 'value'], 'additionalProperties': False} for i, (one, _) in enumerate(options)]
        i = r.randrange(len(options))
        return {'oneOf': alternatives}, options[i][1] and (lambda r: {'kind': f'k{i}', 'value': options[i][1](r)})
    if kind == 2:
        return {'oneOf': [{'type': 'string', 'maxLength': 5}, {'type': 'integer', 'maximum': 3}, {'type': 'integer', 'minimum': 4}, {'type': 'null'}]}, lambda r: r.choice(['', 'abcde', 3, 4, None])
    base, more = make_object(r, depth - 1)[0], make_object(r, depth - 1)[0]
    return {'allOf': [base, more], 'type': 'object'}, None


def make(r, depth):
    if depth <= 0:
        return r.choice([make_string, make_integer, make_number, make_constant, make_plain])(r, depth)
    return r.choice([make_string, make_integer, make_number, make_constant, make_plain, make_array, make_array, make_object, make_object, make_choice])(r, depth)


def make_root(r):
    schema, value = make(r, 3)
    if isinstance(schema, dict) and schema.get('type') == 'object' and r.random() < 0.15:
        # A tree.
        schema = {'$defs': {'node': {'type': 'object', 'properties': {'value': schema, 'next': {'anyOf': [{'type': 'null'}, {'$ref': '#/$defs/node'}]}}, 'required': ['next']}}, '$ref': '#/$defs/node'}
        return schema, None
    return schema, value


def check(name):
    """What the validator's own formats do not know without further packages."""
    return {
        'hostname': r'[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*', 'uri': r'[A-Za-z][A-Za-z0-9+.-]*:\S+', 'duration': r'P(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)',
        'date-time': r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)', 'time': r'\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)',
    }[name]


CHECKER = jsonschema.FormatChecker(formats=('date', 'email', 'ipv4', 'ipv6', 'uuid'))
for format_name in ('hostname', 'uri', 'duration', 'date-time', 'time'):
    CHECKER.checkers[format_name] = (lambda value, pattern=check(format_name): not isinstance(value, str) or re.fullmatch(pattern, value) is not None, ())


class SchemasTest(unittest.TestCase):
    maxDiff = None
    seed, count = 1, 1000

    def test_random_schemas(self):
        print(f'# seed {self.seed}', flush=True)
        began = time.monotonic()
        questions, schemas = [], []
        for i in range(self.count):
            r = random.Random(f'{self.seed} {i}')
            schema, value = make_root(r)
            validator = jsonschema.Draft202012Validator(schema, format_checker=CHECKER)
            values = [value(r) for _ in range(4)] if value else []
            # Steps and lengths are drawn independently of each other, so that not all that was made is valid.
            texts = [json.dumps(one, ensure_ascii=r.random() < 0.3 and not patterned(schema), indent=r.choice([None, 2])) for one in values if validator.is_valid(one)]
            questions.append({'schema': json.dumps(schema), 'texts': texts, 'samples': 4, 'seed': i, 'tight': False})
            schemas.append((schema, validator))
        answers = cases.ask(questions, '--model', cases.model_file(os.environ.get('MELETE_GRAMMAR_MODEL', 'smollm2-135m-instruct.gguf')))
        wrong, refused, n_samples, n_texts = [], {}, 0, 0
        for (schema, validator), question, answer in zip(schemas, questions, answers):
            if 'error' in answer:
                reason = re.sub(r'#\S*', '#', answer['error'])[:70]
                refused.setdefault(reason, []).append(json.dumps(schema))
                if question['texts'] and 'No value' in reason:
                    wrong.append(f'has a value: {json.dumps(schema)}: {question["texts"][0]}')
                continue
            for sample in answer['samples']:
                n_samples += 1
                try:
                    good = validator.is_valid(json.loads(sample))
                except ValueError:
                    good = False
                if not good:
                    wrong.append(f'not valid: {json.dumps(schema)}: {sample!r}')
            for text_, fits in zip(question['texts'], answer['fits']):
                n_texts += 1
                if not fits:
                    wrong.append(f'must fit: {json.dumps(schema)}: {text_}')
        print(f'# {self.count} schemas in {time.monotonic() - began:.0f} s: {n_samples} samples, {n_texts} texts, refused:', flush=True)
        for reason, which in refused.items():
            print(f'#   {len(which)}: {reason}', flush=True)
        self.assertEqual(wrong[:5], [], f'{len(wrong)} are wrong')
        # A few contradict themselves.
        self.assertLess(sum(map(len, refused.values())), self.count // 10)


def patterned(schema):
    """Whether texts of it are written in one way alone: then letters are not escaped."""
    return any(word in json.dumps(schema) for word in ('"pattern', '"format"', '"const"', '"enum"', '"properties"', 'propertyNames'))


if __name__ == '__main__':
    if len(sys.argv) > 1:
        SchemasTest.seed = int(sys.argv[1])
    if len(sys.argv) > 2:
        SchemasTest.count = int(sys.argv[2])
    sys.exit(tap.main(SchemasTest))
