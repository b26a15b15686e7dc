// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  const lines = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]];
  const shell = Kit.shell({ stats: ['you', 'draw', 'machine'], noisy: true, onrestart: () => begin() });
  const board = el('div', { class: 'board ttt', role: 'group', 'aria-label': spec.title }), note = el('p', { class: 'small' }), again = el('button', { type: 'button', class: 'main', onclick: () => begin() }, words.again);
  const other = spec.machine === spec.you ? (spec.you === 'O' ? 'X' : 'O') : spec.machine;
  let cells, over, first = true;
  const wins = { you: 0, draw: 0, machine: 0 };

  const winner = () => { const line = lines.find(([a, b, c]) => cells[a] && cells[a] === cells[b] && cells[b] === cells[c]); return line ? { line, who: cells[line[0]] } : cells.every(Boolean) ? { line: [], who: 'draw' } : null; };
  // The best outcome that `who` can reach: 1 for the machine, -1 for the person.
  const value = (who, depth) => {
    const end = winner();
    if (end)
      return end.who === 'machine' ? 10 - depth : end.who === 'you' ? depth - 10 : 0;
    let best = who === 'machine' ? -99 : 99;
    for (let i = 0; i < 9; i++)
      if (!cells[i]) {
        cells[i] = who;
        const one = value(who === 'machine' ? 'you' : 'machine', depth + 1);
        cells[i] = null;
        best = who === 'machine' ? Math.max(best, one) : Math.min(best, one);
      }
    return best;
  };
  const think = () => {
    const free = cells.flatMap((cell, i) => cell ? [] : [i]);
    let choice = free[Math.floor(Math.random() * free.length)];
    if (spec.level === 'hard' || Math.random() < 0.35) {
      const valued = free.map(i => { cells[i] = 'machine'; const one = value('you', 0); cells[i] = null; return [one, i]; }), top = Math.max(...valued.map(one => one[0]));
      choice = Kit.shuffle(valued.filter(one => one[0] === top))[0][1];
    }
    cells[choice] = 'machine';
  };
  const draw = () => {
    const end = winner();
    [...board.children].forEach((button, i) => {
      const text = cells[i] === 'you' ? spec.you : cells[i] === 'machine' ? other : '';
      button.textContent = text;
      button.className = cells[i] === 'you' ? 'you' : cells[i] === 'machine' ? 'it' : '';
      button.classList.toggle('line', Boolean(end) && end.line.includes(i));
      button.disabled = Boolean(cells[i]) || Boolean(end);
      button.setAttribute('aria-label', say(words.field, Math.floor(i / 3) + 1, i % 3 + 1, text || words.free));
    });
    note.textContent = !end ? words.yourTurn : end.who === 'you' ? words.won : end.who === 'draw' ? words.draw : words.machineWins;
    again.hidden = !end;
    if (end && !over) {
      over = true;
      shell.set(end.who, ++wins[end.who]);
      Kit.store.set('wins', wins);
      Kit.sound(end.who === 'you' ? 'win' : end.who === 'draw' ? 'hit' : 'bad');
    }
    Kit.announce(note.textContent);
  };
  const set = (i) => {
    if (cells[i] || winner())
      return;
    cells[i] = 'you';
    Kit.sound('hit');
    if (!winner())
      think();
    draw();
    if (winner())
      again.focus({ preventScroll: true });
    else
      board.children[i].nextElementSibling && board.querySelector('button:enabled').focus({ preventScroll: true });
  };
  const begin = () => {
    cells = Array(9).fill(null);
    over = false;
    if (!first)
      cells[Math.floor(Math.random() * 9)] = Math.random() < 0.5 ? 'machine' : null;
    first = false;
    draw();
  };
  for (let i = 0; i < 9; i++)
    board.append(el('button', { type: 'button', onclick: () => set(i) }));
  board.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 }[event.key], buttons = [...board.children];
    if (!step)
      return;
    event.preventDefault();
    // Fields that are taken are passed over.
    for (let at = buttons.indexOf(document.activeElement) + step; at >= 0 && at < 9; at += step)
      if (!buttons[at].disabled) {
        buttons[at].focus();
        break;
      }
  });
  shell.root.append(board, el('div', { class: 'row middle' }, note, again));
  begin();
  Kit.store.get('wins').then(kept => { if (kept) for (const name of Object.keys(wins)) shell.set(name, wins[name] = Number(kept[name]) || 0); });
  Kit.ready();
})();
