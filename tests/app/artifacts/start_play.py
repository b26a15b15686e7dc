# SPDX-License-Identifier: GPL-3.0-or-later
"""How each starting point is played with real keys, for its test and for ./dev bench visual."""

# What the page shows now. Pictures of canvases as numbers that change with them.
STATE = """
const canvas = document.querySelector('canvas');
const sum = canvas ? [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].reduce((all, one, i) => (all * 31 + one * (i % 97)) % 1000000007, 7) : 0;
return {
  text: document.getElementById('app').innerText, sum, over: document.querySelector('.over') ? document.querySelector('.over').hidden : null,
  values: [...document.querySelectorAll('output')].map(one => one.dataset.value), clock: (document.querySelector('.clock') || {}).textContent,
  up: document.querySelectorAll('.tile.up').length, checked: document.querySelectorAll(':checked').length, strokes: canvas ? canvas.dataset.strokes : null,
  nameless: [...document.querySelectorAll('button, input, select, textarea')].filter(one => !(one.textContent.trim() || one.getAttribute('aria-label') || one.closest('label'))).length,
  lit: document.querySelectorAll('.lit').length, broken: Boolean(window.broken),
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
    'tictactoe': ('Tab Tab Tab space', lambda a, b: a['text'] != b['text']),
    'timer': ('space', lambda a, b: 'Pause' in b['text']),
    'calculator': ('Tab Tab 2 0 0', lambda a, b: a['values'] != b['values'] and len(b['values']) == len(a['values'])),
    'converter': ('Tab 2 0 0', lambda a, b: a['values'] != b['values']),
    'flashcards': ('Tab Tab space', lambda a, b: a['text'] != b['text']),
    'checklist': ('Tab Tab space', lambda a, b: b['checked'] == a['checked'] + 1),
    'drawing': ('Tab Tab space Right Right Down space', lambda a, b: b['strokes'] == '1'),
    'diagram': ('Tab', lambda a, b: b['lit'] >= 1),
    'page': ('Tab A n n Tab Tab Tab space', lambda a, b: 'Saved' in b['text']),
}
