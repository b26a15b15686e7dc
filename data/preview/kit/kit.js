// SPDX-License-Identifier: GPL-3.0-or-later
// What all starting points stand on: the page around them, words, what is kept, sound, announcements.
'use strict';
(function () {
  const { spec, words, how, language } = JSON.parse(document.getElementById('data').textContent);
  const root = document.getElementById('app'), soft = window.softened;

  const el = (tag, props = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (value === null || value === undefined || value === false)
        continue;
      if (name.startsWith('on'))
        element.addEventListener(name.slice(2), value);
      else
        element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined));
    return element;
  };
  const svg = (tag, props, ...children) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    Object.entries(props).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  };

  // ---- words and numbers ----

  const number = (value, digits = 2) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  // A number among words: no points between its thousands, but the language's own digits.
  const say = (text, ...values) => { let i = 0; return text.replace(/%s/g, () => { const value = values[i++]; return typeof value === 'number' ? new Intl.NumberFormat(language, { useGrouping: false }).format(value) : value; }); };

  // The same sequence for the same seed.
  const random = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const hash = (text) => [...text].reduce((sum, sign) => (Math.imul(sum, 31) + sign.codePointAt(0)) | 0, 7);
  const shuffle = (list) => {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const k = Math.floor(Math.random() * (i + 1));
      [copy[i], copy[k]] = [copy[k], copy[i]];
    }
    return copy;
  };

  // ---- what is kept: with Melete, or for as long as the page is open ----

  const memory = new Map();
  const shelf = window.melete && window.melete.storage;
  const store = {
    async get(key, otherwise = null) {
      const value = shelf ? await shelf.get(key) : memory.get(key);
      return value === null || value === undefined ? otherwise : value;
    },
    async set(key, value) {
      if (shelf)
        await shelf.set(key, value);
      else
        memory.set(key, value);
    },
  };

  // ---- colours, for canvases ----

  const probe = el('span', { hidden: true });
  const colours = {};
  const listeners = [];
  const readColours = () => {
    for (const name of ['a', 'b', 'c', 'page', 'card', 'well', 'ink', 'soft', 'line', 'on', 'wash', 'good', 'bad']) {
      probe.style.color = `var(--${name})`;
      colours[name] = getComputedStyle(probe).color;
    }
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { readColours(); listeners.forEach(one => one()); });

  // ---- sound: off until it is asked for ----

  let sounding = false, audio = null;
  const notes = { hit: [440, 0.05], good: [660, 0.09], bad: [180, 0.18], win: [880, 0.25], step: [300, 0.03] };
  const sound = (name) => {
    if (!sounding)
      return;
    const [pitch, length] = notes[name] || notes.hit, now = audio.currentTime, tone = audio.createOscillator(), loud = audio.createGain();
    tone.type = 'triangle';
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.12, now);
    loud.gain.exponentialRampToValueAtTime(0.001, now + length);
    tone.connect(loud).connect(audio.destination);
    tone.start(now);
    tone.stop(now + length);
  };
  const setSound = (on) => {
    if (on && !audio) {
      try {
        audio = new (window.AudioContext || window.webkitAudioContext)();
      } catch (error) {
        return; // this machine has no sound
      }
    }
    sounding = on;
  };

  // ---- the page ----

  const live = el('p', { class: 'sr', 'aria-live': 'polite' });
  const announce = (text) => { live.textContent = ''; setTimeout(() => { live.textContent = text; }, 30); };

  const icons = {
    pause: 'M8 5v14M16 5v14', play: 'M7 4.5v15l12-7.5z', restart: 'M4 4v6h6M4.6 15a8 8 0 1 0 1.5-8.2L4 10', sound: 'M11 5 6 9H3v6h3l5 4zM15.5 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11', mute: 'M11 5 6 9H3v6h3l5 4zM16 9.5l5 5M21 9.5l-5 5',
    left: 'M15 5l-7 7 7 7', right: 'M9 5l7 7-7 7', up: 'M5 15l7-7 7 7', down: 'M5 9l7 7 7-7',
  };
  const setIcon = (button, icon, name) => {
    button.replaceChildren(svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: icons[icon] })));
    button.setAttribute('aria-label', name);
    button.title = name;
  };
  const iconButton = (icon, name, onclick) => {
    const button = el('button', { type: 'button', class: 'icon', onclick });
    setIcon(button, icon, name);
    return button;
  };

  // Title, numbers, buttons. `stats`: names of words; `onrestart`, `onpause`: what the buttons do.
  const shell = ({ stats = [], onrestart = null, onpause = null, noisy = false, hint = how, bare = false } = {}) => {
    const shown = {}, bar = el('div', { class: 'bar' }), icons = el('div', { class: 'icons' });
    for (const name of stats)
      bar.append(el('div', { class: 'stat' }, el('span', {}, words[name]), shown[name] = el('b', { 'data-stat': name }, number(0))));
    const pause = onpause ? iconButton('pause', words.pause, onpause) : null;
    if (pause)
      icons.append(pause);
    if (noisy) {
      const toggle = iconButton('mute', words.soundOn, () => {
        setSound(!sounding);
        setIcon(toggle, sounding ? 'sound' : 'mute', sounding ? words.soundOff : words.soundOn);
        store.set('sound', sounding);
        sound('good');
      });
      icons.append(toggle);
    }
    if (onrestart)
      icons.append(iconButton('restart', words.restart, onrestart));
    if (!bare)
      root.append(el('header', { class: 'top' }, el('h1', { dir: 'auto', 'data-part': '/title' }, soft(spec.title, icons.children.length > 0 ? 15 : 20)), icons, hint ? el('p', { class: 'how', dir: 'auto' }, hint) : null));
    if (bar.children.length > 0)
      root.append(bar);
    root.append(live, probe);
    readColours();
    return {
      root,
      set(name, value) {
        const text = typeof value === 'number' ? number(value, 0) : String(value);
        if (shown[name].textContent !== text)
          shown[name].textContent = text;
      },
      setPause(paused) { setIcon(pause, paused ? 'play' : 'pause', paused ? words.resume : words.pause); },
    };
  };

  // The best that was reached, the larger or, with `less`, the smaller one.
  const best = async (value, less = false) => {
    const before = await store.get('best');
    const better = value !== null && (before === null || (less ? value < before : value > before));
    if (better)
      await store.set('best', value);
    return { value: better ? value : before, better: better && before !== null };
  };

  const ready = (facts = {}) => requestAnimationFrame(() => requestAnimationFrame(() => window.melete && window.melete.report('ready', facts)));

  // Signs for words, all of them different: another shape for each, and where there are more words than shapes, other colours.
  const emblems = (list) => {
    const next = random(hash(list.join())), names = ['var(--a)', 'var(--b)', 'var(--c)'], first = Math.floor(next() * shapes.length);
    return new Map(list.map((word, i) => {
      const lap = Math.floor(i / shapes.length), [one, two, three] = [0, 1, 2].map(k => names[(i + k + lap) % 3]);
      return [word, () => svg('svg', { viewBox: '0 0 100 100', 'aria-hidden': 'true' }, svg('g', { transform: `rotate(${lap * 45} 50 50)` }, ...shapes[(first + i) % shapes.length](one, two, three)))];
    }));
  };
  const ring = (n, shape) => Array.from({ length: n }, (_, i) => { const one = shape(); one.setAttribute('transform', `rotate(${360 / n * i} 50 50)`); return one; });
  const dot = (x, y, r, fill) => svg('circle', { cx: x, cy: y, r, fill });
  const star = (n, outer, inner, fill) => svg('polygon', { fill, points: Array.from({ length: 2 * n }, (_, i) => { const r = i % 2 ? inner : outer, turn = Math.PI * (i / n - 0.5); return `${50 + r * Math.cos(turn)},${50 + r * Math.sin(turn)}`; }).join(' ') });
  const shapes = [
    (a, b, c) => [dot(50, 50, 30, a), svg('ellipse', { cx: 50, cy: 50, rx: 46, ry: 12, fill: 'none', stroke: b, 'stroke-width': 7, transform: 'rotate(-18 50 50)' }), dot(40, 38, 7, c)],
    (a, b, c) => [...ring(6, () => svg('ellipse', { cx: 50, cy: 24, rx: 13, ry: 22, fill: a })), dot(50, 50, 14, c)],
    (a, b, c) => [svg('rect', { x: 15, y: 15, width: 70, height: 70, rx: 20, fill: a }), svg('rect', { x: 30, y: 30, width: 40, height: 40, rx: 8, fill: b, transform: 'rotate(45 50 50)' }), dot(50, 50, 9, c)],
    (a, b, c) => [star(5, 46, 20, a), dot(50, 50, 11, c)],
    (a, b, c) => [svg('path', { d: 'M8 52a42 42 0 0 1 84 0z', fill: a }), svg('path', { d: 'M20 60a30 30 0 0 0 60 0z', fill: b }), dot(50, 33, 10, c)],
    (a, b, c) => [dot(50, 50, 42, a), dot(50, 50, 29, c), dot(50, 50, 16, b)],
    (a, b, c) => [svg('path', { d: 'M50 8C76 34 80 62 50 92C20 62 24 34 50 8Z', fill: a }), svg('path', { d: 'M50 30V92', stroke: c, 'stroke-width': 6, 'stroke-linecap': 'round' })],
    (a, b, c) => [0, 1, 2].map(i => svg('path', { d: `M10 ${32 + 22 * i}q20 -22 40 0t40 0`, fill: 'none', stroke: [a, b, c][i], 'stroke-width': 11, 'stroke-linecap': 'round' })),
    (a, b, c) => [svg('path', { d: 'M50 88C18 66 8 46 14 30A20 20 0 0 1 50 26A20 20 0 0 1 86 30C92 46 82 66 50 88Z', fill: a }), dot(50, 48, 10, c)],
    (a, b, c) => [svg('polygon', { points: '50,10 92,84 8,84', fill: a, stroke: a, 'stroke-width': 8, 'stroke-linejoin': 'round' }), svg('polygon', { points: '50,44 68,78 32,78', fill: b }), dot(50, 30, 6, c)],
    (a, b, c) => [svg('path', { d: 'M62 8A43 43 0 1 0 92 62A34 34 0 0 1 62 8Z', fill: a }), star(4, 16, 6, c)],
    (a, b, c) => [...ring(4, () => svg('rect', { x: 39, y: 6, width: 22, height: 38, rx: 11, fill: a })), dot(50, 50, 13, c), dot(50, 50, 5, b)],
  ];

  store.get('sound').then(on => on && document.addEventListener('pointerdown', () => setSound(true), { once: true }));
  window.Kit = { spec, words, how, language, el, svg, say, soft, number, random, hash, shuffle, store, colours, onColours: (listener) => listeners.push(listener), sound, announce, iconButton, setIcon, shell, best, ready, emblems,
    calm: matchMedia('(prefers-reduced-motion: reduce)') };
})();
