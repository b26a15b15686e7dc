#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that tests/run.py counts the truth. Says the result in TAP."""
import json
import os
import sys
import tempfile
import unittest

import run
import tap


class CountTest(unittest.TestCase):
    def count(self, text, status=None):
        count = run.count_tap('name', text, status)
        return count.passed, count.failed, count.skipped

    def test_plain(self):
        self.assertEqual(self.count('1..3\nok 1 a\nnot ok 2 b\nok 3 c # SKIP no camera\n'), (1, 1, 1))

    def test_failure_keeps_what_was_said_before_it(self):
        count = run.count_tap('name', 'ok 1 a\n# the reason\nnot ok 2 b\n# something else\n', None)
        self.assertEqual(count.failures, [('name: 2 b', '# the reason')])

    def test_what_did_not_run_failed(self):
        self.assertEqual(self.count('1..5\nok 1 a\nok 2 b\n'), (2, 3, 0))

    def test_death_counts_once(self):
        self.assertEqual(self.count('ok 1 a\n', 'it ended with status -11'), (1, 1, 0))
        self.assertEqual(self.count('', 'it ended with status -11'), (0, 1, 0))

    def test_failed_status_after_a_failure_is_that_failure(self):
        self.assertEqual(self.count('1..2\nok 1 a\nnot ok 2 b\n', 'it ended with status 1'), (1, 1, 0))

    def test_failed_status_after_success_is_a_failure(self):
        self.assertEqual(self.count('1..1\nok 1 a\n', 'it ended with status 1'), (1, 1, 0))

    def test_bailing_out_is_a_failure(self):
        self.assertEqual(self.count('ok 1 a\nBail out! no memory\n'), (1, 1, 0))

    def test_words_that_begin_like_a_result(self):
        self.assertEqual(self.count('1..1\nokay\n  ok 1 of a subtest\nok 1 a\n'), (1, 0, 0))

    def test_meson_log(self):
        entries = [{'name': 'one', 'result': 'OK', 'returncode': 0, 'duration': 1, 'stdout': '1..2\nok 1 a\nok 2 b\n'},
                   {'name': 'two', 'result': 'TIMEOUT', 'returncode': -15, 'duration': 1, 'stdout': '1..2\nok 1 a\n'},
                   {'name': 'three', 'result': 'OK', 'returncode': 0, 'duration': 1, 'stdout': 'no TAP here'},
                   {'name': 'four', 'result': 'FAIL', 'returncode': 1, 'duration': 1, 'stdout': ''},
                   {'name': 'five', 'result': 'SKIP', 'returncode': 77, 'duration': 1, 'stdout': ''}]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'log')
            with open(path, 'w') as file:
                file.write('\n'.join(json.dumps(entry) for entry in entries) + '\n')
            count, _ = run.count_meson_log(path)
        self.assertEqual((count.passed, count.failed, count.skipped), (4, 2, 1))


if __name__ == '__main__':
    sys.exit(tap.main(CountTest))
