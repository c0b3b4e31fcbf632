"""A real broker and topics on it, for tests of what befalls a node that reads from Kafka. KAFKA_PUT names the program
that writes; one broker serves all tests of a class."""

import os
import shutil
import subprocess
import sys
import tempfile

import broker as kafka
from kafka_broker import KAFKA_PUT, KafkaBroker, require_broker
from node_process import NodeTest, die_with_parent

HERE = os.path.dirname(os.path.abspath(__file__))
# All that there is, in place of what CI has time for.
LONG = os.environ.get("MILLWRIGHT_FAULTS") == "long"


def partition_of(sensor, partitions):
    """FNV-1a, as kafka_put computes it."""
    number = 2166136261
    for byte in sensor.encode():
        number = (number ^ byte) * 16777619 & 0xFFFFFFFF
    return number % partitions


def named_in(partition, partitions, prefix):
    """A sensor's id that lies in this partition."""
    names = (f"{prefix}-{n}" for n in range(10_000))
    return next(name for name in names if partition_of(name, partitions) == partition)


class Broker(KafkaBroker):
    """`through`: a port at which clients may ask as well, and hear that port as the broker's address: that of a proxy
    in front of `behind`."""

    def __init__(self, directory, through=None):
        super().__init__(directory)
        if through:
            self.behind = self.second_listener(through)

    def second_listener(self, through):
        port, = kafka.free_ports(1)
        path = os.path.join(self.directory, "server.properties")
        with open(path) as lines:
            text = lines.read()
        for name, shown in (("listeners", port), ("advertised.listeners", through)):
            text = text.replace(f"\n{name}=PLAINTEXT:", f"\n{name}=PROXIED://127.0.0.1:{shown},PLAINTEXT:")
        text = text.replace("protocol.map=", "protocol.map=PROXIED:PLAINTEXT,")
        with open(path, "w") as out:
            out.write(text)
        return port

    def feed(self, topic, partitions, path, first, rate):
        """Lines of a file, `rate` a second from `first` (ms) on; a sensor's partition follows from its id."""
        with open(path) as lines:
            self.ask(topic, partitions, first, rate, stdin=lines)

    def grow(self, topic, total):
        self.ask(topic, "grow", total)

    def forget(self, topic, partition, upto):
        self.ask(topic, "forget", partition, upto)


class Writer:
    """Puts records into a topic as they come, within milliseconds."""

    def __init__(self, broker, topic, partitions):
        self.process = subprocess.Popen([KAFKA_PUT, broker.address, topic, str(partitions)], stdin=subprocess.PIPE,
                                        text=True, preexec_fn=die_with_parent)

    def put(self, records):
        self.process.stdin.write("".join(f"{p}\t{at}\t\t{line}\n" for p, at, line in records))
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise AssertionError("not every record was taken")


class Proxy:
    """See kafka_proxy.py."""

    def __init__(self, port, to):
        program = [sys.executable, "-B", os.path.join(HERE, "kafka_proxy.py"), str(port), str(to)]
        self.process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=die_with_parent)
        self.process.stdout.readline()

    def say(self, what):
        """Returns when it is done, with how many connections there were."""
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class KafkaTest(NodeTest):
    """`through` of the class: see Broker."""

    through = None

    @classmethod
    def setUpClass(cls):
        require_broker()
        cls.common = tempfile.mkdtemp(prefix="millwright-kafka-")
        cls.addClassCleanup(shutil.rmtree, cls.common, ignore_errors=True)
        cls.broker = Broker(os.path.join(cls.common, "broker"), cls.through)
        cls.addClassCleanup(cls.broker.kill)
        cls.broker.run(patience=240)
