// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs of cards, each with a sign of its own and its word.
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  const board = el('div', { class: `board pairs${spec.cards.length > 8 ? ' many' : ''}`, role: 'group', 'aria-label': spec.title });
  const shell = Kit.shell({ stats: ['moves', 'best'], noisy: true, onrestart: () => deal() });
  let tiles = [], open = [], met = 0, moves = 0, waiting = 0;

  const name = (tile, i) => tile.button.setAttribute('aria-label', tile.up || tile.met ? tile.word : say(words.hidden, i + 1));
  const turn = (tile, up) => {
    tile.up = up;
    tile.button.classList.toggle('up', up || tile.met);
    name(tile, tiles.indexOf(tile));
  };
  const close = () => {
    clearTimeout(waiting);
    waiting = 0;
    open.forEach(tile => turn(tile, false));
    open = [];
  };
  const choose = async (tile) => {
    if (waiting)
      close();
    if (tile.up || tile.met)
      return;
    turn(tile, true);
    Kit.sound('step');
    Kit.announce(tile.word);
    open.push(tile);
    if (open.length < 2)
      return;
    shell.set('moves', ++moves);
    if (open[0].word !== open[1].word) {
      waiting = setTimeout(close, 1100);
      return;
    }
    open.forEach(one => { one.met = true; one.button.classList.add('met'); });
    open = [];
    met++;
    Kit.sound('good');
    Kit.announce(say(words.found, tile.word));
    if (met === spec.cards.length) {
      Kit.sound('win');
      const reached = await Kit.best(moves, true);
      shell.set('best', reached.value);
      done.hidden = false;
      done.querySelector('b').textContent = say(words.all, moves) + (reached.better ? ` · ${words.newBest}` : '');
      Kit.announce(done.querySelector('b').textContent);
    }
  };
  const deal = () => {
    close();
    met = moves = 0;
    shell.set('moves', 0);
    done.hidden = true;
    const longest = word => Math.max(...word.split(/[\s-]/).map(part => [...part].length));
    tiles = Kit.shuffle([...spec.cards, ...spec.cards]).map(word => ({ word, up: false, met: false }));
    board.replaceChildren(...tiles.map((tile, i) => {
      const size = longest(tile.word) > 10 ? 0.62 : longest(tile.word) > 7 ? 0.74 : 0.95;
      tile.button = el('button', { type: 'button', class: 'tile', 'data-word': tile.word, onclick: () => choose(tile) },
        el('span', { class: 'in' }, el('span', { class: 'face back' }), el('span', { class: 'face front', 'aria-hidden': 'true' }, Kit.emblem(tile.word), el('span', { dir: 'auto', style: `font-size: clamp(0.55rem, ${size * 2.6}vw, ${size}rem)` }, tile.word))));
      name(tile, i);
      return tile.button;
    }));
  };
  // Arrow keys move among the cards.
  board.addEventListener('keydown', (event) => {
    const columns = getComputedStyle(board).gridTemplateColumns.split(' ').length, at = tiles.findIndex(tile => tile.button === document.activeElement);
    const to = at + ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key] || 0);
    if (to !== at && at >= 0) {
      event.preventDefault();
      if (tiles[to])
        tiles[to].button.focus();
    }
  });
  const done = el('div', { class: 'card row middle', hidden: true }, el('b', {}), el('button', { type: 'button', class: 'main', onclick: () => deal() }, words.again));
  shell.root.append(done, board);
  deal();
  Kit.best(null).then(reached => shell.set('best', reached.value === null ? '–' : reached.value));
  Kit.ready({ cards: tiles.length });
})();
