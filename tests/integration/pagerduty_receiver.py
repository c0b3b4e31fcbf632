"""PagerDuty's Events API v2, as far as it is documented: what it takes, what it answers, and the incidents that come of
it; and of its REST API the list of incidents, by one key. `busy` so many events are answered with 429 first, `down` all
with 500; `api_down` all questions."""

import json
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "0123456789abcdef0123456789abcdef"
TOKEN = "y_NbAkKc66ryYTWUXYEu"
SEVERITIES = ("critical", "error", "warning", "info")


def mistakes_in(event):
    if not isinstance(event, dict):
        return ["not an object"]
    wrong = []
    key = event.get("routing_key")
    if not isinstance(key, str) or len(key) != 32:
        wrong.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    elif key != KEY:
        wrong.append("Invalid routing key")
    action = event.get("event_action")
    if action not in ("trigger", "acknowledge", "resolve"):
        wrong.append("'event_action' must be one of 'trigger', 'acknowledge' or 'resolve'")
    if not isinstance(event.get("dedup_key", ""), str) or len(event.get("dedup_key", "")) > 255:
        wrong.append("Length of 'dedup_key' is incorrect (should be <= 255 characters)")
    if action != "trigger" and not event.get("dedup_key"):
        wrong.append("'dedup_key' is missing or blank")
    if action == "trigger":
        payload = event.get("payload") or {}
        wrong += [f"'payload.{name}' is missing or blank" for name in ("summary", "source", "severity")
                  if not payload.get(name)]
        if payload.get("severity") not in SEVERITIES:
            wrong.append(f"'payload.severity' must be one of {SEVERITIES}")
        if len(payload.get("summary", "")) > 1024:
            wrong.append("'payload.summary' is too long")
    return wrong


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(*self.server.receiver.take(self.path, body))

    def do_GET(self):
        self.answer(*self.server.receiver.list(self.path, self.headers.get("Authorization", "")))

    def answer(self, status, answer):
        text = json.dumps(answer).encode()
        try:
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except OSError:
            self.close_connection = True


class PagerDuty:
    def __init__(self):
        self.lock = threading.Lock()
        # Of each dedup_key the accepted events, oldest first; and all of them.
        self.incidents, self.events, self.tries = {}, [], 0
        self.busy, self.down = 0, False
        # dedup_key -> who has acknowledged it there, and when; and the keys that were asked about.
        self.acknowledged, self.asked, self.api_down = {}, [], False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.receiver = self
        self.api_url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.url = self.api_url + "/v2/enqueue"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, path, body):
        with self.lock:
            self.tries += 1
            if self.down:
                return 500, {"status": "error"}
            if self.busy > 0:
                self.busy -= 1
                return 429, {"status": "throttle exceeded"}
            if path != "/v2/enqueue":
                return 404, {"status": "not found"}
            try:
                event = json.loads(body)
            except ValueError:
                return 400, {"status": "invalid event", "message": "Event object is invalid", "errors": ["no JSON"]}
            if wrong := mistakes_in(event):
                return 400, {"status": "invalid event", "message": "Event object is invalid", "errors": wrong}
            self.events.append(event)
            self.incidents.setdefault(event["dedup_key"], []).append(event)
            return 202, {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]}

    def acknowledge(self, key, who):
        """Somebody does so in PagerDuty."""
        with self.lock:
            at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.acknowledged.setdefault(key, []).append(
                {"at": at, "acknowledger": {"id": "PXPGF42", "type": "user_reference", "summary": who}})

    def list(self, path, authorization):
        where, asked = urlsplit(path), parse_qs(urlsplit(path).query)
        with self.lock:
            if authorization != "Token token=" + TOKEN:
                return 401, {"error": {"message": "Unauthorized", "code": 2006}}
            if where.path != "/incidents":
                return 404, {"error": {"message": "Not Found", "code": 2100}}
            key, = asked["incident_key"]
            self.asked.append(key)
            if self.api_down:
                return 500, {"error": {"message": "Internal Server Error", "code": 2000}}
            events = [each["event_action"] for each in self.incidents.get(key, [])]
            status = ("resolved" if not events or events[-1] == "resolve" else
                      "acknowledged" if key in self.acknowledged or "acknowledge" in events else "triggered")
            found = [] if asked["statuses[]"] != [status] or asked["date_range"] != ["all"] else [
                # Of one with alerts PagerDuty shows no key.
                {"id": "PT4KHLK", "type": "incident", "status": status, "incident_key": None,
                 "acknowledgements": self.acknowledged.get(key, [])}]
            return 200, {"incidents": found, "limit": 5, "offset": 0, "total": None, "more": False}

    def told(self):
        """Of each incident what was told: "trigger error", "resolve"."""
        with self.lock:
            return {key: [" ".join([each["event_action"], each.get("payload", {}).get("severity", "")]).strip()
                          for each in events] for key, events in self.incidents.items()}

    def open(self):
        """Keys of incidents that stand."""
        return {key for key, events in self.told().items() if events[-1] != "resolve"}
