"""SIGKILL at moments of a node's life that can be seen from outside: between two commits, inside one, at an answer."""

import functools
import time

from node_process import until


def await_commits(node, count):
    before = node.committed()
    until("a commit", lambda: node.committed() >= before + count or not node.alive(), patience=600, pause=0.002)


class RunIsOver(AssertionError):
    """The node was through with its input before something could be done to it: the machine is faster than it was when
    the input was measured, or than anybody thought."""


def alive(node):
    if not node.alive():
        raise RunIsOver("the run was over too early: " + node.log()[-2000:])


def with_more_when_over(test):
    """A test of a NodeTest that makes its input `self.longer` times as long: from the beginning, where it was too short."""
    @functools.wraps(test)
    def longer(self):
        for self.longer in (1, 3, 9):
            try:
                return test(self)
            except RunIsOver:
                if self.longer == 9:
                    raise
            self.doCleanups()
            self.setUp()
    return longer


class Kills:
    """Beside a NodeTest with SameOutcome and a seeded `random`. Each starts the node and leaves it dead."""

    def killed(self, node):
        code = node.wait()
        if code == 0:
            alive(node)
        self.assertEqual(code, -9, node.log()[-2000:])

    def kill_between_commits(self, settings, name, receiver, most=3, within=0.1):
        node = self.start(settings, name)
        await_commits(node, self.random.randint(1, most))
        time.sleep(self.random.uniform(0, within))
        alive(node)
        node.kill()
        self.died(node, receiver)

    def kill_inside_commit(self, settings, name, receiver):
        """True when the commit that it was in did not come to be."""
        node = self.start(settings, name)
        await_commits(node, 1)
        watch = node.commits()
        number = watch.await_unfinished(node.alive)
        node.process.kill()
        self.killed(node)
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
        self.killed(node)
        receiver.answered = lambda _: None
        self.died(node, receiver)
