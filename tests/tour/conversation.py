# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes a conversation in the window, by the names that its parts have for an assistive technology."""
import re
import time

from desk import Atspi, Missed, has_state, is_showing, name_of, role_of, safely, text_of, walk

COMPOSER = 'Write to the model'
TRANSCRIPT = 'Transcript'
NOTE = 'Your note'
ANSWER = 'Answer'
WORDS = 'The model’s words'
FIRST = re.compile(r'first word\safter\s(\d+(?:[.,]\d+)?)\ss')
FIGURES = re.compile(r'\b(\d[\d\s,.\u2009\u202f]*)\stokens?\b')


def top_of(node):
    extents = safely(lambda: Atspi.Component.get_extents(node.get_component_iface(), Atspi.CoordType.WINDOW))
    return extents.y if extents else 0


def children(node):
    found = [safely(lambda: node.get_child_at_index(index)) for index in range(safely(node.get_child_count, 0) or 0)]
    return [child for child in found if child is not None and is_showing(child)]


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
        self.transcript = None
        # The names of rows are in the window's language; who asks for them uses English.
        self.kinds = {desk.words.say(kind): kind for kind in (NOTE, ANSWER)}

    # ---- seeing

    def find_transcript(self):
        # Remembered: to walk all of the window for each look would take longer than the answer.
        if self.transcript is None or name_of(self.transcript) != self.desk.words.say(TRANSCRIPT):
            found = self.desk.find_all(name=TRANSCRIPT)
            self.transcript = found[0] if found else None
        return self.transcript

    def kind(self, node):
        return self.kinds.get(name_of(node))

    def rows(self):
        """The rows of the transcript that show, from top to bottom."""
        transcript = self.find_transcript()
        found = [node for node in children(transcript) if self.kind(node)] if transcript else []
        return sorted(found, key=top_of)

    def last(self, kind):
        rows = self.rows()
        # An answer belongs to the last note: while that is the last row, there is none yet.
        if kind == ANSWER and rows and self.kind(rows[-1]) == NOTE:
            return None
        found = [row for row in rows if self.kind(row) == kind]
        return found[-1] if found else None

    def busy(self):
        answer = self.last(ANSWER)
        return answer is not None and has_state(answer, Atspi.StateType.BUSY)

    def answer_words(self):
        """What the model wrote: no notice, no "Waiting…", no figures, which are the program's words."""
        answer = self.last(ANSWER)
        written = next((node for node in walk(answer) if name_of(node) == self.desk.words.say(WORDS)), None) if answer else None
        return '\n'.join(labels(written)) if written else ''

    def figures(self):
        answer = self.last(ANSWER)
        found = [text for text in labels(answer) if FIGURES.search(text)] if answer else []
        return found[-1] if found else ''

    def details(self):
        """What is told of the figures where the pointer rests on them: the model, what it read, where it ran."""
        answer = self.last(ANSWER)
        found = [node for node in walk(answer) if FIGURES.search(text_of(node))] if answer else []
        return (safely(found[-1].get_description) or '') if found else ''

    def first_word_after(self):
        """Of the last answer, by its own figures."""
        found = FIRST.search(self.figures())
        return float(found[1].replace(',', '.')) if found else 0.0

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

    def wait_for_words(self, begin, seconds):
        """What is being written is hidden from readers until it is a whole paragraph."""
        self.desk.wait('the first words of the answer', lambda: self.answer_words().strip() or (not self.busy() and (self.figures() or self.failed())), seconds)
        return time.monotonic() - begin

    def failed(self):
        answer = self.last(ANSWER)
        return answer is not None and any(name_of(node) == self.desk.words.say('Retry') and role_of(node) == 'push button' for node in walk(answer))

    def wait_for_end(self, seconds):
        self.desk.wait('the end of the answer', lambda: not self.busy() and (self.figures() or self.failed()), seconds, every=0.2)
        if self.failed():
            raise Missed('The answer failed: ' + ' '.join(labels(self.last(ANSWER))))
        return self.answer_words()

    def ask(self, text, seconds=240):
        """Sends a note and waits for its whole answer; returns it with the seconds to its first words and to its end."""
        begin = self.send(text)
        first = self.wait_for_words(begin, seconds)
        words = self.wait_for_end(seconds)
        return words, first, time.monotonic() - begin
