# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of grammars share: melete-engine grammar --cases, and the cases in the peer's C++ sources."""
import json
import os
import re
import subprocess

TOKEN = re.compile(r'''
    (?P<space>\s+|//[^\n]*|/\*.*?\*/) | R"(?P<mark>[^()\s\\]*)\((?P<raw>.*?)\)(?P=mark)" | "(?P<text>(?:[^"\\]|\\.)*)" |
    (?P<word>[A-Za-z_][A-Za-z0-9_:]*|[0-9][0-9a-zA-Z']*) | (?P<sign>.)''', re.S | re.X)
ESCAPES = {'n': '\n', 't': '\t', 'r': '\r', '0': '\0', '"': '"', '\\': '\\', "'": "'"}


def unescape(text):
    return re.sub(r'\\(x[0-9a-fA-F]+|.)', lambda m: chr(int(m[1][1:], 16)) if m[1][0] == 'x' and len(m[1]) > 1 else ESCAPES.get(m[1], m[1]), text, flags=re.S)


def tokens(source):
    """Pairs of a kind ("text", "word", "sign") and what it is; texts that stand side by side are one."""
    out = []
    for match in TOKEN.finditer(source):
        if match.lastgroup == 'space':
            continue
        if match['raw'] is not None or match['text'] is not None:
            text = match['raw'] if match['raw'] is not None else unescape(match['text'])
            if out and out[-1][0] == 'text':
                text = out.pop()[1] + text
            out.append(('text', text))
        else:
            out.append(('word', match['word']) if match['word'] else ('sign', match['sign']))
    return out


def arguments(all_tokens, at):
    """The arguments of the call whose opening bracket is all_tokens[at]: a text, a list of them, or None for what is neither. And where the call ends."""
    out, depth, one = [], 0, []

    def finish():
        kinds = [kind for kind, _ in one]
        if kinds == ['text']:
            out.append(one[0][1])
        elif one and one[0] == ('sign', '{') and all(token[0] == 'text' or token in (('sign', ','), ('sign', '{'), ('sign', '}')) for token in one):
            out.append([value for kind, value in one if kind == 'text'])
        elif kinds == ['word']:
            out.append((one[0][1],))
        elif one:
            out.append(None)
        one.clear()

    while True:
        token = all_tokens[at]
        if token[0] == 'sign' and token[1] in '({':
            depth += 1
            if depth > 1:
                one.append(token)
        elif token[0] == 'sign' and token[1] in ')}':
            depth -= 1
            if depth == 0:
                finish()
                return out, at
            one.append(token)
        elif token == ('sign', ',') and depth == 1:
            finish()
        else:
            one.append(token)
        at += 1


def calls(path, name, opening='('):
    """The arguments of all calls of a function in a source."""
    with open(path, encoding='utf-8') as file:
        all_tokens = tokens(file.read())
    for i in range(len(all_tokens) - 1):
        if all_tokens[i] == ('word', name) and all_tokens[i + 1] == ('sign', '('):
            at = i + 1 if opening == '(' else i + 2
            if all_tokens[at] == ('sign', opening):
                found = arguments(all_tokens, at)[0]
                # The function itself has types there.
                if found and found[0] is not None:
                    yield found


def peer_file(name):
    folder = os.environ.get('MELETE_PEER_DATA') or os.path.join(os.environ.get('XDG_DATA_HOME') or os.path.expanduser('~/.local/share'), 'melete/peer-data')
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        raise FileNotFoundError(f'There is no file {path}. "./dev test" fetches it; or set MELETE_PEER_DATA to the directory that has it.')
    return path


def model_file(name):
    folder = os.environ.get('MELETE_MODELS') or os.path.join(os.environ.get('XDG_DATA_HOME') or os.path.expanduser('~/.local/share'), 'melete/models')
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        raise FileNotFoundError(f'There is no file {path}. "./dev test" fetches it; or set MELETE_MODELS to the directory that has it.')
    return path


def ask(cases, *options):
    """What melete-engine says to each case."""
    lines = ''.join(json.dumps(case) + '\n' for case in cases)
    result = subprocess.run([os.environ['MELETE_ENGINE'], 'grammar', '--cases', *options], input=lines, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f'melete-engine: {result.returncode}: {result.stderr}')
    return [json.loads(line) for line in result.stdout.split('\n') if line]
