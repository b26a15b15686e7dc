#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests the checks of the bench's jobs: each passes what is right and fails its own mistake. Says the result in TAP."""
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(os.path.dirname(HERE))]
import orchestra  # noqa: E402
import result  # noqa: E402
import tap  # noqa: E402


class OrchestraTest(unittest.TestCase):
    def test_checks(self):
        self.assertEqual(orchestra.self_test(range(1, 6)), [])

    def test_numbers(self):
        for text, value in (('1,234.50', 1234.5), ('€ 1.234,50', 1234.5), ('12 %', 12), ('-3.5', -3.5), ('1,234,567', 1234567), ('7,5', 7.5), ('none', None), ('2026-03-04', None)):
            with self.subTest(text):
                self.assertEqual(result.number(text), value)
        self.assertTrue(result.says('In all 1,234.50 euros.', 1234.5))
        self.assertFalse(result.says('In all 1,234.60 euros.', 1234.5))
        self.assertFalse(result.says('In 12345 rows.', 1234.5))
        self.assertTrue(result.shows('Total 1.23 K, 1,235', 1234.5))
        self.assertFalse(result.shows('Total 12', 12.4))

    def test_tables(self):
        with tempfile.TemporaryDirectory() as folder:
            orchestra.write(folder, {'given.csv': 'a,b\n1,2\n', 'copy.csv': 'a,b\n1,2\n', 'tables/made.csv': 'Name;Total paid\nAda;3\n\nTotal;3\n', 'other.csv': 'name,paid\nX,1\n'})
            found = result.Result(folder, {'given.csv': 'a,b\n1,2\n'})
            # What is as it was given, under whatever name, is no result; and no row is one of sums.
            self.assertEqual(found.table('given', 'a', 'b'), [])
            self.assertEqual(found.table('made', 'name', 'paid'), [{'name': 'Ada', 'paid': '3'}])
            self.assertEqual(found.table('nothing', 'name', 'colour'), [])


if __name__ == '__main__':
    sys.exit(tap.main(OrchestraTest))
