#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches llama.cpp, which the tests and the bench measure against; with --build, builds its programs.

It comes from the package index as the source of llama-cpp-python, pinned by version and SHA-256. The tests
need only its data (vocabularies with texts and expected tokens, chat templates, cases of grammars): that is unpacked, some 60 MB.
"""
import argparse
import fnmatch
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = 'llama-cpp-python'
VERSION = '0.3.36'
SHA256 = '832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e'
PREFIX = f'llama_cpp_python-{VERSION}/vendor/llama.cpp/'
DATA = ('models/ggml-vocab-*.gguf', 'models/ggml-vocab-*.gguf.inp', 'models/ggml-vocab-*.gguf.out', 'models/templates/*.jinja',
        'grammars/*.gbnf', 'tests/test-grammar-integration.cpp', 'tests/test-grammar-parser.cpp', 'tests/test-json-schema-to-grammar.cpp',
        'tests/test-chat.cpp')
PROGRAMS = ('llama-batched-bench', 'llama-bench', 'llama-imatrix', 'llama-mtmd-cli', 'llama-perplexity', 'llama-quantize', 'llama-tokenize', 'llama-server')
# GCC 12 drops the stores before _tile_loadconfig (), so that the peer's AMX code ends with an illegal instruction: it is left out.
NO_AMX = '-mno-amx-tile -mno-amx-int8 -mno-amx-bf16'
CMAKE = ('-DCMAKE_BUILD_TYPE=Release', '-DGGML_NATIVE=ON', '-DLLAMA_CURL=OFF', '-DLLAMA_OPENSSL=OFF', '-DLLAMA_BUILD_TESTS=OFF',
         '-DLLAMA_BUILD_UI=OFF', '-DLLAMA_USE_PREBUILT_UI=OFF')


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)


def flags():
    """What CMake is told; a compiler for another kind of processor does not know AMX at all."""
    without = (f'-DCMAKE_C_FLAGS={NO_AMX}', f'-DCMAKE_CXX_FLAGS={NO_AMX}') if os.uname().machine == 'x86_64' else ()
    return (*CMAKE, *without)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def stamp_holds(folder, how=()):
    """Whether the folder was filled completely from this very version, in this way."""
    try:
        with open(os.path.join(folder, '.complete')) as file:
            return file.read().split() == stamp(how)
    except OSError:
        return False


def stamp(how):
    return ' '.join((SHA256, *how)).split()


def write_stamp(folder, how=()):
    with open(os.path.join(folder, '.complete'), 'w') as file:
        file.write(' '.join(stamp(how)) + '\n')


def download(folder):
    """Returns the path of the archive, checked."""
    print(f'Fetching the source of {PACKAGE} {VERSION} (77 MB), the peer that the numbers are checked against', flush=True)
    # pip asks a source distribution for its metadata before it keeps it; it does so in an environment of its own.
    result = subprocess.run([sys.executable, '-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--no-input',
                             '--disable-pip-version-check', '--no-binary', PACKAGE, '-d', folder, f'{PACKAGE}=={VERSION}'],
                            stderr=subprocess.PIPE, text=True)
    archives = [name for name in os.listdir(folder) if name.endswith('.tar.gz')]
    if result.returncode != 0 or len(archives) != 1:
        print(result.stderr, file=sys.stderr)
        fail(f'The source of {PACKAGE} {VERSION} could not be downloaded. The lines above are pip\'s own words.')
    path = os.path.join(folder, archives[0])
    if sha256(path) != SHA256:
        fail(f'The source of {PACKAGE} {VERSION} has not the checksum that this project expects. It was not used.')
    return path


def unpack(archive, target, patterns):
    """Unpacks plain files and folders only, and only those inside the peer's own folder."""
    count = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile() or not member.name.startswith(PREFIX):
                continue
            name = member.name[len(PREFIX):]
            if '..' in name.split('/') or (patterns and not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)):
                continue
            path = os.path.join(target, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with tar.extractfile(member) as source, open(path, 'wb') as output:
                shutil.copyfileobj(source, output)
            os.chmod(path, 0o755 if member.mode & 0o100 else 0o644)
            count += 1
    return count


def replace(fresh, target):
    write_stamp(fresh, DATA)
    shutil.rmtree(target, ignore_errors=True)
    os.replace(fresh, target)


def fetch_data(target, archive):
    parent = os.path.dirname(target)
    with tempfile.TemporaryDirectory(prefix='.peer-', dir=parent) as scratch:
        fresh = os.path.join(scratch, 'data')
        os.mkdir(fresh)
        count = unpack(archive(scratch), fresh, DATA)
        # The tests look for a vocabulary or a template by its name alone.
        for name in os.listdir(os.path.join(fresh, 'models')):
            os.replace(os.path.join(fresh, 'models', name), os.path.join(fresh, name))
        os.rmdir(os.path.join(fresh, 'models'))
        replace(fresh, target)
    print(f'{count} files of the peer\'s test data are in {target}')


def build(target, archive):
    parent = os.path.dirname(target)
    with tempfile.TemporaryDirectory(prefix='.peer-', dir=parent) as scratch:
        source = os.path.join(target, 'source')
        if not os.path.exists(os.path.join(source, 'CMakeLists.txt')):
            fresh = os.path.join(scratch, 'source')
            os.mkdir(fresh)
            unpack(archive(scratch), fresh, ())
            os.makedirs(target, exist_ok=True)
            shutil.rmtree(source, ignore_errors=True)
            os.replace(fresh, source)
    log_path = os.path.join(target, 'build.log')
    print(f'Building the peer in {target} (about 12 minutes on two cores; the log is {log_path})', flush=True)
    with open(log_path, 'w') as log:
        steps = (['cmake', '-S', source, '-B', os.path.join(target, 'build'), '-G', 'Ninja', *flags()],
                 ['cmake', '--build', os.path.join(target, 'build'), '--target', *PROGRAMS])
        for step in steps:
            if subprocess.run(step, stdout=log, stderr=subprocess.STDOUT).returncode != 0:
                fail(f'The peer could not be built. See {log_path}.')
    for program in PROGRAMS:
        if not os.access(os.path.join(target, 'build', 'bin', program), os.X_OK):
            fail(f'The peer was built, but {program} is not there. See {log_path}.')
    write_stamp(target, (*flags(), *PROGRAMS))
    print(f'The peer\'s programs are in {target}/build/bin')


def main():
    parser = argparse.ArgumentParser(description='Fetches and builds llama.cpp.')
    parser.add_argument('--data', help='where its test data goes')
    parser.add_argument('--build', help='where its programs are built')
    arguments = parser.parse_args()

    archives = []

    def archive(scratch):
        if not archives:
            archives.append(download(scratch))
        return archives[0]

    if arguments.data and not stamp_holds(arguments.data, DATA):
        os.makedirs(os.path.dirname(arguments.data), exist_ok=True)
        fetch_data(os.path.abspath(arguments.data), archive)
        archives.clear()
    if arguments.build and not stamp_holds(arguments.build, (*flags(), *PROGRAMS)):
        os.makedirs(os.path.dirname(arguments.build), exist_ok=True)
        build(os.path.abspath(arguments.build), archive)


if __name__ == '__main__':
    main()
