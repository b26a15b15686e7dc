// SPDX-License-Identifier: GPL-3.0-or-later
// Rows, which of them the filters let through, and what they come to: the same numbers as the statements'.
'use strict';
(function () {
  const M = window.MeleteDashboard;
  const rows = M.data.rows;
  const columns = new Map();

  for (const [name, column] of Object.entries(rows.columns || {}))
    columns.set(name, column.codes ? { words: column.words, codes: column.codes, get: i => column.words[column.codes[i]] } : { get: i => column.values[i] });

  M.rows = {
    n: rows.n,
    cube: Boolean(rows.cube),
    column: name => columns.get(name),
    // Whether a value can be computed of the rows for these groups.
    can: (value, groups) => groups.every(group => columns.has(group.text)) &&
      (!value || value.column === null || (rows.cube ? value.column in rows.numbers && value.aggregate !== 'median' && value.aggregate !== 'distinct' : columns.has(value.column))),
  };

  // ---- filters: name of a column or group → { values: Set } or { from, to }, and the part that it was set in ----

  M.filters = new Map();

  const fits = filter => {
    const column = columns.get(filter.name);
    if (!column)
      return null;
    const test = filter.values ? value => filter.values.has(value) : value => value !== null && (!filter.from || String(value) >= filter.from) && (!filter.to || String(value) <= filter.to);
    if (!column.codes)
      return i => test(column.get(i));
    const good = column.words.map(test);
    return i => good[column.codes[i]];
  };

  // The rows that are let through; without the filter that `part` itself has set.
  M.rows.select = part => {
    const tests = [];
    for (const filter of M.filters.values())
      if (part === undefined || filter.part !== part) {
        const test = fits(filter);
        if (test)
          tests.push(test);
      }
    const selected = [];
    for (let i = 0; i < rows.n; i++)
      if (tests.every(test => test(i)))
        selected.push(i);
    return selected;
  };
  M.rows.isFiltered = part => [...M.filters.values()].some(filter => part === undefined || filter.part !== part);
  M.rows.weight = i => rows.cube ? rows.weights[i] : 1;

  // ---- values ----

  // Sums as exact as sums get (Neumaier), so that the order of rows does not show.
  const adder = () => {
    let sum = 0, lost = 0;
    return {
      add: x => {
        const next = sum + x;
        lost += Math.abs(sum) >= Math.abs(x) ? (sum - next) + x : (x - next) + sum;
        sum = next;
      },
      get: () => sum + lost,
    };
  };

  const of = value => {
    if (value.column === null) {
      let n = 0;
      return { add: i => { n += M.rows.weight(i); }, get: () => n };
    }
    if (rows.cube)
      return ofCube(value);
    const column = columns.get(value.column);
    const get = i => {
      const x = column.get(i);
      return typeof x === 'number' ? x : null;
    };
    let n = 0, best = null;
    switch (value.aggregate) {
    case 'count':
      return { add: i => { n += column.get(i) !== null ? 1 : 0; }, get: () => n };
    case 'distinct': {
      const seen = new Set();
      return { add: i => { if (column.get(i) !== null) seen.add(column.get(i)); }, get: () => seen.size };
    }
    case 'median': {
      const list = [];
      return {
        add: i => { if (get(i) !== null) list.push(get(i)); },
        get: () => {
          list.sort((a, b) => a - b);
          const half = list.length >> 1;
          return list.length === 0 ? null : list.length % 2 ? list[half] : (list[half - 1] + list[half]) / 2;
        },
      };
    }
    case 'min':
    case 'max':
      return { add: i => { const x = get(i); if (x !== null && (best === null || (value.aggregate === 'min' ? x < best : x > best))) best = x; }, get: () => best };
    default: {
      const sum = adder();
      return { add: i => { const x = get(i); if (x !== null) { n++; sum.add(x); } }, get: () => n === 0 ? null : value.aggregate === 'average' ? sum.get() / n : sum.get() };
    }
    }
  };

  const ofCube = value => {
    const numbers = rows.numbers[value.column], sum = adder();
    let n = 0, best = null;
    switch (value.aggregate) {
    case 'count':
      return { add: i => { n += numbers.there[i]; }, get: () => n };
    case 'min':
    case 'max': {
      const list = numbers[value.aggregate];
      return { add: i => { const x = list[i]; if (x !== null && (best === null || (value.aggregate === 'min' ? x < best : x > best))) best = x; }, get: () => best };
    }
    default:
      return { add: i => { if (numbers.sum[i] !== null) { n += numbers.count[i]; sum.add(numbers.sum[i]); } }, get: () => n === 0 ? null : value.aggregate === 'average' ? sum.get() / n : sum.get() };
    }
  };

  // [[key, …, value]], as a statement's rows. `fold`: for each group a function of its key, or nothing.
  M.rows.aggregate = (value, groups, selected, fold) => {
    const found = new Map(), lists = groups.map(group => columns.get(group.text));
    for (const i of selected) {
      const keys = lists.map((list, k) => fold && fold[k] ? fold[k](list.get(i)) : list.get(i));
      const name = keys.length === 1 ? keys[0] : JSON.stringify(keys);
      let group = found.get(name);
      if (!group)
        found.set(name, group = { keys, of: of(value) });
      group.of.add(i);
    }
    if (groups.length === 0 && found.size === 0)
      return [[of(value).get()]];
    return [...found.values()].map(group => [...group.keys, group.of.get()]);
  };
})();
