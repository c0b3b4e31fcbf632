"""A person has a sensor learn anew: noted before the command ends, whatever kills the node, and carried out once, at its
place between the sensor's readings."""

from node_process import until
from people_case import PeopleTest


class RelearnTest(PeopleTest):
    def test_a_command_that_has_ended_holds_though_nothing_was_committed_behind_it(self):
        node = self.begun(self.settings)
        self.speak(node, 420)
        until("its normal range", lambda: self.learned(node, "TI-1") is None)
        node.stop()
        node = self.begun(self.slow)
        self.speak(node, 30, committed=())
        before = node.committed()
        text = self.told(node, "relearn", "TI-1", "--by", "anna")
        self.assertRegex(text, r"^TI-1 of north learns anew what is normal, as of 20\S+Z; what it learns pages from "
                               r"20\S+Z on\n$")
        self.assertEqual(node.committed(), before)
        node.kill()

        node = self.begun(self.settings)
        self.speak(node, 20)
        self.await_learned(node, "TI-1", 20)
        self.assertRegex(node.ask("explain", "TI-1")[1], r"relearned +since 20.*, by anna")
        self.assertIsNone(self.learned(node, "TI-2"))
        self.assertNotIn("relearned", node.ask("explain", "TI-2")[1])
        self.assertIn("did you mean TI-1?", self.told(node, "relearn", "TI-11", code=2))
        self.assertIn("no sensor of south is called so",
                      self.told(node, "relearn", "TI-1", "--facility", "south", code=2))
        node.kill()
        node = self.begun(self.settings)
        self.speak(node, 5)
        self.await_learned(node, "TI-1", 25)
        self.assertRegex(node.ask("explain", "TI-1")[1], r"relearned +since 20.*, by anna")
        node.stop()

    def test_commands_and_kills_at_any_moment_leave_what_came_since_the_last_command(self):
        node = self.begun(self.settings)
        since = {"TI-1": 0, "TI-2": 0}

        def speak(seconds):
            self.speak(node, seconds)
            for sensor in since:
                since[sensor] += seconds

        speak(20)
        for i in range(12):
            if self.random.random() < 0.7:
                speak(self.random.randint(1, 15))
            sensor = self.random.choice(sorted(since))
            self.told(node, "relearn", f"north/{sensor}", "--by", f"person-{i}")
            since[sensor] = 0
            if self.random.random() < 0.6:
                if self.random.random() < 0.5:
                    speak(self.random.randint(1, 15))
                node.kill()
                node = self.begun(self.settings)
        speak(3)
        for sensor, readings in since.items():
            self.await_learned(node, sensor, readings)
        node.stop()


if __name__ == "__main__":
    import unittest
    unittest.main()
