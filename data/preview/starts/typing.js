// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  // In a narrow window it is narrower, so that words stay large.
  const { spec, words, el } = Kit, width = window.innerWidth < 520 ? 360 : 640, height = 420;
  let falling, since, lives, typed, order;

  const game = {
    width, height, stats: ['lives'],
    begin() {
      falling = spec.words.slice(0, 3).map((word, i) => ({ word, x: width * (i + 0.6) / 3.2, y: 90 + i * 70, v: 0 }));
      since = 0;
      lives = 3;
      order = [];
      typed = '';
      if (play)
        play.set('lives', lives);
      input.value = '';
    },
    step(seconds) {
      if (falling.length && falling[0].v === 0) {
        falling = [];
        input.focus({ preventScroll: true });
      }
      since -= seconds;
      if (since <= 0 && falling.length < 6) {
        if (order.length === 0)
          order = Kit.shuffle(spec.words);
        const word = order.pop(), half = Math.min(width / 2 - 10, [...word].length * 7 + 20);
        falling.push({ word, x: half + Math.random() * (width - 2 * half), y: -12, v: (30 + Math.min(45, play.score * 1.5)) * Kit.speed });
        since = Math.max(1.1, 2.5 - play.score * 0.05) / Kit.speed;
      }
      for (const one of falling) {
        one.y += one.v * seconds;
        if (one.y > height - 20) {
          one.gone = true;
          play.set('lives', --lives);
          Kit.sound('bad');
        }
      }
      falling = falling.filter(one => !one.gone);
      if (lives <= 0)
        play.end(false);
    },
    draw(ctx, c) {
      ctx.fillStyle = c.well;
      ctx.fillRect(0, 0, width, height);
      ctx.fillStyle = c.wash;
      ctx.fillRect(0, height - 22, width, 22);
      ctx.font = '650 21px system-ui, sans-serif';
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'left';
      for (const one of falling) {
        const w = ctx.measureText(one.word).width + 30, hit = typed && one.word.toLowerCase().startsWith(typed);
        Kit.box(ctx, one.x - w / 2, one.y - 19, w, 38, 12, hit ? c.a : c.card);
        ctx.fillStyle = hit ? c.on : one.y > height * 0.7 ? c.bad : c.ink;
        ctx.fillText(one.word, one.x - w / 2 + 15, one.y + 1);
      }
    },
  };
  let play = null;
  const input = el('input', { type: 'text', class: 'text', 'aria-label': words.typeHere, placeholder: words.typeHere, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', oninput: () => {
    typed = input.value.trim().toLowerCase();
    const hit = falling.filter(one => one.v > 0 && one.word.toLowerCase() === typed).sort((a, b) => b.y - a.y)[0];
    if (hit) {
      falling.splice(falling.indexOf(hit), 1);
      input.value = typed = '';
      play.add(1);
      Kit.sound('good');
    }
  } });
  play = Kit.play(game);
  document.getElementById('app').append(input);
  play.set('lives', lives);
})();
