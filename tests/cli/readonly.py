#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading is only reading: nothing is written, and only known attributes are opened.

Some attributes of some drivers act when they are read, so the list of what may be opened below
/sys stands here once more, on its own.
"""
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

ATTRIBUTES = {
    "class", "vendor", "device", "subsystem_vendor", "subsystem_device", "numa_node",
    "local_cpulist", "boot_vga", "sriov_totalvfs", "sriov_numvfs", "name", "description",
    "device_api", "available_instances",
    "modalias", "driver_override", "sriov_vf_device", "sriov_drivers_autoprobe",
}
PROCESS_FILES = {"stat", "comm", "cmdline"}
OTHER_FILES = {"/etc/hostname", "/etc/machine-id"}
# What belongs to the machine that the test runs on, not to the one that is pictured.
MACHINE = ("/sys/", "/proc/", "/dev/", "/run/", "/etc/hostname", "/etc/machine-id", "/etc/gvm",
           "/etc/mdevctl.d")
MINE = ("/dev/null", harness.tempfile.gettempdir())
OPEN = re.compile(r'^\d*\s*open(?:at|at2)?\(.*= \d+<(/.*)>$')

TYPE = os.path.join(harness.HERE, "type.yaml")
COMMANDS = [
    ["list"], ["--json", "list"], ["gpu", "list", "--all-classes"], ["gpu", "show"],
    ["gpu", "show", "card0"], ["type", "list"], ["type", "show", "--gpu", "mdpy"],
    ["vgpu", "list"], ["vgpu", "show"], ["vgpu", "list", "--gpu", "00:02.0"], ["vm", "list"],
    ["vm", "show"], ["gpu", "show", "nothing"], ["vgpu", "create", "--type", "mdpy-vga"],
    ["vgpu", "create", "--type", "mdpy-vga", "--dry-run"], ["vgpu", "destroy", "idle"],
    ["vgpu", "destroy", "idle", "--dry-run"], ["vm", "stop", "desk", "--dry-run"],
    ["vgpu", "who"], ["vgpu", "attach", "idle", "desk"], ["vgpu", "detach", "desk1", "--dry-run"],
    ["vgpu", "attach", "idle", "no-vm", "--dry-run"], ["vgpu", "detach", "desk1"],
    ["vm", "stop", "desk"], ["vm", "run", "VMFILE"], ["vm", "run", "VMFILE", "--dry-run"],
    ["vgpu", "define", "a", "--type", "mdpy-vga"], ["vgpu", "define", "a", "--type", "mdpy-vga", "--dry-run"],
    ["vgpu", "undefine", "idle"], ["vgpu", "undefine", "idle", "--dry-run"], ["vgpu", "start", "idle"],
    ["vgpu", "start", "--autostart", "--dry-run"], ["vgpu", "stop", "idle", "--dry-run"],
    ["vgpu", "set", "idle", "autostart=off"], ["vgpu", "set", "idle", "autostart=off", "--dry-run"],
    ["type", "create", "-f", TYPE], ["type", "create", "-f", TYPE, "--dry-run"], ["type", "delete", "desk"],
    ["type", "delete", "desk", "--dry-run"], ["vgpu", "create", "--type", "desk", "--param", "a=b"],
    ["vgpu", "set", "idle", "--param", "a=b"],
    ["import", "mdevctl"], ["import", "mdevctl", "--dry-run"], ["export", "mdevctl"],
    ["export", "mdevctl", "--dry-run"],
    ["vm", "run", "VMFILE", "--print-command"], ["vm", "screenshot", "desk", "PICTURE"],
]


def setUpModule():
    """One host for all, and a VM file."""
    ReadOnly.tree = harness.make_tree()
    harness.write(ReadOnly.tree, "/etc/gvm/types.d/desk.yaml", "version: 1\nname: desk\nbase: mdpy-vga\n")
    folder = harness.scratch()
    harness.write(folder, "/vm.yaml", "version: 1\nname: demo\ndisks: [{file: a.img}]\n"
                  "vgpus: [{name: idle}, {type: mdpy-xga}]\n")
    ReadOnly.commands = [[os.path.join(folder, "vm.yaml") if word == "VMFILE" else
                          os.path.join(folder, "picture.png") if word == "PICTURE" else word
                          for word in command] for command in COMMANDS]


class ReadOnly(harness.Case):
    """What gvm does to the host it looks at: nothing."""

    commands = []

    def test_nothing_written(self):
        """Contents, times and modes of the whole tree are as before."""
        before = harness.snapshot(self.tree)
        for command in self.commands:
            self.gvm(*command)
            self.gvm("--json", *command)
        after = harness.snapshot(self.tree)
        self.assertEqual(sorted(set(after) ^ set(before)), [], "files came or went")
        changed = [path for path, seen in before.items() if after[path] != seen]
        self.assertEqual(changed, [], "files were changed")

    def opened(self, command):
        """The real paths of all files that a run opened to read or write."""
        log = os.path.join(harness.scratch(), "log")
        subprocess.run(["strace", "-f", "-y", "-s", "4096", "-e", "trace=open,openat,openat2",
                        "-o", log, harness.GVM, "--sysroot", self.tree, *command],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                       env={**harness.ENVIRONMENT, "ASAN_OPTIONS": "detect_leaks=0"})
        with open(log, encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                match = OPEN.match(line.rstrip("\n"))
                if match and "O_PATH" not in line:
                    yield match.group(1), line

    def allowed(self, path):
        """May this file of the pictured host be opened? Folders may: they are listed."""
        inside = path[len(self.tree):]
        if os.path.isdir(path):
            return True
        if inside.startswith("/sys/"):
            return os.path.basename(inside) in ATTRIBUTES
        if inside.startswith("/proc/"):
            return os.path.basename(inside) in PROCESS_FILES
        return inside.startswith(("/run/gvm/", "/etc/gvm/", "/etc/mdevctl.d/")) or inside in OTHER_FILES

    def test_opened(self):
        """Nothing outside of the lists above is opened, and nothing of this machine."""
        if not shutil.which("strace"):
            self.skipTest("strace is not installed")
        with open(harness.GVM, "rb") as program:
            sanitized = b"__asan_init" in program.read()
        seen = set()
        for command in self.commands:
            for path, line in self.opened(command):
                if path.startswith(self.tree):
                    seen.add(os.path.basename(path))
                    self.assertTrue(self.allowed(path), "%s opened %s" % (command, path))
                    self.assertNotRegex(line, r"O_(WRONLY|RDWR|CREAT)", "%s" % command)
                elif not path.startswith(MINE) and not (sanitized and path.startswith("/proc/")):
                    self.assertFalse(path.startswith(MACHINE), "%s opened %s" % (command, path))
        self.assertTrue({"class", "available_instances", "stat", "vms"} <= seen,
                        "strace shows what is opened: %s" % sorted(seen))


if __name__ == "__main__":
    harness.main()
