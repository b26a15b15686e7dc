// SPDX-License-Identifier: GPL-3.0-or-later
// A colour for each pair of groups.
'use strict';
(function () {
  const M = window.MeleteDashboard;

  const room = width => Math.max(width * 0.32, 70);

  M.charts.heatmap = {
    measure: M.measureOf,
    data: M.series,
    tell: drawn => {
      let best = null;
      drawn.series.forEach(one => one.values.forEach((value, i) => {
        if (value !== null && (!best || value > best.value))
          best = { value, i, name: one.name };
      }));
      return best ? M.say(M.words.leads, `${M.key(drawn.x[best.i], drawn.groups[0])}, ${best.name}`, M.number(best.value, drawn.style, true)) : '';
    },
    table: M.groupsTable,
    height: (drawn, width) => Math.max(drawn.series.length * (drawn.series.some(one => M.measureText(one.name) > room(width)) ? 40 : 28) + 76, 180),
    key: (drawn, params) => Array.isArray(params.value) ? { group: drawn.groups[0], value: drawn.x[params.value[0]] } : null,
    option: (drawn, look, { width, marked }) => {
      const [x, y] = drawn.groups, cells = [], names = drawn.series.map(one => one.name), named = Math.min(Math.max(...names.map(name => M.measureText(name))) + 4, room(width));
      drawn.series.forEach((one, j) => one.values.forEach((value, i) => {
        if (value !== null)
          cells.push({ value: [i, j, value], label: { color: '#fff' }, itemStyle: { opacity: marked && !marked.has(drawn.x[i]) ? 0.25 : 1 } });
      }));
      const numbers = cells.map(cell => cell.value[2]), low = Math.min(...numbers), high = Math.max(...numbers);
      // Words are light on dark fields, and dark on light ones: 4.4:1 where both are equally poor.
      cells.forEach(cell => { const share = (cell.value[2] - low) / (high - low || 1); cell.label.color = (look.dark ? share < 0.56 : share > 0.67) ? '#fff' : '#0a0d14'; });
      const each = (width - named - 20) / drawn.x.length, labels = each > 44 && drawn.x.length * drawn.series.length <= 120;
      return {
        grid: { left: M.rtl ? 8 : 2, right: M.rtl ? 2 : 8, top: 8, bottom: 46, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
        xAxis: M.axis(look, { type: 'category', data: drawn.x.map((key, i) => i), inverse: M.rtl, splitLine: { show: false }, axisLabel: { color: look.soft, fontSize: 11.5, ...(M.isTime(x) ? M.timeAxis(x, drawn.x, width - named + 40) : { interval: each > 34 ? 0 : 'auto', hideOverlap: each <= 34, lineHeight: 15, formatter: i => M.lines(M.key(drawn.x[i], x, true), Math.max(each - 4, 34), 2, 11.5) }) } }),
        yAxis: M.axis(look, { type: 'category', data: names.map((name, i) => i), inverse: true, position: M.rtl ? 'right' : 'left', splitLine: { show: false }, axisLabel: { color: look.ink, fontSize: 12, lineHeight: 15, formatter: j => M.lines(names[j], named, 2) } }),
        visualMap: { type: 'continuous', min: low, max: high > low ? high : low + 1, orient: 'horizontal', left: 'center', bottom: 2, itemWidth: 10, itemHeight: 120, text: [high, low].map(x => M.drawn(M.number(x, drawn.style, true))), textStyle: { color: look.soft, fontSize: 11 }, inRange: { color: look.ramp }, calculable: false, hoverLink: false },
        tooltip: { ...M.base(look).tooltip, trigger: 'item', formatter: one => `${M.key(drawn.x[one.value[0]], x)} · ${names[one.value[1]]}\n${M.number(one.value[2], drawn.style)}` },
        series: [{ type: 'heatmap', data: cells, itemStyle: { borderColor: look.card, borderWidth: each < 14 ? 1 : 2, borderRadius: each < 14 ? 2 : 4 }, label: { show: labels, fontSize: 11, formatter: one => M.drawn(M.number(one.value[2], drawn.style, true)) } }],
      };
    },
  };
})();
