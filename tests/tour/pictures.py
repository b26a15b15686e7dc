# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every screen that matters: 360, 800 and 1400 pixels wide, light and dark, for someone to look at.

Screens come in series: each is one start of the application, with a home of its own. Each can be taken in another language and in high contrast as well:
a `Look` says how.
"""
import json
import os
import re
import shutil
import sys
import time
import traceback

import fixtures
import hub
import model_server
import things
from conversation import COMPOSER, NOTE, Conversation, labels
from desk import Desk, Missed, call, name_of, role_of, walk
from words import Words

HERE = os.path.dirname(os.path.abspath(__file__))
SPEECH = os.path.join(os.path.dirname(HERE), 'data/speech/en.ogg')
VIDEO = os.path.join(os.path.dirname(HERE), 'data/video/harbour.webm')
WIDTHS = ((1400, 900), (800, 900), (360, 760))
SCHEMES = ('light', 'dark')
MODEL = 'smollm2-135m-instruct'
# The font of GNOME 43, so that the pictures show what a person sees and not the font that this machine falls back to.
FONT = 'Cantarell 11'
TOO_LARGE = {'id': 'llama-3.1-405b-instruct', 'name': 'Llama 3.1 405B Instruct', 'description': 'For very large computers: knows much, and takes its time.',
             'licence': 'Llama 3.1', 'parameters': 405_853_388_800, 'bytes': 243_000_000_000, 'memory_bytes': 251_000_000_000, 'starter': False,
             'source': {'kind': 'pip', 'packages': [{'name': 'too-large', 'version': '1', 'download_bytes': 1, 'bytes': 243_000_000_000}], 'member': '.'}}


class Series:
    """Some screens, and how the application is started for them."""

    def __init__(self, name, screens, program='ui/melete', arguments=(), models='all', history=True, environment=None, catalogue=False, hub=False, dpi=96, model=MODEL,
                 server=False, adapters=False, crashed=False, speech=False):
        self.name = name
        self.screens = screens
        self.program = program
        self.arguments = arguments
        self.models = models  # 'all', 'one' or 'none'
        self.history = history
        self.environment = environment or {}
        self.catalogue = catalogue  # with a model that is too large
        self.hub = hub  # with a hub of this machine
        self.dpi = dpi
        self.model = model    # that is chosen
        self.server = server  # with a server, that another machine would be
        self.adapters = adapters
        self.speech = speech  # with a model that writes it down
        self.crashed = crashed  # the start before ended in the driver of the graphics card


SERIES = (
    Series('first', ('first_run',), models='none', history=False),
    Series('', ('welcome', 'document', 'document_top', 'otherwise', 'arabic', 'long', 'edit', 'sidebar', 'chips', 'viewer', 'search', 'models', 'preferences',
                'preferences_answers', 'preferences_connections', 'preferences_storage', 'shortcuts', 'menu', 'temporary', 'stopped', 'conversation_settings', 'own_settings',
                 'personas', 'prompts', 'prompt_form', 'slash', 'context', 'compare_menu', 'compare_choose', 'compare_done', 'draft_restarted')),
    Series('devices', ('recording', 'camera', 'camera_taken', 'clip', 'clip_taken'), models='one', history=False,
           environment={'MELETE_CAMERA': 'test:pattern=smpte width=1280 height=720', 'MELETE_MICROPHONE': 'test:wave=ticks volume=0.5'}),
    Series('speech', ('dictating', 'dictated', 'sound_chip', 'sound_viewer', 'video_chip', 'video_viewer', 'models'), models='one', history=False, speech=True,
           environment={'MELETE_MICROPHONE': 'file:' + SPEECH, 'MELETE_AUDIO_SINK': 'fakesink sync=true'}),
    Series('devices-broken', ('camera_failed',), models='one', history=False, environment={'MELETE_CAMERA': 'file:/nowhere/at/all.png', 'MELETE_MICROPHONE': 'test'}),
    Series('writing', ('writing', 'queued', 'queue_changed', 'queue_held'), program='tests/ui/ui-preview', arguments=('writing',), history=False),
    Series('moved', ('moved',), program='tests/ui/ui-preview', arguments=('moved',), history=False),
    Series('card', ('card_preferences', 'models'), models='one', environment={'MELETE_ENGINE': os.path.join(HERE, 'card.sh')}),
    Series('card-crashes', ('card_preferences',), models='one', history=False, environment={'MELETE_ENGINE': os.path.join(HERE, 'card.sh'), 'TOUR_CARD': 'crash'}),
    Series('card-off', ('card_off', 'card_preferences'), models='one', history=False, crashed=True),
    Series('comparing', ('comparing',), program='tests/ui/ui-preview', arguments=('comparing',), history=False),
    Series('spoken', ('spoken',), program='tests/ui/ui-preview', arguments=('spoken',), history=False),
    Series('formulas', ('formulas',), program='tests/ui/ui-preview', arguments=('formulas',), history=False),
    Series('prose', ('prose',), program='tests/ui/ui-preview', arguments=('prose',), history=False),
    Series('job', ('job', 'job_paused'), program='tests/ui/ui-preview', arguments=('job',), history=False),
    Series('job-done', ('job_done', 'job_timeline'), program='tests/ui/ui-preview', arguments=('job-done',), history=False),
    Series('job-restart', ('job_restart',), program='tests/ui/ui-preview', arguments=('job-restart',), history=False),
    Series('contemplating', ('contemplating',), program='tests/ui/ui-preview', arguments=('contemplating',), history=False),
    Series('contemplated', ('contemplated', 'contemplated_lanes'), program='tests/ui/ui-preview', arguments=('contemplated',), history=False),
    Series('consent', ('consent',), program='tests/ui/ui-preview', arguments=('consent',), history=False),
    Series('loading', ('loading',), program='tests/ui/ui-preview', arguments=('loading',), history=False),
    Series('broken', ('broken',), program='tests/ui/ui-preview', arguments=('broken',), history=False),
    Series('download', ('download', 'preferences_connections'), models='one', catalogue=True,
           environment={'MELETE_PIP': f"{sys.executable} '{os.path.join(HERE, 'slow-pip.py')}'"}),
    Series('files', ('file_chips', 'file_viewer'), models='one', history=False),
    Series('server', ('welcome', 'tides', 'server_models', 'server_menu', 'server_dialog', 'server_wrong', 'server_found'), models='one', model='server:1/openai/gpt-oss-120b',
           server=True),
    Series('adapters', ('adapter_models', 'adapter_none', 'adapter_chosen', 'adapter_line', 'adapter_notice'), models='one', adapters=True),
    Series('adapters-server', ('adapter_remote',), models='one', model='server:1/openai/gpt-oss-120b', server=True, adapters=True),
    Series('hub', ('hub_models', 'hub_search', 'hub_model', 'hub_gated', 'hub_download'), models='one', history=False, hub=True),
    Series('contrast', ('welcome', 'document_top', 'otherwise', 'edit', 'sidebar', 'chips', 'search', 'models'), environment={'ADW_DEBUG_HIGH_CONTRAST': '1'}),
    Series('large', ('welcome', 'document_top', 'otherwise', 'edit', 'sidebar', 'chips', 'viewer', 'search', 'models', 'preferences', 'preferences_answers',
                     'shortcuts', 'menu', 'conversation_settings', 'own_settings', 'prompts', 'slash', 'compare_done'), dpi=192),
    Series('mirrored', ('welcome', 'document_top', 'otherwise', 'arabic', 'edit', 'sidebar', 'chips', 'viewer', 'search', 'models', 'preferences', 'shortcuts', 'compare_done'),
           program='tests/ui/ui-mirrored'),
)
DIALOGS = ('sound_viewer', 'video_viewer', 'camera', 'camera_taken', 'clip', 'clip_taken', 'camera_failed', 'card_preferences', 'server_dialog', 'server_wrong', 'server_found', 'viewer', 'file_viewer', 'preferences', 'preferences_answers', 'preferences_connections', 'preferences_storage',
           'shortcuts', 'conversation_settings', 'personas', 'prompts', 'prompt_form', 'adapter_none', 'adapter_chosen', 'adapter_remote', 'compare_choose')
SIDEBARS = ('sidebar', 'search')
# Of which the end is wanted, at every width.
ENDS = ('card_preferences', 'server_models', 'adapter_none', 'adapter_chosen', 'adapter_remote')


def link_one_model(models, folder):
    os.makedirs(folder)
    os.symlink(os.path.join(models, MODEL + '.gguf'), os.path.join(folder, MODEL + '.gguf'))
    return folder


def write_adapters(folder):
    things.write_adapter(os.path.join(folder, 'ferryman.gguf'), 'Ferryman', 'SmolLM2 135M Instruct')
    things.write_adapter(os.path.join(folder, 'plain-words.gguf'), 'Plain Words for Letters to the Authorities', 'SmolLM2 135M Instruct')
    things.write_adapter(os.path.join(folder, 'reviewer.gguf'), 'Code Reviewer', 'Qwen3 4B', architecture='qwen3')


def write_catalogue(path):
    with open(os.path.join(HERE, '../../data/models.json')) as file:
        catalogue = json.load(file)
    catalogue['models'].append({**catalogue['models'][0], **TOO_LARGE})
    with open(path, 'w') as file:
        json.dump(catalogue, file)


class Look:
    """How screens are taken: a scheme, a language (None: English), and in high contrast or not."""

    def __init__(self, build, scheme, language=None, contrast=False):
        self.scheme = scheme
        self.words = Words(build, language)
        self.contrast = contrast
        self.name = '-'.join(part for part in (language, scheme, 'contrast' if contrast else None) if part)

    def environment(self):
        return {'ADW_DEBUG_COLOR_SCHEME': f'prefer-{self.scheme}', **({'ADW_DEBUG_HIGH_CONTRAST': '1'} if self.contrast else {})}


class Pictures:
    def __init__(self, build, folder, look, models, series, widths=()):
        self.folder = folder
        self.look = look
        self.words = look.words
        self.series = series
        self.has_own_settings = False
        self.widths = [(width, height) for width, height in WIDTHS if not widths or width in widths]
        home = os.path.join(folder, f'home-{series.name or "usual"}-{look.name}')
        shutil.rmtree(home, ignore_errors=True)
        os.makedirs(home)
        everything = models
        if series.models == 'none':
            models = os.path.join(home, 'no-models')
            os.mkdir(models)
        elif series.models == 'one':
            models = link_one_model(models, os.path.join(home, 'models'))
        if series.speech:
            os.symlink(os.path.join(everything, 'whisper-base.gguf'), os.path.join(models, 'whisper-base.gguf'))
        if series.adapters:
            write_adapters(models)
        self.write(home, '.config/glib-2.0/settings/keyfile', f"[org/melete/Melete]\nmodel='{series.model}'\n")
        self.write(home, '.config/gtk-4.0/settings.ini', f'[Settings]\ngtk-font-name={FONT}\n')
        if series.crashed:
            self.write(home, '.local/state/melete/gpu-busy', '\0\1')
        self.database = os.path.join(home, '.local/share/melete/history.db')
        environment = {'HOME': home, 'XDG_DATA_HOME': home + '/.local/share', 'XDG_CONFIG_HOME': home + '/.config', 'XDG_CACHE_HOME': home + '/.cache',
                       'XDG_STATE_HOME': home + '/.local/state', 'GSETTINGS_BACKEND': 'keyfile', 'MELETE_MODELS': models,
                       **look.environment(), **series.environment}
        if series.hub:
            environment['MELETE_HUB'] = hub.start()
        if series.catalogue:
            environment['MELETE_CATALOGUE'] = os.path.join(home, 'models.json')
            write_catalogue(environment['MELETE_CATALOGUE'])
        self.desk = Desk([os.path.join(build, series.program)], environment, folder, os.path.join(folder, 'melete.log'), look.words)

    @staticmethod
    def write(home, name, text):
        path = os.path.join(home, name)
        os.makedirs(os.path.dirname(path))
        with open(path, 'w') as file:
            file.write(text)

    def open(self):
        # From here GTK takes the size of the text, before its own settings file.
        call('xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', f'Xft.dpi:\t{self.series.dpi}\n')
        self.desk.start(*self.series.arguments)
        if self.series.history:
            # The application makes the database, and is away while it is filled.
            self.desk.wait('the database', lambda: os.path.exists(self.database), 20)
            time.sleep(1)
            self.desk.stop()
            fixtures.write(self.database, self.words, 5000)
            if self.series.server:
                fixtures.write_server(self.database, self.words)
            if self.series.adapters:
                fixtures.choose_adapter(self.database, self.words, 'Crossing the lake', 'ferryman', 'Ferryman')
            self.desk.start(*self.series.arguments)
        self.wide()

    def wide(self):
        self.desk.resize(WIDTHS[0][0] + 10, WIDTHS[0][1] + 10)

    def name(self, screen, width):
        series = self.series.name if self.series.name not in ('', 'first', screen) else None
        return '-'.join(part for part in (self.words.language, series, screen.replace('_', '-'), str(width), self.look.scheme, 'contrast' if self.look.contrast else None) if part)

    def take(self, screen):
        if screen in DIALOGS:
            self.take_dialog(screen)
            return
        for width, height in self.widths:
            self.desk.resize(width + 10, height + 10)
            # Where the window is narrow the sidebar is folded away.
            unfold = screen in SIDEBARS and width < 1000
            if unfold:
                self.desk.key('F9')
            if screen in ENDS:
                self.to_end()
            self.desk.rest()
            self.desk.picture(self.name(screen, width))
            if unfold:
                self.desk.key('F9')
        self.wide()

    def take_dialog(self, screen):
        """A window of its own: as large as it likes to be, and as narrow as a telephone."""
        window = self.dialog(screen)
        self.desk.rest()
        for width in (None, 360) if not self.widths or self.widths[-1][0] == 360 else (None,):
            if width:
                self.desk.resize_window(window, width + 10, 700)
            place = self.desk.geometry(window)
            if screen in ENDS:
                # At its edge, where no number is turned.
                self.desk.turn_wheel(place[0] + 14, place[1] + place[3] // 2, 40)
            self.desk.picture(self.name(screen, width or 'window'), place)
        self.desk.key('Escape')
        time.sleep(0.4)
        self.wide()

    def dialog(self, what):
        """The window that opened over the application's own."""
        def look():
            window = call('xdotool', 'getactivewindow').stdout.strip()
            return window if window not in ('', self.desk.window_id) else None
        return self.desk.wait(f'a window of its own for {what}', look, 10)

    # ---- going there

    def say(self, text):
        """What a fixture says, or what is typed, in the language of the window."""
        return fixtures.in_language(text, self.words.language)

    def conversation(self, title):
        title = self.say(title)

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
        self.document()
        x, y, width, height = self.desk.geometry(self.desk.window_id)
        self.desk.turn_wheel(x + width * 2 // 3, y + height // 2, -80)

    def otherwise(self):
        self.conversation('Stopped, read, failed')

    def arabic(self):
        self.conversation('مرحبا')

    def long(self):
        self.conversation('A long one: 5000 messages')

    def edit(self):
        self.conversation('Why the bread did not rise')
        talk = Conversation(self.desk)
        notes = [row for row in talk.rows() if talk.kind(row) == NOTE and self.say('My bread did not rise.') in labels(row)]
        if not notes:
            raise Missed('The note about the bread does not show.')
        self.desk.press(self.desk.find('push button', 'Edit and send again', under=notes[-1]))

    def empty_composer(self):
        """A new conversation keeps what was typed and attached for it: screens before this one have left some of both."""
        self.desk.key('Escape')
        self.desk.key('ctrl+n')
        self.desk.rest()
        for name in ('minutes.pdf', 'bakery.png'):
            for button in self.desk.find_all('push button', self.words.pattern('Remove %s', name)):
                self.desk.press(button)
        self.desk.key('ctrl+l')
        self.desk.key('ctrl+a', 'BackSpace')

    def chips(self):
        self.empty_composer()
        for name, write in (('minutes.pdf', things.write_pdf), ('bakery.png', things.write_picture)):
            path = os.path.join(self.folder, name)
            write(path, things.make_word())
            self.desk.drop(path)
            self.desk.find('push button', f'(?s).*{name}.*', 60)
        self.desk.find(name=COMPOSER)
        self.desk.key('ctrl+l')
        self.desk.type(self.say('What do these two have in common?'))
        time.sleep(2)

    def draft_restarted(self):
        """What was typed, with its files, after the application was killed."""
        self.chips()
        self.desk.crash()
        self.desk.start(*self.series.arguments)
        self.wide()
        self.desk.find('push button', '(?s).*bakery.png.*', 60)
        time.sleep(2)

    def recording(self):
        self.empty_composer()
        self.desk.type(self.say('What bird is this?'))
        self.desk.key('ctrl+m')
        self.desk.find('push button', 'Discard the recording')
        time.sleep(3)

    def dictating(self):
        self.empty_composer()
        self.desk.key('ctrl+m')
        self.desk.find('push button', 'Discard the recording')
        time.sleep(6)

    def dictated(self):
        self.desk.wait('the end of the dictation', lambda: not self.desk.find_all('push button', self.words.pattern('Discard the recording')), 60)
        time.sleep(1)

    def sound_chip(self):
        self.empty_composer()
        self.desk.drop(SPEECH)
        self.desk.find('push button', '(?s).*en.ogg.*' + re.escape(self.words.say('speech written down')) + '.*', 60)
        time.sleep(1)

    def sound_viewer(self):
        self.desk.press(self.desk.find('push button', self.words.pattern('Attachment %s: %s', 'en.ogg')))
        self.desk.press(self.desk.find('push button', 'Play', 30, sensitive=True))
        time.sleep(3)

    def video_chip(self):
        self.desk.key('Escape')
        self.empty_composer()
        self.desk.drop(VIDEO)
        self.desk.find('push button', '(?s).*harbour.webm.*' + re.escape(self.words.say('speech written down')) + '.*', 60)
        time.sleep(1)

    def video_viewer(self):
        self.desk.press(self.desk.find('push button', self.words.pattern('Attachment %s: %s', 'harbour.webm')))
        self.desk.press(self.desk.find('push button', 'Play', 30, sensitive=True))
        time.sleep(4)

    def camera(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+shift+m')
        self.desk.find('label', 'Camera is on')
        time.sleep(0.6)

    def camera_taken(self):
        self.camera()
        self.desk.key('space')
        self.desk.find('push button', 'Take again')
        time.sleep(0.6)

    def clip(self):
        self.camera()
        self.desk.press(self.desk.find('push button', 'Record a clip', sensitive=True))
        time.sleep(3.5)

    def clip_taken(self):
        self.clip()
        self.desk.press(self.desk.find('push button', 'End the clip', sensitive=True))
        self.desk.find('push button', 'Record again')
        time.sleep(1)

    def camera_failed(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+shift+m')
        self.desk.find('push button', 'Try again')
        time.sleep(0.6)

    def sidebar(self):
        self.desk.key('Escape')

    def viewer(self):
        chip = self.words.pattern('Attachment %s: %s', 'minutes.pdf')
        if not self.desk.find_all('push button', chip):
            self.chips()
        self.desk.press(self.desk.find('push button', chip))
        time.sleep(1.5)

    def file_chips(self):
        for name in ('report.docx', 'talk.pptx', 'budget.xlsx', 'long.csv', 'book.epub', 'page.html', 'mail.eml', 'notes.md', 'old.doc'):
            path = os.path.join(self.folder, name)
            with open(path, 'wb') as file:
                file.write(things.make_document(name))
            self.desk.drop(path)
            self.desk.find('push button', f'(?s).*{name}.*', 60)
        time.sleep(2)

    def file_viewer(self):
        self.desk.press(self.desk.find('push button', self.words.pattern('Attachment %s: %s', 'report.docx')))
        time.sleep(1.5)

    def search(self):
        self.desk.key('ctrl+f')
        time.sleep(0.4)
        self.desk.type(self.say('lake'))
        time.sleep(1)

    def models(self):
        # Twice: the search is left, then its bar.
        self.desk.key('Escape', 'Escape')
        self.desk.press(self.desk.find('push button', 'Models'))
        time.sleep(1)

    def preferences(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+comma')
        self.dialog('the preferences')
        self.desk.rest()

    def card_preferences(self):
        """What models run on. The model is loaded by then."""
        self.preferences()
        time.sleep(3)

    def card_off(self):
        """As the window opens after a crash of the driver."""
        time.sleep(1)

    def moved(self):
        """The card failed in the middle of an answer."""
        time.sleep(4)

    def preferences_page(self, title):
        self.preferences()
        # The switch of the pages bears their titles; both of its forms are in the tree.
        for node in self.desk.find_all('radio button|toggle button|page tab|push button', title):
            self.desk.press(node)
        self.desk.rest()

    def preferences_answers(self):
        self.preferences_page('Answers')

    def preferences_connections(self):
        self.preferences_page('Connections')

    def preferences_storage(self):
        self.preferences_page('Storage')

    def shortcuts(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+question')
        time.sleep(1)

    def conversation_settings(self):
        self.desk.key('Escape')
        self.document()
        self.desk.key('ctrl+i')
        self.dialog('the settings')
        self.desk.rest()
        self.desk.click_at(*self.desk.middle_in_top_window(self.desk.find('text', 'Instructions')))
        self.desk.type(self.say('Answer in the words of a ferryman, and never in more than five sentences.'))
        self.desk.click_at(*self.desk.middle_in_top_window(self.desk.find(name='Variety')))
        self.desk.key('Up', 'Up')
        time.sleep(0.8)
        self.has_own_settings = True

    def adapter_models(self):
        self.models()

    def adapter_dialog(self, title):
        self.desk.key('Escape')
        self.conversation(title)
        self.desk.key('ctrl+i')
        self.desk.wait('the dialog of settings', lambda: call('xdotool', 'getactivewindow').stdout.strip() != self.desk.window_id, 20)
        time.sleep(1)

    def adapter_none(self):
        self.adapter_dialog('Why the bread did not rise')

    def adapter_chosen(self):
        self.adapter_dialog('Crossing the lake')

    def adapter_line(self):
        self.conversation('Crossing the lake')

    def adapter_notice(self):
        """Over the answer that was written with it."""
        self.document_top()

    def adapter_remote(self):
        self.adapter_dialog('Crossing the lake')

    def own_settings(self):
        if not self.has_own_settings:
            self.conversation_settings()
            self.desk.key('Escape')
            self.desk.rest()
        self.document()

    def personas(self):
        self.desk.key('Escape')
        self.desk.key('F10')
        self.desk.rest()
        self.desk.press(self.desk.find('menu item', 'Personas'))
        time.sleep(1)

    def prompts(self):
        self.desk.key('Escape')
        self.desk.key('ctrl+shift+p')
        time.sleep(1)

    def prompt_form(self):
        self.slash()
        # The beginning of its name, which is translated as all others.
        self.desk.type(self.words.say('Reply to a message').lower()[:5])
        self.desk.rest()
        self.desk.key('Return')
        time.sleep(1)

    def slash(self):
        self.empty_composer()
        self.desk.type('/')
        self.desk.rest()

    def context(self):
        self.desk.key('Escape')
        self.document()
        self.desk.key('ctrl+l')
        self.desk.key('ctrl+a', 'BackSpace')
        self.desk.type(self.say('And how long does the ferry take at night?'))
        self.desk.rest()
        self.desk.click_at(*self.desk.middle(self.desk.find(name='Context: %s')))
        time.sleep(0.8)

    def menu(self):
        self.desk.key('Escape')
        self.desk.key('F10')
        time.sleep(0.6)

    def compare_menu(self):
        self.desk.key('Escape')
        self.conversation('Packing for a week of rain')
        self.click('toggle button|push button', 'Compare the answer')
        time.sleep(0.6)

    def compare_choose(self):
        self.desk.key('Escape')
        self.conversation('Packing for a week of rain')
        self.desk.key('ctrl+shift+r')
        time.sleep(1)

    def compare_done(self):
        self.compare_menu()
        self.desk.press(self.desk.find('menu item', self.words.say('Compare _answers').replace('_', '')))
        time.sleep(1)

    def comparing(self):
        # The script writes half of the second answer, and stays there.
        self.click('toggle button|push button', 'Compare the answer')
        time.sleep(0.6)
        self.desk.press(self.desk.find('menu item', self.words.say('Compare _answers').replace('_', '')))
        time.sleep(3)

    def spoken(self):
        """Paused in the second sentence, which goes on for two lines: the script begins to read by itself."""
        pause = self.desk.find('toggle button|push button', 'Pause the reading')
        time.sleep(2.5)
        self.desk.press(pause)

    def tides(self):
        self.conversation('Why there are tides')

    def to_end(self):
        x, y, width, height = self.desk.geometry(self.desk.window_id)
        self.desk.turn_wheel(x + width * 2 // 3, y + height // 2, 40)

    def server_models(self):
        self.models()

    def server_menu(self):
        self.tides()
        self.desk.press(self.desk.find('toggle button|push button', 'Model: %s on %s, ready'))
        time.sleep(0.6)

    def server_dialog(self):
        self.desk.key('Escape')
        self.models()
        self.to_end()
        self.desk.press(self.desk.find('push button', 'Add a server…'))
        time.sleep(1)

    def server_wrong(self):
        self.server_dialog()
        self.desk.type('http://models.example.org:1')
        time.sleep(0.5)

    def server_found(self):
        self.server_dialog()
        self.desk.type(f'127.0.0.1:{model_server.start()}')
        self.desk.key('Return')
        self.desk.find(name=self.words.pattern('%s can see pictures', 'gpt-oss-120b') + '.*', seconds=30)
        time.sleep(0.5)

    def temporary(self):
        self.desk.key('Escape', 'Escape')
        self.desk.key('ctrl+shift+n')
        time.sleep(0.6)

    def stopped(self):
        self.conversation('A story, begun')

    def first_run(self):
        time.sleep(1)

    def writing(self):
        # The script writes half an answer in two seconds, and stays there.
        time.sleep(3)

    def wait_in_queue(self, *texts):
        self.desk.key('ctrl+l')
        for text in texts:
            self.desk.type(text)
            self.desk.key('Return')
            self.desk.find('list item', self.words.pattern('Waits to be sent: %s', text))

    def queued(self):
        path = os.path.join(self.folder, 'bakery.png')
        things.write_picture(path, things.make_word())
        self.wait_in_queue('Then put both halves into one table, with a row for each month and the sums below it, so that I can print it on one page without the remarks.')
        self.desk.drop(path)
        self.desk.find('push button', '(?s).*bakery.png.*', 60)
        self.wait_in_queue('What does this say?')
        self.desk.type('And what about')
        time.sleep(0.6)

    def queue_changed(self):
        self.desk.press(self.desk.find('push button', 'Change', under=self.desk.find_all('list item', 'Waits to be sent: %s')[0]))
        time.sleep(0.6)

    def queue_held(self):
        self.desk.key('Escape')
        self.desk.press(self.desk.find('push button', 'Stop'))
        self.desk.find('label', 'Not sent, because you stopped the answer')
        time.sleep(0.6)

    def formulas(self):
        """Sixty of them do not fit on a screen: a picture of each page, and the end is taken as other screens are."""
        time.sleep(3)
        x, y, width, height = self.desk.geometry(self.desk.window_id)
        for page in range(6):
            self.desk.picture(f'formulas-page-{page + 1}-{self.look.name}')
            self.desk.turn_wheel(x + width * 2 // 3, y + height // 2, -10)

    def prose(self):
        time.sleep(3)

    def job(self):
        # Two steps write and stay there.
        time.sleep(4)

    def job_paused(self):
        self.desk.press(self.desk.find('push button|toggle button', 'Pause all'))
        time.sleep(0.6)

    def job_done(self):
        time.sleep(3)

    def unfold_lanes(self):
        transcript = Conversation(self.desk).find_transcript()
        # Steps or agents, tokens, time. What is attached is told in three parts too, and stands above.
        tellers = [node for node in walk(transcript) if role_of(node) in ('push button', 'toggle button') and name_of(node).count(' · ') == 2]
        if not tellers:
            raise Missed('Nothing tells of agents.')
        self.desk.press(tellers[-1])
        time.sleep(0.8)

    def job_timeline(self):
        self.unfold_lanes()

    def job_restart(self):
        time.sleep(3)

    def contemplating(self):
        time.sleep(3)

    def contemplated(self):
        time.sleep(3)

    def contemplated_lanes(self):
        self.unfold_lanes()

    def consent(self):
        time.sleep(3)

    def loading(self):
        time.sleep(1)

    def broken(self):
        time.sleep(1)

    def hub_models(self):
        self.models()

    def click(self, role, name):
        """Presses what has no action of its own."""
        node = self.desk.find(role, name)
        self.desk.click_at(*self.desk.wait(f'the place of "{name}"', lambda: self.desk.middle(node)))
        time.sleep(1)

    def press_row(self, name):
        self.click(None, name)
        time.sleep(1)

    def hub_search(self):
        self.click(None, 'Find models on Hugging Face')
        self.desk.type('rosemary')
        self.desk.key('Return')
        time.sleep(1)

    def hub_model(self):
        self.press_row('gardeners/Rosemary-3B-Instruct-GGUF')

    def hub_gated(self):
        self.desk.press(self.desk.find('push button', 'Back'))
        self.press_row('orchard-lab/Quince-VL-4B-GGUF')

    def hub_download(self):
        self.desk.press(self.desk.find('push button', 'Back'))
        self.press_row('gardeners/Rosemary-3B-Instruct-GGUF')
        self.click(None, 'I accept the licence')
        time.sleep(0.5)
        self.desk.press(self.desk.find('push button', self.words.pattern('Download %s', 'Q4_K_M')))
        time.sleep(4)

    def download(self):
        self.models()
        self.desk.press(self.desk.find('push button', self.words.pattern('Download %s', 'Qwen2.5 Coder 0.5B Instruct')))
        time.sleep(4)


def take(build, folder, models, only=(), schemes=SCHEMES, language=None, contrast=False, widths=()):
    """All screens, or those that are named: "document" in every series, "large-document", "usual-document", or "large"."""
    def is_wanted(series, screen):
        name = series.name or 'usual'
        return not only or screen in only or f'{name}-{screen}' in only or name in only
    if not only and not language and not contrast:
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    missed = []
    taken = 0
    for scheme in schemes:
        look = Look(build, scheme, language, contrast)
        for series in SERIES:
            screens = [screen for screen in series.screens if is_wanted(series, screen)]
            if not screens:
                continue
            one = Pictures(build, folder, look, models, series, widths)
            try:
                one.open()
                for screen in screens:
                    try:
                        getattr(one, screen)()
                        one.take(screen)
                        taken += 1
                        print(f'{look.name}: {series.name} {screen}', flush=True)
                    except Missed as error:
                        one.desk.picture(f'missed-{series.name}-{screen}-{look.name}')
                        missed.append(f'{look.name}: {series.name} {screen}: {error}')
                        one.wide()
            except Exception:
                missed.append(f'{look.name}: {series.name}: {traceback.format_exc()}')
            finally:
                one.desk.stop()
    if taken == 0 and not missed:
        missed.append(f'no screen is called {" or ".join(only)}')
    for line in missed:
        print(f'MISSED {line}')
    print(f'The pictures are in {os.path.relpath(folder)}/.')
    return 1 if missed else 0
