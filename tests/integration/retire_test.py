"""A person retires a sensor: its alarms end, it is forgotten, and what it sends all the same is counted and not judged,
whatever kills the node, until it is back."""

import json

from node_process import until
from people_case import PeopleTest


class RetireTest(PeopleTest):
    def rows(self, node, *command):
        return [json.loads(line) for line in node.ask(*command)[1].splitlines()]

    def ends(self, node):
        """Which alarms of TI-1 are over, and why."""
        return sorted((row["alarm_id"], row["reason"])
                      for row in self.rows(node, "results", "alarms", "--sensor", "TI-1", "--last", "1000")
                      if row["transition"] == "cleared")

    def count(self, node):
        found = [row["count"] for row in self.rows(node, "results", "counts") if row["counter"] == "retired"]
        return found[0] if found else 0

    def await_count(self, node, readings):
        until(f"{readings} readings that are not judged", lambda: self.count(node) >= readings or not node.alive())
        self.assertEqual(self.count(node), readings, node.log()[-2000:])

    def test_alarms_end_once_and_what_it_sends_is_counted_once_over_kills_until_it_is_back(self):
        node = self.begun(self.settings)
        self.speak(node, 30)
        self.speak(node, 3, first=105)
        until("an alarm", lambda: "TI-1" in node.ask("alarms")[1])
        text = self.told(node, "retire", "TI-1", "--by", "anna")
        self.assertRegex(text, r"^TI-1 of north is retired, as of 20\S+Z: its alarms end, it is forgotten")
        until("its end", lambda: self.ends(node) or not node.alive())
        ends = self.ends(node)
        self.assertEqual({reason for _, reason in ends}, {"its sensor was retired"}, ends)
        self.assertEqual(len({alarm for alarm, _ in ends}), len(ends), ends)
        until("no alarm", lambda: "TI-1" not in node.ask("alarms")[1] or not node.alive())
        self.speak(node, 20, committed=("TI-2",), first=105)
        self.await_count(node, 20)
        listed = node.ask("sensors", "list")[1]
        self.assertRegex(listed, r"TI-1 +retired by anna, and sends: 20 not judged")
        self.assertRegex(listed, r"TI-2 +living")
        self.assertIn("TI-1 of north is retired since", self.told(node, "retire", "TI-1", code=2))
        self.assertIn("TI-2 of north is not retired", self.told(node, "retire", "--back", "TI-2", code=2))
        node.kill()

        node = self.begun(self.settings)
        self.speak(node, 5, committed=("TI-2",), first=105)
        self.await_count(node, 25)
        self.assertRegex(node.ask("sensors", "list")[1], r"TI-1 +retired by anna")
        self.assertIn("did not page: it is retired since", node.ask("explain", "TI-1")[1])
        self.assertEqual(self.ends(node), ends)
        self.assertIn("in service again", self.told(node, "retire", "--back", "TI-1", "--by", "ben"))
        self.speak(node, 10)
        self.await_learned(node, "TI-1", 10)
        node.kill()
        node = self.begun(self.settings)
        self.speak(node, 5)
        self.await_learned(node, "TI-1", 15)
        self.assertEqual(self.count(node), 25)
        node.stop()

    def test_a_command_that_has_ended_holds_though_nothing_was_committed_behind_it(self):
        node = self.begun(self.settings)
        self.speak(node, 30)
        node.stop()
        node = self.begun(self.slow)
        self.speak(node, 10, committed=())
        before = node.committed()
        self.told(node, "retire", "north/TI-1", "--by", "anna")
        self.speak(node, 10, committed=())
        self.assertIn("is being taken out of service", self.told(node, "retire", "--back", "TI-1", code=2))
        self.assertEqual(node.committed(), before)
        node.kill()

        node = self.begun(self.settings)
        self.speak(node, 10, committed=("TI-2",))
        self.await_count(node, 20)
        self.assertRegex(node.ask("sensors", "list")[1], r"TI-1 +retired by anna")
        self.assertEqual(self.learned(node, "TI-2"), 60)
        node.stop()


if __name__ == "__main__":
    import unittest
    unittest.main()
