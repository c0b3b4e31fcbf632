"""A model judges each accepted reading of its type once: whatever the shards and threads, when the node is killed, and when the
model is replaced while it runs."""

import json
import os
import random
import unittest

from kills import Kills, with_more_when_over
from node_process import Dump, NodeTest, millwright, simulate, until
from same_outcome import SameOutcome, differences
from signed_pages import SignedPages

TYPE = "vibration"
FAULTS = "spike=20,noise=20,bearing_wear=20,falling_quality=20,late=20,duplicated=24,skewed_clock=5"
# None of them shows another time than the plant's.
IN_TIME = "noise=20,bearing_wear=20,falling_quality=20,duplicated=24"


def key(row):
    return row["facility_id"], row["sensor_id"], row["timestamp"]


class HealthTest(Kills, SignedPages, SameOutcome, NodeTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(12)
        self.model = self.path("vibration.model")
        self.train(self.model, seed=1)

    def train(self, model, seed, kind="boosted"):
        labelled = self.path("labelled.ndjson")
        if not os.path.exists(labelled):
            simulate(self.path("taught"), labelled, 60, 1, 3600, "--mix", "vibration=1,temperature=1", "--health",
                     "--faults-per-day", "bearing_wear=24")
        code, out, err = millwright("train", "--type", TYPE, "--data", labelled, "--out", model, "--seed", str(seed),
                                    "--kind", kind, "--trees", "30", "--set",
                                    f"plant.sensors={self.path('taught/sensors.jsonl')}")
        self.assertEqual((code, err), (0, ""))
        return out

    def simulate(self, seconds, faults=FAULTS):
        simulate(self.path("plant"), self.path("all.ndjson"), 200, 1000, seconds, "--seed", "7", "--mix",
                 "vibration=1,temperature=1,pressure=1", "--faults-per-day", faults)
        with open(self.path("all.ndjson")) as lines:
            return lines.readlines()

    def settings(self, receiver, path, **more):
        return {"source": {"type": "file", "file": {"paths": [path]} | more},
                "plant": {"facilities": self.path("plant/facilities.jsonl"),
                          "sensors": self.path("plant/sensors.jsonl"), "reread": "100ms"},
                "ledger": {"interval": "100ms"}, "models": {TYPE: self.model},
                "channels": {"hook": self.hook(receiver)}}

    def replayed(self, model, *more, name="replayed"):
        """The rows of a replay, in its order."""
        code, _, err = millwright("replay", self.path("all.ndjson"), "--out", self.path(name), "--kinds", "health",
                                  "--set", f"models.{TYPE}={model}",
                                  "--set", f"plant.facilities={self.path('plant/facilities.jsonl')}",
                                  "--set", f"plant.sensors={self.path('plant/sensors.jsonl')}", *more, patience=300)
        self.assertEqual((code, err), (0, ""))
        with open(os.path.join(self.path(name), "health.ndjson")) as rows:
            return rows.read().splitlines()

    def accepted(self, lines):
        """How many of the lines a replay accepts, of which some repeat others."""
        with open(self.path("of-the-type.ndjson"), "w") as out:
            out.writelines(lines)
        code, _, err = millwright("replay", self.path("of-the-type.ndjson"), "--out", self.path("counted"), "--kinds",
                                  "counts", "--set", f"plant.sensors={self.path('plant/sensors.jsonl')}")
        self.assertEqual((code, err), (0, ""))
        with open(self.path("counted/counts.ndjson")) as rows:
            counts = {row["counter"]: row["count"] for row in map(json.loads, rows)}
        self.assertGreater(counts["duplicate"], 100)
        self.assertEqual(counts["accepted"] + counts["duplicate"] + counts.get("conflict", 0), len(lines))
        return counts["accepted"]

    @with_more_when_over
    def test_each_accepted_reading_has_one_row_whatever_the_shards_threads_and_kills(self):
        lines = self.simulate(1200 * self.longer)
        expected = self.replayed(self.model)
        self.assertEqual(expected, self.replayed(self.model, "--set", "node.shards=5", "--set", "node.threads=3"))
        wanted = {key(each) for each in map(json.loads, lines) if each["sensor_type"] == TYPE}
        self.assertEqual({key(json.loads(row)) for row in expected}, wanted)
        self.assertEqual(len(expected), self.accepted([line for line in lines if f'"{TYPE}"' in line]))
        self.assertGreater(len(wanted), 50_000)
        for row in map(json.loads, expected[:1000]):
            self.assertEqual(list(row), ["sensor_id", "facility_id", "equipment_id", "timestamp", "health_score",
                                         "risk_level", "maintenance_recommended", "extrapolated"])
            self.assertTrue(0 <= row["health_score"] <= 1 and row["equipment_id"])

        receiver = self.receiver()
        run = self.settings(receiver, self.path("all.ndjson")), "disturbed", receiver
        self.kill_between_commits(*run, most=1, within=0.02)
        self.kill_inside_commit(*run)
        self.kill_between_commits(*run, most=1, within=0.02)
        got = self.finished(*run[:2])
        self.assertIsNone(differences(sorted(expected), got.results["health"]))
        print(f"{len(expected)} scores, {len(self.deaths)} kills", flush=True)

    def await_time(self, node, lines):
        newest = max(json.loads(line)["timestamp"] for line in lines)
        until(f"readings up to {newest}",
              lambda: (node.status() or {}).get("plant_time") == newest or not node.alive())
        self.assertTrue(node.alive(), node.log())

    def test_a_replaced_model_judges_from_its_place_on_and_a_broken_one_is_refused(self):
        lines = self.simulate(120, IN_TIME)
        half = len(lines) // 2
        other = self.path("other.model")
        self.train(other, seed=2, kind="forest")
        first, second = self.replayed(self.model), self.replayed(other, name="other")
        log = self.path("growing.ndjson")
        with open(log, "w") as out:
            out.writelines(lines[:half])
        receiver = self.receiver()
        settings = self.settings(receiver, log, follow=True)
        node = self.start(settings, "replaced")
        self.await_time(node, lines[:half])

        with open(other, "rb") as whole, open(self.path("broken.model"), "wb") as out:
            out.write(whole.read()[:-1])
        os.replace(self.path("broken.model"), self.model)
        until("the broken model is told", lambda: any(
            "the model is damaged: its checksum does not fit" in page["message"]
            for page in receiver.about("misconfigured")) or not node.alive())
        self.assertNotIn("version 2", node.log())
        with open(other, "rb") as whole, open(self.path("next.model"), "wb") as out:
            out.write(whole.read())
        os.replace(self.path("next.model"), self.model)
        until("the new model is taken up",
              lambda: "metadata changed: version 2 from here on" in node.log() or not node.alive())
        # It may not be committed yet: what is read again is judged by the model that held there.
        node.kill()
        self.died(node, receiver)
        node = self.start(settings, "replaced")
        until("it is there again", lambda: node.status() or not node.alive())
        before = node.committed()
        with open(log, "a") as out:
            out.writelines(lines[half:])
        # All of it may be one commit, before this process has its turn again.
        until("a commit", lambda: node.committed() > before or not node.alive())
        node.kill()
        self.died(node, receiver)
        node = self.start(settings, "replaced")
        self.await_time(node, lines)
        got = self.stopped(node, settings, "replaced")
        early = {key(each) for each in map(json.loads, lines[:half])}
        by_old = [row for row in first if key(json.loads(row)) in early]
        by_new = [row for row in second if key(json.loads(row)) not in early]
        self.assertNotEqual(by_new, [row for row in first if key(json.loads(row)) not in early])
        self.assertIsNone(differences(sorted(by_old + by_new), got.results["health"]))

    def unit_scores(self, node):
        """What the node shows of each unit: its score and whose it is."""
        code, said, mistakes = node.ask("plant", "--kind", "equipment", "--limit", "100000", "--json")
        self.assertEqual((code, mistakes), (0, ""))
        out = {}
        for unit in [json.loads(line) for line in said.splitlines()]:
            code, said, _ = node.ask("plant", f"{unit['facility_id']}/{unit['id']}", "--json")
            page = json.loads(said)["page"] if code == 0 else None
            if page and page["health_score"] is not None:
                out[unit["facility_id"], unit["id"]] = page["health_score"], page["health_score_of"]
        return out

    def worst_scores(self, rows):
        """The same from rows: of each sensor the last, of each unit the worst."""
        last, worst = {}, {}
        for row in sorted(map(json.loads, rows), key=lambda row: row["timestamp"]):
            last[row["facility_id"], row["equipment_id"], row["sensor_id"]] = row["health_score"]
        for (facility, unit, sensor), score in sorted(last.items()):
            worst[facility, unit] = min(worst.get((facility, unit), (2, "")), (score, sensor))
        return worst

    def test_a_unit_shows_the_worst_of_its_sensors_scores_also_behind_a_kill(self):
        lines = self.simulate(60, IN_TIME)
        half = len(lines) // 2
        rows = self.replayed(self.model)
        early = {key(each) for each in map(json.loads, lines[:half])}
        log = self.path("growing.ndjson")
        with open(log, "w") as out:
            out.writelines(lines[:half])
        receiver = self.receiver()
        settings = self.settings(receiver, log, follow=True)
        node = self.start(settings, "shown")
        self.await_time(node, lines[:half])
        wanted = self.worst_scores([row for row in rows if key(json.loads(row)) in early])
        self.assertGreater(len(wanted), 10)
        until("each unit shows its worst score", lambda: self.unit_scores(node) == wanted or not node.alive())
        node.kill()
        self.died(node, receiver)
        with open(log, "a") as out:
            out.writelines(lines[half:])
        node = self.start(settings, "shown")
        self.await_time(node, lines)
        wanted = self.worst_scores(rows)
        until("each unit shows its worst score", lambda: self.unit_scores(node) == wanted or not node.alive())
        self.stopped(node, settings, "shown")

    def test_models_that_cannot_be_used_are_told_with_file_and_reason(self):
        simulate(self.path("plant"), self.path("all.ndjson"), 20, 100, 1)
        with open(self.path("foreign.model"), "w") as out:
            out.write('{"learner": {}}')
        with open(self.path("models.yaml"), "w") as out:
            out.write(f"models: {{vibration: {self.path('foreign.model')}, pressure: {self.model}, "
                      f"presure: {self.model}}}\n")
        code, out, err = millwright("config", "check", self.path("models.yaml"))
        self.assertEqual((code, out), (2, ""))
        self.assertIn(f"{self.path('foreign.model')}: this is no model of millwright train", err)
        self.assertIn(f"{self.model}: the model is for vibration, and was named for pressure", err)
        self.assertIn("models.presure: there is no such sensor type (did you mean pressure?)", err)
        for command in (["run", "-c", self.path("models.yaml"), "--set", f"ledger.path={self.path('none')}"],
                        ["replay", self.path("all.ndjson"), "--out", self.path("out"), "-c", self.path("models.yaml")]):
            code, _, err = millwright(*command)
            self.assertEqual(code, 2)
            self.assertIn(f"{self.model}: the model is for vibration, and was named for pressure", err)

    def test_mistakes_of_who_trains_are_told_with_file_and_line(self):
        line = ('{"sensor_id": "VI-%d", "timestamp": "2026-01-01T00:00:0%dZ", "facility_id": "main", '
                '"sensor_type": "vibration", "value": 1, "health": %s}')

        def said(*arguments):
            code, out, err = millwright("train", *arguments)
            self.assertEqual((code, out), (2, ""))
            return err

        data, model = self.path("bad.ndjson"), self.path("bad.model")
        given = ["--data", data, "--out", model]
        self.write("bad.ndjson", [line % (1, 0, 0.5), line % (2, 1, 1.5)])
        self.assertIn(f"{data}:2: expected a health from 0 (worn out) to 1 (sound), got 1.5",
                      said("--type", TYPE, *given))
        self.assertIn('there is no sensor type "vibratoin" (did you mean vibration?)',
                      said("--type", "vibratoin", *given))
        self.write("bad.ndjson", [line % (1, 0, 0.5), line % (1, 1, 0.25)])
        self.assertIn("all readings are of VI-1 (main)", said("--type", TYPE, *given))
        self.assertIn("there is no reading of the type pressure with a health", said("--type", "pressure", *given))
        self.assertIn("/nowhere/bad.model: cannot be written: No such file or directory",
                      said("--type", TYPE, "--data", data, "--out", "/nowhere/bad.model"))
        self.assertIn("/nowhere/bad.ndjson", said("--type", TYPE, "--data", "/nowhere/bad.ndjson", "--out", model))
        self.assertIn("--type: expected a sensor type", said(*given))
        self.assertFalse(os.path.exists(model))


if __name__ == "__main__":
    unittest.main()
