// SPDX-License-Identifier: GPL-3.0-or-later
// A chart's frame: its title, what it measures, the plot, one sentence about it, and the same as a table. And where numbers come from.
'use strict';
(function () {
  const M = window.MeleteDashboard, make = M.element;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');

  // Told apart by people who see fewer colours, too: they differ in lightness as well as in hue.
  const palettes = {
    light: ['#2f6fdb', '#e07b1f', '#12877f', '#a6489c', '#94800f', '#5a4fcf', '#c8434f', '#4f9dd6'],
    dark: ['#6ea3ff', '#f3a04d', '#3fc1b3', '#d98bcf', '#cdb94a', '#a09af5', '#f0828a', '#8fcbf2'],
  };
  // Paper is light, whatever the screen is.
  const paper = { '--ink': '#000', '--soft': '#333', '--faint': '#555', '--line': '#ccc', '--card': '#fff', '--other': '#aab1bc' };
  M.look = () => {
    const style = getComputedStyle(document.documentElement), get = name => M.printing ? paper[name] : style.getPropertyValue(name).trim(), night = dark.matches && !M.printing;
    return { palette: night ? palettes.dark : palettes.light, ink: get('--ink'), soft: get('--soft'), faint: get('--faint'), line: get('--line'), card: get('--card'), other: get('--other'), ramp: night ? ['#22324d', '#3b6cc0', '#a9c9ff'] : ['#e6eefc', '#6d9bea', '#143f8f'], dark: night,
      font: style.fontFamily };
  };

  // A name has the same colour in all charts, whatever is filtered. A chart in which two of them meet gives one of them another.
  const stuck = new Map();
  M.placesOf = (group, keys) => {
    const known = stuck.get(group.text) || new Map(), n = palettes.light.length, used = new Set();
    stuck.set(group.text, known);
    const places = keys.map(key => {
      const place = known.get(key);
      if (key === M.other || place === undefined || used.has(place))
        return -1;
      used.add(place);
      return place;
    });
    const taken = new Set(known.values());
    return places.map((place, i) => {
      if (place >= 0 || keys[i] === M.other)
        return Math.max(place, 0);
      const all = Array.from({ length: n }, (_, k) => k), free = all.find(k => !used.has(k) && !taken.has(k)) ?? all.find(k => !used.has(k)) ?? i % n;
      used.add(free);
      taken.add(free);
      if (!known.has(keys[i]))
        known.set(keys[i], free);
      return free;
    });
  };
  M.onLook = callback => dark.addEventListener('change', callback);

  const icons = {
    table: 'M2 3h12v10H2zM2 6.5h12M2 9.75h12M6 6.5V13',
    chart: 'M2.5 13.5h11M4 11V8M8 11V3.5M12 11V6',
    info: 'M8 7.2V11.5M8 4.6v.2M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4z',
    close: 'M4 4l8 8M12 4l-8 8',
  };
  M.icon = name => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', icons[name]);
    svg.append(path);
    return svg;
  };

  // ---- where a number comes from ----

  let popover = null;
  const close = () => {
    if (popover) {
      const { element, anchor } = popover;
      popover = null;
      element.remove();
      if (document.contains(anchor) && typeof anchor.focus === 'function')
        anchor.focus({ preventScroll: true });
    }
  };
  M.showOrigin = (part, anchor, row) => {
    close();
    const source = M.data.parts[part];
    if (!source)
      return;
    const sql = filteredSql(source.sql, part);
    const copy = make('button', { type: 'button', class: 'plain', onclick: () => navigator.clipboard && navigator.clipboard.writeText(sql).then(() => { copy.textContent = M.words.copied; }, () => {}) }, M.words.copy);
    const element = make('div', { class: 'origin', role: 'dialog', 'aria-label': M.words.origin, tabindex: '-1' },
      make('header', {}, make('strong', {}, M.words.origin), make('button', { type: 'button', class: 'round', 'aria-label': M.words.close, onclick: close }, M.icon('close'))),
      make('pre', { dir: 'ltr' }, sqlLines(sql)),
      make('footer', {}, make('span', {}, M.data.source.name), navigator.clipboard ? copy : null));
    document.body.append(element);
    const at = anchor.getBoundingClientRect(), size = element.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    const below = at.bottom + size.height + 12 < window.innerHeight || at.top < size.height + 12;
    element.style.left = `${Math.max(8, Math.min(at.left, wide - size.width - 8)) + window.scrollX}px`;
    element.style.top = `${(below ? Math.min(at.bottom + 8, Math.max(8, window.innerHeight - size.height - 8)) : at.top - size.height - 8) + window.scrollY}px`;
    popover = { element, anchor };
    element.focus({ preventScroll: true });
    M.report('origin', { part, sql, row: row === undefined ? null : row, filters: M.filterList() });
  };
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && popover) {
      close();
      event.stopPropagation();
    }
  });
  document.addEventListener('pointerdown', event => {
    if (popover && !popover.element.contains(event.target))
      close();
  });
  // With what the page is filtered by as its condition.
  const literal = value => value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${String(value).replace(/'/g, "''")}'`;
  const filteredSql = (sql, part) => {
    const terms = [];
    for (const filter of M.filters.values()) {
      const name = M.data.expressions[filter.name] || filter.name;
      if (filter.part === part)
        continue;
      if (filter.values) {
        const values = [...filter.values], known = values.filter(value => value !== null), in_ = known.length === 1 ? `${name} = ${literal(known[0])}` : `${name} IN (${known.map(literal).join(', ')})`;
        terms.push(known.length === values.length ? in_ : known.length === 0 ? `${name} IS NULL` : `(${in_} OR ${name} IS NULL)`);
      }
      if (filter.from)
        terms.push(`${name} >= ${literal(filter.from)}`);
      if (filter.to)
        terms.push(`${name} <= ${literal(filter.to)}`);
    }
    if (terms.length === 0)
      return sql;
    const condition = terms.join(' AND '), at = sql.search(/ (GROUP BY|ORDER BY|LIMIT) /), head = at < 0 ? sql : sql.slice(0, at), tail = at < 0 ? '' : sql.slice(at);
    return `${head} ${/ WHERE /.test(head) ? 'AND' : 'WHERE'} ${condition}${tail}`;
  };
  // A statement with its parts on lines of their own.
  const sqlLines = sql => sql.replace(/ (FROM|WHERE|GROUP BY|ORDER BY|LIMIT) /g, '\n$1 ');

  // ---- charts ----

  M.figures = [];
  M.makeFigure = (chart, i) => {
    const part = `/charts/${i}`, kind = M.charts[chart.kind], id = `chart-${i}`;
    const plot = make('div', { class: 'plot', role: 'img' }), table = make('div', { class: 'chart-table', hidden: true }), insight = make('p', { class: 'insight' }), note = make('p', { class: 'note' });
    const toggle = make('button', { type: 'button', class: 'round', 'aria-pressed': 'false', title: M.words.showTable, 'aria-label': M.words.showTable }, M.icon('table'));
    const origin = make('button', { type: 'button', class: 'round', title: M.words.origin, 'aria-label': M.words.origin, onclick: () => M.showOrigin(part, origin) }, M.icon('info'));
    const measure = kind.measure(chart), title = chart.title || measure, legend = make('ul', { class: 'legend', hidden: true });
    const figure = make('figure', { class: `card chart ${chart.kind}${chart.wide ? ' wide' : ''}`, 'data-part': part, tabindex: '0', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-insight` },
      make('figcaption', {}, make('div', {}, make('h2', { id: `${id}-title`, dir: 'auto' }, window.softened(title)), measure.toLowerCase() === title.toLowerCase() ? null : make('p', { class: 'measure', dir: 'auto' }, measure)),
        make('div', { class: 'tools' }, toggle, origin)),
      legend, plot, table, insight, note);
    insight.id = `${id}-insight`;
    const view = { chart, part, kind, figure, plot, table, insight, note, legend, echart: null, drawn: null };
    toggle.addEventListener('click', () => {
      const on = table.hidden;
      table.hidden = !on;
      plot.hidden = on;
      toggle.setAttribute('aria-pressed', String(on));
      toggle.replaceChildren(M.icon(on ? 'chart' : 'table'));
      toggle.title = on ? M.words.showChart : M.words.showTable;
      toggle.setAttribute('aria-label', toggle.title);
      if (!on && view.echart)
        view.echart.resize();
    });
    M.figures.push(view);
    return figure;
  };

  const ready = view => {
    if (view.echart)
      return view.echart;
    view.echart = window.echarts.init(view.plot, null, { renderer: 'svg' });
    view.echart.on('click', params => {
      const key = view.kind.key && view.drawn ? view.kind.key(view.drawn, params) : null;
      if (key && key.value !== M.other)
        M.toggleMark(view.part, key.group, key.value);
    });
    new ResizeObserver(() => {
      const width = Math.round(view.plot.clientWidth);
      if (width > 0 && width !== view.width) {
        view.width = width;
        M.redraw();
      }
    }).observe(view.plot);
    return view.echart;
  };

  // All of it once, soon: widths change together.
  let soon = 0;
  M.redraw = () => {
    cancelAnimationFrame(soon);
    soon = requestAnimationFrame(() => M.draw());
  };

  // What all charts have in common.
  M.base = look => ({
    animation: !M.still && !M.printing,
    animationDuration: 350,
    animationDurationUpdate: 250,
    color: look.palette,
    textStyle: { fontFamily: look.font, color: look.soft, fontSize: 12 },
    aria: { enabled: true, label: { enabled: false } },
    tooltip: {
      renderMode: 'richText', confine: true, backgroundColor: look.dark ? '#3b3d42' : '#24272d', borderWidth: 0, padding: [8, 12], textStyle: { color: '#fff', fontFamily: look.font, fontSize: 12.5, lineHeight: 19 },
      axisPointer: { lineStyle: { color: look.faint, width: 1 }, shadowStyle: { color: look.dark ? 'rgba(255,255,255,.06)' : 'rgba(30,50,90,.06)' } },
    },
  });

  const drawTable = (view, columns, rows) => {
    view.table.replaceChildren(make('table', {},
      make('thead', {}, make('tr', {}, ...columns.map((name, k) => make('th', { scope: 'col', class: k > 0 ? 'number' : null }, name)))),
      make('tbody', {}, ...rows.slice(0, 500).map(row => make('tr', {}, ...row.map((cell, k) => k === 0 ? make('th', { scope: 'row' }, make('span', { class: 'cell', dir: 'auto' }, window.softened(cell))) : make('td', { class: 'number' }, cell)))))));
  };

  // `measuring`: only how high it would be.
  M.drawFigure = (view, measuring) => {
    const look = M.look(), drawn = measuring || !view.drawn ? (view.drawn = view.kind.data(view.chart, view.part)) : view.drawn;
    view.figure.classList.toggle('empty', drawn.empty);
    view.note.textContent = drawn.follows ? drawn.note || '' : M.words.notFiltered;
    if (drawn.empty) {
      if (view.echart)
        view.echart.clear();
      view.plot.setAttribute('aria-label', M.words.noData);
      view.plot.dataset.empty = M.filters.size > 0 ? M.words.nothing : M.words.noData;
      view.insight.textContent = '';
      view.table.replaceChildren();
      view.legend.hidden = true;
      view.natural = 160;
      view.above = 0;
      return;
    }
    delete view.plot.dataset.empty;
    const width = view.plot.clientWidth || 320, names = view.kind.legend ? view.kind.legend(drawn, look) : [];
    view.natural = view.kind.height ? view.kind.height(drawn, width, view.chart) : 260;
    view.legend.hidden = names.length === 0;
    view.legend.replaceChildren(...names.map(({ name, color }) => {
      const swatch = make('i', {});
      swatch.style.background = color;
      return make('li', { dir: 'auto' }, swatch, window.softened(name));
    }));
    const text = view.kind.tell(drawn);
    view.insight.textContent = text;
    view.plot.setAttribute('aria-label', text || view.kind.measure(view.chart));
    if (measuring) {
      view.least = 0;
      view.plot.style.height = `${view.natural}px`;
      view.above = view.plot.getBoundingClientRect().top - view.figure.getBoundingClientRect().top;
      if (view.kind.beside)
        view.above = Math.min(view.above, 60);
      return;
    }
    const height = Math.max(view.natural, Math.round(view.least || 0));
    view.plot.style.height = `${height}px`;
    const echart = ready(view);
    echart.resize({ width: 'auto', height });
    const mine = M.filterOf(view.part);
    const option = view.kind.option(drawn, look, { width, height, chart: view.chart, marked: mine ? mine.values : null }), tell = option.tooltip && option.tooltip.formatter;
    if (M.rtl && tell)
      option.tooltip = { ...option.tooltip, textStyle: { ...option.tooltip.textStyle, align: 'right' }, formatter: all => tell(all).split('\n').map(M.drawn).join('\n') };
    echart.setOption({ ...M.base(look), ...option }, true);
    const { columns, rows } = view.kind.table(drawn);
    drawTable(view, columns, rows);
  };

  // ---- shared by charts of groups ----

  M.wrap = (text, most) => text.length > most ? `${text.slice(0, most - 1)}…` : text;
  M.measureText = (() => {
    const canvas = document.createElement('canvas').getContext('2d');
    return (text, size) => {
      canvas.font = `${size || 12}px ${getComputedStyle(document.documentElement).fontFamily}`;
      return canvas.measureText(text).width;
    };
  })();
  // As much of it as there is room for.
  M.clip = (text, width, size) => {
    if (M.measureText(text, size) <= width)
      return text;
    let end = text.length;
    while (end > 1 && M.measureText(`${text.slice(0, end)}…`, size) > width)
      end--;
    return `${text.slice(0, end).trimEnd()}…`;
  };
  // On as many lines as are allowed, broken between words and behind their hyphens.
  M.lines = (text, width, most, size) => {
    const lines = [''];
    for (const word of text.split(/(?<=[\s-])/)) {
      const longer = lines[lines.length - 1] + word;
      if (lines[lines.length - 1] === '' || M.measureText(longer.trimEnd(), size) <= width || lines.length === most)
        lines[lines.length - 1] = longer;
      else
        lines.push(word);
    }
    return lines.map(line => M.clip(line.trimEnd(), width, size)).join('\n');
  };
  M.fits = (text, width, most, size) => !M.lines(text, width, most, size).includes('…');
  M.colorOf = (look, series, place) => series.key === M.other ? look.other : look.palette[place % look.palette.length];
  M.groupsTable = drawn => {
    const [x] = drawn.groups, split = drawn.groups[1];
    return {
      columns: [x.label, ...(split ? drawn.series.map(one => one.name) : [M.label(drawn.value.text)])],
      rows: drawn.x.map((key, i) => [M.key(key, x), ...drawn.series.map(one => M.number(one.values[i], drawn.style))]),
    };
  };
  M.measureOf = chart => {
    const value = M.label(chart.value), x = M.name(chart.x), second = chart.series || chart.y;
    return second ? M.say(M.words.byAnd, value, x, M.name(second)) : M.say(M.words.by, value, x);
  };
  // The one thing to know of it.
  M.tellGroups = drawn => {
    const [x] = drawn.groups, totals = drawn.x.map((key, i) => drawn.series.reduce((sum, one) => sum + (one.values[i] || 0), 0));
    const whole = ['count', 'sum'].includes(drawn.value.aggregate), all = totals.reduce((a, b) => a + b, 0);
    if (!whole && drawn.series.length > 1)
      return '';
    let best = -1;
    totals.forEach((total, i) => {
      if (drawn.x[i] !== M.other && drawn.series.some(one => one.values[i] !== null) && (best < 0 || total > totals[best]))
        best = i;
    });
    if (best < 0 || drawn.x.length < 2)
      return '';
    const name = M.key(drawn.x[best], x), number = M.number(totals[best], drawn.style, true);
    if (M.isTime(x) || x.bucket === 'hour' || x.bucket === 'weekday')
      return M.say(M.words.peak, name, number);
    const share = whole && all > 0 && totals.every(total => total >= 0) ? ` (${M.say(M.words.share, M.percent(totals[best] / all))})` : '';
    return M.say(M.words.leads, name, number + share);
  };
  M.axis = (look, more) => ({ axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: look.soft, fontSize: 11.5 }, splitLine: { lineStyle: { color: look.line, width: 1 } }, ...more });
  // Labels of time, as many as there is room for: at the beginnings of years or days, and evenly between. What does not change from one to the next is said once, below.
  const steps = { month: [1, 2, 3, 4, 6, 12], quarter: [1, 2, 4], hours: [1, 2, 3, 6, 12, 24], minute: [1, 5, 10, 15, 30, 60] };
  M.timeAxis = (group, keys, width) => {
    const whens = keys.map(key => M.date(String(key).replace(/-Q(\d)$/, (match, q) => `-${String(q * 3 - 2).padStart(2, '0')}`).replace(/^(\d{4})$/, '$1-01')));
    const moment = ['hours', 'minute'].includes(group.bucket);
    const above = i => !whens[i] || group.bucket === 'year' ? M.key(keys[i], group, true) : moment ? M.clock(whens[i]) : group.bucket === 'quarter' ? String(keys[i]).slice(5) : M.show(whens[i], group.bucket === 'month' ? { month: 'short' } : { day: 'numeric', month: 'short' });
    const below = i => !whens[i] || group.bucket === 'year' ? '' : M.show(whens[i], moment ? { day: 'numeric', month: 'short' } : { year: 'numeric' });
    const wide = Math.max(...keys.map((key, i) => Math.max(M.measureText(above(i), 11.5), moment ? M.measureText(below(i), 11.5) : 0))) + 12, least = Math.max(1, Math.ceil(wide * keys.length / Math.max(width - 64, 60)));
    const step = (steps[group.bucket] || []).find(one => one >= least) || least;
    // Where a year or a day begins, or the first.
    const begins = i => whens[i] && (moment ? whens[i].getUTCHours() === 0 && whens[i].getUTCMinutes() === 0 : group.bucket === 'month' ? whens[i].getUTCMonth() === 0 : group.bucket === 'quarter' && whens[i].getUTCMonth() === 0);
    const start = Math.max(keys.findIndex((key, i) => begins(i)), 0) % step, shown = keys.map((key, i) => i).filter(i => i % step === start);
    const texts = new Map(shown.map((i, k) => [i, above(i) + (below(i) && (k === 0 || below(shown[k - 1]) !== below(i)) ? `\n${below(i)}` : '')]));
    return { interval: i => texts.has(i), lineHeight: 15, hideOverlap: true, formatter: i => (texts.get(Number(i)) || '').split('\n').map(M.drawn).join('\n') };
  };
})();
