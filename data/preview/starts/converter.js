// SPDX-License-Identifier: GPL-3.0-or-later
// Factors are to the first unit of a row; temperatures have a zero of their own.
'use strict';
(function () {
  const { spec, words, el } = Kit;
  const quantities = {
    length: ['metre', 'kilometer', 1e3, 'meter', 1, 'centimeter', 0.01, 'millimeter', 0.001, 'mile', 1609.344, 'yard', 0.9144, 'foot', 0.3048, 'inch', 0.0254],
    weight: ['kilogram', 'kilogram', 1, 'gram', 0.001, 'pound', 0.45359237, 'ounce', 0.028349523125, 'stone', 6.35029318],
    volume: ['liter', 'liter', 1, 'milliliter', 0.001, 'gallon', 3.785411784, 'fluid-ounce', 0.0295735295625],
    speed: ['m/s', 'kilometer-per-hour', 1 / 3.6, 'meter-per-second', 1, 'mile-per-hour', 0.44704],
    area: ['m²', 'hectare', 1e4, 'acre', 4046.8564224],
    time: ['second', 'second', 1, 'minute', 60, 'hour', 3600, 'day', 86400, 'week', 604800, 'year', 31557600],
    data: ['byte', 'byte', 1, 'kilobyte', 1e3, 'megabyte', 1e6, 'gigabyte', 1e9, 'terabyte', 1e12],
  };
  const language = (id) => {
    const parts = new Intl.NumberFormat(Kit.language, { style: 'unit', unit: id, unitDisplay: 'long' }).formatToParts(2);
    return parts.filter(part => part.type === 'unit').map(part => part.value).join(' ');
  };
  const list = () => {
    if (spec.quantity === 'temperature')
      return [{ name: '°C', factor: 1, zero: 0 }, { name: '°F', factor: 5 / 9, zero: -160 / 9 }, { name: 'K', factor: 1, zero: -273.15 }];
    if (spec.quantity === 'own' && spec.units.length > 1)
      return spec.units.map(unit => ({ ...unit, zero: 0 }));
    const row = (quantities[spec.quantity] || quantities.length).slice(1), units = [];
    for (let i = 0; i < row.length; i += 2)
      units.push({ name: language(row[i]), factor: row[i + 1], zero: 0 });
    if (spec.quantity === 'area')
      units.push({ name: 'm²', factor: 1, zero: 0 }, { name: 'km²', factor: 1e6, zero: 0 }, { name: 'ft²', factor: 0.09290304, zero: 0 });
    return units;
  };
  const units = list();
  const shell = Kit.shell();
  // The units that the title names stand there first.
  const title = ` ${spec.title.toLowerCase().replace(/metre/g, 'meter').replace(/litre/g, 'liter').replace('celsius', '°c').replace('fahrenheit', '°f')}`;
  const place = (i) => title.search(new RegExp(`[\\s(]${units[i].name.toLowerCase().replace(/s$/, '').replace(/[^\p{L}°\d ]/gu, '.')}`, 'u'));
  const named = units.map((unit, i) => i).filter(i => place(i) >= 0).sort((a, b) => place(a) - place(b));
  const select = (chosen) => {
    const one = el('select', { onchange: () => compute() }, units.map((unit, i) => el('option', { value: String(i) }, unit.name)));
    one.value = String(chosen);
    return one;
  };
  const from = select(named[0] ?? 0), to = select(named[1] ?? (named[0] === 1 ? 0 : 1)), amount = el('input', { type: 'number', step: 'any', inputmode: 'decimal', value: String(spec.value), oninput: () => compute() });
  const output = el('output', { 'aria-live': 'polite' }), line = el('span', { dir: 'auto' }), rest = el('div', { class: 'results' });
  const convert = (value, a, b) => (value * a.factor + a.zero - b.zero) / b.factor;
  const precise = (value) => Kit.number(value, Math.abs(value) < 0.01 ? 8 : Math.abs(value) < 10 ? 4 : 2);
  const compute = () => {
    const value = amount.value === '' ? NaN : Number(amount.value), a = units[from.value], b = units[to.value], result = convert(value, a, b);
    output.textContent = Number.isFinite(result) ? `${precise(result)} ${b.name}` : '–';
    output.dataset.value = String(result);
    line.textContent = Number.isFinite(result) ? `${precise(value)} ${a.name} =` : words.noResult;
    rest.replaceChildren(...units.filter(unit => unit !== a && unit !== b && Number.isFinite(result)).map(unit => el('div', { class: 'small' }, el('b', {}, precise(convert(value, a, unit))), ` ${unit.name}`)));
  };
  const swap = el('button', { type: 'button', class: 'quiet', onclick: () => { [from.value, to.value] = [to.value, from.value]; compute(); } }, `⇄ ${words.swap}`);
  shell.root.append(el('section', { class: 'card stack' }, el('div', { class: 'inputs three' }, el('label', { class: 'field' }, words.amount, amount), el('label', { class: 'field' }, words.from, from), el('label', { class: 'field' }, words.to, to)),
    el('div', { class: 'row' }, swap), el('div', { class: 'result' }, line, output), rest));
  compute();
  Kit.ready();
})();
