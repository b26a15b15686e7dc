// SPDX-License-Identifier: GPL-3.0-or-later
// Rows at two of their numbers.
'use strict';
(function () {
  const M = window.MeleteDashboard;
  const style = group => ({ unit: (group.field || {}).unit || '', decimals: 2 });
  const kinds = drawn => {
    if (!drawn.split)
      return [undefined];
    const counts = new Map();
    drawn.rows.forEach(row => counts.set(row[2], (counts.get(row[2]) || 0) + 1));
    const keys = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
    return keys.length > 7 ? [...keys.slice(0, 7), M.other] : keys;
  };

  M.charts.scatter = {
    measure: chart => M.say(M.words.and, M.label(chart.y), M.name(chart.x)),
    data: (chart, part) => {
      const drawn = M.points(chart, part);
      return { ...drawn, kinds: kinds(drawn), places: drawn.split ? M.placesOf(drawn.split, kinds(drawn)) : [0], note: drawn.rows.length < drawn.all ? M.say(M.words.sampled, M.number(drawn.rows.length, { decimals: 0 }), M.number(drawn.all, { decimals: 0 })) : '' };
    },
    tell: () => '',
    table: drawn => ({ columns: [drawn.x.label, drawn.y.label], rows: drawn.rows.map(row => [M.number(row[0], style(drawn.x)), M.number(row[1], style(drawn.y))]) }),
    legend: (drawn, look) => drawn.split ? drawn.kinds.map((key, k) => ({ name: M.key(key, drawn.split), color: M.colorOf(look, { key }, drawn.places[k]) })) : [],
    height: () => 280,
    key: (drawn, params) => drawn.split ? { group: drawn.split, value: drawn.kinds[params.seriesIndex] } : null,
    option: (drawn, look, { marked }) => {
      const named = new Set(drawn.kinds), of = row => drawn.split ? (named.has(row[2]) ? row[2] : M.other) : undefined;
      return {
        grid: { left: 4, right: 16, top: 28, bottom: 22, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
        xAxis: M.axis(look, { type: 'value', inverse: M.rtl, scale: true, splitNumber: 5, name: drawn.x.label, nameLocation: 'middle', nameGap: 26, nameTextStyle: { color: look.soft, fontSize: 11.5 }, axisLabel: { color: look.soft, fontSize: 11.5, hideOverlap: true, formatter: v => M.number(v, style(drawn.x), 'axis') } }),
        yAxis: M.axis(look, { type: 'value', position: M.rtl ? 'right' : 'left', scale: true, splitNumber: 4, name: drawn.y.label, nameLocation: 'end', nameGap: 12, nameTextStyle: { color: look.soft, fontSize: 11.5, align: M.rtl ? 'right' : 'left' }, axisLabel: { color: look.soft, fontSize: 11.5, formatter: v => M.number(v, style(drawn.y), 'axis') } }),
        tooltip: { ...M.base(look).tooltip, trigger: 'item', formatter: one => `${drawn.x.label}: ${M.number(one.value[0], style(drawn.x))}\n${drawn.y.label}: ${M.number(one.value[1], style(drawn.y))}` },
        series: drawn.kinds.map((key, k) => ({ type: 'scatter', symbolSize: drawn.rows.length > 500 ? 6 : 9, itemStyle: { color: M.colorOf(look, { key }, drawn.places[k]), opacity: marked && !marked.has(key) ? 0.12 : drawn.rows.length > 500 ? 0.45 : 0.7 }, data: drawn.rows.filter(row => of(row) === key).map(row => row.slice(0, 2)) })),
      };
    },
  };
})();
