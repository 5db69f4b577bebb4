#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What list and show print of a host with something of everything, as text and as JSON."""
import json
import os
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

COMMANDS = {
    "list": ["list"],
    "gpu-list": ["gpu", "list"],
    "gpu-list-all": ["gpu", "list", "--all-classes"],
    "gpu-show": ["gpu", "show"],
    "gpu-show-one": ["gpu", "show", "mdpy", "0000:00:02.0"],
    "type-list": ["type", "list"],
    "type-list-gpu": ["type", "list", "--gpu", "00:02.0"],
    "type-show": ["type", "show"],
    "type-show-name": ["type", "show", "Dual port serial"],
    "vgpu-list": ["vgpu", "list"],
    "vgpu-list-gpu": ["vgpu", "list", "--gpu", "mdpy"],
    "vgpu-show": ["vgpu", "show"],
    "vgpu-show-one": ["vgpu", "show", "desk1", "2BD806C9-7F0E-40AF-8A1F-C3328FA763A9"],
    "vgpu-who": ["vgpu", "who"],
    "vgpu-who-one": ["vgpu", "who", "desk1", "2BD806C9-7F0E-40AF-8A1F-C3328FA763A9"],
    "vm-list": ["vm", "list"],
    "vm-show": ["vm", "show"],
    "vm-show-one": ["vm", "show", "win-alice"],
}


def setUpModule():
    """One host for all."""
    Lists.tree = harness.make_tree()
    Lists.names = harness.pci_names()


class Lists(harness.Case):
    """Golden files of every list."""

    names = {}

    def host_names(self, answer):
        """The golden answer with the names that this machine's pci.ids gives."""
        changed = False
        for item in answer["items"]:
            key = item.get("vendor") and item["vendor"][2:] + item["device"][2:]
            if key:
                name = self.names.get(key) or self.names.get(key[:4])
                changed = changed or name != item["name"]
                item["name"] = name
        return changed

    def test_json(self):
        """Every answer as JSON."""
        for name, command in COMMANDS.items():
            with self.subTest(command):
                answer = self.answer(*command)
                path = os.path.join(harness.GOLDEN, name + ".json")
                if not harness.UPDATE:
                    with open(path, encoding="utf-8") as file:
                        wanted = json.load(file)
                    self.host_names(wanted)
                    if wanted == answer:
                        continue
                self.golden(name + ".json", json.dumps(answer, indent=1) + "\n")

    def test_text(self):
        """Every answer as text; the width of its columns depends on the names in pci.ids."""
        with open(os.path.join(harness.GOLDEN, "gpu-list-all.json"), encoding="utf-8") as file:
            if self.host_names(json.load(file)):
                self.skipTest("this machine's pci.ids names the GPUs otherwise")
        for name, command in COMMANDS.items():
            with self.subTest(command):
                self.golden(name + ".txt", self.ok(*command))

    def test_text_is_json(self):
        """Text and JSON tell of the same objects in the same order."""
        for noun in ("gpu", "type", "vgpu", "vm"):
            key = "gpu" if noun == "type" else "id" if noun == "gpu" else "name"
            first = [line.split()[0] for line in self.ok(noun, "list").splitlines()[1:]]
            self.assertEqual(first, [i[key] for i in self.answer(noun, "list")["items"]], noun)

    def test_show_is_for_people(self):
        """No name of JSON is shown, each name once, and no line without a value."""
        for noun in ("gpu", "type", "vgpu", "vm"):
            for block in self.ok(noun, "show").split("\n\n"):
                labels = [line[:14].strip() for line in block.splitlines()]
                self.assertEqual(len(set(labels)), len(labels), block)
                for line in block.splitlines():
                    self.assertNotIn("_", line[:14])
                    self.assertTrue(line[15:].strip(), "%r has no value" % line)
        self.assertIn("IOMMU group    60\n", self.ok("vgpu", "show", "desk1"))

    def test_vm_paths(self):
        """Where to find what belongs to a VM that gvm runs, and nothing made up for another's."""
        text = self.ok("vm", "show", "desk")
        for part in ("/srv/desk.yaml", "/run/gvm/vm/desk/console.sock", "/run/gvm/vm/desk/qemu.log",
                     "-serial"):
            self.assertIn(part, text)
        self.assertNotIn("/run/gvm", self.ok("vm", "show", "win-alice"))

    def test_list_is_whole(self):
        """No vGPU is left out of the overview, also when its GPU is gone."""
        whole = json.dumps(self.answer("list"))
        text = self.ok("list")
        for item in self.answer("vgpu", "list")["items"]:
            self.assertIn(item["name"], text)
            self.assertIn(item["name"], whole, "gvm list --json leaves out %s" % item["name"])

    def test_nothing(self):
        """A host without GPUs, and one without anything: no error, and nothing invented."""
        empty = harness.scratch()
        for noun in ("gpu", "type", "vgpu", "vm"):
            self.assertEqual(self.answer(noun, "list", tree=empty)["items"], [], noun)
        self.assertEqual(self.answer("list", tree=empty)["items"], [])
        for noun, after in (("gpu", "gvm gpu list --all-classes"), ("type", "gvm gpu list"),
                            ("vgpu", "gvm vgpu create --type"), ("vm", "gvm vm run")):
            for command in ([noun, "list"], [noun, "show"]):
                text = self.ok(*command, tree=empty)
                self.assertTrue(text.startswith("no ") and text.count("\n") == 1, text)
                self.assertIn(after, text, "what to do next")
        self.assertTrue(self.ok("list", tree=empty).startswith("no GPUs found; "))
        self.assertIn("this GPU", self.ok("vgpu", "list", "--gpu", "04:00.0"))
        self.assertIsNone(self.answer("list", tree=empty)["host"], "the host's name is unknown")

    def test_parts(self):
        """What a host does not have is unknown, and the rest still told."""
        root = harness.make_tree()
        os.rename(root + "/proc", root + "/gone")
        answer = self.answer("vgpu", "list", tree=root)
        self.assertEqual(len(answer["items"]), 13)
        self.assertTrue(answer["warnings"], "without /proc nobody can tell who holds a vGPU")
        os.rename(root + "/sys/class/mdev_bus", root + "/gone2")
        self.assertEqual(self.answer("vgpu", "show", "desk1", tree=root)["items"][0]["gpu"],
                         "0000:00:02.0")


if __name__ == "__main__":
    harness.main()
