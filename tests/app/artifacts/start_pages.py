#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of starting points in WebKit: start_pages.py TOOL LOOK. That each draws without complaint at which widths, and answers real keys. Prints TAP."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../..'))
import tap  # noqa: E402

TOOL, LOOK = sys.argv[1:3]

# What the page shows now. Pictures of canvases as numbers that change with them.
STATE = """
const canvas = document.querySelector('canvas');
const sum = canvas ? [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].reduce((all, one, i) => (all * 31 + one * (i % 97)) % 1000000007, 7) : 0;
return {
  text: document.getElementById('app').innerText, sum, over: document.querySelector('.over') ? document.querySelector('.over').hidden : null,
  values: [...document.querySelectorAll('output')].map(one => one.dataset.value), clock: (document.querySelector('.clock') || {}).textContent,
  up: document.querySelectorAll('.tile.up').length, checked: document.querySelectorAll(':checked').length, strokes: canvas ? canvas.dataset.strokes : null,
  nameless: [...document.querySelectorAll('button, input, select, textarea')].filter(one => !(one.textContent.trim() || one.getAttribute('aria-label') || one.closest('label'))).length,
  broken: Boolean(window.broken),
};
"""
# Keys, and what they have to do. A game on a canvas has begun, and something moved.
PLAY = {
    'snake': ('space Down Down Left', lambda a, b: b['over'] and a['sum'] != b['sum']),
    'breakout': ('space Left Left', lambda a, b: b['over'] and a['sum'] != b['sum']),
    'catch': ('space Right', lambda a, b: b['over'] and a['sum'] != b['sum']),
    'jump': ('space Up', lambda a, b: b['over'] and a['sum'] != b['sum']),
    'typing': ('space p a n', lambda a, b: b['over'] and a['sum'] != b['sum']),
    'memory': ('Tab Tab Tab space Right space', lambda a, b: b['up'] >= 2),
    'quiz': ('1', lambda a, b: 'Right' in b['text'] or 'The answer is' in b['text']),
    'twenty48': ('Left Up Left Down', lambda a, b: a['text'] != b['text']),
    'tictactoe': ('Tab Tab Tab space', lambda a, b: 'X' in b['text'] and 'O' in b['text']),
    'timer': ('space', lambda a, b: 'Pause' in b['text']),
    'calculator': ('Tab Tab 2 0 0', lambda a, b: a['values'] != b['values'] and len(b['values']) == len(a['values'])),
    'converter': ('Tab 2 0 0', lambda a, b: a['values'] != b['values']),
    'flashcards': ('Tab Tab space', lambda a, b: a['text'] != b['text']),
    'checklist': ('Tab Tab space', lambda a, b: b['checked'] == a['checked'] + 1),
    'drawing': ('Tab Tab space Right Right Down space', lambda a, b: b['strokes'] == '1'),
    'page': ('Tab A n n Tab Tab Tab space', lambda a, b: 'Saved' in b['text']),
}
NASTY = '</script><script>window.broken = 1</script> <img src=x onerror="window.broken = 1">'


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        made = subprocess.run([TOOL, '--examples', cls.folder.name], capture_output=True, text=True, check=True)
        cls.starts = [json.loads(line) for line in made.stdout.splitlines()]
        with open(os.path.join(cls.folder.name, 'state.js'), 'w') as file:
            file.write(STATE)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def look(self, pages, *how):
        state = os.path.join(self.folder.name, 'state.js')
        seen = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), LOOK, *pages, '--script', state, '--then', state, *how], capture_output=True, text=True)
        self.assertEqual(seen.returncode, 0, seen.stderr)
        lines = [json.loads(line) for line in seen.stdout.splitlines() if line.startswith('{')]
        for line in lines:
            self.assertEqual(line['log'] + line.get('late', []), [], pages[line['page']])
            self.assertEqual(line['overflow'], 0, pages[line['page']])
            self.assertIn('ready', [name for name, _ in line['reports']])
            self.assertEqual(line['answer']['nameless'], 0, pages[line['page']])
            self.assertFalse(line['answer']['broken'])
        return lines

    def test_each_draws(self):
        pages = [start['page'] for start in self.starts]
        lines = self.look(pages, '--width', '320', '--width', '1200')
        self.assertEqual(len(lines), 2 * len(pages))

    def test_each_answers_keys(self):
        self.assertEqual(sorted(PLAY), sorted(start['start'] for start in self.starts))
        keys = [one for start in self.starts for one in ('--keys', PLAY[start['start']][0])]
        lines = self.look([start['page'] for start in self.starts], '--width', '700', *keys)
        wrong = [(start['start'], line['answer'], line['then']) for start, line in zip(self.starts, lines) if not PLAY[start['start']][1](line['answer'], line['then'])]
        self.assertEqual(wrong, [])

    def test_words_that_break_things(self):
        pages = []
        for name, spec in {'memory': {'cards': [NASTY[:18], 'B', 'C', 'D']}, 'quiz': {'questions': [{'question': NASTY, 'right': NASTY[:50], 'wrong': ['B']}]}, 'page': {'sections': [{'type': 'text', 'heading': NASTY[:60], 'text': NASTY}]}}.items():
            file, page = os.path.join(self.folder.name, name + '.json'), os.path.join(self.folder.name, 'nasty-' + name + '.html')
            with open(file, 'w') as out:
                json.dump({'start': name, 'title': NASTY[:50], **spec}, out)
            subprocess.run([TOOL, '--page', page, file], check=True)
            pages.append(page)
        self.look(pages, '--width', '320', '--dark')


sys.exit(tap.main(Pages))
