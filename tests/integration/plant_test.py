"""The plant above the sensors as a person sees it: `millwright plant` while the node runs."""

import json
import socket

from node_process import NodeTest, until


class PlantTest(NodeTest):
    def setUp(self):
        super().setUp()
        plant = self.path("plant")
        self.node = self.start({
            "source": {"type": "simulation",
                       "simulation": {"sensors": 60, "facilities": 2, "seed": 1, "metadata": plant}},
            "plant": {"facilities": plant + "/facilities.jsonl", "sensors": plant + "/sensors.jsonl"}})
        with open(until("the plant's rows", lambda: self.written(plant + "/sensors.jsonl"))) as rows:
            self.sensors = [json.loads(row) for row in rows]
        self.units = {(row["facility_id"], row["equipment_id"]) for row in self.sensors if row.get("equipment_id")}
        self.facilities = {row["facility_id"] for row in self.sensors}
        self.assertEqual(len(self.facilities), 2)
        until("every unit has spoken", lambda: self.counts().get("units") == len(self.units))

    def written(self, path):
        # Written before the first reading is taken.
        return path if (self.node.status() or {}).get("taken") else None

    def counts(self):
        return (self.node.status() or {}).get("plant", {})

    def plant(self, *arguments):
        code, said, mistakes = self.node.ask("plant", *arguments)
        self.assertEqual((code, mistakes), (0, ""), mistakes)
        return said

    def rows(self, *arguments):
        rows = [json.loads(line) for line in self.plant(*arguments, "--json").splitlines()]
        self.assertTrue(rows)
        return rows

    def refused(self, *arguments):
        return self.refused_by(self.node, "plant", *arguments)

    def test_a_person_goes_from_the_plant_to_a_unit_s_sensors_while_the_node_runs(self):
        # The whole plant.
        counts, *facilities = [row for row in self.rows() if row["row"] != "unit"]
        self.assertEqual(counts["counts"]["facilities"], 2)
        self.assertEqual(counts["counts"]["units"], len(self.units))
        self.assertEqual(sum(counts["counts"]["units_by_health"].values()), len(self.units))
        self.assertEqual({row["facility_id"] for row in facilities}, self.facilities)
        for row in facilities:
            own = {unit for facility, unit in self.units if facility == row["facility_id"]}
            self.assertEqual(row["counts"]["units"], len(own))
            spoke = {each["sensor_id"] for each in self.sensors if each["facility_id"] == row["facility_id"]}
            self.assertGreater(row["page"]["distinct_sensors"], 0)
            self.assertLessEqual(row["page"]["distinct_sensors"], len(spoke))
        self.assertIn(f"2 facilities, ", self.plant())
        self.assertIn("UNITS BY HEALTH", self.plant())

        # A facility of it, and its figures go on.
        facility = sorted(self.facilities)[0]
        first, *rest = self.rows(facility)
        self.assertEqual((first["row"], first["facility_id"]), ("facility", facility))
        self.assertEqual({row["id"] for row in rest if row["row"] == "unit"},
                         {unit for where, unit in self.units if where == facility})
        until("later figures", lambda: self.rows(facility)[0]["page"]["to"] > first["page"]["to"])
        self.assertIn(f"facility {facility} (", self.plant(facility))
        self.assertEqual(len([row for row in self.rows("--facility", facility, "--limit", "2")
                              if row["row"] == "unit"]), 2)

        # Its windows while they are open.
        self.follow_windows(facility)

        # A unit of that.
        unit = sorted(unit for where, unit in self.units if where == facility)[0]
        own = {row["sensor_id"] for row in self.sensors
               if (row["facility_id"], row.get("equipment_id")) == (facility, unit)}
        row = until("all of its sensors", lambda: self.unit_with(facility, unit, own))
        self.assertEqual(row["page"]["presence"], "online")
        self.assertGreater(row["page"]["readings"], 0)
        text = self.plant(f"{facility}/{unit}")
        self.assertIn(f"unit {unit} of {facility}", text)
        for sensor in own:
            self.assertIn(sensor, text)

        # Any kind by its headline.
        lines = self.rows("--kind", "line")
        self.assertEqual({row["kind"] for row in lines}, {"line"})
        self.assertIn(lines[0]["id"], self.plant("--kind", "line"))

        # Mistakes.
        self.assertIn(f"did you mean {facility}?", self.refused(facility[:-1]))
        self.assertIn("there are facility, line, equipment", self.refused("--kind", "equipmnt"))
        self.assertIn(f"did you mean {facility}/{unit}?", self.refused(f"{facility}/{unit}x"))
        self.ambiguous()

        self.node.stop()

    def follow_windows(self, facility):
        code, said, _ = self.node.ask("results", "facility", "--updates", "--last", "0", "--facility", facility)
        self.assertEqual(code, 0)
        rows = [json.loads(line) for line in said.splitlines()]
        self.assertGreater(len(rows), 1)
        self.assertEqual({(row["facility_id"], row["final"]) for row in rows}, {(facility, False)})
        self.assertEqual(len({row["window_end"] for row in rows}), len(rows))
        self.assertIn("facility, lines", self.refused_by(self.node, "results", "equipment", "--updates"))

    def unit_with(self, facility, unit, sensors):
        row, = self.rows(f"{facility}/{unit}")
        return row if {each["sensor"] for each in row["page"]["members"]} == sensors else None

    def test_an_open_window_is_told_as_it_grows_until_its_final_row_comes_once(self):
        fast = self.start({"source": {"type": "simulation",
                                      "simulation": {"sensors": 20, "facilities": 1, "seed": 1, "speed": 30}}}, "fast")
        until("it answers", lambda: fast.status())
        request = {"request": "results", "kind": "facility", "last": 0, "follow": True, "updates": True}
        open_since, final = {}, set()
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(60)
            link.connect(fast.settings["node"]["socket"])
            link.sendall(json.dumps(request).encode() + b"\n")
            with link.makefile() as answer:
                while len(final & set(open_since)) < 2:
                    row = json.loads(answer.readline())
                    end, count = row["window_end"], row["active_sensors"]
                    self.assertNotIn(end, final)
                    # Each is another one than before, and has what that had.
                    before = open_since.get(end, {"active_sensors": 0})
                    self.assertNotEqual(row, before)
                    self.assertGreaterEqual(count, before["active_sensors"])
                    if row["final"]:
                        final.add(end)
                    else:
                        open_since[end] = row
        fast.stop()

    def ambiguous(self):
        """The simulated sites name their machines alike."""
        both = sorted({unit for _, unit in self.units
                       if all((facility, unit) in self.units for facility in self.facilities)})
        self.assertTrue(both)
        said = self.refused(both[0])
        for facility in self.facilities:
            self.assertIn(f"{facility}/{both[0]}", said)


if __name__ == "__main__":
    import unittest
    unittest.main()
