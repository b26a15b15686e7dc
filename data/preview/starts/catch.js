// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, say } = Kit, width = 480, height = 520;
  let basket, things, held, left, since, flash, shownTime;

  const game = {
    width, height, stats: ['time'], pad: ['left', 'right'], hint: `${say(words.collect, spec.good)} · ${say(words.avoid, spec.bad)}`,
    begin() {
      basket = { x: width / 2, w: 84 };
      things = [];
      held = { left: false, right: false };
      left = spec.seconds;
      since = flash = 0;
      shownTime = null;
      // What is seen before it begins.
      for (let i = 0; i < 5; i++)
        things.push({ x: 60 + i * 90, y: 60 + (i * 137) % 230, v: 0, bad: i % 3 === 2, turn: i });
    },
    key(name, down) { if (name in held) held[name] = down; },
    pointer(x) { basket.x = x; },
    step(seconds) {
      if (left === spec.seconds)
        things = [];
      left -= seconds;
      flash = Math.max(0, flash - seconds);
      basket.x = Math.max(basket.w / 2, Math.min(width - basket.w / 2, basket.x + (held.right - held.left) * 430 * seconds));
      since -= seconds;
      if (since <= 0) {
        since = (0.75 - 0.3 * (1 - left / spec.seconds)) / Kit.speed;
        things.push({ x: 30 + Math.random() * (width - 60), y: -20, v: (130 + Math.random() * 90) * Kit.speed, bad: Math.random() < 0.32, turn: Math.random() * 6 });
      }
      for (const one of things) {
        one.y += one.v * seconds;
        one.turn += seconds;
        if (one.y > height - 76 && one.y < height - 30 && Math.abs(one.x - basket.x) < basket.w / 2 + 8) {
          one.gone = true;
          flash = one.bad ? -1 : 0.25;
          play.add(one.bad ? -Math.min(2, play.score) : 1);
          Kit.sound(one.bad ? 'bad' : 'good');
        }
      }
      things = things.filter(one => !one.gone && one.y < height + 30);
      const time = say(words.seconds, Math.max(0, Math.ceil(left)));
      if (time !== shownTime)
        play.set('time', shownTime = time);
      if (left <= 0)
        play.end(play.score > 0);
    },
    draw(ctx, c) {
      const sky = ctx.createLinearGradient(0, 0, 0, height);
      sky.addColorStop(0, c.well);
      sky.addColorStop(1, c.wash);
      ctx.fillStyle = sky;
      ctx.fillRect(0, 0, width, height);
      for (const one of things) {
        ctx.save();
        ctx.translate(one.x, one.y);
        ctx.rotate(one.turn);
        ctx.fillStyle = one.bad ? c.soft : c.c;
        ctx.beginPath();
        const points = one.bad ? 14 : 10;
        for (let i = 0; i < points; i++) {
          const r = one.bad ? 16 + (i * 5) % 4 : i % 2 ? 9 : 19;
          ctx.lineTo(r * Math.sin(i / points * 6.2832), r * Math.cos(i / points * 6.2832));
        }
        ctx.closePath();
        ctx.lineJoin = 'round';
        ctx.lineWidth = 4;
        ctx.strokeStyle = ctx.fillStyle;
        ctx.stroke();
        ctx.fill();
        ctx.restore();
      }
      const x = basket.x - basket.w / 2, y = height - 60;
      ctx.fillStyle = flash > 0 ? c.b : c.a;
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x + basket.w, y);
      ctx.lineTo(x + basket.w - 12, y + 38);
      ctx.quadraticCurveTo(basket.x, y + 48, x + 12, y + 38);
      ctx.closePath();
      ctx.fill();
      Kit.box(ctx, x - 6, y - 7, basket.w + 12, 14, 7, c.ink);
    },
  };
  const play = Kit.play(game);
  play.set('time', say(words.seconds, spec.seconds));
})();
