# SPDX-License-Identifier: GPL-3.0-or-later
"""A history as a person has after some weeks, written straight into the database that the application made."""
import json
import sqlite3
import time

import fixture_words

DAY = 86_400_000
MODEL, TITLE = 'qwen2.5-coder-1.5b-instruct', 'Qwen2.5 Coder 1.5B Instruct'

DOCUMENT = '''## Three ways to cross the lake

There are **three** ways, and which one is best depends on the *wind* and on how much you carry. See [the timetable](https://example.org/ferry) for the ferry.

| Way | Time | Price | Needs |
|:----|-----:|------:|-------|
| Ferry | 25 min | 4.20 € | nothing |
| Rowing boat | 70 min | 0.00 € | two people and calm water |
| Around by bicycle | 95 min | 0.00 € | a bicycle, and patience on the hill behind the mill |

1. Look at the flag on the pier.
2. If it hangs, row.
3. If it stands, take the ferry:
   - on weekdays every hour
   - on Sundays at nine, one and five

> The lake is patient. It has seen better swimmers than you.
> — sign at the pier

The travel time by boat is distance over speed, which a few lines compute:

```python
def minutes(distance_km: float, speed_kmh: float) -> float:
    """Minutes for a distance at a steady speed."""
    if speed_kmh <= 0:
        raise ValueError("the speed must be positive")
    return distance_km / speed_kmh * 60


print(f"{minutes(3.5, 3.0):.0f} min")  # 70 min
```

So on a calm day, `minutes (3.5, 3)` tells you to bring something to drink.
'''

CONVERSATIONS = (
    # title, pinned, age in days, [(role, text)…]
    ('Crossing the lake', 0, 0, [('user', 'How do I get across the lake, and how long does each way take? A table please, and the calculation as Python.'),
                                 ('assistant', DOCUMENT)]),
    ('Budget for the summer party', 1, 3, [('user', 'We have 400 € for 30 people. What is a fair split?'),
                                           ('assistant', 'About 60 % for food, 25 % for drinks and 15 % for everything else: **240 €**, **100 €** and **60 €**.')]),
    ('Why the bread did not rise', 0, 0, [('user', 'My bread did not rise.'), ('assistant', 'The water may have been too hot for the yeast: above 50 °C it dies.')]),
    ('Translate a letter to the landlord', 0, 1, [('user', 'Translate: "Die Heizung geht seit Montag nicht."'), ('assistant', '"The heating has not worked since Monday."')]),
    ('Sort a list of names in C', 0, 1, [('user', 'How do I sort an array of strings in C?'),
                                         ('assistant', 'Use `qsort` with a comparison of the strings:\n\n```c\nstatic int\ncompare (const void *a, const void *b)\n{\n'
                                                       '  return strcmp (*(const char *const *) a, *(const char *const *) b);\n}\n```')]),
    ('مرحبا: تحية وسؤال', 0, 9, [('user', 'كيف أقول "صباح الخير" بالإنجليزية؟'), ('assistant', 'تقول: **Good morning**.')]),
    ('A name for the new boat', 0, 12, [('user', 'Suggest a name for a small green boat.'), ('assistant', 'How about *Duckweed*?')]),
)


STORY = 'The lamp went out at nine. Old Maren climbed the stairs without a light, counting,'
ERROR = 'The answer could not be written: there is not enough memory (it needs 1.6\u00a0GB, and 0.9\u00a0GB are free). Close other programs, or choose a smaller model.'


def in_language(text, language):
    """What stands above and below in English, in another language if somebody wrote it there."""
    long = {'de': {DOCUMENT: fixture_words.DOCUMENT_DE, TIDES: fixture_words.TIDES_DE, HERE_ON_RAIN: fixture_words.HERE_ON_RAIN_DE,
                   KITCHEN_ON_RAIN: fixture_words.KITCHEN_ON_RAIN_DE},
            'ar': {DOCUMENT: fixture_words.DOCUMENT_AR, TIDES: fixture_words.TIDES_AR, HERE_ON_RAIN: fixture_words.HERE_ON_RAIN_AR,
                   KITCHEN_ON_RAIN: fixture_words.KITCHEN_ON_RAIN_AR}}
    return {**fixture_words.WORDS.get(language, {}), **long.get(language, {})}.get(text, text)


def write(path, words, long_conversation=0):
    """Fills the history at `path` in the language of the window's words; with `long_conversation`, one of so many messages as well."""
    def say(text):
        return in_language(text, words.language)
    database = sqlite3.connect(path)
    now = int(time.time() * 1000)

    def conversation(title, pinned, age, messages):
        when = now - age * DAY - 60_000
        row = database.execute('INSERT INTO conversations (title, title_source, model, pinned, created, updated) VALUES (?, 1, ?, ?, ?, ?)',
                               (say(title), MODEL, pinned, when, when)).lastrowid
        parent = None
        for role, text in messages:
            assistant = role == 'assistant'
            message = database.execute(
                'INSERT INTO messages (conversation, parent, role, state, created, text, model, prompt_tokens, tokens, first_token_ms, tokens_per_second) '
                'VALUES (?, ?, ?, 2, ?, ?, ?, ?, ?, ?, ?)',
                (row, parent, 2 if assistant else 1, when, say(text), TITLE if assistant else None,
                 96 if assistant else 0, len(text) // 4 if assistant else 0, 840 if assistant else 0, 12.4 if assistant else 0)).lastrowid
            if parent is None:
                database.execute('UPDATE conversations SET chosen = ? WHERE id = ?', (message, row))
            else:
                database.execute('UPDATE messages SET chosen = ? WHERE id = ?', (message, parent))
            parent = message

    with database:
        for title, pinned, age, messages in reversed(CONVERSATIONS):
            conversation(title, pinned, age, messages)
        rest(database, now, words, say)
        begun(database, now, say)
        compared(database, now, say)
        folders(database, now, say)
        if long_conversation:
            messages = []
            for number in range(long_conversation // 2):
                messages.append(('user', f'Note number {number}: what comes next?'))
                messages.append(('assistant', f'After {number} comes **{number + 1}**.\n\n- one\n- two\n\n' + 'A sentence that fills the line. ' * (number % 9)))
            conversation(f'A long one: {long_conversation} messages', 0, 2, messages)
    database.close()


def begun(database, now, say):
    """An answer that was stopped, last: it can be continued."""
    row = database.execute('INSERT INTO conversations (title, title_source, model, pinned, created, updated) VALUES (?, 1, ?, 0, ?, ?)',
                           (say('A story, begun'), MODEL, now - DAY, now - DAY)).lastrowid
    note = database.execute('INSERT INTO messages (conversation, role, state, created, text) VALUES (?, 1, 2, ?, ?)',
                            (row, now - DAY, say('Tell me a story about a lighthouse.'))).lastrowid
    answer = database.execute('INSERT INTO messages (conversation, parent, role, state, created, text, model, tokens, tokens_per_second) VALUES (?, ?, 2, 3, ?, ?, ?, 21, 11.8)',
                              (row, note, now - DAY, say(STORY), TITLE)).lastrowid
    database.execute('UPDATE conversations SET chosen = ? WHERE id = ?', (note, row))
    database.execute('UPDATE messages SET chosen = ? WHERE id = ?', (answer, note))


def folders(database, now, say):
    """Two folders, one of them empty."""
    for name, titles in (('Household', ('Translate a letter to the landlord', 'Budget for the summer party')), ('Boat', ())):
        folder = database.execute('INSERT INTO folders (name, created) VALUES (?, ?)', (say(name), now)).lastrowid
        for title in titles:
            database.execute('UPDATE conversations SET folder = ? WHERE title = ?', (folder, say(title)))


HERE_ON_RAIN = '''Pack in **layers**, and keep the dry apart from the wet:

- a shell that breathes, and trousers of the same cloth
- two sets of wool: one to walk in, one that *never* leaves its bag
- a dry bag for the sleeping bag, and another one for paper

| Thing | Weight |
|:------|-------:|
| Shell | 420 g |
| Wool, two sets | 900 g |
| Dry bags | 130 g |

It comes to about 1.5 kg.'''
KITCHEN_ON_RAIN = '''You will be wet. The question is whether you will be *cold*, so plan for the evening rather than for the day.

1. **One dry set** in a roll-top bag, for the tent only.
2. A shell with pit zips; without them you are soaked from within.
3. Paper maps in a sleeve. A telephone does not take drops for fingers.

To see what a day of rain means for a bag of 40 litres:

```python
rain_mm, area_m2, hours = 4, 0.18, 7
print(f"{rain_mm * area_m2 * hours:.1f} litres hit the bag")
```

Leave the umbrella at home: in the wind on the ridge it is a sail.'''


def compared(database, now, say):
    """A question that a model of this machine and one of a server answered."""
    row = database.execute('INSERT INTO conversations (title, title_source, model, pinned, created, updated) VALUES (?, 1, ?, 0, ?, ?)',
                           (say('Packing for a week of rain'), MODEL, now - 5 * DAY, now - 5 * DAY)).lastrowid
    note = database.execute('INSERT INTO messages (conversation, role, state, created, text) VALUES (?, 1, 2, ?, ?)',
                            (row, now - 5 * DAY, say('What do I pack for a week of walking in the rain?'))).lastrowid
    answers = [database.execute('INSERT INTO messages (conversation, parent, role, state, created, text, model, host, tokens, first_token_ms, tokens_per_second) '
                                'VALUES (?, ?, 2, 2, ?, ?, ?, ?, ?, ?, ?)', (row, note, now - 5 * DAY, say(text), model, host, tokens, wait, speed)).lastrowid
               for text, model, host, tokens, wait, speed in ((HERE_ON_RAIN, TITLE, None, 118, 640, 13.4), (KITCHEN_ON_RAIN, 'gpt-oss-120b', 'kitchen.local', 171, 380, 46.2))]
    database.execute('UPDATE conversations SET chosen = ? WHERE id = ?', (note, row))
    database.execute('UPDATE messages SET chosen = ? WHERE id = ?', (answers[0], note))


def rest(database, now, words, say):
    """A conversation with what goes wrong or otherwise: a stopped answer with a second version, a picture read with OCR, a failure."""
    row = database.execute('INSERT INTO conversations (title, title_source, model, pinned, created, updated) VALUES (?, 1, ?, 0, ?, ?)',
                           (say('Stopped, read, failed'), MODEL, now, now)).lastrowid

    def message(parent, role, state, text, error=None, notices=''):
        return database.execute('INSERT INTO messages (conversation, parent, role, state, created, text, error, notices, model, tokens, tokens_per_second, '
                                'first_token_ms, prompt_tokens) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
                                (row, parent, role, state, now, say(text), say(error), notices, TITLE if role == 2 else None,
                                 *((21, 11.8, 410, 60) if role == 2 and text else (0, 0, 0, 0)))).lastrowid

    def choose(parent, child):
        if parent is None:
            database.execute('UPDATE conversations SET chosen = ? WHERE id = ?', (child, row))
        else:
            database.execute('UPDATE messages SET chosen = ? WHERE id = ?', (child, parent))
        return child

    note = choose(None, message(None, 1, 2, 'Tell me a story about a lighthouse.'))
    message(note, 2, 2, 'There was a lighthouse that had never seen a ship. One day a ship came.')
    stopped = choose(note, message(note, 2, 3, STORY))
    second = choose(stopped, message(stopped, 1, 2, 'What does the sign in this picture say?', notices=words.say('read with OCR: this model cannot see pictures')))
    answer = choose(second, message(second, 2, 2, 'It says: *The lake is patient.*'))
    third = choose(answer, message(answer, 1, 2, 'And what does it mean?'))
    choose(third, message(third, 2, 4, '', ERROR))


SERVER_MODELS = '[{"id":"openai/gpt-oss-120b","owner":"vllm","context":131072,"sight":0,"pictures":false},' \
                '{"id":"Qwen/Qwen2.5-VL-72B-Instruct","owner":"vllm","context":32768,"sight":2,"pictures":true}]'
TIDES = """The moon pulls on the near side of the sea more than on the far side, so the water stands high on **both**, and the earth turns below.

- *Spring tides* come when sun and moon pull along one line.
- *Neap tides* come when they pull at right angles."""


def write_server(path, words, host='kitchen.local'):
    """A server with two models, of which the first one wrote an answer and failed to write another."""
    def say(text):
        return in_language(text, words.language)
    database = sqlite3.connect(path)
    now = int(time.time() * 1000)
    broken = words.say('%s broke the connection off. See whether the server is still at work, then try again.') % host
    database.execute('INSERT INTO servers (name, address, models) VALUES (?, ?, ?)', (say('Kitchen'), f'http://{host}:8000/v1', SERVER_MODELS))
    row = database.execute('INSERT INTO conversations (title, title_source, model, created, updated) VALUES (?, 1, ?, ?, ?)',
                           (say('Why there are tides'), 'server:1/openai/gpt-oss-120b', now, now)).lastrowid
    parent = None
    for role, state, text, error in ((1, 2, 'Why are there two tides a day?', None), (2, 2, TIDES, None), (1, 2, 'And on the moon?', None),
                                     (2, 4, 'The moon has no sea, but', broken)):
        answer = role == 2
        message = database.execute(
            'INSERT INTO messages (conversation, parent, role, state, created, text, error, model, host, prompt_tokens, tokens, first_token_ms, tokens_per_second) '
            'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            (row, parent, role, state, now, say(text), error, 'gpt-oss-120b' if answer else None, host if answer else None,
             96 if answer else 0, len(text) // 4 if answer else 0, 310 if answer else 0, 71.3 if answer else 0)).lastrowid
        if parent:
            database.execute('UPDATE messages SET chosen = ? WHERE id = ?', (message, parent))
        else:
            database.execute('UPDATE conversations SET chosen = ? WHERE id = ?', (message, row))
        parent = message
    database.commit()
    database.close()


def choose_adapter(path, words, title, adapter, name, scale=0.8):
    """The conversation of that English title asks for an adapter, and its last answer was written with it."""
    title = in_language(title, words.language)
    notice = words.say('written with the adapter %s at a strength of %.2f').replace('%.2f', '%s') % (name, words.number(scale, 2))
    database = sqlite3.connect(path)
    settings = json.dumps({'adapter': adapter, 'adapter-scale': scale})
    database.execute('UPDATE conversations SET settings = ? WHERE title LIKE ?', (settings, f'{title}%'))
    database.execute('UPDATE messages SET notices = ? WHERE id = (SELECT max (m.id) FROM messages m JOIN conversations c ON c.id = m.conversation WHERE c.title LIKE ?)',
                     (notice, f'{title}%'))
    database.commit()
    database.close()
