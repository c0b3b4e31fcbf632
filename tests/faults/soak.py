"""A soak, by hand and not in CI: a real node judges a simulated plant at full rate, and it is sampled whether memory,
latency and files stay flat. As `MILLWRIGHT=build/millwright python3 tests/faults/soak.py --minutes 60 --out DIR`, which
leaves DIR/soak.csv and DIR/soak.svg, prints medians by tenth of the run and ends with 1 when something is not flat.

Latency is that of a person's page: from the event time of the reading that raised the alarm, which in this plant is the
wall clock at which the instrument measured, to the moment that the HTTP receiver has read the page. The simulator's
pacing, judging, the journal's sync and the channel are all in it. A page about silence counts from the moment that the
silence became an alarm."""

import argparse
import csv
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "integration"), HERE]
# The comparison of ledgers that the tests make is none of a soak's.
os.environ.setdefault("LEDGER_DUMP", "")

from http_receiver import Receiver
from node_process import Node, until
from soak_plot import plot

# Of a day and a sensor; with 125,000 sensors that is about a fault in 3 s.
FAULTS = {"spike": 0.1, "drift": 0.02, "stuck": 0.02, "dropout": 0.05, "noise": 0.02, "malformed": 0.01}
FIELDS = ["minute", "memory_mb", "ledger_mb", "journal_mb", "judged_per_s", "backlog", "lag_ms", "commit_ms", "cpu_cores",
          "alarms_active", "pages", "page_p50_ms", "page_max_ms"]
# What has to stay flat: the share that the later median may be above the earlier one, and what is too small to count.
FLAT = [("memory_mb", 0.1, 5), ("ledger_mb", 0.1, 5), ("journal_mb", 0.1, 1), ("lag_ms", 0.5, 20), ("page_p50_ms", 0.5, 20)]


def wall_ms(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def megabytes_on_disk(directory):
    blocks = 0
    for folder, _, files in os.walk(directory):
        for name in files:
            try:
                blocks += os.stat(os.path.join(folder, name)).st_blocks
            except FileNotFoundError:
                pass
    return blocks * 512 / 1e6


def memory_mb(pid):
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) * 1024 / 1e6


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as text:
        used = text.read().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


class Soak:
    def __init__(self, directory, asked):
        self.receiver = Receiver()
        # A page carries the monotonic clock.
        self.clock_ms = time.time() * 1000 - time.monotonic() * 1000
        self.pages_seen, self.samples, self.latencies = 0, [], []
        # Each row goes out at once: a soak that is killed leaves what it saw.
        self.csv = open(os.path.join(asked.out, "soak.csv"), "w", newline="", buffering=1)
        self.rows = csv.DictWriter(self.csv, FIELDS)
        self.rows.writeheader()
        plant = os.path.join(directory, "plant")
        os.mkdir(plant)
        self.node = Node(directory, {
            "source": {"type": "simulation", "silent_after": "1min",
                       "simulation": {"sensors": asked.sensors, "rate": asked.rate, "seed": asked.seed,
                                      "metadata": plant, "faults_per_day": FAULTS}},
            "plant": {"facilities": os.path.join(plant, "facilities.jsonl"),
                      "sensors": os.path.join(plant, "sensors.jsonl")},
            "sensor_types": os.path.join(PROJECT, "config", "sensor-types.yaml"),
            "ledger": {"interval": "5s", "retention": {"age": asked.retention}},
            "alarms": {"retention": asked.retention},
            # z of so many sensors pages by chance alone, see tests/detection; its alarms are there all the same.
            "rules": {"z": {"pages": False}},
            "channels": {"hook": {"type": "webhook", "url": self.receiver.url()}}})

        def judges():
            if not self.node.alive():
                raise AssertionError(self.node.log()[-2000:])
            return (self.node.status() or {}).get("judged")

        until("the first reading judged", judges, pause=0.2)
        self.begin = time.monotonic()
        # Totals of the sample before.
        self.before = self.totals(self.node.status())

    def totals(self, status):
        return time.monotonic(), status["judged"], cpu_seconds(self.node.process.pid), status["pages_sent"]

    def new_latencies(self):
        pages = self.receiver.pages()
        fresh, self.pages_seen = pages[self.pages_seen:], len(pages)
        bodies = [(each.at_ns / 1e6 + self.clock_ms, each.json()) for each in fresh]
        return [at - wall_ms(body["timestamp"]) for at, body in bodies if body["transition"] == "raised"]

    def sample(self):
        status = self.node.status()
        if not status:
            raise AssertionError("the node does not answer:\n" + self.node.log()[-2000:])
        now = self.totals(status)
        seconds = now[0] - self.before[0]
        latencies = self.new_latencies()
        self.latencies += [((now[0] - self.begin) / 60, each) for each in latencies]
        row = [(now[0] - self.begin) / 60, memory_mb(self.node.process.pid), megabytes_on_disk(self.node.ledger),
               megabytes_on_disk(self.node.alarms), (now[1] - self.before[1]) / seconds, status["backlog"],
               wall_ms(status["timestamp"]) - wall_ms(status["plant_time"]), status["commit_ms"],
               (now[2] - self.before[2]) / seconds, status["alarms_active"], now[3] - self.before[3],
               statistics.median(latencies) if latencies else None, max(latencies, default=None)]
        self.before = now
        self.samples.append(dict(zip(FIELDS, row)))
        self.rows.writerow({key: "" if value is None else round(value, 3) for key, value in self.samples[-1].items()})

    def run(self, minutes, every):
        count = max(1, round(minutes * 60 / every))
        for number in range(1, count + 1):
            # In between, an ended node is noticed at once.
            try:
                code = self.node.process.wait(max(0, self.begin + number * every - time.monotonic()))
                raise AssertionError(f"the node ended with {code}:\n{self.node.log()[-2000:]}")
            except subprocess.TimeoutExpired:
                self.sample()


def median(samples, field):
    values = [each[field] for each in samples if each[field] is not None]
    return statistics.median(values) if values else None


def part(samples, begin, end):
    return samples[round(len(samples) * begin):round(len(samples) * end)]


def print_tenths(samples):
    print(" ".join(f"{name:>13}" for name in FIELDS))
    for tenth in range(10):
        these = part(samples, tenth / 10, (tenth + 1) / 10)
        values = [median(these, name) for name in FIELDS] if these else []
        print(" ".join(f"{'-':>13}" if value is None else f"{value:13,.2f}" for value in values))


def verdict(samples):
    """True when the last half equals the second quarter."""
    all_flat = True
    for name, share, slack in FLAT:
        early, late = median(part(samples, 0.25, 0.5), name), median(part(samples, 0.5, 1), name)
        if early is None or late is None:
            print(f"{name}: not measured")
            all_flat = False
            continue
        flat = late <= early * (1 + share) + slack
        all_flat = all_flat and flat
        change = f" ({(late / early - 1) * 100:+.1f} %)" if early > 0 else ""
        print(f"{name}: second quarter {early:,.1f}, last half {late:,.1f}{change}: {'flat' if flat else 'GROWS'}")
    return all_flat


def main():
    options = argparse.ArgumentParser(description="A node under a simulated plant at full rate, sampled.")
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--out", required=True, help="directory for soak.csv and soak.svg")
    options.add_argument("--sensors", type=int, default=125_000)
    options.add_argument("--rate", type=float, default=167_000, help="readings a second of the whole plant: 10 M a minute")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--every", type=float, default=5, help="seconds between samples")
    options.add_argument("--retention", default="5min", help="of results and finished alarms")
    asked = options.parse_args()
    os.makedirs(asked.out, exist_ok=True)
    directory = tempfile.mkdtemp(prefix="millwright-soak-")
    soak = None
    # Ended from outside, it still tells what it saw.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        soak = Soak(directory, asked)
        try:
            soak.run(asked.minutes, asked.every)
        except KeyboardInterrupt:
            print("ended early")
        took = soak.node.stop() if soak.node.alive() else None
    finally:
        if soak:
            if soak.node.alive():
                soak.node.kill()
            soak.receiver.close()
            soak.csv.close()
        shutil.rmtree(directory, ignore_errors=True)
    print_tenths(soak.samples)
    delays = sorted(each for _, each in soak.latencies)
    if delays:
        print(f"pages raised: {len(delays)}; latency p50 {delays[len(delays) // 2]:.0f} ms, "
              f"p99 {delays[len(delays) * 99 // 100]:.0f} ms, longest {delays[-1]:.0f} ms")
    print(f"orderly end: {took:.2f} s")
    flat = verdict(soak.samples)
    with open(os.path.join(asked.out, "soak.svg"), "w") as out:
        out.write(plot(soak.samples, f"{asked.sensors:,} sensors, {asked.rate:,.0f} readings/s"))
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
