#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks what a compiler does not, and says it in TAP. Each check returns a list of problems; none is a pass."""
import argparse
import ast
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOMS = ('engine', 'media', 'app', 'ui')
# What each room may include of the others: the arrows of ARCHITECTURE.md.
MAY_KNOW = {'engine': (), 'media': (), 'app': ('engine', 'media'), 'ui': ('app', 'media')}
WIDGETS = re.compile(r'#\s*include\s*<(gtk/|adwaita|gdk/|gtksourceview)')
GLIB = re.compile(r'#\s*include\s*<(glib|gio/|gobject/|gmodule|gtk/|gdk|adwaita|json-glib|pango|cairo)')
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
TEXT = ('.c', '.h', '.def', '.py', '.sh', '.md', '.json', '.xml', '.ui', '.css', '.in', '.svg', '.build', '.txt', '.po', '.yml')


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', **options)


def tracked():
    """Every file of the project as git sees it, or as it lies here where there is no git."""
    if shutil.which('git') and os.path.exists('.git'):
        result = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], stdout=subprocess.PIPE)
        if result.returncode == 0 and result.stdout:
            return sorted(name for name in result.stdout.decode().split('\0') if name and os.path.isfile(name))
    names = []
    for root, folders, files in os.walk('.'):
        folders[:] = [name for name in folders if not name.startswith(('build', '.git', '__pycache__'))]
        names += [os.path.relpath(os.path.join(root, name)) for name in files]
    return sorted(names)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def room_of(path):
    return path.split('/')[0]


class Lint:
    def __init__(self, build, fix):
        self.build = build
        self.fix = fix
        self.files = tracked()
        self.sources = [path for path in self.files if path.endswith(('.c', '.h'))]
        self.text = [path for path in self.files if path.endswith(TEXT) or os.path.basename(path) in ('dev', 'run', 'POTFILES.in', 'LINGUAS')]
        self.text = [path for path in self.text if not path.startswith(('tests/fuzz/corpus/', 'tests/numbers/answers/')) and '/golden/' not in path]

    def shell_scripts_are_clean(self):
        scripts = [path for path in self.files if path in ('dev', '.ci/run') or path.endswith('.sh')]
        result = run(['shellcheck', *scripts])
        return result.stdout.splitlines() if result.returncode else []

    def python_files_parse(self):
        problems = []
        for path in self.files:
            if path.endswith('.py'):
                try:
                    ast.parse(read(path), path)
                except SyntaxError as error:
                    problems.append(f'{path}:{error.lineno}: {error.msg}')
        return problems

    def text_is_tidy(self):
        problems = []
        # Characters that one does not see, among them those that turn the direction of the text around.
        hidden = re.compile('[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00a0]')
        for path in self.text:
            with open(path, 'rb') as file:
                data = file.read()
            if not data:
                continue
            if b'\r' in data:
                problems.append(f'{path}: has carriage returns')
            if not data.endswith(b'\n'):
                problems.append(f'{path}: does not end with a newline')
            text = data.decode('utf-8', errors='replace')
            for number, line in enumerate(text.splitlines(), 1):
                if line != line.rstrip() and not path.endswith(('.md', '.po')):
                    problems.append(f'{path}:{number}: trailing space')
                if '\t' in line and path.endswith(('.c', '.h', '.py', '.build', '.json', '.ui')):
                    problems.append(f'{path}:{number}: a tab')
                if hidden.search(line) and path.endswith(('.c', '.h', '.py', '.build', '.json', '.ui')):
                    problems.append(f'{path}:{number}: an invisible character; write it as an escape')
        return problems

    def sources_name_their_licence(self):
        problems = []
        for path in self.sources:
            room = path.split('/')[1] if path.startswith('tests/') else room_of(path)
            head = read(path)[:300].splitlines()[:3]
            line = next((row for row in head if 'SPDX-License-Identifier:' in row), None)
            if line is None:
                problems.append(f'{path}: has no SPDX line at its head')
            elif room in ('engine', 'media') and 'SPDX-License-Identifier: MIT' not in line:
                problems.append(f'{path}: {room} is under the MIT licence')
            elif room in ('app', 'ui') and 'GPL-3.0-or-later' not in line:
                problems.append(f'{path}: {room} is under GPL-3.0-or-later')
        for path in self.files:
            if path.endswith(('.py', '.sh')) and 'SPDX-License-Identifier:' not in read(path)[:300]:
                problems.append(f'{path}: has no SPDX line at its head')
        return problems

    def files_are_short(self):
        problems = []
        for path in self.sources:
            text = read(path)
            lines = text.count('\n')
            if lines > 800 and not re.search(r'generated|long because', text[:1500], re.I):
                problems.append(f'{path}: {lines} lines, and no comment at its top says why')
        return problems

    def nothing_is_left_to_do(self):
        word = re.compile(r'\b(TO' r'DO|FIX' r'ME|X' r'XX)\b')
        return [f'{path}:{number}: {line.strip()}' for path in self.sources
                for number, line in enumerate(read(path).splitlines(), 1) if word.search(line)]

    def rooms_know_only_whom_they_may(self):
        problems = []
        for path in self.sources:
            room = room_of(path)
            if room not in ROOMS:
                continue
            text = read(path)
            if room == 'engine' and GLIB.search(text):
                problems.append(f'{path}: the engine knows no GLib')
            if room in ('app', 'media') and WIDGETS.search(text):
                problems.append(f'{path}: {room} knows no widgets')
            for name in INCLUDE.findall(text):
                name = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name.startswith('.') else name
                other = room_of(name)
                if other in ROOMS and other != room and other not in MAY_KNOW[room]:
                    problems.append(f'{path}: includes {name}, and {room} may not know {other}')
        return problems

    def headers_compile_alone(self):
        """Each header with the flags of some source of its folder: one that is for certain instructions needs theirs."""
        flags = {}
        for entry in json.loads(read(os.path.join(self.build, 'compile_commands.json'))):
            path = os.path.relpath(os.path.normpath(os.path.join(entry['directory'], entry['file'])), ROOT)
            words = [word for word in shlex.split(entry['command']) if re.match(r'-(I|D|std|isystem|pthread|m)', word) and word not in ('-MD', '-MQ', '-MF')]
            known = flags.setdefault(os.path.dirname(path), [])
            if path.endswith('.c') and words not in known:
                known.append(words)
        directory = os.path.join(ROOT, self.build)

        def check(header):
            folder = os.path.dirname(header)
            candidates = flags.get(folder) or [words for name in flags if room_of(name) == room_of(header) for words in flags[name]]
            if not candidates:
                return f'{header}: no source of its room is built, so it cannot be checked'
            for words in candidates:
                result = run(['cc', *words, '-I', os.path.join(ROOT, folder), '-fsyntax-only', '-Wall', '-Wstrict-prototypes', '-Wno-unused-function',
                              '-Wno-unused-const-variable', '-Wno-unused-variable', '-include', os.path.join(ROOT, header), '-x', 'c', '/dev/null'], cwd=directory)
                if result.returncode == 0 and 'warning:' not in result.stdout:
                    return None
            return f'{header}: {result.stdout.strip()[:600]}'

        # What has no guard is a template, or a generated table: part of the sources that include it.
        headers = [path for path in self.sources if path.endswith('.h') and room_of(path) in ROOMS and '#pragma once' in read(path)]
        # What is for another machine is checked there.
        other = 'arm' if os.uname().machine == 'x86_64' else 'x86'
        headers = [path for path in headers if f'/{other}/' not in path]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return [problem for problem in pool.map(check, headers) if problem]

    def _files_with_words(self):
        call = re.compile(r'\b(?:N?C?_|gettext|g_dngettext|ngettext|dgettext)\s*\(\s*(?:GETTEXT_PACKAGE\s*,\s*)?"')
        found = set()
        for path in self.files:
            if room_of(path) in ROOMS and path.endswith('.c'):
                # The engine's tool speaks to programmers, in English.
                engine = room_of(path) == 'engine' and not path.startswith('engine/tool/') and 'engine_fail (' in read(path)
                if engine or call.search(read(path)):
                    found.add(path)
            elif room_of(path) == 'ui' and path.endswith('.ui'):
                if re.search(r'translatable="(yes|true|1)"', read(path)):
                    found.add(path)
            elif room_of(path) == 'data' and path.endswith(('.desktop.in', '.metainfo.xml.in', '.gschema.xml')):
                found.add(path)
        return found

    def words_are_translatable(self):
        """POTFILES.in names exactly the files that have words for a person; --fix makes it so."""
        listed = {line.strip() for line in read('po/POTFILES.in').splitlines() if line.strip() and not line.startswith('#')}
        found = self._files_with_words()
        if self.fix and found != listed:
            head = [line for line in read('po/POTFILES.in').splitlines() if line.startswith('#')]
            with open('po/POTFILES.in', 'w') as file:
                file.write('\n'.join([*head, *sorted(found)]) + '\n')
            return []
        problems = [f'po/POTFILES.in: lacks {path}' for path in sorted(found - listed)]
        return problems + [f'po/POTFILES.in: names {path}, which has no words' for path in sorted(listed - found)]

    def translations_are_whole(self):
        """Every word can be read by gettext, and a translation that is there is sound and lacks less than a tenth."""
        problems = []
        with tempfile.TemporaryDirectory() as folder:
            template, merged = os.path.join(folder, 'melete.pot'), os.path.join(folder, 'merged.po')
            result = run(['xgettext', '--from-code=UTF-8', '--files-from=po/POTFILES.in', '--output', template, '--keyword=_', '--keyword=N_',
                          '--keyword=C_:1c,2', '--keyword=NC_:1c,2', '--keyword=g_dngettext:2,3',
                          '--keyword=engine_fail:3', '--flag=engine_fail:3:c-format', '--keyword=broken:2', '--flag=broken:2:c-format'])
            if result.returncode:
                return [result.stdout]
            # A sentence that is put together with a macro of GLib ends for gettext where the macro begins.
            problems += [f'gettext reads only the beginning of "{words}": use a plain format such as %zu' for words in
                         re.findall(r'^msgid (?:""\n(?:".*"\n)*)?"(.*[^%]%)"$', read(template), re.M)]
            total = len(re.findall(r'^msgid ', read(template), re.M)) - 1
            for language in [line.strip() for line in read('po/LINGUAS').splitlines() if line.strip() and not line.startswith('#')]:
                path = f'po/{language}.po'
                result = run(['msgfmt', '--check', '--output-file', os.devnull, path])
                if result.returncode:
                    problems.append(result.stdout)
                    continue
                run(['msgmerge', '--quiet', '--no-fuzzy-matching', '--output-file', merged, path, template])
                missing = re.findall(r'^msgid ', run(['msgattrib', '--untranslated', '--no-obsolete', merged]).stdout, re.M)
                if len(missing) - 1 > total / 10:
                    problems.append(f'{path}: {len(missing) - 1} of {total} sentences are not translated')
        return problems

    def desktop_files_are_valid(self):
        problems = []
        data = os.path.join(self.build, 'data')
        for command in (['desktop-file-validate', f'{data}/org.melete.Melete.desktop'],
                        ['appstreamcli', 'validate', '--no-net', f'{data}/org.melete.Melete.metainfo.xml'],
                        ['glib-compile-schemas', '--strict', '--dry-run', 'data']):
            result = run(command)
            if result.returncode:
                problems.append(f'{shlex.join(command)}: {result.stdout.strip()}')
        return problems

    def flatpak_manifest_is_true(self):
        path = 'flatpak/org.melete.Melete.json'
        # It leaves a folder where it runs.
        with tempfile.TemporaryDirectory() as folder:
            result = run(['flatpak-builder', '--show-manifest', os.path.join(ROOT, path)], cwd=folder)
        problems = []
        if result.returncode:
            return [result.stdout]
        # Unknown keys are only warned about.
        problems += [line for line in result.stdout.splitlines() if 'warning' in line.lower() or 'unknown property' in line.lower()]
        manifest = json.loads(read(path))
        for argument in manifest['finish-args']:
            if argument.startswith(('--filesystem', '--device=all', '--socket=session-bus', '--socket=system-bus', '--talk-name=org.freedesktop.Flatpak')):
                problems.append(f'{path}: {argument} opens more than the application needs')
        for module in manifest['modules']:
            for source in module.get('sources', []) if isinstance(module, dict) else []:
                if source['type'] in ('archive', 'file') and 'url' in source and not re.fullmatch(r'[0-9a-f]{64}', source.get('sha256', '')):
                    problems.append(f'{path}: {module["name"]} has a source without a SHA-256')
                if source['type'] == 'git' and not re.fullmatch(r'[0-9a-f]{40}', source.get('commit', '')):
                    problems.append(f'{path}: {module["name"]} has a source without a commit')
        if manifest['id'] != 'org.melete.Melete' or manifest['command'] != 'melete':
            problems.append(f'{path}: does not name this application')
        return problems

    def markup_is_well_formed(self):
        problems = []
        for path in self.files:
            if path.endswith(('.ui', '.xml', '.svg', '.xml.in')) and not path.startswith('tests/'):
                try:
                    ElementTree.parse(path)
                except ElementTree.ParseError as error:
                    problems.append(f'{path}: {error}')
        return problems

    def catalogue_adds_up(self):
        problems = []
        models = json.loads(read('data/models.json'))['models']
        words = read('app/app-catalogue-words.c')
        ids = [model['id'] for model in models]
        if len(set(ids)) != len(ids):
            problems.append('data/models.json: an id is there twice')
        for role in ('starter', 'recommended'):
            if sum(model[role] for model in models) != 1:
                problems.append(f'data/models.json: exactly one model must be the {role} one')
        for model in models:
            packages = model['source']['packages']
            if 'convert' not in model['source'] and sum(package['bytes'] for package in packages) != model['bytes']:
                problems.append(f'data/models.json: the parts of {model["id"]} are not as long as the whole')
            if not re.fullmatch(r'[0-9a-f]{64}', model['sha256']):
                problems.append(f'data/models.json: the checksum of {model["id"]} is not a SHA-256')
            if any(not re.fullmatch(r'[0-9][0-9A-Za-z.]*', package['version']) for package in packages):
                problems.append(f'data/models.json: a package of {model["id"]} is not pinned')
            re.compile(model['source']['member'])
            if f'N_("{model["description"]}")' not in words:
                problems.append(f'app/app-catalogue-words.c: lacks the description of {model["id"]}, so that it cannot be translated')
        return problems

    def versions_agree(self):
        version = re.search(r"version: '([^']+)'", read('meson.build'))[1]
        problems = []
        first = re.search(r'^## (?:\[)?([0-9][^\]\s]*)', read('CHANGELOG.md'), re.M)
        if not first or first[1] != version:
            problems.append(f'CHANGELOG.md: its newest entry is not {version}')
        release = ElementTree.parse('data/org.melete.Melete.metainfo.xml.in').find('releases/release')
        if release.get('version') != version:
            problems.append(f'data/org.melete.Melete.metainfo.xml.in: its newest release is not {version}')
        return problems

    def documents_point_somewhere(self):
        """Links and paths lead to files, and every ./dev command that is named exists."""
        problems = []
        commands = set(re.findall(r'^\./dev ([a-z]+)', run(['./dev', 'help']).stdout, re.M))
        for path in self.files:
            if not path.endswith('.md') or path.startswith('tests/'):
                continue
            text = read(path)
            for target in re.findall(r'\]\(([^)#\s]+)(?:#[^)]*)?\)', text) + re.findall(r'src="([^"]+)"', text):
                if not re.match(r'[a-z]+:', target) and not os.path.exists(os.path.join(os.path.dirname(path), target)):
                    problems.append(f'{path}: points to {target}, which is not there')
            for command in re.findall(r'\./dev ([a-z]+)', text):
                if command not in commands:
                    problems.append(f'{path}: names ./dev {command}, which does not exist')
            for name in re.findall(r'`((?:engine|media|app|ui|data|tests|docs|po|flatpak)/[A-Za-z0-9_./-]+)`', text):
                if not os.path.exists(name):
                    problems.append(f'{path}: names {name}, which is not there')
        return problems

    def fuzz_targets_are_in_the_table(self):
        table = read('tests/fuzz/meson.build') if os.path.exists('tests/fuzz/meson.build') else ''
        problems = []
        for path in glob.glob('tests/fuzz/fuzz_*.c'):
            name = os.path.basename(path)[len('fuzz_'):-len('.c')]
            if name not in table:
                problems.append(f'{path}: is not in tests/fuzz/meson.build')
            if not glob.glob(f'tests/fuzz/corpus/{name}/*'):
                problems.append(f'{path}: has no seeds in tests/fuzz/corpus/{name}/')
        return problems


CHECKS = [name for name, member in vars(Lint).items() if callable(member) and not name.startswith('_')]


def main():
    parser = argparse.ArgumentParser(description='Checks what a compiler does not.')
    parser.add_argument('--build', default='build')
    parser.add_argument('--fix', action='store_true', help='write po/POTFILES.in as it should be')
    parser.add_argument('checks', nargs='*', help=', '.join(CHECKS))
    arguments = parser.parse_args()
    os.chdir(ROOT)
    lint = Lint(os.path.relpath(os.path.abspath(arguments.build)), arguments.fix)
    names = arguments.checks or CHECKS
    print(f'1..{len(names)}', flush=True)
    bad = 0
    for number, name in enumerate(names, 1):
        problems = getattr(lint, name)()
        for problem in problems:
            print('\n'.join(f'# {line}' for line in problem.splitlines()))
        print(f'{"not ok" if problems else "ok"} {number} {name.replace("_", " ")}', flush=True)
        bad += bool(problems)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
