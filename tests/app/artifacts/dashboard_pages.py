#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of dashboards in WebKit: dashboard_pages.py TOOL LOOK. What they draw without complaint, at which widths, and that they compute what the statements said. Prints TAP."""
import csv
import datetime
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../..'))
import tap  # noqa: E402

TOOL, LOOK = sys.argv[1:3]
CHECK, AUDIT = os.path.join(HERE, 'dashboard-check.js'), os.path.join(HERE, 'page-audit.js')
NASTY = ['</script><script>window.broken = 1</script>', 'a "quoted" name', "l'été", '<img src=x onerror="window.broken = 1">', 'שלום עולם', 'A name that is so long that there is no room for it anywhere in a chart', '🙂', '  ', '<!--', '\u2028']


def orders(n, names=('North', 'South', 'East')):
    rng, text = random.Random(5), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(['number', 'ordered', 'region', 'kind', 'amount (EUR)', 'pieces', 'note'])
    for i in range(n):
        day = datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=int(rng.random() * 9000))
        writer.writerow([1000 + i, day.strftime('%Y-%m-%d %H:%M:%S'), rng.choice(names), rng.choice(['a', 'b', '']), rng.choice(['', f'{rng.uniform(1, 500):.2f}', f'{rng.uniform(1, 500):.2f}']), rng.randint(1, 30),
                         rng.choice(names)])
    return text.getvalue()


SPEC = {'title': 'All <b>kinds</b> </script>', 'kpis': [{'label': 'Sum', 'value': 'sum(amount_eur)', 'over': 'month(ordered)'}, {'label': 'Median', 'value': 'median(amount_eur)'},
                                                       {'label': 'Average', 'value': 'average(pieces)'}, {'label': 'Least', 'value': 'min(amount_eur)'}, {'label': 'Different', 'value': 'distinct(region)'},
                                                       {'label': 'There', 'value': 'count(amount_eur)'}],
        'charts': [{'title': 'Bars', 'kind': 'bar', 'value': 'sum(amount_eur)', 'x': 'region'}, {'title': 'Line', 'kind': 'line', 'value': 'average(amount_eur)', 'x': 'week(ordered)', 'series': 'region'},
                   {'title': 'Area', 'kind': 'area', 'value': 'count', 'x': 'month(ordered)', 'series': 'kind'}, {'title': 'Stacked', 'kind': 'stacked', 'value': 'sum(pieces)', 'x': 'quarter(ordered)', 'series': 'region'},
                   {'title': 'Ring', 'kind': 'pie', 'value': 'count', 'x': 'kind'}, {'title': 'Tree', 'kind': 'treemap', 'value': 'sum(amount_eur)', 'x': 'region'},
                   {'title': 'Heat', 'kind': 'heatmap', 'value': 'average(amount_eur)', 'x': 'hour(ordered)', 'y': 'weekday(ordered)'}, {'title': 'Spread', 'kind': 'histogram', 'x': 'amount_eur'},
                   {'title': 'Points', 'kind': 'scatter', 'x': 'pieces', 'y': 'amount_eur', 'series': 'kind'}],
        'tables': [{'title': 'Grouped', 'rows': 'region', 'values': ['count', 'sum(amount_eur)', 'median(pieces)']}, {'title': 'Rows', 'columns': ['ordered', 'region', 'amount_eur'], 'sort': 'amount_eur', 'limit': 20}],
        'filters': ['region', 'kind', 'ordered'], 'texts': ['A text.']}


class Pages(unittest.TestCase):
    def look(self, text, *how, spec=None, language='en', script=CHECK):
        """What WebKit says of the page of a CSV file."""
        with tempfile.TemporaryDirectory() as folder:
            file, page = os.path.join(folder, 'orders.csv'), os.path.join(folder, 'page.html')
            with open(file, 'w', newline='') as out:
                out.write(text)
            command = [TOOL, os.path.join(folder, 'datasets'), file, '--page', page]
            if spec:
                with open(os.path.join(folder, 'spec.json'), 'w') as out:
                    json.dump(spec, out)
                command.append(out.name)
            made = subprocess.run(command, capture_output=True, text=True, env={**os.environ, 'LANGUAGE': language})
            self.assertEqual(made.returncode, 0, made.stderr)
            for _ in range(3):
                seen = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), LOOK, page, '--script', script, *how], capture_output=True, text=True)
                # WebKit's process ended, as it does on a machine that is very busy.
                if seen.returncode != 3:
                    break
        self.assertEqual(seen.returncode, 0, seen.stderr)
        lines = [json.loads(line) for line in seen.stdout.splitlines() if line.startswith('{')]
        for line in lines:
            self.assertEqual(line['log'], [], line)
            self.assertEqual(line['overflow'], 0, line)
            self.assertIn('ready', [name for name, _ in line['reports']])
            if script == CHECK:
                self.assertEqual(line['answer']['wrong'], [])
        return lines

    def test_all_kinds(self):
        lines = self.look(orders(800), '--width', '320', '--width', '1200', spec=SPEC)
        for line in lines:
            self.assertTrue(all(n > 0 for n in line['answer']['drawn']), line)
            self.assertGreater(line['answer']['compared'], 200)
            self.assertNotEqual(line['answer']['before'], line['answer']['filtered'])

    def test_names_that_break_things(self):
        line, = self.look(orders(400, NASTY), '--width', '800', '--dark', spec=SPEC)
        self.assertFalse(line['answer']['cube'])

    def test_right_to_left(self):
        line, = self.look(orders(300), '--width', '700', language='ar')
        self.assertEqual(line['answer']['dir'], 'rtl')

    def test_words_can_be_read(self):
        """Long names, narrow: words have 4.5:1, labels of an axis do not lie over each other, and nothing is cut."""
        names = ['Zufriedenheit mit der Geschwindigkeit der Bearbeitung', 'Mecklenburg-Vorpommern', 'Donaudampfschifffahrtsgesellschaft', 'x']
        for how in ([], ['--dark']):
            line, = self.look(orders(300, names), '--width', '360', *how, spec=SPEC, script=AUDIT)
            self.assertEqual(line['answer'], [])

    def test_few_days_by_the_hour(self):
        begin = datetime.datetime(2026, 3, 2)
        text = 'time,warmth\n' + ''.join(f'{(begin + datetime.timedelta(minutes=7 * i)).strftime("%Y-%m-%d %H:%M:%S")},{20 + i % 9 / 10}\n' for i in range(600))
        line, = self.look(text, '--width', '1200')
        self.assertGreater(line['answer']['points'], 60)

    def test_large_table(self):
        line, = self.look(orders(50100), '--width', '1200', spec=SPEC)
        self.assertTrue(line['answer']['cube'])
        self.assertGreater(line['answer']['compared'], 20)

    def test_little(self):
        self.look('a,b\n1,x\n', '--width', '360')


sys.exit(tap.main(Pages))
