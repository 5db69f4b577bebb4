#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""systemd's score of each unit's exposure: 0 is shut off from the host, 10 is open."""
import glob
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

# The exposure a unit may have at most: what it has, rounded up, with the reason where it is high.
MOST = {
    # They write to /sys, load modules and look at the open files of others.
    "gvm-gpu@.service": 3.3,
    "gvm-restore.service": 3.3,
    # Runs QEMU, with vGPUs that it makes for it, as root.
    "gvm-vm@.service": 4.5,
    "gvm-vms.service": 2.0,
}


def exposure(path):
    """The score, as systemd-analyze tells it without running anything."""
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", path],
                          env=harness.ENVIRONMENT, capture_output=True, text=True, check=False)
    found = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
    assert found, done
    return float(found.group(1))


class Units(harness.Case):
    """Units of data/systemd."""

    def setUp(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        # As they were configured: beside src/gvm.
        build = os.path.dirname(os.path.dirname(os.path.realpath(harness.GVM)))
        self.units = sorted(glob.glob(os.path.join(build, "data", "systemd", "*.service")))

    def test_scores(self):
        """No service is more exposed than this table allows, and none is forgotten in it."""
        self.assertEqual(set(MOST), {os.path.basename(path) for path in self.units},
                         "MOST and data/systemd")
        for path in self.units:
            with self.subTest(os.path.basename(path)):
                self.assertLessEqual(exposure(path), MOST[os.path.basename(path)])

    def test_read(self):
        """systemd understands every line."""
        folder = harness.scratch()
        harness.write(folder, "/gvm", "#!/bin/sh\n")
        os.chmod(folder + "/gvm", 0o755)
        for path in self.units:
            name = os.path.basename(path).replace("@.", "@demo.")
            with open(path, encoding="utf-8") as unit:
                harness.write(folder, "/" + os.path.basename(path),
                              re.sub(r"(?<==)\S*/gvm ", folder + "/gvm ", unit.read()))
            with self.subTest(name):
                done = subprocess.run(["systemd-analyze", "verify", os.path.join(folder, name)],
                                      env=harness.ENVIRONMENT, capture_output=True, text=True,
                                      check=False)
                self.assertEqual([line for line in done.stderr.splitlines()
                                  if "gvm" in line and "man gvm" not in line], [])

    def test_tells(self):
        """The score tells an open unit from a shut one."""
        scores = []
        for name, more in (("open", ""), ("shut", "DynamicUser=yes\nPrivateNetwork=yes\n"
                                          "ProtectSystem=strict\nCapabilityBoundingSet=\n"
                                          "SystemCallFilter=@system-service\n")):
            path = os.path.join(harness.scratch(), name + ".service")
            with open(path, "w", encoding="utf-8") as out:
                out.write("[Service]\nExecStart=/usr/bin/true\n" + more)
            scores.append(exposure(path))
        self.assertGreater(scores[0], 9)
        self.assertLess(scores[1], 6)


if __name__ == "__main__":
    harness.main()
