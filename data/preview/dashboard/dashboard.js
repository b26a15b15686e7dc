// SPDX-License-Identifier: GPL-3.0-or-later
// The page: title, filters, figures, charts, tables.
'use strict';
(function () {
  const M = window.MeleteDashboard, make = M.element, { spec, data } = M;
  const root = document.getElementById('dashboard');
  const kpis = [];

  // A line without axes, of how a number went.
  const spark = ({ whole, value }) => {
    const numbers = whole.map(row => row[1]).filter(x => typeof x === 'number');
    if (numbers.length < 3)
      return null;
    // Amounts are seen from zero: a small change looks small.
    const low = Math.min(...numbers, ...(value.aggregate === 'sum' || value.aggregate === 'count' ? [0] : [])), high = Math.max(...numbers), name = 'http://www.w3.org/2000/svg', svg = document.createElementNS(name, 'svg');
    const at = (x, i) => `${(M.rtl ? 100 - i / (numbers.length - 1) * 100 : i / (numbers.length - 1) * 100).toFixed(2)},${(28 - (high > low ? (x - low) / (high - low) : 0.5) * 24).toFixed(2)}`;
    svg.setAttribute('viewBox', '0 0 100 32');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    svg.classList.add('spark');
    const points = numbers.map(at), area = document.createElementNS(name, 'path'), line = document.createElementNS(name, 'path');
    area.setAttribute('d', `M${points.join('L')}L${M.rtl ? 0 : 100},32L${M.rtl ? 100 : 0},32Z`);
    area.classList.add('area');
    line.setAttribute('d', `M${points.join('L')}`);
    line.classList.add('line');
    svg.append(area, line);
    return svg;
  };

  // Two charts make a line: what would stand alone in front of a wide one waits for the next, or takes the whole line.
  const inLines = figures => {
    const lines = [], wide = [];
    let alone = null;
    for (const figure of figures) {
      if (figure.classList.contains('wide') && alone) {
        wide.push(figure);
      } else if (figure.classList.contains('wide')) {
        lines.push(figure);
      } else if (alone) {
        figure.classList.add('second');
        lines.push(alone, figure, ...wide.splice(0));
        alone = null;
      } else {
        alone = figure;
      }
    }
    if (alone)
      alone.classList.add('last');
    return [...lines, ...(alone ? [alone] : []), ...wide];
  };

  const makeKpi = (kpi, i) => {
    const part = `/kpis/${i}`, number = make('button', { type: 'button', class: 'value', dir: 'auto', title: M.words.origin, onclick: () => M.showOrigin(part, number) }), change = make('p', { class: 'change' }), trend = make('div', { class: 'trend' });
    const card = make('section', { class: 'card kpi', 'data-part': part, 'aria-labelledby': `kpi-${i}` }, make('h2', { id: `kpi-${i}`, dir: 'auto' }, window.softened(kpi.label || M.label(kpi.value))), number, change, trend);
    kpis.push(() => {
      const drawn = M.kpi(kpi, i);
      number.textContent = M.number(drawn.number, drawn.style, true);
      number.setAttribute('aria-label', `${kpi.label || M.label(kpi.value)}: ${M.number(drawn.number, drawn.style)}`);
      card.dataset.value = drawn.number === null ? '' : String(drawn.number);
      change.replaceChildren();
      if (!drawn.follows) {
        change.append(make('span', { class: 'periods' }, M.words.notFiltered));
      } else if (drawn.last && drawn.before && drawn.before[1]) {
        const share = (drawn.last[1] - drawn.before[1]) / Math.abs(drawn.before[1]);
        const way = Math.abs(share) < 0.0005 ? 'same' : share > 0 ? 'up' : 'down';
        change.append(make('span', { class: `delta ${way}` }, make('span', { 'aria-hidden': 'true' }, { up: '▲', down: '▼', same: '●' }[way]), make('bdi', {}, M.signed(way === 'same' ? 0 : share))),
          make('span', { class: 'periods', dir: 'auto' }, M.say(M.words.versus, ...[drawn.last, drawn.before].map(row => M.key(row[0], drawn.over, true)))));
      }
      const line = spark(drawn);
      trend.replaceChildren(...(line ? [line] : []));
    });
    return card;
  };

  // What the numbers are of: "1,204 rows of sales.csv · 1 Jan 2024 – 31 Dec 2024"
  const sourceLine = () => {
    const dates = [...(spec.filters || []), ...(spec.charts || []).map(chart => chart.x), ...(spec.kpis || []).map(kpi => kpi.over)].filter(Boolean).map(M.parseGroup).find(group => group.field && group.field.min);
    const day = text => M.show(M.date(text), { day: 'numeric', month: 'short', year: 'numeric' });
    const parts = [data.source.name, `${M.number(data.source.rows, { decimals: 0 })} ${M.words.rows}`];
    if (data.source.table)
      parts.splice(1, 0, data.source.table);
    if (dates && M.date(dates.field.min) && M.date(dates.field.max))
      parts.push(day(dates.field.min) === day(dates.field.max) ? day(dates.field.min) : `${day(dates.field.min)} – ${day(dates.field.max)}`);
    // Each by itself: the name of a file may go the other way.
    return parts.flatMap((text, i) => [...(i > 0 ? [' · '] : []), make('bdi', {}, text)]);
  };

  M.draw = () => {
    kpis.forEach(draw => draw());
    M.figures.forEach(view => M.drawFigure(view, true));
    // Neighbours are of one height.
    const lines = new Map();
    M.figures.filter(view => !view.drawn.empty && !view.figure.matches('.wide, .last')).forEach(view => lines.set(view.figure.offsetTop, [...(lines.get(view.figure.offsetTop) || []), view]));
    lines.forEach(views => views.forEach(view => { view.least = views.length > 1 ? Math.min(Math.max(...views.map(one => one.natural + one.above)) - view.above, view.natural * 2.2) : 0; }));
    M.figures.forEach(view => M.drawFigure(view));
    M.tableViews.forEach(view => view.draw());
  };

  const [filters, line] = M.makeFilters();
  const charts = inLines((spec.charts || []).map(M.makeFigure));
  root.append(...[
    make('header', { class: 'title' }, make('h1', { dir: 'auto', 'data-part': '/title' }, window.softened(spec.title || data.source.name, 22)), spec.summary ? make('p', { class: 'summary', dir: 'auto', 'data-part': '/summary' }, spec.summary) : null, make('p', { class: 'source' }, ...sourceLine())),
    filters, line,
    (spec.kpis || []).length > 0 ? make('div', { class: 'kpis' }, ...spec.kpis.map(makeKpi)) : null,
    ...(spec.texts || []).map((text, i) => make('p', { class: 'text', dir: 'auto', 'data-part': `/texts/${i}` }, text)),
    charts.length > 0 ? make('div', { class: 'charts' }, ...charts) : null,
    ...(spec.tables || []).map(M.makeTable),
    data.notes.length > 0 ? make('footer', { class: 'notes' }, make('details', {}, make('summary', {}, M.words.notes), make('ul', {}, ...data.notes.map(note => make('li', { dir: 'auto' }, note))))) : null,
  ].filter(Boolean));

  M.draw();
  M.onLook(M.draw);
  window.addEventListener('beforeprint', () => { M.printing = true; M.draw(); });
  window.addEventListener('afterprint', () => { M.printing = false; M.draw(); });

  if (data.source.rows === 0 || (kpis.length === 0 && charts.length === 0 && !(spec.tables || []).length))
    M.report('missing', { what: 'rows' });
  M.figures.filter(view => view.drawn && view.drawn.empty).forEach(view => M.report('missing', { part: view.part }));
  requestAnimationFrame(() => requestAnimationFrame(() => M.report('ready', { charts: M.figures.length })));
})();
