// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words } = Kit, width = 480, height = 480, letters = [...spec.word.toUpperCase()], columns = letters.length > 1 ? Math.max(5, letters.length) : 8;
  let bricks, paddle, ball, lives, held, level;

  const wall = () => {
    const gap = 6, w = (width - 24 - gap * (columns - 1)) / columns, h = 22, first = Math.floor((columns - letters.length) / 2);
    bricks = [];
    for (let row = 0; row < spec.rows; row++)
      for (let column = 0; column < columns; column++)
        bricks.push({ x: 12 + column * (w + gap), y: 44 + row * (h + gap), w, h, row, letter: letters[column - first] || '' });
  };
  const serve = () => {
    const speed = 265 * Kit.speed * (1 + level * 0.12);
    ball = { x: paddle.x, y: height - 52, vx: speed * 0.42, vy: -speed * 0.9, r: 8, wait: 0.7 };
  };
  const game = {
    width, height, stats: ['lives'], pad: ['left', 'right'],
    begin() {
      paddle = { x: width / 2, w: 92 };
      lives = spec.lives;
      held = { left: false, right: false };
      level = 0;
      wall();
      serve();
      if (play)
        play.set('lives', lives);
    },
    key(name, down) { if (name in held) held[name] = down; },
    pointer(x) { paddle.x = x; },
    step(seconds) {
      paddle.x += (held.right - held.left) * 460 * seconds;
      paddle.x = Math.max(paddle.w / 2 + 6, Math.min(width - paddle.w / 2 - 6, paddle.x));
      if (ball.wait > 0) {
        ball.wait -= seconds;
        ball.x = paddle.x;
        return;
      }
      ball.x += ball.vx * seconds;
      ball.y += ball.vy * seconds;
      if (ball.x < ball.r || ball.x > width - ball.r) {
        ball.vx = Math.abs(ball.vx) * (ball.x < ball.r ? 1 : -1);
        Kit.sound('step');
      }
      if (ball.y < ball.r)
        ball.vy = Math.abs(ball.vy);
      if (ball.vy > 0 && ball.y > height - 40 && ball.y < height - 22 && Math.abs(ball.x - paddle.x) < paddle.w / 2 + ball.r) {
        const speed = Math.hypot(ball.vx, ball.vy), lean = (ball.x - paddle.x) / (paddle.w / 2 + ball.r) * 1.05;
        ball.vx = speed * Math.sin(lean);
        ball.vy = -speed * Math.cos(lean);
        Kit.sound('hit');
      }
      const hit = bricks.findIndex(one => ball.x + ball.r > one.x && ball.x - ball.r < one.x + one.w && ball.y + ball.r > one.y && ball.y - ball.r < one.y + one.h);
      if (hit >= 0) {
        const one = bricks[hit], side = Math.min(ball.x + ball.r - one.x, one.x + one.w - ball.x + ball.r), end = Math.min(ball.y + ball.r - one.y, one.y + one.h - ball.y + ball.r);
        if (side < end)
          ball.vx = Math.abs(ball.vx) * (ball.x < one.x + one.w / 2 ? -1 : 1);
        else
          ball.vy = Math.abs(ball.vy) * (ball.y < one.y + one.h / 2 ? -1 : 1);
        bricks.splice(hit, 1);
        play.add(10);
        Kit.sound('good');
        if (bricks.length === 0)
          play.end(true);
      }
      if (ball.y > height + 20) {
        play.set('lives', --lives);
        Kit.sound('bad');
        Kit.announce(`${words.lives}: ${lives}`);
        if (lives === 0)
          play.end(false);
        else
          serve();
      }
    },
    draw(ctx, c) {
      ctx.fillStyle = c.well;
      ctx.fillRect(0, 0, width, height);
      const shades = [c.a, c.b, c.c];
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.font = '700 13px system-ui, sans-serif';
      for (const one of bricks) {
        Kit.box(ctx, one.x, one.y, one.w, one.h, 6, shades[one.row % 3]);
        if (one.letter) {
          ctx.fillStyle = Kit.inkOn(shades[one.row % 3]);
          ctx.fillText(one.letter, one.x + one.w / 2, one.y + one.h / 2 + 1);
        }
      }
      Kit.box(ctx, paddle.x - paddle.w / 2, height - 34, paddle.w, 13, 7, c.ink);
      ctx.fillStyle = c.c;
      ctx.beginPath();
      ctx.arc(ball.x, ball.y, ball.r, 0, 7);
      ctx.fill();
    },
  };
  let play = null;
  play = Kit.play(game);
  play.set('lives', lives);
})();
