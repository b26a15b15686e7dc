// SPDX-License-Identifier: GPL-3.0-or-later
// How numbers are spread.
'use strict';
(function () {
  const M = window.MeleteDashboard;
  const ends = (drawn, i) => [drawn.bins.low + i * drawn.bins.width, drawn.bins.low + (i + 1) * drawn.bins.width];
  const style = drawn => ({ unit: (drawn.x.field || {}).unit || '', decimals: drawn.bins.width < 1 ? 2 : 0 });
  // Widths like 0.1 are not exact: their multiples are shown without the error.
  const clean = x => Number(x.toPrecision(12));
  const range = (drawn, i) => ends(drawn, i).map(x => M.number(clean(x), style(drawn))).join(' – ');

  M.charts.histogram = {
    measure: chart => M.say(M.words.by, M.words.number, M.name(chart.x)),
    data: M.bins,
    tell: drawn => {
      const all = drawn.counts.reduce((a, b) => a + b, 0), best = drawn.counts.indexOf(Math.max(...drawn.counts));
      return drawn.counts.length > 1 ? M.say(M.words.leads, range(drawn, best), `${M.number(drawn.counts[best], { unit: '', decimals: 0 })} (${M.say(M.words.share, M.percent(drawn.counts[best] / all))})`) : '';
    },
    table: drawn => ({ columns: [drawn.x.label, M.words.number], rows: drawn.counts.map((n, i) => [range(drawn, i), M.number(n, { unit: '', decimals: 0 })]) }),
    height: () => 240,
    option: (drawn, look) => ({
      grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: M.axis(look, { type: 'category', data: drawn.counts.map((n, i) => i), inverse: M.rtl, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: look.line } }, axisLabel: { color: look.soft, fontSize: 11.5, hideOverlap: true, formatter: i => M.number(clean(ends(drawn, Number(i))[0]), style(drawn), 'axis') } }),
      yAxis: M.axis(look, { type: 'value', position: M.rtl ? 'right' : 'left', splitNumber: 4, minInterval: 1, axisLabel: { color: look.soft, fontSize: 11.5, formatter: v => M.number(v, { unit: '', decimals: 0 }, 'axis') } }),
      tooltip: { ...M.base(look).tooltip, trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: all => `${range(drawn, all[0].dataIndex)}\n${M.words.number}: ${M.number(drawn.counts[all[0].dataIndex], { unit: '', decimals: 0 })}` },
      series: [{ type: 'bar', barCategoryGap: '6%', itemStyle: { color: look.palette[0], borderRadius: [3, 3, 0, 0] }, data: drawn.counts }],
    }),
  };
})();
