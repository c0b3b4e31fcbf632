"""A ledger or a journal that was damaged while the node was down: flipped bits, a file cut short, empty or gone;
after a kill and after an orderly end. A node started on it never dies without words and never goes on in silence:
what is damaged is named, `ledger check` finds it, `ledger salvage` saves the rest, and the node that goes on with
that differs from an undisturbed one only where it was said."""

import os
import random
import shutil
import signal
import unittest

from fault_case import LONG, FaultCase
from kills import await_commits
from node_process import Dump, Node, millwright
from same_outcome import as_decided, differences

SEED = 20261122
FLIPS = 1000 if LONG else 60
MINUTES = 20
ATTEMPTS = 50
STORES = {"ledger": "ledger", "journal": "ledger-alarms"}
# What a lost record of these means is more than a row: what follows need not be exact, and salvage says so.
FAR_REACHING = ("positions/", "splits/", "node/", "meta", "transitions/", "names cannot be read", "cannot be told")
# What actors above the sensors have no part in.
OF_SENSORS = ("statistics", "patterns", "averages", "anomalies", "dead-letters", "health")
# A record by table and key, a table, a page by its number, or the file as a whole.
NAMED = (r"[a-z-]+/\S.* (is damaged|has a wrong checksum)|"
         r"[a-z-]+: (\d+ records where|its root|of another kind|an entry of)|"
         r"page \d+ |the list of (tables|free pages) |the meta pages differ|the file ends|commit \d+ was written|"
         r"it is (empty|missing), but")
WITHOUT_SOCKET = shutil.ignore_patterns("*.sock")


class Trial:
    """A copy of a stopped node's directory, to be damaged."""

    def __init__(self, test, begun, number):
        self.test, self.directory = test, test.path(f"trial-{number}")
        shutil.copytree(begun, self.directory, ignore=WITHOUT_SOCKET)
        self.places = {name: os.path.join(self.directory, part) for name, part in STORES.items()}

    def file(self, store):
        return os.path.join(self.places[store], "data.mdb")

    def again(self, name):
        """The damaged directory once more, for what changes it."""
        other = self.directory + name
        shutil.copytree(self.directory, other, ignore=WITHOUT_SOCKET)
        self.test.addCleanup(shutil.rmtree, other, ignore_errors=True)
        return other

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def lost_lines(told):
    """What salvage lists as lost."""
    lost, within = [], False
    for line in told.splitlines():
        if line.startswith("    "):
            lost += [line.strip()] if within else []
        else:
            within = line == "  lost:"
    return lost


def anew(lost, tables):
    """The names of those whose records of these tables are lost: the last part of each key."""
    return {line.split(":")[0].split(" ")[0].split("/")[-1] for line in lost if line.startswith(tables)}


class DamagedStoreTest(FaultCase):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.sensors = self.plant(60, 90, MINUTES * 60, faults={kind: 20 for kind in
                                                                ("spike", "stuck", "late", "duplicated", "malformed")})
        self.settings = self.over_file(self.sensors, self.receiver(), "10ms")
        # Which page took another in is a matter of what waited when, of how busy the machine is.
        self.expected = as_decided(self.finished(self.settings, "undisturbed"))
        self.tally = {}

    def begun(self, name, orderly):
        """A node that took half of the input, was started again, and was ended a commit later, in its own directory."""
        with open(self.sensors.readings) as readings:
            lines = readings.readlines()
        with open(self.sensors.readings, "w") as readings:
            readings.writelines(lines[:len(lines) // 2])
        half = self.path(name + "-half")
        os.mkdir(half)
        self.assertEqual(self.go_on(half)[1], 0)
        with open(self.sensors.readings, "a") as readings:
            readings.writelines(lines[len(lines) // 2:])
        # A busy machine may let the node come to its end before this process has its turn.
        for attempt in range(ATTEMPTS):
            directory = self.path(f"{name}-{attempt}")
            shutil.copytree(half, directory, ignore=WITHOUT_SOCKET)
            if self.ended_amid(directory, orderly):
                os.rename(directory, self.path(name))
                return self.path(name)
            shutil.rmtree(directory)
        self.fail(f"the run was over {ATTEMPTS} times before it could be ended")

    def ended_amid(self, directory, orderly):
        """A node on the store is started, and ended behind a commit; false where it had come to the end of its input."""
        node = Node(directory, self.settings)
        self.addCleanup(lambda: node.kill() if node.alive() else None)
        await_commits(node, 1)
        alive = node.alive()
        node.process.send_signal(signal.SIGTERM if orderly else signal.SIGKILL)
        code = node.wait()
        if not alive or (code == 0 and not orderly):
            return False
        self.assertEqual(code, 0 if orderly else -signal.SIGKILL, node.log()[-2000:])
        self.assertEqual(os.path.exists(os.path.join(node.ledger, "clean")), orderly)
        return True

    def go_on(self, directory, name="ledger"):
        """Runs to the end of the input; the node, and its exit code."""
        node = Node(directory, self.settings, name)
        code = node.wait()
        self.assertIn(code, (0, 2), f"ended with {code}: {node.log()[-2000:]}")
        return node, code

    def dump(self, node):
        """Of a node that has ended, once all is committed and its pages are out: the rest goes when it is started again."""
        for _ in range(50):
            dump = Dump(node, ["hook"])
            if dump.waiting["hook"] == 0 and dump.positions == self.expected.positions:
                return dump
            node, code = self.go_on(node.directory, os.path.basename(node.ledger))
            self.assertEqual(code, 0, node.log()[-2000:])
        self.fail(f"pages still wait: {dump.waiting}; positions: {dump.positions}")

    def complaint(self, node):
        lines = [line for line in node.log().splitlines() if line.startswith("millwright: ")]
        self.assertTrue(lines, "not a word: " + node.log()[-1000:])
        return lines[-1]

    def examine(self, trial, store, what):
        """One damaged store, by everything that a person would do with it."""
        with self.subTest(what):
            code, said, problem = millwright("ledger", "check", trial.places["ledger"])
            self.assertIn(code, (0, 2), problem)
            node, ended = self.go_on(trial.again("-run"))
            if code == 0:
                self.assertIn("sound", said)
                self.assertEqual(ended, 0, "check finds nothing, yet: " + node.log()[-1000:])
                self.same_as_undisturbed(self.dump(node), set(), set(), set())
                return self.note("harmless")
            self.assertRegex(said + problem, r"damaged:|no (ledger|alarm journal) is here")
            if ended == 2:
                words = self.complaint(node)
                self.assertIn("/" + STORES[store] + "/data.mdb: ", words)
                self.assertRegex(words, NAMED, "what is damaged is not named")
            else:
                # After an orderly end the results, which nothing depends on, are not looked through at the start.
                self.assertTrue(what.startswith("clean ledger"), "the node went on in silence: " + said)
                self.assertRegex(said, r"results/[a-z-]+/commit \d+ block \d+ is damaged")
            self.salvaged(trial, store)

    def salvaged(self, trial, store):
        out = os.path.join(trial.directory, "saved")
        code, told, problem = millwright("ledger", "salvage", trial.places["ledger"], "--out", out)
        if code != 0:
            self.assertEqual(code, 2)
            self.assertRegex(problem, r"nothing can be told or saved|no ledger is here")
            return self.note("beyond saving")
        if "all of it" not in told:
            code, sound, problem = millwright("ledger", "check", out)
            self.assertEqual(code, 0, sound + problem)
        node, code = self.go_on(trial.directory, "saved")
        self.assertEqual(code, 0, node.log()[-2000:])
        lost = lost_lines(told)
        if any(mark in line for line in lost for mark in FAR_REACHING):
            return self.note("saved, far-reaching loss")
        # "sensors/houston/TI-101: it starts anew ...", "actors/equipment/houston/pump-3: it starts anew ..."
        sensors, actors = anew(lost, ("sensors/", "changes/")), anew(lost, ("actors/", "actor-changes/"))
        kinds = {line.split("/")[1] for line in lost if line.startswith("results/")}
        if any(line.startswith("counters/") for line in lost):
            kinds.add("counters")
        # What the journal has lost is found and told again; what it was before is not known any more.
        if store == "journal" and (lost or "cannot be had whole" in told):
            kinds |= {"alarms-kept", "pages", "alarms"}
        self.same_as_undisturbed(self.dump(node), sensors, actors, kinds, told)
        self.note("saved, with the loss that was told" if sensors or actors or kinds else "saved, nothing lost")

    def same_as_undisturbed(self, got, sensors, actors, kinds, told=""):
        """But for rows of these kinds, and of what has started anew: of sensors, and of actors above them."""
        got = as_decided(got)
        everybody = sensors | actors
        def rest(kind, lines):
            names = sensors if kind in OF_SENSORS else everybody
            return [line for line in lines if not any(f'"{name}"' in line for name in names)]
        for kind in self.expected.results:
            if kind not in kinds and not (everybody and kind in ("alarms-kept", "pages", "notifications")):
                wanted, found = rest(kind, self.expected.results[kind]), rest(kind, got.results[kind])
                self.assertIsNone(differences(wanted, found), kind + "\n" + told)
        self.assertEqual(got.positions, self.expected.positions)
        if not everybody and "counters" not in kinds:
            self.assertEqual(got.counters, self.expected.counters)

    def note(self, outcome):
        self.tally[outcome] = self.tally.get(outcome, 0) + 1

    def tell(self):
        print(", ".join(f"{count} {outcome}" for outcome, count in sorted(self.tally.items())), flush=True)

    def test_flipped_bits(self):
        begun = [self.begun("killed", False), self.begun("clean", True)]
        for number in range(FLIPS):
            trial = Trial(self, begun[number % 2], number)
            store = "journal" if number % 4 == 3 else "ledger"
            with open(trial.file(store), "r+b") as file:
                at = self.random.randrange(os.path.getsize(trial.file(store)))
                bit = self.random.randrange(8)
                file.seek(at)
                old = file.read(1)[0]
                file.seek(at)
                file.write(bytes([old ^ 1 << bit]))
            self.examine(trial, store, f"{os.path.basename(begun[number % 2])} {store}: bit {bit} of byte {at}")
            trial.remove()
        self.tell()
        self.assertLess(self.tally.get("harmless", 0), FLIPS)

    def test_files_cut_short_empty_or_gone(self):
        begun = [self.begun("killed", False), self.begun("clean", True)]
        number = 0
        for directory in begun:
            for store in STORES:
                size = os.path.getsize(os.path.join(directory, STORES[store], "data.mdb"))
                half = size // 2 // 4096 * 4096
                for length in (None, 0, 4095, half, half + 100, size - 4096, size - 1):
                    number += 1
                    trial = Trial(self, directory, number)
                    if length is None:
                        os.remove(trial.file(store))
                    else:
                        os.truncate(trial.file(store), length)
                    self.examine(trial, store, f"{os.path.basename(directory)} {store}: {length} of {size} bytes")
                    trial.remove()
        self.tell()


if __name__ == "__main__":
    unittest.main()
