// SPDX-License-Identifier: GPL-3.0-or-later
// Tables that are sorted by a click.
'use strict';
(function () {
  const M = window.MeleteDashboard, make = M.element;
  M.tableViews = [];

  // { columns: [{ name, number, show }], rows, all, follows }
  const answer = (table, part) => {
    if (table.rows) {
      const group = M.parseGroup(table.rows), values = table.values.map(M.parseValue);
      const columns = [{ name: group.label, show: key => M.key(key, group), compare: M.compare(group) }, ...values.map(value => ({ name: M.label(value.text), number: true, part: value.aggregate === 'count' || value.aggregate === 'sum', show: x => M.number(x, M.style(value)) }))];
      const filtered = M.rows.isFiltered(part), can = values.every(value => M.rows.can(value, [group]));
      if (!filtered || !can)
        return { columns, rows: M.data.parts[part].rows, follows: !filtered };
      const selected = M.rows.select(part), found = new Map();
      values.forEach((value, k) => {
        for (const [key, x] of M.rows.aggregate(value, [group], selected)) {
          if (!found.has(key))
            found.set(key, [key, ...values.map(() => null)]);
          found.get(key)[k + 1] = x;
        }
      });
      const rows = [...found.values()];
      rows.sort(M.hasOrder(group) ? (a, b) => M.compare(group)(a[0], b[0]) : (a, b) => (b[1] || 0) - (a[1] || 0));
      return { columns, rows: table.limit ? rows.slice(0, table.limit) : rows, follows: true };
    }
    const groups = table.columns.map(M.parseGroup);
    const columns = groups.map(group => {
      const type = (group.field || {}).type, number = type === 'integer' || type === 'real';
      return { name: group.label, number, compare: number ? null : M.compare(group), show: x => x === null ? '' : number ? M.number(x, { unit: group.field.unit || '', decimals: type === 'integer' ? 0 : group.field.decimals, fixed: true }) : M.key(x, group) };
    });
    const filtered = M.rows.isFiltered(part), can = !M.rows.cube && M.rows.can(null, groups);
    if (!filtered || !can)
      return { columns, rows: M.data.parts[part].rows, all: M.data.source.rows, follows: !filtered };
    const lists = groups.map(group => M.rows.column(group.text)), by = table.sort ? table.columns.indexOf(table.sort) : -1;
    const rows = M.rows.select(part).map(i => lists.map(list => list.get(i)));
    if (by >= 0)
      rows.sort((a, b) => M.compare(groups[by])(a[by], b[by]) * (table.up ? 1 : -1));
    return { columns, rows: rows.slice(0, table.limit || 200), all: rows.length, follows: true };
  };

  M.makeTable = (table, i) => {
    const part = `/tables/${i}`, head = make('thead', {}), body = make('tbody', {}), note = make('p', { class: 'note' }), id = `table-${i}`;
    const origin = make('button', { type: 'button', class: 'round', title: M.words.origin, 'aria-label': M.words.origin, onclick: () => M.showOrigin(part, origin) }, M.icon('info'));
    const box = make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': id }, make('table', {}, head, body));
    const section = make('section', { class: 'card table wide', 'data-part': part }, make('header', {}, make('h2', { id, dir: 'auto' }, table.title || M.label(table.rows || table.columns[0])), make('div', { class: 'tools' }, origin)), box, note);
    const view = { sort: -1, up: false };
    view.draw = () => {
      const { columns, rows, all, follows } = answer(table, part);
      let shown = rows;
      if (view.sort >= 0) {
        const compare = columns[view.sort].compare || ((a, b) => a === b ? 0 : a === null ? 1 : b === null ? -1 : a - b);
        shown = [...rows].sort((a, b) => compare(a[view.sort], b[view.sort]) * (view.up ? 1 : -1));
      }
      head.replaceChildren(make('tr', {}, ...columns.map((column, k) => make('th', { scope: 'col', class: column.number ? 'number' : null, 'aria-sort': view.sort === k ? (view.up ? 'ascending' : 'descending') : 'none' },
        make('button', { type: 'button', dir: 'auto', 'aria-label': M.say(M.words.sortBy, column.name), onclick: () => {
          view.up = view.sort === k ? !view.up : !column.number;
          view.sort = k;
          view.draw();
          head.querySelectorAll('button')[k].focus();
        } }, column.name)))));
      // Bars are of what adds up, where it is not all the same.
      const most = columns.map((column, k) => column.part && new Set(rows.map(row => row[k])).size > 1 ? Math.max(...rows.map(row => typeof row[k] === 'number' ? row[k] : 0)) : 0);
      body.replaceChildren(...shown.map((row, n) => make('tr', {}, ...row.map((cell, k) => {
        const td = make(k === 0 ? 'th' : 'td', { scope: k === 0 ? 'row' : null, class: columns[k].number ? 'number' : null, title: typeof cell === 'string' && cell.length > 40 ? cell : null }, columns[k].number ? columns[k].show(cell) : make('span', { class: 'cell', dir: 'auto' }, window.softened(columns[k].show(cell))));
        if (k > 0 && most[k] > 0 && typeof cell === 'number' && cell >= 0 && rows.length > 1) {
          td.classList.add('barred');
          td.style.setProperty('--part', `${cell / most[k] * 100}%`);
        }
        if (columns[k].number)
          td.addEventListener('click', () => M.showOrigin(part, td, n));
        return td;
      }))));
      section.classList.toggle('empty', rows.length === 0);
      note.textContent = !follows ? M.words.notFiltered : rows.length === 0 ? M.words.nothing : all > rows.length ? M.say(M.words.firstRows, M.number(rows.length, { decimals: 0 }), M.number(all, { decimals: 0 })) : '';
    };
    M.tableViews.push(view);
    return section;
  };
})();
