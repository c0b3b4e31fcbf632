"""An HTTP server that takes pages: what came, when, and whether its signature was right. The path says how it answers:

  anything else   200                          slow, slow/N    200 after N seconds (30)
  fail/N, busy/N  500, 429 with Retry-After: 1, for the first N requests of that path
  refuse, /N      404, for the first N         redirect        302 to /ok
  status/N        N
  error           500                          rubbish         200 with bytes that say nothing
  trouble/N       200 with an error inside, for the first N requests of that path
  nonsense        no HTTP                      reset           the connection is reset
  cut             200, and not the body that it promises
  endless, drip   200 and a body without end, as fast as it goes or a byte now and then
  mute            takes the request and never answers

`behave` makes a path answer as another one would. Alone, as `http_receiver.py LOG [SECRET]`, it prints its port and
writes each request as a JSON line to the file LOG.
"""

import hashlib
import hmac
import json
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page:
    def __init__(self, handler, body, signed):
        self.key, self.body, self.signed = handler.headers.get("Idempotency-Key", ""), body, signed
        self.path, self.method = handler.path, handler.command
        self.may_repeat = handler.headers.get("X-Millwright-May-Repeat", "")
        self.type = handler.headers.get("Content-Type", "")
        self.headers = dict(handler.headers.items())
        self.at_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        # Of the answer; 0 for something that is none.
        self.status = 0
        # The whole answer has left.
        self.answered = False

    def json(self):
        return json.loads(self.body)

    def line(self):
        return json.dumps({"path": self.path, "method": self.method, "status": self.status, "key": self.key,
                           "may_repeat": self.may_repeat, "signed": self.signed, "type": self.type,
                           "headers": self.headers,
                           "body": self.body.decode("utf-8"), "at_ns": self.at_ns})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.receiver.take(self, b"")

    def do_POST(self):
        self.server.receiver.take(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_PUT = do_POST

    def answer(self, status, text, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def begin_body(self):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = True

    def __init__(self, address, receiver):
        super().__init__(address, Handler, bind_and_activate=False)
        self.receiver = receiver
        self.open = set()
        self.server_bind()

    def process_request(self, request, client_address):
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_):
        pass


class Receiver:
    """`up` False: its port is reserved, and refuses connections until `come_up`."""

    def __init__(self, secret="", log=None, up=True):
        self.secret, self.log = secret.encode(), log
        self.lock = threading.Lock()
        self.taken, self.behaviours = [], {}
        # Called with the page when its answer has left.
        self.answered = lambda page: None
        self.closing = threading.Event()
        self.thread = None
        self.server = Server(("127.0.0.1", 0), self)
        self.port = self.server.server_address[1]
        if up:
            self.come_up()

    def come_up(self):
        self.server.server_activate()
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def go_down(self):
        """From here on connections are refused, and those that stand are cut."""
        self._end()
        self.server = Server(("127.0.0.1", self.port), self)

    def close(self):
        self.closing.set()
        self._end()

    def _end(self):
        if self.thread:
            self.server.shutdown()
            self.thread = None
        self.server.server_close()
        for each in list(self.server.open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def url(self, path="/pages"):
        return f"http://127.0.0.1:{self.port}{path}"

    def behave(self, path, like=None):
        """From the next request on, `path` answers as `like` would; as itself with none."""
        with self.lock:
            self.behaviours[path] = like or path

    def pages(self, path="/pages"):
        with self.lock:
            return [each for each in self.taken if each.path == path]

    def about(self, rule, transition=None):
        """Bodies of the pages about a rule."""
        bodies = [each.json() for each in self.pages()]
        return [body for body in bodies
                if body.get("rule") == rule and transition in (None, body["transition"])]

    def take(self, handler, body):
        wanted = "sha256=" + hmac.new(self.secret, body, hashlib.sha256).hexdigest()
        page = Page(handler, body, handler.headers.get("X-Millwright-Signature", "") == wanted)
        with self.lock:
            self.taken.append(page)
            way = self.behaviours.get(page.path, page.path)
            count = sum(each.path == page.path for each in self.taken) if "/" in way.strip("/") else 0
            name, _, number = way.strip("/").partition("/")
            if name == "trouble" and count > int(number):
                name = "ok"
            page.status = self._status(name, number, count)
            if self.log:
                self.log.write(page.line() + "\n")
        try:
            page.answered = self._answer(handler, name, number, page.status)
        except OSError:
            # The node was killed amid its request, or has had enough of the answer.
            handler.close_connection = True
        self.answered(page)

    def _status(self, name, number, count):
        if name == "fail":
            return 500 if count <= int(number) else 200
        if name == "busy":
            return 429 if count <= int(number) else 200
        if name == "refuse":
            return 404 if not number or count <= int(number) else 200
        if name == "status":
            return int(number)
        return {"redirect": 302, "error": 500, "nonsense": 0, "reset": 0, "mute": 0}.get(name, 200)

    def _answer(self, handler, name, number, status):
        """True for an answer that is whole."""
        if name == "slow":
            self.closing.wait(float(number or 30))
        elif name == "nonsense":
            handler.wfile.write(b"what do you want\r\n\r\n")
            handler.close_connection = True
            return False
        elif name == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
            return False
        elif name == "mute":
            handler.close_connection = True
            while handler.connection.recv(1):
                pass
            return False
        elif name == "cut":
            handler.close_connection = True
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"it is")
            return False
        elif name in ("endless", "drip"):
            handler.begin_body()
            while not self.closing.wait(0.2 if name == "drip" else 0):
                handler.wfile.write(b"." if name == "drip" else b"." * 65536)
            return False
        text = {"rubbish": b"\x00\xff{]<" * 20, "trouble": b'{"error": "no credit"}'}.get(name, b"it is so: %d" % status)
        more = {429: [("Retry-After", "1")], 302: [("Location", "/ok")]}.get(status, [])
        handler.answer(status, text, *more)
        return True


def main():
    receiver = Receiver(sys.argv[2] if len(sys.argv) > 2 else "", open(sys.argv[1], "a", buffering=1))
    print(receiver.port, flush=True)
    receiver.thread.join()


if __name__ == "__main__":
    main()
