"""A real Alertmanager on a free port: the distribution's program, installed, or fetched once into the cache. It is not
installed for the tests' sake: the package would start a server of its own."""

import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request

from node_process import die_with_parent, until

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "millwright", "alertmanager")
PACKAGE = "prometheus-alertmanager"


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def fetched():
    """The program out of the distribution's package, which is unpacked and not installed; None where it cannot be had."""
    program = os.path.join(CACHE, "usr", "bin", PACKAGE)
    if os.path.exists(program):
        return program
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    os.makedirs(os.path.dirname(CACHE), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(CACHE)) as directory:
        try:
            subprocess.run(["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", PACKAGE], cwd=directory,
                           check=True, capture_output=True, timeout=120)
            package, = glob.glob(os.path.join(directory, "*.deb"))
            subprocess.run(["dpkg-deb", "-x", package, os.path.join(directory, "out")], check=True, capture_output=True,
                           timeout=120)
            # Whole or not at all.
            os.rename(os.path.join(directory, "out"), CACHE)
        except (subprocess.SubprocessError, OSError, ValueError):
            return program if os.path.exists(program) else None
    return program


def alertmanager_program(test):
    """Skips the test where there is none; with CI=true that is a failure."""
    program = shutil.which(PACKAGE) or shutil.which("alertmanager") or fetched()
    if program:
        return program
    missing = f"there is no Alertmanager: neither installed nor to be had by apt-get download {PACKAGE}"
    if os.environ.get("CI") == "true":
        test.fail(missing)
    test.skipTest(missing)


class Alertmanager:
    """`resolve_timeout`: when it takes an alert without an end to be over that it hears no more of."""

    def __init__(self, test, resolve_timeout="2s"):
        self.program = alertmanager_program(test)
        self.directory = tempfile.mkdtemp(prefix="alertmanager-")
        test.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        with open(os.path.join(self.directory, "config.yml"), "w") as out:
            out.write(f"global: {{resolve_timeout: {resolve_timeout}}}\n"
                      "route: {receiver: none}\nreceivers: [{name: none}]\n")
        test.addCleanup(self.kill)
        self.start()

    def start(self):
        with open(os.path.join(self.directory, "log"), "a") as log:
            self.process = subprocess.Popen(
                [self.program, "--config.file=config.yml", "--storage.path=data", "--cluster.listen-address=",
                 f"--web.listen-address=127.0.0.1:{self.port}"], cwd=self.directory, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=die_with_parent)
        until("Alertmanager is ready", lambda: self._get("/-/ready") is not None)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.read()
        except OSError:
            return None

    def alerts(self):
        """What stands, as it says."""
        return json.loads(until("Alertmanager answers", lambda: self._get("/api/v2/alerts")))
