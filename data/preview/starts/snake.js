// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, say } = Kit, size = 18, cell = 26;
  let body, way, turns, food, since, eaten, glide;

  const put = () => {
    const free = [];
    for (let x = 0; x < size; x++)
      for (let y = 0; y < size; y++)
        if (!body.some(part => part.x === x && part.y === y))
          free.push({ x, y });
    food = free[Math.floor(Math.random() * free.length)];
  };
  const game = {
    width: size * cell, height: size * cell, pad: ['left', 'up', 'down', 'right'], hint: say(words.collect, spec.food),
    begin() {
      body = [0, 1, 2, 3].map(i => ({ x: 8 - i, y: 9 }));
      way = { x: 1, y: 0 };
      turns = [];
      since = eaten = glide = 0;
      put();
    },
    key(name, down) {
      const to = { left: { x: -1, y: 0 }, right: { x: 1, y: 0 }, up: { x: 0, y: -1 }, down: { x: 0, y: 1 } }[name], last = turns[turns.length - 1] || way;
      if (down && to && turns.length < 3 && to.x * last.x + to.y * last.y === 0)
        turns.push(to);
    },
    step(seconds) {
      since += seconds;
      eaten = Math.max(0, eaten - seconds);
      const wait = 0.135 / Kit.speed * Math.max(0.6, 1 - body.length * 0.006);
      glide = since / wait;
      if (since < wait)
        return;
      since = glide = 0;
      way = turns.shift() || way;
      let head = { x: body[0].x + way.x, y: body[0].y + way.y };
      if (spec.walls && (head.x < 0 || head.y < 0 || head.x >= size || head.y >= size)) {
        play.end(false);
        return;
      }
      head = { x: (head.x + size) % size, y: (head.y + size) % size };
      const grows = head.x === food.x && head.y === food.y;
      if (!grows)
        body.pop();
      if (body.some(part => part.x === head.x && part.y === head.y)) {
        play.end(false);
        return;
      }
      body.unshift(head);
      if (grows) {
        eaten = 0.2;
        play.add(1);
        Kit.sound('good');
        if (body.length === size * size)
          play.end(true);
        else
          put();
      }
    },
    draw(ctx, c) {
      ctx.fillStyle = c.well;
      ctx.fillRect(0, 0, this.width, this.height);
      ctx.fillStyle = c.wash;
      for (let x = 0; x < size; x++)
        for (let y = x % 2; y < size; y += 2)
          ctx.fillRect(x * cell, y * cell, cell, cell);
      // What is eaten: a fruit with a leaf.
      const fx = (food.x + 0.5) * cell, fy = (food.y + 0.56) * cell;
      ctx.fillStyle = c.c;
      ctx.beginPath();
      ctx.arc(fx, fy, cell * 0.36, 0, 7);
      ctx.fill();
      ctx.fillStyle = c.b;
      ctx.beginPath();
      ctx.ellipse(fx + 4, fy - cell * 0.42, 6, 3, -0.6, 0, 7);
      ctx.fill();
      // The snake is one thick line; where it leaves the field, it begins anew.
      ctx.lineCap = ctx.lineJoin = 'round';
      ctx.strokeStyle = c.a;
      ctx.lineWidth = cell * 0.74;
      ctx.beginPath();
      body.forEach((part, i) => {
        const x = (part.x + 0.5) * cell, y = (part.y + 0.5) * cell, before = body[i - 1];
        if (!before || Math.abs(before.x - part.x) + Math.abs(before.y - part.y) > 1) {
          ctx.moveTo(x, y);
          ctx.lineTo(x + 0.01, y);
        } else {
          ctx.lineTo(x, y);
        }
      });
      ctx.stroke();
      const head = body[0], hx = (head.x + 0.5) * cell, hy = (head.y + 0.5) * cell;
      ctx.fillStyle = c.a;
      ctx.beginPath();
      ctx.arc(hx, hy, cell * (eaten > 0 ? 0.52 : 0.44), 0, 7);
      ctx.fill();
      for (const side of [-1, 1]) {
        const ex = hx + way.x * 4 + way.y * side * 6, ey = hy + way.y * 4 + way.x * side * 6;
        ctx.fillStyle = c.card;
        ctx.beginPath();
        ctx.arc(ex, ey, 4, 0, 7);
        ctx.fill();
        ctx.fillStyle = c.ink;
        ctx.beginPath();
        ctx.arc(ex + way.x * 1.4, ey + way.y * 1.4, 2, 0, 7);
        ctx.fill();
      }
    },
  };
  const play = Kit.play(game);
})();
