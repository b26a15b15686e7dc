// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, say } = Kit, size = 18, cell = 26;
  // `left`: the field that its end was in before.
  let body, left, way, turns, food, since, eaten, glide;

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
      left = null;
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
        glide = 1;
        play.end(false);
        return;
      }
      head = { x: (head.x + size) % size, y: (head.y + size) % size };
      const grows = head.x === food.x && head.y === food.y;
      const end = grows ? null : body.pop();
      if (body.some(part => part.x === head.x && part.y === head.y)) {
        glide = 1;
        play.end(false);
        return;
      }
      body.unshift(head);
      left = end;
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
      ctx.globalAlpha = 0.4;
      ctx.fillStyle = c.card;
      for (let x = 0; x < size; x++)
        for (let y = x % 2; y < size; y += 2)
          ctx.fillRect(x * cell, y * cell, cell, cell);
      ctx.globalAlpha = 1;
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
      // The snake is one thick line, which glides into the fields that it has taken and out of the one that it has left. Where it leaves the playing field, the line begins anew.
      const near = (a, b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y) === 1, between = (a, b, part) => near(a, b) ? { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part } : b;
      const part = Math.min(glide, 1), to = near(body[0], body[1]) ? { x: body[0].x - body[1].x, y: body[0].y - body[1].y } : way, head = between(body[1], body[0], part);
      const line = [head, ...body.slice(1)];
      if (left && near(left, body[body.length - 1]))
        line.push(between(left, body[body.length - 1], part));
      const draw = (width, colour, dashes) => {
        ctx.lineWidth = width;
        ctx.strokeStyle = colour;
        ctx.setLineDash(dashes);
        ctx.beginPath();
        line.forEach((one, i) => {
          const x = (one.x + 0.5) * cell, y = (one.y + 0.5) * cell, before = line[i - 1];
          if (!before || Math.abs(before.x - one.x) + Math.abs(before.y - one.y) > 1.01) {
            ctx.moveTo(x, y);
            ctx.lineTo(x + 0.01, y);
          } else {
            ctx.lineTo(x, y);
          }
        });
        ctx.stroke();
      };
      ctx.lineCap = ctx.lineJoin = 'round';
      draw(cell * 0.74, c.a, []);
      ctx.globalAlpha = 0.3;
      draw(cell * 0.2, c.card, [1, cell * 0.5]);
      ctx.globalAlpha = 1;
      ctx.setLineDash([]);
      const hx = (head.x + 0.5) * cell, hy = (head.y + 0.5) * cell;
      ctx.fillStyle = c.a;
      ctx.beginPath();
      ctx.arc(hx, hy, cell * (eaten > 0 ? 0.56 : 0.48), 0, 7);
      ctx.fill();
      for (const side of [-1, 1]) {
        const ex = hx + to.x * 3 + to.y * side * 6.5, ey = hy + to.y * 3 + to.x * side * 6.5;
        ctx.fillStyle = '#fff';
        ctx.beginPath();
        ctx.arc(ex, ey, 4.6, 0, 7);
        ctx.fill();
        ctx.fillStyle = '#14161c';
        ctx.beginPath();
        ctx.arc(ex + to.x * 1.6, ey + to.y * 1.6, 2.4, 0, 7);
        ctx.fill();
      }
    },
  };
  const play = Kit.play(game);
})();
