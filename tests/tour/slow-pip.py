#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for pip while pictures are taken: it fetches nothing, at three megabytes a second, and never ends by itself. Asked whom it
would ask (`config list`, `download --help`), it names the index that pip knows."""
import os
import sys
import time

if sys.argv[1:] == ['config', 'list']:
    sys.exit()
if sys.argv[1:] == ['download', '--help']:
    print('  -i, --index-url <url>       Base URL of the Python Package Index (default https://pypi.org/simple). This should point to more.')
    sys.exit()
with open(os.path.join(os.environ['TMPDIR'], 'unpack'), 'wb') as file:
    size = 24 << 20
    while True:
        file.truncate(size)
        size += 600 << 10
        time.sleep(0.2)
