#!/usr/bin/python3
"""Two simulated hours with every fault on, through `millwright replay`, against the reference, row by row.

    reference_test.py MILLWRIGHT SOURCE_DIR

Inputs: faults at random; the same with the skewed clocks only near the end (a clock that is ahead makes most
later readings late in a file, which leaves few rows to compare), with odd lines strewn in that no fault makes; and
small ones far out of order. Each is replayed with one shard and with five, which must give the same bytes.
"""

import filecmp
import json
import os
import random
import subprocess
import sys
import tempfile

import compare
import reference

FAULTS = ["spike", "drift", "stuck", "noise", "bearing_wear", "falling_quality", "skewed_clock", "dropout", "late",
          "duplicated", "malformed"]
RATE = 2  # a sensor and day: about 50 of each in 300 sensors' two hours
LATE_SKEWS = ["100min", "103min", "106min"]


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit("%s\nended with %d:\n%s" % (" ".join(command), done.returncode, done.stdout))


def kinds_of(truth):
    with open(truth, encoding="utf-8") as file:
        out = {}
        for line in file:
            kind = json.loads(line)["kind"]
            out[kind] = out.get(kind, 0) + 1
        return out


def simulate(program, root, directory, random_skews):
    """Writes DIRECTORY/readings.ndjson and its metadata."""
    rates = ["%s=%d" % (fault, RATE) for fault in FAULTS if random_skews or fault != "skewed_clock"]
    skews = [] if random_skews else [part for at in LATE_SKEWS for part in ("--fault", "skewed_clock@%s:5min" % at)]
    truth = os.path.join(directory, "truth.ndjson")
    run(program, "simulate", "--sensors", "300", "--facilities", "3", "--seed", "7", "--duration", "2h", "--speed",
        "max", "--faults-per-day", ",".join(rates), *skews, "--truth", truth, "--metadata", directory, "--out",
        os.path.join(directory, "readings.ndjson"), cwd=root)
    happened = kinds_of(truth)
    if missing := [fault for fault in FAULTS if happened.get(fault, 0) < 3]:
        sys.exit("too few faults of kind %s: %s" % (", ".join(missing), happened))


def odd_lines(line, chance):
    """What comes in the place of one simulated line."""
    odd = chance.randrange(24)
    try:
        row = json.loads(line)
        value_field = list(row)[-1]
    except ValueError:
        return [line]

    def text(**changed):
        return json.dumps({**row, **changed}, ensure_ascii=False).encode() + b"\n"

    number = chance.choice
    if odd == 0:
        return [line, text(**{value_field: 123.25})]  # a conflict, or the same again where it is secondary
    if odd == 1:
        return [line, line]
    if odd == 2:
        return [text(sensor_type=number([None, "no such type", "Temperature", ""]), value=1.5)]
    if odd == 3:
        return [text(quality_score=number([-0.01, 1.01, 1e300, 0, 1, None]))]
    if odd == 4:
        return [text(unit="furlong")]
    if odd == 5:
        return [text(unit=number([None, "", 5]))]
    if odd == 6:
        return [line.replace(b"{", b'{"note":"\xff",', 1)]
    if odd == 7:
        return [line.replace(b"{", b'{"note":"' + number([rb"\ud800", rb"\udc00\ud800", rb"\ud83d\ude00"]) + b'",', 1)]
    if odd == 8:
        return [line.replace(b"{", b'{"note":' + number([b"1e999", b"-1e999", b"NaN", b"1e-999"]) + b",", 1)]
    if odd == 9:
        return [text(timestamp=number([row["timestamp"][:-1], row["timestamp"][:10], "1767225600000", True,
                                       "2026-02-29T00:00:00Z", 1767225600, 253402300800000, "now"]))]
    if odd == 10:  # the same time, otherwise written
        return [text(timestamp=row["timestamp"][:-1] + number(["9999Z", "+00:00", "-0000"]))]
    if odd == 11:
        return [b"\n", line, b"  \r\n"]
    if odd == 12:
        return [line.rstrip(b"\n") + number([b"x", b"{}", b" ", b"\t\r", b","]) + b"\n"]
    if odd == 13:  # a day and more ahead: one alone
        return [text(timestamp="2026-01-0%dT%s" % (number([3, 4, 5]), row["timestamp"][11:]))]
    if odd == 14:  # ids that look alike
        return [text(sensor_id=number(["TI-101 ", "tï-101", "a\u0000b", ""]), value=chance.random())]
    if odd == 15:  # on an edge of panes and windows
        return [text(timestamp=row["timestamp"][:17] + number(["00.000Z", "30.000Z", "29.999Z"]))]
    if odd == 16:  # of equal keys the last counts
        return [line.rstrip(b"}\n") + b',"sensor_type":"generic","value":1,"value":2}\n']
    if odd == 17:
        return [text(sensor_type="generic", value=number(["1", True, None, [1], {}, 0, 1e15, -2.5]))]
    if odd == 18:  # a minute back or a little less: lateness, and how long a repeat is known
        minute = int(row["timestamp"][14:16])
        return [text(timestamp="%s%02d%s" % (row["timestamp"][:14], max(0, minute - number([1, 2, 6])),
                                             row["timestamp"][16:]))]
    return [line]


def strew(plain, odd, seed):
    """Copies the readings, one in 150 made odd, with a row of a dozen far ahead as the last lines."""
    chance = random.Random(seed)
    with open(plain, "rb") as source, open(odd, "wb") as target:
        for line in source:
            target.writelines(odd_lines(line, chance) if chance.randrange(150) == 0 else [line])
        for second in (10, 9, 12, 70, 11, 8, 13, 14, 15, 16, 17, 3):
            target.write(b'{"sensor_id":"far-%d","facility_id":"osaka","timestamp":"2026-01-05T00:%02d:%02dZ",'
                         b'"value":%d}\n' % (second % 3, second // 60, second % 60, second))


DAY = 86_400_000
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
DISORDERED_RUNS = 12


def stamp_of(time, chance):
    """The same time as a number, or as text with digits that are to be cut."""
    return chance.choice([time, time + 0.75, reference.text_of_time(time)[:-1] + "999Z"])


def disordered(path, seed):
    """A few sensors far out of order, on the edges of panes, with repeats, outliers and days ahead."""
    chance = random.Random(seed)
    ids = ["s%d" % each for each in range(chance.choice([1, 3, 8]))]
    base, scale = chance.choice([0, 1000, 1e9]), chance.choice([1, 1e-6, 1e12])
    step, leap, ahead = chance.choice([500, 2000, 7500]), chance.choice([0, 0.003]), chance.choice([0, 0.02, 0.5])
    clock, sent = START, []
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(2500):
            clock += chance.choice([0, step, chance.randrange(2 * step)])
            if chance.random() < leap:
                clock += chance.choice([60_000, 300_000, DAY - 1, DAY, DAY + 1])
            time = clock
            if chance.random() < 0.3:
                time -= chance.randrange(chance.choice([60_000, 150_000, 420_000]))
            if chance.random() < 0.2:
                time = time // 30_000 * 30_000 + chance.choice([0, -1, 1])
            if chance.random() < ahead:
                time += DAY + chance.choice([-1, 0, 1, 100_000, chance.randrange(2 * DAY)])
            value = chance.choice([base, base, chance.gauss(base, 1), chance.gauss(base, 1), round(chance.gauss(base, 3))])
            if chance.random() < 0.02:
                value += chance.gauss(0, 40)
            row = {"sensor_id": chance.choice(ids), "facility_id": chance.choice("fffg"),
                   "timestamp": stamp_of(time, chance), "value": value * scale}
            if chance.random() < 0.1:
                row["sensor_type"] = chance.choice(["generic", "temperature", "none such", None])
            if sent and chance.random() < 0.1:
                row = dict(chance.choice(sent[-chance.choice([3, 30, 300]):]))
                row["value"] += chance.choice([0, 0, 1])
            sent.append(row)
            file.write(json.dumps(row) + "\n")
            if chance.random() < 0.02:  # a minute later, and the same again: just known, or just not
                later = clock + 60_000 + chance.choice([0, 1])
                for stamp, number in ((clock, value), (later, value), (clock, value + chance.choice([0, 1]))):
                    file.write(json.dumps({**row, "timestamp": stamp, "value": number}) + "\n")
            if chance.random() < 0.0005:  # as many far ahead in a row as it takes, or one less; then one of now
                for each in range(chance.choice([9, 10])):
                    file.write(json.dumps({**row, "timestamp": clock + 2 * DAY - 7000 * each * (-1) ** each}) + "\n")
                for each in range(3):
                    file.write(json.dumps({**row, "timestamp": clock + chance.randrange(2 * DAY)}) + "\n")
            if chance.random() < 0.003:  # an outlier of a steady sensor: more than 5 deviations
                for each in range(40):
                    file.write(json.dumps({**row, "timestamp": clock + 100 * each,
                                           "value": (base + (each % 2) + chance.choice([5, 50]) * (each == 39)) * scale})
                               + "\n")
            if chance.random() < 0.005:  # ten or eleven equal ones
                for each in range(chance.choice([10, 11])):
                    file.write(json.dumps({**row, "sensor_id": "steady-%d" % (clock // 600_000),
                                           "timestamp": clock + 100 * each, "value": base}) + "\n")


def disordered_metadata(directory):
    """Rows for one facility and for everywhere, in an order that must not matter, and one that replaces another."""
    rows = [{"sensor_id": "s0", "facility_id": "g", "equipment_id": None},
            {"sensor_id": "s0", "equipment_id": "everywhere"},
            {"sensor_id": "s1", "facility_id": "f", "equipment_id": "first"},
            {"sensor_id": "s1", "facility_id": "f", "equipment_id": "last"},
            {"sensor_id": "s1", "equipment_id": "elsewhere"}]
    with open(os.path.join(directory, "sensors.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with open(os.path.join(directory, "facilities.jsonl"), "w", encoding="utf-8") as file:
        file.write('{"facility_id":"f","facility_name":"F","timezone":"UTC"}\n')


def replay_and_compare(program, root, directory, readings, required):
    """Ends the test on any difference."""
    sensors = os.path.join(directory, "sensors.jsonl")
    outs = []
    for shards, threads in ((1, 1), (5, 3)):
        outs.append(os.path.join(directory, "%s-%d" % (os.path.basename(readings), shards)))
        run(program, "replay", readings, "--out", outs[-1],
            "--set", "plant.facilities=" + os.path.join(directory, "facilities.jsonl"),
            "--set", "plant.sensors=" + sensors,
            "--set", "node.shards=%d" % shards, "--set", "node.threads=%d" % threads, cwd=root)
    names = sorted(os.listdir(outs[0]))
    if names != sorted(os.listdir(outs[1])):
        sys.exit("one shard and five write different files")
    _, unequal, unread = filecmp.cmpfiles(*outs, names, shallow=False)
    if unequal or unread:
        sys.exit("one shard and five write different bytes: %s" % ", ".join(unequal + unread))
    to = compare.compare(readings, os.path.join(root, "config", "sensor-types.yaml"), sensors, outs[0])
    for each in to.shown:
        print(each, flush=True)
    if to.differences:
        sys.exit("%d differences in %s" % (to.differences, outs[0]))
    print("%s agree: %s" % (os.path.basename(readings), ", ".join("%s %d" % each for each in to.compared.items())))
    for kind, least in required.items():
        if to.compared[kind] < least:
            sys.exit("only %d rows of %s were there to compare: this shows too little" % (to.compared[kind], kind))


def main():
    program, root = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as directory:
        at_random, at_end = os.path.join(directory, "random"), os.path.join(directory, "end")
        os.mkdir(at_random)
        os.mkdir(at_end)
        simulate(program, root, at_random, True)
        replay_and_compare(program, root, at_random, os.path.join(at_random, "readings.ndjson"),
                           {"averages": 50_000, "dead-letters": 500, "counts": 8})
        simulate(program, root, at_end, False)
        many = {"statistics": 20_000, "patterns": 40_000, "averages": 50_000, "dead-letters": 500, "counts": 13}
        plain, odd = os.path.join(at_end, "readings.ndjson"), os.path.join(at_end, "odd.ndjson")
        shuffled = os.path.join(directory, "shuffled")
        os.mkdir(shuffled)
        disordered_metadata(shuffled)
        for seed in range(DISORDERED_RUNS):
            readings = os.path.join(shuffled, "seed-%d.ndjson" % seed)
            disordered(readings, seed)
            replay_and_compare(program, root, shuffled, readings, {"statistics": 10, "averages": 10})
        strew(plain, odd, 7)
        replay_and_compare(program, root, at_end, odd, many)


if __name__ == "__main__":
    main()
