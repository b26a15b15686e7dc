#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much several agents write together behind one conversation, beside llama-server with as many slots.

    ./dev bench agents [--agents 1,4,8] [--slots 4] [--rounds N] [--tokens N] [--words N]

The engine's runner has the agents as requests with the same beginning; the server has them as clients of its completions, with its cache on, over the loopback. Both have the same model, threads, text and sampling, and
take turns in one run; each round's ratio to one agent is of the same round. What is counted is what all write while all of them write: neither the prompt nor the end of the slower ones.
"""
import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import machine
import remote

MODEL = 'qwen2.5-coder-1.5b-instruct'
HERE = os.path.dirname(os.path.abspath(__file__))


class Ours:
    name = 'Melete'

    def __init__(self, options, model, conversation):
        self.process = subprocess.Popen([os.path.join(options.build, 'tests/bench/agents-bench'), model, conversation, '--threads', str(options.threads), '--tokens', str(options.tokens)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, agents):
        self.process.stdin.write(f'{agents}\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit('agents-bench failed.')
        return json.loads(line)['tps']

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)


class Server(remote.Server):
    name = 'llama-server'

    def __init__(self, options, model, conversation, log):
        self.port = remote.free_port()
        self.tokens = options.tokens
        with open(conversation) as file:
            self.text = file.read()
        self.process = subprocess.Popen([os.path.join(options.peers, 'build/bin/llama-server'), '--model', model, '--host', '127.0.0.1', '--port', str(self.port), '--ctx-size', str(4096 * options.slots),
                                         '--parallel', str(options.slots), '--threads', str(options.threads), '--no-webui'], stdout=log, stderr=subprocess.STDOUT)
        self.wait()

    def ask(self, agent, agents, times):
        body = json.dumps({'prompt': f'{self.text}\n\nWorker {agent + 1} of {agents}, what do you do first?\n', 'n_predict': self.tokens, 'ignore_eos': True, 'cache_prompt': True, 'stream': True, 'temperature': 0.7,
                           'top_k': 40, 'top_p': 0.95, 'min_p': 0, 'seed': agent + 1, 'return_tokens': True})
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=600)
        connection.request('POST', '/completion', body, {'Content-Type': 'application/json'})
        for line in connection.getresponse():
            if line.startswith(b'data: {'):
                times += [time.monotonic()] * len(json.loads(line[6:]).get('tokens', []))
        connection.close()

    def measure(self, agents):
        times = [[] for _ in range(agents)]
        threads = [threading.Thread(target=self.ask, args=(agent, agents, times[agent])) for agent in range(agents)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if any(len(one) < 2 for one in times):
            sys.exit('llama-server wrote nothing.')
        begin, end = max(one[0] for one in times), min(one[-1] for one in times)
        return sum(begin < moment <= end for one in times for moment in one) / (end - begin)


def conversation(words):
    """As much of the bench's text, over and over, as a conversation with a few files."""
    text = machine.read(os.path.join(HERE, 'text.txt')).split()
    return ' '.join(text[i % len(text)] for i in range(words))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', help='where llama.cpp was built; without: only the engine')
    parser.add_argument('--model', default=MODEL)
    parser.add_argument('--agents', default='1,4,8')
    parser.add_argument('--slots', type=int, default=4)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--tokens', type=int, default=48)
    parser.add_argument('--words', type=int, default=600, help='of the conversation that they share')
    parser.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    counts = [int(count) for count in options.agents.split(',')]
    if 1 not in counts:
        counts.insert(0, 1)
    model = os.path.join(options.models, options.model + '.gguf')
    busy = machine.busy()
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, 'log'), 'w') as log:
        path = os.path.join(folder, 'conversation.txt')
        with open(path, 'w') as file:
            file.write(conversation(options.words))
        sides = [(Ours(options, model, path), counts)]
        try:
            if options.peers:
                sides.append((Server(options, model, path, log), [count for count in counts if count <= options.slots]))
            measured = {(side.name, count): [] for side, own in sides for count in own}
            # The first round reads the conversation and is not counted.
            for round_ in range(options.rounds + 1):
                for count in counts:
                    for side, own in sides[::-1] if round_ % 2 else sides:
                        if count in own:
                            tps = side.measure(count)
                            if round_:
                                measured[side.name, count].append(tps)
        finally:
            for side, _ in sides:
                side.stop()
    rows = []
    for (name, count), values in measured.items():
        ratios = [value / one for value, one in zip(values, measured[name, 1])]
        peer = measured.get(('llama-server', count)) if name == 'Melete' else None
        beside = machine.median([value / other for value, other in zip(values, peer)]) if peer else None
        rows.append((name, count, f'{machine.median(values):.1f} ± {100 * machine.spread(values):.0f} %', f'{machine.median(ratios):.2f}' if count > 1 else '', f'{beside:.2f}' if beside else ''))
    print(f'{machine.describe()}; {options.model}, {options.words} words in front, {options.tokens} tokens each, {options.threads} threads, {options.rounds} rounds, commit {machine.version()}\n')
    if busy:
        print(busy + '\n')
    print(machine.table(('who', 'agents', 'tokens/s of all', 'to one agent', 'to llama-server'), rows))


if __name__ == '__main__':
    main()
