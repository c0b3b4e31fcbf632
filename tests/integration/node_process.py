"""Nodes as processes, for the tests of this folder: started with settings, ended by any signal, looked at when they lie
still. MILLWRIGHT and LEDGER_DUMP name the programs; everything happens in a directory that goes with the test."""

import ctypes
import glob
import json
import mmap
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

MILLWRIGHT = os.environ["MILLWRIGHT"]
LEDGER_DUMP = os.environ["LEDGER_DUMP"]
PR_SET_PDEATHSIG = 1
PATIENCE = 60
LIBC = ctypes.CDLL(None)


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def until(what, condition, patience=PATIENCE, pause=0.02):
    """Polls until `condition` gives something true, and returns that."""
    deadline = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what}")
        time.sleep(pause)


def millwright(*arguments, patience=PATIENCE):
    """Runs the program to its end: exit code, standard output, standard error."""
    done = subprocess.run([MILLWRIGHT, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=patience, preexec_fn=die_with_parent)
    return done.returncode, done.stdout, done.stderr


def simulate(metadata, out, sensors, rate, seconds, *more, patience=PATIENCE):
    """Readings of a simulated plant into the file `out`; its facilities and sensors into the directory `metadata`."""
    code, _, said = millwright("simulate", "--sensors", str(sensors), "--rate", str(rate), "--duration", f"{seconds}s",
                               "--metadata", metadata, "--out", out, *more, patience=patience)
    if code != 0:
        raise AssertionError(said)


def merged(one, other):
    out = dict(one)
    for key, value in other.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merged(out[key], value) if both else value
    return out


def yaml_of(value):
    """Flow style. A quoted text is no duration."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_of(key)}: {yaml_of(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(yaml_of(each) for each in value) + "]"
    if isinstance(value, str) and re.fullmatch(r"[0-9]+(ms|s|min|h|d|%)", value):
        return value
    return json.dumps(value)


class Node:
    """A node on the ledger `name` in `directory`, running from construction on. `settings` is the tree of its YAML;
    `environment` is added to the test's own. `errors`: an open file that is its standard error, in place of one of its
    own, which `log` reads. `shipped`: what the test does not set is as it is shipped, but for where things are."""

    def __init__(self, directory, settings, name="ledger", environment=None, errors=None, shipped=False):
        base = os.path.join(directory, name)
        # Whatever a test does not set must not come from the surroundings, nor go there.
        own = {"ledger": {"path": base}, "channels": {}, "node": {"socket": base + ".sock"}}
        # A test's readings are of some year, and its input ends: pages go one by one however old and many they are, and
        # ends at once (shipped_settings_test has all defaults, delivery_test, group_test, first_out_test and
        # fallback_test some).
        if not shipped:
            own = merged(own, {"ledger": {"interval": "200ms"},
                               "alarms": {"told_late": "36500d", "digest_every": "300ms", "clear_told_after": "0s",
                                          "group": {"least": 0}, "first_out": {"within": "0s"},
                                          "together": {"over": 0}},
                               "rules": {"state": {"page_again_after": "0s"}}, "source": {"silent_after": "1h"}})
        self.settings = merged(own, settings)
        self.ledger = self.settings["ledger"]["path"]
        self.alarms = self.settings.get("alarms", {}).get("path", self.ledger + "-alarms")
        self.directory, self.config = directory, base + ".yaml"
        with open(self.config, "w") as out:
            out.write(yaml_of(self.settings) + "\n")
        self.out, self.err = base + ".out", base + ".err"
        with open(self.out, "a") as out, open(self.err, "a") as err:
            self.process = subprocess.Popen([MILLWRIGHT, "run", "-c", self.config], stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=err if errors is None else errors,
                                            preexec_fn=die_with_parent,
                                            env=os.environ | (environment or {}))

    def alive(self):
        return self.process.poll() is None

    def log(self):
        with open(self.err) as lines:
            return lines.read()

    def wait(self, patience=PATIENCE):
        """The exit code; negative for a signal."""
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the node did not end within {patience} s:\n{self.log()[-2000:]}")

    def stop(self, how=signal.SIGTERM):
        """Ends it orderly; the seconds that it took."""
        begin = time.monotonic()
        self.process.send_signal(how)
        code = self.wait()
        took = time.monotonic() - begin
        if code != 0:
            raise AssertionError(f"a stopped node ended with {code}:\n{self.log()[-2000:]}")
        return took

    def kill(self):
        self.process.kill()
        self.process.wait()

    def committed(self):
        """Number of the last commit of readings, as the ledger notes it behind each; 0 before the first."""
        try:
            with open(os.path.join(self.ledger, "newest"), "rb") as note:
                return struct.unpack("<Q", note.read(8))[0]
        except (FileNotFoundError, struct.error):
            return 0

    def status(self):
        """What it says of itself; None while it does not answer."""
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(5)
                link.connect(self.settings["node"]["socket"])
                link.sendall(b'{"request":"status"}\n')
                with link.makefile() as answer:
                    return json.loads(answer.readline() or "null")
        except OSError:
            return None

    def ask(self, *command):
        """Runs a command that asks it: exit code, standard output, standard error."""
        return millwright(*command, "--socket", self.settings["node"]["socket"])

    def commits(self):
        return CommitWatch(os.path.join(self.ledger, "data.mdb"))


class CommitWatch:
    """Sees a running node's commits from outside, in the data file: LMDB first writes the changed pages, and then one
    of its two meta pages with the transaction's number."""

    META_AT = (144, 4096 + 144)

    def __init__(self, path):
        until("the ledger's file", lambda: os.path.exists(path) and os.path.getsize(path) >= 8192, pause=0.002)
        self.file = os.open(path, os.O_RDONLY)
        self.map = mmap.mmap(self.file, 8192, prot=mmap.PROT_READ)

    def close(self):
        self.map.close()
        os.close(self.file)

    def number(self):
        return max(struct.unpack_from("<Q", self.map, at)[0] for at in self.META_AT)

    def touched(self):
        about = os.fstat(self.file)
        return about.st_mtime_ns, about.st_size

    def await_unfinished(self, alive):
        """Returns amid a commit, as far as can be seen: pages were written, and the meta page not yet. Gives the number
        of the commit before."""
        number, touched = self.number(), self.touched()
        while alive():
            now = self.number()
            if now != number:
                # The file's time is that of a coarse clock: what this commit still writes is of the same moment.
                time.sleep(0.005)
                number, touched = self.number(), self.touched()
            elif self.touched() != touched and self.number() == number:
                break
        return number


def dump_into(directory, ledger, alarms, channels=()):
    done = subprocess.run([LEDGER_DUMP, ledger, alarms, directory, *channels], stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)


def sent_keys(node):
    """Keys of the pages that a stopped node knows as sent. The ledger is not touched."""
    with tempfile.TemporaryDirectory() as directory:
        dump_into(directory, "-", node.alarms)
        with open(os.path.join(directory, "pages.ndjson")) as lines:
            pages = [json.loads(line) for line in lines]
    return {page["key"] for page in pages if page["outcome"] == "sent"}


class Dump:
    """What a stopped node has made durable."""

    def __init__(self, node, channels=()):
        directory = tempfile.mkdtemp(prefix="dump-", dir=node.directory)
        dump_into(directory, node.ledger, node.alarms, channels)
        self.results = {}
        for path in glob.glob(os.path.join(directory, "*.ndjson")):
            with open(path) as lines:
                self.results[os.path.basename(path)[:-len(".ndjson")]] = sorted(lines.read().splitlines())
        with open(os.path.join(directory, "state.json")) as state:
            state = json.load(state)
        with open(os.path.join(directory, "waiting.json")) as waiting:
            self.waiting = json.load(waiting)
        # What a ledger and its journal have in common; empty: none. Former versions know of none.
        self.marks = []
        for mark in (os.path.join(directory, store + ".mark") for store in ("ledger", "journal")):
            self.marks.append(pathlib.Path(mark).read_text() if os.path.exists(mark) else "")
        self.counters, self.positions = state["counters"], state["positions"]
        self.unjournaled = state["transitions"]
        shutil.rmtree(directory)

    def rows(self, kind):
        return [json.loads(line) for line in self.results[kind]]

    def alarms(self, rule):
        return [row for row in self.rows("alarms-kept") if row["rule"] == rule]


class NodeTest(unittest.TestCase):
    """A directory of its own, and no process left behind."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="millwright-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, lines):
        with open(self.path(name), "w") as out:
            out.write("".join(line + "\n" for line in lines))
        return self.path(name)

    def start(self, settings, name="ledger", environment=None, errors=None, shipped=False):
        node = Node(self.directory, settings, name, environment, errors, shipped)
        self.addCleanup(lambda: node.kill() if node.alive() else None)
        return node

    def refused_by(self, node, *command):
        """The one line that a command says which gets nothing from the node."""
        code, said, mistakes = node.ask(*command)
        self.assertEqual((code, said), (2, ""))
        self.assertEqual(len(mistakes.splitlines()), 1, mistakes)
        return mistakes

    def run_to_end(self, settings, name="ledger", patience=PATIENCE):
        """A node over an input with an end."""
        node = self.start(settings, name)
        self.assertEqual(node.wait(patience), 0, node.log()[-2000:])
        return node
