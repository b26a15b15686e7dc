# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a person waits from Send to the first number of their own data, with a model that is warm: a dashboard of Melete's, from the wish to the page that WebKit has drawn, and the same model writing HTML freely
with the file's text in its prompt. Of the HTML two moments: that at which all is written, when its scripts can run, and the earliest at which any number of two digits or more that stands in the file had been written."""
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

# Those that ask for a number; the first of each is to warm up.
WISHES = ('total and groups', 'total and groups', 'share', 'three numbers', 'long')


def ready(arguments, page):
    """Seconds until the page has drawn."""
    with tempfile.NamedTemporaryFile('w', suffix='.js') as script:
        script.write('return window.lookTime;')
        script.flush()
        seen = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), os.path.join(arguments.build, 'tests/app/artifacts/page-look'), page, '--script', script.name, '--width', '1000'], capture_output=True, text=True)
    return next(json.loads(line)['answer'] for line in seen.stdout.splitlines() if line.startswith('{')) / 1000


def earliest(answer, text):
    """The share of the writing after which a number of the file stood there."""
    known = set(re.findall(r'\d[\d.]+', text))
    body = answer['source'].find('<body')
    for match in re.finditer(r'\d[\d.]+', answer['source'][max(body, 0):]):
        if match[0] in known:
            return (max(body, 0) + match.end()) / len(answer['source'])
    return 1.0


def run(arguments):
    model, tool, _ = made.prepare(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        world = dashboard_tasks.World(arguments.seed, False)
        world.xlsx = False
        path = world.write(folder)
        with open(path) as file:
            text = file.read()
        wishes = {name: words for name, words, _ in dashboard_tasks.wishes(world, random.Random(f'{arguments.seed}-False-wishes'))}
        orders = [{'wish': wishes[name], 'page': os.path.join(folder, f'{i}.html')} for i, name in enumerate(WISHES)]
        command = [os.path.join(folder, 'datasets'), path, '--model', model, '--threads', str(arguments.threads)]
        ours = [json.loads(line) for line in dashboard.tool(arguments, *command, orders=orders).splitlines()]
        free = list(made.ask(arguments, model, tool, [{**order, 'kind': 'dashboard', 'free': True, 'documents': text, 'page': None} for order in orders]))
        for name, order, own, other in list(zip(WISHES, orders, ours, free))[1:]:
            drawn = own['seconds'] + ready(arguments, order['page'])
            soon = other['first'] + (other['seconds'] - other['first']) * earliest(other, text)
            rows.append([name, f'{own["seconds"]:.1f}', f'{drawn:.1f}', f'{soon:.1f}', f'{other["seconds"]:.1f}', f'{soon / drawn:.1f}', f'{other["seconds"] / drawn:.1f}'])
            print(f'{name}: {rows[-1][1:]}', file=sys.stderr, flush=True)
    print(f'{machine.describe()}; {arguments.model} at {machine.version()}, {arguments.threads} threads\n')
    print(machine.table(['wish', 'specification, s', 'first number drawn, s', 'free HTML: a number of the file written, s', 'all written, s', 'times sooner', 'than all written'], rows))
    return machine.busy()
