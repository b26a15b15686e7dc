#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least window that libadwaita can make: what the application's own is compared with."""
import gi

gi.require_version('Adw', '1')
gi.require_version('Gtk', '4.0')
from gi.repository import Adw, Gio, Gtk  # noqa: E402


def on_activate(app):
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    box.append(Adw.HeaderBar())
    window = Adw.ApplicationWindow(application=app, title='Empty', content=box)
    window.set_default_size(1100, 760)
    window.present()


app = Adw.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
app.connect('activate', on_activate)
app.run([])
