"""A file system of a few megabytes, to be filled and freed while a node writes to it. Mounting it needs root, and a
container that permits it; where it cannot be had the test is skipped and says so."""

import errno
import os
import shutil
import subprocess
import tempfile
import unittest


class SmallDisk:
    def __init__(self, megabytes):
        self.path = tempfile.mkdtemp(prefix="small-disk-")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "small-disk", self.path],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.mounted = done.returncode == 0
        if not self.mounted:
            os.rmdir(self.path)
            raise unittest.SkipTest(f"a small disk cannot be mounted: {done.stderr.strip()}")

    def fill(self):
        """Leaves not a byte, whoever writes meanwhile."""
        with open(self._filler(), "ab", buffering=0) as filler:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        filler.write(b"\0" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self):
        os.remove(self._filler())

    def remove(self):
        # Lazily: a killed node may just be letting go of it.
        subprocess.run(["umount", "-l", self.path], check=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def _filler(self):
        return os.path.join(self.path, "filler")
