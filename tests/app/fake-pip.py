#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for pip in the tests of downloads.

    fake-pip.py SHELF config list             says what is in SHELF/config; fails with what is in SHELF/confused
    fake-pip.py SHELF download --help         names the index that it takes when none is set
    fake-pip.py SHELF download --no-deps -d DIR NAME==VERSION

SHELF has a folder NAME for each package, with the file `part` that its wheel shall carry, and may have
files that say how it goes: `fail` (a sentence: fail once with it), `hang` (write half, then wait),
`beside` (a second member), `wrong` (another member name), `short` (half of the part), `cut` (half of the wheel). Each download is noted in SHELF/log.
"""
import io
import os
import shutil
import sys
import time
import zipfile

shelf = sys.argv[1]


def bytes_of(name):
    try:
        with open(os.path.join(shelf, name), 'rb') as file:
            return file.read()
    except FileNotFoundError:
        return b''


if sys.argv[2:] == ['config', 'list']:
    os.write(1, bytes_of('config'))
    os.write(2, bytes_of('confused'))
    sys.exit(1 if bytes_of('confused') else 0)
if sys.argv[2:] == ['download', '--help']:
    print('Package Index Options:\n'
          '  -i, --index-url <url>       Base URL of the Python Package Index (default https://usual.example/simple). This should point to more.\n'
          '  --extra-index-url <url>     Extra URLs of package indexes to use in addition to --index-url.')
    sys.exit()

command, no_deps, option, target, requirement = sys.argv[2:]
assert (command, no_deps, option) == ('download', '--no-deps', '-d'), sys.argv
name, version = requirement.split('==')
folder = os.path.join(shelf, name)
with open(os.path.join(shelf, 'log'), 'a') as log:
    log.write(requirement + '\n')


def has(what):
    return os.path.exists(os.path.join(folder, what))


if not os.path.isdir(folder):
    sys.exit(f'ERROR: Could not find a version that satisfies the requirement {requirement}')
if has('fail'):
    with open(os.path.join(folder, 'fail')) as file:
        sentence = file.read()
    os.unlink(os.path.join(folder, 'fail'))
    sys.exit('WARNING: Retrying\n' + sentence)

with open(os.path.join(folder, 'part'), 'rb') as file:
    part = file.read()
if has('short'):
    part = part[:len(part) // 2]
module = name.replace('-', '_')
wheel = io.BytesIO()
with zipfile.ZipFile(wheel, 'w', zipfile.ZIP_STORED) as archive:
    archive.writestr(f'{module}/__init__.py', 'raise SystemExit ("nothing of a package may be run")\n')
    if has('beside'):
        archive.writestr(f'{module}/data/beside.txt', bytes_of(f'{name}/beside'))
    archive.writestr('../outside' if has('wrong') else f'{module}/data/part.bin', part)
data = wheel.getvalue()
if has('cut'):
    data = data[:len(data) // 2]

path = os.path.join(os.environ['TMPDIR'], 'unpack')
with open(path, 'wb') as file:
    file.write(data[:len(data) // 2])
    file.flush()
    while has('hang'):
        time.sleep(0.02)
    file.write(data[len(data) // 2:])
shutil.move(path, os.path.join(target, f'{module}-{version}-py3-none-any.whl'))
