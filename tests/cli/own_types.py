#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Own types: on a picture of a host, and on one of files that is the machine, as in keep.py."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)
import keep  # noqa: E402
from schema import problems  # noqa: E402

DESK = ("version: 1\nname: desk\nbase: mdpy-vga\ndescription: for desks\n"
        "params: [{name: power/level, value: 7}, {name: mode, value: one}]\n")


class Pictured(harness.Case):
    """Listed and shown."""

    def setUp(self):
        """A host with own types: one that is, one of a base that is not there, one that takes a driver's name."""
        self.tree = harness.make_tree()
        for name, text in (("desk", DESK), ("gone", "version: 1\nname: gone\nbase: nothing\n"),
                           ("mdpy-hd", "version: 1\nname: mdpy-hd\nbase: mdpy-vga\n"),
                           ("wrong", "version: 1\nname: wrong\nbase: mdpy-vga\nheads: 2\n")):
            harness.write(self.tree, "/etc/gvm/types.d/%s.yaml" % name, text)

    def test_list(self):
        """With the room of its base; what is wrong with the others is told."""
        answer = self.answer("type", "list")
        self.assertEqual(problems(answer), [])
        types = {i["id"]: i for i in answer["items"]}
        desk, base = types["desk"], types["mdpy-vga"]
        self.assertEqual((desk["base"], desk["gpu"], desk["available"], desk["description"]),
                         ("mdpy-vga", "mdpy", base["available"], "for desks"))
        self.assertEqual([p["name"] for p in desk["params"]], ["power/level", "mode"])
        self.assertNotIn("base", types["mdpy-hd"])
        self.assertNotIn("gone", types)
        self.assertRegex(self.ok("type", "list"), r"\bdesk .* own type of mdpy-vga: for desks\n")
        told = "\n".join(answer["warnings"])
        for part in ("own type gone cannot be made now: there is no nothing",
                     "own type mdpy-hd is not used: mdpy has a type of this name",
                     "line 4: Unexpected key: heads"):
            self.assertIn(part, told)

    def test_show(self):
        """In full; of one whose base is not there, why."""
        text = self.ok("type", "show", "desk")
        for part in ("Base", "mdpy-vga", "power/level=7, mode=one\n", "for desks"):
            self.assertIn(part, text)
        error = self.refused(3, "GVM_E_TYPE_NOT_FOUND", "type", "show", "gone")
        self.assertIn("its base nothing is not there", error["cause"])

    def test_dry_runs(self):
        """What would be done."""
        path = os.path.join(harness.scratch(), "t.yaml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(DESK.replace("desk\n", "other\n", 1))
        text = self.ok("type", "create", "-f", path, "--dry-run")
        self.assertTrue(text.startswith("would write /etc/gvm/types.d/other.yaml:\nversion: 1\n"), text)
        self.assertEqual(self.ok("type", "delete", "desk", "--dry-run"),
                         "would remove /etc/gvm/types.d/desk.yaml\n")
        steps = self.answer("vgpu", "create", "--type", "desk", "--param", "mode=two", "--dry-run")
        self.assertEqual(problems(steps), [])
        self.assertEqual([s["args"]["value"] for s in steps["items"]][1:], ["7", "one", "two"])
        self.assertIn("/mdpy-vga/create", steps["items"][0]["args"]["path"])
        with open(path, "w", encoding="utf-8") as out:
            out.write("version: 1\nname: demo\nboot: {kernel: /k}\nvgpus: [{type: desk}]\n")
        text = self.ok("vm", "run", path, "--dry-run")
        self.assertIn("write one to /sys/bus/mdev/devices/", text)


class Types(keep.Keep):
    """Kept, used, forgotten."""

    def keep(self, text):
        """Keep a type; its item."""
        harness.write(self.host, "/t.yaml", text)
        return self.right("gvm.type.create/1", "type", "create", "-f", self.host + "/t.yaml")[0]

    def not_kept(self, status, code, text):
        """A type that is refused."""
        harness.write(self.host, "/t.yaml", text)
        self.wrong(status, code, "type", "create", "-f", self.host + "/t.yaml")

    def test_life(self):
        """Kept, made, defined, held by the definition, deleted."""
        kept = self.keep(DESK)
        self.assertEqual((kept["base"], kept["path"]), ("mdpy-vga", "/etc/gvm/types.d/desk.yaml"))
        made = self.right("gvm.vgpu.create/1", "vgpu", "create", "--type", "desk", "--name", "t")[0]
        self.assertEqual((made["type"], made["own_type"]), ("mdpy-vga", "desk"))
        device = "%s/sys/bus/mdev/devices/%s/" % (self.host, made["uuid"])
        self.assertEqual((self.content(device + "power/level"), self.content(device + "mode")),
                         ("7\n", "one\n"))
        self.right("gvm.vgpu.destroy/1", "vgpu", "destroy", "t")
        self.define("desk1", "--type", "desk")
        seen = self.right("gvm.vgpu.show/1", "vgpu", "show", "desk1")[0]
        self.assertEqual((seen["type"], seen["own_type"], seen["state"]), ("mdpy-vga", "desk", "defined"))
        answer = self.one_object(self.live("--json", "type", "delete", "desk"), 4)
        self.assertEqual(answer["error"]["code"], "GVM_E_TYPE_IN_USE")
        self.assertIn("desk1", answer["error"]["message"])
        self.right("gvm.vgpu.start/1", "vgpu", "start", "desk1")
        seen = self.right("gvm.vgpu.show/1", "vgpu", "show", "desk1")[0]
        self.assertEqual((seen["own_type"], [p["value"] for p in seen["params"]]), ("desk", ["7", "one"]))
        self.right("gvm.vgpu.stop/1", "vgpu", "stop", "desk1")
        self.right("gvm.vgpu.undefine/1", "vgpu", "undefine", "desk1")
        self.right("gvm.type.delete/1", "type", "delete", "desk")
        self.assertEqual(os.listdir(self.host + "/etc/gvm/types.d"), [])
        self.assertEqual(os.listdir(self.host + "/var/lib/gvm/known/types.d"), [])
        self.wrong(3, "GVM_E_TYPE_NOT_FOUND", "type", "delete", "desk")

    def test_refused(self):
        """Names that are taken, bases that are none, files of people."""
        self.not_kept(4, "GVM_E_NAME_TAKEN", DESK.replace("desk\n", "mdpy-hd\n", 1))
        self.not_kept(3, "GVM_E_TYPE_NOT_FOUND", DESK.replace("mdpy-vga", "mdpy-huge"))
        self.not_kept(2, "GVM_E_FILE_INVALID", DESK + "framebuffer_mib: 512\n")
        self.keep(DESK)
        self.not_kept(4, "GVM_E_NAME_TAKEN", DESK)
        self.not_kept(2, "GVM_E_FILE_INVALID", "version: 1\nname: b\nbase: desk\n")
        self.wrong(2, "GVM_E_USAGE", "type", "create")
        self.wrong(2, "GVM_E_USAGE", "type", "delete")
        self.assertEqual(self.live("type", "create", "--force", "-f", self.host + "/t.yaml").status, 2)
        harness.write(self.host, "/t.yaml", DESK)
        text = self.live("type", "create", "--force", "-f", self.host + "/t.yaml")
        self.assertEqual((text.status, text.out), (0, "desk /etc/gvm/types.d/desk.yaml\n"), str(text))


# Those of keep.py are run by keep.py.
for inherited in [name for name in dir(keep.Keep) if name.startswith("test_")]:
    if inherited not in vars(Types):
        setattr(Types, inherited, None)
del keep.Keep


def load_tests(loader, _tests, _pattern):
    """Only these."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (Pictured, Types))


if __name__ == "__main__":
    harness.main()
