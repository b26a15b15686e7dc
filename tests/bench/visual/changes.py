# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of pages, games and tools that are there: how many are what was asked for, with nothing else changed, in pages that WebKit draws without complaint. Half of them point at a part, half have words of the seed."""
import copy
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE]
import made  # noqa: E402

SNAKE = {'start': 'snake', 'title': 'Garden snake', 'theme': 'forest', 'food': 'apples', 'speed': 'normal', 'walls': True}
BREAKOUT = {'start': 'breakout', 'title': 'Bricks', 'theme': 'sunset', 'word': '', 'rows': 5, 'lives': 3, 'speed': 'normal'}
CATCH = {'start': 'catch', 'title': 'Orchard', 'theme': 'forest', 'good': 'pears', 'bad': 'wasps', 'seconds': 45, 'speed': 'normal'}
MEMORY = {'start': 'memory', 'title': 'In the kitchen', 'theme': 'sand', 'cards': ['Pan', 'Pot', 'Spoon', 'Knife', 'Fork', 'Plate', 'Bowl', 'Cup']}
TICTACTOE = {'start': 'tictactoe', 'title': 'Three in a row', 'theme': 'candy', 'you': 'X', 'machine': 'O', 'level': 'hard'}
TIP = {'start': 'calculator', 'title': 'Tip', 'theme': 'ocean', 'inputs': [{'name': 'bill', 'label': 'Bill', 'value': 50, 'unit': '€'}, {'name': 'percent', 'label': 'Tip', 'value': 20, 'unit': '%'}],
       'results': [{'label': 'Tip', 'formula': 'bill * percent / 100', 'unit': '€'}]}
TIMER = {'start': 'timer', 'title': 'Eggs', 'theme': 'sand', 'mode': 'timer', 'steps': [{'name': 'Eggs', 'minutes': 7}]}
LIST = {'start': 'checklist', 'title': 'Camping', 'theme': 'forest', 'items': ['Tent', 'Sleeping bag', 'Torch', 'Stove', 'Matches']}
PAGE = {'start': 'page', 'title': 'Bakery', 'theme': 'sand', 'sections': [
    {'type': 'hero', 'heading': 'Our bakery', 'text': 'Bread that had time.'},
    {'type': 'text', 'heading': 'About us', 'text': 'We bake at night and sell in the morning, in the street behind the church.'},
    {'type': 'table', 'heading': 'Opening hours', 'columns': ['Day', 'Hours'], 'rows': [['Monday to Friday', '6:00 to 18:00'], ['Saturday', '7:00 to 13:00']]},
    {'type': 'list', 'heading': 'Our bread', 'items': ['Rye', 'Spelt', 'Baguette']}]}


def flat(value, at=''):
    if isinstance(value, dict):
        return {key: one for name, part in value.items() for key, one in flat(part, f'{at}/{name}').items()}
    if isinstance(value, list):
        return {key: one for i, part in enumerate(value) for key, one in flat(part, f'{at}/{i}').items()}
    return {at: value}


def tasks(rng):
    """Of each: the start, the wish, nothing, nothing, the order; what may change, and whether it is what was asked for."""
    name, other, minutes, percent, bill = made.name(rng), made.name(rng), rng.randint(8, 59), rng.choice([7, 9, 11, 13, 18]), rng.randint(60, 400)

    def task(kind, spec, wish, part, may, test):
        return spec['start'], wish, [], [], {'kind': kind, 'spec': json.dumps(spec), **({'part': part} if part else {})}, may, test
    return [
        task('game', SNAKE, 'Make it slower.', None, ['/speed'], lambda new: new['speed'] == 'slow'),
        task('game', SNAKE, f'Call it "{name}".', None, ['/title'], lambda new: new['title'] == name),
        task('game', SNAKE, 'Let the snake go through the walls.', None, ['/walls'], lambda new: new['walls'] is False),
        task('game', BREAKOUT, 'I want 5 lives.', None, ['/lives'], lambda new: new['lives'] == 5),
        task('game', BREAKOUT, f'Write {name.upper()} in the bricks.', None, ['/word'], lambda new: new['word'].upper() == name.upper()),
        task('game', CATCH, f'Catch {name.lower()}s instead of pears.', None, ['/good'], lambda new: name.lower() in new['good'].lower()),
        task('game', CATCH, 'Let a game last 90 seconds.', None, ['/seconds'], lambda new: new['seconds'] == 90),
        task('game', MEMORY, 'Make the colours blue.', None, ['/theme'], lambda new: new['theme'] == 'ocean'),
        task('game', MEMORY, f'Call this card {name}.', '/cards/2', ['/cards/2'], lambda new: new['cards'][2] == name),
        task('game', TICTACTOE, 'It is too hard, make it easy.', None, ['/level'], lambda new: new['level'] == 'easy'),
        task('tool', TIP, f'Begin with a tip of {percent} %.', None, ['/inputs/1/value'], lambda new: new['inputs'][1]['value'] == percent),
        task('tool', TIP, f'Set this to {bill}.', '/inputs/0', ['/inputs/0/value'], lambda new: new['inputs'][0]['value'] == bill),
        task('tool', TIMER, f'{minutes} minutes, please.', None, ['/steps/0/minutes'], lambda new: new['steps'][0]['minutes'] == minutes),
        task('tool', LIST, f'Change this to "{name} and {other}".', '/items/1', ['/items/1'], lambda new: new['items'][1] == f'{name} and {other}'),
        task('tool', LIST, f'Call the list "{name}".', None, ['/title'], lambda new: new['title'] == name),
        task('page', PAGE, f'Change the heading here to "{name} bakes".', '/sections/0', ['/sections/0/heading'], lambda new: new['sections'][0]['heading'] == f'{name} bakes'),
        task('page', PAGE, 'We now close at 14:30 on Saturdays.', '/sections/2', ['/sections/2/rows/1/1'], lambda new: '14:30' in new['sections'][2]['rows'][1][1]),
        task('page', PAGE, 'Make it purple.', None, ['/theme'], lambda new: new['theme'] == 'berry'),
        task('page', PAGE, 'Remove this part.', '/sections/1', None, lambda new: [one['heading'] for one in new['sections']] == ['Our bakery', 'Opening hours', 'Our bread']),
        task('page', PAGE, f'Instead of Rye write {name} bread.', '/sections/3', ['/sections/3/items/0'], lambda new: name.lower() in new['sections'][3]['items'][0].lower()),
        # Written after the rules that read changes by their words, and before they were run.
        task('game', BREAKOUT, 'Give the player only one life.', None, ['/lives'], lambda new: new['lives'] == 1),
        task('game', CATCH, 'The wasps should be hornets.', None, ['/bad'], lambda new: 'hornet' in new['bad'].lower()),
        task('game', SNAKE, 'Our daughter likes strawberries better than apples.', None, ['/food'], lambda new: 'strawberr' in new['food'].lower()),
        task('game', MEMORY, 'Dark colours, as at night, would be nicer.', None, ['/theme'], lambda new: new['theme'] == 'night'),
        task('game', TICTACTOE, 'I want to play with a ★ instead of an X.', None, ['/you'], lambda new: new['you'] == '★'),
        task('tool', TIP, f'Most people tip differently: {percent} percent, please.', None, ['/inputs/1/value'], lambda new: new['inputs'][1]['value'] == percent),
        task('tool', TIMER, 'My eggs are always too soft. Nine minutes.', None, ['/steps/0/minutes'], lambda new: new['steps'][0]['minutes'] == 9),
        task('tool', LIST, 'We have no torch, cross it off.', None, None, lambda new: new['items'] == ['Tent', 'Sleeping bag', 'Stove', 'Matches']),
        task('page', PAGE, 'On Saturdays we are open until 15:00 now.', None, ['/sections/2/rows/1/1'], lambda new: '15:00' in new['sections'][2]['rows'][1][1]),
    ]


def check(look, folder, task, answer, page):
    start, _, _, _, order, may, test = task
    problems = made.check(look, folder, task, answer, page)
    if answer['error'] or not answer['source'].startswith('{'):
        return problems
    before, after = json.loads(order['spec']), json.loads(answer['source'])
    try:
        asked = test(copy.deepcopy(after))
    except (KeyError, IndexError, TypeError):
        asked = False
    if not asked:
        problems.append('it is not what was asked for')
    if may is not None:
        old, new = flat(before), flat(after)
        problems += [f'{at} has changed, too' for at in sorted(old.keys() | new.keys()) if old.get(at) != new.get(at) and at not in may]
    return problems


def run(arguments):
    made.run(arguments, 'change', tasks, check)
