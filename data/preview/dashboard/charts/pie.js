// SPDX-License-Identifier: GPL-3.0-or-later
// A ring whose parts make up the whole, with the whole in its middle.
'use strict';
(function () {
  const M = window.MeleteDashboard;
  const total = drawn => drawn.series[0].values.reduce((sum, value) => sum + (value || 0), 0);

  M.charts.pie = {
    measure: M.measureOf,
    data: (chart, part) => { const drawn = M.series(chart, part); return { ...drawn, places: M.placesOf(drawn.groups[0], drawn.x) }; },
    tell: M.tellGroups,
    table: drawn => {
      const all = total(drawn), { columns, rows } = M.groupsTable(drawn);
      return { columns: [...columns, '%'], rows: rows.map((row, i) => [...row, all > 0 ? M.percent((drawn.series[0].values[i] || 0) / all, 1) : '–']) };
    },
    legend: (drawn, look) => {
      const all = total(drawn);
      return drawn.x.map((key, i) => ({ name: `${M.key(key, drawn.groups[0])}  ${all > 0 ? M.percent((drawn.series[0].values[i] || 0) / all) : ''}`, color: M.colorOf(look, { key }, drawn.places[i]) }));
    },
    beside: true,
    height: () => 230,
    key: (drawn, params) => ({ group: drawn.groups[0], value: drawn.x[params.dataIndex] }),
    option: (drawn, look, { marked }) => {
      const all = total(drawn), [x] = drawn.groups;
      return {
        tooltip: { ...M.base(look).tooltip, trigger: 'item', formatter: one => `${M.key(drawn.x[one.dataIndex], x)}\n${M.number(drawn.series[0].values[one.dataIndex], drawn.style)} · ${M.percent((drawn.series[0].values[one.dataIndex] || 0) / all, 1)}` },
        title: { text: M.drawn(M.number(all, drawn.style, true)), subtext: M.clip(M.label(drawn.value.text), 110, 11), left: 'center', top: 'middle', itemGap: 7, textStyle: { color: look.ink, fontSize: 18, fontWeight: 650, lineHeight: 24 }, subtextStyle: { color: look.soft, fontSize: 11, lineHeight: 14 } },
        series: [{
          type: 'pie', radius: ['62%', '92%'], center: ['50%', '50%'], startAngle: 90, padAngle: 1.2, itemStyle: { borderRadius: 4 }, label: { show: false }, labelLine: { show: false }, emphasis: { scaleSize: 4 },
          data: drawn.x.map((key, i) => ({ value: Math.max(drawn.series[0].values[i] || 0, 0), name: M.key(key, x), itemStyle: { color: M.colorOf(look, { key }, drawn.places[i]), opacity: marked && !marked.has(key) ? 0.28 : 1 } })),
        }],
      };
    },
  };
})();
