#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Unknown things, wrong use, and options in any place: exit statuses of a contract."""
import itertools
import os
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

WRONG = [
    [], ["nothing"], ["gpu"], ["gpu", "nothing"], ["gpu", "list", "more"], ["list", "gpu"],
    ["vgpu", "destroy"], ["vm", "run"], ["vm", "run", "a", "b"], ["vm", "screenshot", "a"],
    ["vm", "stop"], ["gpu", "list", "--nothing"], ["gpu", "list", "-x"], ["-"], ["--", "--"],
    ["vgpu", "list", "--all-classes"], ["gpu", "list", "--type", "x"], ["list", "--gpu", "x"],
    ["gpu", "list", "--gpu"], ["vgpu", "create", "--type"], ["gpu", "list", "--dry-run"],
    ["vm", "list", "--print-command"], ["vgpu", "create", "--foreign", "--type", "x"],
    ["vm", "stop", "a", "--timeout", "x"], ["vm", "stop", "a", "--timeout", "-1"],
    ["vm", "stop", "a", "--timeout", "99999999999999999999"], ["vm", "stop", "a", "--timeout", ""],
    ["vm", "stop", "a", "--timeout=0x10"], ["gpu", "list", "--json=yes"], ["", ""], ["gpu", ""],
    ["vgpu", "create"], ["\x1b[31m"], ["gpu", "\udcff\udcfe"], ["vgpu", "list", "--gpu=x", "more"],
    ["GPU", "LIST"], ["gpu", "list", "-1:00.0"],
]
UNKNOWN = [
    (["gpu", "show", "0000:ff:00.0"], "GVM_E_GPU_NOT_FOUND"),
    (["type", "show", "nothing"], "GVM_E_TYPE_NOT_FOUND"),
    (["type", "show", "mdpy-hd", "--gpu", "mtty"], "GVM_E_TYPE_NOT_FOUND"),
    (["type", "show", "mdpy-hd", "nothing"], "GVM_E_TYPE_NOT_FOUND"),
    (["type", "list", "--gpu", "nothing"], "GVM_E_GPU_NOT_FOUND"),
    (["vgpu", "list", "--gpu", "nothing"], "GVM_E_GPU_NOT_FOUND"),
    (["vgpu", "show", "nothing"], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "show", "desk1", "nothing"], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "show", "00000000-0000-4000-8000-000000000000"], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "show", ""], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "show", "../vgpu/desk1"], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "who", "desk1", "nothing"], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "attach", "nothing", "desk", "--dry-run"], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "attach", "idle", "nothing", "--dry-run"], "GVM_E_VM_NOT_FOUND"),
    (["vgpu", "detach", "nothing", "--dry-run"], "GVM_E_VGPU_NOT_FOUND"),
    (["vgpu", "detach", "idle", "--dry-run"], "GVM_E_NOT_ATTACHED"),
    (["vm", "show", "nothing"], "GVM_E_VM_NOT_FOUND"),
    (["vm", "show", "gone"], "GVM_E_VM_NOT_FOUND"),
    (["vm", "show", "\x1b]0;x\x07"], "GVM_E_VM_NOT_FOUND"),
    (["vgpu", "show", "\udcff\udcfe"], "GVM_E_VGPU_NOT_FOUND"),
]
CHANGES = [
    ["vgpu", "create", "--type", "mdpy-vga"], ["vgpu", "destroy", "idle"],
    ["vgpu", "destroy", "nothing"], ["vm", "stop", "desk"],
    ["vgpu", "attach", "idle", "desk"], ["vgpu", "detach", "desk1"],
]


def setUpModule():
    """One host for all."""
    Usage.tree = harness.make_tree()


class Usage(harness.Case):
    """Answers to what cannot be done."""

    def test_wrong(self):
        """Wrong use ends with 2, before anything is read."""
        for command in WRONG:
            with self.subTest(command):
                error = self.refused(2, "GVM_E_USAGE", *command)
                self.assertTrue(error["hint"], "what to do instead: %s" % error)

    def test_wrong_leads_on(self):
        """The error of a wrong word names the right ones, or the help that does."""
        for command, says in ((["vgpu", "lst"], "list, show, create, destroy"),
                              (["vm"], "screenshot"), (["vgpu", "create", "--gpux"],
                                                       "gvm vgpu create --help"),
                              (["vgpu", "create", "--type", "mdpy-vga", "--dry-run", "--param", "b"],
                               "gvm vgpu create --help"),
                              (["--x", "list"], "gvm list --help"), (["--x"], "gvm --help")):
            self.refused(2, "GVM_E_USAGE", *command, says=[says])

    def test_unknown(self):
        """What does not exist ends with 3, and the hint is a command that shows what does."""
        for command, code in UNKNOWN:
            with self.subTest(command):
                error = self.refused(3, code, *command)
                self.assertIn("gvm ", error["hint"], "the hint is a command: %s" % error)

    def test_no_terminal_control(self):
        """What was typed comes back without control characters."""
        for command in (["gpu", "show", "a\x1b[31m\nb"], ["a\x1b[31m\nb"], ["--a\x1b[31m\nb"],
                        ["vgpu", "show", "\x7f\x9b"], ["vm", "show", "\x1b]0;x\x07"]):
            with self.subTest(command):
                said = self.gvm(*command).err
                bad = [c for c in said if (ord(c) < 32 and c != "\n") or ord(c) == 127]
                self.assertEqual(bad, [], repr(said))
                self.assertTrue(said.splitlines()[0].endswith(")"), "one line: %r" % said)

    def test_anywhere(self):
        """Options may stand anywhere."""
        wanted = self.ok("--json", "type", "list", "--gpu", "mdpy")
        words = ["type", "list"]
        for options in itertools.permutations((["--json"], ["--gpu", "mdpy"])):
            for a, b in itertools.product(range(3), repeat=2):
                line = list(words)
                for at, option in sorted(((a, options[0]), (b, options[1])), reverse=True,
                                         key=lambda pair: pair[0]):
                    line[at:at] = option
                with self.subTest(line):
                    self.assertEqual(self.ok(*line), wanted)
        self.assertEqual(self.ok("type", "--gpu=mdpy", "list", "-j"), wanted)
        self.assertEqual(self.ok("-j", "--verbose", "type", "list", "--gpu=mdpy"), wanted)

    def test_double_dash(self):
        """What follows -- is a name, even with a dash."""
        self.refused(3, "GVM_E_GPU_NOT_FOUND", "gpu", "show", "--", "-1:00.0")

    def test_read_only(self):
        """Nothing is changed under a sysroot: 6, unsupported there."""
        for command in CHANGES:
            with self.subTest(command):
                self.refused(6, "GVM_E_READ_ONLY", *command)

    def test_sysroot(self):
        """A sysroot that is none ends with 3, a usable path may have any form."""
        for path in ("/nonexistent", "/etc/hostname", "", self.tree + "/etc/hostname",
                     "/" + "a" * 5000):
            with self.subTest(path[:30]):
                result = self.one_object(self.gvm("--json", "list", "--sysroot", path), 3)
                self.assertEqual(result["error"]["code"], "GVM_E_SYSROOT")
        wanted = self.ok("vgpu", "list")
        for path in (self.tree + "/", self.tree + "//.", os.path.relpath(self.tree, "/")):
            self.assertEqual(self.ok("vgpu", "list", tree=path, cwd="/"), wanted, path)

    def test_dry_run(self):
        """A plan of what would be done, from a sysroot too; nothing is done."""
        plan = self.answer("vgpu", "create", "--type", "mdpy-vga", "--name", "new", "--dry-run")
        self.assertEqual(plan["schema"], "gvm.plan/1")
        self.assertEqual([s["object"] for s in plan["items"]], ["new"])
        self.assertIn("/mdpy-vga/create", plan["items"][0]["args"]["path"])
        self.assertEqual(self.answer("vgpu", "destroy", "idle", "--dry-run")["items"][0]["kind"],
                         "write")
        self.refused(3, "GVM_E_TYPE_NOT_FOUND", "vgpu", "create", "--type", "no", "--dry-run")
        self.refused(2, "GVM_E_NAME_INVALID", "vgpu", "create", "--type", "mdpy-vga", "--name",
                     "../x", "--dry-run")
        self.refused(2, "GVM_E_UUID_INVALID", "vgpu", "create", "--type", "mdpy-vga", "--uuid",
                     "x", "--dry-run")
        self.refused(2, "GVM_E_FOREIGN", "vgpu", "destroy", harness.hosts.uuid_of("foreign"),
                     "--dry-run")
        self.refused(3, "GVM_E_TYPE_NOT_FOUND", "vgpu", "create", "--type", "x", "--gpu", "01:00.0",
                     "--dry-run")
        self.refused(4, "GVM_E_HELD", "vgpu", "destroy", "desk1", "--dry-run", says=["desk"])

    def test_closed_output(self):
        """An answer that cannot be written is no success."""
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        for command in (["list"], ["--json", "list"], ["gpu", "list"], ["vgpu", "show"],
                        ["vgpu", "destroy", "idle", "--dry-run"], ["--help"]):
            with self.subTest(command), open("/dev/full", "wb") as full:
                done = harness.subprocess.run([harness.GVM, "--sysroot", self.tree, *command],
                                              stdout=full, stderr=harness.subprocess.PIPE,
                                              check=False, env=harness.ENVIRONMENT)
                self.assertNotEqual(done.returncode, 0, "%s said success on a full disk" % command)


if __name__ == "__main__":
    harness.main()
