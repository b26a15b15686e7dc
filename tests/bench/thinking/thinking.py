#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What thinking costs and brings, at every depth, on problems with one exact answer.

    ./dev bench thinking [--count N] [--seed S] [--depths instant,64,128,256,unlimited,compact]

The problems are made from the seed (problems.py); --count takes the first ones. Every result is kept in build/bench-thinking/results.jsonl by problem, model and commit, so a run that was
interrupted, or asked for more problems, goes on where it was. The table and the chart (chart.svg beside it) say how many answers are right, with Wilson's 95 % interval, and how many tokens they took; each depth is compared
with unlimited thinking on the same problems.
"""
import argparse
import html
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine  # noqa: E402
import problems  # noqa: E402

MODEL = 'qwen2.5-coder-1.5b-instruct'
DEPTHS = ('unlimited', 'instant', '64', '128', '256', 'compact')
PROBLEMS = 1200
LONGEST_ANSWER = 512  # tokens behind the thought: what is unlimited sometimes only plans in its thought, and works it out behind it
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 400, 60, 50, 20, 110


def write_problems(folder, seed, count):
    """Always the whole set: what is kept of an answer says which file the problem is of."""
    n = max(count, PROBLEMS)
    path = os.path.join(folder, f'problems-{seed}-{n}.jsonl')
    with open(path, 'w') as file:
        for item in problems.problems(seed, n):
            file.write(json.dumps(item) + '\n')
    return path


def evaluate(options, commit, path, folder, depth):
    """The figures of a depth, as the tool has them."""
    command = [os.path.join(options.build, 'engine/tool/melete-engine'), 'eval', os.path.join(options.models, options.model + '.gguf'), path, '--json', '--depth', depth, '--limit', str(options.count),
               '--max', str(LONGEST_ANSWER), '--parallel', str(options.parallel), '--commit', commit, '--results', os.path.join(folder, 'results.jsonl')]
    if depth != 'unlimited':
        command += ['--against', 'unlimited']
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(result.returncode)
    return json.loads(result.stdout)


def row(figures):
    against = figures.get('against')
    low, high = figures['interval']
    return (figures['depth'], f'{100 * figures["accuracy"]:.1f} % ({100 * low:.1f} to {100 * high:.1f})', f'{figures["tokens"]:.0f}', f'{figures["thought_tokens"]:.0f}', f'{figures["seconds"]:.1f}',
            f'{figures["joules"]:.1f}' if figures['joules'] is not None else 'not available', figures['cut'], f'{100 * figures["probe_share"]:.1f} %',
            f'{100 * against["difference"]:+.1f} (≥ {100 * against["bound"]:+.1f})' if against else '–', f'{100 * against["token_ratio"]:.0f} %' if against else '–')


def chart(all_figures):
    """Tokens to the right, right answers upwards, with their intervals."""
    step = next(step for step in (5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10**9) if max(figures['tokens'] for figures in all_figures) <= 6 * step)
    most = max((figures['tokens'] // step + 1) * step for figures in all_figures)

    def x(tokens):
        return LEFT + tokens / most * (WIDTH - LEFT - RIGHT)

    def y(share):
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for percent in range(0, 101, 20):
        out.append(f'<path d="M{LEFT} {y(percent / 100):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/><text x="{LEFT - 8}" y="{y(percent / 100) + 4:.1f}" text-anchor="end">{percent} %</text>')
    for k in range(int(most / step) + 1):
        out.append(f'<text x="{x(step * k):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{step * k}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">tokens of thought and answer, mean</text>')
    for figures in all_figures:
        low, high = figures['interval']
        compact = figures['depth'] == 'compact'
        colour = '#c01c28' if compact else '#1c71d8'
        out.append(f'<path d="M{x(figures["tokens"]):.1f} {y(low):.1f}V{y(high):.1f}" stroke="{colour}" stroke-width="2"/><circle cx="{x(figures["tokens"]):.1f}" cy="{y(figures["accuracy"]):.1f}" r="5" fill="{colour}"/>')
        out.append(f'<text x="{x(figures["tokens"]) - 9 if compact else x(figures["tokens"]) + 9:.1f}" y="{y(figures["accuracy"]) + (16 if compact else -6):.1f}" text-anchor="{"end" if compact else "start"}">{html.escape(figures["depth"])}</text>')
    return '\n'.join(out + ['</svg>', ''])


def main():
    parser = argparse.ArgumentParser(description='Measures what thinking costs and brings.')
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--model', default=MODEL)
    parser.add_argument('--seed', type=int, default=9)
    parser.add_argument('--count', type=int, default=1200)
    parser.add_argument('--parallel', type=int, default=4)
    parser.add_argument('--depths', default=','.join(DEPTHS))
    options = parser.parse_args()
    folder = os.path.join(options.build, 'bench-thinking')
    os.makedirs(folder, exist_ok=True)
    path, commit = write_problems(folder, options.seed, options.count), machine.version()
    depths = options.depths.split(',')
    depths.sort(key=lambda depth: depth != 'unlimited')
    if 'unlimited' not in depths:
        depths.insert(0, 'unlimited')
    print(f'{machine.describe()}; {options.model}, {options.count} problems of seed {options.seed}, {options.parallel} at once, commit {commit}\n')
    if machine.busy():
        print(machine.busy() + '\n')
    all_figures = []
    for depth in depths:
        all_figures.append(evaluate(options, commit, path, folder, depth))
        print(f'{depth} is done.', file=sys.stderr)
    print(machine.table(('depth', 'right (95 %)', 'tokens', 'of thought', 's', 'J', 'ended by a limit', 'probes', 'points against unlimited (95 %)', 'of its tokens'), [row(figures) for figures in all_figures]))
    with open(os.path.join(folder, 'chart.svg'), 'w') as file:
        file.write(chart(all_figures))
    print(f'\nThe chart is {os.path.join(folder, "chart.svg")}.')


if __name__ == '__main__':
    main()
