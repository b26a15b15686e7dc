// SPDX-License-Identifier: GPL-3.0-or-later
// Games that move on a canvas: fixed steps, drawn as often as the screen does; begin, pause, end.
'use strict';
(function () {
  const { el, words, say, colours } = Kit;

  // game: { width, height, stats, begin(), step(seconds), draw(ctx), key(name, down), pointer(x, y, kind), pad: names of keys, under: an element }
  // Answers an object with end(won, text), score(n), set(name, value).
  Kit.play = (game) => {
    const { width, height } = game;
    const canvas = el('canvas', { tabindex: '0', role: 'application', 'aria-label': words.playField }), ctx = canvas.getContext('2d');
    const heading = el('h2', { dir: 'auto' }), text = el('p', { dir: 'auto' }), go = el('button', { type: 'button', class: 'main' }, words.start);
    const over = el('div', { class: 'over' }, el('div', { class: 'panel' }, heading, text, go)), stage = el('div', { class: 'stage play' }, canvas, over);
    let state = 'idle', score = 0, last = 0, rest = 0, top = 0, frame = 0;

    const shell = Kit.shell({ stats: ['score', 'best', ...(game.stats || [])], noisy: true, onpause: () => pause(state === 'running'), onrestart: () => begin() });
    const self = {
      canvas, stage,
      set: shell.set,
      get score() { return score; },
      add(points) {
        score += points;
        shell.set('score', score);
        if (score > top)
          shell.set('best', score);
      },
      async end(won, what = '') {
        if (state !== 'running')
          return;
        state = 'over';
        cancelAnimationFrame(frame);
        Kit.sound(won ? 'win' : 'bad');
        draw();
        const reached = await Kit.best(score);
        top = reached.value || 0;
        shell.set('best', top);
        show(won ? words.won : words.lost, [what, reached.better ? words.newBest : `${words.score}: ${Kit.number(score, 0)}`].filter(Boolean).join(' · '), words.again);
      },
    };

    const show = (title, words, button) => {
      heading.textContent = title;
      text.textContent = words;
      go.textContent = button;
      over.hidden = false;
      Kit.announce(`${title}. ${words}`);
      if (document.hasFocus())
        go.focus({ preventScroll: true });
    };
    const draw = () => {
      ctx.save();
      ctx.scale(canvas.width / width, canvas.height / height);
      game.draw(ctx, colours);
      ctx.restore();
      edge();
    };
    // Rounded corners and an edge are drawn, too: cut by a style they cost WebKit more than the whole picture.
    const edge = () => {
      const { width: w, height: h } = canvas, scale = w / Math.max(stage.clientWidth, 1), line = (focused ? 3 : 1.5) * scale, r = 20 * scale;
      ctx.fillStyle = colours.page;
      ctx.beginPath();
      ctx.rect(0, 0, w, h);
      ctx.roundRect(0, 0, w, h, r);
      ctx.fill('evenodd');
      ctx.lineWidth = line;
      ctx.strokeStyle = focused ? colours.a : colours.line;
      ctx.beginPath();
      ctx.roundRect(line / 2, line / 2, w - line, h - line, r - line / 2);
      ctx.stroke();
    };
    let focused = false;
    for (const kind of ['focus', 'blur'])
      canvas.addEventListener(kind, () => { focused = canvas.matches(':focus-visible'); draw(); });
    const loop = (now) => {
      frame = requestAnimationFrame(loop);
      rest += Math.min(0.1, (now - last) / 1000);
      last = now;
      for (; rest >= 1 / 120 && state === 'running'; rest -= 1 / 120)
        game.step(1 / 120);
      if (state === 'running')
        draw();
    };
    const run = () => {
      state = 'running';
      over.hidden = true;
      shell.setPause(false);
      last = performance.now();
      rest = 0;
      canvas.focus({ preventScroll: true });
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(loop);
    };
    const begin = () => {
      score = 0;
      shell.set('score', 0);
      game.begin();
      Kit.announce(words.start);
      run();
    };
    const pause = (on) => {
      if (on && state === 'running') {
        state = 'paused';
        cancelAnimationFrame(frame);
        shell.setPause(true);
        show(words.paused, '', words.resume);
      } else if (!on && state === 'paused') {
        run();
      } else if (!on && state !== 'running') {
        begin();
      }
    };
    const act = () => { if (state === 'paused') pause(false); else if (state !== 'running') begin(); };
    go.addEventListener('click', act);

    const known = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down', ' ': 'space', a: 'left', d: 'right', w: 'up', s: 'down' };
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, textarea, select'))
        return;
      const name = known[event.key];
      if (event.key === 'Escape' || event.key === 'p') {
        pause(state === 'running');
      } else if (name && state !== 'running' && !event.target.closest('button')) {
        if (!event.repeat)
          act();
        event.preventDefault();
      } else if (name && state === 'running' && (name !== 'space' || !event.target.closest('button'))) {
        event.preventDefault();
        game.key && game.key(name, true, event.repeat);
      }
    });
    document.addEventListener('keyup', (event) => { if (known[event.key] && game.key) game.key(known[event.key], false); });
    document.addEventListener('visibilitychange', () => document.hidden && pause(true));

    let from = null;
    const place = (event) => { const box = canvas.getBoundingClientRect(); return [(event.clientX - box.left) / box.width * width, (event.clientY - box.top) / box.height * height]; };
    for (const kind of ['pointerdown', 'pointermove', 'pointerup'])
      canvas.addEventListener(kind, (event) => {
        if (state !== 'running')
          return;
        const [x, y] = place(event);
        if (game.pointer)
          game.pointer(x, y, kind.slice(7));
        if (kind === 'pointerdown') {
          from = [x, y];
        } else if (kind === 'pointerup' && from && game.key) {
          const dx = x - from[0], dy = y - from[1];
          if (Math.hypot(dx, dy) > 24) {
            const name = Math.abs(dx) > Math.abs(dy) ? (dx < 0 ? 'left' : 'right') : dy < 0 ? 'up' : 'down';
            game.key(name, true);
            game.key(name, false);
          }
          from = null;
        }
      });

    document.documentElement.classList.add('playing');
    stage.style.maxWidth = `max(280px, calc((100vh - 220px) * ${width / height}))`;
    document.documentElement.style.setProperty('--play', `calc(max(424px, (100vh - 220px) * ${width / height}) + 56px)`);
    canvas.style.aspectRatio = `${width} / ${height}`;
    const fit = () => {
      const wide = stage.clientWidth, scale = Math.min(2, window.devicePixelRatio || 1);
      canvas.width = Math.max(1, Math.round(wide * scale));
      canvas.height = Math.max(1, Math.round(wide * height / width * scale));
      draw();
    };
    shell.root.append(stage);
    if (game.pad) {
      const pad = el('div', { class: 'pad' });
      for (const name of game.pad) {
        const button = Kit.iconButton(name, name, null);
        button.setAttribute('aria-hidden', 'true');
        button.tabIndex = -1;
        button.addEventListener('pointerdown', (event) => { event.preventDefault(); if (state === 'running') game.key(name, true); else act(); });
        for (const end of ['pointerup', 'pointerleave'])
          button.addEventListener(end, () => game.key(name, false));
        pad.append(button);
      }
      shell.root.append(pad);
    }
    // Its title stands above it already.
    text.textContent = game.hint || '';
    game.begin();
    new ResizeObserver(() => requestAnimationFrame(fit)).observe(stage);
    Kit.onColours(draw);
    fit();
    Kit.best(null).then(reached => {
      top = reached.value || 0;
      shell.set('best', top);
      if (top > 0 && state === 'idle')
        text.textContent = [game.hint, say(words.bestSoFar, top)].filter(Boolean).join(' · ');
    });
    Kit.ready();
    return self;
  };
  Kit.speed = { slow: 0.7, normal: 1, fast: 1.4 }[Kit.spec.speed] || 1;

  // What is written in this colour: white, or nearly black where that is clearer.
  const inks = new Map();
  Kit.inkOn = (colour) => {
    if (!inks.has(colour)) {
      const [r, g, b] = (colour.match(/[\d.]+/g) || [0, 0, 0]).map(Number).map(x => colour.startsWith('color') ? x : x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
      inks.set(colour, 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? '#14161b' : '#fff');
    }
    return inks.get(colour);
  };

  // A rounded box, drawn.
  Kit.box = (ctx, x, y, w, h, r, fill) => {
    ctx.fillStyle = fill;
    ctx.beginPath();
    ctx.roundRect(x, y, w, h, r);
    ctx.fill();
  };
})();
