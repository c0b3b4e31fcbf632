"""What a former version stored opens and goes on: each archive was made by plant_before.py with the version before a change
of what is stored. Nothing that it held is lost, told again or counted twice."""

import json
import os
import tarfile

from http_receiver import Receiver
from node_process import Dump, NodeTest, merged, millwright, until
from plant_before import SOUTH_UNTIL, STOPPED_AT, Feed, alarms, north, settings, south

HERE = os.path.dirname(os.path.abspath(__file__))
# As the former version's book had it, by sensor and rule; None is the node itself.
STANDING = {("TI-1", "limit"), ("TI-1", "z"), ("TI-1", "state"), ("TI-2", "limit"), ("TI-2", "state"), ("TI-4", "stale"),
            ("TI-5", "bad_quality"), (None, "source_silent")}
GOES_ON_UNTIL = 1400


def after(second):
    """What north gives from the restart on: TI-1 is beyond its limit for a minute more, then all is well, and TI-4 is back."""
    lines = []
    for line in north(second):
        row = json.loads(line)
        if row["sensor_id"] in ("TI-1", "TI-2") and second >= STOPPED_AT + 60:
            row["temperature_celsius"] = 50 + second * 7919 % 11 / 10
        row.pop("quality_score", None)
        lines.append(json.dumps(row))
    return lines + [json.dumps(json.loads(lines[2]) | {"sensor_id": "TI-4"})]


class UpgradeTest(NodeTest):
    archive = "stores-0.1.tar.xz"

    def setUp(self):
        super().setUp()
        self.addCleanup(os.chdir, os.getcwd())
        with tarfile.open(os.path.join(HERE, self.archive)) as stores:
            stores.extractall(self.directory)
        os.chdir(self.directory)
        with open("before.json") as told:
            self.before = json.load(told)

    def node(self, receiver):
        # What was left behind grows older with each year; and a busy machine may feed slowly.
        return self.start(merged(settings(receiver.url()), {"source": {"silent_after": "1h"}}) | {"alarms": {"retention": "36500d"}, "ledger": {
            "path": "ledger", "interval": "200ms", "retention": {"age": "36500d"}}})

    def stopped(self, node, feed):
        node.process.terminate()
        until("its end", lambda: feed.nudge() or not node.alive())
        self.assertEqual(node.process.returncode, 0, node.log())
        return Dump(node, ["hook"])

    def test_all_that_a_former_version_stored_is_found(self):
        class Stopped:
            directory, ledger, alarms = self.directory, "ledger", "ledger-alarms"
        dump = Dump(Stopped, ["hook"])
        self.assertEqual(dump.marks, ["", ""])
        self.same_as_before(dump)
        kept = {row["alarm_id"]: row for row in dump.rows("alarms-kept")}
        self.assertEqual(len(kept), len(self.before["alarms"]))
        for row in self.before["alarms"]:
            for field in ("state", "acknowledged", "acknowledged_by", "raised_at", "number", "transition", "rule",
                          "severity", "value", "channels", "message"):
                with self.subTest(alarm=row["message"], field=field):
                    self.assertEqual(kept[row["alarm_id"]][field], row[field])
        self.assertEqual([page["key"] for page in dump.rows("pages")], [page["key"] for page in self.before["pages"]])

    def same_as_before(self, dump):
        self.assertEqual({kind: len(dump.results[kind]) for kind in self.before["rows"]}, self.before["rows"])
        self.assertEqual((dump.counters, dump.positions, dump.waiting),
                         (self.before["counters"], self.before["positions"], self.before["waiting"]))

    def test_its_ledger_is_sound_and_what_is_saved_of_it_is_all_of_it(self):
        code, out, said = millwright("ledger", "check", "ledger", "--journal", "ledger-alarms")
        self.assertEqual((code, said), (0, ""), out)
        code, out, said = millwright("ledger", "salvage", "ledger", "--out", "saved", "--journal", "ledger-alarms")
        self.assertEqual((code, said, out.count("nothing is lost")), (0, "", 2), out)

        class Saved:
            directory, ledger, alarms = self.directory, "saved", "saved-alarms"
        self.same_as_before(Dump(Saved, ["hook"]))

    def test_alarms_pages_windows_and_counts_go_on(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        standing = {(row["sensor_id"], row["rule"]): row for row in self.before["alarms"] if row["state"] == "active"}
        self.assertEqual(set(standing), STANDING)
        node, feed = self.node(receiver), Feed()
        before = node.committed()
        self.addCleanup(feed.close)

        # The critical one that waited while the receiver was down, with the key that it was journaled under.
        key = standing["TI-1", "limit"]["alarm_id"] + "-1-hook"
        until("the page that waited", lambda: key in {page.key for page in receiver.pages()})
        # A condition of the node is over when it is over, not because the node was started anew.
        for second in range(STOPPED_AT, STOPPED_AT + 30):
            feed.send(0, *after(second))
        until("north", lambda: (node.status() or {}).get("taken", 0) > 0)
        until("a commit", lambda: node.committed() > before)
        silent = standing[None, "source_silent"]["alarm_id"]
        self.assertEqual([row["state"] for row in alarms() if row["alarm_id"] == silent], ["active"])
        for second in range(STOPPED_AT, GOES_ON_UNTIL):
            if second >= STOPPED_AT + 30:
                feed.send(0, *after(second))
            feed.send(1, *south(second))
        taken = sum(len(after(second)) + 2 for second in range(STOPPED_AT, GOES_ON_UNTIL))
        until("the readings", lambda: (node.status() or {}).get("taken", 0) >= taken)
        self.stopped_well(self.stopped(node, feed), standing, receiver)

    def stopped_well(self, dump, standing, receiver):
        # From the start on the two know each other.
        self.assertRegex(dump.marks[0], "^[0-9a-f-]{36}$")
        self.assertEqual(dump.marks[0], dump.marks[1])
        rows = {row["alarm_id"]: row for row in dump.rows("alarms-kept")}
        for about, was in standing.items():
            with self.subTest(alarm=about):
                self.assertEqual(rows[was["alarm_id"]]["state"], "cleared", rows[was["alarm_id"]])
        acknowledged = standing["TI-2", "limit"]
        self.assertTrue(acknowledged["acknowledged_by"].startswith("anna"))
        self.assertEqual(rows[acknowledged["alarm_id"]]["acknowledged_by"], acknowledged["acknowledged_by"])
        fresh = [row for row in rows.values() if row["alarm_id"] not in {was["alarm_id"] for was in self.before["alarms"]}]
        self.assertEqual([row["message"] for row in fresh
                          if row["rule"] in ("limit", "stale", "bad_quality", "source_silent")], [])

        # Nothing that was sent before is sent again.
        came = [page.key for page in receiver.pages()]
        self.assertEqual(set(came) & {page["key"] for page in self.before["pages"]}, set())
        self.assertEqual(len(came), len(set(came)))

        # A window that the stop lies in the middle of.
        window = [row for row in dump.rows("statistics")
                  if row["sensor_id"] == "TI-3" and row["window_start"] == "2026-01-01T00:10:00.000Z"]
        values = [json.loads(north(second)[2])["temperature_celsius"] for second in range(600, 900)]
        self.assertEqual([row["count"] for row in window], [300])
        self.assertAlmostEqual(window[0]["avg"], sum(values) / 300, places=9)

        self.assertEqual(dump.positions, {"north.pipe": self.before["positions"]["north.pipe"] +
                                          sum(len(after(second)) for second in range(STOPPED_AT, GOES_ON_UNTIL)),
                                          "south.pipe": 2 * SOUTH_UNTIL + 2 * (GOES_ON_UNTIL - STOPPED_AT)})
        # A minute's repeat is recognised, one of 400 s before is not; seven of each came before the stop and seven after it.
        every = [north(second) for second in range(STOPPED_AT)] + \
                [after(second) for second in range(STOPPED_AT, GOES_ON_UNTIL)]
        readings = sum("timestamp" in line for lines in every for line in lines)
        south_too = 2 * (SOUTH_UNTIL + GOES_ON_UNTIL - STOPPED_AT)
        self.assertEqual((dump.counters["accepted"], dump.counters["duplicate"], dump.counters["rejected/missing-field"]),
                         (readings - 14 + south_too, 14, 14))


class SensorsAloneTest(UpgradeTest):
    """The last program whose ledger held the states of sensors alone."""
    archive = "stores-sensors-alone.tar.xz"


if __name__ == "__main__":
    import unittest
    unittest.main()
