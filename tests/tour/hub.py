# SPDX-License-Identifier: GPL-3.0-or-later
"""A hub of this machine for the pictures: answers as the real one does, with models that do not exist."""
import http.server
import json
import threading
import time
import urllib.parse

REVISION = '0123456789abcdef0123456789abcdef01234567'
GIGA = 10**9
FOUND = [('gardeners/Rosemary-3B-Instruct-GGUF', 'apache-2.0', 1_284_113, 912, '2026-10-28', False), ('gardeners/Rosemary-8B-Instruct-GGUF', 'apache-2.0', 812_904, 655, '2026-10-28', False),
         ('orchard-lab/Quince-VL-4B-GGUF', 'orchard-community', 96_310, 148, '2026-09-02', 'manual'), ('meadow/Thyme-1.5B-Instruct-GGUF', 'mit', 41_002, 77, '2026-06-17', False),
         ('someone/rosemary-3b-merged-with-a-rather-long-name-GGUF', '', 812, 3, '2026-05-30', False)]
SIZES = [('Q2_K', 1.2), ('Q4_K_M', 1.9), ('Q6_K', 2.5), ('Q8_0', 3.3), ('F16', 6.2)]


def files(name):
    stem = name.split('/')[1].removesuffix('-GGUF')
    listed = [{'type': 'file', 'path': f'{stem}-{label}.gguf', 'size': 1, 'lfs': {'oid': f'{i:064x}', 'size': int(size * GIGA)}} for i, (label, size) in enumerate(SIZES)]
    if 'VL' in name:
        listed.append({'type': 'file', 'path': f'mmproj-{stem}-F16.gguf', 'size': 1, 'lfs': {'oid': 'a' * 64, 'size': 812_000_000}})
        listed.append({'type': 'file', 'path': f'{stem}-draft-Q4_0.gguf', 'size': 1, 'lfs': {'oid': 'b' * 64, 'size': 310_000_000}})
    return listed


class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self):
        """A file that grows for as long as somebody takes it."""
        self.send_response(200)
        self.send_header('ETag', '"garden"')
        self.send_header('Content-Length', str(int(1.9 * GIGA)))
        self.end_headers()
        for _ in range(600):
            self.wfile.write(bytes(4_000_000))
            time.sleep(0.25)

    def do_GET(self):
        path = urllib.parse.urlparse(self.path).path
        names = [found[0] for found in FOUND]
        try:
            if path == '/api/models':
                self.reply([{'id': name, 'tags': ['gguf'] + ([f'license:{licence}'] if licence else []), 'downloads': downloads, 'likes': likes,
                             'lastModified': f'{changed}T08:00:00.000Z', 'gated': gated} for name, licence, downloads, likes, changed, gated in FOUND])
            elif path.removeprefix('/api/models/') in names:
                name, licence, _, _, _, gated = FOUND[names.index(path.removeprefix('/api/models/'))]
                card = {'license': 'other', 'license_name': licence, 'license_link': 'https://licences.example/orchard'} if gated else {'license': licence}
                self.reply({'id': name, 'sha': REVISION, 'gated': gated, 'cardData': card, 'tags': [], 'gguf': {'total': 3_100_000_000, 'architecture': 'llama', 'context_length': 32768}})
            elif '/tree/' in path:
                self.reply(files(path.removeprefix('/api/models/').split('/tree/')[0]))
            elif '/resolve/' in path and not self.headers.get('Range'):
                self.drip()
            else:
                self.send_error(404)
        except OSError:
            pass  # nobody takes it any more

    def log_message(self, format, *arguments):
        pass


def start():
    """Serves until the process ends; its address."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://127.0.0.1:{server.server_port}'
