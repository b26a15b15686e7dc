# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards of a wish, and changes of dashboards: how many show what was asked for, with numbers that are right, in a page that WebKit draws without complaint.

A dashboard works when all of this is so: everything that was asked for is there, every number that the page draws is the one computed here, the page writes no error to its console and
is not wider than its window at 360 and at 1200 pixels, and another value in the file is another number in the page. Half of the tables have names that no model has read.
Seeds from 1 on are for the figure; 1000 and above for who changes prompt or rules, and none of those is ever in a figure."""
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import machine  # noqa: E402
import outcomes  # noqa: E402
import dashboard_tasks  # noqa: E402

# What the page has drawn, as it stands there.
SCRIPT = """
const M = window.MeleteDashboard;
return {
  kpis: M.spec.kpis ? [...document.querySelectorAll('.kpi')].map((card, i) => ({ value: M.spec.kpis[i].value, number: card.dataset.value === '' ? null : Number(card.dataset.value), text: card.querySelector('.value').textContent })) : [],
  charts: M.figures.map(view => ({ chart: view.chart, svg: view.plot.querySelectorAll('svg path, svg text, svg rect').length, x: view.drawn.x && view.drawn.x.text ? null : view.drawn.x, series: (view.drawn.series || []).map(one => ({ key: one.key === undefined ? null : one.key, values: one.values })), counts: view.drawn.counts || null, bins: view.drawn.bins || null, points: view.drawn.rows && view.drawn.y ? view.drawn.rows.length : null })),
  tables: (M.spec.tables || []).map((table, i) => ({ table, rows: M.data.parts['/tables/' + i].rows, cells: document.querySelectorAll('[data-part="/tables/' + i + '"] tbody tr').length })),
  filters: M.spec.filters || [],
  other: M.other,
};
"""


def near(one, other):
    if one is None or other is None:
        return one is None and other is None
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)


def names(world):
    """The words of the specification for the names of the table."""
    return {name: re.sub(r'\W+', '_', name.lower()) for name in [world.date, *world.categories, *world.numbers]}


def value_of(world, text):
    """'sum(price)' as aggregate and column."""
    if text == 'count':
        return 'count', None
    aggregate, column = re.fullmatch(r'(\w+)\((\w+)\)', text).groups()
    return aggregate, next(name for name, sql in names(world).items() if sql == column)


def group_of(world, text):
    match = re.fullmatch(r'(\w+)\((\w+)\)', text)
    column = match.group(2) if match else text
    name = next(name for name, sql in names(world).items() if sql == column)
    return (match.group(1), name) if match else name


def same(found, wanted):
    """Lists of groups; ('*', date) is a date put together in whatever way."""
    return len(found) == len(wanted) and all(one == other or (isinstance(other, tuple) and other[0] == '*' and isinstance(one, tuple) and one[1] == other[1]) for one, other in zip(found, wanted))


def number_truth(world, aggregate, column):
    return world.value(world.rows, aggregate, column)


def check_numbers(world, page):
    """What the page draws, against what is computed here: a sentence for each difference."""
    wrong = []
    for kpi in page['kpis']:
        truth = number_truth(world, *value_of(world, kpi['value']))
        if not near(kpi['number'], truth):
            wrong.append(f'{kpi["value"]} is {kpi["number"]}, and should be {truth}')
    for drawn in page['charts']:
        chart = drawn['chart']
        if drawn['svg'] < 3:
            wrong.append(f'{chart["title"]}: nothing is drawn')
        if chart['kind'] == 'histogram':
            n = sum(row[group_of(world, chart['x'])] is not None for row in world.rows)
            if sum(drawn['counts']) != n:
                wrong.append(f'{chart["title"]}: {sum(drawn["counts"])} values of {n}')
            continue
        if chart['kind'] == 'scatter':
            continue
        aggregate, column = value_of(world, chart['value'])
        groups = [group_of(world, chart['x'])] + [group_of(world, chart[key]) for key in ('series', 'y') if key in chart]
        truth = world.groups(aggregate, column, *groups)
        for series in drawn['series']:
            for x, number in zip(drawn['x'], series['values']):
                if page['other'] in (x, series['key']):
                    continue
                key = tuple(str(part) for part in ([x] if len(groups) == 1 else [x, series['key']]))
                expected = {tuple(str(part) for part in at): value for at, value in truth.items()}.get(key)
                if not near(number, expected) and not (expected is None and number == 0):
                    wrong.append(f'{chart["title"]}: {key} is {number}, and should be {expected}')
    for table in page['tables']:
        if 'rows' not in table['table']:
            continue
        group = group_of(world, table['table']['rows'])
        for k, text in enumerate(table['table']['values']):
            truth = {str(key[0]): value for key, value in world.groups(*value_of(world, text), group).items()}
            for row in table['rows']:
                if not near(row[k + 1], truth.get(str(row[0]))):
                    wrong.append(f'{table["table"]["title"]}: {row[0]} is {row[k + 1]}, and should be {truth.get(str(row[0]))}')
    return wrong


def has_fact(world, page, fact):
    kind, *rest = fact
    charts = [drawn['chart'] for drawn in page['charts']]
    if kind == 'some':
        return len(charts) >= rest[0] and len(page['kpis']) >= 1
    if kind == 'kpi':
        return any(value_of(world, kpi['value']) == tuple(rest) for kpi in page['kpis'])
    if kind == 'filter':
        return any(group_of(world, text) == rest[0] or group_of(world, text)[-1] == rest[0] for text in page['filters'])
    if kind == 'histogram':
        return any(chart['kind'] == 'histogram' and group_of(world, chart['x']) == rest[0] for chart in charts)
    if kind == 'points':
        return any(chart['kind'] == 'scatter' and {group_of(world, chart['x']), group_of(world, chart['y'])} == set(rest) for chart in charts)
    aggregate, column, *groups = rest
    if aggregate == 'either':
        return any(has_fact(world, page, (kind, one, column, *groups)) for one in ('sum', 'average'))
    if kind == 'chart':
        for chart in charts:
            if 'value' not in chart or value_of(world, chart['value']) != (aggregate, column):
                continue
            found = [group_of(world, chart['x'])] + [group_of(world, chart[key]) for key in ('series', 'y') if key in chart]
            if groups == [None] or same(found, groups) or same(found, groups[::-1]):
                return True
        # A course or a comparison that is split further shows the same.
        if len(groups) == 1 and any('value' in chart and value_of(world, chart['value']) == (aggregate, column) and aggregate in ('sum', 'count') and same([group_of(world, chart['x'])], groups) and chart['kind'] in ('stacked', 'area') for chart in charts):
            return True
    return any(table['table'].get('rows') and group_of(world, table['table']['rows']) == groups[0] and any(value_of(world, text) == (aggregate, column) for text in table['table']['values'])
               for table in page['tables']) if len(groups) == 1 else False


# ---- pages ----

def look(arguments, page, widths):
    """What WebKit says of a page, for each width."""
    with tempfile.NamedTemporaryFile('w', suffix='.js') as script:
        script.write(SCRIPT)
        script.flush()
        command = ['sh', os.path.join(HERE, '../../ui/run-headless.sh'), os.path.join(arguments.build, 'tests/app/artifacts/page-look'), page, '--script', script.name]
        for width in widths:
            command += ['--width', str(width)]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith('{')]
    if result.returncode != 0 or len(lines) != len(widths):
        sys.exit(f'{command[2]}: {result.stderr[-800:]}')
    return lines


def complaints(lines):
    found = []
    for line in lines:
        found += [f'at {line["width"]}: {entry}' for entry in line['log']]
        if line['overflow'] > 0:
            found.append(f'at {line["width"]}: {line["overflow"]} pixels too wide')
        if not any(name == 'ready' for name, _ in line['reports']):
            found.append(f'at {line["width"]}: never ready')
    return found


def tool(arguments, *command, orders=None):
    program = os.path.join(arguments.build, 'tests/app/artifacts/dashboard-tool')
    result = subprocess.run(['dbus-run-session', '--', program, *command], input=''.join(json.dumps(order) + '\n' for order in orders or []), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f'{program}: {result.stderr[-800:]}')
    return result.stdout


def shows_change(arguments, world, folder, spec, page):
    """Whether another value in the file is another number in the page."""
    column = next((name for name in world.numbers if any(f'({names(world)[name]})' in part.get('value', '') and part['value'].split('(')[0] in ('sum', 'average', 'max')
                                                           for part in spec.get('kpis', []) + spec.get('charts', []))), None)
    if column is None:
        return True
    changed = os.path.join(folder, 'changed')
    os.makedirs(changed, exist_ok=True)
    row = next(row for row in world.rows if row[column] is not None)
    before = row[column]
    row[column] = before + 98765
    try:
        path = world.write(changed)
    finally:
        row[column] = before
    with open(os.path.join(folder, 'spec.json'), 'w') as file:
        json.dump(spec, file)
    other = os.path.join(folder, 'changed.html')
    tool(arguments, os.path.join(folder, 'datasets'), path, '--page', other, os.path.join(folder, 'spec.json'))
    again = look(arguments, other, [1200])[0]['answer']
    return [kpi['number'] for kpi in again['kpis']] != [kpi['number'] for kpi in page['kpis']] or [one['series'] for one in again['charts']] != [one['series'] for one in page['charts']]


# ---- tasks ----

def write(arguments, model, world, folder, tasks):
    path = world.write(folder)
    orders = [{'wish': words, 'page': os.path.join(folder, f'{i}.html')} for i, (_, words, _) in enumerate(tasks)]
    answers = [json.loads(line) for line in tool(arguments, os.path.join(folder, 'datasets'), path, '--model', model, '--threads', str(arguments.threads), orders=orders).splitlines()]
    for i, ((name, words, facts), answer) in enumerate(zip(tasks, answers)):
        problems = []
        if answer['error']:
            problems.append(answer['error'])
        else:
            lines = look(arguments, orders[i]['page'], [360, 1200])
            spec, page = json.loads(answer['spec']), lines[-1]['answer']
            problems += complaints(lines) + check_numbers(world, page)
            problems += [f'missing: {fact}' for fact in facts if not has_fact(world, page, fact)]
            if not problems and not shows_change(arguments, world, folder, spec, page):
                problems.append('another value changes nothing')
        yield {'task': 'dashboard', 'template': name, 'words': words, 'works': not problems, 'problems': problems[:6], 'by_rules': answer['by_rules'], 'written': answer['written'],
               'spec': answer['spec'], 'notes': answer['notes'], 'seconds': round(answer['seconds'], 2)}


def expected(before, after, answer, check):
    """What is not as it was asked for."""
    what, part, wanted = check
    problems = []
    split = lambda spec: {f'/{name}/{i}': one for name in ('kpis', 'charts', 'tables', 'filters') for i, one in enumerate(spec.get(name, []))} | {'/title': spec.get('title')}
    old, new = split(before), split(after)
    if what == 'gone':
        left = [one for at, one in old.items() if at != part]
        return [] if sorted(map(json.dumps, left)) == sorted(map(json.dumps, new.values())) else ['something else is gone, or nothing']
    if what == 'new':
        part = answer['part'] or ''
        if not part.startswith(check[1]) or part in old:
            problems.append(f'nothing new in {check[1]}')
    changed = [at for at in old if old[at] != new.get(at)] + [at for at in new if at not in old]
    problems += [f'{at} has changed, too' for at in changed if at != part]
    found = new.get(part)
    if what in ('title', 'filter'):
        ok = found is not None and (found == wanted or re.sub(r'^\w+\((\w+)\)$', r'\1', found) == wanted)
        return problems + ([] if ok else [f'{part} is {found!r}'])
    return problems + [f'{key} is {None if not found else found.get(key)!r}, and should be {value!r}' for key, value in wanted.items() if not isinstance(found, dict) or found.get(key) != value]


def change(arguments, model, world, folder, seed, fresh):
    path = world.write(folder)
    suggested = json.loads(tool(arguments, os.path.join(folder, 'datasets'), path, '--suggest'))
    tasks = dashboard_tasks.changes(world, random.Random(f'{seed}-{fresh}-changes'), suggested)
    orders = [{'wish': words, 'spec': json.dumps(suggested), 'part': part, 'page': os.path.join(folder, f'c{i}.html')} for i, (_, words, part, _) in enumerate(tasks)]
    answers = [json.loads(line) for line in tool(arguments, os.path.join(folder, 'datasets'), path, '--model', model, '--threads', str(arguments.threads), orders=orders).splitlines()]
    for i, ((name, words, part, check), answer) in enumerate(zip(tasks, answers)):
        problems = [answer['error']] if answer['error'] else expected(suggested, json.loads(answer['spec']), answer, check)
        if not problems:
            lines = look(arguments, orders[i]['page'], [360, 1200])
            problems += complaints(lines) + check_numbers(world, lines[-1]['answer'])
        yield {'task': 'dashboard change', 'template': name, 'words': words, 'part': part, 'works': not problems, 'problems': problems[:6], 'written': answer['written'], 'before': answer['before'],
               'after': answer['after'], 'chosen': answer['part'], 'seconds': round(answer['seconds'], 2)}


def run(arguments):
    model = os.path.join(arguments.models, arguments.model + '.gguf')
    if not os.path.exists(model):
        sys.exit(f'{model} is not there. Fetch it with ./dev models {arguments.model}.')
    known, found = outcomes.Outcomes(arguments.results, arguments.model, machine.version()), []
    done, done_changes = known.done('dashboard'), {(seed, fresh) for seed, _, fresh in known.done('dashboard change')}
    # Each seed: one table with names that are known and one with names that are not, half of the wishes for each.
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        for fresh in (False, True):
            world = dashboard_tasks.World(seed, fresh)
            tasks = dashboard_tasks.wishes(world, random.Random(f'{seed}-{fresh}-wishes'))[int(fresh)::2]
            tasks = [task for task in tasks if (seed, task[0], fresh) not in done]
            with tempfile.TemporaryDirectory() as folder:
                for lines in (write(arguments, model, world, folder, tasks) if tasks else [], change(arguments, model, world, folder, seed, fresh) if (seed, fresh) not in done_changes else []):
                    for line in lines:
                        found.append(known.add({**line, 'seed': seed, 'fresh': fresh}))
                        if arguments.show and not line['works']:
                            print(json.dumps({key: line[key] for key in ('task', 'template', 'words', 'problems', 'written')}, ensure_ascii=False), file=sys.stderr, flush=True)
            print(f'dashboards, seed {seed}, {"fresh" if fresh else "known"} names: {sum(line["works"] for line in found)} of {len(found)} so far', file=sys.stderr, flush=True)
