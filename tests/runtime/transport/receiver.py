"""An HTTP receiver for tests. Prints its port, then writes each request as a JSON line to the file in argv[1].

The path tells how it behaves: /ok, /fail/N (500 for the first N requests of that path), /busy/N (429 with Retry-After: 1),
/refuse (404), /slow (answers after 30 s), /nonsense (no HTTP), /redirect (302 to /ok). With a secret in argv[2] the signature is
checked here too.
"""
import hashlib
import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

log = open(sys.argv[1], "a", buffering=1)
secret = sys.argv[2].encode() if len(sys.argv) > 2 else b""
lock = threading.Lock()
seen = {}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.take(b"")

    def do_POST(self):
        self.take(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def take(self, body):
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        wanted = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        with lock:
            seen[self.path] = seen.get(self.path, 0) + 1
            count = seen[self.path]
            status, headers = self.decide(count)
            log.write(json.dumps({
                "path": self.path, "method": self.command, "status": status,
                "key": self.headers.get("Idempotency-Key", ""),
                "may_repeat": self.headers.get("X-Millwright-May-Repeat", ""),
                "signed": bool(secret) and self.headers.get("X-Millwright-Signature", "") == wanted,
                "type": self.headers.get("Content-Type", ""), "body": body.decode("utf-8"), "at_ns": now}) + "\n")
        if self.path == "/slow":
            time.sleep(30)
        if self.path == "/nonsense":
            self.wfile.write(b"what do you want\r\n\r\n")
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        text = b"it is so: %d" % status
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def decide(self, count):
        parts = self.path.strip("/").split("/")
        if parts[0] == "fail" and count <= int(parts[1]):
            return 500, []
        if parts[0] == "busy" and count <= int(parts[1]):
            return 429, [("Retry-After", "1")]
        if parts[0] == "refuse":
            return 404, []
        if parts[0] == "redirect":
            return 302, [("Location", "/ok")]
        return 200, []


class Server(ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
