#!/usr/bin/python3
"""What stands above the sensors, through `millwright replay`, against the second implementation, row by row.

    plant_replay_test.py MILLWRIGHT SOURCE_DIR

Small plants in several time zones over a change of the clock, disordered, late, repeated, silent and far ahead
(plant_log.py), and two hours of the simulated plant with every fault. Each is replayed with one shard and thread and with
three of both, which must give the same bytes.
"""

import filecmp
import os
import random
import sys
import tempfile

import compare
import compare_plant
import plant_log
import plant_reference
import reference
import reference_test

SEEDS = 5
# A clock that is ahead makes later readings late in a file, which leaves few rows to compare.
FAULTS = [fault for fault in reference_test.FAULTS if fault != "skewed_clock"]
SHIPPED = ("vibration-temperature", (plant_reference.SHIPPED_JOIN,))
WITH_SITE = ("vibration-temperature; site: power vibration within 10s on facility_id",
             (plant_reference.SHIPPED_JOIN, ("site", "power", "vibration", 10_000, True)))


def train(program, root, directory):
    """Models of two types, of which nothing else is asked than what they say. By type."""
    data, plant = os.path.join(directory, "labelled.ndjson"), os.path.join(directory, "labelled")
    os.mkdir(plant)
    reference_test.run(program, "simulate", "--sensors", "60", "--rate", "60", "--duration", "1h", "--speed", "max", "--mix",
                       "vibration=1,temperature=1", "--health", "--faults-per-day", "bearing_wear=24", "--metadata", plant,
                       "--out", data, cwd=root)
    models = {kind: os.path.join(directory, kind + ".model") for kind in ("vibration", "temperature")}
    for kind, path in models.items():
        reference_test.run(program, "train", "--type", kind, "--data", data, "--out", path, "--trees", "12", "--kind",
                           "forest" if kind == "temperature" else "boosted", cwd=root)
    return models


def replay(program, root, directory, readings, joins, shards, models):
    out = "%s-%d" % (readings, shards)
    judged = [part for each in models.items() for part in ("--set", "models.%s=%s" % each)]
    reference_test.run(
        program, "replay", readings, "--out", out,
        "--set", "plant.facilities=" + os.path.join(directory, "facilities.jsonl"),
        "--set", "plant.sensors=" + os.path.join(directory, "sensors.jsonl"), "--set", "actors.join.pairs=" + joins,
        "--set", "node.shards=%d" % shards, "--set", "node.threads=%d" % shards, *judged, cwd=root)
    return out


def check(program, root, directory, readings, joins, required, models):
    """Ends the test on any difference. Returns how many rows of each kind agreed."""
    outs = [replay(program, root, directory, readings, joins[0], shards, models) for shards in (1, 3)]
    names = sorted(os.listdir(outs[0]))
    if names != sorted(os.listdir(outs[1])):
        sys.exit("one shard and three write different files")
    _, unequal, unread = filecmp.cmpfiles(*outs, names, shallow=False)
    if unequal or unread:
        sys.exit("one shard and three write different bytes: %s" % ", ".join(unequal + unread))
    where = reference.load_plant(os.path.join(root, "config", "sensor-types.yaml"), os.path.join(directory, "sensors.jsonl"))
    where.facilities = plant_reference.load_facilities(os.path.join(directory, "facilities.jsonl"))
    to = compare.report()
    done = reference.run(readings, where)
    compare_plant.compare_plant(done, outs[0], to, joins[1])
    compare_plant.compare_health(done, outs[0], to, models)
    for each in to.shown:
        print(each, flush=True)
    if to.differences:
        sys.exit("%d differences in %s" % (to.differences, outs[0]))
    print("%s agree: %s" % (os.path.basename(readings), ", ".join("%s %d" % each for each in to.compared.items())), flush=True)
    for kind, least in required.items():
        if to.compared[kind] < least:
            sys.exit("only %d rows of %s were there to compare: this shows too little" % (to.compared[kind], kind))
    return to.compared


def main():
    program, root = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as directory:
        plant_log.write_metadata(directory)
        total = dict.fromkeys([*plant_reference.FIELDS, "health"], 0)
        models = train(program, root, directory)
        for seed in range(SEEDS):
            readings = os.path.join(directory, "seed-%d.ndjson" % seed)
            plant_log.write_log(readings, random.Random(seed))
            for kind, count in check(program, root, directory, readings, WITH_SITE, {}, models).items():
                total[kind] += count
        least = {"facility": 2500, "equipment": 10_000, "lines": 250, "sessions": 200, "joins": 5000, "equipment-state": 80,
                 "health": 8000}
        for kind, count in least.items():
            if total[kind] < count:
                sys.exit("only %d rows of %s were there to compare: this shows too little" % (total[kind], kind))
        simulated = os.path.join(directory, "simulated")
        os.mkdir(simulated)
        readings = os.path.join(simulated, "readings.ndjson")
        reference_test.run(program, "simulate", "--sensors", "90", "--facilities", "3", "--seed", "7", "--duration", "2h",
                           "--speed", "max", "--faults-per-day", ",".join(each + "=2" for each in FAULTS), "--metadata",
                           simulated, "--out", readings, cwd=root)
        check(program, root, simulated, readings, SHIPPED,
              {"facility": 600, "equipment": 5000, "lines": 50, "sessions": 12, "joins": 1000, "equipment-state": 12,
               "health": 50_000}, models)


if __name__ == "__main__":
    main()
