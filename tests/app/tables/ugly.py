#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables as people have them, imported by table-dump and read by pandas: rows, empty cells, sums and the ends of what is in each column must be the same, and what
cannot be read must be said, with its row. Prints TAP.

Pandas is told what Melete has to find out: encoding, delimiter, decimal sign, header, order of dates."""
import io
import json
import math
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

import pandas as pd

DRAW = random.Random(7)
CASES = []


def case(name, data, frames, notes=(), error=None, types=None, units=None):
    """`frames`: a DataFrame, or several by the SQL names of their tables; `notes`: what must be said, as regular expressions; `types`: of columns by their place."""
    CASES.append((name, data, frames, notes, error, types or {}, units or {}))


def csv(text, **how):
    how.setdefault('encoding', 'utf-8')
    return pd.read_csv(io.BytesIO(text), **how)


def number(series, decimal='.'):
    """Of text with currencies and groups, by pandas."""
    text = series.astype(str)
    negative = text.str.contains(r'^\(|^-|-$|^−|[€$]-', regex=True)
    text = text.str.replace(r"[^0-9,.]", '', regex=True)
    text = text.str.replace(',' if decimal == '.' else '.', '', regex=False).str.replace(',', '.', regex=False)
    return pd.to_numeric(text) * negative.map({True: -1, False: 1})


def dates(series, how):
    return pd.to_datetime(series, format=how)


# ---- text ----

def texts():
    text = 'Name;Datum;Betrag\r\nMüller;03.04.2024;1.234,50\r\nGroß;31.12.2023;-12,00\r\n"Schmidt; K.";1.1.2024;7,25\r\n'.encode('cp1252')
    frame = csv(text, sep=';', decimal=',', thousands='.', encoding='cp1252', dtype={'Datum': str})
    frame['Datum'] = dates(frame['Datum'], '%d.%m.%Y')
    case('german.csv', text, frame, ['Windows-1252', '“;”'], types={1: 'date', 2: 'real'})

    text = '\ufeffcity\tpeople\n東京\t13960000\nMünchen\t1488202\nالقاهرة\t9540000\n'.encode('utf-16-le')
    case('wide.tsv', text, csv(text, sep='\t', encoding='utf-16'), ['UTF-16'], types={1: 'integer'})
    text = 'ort,wert\nKöln,3\nZürich,4\n'.encode('utf-16-be')
    case('unmarked.csv', text, csv(text, encoding='utf-16-be'), ['UTF-16BE'])
    for name, encoding, words in (('moscow', 'cp1251', 'Город;Население;Москва;Санкт-Петербург;Новосибирск'), ('koi8', 'koi8-r', 'Город;Население;Москва;Санкт-Петербург;Новосибирск'),
                                  ('tokyo', 'shift_jis', '都市のなまえ;ひとのかず;とうきょう;大阪シティ;名古屋のまち'), ('beijing', 'gb18030', '城市名称;人口数量;北京首都;上海城市;广州市区'), ('seoul', 'euc-kr', '도시이름;인구수량;서울특별시;부산광역시;대구광역시')):
        head, count, *cities = words.split(';')
        text = (f'{head},{count}\n' + ''.join(f'{city},{i}\n' for i, city in enumerate(cities, 7))).encode(encoding)
        frame = csv(text, encoding=encoding)
        case(name + '.csv', text, frame, [{'cp1251': 'WINDOWS-1251'}.get(encoding, encoding.upper())], types={1: 'integer'})
        assert frame.iloc[0, 0] == cities[0]
    text = b'\xef\xbb\xbf' + 'day,price\n2024-01-05,3.5\n2024-02-29,4.25\n'.encode()
    frame = csv(text, encoding='utf-8-sig')
    frame['day'] = dates(frame['day'], '%Y-%m-%d')
    case('marked.csv', text, frame, types={0: 'date', 1: 'real'})
    text = b'a|b|c\n1|2,5 apples|x\n3|4 pears|y\n'
    case('pipes.csv', text, csv(text, sep='|'), ['“|”'.replace('|', r'\|')], types={0: 'integer', 1: 'text'})
    text = b'id,note,n\n1,"two\nlines, and a comma",5\n2,"she said ""no""",6\n3,plain "quotes" inside,7\n'
    case('quotes.csv', text, csv(text), types={1: 'text', 2: 'integer'})
    text = (','.join(f'c{i}' for i in range(400)) + '\n' + ''.join(','.join(str(DRAW.randint(-999, 999)) for i in range(400)) + '\n' for n in range(60))).encode()
    case('columns.csv', text, csv(text), types={399: 'integer'})
    case('empty.csv', b'', None, error='empty')
    case('blank.csv', b'\n\n  \n', None, error='no table')
    text = b'name,amount,when\n'
    case('names-only.csv', text, csv(text))
    text = b'12\n13\n14.5\n'
    case('column.csv', text, csv(text, header=None), ['no names'], types={0: 'real'})
    text = b'a,b\r1,2\r3,4\r'
    case('old-mac.csv', text, csv(text, lineterminator='\r'), types={0: 'integer'})
    text = b'sep=;\na;b\n1,5;x\n2,5;y\n'
    case('excel.csv', text, csv(text, sep=';', decimal=',', skiprows=1), types={0: 'real'})
    text = 'name,n\nKöln,1\n'.encode() * 30 + b'Z\xfcrich,2\n' + 'Münster,3\n'.encode() * 40
    text = 'name,n\n'.encode() + 'Köln,1\n'.encode() * 30 + b'Z\xfcrich,2\n' + 'Münster,3\n'.encode() * 40
    case('broken-byte.csv', text, csv(text, encoding_errors='replace'), ['could not be read: 1, the first in row 32'], types={1: 'integer'})
    text = b'id,text\n1,fine\n2,"never closed\n3,more\n4,end\n'
    case('open-quote.csv', text, csv(text, quoting=3), ['quotation mark in row 3'], types={0: 'integer'})
    text = bytes(range(1, 32)) * 400
    case('garbage.csv', text, None, error='not what its name says')
    text = b'x,y,,z,\n1,2,3,4,\n5,6,7,8,\n'
    case('unnamed.csv', text, csv(text).dropna(axis=1, how='all'), types={2: 'integer'})
    text = b'a,a,A,select,1st,rowid\n1,2,3,4,5,6\n'
    case('names.csv', text, csv(text), types={5: 'integer'})


def dates_of_all_kinds():
    text = b'when,n\n25/12/2023,1\n01/02/2024,2\n31/01/2024,3\n'
    frame = csv(text)
    frame['when'] = dates(frame['when'], '%d/%m/%Y')
    case('day-first.csv', text, frame, types={0: 'date'})
    text = b'when,n\n12/25/2023,1\n01/02/2024,2\n01/31/2024,3\n'
    frame = csv(text)
    frame['when'] = dates(frame['when'], '%m/%d/%Y')
    case('month-first.csv', text, frame, types={0: 'date'})
    text = b'when,n\n03/04/2024,1\n05/06/2024,2\n01/02/2024,3\n'
    frame = csv(text)
    frame['when'] = dates(frame['when'], '%m/%d/%Y')  # LC_ALL=C writes the month first
    case('either-first.csv', text, frame, ['other way round.*03/04/2024 → 2024-03-04'], types={0: 'date'})
    text = 'when,n\n5 Mar 2024,1\n17 Dez 2023,2\n"March 5, 2021",3\n5. März 2020,4\n05-Apr-24,5\n'.encode()
    frame = csv(text)
    frame['when'] = pd.to_datetime(['2024-03-05', '2023-12-17', '2021-03-05', '2020-03-05', '2024-04-05'])
    case('months.csv', text, frame, types={0: 'date'})
    text = b'order_date,code\n20240305,20240305\n20231231,99999999\n20220101,12345678\n'
    frame = csv(text)
    frame['order_date'] = dates(frame['order_date'].astype(str), '%Y%m%d')
    case('compact.csv', text, frame, types={0: 'date', 1: 'integer'})
    text = b'at,n\n2024-03-05T12:30:00Z,1\n2024-03-05 08:00:01.5,2\n2023-01-01,3\n'
    case('moments.csv', text, csv(text)[['n']].assign(at=['2024-03-05 12:30:00Z', '2024-03-05 08:00:01.5', '2023-01-01 00:00:00'])[['at', 'n']], types={0: 'datetime'})
    text = b'when,time\n05.03.24,14:03\n31.12.69,2:15 PM\n01.01.70,23:59:59\n'
    frame = csv(text)
    frame['when'] = pd.to_datetime(['2024-03-05', '1969-12-31', '1970-01-01'])
    frame['time'] = ['14:03:00', '14:15:00', '23:59:59']
    case('short-years.csv', text, frame, ['two digits'], types={0: 'date', 1: 'time'})
    text = b'when\n2024-02-30\n2024-02-28\n2024-03-01\n2024-04-31\n' + b'2024-05-05\n' * 30
    frame = csv(text)
    good = pd.to_datetime(frame['when'], errors='coerce')
    frame['when'] = good.dt.strftime('%Y-%m-%d').fillna(frame['when'])
    case('no-days.csv', text, frame, ['not what the others are: 2, the first in row 2 .“2024-02-30”'], types={0: 'date'})


def numbers():
    text = b'item,price\na,"$1,234.56"\nb,$99.00\nc,"-$1,000,000.01"\nd,($5.25)\n'
    frame = csv(text)
    frame['price'] = number(frame['price'])
    case('dollars.csv', text, frame, types={1: 'real'}, units={1: 'USD'})
    text = 'item;price\na;1.234,56 €\nb;99,00 €\nc;-1.000.000,01 €\n'.encode()
    frame = csv(text, sep=';')
    frame['price'] = number(frame['price'], ',')
    case('euros.csv', text, frame, types={1: 'real'}, units={1: 'EUR'})
    text = "item,price\na,1'234.50\nb,12'345'678.25\nc,7\n".encode()
    case('swiss.csv', text, csv(text, thousands="'"), types={1: 'real'})
    text = 'produit;prix\na;1\u202f234,5\nb;12\u00a0345,25\nc;1 000\n'.encode()
    frame = csv(text, sep=';')
    frame['prix'] = number(frame['prix'], ',')
    case('french.csv', text, frame, types={1: 'real'})
    text = b'k,share\na,12.5%\nb,7 %\nc,100%\n'
    frame = csv(text)
    frame['share'] = number(frame['share'])
    case('percent.csv', text, frame, types={1: 'real'}, units={1: '%'})
    text = 'konto;saldo\n1;1.000,00-\n2;250,50\n3;−3,25\n'.encode()
    frame = csv(text, sep=';')
    frame['saldo'] = number(frame['saldo'], ',')
    case('sap.csv', text, frame, types={1: 'real'})
    text = b'zip,n\n01067,1\n80331,2\n00100,3\n'
    case('zeros.csv', text, csv(text, dtype={'zip': str}), ['leading zeros'], types={0: 'text', 1: 'integer'})
    text = b'big,n\n123456789012345678901234567890,1\n2,2\n'
    case('long-digits.csv', text, csv(text, dtype={'big': str}), ['great length'], types={0: 'text'})
    text = b'a;b\n1.234;5,5\n2.345;6,25\n'
    case('told-by-others.csv', text, csv(text, sep=';', decimal=',', thousands='.'), types={0: 'integer', 1: 'real'})
    text = b'a,b\n1.234,x\n2.345,y\n'
    case('either-sign.csv', text, csv(text), ['could mean the other.*1.234 → 1.234'], types={0: 'real'})
    text = b'a\n1e3\n2.5E-2\n-4e+2\n'
    case('powers.csv', text, csv(text), types={0: 'real'})
    text = b'price\n5 EUR\n6 USD\n7 EUR\n'
    case('mixed.csv', text, csv(text), ['different units'], types={0: 'text'})
    rows = [str(i) for i in range(100)] + ['twelve', 'see note'] + [str(i) for i in range(50)]
    text = ('id,n\n' + ''.join(f'{i},{v}\n' for i, v in enumerate(rows))).encode()
    frame = csv(text)
    frame['n'] = frame['n'].where(frame['n'].str.isdigit()).astype(float)
    case('words-between.csv', text, frame, ['“n” that are not what the others are: 2, the first in row 102 .“twelve”'], types={1: 'integer'})
    text = b'n,m\n1,n/a\n-,2\nNULL,3\n4,#N/A\n'
    case('missing.csv', text, csv(text, na_values=['-', '#N/A']), ['taken as empty'], types={0: 'integer', 1: 'integer'})
    text = 'a;wahr\nx;ja\ny;nein\nz;JA\n'.encode()
    frame = csv(text, sep=';')
    frame['wahr'] = [1, 0, 1]
    case('yes.csv', text, frame, types={1: 'boolean'})


def shapes():
    text = b'Sales of 2024\nmade by the office,,\n\nregion,q1,q2\nnorth,1,2\nsouth,3,4\nTotal,4,6\n\nSource: own figures\n'
    case('report.csv', text, csv(text, skiprows=3, nrows=3), ['Rows above.*“Sales of 2024”', 'Row 7 .“Total”', 'Source: own figures'], types={1: 'integer'})
    text = b'1,2.5,x\n2,3.5,y\n3,4.5,z\n'
    case('nameless.csv', text, csv(text, header=None), ['no names'], types={0: 'integer', 1: 'real'})
    text = b'country,2019,2020,2021\nA,1,2,3\nB,4,5,6\n'
    case('years.csv', text, csv(text), types={1: 'integer'})
    text = b'Region,Sales,,Costs,\n,2019,2020,2019,2020\n'.replace(b'2019', b'first').replace(b'2020', b'second') + b'north,1,2,3,4\nsouth,5,6,7,8\nwest,9,1,2,3\n'
    case('two-rows.csv', text, csv(text, skiprows=2, header=None), ['stand in 2 rows'], types={4: 'integer'})
    text = b'distance,time\nkm,h\n1.5,2\n3,4\n5,6\n'
    case('units-below.csv', text, csv(text, skiprows=2, header=None), ['stand in 2 rows'], types={0: 'real'})
    text = b'a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3\n'
    case('ragged.csv', text, csv(text, names=['a', 'b', 'c', 'Unnamed'], skiprows=1), ['more cells than most: 1, the first is row 4', 'fewer cells than most: 1, the first is row 3'], types={0: 'integer'})
    text = b'a,b\n1,2\n\n\n3,4\n'
    case('gaps.csv', text, csv(text), ['Empty rows stand in between: 1, the first is row 3'])
    text = b'code,name\nNO,Norway\nDE,Germany\nFR,France\n'
    case('all-words.csv', text, csv(text, na_filter=False), types={0: 'text'})
    header = b'id,' + b','.join(b'v%d' % i for i in range(4)) + b'\n'
    text = header + b''.join(b'%d,%s\n' % (i, b','.join(b'%.3f' % DRAW.uniform(-1e6, 1e6) for k in range(4))) for i in range(20000))
    case('long.csv', text, csv(text), types={4: 'real'})
    text = header + b''.join(b'%d,1,2,3,4\n' % i for i in range(5000)) + b'x,1,2,3,4\n' + b''.join(b'%d,1,2,3,4\n' % i for i in range(5000))
    frame = csv(text, dtype={'id': str})
    frame['id'] = pd.to_numeric(frame['id'], errors='coerce')
    case('late-word.csv', text, frame, ['the first in row 5002 .“x”'], types={0: 'integer'})


# ---- workbooks ----

def workbooks():
    import datetime
    import openpyxl
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = 'Sales'
    sheet.append(['Region', 'Quarter', None, 'When'])
    sheet.append([None, 'Q1', 'Q2', None])
    rows = [['north', 1, 2.5, datetime.date(2024, 3, 5)], ['', 3, 4, datetime.date(2023, 12, 31)], ['south', 5, 6.25, datetime.date(2022, 1, 1)]]
    for row in rows:
        sheet.append([cell if cell != '' else None for cell in row])
    sheet.merge_cells('B1:C1')
    sheet.merge_cells('A1:A2')
    sheet.merge_cells('A3:A4')
    more = book.create_sheet('Text numbers')
    more.append(['id', 'amount', 'share', 'sum', 'ok'])
    for i in range(5):
        more.append([f'{i}', f'{i}.5', i / 8, f'=A{i + 2}', i % 2 == 0])
        more.cell(row=i + 2, column=3).number_format = '0.0%'
    hidden = book.create_sheet('Secret')
    hidden.append(['a', 'b'])
    hidden.append([1, datetime.datetime(2024, 5, 17, 14, 3, 22)])
    hidden.sheet_state = 'hidden'
    book.create_sheet('Empty')
    data = io.BytesIO()
    book.save(data)
    text = data.getvalue()
    read = pd.read_excel(io.BytesIO(text), sheet_name=None, header=None)
    sales = read['Sales'].iloc[2:].reset_index(drop=True)
    sales[0] = sales[0].ffill()
    numbers_ = pd.read_excel(io.BytesIO(text), sheet_name='Text numbers', dtype={'id': int, 'amount': float})
    numbers_['ok'] = numbers_['ok'].astype(int)
    secret = pd.read_excel(io.BytesIO(text), sheet_name='Secret')
    secret['b'] = secret['b'].dt.strftime('%Y-%m-%d %H:%M:%S')
    case('book.xlsx', text, {'sales': sales.infer_objects(), 'text_numbers': numbers_, 'secret': secret},
         ['Sales: .*stand in 2 rows', 'Sales: Merged cells: 3', 'Secret: The sheet is hidden', 'without a result in the file: 5, the first in row 2'],
         types={('sales', 3): 'date', ('text_numbers', 0): 'integer', ('text_numbers', 4): 'boolean', ('secret', 1): 'datetime'})
    with zipfile.ZipFile(io.BytesIO(text)) as whole:
        cut = io.BytesIO()
        with zipfile.ZipFile(cut, 'w') as out:
            for part in whole.namelist():
                body = whole.read(part)
                out.writestr(part, body[:body.index(b'<row r="4"')] if part == 'xl/worksheets/sheet2.xml' else body)
    case('damaged.xlsx', cut.getvalue(), {'sales': sales.infer_objects(), 'text_numbers': None, 'secret': secret}, ['Text numbers: The file is damaged behind row'])


ODS = '''<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:automatic-styles><style:style style:name="h" style:family="table">
<style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>'''


def ods(*tables):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as out:
        out.writestr('mimetype', 'application/vnd.oasis.opendocument.spreadsheet')
        out.writestr('content.xml', ODS % ''.join(tables))
    return data.getvalue()


def ods_cell(value, more=''):
    if value is None:
        return f'<table:table-cell {more}/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}" {more}><text:p>{value:,.1f}</text:p></table:table-cell>'
    if value[:2] == 'd:':
        return f'<table:table-cell office:value-type="date" office:date-value="{value[2:]}"><text:p>5. März</text:p></table:table-cell>'
    if value[:2] == 'c:':
        return f'<table:table-cell office:value-type="currency" office:currency="EUR" office:value="{value[2:]}"><text:p>viel</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string" {more}><text:p>{value}</text:p></table:table-cell>'


def open_documents():
    def row(*cells, more=''):
        return f'<table:table-row {more}>' + ''.join(ods_cell(cell) for cell in cells) + '</table:table-row>'
    repeated = '<table:table-row table:number-rows-repeated="3">' + ods_cell('same') + ods_cell(2, 'table:number-columns-repeated="2"') + '</table:table-row>'
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    first = '<table:table table:name="Eins">' + row('name', 'a', 'b', 'when', 'cost') + row('x', 1234.5, 2, 'd:2024-03-05', 'c:7.25') + repeated + row('y', 5, 6, 'd:2023-01-01', 'c:1') + empty + '</table:table>'
    second = '<table:table table:name="Zwei" table:style-name="h">' + row('k', 'v') + row('p', 1) + row('q', 2) + '</table:table>'
    frame = pd.DataFrame({'name': ['x', 'same', 'same', 'same', 'y'], 'a': [1234.5, 2, 2, 2, 5], 'b': [2, 2, 2, 2, 6], 'when': pd.to_datetime(['2024-03-05', None, None, None, '2023-01-01']),
                          'cost': [7.25, None, None, None, 1]})
    case('sheets.ods', ods(first, second), {'eins': frame, 'zwei': pd.DataFrame({'k': ['p', 'q'], 'v': [1, 2]})}, ['Zwei: The sheet is hidden'],
         types={('eins', 3): 'date', ('eins', 4): 'real'}, units={('eins', 4): 'EUR'})


# ---- JSON and SQLite ----

def objects():
    text = json.dumps([{'id': i, 'who': {'name': f'n{i}', 'city': {'zip': f'0{i}'}}, 'tags': ['a', 'b'], 'born': f'200{i}-01-02', 'score': i / 4 if i else None} for i in range(8)], ensure_ascii=False).encode()
    frame = pd.json_normalize(json.loads(text))[['id', 'who.name', 'who.city.zip', 'tags', 'born', 'score']]
    frame['born'] = pd.to_datetime(frame['born'])
    frame['tags'] = frame['tags'].map(json.dumps)
    case('people.json', text, frame, ['kept as JSON: 8, the first in row 1'], types={0: 'integer', 2: 'text', 4: 'date', 5: 'real'})
    text = b'{"a": 1, "b": "x"}\n{"a": 2.5, "c": true}\n\n{"b": "y", "c": false}\n'
    frame = pd.read_json(io.BytesIO(text), lines=True)
    frame['c'] = frame['c'].astype(float)
    case('lines.jsonl', text, frame, types={0: 'real', 2: 'boolean'})
    text = json.dumps({'made': '2024', 'users': [{'id': 1}, {'id': 2}], 'orders': [{'user': 1, 'sum': 9.5}, {'user': 2, 'sum': 1.5}, {'user': 1, 'sum': 4}]}).encode()
    case('shop.json', text, {'users': pd.DataFrame({'id': [1, 2]}), 'orders': pd.DataFrame({'user': [1, 2, 1], 'sum': [9.5, 1.5, 4]})}, types={('orders', 1): 'real'})
    text = json.dumps([[1, 'a'], [2, 'b']]).encode()
    case('lists.json', text, pd.read_json(io.BytesIO(text)), types={0: 'integer'})
    case('values.json', b'[\n  1.5,\n  2,\n  null,\n  4\n]\n', pd.DataFrame({'value': [1.5, 2, None, 4]}), types={0: 'real'})
    case('list-lines.jsonl', b'[1, "a"]\n[2, "b"]\n', pd.DataFrame({'1': [1, 2], '2': ['a', 'b']}), types={0: 'integer'})
    case('broken.json', b'[{"a": 1},\n{"a": 2},\n{"a": }]', None, error='line 3')
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'x.sqlite')
        db = sqlite3.connect(path)
        db.executescript('''PRAGMA journal_mode = WAL;
            CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, born DATE, weight REAL, photo BLOB);
            INSERT INTO people VALUES (1, 'Anna', '1990-05-17', 61.5, x'00ff'), (2, 'Bob', '1985-01-02', NULL, NULL), (7, '007', '2000-02-29', 80, NULL);
            CREATE TABLE "odd name" (x, y); INSERT INTO "odd name" VALUES (1, 2), (NULL, NULL), (3, 'word');
            CREATE VIEW v AS SELECT load_extension('evil') FROM people; CREATE TRIGGER t AFTER INSERT ON people BEGIN DELETE FROM people; END;''')
        db.commit()
        people = pd.read_sql('SELECT * FROM people', db)
        people['born'] = pd.to_datetime(people['born'])
        people['photo'] = None
        db.close()
        text = open(path, 'rb').read()
    case('shop.sqlite', text, {'people': people, 'odd_name': pd.DataFrame({'x': [1, None, 3], 'y': ['2', None, 'word']})}, ['Binary contents of “photo”.* 1, the first in row 1'],
         types={('people', 2): 'date', ('people', 1): 'text'})
    case('cut.sqlite', text[:4096 + 500], None, error='damaged|no table')
    case('old.xls', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(504) + 'Workbook'.encode('utf-16-le').ljust(64, b'\0') + b'\x12\0' + bytes(1500), None, error='old binary format')


# ---- comparing ----

def wanted(series):
    """(sum or None, empty cells, smallest, largest) by pandas."""
    if pd.api.types.is_datetime64_any_dtype(series):
        good = series.dropna()
        return None, int(series.isna().sum()), good.min().strftime('%Y-%m-%d'), good.max().strftime('%Y-%m-%d')
    if pd.api.types.is_bool_dtype(series):
        series = series.astype(int)
    if pd.api.types.is_numeric_dtype(series):
        return float(series.sum()), int(series.isna().sum()), series.min(), series.max()
    return None, int(series.isna().sum() + (series == '').sum()), None, None


def compare(table, frame, types, units, key):
    wrong = []
    if table['rows'] != len(frame):
        wrong.append(f'{table["rows"]:g} rows instead of {len(frame)}')
    if len(table['columns']) != len(frame.columns):
        wrong.append(f'{len(table["columns"])} columns instead of {len(frame.columns)}: {[c["name"] for c in table["columns"]]}')
        return wrong
    for i, column in enumerate(table['columns']):
        if isinstance(frame.columns[i], str) and not re.search(r'^Unnamed|\.1$', frame.columns[i]) and column['title'] != frame.columns[i] and len(table['columns']) == len(frame.columns):
            wrong.append(f'the column is called {column["title"]!r} instead of {frame.columns[i]!r}')
        total, empty, low, high = wanted(frame.iloc[:, i])
        words = 0
        kind = types.get(key(i))
        if kind is not None and column['type'] != kind:
            wrong.append(f'{column["name"]} is {column["type"]} instead of {kind}')
        if units.get(key(i), column['unit']) != column['unit']:
            wrong.append(f'{column["name"]} has the unit {column["unit"]!r}')
        if len(frame) == 0:
            continue
        if total is not None and column['type'] in ('integer', 'real'):
            if not math.isclose(column.get('sum', 0), total, rel_tol=1e-12, abs_tol=1e-9):
                wrong.append(f'sum of {column["name"]} is {column.get("sum")} instead of {total}')
            if not pd.isna(low) and not (math.isclose(float(column['min']), low, rel_tol=1e-14) and math.isclose(float(column['max']), high, rel_tol=1e-14)):
                wrong.append(f'{column["name"]} is from {column["min"]} to {column["max"]} instead of {low} to {high}')
        elif low is not None and column['type'] == 'date' and (column['min'], column['max']) != (low, high):
            wrong.append(f'{column["name"]} is from {column["min"]} to {column["max"]} instead of {low} to {high}')
        # Words in a column of numbers are kept here, and nothing for pandas.
        if column['nulls'] != empty and not (column['nulls'] < empty and kind == 'integer' and words == 0):
            wrong.append(f'{column["name"]} has {column["nulls"]:g} empty cells instead of {empty}')
    return wrong


def check(result, frames, notes, error, types, units):
    if error is not None or 'error' in result:
        said = result.get('error', '')
        return [] if error is not None and re.search(error, said) else [f'it says {said!r} instead of {error!r}']
    wrong = []
    said = '\n'.join(result['notes'])
    for note in notes:
        if not re.search(note, said):
            wrong.append(f'{note!r} is not said, but {said!r}')
    if isinstance(frames, dict):
        tables = {table['name']: table for table in result['tables']}
        if set(tables) != set(frames):
            return wrong + [f'tables {sorted(tables)} instead of {sorted(frames)}']
        for name, frame in frames.items():
            if frame is None:
                continue
            wrong += [f'{name}: {line}' for line in compare(tables[name], frame, types, units, lambda i: (name, i))]
    else:
        wrong += compare(result['tables'][0], frames, types, units, lambda i: i)
    return wrong


def seeds(folder):
    """The small ones for the fuzz targets; archives as lists of their parts (tests/fuzz/extract-input.h)."""
    for name, data, *_ in CASES:
        kind = {'.xlsx': 'book', '.ods': 'book', '.json': 'json', '.jsonl': 'json', '.sqlite': 'sqlite', '.csv': 'csv', '.tsv': 'csv'}.get(os.path.splitext(name)[1])
        if kind is None or not 0 < len(data) < 40000:
            continue
        if data[:2] == b'PK':
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                data = b'\n'.join(b'=== ' + part.encode() + b'\n' + parts.read(part) for part in parts.namelist() if 'theme' not in part and 'docProps' not in part)
            name += '.parts'
        path = os.path.join(folder, 'tables_' + kind)
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, name), 'wb') as file:
            file.write(data)


def main():
    if sys.argv[1] == '--seeds':
        for make in (texts, dates_of_all_kinds, numbers, shapes, workbooks, open_documents, objects):
            make()
        return seeds(sys.argv[2])
    for make in (texts, dates_of_all_kinds, numbers, shapes, workbooks, open_documents, objects):
        make()
    failed = 0
    print(f'1..{len(CASES)}')
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, data, *_ in CASES:
            paths.append(os.path.join(folder, name))
            with open(paths[-1], 'wb') as file:
                file.write(data)
        lines = subprocess.run([sys.argv[1], os.path.join(folder, 'datasets'), *paths], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
        results = {os.path.basename(result['file']): result for result in map(json.loads, lines)}
    for i, (name, _, frames, notes, error, types, units) in enumerate(CASES, 1):
        wrong = check(results[name], frames, notes, error, types, units)
        for line in wrong:
            print(f'# {name}: {line}')
        print(f'{"not ok" if wrong else "ok"} {i} {name}')
        failed += bool(wrong)
    return failed > 0


sys.exit(main())
