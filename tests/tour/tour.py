#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a first conversation in the window as a person would, with a picture of each step in <build>/tour/.

It makes up two words, writes one into a PDF and one into a picture, drops both on the window, and asks for them. With the recommended
model it succeeds only if the answers hold both words; with the starter model, which is too small for that, if the words stand in what
the model got and an answer came. With --tap it says each step as a test.
"""
import argparse
import os
import re
import shutil
import sys
import time
import traceback

import things
from conversation import ANSWER, COMPOSER, NOTE, Conversation, labels
from desk import Desk, Missed, call, name_of, role_of, text_of, walk, window_manager
from words import LOCALES

RECOMMENDED = 'qwen2.5-coder-1.5b-instruct'
STARTER = 'smollm2-135m-instruct'
LONGEST = 600  # tokens of an answer
LONGEST_DRAWN = 60  # of one on a graphics card that is none: three in a second


class Tour:
    def __init__(self, build, model, folder, gpu=False):
        self.model = model
        self.gpu = gpu
        self.strict = model == RECOMMENDED
        self.folder = folder
        self.number = 0
        self.times = []
        self.pdf_word, self.picture_word = things.make_word(), things.make_word()
        home = os.path.join(folder, 'home')
        shutil.rmtree(home, ignore_errors=True)
        # The settings of a person who has changed nothing but chosen the model, in a home of their own; and who lets no answer grow
        # for ever, for the starter model may tell its story until its context is full. Nor is anything left to chance: a drawn token
        # misspelt a made-up word now and then.
        keyfile = os.path.join(home, '.config/glib-2.0/settings/keyfile')
        os.makedirs(os.path.dirname(keyfile))
        with open(keyfile, 'w') as file:
            file.write(f"[org/melete/Melete]\nmodel='{model}'\nmax-tokens={LONGEST_DRAWN if gpu else LONGEST}\ntemperature=0.0\n" + ("backend='gpu'\n" if gpu else ''))
        self.pdf_file, self.picture_file = os.path.join(folder, 'minutes.pdf'), os.path.join(folder, 'bakery.png')
        things.write_pdf(self.pdf_file, self.pdf_word)
        things.write_picture(self.picture_file, self.picture_word)
        environment = {'HOME': home, 'XDG_DATA_HOME': home + '/.local/share', 'XDG_CONFIG_HOME': home + '/.config', 'XDG_CACHE_HOME': home + '/.cache',
                       'XDG_STATE_HOME': home + '/.local/state', 'GSETTINGS_BACKEND': 'keyfile'}
        self.desk = Desk([os.path.join(build, 'ui/melete')], environment, folder, os.path.join(folder, 'melete.log'))
        self.talk = Conversation(self.desk)

    def show(self, name):
        self.number += 1
        self.desk.picture(f'{self.number:02}-{name}')

    def tell(self, question, answer, first, whole):
        print(f'# You: {question}')
        for line in answer.splitlines() or ['(nothing)']:
            print(f'#   {line}')
        print(f'#   first paragraph after {first:.1f} s, all after {whole:.1f} s; {self.talk.figures()}', flush=True)
        # What is seen before the model has written it is not the answer.
        if first + 0.2 < self.talk.first_word_after():
            raise Missed(f'Words were taken for the answer {first:.1f} s after the question, before the model wrote any.')
        print(f'#   {self.talk.details().splitlines()[-1:]}', flush=True)
        if self.gpu and 'on the graphics card' not in self.talk.details():
            raise Missed(f'The answer does not say that the graphics card wrote it: {self.talk.details()}')

    # ---- the steps

    def start(self):
        """the window opens"""
        seconds = self.desk.start()
        self.desk.resize(1110, 770)
        self.desk.find(name='Write to the model')
        print(f'# The window showed after {seconds:.2f} s')
        self.show('start')

    def first_question(self):
        """a question is answered"""
        question = 'What is the capital of France? Answer in one sentence.'
        self.talk.write(question)
        self.show('typed')
        begin = time.monotonic()
        self.desk.key('Return')
        first = self.talk.wait_for_words(begin, 120)
        self.show('streaming')
        answer = self.talk.wait_for_end(120)
        self.show('answered')
        self.tell(question, answer, first, time.monotonic() - begin)
        # The starter model does not always know.
        if not answer.strip() or (self.strict and 'Paris' not in answer):
            raise Missed(f'The answer does not name Paris: {answer}')

    def pdf(self):
        """a dropped PDF is read"""
        self.read_aloud(self.pdf_file, 'minutes.pdf', 'What is the password of the tool shed? Answer with the password only.', self.pdf_word, 'pdf')

    def picture(self):
        """a dropped picture is read, and the message says how"""
        self.read_aloud(self.picture_file, 'bakery.png', 'What is the name of the best bread in the picture? Answer with the name only.',
                        self.picture_word, 'picture')
        # The model cannot see: that must stand there.
        if not any('OCR' in text for row in self.talk.rows() for text in labels(row)):
            raise Missed('The transcript does not say that the picture was read with OCR.')

    def read_aloud(self, path, name, question, word, step):
        self.desk.drop(path)
        self.chip(name)
        self.show(f'{step}-dropped')
        answer, first, whole = self.talk.ask(question)
        self.show(f'{step}-answered')
        self.tell(f'[{name}] {question}', answer, first, whole)
        got = self.what_the_model_got(name)
        self.show(f'{step}-what-the-model-got')
        self.desk.key('Escape')
        if word not in got.lower():
            raise Missed(f'The word "{word}" of {name} is not in what the model got: {got[:400]}')
        if self.strict and word not in answer.lower():
            raise Missed(f'The model did not give back the word "{word}" of {name}: {answer}')
        if not answer.strip():
            raise Missed(f'No answer came to the question about {name}.')

    def chip(self, name):
        """The button of an attachment, once it has been read."""
        return self.desk.find('push button', f'(?s)Attachment {re.escape(name)}: .*', 60)

    def what_the_model_got(self, name):
        """The text of the attachment's own window."""
        self.desk.press(self.chip(name))
        self.desk.wait(f'the window that shows {name}', lambda: call('xdotool', 'getactivewindow').stdout.strip() not in ('', self.desk.window_id), 15)
        tab = self.desk.find('radio button|toggle button|page tab|push button', 'What the model reads', 10)
        time.sleep(0.5)
        self.desk.click_at(*self.desk.middle_in_top_window(tab))
        time.sleep(0.5)
        main = self.talk.find_transcript()
        return '\n'.join(text for frame in self.desk.frames() if main is None or main not in set(walk(frame)) for text in labels(frame))

    def stop(self):
        """an answer is stopped"""
        # A small model on a quick machine may be done before a person has reached the key: then another, longer story, and sooner, in a
        # conversation of its own, where the model does not repeat what it has said already.
        for sentences, seconds in (('ten', 1.5), ('twenty', 0.5), ('fifty', 0.3)):
            if sentences != 'ten':
                self.desk.key('ctrl+n')
            self.talk.send(f'Write a long story about a lighthouse, in {sentences} sentences.')
            self.desk.wait('the answer to begin', self.talk.busy, 60)
            time.sleep(seconds)  # some words; here they cannot be seen, for readers get them by the paragraph
            self.desk.key('Escape')
            stopped = time.monotonic()
            self.desk.wait('the stop', lambda: not self.talk.busy(), 10)
            print(f'# Stopped after {time.monotonic() - stopped:.2f} s')
            said = labels(self.talk.last(ANSWER))
            if any(text.startswith('Stopped') for text in said):
                break
        else:
            raise Missed(f'The answer does not say that it was stopped: {" ".join(said)}')
        self.show('stopped')

    def regenerate(self):
        """it is asked for again, and both answers stay"""
        begin = time.monotonic()
        self.desk.press(self.button_of_answer('Answer again'))
        self.desk.wait('the second answer', lambda: any('2/2' in text.replace(' ', '') for text in labels(self.talk.last(ANSWER))), 20)
        first = self.talk.wait_for_words(begin, 60)
        answer = self.talk.wait_for_end(300)
        self.tell('(again)', answer, first, time.monotonic() - begin)
        self.show('regenerated')
        self.desk.press(self.button_of_answer('Previous version'))
        self.desk.wait('the first answer', lambda: any('1/2' in text.replace(' ', '') for text in labels(self.talk.last(ANSWER))), 10)
        self.show('first-version')
        self.desk.press(self.button_of_answer('Next version'))
        self.desk.wait('the second answer', lambda: any('2/2' in text.replace(' ', '') for text in labels(self.talk.last(ANSWER))), 10)

    def button_of_answer(self, name):
        def look():
            answer = self.talk.last(ANSWER)
            found = [node for node in walk(answer) if role_of(node) == 'push button' and name_of(node) == name] if answer else []
            return found[-1] if found else None
        return self.desk.wait(f'the button "{name}" below the answer', look, 10)

    # ---- what waits

    def waiting(self, text):
        """The row of a message that waits."""
        found = self.desk.find_all('list item', re.escape(f'Waits to be sent: {text}'))
        return found[0] if found else None

    def write_meanwhile(self, text, hold=False):
        """Sends something while an answer is written, so that it waits; with `hold`, the answer is then stopped."""
        # As in stop (): a small model may be done before. What it has said already would make it say less.
        for thing in ('lighthouse', 'harbour', 'ferry'):
            self.desk.key('ctrl+n')
            self.talk.send(f'Write a long story about a {thing}, in fifty sentences.')
            self.talk.write(text)
            self.desk.key('Return')
            self.desk.wait('what was sent', lambda: self.waiting(text) or self.is_sent(text), 20)
            if self.waiting(text) and hold:
                self.desk.key('Escape')
            if self.waiting(text) and (not hold or self.is_held()):
                return
            self.wait_until_sent(text)
            self.desk.key('Escape')
            self.desk.wait('the end', lambda: not self.talk.busy(), 300)
        raise Missed('Each answer ended before something could wait for its end.')

    def is_held(self):
        try:
            self.desk.find('label', 'Not sent, because you stopped the answer', 5)
            return True
        except Missed:
            return False

    def is_sent(self, text):
        note = self.talk.last(NOTE)
        return self.waiting(text) is None and note is not None and text in labels(note)

    def wait_until_sent(self, text):
        self.desk.wait(f'"{text}" as a note', lambda: self.is_sent(text), 300, every=0.5)

    def queue(self):
        """what is written meanwhile waits, and goes by itself"""
        text = 'Thanks. Backwards?'
        self.write_meanwhile(text)
        self.show('waiting')
        self.wait_until_sent(text)
        self.show('sent-by-itself')
        if not self.talk.wait_for_end(300).strip():
            raise Missed('No answer came to what had waited.')

    def search(self):
        """the history is searched"""
        self.desk.key('ctrl+f')
        time.sleep(0.5)
        self.desk.type('tool shed')
        self.desk.wait('a hit that shows the words', lambda: [node for node in self.desk.find_all('label')
                                                              if 'tool shed' in name_of(node).lower() and not self.in_transcript(node)], 10)
        self.show('search')
        self.desk.key('Escape')

    def in_transcript(self, node):
        while node is not None:
            if name_of(node) in (NOTE, ANSWER):
                return True
            node = node.get_parent()
        return False

    def again(self):
        """after a restart everything is there"""
        self.desk.stop()
        self.talk.transcript = None
        seconds = self.desk.start()
        self.desk.resize(1110, 770)
        print(f'# The window showed again after {seconds:.2f} s')
        self.desk.wait('the conversation in the sidebar', lambda: self.desk.find_all('list item|table row'), 15)
        self.show('restarted')

    def crash(self):
        """after a crash, what waited is shown and not sent, and what was typed is there with its file"""
        self.write_meanwhile('Thanks. Again?', hold=True)
        self.desk.drop(self.pdf_file)
        self.chip('minutes.pdf')
        self.talk.write('Does this mention')
        # A pause in typing, in which it is stored.
        time.sleep(2)
        self.desk.crash()
        self.talk.transcript = None
        self.desk.start()
        self.desk.resize(1110, 770)
        self.conversation('Write a long story')
        self.desk.wait('what waits', lambda: self.waiting('Thanks. Again?'), 15)
        self.desk.find('label', 'Not sent before Melete ended')
        self.chip('minutes.pdf')
        if 'Does this mention' not in text_of(self.desk.find(name=COMPOSER)):
            raise Missed('What was typed is not in the composer.')
        self.show('after-the-crash')
        if self.talk.busy():
            raise Missed('Something was sent by itself after a crash.')
        self.desk.press(self.desk.find('push button', 'Send', under=self.desk.find('label', 'Not sent before Melete ended').get_parent()))
        self.wait_until_sent('Thanks. Again?')
        self.show('sent-after-the-crash')

    def conversation(self, title):
        """Opens it from the sidebar."""
        def look():
            rows = [node for node in self.desk.find_all('list item|table row|table cell') if title in name_of(node)]
            return rows[0] if rows else None
        self.desk.click_at(*self.desk.middle(self.desk.wait(f'"{title}" in the sidebar', look, 15)))
        self.desk.wait('its messages', lambda: self.talk.rows(), 15)


    def driver_crash(self):
        """after a crash while the graphics card was at work it is off, and the processor answers"""
        self.desk.key('ctrl+n')
        self.talk.send('Write a long story about a bridge, in fifty sentences.')
        self.desk.wait('the answer to begin', self.talk.busy, 60)
        time.sleep(2)
        self.desk.crash()
        self.talk.transcript = None
        self.desk.start()
        self.desk.resize(1110, 770)
        self.desk.find('label', 'The graphics card is off', 15)
        self.show('card-off')
        self.desk.click_at(*self.desk.middle(self.desk.find('label', 'Details')))
        self.desk.find('push button', 'Turn on again', 15)
        self.show('card-off-details')
        self.desk.key('Escape')
        self.talk.ask('What is the capital of Italy? Answer in one sentence.')
        if 'on the processor' not in self.talk.details():
            raise Missed(f'The answer does not say that the processor wrote it: {self.talk.details()}')


STEPS = ('start', 'first_question', 'pdf', 'picture', 'stop', 'regenerate', 'queue', 'search', 'again', 'crash')


def play(tour, tap):
    failed = []
    steps = STEPS + (('driver_crash',) if tour.gpu else ())
    if tap:
        print(f'1..{len(steps)}')
    for number, name in enumerate(steps, 1):
        step = getattr(tour, name)
        words = step.__doc__
        try:
            step()
            problem = None
        except Missed as error:
            problem = str(error)
        except Exception:
            problem = traceback.format_exc()
        if problem:
            failed.append(words)
            tour.desk.picture('failure' if len(failed) == 1 else f'failure-{len(failed)}')
            with open(os.path.join(tour.folder, 'failure.txt'), 'a') as file:
                file.write(f'{words}: {problem}\n{tour.desk.tree()}\n\n')
            for line in problem.splitlines():
                print(f'# {line}')
        print(f'{"not ok" if problem else "ok"} {number} {words}' if tap else f'{"FAILED" if problem else "done"}: {words}', flush=True)
        if problem and name == 'start':
            break
    return failed


def main():
    parser = argparse.ArgumentParser(description='Plays a first conversation.')
    parser.add_argument('--build', required=True)
    parser.add_argument('--starter', action='store_true', help='with the starter model, even if the recommended one is here')
    parser.add_argument('--gpu', action='store_true', help='on the graphics card, even if it is none but the processor that draws')
    parser.add_argument('--pictures', nargs='*', metavar='SCREEN', help='pictures of every screen (or of those named) at three widths, light and dark')
    parser.add_argument('--language', choices=LOCALES, help='pictures in this language, and not in English')
    parser.add_argument('--contrast', action='store_true', help='pictures in high contrast')
    parser.add_argument('--scheme', nargs='+', choices=('light', 'dark'), default=('light', 'dark'), help='pictures of these alone')
    parser.add_argument('--width', nargs='+', type=int, default=(), help='pictures of these alone')
    parser.add_argument('--tap', action='store_true')
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    # A test does not write over the pictures that a person may be looking at.
    folder = os.path.join(build, 'tour-test' if arguments.tap else 'tour')
    models = os.environ['MELETE_MODELS']
    window_manager()
    if arguments.pictures is not None:
        import pictures
        return pictures.take(build, os.path.join(build, 'pictures'), models, arguments.pictures, arguments.scheme, arguments.language, arguments.contrast, arguments.width)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    model = RECOMMENDED if not arguments.starter and os.path.exists(os.path.join(models, RECOMMENDED + '.gguf')) else STARTER
    tour = Tour(build, model, folder, arguments.gpu)
    print(f'# The model is {model}. The word in the PDF is "{tour.pdf_word}", in the picture "{tour.picture_word}".', flush=True)
    try:
        failed = play(tour, arguments.tap)
    finally:
        tour.desk.stop()
    if not arguments.tap:
        print(f'The pictures are in {os.path.relpath(folder)}/.')
        print('The tour failed: ' + '; '.join(failed) if failed else 'The tour succeeded.' if tour.strict else
              'The tour succeeded, with the starter model: whether the words came back was not asked.')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
