// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  document.documentElement.classList.add('wide');
  const shell = Kit.shell({});
  const canvas = el('canvas', { tabindex: '0', role: 'img', 'aria-label': words.canvas }), ctx = canvas.getContext('2d'), stage = el('div', { class: 'stage' }, canvas);
  const width = 960, height = 600, colours = ['#1f2430', '#c43b2f', '#e08a1e', '#e3bd2b', '#3c8f4f', '#2a7fb8', '#6d4fb0', '#c9417f', '#8a5a34', '#ffffff'];
  let strokes = [], stroke = null, colour = colours[0], idea = 0;

  const draw = () => {
    ctx.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
    ctx.fillStyle = '#fffefb';
    ctx.fillRect(0, 0, width, height);
    ctx.lineCap = ctx.lineJoin = 'round';
    for (const { colour, size, points } of strokes) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = size;
      ctx.beginPath();
      ctx.moveTo(points[0], points[1]);
      for (let i = 2; i < points.length; i += 2)
        ctx.lineTo(points[i], points[i + 1]);
      if (points.length === 2)
        ctx.lineTo(points[0] + 0.1, points[1]);
      ctx.stroke();
    }
    undo.disabled = clear.disabled = strokes.length === 0;
    canvas.dataset.strokes = String(strokes.length);
  };
  const keep = () => Kit.store.set('strokes', strokes).catch(() => {});
  const place = (event) => { const box = canvas.getBoundingClientRect(); return [Math.round((event.clientX - box.left) / box.width * width), Math.round((event.clientY - box.top) / box.height * height)]; };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke = { colour, size: Number(size.value), points: place(event) };
    strokes.push(stroke);
    draw();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!stroke)
      return;
    stroke.points.push(...place(event));
    draw();
  });
  for (const end of ['pointerup', 'pointercancel'])
    canvas.addEventListener(end, () => { if (stroke) keep(); stroke = null; });
  // By keyboard: the pen is where the cross is, and Space puts it down.
  const pen = { x: width / 2, y: height / 2 };
  canvas.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === ' ') {
      event.preventDefault();
      stroke = stroke ? null : { colour, size: Number(size.value), points: [pen.x, pen.y] };
      if (stroke)
        strokes.push(stroke);
      else
        keep();
    } else if (step) {
      event.preventDefault();
      pen.x = Math.max(0, Math.min(width, pen.x + step[0] * 12));
      pen.y = Math.max(0, Math.min(height, pen.y + step[1] * 12));
      if (stroke)
        stroke.points.push(pen.x, pen.y);
    }
    draw();
    if (document.activeElement === canvas) {
      ctx.strokeStyle = '#888';
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.arc(pen.x, pen.y, 9, 0, 7);
      ctx.stroke();
    }
  });
  const swatches = el('div', { class: 'swatches' }, colours.map((one, i) => el('button', { type: 'button', class: 'swatch', 'aria-label': say(words.colour, i + 1), 'aria-pressed': String(i === 0), style: `background: ${one}`, onclick: (event) => {
    colour = one;
    swatches.querySelectorAll('.swatch').forEach(button => button.setAttribute('aria-pressed', String(button === event.currentTarget)));
  } })));
  const size = el('input', { type: 'range', min: '2', max: '48', value: '8', 'aria-label': words.width });
  const undo = el('button', { type: 'button', class: 'quiet', onclick: () => { strokes.pop(); draw(); keep(); } }, words.undo);
  const clear = el('button', { type: 'button', class: 'quiet', onclick: () => { strokes = []; draw(); keep(); } }, words.clear);
  const text = el('b', { dir: 'auto', style: 'flex: 1' }, spec.ideas[0] || '');
  const more = el('button', { type: 'button', class: 'quiet', onclick: () => { idea = (idea + 1) % spec.ideas.length; text.textContent = spec.ideas[idea]; } }, words.idea);
  if (spec.ideas.length > 0)
    shell.root.append(el('div', { class: 'row' }, text, spec.ideas.length > 1 ? more : null));
  shell.root.append(stage, el('div', { class: 'row' }, swatches, size, undo, clear));
  canvas.style.aspectRatio = `${width} / ${height}`;
  new ResizeObserver(() => requestAnimationFrame(() => {
    const scale = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = Math.max(1, Math.round(stage.clientWidth * scale));
    canvas.height = Math.max(1, Math.round(stage.clientWidth * height / width * scale));
    draw();
  })).observe(stage);
  Kit.store.get('strokes').then((kept) => {
    if (Array.isArray(kept))
      strokes = kept;
    draw();
    Kit.ready();
  });
})();
