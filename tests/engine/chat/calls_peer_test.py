#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls in llama.cpp's own tests of chats, read from its source: the same answers have the same calls here, at once and sign by sign. Says the result in TAP."""
import json
import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../grammar'), os.path.join(HERE, '../..')]
import cases  # noqa: E402
import peer_calls  # noqa: E402
import tap  # noqa: E402

# Where thoughts end; they are read by other code, so they are cut off before. A thought that a call cuts off has no end.
THOUGHT_ENDS = re.compile(r'</think>|\[/THINK\]|<channel\|>|<\|END_THINKING\|>|</seed:think>|</mm:think>|<\|close\|>think<\|sep\|>|\[BEGIN FINAL RESPONSE\]')

# Tests that speak of several templates in one loop.
SEVERAL = {
    'lfm2': ['LFM2-8B-A1B', 'LFM2.5-Instruct'],
    None: ['MiMo-VL', 'NousResearch-Hermes-3-Llama-3.1-8B-tool_use', 'Qwen-Qwen2.5-7B-Instruct'],
}


def ask(questions):
    lines = ''.join(json.dumps(question) + '\n' for question in questions)
    result = subprocess.run([os.environ['MELETE_ENGINE'], 'calls', '--cases'], input=lines, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f'melete-engine: {result.returncode}: {result.stderr}')
    return [json.loads(line) for line in result.stdout.split('\n') if line]


def value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def without_thought(case):
    """The answer, or None where it is one long thought."""
    text, reasoning = case['text'], case['message']['reasoning'].strip()
    end = None
    for end in THOUGHT_ENDS.finditer(text):
        if end.end() > text.find(reasoning) + len(reasoning) - 1:
            break
    if reasoning and reasoning in text and not (end and end.start() >= text.index(reasoning)):
        return text[text.index(reasoning) + len(reasoning):]
    if end and (reasoning or text[:end.start()].strip() in ('', '<think>', '<mm:think>', '<|START_THINKING|>')):
        return text[end.end():]
    return text


def read_cases():
    found, unread = peer_calls.read(cases.peer_file('tests/test-chat.cpp'))
    out = []
    for case in found:
        if not case['tools'] or any(not isinstance(tool, dict) for tool in case['tools']):
            continue
        names = [os.path.basename(case['template'])] if case['template'] else [f'{name}.jinja' for name in SEVERAL['lfm2' if 'tool_call_start' in case['text'] or 'link text' in case['text'] else None]]
        out += [{**case, 'template': name} for name in names]
    return out, found, unread


class CallsPeerTest(unittest.TestCase):
    maxDiff = None

    def questions(self, found, pieces):
        for case in found:
            with open(cases.peer_file(f'templates/{case["template"]}'), encoding='utf-8') as file:
                template = file.read()
            yield {'template': template, 'text': without_thought(case), 'pieces': pieces,
                   'tools': [{**tool, 'parameters': json.loads(tool.get('parameters') or '{}')} for tool in case['tools']]}

    def compare(self, pieces):
        found, every, unread = read_cases()
        self.assertEqual(unread, [])
        self.assertGreaterEqual(len(every), 425)
        self.assertGreaterEqual(len(found), 250)
        wrong, n_calls = [], 0
        for case, answer in zip(found, ask(list(self.questions(found, pieces)))):
            expected, partial = case['message'], case['options'].get('is_partial')
            where = f'{case["template"]} ({answer.get("format")}): {case["text"]!r}'
            if 'error' in answer:
                wrong.append(f'{where}: {answer["error"]}')
                continue
            ours = [(call['name'], value(call['arguments'])) for call in answer['calls']]
            theirs = [(call['name'], value(call['arguments'] or '{}')) for call in expected['calls']]
            n_calls += len(theirs)
            if partial:
                # What has come of a call: the name, and what the arguments begin with.
                ours, theirs = [name for name, _ in ours], [name for name, _ in theirs]
            elif answer['broken']:
                wrong.append(f'{where}: broken: {answer["broken"]}')
                continue
            if ours != theirs:
                wrong.append(f'{where}: {theirs}, not {ours} {answer["broken"]}')
            elif not partial and answer['text'].strip() != expected['content'].strip():
                wrong.append(f'{where}: the text is {expected["content"]!r}, not {answer["text"]!r}')
            elif not partial:
                identities = [(call['id'], other['id']) for call, other in zip(expected['calls'], answer['calls']) if call['id']]
                if any(a != b for a, b in identities) and not case['template'].startswith(('Kimi', 'moonshotai')):
                    wrong.append(f'{where}: ids {identities}')
        print(f'# {len(found)} answers, {n_calls} calls', flush=True)
        if wrong:
            self.fail('\n'.join([f'{len(wrong)} are read otherwise:', *wrong]))

    def test_formats(self):
        """A template is known by its text; some that no test of the peer has a call of, too."""
        known = {'meta-llama-Llama-3.1-8B-Instruct': 'llama3', 'meta-llama-Llama-3.2-3B-Instruct': 'llama3', 'Qwen-Qwen3-0.6B': 'hermes', 'Qwen-QwQ-32B': 'hermes', 'openai-gpt-oss-120b': 'harmony', 'muse-glimmer': 'muse',
                 'google-gemma-2-2b-it': 'generic', 'google-gemma-4-31B-it-interleaved': 'gemma4', 'ibm-granite-granite-3.3-2B-Instruct': 'granite3', 'MiniMax-M1': 'minimax_m1', 'upstage-Solar-Open-100B': 'solar',
                 'poolside-Laguna-S-2.1': 'glm_tight', 'microsoft-Phi-3.5-mini-instruct': 'generic', 'tencent-Hy3': 'generic', 'unsloth-mistral-Devstral-Small-2507': 'mistral_args'}
        questions = []
        for name in known:
            with open(cases.peer_file(f'templates/{name}.jinja'), encoding='utf-8') as file:
                questions.append({'template': file.read(), 'text': ''})
        self.assertEqual({name: answer['format'] for name, answer in zip(known, ask(questions))}, known)

    def test_at_once(self):
        self.compare(0)

    def test_sign_by_sign(self):
        self.compare(1)


if __name__ == '__main__':
    sys.exit(tap.main(CallsPeerTest))
