#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on something big: sixteen jobs of jobs.py given to a model the way that the window would, and what came out checked.

    ./dev bench orchestra [--seed N] [--seeds N] [--only NAME]… [--model M] [--tokens N] [--seconds N] [--table] [--show]

A job passes when all of its checks do. Every outcome is a line in build/bench-orchestra/results.jsonl by job, seed, model and commit, so a run that was interrupted goes on where it was; what a job left stays
beside it. A job that does not end by itself within its budget and a minute hangs. Seeds from 1 on are for the figure; 1000 and above for who changes prompts or code.
"""
import argparse
import collections
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), 'visual')]
import jobs as jobs_  # noqa: E402
import machine  # noqa: E402
import outcomes  # noqa: E402
import result  # noqa: E402

MODEL = 'qwen2.5-coder-1.5b-instruct'
GRACE = 60
ENDS = {0: 'done', 1: 'failed', 2: 'budget'}


def write(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', newline='') as file:
            file.write(text if isinstance(text, str) else jobs_.table(text))


def judge(job, folder, look):
    """Each check's title, and whether it passes; what cannot even be looked at does not."""
    out = result.Result(folder, job.files, look)
    found = {}
    for title, check, _ in job.checks:
        try:
            found[title] = bool(check(out))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            print(f'{job.name}, {title}: {error!r}', file=sys.stderr)
            found[title] = False
    return found


def self_test(seeds):
    """A right result passes all checks of its job, none at all passes no check, and each check is failed by its own mistake."""
    problems = []
    for seed in seeds:
        for job in jobs_.jobs(seed):
            if not 2 <= len(job.checks) <= 5:
                problems.append(f'{job.name}: {len(job.checks)} checks')
            for title, spoil in [(None, None), *((title, spoil) for title, _, spoil in job.checks)]:
                solution = copy.deepcopy(job.solution)
                if spoil:
                    spoil(solution)
                with tempfile.TemporaryDirectory() as folder:
                    write(folder, job.files)
                    nothing = judge(job, folder, None)
                    write(folder, solution)
                    found = judge(job, folder, None)
                if any(nothing.values()):
                    problems.append(f'{job.name}, seed {seed}: {[one for one, good in nothing.items() if good]} pass where nothing was made')
                if title is None and not all(found.values()):
                    problems.append(f'{job.name}, seed {seed}: a right result fails {[one for one, good in found.items() if not good]}')
                if title is not None and found[title]:
                    problems.append(f'{job.name}, seed {seed}: “{title}” passes with a mistake')
    return problems


def do(options, job, seed, folder):
    """Gives the job to the driver; what it did as a line for the outcomes."""
    given, out = os.path.join(folder, 'in'), os.path.join(folder, 'out')
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(out)
    write(given, job.files)
    command = [os.path.join(options.build, 'tests/bench/orchestra-tool'), os.path.join(options.models, options.model + '.gguf'), '--folder', given, '--out', out, '--request', job.request, '--seed', str(seed),
               '--tokens', str(options.tokens), '--seconds', str(options.seconds)]
    began = time.monotonic()
    with open(os.path.join(folder, 'log'), 'w') as log:
        try:
            code = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), *command], stdout=log, stderr=subprocess.STDOUT, timeout=options.seconds + GRACE).returncode
        except subprocess.TimeoutExpired:
            code = None
    seconds = time.monotonic() - began
    told = {}
    try:
        told = json.loads(machine.read(os.path.join(out, 'job.json'), '{}'))
    except ValueError:
        pass
    checks = judge(job, out, os.path.join(options.build, 'tests/app/artifacts/page-look'))
    tokens = told.get('tokens')
    end = 'hang' if code is None else ENDS.get(code, f'crash ({code})')
    return {'task': 'orchestra', 'template': job.name, 'seed': seed, 'works': all(checks.values()), 'checks': checks, 'end': end, 'tokens': tokens, 'seconds': round(seconds, 1),
            'held': code is not None and tokens is not None and tokens <= options.tokens and told.get('held', True),
            'steps': [{'kind': (step.get('plan') or {}).get('kind'), **{key: step.get(key) for key in ('state', 'tries', 'tokens', 'milliseconds')}} for step in told.get('steps') or []]}


def report(lines, options):
    rows = [(line['template'], line['seed'], 'yes' if line['works'] else 'no', f'{sum(line["checks"].values())} of {len(line["checks"])}', ', '.join(title for title, good in line['checks'].items() if not good) or '–', line['end'],
             line['tokens'] if line['tokens'] is not None else '?', f'{line["seconds"]:.0f}', 'yes' if line['held'] else 'NO') for line in lines]
    print(f'{machine.describe()}; {options.model}, commit {machine.version()}, at most {options.tokens} tokens and {options.seconds} s each\n')
    if not lines:
        print('No job was run yet.')
        return
    print(machine.table(('job', 'seed', 'passes', 'checks', 'not', 'end', 'tokens', 's', 'budget held'), rows))
    n, works = len(lines), sum(line['works'] for line in lines)
    low, high = outcomes.interval(works, n)
    every = collections.Counter(good for line in lines for good in line['checks'].values())
    print(f'\n{works} of {n} jobs pass all their checks ({100 * works / n:.0f} %, {100 * low:.0f} to {100 * high:.0f}); {every[True]} of {sum(every.values())} checks pass; '
          f'{sum(line["end"] == "hang" for line in lines)} hang, {sum(line["end"].startswith("crash") for line in lines)} crash, {sum(not line["held"] for line in lines)} are over their budget.')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build')
    parser.add_argument('--models')
    parser.add_argument('--model', default=MODEL)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--seeds', type=int, default=1, help='from --seed on')
    parser.add_argument('--only', action='append', choices=[make.__name__ for make in jobs_.JOBS])
    parser.add_argument('--tokens', type=int, default=12000, help='that a job may write at most')
    parser.add_argument('--seconds', type=int, default=1200, help='that a job may take at most')
    parser.add_argument('--table', action='store_true', help='only the table of what is there')
    parser.add_argument('--show', action='store_true', help='the request and the folder of each job that does not pass')
    parser.add_argument('--self-test', action='store_true', help='whether the checks know right from wrong; without a model')
    options = parser.parse_args()
    if options.self_test:
        problems = self_test(range(options.seed, options.seed + options.seeds))
        print('\n'.join(problems) or 'Every check passes what is right and fails what is wrong.')
        return 1 if problems else 0
    if not options.build or not options.models:
        parser.error('--build and --models are needed')
    folder = os.path.join(options.build, 'bench-orchestra')
    known = outcomes.Outcomes(os.path.join(folder, 'results.jsonl'), options.model, machine.version())
    seeds = range(options.seed, options.seed + options.seeds)
    for seed in seeds:
        for job in jobs_.jobs(seed):
            if options.table or (options.only and job.name not in options.only) or (seed, job.name, None) in known.done('orchestra'):
                continue
            place = os.path.join(folder, f'{job.name}-{seed}')
            line = known.add(do(options, job, seed, place))
            print(f'{job.name} of seed {seed}: {"passes" if line["works"] else "does not pass"}, {line["end"]}, {line["seconds"]:.0f} s', file=sys.stderr, flush=True)
            if options.show and not line['works']:
                print(f'  {job.request}\n  {place}: not {", ".join(title for title, good in line["checks"].items() if not good)}', file=sys.stderr, flush=True)
    report([line for line in known.read() if line['seed'] in seeds and (not options.only or line['template'] in options.only)], options)
    return 0


if __name__ == '__main__':
    sys.exit(main())
