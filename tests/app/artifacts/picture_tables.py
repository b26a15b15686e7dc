# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables behind the pictures of dashboards: made from a seed, so that a picture taken again differs by what was changed and nothing else."""
import csv
import datetime
import io
import math
import random

CITIES = ('Lisbon', 'Porto', 'Rotterdam', 'Gothenburg', 'Kraków', 'Thessaloniki', 'Saint-Étienne', 'Newcastle upon Tyne', 'Graz', 'Ghent', 'Turku', 'Bologna', 'Seville', 'Basel')
ARABIC_CITIES = ('القاهرة', 'الإسكندرية', 'الدار البيضاء', 'عمّان', 'بيروت', 'تونس العاصمة', 'الرباط')
REASONS = ('Zufriedenheit mit der Geschwindigkeit der Bearbeitung von Reklamationen', 'Freundlichkeit und Erreichbarkeit der Mitarbeiterinnen und Mitarbeiter', 'Verständlichkeit der Rechnungen und Vertragsunterlagen',
           'Donaudampfschifffahrtsgesellschaftsangelegenheiten', 'Barrierefreiheit der Geschäftsstellen', 'Preis-Leistungs-Verhältnis', 'Sonstiges')
AGES = ('18–24 Jahre', '25–39 Jahre', '40–59 Jahre', '60 Jahre und älter')


def text_of(rows, delimiter=','):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def sales():
    """Cities and months: some cities sell fifty times as much as others, and things are sent back."""
    rng, rows = random.Random(11), [['order_date', 'city', 'product_line', 'channel', 'revenue (EUR)', 'pieces', 'discount (%)']]
    for _ in range(2600):
        day = datetime.date(2024, 9, 1) + datetime.timedelta(days=int(560 * rng.random() ** 0.8))
        city = CITIES[min(int(rng.expovariate(0.28)), len(CITIES) - 1)]
        pieces = rng.randint(1, 24)
        amount = pieces * rng.choice((9.9, 24.5, 79, 149)) * (1.3 if day.month in (11, 12) else 1) * (-1 if rng.random() < 0.02 else 1)
        rows.append([day.isoformat(), city, rng.choice(('Outdoor', 'Kitchen', 'Home office', 'Toys', 'Seasonal')), rng.choice(('Web', 'Web', 'Store', 'Partner')), f'{amount:.2f}', pieces, rng.choice(('', '5', '10', '15'))])
    return text_of(rows)


def sensor():
    """A value each minute of three days, with an hour in which nothing came."""
    rng, rows, begin = random.Random(7), [['time', 'temperature (°C)', 'humidity (%)', 'co2 (ppm)', 'window']], datetime.datetime(2026, 3, 2)
    for minute in range(3 * 24 * 60):
        if 1900 < minute < 1960:
            continue
        hour = minute / 60 % 24
        warm = 19 + 3.2 * math.sin((hour - 9) / 24 * 2 * math.pi) + rng.gauss(0, 0.15)
        open_ = 7 <= hour < 7.4 or 18 <= hour < 18.3
        rows.append([(begin + datetime.timedelta(minutes=minute)).strftime('%Y-%m-%d %H:%M:%S'), f'{warm - 2 * open_:.1f}', f'{48 - warm + 19 + rng.gauss(0, 0.8):.0f}', int(480 + 420 * max(0, math.sin((hour - 6) / 16 * math.pi)) + rng.gauss(0, 12)),
                     'open' if open_ else 'closed'])
    return text_of(rows)


def survey():
    """German, with names of groups that are sentences."""
    rng, rows = random.Random(3), [['Datum', 'Thema', 'Altersgruppe', 'Bundesland', 'Schulnote', 'Wartezeit (min)']]
    for _ in range(420):
        day = datetime.date(2025, 1, 6) + datetime.timedelta(days=rng.randint(0, 340))
        rows.append([day.strftime('%d.%m.%Y'), REASONS[min(int(rng.expovariate(0.4)), len(REASONS) - 1)], rng.choice(AGES), rng.choice(('Mecklenburg-Vorpommern', 'Nordrhein-Westfalen', 'Bayern', 'Sachsen', 'Baden-Württemberg')),
                     rng.choice((1, 2, 2, 3, 3, 4, 5)), f'{rng.uniform(1, 58):.1f}'.replace('.', ',')])
    return text_of(rows, ';')


def little():
    return text_of([['name', 'amount', 'paid on', 'note'], ['Rent', '850', '2026-01-03', ''], ['Power', '', '', ''], ['Water', '31.5', '', '']])


def arabic_sales():
    rng, rows = random.Random(5), [['التاريخ', 'المدينة', 'الفئة', 'المبلغ (EUR)', 'الكمية']]
    for _ in range(600):
        day = datetime.date(2025, 1, 1) + datetime.timedelta(days=rng.randint(0, 420))
        rows.append([day.isoformat(), ARABIC_CITIES[min(int(rng.expovariate(0.5)), len(ARABIC_CITIES) - 1)], rng.choice(('كتب', 'أدوات منزلية', 'ملابس')), f'{rng.uniform(5, 900):.2f}', rng.randint(1, 9)])
    return text_of(rows)


def empty():
    """Headings, and next to nothing below them."""
    return text_of([['date', 'place', 'visitors'], ['', 'Hall', ''], ['', '', ''], ['', 'Garden', '']])


TABLES = {'sales.csv': sales, 'sensor.csv': sensor, 'umfrage_2025.csv': survey, 'little.csv': little, 'مبيعات.csv': arabic_sales, 'empty.csv': empty}
