# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of calls in llama.cpp's own tests of chats: its C++ statements `tst.test (…).tools (…).expect (…).run ()`, read and worked out."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '../grammar')]
import cases  # noqa: E402


class Unknown(Exception):
    """A piece of C++ that is not read here."""


def message(content='', reasoning='', calls=()):
    return {'content': content, 'reasoning': reasoning, 'calls': list(calls)}


def call(name='', arguments='', identity=''):
    return {'name': name, 'arguments': arguments, 'id': identity if isinstance(identity, str) else ''}


def simple(content='', reasoning='', name='', arguments='', identity=''):
    return message(content, reasoning, [call(name, arguments, identity)] if name or identity else [])


FUNCTIONS = {
    'simple_assist_msg': simple,
    'message_with_tool_calls': lambda name, arguments: simple('', '', name, arguments),
    'message_with_tool_calls_and_reasoning': lambda name, arguments, reasoning: simple('', reasoning, name, arguments),
    'message_with_content_and_tool_call': lambda content, name, arguments: simple(content, '', name, arguments),
    'message_with_reasoning_and_tool_call': lambda reasoning, name, arguments: simple('', reasoning, name, arguments),
    'message_with_reasoning_content_and_multiple_tool_calls': lambda reasoning, content, calls: message(content, reasoning, [call(*one) for one in calls]),
    'std::string': lambda text='': text,
}


class Reader:
    """Works out expressions: texts, sums of them, lists in braces, names that are known, and the functions above."""

    def __init__(self, tokens, at, names):
        self.tokens, self.at, self.names = tokens, at, names

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ('end', '')

    def take(self, sign):
        if self.peek() != ('sign', sign):
            raise Unknown(f'{sign} expected, not {self.peek()}')
        self.at += 1

    def items(self, closer):
        out = []
        while self.peek() != ('sign', closer):
            if self.peek() == ('end', ''):
                raise Unknown('no end')
            out.append(self.expression())
            if self.peek() == ('sign', ','):
                self.at += 1
        self.at += 1
        return out

    def one(self):
        kind, value = self.peek()
        self.at += 1
        if kind == 'text':
            return value
        if (kind, value) == ('sign', '{'):
            return self.items('}')
        if (kind, value) == ('sign', '('):
            inner = self.expression()
            self.take(')')
            return inner
        if kind != 'word':
            raise Unknown(f'{kind} {value}')
        if self.peek() == ('sign', '('):
            self.at += 1
            arguments = self.items(')')
            if value not in FUNCTIONS:
                raise Unknown(value)
            return FUNCTIONS[value](*arguments)
        if value in ('true', 'false'):
            return value == 'true'
        if value in self.names:
            return self.names[value]
        return ('name', value)

    def expression(self):
        left = self.one()
        while self.peek() == ('sign', '+'):
            self.at += 1
            right = self.one()
            if not isinstance(left, str) or not isinstance(right, str):
                raise Unknown('a sum of other things than texts')
            left += right
        return left


def skip(tokens, at):
    """Behind the bracket that closes the one at `at`."""
    depth = 0
    while True:
        depth += {'(': 1, '{': 1, '[': 1, ')': -1, '}': -1, ']': -1}.get(tokens[at][1], 0) if tokens[at][0] == 'sign' else 0
        at += 1
        if depth == 0:
            return at


def statement(tokens, at, names, template):
    """A chain behind `test`, whose `(` is at `at`."""
    reader = Reader(tokens, at, names)
    case = {'template': template, 'tools': [], 'message': message(), 'options': {}}
    reader.take('(')
    case['text'] = reader.expression()
    reader.take(')')
    while reader.peek() == ('sign', '.'):
        name = reader.peek(1)[1]
        reader.at += 2
        if name in ('messages', 'json_schema', 'continue_final_message', 'reasoning_format'):
            case['options'][name] = True
            reader.at = skip(tokens, reader.at)
            continue
        reader.take('(')
        arguments = reader.items(')')
        if name == 'tools':
            case['tools'] = arguments[0]
        elif name == 'expect':
            case['message'] = arguments[0]
        elif name == 'expect_content':
            case['message'] = {**case['message'], 'content': arguments[0]}
        elif name == 'expect_reasoning':
            case['message'] = {**case['message'], 'reasoning': arguments[0]}
        elif name == 'expect_tool_calls':
            case['message'] = {**case['message'], 'calls': [call(*one) for one in arguments[0]]}
        elif name == 'run':
            return case
        else:
            case['options'][name] = arguments[0] if arguments else True
    raise Unknown('no run ()')


def read(path):
    """The cases, and how many statements are not read."""
    with open(path, encoding='utf-8') as file:
        tokens = cases.tokens(file.read())
    names, found, unread, template = {}, [], [], None
    for at in range(len(tokens) - 2):
        if tokens[at] == ('word', 'common_chat_tool') and tokens[at + 1][0] == 'word' and tokens[at + 2] == ('sign', '{'):
            try:
                parts = Reader(tokens, at + 2, names).one()
                names[tokens[at + 1][1]] = dict(zip(('name', 'description', 'parameters'), [part for part in parts if isinstance(part, str)]))
            except Unknown:
                pass
        elif tokens[at] in (('word', 'common_chat_msg'), ('word', 'std::string'), ('word', 'string'), ('word', 'auto')) and tokens[at + 1][0] == 'word' and tokens[at + 2] == ('sign', '='):
            try:
                value = Reader(tokens, at + 3, names).expression()
                if isinstance(value, (str, dict)):
                    names[tokens[at + 1][1]] = value
            except Unknown:
                pass
        if tokens[at] == ('word', 'peg_tester') and tokens[at + 1] == ('sign', '('):
            template = tokens[at + 2][1] if tokens[at + 2][0] == 'text' else None
        elif tokens[at][0] == 'word' and re.fullmatch(r'tst\d?', tokens[at][1]) and tokens[at + 1] == ('sign', '.') and tokens[at + 2] == ('word', 'test'):
            try:
                found.append(statement(tokens, at + 3, names, template))
            except (Unknown, TypeError) as error:
                unread.append((template, str(error)))
    return found, unread
