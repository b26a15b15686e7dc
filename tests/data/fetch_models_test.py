#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests data/fetch-models.py with an index of tiny wheels in a folder: the network is never asked. Says the result in TAP."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests'))
import tap  # noqa: E402


def make_wheel(folder, name, data):
    """A wheel that carries one file of data, as those of the models do."""
    module = name.replace('-', '_')
    path = os.path.join(folder, f'{module}-1.0-py3-none-any.whl')
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr(f'{module}/data/part.bin', data)
        archive.writestr(f'{module}-1.0.dist-info/METADATA', f'Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n')
        archive.writestr(f'{module}-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
        archive.writestr(f'{module}-1.0.dist-info/RECORD', '')
    return path


def entry(identifier, parts, **roles):
    whole = b''.join(data for _, data in parts)
    return {'id': identifier, 'name': identifier.title(), 'licence': 'None', 'bytes': len(whole), 'sha256': hashlib.sha256(whole).hexdigest(),
            'starter': False, 'recommended': False, 'tests_only': False, **roles,
            'source': {'kind': 'pip', 'member': r'/data/part\.bin$',
                       'packages': [{'name': name, 'version': '1.0', 'download_bytes': 1000, 'bytes': len(data)} for name, data in parts]}}


class FetchTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.index = os.path.join(self.folder, 'index')
        self.target = os.path.join(self.folder, 'models')
        os.mkdir(self.index)
        self.parts = [('melete-test-one', os.urandom(5000)), ('melete-test-two', os.urandom(3000))]
        self.whole = b''.join(data for _, data in self.parts)
        self.small = [('melete-test-small', os.urandom(700))]
        self.other = [('melete-test-other', os.urandom(900))]
        self.entries = [entry('small', self.small, starter=True), entry('other', self.other), entry('big', self.parts, recommended=True)]
        for parts in (self.parts, self.small, self.other):
            for name, data in parts:
                make_wheel(self.index, name, data)

    def fetch(self, *arguments):
        catalogue = os.path.join(self.folder, 'models.json')
        with open(catalogue, 'w') as file:
            json.dump({'format': 1, 'models': self.entries}, file)
        environment = {key: value for key, value in os.environ.items() if not key.startswith('PIP_')}
        environment.update(PIP_NO_INDEX='1', PIP_FIND_LINKS=self.index, PIP_CONFIG_FILE=os.devnull)
        return subprocess.run([sys.executable, os.path.join(ROOT, 'data/fetch-models.py'), '--catalogue', catalogue, '--target', self.target,
                               *arguments], env=environment, capture_output=True, text=True, timeout=120)

    def content(self, identifier):
        with open(os.path.join(self.target, identifier + '.gguf'), 'rb') as file:
            return file.read()

    def remove_wheel(self, name):
        os.unlink(os.path.join(self.index, f'{name.replace("-", "_")}-1.0-py3-none-any.whl'))

    def test_parts_are_joined(self):
        result = self.fetch('big')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.content('big'), self.whole)
        self.assertFalse([name for name in os.listdir(self.target) if 'partial' in name])

    def test_second_run_asks_nobody(self):
        self.assertEqual(self.fetch('big').returncode, 0)
        shutil.rmtree(self.index)
        result = self.fetch('big')
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, '', ''))

    def test_file_without_stamp_is_checked(self):
        os.mkdir(self.target)
        shutil.rmtree(self.index)
        with open(os.path.join(self.target, 'big.gguf'), 'wb') as file:
            file.write(self.whole)
        self.assertEqual(self.fetch('big').returncode, 0)
        with open(os.path.join(self.target, 'big.gguf'), 'r+b') as file:
            file.write(bytes([self.whole[0] ^ 1]))
        result = self.fetch('big')
        self.assertEqual(result.returncode, 1)
        self.assertIn('damaged', result.stdout)

    def test_goes_on_where_it_was(self):
        path = os.path.join(self.index, 'melete_test_two-1.0-py3-none-any.whl')
        os.rename(path, path + '.away')
        result = self.fetch('big')
        self.assertEqual(result.returncode, 1)
        self.assertIn('melete-test-two 1.0 could not be downloaded', result.stderr)
        os.rename(path + '.away', path)
        # The first part is not needed again: it could not be had.
        self.remove_wheel('melete-test-one')
        result = self.fetch('big')
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('going on', result.stdout)
        self.assertEqual(self.content('big'), self.whole)

    def test_torn_part_is_cut_off(self):
        path = os.path.join(self.index, 'melete_test_two-1.0-py3-none-any.whl')
        os.rename(path, path + '.away')
        self.fetch('big')
        with open(os.path.join(self.target, 'big.gguf.partial'), 'ab') as file:
            file.write(b'half of a part')
        os.rename(path + '.away', path)
        self.assertEqual(self.fetch('big').returncode, 0)
        self.assertEqual(self.content('big'), self.whole)

    def test_wrong_checksum_is_thrown_away(self):
        self.entries[2]['sha256'] = '0' * 64
        result = self.fetch('big')
        self.assertEqual(result.returncode, 1)
        self.assertIn('checksum', result.stderr)
        self.assertEqual([name for name in os.listdir(self.target) if name.startswith('big')], [])

    def test_wheel_with_other_content_is_refused(self):
        make_wheel(self.index, 'melete-test-one', b'shorter')
        result = self.fetch('big')
        self.assertEqual(result.returncode, 1)
        self.assertIn('holds 7 bytes', result.stderr)

    def test_next_model_serves_when_one_is_gone(self):
        self.remove_wheel('melete-test-one')
        result = self.fetch('--setup', '--memory', str(8 << 30))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('could not be downloaded', result.stderr)
        self.assertEqual(sorted(name for name in os.listdir(self.target) if name.endswith('.gguf')), ['other.gguf', 'small.gguf'])

    def test_recommended_where_memory_allows(self):
        self.assertEqual(self.fetch('--setup', '--memory', str(4 << 30)).returncode, 0)
        self.assertEqual([name for name in os.listdir(self.target) if name.endswith('.gguf')], ['small.gguf'])
        self.assertEqual(self.fetch('--setup', '--memory', str(6 << 30)).returncode, 0)
        self.assertEqual(self.content('big'), self.whole)

    def test_starter_alone(self):
        self.assertEqual(self.fetch('--setup', '--starter').returncode, 0)
        self.assertEqual([name for name in os.listdir(self.target) if name.endswith('.gguf')], ['small.gguf'])

    def test_unknown_model_is_named(self):
        result = self.fetch('nonesuch')
        self.assertEqual(result.returncode, 1)
        self.assertIn('The catalogue has no model "nonesuch". It has: small, other, big.', result.stderr)

    def test_target_that_cannot_be_written(self):
        with open(self.target, 'w'):
            pass
        result = self.fetch('big')
        self.assertEqual(result.returncode, 1)
        self.assertNotIn('Traceback', result.stderr)


if __name__ == '__main__':
    sys.exit(tap.main(FetchTest))
