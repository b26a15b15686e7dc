// SPDX-License-Identifier: GPL-3.0-or-later
// The hero runs by itself over ground with gaps and ledges; what is collected lies where a jump reaches it.
'use strict';
(function () {
  const { spec, words, say } = Kit, width = 640, height = 400, floor = 320;
  let hero, pieces, coins, camera, end, held, jumps, next;

  const extend = () => {
    while (end < camera + width * 2) {
      const gap = 55 + next() * 60, length = 190 + next() * 260, y = floor - Math.floor(next() * 3) * 34;
      pieces.push({ x: end + gap, w: length, y });
      const n = 1 + Math.floor(next() * 3), high = next() < 0.45;
      for (let i = 0; i < n; i++)
        coins.push({ x: end + gap + length / (n + 1) * (i + 1), y: y - (high ? 96 : 34) });
      end += gap + length;
    }
  };
  const jump = () => {
    if (jumps < 2) {
      hero.v = jumps === 0 ? -560 : -480;
      jumps++;
      Kit.sound('step');
    }
  };
  const game = {
    width, height, pad: ['up'], hint: say(words.reach, `${spec.goal} ${spec.collect}`),
    begin() {
      next = Kit.random(Math.floor(Math.random() * 1e9));
      hero = { x: 90, y: floor, v: 0, turn: 0 };
      pieces = [{ x: -100, w: 620, y: floor }];
      coins = [{ x: 300, y: floor - 34 }, { x: 350, y: floor - 34 }, { x: 420, y: floor - 90 }];
      camera = 0;
      end = 520;
      jumps = 0;
      held = false;
      extend();
    },
    key(name, down, repeat) {
      if (name !== 'up' && name !== 'space')
        return;
      if (down && !repeat)
        jump();
      held = down;
    },
    pointer(x, y, kind) {
      if (kind === 'down')
        jump();
      if (kind !== 'move')
        held = kind === 'down';
    },
    step(seconds) {
      const speed = 205 * Kit.speed * (1 + Math.min(0.5, play.score * 0.01)), before = hero.y;
      hero.x += speed * seconds;
      hero.v += (held && hero.v < 0 ? 1250 : 1900) * seconds;
      hero.y += hero.v * seconds;
      const ground = pieces.find(one => hero.x + 12 > one.x && hero.x - 12 < one.x + one.w && before <= one.y + 12 && hero.y >= one.y && hero.v >= 0);
      if (ground) {
        hero.y = ground.y;
        hero.v = 0;
        jumps = 0;
      } else if (jumps === 0 && hero.v > 120) {
        jumps = 1;
      }
      for (const coin of coins)
        if (!coin.gone && Math.hypot(coin.x - hero.x, coin.y - hero.y + 20) < 32) {
          coin.gone = true;
          play.add(1);
          Kit.sound('good');
          if (play.score >= spec.goal)
            play.end(true);
        }
      coins = coins.filter(one => !one.gone && one.x > camera - 60);
      pieces = pieces.filter(one => one.x + one.w > camera - 60);
      camera = hero.x - 150;
      extend();
      if (hero.y > height + 60)
        play.end(false);
    },
    draw(ctx, c) {
      ctx.fillStyle = c.well;
      ctx.fillRect(0, 0, width, height);
      ctx.fillStyle = c.wash;
      ctx.beginPath();
      ctx.arc(width - 120, 90, 44, 0, 7);
      ctx.fill();
      // Hills, farther ones slower.
      for (const [far, tall, shade] of [[0.15, 120, 0.25], [0.35, 70, 0.4]]) {
        ctx.globalAlpha = shade;
        ctx.fillStyle = c.b;
        ctx.beginPath();
        ctx.moveTo(0, height);
        for (let x = 0; x <= width; x += 16)
          ctx.lineTo(x, height - tall - 36 * Math.sin((x + camera * far) / 90) - 20 * Math.sin((x + camera * far) / 37));
        ctx.lineTo(width, height);
        ctx.fill();
      }
      ctx.globalAlpha = 1;
      ctx.save();
      ctx.translate(-camera, 0);
      for (const one of pieces) {
        Kit.box(ctx, one.x, one.y, one.w, height - one.y + 20, 10, c.a);
        Kit.box(ctx, one.x, one.y, one.w, 12, 6, c.b);
      }
      for (const coin of coins) {
        ctx.fillStyle = c.c;
        ctx.beginPath();
        ctx.arc(coin.x, coin.y, 11, 0, 7);
        ctx.fill();
        ctx.strokeStyle = c.card;
        ctx.lineWidth = 2;
        ctx.beginPath();
        ctx.arc(coin.x, coin.y, 6, 0, 7);
        ctx.stroke();
      }
      // The hero: a round body with ears, an eye and legs that run.
      const step = jumps > 0 ? 0 : Math.sin(hero.x / 14) * 7;
      ctx.translate(hero.x, hero.y);
      ctx.strokeStyle = c.ink;
      ctx.lineWidth = 6;
      ctx.lineCap = 'round';
      ctx.beginPath();
      ctx.moveTo(-7, -12);
      ctx.lineTo(-7 + step, -2);
      ctx.moveTo(7, -12);
      ctx.lineTo(7 - step, -2);
      ctx.stroke();
      ctx.fillStyle = c.c;
      ctx.beginPath();
      ctx.moveTo(-14, -34);
      ctx.lineTo(-10, -52);
      ctx.lineTo(-1, -40);
      ctx.moveTo(3, -40);
      ctx.lineTo(12, -52);
      ctx.lineTo(15, -34);
      ctx.fill();
      Kit.box(ctx, -18, -42, 36, 34, 15, c.c);
      ctx.fillStyle = c.card;
      ctx.beginPath();
      ctx.arc(8, -29, 6, 0, 7);
      ctx.fill();
      ctx.fillStyle = c.ink;
      ctx.beginPath();
      ctx.arc(10, -29, 3, 0, 7);
      ctx.fill();
      ctx.restore();
    },
  };
  const play = Kit.play(game);
})();
