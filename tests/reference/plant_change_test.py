"""What stands above the sensors while the metadata change, against the second implementation, row by row: sensors move to
other units, a unit disappears, a new one comes, a facility's time zone and production line change, each at its place in
the log, also when the node is killed around it."""

import json
import os
import random
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]

import compare
import compare_plant
import plant_log
import plant_reference
import plant_replay_test
import reference
from node_process import NodeTest, dump_into, until
from plant_lines import GrowingFile

ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
TYPES = os.path.join(ROOT, "config", "sensor-types.yaml")
PARTS = 4
# Speaks last, a long time after the others, so that all of theirs closes; nobody asks for its own rows.
CLOSER = "closer"


def moved(rows):
    """A sensor to each neighbour, one to a unit that is new, one to none, one from none; and a unit less."""
    to = {"s0": "pump-1", "s3": "pump-0", "s5": "pump-new", "s7": None, "s9": "pump-2", "everywhere": "pump-2"}
    return [{**row, "equipment_id": to.get(row["sensor_id"], row["equipment_id"])} for row in rows
            if not (row.get("facility_id") == "kochi" and row["equipment_id"] == "pump-2")]


def elsewhere(rows):
    """Other zones and lines, a line more and one less."""
    other = {"wien": {"timezone": "Asia/Tokyo"}, "duluth": {"production_line": "line-c", "timezone": "Europe/London"},
             "kochi": {"production_line": "line-k"}, "apia": {"production_line": None}}
    return [{**row, **other.get(row["facility_id"], {})} for row in rows]


class PlantChangeTest(NodeTest):
    def versions(self):
        """Facilities and sensors as they are during each part of the log."""
        facilities, sensors = plant_log.FACILITIES, plant_log.sensor_rows()
        return [(facilities, sensors), (facilities, moved(sensors)), (elsewhere(facilities), moved(sensors)),
                (elsewhere(facilities), sensors)]

    def write_versions(self, before, after):
        for name, old, new in zip(("facilities", "sensors"), before or (None, None), after):
            if old != new:
                plant_log.write_rows(self.path(name + ".jsonl"), new)

    def settings(self, models):
        return {"source": {"type": "file", "file": {"paths": [self.path("growing.ndjson")], "follow": True}},
                "plant": {"facilities": self.path("facilities.jsonl"), "sensors": self.path("sensors.jsonl"),
                          "reread": "100ms"},
                "node": {"shards": 3, "threads": 2}, "models": models,
                "actors": {"join": {"pairs": plant_replay_test.WITH_SITE[0]}}}

    def test_each_reading_counts_by_the_metadata_that_held_at_its_place(self):
        program = os.environ["MILLWRIGHT"]
        models = plant_replay_test.train(program, ROOT, self.directory)
        log = self.path("readings.ndjson")
        plant_log.write_log(log, random.Random(11), far=False)
        with open(log) as file:
            lines = file.read().splitlines()
        lines.append('{"sensor_id": "x", "facility_id": "%s", "timestamp": %d, "value": 1}'
                     % (CLOSER, plant_log.START + (plant_log.HOURS + 20) * 3_600_000))
        with open(log, "w") as file:
            file.write("".join(line + "\n" for line in lines))
        versions = self.versions()
        begins = [len(lines) * part // PARTS for part in range(PARTS)] + [len(lines)]

        growing = GrowingFile(self.path("growing.ndjson"))
        self.addCleanup(growing.out.close)
        self.write_versions(None, versions[0])
        node = self.start(self.settings(models))
        for part in range(PARTS):
            if part > 0:
                self.write_versions(versions[part - 1], versions[part])
                until("the change is taken", lambda: f"version {part + 1} from here on" in node.log()
                      or not node.alive())
                self.assertTrue(node.alive(), node.log()[-2000:])
            if part in (1, 2):
                # It may not be committed yet.
                node.kill()
                node = self.start(self.settings(models))
            growing.add(*lines[begins[part]:begins[part + 1]])
            until("all of the part is committed", lambda: self.position(node) == begins[part + 1] or not node.alive(),
                  patience=120)
            self.assertTrue(node.alive(), node.log()[-2000:])
        node.stop()
        out = self.path("out")
        os.mkdir(out)
        dump_into(out, node.ledger, node.alarms)
        self.compare(log, begins, versions, out, models)

    def position(self, node):
        """How many lines are committed."""
        code, said, _ = node.ask("results", "counts")
        taken = ("accepted", "rejected", "duplicate", "conflict")
        return sum(row["count"] for row in map(json.loads, said.splitlines()) if row["counter"] in taken) if code == 0 else 0

    def compare(self, log, begins, versions, out, models):
        plants = []
        for number, (facilities, sensors) in enumerate(versions):
            plant_log.write_rows(self.path("then.jsonl"), sensors)
            plants.append(reference.load_plant(TYPES, self.path("then.jsonl")))
            plants[-1].facilities = plant_reference.facilities(facilities)
        done = reference.run(log, plants[0], {begins[part] + 1: plants[part] for part in range(1, PARTS)})
        done.ended = False
        done.taken = [each for each in done.taken if each.facility != CLOSER]
        self.leave_out(out, CLOSER)
        to = compare.report()
        compare_plant.compare_plant(done, out, to, plant_replay_test.WITH_SITE[1])
        compare_plant.compare_health(done, out, to, models)
        self.assertEqual(to.differences, 0, "\n".join(to.shown))
        print("agree: " + ", ".join("%s %d" % each for each in to.compared.items()), flush=True)
        for kind, least in {"facility": 1000, "equipment": 4000, "lines": 60, "sessions": 15, "joins": 1500,
                            "equipment-state": 8, "health": 2500}.items():
            self.assertGreater(to.compared[kind], least, kind)

    def leave_out(self, directory, facility):
        for kind in [*plant_reference.FIELDS, "health"]:
            path = os.path.join(directory, kind + ".ndjson")
            with open(path) as file:
                kept = [line for line in file if f'"facility_id":"{facility}"' not in line]
            with open(path, "w") as file:
                file.writelines(kept)


if __name__ == "__main__":
    unittest.main()
