// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs of cards, each with a sign of its own and its word.
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  const board = el('div', { class: 'board pairs', role: 'group', 'aria-label': spec.title }), field = el('div', { class: `field-of-pairs${spec.cards.length > 10 ? ' many most' : spec.cards.length > 8 ? ' many' : ''}` }, board), signs = Kit.emblems(spec.cards);
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
      done.querySelector('h2').textContent = say(words.all, moves);
      done.querySelector('p').textContent = reached.better ? words.newBest : '';
      Kit.announce(`${say(words.all, moves)} ${reached.better ? words.newBest : ''}`);
      if (document.hasFocus())
        done.querySelector('button').focus({ preventScroll: true });
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
      tile.button = el('button', { type: 'button', class: 'tile', 'data-word': tile.word, onclick: () => choose(tile) },
        el('span', { class: 'in' }, el('span', { class: 'face back' }), el('span', { class: 'face front', 'aria-hidden': 'true' }, signs.get(tile.word)(), el('span', { dir: 'auto', class: longest(tile.word) > 8 ? 'long' : null }, Kit.soft(tile.word, 8)))));
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
  const done = el('div', { class: 'over', hidden: true }, el('div', { class: 'panel' }, el('h2', { dir: 'auto' }), el('p', { dir: 'auto' }), el('button', { type: 'button', class: 'main', onclick: () => { deal(); tiles[0].button.focus({ preventScroll: true }); } }, words.again)));
  field.append(done);
  shell.root.append(field);
  document.documentElement.style.setProperty('--play', `calc(max(424px, ${spec.cards.length > 8 ? '100vh - 210px' : '(100vh - 210px) * 0.8'}) + 56px)`);
  deal();
  Kit.best(null).then(reached => shell.set('best', reached.value === null ? '–' : reached.value));
  Kit.ready({ cards: tiles.length });
})();
