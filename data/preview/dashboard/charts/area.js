// SPDX-License-Identifier: GPL-3.0-or-later
// Areas: a line whose amount counts, and series on top of each other.
'use strict';
(function () {
  const M = window.MeleteDashboard;

  M.charts.area = {
    measure: M.measureOf,
    data: M.series,
    tell: M.tellGroups,
    table: M.groupsTable,
    legend: M.lineLegend,
    height: M.charts.line.height,
    key: M.charts.line.key,
    option: (drawn, look, how) => M.lineOption(drawn, look, how, true, Boolean(drawn.groups[1])),
  };
})();
