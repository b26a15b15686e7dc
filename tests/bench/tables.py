#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a large CSV takes to become a dataset, beside `sqlite3 .import`, in turns; and how long questions to it take.

The peer gives every column as text and looks at nothing; a dataset knows its types, what is missing and what could not be read."""
import argparse
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import time

import machine

QUESTIONS = (
    ('SELECT region, sum (total) FROM sales GROUP BY region', 'a sum by a column of five values'),
    ('SELECT customer, sum (total) FROM sales GROUP BY customer ORDER BY 2 DESC LIMIT 10', 'the ten largest of 50,000 customers'),
    ("SELECT strftime ('%Y-%m', date), median (price) FROM sales GROUP BY 1", 'the median of each month'),
)


def make(path, rows):
    """Ten columns: numbers, dates, few words, many words, quoted text."""
    draw, first = random.Random(1), datetime.date(2015, 1, 1)
    regions = ('north', 'south', 'east', 'west', 'central')
    with open(path, 'w') as file:
        file.write('id,date,region,customer,quantity,price,discount,total,paid,comment\n')
        for i in range(rows):
            quantity, price = draw.randint(1, 100), draw.randint(100, 99999) / 100
            file.write(f'{i + 1},{first + datetime.timedelta(days=draw.randint(0, 3650))},{draw.choice(regions)},Customer {draw.randint(1, 50000)},{quantity},{price:.2f},'
                       f'{draw.randint(0, 30) / 100:.2f},{quantity * price:.2f},{"true" if draw.random() < .8 else "false"},"note {draw.randint(1, 1000)}, ok"\n')


def run(command):
    """Seconds, kilobytes at most, and what it says."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f'{command[0]} failed.')
    return time.monotonic() - started, usage.ru_maxrss, said


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--rows', type=int, default=1000000)
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    program = os.path.join(options.build, 'tests/app/tables/table-dump')

    print(f'{machine.describe()}; {machine.version()}\n')
    if machine.busy():
        print(machine.busy() + '\n')
    ours, theirs, memory, asked = [], [], [], {sql: [] for sql, _ in QUESTIONS}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'sales.csv')
        make(path, options.rows)
        for number in range(options.rounds):
            print(f'round {number + 1} of {options.rounds}', file=sys.stderr, flush=True)
            database = os.path.join(folder, f'{number}.db')
            seconds, _, _ = run(['sqlite3', database, '.mode csv', f'.import {path} sales'])
            theirs.append(seconds)
            size = os.path.getsize(database)
            os.unlink(database)
            datasets = os.path.join(folder, str(number))
            seconds, most, _ = run([program, datasets, path])
            ours.append(seconds)
            memory.append(most)
            own_size = sum(entry.stat().st_size for entry in os.scandir(datasets))
            for sql in asked:
                asked[sql].append(json.loads(run([program, datasets, path, '--sql', sql])[2])['answer_seconds'])
            subprocess.run(['rm', '-rf', datasets], check=True)
        rows = [['sqlite3 .import', f'{machine.median(theirs):.2f}', f'{machine.spread(theirs):.0%}', '1.00', f'{size / 1e6:.1f}'],
                ['a dataset', f'{machine.median(ours):.2f}', f'{machine.spread(ours):.0%}', f'{machine.median(ours) / machine.median(theirs):.2f}', f'{own_size / 1e6:.1f}']]
        print(f'{options.rows:,} rows, 10 columns, {os.path.getsize(path) / 1e6:.1f} MB; {machine.median(memory) / 1024:.0f} MiB at most, the file in them\n')
        print(machine.table(['from the file to the disk', 'seconds (median)', 'spread', 'to the peer', 'MB'], rows))
        print()
        print(machine.table(['a question', 'seconds (median)'], [[words, f'{machine.median(asked[sql]):.2f}'] for sql, words in QUESTIONS]))
    return machine.median(ours) > 2 * machine.median(theirs)


sys.exit(main())
