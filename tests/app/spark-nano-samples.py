#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the questions that test-app-spark-nano asks: N.png, N.wav and questions.tsv, by data/spark-nano/samples.py.

That needs packages that no Debian has in these versions: pip fetches them, pinned by SHA-256, into a folder of the user's data.
Both are done once, and again when what they are made of has changed.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / 'data' / 'spark-nano'
REQUIREMENTS = SCRIPTS / 'requirements.txt'
MADE_BY = ('samples.py', 'cases.py', 'questions.py', 'scenes.py', 'voices.py', 'words.py', 'requirements.txt')
COUNT = 1000


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)


def stamp(paths, *how):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return ' '.join((digest.hexdigest(), *how))


def holds(folder, wanted):
    try:
        return (folder / '.complete').read_text() == wanted
    except OSError:
        return False


def replace(folder, wanted, fill):
    """Fills a fresh folder and puts it in the place of the old one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='.spark-nano-', dir=folder.parent) as scratch:
        fresh = pathlib.Path(scratch) / 'new'
        fresh.mkdir()
        fill(fresh)
        (fresh / '.complete').write_text(wanted)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)


def install(folder):
    print('Fetching NumPy and Pillow (24 MB), which draw the pictures that Spark Nano is asked about', flush=True)
    result = subprocess.run([sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-input', '--disable-pip-version-check', '--only-binary', ':all:', '--require-hashes',
                             '--target', folder, '-r', REQUIREMENTS], stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        print(result.stderr, file=sys.stderr)
        fail(f'The packages of {REQUIREMENTS} could not be installed. The lines above are pip\'s own words.')


def main():
    parser = argparse.ArgumentParser(description='Makes the questions that Spark Nano is examined with.')
    parser.add_argument('--packages', type=pathlib.Path, required=True, help='where NumPy and Pillow go')
    parser.add_argument('--target', type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    packages, target = arguments.packages.absolute(), arguments.target.absolute()

    wanted = stamp([REQUIREMENTS], sys.version.split()[0])
    if not holds(packages, wanted):
        replace(packages, wanted, install)

    def draw(folder):
        result = subprocess.run([sys.executable, SCRIPTS / 'samples.py', folder, '--count', str(COUNT)],
                                env={**os.environ, 'PYTHONPATH': str(packages), 'PYTHONDONTWRITEBYTECODE': '1'})
        if result.returncode != 0:
            fail('The questions for Spark Nano could not be made. The lines above say why.')

    wanted = stamp([SCRIPTS / name for name in MADE_BY], str(COUNT))
    if not holds(target, wanted):
        replace(target, wanted, draw)


if __name__ == '__main__':
    main()
