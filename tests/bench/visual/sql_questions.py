# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to tables with exact answers. Theme, names of columns, values and the words of a question come from a seed; the answer is computed here from the rows that were made, never by SQL.

A question says which values it wants and in which order, so that its answer is one list of rows. Where two rows share a place that is asked for, the draw is made again."""
import collections
import csv
import datetime
import os
import random
import statistics

# A fact has a name of its own, a kind, a place, a whole number, a number, a day, a yes or no, and belongs to one of an owner table (name, sort, number). Words stand for their columns; of
# several names of a column one is drawn.
THEMES = (
    dict(fact='orders', owner='customers', one='customer', name=('order_code', 'reference'), kind=('category', 'department', 'product group'), kinds=('Books', 'Garden', 'Toys', 'Music', 'Kitchen'),
         place=('warehouse', 'depot'), places=('Leeds', 'Porto', 'Graz', 'Turku'), whole=('quantity', 'pieces'), real=('price', 'amount', 'value'), day=('order_date', 'ordered on'), flag=('paid', 'settled'),
         sort=('city', 'town'), sorts=('Oslo', 'Bern', 'Lyon', 'Cork'), size=('age', 'visits')),
    dict(fact='visits', owner='doctors', one='doctor', name=('visit_number', 'case code'), kind=('complaint', 'diagnosis'), kinds=('Cough', 'Fever', 'Back pain', 'Allergy', 'Check-up'),
         place=('clinic', 'practice'), places=('North Wing', 'River House', 'Old Mill', 'Park Lane'), whole=('minutes', 'duration'), real=('fee', 'cost'), day=('visit_date', 'seen on'), flag=('insured', 'covered'),
         sort=('speciality', 'field'), sorts=('Surgery', 'Paediatrics', 'Dermatology', 'Cardiology'), size=('experience', 'rooms')),
    dict(fact='harvests', owner='farms', one='farm', name=('batch', 'lot code'), kind=('crop', 'plant'), kinds=('Wheat', 'Barley', 'Rye', 'Oats', 'Maize'),
         place=('silo', 'store'), places=('Silo A', 'Silo B', 'Barn 3', 'Tower'), whole=('bags', 'sacks'), real=('weight', 'tonnes'), day=('harvest_date', 'cut on'), flag=('organic', 'certified'),
         sort=('county', 'region'), sorts=('Kent', 'Devon', 'Suffolk', 'Dorset'), size=('hectares', 'workers')),
    dict(fact='bookings', owner='hotels', one='hotel', name=('booking_code', 'voucher'), kind=('room type', 'room_class'), kinds=('Single', 'Double', 'Suite', 'Family', 'Studio'),
         place=('channel', 'source'), places=('Web', 'Phone', 'Agency', 'Desk'), whole=('nights', 'guests'), real=('total price', 'charge'), day=('arrival', 'check_in'), flag=('breakfast', 'cancelled'),
         sort=('country', 'nation'), sorts=('Italy', 'Greece', 'Malta', 'Spain'), size=('stars', 'floors')),
    dict(fact='shipments', owner='carriers', one='carrier', name=('waybill', 'tracking code'), kind=('goods', 'cargo'), kinds=('Steel', 'Timber', 'Fruit', 'Paper', 'Glass'),
         place=('port', 'harbour'), places=('Antwerp', 'Gdansk', 'Bilbao', 'Malmo'), whole=('containers', 'pallets'), real=('weight_t', 'freight'), day=('departure', 'shipped_on'), flag=('delayed', 'refrigerated'),
         sort=('fleet', 'mode'), sorts=('Sea', 'Rail', 'Road', 'River'), size=('vessels', 'staff')),
    dict(fact='loans', owner='members', one='member', name=('loan_code', 'slip number'), kind=('genre', 'subject'), kinds=('Crime', 'History', 'Poetry', 'Travel', 'Science'),
         place=('branch', 'library'), places=('Central', 'Eastgate', 'Hilltop', 'Station'), whole=('days_kept', 'renewals'), real=('fine', 'deposit'), day=('loan_date', 'borrowed on'), flag=('returned', 'reserved'),
         sort=('membership', 'status'), sorts=('Adult', 'Student', 'Senior', 'Child'), size=('age', 'points')),
    dict(fact='readings', owner='meters', one='meter', name=('reading_code', 'protocol'), kind=('tariff', 'rate'), kinds=('Day', 'Night', 'Weekend', 'Peak', 'Solar'),
         place=('district', 'zone'), places=('Harbour', 'Old Town', 'Airport', 'Campus'), whole=('hours', 'pulses'), real=('energy', 'kilowatts'), day=('read_on', 'reading date'), flag=('estimated', 'verified'),
         sort=('maker', 'brand'), sorts=('Voltix', 'Amperia', 'Ohmar', 'Kirchner'), size=('phases', 'capacity')),
    dict(fact='sightings', owner='observers', one='observer', name=('sighting_code', 'note number'), kind=('species', 'bird'), kinds=('Heron', 'Kestrel', 'Robin', 'Swift', 'Plover'),
         place=('site', 'reserve'), places=('Marsh', 'Dunes', 'Estuary', 'Moor'), whole=('birds_seen', 'head count'), real=('distance', 'temperature'), day=('sighted_on', 'seen date'), flag=('ringed', 'confirmed'),
         sort=('club', 'team'), sorts=('Falcons', 'Larks', 'Owls', 'Terns'), size=('years', 'trips')),
)
FIRST = ('Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Finn', 'Gita', 'Hugo', 'Ines', 'Jon', 'Kira', 'Lars', 'Mona', 'Nils', 'Olga', 'Pia')
LAST = ('Abel', 'Berg', 'Costa', 'Dunn', 'Ek', 'Frost', 'Gray', 'Holm', 'Iver', 'Jung')


class Again(Exception):
    """The draw has no one answer."""


class World:
    """Two tables of a theme, and their rows."""
    def __init__(self, seed):
        self.draw = draw = random.Random(f'sql/{seed}')
        theme = draw.choice(THEMES)
        self.fact, self.owner, self.one = theme['fact'], theme['owner'], theme['one']
        self.names = {key: draw.choice(theme[key]) for key in ('name', 'kind', 'place', 'whole', 'real', 'day', 'flag', 'sort', 'size')}
        self.words = {key: name.replace('_', ' ') for key, name in self.names.items()}
        n_owners, n = draw.randint(8, 12), draw.randint(60, 140)
        people = draw.sample([f'{first} {last}' for first in FIRST for last in LAST], n_owners)
        self.owners = [dict(id=i + 1, title=people[i], sort=draw.choice(theme['sorts']), size=draw.randint(1, 60)) for i in range(n_owners)]
        begin, reals = datetime.date(draw.randint(2018, 2022), 1, 1), draw.sample(range(500, 90000), n)
        letters = ''.join(draw.sample('ABCDEFGHJKLMNPQRSTUVWXYZ', 2))
        self.rows = []
        for i in range(n):
            self.rows.append(dict(
                name=f'{letters}-{1000 + i * draw.randint(1, 3) + 400 * i}', kind=draw.choice(theme['kinds']), place=draw.choice(theme['places']), whole=draw.randint(1, 40),
                real=reals[i] / 100 if draw.random() > .06 else None, day=begin + datetime.timedelta(days=draw.randint(0, 1090)), flag=draw.random() < .6,
                owner=draw.choice(self.owners[:-2]))) # the last two have none
        self.kinds, self.places = sorted({row['kind'] for row in self.rows}), sorted({row['place'] for row in self.rows})

    def write(self, folder):
        """The files, which are what a person would have."""
        fact, owner = os.path.join(folder, f'{self.fact}.csv'), os.path.join(folder, f'{self.owner}.csv')
        with open(fact, 'w', newline='') as file:
            out, keys = csv.writer(file), ('name', 'kind', 'place', 'whole', 'real', 'day', 'flag')
            out.writerow([self.names[key] for key in keys] + [f'{self.one}_id'])
            for row in self.rows:
                values = [row[key] for key in keys]
                values[4] = '' if values[4] is None else f'{values[4]:.2f}'
                values[6] = 'true' if values[6] else 'false'
                out.writerow([*values, row['owner']['id']])
        with open(owner, 'w', newline='') as file:
            out = csv.writer(file)
            out.writerow(['id', 'name', self.names['sort'], self.names['size']])
            for row in self.owners:
                out.writerow([row['id'], row['title'], row['sort'], row['size']])
        return fact, owner


# ---- computing ----

def reals(rows):
    return [row['real'] for row in rows if row['real'] is not None]


def mean(values):
    if not values:
        raise Again
    return statistics.fmean(values)


def groups(rows, key):
    found = collections.defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def first(items, value, place=0):
    """The item at a place when they are sorted by a value, the largest first; the value must be alone there."""
    ordered = sorted(items, key=value, reverse=True)
    if len(ordered) <= place + 1 or value(ordered[place]) == value(ordered[place + 1]) or (place and value(ordered[place]) == value(ordered[place - 1])):
        raise Again
    return ordered[place]


# ---- templates: a question, its rows, whether their order counts ----

TEMPLATES = []


def template(function):
    TEMPLATES.append(function)
    return function


@template
def count_all(w):
    return f'How many {w.fact} are there?', [[len(w.rows)]], False


@template
def count_of_kind(w):
    kind = w.draw.choice(w.kinds)
    return f'How many {w.fact} have the {w.words["kind"]} {kind}?', [[sum(row['kind'] == kind for row in w.rows)]], False


@template
def sum_at_place(w):
    place = w.draw.choice(w.places)
    return f'What is the total {w.words["whole"]} of all {w.fact} with {w.words["place"]} {place}?', [[sum(row['whole'] for row in w.rows if row['place'] == place)]], False


@template
def mean_of_flagged(w):
    return f'What is the average {w.words["real"]} of the {w.fact} that are {w.words["flag"]} = true?', [[mean(reals(row for row in w.rows if row['flag']))]], False


@template
def largest(w):
    return f'What is the highest {w.words["real"]} of any of the {w.fact}?', [[max(reals(w.rows))]], False


@template
def name_of_largest(w):
    kind = w.draw.choice(w.kinds)
    row = first([row for row in w.rows if row['kind'] == kind and row['real'] is not None], lambda row: row['real'])
    return f'Among the {w.fact} with {w.words["kind"]} {kind}, what is the {w.words["name"]} of the one with the highest {w.words["real"]}?', [[row['name']]], False


@template
def count_distinct(w):
    kind = w.draw.choice(w.kinds)
    return f'How many different values of {w.words["place"]} are there among the {w.fact} with {w.words["kind"]} {kind}?', [[len({row['place'] for row in w.rows if row['kind'] == kind})]], False


@template
def sum_by_kind(w):
    return f'For each {w.words["kind"]}, what is the total {w.words["whole"]}? Give the {w.words["kind"]} and the total.', [[kind, sum(row['whole'] for row in rows)] for kind, rows in groups(w.rows, lambda row: row['kind']).items()], False


@template
def count_by_place(w):
    found = sorted(([place, len(rows)] for place, rows in groups(w.rows, lambda row: row['place']).items()), key=lambda pair: -pair[1])
    if len({count for _, count in found}) < len(found):
        raise Again
    return f'How many {w.fact} are there for each {w.words["place"]}? Give the {w.words["place"]} and the number, the largest number first.', found, True


@template
def kind_of_largest_sum(w):
    found = groups(w.rows, lambda row: row['kind'])
    return f'Which {w.words["kind"]} has the highest total {w.words["whole"]}?', [[first(found, lambda kind: sum(row['whole'] for row in found[kind]))]], False


@template
def place_of_most(w):
    found = groups([row for row in w.rows if row['flag']], lambda row: row['place'])
    return f'Which {w.words["place"]} has the most {w.fact} where {w.words["flag"]} is true?', [[first(found, lambda place: len(found[place]))]], False


@template
def three_largest(w):
    rows = sorted((row for row in w.rows if row['real'] is not None), key=lambda row: -row['real'])[:3]
    return f'Give the {w.words["name"]} and the {w.words["real"]} of the three {w.fact} with the highest {w.words["real"]}, the highest first.', [[row['name'], row['real']] for row in rows], True


@template
def count_in_year(w):
    year = w.draw.choice(sorted({row['day'].year for row in w.rows}))
    return f'How many {w.fact} have a {w.words["day"]} in {year}?', [[sum(row['day'].year == year for row in w.rows)]], False


@template
def sum_by_month(w):
    year = w.draw.choice(sorted({row['day'].year for row in w.rows}))
    found = groups([row for row in w.rows if row['day'].year == year], lambda row: f'{row["day"]:%Y-%m}')
    return (f'For each month of {year} by {w.words["day"]}, what is the total {w.words["whole"]}? Give the month as YYYY-MM and the total, in the order of time.',
            [[month, sum(row['whole'] for row in found[month])] for month in sorted(found)], True)


@template
def count_between(w):
    days = sorted(row['day'] for row in w.rows)
    low, high = days[len(days) // 4], days[len(days) * 3 // 4]
    return f'How many {w.fact} have a {w.words["day"]} from {low} to {high}, both included?', [[sum(low <= row['day'] <= high for row in w.rows)]], False


@template
def kinds_with_many(w):
    found = groups(w.rows, lambda row: row['kind'])
    bound = sorted(len(rows) for rows in found.values())[len(found) // 2]
    kinds = [[kind] for kind, rows in found.items() if len(rows) > bound]
    if not kinds:
        raise Again
    return f'Which values of {w.words["kind"]} have more than {bound} {w.fact}?', kinds, False


@template
def share_of_kind(w):
    kind = w.draw.choice(w.kinds)
    return f'What percentage of all {w.fact} has the {w.words["kind"]} {kind}?', [[100 * sum(row['kind'] == kind for row in w.rows) / len(w.rows)]], False


@template
def difference_of_means(w):
    one, other = w.draw.sample(w.places, 2)
    value = [mean([row['whole'] for row in w.rows if row['place'] == place]) for place in (one, other)]
    if value[0] <= value[1]:
        raise Again
    return f'By how much is the average {w.words["whole"]} with {w.words["place"]} {one} higher than with {w.words["place"]} {other}?', [[value[0] - value[1]]], False


@template
def count_above_mean(w):
    bound = mean(reals(w.rows))
    return f'How many {w.fact} have a {w.words["real"]} above the average {w.words["real"]} of all {w.fact}?', [[sum(value > bound for value in reals(w.rows))]], False


@template
def sum_of_sort(w):
    sort = w.draw.choice(sorted({row['owner']['sort'] for row in w.rows}))
    return f'What is the total {w.words["whole"]} of the {w.fact} of {w.owner} whose {w.words["sort"]} is {sort}?', [[sum(row['whole'] for row in w.rows if row['owner']['sort'] == sort)]], False


@template
def count_by_sort(w):
    found = groups(w.rows, lambda row: row['owner']['sort'])
    return f'For each {w.words["sort"]} of the {w.owner}, how many {w.fact} are there? Give the {w.words["sort"]} and the number.', [[sort, len(rows)] for sort, rows in found.items()], False


@template
def owner_of_largest_sum(w):
    found = groups(w.rows, lambda row: row['owner']['title'])
    return f'What is the name of the {w.one} with the highest total {w.words["whole"]} of {w.fact}?', [[first(found, lambda title: sum(row['whole'] for row in found[title]))]], False


@template
def owners_without(w):
    used = {row['owner']['id'] for row in w.rows}
    return f'How many {w.owner} have no {w.fact}?', [[sum(owner['id'] not in used for owner in w.owners)]], False


@template
def names_of_two_conditions(w):
    place = w.draw.choice(w.places)
    numbers = sorted(row['whole'] for row in w.rows if row['place'] == place)
    bound = numbers[-min(4, len(numbers))]
    names = [[row['name']] for row in w.rows if row['place'] == place and row['whole'] > bound]
    if not names:
        raise Again
    return f'List the {w.words["name"]} of all {w.fact} with {w.words["place"]} {place} and a {w.words["whole"]} greater than {bound}.', names, False


@template
def count_missing(w):
    missing = sum(row['real'] is None for row in w.rows)
    if missing == 0:
        raise Again
    return f'For how many {w.fact} is the {w.words["real"]} missing?', [[missing]], False


@template
def second_kind(w):
    found = groups(w.rows, lambda row: row['kind'])
    return f'Which {w.words["kind"]} has the second highest total {w.words["whole"]}?', [[first(found, lambda kind: sum(row['whole'] for row in found[kind]), 1)]], False


@template
def nothing_there(w):
    """The truth is that there is none; who asks again must not find some."""
    kind = w.draw.choice(w.kinds)
    bound = max(row['whole'] for row in w.rows) + w.draw.randint(1, 50)
    return f'How many {w.fact} with {w.words["kind"]} {kind} have a {w.words["whole"]} above {bound}?', [[0]], False


@template
def product_sum(w):
    place = w.draw.choice(w.places)
    return f'What is the sum of {w.words["whole"]} times {w.words["real"]} over all {w.fact} with {w.words["place"]} {place}?', [[sum(row['whole'] * row['real'] for row in w.rows if row['place'] == place and row['real'] is not None)]], False


def make(seed, begin, n):
    """A world, and `n` questions to it: (template, question, rows, ordered), of the templates from `begin` on."""
    world, questions = World(seed), []
    for i in range(begin, begin + 10 * len(TEMPLATES)):
        for _ in range(20):
            try:
                function = TEMPLATES[i % len(TEMPLATES)]
                questions.append((function.__name__, *function(world)))
                break
            except Again:
                pass
        if len(questions) == n:
            break
    return world, questions


# ---- judging ----

def same_value(one, other):
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-6 * max(1, abs(one), abs(other))
    return one == other


def same_rows(one, other):
    return len(one) == len(other) and all(len(a) == len(b) and all(map(same_value, a, b)) for a, b in zip(one, other))


def is_exact(truth, rows, ordered):
    """The same rows and no other columns; in any order where none was asked for."""
    if not ordered:
        def key(row):
            return [(isinstance(value, str), value if isinstance(value, str) else 0 if value is None else value) for value in row]
        truth, rows = sorted(truth, key=key), sorted(rows, key=key)
    return same_rows(truth, rows)
