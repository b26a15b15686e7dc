#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the fuzz targets of a build for some seconds each, from their corpus; says the result in TAP.

What a target finds goes to <build>/corpus/<name>, and an input that breaks it to <build>/broken-<name>-….
"""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests'))
from building import CHECKED, CHECKED_ENVIRONMENT, SANITIZERS, configure  # noqa: E402


def run_target(build, name, seconds, environment):
    """Whether it stood, what is to be said of it, and the lines that explain."""
    program = os.path.join(build, 'tests/fuzz', f'fuzz_{name}')
    seeds = os.path.join(ROOT, 'tests/fuzz/corpus', name)
    found = os.path.join(build, 'corpus', name)
    os.makedirs(found, exist_ok=True)
    if not os.access(program, os.X_OK):
        return False, f'fuzz {name}', [f'{program} was not built: is it in the table of tests/fuzz/meson.build?']
    if not os.path.isdir(seeds) or not os.listdir(seeds):
        return False, f'fuzz {name}', [f'{os.path.relpath(seeds, ROOT)} holds no seeds']
    command = [program, f'-max_total_time={seconds}', '-timeout=10', '-rss_limit_mb=3000', '-print_final_stats=1', f'-artifact_prefix={build}/broken-{name}-', found, seeds]
    try:
        result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', timeout=seconds * 3 + 120)
        output, status = result.stdout, result.returncode
    except subprocess.TimeoutExpired as error:
        output, status = (error.stdout or b'').decode(errors='replace'), 'it did not end'
    runs = re.search(r'stat::number_of_executed_units:\s*(\d+)', output)
    if status == 0:
        return True, f'fuzz {name}: {runs[1] if runs else "?"} inputs', []
    return False, f'fuzz {name} (status {status})', output.splitlines()[-60:]


def main():
    parser = argparse.ArgumentParser(description='Runs the fuzz targets.')
    parser.add_argument('--build', default=os.path.join(ROOT, 'build-fuzz'))
    parser.add_argument('--seconds', type=int, default=8)
    parser.add_argument('--only', default='all')
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    sources = sorted(glob.glob(os.path.join(ROOT, 'tests/fuzz/fuzz_*.c')))
    names = [os.path.basename(path)[len('fuzz_'):-len('.c')] for path in sources]
    if arguments.only != 'all':
        if arguments.only not in names:
            print(f'There is no fuzz target "{arguments.only}". There are: {", ".join(names)}.', file=sys.stderr)
            return 1
        names = [arguments.only]
    problem = configure(build, CHECKED, CHECKED_ENVIRONMENT, ('tests/fuzz/',))
    if problem:
        print(problem, file=sys.stderr)
        return 1
    environment = {**os.environ, **SANITIZERS}
    environment.pop('DISPLAY', None)
    print(f'1..{len(names)}', flush=True)
    bad = 0
    # One on each core: they share nothing.
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for number, (good, words, lines) in enumerate(pool.map(lambda name: run_target(build, name, arguments.seconds, environment), names), 1):
            bad += not good
            for line in lines:
                print(f'# {line}')
            print(f'{"ok" if good else "not ok"} {number} {words}', flush=True)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
