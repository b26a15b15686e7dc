// SPDX-License-Identifier: GPL-3.0-or-later
// What programs of jobs are written with (app/jobs/worker-script.c): whoever writes one is told of all of it that has no "__" before its name. `f`: what a row has, a function or the name of a column.

const __plain = s => String(s).normalize('NFC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
const __get = f => typeof f === 'function' ? f : row => row[f];
const __number = x => Number(x) || 0;

const sum = (rows, f = x => x) => [...rows].reduce((all, row) => all + __number(__get(f)(row)), 0);
const round = (x, digits = 2) => Math.round((Number(x) + Number.EPSILON) * 10 ** digits) / 10 ** digits;
// {key: rows}, {key: how many}, {key: sum}
const group = (rows, f) => { const all = {}; for (const row of rows) (all[__get(f)(row)] ??= []).push(row); return all; };
const count = (rows, f) => Object.fromEntries(Object.entries(group(rows, f)).map(([key, own]) => [key, own.length]));
const totals = (rows, f, value) => Object.fromEntries(Object.entries(group(rows, f)).map(([key, own]) => [key, round(sum(own, value), 6)]));
const sortBy = (rows, f) => [...rows].sort((a, b) => { const x = __get(f)(a), y = __get(f)(b); return x < y ? -1 : x > y ? 1 : 0; });
// The key of the largest, and of the smallest value.
const most = all => Object.keys(all).reduce((best, key) => best === undefined || all[key] > all[best] ? key : best, undefined);
const least = all => Object.keys(all).reduce((best, key) => best === undefined || all[key] < all[best] ? key : best, undefined);
// Lines of Markdown.
const list = all => Object.entries(all).map(([key, value]) => `- ${key}: ${typeof value === 'number' ? round(value) : value}`).join('\n');
// Whole days between two dates.
const days = (from, to) => Math.round((Date.parse(String(to).slice(0, 10)) - Date.parse(String(from).slice(0, 10))) / 86400000);

// A value in another unit: convert(3, 'ft', 'm').
const __units = {};
const convert = (value, from, to) => {
  const find = name => __units[name] ?? __units[Object.keys(__units).find(one => one.toLowerCase() === String(name).trim().toLowerCase())];
  const one = find(from), other = find(to);
  if (one === undefined || other === undefined) throw new Error(`there is no unit ${one === undefined ? from : to}`);
  if (one[2] !== other[2]) throw new Error(`${from} cannot become ${to}`);
  return (Number(value) * one[0] + one[1] - other[1]) / other[0];
};

// Months of the rows of tables, in order; of those tables that have any.
const months = (...tables) => {
  const all = new Set();
  for (const row of tables.flat(2)) {
    try {
      const month = typeof row === 'object' && row !== null ? row.month ?? Object.values(row).find(v => /^\d{4}-\d\d(-\d\d)?$/.test(v)) : row;
      if (month !== null && month !== undefined) all.add(String(month).slice(0, 7));
    } catch (error) {
      continue; // a row that has none
    }
  }
  return [...all].sort();
};

// One row of each: by all cells without regard to spaces and capitals, or by `f`. Of several the one that is not written in capitals.
const distinct = (rows, f) => {
  const all = new Map(), cell = v => typeof v === 'string' ? v.trim().replace(/\s+/g, ' ').toLowerCase() : v ?? null;
  const small = row => Object.values(Object(row)).reduce((n, v) => n + (typeof v === 'string' ? v.length - v.replace(/\p{Ll}/gu, '').length : 0), 0);
  for (const row of rows) {
    const key = JSON.stringify(f !== undefined ? cell(__get(f)(row)) : row !== null && typeof row === 'object' ? Object.values(row).map(cell) : cell(row));
    if (!all.has(key) || small(row) > small(all.get(key))) all.set(key, row);
  }
  return [...all.values()];
};
const unique = distinct;

// Two versions of one table: {key, before, after} of each key, null where one has no such row.
const compare = (before, after, f) => {
  const get = __get(f), all = new Map();
  for (const row of before) all.set(__plain(get(row)), { key: get(row), before: row, after: null });
  for (const row of after) {
    const one = all.get(__plain(get(row)));
    if (one !== undefined) one.after = row;
    else all.set(__plain(get(row)), { key: get(row), before: null, after: row });
  }
  return [...all.values()];
};

// Columns as rows: {column, value, row} of each cell that has something; `column` is its title.
const unpivot = (rows, names) => {
  names = names ?? Object.keys(rows[0] ?? {});
  return names.flatMap(name => rows.filter(row => row[name] !== null && row[name] !== '').map(row => ({ column: __titles.get(row)?.[name] ?? name, value: row[name], row })));
};

// Every row of one with every row of the other.
const cross = (...tables) => tables.reduce((all, rows) => all.flatMap(one => rows.map(row => ({ ...one, ...row }))), [{}]);

const __has = (row, name) => {
  if (!(name in row)) throw new Error(`a row with its option has no member ${name}, only ${Object.keys(row).join(', ')}`);
  return row[name];
};
// Gives every row one of the options (of those that say the same in columns of the same name), so that no two rows are alike in all columns of a list (['room', 'time']) or meet a condition ((a, b) => …): any number of lists and conditions.
const assign = (rows, options, ...never) => {
  const made = new Array(rows.length).fill(null);
  let left = 200000;
  if (!options.length) throw new Error('there is no option to assign');
  // No two rows are alike in what is different in every row: who names such a column beside two others means those.
  const different = name => rows.length > 1 && rows.every(row => name in row) && new Set(rows.map(row => row[name])).size === rows.length;
  const columns = rule => { const all = [rule].flat(), left = all.filter(name => !different(name)); return left.length >= 2 ? left : all; };
  const rules = never.filter(rule => rule !== undefined).map(rule => typeof rule === 'function' ? rule : (names => (a, b) => names.every(name => __has({ ...a }, name) === __has({ ...b }, name)))(columns(rule)));
  const fits = one => made.every(other => other === null || rules.every(rule => !rule(one, other) && !rule(other, one)));
  const goes = (row, option) => Object.keys(option).every(name => !(name in row) || row[name] === option[name]);
  const free = i => options.filter(option => goes(rows[i], option)).map(option => ({ ...rows[i], ...option })).filter(fits);
  const next = () => {
    let best = -1, own = null;
    for (let i = 0; i < rows.length; i++) {
      if (made[i] !== null) continue;
      const all = free(i);
      if (own === null || all.length < own.length) [best, own] = [i, all];
    }
    if (own === null) return true;
    for (const one of own) {
      if (--left < 0) throw new Error('it takes too long to assign so many rows under these conditions');
      made[best] = one;
      if (next()) return true;
      made[best] = null;
    }
    return false;
  };
  if (!next()) throw new Error(`there is no way to give ${rows.length} rows one of ${options.length} options each under these conditions`);
  return made;
};

// ---- what the program gets ----

const __titles = new WeakMap();
// A row that knows its columns: another way of writing a name is the name, and one that it has not is a mistake and no empty cell. `month`: the column of dates whose month it has, too.
const __row = (row, table, titles, month) => {
  const names = Object.keys(row), by = new Map(names.map(name => [__plain(name), name]));
  for (const name of names) by.set(__plain(titles[name] ?? name), name);
  const one = new Proxy(row, {
    get(row, name) {
      if (typeof name !== 'string' || name in row || name === 'then' || name === 'toJSON') return row[name];
      if (by.has(__plain(name))) return row[by.get(__plain(name))];
      if (month !== '' && name === 'month') return row[month] === null ? null : String(row[month]).slice(0, 7);
      throw new Error(`a row of ${table} has no member ${name}, only ${names.join(', ')}`);
    },
  });
  __titles.set(one, titles);
  return one;
};
const __table = (name, titles, month, rows) => rows.map(row => __row(row, name, titles, month));
// Names that there are, for who writes another.
const __all = (all, what) => new Proxy(Object.freeze(all), {
  get(all, name) {
    if (typeof name !== 'string' || name in all || name === 'then' || name === 'toJSON') return all[name];
    const like = Object.keys(all).find(key => __plain(key) === __plain(name));
    if (like !== undefined) return all[like];
    throw new Error(`there is no ${what} ${name}, only ${Object.keys(all).join(', ')}`);
  },
});

// ---- what comes of it ----

// A row in the place of one of its cells: it has a member of the column's own name, or the check finds it.
const __member = (v, name) => { const k = v !== null && typeof v === 'object' ? Object.keys(v).find(k => __plain(k) === __plain(name)) : undefined; return k === undefined ? v : v[k]; };
const __cell = v => v === null || v === undefined ? '' : typeof v === 'number' ? String(Math.round(v * 1e6) / 1e6) : v instanceof Date ? v.toISOString().slice(0, 10) : typeof v === 'object' ? JSON.stringify(v) : String(v);
const __quote = s => /[",\r\n]|^\s/.test(s) ? '"' + s.replaceAll('"', '""') + '"' : s;
const __csv = (rows, wanted) => {
  if (rows.length && Array.isArray(rows[0])) return rows.map(r => r.map(c => __quote(__cell(c))).join(',')).join('\n') + '\n';
  const keys = rows.length ? [...new Set(rows.flatMap(r => Object.keys(r)))] : [];
  const names = wanted.length ? wanted : keys;
  const key = name => keys.find(k => k === name) ?? keys.find(k => __plain(k) === __plain(name));
  if (rows.length) for (const n of names) if (key(n) === undefined) throw new Error('the objects have no member ' + n + ', only ' + keys.join(', '));
  return [names.map(__quote).join(','), ...rows.map(r => names.map(n => __quote(__cell(__member({ ...r }[key(n)], n)))).join(','))].join('\n') + '\n';
};
const __out = (value, file, wanted) => {
  if (value === undefined || value === null) throw new Error('nothing was returned');
  if (file.endsWith('.csv')) {
    if (typeof value === 'string') return value.endsWith('\n') ? value : value + '\n';
    if (!Array.isArray(value)) value = typeof Object.values(value)[0] === 'object' ? Object.values(value) : [value];
    return __csv(value, wanted);
  }
  return typeof value === 'string' ? (value.endsWith('\n') ? value : value + '\n') : JSON.stringify(value, null, 2) + '\n';
};
