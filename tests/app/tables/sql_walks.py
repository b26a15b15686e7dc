#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random walks through the grammar of SQL: whatever can be written is a statement for SQLite's parser, and AppQuery runs it or says in a sentence why not. Prints TAP.

Names that people give are the tables' own, as bad as they come. The grammar is read here once more, by a reader of its own, so that nothing is shared with the engine; the engine must admit
each walk, too."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

WALKS = 400
# What SQLite's parser says, and nothing else does; the sentence around it is AppQuery's.
SYNTAX = re.compile(r'syntax error|unrecognized token|incomplete input|unterminated|no such (table|function)|There is no table|only reads|is not allowed|several statements|is empty')
# What may be wrong with a statement that is one; anything else is a finding.
MEANING = re.compile(r'misuse of aggregate|There is no column|ambiguous column|term out of range|ORDER BY|GROUP BY|too large|too many|too complex|a JOIN clause|ON clause|parser stack overflow|Expression tree is too large')


class Grammar:
    """GBNF, as far as we write it. A rule is a list of alternatives, each a list of (piece, least, most)."""
    def __init__(self, text):
        self.rules = {}
        for line in text.splitlines():
            name, self.text = line.split(' ::= ', 1)
            self.at = 0
            if name in self.rules:
                raise ValueError(f'{name} is there twice')
            self.rules[name] = self.alternatives()
            if self.at != len(self.text):
                raise ValueError(line)
        self.least = {}
        changed = True
        while changed: # the fewest pieces that a rule must become
            changed = False
            for name, rule in self.rules.items():
                cost = min(self.cost(alternative) for alternative in rule) + 1
                if cost < self.least.get(name, 1e9):
                    self.least[name], changed = cost, True

    def skip(self):
        while self.text[self.at:self.at + 1] == ' ':
            self.at += 1

    def alternatives(self):
        found = [[]]
        while True:
            self.skip()
            c = self.text[self.at:self.at + 1]
            if c in ('', ')'):
                return found
            if c == '|':
                found.append([])
                self.at += 1
                continue
            piece = self.piece()
            least, most = 1, 1
            match = re.compile(r'[*+?]|\{(\d+),(\d+)\}|\{(\d+)\}').match(self.text, self.at)
            if match:
                self.at = match.end()
                least, most = {'*': (0, 4), '+': (1, 4), '?': (0, 1)}.get(match[0], None) or (int(match[1] or match[3]), int(match[2] or match[3]))
            found[-1].append((piece, least, most))

    def unescape(self):
        c = self.text[self.at]
        self.at += 1
        if c != '\\':
            return c
        c = self.text[self.at]
        self.at += 1
        if c == 'x':
            self.at += 2
            return chr(int(self.text[self.at - 2:self.at], 16))
        return c

    def piece(self):
        c = self.text[self.at]
        if c == '"':
            self.at += 1
            text = ''
            while self.text[self.at] != '"':
                text += self.unescape()
            self.at += 1
            return text
        if c == '(':
            self.at += 1
            group = self.alternatives()
            self.at += 1
            return group
        if c == '[':
            self.at += 1
            inverted = self.text[self.at] == '^'
            self.at += inverted
            members = []
            while self.text[self.at] != ']':
                first = self.unescape()
                if self.text[self.at] == '-':
                    self.at += 1
                    members += [chr(c) for c in range(ord(first), ord(self.unescape()) + 1)]
                else:
                    members.append(first)
            self.at += 1
            return (inverted, members)
        match = re.compile('[a-z0-9-]+').match(self.text, self.at)
        self.at = match.end()
        return ('rule', match[0])

    def cost_of(self, piece):
        if isinstance(piece, list):
            return min(self.cost(alternative) for alternative in piece)
        return self.least.get(piece[1], 1e6) if isinstance(piece, tuple) and piece[0] == 'rule' else 0

    def cost(self, alternative):
        return sum(self.cost_of(piece) * least for piece, least, _ in alternative)

    def walk(self, draw, piece, budget):
        """`budget`: pieces that it may become; when that is spent, the shortest way."""
        if isinstance(piece, str):
            return piece
        if isinstance(piece, tuple) and piece[0] != 'rule':
            inverted, members = piece
            return draw.choice([c for c in 'abz09 %_"\\;-()äß€\U0001f600' if c not in members]) if inverted else draw.choice(members)
        choices = self.rules[piece[1]] if isinstance(piece, tuple) else piece
        if budget <= 0:
            least = min(self.cost(choice) for choice in choices)
            choices = [choice for choice in choices if self.cost(choice) == least]
        text = ''
        for part, least, most in draw.choice(choices):
            most = least if budget <= 0 else min(most, least + 3)
            for _ in range(draw.randint(least, most)):
                text += self.walk(draw, part, budget - 1 - draw.randint(0, 1))
        return text


FILES = {
    'sales.csv': 'region,amount,day,"say ""hi""",paid,when\nnorth,10,2024-01-05,a\\b,true,2024-01-05 10:30:00\nsouth,2.5,2024-01-06,it\'s,false,2024-01-06 11:00:00\n',
    'order.csv': 'select,from,"]","[a-z]",\\x41,größe,東京,100%,"a\nb",::=,|,"",group\n' + 'x,1,2,3,4,5,6,7,8,9,10,11,12\ny,2,2,3,4,5,6,7,8,9,10,11,13\n',
    'people.csv': 'region,name,id,start\nnorth,Ann,1,09:30\nsouth,Bo,2,10:45\n',
    'many.csv': ','.join(f'column {i}' for i in range(400)) + '\n' + ','.join(str(i) if i % 2 else f'v{i}' for i in range(400)) + '\n',
}
SETS = (('sales.csv',), ('order.csv',), ('sales.csv', 'people.csv'), ('sales.csv', 'people.csv', 'order.csv'), ('many.csv',), ('sales.csv', 'copy/sales.csv'),
        ('sales.csv', 'people.csv', 'order.csv', 'many.csv', 'copy/people.csv'))
# Questions; tables that are kept; and such as change one.
BASE = 'SELECT *, amount * 2 AS "Twice, 100 %", region || amount FROM sales'
CASES = [(names, ()) for names in SETS] + [(names, ('--kept',)) for names in (SETS[1], SETS[2])] + [(SETS[2], ('--adds',))] + [(('sales.csv', 'people.csv'), ('--kept', '--base', BASE))]


def main():
    program, seed = sys.argv[1], int(os.environ.get('SEED', '1'))
    failed = False
    print(f'1..{len(CASES)}\n# seed {seed}', flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'copy'))
        for name, text in FILES.items():
            for place in (name, f'copy/{name}'):
                with open(os.path.join(folder, place), 'w') as file:
                    file.write(text if place == name else text + text.splitlines()[-1] + '\n')
        for number, (names, more) in enumerate(CASES, 1):
            command = [program, os.path.join(folder, f'datasets-{number}'), *(os.path.join(folder, name) for name in names), *more]
            text = subprocess.run([*command, '--grammar'], capture_output=True, text=True, check=True).stdout
            grammar, draw = Grammar(text), random.Random(f'{seed}/{number}')
            # Not by the fewest pieces alone: each walk has room of its own.
            walks = [grammar.walk(draw, ('rule', 'root'), draw.choice((3, 8, 14, 20))) for _ in range(WALKS)]
            walks = [walk for walk in walks if len(walk.encode()) < 50000]
            checked = subprocess.run([*command, '--check'], input='\n'.join(walks) + '\n', capture_output=True, text=True)
            answers = [json.loads(line) for line in checked.stdout.splitlines()]
            problems = [] if checked.returncode == 0 and len(answers) == len(walks) else [f'the program failed: {checked.stderr}']
            for walk, answer in zip(walks, answers):
                error = answer['error']
                if not answer['fits']:
                    problems.append(f'the engine does not admit: {walk}')
                elif error and (SYNTAX.search(error) or not MEANING.search(error)):
                    problems.append(f'{error}: {walk}')
            runs = sum(answer['error'] is None for answer in answers)
            print(f'# {" ".join((*names, *more))}: {len(text):,} bytes of grammar; {runs} of {len(walks)} walks can be run, of {sum(map(len, walks)) // max(len(walks), 1)} characters on average')
            print(f'{"not ok" if problems else "ok"} {number} {" ".join((*names, *more[:2]))}', flush=True)
            for problem in problems[:5]:
                print(f'# {problem[:2000]}')
            failed |= bool(problems)
    return failed


sys.exit(main())
