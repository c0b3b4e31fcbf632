"""SIGSTOP, and SIGCONT 20 s later: whatever the node was at goes on, and neither its clock nor its receivers take it
amiss."""

import signal
import time
import unittest

from fault_case import FaultCase
from node_process import until

STOPPED = 20


class PauseTest(FaultCase):
    def stop_for_a_while(self, node):
        node.process.send_signal(signal.SIGSTOP)
        # The pause itself is what is tested; that nothing moved in it shows that it was one.
        until("it stands still", lambda: self.state_of(node) == "T")
        committed = node.committed()
        time.sleep(STOPPED)
        self.assertEqual(node.committed(), committed)
        node.process.send_signal(signal.SIGCONT)
        self.pauses += 1
        until("commits go on", lambda: node.committed() > committed or not node.alive())

    def state_of(self, node):
        with open(f"/proc/{node.process.pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]

    def pause_and_compare(self, settings_for):
        calm, paused = self.receiver(), self.receiver()
        expected = self.finished(settings_for(calm), "calm")
        node = self.start(settings_for(paused), "paused")
        until("commits", lambda: node.committed() >= 3 or not node.alive(), pause=0.002)
        self.await_pages(paused, 1, node)
        self.stop_for_a_while(node)
        self.assertEqual(node.wait(), 0, node.log()[-2000:])
        got = self.finished(settings_for(paused), "paused")
        self.same_findings(expected, got)
        # The one that was under way.
        self.assertLessEqual(self.same_pages(calm, paused), 1)
        return got

    def test_a_node_over_a_file_that_stood_still_goes_on_as_if_it_had_not(self):
        plant = self.plant(2000, 2000, 800)

        def settings(receiver):
            settings = self.over_file(plant, receiver)
            # A split is silent when nothing comes to a node that listens: this one did not.
            settings["source"]["silent_after"] = "10s"
            return settings

        self.pause_and_compare(settings)

    def test_a_plant_that_went_on_meanwhile_is_caught_up_with(self):
        speed = {"calm": 0}
        self.pause_and_compare(
            lambda receiver: self.over_simulation(receiver, 500, 250, 20, speed.pop("calm", 60)))


if __name__ == "__main__":
    unittest.main()
