// SPDX-License-Identifier: GPL-3.0-or-later
// Lines over time or over what has an order.
'use strict';
(function () {
  const M = window.MeleteDashboard;

  // A value between two that are missing has no line.
  const alone = (values, i) => values[i] !== null && (i === 0 || values[i - 1] === null) && (i + 1 === values.length || values[i + 1] === null);

  M.lineOption = (drawn, look, { width, marked }, filled, stacked) => {
    const [x] = drawn.groups, many = width / drawn.x.length < 24;
    const place = drawn.x.map((key, i) => i);
    return {
      grid: { left: 4, right: 14, top: 14, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: M.axis(look, { type: 'category', boundaryGap: false, inverse: M.rtl, data: place, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: look.line } },
        axisLabel: { color: look.soft, fontSize: 11.5, ...(M.isTime(x) ? M.timeAxis(x, drawn.x, width) : { hideOverlap: true, lineHeight: 15, formatter: i => M.clip(M.key(drawn.x[i], x, true), 90) }) } }),
      yAxis: M.axis(look, { type: 'value', position: M.rtl ? 'right' : 'left', splitNumber: 4, minInterval: 10 ** -drawn.style.decimals, scale: !filled && !['count', 'sum'].includes(drawn.value.aggregate), axisLabel: { color: look.soft, fontSize: 11.5, formatter: v => M.number(v, drawn.style, 'axis') } }),
      tooltip: { ...M.base(look).tooltip, trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: look.faint } },
        formatter: all => [M.key(drawn.x[all[0].dataIndex], x), ...all.map(one => (drawn.groups[1] ? `${drawn.series[one.seriesIndex].name}: ` : '') + M.number(drawn.series[one.seriesIndex].values[one.dataIndex], drawn.style))].join('\n') },
      series: drawn.series.map((one, k) => {
        const color = M.colorOf(look, one, drawn.places[k]);
        return {
          type: 'line', name: one.name || M.label(drawn.value.text), stack: stacked ? 'all' : undefined, showSymbol: !many || Boolean(marked) || one.values.some((value, i) => alone(one.values, i)), symbol: 'circle', symbolSize: 6, connectNulls: false, smooth: 0.2, smoothMonotone: 'x',
          lineStyle: { width: 2.25, color }, itemStyle: { color, borderColor: look.card, borderWidth: 1.5 }, emphasis: { focus: drawn.series.length > 1 ? 'series' : 'none' },
          areaStyle: filled ? { color, opacity: stacked ? 0.55 : 0.14 } : undefined,
          data: one.values.map((value, i) => ({ value, symbolSize: marked && marked.has(drawn.x[i]) ? 11 : many && !alone(one.values, i) ? 0 : 6, itemStyle: drawn.x[i] === drawn.unfinished ? { color: look.card, borderColor: color } : undefined })),
        };
      }),
    };
  };
  M.lineLegend = (drawn, look) => drawn.groups[1] ? drawn.series.map((one, k) => ({ name: one.name, color: M.colorOf(look, one, drawn.places[k]) })) : [];

  M.charts.line = {
    measure: M.measureOf,
    data: M.series,
    tell: M.tellGroups,
    table: M.groupsTable,
    legend: M.lineLegend,
    height: (drawn, width, chart) => chart.wide && width > 600 ? 300 : 240,
    key: (drawn, params) => ({ group: drawn.groups[0], value: drawn.x[params.dataIndex] }),
    option: (drawn, look, how) => M.lineOption(drawn, look, how, false, false),
  };
})();
