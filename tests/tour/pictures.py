# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every screen that matters: 360, 800 and 1400 pixels wide, light and dark, for someone to look at."""
import os
import shutil
import time
import traceback

import fixtures
import things
from conversation import COMPOSER, NOTE, Conversation, labels
from desk import Desk, Missed, call, name_of, role_of, walk

WIDTHS = ((1400, 900), (800, 900), (360, 760))
SCHEMES = ('light', 'dark')


class Pictures:
    def __init__(self, build, folder, scheme, models, history):
        self.folder = folder
        self.scheme = scheme
        home = os.path.join(folder, f'home-{scheme}{"" if history else "-empty"}')
        shutil.rmtree(home, ignore_errors=True)
        os.makedirs(home)
        if not models:
            models = os.path.join(home, 'no-models')
            os.mkdir(models)
        keyfile = os.path.join(home, '.config/glib-2.0/settings/keyfile')
        os.makedirs(os.path.dirname(keyfile))
        with open(keyfile, 'w') as file:
            file.write("[org/melete/Melete]\nmodel='smollm2-135m-instruct'\n")
        self.database = os.path.join(home, '.local/share/melete/history.db')
        environment = {'HOME': home, 'XDG_DATA_HOME': home + '/.local/share', 'XDG_CONFIG_HOME': home + '/.config', 'XDG_CACHE_HOME': home + '/.cache',
                       'XDG_STATE_HOME': home + '/.local/state', 'GSETTINGS_BACKEND': 'keyfile', 'MELETE_MODELS': models, 'LANG': 'C.UTF-8', 'LC_ALL': 'C.UTF-8',
                       'ADW_DEBUG_COLOR_SCHEME': f'prefer-{scheme}'}
        self.desk = Desk([os.path.join(build, 'ui/melete')], environment, folder, os.path.join(folder, 'melete.log'))
        self.history = history

    def open(self):
        self.desk.start()
        if self.history:
            # The application makes the database, and is away while it is filled.
            self.desk.wait('the database', lambda: os.path.exists(self.database), 20)
            time.sleep(1)
            self.desk.stop()
            fixtures.write(self.database, 5000)
            self.desk.start()
        self.wide()

    def wide(self):
        self.desk.resize(WIDTHS[0][0] + 10, WIDTHS[0][1] + 10)

    def take(self, screen):
        name = screen.replace('_', '-')
        if screen in DIALOGS:
            self.take_dialog(name)
            return
        for width, height in WIDTHS:
            self.desk.resize(width + 10, height + 10)
            # Where the window is narrow the sidebar is folded away.
            unfold = screen in SIDEBARS and width < 1000
            if unfold:
                self.desk.key('F9')
            time.sleep(0.6)
            self.desk.picture(f'{name}-{width}-{self.scheme}')
            if unfold:
                self.desk.key('F9')
        self.wide()

    def take_dialog(self, name):
        """A window of its own: as large as it likes to be, and as narrow as a telephone."""
        window = call('xdotool', 'getactivewindow').stdout.strip()
        if window == self.desk.window_id:
            raise Missed(f'No window opened for {name}.')
        for width in (None, 360):
            if width:
                call('xdotool', 'windowsize', window, str(width + 10), '700')
                time.sleep(0.6)
            place = self.desk.geometry(window)
            self.desk.picture(f'{name}-{width or place[2] - 10}-{self.scheme}', place)
        self.desk.key('Escape')
        time.sleep(0.4)
        self.wide()

    # ---- going there

    def conversation(self, title):
        def look():
            lists = self.desk.find_all(name='Conversations')
            rows = [node for root in lists for node in walk(root) if title in name_of(node)]
            return rows[0] if rows else None
        row = self.desk.wait(f'the conversation "{title}" in the sidebar', look, 10)
        while row is not None and role_of(row) not in ('list item', 'table row', 'table cell'):
            row = row.get_parent()
        where = self.desk.middle(row)
        self.desk.click_at(*where)
        time.sleep(1)

    def welcome(self):
        self.desk.key('ctrl+n')

    def document(self):
        self.conversation('Crossing the lake')

    def document_top(self):
        x, y, width, height = self.desk.geometry(self.desk.window_id)
        for _ in range(40):
            self.desk.click_at(x + width * 2 // 3, y + height // 2, 4)

    def otherwise(self):
        self.conversation('Stopped, read, failed')

    def arabic(self):
        self.conversation('مرحبا')

    def long(self):
        self.conversation('A long one')

    def edit(self):
        self.conversation('Why the bread')
        notes = [row for row in Conversation(self.desk).rows() if name_of(row) == NOTE and 'My bread did not rise.' in labels(row)]
        if not notes:
            raise Missed('The note about the bread does not show.')
        self.desk.press(self.desk.find('push button', 'Edit and send again', under=notes[-1]))

    def chips(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+n')
        for name, write in (('minutes.pdf', things.write_pdf), ('bakery.png', things.write_picture)):
            path = os.path.join(self.folder, name)
            write(path, things.make_word())
            self.desk.drop(path)
            self.desk.find('push button', f'(?s).*{name}.*', 60)
        self.desk.find(name=COMPOSER)
        self.desk.key('ctrl+l')
        self.desk.type('What do these two have in common?')
        time.sleep(2)

    def sidebar(self):
        self.desk.key('Escape')

    def viewer(self):
        self.desk.press(self.desk.find('push button', '(?s)(?!Remove).*minutes.pdf.*'))
        time.sleep(1.5)

    def search(self):
        self.desk.key('ctrl+f')
        time.sleep(0.4)
        self.desk.type('lake')
        time.sleep(1)

    def models(self):
        # Twice: the search is left, then its bar.
        self.desk.key('Escape', 'Escape')
        self.desk.press(self.desk.find('push button', 'Models'))
        time.sleep(1)

    def preferences(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+comma')
        time.sleep(1)

    def shortcuts(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+question')
        time.sleep(1)

    def menu(self):
        self.desk.key('Escape')
        self.desk.key('F10')
        time.sleep(0.6)

    def first_run(self):
        time.sleep(1)


SCREENS = ('welcome', 'document', 'document_top', 'otherwise', 'arabic', 'long', 'edit', 'sidebar', 'chips', 'viewer', 'search', 'models', 'preferences',
           'shortcuts', 'menu')
DIALOGS = ('viewer', 'preferences', 'shortcuts')
SIDEBARS = ('sidebar', 'search')


def take(build, folder, models):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    missed = []
    for scheme in SCHEMES:
        for screens, where, history in ((('first_run',), None, False), (SCREENS, models, True)):
            one = Pictures(build, folder, scheme, where, history)
            try:
                one.open()
                for screen in screens:
                    try:
                        getattr(one, screen)()
                        one.take(screen)
                        print(f'{scheme}: {screen}', flush=True)
                    except Missed as error:
                        one.desk.picture(f'missed-{screen}-{scheme}')
                        missed.append(f'{scheme}: {screen}: {error}')
                        one.wide()
            except Exception:
                missed.append(f'{scheme}: {traceback.format_exc()}')
            finally:
                one.desk.stop()
    for line in missed:
        print(f'MISSED {line}')
    print(f'The pictures are in {os.path.relpath(folder)}/.')
    return 1 if missed else 0
