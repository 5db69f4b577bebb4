# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the command line share.

A test script is called with the path of the gvm under test, and perhaps unittest's own options.
GVM_UPDATE_GOLDEN=1 writes the golden files instead of comparing with them.
"""
import difflib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tree"))
import hosts  # noqa: E402,F401  (found only now; for the tests too)

HERE = os.path.dirname(os.path.realpath(__file__))
GOLDEN = os.path.join(HERE, "golden")
TREE = os.path.join(HERE, "..", "tree")
MAKETREE = os.path.join(TREE, "maketree")
# A host has thousands of files: memory is the better place for them.
if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK | os.X_OK):
    tempfile.tempdir = "/dev/shm"
UPDATE = os.environ.get("GVM_UPDATE_GOLDEN") == "1"
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
               **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}
SKIPPED = 77
GVM = None


class Result:
    """How a run of gvm ended, and what it said."""

    def __init__(self, args, done):
        self.args, self.status, self.out_bytes = args, done.returncode, done.stdout
        self.out = done.stdout.decode(errors="surrogateescape")
        self.err = done.stderr.decode(errors="surrogateescape")

    def __str__(self):
        return "gvm %s: status %d\nstdout: %s\nstderr: %s" % (" ".join(map(repr, self.args)),
                                                               self.status, self.out[:2000],
                                                               self.err[:2000])


class Case(unittest.TestCase):
    """A test that runs gvm."""

    longMessage = False
    maxDiff = None
    tree = None

    def gvm(self, *args, tree=None, cwd=None, **env):
        """Run gvm on a tree; it must not crash, hang, or be stopped by a sanitizer."""
        root = tree or self.tree
        line = [*(["--sysroot", root] if root else []), *args]
        try:
            done = subprocess.run([GVM, *line], stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=20, check=False, cwd=cwd, env={**ENVIRONMENT, **env})
        except subprocess.TimeoutExpired:
            self.fail("gvm %r does not come to an end" % (line,))
        result = Result(line, done)
        self.assertGreaterEqual(result.status, 0, "killed by a signal: %s" % result)
        self.assertNotIn("Sanitizer", result.err, str(result))
        self.assertNotIn("runtime error", result.err, str(result))
        return result

    def ok(self, *args, **options):
        """Run gvm and expect success; returns its standard output."""
        result = self.gvm(*args, **options)
        self.assertEqual(result.status, 0, "must succeed: %s" % result)
        return result.out

    def answer(self, *args, **options):
        """Run gvm with --json and expect success; returns the object it printed."""
        return self.one_object(self.gvm("--json", *args, **options), 0)

    def one_object(self, result, status):
        """The one JSON object a run printed, strictly decoded."""
        self.assertEqual(result.status, status, "status must be %d: %s" % (status, result))
        try:
            parsed = json.loads(result.out_bytes.decode("utf-8"), parse_constant=self.fail)
        except ValueError as e:
            self.fail("no JSON (%s): %s" % (e, result))
        self.assertIsInstance(parsed, dict, "no object: %s" % result)
        self.assertEqual(result.out.count("\n"), 1, "must be one line: %s" % result)
        return parsed

    def refused(self, status, code, *args, says=(), **options):
        """Run gvm as text and as JSON; both must fail with this status and code."""
        text = self.gvm(*args, **options)
        self.assertEqual(text.status, status, "status must be %d: %s" % (status, text))
        self.assertEqual(text.out, "", "an error does not go to standard output: %s" % text)
        self.assertTrue(text.err.startswith("gvm: ") and "(%s)" % code in text.err.split("\n")[0],
                        "the first line must name %s: %s" % (code, text))
        error = self.one_object(self.gvm("--json", *args, **options), status)
        self.assertEqual(error.get("schema"), "gvm.error/1", error)
        self.assertEqual(error["error"]["code"], code, error)
        self.assertIn(error["error"]["message"], text.err, "text and JSON tell the same")
        for part in says:
            self.assertIn(part, text.err, "the error must say %r: %s" % (part, text))
        return error["error"]

    def golden(self, name, text):
        """Compare with a golden file."""
        path = os.path.join(GOLDEN, name)
        if UPDATE:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            return
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
        if text != wanted:
            self.fail("not as in golden/%s:\n%s" % (name, "".join(difflib.unified_diff(
                wanted.splitlines(True), text.splitlines(True), "golden", "now"))))


def scratch():
    """A new folder that goes when the script ends."""
    folder = tempfile.mkdtemp(prefix="gvm-cli-")
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    return folder


def make_tree(*options):
    """A new tree; returns its folder."""
    root = os.path.join(scratch(), "host")
    if options:
        subprocess.run([MAKETREE, root, *options], check=True)
    else:
        hosts.mixed(root)
    return root


def write(root, path, data):
    """Replace a file of a tree."""
    full = root + path
    os.makedirs(os.path.dirname(full), exist_ok=True)
    if os.path.lexists(full):
        os.unlink(full)
    with open(full, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())


def snapshot(root):
    """All that can be seen of a folder: kinds, sizes, times, links and contents."""
    seen = {}
    for folder, dirs, files in os.walk(root):
        for name in [".", *dirs, *files]:
            path = os.path.normpath(os.path.join(folder, name))
            info = os.lstat(path)
            content = None
            if stat.S_ISLNK(info.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(info.st_mode) and info.st_size < 1 << 20:
                with open(path, "rb") as file:
                    content = file.read()
            seen[path] = (info.st_mode, info.st_size, info.st_mtime_ns, info.st_ctime_ns, content)
    return seen


def pci_names():
    """Vendors and devices by number from this machine's pci.ids: what libpci will say."""
    names, vendor = {}, None
    for path in ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"):
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("C "):
                    break
                if line[:1] in "0123456789abcdef" and line.strip():
                    vendor, names[vendor] = line[:4], line[6:].strip()
                elif line.startswith("\t") and not line.startswith("\t\t"):
                    names[vendor + line[1:5]] = names[vendor] + " " + line[7:].strip()
        break
    return names


def main():
    """Run the tests of the calling script."""
    global GVM
    if len(sys.argv) < 2:
        sys.exit("usage: %s GVM [unittest options]" % sys.argv[0])
    GVM = os.path.abspath(sys.argv.pop(1))
    program = unittest.main(exit=False)
    result = program.result
    if result.wasSuccessful() and result.testsRun == len(result.skipped):
        print("skipped: " + "; ".join(sorted({reason for _, reason in result.skipped})))
        sys.exit(SKIPPED)
    sys.exit(not result.wasSuccessful())
