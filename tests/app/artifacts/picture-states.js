// SPDX-License-Identifier: GPL-3.0-or-later
// What is done in a page before its picture is taken; the page's file says what: "memory@done.html".
const file = decodeURIComponent(location.pathname.split('/').pop()).replace(/\.html$/, ''), state = file.split('@')[1];
const pause = ms => new Promise(done => setTimeout(done, ms)), all = (query) => [...document.querySelectorAll(query)], one = (query) => document.querySelector(query);
const type = (input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); };
const key = async (name, times = 1) => { for (let i = 0; i < times; i++) { document.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true })); await pause(30); document.dispatchEvent(new KeyboardEvent('keyup', { key: name, bubbles: true })); } };
const M = window.MeleteDashboard;
// Words are on the root element, which has no closest().
Object.defineProperty(document, 'closest', { value: () => null, configurable: true });
const states = {
  // dashboards
  filtered: () => { const view = M.figures.find(view => view.drawn.groups && view.kind.key); M.toggleMark(view.part, view.drawn.groups[0], view.drawn.x[0]); },
  nothing: () => { for (const [i, text] of [M.spec.filters[0], M.spec.filters[1]].entries()) { const group = M.parseGroup(text); M.filters.set(`filter ${i}`, { name: group.text, group, values: new Set(['\u0001']) }); } const chip = M.spec.filters[0]; M.draw(); return chip; },
  menu: () => { one('.select').click(); },
  origin: async () => { window.scrollTo(0, 0); one('.kpi .value').click(); },
  table: () => { M.figures.forEach(view => view.figure.querySelector('.tools button').click()); },
  tip: () => { for (const view of M.figures) view.echart && view.echart.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: 1 }); },
  focus: () => { one('figure').focus({ focusVisible: true }); },
  // games
  two: () => { const tiles = all('.tile'), other = tiles.find(tile => tile.dataset.word !== tiles[0].dataset.word); tiles[0].click(); other.click(); },
  open: () => { all('.tile').forEach(tile => tile.classList.add('up')); },
  done: async () => {
    if (one('.tile')) {
      for (const word of new Set(all('.tile').map(tile => tile.dataset.word)))
        for (const tile of all('.tile').filter(tile => tile.dataset.word === word))
          tile.click();
    } else if (one('.answers')) {
      while (one('.answers')) {
        all('.answer')[0].click();
        one('.foot .main').click();
        await pause(50);
      }
    }
    await pause(300);
  },
  wrong: () => { const right = Kit.spec.questions[0].right; all('.answer').find(button => button.dataset.answer !== right).click(); },
  playing: async () => { await key(' '); await pause(700); await key('ArrowDown'); await pause(500); },
  lost: async () => { await key(' '); await pause(100); await key('ArrowUp'); await pause(4000); },
  paused: async () => { await key(' '); await pause(500); await key('p'); },
  // tools
  empty: () => { type(one('input'), ''); },
  huge: () => { all('input').forEach(input => type(input, '987654321')); },
  running: async () => { one('.main').click(); await pause(2300); },
  laps: async () => { one('.main').click(); for (let i = 0; i < 4; i++) { await pause(400); all('.quiet')[0].click(); } },
  saved: async () => { type(one('input'), 'Nuria'); one('form').requestSubmit(); await pause(100); },
  tab: () => { one('button, input').focus({ focusVisible: true }); },
};
if (state && states[state])
  await states[state]();
await pause(500);
