"""Whether two runs came out alike: what a node that was disturbed has found, kept and told, beside one that was not."""

import json
import signal
from collections import Counter

from node_process import PATIENCE, Dump, sent_keys, until

# A run of some length over a plant with faults has rows of each.
EXPECTED = ("statistics", "patterns", "averages", "anomalies", "dead-letters", "alarms", "pages", "facility", "equipment")
SHOWN = 5


def differences(one, other):
    """Rows of `one` that `other` lacks, and of `other` that `one` lacks: some of each, and how many there are."""
    if one == other:
        return None
    one, other = Counter(one), Counter(other)
    lacking, surplus = sorted((one - other).elements()), sorted((other - one).elements())
    return {"lacking": lacking[:SHOWN], "surplus": surplus[:SHOWN], "how many": (len(lacking), len(surplus))}


def told(receiver, path="/pages"):
    """What a receiver knows of each alarm from the pages that it took: the number of the newest transition, told by
    itself or within a digest."""
    newest = {}
    for page in receiver.pages(path):
        if page.status != 200:
            continue
        body = page.json()
        for each in body["alarms"] if body["kind"] == "digest" else [body]:
            newest[each["alarm_id"]] = max(newest.get(each["alarm_id"], 0), each["number"])
    return newest


def out_of_order(receiver, path="/pages"):
    """Pages that a receiver took after a later one of the same alarm; a page that comes again is none."""
    newest, seen, wrong = {}, set(), []
    for page in receiver.pages(path):
        if page.status != 200 or page.json()["kind"] == "digest" or page.key in seen:
            continue
        seen.add(page.key)
        body = page.json()
        if body["number"] <= newest.get(body["alarm_id"], 0):
            wrong.append(page.key)
        newest[body["alarm_id"]] = body["number"]
    return wrong


def as_decided(dump):
    """Which pages were decided is the same in both; whether one took another in, and so which priority they had, is a
    matter of what waited when."""
    alarms = {row["alarm_id"] for row in dump.rows("alarms-kept")}
    for kind in ("pages", "notifications"):
        if kind in dump.results:
            rows = [row | {"outcome": None, "priority": None} for row in dump.rows(kind) if row["alarm_id"] in alarms]
            dump.results[kind] = sorted(json.dumps(row) for row in rows)
    return dump


def unalerted(receiver):
    """Alarms of which a receiver's first page was a notice, up to the first page about several alarms."""
    heard, found = set(), []
    for page in receiver.pages():
        body = page.json()
        if body["kind"] == "digest" or body.get("members"):
            break
        if body["kind"] != "alert" and body["alarm_id"] not in heard:
            found.append(body["alarm_id"])
        heard.add(body["alarm_id"])
    return found


class SameOutcome:
    """Beside a NodeTest. A test that kills notes each death by `died`."""

    def setUp(self):
        super().setUp()
        # Of each kill: what had come by then, and what the node that died had noted as sent.
        self.deaths = []
        # How often it stood still for longer than a request may take.
        self.pauses = 0

    def died(self, node, receiver):
        self.deaths.append((len(receiver.pages()), sent_keys(node)))

    def finished(self, settings, name, most=50, patience=PATIENCE):
        """Runs to the end of the input, and again until a run changes nothing: pages that wait go out when the node is
        started again, and what a busy machine had no time to commit at the end is read again."""
        channels, before = list(settings["channels"]), None
        for _ in range(most):
            dump = Dump(self.run_to_end(settings, name, patience), channels)
            if not any(dump.waiting.values()) and dump.positions == before:
                return dump
            before = dump.positions
        self.fail(f"pages still wait: {dump.waiting}; positions: {dump.positions}")

    def stopped(self, node, settings, name, how=signal.SIGTERM, most=50):
        """The same for an input without an end, of which the node has taken all: it is stopped, in an orderly way."""
        before = None
        for _ in range(most):
            self.assertTrue(node.alive(), node.log())
            node.stop(how)
            dump = Dump(node, list(settings["channels"]))
            if not any(dump.waiting.values()) and dump.positions == before:
                return dump
            before = dump.positions
            node = self.start(settings, name)
            until("no page waits", lambda: (node.status() or {}).get("pages_pending") == 0 or not node.alive())
        self.fail(f"pages still wait: {dump.waiting}; positions: {dump.positions}")

    def same_findings(self, expected, got, expect=EXPECTED):
        expected, got = as_decided(expected), as_decided(got)
        for kind in expect:
            with self.subTest(kind):
                self.assertGreater(len(expected.results[kind]), 0, f"the input has no {kind} to compare")
        for kind in sorted(expected.results):
            with self.subTest(kind):
                self.assertIsNone(differences(expected.results[kind], got.results[kind]))
        with self.subTest("counters"):
            self.assertEqual(got.counters, expected.counters)
            self.assertEqual(got.positions, expected.positions)
            self.assertEqual((got.unjournaled, expected.unjournaled), (0, 0))

    def same_pages(self, calm, disturbed):
        """Between two receivers; pages of each are signed. Returns how many came once more."""
        def content(page):
            # A page that stands for another one that never came has that one's priority, and is an alert where that was.
            return page.json() | {"priority": None, "kind": None}
        bodies = {page.key: content(page) for page in calm.pages()}
        self.assertEqual(len(bodies), len(calm.pages()), "an undisturbed node repeats no page")
        came = disturbed.pages()
        known = told(calm)
        self.assertIsNone(differences(sorted(known.items()), sorted(told(disturbed).items())), "what each knows")
        for receiver in (calm, disturbed):
            self.assertEqual(out_of_order(receiver), [])
            self.assertEqual(unalerted(receiver), [])
        self.assertEqual(len({page.key for page in came}), len({(page.key, page.body) for page in came}),
                         "a key with other bytes")
        for page in calm.pages() + came:
            self.assertTrue(page.signed)
            # A page that took another in, or is a digest, has come to one of them alone.
            self.assertEqual(content(page), bodies.get(page.key, content(page)))
        # A page comes again only when its node died between the answer and its own note of it: once for each death. One
        # that stood still meanwhile finds the request's time over when it wakes, and tries again as well.
        for number, noted in self.deaths:
            self.assertEqual(noted & {page.key for page in came[number:]}, set())
        for key, times in Counter(page.key for page in came).items():
            self.assertLessEqual(times, 1 + len(self.deaths) + self.pauses, key)
        return len(came) - len({page.key for page in came})
