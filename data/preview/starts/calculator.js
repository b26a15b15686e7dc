// SPDX-License-Identifier: GPL-3.0-or-later
'use strict';
(function () {
  const { spec, words, el } = Kit;
  const shell = Kit.shell({ onrestart: () => { fields.forEach((field, i) => { field.value = spec.inputs[i].value; }); compute(); } });
  // Money as the language writes it, with both digits of its cents; what is too large for a line, with a power of ten.
  const money = { '€': 'EUR', '$': 'USD', '£': 'GBP', '¥': 'JPY', EUR: 'EUR', USD: 'USD', GBP: 'GBP', CHF: 'CHF' };
  const show = (value, unit) => {
    const size = Math.abs(value), large = size >= 1e12 ? { notation: size < 1e15 ? 'compact' : 'scientific', maximumSignificantDigits: 5 } : null, digits = { maximumFractionDigits: size < 1 ? 4 : 2 };
    if (money[unit])
      return new Intl.NumberFormat(Kit.language, { style: 'currency', currency: money[unit], currencyDisplay: 'narrowSymbol', ...large }).format(value);
    const text = new Intl.NumberFormat(Kit.language, large || digits).format(value);
    return !unit ? text : unit === '%' ? new Intl.NumberFormat(Kit.language, { style: 'percent', ...(large || digits) }).format(value / 100) : `${text}\u00a0${unit}`;
  };
  // Three in a line, or two: none is left alone in the last one.
  const even = (kind, list) => {
    const columns = list.length === 5 ? 6 : list.length === 4 ? 2 : list.length;
    list.forEach((one, i) => one.style.setProperty('--of', list.length !== 5 ? 1 : i < 3 ? 2 : 3));
    return el('div', { class: `${kind} even`, style: `--n: ${columns}` }, list);
  };
  const fields = spec.inputs.map(input => el('input', { type: 'number', step: 'any', inputmode: 'decimal', value: String(input.value), 'data-name': input.name, oninput: () => compute() }));
  const outputs = spec.results.map(() => el('output', { 'aria-live': 'polite' }));
  const note = el('p', { class: 'small bad', role: 'status' });

  const compute = () => {
    const values = {};
    spec.inputs.forEach((input, i) => { values[input.name] = fields[i].value === '' ? NaN : Number(fields[i].value); });
    const results = spec.results.map(result => Kit.formula(result.formula, values));
    results.forEach((value, i) => {
      outputs[i].textContent = Number.isNaN(value) ? '–' : show(value, spec.results[i].unit);
      outputs[i].classList.toggle('long', outputs[i].textContent.length > 13);
      outputs[i].dataset.value = String(value);
    });
    note.textContent = results.some(Number.isNaN) ? words.noResult : '';
    Kit.store.set('inputs', fields.map(field => field.value));
  };
  shell.root.append(el('section', { class: 'card stack' },
    even('inputs', spec.inputs.map((input, i) => el('label', { class: 'field', 'data-part': `/inputs/${i}` }, el('span', { dir: 'auto' }, Kit.soft(input.label)), el('span', { class: input.unit ? 'unit' : '', style: input.unit ? `--unit: ${[...input.unit].length}` : null }, fields[i], input.unit ? el('i', { 'aria-hidden': 'true' }, input.unit) : null)))),
    even('results', spec.results.map((result, i) => el('div', { class: 'result', 'data-part': `/results/${i}` }, el('span', { dir: 'auto' }, Kit.soft(result.label)), outputs[i]))), note));
  Kit.store.get('inputs').then((kept) => {
    if (Array.isArray(kept) && kept.length === fields.length)
      fields.forEach((field, i) => { field.value = kept[i]; });
    compute();
    Kit.ready();
  });
})();
