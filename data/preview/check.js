// SPDX-License-Identifier: GPL-3.0-or-later
// The body of a function in the world that the page cannot reach, with `quiet` and `most` (ms): waits until the page has settled, and returns what is to be seen of it.

const MAX_FOUND = 5;
const frame = () => new Promise((done) => requestAnimationFrame(done));
const pause = (time) => new Promise((done) => setTimeout(done, time));

// ---- until it has settled ----

// Drawn, by its own word (keeper.js notes it), or no element has come for a while. What only moves or counts does not hold this up.
const begin = performance.now();
let last = begin;
const observer = new MutationObserver((changes) => {
  if (changes.some((change) => [...change.addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE)))
    last = performance.now();
});
observer.observe(document, { childList: true, subtree: true });
await Promise.race([frame().then(frame), pause(1000)]);
while (!globalThis.meleteReady && performance.now() - last < quiet && performance.now() - begin < most)
  await pause(50);
observer.disconnect();

// ---- how often it draws, if anything moves ----

let frames = 0;
const since = performance.now();
if (!globalThis.meleteStill)
  await Promise.race([(async () => {
    while (performance.now() - since < 600) {
      await frame();
      frames += 1;
    }
  })(), pause(1500)]);
const rate = globalThis.meleteStill ? 60 : frames / (performance.now() - since) * 1000;

// ---- what is to be seen ----

function pathOf(element) {
  const parts = [];
  for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
    if (at.id) {
      parts.unshift(`#${CSS.escape(at.id)}`);
      break;
    }
    const name = at.localName + [...at.classList].slice(0, 2).map((word) => `.${CSS.escape(word)}`).join('');
    const same = at.parentElement ? [...at.parentElement.children].filter((other) => other.localName === at.localName) : [];
    parts.unshift(same.length > 1 ? `${name}:nth-of-type(${same.indexOf(at) + 1})` : name);
  }
  return parts.join(' > ').slice(0, 300);
}

// Which part of a specification it is of.
const partOf = (element) => element.closest('[data-part]')?.dataset.part.slice(0, 100) ?? '';

const all = [...(document.body ?? document.documentElement).querySelectorAll('*')].slice(0, 5000);
const looks = (element) => element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? true;
const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
const wordsOf = (element) => (element.innerText ?? element.textContent).trim().replace(/\s+/g, ' ').slice(0, 60);
const texts = all.filter((element) => !['script', 'style', 'template', 'noscript', 'option', 'title'].includes(element.localName) && hasText(element) && looks(element));
if (document.body && hasText(document.body))
  texts.push(document.body);
const things = all.filter((element) => ['img', 'canvas', 'svg', 'video', 'input', 'button', 'select', 'textarea', 'progress', 'meter'].includes(element.localName) && looks(element) &&
  element.getBoundingClientRect().width > 1 && element.getBoundingClientRect().height > 1);

// What is out of the window at the side, and not within something that scrolls or cuts by itself.
const root = document.scrollingElement ?? document.documentElement;
const room = document.documentElement.clientWidth;
const overflow = [];
if (root.scrollWidth > room + 1) {
  const bounded = (element) => {
    for (let at = element.parentElement; at && at !== document.body && at !== root; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== 'visible')
        return true;
    }
    return false;
  };
  let outer = null;
  for (const element of all) {
    const { right, width } = element.getBoundingClientRect();
    if (right + scrollX <= room + 1 || width === 0 || outer?.contains(element) && element.parentElement.getBoundingClientRect().right >= right || !looks(element) || bounded(element))
      continue;
    outer = element;
    overflow.push({ path: pathOf(element), part: partOf(element), by: Math.round(right + scrollX - room) });
    if (overflow.length === MAX_FOUND)
      break;
  }
  if (overflow.length === 0)
    overflow.push({ path: 'html', by: root.scrollWidth - room });
}

// Text that its own element cuts, where nothing says that it goes on.
const cut = [];
for (const element of texts) {
  const style = getComputedStyle(element);
  if (element.clientWidth < 8 || style.display === 'inline' || cut.length === MAX_FOUND)
    continue;
  const across = ['hidden', 'clip'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 2 && style.textOverflow !== 'ellipsis';
  const down = ['hidden', 'clip'].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 4 && style.webkitLineClamp === 'none' && style.textOverflow !== 'ellipsis';
  if (across || down)
    cut.push({ path: pathOf(element), part: partOf(element), text: wordsOf(element) });
}

// Text with other text over it, and nothing between them.
const overlap = [];
const boxOf = (element) => {
  const range = document.createRange();
  range.selectNodeContents([...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== ''));
  return range.getClientRects()[0];
};
const covers = (element, until) => {
  for (let at = element; at && !at.contains(until); at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.position === 'fixed' || style.backgroundImage !== 'none' || !/^(transparent|rgba\(.*, 0\))$/.test(style.backgroundColor))
      return true;
  }
  return false;
};
for (const element of texts.slice(0, 400)) {
  const box = overlap.length < MAX_FOUND ? boxOf(element) : null;
  if (!box || box.width < 4 || box.height < 4)
    continue;
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  if (!top || top === element || top.contains(element) || element.contains(top) || !hasText(top) || covers(top, element))
    continue;
  const other = boxOf(top);
  const across = other ? Math.min(box.right, other.right) - Math.max(box.left, other.left) : 0;
  const down = other ? Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) : 0;
  if (across > 4 && down > Math.min(box.height, other.height) / 3)
    overlap.push({ path: pathOf(element), part: partOf(element), other: pathOf(top), text: wordsOf(element) });
}

return { settled: performance.now() - begin < most, rate, texts: texts.length, things: things.length, overflow, cut, overlap };
