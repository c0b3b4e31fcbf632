"""The supervision tree as a person sees it: `millwright tree`, `millwright describe` while the node runs."""

import json

from node_process import NodeTest, until


class TreeTest(NodeTest):
    def setUp(self):
        super().setUp()
        plant = self.path("plant")
        self.node = self.start({
            "node": {"shards": 2},
            "source": {"type": "simulation",
                       "simulation": {"sensors": 90, "facilities": 2, "seed": 1, "interval": "1s", "metadata": plant}},
            "channels": {"duty": {"type": "log"}},
            "plant": {"facilities": plant + "/facilities.jsonl", "sensors": plant + "/sensors.jsonl"}})
        until("all sensors, and what stands above them", self.settled)

    def settled(self):
        status = self.node.status() or {}
        return status.get("sensors") == 90 and status.get("plant", {}).get("facilities") == 2

    def ask(self, *arguments):
        code, said, mistakes = self.node.ask(*arguments)
        self.assertEqual((code, mistakes), (0, ""), mistakes)
        return said

    def rows(self, *arguments):
        return [json.loads(line) for line in self.ask(*arguments, "--json").splitlines()]

    def names_of(self, parent, kind):
        names, start = [], 0
        while start is not None:
            *rows, end = self.rows("tree", parent, "--kind", kind, "--limit", "7", "--from", str(start))
            names += [row["name"] for row in rows]
            start = end["next"]
        return names

    def test_every_actor_is_found_from_the_root_and_says_how_it_is(self):
        # Folded: what there are many of is a number.
        rows = self.rows("tree")
        named = {row["name"]: row for row in rows if "name" in row}
        self.assertEqual(rows[0], {"name": "node", "parent": None, "kind": "node", "state": "living"})
        for name, kind in (("node/paging/router", "router"), ("node/paging/owner", "owner"),
                           ("node/paging/channel/duty", "channel"), ("node/monitor", "monitor"),
                           ("node/shard/0", "shard"), ("node/shard/1", "shard"), ("node/above", "host")):
            self.assertEqual((named[name]["kind"], named[name]["parent"], named[name]["state"]),
                             (kind, "node", "living"))
        folded = {(row["parent"], row["kind"]): row["count"] for row in rows if "count" in row}
        self.assertEqual(folded["node/shard/0", "sensor"] + folded["node/shard/1", "sensor"], 90)
        self.assertIn("45 of kind sensor", self.ask("tree"))

        # Page by page: each once.
        sensors = self.names_of("node/shard/0", "sensor") + self.names_of("node/shard/1", "sensor")
        self.assertEqual((len(sensors), len(set(sensors))), (90, 90))
        facilities = self.names_of("node/above", "facility")
        self.assertEqual(len(facilities), 2)

        # Each says how it is.
        for name in list(named) + sensors[::15] + facilities + self.names_of("node/above", "equipment")[:2]:
            row, = self.rows("describe", name)
            self.assertEqual(row["name"], name)
            self.assertIsInstance(row["describes"], dict, row)
            self.assertTrue(row["meaning"], row)
        row, = self.rows("describe", sensors[0])
        self.assertEqual(row["parent"], "/".join(sensors[0].split("/")[:3]))
        self.assertGreater(row["describes"]["readings"], 0)
        self.assertIn("below " + row["parent"], self.ask("describe", sensors[0]))
        parts = {part["part"]: part["deaths"] for part in self.rows("describe", "node")[0]["describes"]["parts"]}
        self.assertEqual(parts["paging"], 0)

        # What is not there is told in one line.
        self.assertIn("no actor of this name", self.refused_by(self.node, "describe", "node/shard/7"))
