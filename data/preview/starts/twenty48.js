// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  const shell = Kit.shell({ stats: ['score', 'best'], noisy: true, onrestart: () => begin(), hint: `${Kit.how} ${say(words.reach, spec.goal)}.` });
  const board = el('div', { class: 'board numbers', tabindex: '0', role: 'application', 'aria-label': words.playField });
  const note = el('div', { class: 'card row middle', hidden: true }, el('b', {}), el('button', { type: 'button', class: 'main', onclick: () => begin() }, words.again));
  let cells, score, over;

  const add = () => {
    const free = cells.flatMap((value, i) => value ? [] : [i]), at = free[Math.floor(Math.random() * free.length)];
    cells[at] = Math.random() < 0.9 ? 2 : 4;
    return at;
  };
  const draw = (fresh = -1) => {
    board.replaceChildren(...cells.map((value, i) => {
      const strength = value ? Math.log2(value) : 0;
      const fill = value ? `color-mix(in srgb, var(${strength > 7 ? '--c' : strength > 4 ? '--b' : '--a'}) ${strength > 4 ? Math.min(100, 55 + (strength - (strength > 7 ? 7 : 4)) * 15) : 14 + strength * 20}%, var(--card))` : '';
      return el('div', { class: `number${i === fresh ? ' new' : ''}`, 'data-value': String(value), style: value ? `background: ${fill}; color: ${strength > 2 ? 'var(--on)' : 'var(--ink)'}; ${value > 99 ? 'font-size: clamp(1rem, 5.4vw, 1.8rem)' : ''}` : null }, value ? String(value) : '');
    }));
    shell.set('score', score);
  };
  // One row towards its beginning.
  const slide = (row) => {
    const tight = row.filter(Boolean), result = [];
    for (let i = 0; i < tight.length; i++) {
      if (tight[i] === tight[i + 1]) {
        result.push(tight[i] * 2);
        score += tight[i++] * 2;
      } else {
        result.push(tight[i]);
      }
    }
    return [...result, 0, 0, 0, 0].slice(0, 4);
  };
  const lines = { left: (i, k) => i * 4 + k, right: (i, k) => i * 4 + 3 - k, up: (i, k) => k * 4 + i, down: (i, k) => (3 - k) * 4 + i };
  const moved = (way) => {
    const after = [...cells];
    for (let i = 0; i < 4; i++)
      slide([0, 1, 2, 3].map(k => cells[lines[way](i, k)])).forEach((value, k) => { after[lines[way](i, k)] = value; });
    return after;
  };
  const end = async (won) => {
    over = true;
    const reached = await Kit.best(score);
    shell.set('best', reached.value || 0);
    note.hidden = false;
    note.querySelector('b').textContent = `${won ? words.won : words.lost} · ${words.score}: ${score}`;
    Kit.announce(note.querySelector('b').textContent);
    Kit.sound(won ? 'win' : 'bad');
  };
  const move = (way) => {
    if (over)
      return;
    const after = moved(way);
    if (after.every((value, i) => value === cells[i]))
      return;
    cells = after;
    Kit.sound('step');
    draw(add());
    if (cells.some(value => value >= spec.goal)) {
      end(true);
    } else {
      const before = score, stuck = Object.keys(lines).every(one => moved(one).every((value, i) => value === cells[i]));
      score = before;
      if (stuck)
        end(false);
    }
  };
  const begin = () => {
    cells = Array(16).fill(0);
    score = 0;
    over = false;
    note.hidden = true;
    add();
    draw(add());
  };
  document.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }[event.key];
    if (way && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      move(way);
    }
  });
  let from = null;
  board.addEventListener('pointerdown', (event) => { from = event; board.setPointerCapture(event.pointerId); });
  board.addEventListener('pointerup', (event) => {
    const dx = event.clientX - from.clientX, dy = event.clientY - from.clientY;
    if (Math.hypot(dx, dy) > 24)
      move(Math.abs(dx) > Math.abs(dy) ? (dx < 0 ? 'left' : 'right') : dy < 0 ? 'up' : 'down');
  });
  shell.root.append(note, board);
  begin();
  Kit.best(null).then(reached => shell.set('best', reached.value || 0));
  Kit.ready();
})();
