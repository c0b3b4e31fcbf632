#!/usr/bin/env python3
"""The recorded pump goes through a real Kafka broker into a live node, and its pages to a real HTTP server.

  recorded_pump.py MILLWRIGHT KAFKA_FEED      exit 77: the data or a broker is missing
"""

import collections
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import pump_data
import state_rule

RECEIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration", "http_receiver.py")
TOPIC = "pump"
SHORTLY = 60_000
FILES_PAGED = 7
PAGES_OUTSIDE = 2
LEAST_F1, MOST_FALSE = 0.80, 0.06

CONFIGURATION = """
source:
  type: kafka
  silent_after: 1h
  kafka:
    brokers: ["{broker}"]
    topic: {topic}
plant:
  sensors: {directory}/sensors.jsonl
ledger:
  path: {directory}/ledger
  interval: 1s
rules:
  state:
    learning_time: 0s           # the recording is twenty minutes long
    page_again_after: 0s        # by the wall clock too, which stands still there
alarms:
  told_late: 36500d             # recorded years ago: each page by itself
  clear_told_after: 3s          # a day passes in seconds: an end waits until its raise has gone
  first_out: {{within: 0s}}       # each sensor's pages are looked at
  group: {{least: 0}}             # what comes within ten seconds there is hours apart
  together: {{over: 0}}           # likewise
channels:
  cmms:
    type: webhook
    url: http://127.0.0.1:{port}/ok
    secret: file:{directory}/secret
node:
  socket: {directory}/socket
"""


def check(what, holds):
    if not holds:
        sys.exit(f"recorded_pump.py: {what}")


def skip(what):
    print(f"skipped: {what}")
    sys.exit(77)


def ms(stamp):
    return int(datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp() * 1000)


def rows_of(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines if line.endswith("\n")]


def replay(program, out, kinds, *options):
    subprocess.run([program, "replay", *options, os.path.join(os.path.dirname(out), "readings.ndjson"), "--out", out,
                    "--kinds", kinds], check=True, stdout=subprocess.DEVNULL)


def newest(keys):
    """By alarm, the number of the newest of these pages: one that waits is taken in by a later one of its alarm."""
    out = {}
    for key in keys:
        alarm, number = key[:36], int(key[37:].split("-")[0])
        out[alarm] = max(number, out.get(alarm, 0))
    return out


def live(program, feed, directory, planned):
    """What a node sends, by key: each body that the HTTP server took. It is over when the newest of `planned` has come."""
    log = os.path.join(directory, "received")
    started = []

    def start(*command, **how):
        started.append(subprocess.Popen(command, **how))
        return started[-1]

    try:
        port = start(sys.executable, RECEIVER, log, "pump secret", stdout=subprocess.PIPE, text=True).stdout.readline()
        broker = start(feed, os.path.join(directory, "records"), TOPIC, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                       text=True).stdout.readline().strip()
        check("the broker did not start", broker)
        configure(directory, broker, port.strip())
        with open(os.path.join(directory, "node.log"), "w") as errors:
            node = start(program, "run", "-c", os.path.join(directory, "node.yaml"), stdout=errors, stderr=errors)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and node.poll() is None:
            if newest(row["key"] for row in rows_of(log)) == newest(planned):
                break
            time.sleep(0.2)
        # What it should not page would come before it has ended in order.
        node.send_signal(signal.SIGTERM)
        status = node.wait(30)
        with open(os.path.join(directory, "node.log")) as text:
            check(f"the node ended with {status}: {text.read()[-2000:]}", status == 0)
        rows = rows_of(log)
        check("a page's signature is wrong", all(row["signed"] for row in rows))
        check("a page came twice", len({row["key"] for row in rows}) == len(rows))
        return {row["key"]: json.loads(row["body"]) for row in rows}
    finally:
        for process in reversed(started):
            if process.stdin:
                process.stdin.close()
            if process.poll() is None:
                process.terminate()
            process.wait(30)


def configure(directory, broker, port):
    with open(os.path.join(directory, "node.yaml"), "w") as out:
        out.write(CONFIGURATION.format(broker=broker, topic=TOPIC, directory=directory, port=port))


def judge_pages(pump, pages):
    """By file: whether its labelled fault was paged; and the pages that belong to none."""
    raises = collections.defaultdict(list)
    for page in pages.values():
        if page["kind"] == "alert":
            raises[pump.unit_of(page["sensor_id"])].append((ms(page["timestamp"]), page["rule"], page["sensor_id"]))
    found, outside, ended = 0, collections.Counter(), 0
    for unit, rows in pump.labels.items():
        silent = rows[-1][0]
        here = collections.Counter()
        for at, rule, _ in sorted(raises[unit]):
            if rule == "stale" and at > silent:
                ended += 1
            elif any(first <= at <= last + SHORTLY for first, last in pump.stretches(unit)):
                here[rule] += 1
            else:
                outside[rule] += 1
        found += any(rule != "stale" for rule in here)
        print(f"  {unit:<10} fault paged by: " +
              (", ".join(f"{rule} {count}" for rule, count in sorted(here.items())) or "nothing"))
    print(f"{found} of {len(pump.labels)} labelled faults paged; pages outside of them: {sum(outside.values())} "
          f"({', '.join(f'{rule} {n}' for rule, n in sorted(outside.items()))}); "
          f"{ended} stale, as the sensors of a file end with it")
    return found, sum(outside.values())


def judge_state(program, pump, directory):
    """What the state rule shows of each unit, reading by reading, against the labels. (That it is as defined:
    state_rule_test.py.)"""
    out = os.path.join(directory, "scores")
    replay(program, out, "scores", "-c", os.path.join(directory, "node.yaml"))
    abnormal, in_alarm = collections.defaultdict(set), collections.defaultdict(set)
    for row in rows_of(os.path.join(out, "scores.ndjson")):
        at, unit = ms(row["timestamp"]), pump.unit_of(row["sensor_id"])
        if row["state"] is not None and row["state"] > 0.5:
            abnormal[unit].add(at)
        if "state" in row["states"]:
            in_alarm[unit].add(at)
    for what, times in (("abnormal (s_state > 1)", abnormal), ("in alarm (with the off-delay)", in_alarm)):
        f1, false = state_rule.quality(pump.labels, times)
        print(f"  unit {what + ':':<32}F1 {f1:.3f}, false alarms {100 * false:.1f} %")
    return state_rule.quality(pump.labels, abnormal)


def main(program, feed):
    data = pump_data.folder()
    if not data:
        skip("the recorded pump is not here: MILLWRIGHT_DATA names the folder that has skab/valve1-*.csv")
    available = subprocess.run([feed, "--available"]).returncode
    if available == 77:
        skip("no Kafka broker can be run here")
    check("no Kafka broker can be run here", available == 0)
    pump = pump_data.Pump(data)
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "secret"), "w") as out:
            out.write("pump secret")
        pump.write_metadata(os.path.join(directory, "sensors.jsonl"))
        with open(os.path.join(directory, "readings.ndjson"), "w") as out, \
                open(os.path.join(directory, "records"), "w") as records:
            for reading in pump.readings:
                line = pump.line(reading)
                out.write(line + "\n")
                records.write(f"{reading[0]}\t{reading[1]}\t{line}\n")
        configure(directory, "127.0.0.1:1", "1")
        planned = os.path.join(directory, "planned")
        replay(program, planned, "notifications", "-c", os.path.join(directory, "node.yaml"))
        expected = {row["key"] for row in rows_of(os.path.join(planned, "notifications.ndjson"))}
        pages = live(program, feed, directory, expected)
        print(f"{len(pump.readings)} readings of {len(pump.kinds)} sensors through Kafka: {len(pages)} messages at the "
              f"HTTP server, {len(expected)} planned by a replay of the same")
        check(f"missing at the HTTP server: {sorted(expected - pages.keys())}, not planned: "
              f"{sorted(pages.keys() - expected)}", pages.keys() <= expected and newest(pages) == newest(expected))
        found, outside = judge_pages(pump, pages)
        check(f"{found} labelled faults paged, {FILES_PAGED} expected", found >= FILES_PAGED)
        check(f"{outside} pages outside, at most {PAGES_OUTSIDE} expected", outside <= PAGES_OUTSIDE)
        f1, false = judge_state(program, pump, directory)
        check(f"F1 {f1}, at least {LEAST_F1} expected", f1 >= LEAST_F1)
        check(f"{false} of the healthy time is shown as abnormal, at most {MOST_FALSE} expected", false <= MOST_FALSE)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
