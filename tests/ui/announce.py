# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader gets while an answer is written: announce.py PREVIEW. Whole sentences, in order, each once.

GTK 4.8 tells about an accessible only after somebody has asked for it, so the listener walks the tree first, as a screen reader does
when it comes to a window.
"""
import subprocess
import sys

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

EXPECTED = ('Look at March first: a single order makes a third of it.', 'Compare the quarters, not the months:', 'the first is steady')
LIMIT_MS = 40000

announced = []
other = []
walked = 0  # how often the whole window was walked


def on_event(event):
    if event.type.startswith('object:children'):
        return  # only so that the library's own picture of the tree is renewed
    try:
        if event.source.get_role() == Atspi.Role.ALERT:
            announced.append(event.any_data)
        else:
            other.append(event.source.get_role_name())
    except GLib.Error:
        pass  # it went away before it could be asked


def walk(node, depth=0):
    for index in range(node.get_child_count() if depth < 40 else 0):
        child = node.get_child_at_index(index)
        if child is not None:
            walk(child, depth + 1)


def look(loop, deadline, preview):
    global walked
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(index)
        try:
            if application is not None and 'preview' in (application.get_name() or ''):
                walk(application)
                walked += 1
                if walked == 3:
                    preview.stdin.write(b'\n')
                    preview.stdin.flush()
        except GLib.Error:
            pass  # a row went away meanwhile
    if announced and announced[-1] == EXPECTED[-1] or GLib.get_monotonic_time() > deadline:
        loop.quit()
        return False
    return True


def main():
    listener = Atspi.EventListener.new(on_event)
    for kind in ('object:property-change:accessible-name', 'object:children-changed'):
        listener.register(kind)
    preview = subprocess.Popen([sys.argv[1], 'announced', '800', '900'], stdin=subprocess.PIPE)
    loop = GLib.MainLoop()
    GLib.timeout_add(100, look, loop, GLib.get_monotonic_time() + LIMIT_MS * 1000, preview)
    loop.run()
    preview.kill()
    preview.wait()
    print('# announced:', announced)
    print('# other changes of names:', len(other))
    # The first sentences may come before the tree was walked; none comes in parts, twice or out of order.
    known = [sentence for sentence in announced if sentence in EXPECTED]
    passed = known == list(EXPECTED) and all(sentence in ALL for sentence in announced) and len(set(announced)) == len(announced)
    print('whole sentences' if passed else 'no whole sentences')
    return 0 if passed else 1


# The sentences of sample.md up to where the preview stops.
ALL = ('What the year shows',
       'March was the best month, with 12,345 of sales; April fell to half of it.',
       'The file sales.csv has three gaps, and the source names them.') + EXPECTED

sys.exit(main())
