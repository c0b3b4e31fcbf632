"""The plant whose stores a former version left behind: as a program, `plant_before.py ARCHIVE` has the version that
MILLWRIGHT names (with its LEDGER_DUMP) make them anew, in one archive. What a node then goes on with is deterministic: the
readings come through pipes, so the stores know neither files nor machines."""

import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

from http_receiver import Receiver
from node_process import Dump, Node, millwright, until
from plant_lines import FACILITY, reading, sensor_row

# Seconds of the plant at which the former version was stopped.
STOPPED_AT = 720
# South fell silent here: a standing condition of the node.
SOUTH_UNTIL = 690
# The receiver went down here: what pages from then on waits in the outbox.
DOWN_FROM = 700
# 0.1.0 carried none, and the working directory is another one by then.
TYPES = os.path.abspath("config/sensor-types.yaml")
PIPES = ("north.pipe", "south.pipe")
# One has a unit of its own from the start, and TI-5's limit changes on the way.
SENSORS = [sensor_row(f"TI-{n}") for n in range(1, 8)]
CHANGED = SENSORS[:4] + [sensor_row("TI-5", high=80)] + SENSORS[5:]


def settings(url):
    """Of both versions; pipes and stores are found in the working directory."""
    return {"sensor_types": TYPES,
            "source": {"type": "file", "silent_after": "3s", "file": {"paths": list(PIPES), "follow": True}},
            "plant": {"facilities": "facilities.jsonl", "sensors": "sensors.jsonl", "reread": "100ms"},
            "ledger": {"path": "ledger", "interval": "200ms"}, "node": {"socket": "node.sock"},
            "channels": {"hook": {"type": "webhook", "url": url, "backoff": "100ms", "backoff_most": "1s"}}}


def north(second):
    """TI-1 is beyond high_high from 705 on, TI-2 beyond high from 600 on, TI-3 was, TI-4 falls silent at 500, TI-5 has bad
    quality from 550 on. And what no reading is."""
    usual = 50 + second * 7919 % 11 / 10
    lines = [reading("TI-1", second, 120 if second >= 705 else usual),
             reading("TI-2", second, 95 if second >= 600 else usual),
             reading("TI-3", second, 105 if 560 <= second < 580 else usual),
             reading("TI-5", second, usual, quality_score=0.2 if second >= 550 else 0.9)]
    if second < 500:
        lines.append(reading("TI-4", second, usual))
    if second % 100 == 50:
        lines += [lines[0], '{"sensor_id":"TI-1"}', reading("TI-3", second - 400, usual)]
    return lines


def south(second):
    return [reading(f"TI-{n}", second, 50 + second * 7919 % (10 + n) / 10) for n in (6, 7)]


class Feed:
    """Both pipes of a plant in the working directory, opened as soon as a node reads them."""

    def __init__(self):
        for pipe in PIPES:
            if not os.path.exists(pipe):
                os.mkfifo(pipe)
        self.ends = [None, None]
        self.opening = [threading.Thread(target=self._open, args=(each,), daemon=True) for each in (0, 1)]
        for each in self.opening:
            each.start()

    def _open(self, which):
        self.ends[which] = os.open(PIPES[which], os.O_WRONLY)

    def send(self, which, *lines):
        self.opening[which].join(60)
        data = "".join(line + "\n" for line in lines).encode()
        while data:
            data = data[os.write(self.ends[which], data):]

    def seconds(self, first, behind, south_too=True):
        for second in range(first, behind):
            self.send(0, *north(second))
            if south_too:
                self.send(1, *south(second))

    def nudge(self):
        for which in (0, 1):
            try:
                self.send(which, "")
            except BrokenPipeError:
                pass

    def close(self):
        for end in self.ends:
            if end:
                os.close(end)


def rows(path, lines):
    with open(path + ".new", "w") as out:
        out.write("".join(line + "\n" for line in lines))
    os.rename(path + ".new", path)


def alarms():
    code, out, said = millwright("alarms", "--all", "--json", "--socket", "node.sock")
    assert code == 0, said
    return [json.loads(line) for line in out.splitlines()]


def make(archive):
    receiver = Receiver()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        rows("facilities.jsonl", [FACILITY])
        rows("sensors.jsonl", SENSORS)
        feed = Feed()
        node = Node(directory, settings(receiver.url()))
        feed.seconds(0, 300)
        until("the readings", lambda: (node.status() or {}).get("taken", 0) > 2000)
        rows("sensors.jsonl", CHANGED)
        until("the change", lambda: "metadata changed: version 2" in node.log())
        feed.seconds(300, SOUTH_UNTIL)
        feed.seconds(SOUTH_UNTIL, DOWN_FROM, south_too=False)
        until("silence", lambda: receiver.about("source_silent", "raised"))
        high = until("TI-2", lambda: [page.json() for page in receiver.pages()
                                      if page.json().get("sensor_id") == "TI-2" and page.json()["rule"] == "limit"])
        code, _, said = millwright("ack", high[0]["alarm_id"], "--by", "anna", "--socket", "node.sock")
        assert code == 0, said
        receiver.go_down()
        # Slowly, so that south alone is silent, and not the source.
        for second in range(DOWN_FROM, STOPPED_AT):
            feed.seconds(second, second + 1, south_too=False)
            time.sleep(0.3)
        until("south's silence", lambda: any("south.pipe; no accepted" in row["message"] for row in alarms()
                                             if row["rule"] == "source_silent" and row["state"] == "active"))
        until("a page that waits", lambda: (node.status() or {}).get("pages_pending"))
        print(json.dumps(node.status()))
        node.process.send_signal(signal.SIGTERM)
        # One of 0.1 that reads a pipe wakes by what comes there alone.
        until("its end", lambda: feed.nudge() or not node.alive())
        feed.close()
        dump = Dump(node, ["hook"])
        before = {"rows": {kind: len(lines) for kind, lines in dump.results.items()}, "waiting": dump.waiting,
                  "counters": dump.counters, "positions": dump.positions, "alarms": dump.rows("alarms-kept"),
                  "pages": dump.rows("pages")}
        with open("before.json", "w") as out:
            json.dump(before, out, indent=1, ensure_ascii=False)
        print(node.log(), json.dumps(before, indent=1))
        with tarfile.open(archive, "w:xz", preset=9) as out:
            for name in ("before.json", "facilities.jsonl", "sensors.jsonl", "ledger", "ledger-alarms"):
                out.add(name)
        subprocess.run(["ls", "-lR", "ledger", "ledger-alarms", archive])
    receiver.close()


if __name__ == "__main__":
    make(os.path.abspath(sys.argv[1]))
