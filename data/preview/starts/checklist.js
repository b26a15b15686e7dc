// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  const shell = Kit.shell({ onrestart: () => { items = spec.items.map(text => ({ text, done: false })); draw(); keep(); } });
  const list = el('ul', { class: 'plain-list' }), bar = el('i', {}), count = el('p', { class: 'small', role: 'status' });
  let items = spec.items.map(text => ({ text, done: false }));

  const keep = () => Kit.store.set('items', items);
  const tell = () => {
    const done = items.filter(one => one.done).length;
    count.textContent = say(words.of, done, items.length);
    bar.style.width = `${items.length ? done / items.length * 100 : 0}%`;
    clear.disabled = done === 0;
  };
  const draw = () => {
    list.replaceChildren(...items.map((item) => {
      const row = el('li', { class: item.done ? 'done' : '' }), box = el('input', { type: 'checkbox', onchange: () => { item.done = box.checked; row.classList.toggle('done', item.done); tell(); keep(); } });
      box.checked = item.done;
      const part = spec.items.indexOf(item.text);
      row.append(el('label', {}, box, el('span', { dir: 'auto', 'data-part': part >= 0 ? `/items/${part}` : null }, item.text)),
        el('button', { type: 'button', class: 'bare', 'aria-label': say(words.remove, item.text), onclick: () => { items = items.filter(one => one !== item); draw(); keep(); } }, '×'));
      return row;
    }));
    tell();
  };
  const entry = el('input', { type: 'text', class: 'text', maxlength: '80', 'aria-label': words.newItem, placeholder: words.newItem, style: 'flex: 1' });
  const form = el('form', { class: 'row', style: 'flex-wrap: nowrap', onsubmit: (event) => {
    event.preventDefault();
    if (entry.value.trim()) {
      items.push({ text: entry.value.trim(), done: false });
      entry.value = '';
      draw();
      keep();
    }
  } }, entry, el('button', { type: 'submit', class: 'main' }, words.add));
  const clear = el('button', { type: 'button', class: 'quiet', onclick: () => { items = items.filter(one => !one.done); draw(); keep(); } }, words.clearDone);
  shell.root.append(el('div', { class: 'meter', 'aria-hidden': 'true' }, bar), el('section', { class: 'card' }, list, el('div', { style: 'height: 14px' }), form), el('div', { class: 'row', style: 'justify-content: space-between' }, count, clear));
  draw();
  Kit.store.get('items').then((kept) => {
    if (Array.isArray(kept) && kept.every(one => one && typeof one.text === 'string'))
      items = kept;
    draw();
  });
  Kit.ready();
})();
