// SPDX-License-Identifier: GPL-3.0-or-later
// What the page is filtered by: lists of values, ranges of dates, and marks of charts.
'use strict';
(function () {
  const M = window.MeleteDashboard, make = M.element;
  const controls = [];
  let line = null, open = null;

  M.filterOf = part => [...M.filters.values()].find(filter => filter.part === part);
  M.filterList = () => [...M.filters.values()].map(filter => ({ name: filter.name, values: filter.values ? [...filter.values] : null, from: filter.from || null, to: filter.to || null }));
  const changed = () => {
    controls.forEach(update => update());
    drawLine();
    M.draw();
  };

  // A mark of a chart: once more, and the filter is gone.
  M.toggleMark = (part, group, value) => {
    const id = `mark ${part}`, filter = M.filters.get(id);
    if (filter && filter.name === group.text && filter.values.has(value))
      M.filters.delete(id);
    else
      M.filters.set(id, { name: group.text, group, part, values: new Set([value]) });
    if (M.rows.column(group.text))
      changed();
    else
      M.filters.delete(id);
  };

  const describe = filter => {
    if (filter.values)
      return `${filter.group.label}: ${filter.values.size <= 2 ? [...filter.values].map(value => M.key(value, filter.group)).join(', ') : M.say(M.words.selected, filter.values.size)}`;
    const day = text => M.key(text, { ...filter.group, bucket: 'day' });
    return `${M.parseGroup(filter.group.column).label}: ${[filter.from, filter.to].map(text => text ? day(text) : '…').join(' – ')}`;
  };
  const drawLine = () => {
    line.hidden = M.filters.size === 0;
    line.replaceChildren(make('span', {}, M.words.filteredBy), ...[...M.filters.entries()].map(([id, filter]) => {
      const text = describe(filter);
      return make('button', { type: 'button', class: 'chip on', dir: 'auto', 'aria-label': M.say(M.words.remove, text), onclick: () => { M.filters.delete(id); changed(); } }, text, M.icon('close'));
    }), make('button', { type: 'button', class: 'plain', onclick: () => { M.filters.clear(); changed(); } }, M.words.clear));
  };

  const closeMenu = () => {
    if (open) {
      open.menu.hidden = true;
      open.button.setAttribute('aria-expanded', 'false');
      open = null;
    }
  };
  document.addEventListener('pointerdown', event => {
    if (open && !open.box.contains(event.target))
      closeMenu();
  });

  // The values of a column, the most frequent first.
  const valuesOf = group => {
    const column = M.rows.column(group.text), counts = new Map();
    for (let i = 0; column && i < M.rows.n; i++)
      counts.set(column.get(i), (counts.get(column.get(i)) || 0) + M.rows.weight(i));
    const keys = [...counts.keys()];
    return M.hasOrder(group) ? keys.sort(M.compare(group)) : keys.sort((a, b) => counts.get(b) - counts.get(a) || M.compare(group)(a, b));
  };

  const set = (id, group, values) => {
    if (values.size === 0)
      M.filters.delete(id);
    else
      M.filters.set(id, { name: group.text, group, values });
    changed();
  };

  // A few values stand side by side.
  const makeChips = (id, group, values) => {
    const chips = values.map(value => make('button', { type: 'button', class: 'chip', dir: 'auto', 'aria-pressed': 'false', onclick: () => {
      const chosen = new Set(M.filters.has(id) ? M.filters.get(id).values : []);
      if (!chosen.delete(value))
        chosen.add(value);
      set(id, group, chosen);
    } }, M.key(value, group)));
    controls.push(() => chips.forEach((chip, i) => chip.setAttribute('aria-pressed', String(Boolean(M.filters.has(id) && M.filters.get(id).values.has(values[i]))))));
    return make('div', { class: 'chips', role: 'group', 'aria-label': group.label }, ...chips);
  };

  // Many are in a menu with a search.
  const makeMenu = (id, group, values) => {
    const button = make('button', { type: 'button', class: 'select', 'aria-haspopup': 'true', 'aria-expanded': 'false' }), list = make('div', { class: 'options', role: 'group', 'aria-label': group.label });
    const search = make('input', { type: 'search', placeholder: M.words.search, 'aria-label': `${M.words.search}: ${group.label}` });
    const menu = make('div', { class: 'menu', hidden: true }, values.length > 8 ? search : null, list), box = make('div', { class: 'select-box' }, button, menu);
    const fill = () => {
      const wanted = search.value.trim().toLocaleLowerCase(M.locale), chosen = M.filters.has(id) ? M.filters.get(id).values : new Set();
      const found = values.filter(value => M.key(value, group).toLocaleLowerCase(M.locale).includes(wanted));
      list.replaceChildren(...found.slice(0, 200).map(value => {
        const input = make('input', { type: 'checkbox', onchange: () => {
          const next = new Set(M.filters.has(id) ? M.filters.get(id).values : []);
          if (!next.delete(value))
            next.add(value);
          set(id, group, next);
        } });
        input.checked = chosen.has(value);
        return make('label', { dir: 'auto' }, input, make('span', {}, window.softened(M.key(value, group))));
      }));
    };
    search.addEventListener('input', fill);
    button.addEventListener('click', () => {
      const show = menu.hidden;
      closeMenu();
      if (show) {
        search.value = '';
        fill();
        menu.hidden = false;
        button.setAttribute('aria-expanded', 'true');
        open = { menu, button, box };
        menu.classList.toggle('end', box.getBoundingClientRect().left + 260 > document.documentElement.clientWidth);
        (values.length > 8 ? search : menu.querySelector('input')).focus();
      }
    });
    menu.addEventListener('keydown', event => {
      const inputs = [...menu.querySelectorAll('input')], at = inputs.indexOf(document.activeElement);
      if (event.key === 'Escape') {
        closeMenu();
        button.focus();
      } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        inputs[Math.max(0, Math.min(inputs.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
        event.preventDefault();
      }
    });
    controls.push(() => {
      const filter = M.filters.get(id);
      button.textContent = !filter ? M.words.all : filter.values.size === 1 ? M.key([...filter.values][0], group) : M.say(M.words.selected, filter.values.size);
      button.classList.toggle('on', Boolean(filter));
      button.setAttribute('aria-label', `${group.label}: ${button.textContent}`);
    });
    return box;
  };

  // From one day to another.
  const makeRange = (id, group, values) => {
    const known = values.filter(value => value !== null).map(String);
    const ends = [known[0], known[known.length - 1]];
    const inputs = [M.words.from, M.words.to].map((name, k) => make('input', { type: 'date', min: ends[0], max: ends[1], value: ends[k], 'aria-label': `${group.label}: ${name}`, onchange: () => {
      const [from, to] = inputs.map((input, n) => (/^\d{4}-\d{2}-\d{2}$/.test(input.value) && input.value !== ends[n] ? input.value : ''));
      if (!from && !to)
        M.filters.delete(id);
      else
        M.filters.set(id, { name: group.text, group, from, to });
      changed();
    } }));
    controls.push(() => {
      const filter = M.filters.get(id);
      inputs[0].value = (filter && filter.from) || ends[0];
      inputs[1].value = (filter && filter.to) || ends[1];
    });
    return make('div', { class: 'range', role: 'group', 'aria-label': group.label }, inputs[0], make('span', { 'aria-hidden': 'true' }, '–'), inputs[1]);
  };

  M.makeFilters = () => {
    const bar = make('section', { class: 'filters', 'aria-label': M.words.filters });
    (M.spec.filters || []).forEach((text, i) => {
      const group = M.parseGroup(text), values = valuesOf(group), id = `filter ${i}`;
      if (values.length < 2)
        return;
      const range = group.bucket === 'day' || (!group.bucket && /^date/.test((group.field || {}).type || ''));
      const short = values.length <= 4 && values.every(value => M.key(value, group).length <= 14);
      if (range)
        group.label = M.parseGroup(group.column).label;
      bar.append(make('div', { class: 'filter', 'data-part': `/filters/${i}` }, make('span', { class: 'name', dir: 'auto' }, group.label), range ? makeRange(id, group, values) : short ? makeChips(id, group, values) : makeMenu(id, group, values)));
    });
    line = make('p', { class: 'filtered', role: 'status', 'aria-live': 'polite', hidden: true });
    controls.forEach(update => update());
    return [bar.childElementCount > 0 ? bar : null, line];
  };
})();
