# SPDX-License-Identifier: GPL-3.0-or-later
"""What the history's operations cost as it grows: open, search, append, scroll, beside an empty one."""
import argparse
import json
import math
import os
import subprocess
import sys

import machine

# Conversations and messages.
STORES = ((0, 0), (20, 1000), (200, 10000), (2000, 100000))
ROWS = (
    ('open', 'open the history'),
    ('load', 'show a conversation of the list'),
    ('append', 'append a note, until it is safe on the disk'),
    ('rare', 'search a rare word'),
    ('frequent', 'search the most frequent word'),
    ('scroll', 'a frame while the longest conversation is scrolled'),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    program = os.path.join(options.build, 'tests/bench/store-bench')

    print(f'{machine.describe()}; {machine.version()}\n')
    if machine.busy():
        print(machine.busy() + '\n')
    runs = {store: [] for store in STORES}
    for index in range(options.rounds):
        for store in STORES:
            print(f'{store[1]} messages: round {index + 1} of {options.rounds}', file=sys.stderr, flush=True)
            result = subprocess.run([program, *map(str, store)], stdout=subprocess.PIPE, text=True, check=True)
            runs[store].append(json.loads(result.stdout.strip().splitlines()[-1]))

    def figure(store, key):
        return machine.median([run[key] for run in runs[store]])

    rows = [[title, *(f'{figure(store, key):.2f}' for store in STORES), f'{figure(STORES[-1], key) / figure(STORES[1], key):.2f}'] for key, title in ROWS]
    rows.append(['size of the file, MB', *(f'{figure(store, "bytes") / 1e6:.1f}' for store in STORES), ''])
    rows.append(['messages of the longest conversation', *(f'{figure(store, "longest"):.0f}' for store in STORES), ''])
    heads = [f'{messages:,} messages in {conversations:,}' if messages else 'empty' for conversations, messages in STORES]
    print(machine.table(['milliseconds (median)', *heads, f'last to {STORES[1][1]:,}'], rows))
    print(f'\nA growth like the logarithm of the number of messages would be {math.log(STORES[-1][1]) / math.log(STORES[1][1]):.2f}.')


main()
