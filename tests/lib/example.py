#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The example of docs/examples: compiled against an installed copy as its users do, and what it tells is what
gvm --json tells. It runs with AddressSanitizer: what it or the library does not free is a failure."""
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(TOP, "tests", "cli"))
import harness  # noqa: E402  (its folder is known only now)

SOURCE = os.path.join(TOP, "docs/examples/vgpus.c")
FLAGS = ["-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address"]
place, libraries = None, None


def pkg_config(*args):
    """What pkg-config says of the installed library, and of no other."""
    [folder] = [root for root, _, files in os.walk(place) if "gvm.pc" in files]
    done = subprocess.run(["pkg-config", *args, "gvm"], capture_output=True, text=True, check=True,
                          env={**os.environ, "PKG_CONFIG_LIBDIR": folder, "PKG_CONFIG_PATH": "",
                               "PKG_CONFIG_SYSROOT_DIR": place})
    return shlex.split(done.stdout)


def build(source, program):
    """Compile a program as a user of the library does."""
    subprocess.run(["cc", *FLAGS, *pkg_config("--cflags"), "-o", program, source, *pkg_config("--libs")], check=True)
    return program


def setUpModule():
    """Install once."""
    global place, libraries
    if not shutil.which("pkg-config"):
        raise harness.unittest.SkipTest("pkg-config is not installed")
    place = harness.scratch()
    subprocess.run(["meson", "install", "-C", os.path.dirname(os.path.dirname(harness.GVM)), "--no-rebuild", "--quiet",
                    "--destdir", place], check=True, stdout=subprocess.DEVNULL)
    [libraries] = [root for root, _, files in os.walk(place) if "libgvm.so.0" in files]
    Example.tree = harness.make_tree()
    Example.program = build(SOURCE, os.path.join(place, "vgpus"))


class Example(harness.Case):
    """The example and the command line, on one host."""

    program = None

    def example(self, *args, status=0, program=None, tree=None):
        """Run it; returns its standard output and error."""
        done = subprocess.run([program or self.program, "-r", tree or self.tree, *args], capture_output=True, text=True,
                              timeout=60, check=False, env={**harness.ENVIRONMENT, "LD_LIBRARY_PATH": libraries})
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def told_by_gvm(self, **where):
        """What the example should print, from the answers of gvm."""
        gpus, types, vgpus = (self.answer(noun, "list", **where)["items"] for noun in ("gpu", "type", "vgpu"))
        here = {gpu["id"] for gpu in gpus}

        def of(gpu):
            for v in vgpus:
                if v["gpu"] == gpu or (gpu is None and v["gpu"] not in here):
                    yield "vgpu %s %s %s %s %s %s" % (v["name"], v["gpu"] or "-", v["type"] or "-", v["state"],
                                                      v["origin"], v.get("vm", "-"))
        lines = []
        for gpu in gpus:
            lines.append("gpu %s %s %s" % (gpu["id"], gpu.get("driver") or "-", gpu.get("iommu_group") or -1))
            lines += ["type %s %s %s" % (t["id"], -1 if t["available"] is None else t["available"], t["method"])
                      for t in types if t["gpu"] == gpu["id"]]
            lines += of(gpu["id"])
        return lines + list(of(None))

    def test_list(self):
        """It tells what gvm tells: GPUs, types, vGPUs in all states, VMs."""
        told = self.example()[0].splitlines()
        self.assertEqual(told, self.told_by_gvm())
        states = {line.split()[4] for line in told if line.startswith("vgpu ")}
        self.assertEqual(states, {"active", "attached", "lost", "defined"}, "the host has something of everything")

    def test_other_hosts(self):
        """One with functions to give away, and one with nothing."""
        for tree in (harness.make_tree("--host", "passthrough"), harness.scratch()):
            self.assertEqual(self.example(tree=tree)[0].splitlines(), self.told_by_gvm(tree=tree))

    def test_would_create(self):
        """A dry run finds GPU and type as gvm does, and its errors are those of gvm."""
        [step] = self.answer("vgpu", "create", "--type", "mdpy-vga", "--dry-run")["items"]
        uuid, gpu = self.example("-n", "create", "mdpy-vga")[0].split()
        self.assertRegex(uuid, r"^[0-9a-f-]{36}$")
        self.assertTrue(step["args"]["path"].startswith("/sys/class/mdev_bus/%s/" % gpu), step)
        for args, command in ((["create", "no"], ["create", "--type", "no"]), (["destroy", "no"], ["destroy", "no"]),
                              (["destroy", "desk1"], ["destroy", "desk1"]),
                              (["create", "mbochs-small", "gone"], ["create", "--type", "mbochs-small", "--gpu", "gone"])):
            refused = self.gvm("--json", "vgpu", *command, "--dry-run")
            self.assertNotEqual(refused.status, 0, refused)
            error = self.one_object(refused, refused.status)["error"]
            said = self.example("-n", *args, status=1)[1]
            self.assertEqual(said, "vgpus: %s (%s)\n" % (error["message"], error["code"]) + "".join(
                "  %s: %s\n" % (word, error[key]) for word, key in (("because", "cause"), ("fix", "hint")) if error[key]))

    def test_not_written(self):
        """A sysroot cannot be changed."""
        before = harness.snapshot(self.tree)
        for args in (["create", "mdpy-vga"], ["destroy", "idle"]):
            self.assertIn("(GVM_E_READ_ONLY)", self.example(*args, status=1)[1])
        self.assertEqual(before, harness.snapshot(self.tree))

    def test_leaks_are_seen(self):
        """Had it forgotten to free something, these tests would fail."""
        with open(SOURCE, encoding="utf-8") as file:
            text = file.read()
        for call in (r"gvm_inventory_free\(inv\);", r"gvm_close\(ctx\);", r"gvm_vgpu_record_free\(made\);"):
            changed, n = re.subn(call, "", text)
            self.assertEqual(n, 1, call)
            source = os.path.join(place, "leaky.c")
            with open(source, "w", encoding="utf-8") as file:
                file.write(changed)
            program = build(source, os.path.join(place, "leaky"))
            args = ["-n", "create", "mdpy-vga"] if "record" in call else []
            done = subprocess.run([program, "-r", self.tree, *args], capture_output=True, text=True, timeout=60, check=False,
                                  env={**harness.ENVIRONMENT, "LD_LIBRARY_PATH": libraries})
            self.assertNotEqual(done.returncode, 0, call)
            self.assertIn("LeakSanitizer", done.stderr)


if __name__ == "__main__":
    harness.main()
