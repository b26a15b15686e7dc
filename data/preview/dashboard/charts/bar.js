// SPDX-License-Identifier: GPL-3.0-or-later
// Bars: lying where the names are words, standing where they have an order; side by side for a few series.
'use strict';
(function () {
  const M = window.MeleteDashboard;
  const lies = drawn => !(M.hasOrder(drawn.groups[0]) || (drawn.range && drawn.x.length <= 12)) || (!drawn.groups[0].bucket && drawn.groups[0].field.type === 'boolean');

  const room = width => Math.min(Math.max(width * 0.32, 70), 190);
  // Names that are too long for a place beside their bars stand above them.
  const above = (drawn, width) => drawn.x.some(key => !M.fits(M.key(key, drawn.groups[0]), room(width), 2));

  M.charts.bar = {
    above,
    lies,
    measure: M.measureOf,
    data: M.series,
    tell: M.tellGroups,
    table: M.groupsTable,
    legend: (drawn, look) => drawn.groups[1] ? drawn.series.map((one, k) => ({ name: one.name, color: M.colorOf(look, one, drawn.places[k]) })) : [],
    height: (drawn, width) => !lies(drawn) ? 260 : above(drawn, width) ? drawn.x.length * (drawn.series.length > 1 ? 34 + drawn.series.length * 14 : 46) + (drawn.series.length > 1 ? 42 : 16) : Math.max(drawn.x.length * (drawn.series.length > 1 ? 12 + drawn.series.length * 12 : drawn.x.length < 6 ? 42 : 32) + 12, 120),
    key: (drawn, params) => ({ group: drawn.groups[0], value: drawn.x[params.dataIndex] }),
    option: (drawn, look, { width, height, marked }) => {
      const [x] = drawn.groups, lying = lies(drawn), single = drawn.series.length === 1, over = lying && above(drawn, width);
      const names = drawn.x.map(key => M.key(key, x)), labels = drawn.series[0].values.map(v => M.number(v, drawn.style, true));
      const end = lying && single ? Math.max(...labels.map(text => M.measureText(text))) + 14 : 16, thick = !lying ? 46 : over ? (single ? 16 : 13.5 * drawn.series.length) : Math.min(Math.max(height / drawn.x.length * 0.5, 24), 44);
      const named = 4 + Math.max(...names.flatMap(name => M.lines(name, room(width), 2).split('\n')).map(text => M.measureText(text)));
      const category = M.axis(look, {
        type: 'category', data: drawn.x.map((key, i) => i), inverse: lying || M.rtl, splitLine: { show: false }, position: lying && M.rtl ? 'right' : undefined,
        z: over ? 10 : 0,
        axisLabel: over ? { color: look.ink, fontSize: 12, inside: true, margin: 0, verticalAlign: 'bottom', padding: [0, 0, thick / 2 + 7, 0], formatter: i => M.clip(names[i], width - 12) }
          : lying ? { color: look.ink, fontSize: 12, margin: 10, lineHeight: 14, formatter: i => M.lines(names[i], named, 2) }
          : { color: look.soft, fontSize: 11.5, ...(M.isTime(x) ? M.timeAxis(x, drawn.x, width) : { lineHeight: 15, hideOverlap: true, formatter: i => M.lines(M.key(drawn.x[i], x, true), Math.max((width - 60) / drawn.x.length - 4, 30), 2, 11.5) }) },
      });
      const numbers = M.axis(look, { type: 'value', inverse: lying && M.rtl, position: !lying && M.rtl ? 'right' : undefined, splitNumber: lying ? Math.max(2, Math.min(5, Math.floor(width / 90))) : 4, axisLabel: { show: !(lying && single), color: look.soft, fontSize: 11.5, hideOverlap: true, formatter: v => M.number(v, drawn.style, 'axis') }, splitLine: { show: !(lying && single), lineStyle: { color: look.line } } });
      const dim = key => marked && !marked.has(key) ? 0.28 : 1;
      return {
        grid: { left: lying && M.rtl ? end : lying ? 2 : 4, right: lying && M.rtl ? 2 : lying ? end : 8, top: over ? 16 : 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
        xAxis: lying ? numbers : category,
        yAxis: lying ? category : numbers,
        tooltip: { ...M.base(look).tooltip, trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: all => [names[all[0].dataIndex], ...all.map(one => (drawn.groups[1] ? `${drawn.series[one.seriesIndex].name}: ` : '') + M.number(drawn.series[one.seriesIndex].values[one.dataIndex], drawn.style))].join('\n') },
        series: drawn.series.map((one, k) => ({
          type: 'bar', name: one.name || M.label(drawn.value.text), barMaxWidth: over ? (single ? thick : 12) : thick, barCategoryGap: '28%', barGap: '12%',
          itemStyle: { borderRadius: lying ? (M.rtl ? [5, 0, 0, 5] : [0, 5, 5, 0]) : [5, 5, 0, 0] },
          label: lying && single ? { show: true, position: M.rtl ? 'left' : 'right', color: look.soft, fontSize: 12, formatter: params => M.drawn(labels[params.dataIndex]) } : { show: false },
          data: one.values.map((value, i) => ({ value, itemStyle: { color: drawn.x[i] === M.other ? look.other : M.colorOf(look, one, drawn.places[k]), opacity: drawn.x[i] === drawn.unfinished && !marked ? 0.5 : dim(drawn.x[i]) } })),
        })),
      };
    },
  };
})();
