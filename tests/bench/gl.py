#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenGL backend: its speed beside llama.cpp's Vulkan backend on the same device, what a token asks of the device, its numbers, its memory. Prints Markdown.

Without a graphics card both drivers have the processor draw (Mesa's llvmpipe and lavapipe, which share their compiler and their threads). Such a device rewards
other things than a card does: what is counted holds for both. A figure of speed is the median of its rounds, in which ours and the peer's take turns; the time of
all processors, which such a device has spent on a token, is steadier on a machine that has other work.
"""
import argparse
import json
import os
import sys
import tempfile

import machine
import vulkan_peer
from cpu import MODELS, fail
from quality import TEXT, run

PEER_MODEL = 'smollm2-135m-instruct'
GOALS = {'prompt': 3, 'decode': 4}
REQUESTS = 4
WINDOW = 512
# The logits of more tokens of the largest vocabulary would be more than a shader may see of one buffer.
BATCH = 64


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.tool = os.path.join(arguments.build, 'engine/tool/melete-engine')
        self.measured = {}

    def model(self, identifier):
        path = os.path.join(self.arguments.models, identifier + '.gguf')
        if not os.path.exists(path):
            fail(f'{path} is not there. Fetch it with ./dev models {identifier}.')
        return path

    def ours(self, command, *words):
        return json.loads(run([self.tool, command, *map(str, words), '--json', '--threads', str(self.arguments.threads)]))

    def device(self):
        info = next(one for one in self.ours('info', '--backends') if one['name'] == 'gl')
        if info['error']:
            fail(f'OpenGL cannot be used here: {info["error"]}')
        return info

    def speeds(self, identifier, backend):
        """One run of everything that is told of a model: the largest takes minutes."""
        if (identifier, backend) not in self.measured:
            print(f'{identifier} on {backend}', file=sys.stderr, flush=True)
            self.measured[identifier, backend] = self.ours('bench', self.model(identifier), '--backend', backend, '-p', self.arguments.prompt, '--submit', self.arguments.prompt,
                                                           '-n', self.arguments.decode, '-b', REQUESTS, '--restore', 3)
        return self.measured[identifier, backend]

    def counts(self, identifier):
        """Those do not depend on how long it is measured."""
        if (identifier, 'gl') in self.measured:
            return self.measured[identifier, 'gl']
        print(f'{identifier}: counts', file=sys.stderr, flush=True)
        return self.ours('bench', self.model(identifier), '--backend', 'gl', '-p', self.arguments.prompt, '--submit', self.arguments.prompt, '-n', 1, '-b', REQUESTS)


def speed(bench):
    """Beside the peer, on the same device."""
    arguments = bench.arguments
    device, model, mine, theirs = bench.device(), bench.model(PEER_MODEL), [], []
    for index in range(arguments.rounds):
        print(f'{PEER_MODEL}: round {index + 1} of {arguments.rounds}', file=sys.stderr, flush=True)
        theirs.append(vulkan_peer.bench(os.path.join(arguments.peers, 'vulkan'), model, arguments.prompt, arguments.decode, arguments.vulkan_device))
        if device['software'] != ('llvmpipe' in theirs[0]['device']):
            fail(f'Ours runs on “{device["device"]}”, llama.cpp on “{theirs[0]["device"]}”: choose another of its devices with --vulkan-device.')
        mine.append(bench.ours('bench', model, '--backend', 'gl', '-p', arguments.prompt, '-n', arguments.decode))

    def row(name, key):
        a, b = [one[key + '_tps'] for one in mine], [one[key + '_tps'] for one in theirs]
        spent = [machine.median([one[key + '_processor_ms'] for one in side]) for side in (mine, theirs)]
        return [name, f'{machine.median(a):.1f} ± {machine.spread(a) * 100:.0f} %', f'{machine.median(b):.1f} ± {machine.spread(b) * 100:.0f} %',
                f'**{machine.median(a) / machine.median(b):.2f}**', f'≥ {GOALS[key]}', f'{spent[0]:.0f}', f'{spent[1]:.0f}', f'**{spent[1] / spent[0]:.2f}**']

    print(f'{PEER_MODEL}, beside llama.cpp\'s Vulkan backend on {theirs[0]["device"]}, {arguments.rounds} rounds\n')
    print(machine.table(['', 'tokens/s', 'llama.cpp', 'ratio', 'goal', 'processor time, ms/token', 'llama.cpp', 'ratio'],
                        [row(f'prompt of {arguments.prompt}', 'prompt'), row(f'decode of {arguments.decode}', 'decode')]) + '\n', flush=True)


def models(bench):
    """Beside our own backend for the processor."""
    rows = []
    for identifier in MODELS:
        gl, cpu = bench.speeds(identifier, 'gl'), bench.speeds(identifier, 'cpu')
        row = [identifier]
        for key in ('prompt_tps', 'decode_tps', 'batch_tps'):
            row += [f'{gl[key]:.1f}', f'{cpu[key]:.1f}']
        rows.append([*row, f'{gl["restore_ms"]:.0f}', f'{cpu["restore_ms"]:.0f}', f'{gl["load_ms"]:.0f}', f'{cpu["load_ms"]:.0f}'])
    arguments = bench.arguments
    header = ['model']
    for name in (f'prompt {arguments.prompt}, tokens/s', f'decode {arguments.decode}, tokens/s', f'{REQUESTS} at once, tokens/s', 'restored prompt, ms', 'load, ms'):
        header += [name, 'processor']
    print(f'Beside our backend for the processor ({arguments.threads} threads). A restored prompt: from a request to its token, when all but the last token of its '
          f'{arguments.prompt - 1} are in the cache\n')
    print(machine.table(header, rows) + '\n', flush=True)


def counts(bench):
    """What a token asks of the device, whatever device it is."""
    rows = []
    for identifier in MODELS:
        measured = bench.counts(identifier)
        size = os.path.getsize(bench.model(identifier))
        for kind, name in (('prompt', f'prompt, {bench.arguments.prompt} at once'), ('decode', 'decode'), ('batch', f'decode, {REQUESTS} at once')):
            one = measured[kind + '_counts']
            rows.append([identifier, name, f'{one["dispatches"]:.1f}', f'{one["barriers"]:.1f}', f'{one["weight_bytes"] / 1e6:.1f}', f'{one["weight_bytes"] / size:.2f}',
                         f'{one["upload_bytes"]:.0f}', f'{one["readback_bytes"]:.0f}'])
    print('For each token; weights as the device keeps them, read as often as a tile of columns reads them\n')
    print(machine.table(['model', 'token of', 'dispatches', 'barriers', 'weights read, MB', 'to the file\'s size', 'uploaded, bytes', 'read back, bytes'], rows) + '\n', flush=True)


def numbers(bench):
    """How far the numbers are from the reference: the same text, token by token, to both."""
    rows = []
    for identifier in MODELS:
        print(f'{identifier}: numbers', file=sys.stderr, flush=True)
        # The distributions of 255 positions over a large vocabulary are 130 MB.
        with tempfile.TemporaryDirectory() as folder:
            base = os.path.join(folder, 'base')
            bench.ours('perplexity', bench.model(identifier), TEXT, '--context', WINDOW, '--chunks', 1, '--reference', '--save-base', base)
            one = bench.ours('perplexity', bench.model(identifier), '--backend', 'gl', '--batch', BATCH, '--kl-base', base)
        rows.append([identifier, f'{one["mean_kl"]:.1e}', '≤ 1e-4', f'{one["max_kl"]:.1e}', f'{one["same_top"] * 100:.1f} %',
                     f'{(one["perplexity"] / one["base_perplexity"] - 1) * 100:+.3f} %'])
    print(f'{WINDOW} tokens of prose, teacher-forced, of which the second half counts; the reference is melete-engine --reference\n')
    print(machine.table(['model', 'mean KL', 'goal', 'largest KL', 'same first token', 'perplexity to the reference\'s'], rows) + '\n', flush=True)


def memory(bench):
    """The most that a process has had when the model is loaded and has seen a token; of a device in software that is all of it."""
    rows = []
    for identifier in MODELS:
        peaks = [bench.ours('bench', bench.model(identifier), '--backend', backend, '-p', 1, '-n', 0)['peak_rss_bytes'] for backend in ('gl', 'cpu')]
        size = os.path.getsize(bench.model(identifier))
        rows.append([identifier, f'{size / 1e6:.0f}', f'{peaks[0] / 1e6:.0f}', f'**{peaks[0] / size:.2f}**', f'{peaks[1] / 1e6:.0f}'])
    print('Peak memory of a process that loads a model and runs a token; the goal for the largest is 1.25\n')
    print(machine.table(['model', 'file, MB', 'OpenGL, MB', 'to the file', 'processor, MB'], rows) + '\n', flush=True)


PARTS = {part.__name__: part for part in (speed, models, counts, numbers, memory)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', required=True)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument('--prompt', type=int, default=128)
    parser.add_argument('--decode', type=int, default=32)
    parser.add_argument('--vulkan-device', type=int, default=0, metavar='N', help='which of the devices that llama.cpp sees (0)')
    parser.add_argument('--only', action='append', choices=PARTS)
    arguments = parser.parse_args()
    bench = Bench(arguments)
    device = bench.device()
    print(f'{machine.describe()}; Melete {machine.version()}; {device["device"]}, OpenGL {device["driver"]}\n')
    if machine.busy():
        print(machine.busy() + '\n', flush=True)
    parts = arguments.only or list(PARTS)
    if 'speed' in parts:
        vulkan_peer.fetch(os.path.join(arguments.peers, 'vulkan'))
    for name in parts:
        PARTS[name](bench)


if __name__ == '__main__':
    main()
