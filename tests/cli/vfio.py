#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels with VFIO groups, with a node for each VFIO device, or with both: what is shown, and run."""
import json
import os
import shlex
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)
import jsonschema  # noqa: E402

HOSTS = {"mixed": (True, False), "cdevs": (False, True), "both": (True, True)}
HEAD = "version: 1\nname: demo\nuuid: 5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50\naccelerator: tcg\ndisks: [{file: /d.img}]\n"


def setUpModule():
    """A host of each kind, and a folder for VM files."""
    Vfio.trees = {name: harness.make_tree("--host", name) for name in HOSTS}
    Vfio.folder = harness.scratch()


class Vfio(harness.Case):
    """Nodes, holders and command lines."""

    trees, folder = {}, None

    def command(self, host, tail):
        """The arguments of vm run's command line."""
        harness.write(self.folder, "/vm.yaml", HEAD + tail)
        answer = self.answer("vm", "run", self.folder + "/vm.yaml", "--print-command", tree=self.trees[host],
                             GVM_QEMU="qemu")
        return answer["items"][0]["argv"]

    def test_nodes(self):
        """vfio_node is what there is, vfio_cdev the device's own; who has one open is its holder."""
        for host, (groups, _) in HOSTS.items():
            if host == "mixed":
                continue
            with self.subTest(host):
                vgpus = {v["name"]: v for v in self.answer("vgpu", "show", tree=self.trees[host])["items"]}
                for i, name in enumerate(("0000:01:00.0", "alice", "bob", "idle")):
                    own = "/dev/vfio/devices/vfio%d" % i
                    group = "/dev/vfio/%d" % (21, 60, 61, 62)[i]
                    self.assertEqual((vgpus[name]["vfio_node"], vgpus[name]["vfio_cdev"]),
                                     (group if groups else own, own))
                self.assertEqual(vgpus["alice"]["vm"], "vm-alice")
                self.assertEqual([h["pid"] for h in vgpus["alice"]["holders"]], [4242])
                self.assertEqual([h["pid"] for h in vgpus["bob"]["holders"]], [4300])
                self.assertEqual(vgpus["idle"]["holders"], [])
                for name, who in (("alice", "vm-alice"), ("bob", "vfio-tool")):
                    error = self.refused(4, "GVM_E_HELD", "vgpu", "destroy", name, "--dry-run", tree=self.trees[host])
                    self.assertIn(who, error["message"])
                self.ok("vgpu", "destroy", "idle", "--dry-run", tree=self.trees[host])
        for v in self.answer("vgpu", "show", tree=self.trees["mixed"])["items"]:
            self.assertNotIn("vfio_cdev", v)

    def test_schema(self):
        """The answers are as the schema says, which knows both kinds of nodes."""
        folder = os.path.join(harness.HERE, "..", "..", "docs", "schema")
        with open(os.path.join(folder, "gvm.defs-1.json"), encoding="utf-8") as file:
            definitions = json.load(file)["definitions"]
        for host in HOSTS:
            for noun in ("gpu", "vgpu"):
                for item in self.answer(noun, "show", tree=self.trees[host])["items"]:
                    jsonschema.validate(item, {"definitions": definitions, "$ref": "#/definitions/" + noun})

    def test_golden(self):
        """All of the command line: iommufd where there are no groups."""
        tail = "vgpus: [{name: idle}, {type: mdpy-vga}, {name: '0000:01:00.0'}]\n"
        line = " ".join(map(shlex.quote, self.command("cdevs", tail))) + "\n"
        self.golden("command-iommufd.txt", line.replace(" -", " \\\n    -").replace(
            "q35", "MACHINE").replace("virt ", "MACHINE "))

    def test_choice(self):
        """vfio: auto takes groups where it can; a file may say what it wants."""
        for host, (groups, own) in HOSTS.items():
            for vgpus in ("[]", "[{name: idle}]", "[{type: mdpy-vga}]"):
                for wish in ("", "auto", "group", "iommufd"):
                    tail = "vgpus: %s\n" % vgpus + ("vfio: %s\n" % wish if wish else "")
                    with self.subTest((host, tail)):
                        if wish == "group" and not groups:
                            harness.write(self.folder, "/vm.yaml", HEAD + tail)
                            error = self.refused(6, "GVM_E_VFIO_NODE", "vm", "run", self.folder + "/vm.yaml",
                                                 "--print-command", tree=self.trees[host])
                            self.assertIn("no VFIO groups", error["message"])
                            continue
                        argv = self.command(host, tail)
                        iommufd = wish == "iommufd" or (wish != "group" and not groups)
                        self.assertEqual("iommufd,id=iommufd,fd=11" in argv, iommufd)
                        devices = [a for a in argv if a.startswith("vfio-pci")]
                        self.assertEqual([",iommufd=iommufd," in a for a in devices], [iommufd] * (vgpus != "[]"))

    def test_wrong(self):
        """A word that is none."""
        harness.write(self.folder, "/vm.yaml", HEAD + "vfio: cdev\n")
        error = self.refused(2, "GVM_E_FILE_INVALID", "vm", "run", self.folder + "/vm.yaml", "--print-command",
                             tree=self.trees["both"])
        self.assertIn("vfio: auto, group, iommufd", error["hint"])


if __name__ == "__main__":
    harness.main()
