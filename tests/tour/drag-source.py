#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small window from which something can be dragged, as from a file manager or a browser. Usage: drag-source.py KIND=WHAT…

`text/uri-list=ADDRESS` drags an address or a path, `image/png=PATH` the bytes of that file; several are offered at once.
"""
import sys

import gi

gi.require_version('Gdk', '4.0')
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def provider(argument):
    kind, what = argument.split('=', 1)
    if kind.startswith('image/'):
        with open(what, 'rb') as file:
            content = file.read()
    elif kind == 'text/uri-list':
        content = (Gio.File.new_for_commandline_arg(what).get_uri() + '\r\n').encode()
    else:
        content = what.encode()
    return Gdk.ContentProvider.new_for_bytes(kind, GLib.Bytes.new(content))


def on_activate(app, arguments):
    label = Gtk.Label(label='Drag me')
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
    source.set_content(Gdk.ContentProvider.new_union([provider(argument) for argument in arguments]))
    label.add_controller(source)
    window = Gtk.ApplicationWindow(application=app, title='Drag source', decorated=False, child=label)
    window.set_default_size(150, 150)
    window.present()


app = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
app.connect('activate', on_activate, sys.argv[1:])
app.run([])
