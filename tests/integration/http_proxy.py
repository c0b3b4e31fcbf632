"""An HTTP proxy that tunnels."""

import http.server
import select
import socket
import socketserver
import threading


class Proxy(socketserver.ThreadingTCPServer):
    """Tunnels by CONNECT, and notes for whom."""
    daemon_threads = True
    allow_reuse_address = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_CONNECT(self):
            self.server.asked.append((self.path, self.headers.get("Proxy-Authorization", "")))
            if self.server.refuses:
                self.send_error(407)
                return
            host, _, port = self.path.partition(":")
            with socket.create_connection((host, int(port))) as far:
                self.send_response(200)
                self.end_headers()
                while True:
                    ready, _, _ = select.select([self.connection, far], [], [], 30)
                    for one in ready:
                        data = one.recv(65536)
                        if not data:
                            self.close_connection = True
                            return
                        (far if one is self.connection else self.connection).sendall(data)

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Proxy.Handler)
        self.asked, self.refuses = [], False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, who=""):
        return f"http://{who}127.0.0.1:{self.server_address[1]}"
