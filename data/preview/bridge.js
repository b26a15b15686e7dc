// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in the page's own world, before any of its scripts: what a page prints, fails at and is denied goes to the console of Melete, and the page
// gets window.melete. The page may do to this script whatever it likes: it can but keep silent or say of itself what is not true. What is said goes by events
// with a JSON text to keeper.js, which counts and cuts, in a world that the page cannot reach.
//
// start: { channel, storage: { key: JSON text }, dark, accent, limit }
(function (start) {
  'use strict';

  const MAX_TEXT = 4000;
  const { stringify, parse } = JSON;
  const { CustomEvent, EventTarget, Map, Promise, String, TypeError } = window;
  const original = { ...console };
  const target = window.visualViewport;
  const dispatch = EventTarget.prototype.dispatchEvent.bind(target);
  const listen = EventTarget.prototype.addEventListener;

  const send = (message) => {
    dispatch(new CustomEvent(start.channel + '-out', { detail: stringify(message) }));
  };

  // ---- words of values ----

  const quoteless = (value) => typeof value === 'string' ? value : show(value, 0, []);

  function show(value, depth, within) {
    switch (typeof value) {
    case 'string': return stringify(value.length > 500 ? value.slice(0, 500) + '…' : value);
    case 'function': return `function ${value.name || '(without a name)'}`;
    case 'bigint': return `${value}n`;
    case 'symbol': return String(value);
    case 'object': break;
    default: return String(value);
    }
    if (value === null)
      return 'null';
    try {
      if (value instanceof Error)
        return `${value.name}: ${value.message}`;
      if (value instanceof Node)
        return value.nodeType === Node.ELEMENT_NODE ? value.cloneNode(false).outerHTML.slice(0, 200) : `#${value.nodeName} ${value.textContent.slice(0, 100)}`;
      if (within.includes(value))
        return '(itself)';
      if (depth >= 3)
        return Array.isArray(value) ? `[… ${value.length}]` : '{…}';
      const deeper = [...within, value];
      if (Array.isArray(value)) {
        const shown = value.slice(0, 50).map((item) => show(item, depth + 1, deeper));
        if (value.length > 50)
          shown.push(`… ${value.length - 50} more`);
        return `[${shown.join(', ')}]`;
      }
      if (value instanceof Map)
        return `Map(${value.size}) ${show([...value].slice(0, 20), depth + 1, deeper)}`;
      if (value instanceof Set)
        return `Set(${value.size}) ${show([...value].slice(0, 20), depth + 1, deeper)}`;
      const keys = Object.keys(value);
      const shown = keys.slice(0, 30).map((key) => `${key}: ${show(value[key], depth + 1, deeper)}`);
      if (keys.length > 30)
        shown.push(`… ${keys.length - 30} more`);
      const name = value.constructor && value.constructor.name !== 'Object' ? `${value.constructor.name} ` : '';
      return `${name}{${shown.join(', ')}}`;
    } catch (error) {
      return Object.prototype.toString.call(value);
    }
  }

  // As console.log has it: "%s", "%d" and so on take what follows, "%c" the style, which has no place here.
  function words(values) {
    values = [...values];
    let text = '';
    if (typeof values[0] === 'string' && values.length > 1) {
      text = values.shift().replace(/%[sdifoOc%]/g, (mark) => {
        if (mark === '%%' || values.length === 0)
          return mark === '%%' ? '%' : mark;
        const value = values.shift();
        switch (mark) {
        case '%c': return '';
        case '%d': case '%i': return String(Math.trunc(Number(value)));
        case '%f': return String(Number(value));
        default: return quoteless(value);
        }
      });
      values.unshift(text);
    }
    text = values.map(quoteless).join(' ');
    return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) + '…' : text;
  }

  // Where in the page a stack's first line of the page's own is.
  function place(stack) {
    const match = /(melete-page:[^\s]*?):(\d+):(\d+)/.exec(stack || '');
    return match ? { source: match[1], line: Number(match[2]), column: Number(match[3]) } : {};
  }

  const log = (level, text, where) => send({ type: 'log', level, text: text.slice(0, MAX_TEXT + 1), ...where });

  // ---- the console ----

  for (const [name, level] of Object.entries({ log: 'log', info: 'info', debug: 'debug', dir: 'log', table: 'log', warn: 'warning', error: 'error', trace: 'log' })) {
    console[name] = (...values) => {
      log(level, words(values), place(new Error().stack));
      original[name]?.(...values);
    };
  }
  console.assert = (truth, ...values) => {
    if (!truth)
      log('error', `Assertion failed${values.length ? ': ' + words(values) : ''}`, place(new Error().stack));
    original.assert?.(truth, ...values);
  };

  // ---- what fails and what is denied ----

  const denied = new Set();

  function listenToFailures() {
    listen.call(window, 'error', (event) => {
      if (event.target !== window && event.target instanceof Element) {
        const element = event.target;
        const address = String(element.currentSrc || element.src || element.href?.baseVal || element.href || element.data || '');
        // What the policy denied says so itself, a little later.
        setTimeout(() => denied.has(address) || log('failed', address.slice(0, 300) || element.localName, {}), 100);
        return;
      }
      const error = event.error;
      const text = error instanceof Error ? `${error.name}: ${error.message}` : event.message || 'Script error';
      log('exception', text, event.filename ? { source: event.filename, line: event.lineno, column: event.colno } : place(error?.stack));
    }, true);
    listen.call(window, 'unhandledrejection', (event) => {
      const reason = event.reason;
      log('rejection', reason instanceof Error ? `${reason.name}: ${reason.message}` : quoteless(reason), place(reason?.stack));
    }, true);
    listen.call(document, 'securitypolicyviolation', (event) => {
      if (denied.size < 200)
        denied.add(event.blockedURI);
      send({ type: 'log', level: 'blocked', text: String(event.blockedURI).slice(0, 300), rule: event.effectiveDirective, source: event.sourceFile || undefined, line: event.lineNumber || undefined });
    }, true);
  }
  listenToFailures();

  // What writes into a document that is whole begins it anew, and what listened to it is gone.
  for (const name of ['open', 'write', 'writeln']) {
    const before = Document.prototype[name];
    Document.prototype[name] = function (...values) {
      const anew = this === document && (name === 'open' || document.readyState === 'complete');
      const result = before.apply(this, values);
      if (anew)
        listenToFailures();
      return result;
    };
  }

  // The filter that blocks every load blocks this too, and says nothing.
  const openWindow = window.open;
  window.open = function (address = '', ...others) {
    log('blocked', String(address).slice(0, 300) || 'about:blank', { rule: 'window.open', ...place(new Error().stack) });
    return openWindow.call(window, address, ...others);
  };

  // ---- window.melete ----

  const kept = new Map(Object.entries(start.storage));
  const length = (text) => new TextEncoder().encode(text).length;
  let used = [...kept].reduce((sum, [key, value]) => sum + length(key) + length(value), 0);

  // Promises, since the page shall not rely on it being at hand.
  const storage = Object.freeze({
    async get(key) {
      key = String(key);
      return kept.has(key) ? parse(kept.get(key)) : null;
    },
    async set(key, value) {
      key = String(key);
      const text = stringify(value);
      if (text === undefined)
        throw new TypeError('melete.storage.set: this value cannot be kept as JSON.');
      if (length(key) > 200)
        throw new TypeError('melete.storage.set: the key is longer than 200 bytes.');
      const size = used + length(text) - (kept.has(key) ? length(kept.get(key)) : -length(key));
      if (size > start.limit)
        throw new DOMException(`melete.storage.set: a page may keep ${start.limit} bytes, and this would be ${size}.`, 'QuotaExceededError');
      kept.set(key, text);
      used = size;
      send({ type: 'store', key, value: text });
    },
    async remove(key) {
      key = String(key);
      if (!kept.has(key))
        return;
      used -= length(key) + length(kept.get(key));
      kept.delete(key);
      send({ type: 'store', key, value: null });
    },
    async keys() {
      return [...kept.keys()];
    },
  });

  let look = { dark: start.dark, accent: start.accent };
  const theme = new EventTarget();
  Object.defineProperties(theme, { dark: { get: () => look.dark, enumerable: true }, accent: { get: () => look.accent, enumerable: true } });
  listen.call(target, start.channel + '-in', (event) => {
    const message = parse(event.detail);
    if (message.type === 'theme') {
      look = { dark: message.dark, accent: message.accent };
      theme.dispatchEvent(new Event('change'));
    }
  });

  const melete = Object.freeze({
    storage,
    theme: Object.freeze(theme),
    // A fact about itself: "ready" when it is drawn, with { still: true } where nothing moves by itself; "missing" with what it lacks.
    report(name, value = null) {
      const text = stringify(value) ?? 'null';
      if (text.length > 16000)
        throw new RangeError('melete.report: the value is longer than 16,000 characters as JSON.');
      send({ type: 'report', name: String(name).slice(0, 100), value: text });
    },
  });
  Object.defineProperty(window, 'melete', { value: melete });
})
