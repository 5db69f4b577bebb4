#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The QEMU command line that a VM file leads to, as gvm vm run --print-command shows it."""
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

FILES = os.path.join(harness.HERE, "vm")
NAMES = sorted(name[:-5] for name in os.listdir(FILES) if name.endswith(".yaml"))


def setUpModule():
    """One host for all, and a folder to put VM files into."""
    Command.tree = harness.make_tree()
    harness.write(Command.tree, "/usr/share/qemu/firmware/60-test.json", json.dumps({
        "interface-types": ["uefi"], "features": [],
        "mapping": {"device": "flash", "executable": {"filename": "/fw/code.fd", "format": "raw"},
                    "nvram-template": {"filename": "/fw/vars.fd", "format": "raw"}},
        "targets": [{"architecture": arch, "machines": [machine]} for arch, machine in (
            ("x86_64", "pc-q35-*"), ("aarch64", "virt-*"))]}))
    for name in ("code", "vars"):
        harness.write(Command.tree, "/fw/%s.fd" % name, "")
    Command.folder = harness.scratch()


class Command(harness.Case):
    """Golden command lines."""

    folder = None

    def printed(self, path, **options):
        """The command line as text and as a list."""
        text = self.ok("vm", "run", path, "--print-command", GVM_QEMU="qemu", **options)
        answer = self.answer("vm", "run", "--print-command", path, GVM_QEMU="qemu", **options)
        self.assertEqual(answer["schema"], "gvm.vm.command/1")
        return text, answer["items"][0]["argv"]

    def file(self, text):
        """A VM file; returns its path."""
        harness.write(self.folder, "/vm.yaml", text)
        return self.folder + "/vm.yaml"

    def test_golden(self):
        """Every VM file of the folder; paths and the machine differ from host to host."""
        for name in NAMES:
            with self.subTest(name):
                text, _ = self.printed(os.path.join(FILES, name + ".yaml"))
                text = text.replace(self.tree, "").replace(FILES, "FOLDER")
                text = re.sub(r"-machine (q35|virt)\b", "-machine MACHINE", text)
                text = re.sub(r"(VGA|virtio-gpu-pci),id=video", "VIDEO,id=video", text)
                text = re.sub(r"(tpm-crb|tpm-tis-device),tpmdev", "TPM,tpmdev", text)
                self.golden("command-%s.txt" % name, text)

    def test_shell(self):
        """A shell takes the printed line as the very arguments of the JSON answer."""
        for name in NAMES:
            with self.subTest(name):
                text, argv = self.printed(os.path.join(FILES, name + ".yaml"))
                code = "set -- %s\nprintf '%%s\\0' \"$@\"" % text
                words = subprocess.run(["sh", "-c", code], check=True, capture_output=True)
                self.assertEqual(words.stdout.decode().split("\0")[:-1], argv)

    def test_paths(self):
        """Paths in a VM file count from its folder, wherever gvm is called."""
        path = self.file("version: 1\nname: a\ndisks: [{file: d.img}]\n")
        wanted = self.printed(path)
        self.assertIn("file.filename=%s/d.img" % os.path.realpath(self.folder), wanted[0])
        self.assertEqual(self.printed("vm.yaml", cwd=self.folder), wanted)
        self.assertEqual(self.printed("./vm.yaml", cwd=self.folder), wanted)
        self.assertEqual(self.printed(os.path.basename(self.folder) + "/vm.yaml",
                                      cwd=os.path.dirname(self.folder)), wanted)

    def test_uuid(self):
        """A VM without a UUID has always the same on one host, and another on another."""
        path = os.path.join(FILES, "disk.yaml")

        def uuid(**options):
            argv = self.printed(path, **options)[1]
            return argv[argv.index("-uuid") + 1]
        self.assertEqual(uuid(), uuid())
        other = harness.make_tree()
        harness.write(other, "/etc/machine-id", "f" * 32 + "\n")
        self.assertNotEqual(uuid(), uuid(tree=other))
        another = self.file("version: 1\nname: disk2\ndisks: [{file: d.img}]\n")
        argv = self.printed(another)[1]
        self.assertNotEqual(argv[argv.index("-uuid") + 1], uuid())

    def test_refused(self):
        """What the VM cannot have."""
        head = "version: 1\nname: a\ndisks: [{file: d.img}]\n"
        for tail, status, code in (
                ("vgpus: [{name: nothing}]", 3, "GVM_E_VGPU_NOT_FOUND"),
                ("vgpus: [{name: ghost}]", 3, "GVM_E_VGPU_NOT_FOUND"),
                ("vgpus: [{name: orphan}]", 3, "GVM_E_VGPU_NOT_FOUND"),
                ("accelerator: kvm", 6, "GVM_E_NO_KVM")):
            with self.subTest(tail):
                self.refused(status, code, "vm", "run", self.file(head + tail), "--print-command")

    def test_no_firmware(self):
        """Without a descriptor there is no UEFI."""
        path = self.file("version: 1\nname: a\ndisks: [{file: d.img}]\nfirmware: uefi\n")
        tree = harness.make_tree()
        error = self.refused(6, "GVM_E_FIRMWARE", "vm", "run", path, "--print-command", tree=tree)
        self.assertIn("ovmf", error["hint"])

    def test_limits(self):
        """As many vGPUs as a VM may have, and a name of the greatest length."""
        path = self.file("version: 1\nname: %s\ndisks: [{file: d.img}]\nvgpus:\n%s" % (
            "x" * 63, "- {type: mdpy-vga}\n" * 16))
        self.assertEqual(sum(a.startswith("vfio-pci") for a in self.printed(path)[1]), 16)
        path = self.file("version: 1\nname: a\ndisks: [{file: d.img}]\nqemu_args: [%s]" % ",".join(
            "a%d" % i for i in range(64)))
        self.assertEqual(self.printed(path)[1][-1], "a63")


if __name__ == "__main__":
    harness.main()
