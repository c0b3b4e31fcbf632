"""SIGKILL at moments of a node's life that can be seen from outside: between two commits, inside one, at an answer."""

import time

from node_process import until


def await_commits(node, count):
    before = node.committed()
    until("a commit", lambda: node.committed() >= before + count or not node.alive(), patience=600, pause=0.002)


class Kills:
    """Beside a NodeTest with SameOutcome and a seeded `random`. Each starts the node and leaves it dead."""

    OVER = "the run was over before it could be killed"

    def kill_between_commits(self, settings, name, receiver, most=3, within=0.1):
        node = self.start(settings, name)
        await_commits(node, self.random.randint(1, most))
        time.sleep(self.random.uniform(0, within))
        self.assertTrue(node.alive(), self.OVER)
        node.kill()
        self.died(node, receiver)

    def kill_inside_commit(self, settings, name, receiver):
        """True when the commit that it was in did not come to be."""
        node = self.start(settings, name)
        await_commits(node, 1)
        watch = node.commits()
        number = watch.await_unfinished(node.alive)
        node.process.kill()
        self.assertEqual(node.wait(), -9, self.OVER)
        unfinished = watch.number() == number
        watch.close()
        self.died(node, receiver)
        return unfinished

    def kill_at_answer(self, settings, name, receiver, earliest=3, latest=8):
        """Dies by the answer to a page."""
        node = self.start(settings, name)
        countdown = self.random.randint(earliest, latest)

        def answered(_):
            nonlocal countdown
            countdown -= 1
            if countdown == 0:
                node.process.kill()

        receiver.answered = answered
        self.assertEqual(node.wait(), -9, self.OVER)
        receiver.answered = lambda _: None
        self.died(node, receiver)
