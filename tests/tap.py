# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of a unittest class and says the result in TAP."""
import unittest


class TapResult(unittest.TestResult):
    def report(self, test, word):
        print(f'{word} {self.testsRun} {test.id().split(".")[-1]}', flush=True)

    def explain(self, words):
        print('\n'.join('# ' + line for line in words.splitlines()))

    def startTest(self, test):
        super().startTest(test)
        self.broken = False

    def addSubTest(self, test, part, error):
        super().addSubTest(test, part, error)
        if error is not None:
            self.explain(f'{part}\n{(self.failures if issubclass(error[0], test.failureException) else self.errors)[-1][1]}')
            self.broken = True

    def stopTest(self, test):
        super().stopTest(test)
        if self.broken:
            self.report(test, 'not ok')

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report(test, 'ok')

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.explain(self.failures[-1][1])
        self.report(test, 'not ok')

    def addError(self, test, error):
        super().addError(test, error)
        self.explain(self.errors[-1][1])
        self.report(test, 'not ok')


def main(*cases):
    """Returns the exit status."""
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in cases)
    print(f'1..{suite.countTestCases()}', flush=True)
    result = suite.run(TapResult())
    return 0 if result.wasSuccessful() else 1
