#!/usr/bin/python3
"""Compares what `millwright replay` wrote with the reference, row by row.

    compare.py --input readings.ndjson --types config/sensor-types.yaml --sensors sensors.jsonl --out DIR

DIR is the replay's output. Prints how many rows of each kind agree and exits 0, or the first ten differences and
exits 1. A number may be off by a relative 1e-9, or 1e-12 of the largest absolute value in the window; a severity or
flag may differ only where the number that decides it is that close to its threshold.
"""

import argparse
import json
import os
import re
import sys

import reference

SHOWN = 10
RELATIVE, OF_LARGEST = 1e-9, 1e-12

FIELDS = {
    "statistics": ["sensor_id", "facility_id", "sensor_type", "equipment_id", "window_start", "window_end", "avg",
                   "stddev", "min", "max", "count", "last", "z", "severity"],
    "patterns": ["sensor_id", "facility_id", "equipment_id", "window_start", "window_end", "slope", "count",
                 "rapid_change", "stuck"],
    "averages": ["sensor_id", "facility_id", "window_start", "window_end", "avg", "count", "latest_timestamp"],
    "counts": ["counter", "label", "count"],
    "dead-letters": ["timestamp", "source", "reason", "detail", "payload"],
}
MEASURED = {"avg", "stddev", "min", "max", "last", "z", "slope"}
DECIDED = {"severity": ("z", (3, 4, 5)), "rapid_change": ("slope", (-10, 10))}


class report:
    """Counts the differences and keeps the first few of them."""

    def __init__(self):
        self.differences = 0
        self.shown = []
        self.compared = {}

    def differ(self, kind, where, expected, got):
        self.differences += 1
        if len(self.shown) < SHOWN:
            self.shown.append("%s %s\n    expected %s\n    got      %s" % (kind, where, expected, got))


def rows_of(directory, kind, to):
    """The rows of DIR/KIND.ndjson; the order and set of fields are compared at once."""
    out = []
    with open(os.path.join(directory, kind + ".ndjson"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if list(row) != FIELDS[kind]:
                to.differ(kind, "fields", FIELDS[kind], line.rstrip("\n"))
                continue
            out.append(row)
    return out


def near(one, other, largest):
    return abs(one - other) <= max(RELATIVE * max(abs(one), abs(other)), OF_LARGEST * largest)


def follows(row):
    """Whether a row's z is that of its own avg and stddev: a small error of these, allowed, is a large one of z where
    the values lie close together and far from 0."""
    if not row["stddev"] or None in (row["avg"], row["z"]):
        return False
    return near(abs(row["last"] - row["avg"]) / row["stddev"], row["z"], 0)


def same(field, expected, got, largest):
    """Whether one field of two rows agrees."""
    one, other = expected[field], got[field]
    if field in MEASURED:
        if one is None or other is None:
            return one is other
        if isinstance(other, (bool, str)):
            return False
        return near(one, other, largest) or (field == "z" and follows(got))
    if type(one) is not type(other) and not (isinstance(one, float) and type(other) is int):
        return False
    if one == other:
        return True
    if field in DECIDED:
        number, thresholds = DECIDED[field]
        deciding = [row[number] for row in (expected, got)]
        if None in deciding:
            return False
        if any(near(deciding[0], each, largest) for each in thresholds):
            return True
        # z again: the severity has to be that of the row's own z.
        return field == "severity" and follows(got) and other == reference.severity_of(got["z"])
    return False


def compare_windows(done, where, directory, kind, to):
    """Every row of a window kind, by (facility, sensor, start)."""
    got = {}
    for row in rows_of(directory, kind, to):
        key = (row["facility_id"], row["sensor_id"], row["window_start"])
        if key in got:
            to.differ(kind, key, "one row", [got[key], row])
        got[key] = row
    length = reference.KINDS[kind][0]
    compared = 0
    for identity, log in sorted(done.logs.items()):
        for start, row, largest in reference.windows(log, kind):
            row.update(sensor_id=log.sensor, facility_id=log.facility,
                       equipment_id=where.row(*identity).get("equipment_id"),
                       window_start=reference.text_of_time(start), window_end=reference.text_of_time(start + length))
            row = {field: row[field] for field in FIELDS[kind]}
            key = (*identity, row["window_start"])
            other = got.pop(key, None)
            if other is None:
                to.differ(kind, key, json.dumps(row), "no row")
                continue
            compared += 1
            wrong = [field for field in FIELDS[kind] if not same(field, row, other, largest)]
            if wrong:
                to.differ(kind, "%s in %s" % (", ".join(wrong), key), json.dumps(row), json.dumps(other))
    for key, row in got.items():
        to.differ(kind, key, "no row", json.dumps(row))
    to.compared[kind] = compared


def plain(reason):
    """A reason's letters: how its words are joined is no difference."""
    return re.sub("[^a-z]", "", reason.lower())


def compare_dead_letters(done, directory, to):
    """By line of the input. Returns how often each reason was given."""
    given = {}
    got = {}
    for row in rows_of(directory, "dead-letters", to):
        given[row["reason"]] = given.get(row["reason"], 0) + 1
        line = int(re.search(r"@([0-9]+)$", row["source"]).group(1)) + 1  # positions count from 0
        if line in got:
            to.differ("dead-letters", "line %d" % line, "one row", [got[line], row])
        got[line] = row
    compared = 0
    for line, (reasons, raw) in done.rejected.items():
        row = got.pop(line, None)
        where = "line %d %s" % (line, raw[:400])
        if row is None:
            to.differ("dead-letters", where, " or ".join(sorted(reasons)), "no row")
            continue
        compared += 1
        if plain(row["reason"]) not in {plain(each) for each in reasons}:
            to.differ("dead-letters", where, " or ".join(sorted(reasons)), json.dumps(row))
        try:
            payload = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            continue  # how broken bytes are shown is not defined
        if row["payload"].rstrip("\r\n") != payload:
            to.differ("dead-letters", where, payload, json.dumps(row))
    for line, row in got.items():
        to.differ("dead-letters", "line %d" % line, "accepted", json.dumps(row))
    to.compared["dead-letters"] = compared
    return given


def compare_counts(done, directory, given, to):
    """Every counter of sections 1 to 3; rejections must add up to the dead letters."""
    expected = reference.counts(done)
    expected.update({("rejected", reason): number for reason, number in given.items()})
    counters = {counter for counter, _ in expected} | {"accepted", "rejected", "duplicate", "conflict", "late",
                                                       "unknown-type", "quality-out-of-range"}
    got = {(row["counter"], row["label"]): row["count"] for row in rows_of(directory, "counts", to)
           if row["counter"] in counters and row["count"]}
    for key in sorted(expected.keys() | got.keys(), key=str):
        if expected.get(key, 0) != got.get(key, 0):
            to.differ("counts", key, expected.get(key, 0), got.get(key, 0))
    to.compared["counts"] = len(expected)


def compare(input_path, types_path, sensors_path, directory):
    """The report on one replay."""
    where = reference.load_plant(types_path, sensors_path)
    done = reference.run(input_path, where)
    to = report()
    for kind in reference.KINDS:
        compare_windows(done, where, directory, kind, to)
    compare_counts(done, directory, compare_dead_letters(done, directory, to), to)
    return to


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--input", required=True)
    options.add_argument("--types", required=True)
    options.add_argument("--sensors", help="sensors' metadata")
    options.add_argument("--out", required=True, help="what the replay wrote")
    given = options.parse_args()
    to = compare(given.input, given.types, given.sensors, given.out)
    for each in to.shown:
        print(each)
    if to.differences:
        print("%d differences" % to.differences)
        return 1
    print("agree: " + ", ".join("%s %d" % each for each in to.compared.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
