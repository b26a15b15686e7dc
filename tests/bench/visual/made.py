# SPDX-License-Identifier: GPL-3.0-or-later
"""Games, tools and pages of a wish: how many are what was asked for, in pages that WebKit draws without complaint.

One works when all of this is so: it is the starting point that the wish means, every word and number that was asked for is in it, the page writes no error to its console and is not wider than its window at
360 and at 1200 pixels, a game or tool answers real keys, and a calculator has the number that is computed here. Whether a quiz's answers are true is not looked at. Half of the wishes have words that are made of
the seed. Seeds from 1 on are for the figure; 1000 and above for who changes prompts or rules."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(HERE, '../../app/artifacts')]
import machine  # noqa: E402
import outcomes  # noqa: E402
from start_play import PLAY, STATE  # noqa: E402


def name(rng):
    """A word that no model has read."""
    return ''.join(rng.choice(('br', 'v', 'k', 'm', 'tr', 'z', 'l', 'qu', 'p')) + rng.choice('aeiou') for _ in range(3)).capitalize()


# Each: the start, the wish, words that have to be in it, numbers that a result has to have.

def game_tasks(rng):
    n, m = name(rng), name(rng)
    return [
        ('memory', 'a memory game about planets', ['Mars', 'Venus'], []), ('quiz', 'a quiz about Rome', ['Rom'], []), ('snake', 'Make a snake game, slow, that eats cherries', ['cherr', 'slow'], []),
        ('breakout', 'breakout with 5 lives', ['"lives" : 5'], []), ('typing', 'a typing game with animals', [], []), ('catch', 'catch stars and dodge stones for 60 seconds', ['star', 'stone', '60'], []),
        ('memory', f'a memory game with the cards {n}, {m}, Apple, Pear, Plum, Grape, Fig and Lemon', [n, m, 'Plum'], []), ('tictactoe', f'easy tic-tac-toe for {n}', [n, 'easy'], []),
        ('snake', f'a fast snake game called {n}, without walls', [n, 'fast'], []), ('breakout', f'a brick game with {n} in the bricks', [n], []),
        ('jump', f'a jump and run game where {n} collects {m.lower()}s', [n, m], []), ('twenty48', f'a 2048 game called {n}, to 512', [n, '512'], []),
        ('quiz', f'trivia about football, called {n} Cup', [n, 'ball'], []),
    ]


def tool_tasks(rng):
    n, bill, percent, price, count, minutes, kilograms, centimetres = name(rng), rng.randint(20, 200), rng.randint(5, 25), rng.randint(2, 90), rng.randint(2, 12), rng.randint(3, 50), rng.randint(45, 110), rng.randint(150, 200)
    return [
        ('calculator', 'a tip calculator: 15 % of 80', [], [12]), ('calculator', 'a BMI calculator for 70 kg and 175 cm', [], [70 / 1.75 ** 2]), ('calculator', 'area of a rectangle of 5 by 4 metres', [], [20]),
        ('timer', 'a pomodoro timer', [], []), ('timer', 'a stopwatch', ['stopwatch'], []), ('converter', 'convert kilometres to miles', ['length'], []), ('flashcards', 'flash cards for French colours', [], []),
        ('checklist', 'a packing list for the beach', [], []),
        ('calculator', f'a tip calculator: {percent} % of {bill}', [], [bill * percent / 100]), ('calculator', f'a calculator: {count} pieces of {n} at {price} each, what do they cost', [], [count * price]),
        ('calculator', f'a BMI calculator for {kilograms} kg and {centimetres} cm', [], [kilograms / (centimetres / 100) ** 2]), ('calculator', f'a discount calculator: {percent} % off {bill}', [], [bill - bill * percent / 100]),
        ('timer', f'a timer of {minutes} minutes for {n}', [str(minutes), n], []), ('checklist', f'a to-do list for the move of {n}', [n], []), ('drawing', f'a drawing pad called {n}', [n], []),
        ('converter', 'a celsius to fahrenheit converter', ['temperature'], []),
    ]


def page_tasks(rng):
    n, m, day, hour, price = name(rng), name(rng), rng.randint(10, 28), rng.randint(10, 20), rng.randint(11, 80)
    return [('page', wish, words, []) for wish, words in [
        ('an invitation to my birthday', ['birthday']), ('a page for my bakery', ['bak']), ('a recipe page for pancakes', ['pancake', 'egg']), ('a page about Saturn', ['Saturn']),
        ('a programme for our school concert', ['concert']), ('a page that thanks our teacher', ['teacher']),
        (f'an invitation to the wedding of {n} and {m} on {day} May 2031', [n, m, str(day), '2031']), (f'a page for my shop {n} in {m} Street', [n, m]), (f'a menu for Restaurant {n} with soup for {price} euros', [n, str(price), 'soup']),
        (f'a page of the {n} Chess Club, which meets on Fridays at {hour}:00', [n, str(hour), 'Friday']), (f'a countdown to the {n} festival on 2032-07-{day}', [n, f'2032-07-{day}']), (f'a poster for a lost cat called {n}', [n, 'cat']),
    ]]


def diagram_tasks(rng):
    n, m, other, last = (name(rng) for _ in range(4))
    return [('diagram', wish, words, []) for wish, words in [
        ('a flow chart of how to make coffee', ['coffee']), ('a mind map about healthy food', ['food']), ('Draw the steps from a wish to a finished house', ['house']),
        (f'an organisation chart: {n} leads, {m} and {other} report to {n}, {last} reports to {m}', [f'{n} → {m}', f'{n} → {other}', f'{m} → {last}']),
        (f'a family tree of {n} and {m} with their children {other} and {last}', [n, m, other, last]),
        (f'a diagram: {n} sends an order to {m}, {m} asks {other}, {other} answers {m}', [f'{n} → {m}', f'{m} → {other}', f'{other} → {m}']),
    ]]


def arrows(spec):
    """What a diagram says, for words such as "A → B": a box may say more than a name."""
    names = [(link['from'].lower(), link['to'].lower()) for link in spec.get('links', [])]
    return lambda word: any(word.lower().split(' → ')[0] in start and word.lower().split(' → ')[1] in end for start, end in names)


def check(look, folder, task, answer, page):
    start, _, words, numbers = task[:4]
    if answer['error']:
        return [answer['error']]
    source = answer['source']
    if not source.startswith('{'):
        return ['it is HTML']
    spec, problems = json.loads(source), []
    if spec['start'] != start:
        problems.append(f'it is {spec["start"]}, and should be {start}')
    problems += [f'“{word}” is missing' for word in words if (not arrows(spec)(word) if ' → ' in word else word.lower() not in source.lower())]
    state = os.path.join(folder, 'state.js')
    with open(state, 'w') as file:
        file.write(STATE)
    for width, keys in ((360, []), (1200, ['--keys', PLAY[spec['start']][0], '--then', state])):
        if spec['start'] == 'page':
            keys = []
        seen = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), look, page, '--script', state, '--width', str(width), *keys], capture_output=True, text=True)
        line = next((json.loads(text) for text in seen.stdout.splitlines() if text.startswith('{')), None)
        if line is None:
            return problems + ['WebKit said nothing']
        problems += line['log'] + line.get('late', []) + ([f'{line["overflow"]} pixels too wide at {width}'] if line['overflow'] else [])
        if keys and not PLAY[spec['start']][1](line['answer'], line['then'] or {}):
            problems.append('keys change nothing')
        values = [float(value) for value in line['answer']['values'] if re.fullmatch(r'-?[\d.e+-]+', value or '')]
        problems += [f'no result is {number:.6g}' for number in numbers if not any(abs(value - number) <= 0.006 * max(1, abs(number) / 100) for value in values)] if width == 360 else []
    return problems


def prepare(arguments):
    model = os.path.join(arguments.models, arguments.model + '.gguf')
    if not os.path.exists(model):
        sys.exit(f'{model} is not there. Fetch it with ./dev models {arguments.model}.')
    return model, *(os.path.join(arguments.build, 'tests/app/artifacts', name) for name in ('start-tool', 'page-look'))


def ask(arguments, model, tool, orders):
    """What a model makes of each order, as it comes."""
    with tempfile.TemporaryFile('w+') as errors, tempfile.TemporaryFile('w+') as given:
        given.write(''.join(json.dumps(order) + '\n' for order in orders))
        given.seek(0)
        with subprocess.Popen([tool, '--model', model, '--threads', str(arguments.threads)], stdin=given, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            n = 0
            for line in process.stdout:
                if line.startswith('{'):
                    n += 1
                    yield json.loads(line)
        if n != len(orders):
            errors.seek(0)
            sys.exit(f'{tool}: {errors.read()[-2000:]}')


def run(arguments, kind, make_tasks, check=check):
    """`make_tasks`: tasks, of each its template first and then its words; those of changes go on with their order."""
    model, tool, look = prepare(arguments)
    known, found = outcomes.Outcomes(arguments.results, arguments.model, machine.version()), []
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        done = known.done(kind)
        tasks = [(f'{i}: {task[0]}', task) for i, task in enumerate(make_tasks(random.Random(f'{kind}-{seed}')))]
        tasks = [(name, task) for name, task in tasks if (seed, name, None) not in done]
        with tempfile.TemporaryDirectory() as folder:
            orders = [{'kind': kind, 'wish': task[1], 'page': os.path.join(folder, f'{i}.html'), **(task[4] if len(task) > 4 else {})} for i, (_, task) in enumerate(tasks)]
            for (name, task), order, answer in zip(tasks, orders, ask(arguments, model, tool, orders) if orders else ()):
                problems = check(look, folder, task, answer, order['page'])
                line = known.add({'task': kind, 'template': name, 'words': task[1], 'works': not problems, 'problems': problems[:6], 'source': answer['source'], 'seconds': round(answer['seconds'], 2), 'seed': seed})
                found.append(line)
                if arguments.show and problems:
                    print(json.dumps({key: line[key] for key in ('words', 'problems', 'source')}, ensure_ascii=False), file=sys.stderr, flush=True)
    print(f'{kind}: {sum(line["works"] for line in found)} of {len(found)} work', file=sys.stderr, flush=True)


def games(arguments):
    run(arguments, 'game', game_tasks)


def tools(arguments):
    run(arguments, 'tool', tool_tasks)


def pages(arguments):
    run(arguments, 'page', page_tasks)


def diagrams(arguments):
    run(arguments, 'diagram', diagram_tasks)
