"""A full disk: pages go out all the same, an alarm `ledger` says so, and once there is room again everything is
committed as if nothing had been."""

import os
import signal
import unittest

from fault_case import FaultCase
from node_process import until
from small_disk import SmallDisk

MEGABYTES = 48
SENSORS, RATE, MINUTES, SPEED = 300, 150, 24, 60


class FullDiskTest(FaultCase):
    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(MEGABYTES)
        self.addCleanup(self.disk.remove)

    def settings(self, receiver, journal_on_it=False, speed=SPEED):
        settings = self.over_simulation(receiver, SENSORS, RATE, MINUTES, speed)
        settings["ledger"]["path"] = os.path.join(self.disk.path, "ledger")
        settings["alarms"] = {"path": os.path.join(self.disk.path, "alarms") if journal_on_it else self.path("alarms")}
        return settings

    def undisturbed(self):
        receiver = self.receiver()
        settings = self.settings(receiver, speed=0)
        del settings["alarms"], settings["ledger"]["path"]
        dump = self.finished(settings, "calm")
        self.assertEqual(self.without(dump, "ledger"), set())
        return receiver, dump

    def about_the_plant(self, receiver):
        return [page for page in receiver.pages() if page.json()["rule"] != "ledger"]

    def full_for_a_while(self, receiver, node, journal_on_it):
        until("commits", lambda: node.committed() >= 5 or not node.alive())
        self.await_pages(receiver, 3, node)
        self.disk.fill()
        self.goes_on_when_there_is_room(receiver, node, journal_on_it)

    def goes_on_when_there_is_room(self, receiver, node, journal_on_it):
        def about(store):
            return [page for page in receiver.about("ledger", "raised") if store in page["message"].split(";")[0]]
        for store in [node.ledger] + ["alarm journal"] * journal_on_it:
            until(f"a page about {store}", lambda: about(store) or not node.alive())
            self.assertTrue(node.alive(), node.log()[-2000:])
            page = about(store)[0]
            self.assertRegex(page["reason"], "No space left on device|Input/output error")
            self.assertIn(self.disk.path, page["reason"] + page["message"])
        stood, came = node.committed(), len(self.about_the_plant(receiver))
        until("pages while nothing is committed",
              lambda: len(self.about_the_plant(receiver)) >= came + 5 or not node.alive())
        if journal_on_it:
            until("pages from memory", lambda: any(page.may_repeat for page in receiver.pages()) or not node.alive())
        self.assertTrue(node.alive(), node.log()[-2000:])
        self.assertEqual(node.committed(), stood)
        self.disk.free()
        until("it says that it commits again", lambda: receiver.about("ledger", "cleared") or not node.alive())
        until("commits go on", lambda: node.committed() > stood + 2 or not node.alive())

    def compare(self, settings, calm, receiver, expected, journal_on_it):
        got = self.finished(settings, "full")
        self.assertEqual(len(self.without(got, "ledger")), 1 + journal_on_it)
        receiver.taken = self.about_the_plant(receiver)
        self.same_findings(expected, got)
        repeats = self.same_pages(calm, receiver)
        if not self.deaths:
            self.assertEqual(repeats, 0)

    def full_amid(self, journal_on_it):
        calm, expected = self.undisturbed()
        receiver = self.receiver()
        settings = self.settings(receiver, journal_on_it)
        node = self.start(settings, "full")
        self.full_for_a_while(receiver, node, journal_on_it)
        self.assertEqual(node.wait(), 0, node.log()[-2000:])
        repeatable = sum(bool(page.may_repeat) for page in receiver.pages())
        self.assertEqual(repeatable > 0, journal_on_it, "only a page that is on no disk may repeat")
        self.compare(settings, calm, receiver, expected, journal_on_it)
        print(f"{len(calm.pages())} pages, of them {repeatable} from memory", flush=True)

    def test_the_ledgers_disk_is_full_for_a_while(self):
        self.full_amid(False)

    def test_the_disk_of_ledger_and_journal_is_full_for_a_while(self):
        self.full_amid(True)

    def test_a_disk_that_is_full_at_the_start_is_told_and_the_node_goes_on_when_there_is_room(self):
        calm, expected = self.undisturbed()
        receiver = self.receiver()
        settings = self.settings(receiver, True)
        self.disk.fill()
        self.refused(settings)
        self.disk.free()
        node = self.start(settings, "full")
        until("commits", lambda: node.committed() >= 5 or not node.alive())
        node.kill()
        self.died(node, receiver)
        # What was committed is there: it judges and pages, and cannot keep what it finds.
        self.disk.fill()
        node = self.start(settings, "full")
        self.goes_on_when_there_is_room(receiver, node, True)
        self.assertEqual(node.wait(), 0, node.log()[-2000:])
        self.compare(settings, calm, receiver, expected, True)

    def test_stopped_on_a_full_disk_it_ends_with_1_and_what_it_could_not_keep_is_read_again(self):
        calm, expected = self.undisturbed()
        receiver = self.receiver()
        settings = self.settings(receiver)
        node = self.start(settings, "full")
        until("commits", lambda: node.committed() >= 5 or not node.alive())
        self.disk.fill()
        until("a page about the ledger", lambda: receiver.about("ledger", "raised") or not node.alive())
        node.process.send_signal(signal.SIGINT)
        self.assertEqual(node.wait(), 1, node.log()[-2000:])
        self.assertIn("is not committed: it is read again at the next start", node.log())
        self.died(node, receiver)
        self.disk.free()
        self.compare(settings, calm, receiver, expected, False)

    def refused(self, settings):
        """Where nothing can be begun."""
        node = self.start(settings, "full")
        self.assertEqual(node.wait(), 2, node.log()[-2000:])
        last = node.log().splitlines()[-1]
        self.assertTrue(last.startswith("millwright: " + self.disk.path), last)
        self.assertIn("No space left on device", last)


if __name__ == "__main__":
    unittest.main()
