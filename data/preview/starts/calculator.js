// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, el } = Kit;
  const shell = Kit.shell({ onrestart: () => { fields.forEach((field, i) => { field.value = spec.inputs[i].value; }); compute(); } });
  const unit = (text, value) => text ? `${value} ${text}` : value;
  const fields = spec.inputs.map(input => el('input', { type: 'number', step: 'any', inputmode: 'decimal', value: String(input.value), 'data-name': input.name, oninput: () => compute() }));
  const outputs = spec.results.map(() => el('output', { 'aria-live': 'polite' }));
  const note = el('p', { class: 'small bad', role: 'status' });

  const compute = () => {
    const values = {};
    spec.inputs.forEach((input, i) => { values[input.name] = fields[i].value === '' ? NaN : Number(fields[i].value); });
    const results = spec.results.map(result => Kit.formula(result.formula, values));
    results.forEach((value, i) => {
      outputs[i].textContent = Number.isNaN(value) ? '–' : unit(spec.results[i].unit, Kit.number(value, Math.abs(value) < 1 ? 4 : 2));
      outputs[i].dataset.value = String(value);
    });
    note.textContent = results.some(Number.isNaN) ? words.noResult : '';
    Kit.store.set('inputs', fields.map(field => field.value));
  };
  shell.root.append(el('section', { class: 'card stack' },
    el('div', { class: 'inputs' }, spec.inputs.map((input, i) => el('label', { class: 'field', 'data-part': `/inputs/${i}` }, el('span', { dir: 'auto' }, input.label), el('span', { class: input.unit ? 'unit' : '' }, fields[i], input.unit ? el('i', { 'aria-hidden': 'true' }, input.unit) : null)))),
    el('div', { class: 'results' }, spec.results.map((result, i) => el('div', { class: 'result', 'data-part': `/results/${i}` }, el('span', { dir: 'auto' }, result.label), outputs[i]))), note));
  Kit.store.get('inputs').then((kept) => {
    if (Array.isArray(kept) && kept.length === fields.length)
      fields.forEach((field, i) => { field.value = kept[i]; });
    compute();
    Kit.ready();
  });
})();
