# SPDX-License-Identifier: GPL-3.0-or-later
"""The baseline: the same wishes with the same model, as HTML that it writes freely, with the file's text in the prompt, as other programs have it; nothing is tried or mended.

It is judged more mildly than what Melete makes. Of a dashboard, the figures that were asked for have to be somewhere in the page's text, and something has to be drawn for each chart that was; of a tool, the right
number has to be there once its fields are filled with the numbers of the wish in their order and every button was pressed; a game has to answer one of some keys; names that were asked for have to be in it. Like
Melete's it may not write errors to the console, and not be wider than its window."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import dashboard  # noqa: E402
import dashboard_tasks  # noqa: E402
import machine  # noqa: E402
import made  # noqa: E402
import outcomes  # noqa: E402

# What stands there, with its fields; and a number that changes with whatever is drawn.
STATE = """
const sums = [...document.querySelectorAll('canvas')].map(canvas => { try { return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].reduce((all, one, i) => (all * 31 + one * (i % 97)) % 1000000007, 7); } catch (e) { return canvas.width; } });
return { text: document.body.innerText + ' ' + [...document.querySelectorAll('input, output')].map(one => one.value).join(' '), drawn: document.querySelectorAll('canvas, svg, table').length,
  state: JSON.stringify([sums, document.body.innerHTML.length, document.body.innerText, [...document.querySelectorAll('*')].map(one => one.style.cssText).join()]) };
"""
# Fills the number fields with %s, presses every button.
FILL = """
const numbers = %s;
[...document.querySelectorAll('input')].filter(one => ['number', 'text', 'range'].includes(one.type)).forEach((one, i) => { if (i < numbers.length) { one.value = numbers[i]; one.dispatchEvent(new Event('input', { bubbles: true })); one.dispatchEvent(new Event('change', { bubbles: true })); } });
document.querySelectorAll('button, input[type=submit], input[type=button]').forEach(one => one.click());
await new Promise(done => setTimeout(done, 300));
"""
KEYS = 'space Return Right Down Left Up Tab space Tab space Tab Return'
# Words of specifications, which no page has to have.
NOT_SAID = {'slow', 'fast', 'easy', 'length', 'temperature', '"lives" : 5', 'stopwatch'}


def numbers_in(text):
    found = set()
    for token in re.findall(r'\d[\d.,\s\u202f\u00a0]*', text):
        token = re.sub(r'[\s\u202f\u00a0]', '', token).rstrip('.,')
        for reading in (token.replace(',', ''), token.replace('.', '').replace(',', '.')):
            try:
                found.add(float(reading))
            except ValueError:
                pass
    return found


def is_there(text, number):
    return any(abs(one - number) <= max(0.51 if abs(number) >= 1000 else 0.006, abs(number) * 1e-4) for one in numbers_in(text))


def look(arguments, page, script, width, keys=None):
    with tempfile.NamedTemporaryFile('w', suffix='.js') as file, tempfile.NamedTemporaryFile('w', suffix='.js') as then:
        file.write(script)
        file.flush()
        then.write(STATE)
        then.flush()
        more = ['--keys', keys, '--then', then.name] if keys else []
        seen = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), os.path.join(arguments.build, 'tests/app/artifacts/page-look'), page, '--any', '--script', file.name, '--width', str(width), *more],
                              capture_output=True, text=True)
    return next((json.loads(line) for line in seen.stdout.splitlines() if line.startswith('{')), None)


def check_page(arguments, page, words, wish, numbers, is_game):
    problems = []
    with open(page) as file:
        source = file.read()
    problems += [f'“{word}” is missing' for word in words if word not in NOT_SAID and word.lower() not in source.lower()]
    fill = FILL % json.dumps(re.findall(r'\d+(?:\.\d+)?', wish)) if numbers else ''
    for width in (360, 1200):
        line = look(arguments, page, fill + STATE, width, KEYS if is_game and width == 1200 else None)
        if line is None:
            return problems + ['WebKit said nothing']
        problems += line['log'] + line.get('late', []) + ([f'{line["overflow"]} pixels too wide at {width}'] if line['overflow'] else [])
        if line['answer'] is None:
            return problems + ['WebKit could not read it']
        if width == 1200:
            problems += [f'{number:.6g} is nowhere' for number in numbers if not is_there(line['answer']['text'], number)]
            if is_game and (line.get('then') or {}).get('state') == line['answer']['state']:
                problems.append('keys change nothing')
    return problems


def check_dashboard(arguments, page, world, facts):
    problems, charts = [], sum(fact[0] in ('chart', 'histogram', 'points', 'table') for fact in facts)
    for width in (360, 1200):
        line = look(arguments, page, STATE, width)
        if line is None or line['answer'] is None:
            return problems + ['WebKit could not read it']
        problems += line['log'] + ([f'{line["overflow"]} pixels too wide at {width}'] if line['overflow'] else [])
    for fact in facts:
        if fact[0] == 'kpi':
            truth = dashboard.number_truth(world, *fact[1:])
            if truth is not None and not is_there(line['answer']['text'], truth):
                problems.append(f'missing: {fact}')
    if line['answer']['drawn'] < charts:
        problems.append(f'{line["answer"]["drawn"]} drawn, {charts} were asked for')
    return problems


def orders(arguments, folder):
    """(kind, template, words, what is sent, check)"""
    n, seed = arguments.free, arguments.seed
    for fresh in (False, True):
        world = dashboard_tasks.World(seed, fresh)
        path = os.path.join(folder, f'{fresh}.csv')
        world.xlsx = False
        os.rename(world.write(folder), path)
        with open(path) as file:
            text = file.read()
        wishes = dashboard_tasks.wishes(world, random.Random(f'{seed}-{fresh}-wishes'))[int(fresh)::2]
        for name, words, facts in random.Random(seed).sample(wishes, min(len(wishes), (n + (not fresh)) // 2)):
            yield 'dashboard', f'{name}, {"fresh" if fresh else "known"}', words, {'kind': 'dashboard', 'documents': text}, lambda page, world=world, facts=facts: check_dashboard(arguments, page, world, facts)
    for kind, make in (('page', made.page_tasks), ('game', made.game_tasks), ('tool', made.tool_tasks)):
        tasks = list(enumerate(make(random.Random(f'{kind}-{seed}'))))
        for i, (start, wish, words, numbers) in sorted(random.Random(seed).sample(tasks, min(n, len(tasks)))):
            yield kind, f'{i}: {start}', wish, {'kind': kind}, lambda page, words=words, wish=wish, numbers=numbers, kind=kind: check_page(arguments, page, words, wish, numbers, kind == 'game')


def run(arguments):
    model, tool, _ = made.prepare(arguments)
    known = outcomes.Outcomes(arguments.results, arguments.model, machine.version())
    with tempfile.TemporaryDirectory() as folder:
        todo = [one for one in orders(arguments, folder) if (arguments.seed, one[1], None) not in known.done('free ' + one[0])]
        sent = [{'wish': words, 'free': True, 'page': os.path.join(folder, f'{i}.html'), **order} for i, (_, _, words, order, _) in enumerate(todo)]
        for (kind, name, words, _, check), order, answer in zip(todo, sent, made.ask(arguments, model, tool, sent) if sent else ()):
            problems = [answer['error']] if answer['error'] else check(order['page'])
            line = known.add({'task': 'free ' + kind, 'free': True, 'template': name, 'words': words, 'works': not problems, 'problems': problems[:6], 'source': answer['source'], 'seconds': round(answer['seconds'], 2),
                              'tokens': answer['tokens'], 'seed': arguments.seed})
            if arguments.show and problems:
                print(json.dumps({key: line[key] for key in ('task', 'words', 'problems', 'source')}, ensure_ascii=False), file=sys.stderr, flush=True)
    print(f'free HTML: {len(todo)} written', file=sys.stderr, flush=True)
