# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes a conversation in the window, by the names that its parts have for an assistive technology."""
import re
import time

from gi.repository import Atspi

from desk import Missed, has_state, name_of, role_of, safely, text_of, walk

COMPOSER = 'Write to the model'
TRANSCRIPT = 'Transcript'
NOTE = 'Your note'
ANSWER = 'Answer'
FIGURES = re.compile(r'\b(\d[\d\s,.\u2009\u202f]*) tokens?\b')


def top_of(node):
    extents = safely(lambda: Atspi.Component.get_extents(node.get_component_iface(), Atspi.CoordType.WINDOW))
    return extents.y if extents else 0


def labels(node):
    """The words below a node, in order, each once."""
    words = []
    for child in walk(node):
        if role_of(child) in ('label', 'heading', 'text', 'paragraph', 'static', 'link') or role_of(child).startswith('text'):
            text = text_of(child)
            if text and (not words or words[-1] != text):
                words.append(text)
    return words


class Conversation:
    def __init__(self, desk):
        self.desk = desk

    # ---- seeing

    def rows(self):
        """The rows of the transcript that show, from top to bottom."""
        transcript = self.desk.find_all(name=TRANSCRIPT)
        found = [node for root in transcript[:1] for node in walk(root) if name_of(node) in (NOTE, ANSWER)]
        return sorted(found, key=top_of)

    def last(self, kind):
        found = [row for row in self.rows() if name_of(row) == kind]
        return found[-1] if found else None

    def busy(self):
        answer = self.last(ANSWER)
        return answer is not None and (has_state(answer, Atspi.StateType.BUSY) or bool(self.desk.find_all('push button', 'Stop')))

    def answer_words(self):
        """What the last answer says, without the line of figures below it."""
        answer = self.last(ANSWER)
        return '\n'.join(text for text in labels(answer) if not FIGURES.search(text)) if answer else ''

    def figures(self):
        answer = self.last(ANSWER)
        found = [text for text in labels(answer) if FIGURES.search(text)] if answer else []
        return found[-1] if found else ''

    # ---- doing

    def write(self, text):
        composer = self.desk.find(name=COMPOSER)
        self.desk.key('ctrl+l')
        self.desk.wait('the keyboard in the composer', lambda: has_state(composer, Atspi.StateType.FOCUSED), 5)
        self.desk.type(text)
        self.desk.wait('the typed words in the composer', lambda: text in text_of(composer), 10)

    def send(self, text):
        """Sends a note; returns the seconds until the first words of the answer."""
        self.write(text)
        begin = time.monotonic()
        self.desk.key('Return')

        def sent():
            note = self.last(NOTE)
            return note is not None and any(text in words for words in labels(note))
        self.desk.wait('the note in the transcript', sent, 20)
        return begin

    def wait_for_words(self, begin, seconds, count=1):
        self.desk.wait('the first words of the answer', lambda: len(self.answer_words()) >= count or (self.figures() and not self.busy()), seconds)
        return time.monotonic() - begin

    def wait_for_end(self, seconds):
        self.desk.wait('the end of the answer', lambda: not self.busy() and self.figures(), seconds, every=0.2)
        answer = self.last(ANSWER)
        for node in walk(answer):
            if name_of(node) == 'Retry' and role_of(node) == 'push button':
                raise Missed('The answer failed: ' + ' '.join(labels(answer)))
        return self.answer_words()

    def ask(self, text, seconds=240):
        """Sends a note and waits for its whole answer; returns it with the seconds to its first words and to its end."""
        begin = self.send(text)
        first = self.wait_for_words(begin, seconds)
        words = self.wait_for_end(seconds)
        return words, first, time.monotonic() - begin
