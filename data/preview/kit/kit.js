// SPDX-License-Identifier: GPL-3.0-or-later
// What all starting points stand on: the page around them, words, what is kept, sound, announcements.
'use strict';
(function () {
  const { spec, words, how, language } = JSON.parse(document.getElementById('data').textContent);
  const root = document.getElementById('app');

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
  const say = (text, ...values) => { let i = 0; return text.replace(/%s/g, () => values[i++]); };

  // ---- numbers ----

  const number = (value, digits = 2) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

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
      bar.append(el('div', { class: 'stat' }, el('span', {}, words[name]), shown[name] = el('b', { 'data-stat': name }, '0')));
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
      root.append(el('header', { class: 'top' }, el('h1', { dir: 'auto', 'data-part': '/title' }, spec.title), icons, hint ? el('p', { class: 'how', dir: 'auto' }, hint) : null));
    if (bar.children.length > 0)
      root.append(bar);
    root.append(live, probe);
    readColours();
    return {
      root,
      set(name, value) {
        if (shown[name].textContent !== String(value))
          shown[name].textContent = value;
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

  // A sign for a word, always the same: three shapes of three colours.
  const emblem = (word) => {
    const next = random(hash(word)), names = ['var(--a)', 'var(--b)', 'var(--c)'].sort(() => next() - 0.5), kind = Math.floor(next() * 5), turn = Math.floor(next() * 8) * 45;
    const petals = 3 + Math.floor(next() * 5), group = svg('g', { transform: `rotate(${turn} 50 50)` });
    const ring = (shape) => Array.from({ length: petals }, (_, i) => { const one = shape(); one.setAttribute('transform', `rotate(${360 / petals * i} 50 50)`); return one; });
    if (kind === 0)
      group.append(svg('circle', { cx: 50, cy: 50, r: 30, fill: names[0] }), svg('ellipse', { cx: 50, cy: 50, rx: 47, ry: 11, fill: 'none', stroke: names[1], 'stroke-width': 6 }), svg('circle', { cx: 40, cy: 40, r: 9, fill: names[2] }));
    else if (kind === 1)
      group.append(...ring(() => svg('ellipse', { cx: 50, cy: 24, rx: 13, ry: 22, fill: names[0], 'fill-opacity': 0.85 })), svg('circle', { cx: 50, cy: 50, r: 13, fill: names[2] }));
    else if (kind === 2)
      group.append(svg('rect', { x: 18, y: 18, width: 64, height: 64, rx: 18, fill: names[1] }), svg('rect', { x: 30, y: 30, width: 40, height: 40, rx: 9, fill: names[0], transform: 'rotate(45 50 50)' }), svg('circle', { cx: 50, cy: 50, r: 9, fill: names[2] }));
    else if (kind === 3)
      group.append(...ring(() => svg('path', { d: 'M50 50L36 14H64Z', fill: names[1], 'stroke-linejoin': 'round' })), svg('circle', { cx: 50, cy: 50, r: 19, fill: names[0] }), svg('circle', { cx: 50, cy: 50, r: 8, fill: names[2] }));
    else
      group.append(svg('path', { d: 'M10 50a40 40 0 0 1 80 0z', fill: names[0] }), svg('path', { d: 'M22 58a28 28 0 0 0 56 0z', fill: names[1] }), svg('circle', { cx: 50, cy: 34, r: 10, fill: names[2] }));
    return svg('svg', { viewBox: '0 0 100 100', 'aria-hidden': 'true' }, group);
  };

  store.get('sound').then(on => on && document.addEventListener('pointerdown', () => setSound(true), { once: true }));
  window.Kit = { spec, words, how, language, el, svg, say, number, random, hash, shuffle, store, colours, onColours: (listener) => listeners.push(listener), sound, announce, iconButton, setIcon, shell, best, ready, emblem,
    calm: matchMedia('(prefers-reduced-motion: reduce)') };
})();
