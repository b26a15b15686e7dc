// SPDX-License-Identifier: GPL-3.0-or-later
// A timer of steps, one after the other, or a stopwatch with laps.
'use strict';
(function () {
  const { spec, words, el, svg, say } = Kit, watch = spec.mode === 'stopwatch';
  const shell = Kit.shell({ noisy: true });
  const clock = el('div', { class: 'clock', role: 'timer' }), label = el('div', { class: 'small', dir: 'auto' }), sub = el('div', { class: 'small' });
  const round = 2 * Math.PI * 92, arc = svg('circle', { cx: 100, cy: 100, r: 92, fill: 'none', stroke: 'var(--a)', 'stroke-width': 9, 'stroke-linecap': 'round', 'stroke-dasharray': round });
  const dial = el('div', { class: 'dial' }, svg('svg', { viewBox: '0 0 200 200', 'aria-hidden': 'true' }, svg('circle', { cx: 100, cy: 100, r: 92, fill: 'none', stroke: 'var(--well)', 'stroke-width': 9 }), arc), el('div', { class: 'face' }, label, clock, sub));
  const go = el('button', { type: 'button', class: 'main', onclick: () => toggle() }), reset = el('button', { type: 'button', class: 'quiet', onclick: () => clear() }, words.restart), lap = el('button', { type: 'button', class: 'quiet', onclick: () => mark() }, words.lap);
  const chips = el('div', { class: 'steps-row' }), laps = el('ul', { class: 'plain-list' });
  let at = 0, passed = 0, began = 0, running = false, marks = [];

  const elapsed = () => passed + (running ? performance.now() - began : 0);
  const length = () => spec.steps[at].minutes * 60000;
  const show = (ms, tenths) => {
    const all = tenths ? Math.floor(ms / 100) / 10 : Math.ceil(ms / 1000), hours = Math.floor(all / 3600), minutes = Math.floor(all / 60) % 60, seconds = tenths ? (all % 60).toFixed(1) : String(all % 60);
    return `${hours ? `${hours}:${String(minutes).padStart(2, '0')}` : minutes}:${seconds.padStart(tenths ? 4 : 2, '0')}`;
  };
  // "45 s", "25 min", "1:30 min".
  const long = (minutes) => minutes < 1 ? say(words.seconds, Math.round(minutes * 60)) : say(words.minutes, Number.isInteger(minutes) ? minutes : show(minutes * 60000));
  const draw = () => {
    const done = elapsed();
    clock.textContent = watch ? show(done, true) : show(Math.max(0, length() - done));
    clock.style.fontSize = clock.textContent.length > 5 ? 'clamp(1.9rem, 9.5vw, 2.9rem)' : '';
    arc.setAttribute('stroke-dashoffset', watch ? round * (1 - (done % 60000) / 60000) : round * Math.min(1, done / length()));
    label.textContent = watch ? '' : Kit.soft(spec.steps[at].name);
    sub.textContent = watch ? '' : spec.steps.length > 1 ? say(words.step, at + 1, spec.steps.length) : long(spec.steps[at].minutes);
    go.textContent = running ? words.pause : done > 0 ? words.resume : words.start;
    lap.disabled = !running;
    reset.disabled = !running && done === 0 && at === 0;
    [...chips.children].forEach((chip, i) => chip.setAttribute('aria-pressed', String(i === at)));
  };
  const toggle = () => {
    if (running)
      passed = elapsed();
    else
      began = performance.now();
    if (!watch && !running && passed >= length())
      passed = 0;
    running = !running;
    draw();
  };
  const clear = (to = 0) => {
    at = to;
    passed = 0;
    running = false;
    marks = [];
    laps.replaceChildren();
    draw();
  };
  const mark = () => {
    const now = elapsed();
    marks.push(now);
    laps.prepend(el('li', {}, el('span', {}, `${words.lap} ${marks.length}`), el('b', { style: 'margin-inline-start: auto; font-variant-numeric: tabular-nums' }, show(now - (marks[marks.length - 2] || 0), true))));
  };
  setInterval(() => {
    if (!running)
      return;
    if (!watch && elapsed() >= length()) {
      Kit.sound('win');
      Kit.announce(`${spec.steps[at].name}: ${words.done}`);
      if (at + 1 < spec.steps.length) {
        at++;
        passed = 0;
        began = performance.now();
      } else {
        passed = length();
        running = false;
        sub.textContent = words.done;
      }
    }
    draw();
  }, 100);
  document.addEventListener('keydown', (event) => {
    if (event.key === ' ' && !event.target.closest('button, input')) {
      event.preventDefault();
      toggle();
    }
  });
  if (!watch && spec.steps.length > 1)
    chips.append(...spec.steps.map((step, i) => el('button', { type: 'button', class: 'chip', dir: 'auto', 'data-part': `/steps/${i}`, onclick: () => clear(i) }, Kit.soft(`${step.name} · ${long(step.minutes)}`))));
  shell.root.append(el('section', { class: 'card stack' }, dial, chips.children.length ? chips : null, el('div', { class: 'row middle' }, go, watch ? lap : null, reset), watch ? laps : null));
  draw();
  Kit.ready();
})();
