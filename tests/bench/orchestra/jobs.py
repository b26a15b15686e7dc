# SPDX-License-Identifier: GPL-3.0-or-later
"""Sixteen jobs such as somebody at home or in a small club has: files, what is wanted in words, and checks of what came out.

Each is a function of a generator of random numbers, so every seed has names and numbers of its own. A job's `solution` is what a careful person would hand in, from what the files were made of; of each check there is a
`spoil`, which makes one mistake in it. --self-test holds every check against both: so a check that nothing can fail, or nothing can pass, is found."""
import csv
import datetime
import io
import math
import random
from collections import Counter, defaultdict

from result import near, number, plain, says, shows

FIRST = ('Ada', 'Bruno', 'Carla', 'Dino', 'Elif', 'Fritz', 'Greta', 'Hanna', 'Igor', 'Jana', 'Karim', 'Lena', 'Milo', 'Nadia', 'Otto', 'Paula', 'Rico', 'Selma', 'Timo', 'Ulla')
LAST = ('Amberg', 'Brandt', 'Castell', 'Dorn', 'Engel', 'Falk', 'Gruber', 'Hauser', 'Imhof', 'Jansen', 'Keller', 'Lorenz', 'Maurer', 'Neumann', 'Oswald', 'Pohl', 'Richter', 'Sander', 'Thoma', 'Vogt')
ITEMS = ('chairs', 'lamps', 'candles', 'mugs', 'tents', 'ropes', 'paint', 'brushes', 'balls', 'nets', 'cables', 'screws', 'towels', 'gloves')


class Job:
    def __init__(self, name, files, request, solution, checks):
        """`files`: {name: text}; `solution`: {name: text, or rows with their header}; `checks`: (title, test of a Result, spoil of a solution)."""
        self.name, self.files, self.request, self.solution, self.checks = name, files, ' '.join(request.split()), solution, checks


def table(rows):
    """Rows, the first of them the header, as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator='\n').writerows(rows)
    return out.getvalue()


def people(r, n):
    return [f'{first} {last}' for first, last in zip(r.sample(FIRST, n), r.sample(LAST, n))]


def money(r, least, most):
    return r.randint(least * 20, most * 20) * 5 / 100


def text_of(value):
    return f'{value:.2f}'


def days(r, n, year=2026, months=range(1, 13)):
    return sorted(datetime.date(year, r.choice(months), r.randint(1, 28)) for _ in range(n))


def right(rows, key, column, truth):
    """Whether the rows have every key once, each with its number."""
    return len(rows) == len(truth) and all(plain(row[key]) in truth and near(number(row[column]), truth[plain(row[key])]) for row in rows) and len({plain(row[key]) for row in rows}) == len(truth)


def keys(rows, key, wanted):
    return Counter(plain(row[key]) for row in rows) == Counter(plain(name) for name in wanted)


def cell(file, row, column, change):
    """A spoil: changes a cell of a table of the solution."""
    def spoil(solution):
        solution[file][row][column] = change(solution[file][row][column]) if callable(change) else change
    return spoil


def without(file, row=-1):
    def spoil(solution):
        del solution[file][row]
    return spoil


def twice(file, row=-1):
    def spoil(solution):
        solution[file].append(list(solution[file][row]))
    return spoil


def words(file, old, new):
    def spoil(solution):
        assert str(old) in solution[file], (file, old)
        solution[file] = solution[file].replace(str(old), str(new))
    return spoil


def more(text):
    return text_of(float(text) + 1.5)


# ---- tables ------------------------------------------------------------------

def tables(r):
    names, sections = people(r, 9), r.sample(('Choir', 'Chess', 'Rowing', 'Garden', 'Theatre'), 3)
    numbers, section = r.sample(range(100, 999), len(names)), {name: r.choice(sections) for name in names}
    members = [[no, name, section[name]] for no, name in zip(numbers, names)]
    members += [[no, f' {name.upper()} ' if r.random() < 0.5 else f'{name} ', part] for no, name, part in r.sample(members, 3)]
    r.shuffle(members)
    idle = set(r.sample(numbers, 2))
    payments = [[no, day, text_of(money(r, 10, 90))] for no in numbers if no not in idle for day in days(r, r.randint(1, 4))]
    r.shuffle(payments)
    paid = {name: sum(float(amount) for no, _, amount in payments if no == own) for own, name in zip(numbers, names)}
    by_section = {one: sum(paid[name] for name in names if section[name] == one) for one in sections}
    truth = {plain(name): value for name, value in paid.items()}
    columns = ('name', 'section', 'paid')
    return Job('tables', {'members.csv': table([['number', 'name', 'section'], *members]), 'payments.csv': table([['number', 'date', 'amount'], *payments])},
               '''In members.csv some people stand twice. Clean it up, join it with payments.csv by the member's number, and make totals.csv with the columns name, section and paid: what every member has paid
               altogether, one row for each member, 0 for those who have paid nothing. Tell me how much has been paid in all.''',
               {'totals.csv': [list(columns)] + [[name, section[name], text_of(paid[name])] for name in names], 'answer.md': f'In all {sum(paid.values()):.2f} have been paid.'},
               [('each member once', lambda out: keys(out.table('totals', *columns), 'name', names), twice('totals.csv')),
                ('what each has paid', lambda out: right(out.table('totals', *columns), 'name', 'paid', truth), cell('totals.csv', 3, 2, more)),
                ('who has paid nothing', lambda out: {plain(row['name']) for row in out.table('totals', *columns) if number(row['paid']) == 0} == {key for key, value in truth.items() if value == 0}, cell('totals.csv', 1 + numbers.index(next(iter(idle))), 2, '')),
                ('their sections', lambda out: Counter((plain(row['name']), plain(row['section'])) for row in out.table('totals', *columns)) == Counter((plain(name), plain(section[name])) for name in names), cell('totals.csv', 2, 1, 'Nobody')),
                ('the sum in words', lambda out: says(out.words(), sum(by_section.values())), words('answer.md', f'{sum(paid.values()):.2f}', '12.00'))])


def planner(r):
    months = [f'2026-{month:02}' for month in range(1, 5)]
    income = [[month, source, text_of(value + money(r, 0, 60))] for source, value in (('Salary', r.randint(1800, 2600)), ('Side job', r.randint(150, 400))) for month in months]
    fixed = [[item, text_of(money(r, least, 4 * least))] for item, least in (('Rent', 250), ('Electricity', 20), ('Insurance', 15), ('Internet', 10))]
    spending = [[day, r.choice(('Food', 'Clothes', 'Leisure', 'Travel')), text_of(money(r, 5, 120))] for day in days(r, 36, months=range(1, 5))]
    costs = sum(float(row[1]) for row in fixed)
    earned = {month: sum(float(row[2]) for row in income if row[0] == month) for month in months}
    spent = {month: sum(float(row[2]) for row in spending if str(row[0]).startswith(month)) for month in months}
    left = {month: earned[month] - costs - spent[month] for month in months}
    names = {month: plain(datetime.date(2026, int(month[5:]), 1).strftime('%B')) for month in months}

    def month_rows(out):
        """Of every table: the numbers in the row of each month, where the months stand once each."""
        for one in out.tables():
            found = defaultdict(list)
            for row in one.cells:
                for month in months:
                    if any(month in text or (plain(text) and names[month].startswith(plain(text)[:3]) and plain(text)[:3].isalpha() and len(plain(text)) >= 3) for text in row[:2]):
                        found[month].append([number(text) for text in row])
            if all(len(found[month]) == 1 for month in months):
                yield {month: found[month][0] for month in months}

    def has(out, truth):
        return any(all(any(near(value, truth[month]) for value in row[month]) for month in months) for row in month_rows(out))
    total = sum(earned.values()), costs * len(months) + sum(spent.values()), sum(left.values())
    report = f'Income {total[0]:.2f}, spent {total[1]:.2f}, left {total[2]:.2f}.'
    rows = [['month', 'income', 'fixed', 'spending', 'left']] + [[month, text_of(earned[month]), text_of(costs), text_of(spent[month]), text_of(left[month])] for month in months]
    return Job('planner', {'income.csv': table([['month', 'source', 'amount'], *income]), 'fixed.csv': table([['item', 'amount per month'], *fixed]), 'spending.csv': table([['date', 'category', 'amount'], *spending])},
               '''Build me a budget planner from these three spreadsheets: a table with a row for each month that says my income, the fixed costs (which are the same every month), my other spending and what is left; a page where I
               can see all that; and a short report with the income, the spending (fixed costs too) and what was left in all four months together.''',
               {'planner.csv': rows, 'artifacts/planner/index.html': f'<h1>Planner</h1><p>{report}</p><svg><rect/></svg>', 'report.md': report},
               [('income and other spending of each month', lambda out: has(out, earned) and has(out, spent), cell('planner.csv', 2, 3, more)),
                ('what is left of each month', lambda out: has(out, left), cell('planner.csv', 4, 4, more)),
                ('income and what was left in all, in words', lambda out: says(out.words(), total[0]) and says(out.words(), total[2]), lambda solution: [words(file, f'{total[2]:.2f}', '1.00')(solution) for file in ('report.md', 'artifacts/planner/index.html')]),
                ('spending in all, in words', lambda out: says(out.words(), total[1]), lambda solution: [words(file, f'{total[1]:.2f}', '1.00')(solution) for file in ('report.md', 'artifacts/planner/index.html')]),
                ('a page that opens', lambda out: out.opens(), words('artifacts/planner/index.html', '<svg>', '<script>throw Error()</script><svg>'))])


def differences(r):
    articles = r.sample(range(1000, 9999), 16)
    gone, new, changed = articles[:2], articles[2:5], articles[5:9]
    names = {article: r.choice(ITEMS) for article in articles}
    old = {article: money(r, 2, 80) for article in articles if article not in new}
    now = {article: old[article] + (money(r, 1, 9) if article in changed else 0) if article in old else money(r, 2, 80) for article in articles if article not in gone}
    order = sorted(articles)
    columns = ('article', 'old', 'new', 'change')
    rows = [[article, text_of(old[article]) if article in old else '', text_of(now[article]) if article in now else '', kind] for kind, some in (('changed', changed), ('new', new), ('gone', gone)) for article in some]

    def of(out, kind):
        return [row for row in out.table('changes', *columns) if plain(row['change']) == kind]
    return Job('differences', {'prices-2025.csv': table([['article', 'name', 'price']] + [[article, names[article], text_of(old[article])] for article in order if article in old]),
                               'prices-2026.csv': table([['article', 'name', 'price']] + [[article, names[article], text_of(now[article])] for article in order if article in now])},
               '''What is different between the two price lists? Make changes.csv with the columns article, old, new and change: a row for each article whose price has changed (change is "changed"), that is only in the
               newer list ("new") or only in the older one ("gone"). Leave the price that does not exist empty. Articles with the same price do not belong into it.''',
               {'changes.csv': [list(columns), *rows]},
               [('what has changed, with both prices', lambda out: right(of(out, 'changed'), 'article', 'old', {str(a): old[a] for a in changed}) and right(of(out, 'changed'), 'article', 'new', {str(a): now[a] for a in changed}), cell('changes.csv', 1, 2, more)),
                ('what is new', lambda out: right(of(out, 'new'), 'article', 'new', {str(a): now[a] for a in new}), cell('changes.csv', 5, 3, 'gone')),
                ('what is gone', lambda out: right(of(out, 'gone'), 'article', 'old', {str(a): old[a] for a in gone}), without('changes.csv')),
                ('nothing else', lambda out: keys(out.table('changes', *columns), 'article', map(str, [*changed, *new, *gone])), lambda solution: solution['changes.csv'].append([articles[-1], '1.00', '1.00', 'same']))])


def survey(r):
    asked = {'Which day suits you': ('Monday', 'Tuesday', 'Friday'), 'How do you come': ('By bicycle', 'By bus', 'On foot', 'By car')}
    n = r.randint(25, 45)
    answers = [[i + 1, *(r.choice(choices) for choices in asked.values())] for i in range(n)]
    counts = {(question, choice): sum(row[1 + q] == choice for row in answers) for q, (question, choices) in enumerate(asked.items()) for choice in choices}
    counts = {key: count for key, count in counts.items() if count}
    columns = ('question', 'answer', 'count', 'percent')

    def rows(out):
        return [((plain(row['question']), plain(row['answer'])), row) for row in out.table('counts', *columns)]

    def all_have(out, column, truth, most):
        found = rows(out)
        return len(found) == len(truth) and all(key in truth and number(row[column]) is not None and abs(number(row[column]) - truth[key]) <= most for key, row in found)
    own = {(plain(question), plain(answer)): count for (question, answer), count in counts.items()}
    return Job('survey', {'survey.csv': table([['form', *asked], *answers])},
               '''Count the answers of our survey: counts.csv with the columns question, answer, count and percent, a row for each answer to each question; percent is the share of all forms, rounded to one decimal. Say how many forms there are.''',
               {'counts.csv': [list(columns)] + [[question, answer, count, f'{100 * count / n:.1f}'] for (question, answer), count in counts.items()], 'answer.md': f'There are {n} forms.'},
               [('every answer of each question', lambda out: Counter(key for key, _ in rows(out)) == Counter(own.keys()), without('counts.csv')),
                ('how often', lambda out: all_have(out, 'count', own, 0), cell('counts.csv', 2, 2, lambda count: count + 1)),
                ('per cent', lambda out: all_have(out, 'percent', {key: 100 * count / n for key, count in own.items()}, 0.0501), cell('counts.csv', 1, 3, lambda text: float(text) + 0.2)),
                ('how many forms, in words', lambda out: says(out.words(), n), words('answer.md', n, n + 1))])


def reorder(r):
    items = r.sample(ITEMS, 9)
    stock = [[item, r.randint(0, 18), r.randint(8, 30), r.choice((2, 4, 5, 6, 10)), text_of(money(r, 3, 40))] for item in items]
    stock[0][1:3], stock[1][1:3], stock[2][1:3] = [20, 20], [25, 12], [3, 19]
    r.shuffle(stock)
    packs = {item: math.ceil((least - there) / pack) for item, there, least, pack, _ in stock if there < least}
    cost = {row[0]: packs[row[0]] * float(row[4]) for row in stock if row[0] in packs}
    columns, total = ('item', 'packs', 'cost'), sum(cost.values())
    return Job('reorder', {'stock.csv': table([['item', 'in stock', 'minimum', 'pieces per pack', 'price per pack'], *stock])},
               '''What do we have to order? Make order.csv with the columns item, packs and cost: everything of which less than the minimum is in stock, with as many whole packs as bring it to the minimum or above, and what these
               packs cost. Nothing else belongs into it. Tell me what the whole order costs.''',
               {'order.csv': [list(columns)] + [[item, count, text_of(cost[item])] for item, count in packs.items()], 'answer.md': f'It costs {total:.2f}.'},
               [('what is short, and nothing else', lambda out: keys(out.table('order', *columns), 'item', packs), lambda solution: solution['order.csv'].append([next(row[0] for row in stock if row[0] not in packs), 0, '0.00'])),
                ('whole packs', lambda out: right(out.table('order', *columns), 'item', 'packs', packs), cell('order.csv', 1, 1, lambda count: count + 1)),
                ('cost of each', lambda out: right(out.table('order', *columns), 'item', 'cost', cost), cell('order.csv', 2, 2, more)),
                ('cost of all, in words', lambda out: says(out.words(), total), words('answer.md', f'{total:.2f}', '3.00'))])


def units(r):
    metres = {'mm': 0.001, 'cm': 0.01, 'm': 1, 'in': 0.0254, 'ft': 0.3048}
    pieces = [[f'{letter}{r.randint(10, 99)}', unit] for letter, unit in zip('ABCDEFGHIJ', [*metres, *r.choices(list(metres), k=5)])]
    amounts = [r.randint(500, 4000) if unit == 'mm' else r.randint(40, 400) if unit == 'cm' else r.randint(10, 60) / 10 if unit == 'm' else r.randint(12, 120) if unit == 'in' else r.randint(2, 12) for _, unit in pieces]
    truth = {piece: amount * metres[unit] for (piece, unit), amount in zip(pieces, amounts)}
    total, columns = sum(truth.values()), ('piece', 'metres')

    def exact(out):
        rows = out.table('metres', *columns)
        return len(rows) == len(truth) and all(abs((number(row['metres']) or 0) - {plain(key): value for key, value in truth.items()}.get(plain(row['piece']), -1)) < 0.00051 for row in rows)
    return Job('units', {'wood.csv': table([['piece', 'length', 'unit']] + [[piece, amount, unit] for (piece, unit), amount in zip(pieces, amounts)])},
               '''The lengths in wood.csv are in different units (in are inches, ft are feet). Make metres.csv with the columns piece and metres, every length in metres, rounded to three decimals. How many metres are that together?''',
               {'metres.csv': [list(columns)] + [[piece, f'{value:.3f}'] for piece, value in truth.items()], 'answer.md': f'Together {total:.3f} metres.'},
               [('every piece once', lambda out: keys(out.table('metres', *columns), 'piece', truth), without('metres.csv')),
                ('every length', exact, cell('metres.csv', 4, 1, lambda text: f'{float(text) + 0.01:.3f}')),
                ('the sum in words', lambda out: says(out.words(), total), words('answer.md', f'{total:.3f}', '1.000'))])


def split(r):
    names = [name.split()[0] for name in people(r, 4)]
    bills = [[r.choice(names[:3]), what, text_of(money(r, 8, 140))] for what in ('Train', 'Hostel', 'Breakfast', 'Museum', 'Boat', 'Dinner', 'Taxi')]
    paid = {name: sum(float(row[2]) for row in bills if row[0] == name) for name in names}
    total = sum(paid.values())
    if round(total * 100) % 4:
        bills[-1][2] = text_of(float(bills[-1][2]) + (4 - round(total * 100) % 4) / 100)
        paid = {name: sum(float(row[2]) for row in bills if row[0] == name) for name in names}
        total = sum(paid.values())
    balance = {name: paid[name] - total / 4 for name in names}
    columns = ('person', 'paid', 'balance')
    return Job('split', {'trip.csv': table([['who paid', 'what', 'amount'], *bills])},
               f'''{", ".join(names[:-1])} and {names[-1]} were on a trip and share all costs equally; {names[-1]} has not paid anything yet. trip.csv says who has paid what. Make balances.csv with the columns person, paid and balance:
               what each of the four has paid, and that minus a fourth of all costs. What did the trip cost in all, and what is the share of each?''',
               {'balances.csv': [list(columns)] + [[name, text_of(paid[name]), text_of(balance[name])] for name in names], 'answer.md': f'The trip cost {total:.2f}, {total / 4:.2f} each.'},
               [('all four', lambda out: keys(out.table('balances', *columns), 'person', names), without('balances.csv')),
                ('what each has paid', lambda out: right(out.table('balances', *columns), 'person', 'paid', {plain(name): value for name, value in paid.items()}), cell('balances.csv', 1, 1, more)),
                ('the balance of each', lambda out: right(out.table('balances', *columns), 'person', 'balance', {plain(name): value for name, value in balance.items()}), cell('balances.csv', 2, 2, more)),
                ('the cost and the share, in words', lambda out: says(out.words(), total) and says(out.words(), total / 4), words('answer.md', f'{total / 4:.2f}', '2.00'))])


def timetable(r):
    trainers, rooms, slots = [name.split()[0] for name in people(r, 4)], ['Hall', 'Studio'], ['Mon 17:00', 'Mon 18:30', 'Wed 17:00', 'Wed 18:30', 'Fri 17:00']
    courses = r.sample(('Yoga', 'Judo', 'Pilates', 'Dance', 'Climbing', 'Fencing', 'Boxing', 'Zumba', 'Karate'), 7)
    # No trainer has more courses than there are times.
    trainer = {course: trainers[i % 4] for i, course in enumerate(courses)}
    columns, places, rows = ('course', 'room', 'time'), [(room, slot) for slot in slots for room in rooms], []
    for course in sorted(courses, key=lambda course: -sum(trainer[other] == trainer[course] for other in courses)):
        room, slot = next((room, slot) for room, slot in places if not any((room, slot) == (row[1], row[2]) or (slot == row[2] and trainer[row[0]] == trainer[course]) for row in rows))
        rows.append([course, room, slot])

    def of(out):
        return [(plain(row['course']), plain(row['room']), plain(row['time'])) for row in out.table('timetable', *columns)]
    teaches = {plain(course): one for course, one in trainer.items()}
    same = next(index for index, row in enumerate(rows) if sum(trainer[row[0]] == trainer[other[0]] for other in rows) > 1)
    twin = next(row for row in rows if row is not rows[same] and trainer[row[0]] == trainer[rows[same][0]])
    return Job('timetable', {'courses.csv': table([['course', 'trainer'], *trainer.items()]), 'rooms.csv': table([['room'], *([room] for room in rooms)]), 'times.csv': table([['time'], *([slot] for slot in slots)])},
               '''Make a timetable for our club: timetable.csv with the columns course, room and time, every course of courses.csv once, with a room of rooms.csv and a time of times.csv. There cannot be two courses in the same room at the
               same time, and no trainer can be at two courses at the same time.''',
               {'timetable.csv': [list(columns), *rows]},
               [('every course once', lambda out: Counter(course for course, _, _ in of(out)) == Counter(map(plain, courses)), without('timetable.csv')),
                ('rooms and times that there are', lambda out: bool(of(out)) and all(room in map(plain, rooms) and slot in map(plain, slots) for _, room, slot in of(out)), cell('timetable.csv', 1, 1, 'Cellar')),
                ('no room twice at once', lambda out: bool(of(out)) and max(Counter((room, slot) for _, room, slot in of(out)).values()) == 1, lambda solution: solution['timetable.csv'][1].__setitem__(slice(1, 3), solution['timetable.csv'][2][1:3])),
                ('no trainer twice at once', lambda out: bool(of(out)) and max(Counter((teaches.get(course), slot) for course, _, slot in of(out)).values()) == 1, cell('timetable.csv', 1 + same, 2, twin[2]))])


# ---- words and pages ---------------------------------------------------------

def report(r):
    products = r.sample(ITEMS, 4)
    sales = [[day, r.choice(products), r.randint(1, 12), text_of(money(r, 2, 30))] for day in days(r, 40, months=range(1, 7))]
    by_product, by_month = defaultdict(float), defaultdict(float)
    for day, product, count, price in sales:
        by_product[product] += count * float(price)
        by_month[day.strftime('%Y-%m')] += count * float(price)
    total, pieces, best = sum(by_product.values()), sum(row[2] for row in sales), max(by_month, key=by_month.get)
    month = datetime.date(2026, int(best[5:]), 1).strftime('%B')
    text = f'# Sales\n\nRevenue: {total:.2f}. Pieces: {pieces}. The best month is {month} with {by_month[best]:.2f}.\n\n' + ''.join(f'- {product}: {value:.2f}\n' for product, value in by_product.items())
    first = products[0] if products[0] in by_product else next(iter(by_product))
    return Job('report', {'sales.csv': table([['date', 'product', 'quantity', 'price'], *sales])},
               '''Write a short report about sales.csv into report.md: the revenue in all (quantity times price), how many pieces were sold, the revenue of every product, and the month with the most revenue.''',
               {'report.md': text},
               [('a report', lambda out: len(out.document('report')) > 40, lambda solution: solution.__setitem__('report.md', '')),
                ('revenue in all', lambda out: says(out.document('report'), total), words('report.md', f'{total:.2f}', '1.25')),
                ('pieces in all', lambda out: says(out.document('report'), pieces), words('report.md', f'Pieces: {pieces}', 'Pieces: 0')),
                ('revenue of every product', lambda out: all(says(out.document('report'), value) for value in by_product.values()), words('report.md', f'{first}: {by_product[first]:.2f}', f'{first}: 0.25')),
                ('the best month', lambda out: (month.lower() in out.document('report').lower() or best in out.document('report')) and says(out.document('report'), by_month[best]), words('report.md', f'{by_month[best]:.2f}', '1.75'))])


def dashboard(r):
    meters, some = r.sample(('Kitchen', 'Workshop', 'Office', 'Greenhouse', 'Sauna'), 3), days(r, 45, months=range(1, 7))
    used = [[day, r.choice(meters), r.randint(20, 250) / 10] for day in some]
    total, most, by_meter = sum(row[2] for row in used), max(row[2] for row in used), {meter: sum(row[2] for row in used if row[1] == meter) for meter in meters}
    shown = f'Total {total:.1f}, most {most:.1f}; ' + ', '.join(f'{meter}: {value:.1f}' for meter, value in by_meter.items())
    return Job('dashboard', {'power.csv': table([['date', 'meter', 'kwh'], *used])},
               '''Make a dashboard of power.csv: the kilowatt-hours in all, the largest reading, a chart of the kilowatt-hours of each month and one of each meter.''',
               {'artifacts/power/index.html': f'<h1>Power</h1><p>{shown}</p><svg><rect/><rect/><rect/></svg>'},
               [('a page that opens', lambda out: out.opens(), words('artifacts/power/index.html', '<svg>', '<script>throw Error()</script><svg>')),
                ('the sum', lambda out: shows(out.shown(), total), words('artifacts/power/index.html', f'Total {total:.1f}', 'Total 0.3')),
                ('the largest reading', lambda out: shows(out.shown(), most), words('artifacts/power/index.html', f'most {most:.1f}', 'most 0.3')),
                ('charts, with the names of all meters', lambda out: any(out.page(path)['marks'] >= 3 for path in out.pages()) and all(meter in out.shown() for meter in meters), words('artifacts/power/index.html', meters[0], 'Meter'))])


def quiz(r):
    capitals = r.sample((('France', 'Paris'), ('Norway', 'Oslo'), ('Kenya', 'Nairobi'), ('Peru', 'Lima'), ('Japan', 'Tokyo'), ('Chad', 'N’Djamena'), ('Cuba', 'Havana'), ('Fiji', 'Suva'), ('Mali', 'Bamako'), ('Nepal', 'Kathmandu')), 7)
    wrong = r.sample(('Lugano', 'Tromsø', 'Mombasa', 'Cusco', 'Osaka', 'Moundou', 'Holguín', 'Nadi', 'Sikasso', 'Pokhara', 'Gent', 'Łódź', 'Graz', 'Bergen'), 14)
    cards = [[f'What is the capital of {country}?', city, wrong[2 * i], wrong[2 * i + 1]] for i, (country, city) in enumerate(capitals)]
    page = '<h1>Quiz</h1>' + ''.join(f'<p>{question}</p><button>{right_}</button><button>{one}</button><button>{two}</button>' for question, right_, one, two in cards)

    def source(out):
        text = out.source()
        for letter in set(''.join(wrong)) | {'’'}:
            text = text.replace(f'\\u{ord(letter):04x}', letter)
        return text
    return Job('quiz', {'cards.csv': table([['question', 'right', 'wrong', 'also wrong'], *cards])},
               '''Make a quiz of the questions in cards.csv that I can play on a page: every question with its right answer and the two wrong ones.''',
               {'artifacts/quiz/index.html': page},
               [('a page that opens', lambda out: out.opens(), words('artifacts/quiz/index.html', '</h1>', '</h1><script>throw Error()</script>')),
                ('every question', lambda out: all(card[0] in source(out) or card[0].rstrip('?') in source(out) for card in cards), words('artifacts/quiz/index.html', capitals[3][0], 'Nowhere')),
                ('every right answer', lambda out: all(card[1] in source(out) for card in cards), words('artifacts/quiz/index.html', capitals[2][1], 'Nowhere')),
                ('every wrong answer', lambda out: all(word in source(out) for card in cards for word in card[2:]), words('artifacts/quiz/index.html', cards[1][3], 'Nowhere'))])


# ---- documents ---------------------------------------------------------------

def find(r):
    names, courses = people(r, 8), r.sample(('Pottery', 'Spanish', 'Guitar', 'Baking', 'Drawing', 'Photography', 'Sewing', 'Piano'), 8)
    asking, amounts = set(r.sample(names, 3)), {name: r.randint(30, 190) for name in names}
    other = ('I would like to know whether the room can be reached with a wheelchair.', 'Thank you for the course, we had a wonderful time.', 'Could I come half an hour later on the second day?', 'Please send me the list of what I need to bring.',
             'My neighbour would like to join too.')
    files = {}
    for i, name in enumerate(names):
        body = f'I cannot come because I am ill. I have paid {amounts[name]} euros and ask for a refund.' if name in asking else r.choice(other)
        files[f'letter-{i + 1:02}.txt'] = f'Dear team,\n\n{body}\n\nKind regards\n{name}\n'
    file_of = {name: f'letter-{i + 1:02}.txt' for i, name in enumerate(names)}
    booked = dict(zip(names, courses))
    files['bookings.csv'] = table([['name', 'course'], *r.sample(list(booked.items()), len(booked))])
    columns = ('file', 'name', 'amount', 'course')
    rows = [[file_of[name], name, amounts[name], booked[name]] for name in names if name in asking]

    def of(out, column, truth):
        found = out.table('refunds', *columns)
        return bool(found) and Counter((plain(row['name']), plain(row[column])) for row in found) == Counter((plain(name), plain(truth[name])) for name in asking)
    return Job('find', files, '''In some of these letters somebody asks for a refund. Make refunds.csv with the columns file, name, amount and course: a row for each of those letters, with the amount that was paid and the course that the person has booked,
               which stands in bookings.csv. Letters about anything else do not belong into it.''',
               {'refunds.csv': [list(columns), *rows]},
               [('who asks, and nobody else', lambda out: keys(out.table('refunds', *columns), 'name', asking), lambda solution: solution['refunds.csv'].append(['x.txt', next(name for name in names if name not in asking), 1, 'x'])),
                ('in which letter', lambda out: of(out, 'file', file_of) or of(out, 'file', {name: file.removesuffix('.txt') for name, file in file_of.items()}), cell('refunds.csv', 1, 0, 'letter-99.txt')),
                ('how much', lambda out: right(out.table('refunds', *columns), 'name', 'amount', {plain(name): amounts[name] for name in asking}), cell('refunds.csv', 2, 2, 1)),
                ('which course', lambda out: of(out, 'course', booked), cell('refunds.csv', 3, 3, 'Sleeping'))])


def merge(r):
    dates = r.sample([datetime.date(2026, month, day) for month in range(1, 10) for day in range(1, 28)], 5)
    things = r.sample(('The shed has a new roof.', 'We planted forty tulips.', 'The gate squeaks again.', 'A hedgehog lives behind the compost.', 'The water was turned off.', 'Somebody left a blue bicycle.', 'The cherries are ripe.'), 5)
    seen = [f'{thing} {r.choice(FIRST)} saw it at {r.randint(7, 19)}:{r.randint(10, 59)}.' for thing in things]
    files = {f'note-{letter}.txt': f'Date: {day}\n\n{text}\n' for letter, day, text in zip('abcde', dates, seen)}
    order = sorted(zip(dates, seen))
    text = ''.join(f'## {day}\n\n{body}\n\n' for day, body in order)

    def places(out, find_):
        whole = out.document('garden')
        return [find_(whole, day, body) for day, body in order]
    return Job('merge', files, '''Put these notes into one file, garden.md, in the order of their dates, the oldest first, each under a headline (a line that begins with ##) that has its date as it stands in the note. Change nothing of what they say.''',
               {'garden.md': text},
               [('every note, word for word', lambda out: all(place >= 0 for place in places(out, lambda whole, day, body: ' '.join(whole.split()).find(body))), words('garden.md', seen[2], 'Nothing.')),
                ('in the order of the dates', lambda out: -1 not in (found := places(out, lambda whole, day, body: whole.find(body.split('.')[0]))) and found == sorted(found), lambda solution: solution.__setitem__('garden.md', '## 0'.join(text.split('## ')[::-1]))),
                ('each under its date', lambda out: all(any(line.startswith('##') and str(day) in line for line in out.document('garden').splitlines()) for day in dates), words('garden.md', f'## {dates[1]}', f'{dates[1]}')),
                ('each once', lambda out: bool(out.document('garden')) and all(out.document('garden').count(body.split('.')[0]) == 1 for body in seen), words('garden.md', seen[3], seen[3] + '\n\n' + seen[3]))])


def invoices(r):
    customers, numbers = people(r, 5), r.sample(range(2100, 2999), 5)
    totals, files = {}, {}
    for no, customer in zip(numbers, customers):
        lines = [(r.randint(1, 9), item, money(r, 2, 60)) for item in r.sample(ITEMS, r.randint(2, 4))]
        totals[no] = sum(count * price for count, _, price in lines)
        files[f'invoice-{no}.txt'] = f'INVOICE {no}\n\nCustomer: {customer}\n\n' + ''.join(f'{count} x {item} at {price:.2f} each\n' for count, item, price in lines) + '\nPlease pay within 14 days.\n'
    columns, total = ('invoice', 'customer', 'total'), sum(totals.values())
    return Job('invoices', files, '''Add up these invoices: invoices.csv with the columns invoice (its number), customer and total, a row for each invoice. Tell me what all of them are together.''',
               {'invoices.csv': [list(columns)] + [[no, customer, text_of(totals[no])] for no, customer in zip(numbers, customers)], 'answer.md': f'Together {total:.2f}.'},
               [('every invoice once', lambda out: keys(out.table('invoices', *columns), 'invoice', map(str, numbers)), twice('invoices.csv')),
                ('their customers', lambda out: Counter((plain(row['invoice']), plain(row['customer'])) for row in out.table('invoices', *columns)) == Counter((str(no), plain(customer)) for no, customer in zip(numbers, customers)), cell('invoices.csv', 1, 1, 'Nobody')),
                ('their totals', lambda out: right(out.table('invoices', *columns), 'invoice', 'total', {str(no): value for no, value in totals.items()}), cell('invoices.csv', 2, 2, more)),
                ('the sum in words', lambda out: says(out.words(), total), words('answer.md', f'{total:.2f}', '1.00'))])


def minutes(r):
    names = [name.split()[0] for name in people(r, 5)]
    tasks = r.sample(('order the chairs', 'book the band', 'print the posters', 'call the mayor', 'write to the sponsors', 'clean the grill', 'borrow a tent'), 5)
    due = days(r, 5, months=range(3, 8))
    r.shuffle(due)
    chatter = ('The weather at the last festival was bad, and everybody agrees that a tent is needed.', 'There was a long talk about the price of sausages.', 'The treasurer says that there is enough money.', 'It was asked whether dogs are welcome; they are.')
    lines = [f'{name} will {task} by {day.day} {day.strftime("%B")} 2026.' for name, task, day in zip(names, tasks, due)]
    body = [line for pair in zip(lines, [*r.sample(chatter, 4), '']) for line in pair if line]
    columns = ('who', 'task', 'due')

    def pairs(out, column, truth):
        found = out.table('tasks', *columns)
        return bool(found) and Counter((plain(row['who']), plain(row[column])) for row in found) == Counter((plain(name), plain(value)) for name, value in zip(names, truth))
    return Job('minutes', {'minutes.txt': 'Minutes of the meeting of 2 February 2026\n\n' + '\n\n'.join(body) + '\n'},
               '''Who has to do what? Make tasks.csv of the minutes with the columns who (the name as it stands there), task (in the words of the minutes) and due (the date as 2026-12-31), a row for each task.''',
               {'tasks.csv': [list(columns)] + [[name, task, day] for name, task, day in zip(names, tasks, due)]},
               [('everybody who has a task', lambda out: keys(out.table('tasks', *columns), 'who', names), without('tasks.csv')),
                ('until when', lambda out: pairs(out, 'due', map(str, due)), cell('tasks.csv', 2, 2, '2026-12-31')),
                ('what', lambda out: len(rows := out.table('tasks', *columns)) == len(names) and all(any(plain(row['who']) == plain(name) and plain(task) in plain(row['task']) for row in rows) for name, task in zip(names, tasks)), cell('tasks.csv', 3, 1, 'sleep'))])


def log(r):
    parts, dates = r.sample(('pump', 'valve', 'heater', 'sensor', 'door'), 4), sorted({*days(r, 6, months=(5, 6))})
    weights = [r.randint(1, 9) for _ in parts]
    lines, errors, by_part = [], Counter(), Counter()
    for day in dates:
        for _ in range(r.randint(6, 14)):
            level, part = r.choices(('INFO', 'WARNING', 'ERROR'), (5, 2, 4))[0], r.choices(parts, weights)[0]
            lines.append(f'{day} {r.randint(0, 23):02}:{r.randint(0, 59):02} {level} {part}: {r.choice(("state is 4", "took 12 s", "no answer", "started again"))}')
            errors[str(day)] += level == 'ERROR'
            by_part[part] += level == 'ERROR'
    top = by_part.most_common()
    if len(top) > 1 and top[0][1] == top[1][1]:
        lines.append(f'{dates[-1]} 23:59 ERROR {top[0][0]}: no answer')
        errors[str(dates[-1])] += 1
        by_part[top[0][0]] += 1
    lines.sort()
    truth, columns, total = {day: count for day, count in errors.items() if count}, ('date', 'errors'), sum(errors.values())
    worst = by_part.most_common()[0][0]
    words_ = f'{total} errors, most from the {worst}.'

    def names_worst(out):
        """It is named, and no other is said more often."""
        text = out.words().lower()
        return worst in text and all(text.count(part) <= text.count(worst) for part in parts)
    return Job('log', {'plant.log': '\n'.join(lines) + '\n'},
               '''plant.log is what our heating plant wrote. Make errors.csv with the columns date and errors: how many lines with ERROR there are on each day that has any. How many are that in all, and which part has the most errors?''',
               {'errors.csv': [list(columns)] + [[day, count] for day, count in truth.items()], 'answer.md': words_},
               [('every day with errors', lambda out: keys(out.table('errors', *columns), 'date', truth), without('errors.csv')),
                ('how many on each', lambda out: right(out.table('errors', *columns), 'date', 'errors', {plain(day): count for day, count in truth.items()}), cell('errors.csv', 1, 1, lambda count: count + 1)),
                ('how many in all, in words', lambda out: says(out.words(), total), words('answer.md', total, total + 1)),
                ('which part has the most', names_worst, words('answer.md', worst, 'roof'))])


JOBS = (tables, planner, report, dashboard, differences, find, merge, invoices, timetable, survey, reorder, units, quiz, split, minutes, log)


def jobs(seed):
    return [make(random.Random(f'{make.__name__}-{seed}')) for make in JOBS]
