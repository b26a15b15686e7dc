#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for pip while pictures are taken: `slow-pip.py download --no-deps -d DIR NAME==VERSION` fetches nothing, at three megabytes a
second, and never ends by itself."""
import os
import time

with open(os.path.join(os.environ['TMPDIR'], 'unpack'), 'wb') as file:
    size = 24 << 20
    while True:
        file.truncate(size)
        size += 600 << 10
        time.sleep(0.2)
