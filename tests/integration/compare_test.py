"""What another configuration would have paged: `replay --compare` says of the recorded machine what two replays of their own
say; `report` says of a node what it paged, running and stopped."""

import json
import os

from node_process import NodeTest, millwright, until

DATA = "config/sample-data/"
READINGS, MAPPING = DATA + "machine_temperature_system_failure.csv", DATA + "machine-temperature.yaml"
OTHER = DATA + "machine-temperature-settings.yaml"
ALERTS = ("raised", "updated")


def rows_of(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class CompareTest(NodeTest):
    def replay(self, *arguments):
        code, said, mistakes = millwright("replay", READINGS, "--csv", MAPPING, *arguments, patience=240)
        self.assertEqual((code, mistakes), (0, ""), mistakes)
        return said

    def refused(self, *arguments):
        code, said, mistakes = millwright(*arguments, patience=240)
        self.assertEqual((code, said), (2, ""), mistakes)
        self.assertNotIn("terminate", mistakes)
        return mistakes

    def pages(self, directory):
        """(time, rule) of each alert, out of the files of a replay."""
        steps = {(row["alarm_id"], row["number"]): row for row in rows_of(os.path.join(directory, "alarms.ndjson"))}
        out = set()
        for row in rows_of(os.path.join(directory, "notifications.ndjson")):
            number = int(row["key"][len(row["alarm_id"]) + 1:].split("-")[0])
            step = steps[row["alarm_id"], number]
            if row["outcome"] == "planned" and step["transition"] in ALERTS:
                out.add((step["timestamp"], step["rule"]))
        return out

    def test_the_counts_are_those_of_two_replays_and_the_rows_too(self):
        self.replay("--out", self.path("one"), "--kinds", "alarms,notifications")
        self.replay("--out", self.path("two"), "--kinds", "alarms,notifications", "-c", OTHER)
        before, after = self.pages(self.path("one")), self.pages(self.path("two"))
        raised = [sum(row["transition"] == "raised" for row in rows_of(self.path(name + "/alarms.ndjson")))
                  for name in ("one", "two")]
        self.assertGreater(len(after), len(before))

        both = json.loads(self.replay("--compare", OTHER, "--json", "--out", self.path("both"), "--kinds",
                                      "alarms,notifications"))
        for name, file in (("one", "before"), ("two", "after")):
            for kind in ("alarms", "notifications"):
                with open(self.path(f"{name}/{kind}.ndjson"), "rb") as own, \
                        open(self.path(f"both/{file}/{kind}.ndjson"), "rb") as compared:
                    self.assertEqual(own.read(), compared.read())
        for name, pages, alarms in (("before", before, raised[0]), ("after", after, raised[1])):
            found = both[name]
            self.assertEqual((found["readings"], found["alarms"], found["pages"]), (22694, alarms, len(pages)))
            self.assertEqual({rule: tally["pages"] for rule, tally in found["by_rule"].items() if tally["pages"]},
                             {rule: sum(each == rule for _, each in pages) for _, rule in pages})
            self.assertEqual({hour for hour, tally in found["by_hour"].items() if tally["pages"]},
                             {at[:13] for at, _ in pages})
            self.assertEqual(found["by_channel"], {"terminal": len(pages)})
        change = both["difference"]
        self.assertEqual({(row["timestamp"], row["rule"]) for row in change["more_pages"]}, after - before)
        self.assertEqual({(row["timestamp"], row["rule"]) for row in change["fewer_pages"]}, before - after)
        self.assertEqual((change["more"], change["fewer"]), (len(after - before), len(before - after)))

        # For people, with what was wrong: the failures that are known.
        with open(DATA + "windows.json") as known, open(self.path("truth"), "w") as truth:
            for begin, end in next(iter(json.load(known).values())):
                truth.write(json.dumps({"kind": "failure", "facility_id": "numenta",
                                        "sensor_id": "machine-temperature", "start": begin[:19].replace(" ", "T") + "Z",
                                        "end": end[:19].replace(" ", "T") + "Z"}) + "\n")
        said = self.replay("--compare", OTHER, "--truth", self.path("truth"))
        figures = {line[:26].strip(): line[26:].split() for line in said.splitlines()}
        self.assertEqual(figures["pages"][:2], [str(len(before)), str(len(after))])
        self.assertEqual(figures["faults"][:2], ["4", "4"])
        self.assertEqual(figures["found"][:2], ["3", "4"])
        self.assertEqual(figures["missed"][:2], ["1", "0"])

    def test_one_setting_is_compared_and_what_does_not_change_is_said_to_be_as_before(self):
        same = json.loads(self.replay("--with", "rules.z.critical=6", "--json"))["difference"]
        self.assertEqual((same["more"], same["fewer"]), (0, 0))
        shown = self.replay("--with", "rules.state.pages=false")
        self.assertIn("pages: 0 more, ", shown)
        self.assertIn("fewer: only before", shown)
        alone = json.loads(self.replay("--json", "--operators", "2"))
        self.assertEqual((alone["operators"], alone["readings"]), (2, 22694))

    def test_mistakes_are_told(self):
        for name, column in (("a.yaml", "timestamp"), ("b.yaml", "at")):
            with open(self.path(name), "w") as out:
                out.write(f"source: {{file: {{csv: {{timestamp: {column}, constants: {{facility_id: main}}, "
                          "sensors: [{column: value, sensor_id: T}]}}}\n")
        mistake = self.refused("replay", READINGS, "-c", self.path("a.yaml"), "--compare", self.path("b.yaml"))
        self.assertIn("source.file.csv", mistake)
        self.assertIn("--csv", mistake)
        with open(self.path("percent.yaml"), "w") as out:
            out.write("source: {quality: percent}\n")
        self.assertIn("source.quality", self.refused("replay", READINGS, "--csv", MAPPING, "--compare",
                                                     self.path("percent.yaml")))
        self.assertIn("no.yaml", self.refused("replay", READINGS, "--csv", MAPPING, "--compare", self.path("no.yaml")))
        self.assertIn("only once", self.refused("replay", "-", "--compare", OTHER))
        self.assertIn("--truth", self.refused("replay", READINGS, "--csv", MAPPING, "--truth="))
        self.assertIn("--out", self.refused("replay", READINGS, "--csv", MAPPING))
        with open(self.path("empty.ndjson"), "w") as out:
            out.write("{}\n")
        self.assertIn("no reading was accepted", self.refused("replay", self.path("empty.ndjson"), "--compare", OTHER))


class ReportTest(NodeTest):
    def test_a_node_reports_what_it_paged_running_and_stopped(self):
        fault = {"kind": "step", "at": "2min", "lasts": "1min", "sensor": "PI-103"}
        plant = self.path("plant")
        node = self.start({
            "source": {"type": "simulation",
                       "simulation": {"sensors": 60, "facilities": 2, "seed": 1, "metadata": plant, "speed": 20,
                                      "faults": [fault], "truth": self.path("truth")}},
            "plant": {"facilities": plant + "/facilities.jsonl", "sensors": plant + "/sensors.jsonl"},
            "channels": {"log": {"type": "log"}}})

        def reported(*arguments):
            code, said, mistakes = node.ask("report", "--json", *arguments)
            return json.loads(said) if code == 0 else None

        found = until("its page is reported", lambda: (lambda x: x and x["pages"] and x)(
            reported("--truth", self.path("truth"))))
        self.assertEqual(found["by_rule"]["limit"]["pages"], 1)
        self.assertEqual(found["by_sensor"]["main-hamburg/PI-103"]["pages"], 1)
        self.assertEqual((found["truth"]["found"], found["truth"]["missed"], found["truth"]["false"]), (1, 0, 0))
        shift = reported("--shift")
        handed = shift["standing"] + shift["unacknowledged"]
        self.assertEqual([row["place"] for row in handed], ["main-hamburg/PI-103"])
        self.assertTrue(handed[0]["new"])
        self.assertEqual((handed[0]["shelved_until"], handed[0]["notes"], shift["shelved"]), (None, [], []))
        self.assertEqual(node.ask("note", handed[0]["short_id"], "looks loose", "--by", "ben")[0], 0)
        self.assertEqual(node.ask("shelve", "main-hamburg/PI-103", "--for", "4h", "--reason", "new gauge", "--by",
                                  "anna")[0], 0)
        shift = reported("--shift")
        handed = shift["standing"] + shift["unacknowledged"]
        self.assertEqual([note["text"] for note in handed[0]["notes"]], ["looks loose"])
        self.assertTrue(handed[0]["notes"][0]["by"].startswith("ben"))
        shelf = shift["shelved"][0]
        self.assertEqual((shelf["what"], shelf["reason"], shelf["by"][:4]),
                         ("sensor PI-103 of main-hamburg", "new gauge", "anna"))
        shown = node.ask("report", "--shift")[1]
        self.assertRegex(shown, r"\nshelved, nobody is paged for it until then: 1\n")
        self.assertIn("looks loose", shown)
        self.assertEqual(node.ask("ack", handed[0]["short_id"], "--by", "anna")[0], 0)
        shown = node.ask("report", "--shift")[1]
        self.assertTrue("  anna (user " in shown or "came, went and want nothing more: 1" in shown, shown)
        for arguments in (("--last", "0"), ("--last", "soon"), ("--shift", "--operators", "2")):
            code, said, mistakes = node.ask("report", *arguments)
            self.assertEqual((code, said), (2, ""))
            self.assertIn(arguments[-1] if arguments[0] == "--last" else "--shift", mistakes)

        node.stop()
        code, said, mistakes = millwright("report", "--json", "--ledger", self.path("ledger"))
        self.assertEqual((code, mistakes), (0, ""), mistakes)
        self.assertEqual(json.loads(said)["by_sensor"]["main-hamburg/PI-103"]["pages"], 1)
        code, said, mistakes = millwright("report", "--shift", "--json", "--ledger", self.path("ledger"))
        self.assertEqual(code, 0, mistakes)
        self.assertEqual(json.loads(said)["shelved"], [shelf])
        code, said, mistakes = millwright("report", "--ledger", self.path("nothing"))
        self.assertEqual((code, said), (2, ""))
        self.assertIn("no ledger is here", mistakes)
