// SPDX-License-Identifier: GPL-3.0-or-later
// What a part shows: the statement's rows while nothing is filtered, and the same computed of the rows otherwise.
'use strict';
(function () {
  const M = window.MeleteDashboard;
  const additive = value => value.aggregate === 'count' || value.aggregate === 'sum';

  // A chart of groups: how many keys there may be before the others are put together.
  const room = { bar: 12, stacked: 12, pie: 7, treemap: 24, line: 60, area: 60, heatmap: 24 };
  const seriesRoom = 7;

  // The rows of a part, and whether they follow the filters.
  M.answer = (part, value, groups, fold) => {
    const filtered = M.rows.isFiltered(part);
    if (!filtered && !fold)
      return { rows: M.data.parts[part].rows, follows: true };
    if (M.rows.can(value, groups))
      return { rows: M.rows.aggregate(value, groups, M.rows.select(part), fold), follows: true };
    return { rows: M.data.parts[part].rows, follows: !filtered };
  };

  // The keys of one place of the rows, the largest first or in their order, at most so many.
  const keysOf = (rows, place, group, sort, limit) => {
    const totals = new Map();
    const range = !M.hasOrder(group) && M.isRange([...new Set(rows.map(row => row[place]))]);
    for (const row of rows) {
      const x = row[row.length - 1];
      totals.set(row[place], (totals.get(row[place]) || 0) + (typeof x === 'number' ? x : 0));
    }
    let keys = [...totals.keys()];
    const byKey = range ? M.natural : M.compare(group), byValue = (a, b) => totals.get(b) - totals.get(a) || byKey(a, b);
    const time = M.hasOrder(group) || range;
    // One or two more are shown rather than put together.
    if (keys.length > limit + 2 && !M.isTime(group))
      keys = keys.sort(byValue).slice(0, limit);
    const chosen = sort || (time ? 'name' : 'largest');
    keys.sort(chosen === 'largest' ? byValue : chosen === 'smallest' ? (a, b) => byValue(b, a) : byKey);
    return { keys, all: totals.size };
  };

  // { x: [keys], series: [{ key, values }], groups, value, style, cut }
  M.series = (chart, part) => {
    const value = M.parseValue(chart.value), x = M.parseGroup(chart.x), second = chart.series || chart.y, split = second ? M.parseGroup(second) : null;
    const groups = split ? [x, split] : [x];
    let { rows, follows } = M.answer(part, value, groups);
    rows = rows.filter(row => !(M.isTime(x) && row[0] === null));
    const limit = chart.limit || room[chart.kind] || 12;
    const across = keysOf(rows, 0, x, chart.sort, limit);
    const down = split ? keysOf(rows, 1, split, chart.y ? 'name' : null, chart.y ? 24 : seriesRoom) : { keys: [undefined], all: 1 };
    let cut = 0, note = '';
    const folded = [across.keys.length < across.all, split && down.keys.length < down.all];
    if (folded[0] || folded[1]) {
      const sets = [new Set(across.keys), new Set(down.keys)];
      const fold = [0, 1].map(k => folded[k] ? key => sets[k].has(key) ? key : M.other : null);
      if (additive(value)) {
        const sums = new Map();
        for (const row of rows) {
          const keys = groups.map((group, k) => fold[k] ? fold[k](row[k]) : row[k]), name = JSON.stringify(keys);
          sums.set(name, [...keys, (sums.has(name) ? sums.get(name)[keys.length] : 0) + (row[groups.length] || 0)]);
        }
        rows = [...sums.values()];
      } else if (M.rows.can(value, groups)) {
        rows = M.answer(part, value, groups, fold).rows;
      } else {
        cut = across.all - across.keys.length;
        note = M.say(M.words.firstGroups, M.number(across.keys.length, { decimals: 0 }), M.number(across.all, { decimals: 0 }));
      }
      if (folded[0] && !cut)
        across.keys.push(M.other);
      // Others that are larger than all that is shown would press it flat: they are told instead.
      if (folded[0] && !cut && !split && chart.kind === 'bar') {
        const of = key => (rows.find(row => row[0] === key) || [])[1] || 0, rest = of(M.other);
        if (rest > 1.5 * Math.max(...across.keys.filter(key => key !== M.other).map(of))) {
          across.keys.pop();
          note = M.say(M.words.others, M.number(across.keys.length, { decimals: 0 }), M.number(across.all, { decimals: 0 }), M.number(rest, M.style(value), true));
        }
      }
      if (folded[1] && !cut)
        down.keys.push(M.other);
    }
    const table = new Map(rows.map(row => [JSON.stringify(row.slice(0, groups.length)), row[groups.length]]));
    const series = down.keys.map(key => ({
      key,
      name: split ? M.key(key, split) : '',
      values: across.keys.map(at => {
        const found = table.get(JSON.stringify(split ? [at, key] : [at]));
        return found === undefined ? (additive(value) && split && !chart.y ? 0 : null) : found;
      }),
    }));
    // A last month of which the data have the first days only.
    const last = across.keys[across.keys.length - 1], unfinished = additive(value) && M.isTime(x) && across.keys.length > 2 && !isWhole(last, x) ? last : null;
    if (unfinished !== null && !note)
      note = M.say(M.words.unfinished, M.key(last, x));
    // The numbers of an axis are written in one way, by the largest.
    const most = Math.max(0, ...across.keys.map((key, i) => ['stacked', 'area'].includes(chart.kind) ? series.reduce((sum, one) => sum + (one.values[i] || 0), 0) : Math.max(...series.map(one => Math.abs(one.values[i] || 0)))));
    return { x: across.keys, series, value, groups, style: { ...M.style(value), most }, follows, note, range: M.isRange(across.keys.filter(key => key !== M.other)), places: split && !chart.y ? M.placesOf(split, down.keys) : [0], unfinished, empty: rows.length === 0 || series.every(one => one.values.every(v => v === null)) };
  };

  // Ranges of a histogram.
  M.bins = (chart, part) => {
    const { bins } = M.data.parts[part], x = M.parseGroup(chart.x), column = M.rows.column(x.text), counts = new Array(bins.n).fill(0);
    const filtered = M.rows.isFiltered(part), can = column && !M.rows.cube;
    if (filtered && can) {
      for (const i of M.rows.select(part)) {
        const number = column.get(i);
        if (typeof number === 'number')
          counts[Math.min(Math.floor((number - bins.low) / bins.width), bins.n - 1)]++;
      }
    } else {
      for (const [bin, n] of M.data.parts[part].rows)
        counts[Math.min(bin, bins.n - 1)] += n;
    }
    return { bins, counts, x, follows: !filtered || can, empty: counts.every(n => n === 0) };
  };

  // Points of a scatter chart.
  M.points = (chart, part) => {
    const x = M.parseGroup(chart.x), y = M.parseGroup(chart.y), split = chart.series ? M.parseGroup(chart.series) : null, most = 2000;
    const filtered = M.rows.isFiltered(part), can = !M.rows.cube && M.rows.can(null, split ? [x, y, split] : [x, y]);
    let rows = M.data.parts[part].rows, all = M.data.source.rows;
    if (can && (filtered || rows.length >= most)) {
      const columns = [x, y, split].filter(Boolean).map(group => M.rows.column(group.text));
      rows = M.rows.select(part).map(i => columns.map(column => column.get(i))).filter(row => typeof row[0] === 'number' && typeof row[1] === 'number');
      all = rows.length;
      const step = Math.ceil(rows.length / most);
      rows = rows.filter((row, i) => i % step === 0);
    } else if (can) {
      all = rows.length;
    }
    return { x, y, split, rows, all, follows: !filtered || can, empty: rows.length === 0 };
  };

  // A number with how it went.
  M.kpi = (kpi, i) => {
    const part = `/kpis/${i}`, value = M.parseValue(kpi.value), over = kpi.over ? M.parseGroup(kpi.over) : null;
    const { rows, follows } = M.answer(part, value, []);
    const result = { part, value, over, style: M.style(value, kpi.unit), number: rows[0] ? rows[0][0] : null, follows, trend: [], whole: [], last: null, before: null };
    if (!over)
      return result;
    const answer = M.rows.isFiltered(part) && M.rows.can(value, [over]) ? M.rows.aggregate(value, [over], M.rows.select(part)) : M.data.parts[`${part}/over`].rows;
    result.trend = answer.filter(row => row[0] !== null).sort((a, b) => M.compare(over)(a[0], b[0]));
    const whole = result.whole = result.trend.filter((row, k) => k < result.trend.length - 1 || isWhole(row[0], over));
    if (whole.length >= 2 && M.isTime(over) && !['hours', 'minute'].includes(over.bucket) && ['count', 'sum', 'average', 'median'].includes(value.aggregate)) {
      result.last = whole[whole.length - 1];
      result.before = whole[whole.length - 2];
    }
    return result;
  };

  // Whether the data go to the end of the last period: half a month is not compared with a whole one.
  const isWhole = (key, group) => {
    const end = M.date(String((group.field || {}).max || '')), at = M.date(String(key).replace(/-Q(\d)$/, (match, q) => `-${String(q * 3 - 2).padStart(2, '0')}`).replace(/^(\d{4})$/, '$1-01'));
    const days = { week: 7, month: 28, quarter: 88, year: 362 }[group.bucket];
    // Nobody sells on each day: a few may be missing.
    return !end || !at || !days || (end - at) / 864e5 + 1 >= days * 0.93;
  };
})();
