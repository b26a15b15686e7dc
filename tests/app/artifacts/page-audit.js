// SPDX-License-Identifier: GPL-3.0-or-later
// In any page: what a careful eye would find, as { what, where, … }. Words that are too faint on what is behind them, cut or over each other; what is too small for a finger.
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const known = new Map();
// A colour as CSS writes it: [r, g, b, alpha].
const parse = text => {
  if (!known.has(text)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = '#000';
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    known.set(text, [r, g, b, a / 255]);
  }
  return known.get(text);
};
const over = (top, bottom, alpha = 1) => { const a = top[3] * alpha; return [0, 1, 2].map(i => top[i] * a + bottom[i] * (1 - a)).concat(1); };
const luminance = colour => { const [r, g, b] = colour.map(x => { x /= 255; return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
// All the colours that may be behind an element; of a gradient, its ends.
const behind = element => {
  if (!element || element === document)
    return [parse(getComputedStyle(document.documentElement).backgroundColor)];
  const style = getComputedStyle(element), own = parse(style.backgroundColor);
  let ground = own[3] === 1 ? [own] : behind(element.parentElement).map(colour => over(own, colour));
  // The last of them is the lowest one. Where all of its ends cover, nothing below is seen.
  if (style.backgroundImage !== 'none' && !style.backgroundSize.endsWith(' 2px'))
    for (const layer of style.backgroundImage.split(/,\s*(?=(?:repeating-)?(?:linear|radial|conic)-gradient)/).reverse()) {
      const ends = (layer.match(/(?:rgba?|color|oklch|oklab|lab)\([^()]*\)|transparent/g) || []).map(parse), drawn = ends.filter(end => end[3] > 0).flatMap(end => ground.map(colour => over(end, colour)));
      ground = ends.every(end => end[3] === 1) ? drawn : ground.concat(drawn);
    }
  return ground;
};
const path = element => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ''}${typeof element.className === 'string' && element.className ? `.${element.className.split(' ').join('.')}` : ''}`;
const seen = element => { const box = element.getBoundingClientRect(); return box.width > 1 && box.height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest('.sr'); };
// One of each kind and place; the others are counted.
const found = new Map();
const add = one => { const key = `${one.what} ${one.where} ${one.what === 'overlap' || one.what === 'outside' ? one.text : ''}`; if (found.has(key)) found.get(key).times++; else found.set(key, { ...one, times: 1 }); };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement, text = node.textContent.trim();
  if (!text || /^(script|style|option)$/i.test(element.tagName) || !seen(element))
    continue;
  const style = getComputedStyle(element), drawn = element.closest('svg');
  let alpha = 1;
  for (let at = element; at; at = at.parentElement)
    alpha *= Number(getComputedStyle(at).opacity);
  // Words in a drawing are on the card, as far as can be known here. Those on coloured fields are left to eyes.
  if (drawn && drawn.closest('.heatmap, .treemap'))
    continue;
  const colour = parse(drawn ? style.fill : style.color), ground = drawn && /^tspan|^text/i.test(element.tagName) ? behind(drawn.parentElement) : behind(element);
  const worst = Math.min(...ground.map(one => contrast(over(colour, one, alpha), one)));
  if (worst < 4.5 && !(drawn && luminance(colour) > 0.9) && !element.closest(':disabled'))
    add({ what: 'faint', where: path(element), text: text.slice(0, 40), ratio: Math.round(worst * 100) / 100 });
  if (!drawn && element.scrollWidth > element.clientWidth + 1 && /hidden|clip/.test(style.overflowX) && style.display !== 'inline')
    add({ what: 'cut', where: path(element), text: text.slice(0, 40) });
  if (!drawn && parseFloat(style.fontSize) < 11)
    add({ what: 'small', where: path(element), text: text.slice(0, 40), size: parseFloat(style.fontSize) });
}
// What holds words and is narrower than they are.
for (const element of document.querySelectorAll('button, .card, .tile .face, .stat, td, th, h1, h2, h3'))
  if (seen(element) && element.scrollWidth > element.clientWidth + 2 && getComputedStyle(element).overflowX !== 'auto' && element.clientWidth > 0)
    add({ what: 'spills', where: path(element), text: element.textContent.trim().slice(0, 40), by: element.scrollWidth - element.clientWidth });
for (const element of document.querySelectorAll('button, input, select, textarea, a, summary')) {
  const box = (element.closest('label') || element).getBoundingClientRect();
  if (seen(element) && (box.height < 32 || box.width < 32))
    add({ what: 'narrow', where: path(element), text: (element.textContent.trim() || element.getAttribute('aria-label') || '').slice(0, 40), size: [Math.round(box.width), Math.round(box.height)] });
}
// Labels of one drawing that lie over each other.
for (const svg of document.querySelectorAll('.plot svg')) {
  const labels = [...svg.querySelectorAll('text')].filter(one => one.textContent.trim()).map(one => ({ text: one.textContent, box: one.getBoundingClientRect() }));
  const all = svg.getBoundingClientRect();
  labels.forEach((one, i) => {
    if (one.box.left < all.left - 1 || one.box.right > all.right + 1 || one.box.top < all.top - 2 || one.box.bottom > all.bottom + 2)
      add({ what: 'outside', where: path(svg.closest('figure')), text: one.text.slice(0, 40) });
    for (const other of labels.slice(i + 1)) {
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left), down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 1 && down > 3)
        add({ what: 'overlap', where: path(svg.closest('figure')), text: `${one.text.slice(0, 24)} | ${other.text.slice(0, 24)}` });
    }
  });
}
return [...found.values()].slice(0, 60);
