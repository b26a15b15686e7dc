# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader gets while an answer is written: announce.py PREVIEW. Whole sentences, in order, each once, and no tokens.

It listens on the bus of accessibility itself, without the library that screen readers use, which keeps a picture of the tree that GTK 4.8 does not keep up to
date. What is heard is what Orca would speak by itself: an announcement, or a description that changes of the widget that has the focus.

Once it only listens, as a screen reader does that is asked for nothing: GTK tells nothing of a widget that nobody asked for. Once it
walks through the whole window again and again: then GTK tells of every change.
"""
import subprocess
import sys

from gi.repository import Gio, GLib

ACCESSIBLE = 'org.a11y.atspi.Accessible'
REGISTRY = 'org.a11y.atspi.Registry'
ROOT = '/org/a11y/atspi/accessible/root'
FOCUSED = 1 << 12
ACTIVE = 1 << 1
LIMIT_S = 150  # for each of the two, which wait for events alone

# The sentences of sample.md up to where the preview stops, in the middle of its last block.
SENTENCES = ['What the year shows',
             'March was the best month, with 12,345 of sales; April fell to half of it.',
             'The file sales.csv has three gaps, and the source names them.',
             'Look at March first: a single order makes a third of it.',
             'Compare the quarters, not the months:',
             'the first is steady']


class Reader:
    """One screen reader and one window. `walks`: whether it asks for everything all the time."""

    def __init__(self, bus, preview, walks):
        self.bus = bus
        self.walks = walks
        self.loop = GLib.MainLoop()
        self.heard = []
        self.unfocused = []  # sentences of what has no focus
        self.names = []      # that changed, with their texts
        self.window = None
        self.found = []
        subscriptions = [bus.signal_subscribe(None, interface, None, None, None, Gio.DBusSignalFlags.NONE, self.on_event)
                         for interface in ('org.a11y.atspi.Event.Object', 'org.a11y.atspi.Event.Window')]
        # What is answered was asked behind the subscriptions: the bus knows them.
        self.call(REGISTRY, ROOT, 'GetChildren')
        self.process = subprocess.Popen([preview, 'announced', '600', '600'], stdin=subprocess.PIPE)
        self.sources = [GLib.timeout_add_seconds(LIMIT_S, self.loop.quit)]
        try:
            self.loop.run()
            if self.window is not None:
                self.found = self.walk(*self.window)
        finally:
            for source in filter(None, map(GLib.MainContext.default().find_source_by_id, self.sources)):
                source.destroy()
            self.process.kill()
            self.process.wait()
            for subscription in subscriptions:
                bus.signal_unsubscribe(subscription)

    def call(self, name, path, method):
        return self.bus.call_sync(name, path, ACCESSIBLE, method, None, None, Gio.DBusCallFlags.NONE, -1, None)[0]

    def walk(self, name, path):
        """The names of all that is in the window."""
        names = []
        try:
            names.append(self.bus.call_sync(name, path, 'org.freedesktop.DBus.Properties', 'Get', GLib.Variant('(ss)', (ACCESSIBLE, 'Name')), None,
                                            Gio.DBusCallFlags.NONE, -1, None)[0])
            for child in self.call(name, path, 'GetChildren'):
                names += self.walk(*child)
        except GLib.Error:
            pass  # it went away before it could be asked
        return names

    def begin(self, name, path):
        """The window is there and may get its answer."""
        self.window = (name, path)
        self.process.stdin.write(b'\n')
        self.process.stdin.flush()
        if self.walks:
            self.sources.append(GLib.idle_add(lambda: bool(self.walk(name, path)) or True))

    def on_event(self, bus, sender, path, interface, member, parameters):
        kind = parameters[0]
        if sender == bus.get_unique_name() or len(parameters) < 4:
            return
        if member == 'activate' and self.window is None:
            self.begin(sender, path)
        elif member == 'Announcement' or (member == 'PropertyChange' and kind == 'accessible-description'):
            self.on_words(sender, path, parameters[3])
        elif member == 'TextChanged' or (member == 'PropertyChange' and kind == 'accessible-name'):
            self.names.append(parameters[3])

    def on_words(self, sender, path, words):
        if words not in SENTENCES:
            return
        self.heard.append(words)
        states = self.call(sender, path, 'GetState')
        if not states[0] & (FOCUSED | ACTIVE):
            self.unfocused.append(words)
        if words == SENTENCES[-1]:
            self.loop.quit()

    def check(self):
        wrong = []
        if self.window is None:
            return ['no window became active']
        if self.heard != SENTENCES:
            wrong.append('heard %r' % self.heard)
        if self.unfocused:
            wrong.append('of a widget without the focus: %r' % self.unfocused)
        for name in self.names:
            if isinstance(name, str) and any(sentence.startswith(name.strip('▍ \u200b')) and sentence != name for sentence in SENTENCES if name.strip()):
                wrong.append('a part of a sentence: %r' % name)
        if not any(SENTENCES[1] in name for name in self.found):
            wrong.append('what is whole cannot be read')
        if any(SENTENCES[-1] in name for name in self.found):
            wrong.append('what is being written can be read')
        return wrong


def connect():
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None, Gio.DBusCallFlags.NONE, -1, None)[0]
    return Gio.DBusConnection.new_for_address_sync(
        address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)


def main():
    bus = connect()
    passed = True
    for walks in (False, True):
        reader = Reader(bus, sys.argv[1], walks)
        wrong = reader.check()
        print('walking:' if walks else 'listening:', ', '.join(wrong) if wrong else '%d whole sentences' % len(reader.heard))
        passed = passed and not wrong
    return 0 if passed else 1


sys.exit(main())
