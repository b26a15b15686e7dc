# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at the desk: starts the application, sees it through the accessibility tree, types, clicks, drags.

It needs an X server and a session bus of its own. Everything waits with a limit, and says what it waited for.
"""
import os
import re
import signal
import subprocess
import sys
import time

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402

from words import Words  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


class Missed(Exception):
    """Something that a person would expect did not happen."""


def call(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def safely(function, default=None):
    """The tree changes while one walks it: what has gone in the meantime counts as not there."""
    try:
        return function()
    except Exception:
        return default


def name_of(node):
    return safely(node.get_name, '') or ''


def role_of(node):
    return safely(node.get_role_name, '') or ''


def text_of(node):
    """What a text widget holds; for anything else its name."""
    def read():
        text = node.get_text_iface()
        if text is None:
            return None
        return Atspi.Text.get_text(text, 0, Atspi.Text.get_character_count(text))
    return safely(read) or name_of(node)


def has_state(node, state):
    return bool(safely(lambda: node.get_state_set().contains(state), False))


def is_showing(node):
    # GTK 4.8 says "showing" of windows only.
    return has_state(node, Atspi.StateType.VISIBLE)


def is_sensitive(node):
    return has_state(node, Atspi.StateType.SENSITIVE)


def walk(node, depth=0):
    """Everything that shows, the node itself first."""
    if node is None or depth > 60:
        return
    yield node
    for index in range(safely(node.get_child_count, 0) or 0):
        child = safely(lambda: node.get_child_at_index(index))
        if child is not None and (is_showing(child) or role_of(child) in ('application', 'frame', 'window')):
            yield from walk(child, depth + 1)


def window_manager():
    """Starts one, so that the keyboard goes where it would on a person's desk. Ends with the X server."""
    subprocess.Popen(['openbox', '--sm-disable'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if 'window id' in call('xprop', '-root', '_NET_SUPPORTING_WM_CHECK').stdout:
            return
        time.sleep(0.05)
    raise Missed('The window manager openbox did not start.')


class Desk:
    def __init__(self, command, environment, pictures, log_path, words=None):
        self.pictures = pictures
        self.words = words or Words()
        self.environment = {**os.environ, **environment, **self.words.environment}
        self.log_path = log_path
        self.command = command
        self.process = None
        self.window_id = None
        self.others = []
        self.width = self.height = 0

    # ---- starting and ending

    def start(self, *arguments):
        """Starts the application; returns the seconds until its window shows."""
        begin = time.monotonic()
        self.log = open(self.log_path, 'a')
        self.process = subprocess.Popen([*self.command, *arguments], env=self.environment, stdout=self.log, stderr=self.log)
        self.window_id = self.wait('the window', self.find_window, 60)
        seconds = time.monotonic() - begin
        self.wait('the window in the accessibility tree', lambda: self.application() and self.frames(), 30)
        return seconds

    def find_window(self):
        if self.process.poll() is not None:
            raise Missed(f'The application ended with status {self.process.returncode} before its window showed. Its words are in {self.log_path}.')
        ids = call('xdotool', 'search', '--onlyvisible', '--pid', str(self.process.pid)).stdout.split()
        for window in ids:
            size = self.geometry(window)
            if size and size[2] > 200 and size[3] > 200:
                return window
        return None

    @staticmethod
    def geometry(window):
        out = call('xdotool', 'getwindowgeometry', '--shell', window).stdout
        values = dict(re.findall(r'^(\w+)=(-?\d+)$', out, re.M))
        return tuple(int(values[key]) for key in ('X', 'Y', 'WIDTH', 'HEIGHT')) if 'WIDTH' in values else None

    def stop(self):
        for process in self.others:
            process.terminate()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    # ---- seeing

    def crash(self):
        """Ends the application as a crash would: it has no time for anything."""
        self.process.kill()
        self.process.wait()
        self.stop()

    def wait(self, what, look, seconds=20, every=0.1):
        """Looks until it sees something; fails with a sentence otherwise."""
        end = time.monotonic() + seconds
        while True:
            seen = look()
            if seen:
                return seen
            if self.process and self.process.poll() is not None:
                raise Missed(f'The application ended with status {self.process.returncode} while the tour waited for {what}. '
                             f'Its words are in {self.log_path}.')
            if time.monotonic() > end:
                raise Missed(f'Waited {seconds:.0f} s for {what}.')
            time.sleep(every)

    def application(self):
        desktop = Atspi.get_desktop(0)
        for index in range(safely(desktop.get_child_count, 0) or 0):
            child = safely(lambda: desktop.get_child_at_index(index))
            if child is not None and safely(child.get_process_id) == self.process.pid:
                return child
        return None

    def frames(self):
        """The application's windows."""
        application = self.application()
        return [node for node in (safely(lambda: application.get_child_at_index(index)) for index in range(safely(application.get_child_count, 0) or 0))
                if node is not None] if application else []

    def nodes(self):
        return list(walk(self.application()))

    def find_all(self, role=None, name=None, under=None):
        """`role` and `name` are regular expressions that the whole must match; `name` may be a sentence of the window's, in English."""
        found = []
        name = self.words.pattern(name) if name is not None else None
        for node in walk(under or self.application()):
            if role and not re.fullmatch(role, role_of(node)):
                continue
            if name is not None and not re.fullmatch(name, name_of(node), re.S):
                continue
            found.append(node)
        return found

    def find(self, role=None, name=None, seconds=15, under=None, sensitive=False):
        def look():
            found = self.find_all(role, name, under)
            found = [node for node in found if not sensitive or is_sensitive(node)]
            return found[-1] if found else None
        return self.wait(f'{role or "anything"} named "{name}"', look, seconds)

    def tree(self):
        """The tree as text, for a person who looks for what went wrong."""
        lines = []

        def write(node, depth):
            marks = ''.join(letter for letter, state in (('f', Atspi.StateType.FOCUSED), ('s', Atspi.StateType.SENSITIVE), ('b', Atspi.StateType.BUSY)) if has_state(node, state))
            text = safely(lambda: text_of(node), '') or ''
            lines.append(f'{"  " * depth}{role_of(node)} "{name_of(node)}" [{marks}]' + (f' = {text[:80]!r}' if text and text != name_of(node) else ''))
            for index in range(safely(node.get_child_count, 0) or 0):
                child = safely(lambda: node.get_child_at_index(index))
                if child is not None and depth < 60 and (is_showing(child) or depth < 2):
                    write(child, depth + 1)
        application = self.application()
        if application:
            write(application, 0)
        return '\n'.join(lines)

    def picture(self, name, place=None):
        """A picture of the window's part of the screen, with what lies over it."""
        x, y, width, height = place or self.geometry(self.window_id) or (0, 0, 1400, 900)
        path = os.path.join(self.pictures, name + '.png')
        call('import', '-window', 'root', '-crop', f'{width}x{height}+{max(x, 0)}+{max(y, 0)}', '+repage', path)
        return path

    # ---- doing

    def resize(self, width, height):
        # Without a compositor the window's own border takes ten pixels.
        call('xdotool', 'windowmove', self.window_id, '0', '0')
        self.resize_window(self.window_id, width, height)

    def resize_window(self, window, width, height):
        """Asks for a size, and gives the window the time that it takes: its contents may not let it become so small, so nobody knows which it will be."""
        call('xdotool', 'windowsize', window, str(width), str(height))
        end = time.monotonic() + 1
        while self.geometry(window)[2:] != (width, height) and time.monotonic() < end:
            time.sleep(0.05)
        self.rest()

    def rest(self, seconds=5):
        """Waits until the application waits itself: then what was asked for is on the screen, however slow the machine is."""
        end = time.monotonic() + seconds
        quiet = 0
        time.sleep(0.1)
        while quiet < 8 and time.monotonic() < end:
            with open(f'/proc/{self.process.pid}/stat') as file:
                quiet = quiet + 1 if file.read().rpartition(')')[2].split()[0] == 'S' else 0
            time.sleep(0.05)

    def key(self, *combinations):
        for combination in combinations:
            call('xdotool', 'key', '--clearmodifiers', combination)
            time.sleep(0.05)

    def type(self, text):
        if text.isascii():
            call('xdotool', 'type', '--delay', '8', '--', text)
            return
        # The keyboard of the server has no other letters, and those that xdotool lends it are lost where a machine is slow.
        subprocess.run(['xclip', '-selection', 'clipboard'], input=text, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.key('ctrl+v')

    def press(self, node):
        """Presses a button as an assistive technology does."""
        def act():
            action = node.get_action_iface()
            return action is not None and Atspi.Action.get_n_actions(action) > 0 and Atspi.Action.do_action(action, 0)
        if not safely(act):
            raise Missed(f'{role_of(node)} "{name_of(node)}" could not be pressed.')
        time.sleep(0.2)

    def middle(self, node):
        """Where on the screen the node's middle is; the tree gives positions within the window."""
        extents = safely(lambda: Atspi.Component.get_extents(node.get_component_iface(), Atspi.CoordType.WINDOW))
        if extents is None or extents.width <= 0:
            return None
        x, y, _, _ = self.geometry(self.window_id)
        return x + extents.x + extents.width // 2, y + extents.y + extents.height // 2

    def middle_in_top_window(self, node):
        """The same for a node of the window that has the keyboard."""
        extents = safely(lambda: Atspi.Component.get_extents(node.get_component_iface(), Atspi.CoordType.WINDOW))
        place = self.geometry(call('xdotool', 'getactivewindow').stdout.strip() or self.window_id)
        if extents is None or place is None:
            raise Missed(f'{role_of(node)} "{name_of(node)}" is nowhere on the screen.')
        return place[0] + extents.x + extents.width // 2, place[1] + extents.y + extents.height // 2

    def click_at(self, x, y, button=1):
        call('xdotool', 'mousemove', str(x), str(y), 'click', str(button))
        time.sleep(0.15)

    def turn_wheel(self, x, y, clicks):
        """Upwards if `clicks` is negative."""
        call('xdotool', 'mousemove', str(x), str(y), 'click', '--repeat', str(abs(clicks)), '--delay', '15', '4' if clicks < 0 else '5')
        self.rest()

    def drop(self, *what):
        """Drags from a window of its own onto the middle of this one: the file of that path, or what drag-source.py can name."""
        what = [one if '=' in one else f'text/uri-list={one}' for one in what]
        source = subprocess.Popen([sys.executable, os.path.join(HERE, 'drag-source.py'), *what], env=self.environment,
                                  stdout=self.log, stderr=self.log)
        self.others.append(source)
        try:
            def look():
                ids = call('xdotool', 'search', '--onlyvisible', '--pid', str(source.pid)).stdout.split()
                return ids[0] if ids else None
            window = self.wait('the window to drag from', look, 30)
            x, y, width, height = self.geometry(self.window_id)
            call('xdotool', 'windowmove', window, str(x + width + 60), str(y + 60))
            time.sleep(0.5)
            sx, sy, swidth, sheight = self.geometry(window)
            start = (sx + swidth // 2, sy + sheight // 2)
            end = (x + width // 2, y + height // 2)
            call('xdotool', 'mousemove', str(start[0]), str(start[1]))
            time.sleep(0.2)
            call('xdotool', 'mousedown', '1')
            steps = 24
            for step in range(1, steps + 1):
                call('xdotool', 'mousemove', str(start[0] + (end[0] - start[0]) * step // steps),
                     str(start[1] + (end[1] - start[1]) * step // steps))
                time.sleep(0.03)
            time.sleep(0.4)
            call('xdotool', 'mouseup', '1')
            time.sleep(0.5)
        finally:
            source.terminate()
            source.wait()
            self.others.remove(source)
            self.focus()

    def focus(self):
        call('xdotool', 'windowfocus', self.window_id)
        time.sleep(0.2)
