// SPDX-License-Identifier: GPL-3.0-or-later
// Rectangles as large as what they stand for.
'use strict';
(function () {
  const M = window.MeleteDashboard;

  // Two lines of some letters want that many pixels.
  const roomy = (drawn, i, area) => (drawn.series[0].values[i] || 0) / drawn.series[0].values.reduce((sum, value) => sum + Math.max(value || 0, 0), 0) * area > 5200;

  M.charts.treemap = {
    measure: M.measureOf,
    data: (chart, part) => { const drawn = M.series(chart, part); return { ...drawn, places: M.placesOf(drawn.groups[0], drawn.x) }; },
    tell: M.tellGroups,
    table: M.groupsTable,
    height: (drawn, width) => width < 420 ? 280 : 300,
    key: (drawn, params) => params.data && params.data.place !== undefined ? { group: drawn.groups[0], value: drawn.x[params.data.place] } : null,
    option: (drawn, look, { marked, width, height }) => ({
      tooltip: { ...M.base(look).tooltip, formatter: one => one.data && one.data.place !== undefined ? `${M.key(drawn.x[one.data.place], drawn.groups[0])}\n${M.number(drawn.series[0].values[one.data.place], drawn.style)}` : '' },
      series: [{
        type: 'treemap', roam: false, nodeClick: false, breadcrumb: { show: false }, left: 0, right: 0, top: 4, bottom: 4,
        itemStyle: { borderWidth: 0, gapWidth: 3, borderRadius: 5, borderColor: look.card },
        label: { color: '#fff', fontSize: 12, lineHeight: 17, padding: 4, overflow: 'truncate', formatter: one => roomy(drawn, one.data.place, width * height) ? `{name|${one.name}}\n${M.drawn(M.number(drawn.series[0].values[one.data.place], drawn.style, true))}` : '', rich: { name: { fontWeight: 650, color: '#fff', fontSize: 12 } } },
        data: drawn.x.map((key, i) => ({
          name: M.key(key, drawn.groups[0]), place: i, value: Math.max(drawn.series[0].values[i] || 0, 0),
          itemStyle: { color: key === M.other ? '#6d7480' : ['#2f6fdb', '#b85c0b', '#12776f', '#a6489c', '#7d6c0c', '#5a4fcf', '#c03844', '#2f7fb8'][drawn.places[i]], opacity: marked && !marked.has(key) ? 0.28 : 1 },
        })),
      }],
    }),
  };
})();
