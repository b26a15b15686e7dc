// SPDX-License-Identifier: GPL-3.0-or-later
// One table: sorted and searched here, and only the rows that are to be seen are drawn. Values and statement come from the program.
'use strict';
(function () {
  const M = window.MeleteDashboard, make = M.element, data = M.data, words = M.words;
  // In pixels, and in rows: what is drawn beside what is seen, what is drawn at once, what is printed, and what is seen without a search.
  const ROW = 36, AHEAD = 12, ALL = 300, PRINTED = 5000, FEW = 8;

  const drawn = (paths, box) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', box || '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', paths);
    svg.append(path);
    return svg;
  };

  // ---- how values are shown ----

  const isNumber = type => type === 'integer' || type === 'real';
  const digitsOf = x => {
    for (let n = 0; n < 6; n++)
      if (Math.abs(x - Number(x.toFixed(n))) <= 1e-9 * Math.max(1, Math.abs(x)))
        return n;
    return 6;
  };
  // As many digits as say something, and as many in each row.
  const numbersOf = column => {
    const numbers = column.values.filter(x => typeof x === 'number'), most = numbers.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
    let digits = 0;
    for (const x of numbers)
      digits = Math.max(digits, digitsOf(x));
    if (digits > 2)
      digits = most >= 100 ? 2 : most >= 1 ? 3 : digits;
    if (column.type === 'integer')
      digits = 0;
    const format = new Intl.NumberFormat(M.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: !column.plain }), exact = new Intl.NumberFormat(M.locale, { maximumFractionDigits: 15, useGrouping: !column.plain });
    return { show: x => format.format(x), full: x => exact.format(x) };
  };
  const dates = {
    date: { day: 'numeric', month: 'short', year: 'numeric' },
    month: { month: 'short', year: 'numeric' },
    datetime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  };
  const shown = new Map();
  const showDate = (text, kind) => {
    if (kind === 'quarter')
      return text.replace(/^(\d+)-(Q\d)$/, '$2 $1');
    const key = kind + text;
    if (!shown.has(key)) {
      const match = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[ T](\d{2}):(\d{2}))?)?/.exec(text);
      const when = match && new Date(Date.UTC(+match[1], match[2] - 1, +(match[3] || 1), +(match[4] || 0), +(match[5] || 0)));
      shown.set(key, when && !Number.isNaN(when.getTime()) && when.getUTCMonth() === match[2] - 1 ? M.show(when, dates[kind]) : text);
    }
    return shown.get(key);
  };
  const isQuarter = text => /^\d{4}-Q[1-4]$/.test(text);
  const isMonth = text => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);

  const columns = data.columns.map((column, k) => {
    const number = isNumber(column.type), there = column.values.filter(x => x !== null);
    const every = test => column.type === 'text' && there.length > 0 && there.every(x => typeof x === 'string' && test(x));
    const kind = column.type === 'date' || column.type === 'datetime' ? column.type : every(isMonth) ? 'month' : every(isQuarter) ? 'quarter' : null;
    const numbers = number ? numbersOf(column) : null;
    const show = x => x === null ? '–' : typeof x === 'number' && column.type === 'boolean' ? (x ? words.yes : words.no) : typeof x === 'number' ? (numbers ? numbers.show(x) : String(x)) : kind ? showDate(x, kind) : String(x);
    const title = isMonth(column.title) ? showDate(column.title, 'month') : isQuarter(column.title) ? showDate(column.title, 'quarter') : column.title;
    return { ...column, k, number, show, full: x => typeof x === 'number' && numbers ? numbers.full(x) : show(x), title, kind: words[number ? 'number' : column.type === 'datetime' ? 'date' : column.type] || words.text };
  });
  const n = columns.length > 0 ? columns[0].values.length : 0;

  // ---- which rows, and in which order ----

  const view = { order: Array.from({ length: n }, (_, i) => i), sort: -1, up: true, search: '', first: -1, last: -1 };
  const collator = new Intl.Collator(M.locale, { numeric: true, sensitivity: 'base' });
  const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : typeof a === 'number' ? -1 : typeof b === 'number' ? 1 : collator.compare(a, b);
  let texts = null;

  const select = () => {
    const parts = view.search.toLocaleLowerCase(M.locale).split(/\s+/).filter(Boolean);
    if (parts.length > 0 && !texts)
      texts = Array.from({ length: n }, (_, i) => columns.map(column => column.values[i] === null ? '' : `${column.values[i]}\n${column.show(column.values[i])}`).join('\n').toLocaleLowerCase(M.locale));
    view.order = Array.from({ length: n }, (_, i) => i);
    if (parts.length > 0)
      view.order = view.order.filter(i => parts.every(part => texts[i].includes(part)));
    if (view.sort >= 0) {
      const { values } = columns[view.sort], way = view.up ? 1 : -1;
      view.order.sort((a, b) => {
        const x = values[a], y = values[b];
        return x === y ? a - b : x === null ? 1 : y === null ? -1 : compare(x, y) * way || a - b;
      });
    }
  };

  // ---- the frame ----

  const head = make('thead', {}), body = make('tbody', {}), foot = make('tfoot', {}), widths = make('colgroup', {});
  const table = make('table', { 'aria-rowcount': String(n + 1), 'aria-colcount': String(columns.length) }, widths, head, body, foot);
  const nothing = make('p', { class: 'nothing', hidden: true });
  const sheet = make('div', { class: 'sheet', tabindex: '0', role: 'region', 'aria-labelledby': 'title' }, table, nothing);
  const found = make('span', { class: 'found', role: 'status' }), hints = make('div', { class: 'hints' });
  const search = make('input', { type: 'search', placeholder: words.search, 'aria-label': words.search, autocomplete: 'off', spellcheck: 'false' });
  const from = make('button', { type: 'button', class: 'from', onclick: () => showOrigin() }, drawn('M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5'), make('span', {}, words.origin));
  document.getElementById('table').append(
    make('header', { class: 'title' }, make('div', {}, make('h1', { id: 'title', dir: 'auto', 'data-part': '/title' }, data.title), make('p', { class: 'source', dir: 'auto' }, data.summary)), from),
    make('div', { class: 'bar', hidden: n <= FEW }, make('div', { class: 'find' }, drawn('M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3.2 3.2'), search), found), sheet, hints);

  const plain = count => new Intl.NumberFormat(M.locale).format(count);
  const tellHints = printed => {
    const lines = data.notes.map(note => make('p', { dir: 'auto' }, note));
    if (data.cut)
      lines.push(make('p', {}, data.all >= 0 ? M.say(words.cut, plain(n), plain(data.all)) : M.say(words.cutOpen, plain(n))));
    if (printed)
      lines.push(make('p', {}, printed));
    hints.replaceChildren(...lines);
  };

  // ---- the head ----

  const sortBy = k => {
    const column = columns[k], first = !column.number;
    // Once more the other way, and then as it was.
    if (view.sort !== k)
      Object.assign(view, { sort: k, up: first });
    else if (view.up === first)
      view.up = !first;
    else
      view.sort = -1;
    refresh();
    tellSort();
  };
  const buttons = [];
  const tellSort = () => buttons.forEach((button, k) => button.parentElement.setAttribute('aria-sort', view.sort !== k ? 'none' : view.up ? 'ascending' : 'descending'));
  const goTo = k => {
    const to = buttons[Math.max(0, Math.min(buttons.length - 1, k))];
    buttons.forEach(button => { button.tabIndex = button === to ? 0 : -1; });
    to.focus();
    to.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const keys = M.rtl ? { ArrowLeft: 1, ArrowRight: -1 } : { ArrowRight: 1, ArrowLeft: -1 };
  head.append(make('tr', { 'aria-rowindex': '1' }, ...columns.map((column, k) => {
    const button = make('button', { type: 'button', tabindex: k === 0 ? '0' : '-1', 'aria-label': `${M.say(words.sortBy, column.title)} (${column.kind})`, title: column.title, onclick: () => sortBy(k), onkeydown: event => {
      const to = event.key in keys ? k + keys[event.key] : event.key === 'Home' ? 0 : event.key === 'End' ? buttons.length - 1 : -1;
      if (to >= 0 && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        goTo(to);
      }
    } }, make('span', { class: 'name', dir: 'auto' }, column.title), column.unit ? make('span', { class: 'unit' }, column.unit) : null, drawn('M1.5 6.5L4.5 3l3 3.5', '0 0 9 9'));
    button.lastChild.setAttribute('class', 'way');
    buttons.push(button);
    return make('th', { scope: 'col', class: column.number ? 'number' : null, 'aria-sort': 'none', 'data-part': `/columns/${k}` }, button);
  })));

  // ---- rows ----

  const cellOf = (column, i) => {
    const x = column.values[i], text = column.show(x), odd = column.number && typeof x === 'string', full = column.full(x);
    const cell = make(column.k === 0 ? 'th' : 'td', { scope: column.k === 0 ? 'row' : null, class: [column.number ? 'number' : '', x === null ? 'none' : odd ? 'odd' : ''].join(' ').trim() || null, dir: column.number ? null : 'auto', title: text.length > 24 || full !== text ? full : null });
    cell.textContent = text;
    return cell;
  };
  const rowOf = place => make('tr', { 'aria-rowindex': String(place + 2) }, ...columns.map(column => cellOf(column, view.order[place])));
  const space = height => {
    const row = make('tr', { class: 'space', 'aria-hidden': 'true' }, make('td', { colspan: String(columns.length) }));
    row.firstChild.style.height = `${height}px`;
    return row;
  };
  const draw = again => {
    const count = view.order.length;
    let first = 0, last = count;
    if (view.printing) {
      last = Math.min(count, PRINTED);
    } else if (count > ALL) {
      const top = Math.floor(sheet.scrollTop / ROW), seen = Math.ceil((sheet.clientHeight || 800) / ROW);
      // A few steps at a time.
      first = Math.max(0, Math.floor((top - AHEAD) / 8) * 8);
      last = Math.min(count, Math.ceil((top + seen + AHEAD) / 8) * 8);
    }
    if (!again && first === view.first && last === view.last)
      return;
    Object.assign(view, { first, last });
    const rows = [];
    for (let place = first; place < last; place++)
      rows.push(rowOf(place));
    if (!view.printing && first > 0)
      rows.unshift(space(first * ROW));
    if (!view.printing && last < count)
      rows.push(space((count - last) * ROW));
    body.replaceChildren(...rows);
  };

  // Sums as exact as sums get (Neumaier).
  const sumOf = column => {
    let sum = 0, lost = 0, any = false;
    for (const i of view.order) {
      const x = column.values[i];
      if (typeof x !== 'number')
        continue;
      const next = sum + x;
      lost += Math.abs(sum) >= Math.abs(x) ? (sum - next) + x : (x - next) + sum;
      sum = next;
      any = true;
    }
    return any ? sum + lost : null;
  };
  const totalOf = column => data.cut && !view.search ? (column.sum === undefined ? null : column.sum) : sumOf(column);
  const drawTotals = () => {
    const wanted = columns.some(column => column.total) && view.order.length > 1;
    foot.replaceChildren(...(wanted ? [make('tr', {}, ...columns.map((column, k) => {
      const sum = column.total ? totalOf(column) : null;
      if (sum !== null)
        return make('td', { class: 'number', title: `${words.total}: ${column.full(sum)}` }, column.show(sum));
      return make(k === 0 ? 'th' : 'td', { scope: k === 0 ? 'row' : null }, k === 0 ? words.total : '');
    }))] : []));
  };

  const refresh = () => {
    select();
    sheet.scrollTop = 0;
    nothing.hidden = view.order.length > 0;
    nothing.textContent = n === 0 ? words.noRows : words.nothing;
    sheet.classList.toggle('empty', view.order.length === 0);
    found.textContent = view.search ? M.say(words.found, plain(view.order.length), plain(n)) : '';
    table.setAttribute('aria-rowcount', String(view.order.length + 1));
    draw(true);
    drawTotals();
  };

  // ---- widths: of the longest texts, the same while rows go by ----

  const canvas = document.createElement('canvas').getContext('2d');
  const measure = () => {
    const style = getComputedStyle(table), family = style.fontFamily, size = parseFloat(style.fontSize), room = document.getElementById('table').clientWidth, narrow = room < 560;
    const widest = narrow ? 200 : 340, step = Math.max(1, Math.floor(n / 3000));
    const sizes = columns.map(column => {
      canvas.font = `620 ${size * 0.94}px ${family}`;
      let width = Math.min(canvas.measureText(column.title).width + (column.unit ? canvas.measureText(column.unit).width + 8 : 0) + 18, widest * 0.8);
      const longest = [];
      for (let i = 0; i < n; i += step)
        longest.push(column.show(column.values[i]));
      longest.sort((a, b) => b.length - a.length);
      canvas.font = `400 ${size}px ${family}`;
      for (const text of longest.slice(0, 30))
        width = Math.max(width, canvas.measureText(text).width);
      if (column.total) {
        canvas.font = `650 ${size}px ${family}`;
        const sum = totalOf(column);
        width = Math.max(width, sum === null ? 0 : canvas.measureText(column.show(sum)).width);
      }
      return Math.ceil(Math.max(44, Math.min(width, widest)) + 30);
    });
    let whole = sizes.reduce((a, b) => a + b, 0);
    // A little air where there is room, and the page's whole width where little is missing.
    const inside = sheet.parentElement.clientWidth - parseFloat(getComputedStyle(sheet.parentElement).paddingLeft) * 2 - 2, spare = inside - whole;
    if (spare > 0) {
      const more = spare < whole * 0.5 ? spare : whole * 0.35;
      const share = sizes.map(size_ => size_ + Math.floor(more * size_ / whole));
      share.forEach((size_, k) => { sizes[k] = size_; });
      whole = sizes.reduce((a, b) => a + b, 0);
    }
    widths.replaceChildren(...sizes.map(size_ => {
      const col = make('col', {});
      col.style.width = `${size_}px`;
      return col;
    }));
    table.style.width = `${whole}px`;
    // On whole pixels, so that what stays and what moves are drawn alike.
    sheet.style.marginTop = '0';
    const top = sheet.getBoundingClientRect().top + window.scrollY;
    sheet.style.marginTop = `${Math.ceil(top) - top}px`;
  };

  // ---- where it comes from ----

  const show = (title, ...parts) => {
    const close = make('button', { type: 'button', class: 'round', 'aria-label': words.close, title: words.close }, drawn('M4 4l8 8M12 4l-8 8')), back = document.activeElement;
    const dialog = make('dialog', { 'aria-label': title }, make('header', {}, make('strong', { dir: 'auto' }, title), close), ...parts);
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', event => {
      if (event.target === dialog)
        dialog.close();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (document.contains(back))
        back.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  };
  const showOrigin = () => {
    const copy = make('button', { type: 'button', class: 'plain', onclick: () => navigator.clipboard && navigator.clipboard.writeText(data.sql).then(() => { copy.textContent = words.copied; }, () => {}) }, words.copy);
    show(words.origin, make('pre', { dir: 'ltr', tabindex: '0' }, data.sql), make('footer', {}, make('span', { dir: 'auto' }, data.summary), navigator.clipboard ? copy : null));
  };

  // A text that has no room in its cell, whole.
  const isCut = cell => cell && cell.scrollWidth > cell.clientWidth + 1;
  body.addEventListener('pointerover', event => {
    const cell = event.target.closest('td, th');
    if (cell)
      cell.classList.toggle('cut', isCut(cell));
  });
  body.addEventListener('click', event => {
    const cell = event.target.closest('td, th');
    if (isCut(cell) && window.getSelection().isCollapsed)
      show(columns[cell.cellIndex].title, make('p', { dir: 'auto', tabindex: '0' }, cell.textContent));
  });

  // ---- what happens ----

  let soon = 0, typed = 0;
  sheet.addEventListener('scroll', () => {
    cancelAnimationFrame(soon);
    soon = requestAnimationFrame(() => draw(false));
  }, { passive: true });
  search.addEventListener('input', () => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      view.search = search.value.trim();
      refresh();
    }, 120);
  });
  search.addEventListener('keydown', event => {
    if (event.key === 'Escape' && search.value) {
      search.value = view.search = '';
      refresh();
      event.stopPropagation();
    }
  });
  let wide = 0;
  new ResizeObserver(() => {
    if (document.documentElement.clientWidth !== wide) {
      wide = document.documentElement.clientWidth;
      measure();
    }
    draw(false);
  }).observe(document.documentElement);
  window.addEventListener('beforeprint', () => {
    view.printing = true;
    draw(true);
    tellHints(view.order.length > PRINTED ? M.say(words.printed, plain(PRINTED), plain(view.order.length)) : null);
  });
  window.addEventListener('afterprint', () => {
    view.printing = false;
    draw(true);
    tellHints(null);
  });

  M.table = { view, columns, refresh, sortBy, totalOf };
  wide = document.documentElement.clientWidth;
  measure();
  tellHints(null);
  refresh();
  // All of it is there; where the computer is busy its first picture may take a while, and nothing waits for that.
  setTimeout(() => M.report('ready', { rows: n, columns: columns.length, still: true }), 0);
})();
