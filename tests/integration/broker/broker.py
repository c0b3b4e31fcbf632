#!/usr/bin/env python3
"""A real Kafka broker (KRaft, one node) for tests; Java and, the first time, Maven are needed.

  broker.py prepare          fetches the jars once into the cache and prints their folder
  broker.py format DIR       chooses free ports, writes DIR/server.properties, formats DIR; prints host:port
  broker.py secure DIR       adds listeners to what was formatted: with a login (SASL PLAIN, user node, password right),
                             and with TLS (its authority: DIR/authority.pem); prints both as host:port, a line each
  broker.py run DIR          becomes the broker's JVM (stays in the foreground, dies with its parent)
  broker.py start DIR        format (if needed) and run in the background, waits until it answers; prints host:port
  broker.py stop DIR [kill]  ends what `start` started: by SIGTERM, or by SIGKILL
"""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "millwright")
JARS = os.path.join(CACHE, "kafka-3.9.1")
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
PR_SET_PDEATHSIG = 1

PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
num.partitions=8
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=500
group.min.session.timeout.ms=500
group.initial.rebalance.delay.ms=0
log.segment.bytes=268435456
log.cleaner.dedupe.buffer.size=16777216
"""


def fail(text):
    sys.exit(f"broker.py: {text}")


def prepare():
    if os.path.isdir(JARS):
        return JARS
    for program in ("java", "mvn"):
        if not shutil.which(program):
            fail(f"{program} is not installed")
    os.makedirs(CACHE, exist_ok=True)
    with open(JARS + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(JARS):
            return JARS
        part = JARS + ".part"
        shutil.rmtree(part, ignore_errors=True)
        done = subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(HERE, "pom.xml"), "dependency:copy-dependencies",
                               f"-DoutputDirectory={part}", "-DincludeScope=runtime"], stdout=sys.stderr)
        if done.returncode != 0:
            fail("Maven could not fetch the broker")
        os.rename(part, JARS)
    return JARS


def java(*arguments):
    return ["java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC",
            "-Djava.net.preferIPv4Stack=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp", os.path.join(prepare(), "*"), *arguments]


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def address_of(directory):
    with open(os.path.join(directory, "server.properties")) as lines:
        for line in lines:
            if line.startswith("advertised.listeners="):
                return line.strip().split("//", 1)[1].split(",")[0]
    fail(f"{directory} is not formatted")


def format_directory(directory):
    directory = os.path.abspath(directory)
    properties = os.path.join(directory, "server.properties")
    os.makedirs(directory, exist_ok=True)
    port, controller = free_ports(2)
    with open(properties, "w") as out:
        out.write(PROPERTIES.format(port=port, controller=controller, data=os.path.join(directory, "data")))
    done = subprocess.run(java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", properties),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        os.unlink(properties)
        fail(f"the broker's directory cannot be formatted:\n{done.stdout}")
    return address_of(directory)


def make_certificate(directory):
    """A key and a certificate for 127.0.0.1, signed by itself."""
    key, certificate = (os.path.join(directory, name) for name in ("key.pem", "authority.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    both = os.path.join(directory, "keystore.pem")
    with open(both, "w") as out:
        for path in (key, certificate):
            with open(path) as part:
                out.write(part.read())
    return both


def secure(directory):
    directory = os.path.abspath(directory)
    sasl, tls = (f"127.0.0.1:{port}" for port in free_ports(2))
    properties = os.path.join(directory, "server.properties")
    with open(properties) as lines:
        text = lines.read()
    plain = address_of(directory)
    text = text.replace(f"PLAINTEXT://{plain}", f"PLAINTEXT://{plain},LOGIN://{sasl},TLS://{tls}")
    text = text.replace("protocol.map=", "protocol.map=LOGIN:SASL_PLAINTEXT,TLS:SSL,")
    text += f"""sasl.enabled.mechanisms=PLAIN
listener.name.login.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
  user_node="right";
listener.name.tls.ssl.keystore.type=PEM
listener.name.tls.ssl.keystore.location={make_certificate(directory)}
"""
    with open(properties, "w") as out:
        out.write(text)
    return f"{sasl}\n{tls}"


def run(directory, die_with_parent=True):
    directory = os.path.abspath(directory)
    command = java("kafka.Kafka", os.path.join(directory, "server.properties"))
    if die_with_parent:
        parent = os.getppid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)
    os.nice(5)
    log = os.open(os.path.join(directory, "broker.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # A lock or socket that the caller holds must not stay held by the broker.
    os.closerange(3, 65536)
    os.execvp(command[0], command)


def answers(address):
    """An ApiVersions request gets a reply that carries its correlation id."""
    host, port = address.rsplit(":", 1)
    body = struct.pack(">hhih", 18, 0, 7, 1) + b"t"
    try:
        with socket.create_connection((host, int(port)), timeout=1) as link:
            link.sendall(struct.pack(">i", len(body)) + body)
            head = link.recv(8)
            return len(head) == 8 and struct.unpack(">ii", head)[1] == 7
    except OSError:
        return False


def start(directory):
    directory = os.path.abspath(directory)
    if not os.path.exists(os.path.join(directory, "server.properties")):
        format_directory(directory)
    address = address_of(directory)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        run(directory, die_with_parent=False)
    with open(os.path.join(directory, "pid"), "w") as out:
        out.write(str(pid))
    deadline = time.monotonic() + 90
    while not answers(address):
        if os.waitpid(pid, os.WNOHANG)[0] == pid or time.monotonic() > deadline:
            fail(f"the broker did not start; see {directory}/broker.log")
        time.sleep(0.1)
    return address


def stop(directory, how=signal.SIGTERM):
    try:
        with open(os.path.join(directory, "pid")) as held:
            pid = int(held.read())
        os.kill(pid, how)
    except (FileNotFoundError, ProcessLookupError):
        return
    deadline = time.monotonic() + 30
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.05)
    if os.path.exists(f"/proc/{pid}"):
        os.kill(pid, signal.SIGKILL)
    os.unlink(os.path.join(directory, "pid"))


def main(arguments):
    if arguments == ["prepare"]:
        print(prepare())
    elif len(arguments) == 2 and arguments[0] == "format":
        print(format_directory(arguments[1]))
    elif len(arguments) == 2 and arguments[0] == "secure":
        print(secure(arguments[1]))
    elif len(arguments) == 2 and arguments[0] == "run":
        run(arguments[1])
    elif len(arguments) == 2 and arguments[0] == "start":
        print(start(arguments[1]), flush=True)
    elif arguments[:1] == ["stop"] and len(arguments) in (2, 3):
        stop(arguments[1], signal.SIGKILL if arguments[2:] == ["kill"] else signal.SIGTERM)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
