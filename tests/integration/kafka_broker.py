"""One real broker for a test, and what is written to it by the program that KAFKA_PUT names."""

import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "broker"))

import broker as kafka  # noqa: E402
from node_process import die_with_parent, until  # noqa: E402

KAFKA_PUT = os.environ["KAFKA_PUT"]
PROGRAM = [sys.executable, os.path.join(HERE, "broker", "broker.py")]


def require_broker():
    """Skips the test where no broker can be had; with CI=true that is a failure."""
    done = subprocess.run([*PROGRAM, "prepare"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0 and os.environ.get("CI") == "true":
        raise AssertionError(done.stderr)
    if done.returncode != 0:
        raise unittest.SkipTest(done.stderr)


class KafkaBroker:
    """Its address is known before it runs."""

    def __init__(self, directory):
        self.directory = directory
        self.process = None
        self.address = subprocess.run([*PROGRAM, "format", directory], stdout=subprocess.PIPE, text=True,
                                      check=True).stdout.strip()

    def run(self, patience=90):
        self.process = subprocess.Popen([*PROGRAM, "run", self.directory], preexec_fn=die_with_parent)
        until("the broker answers", lambda: kafka.answers(self.address) or self.process.poll() is not None,
              patience=patience)
        if self.process.poll() is not None:
            raise AssertionError(f"the broker ended at once; see {self.directory}/broker.log")

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def ask(self, *words, **more):
        """Runs kafka_put with these words."""
        done = subprocess.run([KAFKA_PUT, self.address, *map(str, words)], stderr=subprocess.PIPE, text=True,
                              preexec_fn=die_with_parent, **more)
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    def put(self, topic, partitions, records):
        """(partition, record's time in ms, reading)"""
        self.ask(topic, partitions, input="".join(f"{p}\t{at}\t\t{line}\n" for p, at, line in records))
