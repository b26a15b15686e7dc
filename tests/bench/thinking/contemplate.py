#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several agents that contemplate against one that thinks no longer than needed, on the hardest of the problems: those that Instant gets wrong with one of two seeds.

    ./dev bench contemplate [--count N] [--agents N] [--seed S] [--pool N]

The problems are problems.py's. Which are hard is asked first, with temperature; then each hard one is answered by one agent at Compact and by N agents, both by contemplate-tool, in turns. Every answer is a line in
build/bench-contemplate/, by problem, model and commit, so a run that was interrupted goes on where it was. An answer is right if it is the number, date or word of the problem. The difference has the 95 % bound of paired answers;
the ratio of times is that of the means, and the median of those of each problem.
"""
import argparse
import json
import math
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), 'visual')]
import machine  # noqa: E402
import outcomes  # noqa: E402
import problems  # noqa: E402

MODEL = 'qwen2.5-coder-1.5b-instruct'
SEEDS = (1, 2)


def read_lines(path):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def hard(options, folder, commit):
    """The problems that Instant gets wrong with one of the seeds, and how many were asked."""
    path = os.path.join(folder, f'problems-{options.seed}-{options.pool}.jsonl')
    items = list(problems.problems(options.seed, options.pool))
    with open(path, 'w') as file:
        file.writelines(json.dumps(item) + '\n' for item in items)
    wrong = set()
    for seed in SEEDS:
        results = os.path.join(folder, f'instant-{options.seed}-{seed}.jsonl')
        command = [os.path.join(options.build, 'engine/tool/melete-engine'), 'eval', os.path.join(options.models, options.model + '.gguf'), path, '--json', '--depth', 'instant', '--temp', '0.7', '--seed', str(seed),
                   '--parallel', '4', '--commit', commit, '--results', results]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
            sys.exit('The problems could not be asked.')
        # What the tool keeps is by problem, model and commit.
        wrong |= {line['item'] for line in read_lines(results) if line.get('commit', commit) == commit and not line['right']}
    return [item for item in items if item['id'] in wrong]


def same(found, wanted):
    """Whether an answer is the problem's: the number, the date or the word, with whatever unit behind it."""
    wanted = wanted.partition('####')[2].strip()
    if found is None:
        return False
    if re.fullmatch(r'-?[\d.]+', wanted):
        number = re.search(r'-?\d[\d,]*(?:\.\d+)?', found.replace('−', '-'))
        return number is not None and math.isclose(float(number[0].replace(',', '')), float(wanted), rel_tol=1e-9, abs_tol=1e-6)
    return re.search(rf'(?<!\w){re.escape(wanted.lower())}(?!\w)', found.lower()) is not None


class Tool:
    """contemplate-tool with so many agents; 1: Compact."""

    def __init__(self, options, agents):
        self.errors = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen([os.path.join(options.build, 'tests/bench/contemplate-tool'), os.path.join(options.models, options.model + '.gguf'), '--agents', str(agents), '--threads', str(options.threads)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            if line.startswith('{'):
                self.lines.put(line)
        self.lines.put(None)

    def ask(self, item, longest):
        try:
            self.process.stdin.write(json.dumps({'id': item['id'], 'question': item['question']}) + '\n')
            self.process.stdin.flush()
            line = self.lines.get(timeout=longest)
        except queue.Empty:
            sys.exit(f'There was no answer to {item["id"]} in {longest} s.')
        except BrokenPipeError:
            line = None
        if line is None:
            self.errors.seek(0)
            sys.exit(f'contemplate-tool: {self.errors.read()[-800:]}')
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(120)


def answer(options, known, items):
    done = {line['id'] for line in known.read() if line['agents'] == options.agents}
    todo = [item for item in items if item['id'] not in done]
    if not todo:
        return
    one, many = Tool(options, 1), Tool(options, options.agents)
    began = time.monotonic()
    for i, item in enumerate(todo):
        # In turns, so that what else the machine does meets both alike.
        first, second = ((one, many), (many, one))[i % 2]
        answers = {first: first.ask(item, options.longest), second: second.ask(item, options.longest)}
        line = {'task': 'contemplate', 'id': item['id'], 'kind': item['kind'], 'agents': options.agents, 'wanted': item['answer']}
        for name, tool in (('one', one), ('many', many)):
            found = answers[tool]
            line[name] = {'answer': found['answer'], 'right': same(found['answer'], item['answer']), 'seconds': found['seconds'], 'tokens': found['tokens'], 'error': found.get('error'), 'notice': found.get('notice')}
        known.add(line)
        print(f'{i + 1} of {len(todo)}, {time.monotonic() - began:.0f} s', file=sys.stderr, flush=True)
        if time.monotonic() - began > options.minutes * 60:
            break
    one.stop()
    many.stop()


def report(options, commit, lines, n_pool, n_hard):
    n = len(lines)
    print(f'{machine.describe()}; {options.model}, commit {commit}: {n_hard} of {n_pool} problems are hard, {n} of them were answered\n')
    if not n:
        return
    rows = []
    for name, title in (('one', 'one agent, Compact'), ('many', f'{options.agents} agents')):
        right = sum(line[name]['right'] for line in lines)
        low, high = outcomes.interval(right, n)
        seconds = [line[name]['seconds'] for line in lines]
        rows.append((title, f'{100 * right / n:.1f} % ({100 * low:.1f} to {100 * high:.1f})', f'{sum(line[name]["tokens"] for line in lines) / n:.0f}', f'{sum(seconds) / n:.1f}', f'{machine.median(seconds):.1f}'))
    print(machine.table(('who', 'right (95 %)', 'tokens', 's, mean', 's, median'), rows))
    differences = [line['many']['right'] - line['one']['right'] for line in lines]
    mean = sum(differences) / n
    error = math.sqrt(sum((difference - mean) ** 2 for difference in differences) / max(n - 1, 1) / n)
    ratios = [line['many']['seconds'] / line['one']['seconds'] for line in lines]
    # "3 of 4 agents came to …" or "agree", in the words of the window.
    agreed = sum(bool(re.match(r'\d+ of \d+ agents', line['many'].get('notice') or '')) for line in lines)
    whole = sum(line['many']['seconds'] for line in lines) / sum(line['one']['seconds'] for line in lines)
    print(f'\nPoints more: {100 * mean:+.1f} (95 %: {100 * (mean - 1.96 * error):+.1f} to {100 * (mean + 1.96 * error):+.1f}). Time of all: {whole:.2f} ×, the median of each problem\'s ratio {machine.median(ratios):.2f} ×, '
          f'the largest {max(ratios):.1f} ×. Ended by agreement: {agreed} of {n}.')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--model', default=MODEL)
    parser.add_argument('--seed', type=int, default=9)
    parser.add_argument('--pool', type=int, default=1200, help='problems of which the hard ones are taken')
    parser.add_argument('--count', type=int, default=400, help='hard problems that are answered')
    parser.add_argument('--agents', type=int, default=4)
    parser.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument('--longest', type=int, default=900, help='seconds for one answer')
    parser.add_argument('--minutes', type=float, default=math.inf, help='begin no further problem after so many')
    options = parser.parse_args()
    folder, commit = os.path.join(options.build, 'bench-contemplate'), machine.version()
    os.makedirs(folder, exist_ok=True)
    found = hard(options, folder, commit)
    known = outcomes.Outcomes(os.path.join(folder, 'results.jsonl'), options.model, commit)
    wanted = found[:options.count]
    answer(options, known, wanted)
    ids = {item['id'] for item in wanted}
    report(options, commit, [line for line in known.read() if line['agents'] == options.agents and line['id'] in ids], options.pool, len(found))


if __name__ == '__main__':
    main()
