// SPDX-License-Identifier: GPL-3.0-or-later
// Questions, one after the other, each with answers in an order of their own.
'use strict';
(function () {
  const { spec, words, el, say } = Kit;
  const shell = Kit.shell({ stats: ['score', 'best'], noisy: true, onrestart: () => begin() });
  const card = el('section', { class: 'card' }), bar = el('i', {});
  let at = 0, right = 0, answered = false, given = [];

  const list = () => [...card.querySelectorAll('.answer')];
  const answer = (button) => {
    if (answered)
      return;
    answered = true;
    const question = spec.questions[at], good = button.dataset.answer === question.right;
    right += good ? 1 : 0;
    given.push(button.dataset.answer);
    shell.set('score', right);
    bar.style.width = `${(at + 1) / spec.questions.length * 100}%`;
    list().forEach(one => {
      const kind = one.dataset.answer === question.right ? 'right' : one === button ? 'wrong' : 'dim';
      one.disabled = true;
      one.classList.add(kind);
      if (kind !== 'dim')
        one.querySelector('i').textContent = kind === 'right' ? '✓' : '✕';
    });
    const verdict = good ? words.right : say(words.wrong, question.right);
    card.querySelector('.foot').prepend(el('p', { class: good ? 'good' : 'bad', dir: 'auto' }, Kit.soft(verdict)));
    Kit.announce(verdict);
    Kit.sound(good ? 'good' : 'bad');
    const next = card.querySelector('.main');
    next.hidden = false;
    next.focus({ preventScroll: true });
  };
  const finish = async () => {
    bar.style.width = '100%';
    const reached = await Kit.best(right), text = say(words.result, right, spec.questions.length);
    shell.set('best', reached.value);
    card.replaceChildren(el('p', { class: 'small' }, words.result1), el('p', { class: 'outcome' }, new Intl.NumberFormat(Kit.language, { style: 'percent' }).format(right / spec.questions.length)), el('p', { class: 'asked' }, text + (reached.better ? ` · ${words.newBest}` : '')),
      el('ul', { class: 'plain-list review' }, spec.questions.map((question, i) => {
        const good = given[i] === question.right;
        return el('li', {}, el('i', { class: `mark ${good ? 'good' : 'bad'}`, 'aria-label': good ? words.right : null }, good ? '✓' : '✕'), el('span', {}, el('span', { dir: 'auto' }, Kit.soft(question.question)), el('small', { dir: 'auto' }, Kit.soft(good ? question.right : say(words.wrong, question.right)))));
      })),
      el('div', { class: 'foot' }, el('button', { type: 'button', class: 'main', onclick: () => begin() }, words.again)));
    card.querySelector('.main').focus({ preventScroll: true });
    Kit.announce(text);
    Kit.sound('win');
  };
  const ask = () => {
    answered = false;
    const question = spec.questions[at], answers = Kit.shuffle([question.right, ...question.wrong.filter(one => one.toLowerCase() !== question.right.toLowerCase())]);
    bar.style.width = `${at / spec.questions.length * 100}%`;
    card.replaceChildren(el('p', { class: 'small' }, say(words.question, at + 1, spec.questions.length)), el('p', { class: 'asked', dir: 'auto', 'data-part': `/questions/${at}` }, Kit.soft(question.question)),
      el('div', { class: 'answers' }, answers.map((text, i) => el('button', { type: 'button', class: 'answer', 'data-answer': text, onclick: (event) => answer(event.currentTarget) }, el('i', { 'aria-hidden': 'true' }, String(i + 1)), el('span', { dir: 'auto' }, Kit.soft(text))))),
      el('div', { class: 'foot' }, el('button', { type: 'button', class: 'main', hidden: true, onclick: () => { at++; if (at < spec.questions.length) ask(); else finish(); } }, words.next)));
    Kit.announce(question.question);
  };
  const begin = () => {
    at = right = 0;
    given = [];
    shell.set('score', 0);
    ask();
  };
  document.addEventListener('keydown', (event) => {
    const button = /^[1-4]$/.test(event.key) && !event.ctrlKey && !event.altKey ? list()[Number(event.key) - 1] : null;
    if (button)
      answer(button);
  });
  shell.root.append(el('div', { class: 'meter', 'aria-hidden': 'true' }, bar), card);
  begin();
  Kit.best(null).then(reached => shell.set('best', reached.value === null ? '–' : reached.value));
  Kit.ready({ questions: spec.questions.length });
})();
