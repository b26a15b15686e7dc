# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, idle wake-ups and memory of the window, beside an empty libadwaita window in the same run."""
import os
import re
import sys
import tempfile
import time

import machine

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'tour'))
import desk  # noqa: E402

IDLE_SECONDS = 10
# Long enough for a model to be loaded, and for the cursor to stop blinking, which GTK lets it do after ten seconds.
SETTLE_SECONDS = 18


def switches(pid):
    """How often each thread was given a processor: the third number of schedstat. Some kernels do not count context switches."""
    return {thread: int((machine.read(f'/proc/{pid}/task/{thread}/schedstat') or '0 0 0').split()[2]) for thread in os.listdir(f'/proc/{pid}/task')}


def more(before, after):
    return sum(count - before.get(thread, 0) for thread, count in after.items())


def processor_seconds(pid):
    fields = machine.read(f'/proc/{pid}/stat').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def memory(pid, key):
    match = re.search(rf'^{key}:\s*(\d+)', machine.read(f'/proc/{pid}/status'), re.M)
    return int(match[1]) / 1000 if match else float('nan')


def measure(command, environment, folder, settle):
    one = desk.Desk(command, environment, folder, os.path.join(folder, 'log'))
    try:
        start = one.start()
        time.sleep(settle)
        before, busy = switches(one.process.pid), processor_seconds(one.process.pid)
        time.sleep(IDLE_SECONDS)
        return {'start': start * 1000, 'wakes': more(before, switches(one.process.pid)) / IDLE_SECONDS,
                'busy': (processor_seconds(one.process.pid) - busy) / IDLE_SECONDS * 100,
                'resident': memory(one.process.pid, 'VmRSS'), 'peak': memory(one.process.pid, 'VmHWM')}
    finally:
        one.stop()


def home(folder, name, models, model):
    """The environment of a fresh person."""
    base = os.path.join(folder, name)
    keyfile = os.path.join(base, 'config/glib-2.0/settings/keyfile')
    os.makedirs(os.path.dirname(keyfile))
    with open(keyfile, 'w') as file:
        file.write(f"[org/melete/Melete]\nmodel='{model}'\n")
    return {'HOME': base, 'XDG_DATA_HOME': base + '/data', 'XDG_CONFIG_HOME': base + '/config', 'XDG_CACHE_HOME': base + '/cache',
            'XDG_STATE_HOME': base + '/state', 'GSETTINGS_BACKEND': 'keyfile', 'MELETE_MODELS': models}


def report(build, models, rounds):
    program = os.path.join(build, 'ui/melete')
    desk.window_manager()
    with tempfile.TemporaryDirectory() as folder:
        empty = os.path.join(folder, 'no-models')
        os.mkdir(empty)
        cases = (
            ('an empty libadwaita window (Python)', [sys.executable, os.path.join(HERE, 'empty_window.py')], empty, ''),
            ('Melete, no model', [program], empty, ''),
            ('Melete, smollm2-135m-instruct', [program], models, 'smollm2-135m-instruct'),
            ('Melete, qwen2.5-coder-1.5b-instruct', [program], models, 'qwen2.5-coder-1.5b-instruct'),
        )
        results = {name: [] for name, _, _, _ in cases}
        for index in range(rounds):
            for number, (name, command, where, model) in enumerate(cases):
                if model and not os.path.exists(os.path.join(where, model + '.gguf')):
                    continue
                print(f'{name}: round {index + 1} of {rounds}', file=sys.stderr, flush=True)
                results[name].append(measure(command, home(folder, f'{index}-{number}', where, model), folder, SETTLE_SECONDS))
        rows = [[name, *(f'{machine.median([run[key] for run in runs]):.{digits}f}' for key, digits in
                         (('start', 0), ('wakes', 1), ('busy', 2), ('resident', 0), ('peak', 0)))]
                for name, runs in results.items() if runs]
    print(machine.table(['window', 'until it shows, ms', 'idle: wake-ups/s', 'idle: processor, %', 'resident, MB', 'peak, MB'], rows) + '\n')
