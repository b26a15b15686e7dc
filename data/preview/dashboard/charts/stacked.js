// SPDX-License-Identifier: GPL-3.0-or-later
// Bars of which each is made of parts.
'use strict';
(function () {
  const M = window.MeleteDashboard;

  M.charts.stacked = {
    measure: M.measureOf,
    data: M.series,
    tell: M.tellGroups,
    table: M.groupsTable,
    legend: M.lineLegend,
    height: M.charts.bar.height,
    key: M.charts.bar.key,
    option: (drawn, look, how) => {
      const option = M.charts.bar.option(drawn, look, how);
      const lying = M.charts.bar.lies(drawn);
      option.series.forEach((one, k) => {
        const last = k === option.series.length - 1;
        one.stack = 'all';
        one.label = { show: false };
        one.itemStyle = { borderRadius: last ? (lying ? (M.rtl ? [4, 0, 0, 4] : [0, 4, 4, 0]) : [4, 4, 0, 0]) : 0, borderColor: look.card, borderWidth: 0.75 };
        one.data.forEach(item => { item.itemStyle = { ...item.itemStyle, color: M.colorOf(look, drawn.series[k], drawn.places[k]) }; });
      });
      if (lying)
        option.xAxis = { ...option.xAxis, axisLabel: { ...option.xAxis.axisLabel, show: true }, splitLine: { show: true, lineStyle: { color: look.line } } };
      return option;
    },
  };
  const { height } = M.charts.bar;
  M.charts.stacked.height = (drawn, width, chart) => !M.charts.bar.lies(drawn) ? 260 : height({ ...drawn, series: [drawn.series[0]] }, width, chart);
})();
