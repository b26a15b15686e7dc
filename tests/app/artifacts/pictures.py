#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of pages as WebKit shows them: dashboards, pages, games and tools of picture_pages.py, narrow and wide, light and dark, in what states they can be; and what page-audit.js finds in them."""
import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from picture_pages import DASHBOARDS, EXAMPLES, STARTS  # noqa: E402
from picture_tables import TABLES  # noqa: E402

# What else is done with a page before its picture is taken, by the kind of page.
STATES = {
    'sales': ('filtered', 'origin', 'tip', 'table'), 'sales-long': ('menu', 'focus', 'tip'), 'survey-themes': ('nothing', 'menu', 'table'), 'arabic-more': ('filtered', 'origin', 'tip'),
    'memory': ('two', 'done', 'tab'), 'memory-de': ('open', 'done'), 'memory-ar': ('open',), 'snake': ('playing', 'paused', 'lost'), 'snake-ar': ('playing', 'lost'), 'quiz': ('wrong', 'done'), 'quiz-de': ('wrong', 'tab'), 'quiz-ar': ('wrong', 'done'),
    'calculator': ('empty', 'huge', 'tab'), 'calculator-de': ('huge',), 'calculator-ar': ('empty',), 'timer': ('running',), 'timer-de': ('running',), 'timer-ar': ('laps',), 'invitation': ('saved', 'tab'), 'invitation-ar': ('saved',),
    'breakout': ('playing', 'lost'), 'jump': ('playing', 'lost'), 'catch': ('playing',), 'typing': ('playing',), 'drawing': (), 'twenty48': ('lost',),
}
PRINTED = ('sales', 'survey-themes', 'invitation', 'recipe', 'shop', 'calculator')
MOVING = ('snake', 'breakout', 'jump', 'catch', 'typing')
FRAMES = """
await new Promise(done => setTimeout(done, 300));
document.querySelector('.over .main').click();
const began = performance.now(), times = [];
let last = began, over = 0;
while (last - began < 5000) {
  const now = await new Promise(requestAnimationFrame);
  times.push(now - last);
  last = now;
  if (!document.querySelector('.over').hidden) { over++; document.querySelector('.over .main').click(); }
}
times.sort((a, b) => a - b);
return { frames: times.length / (last - began) * 1000, slowest: times[times.length - 1], late: times[Math.floor(times.length * 0.95)], begun: over };
"""


class Pictures:
    def __init__(self, build, folder):
        self.tools, self.folder = os.path.join(build, 'tests/app/artifacts'), folder
        self.pages = os.path.join(folder, 'pages')
        self.environment = {**os.environ, 'MELETE_LOCALEDIR': os.path.join(build, 'po'), 'MELETE_DECODE': os.path.join(build, 'media/melete-decode')}
        os.makedirs(self.pages, exist_ok=True)

    def run(self, program, *words, language='en'):
        done = subprocess.run([os.path.join(self.tools, program), *words], capture_output=True, text=True, env={**self.environment, 'LANGUAGE': language})
        if done.returncode != 0:
            raise SystemExit(f'{program}: {done.stderr.strip()}')
        return done

    def write(self, name, text):
        path = os.path.join(self.pages, name)
        with open(path, 'w', newline='') as file:
            file.write(text)
        return path

    def page(self, name):
        return os.path.join(self.pages, name + '.html')

    def make(self, names):
        for name in names:
            if name in DASHBOARDS:
                language, table, spec = DASHBOARDS[name]
                made = [self.write(name + '.json', json.dumps(spec))] if spec else []
                done = self.run('dashboard-tool', os.path.join(self.pages, 'datasets'), self.write(table, TABLES[table]()), '--page', self.page(name), *made, language=language)
                if done.stderr:
                    self.write(name + '.notes', done.stderr)
            elif name in STARTS:
                language, spec = STARTS[name]
                self.run('start-tool', '--page', self.page(name), self.write(name + '.json', json.dumps(spec)), language=language)
        if set(names) & set(EXAMPLES):
            self.run('start-tool', '--examples', self.pages)

    def look(self, pages, *how):
        script = self.write('script.js', ''.join(self.script))
        done = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), os.path.join(self.tools, 'page-look'), *pages, '--script', script, *how], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]

    def read(self, name):
        with open(os.path.join(HERE, name)) as file:
            return file.read()

    def take(self, names, widths, schemes, states):
        self.script = [self.read('picture-states.js'), self.read('page-audit.js')]
        views = [name + ending for name in names for ending in ['', *('@' + state for state in STATES.get(name, ()) if states)]]
        for view in views:
            if '@' in view:
                shutil.copyfile(self.page(view.split('@')[0]), self.page(view))
        for dark in ('light', 'dark'):
            for width in widths if dark in schemes else ():
                lines = self.look([self.page(view) for view in views], '--width', str(width), '--picture', os.path.join(self.folder, 'taken'), *(['--dark'] if dark == 'dark' else []))
                for line in lines:
                    number, ending = (f'-{line["page"]}' if len(views) > 1 else ''), f'-{width}{"-dark" if dark == "dark" else ""}'
                    os.replace(os.path.join(self.folder, f'taken{number}{ending}.png'), os.path.join(self.folder, views[line['page']] + ending + '.png'))
                    self.tell(views[line['page']] + ending, line)

    @staticmethod
    def tell(name, line):
        found = [f'console: {text}' for text in line['log']] + [json.dumps(one, ensure_ascii=False) for one in line.get('answer') or []]
        if line.get('overflow'):
            found.append(f'scrolls sideways by {line["overflow"]} pixels')
        for text in found:
            print(f'{name}: {text}')

    def print_out(self, names):
        self.script = ['']
        for name in names:
            self.look([self.page(name)], '--width', '900', '--print', os.path.join(self.folder, name + '-print'))

    def count(self, names, width):
        self.script = [FRAMES]
        for name in names:
            line, = self.look([self.page(name)], '--width', str(width))
            answer = line['answer']
            print(f'{name}: {answer["frames"]:.1f} frames a second at {width} pixels, one of 20 later than {answer["late"]:.0f} ms, the slowest {answer["slowest"]:.0f} ms')


def main():
    parser = argparse.ArgumentParser(prog='./dev tour --made', description=__doc__)
    known = [*DASHBOARDS, *STARTS, *EXAMPLES]
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    parser.add_argument('names', nargs='*', metavar='NAME', help='these alone: ' + ', '.join(known))
    parser.add_argument('--width', nargs='+', type=int, default=(360, 1200))
    parser.add_argument('--scheme', nargs='+', choices=('light', 'dark'), default=('light', 'dark'))
    parser.add_argument('--plain', action='store_true', help='no pictures of what comes after keys and clicks')
    parser.add_argument('--print', action='store_true', dest='paper', help='PDF files of some pages, as a printer gets them, and no pictures')
    parser.add_argument('--frames', action='store_true', help='how many frames a second moving games have in five seconds, and no pictures')
    arguments = parser.parse_args()
    wrong = [name for name in arguments.names if name not in known]
    if wrong:
        parser.error(f'there is no page {wrong[0]}; there are {", ".join(known)}')
    folder = os.path.join(arguments.build, 'pictures-made')
    pictures, names = Pictures(arguments.build, folder), arguments.names or (PRINTED if arguments.paper else MOVING if arguments.frames else known)
    pictures.make(names)
    if arguments.frames:
        pictures.count(names, arguments.width[-1])
    elif arguments.paper:
        pictures.print_out(names)
    else:
        pictures.take(names, arguments.width, arguments.scheme, not arguments.plain)
    print(f'{"The files are" if arguments.paper else "The pictures are" if not arguments.frames else "The pages are"} in {os.path.relpath(folder)}/.')


main()
