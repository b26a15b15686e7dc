// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in a world of its own, which the page cannot reach, and has the only channel to Melete. What bridge.js says in the page comes here as events with a JSON text;
// here it is cut and counted, so that a page that floods the channel fills its own process and not the window's.
//
// start: { channel, load }
(function (start) {
  'use strict';

  const MAX_TEXT = 20000;
  const BURST = 200;      // messages at once
  const PER_SECOND = 60;  // and after that
  const TELL_DROPPED = 500; // ms
  const STORE_AFTER = 200;  // ms
  const MAX_STORED = 64;  // keys at once
  const MAX_STORED_TEXT = 1200000; // characters at once: a little more than all that a page may keep

  const post = window.webkit.messageHandlers.melete;
  const target = window.visualViewport;
  const say = (message) => post.postMessage(JSON.stringify({ ...message, load: start.load }));

  let left = BURST, since = performance.now(), dropped = 0, timer = 0;
  const stored = new Map();
  let storing = 0, storedText = 0;

  function mayPass() {
    const now = performance.now();
    left = Math.min(BURST, left + (now - since) / 1000 * PER_SECOND);
    since = now;
    if (left >= 1) {
      left -= 1;
      return true;
    }
    dropped += 1;
    if (timer === 0) {
      timer = setTimeout(() => {
        timer = 0;
        say({ type: 'dropped', count: dropped });
        dropped = 0;
      }, TELL_DROPPED);
    }
    return false;
  }

  // The newest value of each key: a game that keeps its score sixty times a second costs five messages.
  function flush() {
    clearTimeout(storing);
    storing = 0;
    for (const [key, value] of stored)
      post.postMessage(JSON.stringify(value === null ? { type: 'store', key, load: start.load } : { type: 'store', key, value, load: start.load }));
    stored.clear();
    storedText = 0;
  }

  // What does not fit is dropped as in a flood: bridge.js asks for no more than fits.
  function keep(text) {
    if (text.length + storedText > MAX_STORED_TEXT && !mayPass())
      return;
    if (text.length > MAX_STORED_TEXT)
      return;
    let message;
    try {
      message = JSON.parse(text);
    } catch (error) {
      return;
    }
    const { key, value } = message;
    if (typeof key !== 'string' || (value !== null && typeof value !== 'string'))
      return;
    if ((stored.size >= MAX_STORED && !stored.has(key)) || text.length + storedText > MAX_STORED_TEXT)
      flush();
    storedText += text.length - (stored.has(key) ? (stored.get(key) ?? '').length : 0);
    stored.set(key, value);
    if (storing === 0)
      storing = setTimeout(flush, STORE_AFTER);
  }

  target.addEventListener(start.channel + '-out', (event) => {
    if (typeof event.detail !== 'string')
      return;
    if (event.detail.startsWith('{"type":"store"')) {
      keep(event.detail);
      return;
    }
    if (event.detail.length > MAX_TEXT || !mayPass()) {
      if (event.detail.length > MAX_TEXT)
        mayPass() && say({ type: 'dropped', count: 1 });
      return;
    }
    let message;
    try {
      message = JSON.parse(event.detail);
    } catch (error) {
      return;
    }
    if (message === null || typeof message !== 'object' || (message.type !== 'log' && message.type !== 'report'))
      return;
    // What check.js waits for; and whether nothing in the page moves by itself.
    if (message.type === 'report' && message.name === 'ready') {
      globalThis.meleteReady = true;
      globalThis.meleteStill = String(message.value).includes('"still":true');
    }
    say(message);
  });
  window.addEventListener('pagehide', flush);

  // Links that would only have looked a name up or connected leave no other sign.
  const silent = /\b(dns-prefetch|preconnect|prefetch|prerender)\b/i;
  const look = (node) => {
    if (node.localName === 'link' && silent.test(node.rel) && mayPass())
      say({ type: 'log', level: 'blocked', text: String(node.href).slice(0, 300), rule: node.rel.slice(0, 50) });
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === 'attributes')
        look(change.target);
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE)
          continue;
        look(node);
        if (node.firstElementChild)
          node.querySelectorAll('link').forEach(look);
      }
    }
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['href', 'rel'] });
})
