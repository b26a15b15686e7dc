# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job has left in its folder, as checks look at it: tables, texts, pages; and what its files say in numbers.

Files that are as they were given do not count. A table is any CSV file, in the workspace or among the tables; its name is its file's without the ending. Names of columns and words are compared without case,
spaces and signs, numbers by their value however they are written."""
import csv
import html
import io
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NUMBER = re.compile(r'(?<![\w.,])[-−]?\d+(?:[.,\u00a0\u202f’\']\d+)*(?!\w*\d)')
TEXTS = ('.md', '.txt', '.html', '.htm', '.json', '.csv', '.tsv', '.svg')
SUMS = ('total', 'totals', 'sum', 'all', 'overall', 'grandtotal')


def plain(text):
    return re.sub(r'[^a-z0-9]', '', str(text).lower())


def number(text):
    """What a cell says, or None: "€ 1,234.50", "12 %"."""
    if isinstance(text, (int, float)):
        return float(text)
    found = readings(str(text))
    return found[0][0] if len(found) == 1 else None


def readings(text):
    """Each number in a text: (value, its decimals)."""
    found = []
    for match in NUMBER.finditer(text):
        word = re.sub('[\u00a0\u202f’\']', '', match[0].replace('−', '-'))
        if re.fullmatch(r'-?\d{1,3}(,\d{3})+(\.\d+)?', word):
            word = word.replace(',', '')
        elif re.fullmatch(r'-?\d{1,3}(\.\d{3}){2,}', word):
            word = word.replace('.', '')
        elif re.fullmatch(r'-?\d{1,3}(\.\d{3})+,\d+', word):
            word = word.replace('.', '').replace(',', '.')
        elif re.fullmatch(r'-?\d+,\d+', word):
            word = word.replace(',', '.')
        if re.fullmatch(r'-?\d+(\.\d+)?', word):
            found.append((float(word), len(word.partition('.')[2])))
    return found


def near(one, other):
    return one is not None and other is not None and abs(one - other) < 0.0051


def says(text, value):
    """Whether a number stands in a text, to the cent, or without decimals of which all are zero."""
    return any(near(found, value) for found, _ in readings(text))


def shows(text, value):
    """The same, rounded as a page may do it: to three digits or more."""
    return any(near(found, value) or (abs(found - value) <= 0.5000001 * 10 ** -decimals and (decimals > 0 or abs(found) >= 100)) for found, decimals in readings(text))


class Table:
    """`rows`: a dictionary for each row, by the names that the check uses. Rows of sums are left out."""

    def __init__(self, name, header, rows):
        self.name, self.header = name, header
        self.cells = [row for row in rows if any(cell.strip() for cell in row)]

    def places(self, columns):
        """Where each wanted column is, or None; one of another name serves if it alone has the word in it."""
        places = []
        for column in columns:
            equal = [i for i, name in enumerate(self.header) if plain(name) == plain(column)]
            alike = [i for i, name in enumerate(self.header) if plain(column) in plain(name)]
            if not equal and len(alike) != 1:
                return None
            places.append((equal or alike)[0])
        return places

    def rows(self, columns):
        places = self.places(columns)
        rows = [{column: row[place].strip() if place < len(row) else '' for column, place in zip(columns, places)} for row in self.cells]
        return [row for row in rows if not any(plain(cell) in SUMS for cell in row.values())]


class Result:
    def __init__(self, folder, given=None, look=None):
        """`given`: the files of the beginning by their names; `look`: page-look, or None for pages as they are written."""
        self.folder, self.given, self.page_look, self.looks = folder, given or {}, look, {}
        self.paths = []
        for root, folders, files in os.walk(folder):
            folders.sort()
            self.paths += [os.path.join(root, name) for name in sorted(files) if os.path.relpath(os.path.join(root, name), folder) != 'job.json']
        texts = [text.strip() for text in self.given.values()]
        self.paths = [path for path in self.paths if not (path.endswith(TEXTS) and self.read(path).strip() in texts)]

    def read(self, path):
        with open(path, encoding='utf-8', errors='replace', newline='') as file:
            return file.read()

    def is_page(self, path):
        return path.endswith(('.html', '.htm'))

    def tables(self):
        found = []
        for path in self.paths:
            if path.endswith(('.csv', '.tsv')):
                text = self.read(path).lstrip('\ufeff')
                head = text.partition('\n')[0]
                rows = [row for row in csv.reader(io.StringIO(text), delimiter=max('\t;,', key=head.count)) if row]
                if rows:
                    found.append(Table(os.path.splitext(os.path.basename(path))[0], rows[0], rows[1:]))
        return found

    def table(self, name, *columns):
        """The rows of the table that has the columns, of that name if one is called so; [] where there is none."""
        able = [table for table in self.tables() if table.places(columns)]
        named = [table for table in able if plain(table.name) == plain(name)] or [table for table in able if plain(name) in plain(table.name)]
        return (named or able)[-1].rows(columns) if able else []

    def document(self, name):
        """A text of that name, "" where there is none."""
        found = [path for path in self.paths if not self.is_page(path) and plain(os.path.splitext(os.path.basename(path))[0]) == plain(name)]
        return self.read(found[-1]) if found else ''

    def pages(self):
        # Beside its page an artifact has the same in one file, to be sent to somebody.
        return [path for path in self.paths if self.is_page(path) and not (os.path.basename(path) == 'single.html' and os.path.join(os.path.dirname(path), 'index.html') in self.paths)]

    def page(self, path):
        """{"text", "marks": drawn things, "problems"} of a page as it is shown."""
        if path in self.looks:
            return self.looks[path]
        if self.page_look is None:
            source = self.read(path)
            shown = {'text': html.unescape(re.sub(r'<[^>]*>', ' ', re.sub(r'(?s)<(script|style).*?</\1>', ' ', source))), 'marks': len(re.findall(r'<(rect|path|circle|canvas)\b', source)), 'problems': re.findall(r'throw \w+', source)}
        else:
            shown = self.look(path)
        self.looks[path] = shown
        return shown

    def look(self, path):
        with tempfile.NamedTemporaryFile('w', suffix='.js') as script:
            script.write("return { text: document.body.innerText, marks: document.querySelectorAll('svg path, svg rect, svg circle, canvas').length };\n")
            script.flush()
            seen = subprocess.run(['sh', os.path.join(HERE, '../../ui/run-headless.sh'), self.page_look, path, '--any', '--width', '1000', '--script', script.name], capture_output=True, text=True)
        line = next((json.loads(text) for text in seen.stdout.splitlines() if text.startswith('{')), None)
        if line is None:
            sys.exit(f'page-look: {seen.stderr[-800:]}')
        answer = line.get('answer') or {}
        return {'text': answer.get('text', ''), 'marks': answer.get('marks', 0), 'problems': [entry for entry in line['log'] if not entry.startswith('warn')]}

    def opens(self):
        """Whether there is a page, and every one of them shows something without an error."""
        pages = [self.page(path) for path in self.pages()]
        return bool(pages) and all(page['text'].strip() and not page['problems'] for page in pages)

    def source(self):
        """Of all pages and what lies beside them: what a page can show at some time."""
        beside = [path for path in self.paths if path.endswith(TEXTS) and os.sep + 'artifacts' + os.sep in path]
        return '\n'.join(self.read(path) for path in {*beside, *self.pages()})

    def shown(self):
        return '\n'.join(self.page(path)['text'] for path in self.pages())

    def words(self):
        """The answer and the documents. Not the pages: a number that stands somewhere in a table is not said."""
        return '\n'.join(self.read(path) for path in self.paths if path.endswith(('.md', '.txt')))
