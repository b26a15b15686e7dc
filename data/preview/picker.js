// SPDX-License-Identifier: GPL-3.0-or-later
// The body of a function in the world that the page cannot reach, with `picking` and `load`: turns the pointer into one that points at elements, or back.

const world = globalThis;
world.meleteStopPicking?.();
if (!picking)
  return;

const MAX = 2048; // bytes of text and of HTML
const post = (message) => window.webkit.messageHandlers.melete.postMessage(JSON.stringify({ ...message, load }));

// ---- what is said of an element ----

function cut(text) {
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= MAX ? text : new TextDecoder().decode(bytes.slice(0, MAX - 3)).replace(/\uFFFD+$/, '') + '…';
}

// Down from the nearest element with an id of its own, or from the root.
function pathOf(element) {
  const parts = [];
  for (let at = element; at; at = at.parentElement) {
    if (at.id && document.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1) {
      parts.unshift(`#${CSS.escape(at.id)}`);
      break;
    }
    const siblings = at.parentElement ? [...at.parentElement.children].filter((other) => other.localName === at.localName) : [at];
    parts.unshift(siblings.length > 1 ? `${CSS.escape(at.localName)}:nth-of-type(${siblings.indexOf(at) + 1})` : CSS.escape(at.localName));
  }
  return parts.join(' > ');
}

function pick(element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  const part = element.closest('[data-part]')?.getAttribute('data-part') ?? null;
  stop();
  post({
    type: 'picked', selector: cut(pathOf(element)), part: part && cut(part), text: cut((element.innerText ?? element.textContent ?? '').trim()), html: cut(element.outerHTML),
    x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height),
  });
}

// ---- the outline ----

const frame = document.createElement('div');
frame.setAttribute('aria-hidden', 'true');
const shadow = frame.attachShadow({ mode: 'closed' });
shadow.innerHTML =
  '<style>div { position: fixed; box-sizing: border-box; border: 2px solid #3584e4; border-radius: 4px; background: rgba(53, 132, 228, .14); box-shadow: 0 0 0 1px rgba(255, 255, 255, .7); ' +
  'pointer-events: none; z-index: 2147483647; } span { position: absolute; left: -2px; bottom: 100%; max-width: 60vw; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; padding: 1px 6px; ' +
  'border-radius: 4px 4px 0 0; background: #1c71d8; color: #fff; font: 12px/1.5 sans-serif; } div.top span { bottom: auto; top: 0; left: 0; border-radius: 0 0 4px 0; }</style><div><span></span></div>';
const box = shadow.querySelector('div'), name = shadow.querySelector('span');
const cursor = document.createElement('style');
cursor.textContent = '* { cursor: crosshair !important; }';

let current = null;

function show(element) {
  current = element;
  const { x, y, width, height } = element.getBoundingClientRect();
  Object.assign(box.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  box.className = y < 24 ? 'top' : '';
  name.textContent = element.localName + (element.id ? `#${element.id}` : '') + ` · ${Math.round(width)} × ${Math.round(height)}`;
}

// ---- where one may go with the keys ----

const visible = (element) => {
  if (element === frame || element === cursor)
    return false;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && getComputedStyle(element).visibility !== 'hidden';
};

function step(forwards) {
  const all = [...document.body.querySelectorAll('*')].filter(visible);
  const at = all.indexOf(current);
  return all[(at + (forwards ? 1 : -1) + all.length) % all.length] ?? document.body;
}

function moveTo(element) {
  if (!element)
    return;
  element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  show(element);
}

const keys = {
  Escape() {
    stop();
    post({ type: 'pick-left' });
  },
  Enter: () => pick(current),
  Tab: (event) => moveTo(step(!event.shiftKey)),
  ArrowRight: () => moveTo(step(true)),
  ArrowLeft: () => moveTo(step(false)),
  ArrowUp: () => current !== document.body && moveTo(current.parentElement),
  ArrowDown: () => moveTo([...current.children].find(visible)),
};

// ---- events, which the page does not get meanwhile ----

function handle(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  switch (event.type) {
  case 'pointermove': {
    const element = document.elementFromPoint(event.clientX, event.clientY);
    if (element && element !== current)
      show(element);
    break;
  }
  case 'click':
    if (current)
      pick(document.elementFromPoint(event.clientX, event.clientY) ?? current);
    break;
  case 'keydown':
    keys[event.key]?.(event);
    break;
  }
}

const types = ['pointermove', 'pointerdown', 'pointerup', 'mousedown', 'mouseup', 'mousemove', 'click', 'dblclick', 'contextmenu', 'keydown', 'keyup', 'keypress'];
const follow = () => current && show(current);

function stop() {
  for (const type of types)
    window.removeEventListener(type, handle, true);
  window.removeEventListener('scroll', follow, true);
  frame.remove();
  cursor.remove();
  delete world.meleteStopPicking;
}

for (const type of types)
  window.addEventListener(type, handle, true);
window.addEventListener('scroll', follow, true);
document.documentElement.append(frame, cursor);
world.meleteStopPicking = stop;
show(document.body.querySelector('[data-part]') ?? document.body);
