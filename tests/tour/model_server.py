# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on the loopback that lists models, and answers nothing: for pictures of the dialog that adds one."""
import http.server
import threading

MODELS = b'''{"object": "list", "data": [
  {"id": "openai/gpt-oss-120b", "owned_by": "vllm", "max_model_len": 131072},
  {"id": "Qwen/Qwen2.5-VL-72B-Instruct", "owned_by": "vllm", "architecture": {"input_modalities": ["text", "image"]}},
  {"id": "mistralai/Mistral-Small-3.1-24B-Instruct-2503", "owned_by": "vllm"}]}'''


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == '/v1/models' else 404)
        self.send_header('Content-Type', 'application/json')
        self.end_headers()
        if self.path == '/v1/models':
            self.wfile.write(MODELS)

    def log_message(self, *arguments):
        pass


def start():
    """The port that it listens on, until this process ends."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
