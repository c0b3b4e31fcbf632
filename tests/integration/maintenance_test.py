"""A person tells a node of a unit's maintenance: noted before the command ends, whatever kills the node, and told to the unit
once."""

import json
import random
from datetime import datetime, timedelta, timezone

from node_process import NodeTest, until
from plant_lines import FACILITY, GrowingFile, reading, sensor_row


class MaintenanceTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(6)
        # Of now: who follows a file knows what time it is.
        self.begin = datetime.now(timezone.utc) - timedelta(minutes=10)
        self.log = GrowingFile(self.path("readings.ndjson"))
        self.addCleanup(self.log.out.close)
        self.read = 0
        self.settings = {
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                      "sensors": self.write("sensors.jsonl", [sensor_row("TI-1"),
                                                              sensor_row("TI-2", equipment_id="pump-2")])}}

    def speak(self, seconds):
        for _ in range(seconds):
            self.log.add(reading("TI-1", self.read, 20 + self.read % 5, start=self.begin),
                         reading("TI-2", self.read, 30 + self.read % 7, start=self.begin))
            self.read += 1

    def said(self, node, *arguments, code=0):
        result, out, err = node.ask("maintenance", *arguments)
        self.assertEqual(result, code, err + node.log()[-2000:])
        return err if code else out

    def page(self, node, unit="pump-1"):
        code, said, _ = node.ask("plant", f"north/{unit}", "--json")
        return (json.loads(said)["page"] if code == 0 and said else None) or {}

    def shows(self, node, **fields):
        page = self.page(node)
        return all(page.get(key) == value for key, value in fields.items())

    def await_page(self, node, **fields):
        until(f"a page with {fields}", lambda: self.shows(node, **fields) or not node.alive())
        self.assertTrue(node.alive(), node.log())

    def await_unit(self, node):
        until("the unit", lambda: self.page(node).get("readings") or not node.alive())

    def test_a_command_that_has_ended_holds_though_nothing_was_committed_behind_it(self):
        node = self.start(self.settings)
        self.speak(60)
        self.await_page(node, readings=60)
        # What a page shows may not be committed yet, and a killed node's successor would know no unit.
        node.stop()
        # From here on nothing is committed any more.
        slow = self.settings | {"ledger": {"interval": "1h"}}
        node = self.start(slow)
        self.speak(60)
        until("the readings", lambda: (node.status() or {}).get("taken", 0) >= 120)
        before = node.committed()
        text = self.said(node, "begin", "pump-1", "--by", "anna", "--note", "new bearing")
        self.assertRegex(text, r"^pump-1 of north is in maintenance from 20..-..-..T..:..:..\....Z on")
        self.assertEqual(node.committed(), before)
        node.kill()

        node = self.start(self.settings)
        since = text.split()[7]
        told = {"maintenance_by": "anna", "maintenance_note": "new bearing", "maintenance_since": since}
        self.await_page(node, readings=120, health="in maintenance", **told)
        other = until("the other unit", lambda: self.page(node, "pump-2"))
        self.assertEqual(other["maintenance_since"], None)
        self.assertIn(f"maintenance    since", node.ask("plant", "pump-1")[1])
        # Said by whoever likes, seen as who he is.
        text = self.said(node, "end", "north/pump-1", "--by", "bert")
        self.await_page(node, maintenance_since=None, last_maintenance=text.split()[-1], last_maintenance_by="bert",
                        last_maintenance_note="new bearing")
        self.assertNotIn("in maintenance", until("its page", lambda: self.page(node))["health"])
        self.assertIn("did you mean pump-1?", self.said(node, "done", "pump-11", code=2))
        self.assertIn("expected begin, end or done", self.said(node, "over", "pump-1", code=2))
        node.kill()
        node = self.start(self.settings)
        self.speak(1)
        self.await_page(node, readings=121, maintenance_since=None, last_maintenance_by="bert",
                        last_maintenance_note="new bearing")
        node.stop()

    def test_commands_and_kills_at_any_moment_leave_what_was_said_last(self):
        node = self.start(self.settings)
        self.speak(20)
        self.await_unit(node)
        wanted = {}
        for i in range(12):
            what, by = self.random.choice(["begin", "end", "done"]), f"person-{i}"
            if self.random.random() < 0.6:
                self.speak(self.random.randint(1, 20))
            self.said(node, what, "pump-1", "--by", by)
            if what == "begin":
                wanted.setdefault("maintenance_by", by)
            else:
                wanted["last_maintenance_by"] = by
            if what == "end":
                wanted.pop("maintenance_by", None)
            if self.random.random() < 0.6:
                if self.random.random() < 0.5:
                    self.speak(self.random.randint(1, 20))
                node.kill()
                node = self.start(self.settings)
                until("it knows its units", lambda: node.status() or not node.alive())
                self.speak(1)
                self.await_page(node, readings=self.read)
        self.await_page(node, readings=self.read)
        until(f"what was said: {wanted}",
              lambda: {key: value for key, value in self.page(node).items()
                       if key in ("maintenance_by", "last_maintenance_by")} == wanted or not node.alive())
        self.assertTrue(node.alive(), node.log())
        node.stop()


if __name__ == "__main__":
    import unittest
    unittest.main()
