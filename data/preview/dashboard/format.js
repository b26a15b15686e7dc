// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, dates and names as people of the page's language read them. Everything of the page is in one object, MeleteDashboard.
'use strict';
(function () {
  const M = window.MeleteDashboard = { charts: {} };
  const data = M.data = JSON.parse(document.getElementById('data').textContent);
  M.spec = data.spec;
  M.words = data.words;
  M.still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  M.rtl = document.documentElement.dir === 'rtl';
  let locale = data.locale;
  try {
    new Intl.NumberFormat(locale);
  } catch (error) {
    locale = 'en';
  }
  M.locale = locale;

  // "%s of %s" with the words in it.
  M.say = (words, ...parts) => words.replace(/%s/g, () => parts.shift());

  // "sum(revenue)" and "month(date)".
  M.parse = text => {
    const match = /^([a-z]+)\((.*)\)$/.exec(text);
    return match ? { word: match[1], column: match[2] } : { word: '', column: text };
  };
  M.parseValue = text => {
    const { word, column } = M.parse(text);
    return word ? { text, aggregate: word, column, field: data.fields[column] } : { text, aggregate: 'count', column: null, field: null };
  };
  M.parseGroup = text => {
    const { word, column } = M.parse(text);
    return { text, bucket: word, column, field: data.fields[column], label: data.labels[text] || (data.fields[column] || {}).label || text };
  };
  // In the middle of a sentence.
  M.name = text => data.names[text] || M.label(text);
  M.label = text => data.labels[text] || (data.fields[text] || {}).label || text;

  // ---- numbers ----

  const signs = { '€': 'EUR', '$': 'USD', '£': 'GBP', '¥': 'JPY', '₹': 'INR', 'zł': 'PLN', 'US$': 'USD' };
  const formats = new Map();
  const format = (options) => {
    const key = JSON.stringify(options);
    if (!formats.has(key))
      formats.set(key, new Intl.NumberFormat(locale, options));
    return formats.get(key);
  };
  const currency = unit => signs[unit] || (/^[A-Z]{3}$/.test(unit) && unit) || null;

  // How a value is shown: { unit, decimals }.
  M.style = (value, unit) => {
    const field = value.field;
    if (value.aggregate === 'count' || value.aggregate === 'distinct' || !field)
      return { unit: unit || '', decimals: 0 };
    // What is below each other has as many digits behind its point.
    const own = field.type === 'integer' ? 0 : Math.min(field.decimals || 0, 2);
    return { unit: unit || field.unit || '', decimals: value.aggregate === 'average' || value.aggregate === 'median' ? Math.max(own, 1) : own, fixed: true };
  };

  M.number = (x, style, compact) => {
    if (x === null || x === undefined)
      return '–';
    if (typeof x !== 'number')
      return String(x);
    const { unit, decimals } = style || { unit: '', decimals: 2 }, money = currency(unit), size = Math.abs(x);
    const options = compact && (compact === 'axis' ? (style && style.most !== undefined ? style.most >= 1e4 : size >= 1e4) && size > 0 : size >= 1e6) ? { notation: 'compact', maximumFractionDigits: compact === 'axis' ? 1 : 2 }
      : compact === 'axis' ? { maximumFractionDigits: 6 }
      : { minimumFractionDigits: style && style.fixed && (size < 1000 || !compact) ? decimals : 0, maximumFractionDigits: size < 1000 || !compact ? decimals : 0 };
    if (money && compact === 'axis') {
      options.minimumFractionDigits = 0;
    } else if (money) {
      // Cents are written with both digits.
      if (options.minimumFractionDigits !== undefined)
        options.minimumFractionDigits = options.maximumFractionDigits = decimals > 0 && !(compact && size >= 1000) ? 2 : 0;
    }
    if (money) {
      try {
        return tidy(format({ ...options, style: 'currency', currency: money, currencyDisplay: 'narrowSymbol' }).format(x), compact);
      } catch (error) {
        // No currency after all.
      }
    }
    const text = format(options).format(x);
    return tidy(!unit ? text : unit === '%' || unit === '°' ? text + (unit === '%' && /^(de|fr|sv|nb|fi|cs|ru)/.test(locale) ? '\u00a0' : '') + unit : text + '\u00a0' + unit, compact);
  };
  // A minus is as wide as a plus. On an axis, which is drawn from left to right, a number goes its language's own way.
  const tidy = (text, compact) => { const all = text.replace('-', '\u2212'); return compact === 'axis' ? M.drawn(all) : all; };
  M.drawn = text => M.rtl ? `\u200f${text}\u200f` : text;
  M.percent = (share, digits) => format({ style: 'percent', maximumFractionDigits: digits === undefined ? (Math.abs(share) < 0.1 ? 1 : 0) : digits }).format(share);
  M.signed = share => { const digits = share !== 0 && Math.abs(share) < 0.0995 ? 1 : 0; return format({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'exceptZero' }).format(share).replace('-', '\u2212'); };

  // ---- dates ----

  const date = text => {
    const match = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[ T](\d{2}):(\d{2}))?)?/.exec(text);
    return match ? new Date(Date.UTC(+match[1], +match[2] - 1, +(match[3] || 1), +(match[4] || 0), +(match[5] || 0))) : null;
  };
  M.date = date;
  const calendars = new Map();
  const show = (when, options) => {
    const key = JSON.stringify(options);
    if (!calendars.has(key))
      calendars.set(key, new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }));
    return calendars.get(key).format(when);
  };
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  M.clock = when => show(when, clock);
  M.show = show;

  // A group's key as text; `short`: where there is little room.
  M.key = (key, group, short) => {
    if (key === M.other)
      return M.words.other;
    if (key === null || key === undefined || key === '')
      return M.words.empty;
    const when = group.bucket || (group.field && /^date/.test(group.field.type)) ? date(String(key)) : null;
    switch (group.bucket) {
    case 'month':
      return when ? show(when, { month: 'short', year: 'numeric' }) : String(key);
    case 'quarter':
      return String(key).replace(/^(\d+)-(Q\d)$/, '$2 $1');
    case 'week':
    case 'day':
      return when ? show(when, short ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' }) : String(key);
    case 'weekday':
      return show(new Date(Date.UTC(2023, 0, 1 + Number(key))), { weekday: short ? 'short' : 'long' });
    case 'hour':
      return M.clock(new Date(Date.UTC(2023, 0, 1, Number(key))));
    case 'hours':
    case 'minute':
      return when ? show(when, { day: 'numeric', month: 'short', ...(short ? {} : { year: 'numeric' }), ...clock }) : String(key);
    case 'year':
      return String(key);
    default:
      if (group.field && group.field.type === 'boolean')
        return Number(key) ? M.words.yes : M.words.no;
      if (when)
        return show(when, { day: 'numeric', month: 'short', year: 'numeric' });
      return typeof key !== 'number' ? String(key) : group.field && group.field.unit ? M.number(key, { unit: group.field.unit, decimals: 2 }) : format({ useGrouping: false, maximumFractionDigits: 6 }).format(key);
    }
  };
  M.other = '\u0000other';

  // The order of a group's keys. Weeks begin on Monday.
  // Words that begin with numbers are in the order of these: "18–24", "< 5 km".
  M.isRange = keys => keys.length > 1 && keys.every(key => key === null || key === '' || /^[<>≤≥~]?\s?\d/.test(String(key)));
  M.natural = (a, b) => a === b ? 0 : a === null || b === null ? (a === null ? 1 : -1) : String(a).localeCompare(String(b), locale, { numeric: true });
  M.hasOrder = group => Boolean(group.bucket) || (group.field && group.field.type !== 'text');
  M.compare = group => (a, b) => {
    if (a === b)
      return 0;
    if (a === M.other || b === M.other)
      return a === M.other ? 1 : -1;
    if (a === null || b === null)
      return a === null ? 1 : -1;
    if (group.bucket === 'weekday')
      return (Number(a) + 6) % 7 - (Number(b) + 6) % 7;
    if (typeof a === 'number' && typeof b === 'number')
      return a - b;
    return String(a) < String(b) ? -1 : 1;
  };
  M.isTime = group => ['minute', 'hours', 'day', 'week', 'month', 'quarter', 'year'].includes(group.bucket) || (group.field && /^date/.test(group.field.type) && !group.bucket);

  // ---- elements ----

  M.element = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith('on'))
        element.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined && value !== false)
        element.setAttribute(key, value === true ? '' : value);
    }
    for (const child of children)
      if (child !== null && child !== undefined)
        element.append(child);
    return element;
  };

  M.report = (name, value) => {
    try {
      if (window.melete && typeof window.melete.report === 'function')
        window.melete.report(name, value);
    } catch (error) {
      // Who shows the page need not listen.
    }
  };
})();
