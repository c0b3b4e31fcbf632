"""An HTTP server that takes pages, in the test's own process: what came, when, and whether its signature was right."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page:
    def __init__(self, key, body, signed, path):
        self.key, self.body, self.signed, self.path = key, body, signed, path
        self.at = time.monotonic()

    def json(self):
        return json.loads(self.body)


class Receiver:
    def __init__(self, secret=""):
        self.lock = threading.Lock()
        self.taken = []
        # Called with the page when its answer has left.
        self.answered = lambda page: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.take(b"")

            def do_POST(self):
                self.take(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def take(self, body):
                wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
                page = Page(self.headers.get("Idempotency-Key", ""), body,
                            self.headers.get("X-Millwright-Signature", "") == wanted, self.path)
                with outer.lock:
                    outer.taken.append(page)
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    # The node was killed amid its request.
                    self.close_connection = True
                outer.answered(page)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def url(self, path="/pages"):
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def pages(self, path="/pages"):
        with self.lock:
            return [each for each in self.taken if each.path == path]

    def about(self, rule, transition=None):
        """Bodies of the pages about a rule."""
        bodies = [each.json() for each in self.pages()]
        return [body for body in bodies
                if body["rule"] == rule and transition in (None, body["transition"])]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
