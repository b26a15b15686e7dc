# SPDX-License-Identifier: GPL-3.0-or-later
"""The window's words in the language that it speaks. Whoever drives it says them in English, as they stand in the sources."""
import gettext
import os
import re
import subprocess

# A language's locale: its numbers and dates, and without one the C library translates nothing.
LOCALES = {'de': 'de_DE', 'ar': 'ar_EG'}
POINTS = {'de': ','}
DIRECTIVE = re.compile(r'%(?:\d+\$)?[-+0 #\']*\d*(?:\.\d+)?(?:hh|h|ll|l|z)?[diouxXeEfgGcs]')


class Words:
    def __init__(self, build=None, language=None):
        self.language = language
        self.environment = {'LANG': 'C.UTF-8', 'LC_ALL': 'C.UTF-8'}
        self.catalogue = gettext.NullTranslations()
        if language:
            translations = os.path.join(build, 'po')
            self.catalogue = gettext.translation('melete', translations, [language])
            self.environment = {'LANG': self.locale(os.path.join(build, 'locale'), language), 'LANGUAGE': language, 'LC_ALL': '', 'LOCPATH': os.path.join(build, 'locale'),
                                'MELETE_LOCALEDIR': translations}

    @staticmethod
    def locale(folder, language):
        """Makes the locale, which few machines have of other languages than their own, in the build folder."""
        name = LOCALES[language] + '.UTF-8'
        if not os.path.exists(os.path.join(folder, name)):
            os.makedirs(folder, exist_ok=True)
            subprocess.run(['localedef', '-i', LOCALES[language], '-f', 'UTF-8', os.path.join(folder, name)], check=True)
        return name

    def say(self, english, context=None):
        return self.catalogue.pgettext(context, english) if context else self.catalogue.gettext(english)

    def number(self, value, digits):
        return f'{value:.{digits}f}'.replace('.', POINTS.get(self.language, '.'))

    def pattern(self, english, *values):
        """What matches the translation of `english`, in which a value that is not given may be anything. What is no sentence of the window's is a pattern already."""
        said = self.say(english)
        if said == english and not DIRECTIVE.search(english):
            return english
        parts, end, values = [], 0, list(values)
        for directive in DIRECTIVE.finditer(said):
            parts += [re.escape(said[end:directive.start()]), re.escape(values.pop(0)) if values else '.*']
            end = directive.end()
        return ''.join(parts) + re.escape(said[end:])
