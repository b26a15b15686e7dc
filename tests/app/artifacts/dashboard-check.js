// SPDX-License-Identifier: GPL-3.0-or-later
// In the page of a dashboard: what it computes of its rows is what the statements said, filters work both ways, and everything can be reached by keyboard.
const M = window.MeleteDashboard, wrong = [];
const near = (a, b) => a === b || (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)));
const all = M.rows.select();
let compared = 0;
const compare = (part, value, groups) => {
  if (!M.rows.can(value, groups))
    return;
  const mine = new Map(M.rows.aggregate(value, groups, all).map(row => [JSON.stringify(row.slice(0, -1)), row[row.length - 1]])), sql = M.data.parts[part].rows;
  if (groups.length > 0 && mine.size !== sql.length)
    wrong.push(`${part}: ${mine.size} groups, and the statement has ${sql.length}`);
  for (const row of sql) {
    compared++;
    if (!near(mine.get(JSON.stringify(row.slice(0, -1))), row[row.length - 1]))
      wrong.push(`${part}: ${JSON.stringify(row)} is ${mine.get(JSON.stringify(row.slice(0, -1)))} here`);
  }
};
(M.spec.kpis || []).forEach((kpi, i) => compare(`/kpis/${i}`, M.parseValue(kpi.value), []));
(M.spec.charts || []).forEach((chart, i) => {
  if (chart.value)
    compare(`/charts/${i}`, M.parseValue(chart.value), [chart.x, chart.series || chart.y].filter(Boolean).map(M.parseGroup));
});
const texts = () => [...document.querySelectorAll('.kpi .value')].map(one => one.textContent).join('|'), before = texts();
const view = M.figures.find(one => one.chart.kind === 'bar' && one.drawn.groups);
let filtered = null;
if (view) {
  // A mark filters, and once more does not.
  const { x, groups } = view.drawn;
  M.toggleMark(view.part, groups[0], x[0]);
  filtered = texts();
  const other = M.rows.aggregate(M.parseValue('count'), [], M.rows.select())[0][0], own = M.rows.aggregate(M.parseValue('count'), [groups[0]], all).find(row => row[0] === x[0])[1];
  if (!near(other, own))
    wrong.push(`the mark lets ${other} rows through, and not ${own}`);
  if (document.querySelector('.filtered').hidden)
    wrong.push('nothing says that the page is filtered');
  if (JSON.stringify(view.drawn.x) !== JSON.stringify(x))
    wrong.push('the chart of the mark is filtered, too');
  document.querySelector('.filtered .plain').click();
  if (texts() !== before || M.filters.size > 0)
    wrong.push('the filter is not cleared');
}
// A number says where it comes from, and Escape puts that away.
const number = document.querySelector('.kpi .value');
if (number) {
  number.click();
  if (!document.querySelector('.origin pre') || !document.querySelector('.origin pre').textContent.startsWith('SELECT '))
    wrong.push('a number does not say where it comes from');
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  if (document.querySelector('.origin'))
    wrong.push('Escape does not close it');
  if (!(window.lookReports || []).some(one => one[0] === 'origin'))
    wrong.push('nobody was told');
}
// The table of a chart has what the chart has.
for (const one of M.figures) {
  if (one.drawn.empty)
    continue;
  one.figure.querySelector('.tools button').click();
  if (one.table.hidden || one.table.querySelectorAll('tbody tr').length === 0)
    wrong.push(`${one.part}: no table`);
  one.figure.querySelector('.tools button').click();
  if (!one.plot.getAttribute('aria-label'))
    wrong.push(`${one.part}: nothing is said of it`);
}
if (document.querySelectorAll('figure[tabindex="0"]').length !== M.figures.length)
  wrong.push('a chart cannot be focused');
const nothing = [...document.querySelectorAll('button')].filter(one => !(one.textContent.trim() || one.getAttribute('aria-label')));
if (nothing.length > 0)
  wrong.push(`${nothing.length} buttons without a name`);
if (window.broken)
  wrong.push('what a file says has run');
return { wrong: wrong.slice(0, 8), compared, before, filtered, cube: M.rows.cube, points: Math.max(0, ...M.figures.map(one => (one.drawn.x || []).length || 0)), drawn: M.figures.map(one => one.plot.querySelectorAll('svg path').length), dir: document.documentElement.dir };
