// SPDX-License-Identifier: GPL-3.0-or-later
// In the page of a table: only what is seen is drawn, whichever way it is scrolled; sorting, searching and sums are what the values say; and everything has a name.
const M = window.MeleteDashboard, T = M.table, wrong = [], sheet = document.querySelector('.sheet');
const later = () => new Promise(done => setTimeout(done, 100));
const n = T.columns[0].values.length, body = () => [...document.querySelectorAll('tbody tr:not(.space)')], first = k => body()[0].children[k].textContent;
const drawn = body().length, sums = T.columns.map(column => column.values.reduce((a, x) => a + (typeof x === 'number' ? x : 0), 0)), totals = T.columns.map(column => column.total ? T.totalOf(column) : null);
if (n > 0) {
  // To the end: the last row is the last.
  sheet.scrollTop = sheet.scrollHeight;
  await later();
  await later();
  const last = body()[body().length - 1];
  if (last.children[0].textContent !== T.columns[0].show(T.columns[0].values[n - 1]))
    wrong.push('the last row is not there');
  const foot = document.querySelector('tfoot tr');
  if (n > 300 && last.getBoundingClientRect().bottom > (foot || sheet).getBoundingClientRect()[foot ? 'top' : 'bottom'] + 2)
    wrong.push('the last row cannot be seen');
  if (Math.abs(document.querySelector('thead').rows[0].cells[0].getBoundingClientRect().top - sheet.getBoundingClientRect().top) > 3)
    wrong.push('the head has gone away');
  T.columns.forEach((column, k) => {
    const values = column.values.filter(x => x !== null), most = column.number ? values.reduce((a, b) => b > a ? b : a, values[0]) : null;
    document.querySelectorAll('thead button')[k].click();
    if (column.number && first(k) !== column.show(most))
      wrong.push(`${column.title} is not sorted: ${first(k)}`);
    document.querySelectorAll('thead button')[k].click();
    document.querySelectorAll('thead button')[k].click();
    if (first(0) !== T.columns[0].show(T.columns[0].values[0]))
      wrong.push('the third click does not bring back the order');
  });
  const search = document.querySelector('input');
  if (search && search.offsetParent) {
    const row = T.columns[0].values.findLastIndex(x => x !== null), text = T.columns[0].show(T.columns[0].values[row]);
    search.value = text;
    search.dispatchEvent(new Event('input'));
    await new Promise(done => setTimeout(done, 300));
    if (T.view.order.length === 0 || !T.view.order.includes(row))
      wrong.push(`“${text}” is not found`);
    search.value = 'nothing has this';
    search.dispatchEvent(new Event('input'));
    await new Promise(done => setTimeout(done, 300));
    if (body().length !== 0 || document.querySelector('.nothing').hidden)
      wrong.push('what is not there is found');
    search.value = '';
    search.dispatchEvent(new Event('input'));
    await new Promise(done => setTimeout(done, 300));
  }
}
document.querySelector('.from').click();
const dialog = document.querySelector('dialog');
if (!dialog || !dialog.querySelector('pre').textContent.startsWith('SELECT'))
  wrong.push('it does not say where it comes from');
else
  dialog.close();
for (const one of document.querySelectorAll('button, input, [tabindex="0"]'))
  if (!(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.textContent.trim()))
    wrong.push(`${one.tagName} has no name`);
await later();
document.activeElement.blur();
sheet.scrollTop = 0;
return { wrong, rows: n, drawn, sums, totals, hints: document.querySelector('.hints').textContent, sideways: sheet.scrollWidth > sheet.clientWidth, broken: Boolean(window.broken) };
