# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns with a real server: llama-server on the loopback, asked by the application's own code and, beside it, by a plain client.

A whole answer, one that is stopped in the middle, and that one again. After the stop the server must be idle at once: nobody listens any more.
"""
import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

MODEL = 'smollm2-135m-instruct'
START_SECONDS = 120
STOP_SECONDS = 5
NOTE = 'Write a long story about a lighthouse keeper and the sea.'
TOKENS = 200


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def get(port, path):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    try:
        connection.request('GET', path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


class Server:
    def __init__(self, program, model, threads, log):
        self.port = free_port()
        self.process = subprocess.Popen([program, '--model', model, '--host', '127.0.0.1', '--port', str(self.port), '--ctx-size', '4096', '--parallel', '1',
                                         '--threads', str(threads), '--predict', str(TOKENS), '--slots', '--no-webui'], stdout=log, stderr=subprocess.STDOUT)

    def wait(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                sys.exit(f'llama-server ended with {self.process.returncode}; see its log.')
            try:
                if get(self.port, '/health')[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit(f'llama-server was not ready after {START_SECONDS} s.')

    def is_idle(self):
        status, body = get(self.port, '/slots')
        if status != 200:
            sys.exit(f'llama-server says {status} when it is asked what it does.')
        return not any(slot['is_processing'] for slot in json.loads(body))

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def plain(port):
    """The same question from a client that does nothing else: ms to the first word, tokens, tokens/s."""
    body = json.dumps({'messages': [{'role': 'user', 'content': NOTE}], 'stream': True, 'stream_options': {'include_usage': True}, 'temperature': 0.7})
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=120)
    begin = time.monotonic()
    first = last = None
    tokens = 0
    connection.request('POST', '/v1/chat/completions', body, {'Content-Type': 'application/json'})
    for line in connection.getresponse():
        if not line.startswith(b'data: {'):
            continue
        event = json.loads(line[6:])
        tokens = (event.get('usage') or {}).get('completion_tokens', tokens)
        if event['choices'] and event['choices'][0]['delta'].get('content'):
            last = time.monotonic()
            first = first or last
    connection.close()
    return (first - begin) * 1000, tokens, (tokens - 1) / (last - first)


def row(*cells):
    print('| ' + ' | '.join(f'{cell:<18}' if index == 0 else f'{cell:>12}' for index, cell in enumerate(cells)) + ' |', flush=True)


def turns(server, program):
    """Runs the program, and looks at the server when the answer was stopped."""
    one = subprocess.Popen([program, f'http://127.0.0.1:{server.port}'], stdout=subprocess.PIPE, text=True, env={**os.environ, 'SECRET_BACKEND': 'file'})
    for line in one.stdout:
        step, *cells = line.rstrip('\n').split('\t')
        if step == 'model':
            print(f'{cells[0]} on {cells[2]}, {cells[1]} tokens of context\n')
            row('step', 'ended', 'bytes', 'tokens', 'first word', 'tokens/s', 'received', 'connection')
            row('---', *['---:'] * 7)
            continue
        row(step, *cells[:3], f'{float(cells[3]):.0f} ms', *cells[4:])
    if one.wait():
        sys.exit(f'{os.path.basename(program)} failed.')


def stopped_at_once(server):
    """What a client that goes away leaves behind: seconds until the server is idle."""
    connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=60)
    connection.request('POST', '/v1/chat/completions', json.dumps({'messages': [{'role': 'user', 'content': NOTE}], 'stream': True}), {'Content-Type': 'application/json'})
    connection.getresponse().readline()
    connection.close()
    begin = time.monotonic()
    while not server.is_idle():
        if time.monotonic() - begin > STOP_SECONDS:
            sys.exit(f'The server is still at work {STOP_SECONDS} s after its client went away.')
        time.sleep(0.01)
    return time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', required=True)
    parser.add_argument('--threads', type=int, default=1, help='of the server: what is measured is the way to it')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, 'log'), 'w') as log:
        os.environ['SECRET_FILE_TEST_PATH'] = os.path.join(folder, 'keyring')
        os.environ['SECRET_FILE_TEST_PASSWORD'] = 'test'
        server = Server(os.path.join(args.peers, 'build/bin/llama-server'), os.path.join(args.models, MODEL + '.gguf'), args.threads, log)
        try:
            server.wait()
            turns(server, os.path.join(args.build, 'tests/app/remote-turn'))
            first, tokens, speed = plain(server.port)
            row('a plain client', 'done', '', tokens, f'{first:.0f} ms', f'{speed:.1f}', '', '')
            print(f'\nThe server is idle {stopped_at_once(server) * 1000:.0f} ms after a client went away.')
        finally:
            server.stop()


if __name__ == '__main__':
    main()
