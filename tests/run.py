#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every test and counts them. The last line is `N passed, N failed`, with `, N skipped` if some were.

A stage is a command. What it tests it says in TAP: a meson stage through meson's log, the others on their
standard output. A program that dies counts as one failure, and so does each test that it promised and did not run.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from building import CHECKED, CHECKED_ENVIRONMENT, SANITIZERS, configure, last_lines

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TAP_LINE = re.compile(r'^(not )?ok(\s.*|)$')
PLAN = re.compile(r'^1\.\.(\d+)')
class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []  # (name, words)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures


def count_tap(name, text, status, errors=''):
    """Counts one program's TAP; `status` is how it ended, None for well."""
    count = Count()
    plan = None
    seen = 0
    since = []  # what was printed since the last result: it explains the next failure
    for line in text.splitlines():
        if match := PLAN.match(line):
            plan = int(match[1])
        elif match := TAP_LINE.match(line):
            seen += 1
            if '# SKIP' in line.upper():
                count.skipped += 1
            elif match[1] and '# TODO' not in line.upper():
                count.failed += 1
                count.failures.append((f'{name}: {match[2].strip()}', last_lines('\n'.join(since))))
            else:
                count.passed += 1
            since = []
            continue
        elif line.startswith('Bail out!'):
            status = status or 'gave up'
        since.append(line)
    missing = max((plan or 0) - seen, 0)
    if status and not count.failed and not missing:
        missing = 1
    if missing:
        words = f'{missing} of {plan or missing} tests did not run' if plan else 'the program failed'
        count.failed += missing
        count.failures.append((f'{name}: {words} ({status or "it ended early"})', last_lines(text[-4000:] + '\n' + errors[-4000:])))
    return count


def count_meson_log(path):
    count = Count()
    per_test = []
    with open(path) as file:
        for line in file:
            entry = json.loads(line)
            result = entry['result']
            bad = {'TIMEOUT': 'it ran out of time', 'FAIL': f'it ended with status {entry.get("returncode")}',
                   'ERROR': f'it ended with status {entry.get("returncode")}', 'INTERRUPT': 'it was interrupted',
                   'UNEXPECTEDPASS': 'it passed, and should not'}.get(result)
            text = entry.get('stdout', '')
            if any(TAP_LINE.match(row) or PLAN.match(row) for row in text.splitlines()):
                one = count_tap(entry['name'], text, bad, entry.get('stderr', ''))
            else:
                one = Count()
                if bad:
                    one.failed = 1
                    one.failures.append((f'{entry["name"]}: {bad}', last_lines(text + '\n' + entry.get('stderr', ''))))
                elif result == 'SKIP':
                    one.skipped = 1
                else:
                    one.passed = 1
            count.add(one)
            per_test.append((entry['name'], entry['duration'], one))
    return count, per_test


def headless():
    return ['env', '-u', 'WAYLAND_DISPLAY', '-u', 'DISPLAY', 'xvfb-run', '-a', '-s', '-screen 0 1800x1000x24 -nolisten tcp',
            'dbus-run-session', '--']


def run_meson(build, extra, environment, multiplier=1, processes=None):
    """Runs meson's tests in a build folder and counts them. Most have two threads of their own."""
    log = os.path.join(build, 'meson-logs', 'testlog.json')
    if os.path.exists(log):
        os.unlink(log)
    command = headless() + ['meson', 'test', '-C', build, '--no-rebuild', '--print-errorlogs', '--quiet',
                            '--num-processes', str(processes or max(1, (os.cpu_count() or 2) // 2)),
                            '--timeout-multiplier', str(multiplier), *extra]
    result = subprocess.run(command, env={**os.environ, 'GSK_RENDERER': 'cairo', 'GDK_BACKEND': 'x11', **environment},
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    if not os.path.exists(log):
        # Meson says so when a suite is empty: that is nothing to run, not a failure.
        count = Count()
        if 'No suitable tests' not in result.stdout and 'No tests defined' not in result.stdout:
            count.failed = 1
            count.failures.append((f'{build}: meson could not run the tests', last_lines(result.stdout)))
        return count
    count, per_test = count_meson_log(log)
    for name, duration, one in sorted(per_test, key=lambda row: row[0]):
        state = 'FAILED' if one.failed else 'ok'
        print(f'  {state:6} {name} ({one.passed} passed{f", {one.failed} failed" if one.failed else ""}'
              f'{f", {one.skipped} skipped" if one.skipped else ""}, {duration:.1f} s)', flush=True)
    return count


def run_tap(name, command, timeout, environment=None):
    """Runs a program that says TAP, and shows what it says as it says it."""
    output = []
    status = None
    with tempfile.TemporaryFile() as errors, \
            subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=errors, text=True,
                             errors='replace', start_new_session=True) as process:
        late = threading.Event()

        def end():
            late.set()
            os.killpg(process.pid, signal.SIGKILL)
        timer = threading.Timer(timeout, end)
        timer.start()
        try:
            for line in process.stdout:
                output.append(line)
                if TAP_LINE.match(line) or line.startswith('# '):
                    print(f'  {line}', end='', flush=True)
            process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        if late.is_set():
            status = f'it ran out of time ({timeout} s)'
        elif process.returncode != 0:
            status = f'it ended with status {process.returncode}'
        errors.seek(0)
        return count_tap(name, ''.join(output), status, errors.read().decode(errors='replace'))


def failed_build(build, words):
    count = Count()
    count.failed = 1
    count.failures.append((f'{build}: the build failed', words))
    return count


def stage_lint(arguments):
    return run_tap('lint', [sys.executable, 'tests/lint/lint.py', '--build', arguments.build], 600)


def stage_scripts(arguments):
    count = Count()
    for name in ('tests/run_test.py', 'tests/data/fetch_models_test.py', 'tests/bench/orchestra/orchestra_test.py'):
        count.add(run_tap(name, [sys.executable, name], 300))
    return count


def stage_units(arguments):
    # Two at once, since most wait for something now and then. Those of the window begin a screen of their own, and two that begin at once may take one number.
    count = run_meson(arguments.build, ['--no-suite', 'ui'], {}, processes=os.cpu_count())
    count.add(run_meson(arguments.build, ['--suite', 'ui'], {}, processes=1))
    return count


def stage_numbers(arguments):
    return run_tap('numbers', [sys.executable, 'tests/numbers/numbers.py', '--build', arguments.build], 900)


def stage_tour(arguments):
    command = headless() + [sys.executable, 'tests/tour/tour.py', '--build', arguments.build, '--tap']
    return run_tap('tour', command, 900)


def stage_fuzz(arguments):
    return run_tap('fuzz', [sys.executable, 'tests/fuzz/run.py', '--seconds', '4'], 1800)


def stage_sanitizers(arguments):
    # The fuzz targets' own build: clang compiles the kernels with checks in a fraction of GCC's time.
    words = configure('build-fuzz', CHECKED, CHECKED_ENVIRONMENT, ('engine/', 'media/', 'tests/engine/', 'tests/media/', 'tests/app/'),
                      generated=('tests/app/gschemas.compiled', 'tests/media/documents', 'po/de/LC_MESSAGES/melete.mo'))
    if words:
        return failed_build('build-fuzz', words)
    suites = [argument for room in ('engine', 'media', 'app') for argument in ('--suite', room)]
    # Side by side: no test of these depends on a time, and with checks most wait for one thread.
    return run_meson('build-fuzz', [*suites, '--no-suite', 'slow'], SANITIZERS, multiplier=8, processes=os.cpu_count())


STAGES = (
    ('lint', 'What a compiler does not check', stage_lint),
    ('scripts', 'The scripts: the count of the tests, the fetch of the models', stage_scripts),
    ('units', 'The rooms, built for release', stage_units),
    ('numbers', 'The numbers on real models, with the peer as the measure', stage_numbers),
    ('tour', 'The tour: a first conversation, with the recommended model where it is', stage_tour),
    ('fuzz', 'Broken input, some seconds each', stage_fuzz),
    ('sanitizers', 'The rooms again, with address and undefined-behaviour sanitizers', stage_sanitizers),
)


def main():
    parser = argparse.ArgumentParser(description='Runs the tests.')
    parser.add_argument('--build', default='build')
    parser.add_argument('names', nargs='*', help=f'stages ({", ".join(name for name, _, _ in STAGES)}) or suites of the rooms')
    arguments = parser.parse_args()
    os.chdir(ROOT)
    known = {name for name, _, _ in STAGES}
    suites = [name for name in arguments.names if name not in known]

    total = Count()
    for name, title, stage in STAGES:
        if arguments.names and name not in arguments.names and not (suites and name == 'units'):
            continue
        print(f'{title}', flush=True)
        start = time.monotonic()
        if name == 'units' and suites:
            count = run_meson(arguments.build, [argument for suite in suites for argument in ('--suite', suite)], {})
        else:
            count = stage(arguments)
        print(f'  {name}: {count.passed} passed, {count.failed} failed, {count.skipped} skipped in '
              f'{time.monotonic() - start:.0f} s\n', flush=True)
        total.add(count)

    for name, words in total.failures:
        print(f'FAILED {name}')
        for line in words.splitlines():
            print(f'    {line}')
        print()
    print(f'{total.passed} passed, {total.failed} failed' + (f', {total.skipped} skipped' if total.skipped else ''))
    # Nothing that ran is a failure too: a typing error in a name must not look like success.
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == '__main__':
    sys.exit(main())
