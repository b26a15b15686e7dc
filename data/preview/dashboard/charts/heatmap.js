// SPDX-License-Identifier: GPL-3.0-or-later
// A colour for each pair of groups.
'use strict';
(function () {
  const M = window.MeleteDashboard;

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
    height: drawn => Math.max(drawn.series.length * 28 + 70, 180),
    key: (drawn, params) => Array.isArray(params.value) ? { group: drawn.groups[0], value: drawn.x[params.value[0]] } : null,
    option: (drawn, look, { width, marked }) => {
      const [x, y] = drawn.groups, cells = [], names = drawn.series.map(one => one.name), named = Math.min(Math.max(...names.map(name => M.measureText(name))) + 4, Math.max(width * 0.3, 60));
      drawn.series.forEach((one, j) => one.values.forEach((value, i) => {
        if (value !== null)
          cells.push({ value: [i, j, value], label: { color: '#fff' }, itemStyle: { opacity: marked && !marked.has(drawn.x[i]) ? 0.25 : 1 } });
      }));
      const numbers = cells.map(cell => cell.value[2]), low = Math.min(...numbers), high = Math.max(...numbers);
      // Words are light on dark fields, and dark on light ones.
      cells.forEach(cell => { cell.label.color = ((cell.value[2] - low) / (high - low || 1) > 0.55) !== look.dark ? '#fff' : look.dark && (cell.value[2] - low) / (high - low || 1) > 0.55 ? '#12233f' : look.dark ? '#fff' : '#1d2129'; });
      const each = (width - named - 20) / drawn.x.length, labels = each > 44 && drawn.x.length * drawn.series.length <= 120;
      return {
        grid: { left: M.rtl ? 8 : 2, right: M.rtl ? 2 : 8, top: 8, bottom: 42, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
        xAxis: M.axis(look, { type: 'category', data: drawn.x.map((key, i) => i), inverse: M.rtl, splitLine: { show: false }, axisLabel: { color: look.soft, fontSize: 11.5, hideOverlap: true, formatter: i => M.isTime(x) ? M.timeLabel(x, drawn.x)(i, Number(i)) : M.clip(M.key(drawn.x[i], x, true), Math.max(each - 4, 34)) } }),
        yAxis: M.axis(look, { type: 'category', data: names.map((name, i) => i), inverse: true, position: M.rtl ? 'right' : 'left', splitLine: { show: false }, axisLabel: { color: look.ink, fontSize: 12, formatter: j => M.clip(names[j], named) } }),
        visualMap: { type: 'continuous', min: low, max: high > low ? high : low + 1, orient: 'horizontal', left: 'center', bottom: 2, itemWidth: 10, itemHeight: 120, text: [M.number(high, drawn.style, true), M.number(low, drawn.style, true)], textStyle: { color: look.soft, fontSize: 11 }, inRange: { color: look.ramp }, calculable: false, hoverLink: false },
        tooltip: { ...M.base(look).tooltip, trigger: 'item', formatter: one => `${M.key(drawn.x[one.value[0]], x)} · ${names[one.value[1]]}\n${M.number(one.value[2], drawn.style)}` },
        series: [{ type: 'heatmap', data: cells, itemStyle: { borderColor: look.card, borderWidth: 2, borderRadius: 4 }, label: { show: labels, fontSize: 11, formatter: one => M.number(one.value[2], drawn.style, true) } }],
      };
    },
  };
})();
