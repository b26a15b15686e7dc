#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small window from which a file can be dragged, as from a file manager. Usage: drag-source.py FILE"""
import sys

import gi

gi.require_version('Gdk', '4.0')
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def on_activate(app, path):
    label = Gtk.Label(label='Drag me')
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
    uri = Gio.File.new_for_path(path).get_uri() + '\r\n'
    source.set_content(Gdk.ContentProvider.new_for_bytes('text/uri-list', GLib.Bytes.new(uri.encode())))
    label.add_controller(source)
    window = Gtk.ApplicationWindow(application=app, title='Drag source', decorated=False, child=label)
    window.set_default_size(150, 150)
    window.present()


app = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
app.connect('activate', on_activate, sys.argv[1])
app.run([])
