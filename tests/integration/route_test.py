"""Routes: who is told of what, over a change of the routes; and what people are told of them without a node."""

import json
import time
import unittest
from datetime import datetime, timedelta, timezone

from http_receiver import Receiver
from node_process import NodeTest, millwright, until, yaml_of
from plant_lines import FACILITY, GrowingFile, reading, sensor_row

UNITS = {"TI-1": "pump-1", "TI-2": "fan-1", "TI-3": "press-1"}
PUMPS = {"name": "pumps", "match": {"unit": "pump-*"}, "channels": ["day"]}
FANS = {"name": "fans", "match": {"unit": ["fan-*"], "severity": "critical"}, "channels": ["night"]}


class RouteTest(NodeTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        rows = [sensor_row(sensor, equipment_id=unit) for sensor, unit in UNITS.items()]
        self.log = GrowingFile(self.path("log.ndjson"))
        self.addCleanup(self.log.out.close)
        self.begin = datetime.now(timezone.utc) - timedelta(seconds=300)
        self.settings = {
            "source": {"type": "file", "file": {"paths": [self.log.path], "follow": True}},
            "plant": {"facilities": self.write("facilities.jsonl", [FACILITY]),
                      "sensors": self.write("sensors.jsonl", rows)},
            "rules": {"z": {"alarm": False}, "state": {"alarm": False}, "stale": {"alarm": False}},
            "channels": {name: {"type": "webhook", "url": self.receiver.url("/" + name), "backoff": "50ms"}
                         for name in ("day", "night")},
            "routes": [PUMPS, FANS]}

    def feed(self, begin, seconds, value):
        for second in range(begin, begin + seconds):
            self.log.add(*(reading(each, second, value + second % 2 / 10, self.begin) for each in UNITS))

    def told(self, channel):
        # What a killed node had not noted as told comes once more, under its key.
        pages = {each.key: each.json() for each in self.receiver.pages("/" + channel) if each.status == 200}
        return sorted((each["sensor_id"], each["transition"], each.get("route")) for each in pages.values())

    def explained(self, node):
        def explain(*asked):
            code, said, mistakes = millwright("explain", *asked, "-c", node.config)
            self.assertEqual((code, mistakes), (0, ""))
            return said
        # What is judged is there with the commit that follows.
        until("the limit", lambda: "\n  alarm     limit " in explain("north/TI-1"))
        said = explain("TI-1")
        first = said.splitlines()[0]
        self.assertTrue(first.startswith("TI-1 on pump-1 at ") and " paged: critical limit, since " in first, said)
        self.assertIn("\n  route         pumps takes it: unit pump-1\n", said)
        self.assertIn("\n  goes to       day (pumps)\n", said)
        self.assertIn("\n  day           sent at ", said)
        until("the unit", lambda: millwright("explain", "press-1", "-c", node.config)[0] == 0)
        rows = [json.loads(line) for line in explain("press-1", "--json").splitlines()]
        self.assertEqual((rows[0]["row"], rows[0]["paged"]), ("answer", True))
        self.assertEqual([(row["route"], row["takes"]) for row in rows if row["row"] == "route"][:2],
                         [("pumps", False), ("fans", False)])
        alarm = next(row["alarm"] for row in rows if row["row"] == "alarm")
        self.assertIn("TI-3 on press-1 at ", explain(alarm).splitlines()[0])
        code, _, mistakes = millwright("explain", "TI-9", "-c", node.config)
        self.assertEqual(code, 2)
        self.assertIn("TI-9: no sensor, unit or alarm is called so (did you mean TI-1?)", mistakes)

    def test_each_is_told_by_its_route_and_its_end_to_the_same_though_routes_have_changed(self):
        node = self.start(self.settings)
        self.feed(0, 30, 50)
        self.feed(30, 3, 120)
        until("the pages", lambda: (len(self.told("day")), len(self.told("night"))) == (2, 2))
        self.assertEqual(self.told("day"), [("TI-1", "raised", "pumps"), ("TI-3", "raised", "default")])
        self.assertEqual(self.told("night"), [("TI-2", "raised", "fans"), ("TI-3", "raised", "default")])
        unrouted = [each.json()["message"] for each in self.receiver.pages("/day") if each.json()["sensor_id"] == "TI-3"]
        self.assertTrue(unrouted[0].endswith("; no route takes it"), unrouted)
        code, listed, _ = millwright("alarms", "--json", "-c", node.config)
        self.assertEqual(code, 0)
        why = {each["sensor_id"]: each["explanation"] for each in map(json.loads, listed.splitlines())}
        self.assertTrue(why["TI-1"].endswith("; route pumps"), why)
        self.assertTrue(why["TI-3"].endswith("; no route takes it, so every channel is told"), why)
        self.explained(node)
        node.kill()
        node = self.start(self.settings | {"routes": [{"name": "all", "channels": ["night"]}]})
        self.feed(33, 100, 50)
        until("the ends", lambda: (len(self.told("day")), len(self.told("night"))) == (4, 4))
        self.assertEqual([each[:2] for each in self.told("day")],
                         [("TI-1", "cleared"), ("TI-1", "raised"), ("TI-3", "cleared"), ("TI-3", "raised")])
        self.assertEqual([each[:2] for each in self.told("night")],
                         [("TI-2", "cleared"), ("TI-2", "raised"), ("TI-3", "cleared"), ("TI-3", "raised")])
        node.stop()

    def test_what_nobody_acknowledges_is_told_again_over_a_kill_and_to_the_next_level_until_somebody_does(self):
        settings = self.settings | {
            "alarms": {"remind": {"times": 1000}},
            "routes": [{"name": "all", "channels": ["day"], "remind_after": "700ms",
                        "next_level": {"channels": ["night"], "after": "1500ms"}}]}

        def reminders(channel):
            bodies = [each.json() for each in self.receiver.pages("/" + channel)]
            return [each for each in bodies if each["sensor_id"] == "TI-1" and "told again: nobody has" in (each["reason"] or "")]

        node = self.start(settings)
        self.feed(0, 30, 50)
        self.feed(30, 3, 120)
        until("that it is told again", lambda: reminders("day"))
        node.kill()
        self.assertEqual([each["transition"] for each in reminders("day")], ["raised"] * len(reminders("day")))
        before = len(reminders("day"))
        node = self.start(settings)
        until("that it is told once more", lambda: len(reminders("day")) > before)
        until("the next level", lambda: reminders("night"))
        self.assertEqual(reminders("night")[0]["route"], "all, next level")
        alarm = reminders("night")[0]["alarm_id"]
        code, said, _ = millwright("ack", alarm, "-c", node.config)
        self.assertEqual(code, 0, said)
        acknowledged = {channel: len(reminders(channel)) for channel in ("day", "night")}
        time.sleep(2.5)
        self.feed(33, 100, 50)
        for channel in ("day", "night"):
            until("its end", lambda: ("TI-1", "cleared", None) in self.told(channel))
            # One may have been on its way.
            self.assertLessEqual(len(reminders(channel)), acknowledged[channel] + 1)
        self.assertFalse([each for each in self.told("night") if each[0] == "TI-1" and each[2] == "all"])
        node.stop()

    def test_what_is_shelved_pages_nobody_over_a_kill_and_pages_once_when_it_is_unshelved_or_ends(self):
        node = self.start(self.settings)

        def said(*command, code=0):
            result, out, err = node.ask(*command)
            self.assertEqual(result, code, err + node.log()[-2000:])
            return err if code else out

        def alarms():
            return {each["sensor_id"]: each for each in map(json.loads, said("alarms", "--json").splitlines())}

        self.feed(0, 30, 50)
        until("the sensors", lambda: (node.status() or {}).get("sensors") == 3)
        why = ("--reason", "new bearing", "--by", "anna")
        until("the units", lambda: node.ask("shelve", "pump-1", "--for", "4h", *why)[0] == 0)
        self.assertRegex(said("shelve", "TI-2", "--for", "4h", *why),
                         r"^sensor TI-2 of north is shelved until 20..-..-..T..:..:..Z")
        self.assertIn("--for: expected for how long", said("shelve", "TI-3", *why, code=2))
        self.assertIn("a shelf lasts from one second to 168 hours", said("shelve", "TI-3", "--for", "8d", *why, code=2))
        self.feed(30, 3, 120)
        until("the third sensor's pages", lambda: (len(self.told("day")), len(self.told("night"))) == (1, 1))
        until("all alarms", lambda: len(alarms()) == 3)
        node.kill()
        node = self.start(self.settings)
        until("its alarms", lambda: node.status() and len(alarms()) == 3)
        listed = alarms()
        self.assertIn("with unit pump-1 of north by anna", listed["TI-1"]["shelved"])
        self.assertIn("with sensor TI-2 of north by anna", listed["TI-2"]["shelved"])
        self.assertIsNone(listed["TI-3"]["shelved"])
        until("the count", lambda: (node.status() or {}).get("alarms_shelved") == 2)
        self.assertEqual(len(said("shelve").splitlines()), 2)
        self.assertEqual(self.told("day") + self.told("night"), [("TI-3", "raised", "default")] * 2)

        said("note", listed["TI-1"]["short_id"], "the gauge sticks", "--by", "ben")
        said("unshelve", "north/pump-1", "--by", "bert")
        until("its page", lambda: len(self.told("day")) == 2)
        page = next(each.json() for each in self.receiver.pages("/day") if each.json()["sensor_id"] == "TI-1")
        self.assertRegex(page["message"], "stands after it was shelved until .* with unit pump-1 of north by anna")
        self.assertEqual([(each["what"], each["by"].split()[0]) for each in alarms()["TI-1"]["remarks"]],
                         [("note", "ben"), ("unshelved", "bert")])
        # Its end by itself, as soon as a shelf can end.
        said("shelve", "TI-2", "--for", "1s", *why)
        until("its page", lambda: ("TI-2", "raised", "fans") in self.told("night"))
        node.kill()
        node = self.start(self.settings)
        self.feed(33, 100, 50)
        until("the ends", lambda: sum(each[1] == "cleared" for each in self.told("day") + self.told("night")) == 4)
        self.assertEqual(sum(each[1] == "raised" for each in self.told("day") + self.told("night")), 4)
        self.assertEqual(said("shelve"), "nothing is shelved\n")
        node.stop()

    def test_what_routes_leave_out_is_named_and_a_question_answered_without_a_node(self):
        config = self.write("node.yaml", [yaml_of(self.settings | {"routes": [PUMPS, PUMPS | {"name": "again"}, FANS]})])
        code, said, mistakes = millwright("config", "check", config)
        self.assertEqual((code, mistakes), (0, ""))
        lines = said.splitlines()
        self.assertEqual(lines[0], "route again: nothing reaches it: pumps before it takes whatever it would")
        self.assertIn("no route takes the node's own alarms: the default route tells every channel of them", lines)
        self.assertTrue(any(each.startswith("no route takes ") and "press-1 at north" in each for each in lines), said)
        self.assertTrue(lines[-1].endswith(": ok"))
        code, said, mistakes = millwright("route", "test", "-c", config, "--facility", "north", "--unit", "fan-1",
                                          "--rule", "limit", "--severity", "critical", "--at", "2026-11-30T12:00:00Z")
        self.assertEqual((code, mistakes), (0, ""))
        self.assertEqual(said.splitlines()[1:], ["  pumps  no        unit fan-1 is not pump-*",
                                                 "  again  no        unit fan-1 is not pump-*",
                                                 "  fans   takes it  unit fan-1, severity critical",
                                                 "told: night (fans)",
                                                 "told again while nobody acknowledges it (fans): every 10min, 6 times at most"])
        broken = self.write("broken.yaml", [yaml_of(self.settings | {"routes": [PUMPS | {"channels": ["nigth"]}]})])
        code, _, mistakes = millwright("config", "check", broken)
        self.assertEqual(code, 2)
        self.assertIn("routes[0].channels: there is no channel nigth (did you mean night?)", mistakes)


if __name__ == "__main__":
    unittest.main()
