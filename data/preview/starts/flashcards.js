// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  const shell = Kit.shell({ onrestart: () => { known.clear(); at = 0; keep(); draw(); } });
  const bar = el('i', {}), count = el('p', { class: 'small' }), front = el('span', { class: 'face first', dir: 'auto' }), back = el('span', { class: 'face other', dir: 'auto' });
  const card = el('button', { type: 'button', class: 'flash', onclick: () => turn() }, el('span', { class: 'in' }, front, back));
  const known = new Set();
  let at = 0, up = false;

  const keep = () => Kit.store.set('known', [...known]);
  const draw = () => {
    up = false;
    const one = spec.cards[at];
    card.classList.remove('up');
    card.dataset.part = `/cards/${at}`;
    front.textContent = one.front;
    back.textContent = one.back;
    card.setAttribute('aria-label', one.front);
    count.textContent = `${say(words.of, at + 1, spec.cards.length)} · ${words.known}: ${known.size}${known.size === spec.cards.length ? ` · ${words.allKnown}` : ''}`;
    bar.style.width = `${known.size / spec.cards.length * 100}%`;
  };
  const turn = () => {
    up = !up;
    card.classList.toggle('up', up);
    card.setAttribute('aria-label', up ? spec.cards[at].back : spec.cards[at].front);
    Kit.announce(up ? spec.cards[at].back : spec.cards[at].front);
  };
  const go = (step) => {
    at = (at + step + spec.cards.length) % spec.cards.length;
    draw();
  };
  const rate = (good) => {
    known[good ? 'add' : 'delete'](at);
    keep();
    // To the next that is not known yet.
    let step = 1;
    while (step < spec.cards.length && known.has((at + step) % spec.cards.length))
      step++;
    go(step);
  };
  document.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      event.preventDefault();
      go(step);
    } else if (event.key === ' ' && !event.target.closest('button')) {
      event.preventDefault();
      turn();
    }
  });
  const button = (kind, text, act) => el('button', { type: 'button', class: kind, onclick: act }, text);
  shell.root.append(el('div', { class: 'meter', 'aria-hidden': 'true' }, bar), card,
    el('div', { class: 'row middle' }, button('quiet', words.back, () => go(-1)), button('quiet', words.notYet, () => rate(false)), button('main', words.known, () => rate(true)), button('quiet', words.next, () => go(1))), el('div', { class: 'row middle' }, count));
  draw();
  Kit.store.get('known').then((kept) => {
    if (Array.isArray(kept))
      kept.filter(i => i < spec.cards.length).forEach(i => known.add(i));
    draw();
  });
  Kit.ready();
})();
