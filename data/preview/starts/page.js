// SPDX-License-Identifier: GPL-3.0-or-later
// A page of sections, one function for each kind.
'use strict';
(function () {
  const { spec, words, el, soft } = Kit;
  document.documentElement.classList.add('wide');
  let first = true;
  // The title is not said twice.
  const heading = (section) => section.heading && !(first && section.heading.toLowerCase() === spec.title.toLowerCase()) ? el('h2', { dir: 'auto' }, soft(section.heading, 20)) : null;
  // "Mild and sweet. € 6.40": what it costs stands for itself.
  const price = /[\s,;:·–-]*((?:[€$£¥]|EUR|USD|GBP|CHF)\s?\d[\d.,'’]*|\d[\d.,'’]*\s?(?:€|EUR|USD|GBP|CHF|zł|kr))\.?$/;
  const cell = (tag, text, more) => el(tag, more || {}, el('span', { class: 'cell', dir: 'auto' }, soft(text, 14)));
  const kinds = {
    hero(section) {
      const title = first ? 'h1' : 'h2';
      return el('section', { class: 'hero' }, el(title, { dir: 'auto' }, soft(section.heading, 16)), el('p', { dir: 'auto' }, soft(section.text, 18)));
    },
    text: (section) => el('section', { class: 'part' }, heading(section), el('p', { dir: 'auto' }, section.text)),
    list: (section) => el('section', { class: 'part' }, heading(section), el('ul', { class: section.items.length > 3 && section.items.every(text => text.length < 70) ? 'points two' : 'points' }, section.items.map(text => el('li', {}, el('span', { dir: 'auto' }, text))))),
    steps: (section) => el('section', { class: 'part' }, heading(section), el('ol', { class: 'ordered' }, section.items.map(text => el('li', {}, el('span', { dir: 'auto' }, text))))),
    table(section) {
      const n = section.columns.length;
      return el('section', { class: 'part' }, heading(section), el('div', { class: 'card scroll' }, el('table', {}, el('thead', {}, el('tr', {}, section.columns.map(name => cell('th', name, { scope: 'col' })))),
        el('tbody', {}, section.rows.map(row => el('tr', {}, Array.from({ length: n }, (_, i) => cell('td', row[i] || ''))))))));
    },
    cards(section) {
      const n = section.items.length, columns = n < 4 ? n : n === 4 || n > 6 ? 4 : 3;
      return el('section', { class: 'part' }, heading(section), el('div', { class: 'gallery', style: `--n: ${columns}` }, section.items.map((item) => {
        const found = price.exec(item.text), text = found ? item.text.slice(0, found.index) : item.text;
        return el('article', { class: 'card' }, el('h3', { dir: 'auto' }, soft(item.title)), text ? el('p', { dir: 'auto' }, text) : null, found ? el('p', { class: 'price', dir: 'auto' }, found[1].replace(/\s/g, '\u00a0')) : null);
      })));
    },
    quotes: (section) => el('section', { class: 'part quotes' }, section.items.map(item => el('blockquote', {}, el('p', { dir: 'auto' }, item.text), el('footer', { dir: 'auto' }, item.name)))),
    reply(section, i) {
      const name = el('input', { type: 'text', name: 'name', autocomplete: 'name', maxlength: '80', required: true }), answer = el('select', { name: 'coming' }, el('option', { value: 'yes' }, words.yes), el('option', { value: 'no' }, words.no)), message = el('textarea', { maxlength: '500' }), note = el('p', { class: 'good', role: 'status' }), key = `reply-${i}`;
      const form = el('form', { class: 'stack', onsubmit: async (event) => {
        event.preventDefault();
        await Kit.store.set(key, { name: name.value, coming: answer.value, message: message.value });
        note.textContent = words.kept;
      } }, el('div', { class: 'inputs' }, el('label', { class: 'field' }, words.name, name), el('label', { class: 'field' }, words.coming, answer)), el('label', { class: 'field' }, words.message, message), el('div', { class: 'row' }, el('button', { type: 'submit', class: 'main' }, words.keep), note));
      Kit.store.get(key).then(kept => { if (kept) [name.value, answer.value, message.value] = [kept.name, kept.coming, kept.message]; });
      return el('section', { class: 'part card reply' }, heading(section), el('p', { class: 'small', dir: 'auto' }, section.text), el('div', { style: 'height: 14px' }), form);
    },
    countdown(section) {
      const cells = ['days', 'hours', 'mins', 'secs'].map(name => [el('b', {}), words[name]]), box = el('div', { class: 'count' }, cells.map(([number, text]) => el('div', {}, number, el('span', {}, text)))), over = el('p', { class: 'over-now', hidden: true }, words.over);
      const [year, month, day] = section.date.split('-').map(Number), then = new Date(year, month - 1, day).getTime();
      const tick = () => {
        const left = Math.floor((then - Date.now()) / 1000);
        over.hidden = left > 0;
        box.hidden = left <= 0;
        [left / 86400, left / 3600 % 24, left / 60 % 60, left % 60].forEach((value, i) => { cells[i][0].textContent = Kit.say('%s', Math.floor(value)); });
      };
      tick();
      setInterval(tick, 1000);
      return el('section', { class: 'part' }, heading(section), el('p', { class: 'small' }, new Intl.DateTimeFormat(Kit.language, { dateStyle: 'full' }).format(then)), el('div', { style: 'height: 10px' }), box, over);
    },
  };
  const starts = spec.sections[0].type === 'hero';
  const shell = Kit.shell({ bare: starts, hint: '' });
  spec.sections.forEach((section, i) => {
    const drawn = kinds[section.type](section, i);
    drawn.dataset.part = `/sections/${i}`;
    first = false;
    shell.root.append(drawn);
  });
  Kit.ready({ sections: spec.sections.length });
})();
