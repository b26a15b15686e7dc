#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets pages try everything to get out of the preview (vectors.py), and counts the packets.

  escape.py PROGRAM RUN-HEADLESS

The pages are shown in a network namespace of its own, with a default route to another one, in which every packet is looked at and names are resolved: with only a loopback, WebKit does not try most of it.
First they are shown in a bare view of WebKit, where each has to succeed (or vectors.py says why it cannot), and then in a UiPreview: no packet at all, and a line in the console for each.
Works as root and as an ordinary user whose kernel allows user namespaces. Where there are no namespaces it fails: nothing would be known.
"""
import ctypes
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from vectors import ASKS, LEAVES, LOADS, SILENT, SOMETIMES  # noqa: E402

CLONE_NEWNET = 0x40000000
HERE, THERE = '10.88.0.2', '10.88.0.1'
# How long a page may try, in ms, at least and at most: it is ended when what it should do is seen. What should not happen has the first number.
BARE_MS, GUARDED_MS = (1500, 30000), (1500, 20000)


def host(number):
    return f'v{number}.melete.test'


def address(number):
    return f'198.51.100.{number}'


# ---- the other side: every packet, and the names ----

class Packets:
    """What came out: by the number of whose it is, and what is nobody's."""

    def __init__(self):
        self.by_number = {}
        self.others = []

    def add(self, number, what):
        self.by_number.setdefault(number, set()).add(what)


def name_in(data):
    """The name that a DNS query asks for, and its type."""
    labels, at = [], 12
    while at < len(data) and data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode('latin-1'))
        at += 1 + data[at]
    return '.'.join(labels), data[at + 1:at + 3]


def look(frame):
    """(number or None, what) of a packet that matters; None for the kernel's own."""
    kind = struct.unpack('!H', frame[12:14])[0]
    packet = frame[14:]
    if kind == 0x86dd:
        # Neighbours and groups: the kernel's.
        if packet[6] in (0, 58):
            return None
        return None, f'IPv6 protocol {packet[6]}'
    if kind != 0x0800:
        return None
    protocol, to = packet[9], socket.inet_ntoa(packet[16:20])
    if protocol == 2:
        return None
    rest = packet[(packet[0] & 15) * 4:]
    port = struct.unpack('!H', rest[2:4])[0] if protocol in (6, 17) else 0
    if protocol == 17 and port == 53:
        name, _ = name_in(rest[8:])
        match = re.search(r'v(\d+)\.melete\.test$', name)
        return (int(match[1]) if match else None), f'DNS {name}'
    match = re.fullmatch(r'198\.51\.100\.(\d+)', to)
    return (int(match[1]) if match else None), f'{ {6: "TCP", 17: "UDP"}.get(protocol, protocol) } {to}:{port}'


def answer(server):
    while True:
        data, peer = server.recvfrom(2000)
        name, kind = name_in(data)
        match = re.search(r'v(\d+)\.melete\.test$', name)
        found = match and kind == b'\0\1'
        question = data[12:12 + len(name) + 2 + 4]
        reply = data[:2] + (b'\x81\x80' if match else b'\x81\x83') + b'\0\1' + (b'\0\1' if found else b'\0\0') + b'\0\0\0\0' + question
        if found:
            reply += b'\xc0\x0c\0\1\0\1\0\0\0\x01\0\4' + socket.inet_aton(address(int(match[1])))
        server.sendto(reply, peer)


def other_side(ready, wire):
    """The child: a namespace of its own; writes a line of JSON for each packet that came from the pages'."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        os._exit(1)
    os.write(ready, b'n')
    # Until the other end has been moved here.
    for _ in range(100):
        if os.path.exists('/sys/class/net/out1') or 'out1' in subprocess.run(['ip', 'link'], capture_output=True, text=True).stdout:
            break
        time.sleep(0.05)
    for command in ('link set lo up', f'addr add {THERE}/24 dev out1', 'addr add fd00:88::1/64 dev out1 nodad', 'link set out1 up', 'route add local 198.51.100.0/24 dev lo'):
        subprocess.run(['ip', *command.split()], check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((THERE, 53))
    threading.Thread(target=answer, args=(server,), daemon=True).start()
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    raw.bind(('out1', 3))
    os.write(ready, b'r')
    with os.fdopen(wire, 'w', buffering=1) as out:
        while True:
            frame, where = raw.recvfrom(65536)
            # Only what comes in.
            if where[2] == socket.PACKET_OUTGOING:
                continue
            found = look(frame)
            if found:
                out.write(json.dumps(found) + '\n')


class Network:
    """This process's namespace with a way out to a child's."""

    def __init__(self):
        ready_in, ready_out = os.pipe()
        wire_in, wire_out = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            try:
                other_side(ready_out, wire_out)
            finally:
                os._exit(1)
        os.close(ready_out)
        os.close(wire_out)
        if os.read(ready_in, 1) != b'n':
            raise OSError('the second network namespace was refused')
        for command in ('link set lo up', f'link add out0 type veth peer name out1 netns {self.child}', f'addr add {HERE}/24 dev out0', 'addr add fd00:88::2/64 dev out0 nodad',
                        'link set out0 up', f'route add default via {THERE}', '-6 route add default via fd00:88::1'):
            subprocess.run(['ip', *command.split()], check=True)
        if os.read(ready_in, 1) != b'r':
            raise OSError('the other end of the network did not start')
        self.packets = Packets()
        threading.Thread(target=self._read, args=(wire_in,), daemon=True).start()

    def _read(self, wire):
        with os.fdopen(wire) as lines:
            for line in lines:
                number, what = json.loads(line)
                if number is None:
                    self.packets.others.append(what)
                else:
                    self.packets.add(number, what)

    def take(self):
        time.sleep(0.3)
        packets, self.packets = self.packets, Packets()
        return packets

    def close(self):
        os.kill(self.child, 9)
        os.waitpid(self.child, 0)


# ---- the pages ----

def fill(html, number):
    for mark, value in (('{u}', f'https://{host(number)}/'), ('{h}', host(number)), ('{ip}', address(number)), ('{n}', str(number))):
        html = html.replace(mark, value)
    return html


def numbered():
    """(number, name, html, impossible, sign, page)"""
    number = 0
    for group, page in ((LOADS, 'loads.html'), (LEAVES, None)):
        for name, html, impossible, sign in group:
            number += 1
            yield number, name, fill(html, number), impossible, sign, page or f'leave-{number}.html'


def write_pages(folder):
    pages = {}
    for number, name, html, _, _, page in numbered():
        pages.setdefault(page, []).append(html)
    for page, parts in pages.items():
        kind = 'loads' if page == 'loads.html' else 'leaves'
        os.makedirs(os.path.join(folder, kind), exist_ok=True)
        with open(os.path.join(folder, kind, page), 'w', encoding='utf-8') as file:
            file.write('<!doctype html><meta charset="utf-8"><title>secret</title><body><p>A page</p>\n' + '\n'.join(parts) + '\n')
    os.makedirs(os.path.join(folder, 'asks'))
    for index, (name, html) in enumerate(ASKS):
        with open(os.path.join(folder, 'asks', f'ask-{index}.html'), 'w', encoding='utf-8') as file:
            file.write('<!doctype html><meta charset="utf-8"><title>x</title><body><p>A page</p>\n' + fill(html, 0) + '\n')


def show(program, headless, mode, folder, milliseconds, environment, is_done):
    """{page: [(what, text)]}; `is_done (page, said)` says whether all was seen that a page should do."""
    said = {}
    waiting = set(os.listdir(folder))
    with tempfile.TemporaryFile('w+', errors='replace') as errors, subprocess.Popen(
            [headless, program, mode, folder, *map(str, milliseconds)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, errors='replace') as process:
        def read():
            for line in process.stdout:
                if line.startswith('{'):
                    entry = json.loads(line)
                    said.setdefault(entry['page'], []).append((entry['what'], entry['text']))

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        end = time.monotonic() + 240
        while process.poll() is None:
            if time.monotonic() > end:
                process.kill()
                raise OSError(f'{os.path.basename(program)} {mode} did not end')
            for page in sorted(waiting):
                if is_done(page, list(said.get(page, ()))):
                    waiting.remove(page)
                    try:
                        process.stdin.write(page + '\n')
                        process.stdin.flush()
                    except BrokenPipeError:
                        pass
            time.sleep(0.1)
        reader.join()
        if process.returncode != 0:
            errors.seek(0)
            raise OSError(f'{os.path.basename(program)} {mode} ended with {process.returncode}:\n{errors.read()[-2000:]}')
    return said


# ---- judging ----

class Tap:
    def __init__(self):
        self.count = self.bad = 0

    def say(self, good, name, why=()):
        self.count += 1
        self.bad += not good
        for line in why:
            print(f'# {line}')
        print(f'{"ok" if good else "not ok"} {self.count} {name}', flush=True)


def judge_bare(tap, packets):
    for number, name, _, impossible, _, _ in numbered():
        found = sorted(packets.by_number.get(number, ()))
        if impossible is None:
            tap.say(bool(found), f'defences off: {name} gets out' + (f' ({found[0]})' if found else ''))
        elif impossible.startswith(SOMETIMES):
            tap.say(True, f'defences off: {name} {"gets out" if found else "does not get out this time"}: {impossible[len(SOMETIMES):]}')
        else:
            # If WebKit learns it, the list has to.
            tap.say(not found, f'defences off: {name} does not get out: {impossible}', found)


def sign_of(number, sign):
    return re.compile(re.escape(host(number)) if sign is None else fill(sign, number))


def is_silent(sign):
    return sign is not None and sign.startswith(SILENT)


def lines_of(said):
    return [text for what, text in said if what == 'entry']


def judge_guarded(tap, packets, said):
    everything = [what for found in packets.by_number.values() for what in found] + packets.others
    tap.say(not everything, 'defences on: not one packet', sorted(set(everything))[:40])
    for number, name, _, _, sign, page in numbered():
        lines = lines_of(said.get(page, ()))
        if 'of the machine' in name and any('READ' in line for line in lines):
            tap.say(False, f'defences on: {name} is not read', lines[:5])
        elif is_silent(sign):
            tap.say(True, f'defences on: {name} leaves no line: {sign[len(SILENT):]}')
        else:
            pattern = sign_of(number, sign)
            seen = any(pattern.search(line) for line in lines)
            tap.say(seen, f'defences on: {name} is in the console', [] if seen else [f'no line says {pattern.pattern}', *lines[:6]])


def judge_asks(tap, said):
    for index, (name, _) in enumerate(ASKS):
        told = [json.loads(text) for what, text in said.get(f'ask-{index}.html', ()) if what == 'said']
        tap.say(bool(told) and all(word in ('denied', 'absent', 'default') for word in told), f'{name} is not had: {", ".join(told) or "the page said nothing"}')


def inside(program, headless):
    tap = Tap()
    if shutil.which('ip') is None:
        print('1..1\n# The network cannot be set up without the program ip. Install iproute2.\nnot ok 1 escape suite')
        return 1
    with tempfile.TemporaryDirectory(prefix='melete-escape-') as folder:
        # Names are asked of the other side alone.
        for path, text in (('/etc/resolv.conf', f'nameserver {THERE}\noptions timeout:1 attempts:1\n'), ('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n')):
            own = os.path.join(folder, os.path.basename(path))
            with open(own, 'w') as file:
                file.write(text)
            subprocess.run(['mount', '--bind', own, os.path.realpath(path)], check=True)
        environment = {**os.environ, 'HOME': os.path.join(folder, 'home'), 'XDG_RUNTIME_DIR': os.path.join(folder, 'run')}
        for name in ('XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'):
            environment.pop(name, None)
        os.makedirs(environment['HOME'])
        os.makedirs(environment['XDG_RUNTIME_DIR'], mode=0o700)
        pages = os.path.join(folder, 'pages')
        write_pages(pages)
        network = Network()
        try:
            print(f'1..{2 * (len(LOADS) + len(LEAVES)) + 1 + len(ASKS)}', flush=True)
            wanted = {}
            for number, _, _, impossible, _, page in numbered():
                if impossible is None:
                    wanted.setdefault(page, set()).add(number)
            for kind in ('loads', 'leaves'):
                show(program, headless, 'bare', os.path.join(pages, kind), BARE_MS, environment, lambda page, said: wanted.get(page, set()) <= set(network.packets.by_number))
            judge_bare(tap, network.take())

            signs = {}
            for number, _, _, _, sign, page in numbered():
                if not is_silent(sign):
                    signs.setdefault(page, []).append(sign_of(number, sign))
            said = {}

            def has_said(page, so_far):
                if page.startswith('ask-'):
                    return any(what == 'said' for what, _ in so_far)
                return all(any(sign.search(line) for line in lines_of(so_far)) for sign in signs.get(page, ()))

            for kind in ('loads', 'leaves', 'asks'):
                said.update(show(program, headless, 'guarded', os.path.join(pages, kind), GUARDED_MS, environment, has_said))
            judge_guarded(tap, network.take(), said)
            judge_asks(tap, said)
        except (OSError, subprocess.SubprocessError) as error:
            print(f'Bail out! {error}'.replace('\n', '\n# '))
            return 1
        finally:
            network.close()
    return 1 if tap.bad else 0


def main():
    if sys.argv[1] == '--inside':
        return inside(*sys.argv[2:])
    # Root may simply do it; others, and root in a container without rights, by way of a user namespace.
    for own in ([], ['--user', '--map-root-user']):
        if own == [] and os.getuid() != 0:
            continue
        begin = ['unshare', *own, '--net', '--mount']
        if subprocess.run([*begin, 'true'], stderr=subprocess.DEVNULL).returncode == 0:
            return subprocess.run([*begin, sys.executable, os.path.abspath(__file__), '--inside', *sys.argv[1:]]).returncode
    print('1..1\n# There are no network namespaces here, so it cannot be seen what a page sends. Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or run this as root.\n'
          'not ok 1 escape suite')
    return 1


if __name__ == '__main__':
    sys.exit(main())
