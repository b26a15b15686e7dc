#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems with one exact answer, made from a seed: arithmetic stories, dates, units, logic, look-ups in tables.

    problems.py --seed 9 --count 1200 > problems.jsonl

Each line is GSM8K's form, with a name and a kind: {"id", "kind", "question", "answer"}; the answer ends with "#### " and the result, a number, a date (2024-05-17) or one word. The same seed
makes the same problems everywhere. Every kind has as many, and each is drawn in several steps of difficulty.
"""
import argparse
import datetime
import json
import random
import sys

NAMES = ('Anna', 'Ben', 'Clara', 'David', 'Emma', 'Felix', 'Grace', 'Hugo', 'Iris', 'Jonas', 'Kira', 'Leo', 'Mia', 'Noah', 'Olga', 'Paul', 'Rosa', 'Simon', 'Tara', 'Viktor')
DAYS = ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')


# ---- arithmetic stories ------------------------------------------------------------------

def shopping(r):
    name, (thing, other) = r.choice(NAMES), r.sample(('pens', 'apples', 'notebooks', 'candles', 'mugs', 'oranges', 'towels'), 2)
    a, b, price, second = r.randint(3, 12), r.randint(2, 9), r.randint(2, 15), r.randint(3, 20)
    paid = (a * price + b * second) + r.randint(1, 30)
    return f'{name} buys {a} {thing} at {price} euros each and {b} {other} at {second} euros each, and pays with {paid} euros. How many euros of change does {name} get?', paid - a * price - b * second


def tank(r):
    litres, rate, leak, minutes = r.randint(20, 90), r.randint(6, 15), r.randint(1, 5), r.randint(8, 25)
    return (f'A tank holds {litres} litres of water. A pump adds {rate} litres a minute, and a leak loses {leak} litres a minute. How many litres are in the tank after {minutes} minutes?',
            litres + (rate - leak) * minutes)


def library(r):
    shelves, books, lent, back = r.randint(6, 18), r.randint(12, 40), r.randint(20, 60), r.randint(5, 19)
    return (f'A library has {shelves} shelves with {books} books each. On Monday {lent} books are lent, and on Tuesday {back} of them come back while {2 * back} others are lent. '
            f'How many books stand in the library then?', shelves * books - lent + back - 2 * back)


def workers(r):
    people, days, factor = r.randint(2, 9), r.randint(4, 12), r.randint(2, 4)
    return f'{people} people need {days * factor} days to build a wall. All work equally fast. How many days do {people * factor} people need for the same wall?', days


def savings(r):
    name, start, week, weeks, spent = r.choice(NAMES), r.randint(10, 80), r.randint(5, 25), r.randint(4, 16), r.randint(10, 30)
    return (f'{name} has {start} euros and saves {week} euros every week. After {weeks} weeks {name} spends {spent} euros on a present. How many euros does {name} have then?',
            start + week * weeks - spent)


def share(r):
    parts, each, kept = r.randint(3, 8), r.randint(6, 25), r.randint(2, 12)
    name = r.choice(NAMES)
    return f'{name} picked {parts * each + kept} cherries, keeps {kept} and shares the rest equally among {parts} friends, each of whom eats 4 of them. How many cherries does each friend have left?', each - 4


def ages(r):
    (a, b, c), base, times, more = r.sample(NAMES, 3), r.randint(4, 15), r.randint(2, 4), r.randint(2, 9)
    years = r.randint(2, 12)
    return (f'{a} is {base} years old. {b} is {times} times as old as {a}, and {c} is {more} years younger than {b}. How old will the three be together in {years} years?',
            base + times * base + times * base - more + 3 * years)


def trip(r):
    fast, slow, hours, more = r.randint(60, 110), r.randint(15, 50), r.randint(2, 5), r.randint(1, 4)
    return f'A car drives {hours} hours at {fast} km an hour and then {more} hours at {slow} km an hour. How many kilometres are left of a journey of {fast * hours + slow * more + 5 * (hours + more)} km?', 5 * (hours + more)


def percent(r):
    price, off, n = 20 * r.randint(3, 30), r.choice((5, 10, 15, 20, 25, 30, 40)), r.randint(2, 6)
    return f'A chair costs {price} euros. In the sale it is {off} % cheaper. How many euros do {n} chairs cost in the sale?', n * price * (100 - off) // 100


# ---- dates -------------------------------------------------------------------------------

def day_of(r):
    return datetime.date(r.randint(2018, 2030), 1, 1) + datetime.timedelta(r.randint(0, 360))


def date_after(r):
    day, n = day_of(r), r.randint(20, 120)
    return f'Which date is {n} days after {day.isoformat()}? Write it as YYYY-MM-DD.', (day + datetime.timedelta(n)).isoformat()


def days_between(r):
    day, n = day_of(r), r.randint(15, 150)
    return f'How many days are there from {day.isoformat()} to {(day + datetime.timedelta(n)).isoformat()}?', n


def weekday(r):
    first, n = r.randrange(7), r.randint(9, 90)
    return f'Today is {DAYS[first]}. Which day of the week is it in {n} days?', DAYS[(first + n) % 7]


def minutes_between(r):
    start, n = r.randint(6 * 60, 14 * 60), r.randint(35, 460)
    end = start + n
    return f'A train leaves at {start // 60:02}:{start % 60:02} and arrives at {end // 60:02}:{end % 60:02} on the same day. How many minutes is it on its way?', n


def appointment(r):
    day, weeks, days = day_of(r), r.randint(2, 8), r.randint(1, 6)
    return (f'A course begins on {day.isoformat()} and meets every week. On which date is the meeting {weeks} weeks later, if it is put off by {days} days? Write it as YYYY-MM-DD.',
            (day + datetime.timedelta(7 * weeks + days)).isoformat())


# ---- units -------------------------------------------------------------------------------

def lengths(r):
    piece, n, left = r.randint(5, 95), r.randint(4, 30), r.randint(1, 40)
    total = piece * n + left
    return f'From a rope of {total // 100} m {total % 100} cm, {n} pieces of {piece} cm are cut. How many centimetres are left?', left


def weights(r):
    bags, kilos, grams = r.randint(3, 12), r.randint(1, 9), 50 * r.randint(1, 19)
    return f'{bags} bags weigh {kilos} kg {grams} g each. How many grams do they weigh together?', bags * (1000 * kilos + grams)


def volumes(r):
    glass, n = r.choice((150, 200, 250, 300)), r.randint(6, 40)
    return f'How many millilitres are left of {glass * n // 1000 + 2} litres of juice after {n} glasses of {glass} ml have been filled?', (glass * n // 1000 + 2) * 1000 - glass * n


def speed(r):
    kmh, minutes = 12 * r.randint(2, 10), 5 * r.randint(1, 23)
    return f'A cyclist rides at a steady {kmh} km per hour. How many metres does he ride in {minutes} minutes?', kmh * 1000 * minutes // 60


def seconds(r):
    h, m, s = r.randint(1, 5), r.randint(1, 59), r.randint(1, 59)
    return f'How many seconds are {h} hours, {m} minutes and {s} seconds?', 3600 * h + 60 * m + s


def area(r):
    w, h, tile = r.randint(2, 9), r.randint(2, 9), r.choice((10, 20, 25, 50))
    return f'A floor of {w} m by {h} m is covered with square tiles of {tile} cm. How many tiles are needed?', (100 * w // tile) * (100 * h // tile)


# ---- logic -------------------------------------------------------------------------------

def ordering(r):
    people = r.sample(NAMES, r.randint(4, 5))
    facts = [f'{a} is taller than {b}.' for a, b in zip(people, people[1:])]
    place = r.randrange(len(people))
    r.shuffle(facts)
    order = ('tallest', 'second tallest', 'third tallest', 'fourth tallest', 'fifth tallest')[place]
    return ' '.join(facts) + f' Who is the {order}?', people[place]


def seats(r):
    people = r.sample(NAMES, r.randint(4, 5))
    facts = [f'{people[0]} sits at the left end.'] + [f'{b} sits directly to the right of {a}.' for a, b in zip(people, people[1:])]
    k = r.randrange(1, len(people))
    tail = facts[1:]
    r.shuffle(tail)
    return f'{len(people)} people sit in a row. ' + ' '.join([facts[0]] + tail) + f' Who sits in place {k + 1} from the left?', people[k]


def swaps(r):
    (a, b, c), colours = r.sample(NAMES, 3), r.sample(('red', 'blue', 'green', 'yellow', 'white', 'black'), 3)
    has = {a: colours[0], b: colours[1], c: colours[2]}
    steps = []
    for _ in range(r.randint(2, 4)):
        x, y = r.sample((a, b, c), 2)
        has[x], has[y] = has[y], has[x]
        steps.append(f'{x} and {y} swap balls.')
    who = r.choice((a, b, c))
    return (f'{a} has a {colours[0]} ball, {b} a {colours[1]} one and {c} a {colours[2]} one. ' + ' Then '.join(steps) + f' Which colour is the ball that {who} has now?', has[who])


def walk(r):
    x = y = 0
    steps = []
    for _ in range(r.randint(3, 5)):
        n, (word, dx, dy) = r.randint(1, 9), r.choice((('north', 0, 1), ('south', 0, -1), ('east', 1, 0), ('west', -1, 0)))
        x, y = x + n * dx, y + n * dy
        steps.append(f'{n} steps {word}')
    return f'A robot walks {", then ".join(steps)}. How many steps does it need at least, walking only north, south, east or west, to return to its start?', abs(x) + abs(y)


def parity(r):
    n, k = r.randint(20, 60), r.choice((3, 4, 6, 7))
    lo = r.randint(2, 15)
    return f'How many whole numbers from {lo} to {lo + n} can be divided by {k} without a remainder?', sum(v % k == 0 for v in range(lo, lo + n + 1))


# ---- tables ------------------------------------------------------------------------------

def stock(r):
    things = r.sample(('bolts', 'screws', 'nails', 'hooks', 'hinges', 'washers', 'brackets'), r.randint(4, 5))
    rows = [(thing, r.randint(5, 80), r.randint(2, 12), r.choice(('A', 'B', 'C'))) for thing in things]
    return rows, '| article | pieces | price | shelf |\n|---|---|---|---|\n' + '\n'.join(f'| {t} | {n} | {p} | {s} |' for t, n, p, s in rows)


def table_value(r):
    rows, text = stock(r)
    (a, n, p, _), (b, m, q, _) = r.sample(rows, 2)
    return f'{text}\n\nPrices are in euros for a piece. What are all pieces of {a} and all pieces of {b} worth together, in euros?', n * p + m * q


def table_sum(r):
    rows, text = stock(r)
    shelf = r.choice(sorted({row[3] for row in rows}))
    return f'{text}\n\nHow many pieces lie on shelf {shelf} altogether?', sum(row[1] for row in rows if row[3] == shelf)


def table_most(r):
    while True:
        rows, text = stock(r)
        values = sorted((row[1] * row[2] for row in rows), reverse=True)
        if values[0] != values[1]:
            return f'{text}\n\nPrices are in euros for a piece. Which article is worth the most, pieces times price?', max(rows, key=lambda row: row[1] * row[2])[0]


def table_difference(r):
    people = r.sample(NAMES, r.randint(4, 6))
    rows = [(name, r.randint(10, 60), r.randint(10, 60), r.randint(10, 60)) for name in people]
    totals = [sum(row[1:]) for row in rows]
    text = '| name | May | June | July |\n|---|---|---|---|\n' + '\n'.join('| ' + ' | '.join(map(str, row)) + ' |' for row in rows)
    a, b = r.sample(range(len(rows)), 2)
    a, b = (a, b) if totals[a] >= totals[b] else (b, a)
    return f'Kilometres run each month:\n\n{text}\n\nHow many kilometres more did {rows[a][0]} run in the three months than {rows[b][0]}?', totals[a] - totals[b]


def table_filter(r):
    people = r.sample(NAMES, r.randint(5, 6))
    rows = [(name, r.randint(20, 60), r.choice(('Bern', 'Graz', 'Lyon'))) for name in people]
    town, age = r.choice(('Bern', 'Graz', 'Lyon')), r.randint(28, 48)
    text = '| name | age | town |\n|---|---|---|\n' + '\n'.join('| ' + ' | '.join(map(str, row)) + ' |' for row in rows)
    return f'{text}\n\nHow many of these people live in {town} or are older than {age}?', sum(row[2] == town or row[1] > age for row in rows)


KINDS = {
    'stories': (shopping, tank, library, workers, savings, share, ages, trip, percent),
    'dates': (date_after, days_between, weekday, minutes_between, appointment),
    'units': (lengths, weights, volumes, speed, seconds, area),
    'logic': (ordering, seats, swaps, walk, parity),
    'tables': (table_value, table_sum, table_most, table_difference, table_filter),
}


def problems(seed, count):
    """Yields the items, the kinds in turn, none twice."""
    r = random.Random(f'thinking {seed}')
    seen = set()
    i = 0
    while i < count:
        kind = list(KINDS)[i % len(KINDS)]
        question, answer = r.choice(KINDS[kind])(r)
        if question in seen:
            continue
        seen.add(question)
        yield {'id': f'{seed}-{i}', 'kind': kind, 'question': question, 'answer': f'#### {answer}'}
        i += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=1200)
    options = parser.parse_args()
    for item in problems(options.seed, options.count):
        json.dump(item, sys.stdout, ensure_ascii=False)
        print()


if __name__ == '__main__':
    main()
