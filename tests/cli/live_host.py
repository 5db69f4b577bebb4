# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests share that change a host of files: it is the machine for gvm alone."""
import os
import shutil
import subprocess

import harness
from schema import problems

QEMU = os.path.join(harness.HERE, "qemu-stand-in")
INSIDE = ('mount --no-mtab --bind "$0/sys" /sys && mount --no-mtab --bind "$0/run" /run && '
          'mount --no-mtab --bind "$0/etc" /etc && exec "$@"')


def mountable():
    """May this user make mounts of his own?"""
    return shutil.which("unshare") and subprocess.run(
        ["unshare", "--mount", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


class LiveCase(harness.Case):
    """A test with a host of its own."""

    # Methods of makers that docs/schema does not know.
    methods = ()

    def setUp(self):
        """A folder for the host."""
        if not mountable():
            self.skipTest("mounts of its own need root")
        self.host = os.path.join(harness.tempfile.mkdtemp(), "host")
        self.addCleanup(shutil.rmtree, os.path.dirname(self.host), ignore_errors=True)

    def line(self, *args):
        """The command line that runs gvm on the host."""
        return ["unshare", "--mount", "sh", "-c", INSIDE, self.host, harness.GVM, *args]

    def live(self, *args, **env):
        """Run gvm on the host."""
        done = subprocess.run(self.line(*args), capture_output=True, stdin=subprocess.DEVNULL,
                              timeout=40, check=False,
                              env={**harness.ENVIRONMENT, "GVM_QEMU": QEMU, **env})
        return harness.Result(args, done)

    def right(self, schema, *args):
        """Run gvm with --json; success, and as the schema says."""
        answer = self.one_object(self.live("--json", *args), 0)
        self.assertEqual(answer["schema"], schema)
        self.assertEqual(problems(answer, self.methods), [], answer)
        return answer["items"]

    def wrong(self, status, code, *args, **env):
        """Run gvm with --json; this error, and as the schema says."""
        answer = self.one_object(self.live("--json", *args, **env), status)
        self.assertEqual(answer["error"]["code"], code, answer)
        self.assertEqual(problems(answer, self.methods), [], answer)
        return answer["error"]
