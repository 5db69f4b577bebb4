#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Definitions on a host of files that is the machine for these commands alone, with the real mdevctl.

Its "create" and "remove" are played as in live.py; tests/e2e/keep.py has the real kernel.
"""
import json
import os
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)
import live  # noqa: E402

# The whole of /etc is the host's: nothing of this machine is seen or changed.
INSIDE = ('for d in sys run etc var; do mount --no-mtab --bind "$0/$d" /$d || exit 99; done; '
          'exec "$@"')
UUID = "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50"


class Keep(live.Live):
    """What is saved."""

    def setUp(self):
        """A host with folders of its own to save in."""
        super().setUp()
        os.makedirs(self.host + "/var")
        # mdevctl takes offence when these are not there, as its package makes them.
        for folder in ("callouts", "notifiers"):
            os.makedirs(self.host + "/etc/mdevctl.d/scripts.d/" + folder)

    def line(self, *args):
        """The command line that runs gvm on the host."""
        return ["unshare", "--mount", "sh", "-c", INSIDE, self.host, harness.GVM, *args]

    def define(self, *args):
        """Define one; its item."""
        return self.right("gvm.vgpu.define/1", "vgpu", "define", *args)[0]

    def mdevctl(self, *args):
        """Run mdevctl on the host, with success; what it printed."""
        if not shutil.which("mdevctl"):
            self.skipTest("mdevctl is not installed")
        done = subprocess.run(["unshare", "--mount", "sh", "-c", INSIDE, self.host, "mdevctl", *args],
                              capture_output=True, text=True, timeout=40, check=False)
        self.assertEqual(done.returncode, 0, "mdevctl %s: %s%s" % (args, done.stdout, done.stderr))
        return done.stdout

    def test_life(self):
        """Defined, started, stopped, undefined; each answer as its schema says."""
        made = self.define("desk1", "--type", "mdpy-vga", "--autostart")
        self.assertEqual(made["path"], "/etc/gvm/vgpu.d/desk1.yaml")
        with open(self.host + made["path"], encoding="utf-8") as file:
            self.assertIn('uuid: "%s"\n' % made["uuid"], file.read())
        self.wrong(4, "GVM_E_NAME_TAKEN", "vgpu", "define", "desk1", "--type", "mdpy-vga")
        self.wrong(4, "GVM_E_NAME_TAKEN", "vgpu", "create", "--name", "desk1", "--type", "mdpy-vga")
        for result in ("started", "already_active"):
            told = self.right("gvm.vgpu.start/1", "vgpu", "start", "--autostart")
            self.assertEqual(told, [{"name": "desk1", "result": result}])
        seen = self.right("gvm.vgpu.show/1", "vgpu", "show", made["uuid"])[0]
        self.assertEqual([seen[k] for k in ("name", "state", "origin", "autostart")],
                         ["desk1", "active", "defined", True])
        changed = self.right("gvm.vgpu.set/1", "vgpu", "set", "desk1", "autostart=off")[0]
        self.assertEqual((changed["autostart"], changed["uuid"]), (False, made["uuid"]))
        self.wrong(4, "GVM_E_VGPU_ACTIVE", "vgpu", "set", "desk1", "type=mdpy-vga")
        for result in ("stopped", "not_active"):
            told = self.right("gvm.vgpu.stop/1", "vgpu", "stop", "desk1")
            self.assertEqual(told, [{"name": "desk1", "result": result}])
        self.assertEqual(self.right("gvm.vgpu.undefine/1", "vgpu", "undefine", "desk1"),
                         [{"name": "desk1", "result": "undefined"}])
        self.wrong(3, "GVM_E_NOT_DEFINED", "vgpu", "start", "desk1")
        self.assertEqual(self.right("gvm.vgpu.list/1", "vgpu", "list"), [])
        self.assertEqual(os.listdir(self.host + "/var/lib/gvm/known/vgpu.d"), [])

    def test_some_fail(self):
        """Several at once: what failed is told in the answer, and in the exit status."""
        self.define("a", "--type", "mdpy-vga")
        self.define("b", "--type", "x", "--gpu", "0000:77:00.0", "--force")
        answer = self.one_object(self.live("--json", "vgpu", "start", "a", "b"), 3)
        self.assertEqual(live.problems(answer), [])
        self.assertEqual([i["result"] for i in answer["items"]], ["started", "waiting"])
        text = self.live("vgpu", "start", "a", "b")
        self.assertEqual((text.status, text.out), (3, "a already_active\n"), str(text))
        self.assertIn("of 2 vGPUs 0 failed, and 1 wait for their GPU", text.err)
        # One alone fails as any command does, and so does a name that is not there, before all else.
        self.wrong(3, "GVM_E_PARENT_ABSENT", "vgpu", "start", "b")
        self.wrong(3, "GVM_E_NOT_DEFINED", "vgpu", "start", "a", "c")

    def test_usage(self):
        """What does not go together."""
        for args in (["define"], ["define", "a"], ["define", "--type", "mdpy-vga"],
                     ["define", "a", "--type", "mdpy-vga", "--file", "x"],
                     ["define", "a", "--type", "mdpy-vga", "--param", "b"],
                     ["define", "a", "--type", "mdpy-vga", "--param", "../b=c"],
                     ["create", "--type", "mdpy-vga", "--param", "b"],
                     ["create", "--type", "mdpy-vga", "--param", "remove=1"],
                     ["set", "a", "--param", "driver/unbind=1"],
                     ["start"], ["start", "a", "--autostart"], ["start", "a", "--gpu", "mdpy"],
                     ["set", "a"], ["undefine"], ["stop"]):
            with self.subTest(args):
                self.wrong(2, "GVM_E_USAGE", "vgpu", *args)
        self.wrong(2, "GVM_E_USAGE", "import", "libvirt")
        self.wrong(2, "GVM_E_USAGE", "export", "layout")

    def test_params(self):
        """Set in order on what is made, shown, changed while it is active; of one without a definition too."""
        made = self.right("gvm.vgpu.create/1", "vgpu", "create", "--type", "mdpy-vga", "--name", "t",
                          "--param", "power/level=7", "--param", "mode=one")[0]
        params = [{"name": "power/level", "value": "7"}, {"name": "mode", "value": "one"}]
        self.assertEqual(made["params"], params)
        self.assertEqual(self.right("gvm.vgpu.show/1", "vgpu", "show", "t")[0]["params"], params)
        device = "%s/sys/bus/mdev/devices/%s/" % (self.host, made["uuid"])
        self.assertEqual(self.content(device + "mode"), "one\n")
        text = self.live("vgpu", "set", "t", "--param", "mode=two", "--dry-run")
        self.assertEqual((text.status, self.content(device + "mode")), (0, "one\n"), str(text))
        self.assertIn("write two to /sys/bus/mdev/devices/%s/mode" % made["uuid"], text.out)
        told = self.right("gvm.vgpu.set/1", "vgpu", "set", "t", "--param", "mode=two")[0]
        self.assertEqual(told["params"], [params[0], {"name": "mode", "value": "two"}])
        self.assertEqual(self.content(device + "mode"), "two\n")
        self.wrong(2, "GVM_E_PARAM_UNKNOWN", "vgpu", "set", "t", "--param", "nothing=1")
        # What was warned of before it failed has no place in the error.
        with open(device + "large", "w", encoding="utf-8") as attribute:
            attribute.write("x" * 9000)
        args = ("vgpu", "set", "t", "--param", "large=1", "--param", "nothing=1")
        failed = self.live("--json", *args)
        self.assertEqual(self.one_object(failed, 2)["error"]["code"], "GVM_E_PARAM_UNKNOWN")
        for result in (failed, self.live(*args)):
            self.assertEqual(result.err.count("gvm: warning: vGPU t: the driver took"), 1, str(result))
        self.wrong(3, "GVM_E_NOT_DEFINED", "vgpu", "set", "t", "autostart=on")
        self.assertIn("gvm vgpu set t --param KEY=VALUE\n", self.live("vgpu", "set", "t", "mode=two").err)
        self.assertNotIn("--param", self.live("vgpu", "set", "nothing", "mode=two").err)
        self.wrong(3, "GVM_E_VGPU_NOT_FOUND", "vgpu", "set", "nothing", "--param", "mode=two")
        self.wrong(2, "GVM_E_USAGE", "vgpu", "set", "t")
        text = self.live("vgpu", "create", "--type", "mdpy-vga", "--name", "u", "--param", "mode=x")
        self.assertEqual(text.status, 1, str(text))
        self.assertIn("mode shows xff", text.err)
        self.assertEqual(self.right("gvm.vgpu.list/1", "vgpu", "list")[0]["name"], "t")

    def content(self, path):
        """What stands in a file."""
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_file(self):
        """From a file; a wrong one is told with its line."""
        harness.write(self.host, "/d.yaml", "version: 1\nname: desk1\ntype: mdpy-vga\n"
                      "params: [{name: a, value: 1}]\ngpu: {address: mdpy, serial: '07'}\n")
        made = self.define("-f", self.host + "/d.yaml")
        self.assertEqual(made["gpu_serial"], "07")
        self.assertEqual(self.right("gvm.vgpu.show/1", "vgpu", "show", "desk1")[0]["gpu_serial"], "07")
        self.assertEqual((made["gpu"], made["params"]), ("mdpy", [{"name": "a", "value": "1"}]))
        self.wrong(2, "GVM_E_PARAM_UNKNOWN", "vgpu", "start", "desk1")
        self.assertEqual(self.right("gvm.vgpu.list/1", "vgpu", "list")[0]["state"], "defined")
        harness.write(self.host, "/d.yaml", "version: 1\nname: desk1\ntipe: mdpy-vga\n")
        text = self.live("vgpu", "define", "--file", self.host + "/d.yaml")
        self.assertEqual(text.status, 2)
        self.assertIn("line 3: Unexpected key: tipe", text.err)
        self.wrong(3, "GVM_E_FILE_READ", "vgpu", "define", "-f", "/nothing")

    def test_to_mdevctl(self):
        """The real mdevctl finds what gvm exports, as gvm means it."""
        self.define("desk1", "--type", "mdpy-vga", "--uuid", UUID, "--autostart", "--param", "a/b=c d")
        told = self.right("gvm.export.mdevctl/1", "export", "mdevctl")
        self.assertEqual(told[0]["path"], "/etc/mdevctl.d/mdpy/" + UUID)
        found = json.loads(self.mdevctl("list", "--defined", "--dumpjson"))
        self.assertEqual(found, [{"mdpy": [{UUID: {"mdev_type": "mdpy-vga", "start": "auto",
                                                   "attrs": [{"a/b": "c d"}]}}]}])
        self.assertEqual(self.right("gvm.export.mdevctl/1", "export", "mdevctl")[0]["result"],
                         "unchanged")
        self.mdevctl("modify", "--uuid", UUID, "--manual")
        answer = self.one_object(self.live("--json", "export", "mdevctl"), 4)
        self.assertEqual(answer["items"][0]["error"]["code"], "GVM_E_FILE_CHANGED")
        self.assertEqual(live.problems(answer), [])

    def test_from_mdevctl(self):
        """gvm finds what the real mdevctl defines, and imports it once."""
        self.mdevctl("define", "--uuid", UUID, "--parent", "mdpy", "--type", "mdpy-vga", "--auto")
        self.mdevctl("modify", "--uuid", UUID, "--addattr", "x", "--value", "1")
        seen = self.right("gvm.vgpu.list/1", "vgpu", "list")[0]
        self.assertEqual([seen[k] for k in ("name", "state", "defined_by", "autostart", "params")],
                         [UUID, "defined", "mdevctl", True, [{"name": "x", "value": "1"}]])
        self.wrong(2, "GVM_E_DEFINED_ELSEWHERE", "vgpu", "set", UUID, "autostart=off")
        told = self.right("gvm.import.mdevctl/1", "import", "mdevctl")
        self.assertEqual([i["name"] for i in told], ["vgpu-5d9f1f2e"])
        self.assertEqual(self.right("gvm.import.mdevctl/1", "import", "mdevctl"), [])
        seen = self.right("gvm.vgpu.list/1", "vgpu", "list")
        self.assertEqual([(v["name"], v["uuid"], v["defined_by"]) for v in seen],
                         [("vgpu-5d9f1f2e", UUID, "gvm")])


# Those of live.py are run by live.py.
for inherited in [name for name in dir(live.Live) if name.startswith("test_")]:
    if inherited not in vars(Keep):
        setattr(Keep, inherited, None)
del live.Live


def load_tests(loader, _tests, _pattern):
    """Only these."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(Keep))


if __name__ == "__main__":
    harness.main()
