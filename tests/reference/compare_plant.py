#!/usr/bin/python3
"""Compares what `millwright replay` wrote about facilities, equipment, lines, sessions and joins with the reference.

    compare_plant.py --input readings.ndjson --types config/sensor-types.yaml --sensors sensors.jsonl
                     --facilities facilities.jsonl --out DIR

As compare.py does it, row by row.
"""

import argparse
import collections
import json
import sys

import compare
import health_reference
import plant_reference
import reference

# What tells a row from the others of its kind.
IDENTITY = {
    "facility": ["facility_id", "window_start"],
    "equipment": ["equipment_id", "facility_id", "sensor_type", "window_start"],
    "lines": ["production_line", "facility_id", "shift", "window_start"],
    "sessions": ["equipment_id", "facility_id", "session_start"],
    "joins": ["join", "key", "facility_id", "timestamp", "sensor_id", "secondary_timestamp", "secondary_sensor_id"],
    "equipment-state": ["equipment_id", "facility_id", "timestamp", "presence"],
    "health": ["sensor_id", "facility_id", "equipment_id", "timestamp"],
}
# Close, where everything else is equal.
MEASURED = {"avg_sensor_reading", "avg_reading", "reading_variability", "avg_quality", "avg_power_consumption",
            "avg_vibration", "avg_temperature", "efficiency_score", "session_minutes", "avg_event_rate",
            "total_runtime_hours", "health_score"}

compare.FIELDS.update(plant_reference.FIELDS, health=health_reference.FIELDS)


def close(expected, got, largest):
    if expected is None or got is None:
        return expected is got
    return type(got) in (int, float) and compare.near(expected, got, largest)


def decided(row, field, largest):
    """Whether a status may differ: where the number that decides it is that close to its threshold."""
    if field == "equipment_status":
        numbers = [("avg_quality", plant_reference.DEGRADED, 1), ("reading_variability", plant_reference.UNSTABLE, largest)]
        return any(row[name] is not None and compare.near(row[name], limit, scale) for name, limit, scale in numbers)
    if field == "pattern":
        return row["avg_event_rate"] is not None and any(compare.near(row["avg_event_rate"], limit, 0) for limit in (1, 10))
    return False


def same(row, other, field, largest):
    if field in MEASURED:
        return close(row[field], other[field], 1 if field == "avg_quality" else largest)
    if type(row[field]) is bool or type(other[field]) is bool:
        return row[field] is other[field]
    return row[field] == other[field] or decided(row, field, largest)


def compare_kind(kind, expected, directory, to):
    """Every row of a kind; several of one identity in the order of their bytes."""
    got = collections.defaultdict(list)
    for row in compare.rows_of(directory, kind, to):
        got[tuple(row[field] for field in IDENTITY[kind])].append(row)
    wanted = collections.defaultdict(list)
    for row, largest in expected:
        wanted[tuple(row[field] for field in IDENTITY[kind])].append((row, largest))
    compared = 0
    for key in sorted(wanted.keys() | got.keys(), key=str):
        ours = sorted(wanted[key], key=lambda each: json.dumps(each[0]))
        theirs = sorted(got[key], key=json.dumps)
        if len(ours) != len(theirs):
            to.differ(kind, key, [row for row, _ in ours] or "no row", theirs or "no row")
            continue
        for (row, largest), other in zip(ours, theirs):
            compared += 1
            wrong = [field for field in row if not same(row, other, field, largest)]
            if wrong:
                to.differ(kind, "%s in %s" % (", ".join(wrong), key), json.dumps(row), json.dumps(other))
    to.compared[kind] = compared


def compare_plant(done, directory, to, joins=(plant_reference.SHIPPED_JOIN,), kinds=tuple(plant_reference.FIELDS)):
    for kind in kinds:
        compare_kind(kind, plant_reference.rows(kind, done, joins), directory, to)


def compare_health(done, directory, to, models):
    """`models`: sensor type -> its model's file."""
    read = {kind: health_reference.model(path) for kind, path in models.items()}
    compare_kind("health", health_reference.rows(done, read), directory, to)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--input", "--types", "--sensors", "--facilities", "--out"):
        options.add_argument(name, required=True)
    given = options.parse_args()
    where = reference.load_plant(given.types, given.sensors)
    where.facilities = plant_reference.load_facilities(given.facilities)
    to = compare.report()
    compare_plant(reference.run(given.input, where), given.out, to)
    for each in to.shown:
        print(each)
    if to.differences:
        print("%d differences" % to.differences)
        return 1
    print("agree: " + ", ".join("%s %d" % each for each in to.compared.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
