# SPDX-License-Identifier: GPL-3.0-or-later
"""Configures and builds what the tests need beside the release build."""
import json
import os
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The build with checks: of the fuzz targets, and of the tests that run with sanitizers.
CHECKED = ('-Dfuzz=true', '--buildtype=debugoptimized', '-Db_sanitize=address,undefined', '-Db_lundef=false')
CHECKED_ENVIRONMENT = {'CC': 'clang-14'}

SANITIZERS = {
    'ASAN_OPTIONS': 'abort_on_error=0:exitcode=99:detect_stack_use_after_return=1:allocator_may_return_null=1',
    'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
    'LSAN_OPTIONS': f'suppressions={ROOT}/tests/lsan.supp:print_suppressions=0',
}


def last_lines(text, count=40):
    lines = [line for line in text.splitlines() if line.strip()]
    return '\n'.join(lines[-count:])


def programs_in(build, folders):
    """What is built in these folders, as ninja names it."""
    result = subprocess.run(['meson', 'introspect', '--targets', build], stdout=subprocess.PIPE, text=True)
    names = [os.path.relpath(path, os.path.abspath(build)) for target in json.loads(result.stdout)
             if target['type'] == 'executable' for path in target['filename']]
    return [name for name in names if name.startswith(folders)]


def configure(build, options, environment, folders, generated=()):
    """Configures and builds the programs of some folders, and other files by name; returns what went wrong, or None."""
    environment = {**os.environ, **environment}
    if not os.path.exists(os.path.join(build, 'build.ninja')):
        shutil.rmtree(build, ignore_errors=True)
        result = subprocess.run(['meson', 'setup', build, *options], env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            return last_lines(result.stdout)
    # First what meson itself would do anew, so that a target that was just added is known.
    for step in (lambda: ['build.ninja'], lambda: [*programs_in(build, folders), *generated]):
        result = subprocess.run(['ninja', '-C', build, *step()], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            break
    if result.returncode != 0:
        return last_lines('\n'.join(line for line in result.stdout.splitlines() if not re.match(r'\[\d+/\d+\]', line)), 60)
    return None
