#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of /sys, /proc and /run/gvm that say anything, or are no files: read with care."""
import json
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

uuid_of = harness.hosts.uuid_of

READERS = [["list"], ["gpu", "list"], ["type", "list"], ["vgpu", "show"], ["vm", "list"]]
FEW = [["list"], ["vm", "list"]]
GPU = "/sys/devices/pci0000:00/0000:00:02.0"
TYPE = GPU + "/mdev_supported_types/i915-GVTg_V5_4"
DESK1 = GPU + "/" + uuid_of("desk1")
ATTRIBUTES = [GPU + "/" + name for name in (
    "class", "vendor", "device", "numa_node", "local_cpulist", "boot_vga", "sriov_totalvfs",
    "sriov_numvfs")] + [TYPE + "/" + name for name in (
        "name", "description", "available_instances", "device_api")]
TEXTS = {
    "control characters": "\x1b[2J\x1b]0;x\x07\r\n\t\x7f\x08",
    "C1 controls": "\u009b2J\u0085\u0080",
    "broken UTF-8": b"\xff\xfe\xc3(\xed\xa0\x80\xf8\x88\x80\x80\x80\xc0\xaf",
    "cut UTF-8": "a" * 62 + "\u20ac" * 100,
    "a page": "A" * 4095, "long": "A" * 300000, "empty": "", "newline": "\n", "spaces": "  \n",
    "zeros": b"\0" * 64, "binary": bytes(range(256)), "negative": "-1\n", "huge": "9" * 40,
    "just too large": "18446744073709551616\n", "32 bits": "4294967297\n", "hex": "0x\n",
    "float": "1e9\n", "signs": "+5\n", "two": "5 5\n", "format": "%s%s%n%n\n",
    "quotes": "\"},{\"a\":\"\\\n",
}
SECRET = "secret-of-the-machine"


class Hostile(harness.Case):
    """What is read is not trusted."""

    def setUp(self):
        """A host of its own for each test: they damage it."""
        self.base = tempfile.mkdtemp(prefix="gvm-cli-")
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.tree = self.new_tree()

    def new_tree(self):
        """Another such host."""
        root = tempfile.mkdtemp(dir=self.base)
        harness.hosts.mixed(root)
        return root

    def read_all(self, what, tree=None, commands=READERS, may_fail=False):
        """Readers come to an end with success (or an error of theirs), and print only text."""
        answers = {}
        for command in commands:
            with self.subTest(what=what, command=command):
                result = self.gvm("--json", *command, tree=tree)
                known = may_fail and result.status in (3, 7)
                answer = self.one_object(result, result.status if known else 0)
                answers[" ".join(command)] = answer if not known else {"items": []}
                result = self.gvm(*command, tree=tree)
                self.assertIn(result.status, (0, 3, 7) if may_fail else (0,), str(result))
                for text in (result.out, result.err):
                    bad = [c for c in text if (ord(c) < 32 and c != "\n") or 0x7f <= ord(c) < 0xa0
                           or 0xd800 <= ord(c) < 0xe000]
                    self.assertEqual(bad, [], "not printable: %r" % text[:2000])
                    self.assertNotIn(SECRET, text, "read outside of the sysroot")
        self.assertNotIn(SECRET, json.dumps(answers), "read outside of the sysroot")
        return answers

    def test_texts(self):
        """Any text in any attribute, one kind of text at a time."""
        for what, text in TEXTS.items():
            for attribute in ATTRIBUTES:
                harness.write(self.tree, attribute, text)
            harness.write(self.tree, "/etc/hostname", text)
            self.read_all(what, commands=FEW)
            for attribute in ATTRIBUTES:
                if attribute.endswith("class"):
                    harness.write(self.tree, attribute, "0x030000\n")
            answers = self.read_all(what + ", class known", commands=[["list"], ["type", "list"]])
            gpus = [g["id"] for g in answers.get("list", {"items": []})["items"]]
            self.assertIn("0000:00:02.0", gpus, "%s: the GPU is still there" % what)

    def test_numbers(self):
        """What is no number is unknown, not 0 and not another number."""
        for what in ("empty", "negative", "huge", "just too large", "32 bits", "hex", "float",
                     "signs", "two", "binary", "spaces"):
            for name in ("numa_node", "boot_vga", "sriov_totalvfs"):
                harness.write(self.tree, GPU + "/" + name, TEXTS[what])
            harness.write(self.tree, TYPE + "/available_instances", TEXTS[what])
            with self.subTest(what):
                gpu = self.answer("gpu", "show", "00:02.0")["items"][0]
                self.assertIsNone(gpu["numa_node"])
                self.assertNotIn("sriov", gpu)
                kind = self.answer("type", "show", "i915-GVTg_V5_4")["items"][0]
                self.assertIsNone(kind["available"])
                self.assertNotIn("reason", kind, "unknown is not full")

    def other_things(self, full):
        """Ways to put something else in the place of a file; outside stands for the machine."""
        outside = os.path.join(self.base, "outside")
        with open(outside, "w", encoding="utf-8") as file:
            file.write(SECRET + "\n")
        up = "../" * 40
        return {
            "nothing": lambda: None, "FIFO": lambda: os.mkfifo(full),
            "folder": lambda: os.mkdir(full),
            "loop": lambda: os.symlink(os.path.basename(full), full),
            "dangling": lambda: os.symlink("nothing", full),
            "link out, absolute": lambda: os.symlink(outside, full),
            "link out, relative": lambda: os.symlink(up + outside[1:], full),
            "link to a device": lambda: os.symlink("/dev/zero", full),
            "link into /proc": lambda: os.symlink("/proc/self/environ", full),
            "link into itself": lambda: os.symlink("../" * 3, full),
        }

    def test_no_files(self):
        """Something else in the place of an attribute, or of a process's file."""
        places = [*ATTRIBUTES, "/etc/hostname", "/etc/machine-id", "/proc/4242/stat",
                  "/proc/4242/comm", "/proc/4242/cmdline"]
        for kind in self.other_things(""):
            root = self.new_tree()
            for place in places:
                full = root + place
                if os.path.lexists(full):
                    os.unlink(full)
                self.other_things(full)[kind]()
            answers = self.read_all(kind, tree=root)
            self.assertEqual(len(answers["gpu list"]["items"]), 8, "%s: the other GPUs" % kind)

    def test_no_folders(self):
        """Something else in the place of a folder."""
        places = ["/sys/bus/pci/devices", "/sys/class/mdev_bus", GPU + "/mdev_supported_types",
                  GPU + "/drm", DESK1, "/proc/4242/fd", "/proc", "/sys", "/run", "/run/gvm",
                  "/run/gvm/vgpu", "/etc"]
        for place in places:
            root = self.new_tree()
            os.rename(root + place, self.base + "/moved")
            for kind in ("nothing", "FIFO", "loop", "link into itself"):
                self.other_things(root + place)[kind]()
                self.read_all("%s is %s" % (place, kind), root, FEW, may_fail=True)
                if os.path.lexists(root + place):
                    os.unlink(root + place)
            shutil.rmtree(self.base + "/moved")

    def test_outside(self):
        """Links that lead out of the sysroot lead nowhere: another host's objects never show."""
        other = self.new_tree()
        harness.write(other, "/etc/hostname", SECRET)
        for place in ("/sys", "/sys/class", "/sys/class/mdev_bus", "/sys/bus/pci/devices", "/run",
                      "/run/gvm", "/run/gvm/vgpu", "/run/gvm/vms", "/proc", "/proc/4242",
                      "/etc", "/etc/hostname"):
            for target in (other + place, "../" * 40 + (other + place)[1:]):
                root = self.new_tree()
                os.rename(root + place, self.base + "/moved")
                os.symlink(target, root + place)
                answers = self.read_all("%s -> %s" % (place, target), root,
                                        [["gpu", "list"], ["vgpu", "list"], ["vm", "list"]], True)
                names = json.dumps(answers)
                if place in ("/run", "/run/gvm", "/run/gvm/vgpu"):
                    self.assertNotIn("ghost", names, "%s -> %s was followed" % (place, target))
                if place in ("/run", "/run/gvm", "/run/gvm/vms"):
                    self.assertFalse([vm for vm in answers["vm list"]["items"]
                                      if vm["started_by"] == "gvm"],
                                     "%s -> %s was followed" % (place, target))
                if place == "/sys":
                    self.assertEqual(answers["gpu list"]["items"], [])
                if os.path.isdir(self.base + "/moved"):
                    shutil.rmtree(self.base + "/moved")
                else:
                    os.unlink(self.base + "/moved")

    def test_names(self):
        """Entries with any name among those that are known."""
        evil = ["\x1b[2J", "a\nb", b"\xff\xfe".decode(errors="surrogateescape"), "%s%n", "-", "...",
                "a b", "x" * 255, "'\"\\", "00000000-0000-4000-8000-00000000000g",
                "0000:00:02.0.0", "cardX", "card0-\x07", "\u009b"]
        for name in evil:
            for folder in (GPU, GPU + "/mdev_supported_types", GPU + "/drm", "/proc",
                           "/proc/4242/fd", "/sys/class/mdev_bus", "/sys/bus/pci/devices",
                           "/sys/bus/pci/devices/../slots", "/run/gvm/vgpu"):
                os.makedirs(os.path.join(self.tree + folder, name), exist_ok=True)
        answers = self.read_all("odd names")
        nodes = [g["drm_nodes"] for g in answers["gpu list"]["items"] if g["id"] == "0000:00:02.0"]
        self.assertEqual(nodes, [["/dev/dri/card0", "/dev/dri/renderD128"]], "nodes have numbers")
        for name in evil[:9]:
            harness.write(self.tree, "/sys/class/mdev_bus/%s/mdev_supported_types/t/name" % name,
                          "t")
        self.read_all("odd parents")

    def test_links(self):
        """Links to drivers, groups and types whose targets have any name."""
        for target in ("\x1b[2J", "a\nb", "../" * 40, "/", "..", "99999999999999999999", "-1",
                       "x" * 255, "0x10", "1 ", "\udcff"):
            for path in (GPU + "/driver", GPU + "/iommu_group", DESK1 + "/mdev_type",
                         DESK1 + "/iommu_group"):
                os.unlink(self.tree + path)
                os.symlink("../" + target, self.tree + path)
            answers = self.read_all("links to %r" % target, commands=FEW)
            self.assertIsNone([g for g in answers["list"]["items"]
                               if g["id"] == "0000:00:02.0"][0]["iommu_group"])

    def test_processes(self):
        """Absurd lines of /proc never make a VM alive, and never hide the others."""
        stat = "4100 (%s) S 1 4100 4100 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 %s 0 0\n"
        lines = {
            "empty": "", "no brackets": "4100 S 1", "open": "4100 (", "closed": ") S",
            "short": "4100 (a) S 1 2 3", "letters": stat % ("a", "x"), "none": stat % ("a", ""),
            "negative": stat % ("a", "-5000"), "huge": stat % ("a", "5000" + "0" * 30),
            "long": stat % ("a" * 5000, "5000"), "zeros": b"\0" * 100,
            "zero inside": (stat % ("a", "5000")).encode()[:20] + b"\0" + b" 5000" * 20,
            "zombie": (stat % ("a", "5000")).replace(") S", ") Z"),
            "another start": stat % ("a", "5001"), "hidden": stat % (") S 1 2 3", "4999"),
        }
        for what, line in lines.items():
            harness.write(self.tree, "/proc/4100/stat", line)
            answers = self.read_all("stat: " + what, commands=FEW)
            self.assertNotIn("desk", [vm["name"] for vm in answers["vm list"]["items"]
                                      if vm["started_by"] == "gvm"], "stat: %s" % what)
        for comm in ("a) S", "((((", ") R 9 9", "a b) (c"):
            harness.write(self.tree, "/proc/4100/stat", stat % (comm, "5000"))
            names = [vm["name"] for vm in self.answer("vm", "list")["items"]]
            self.assertIn("desk", names, "a command named %r" % comm)

    def test_command_lines(self):
        """QEMU command lines of any form: a VM is known by something."""
        name = {"empty": b"", "no end": b"qemu\0-name", "one": b"-name\0", "binary": bytes(256),
                "long": b"qemu\0-name\0" + b"a" * 500 + b"\0-uuid\0x\0", "huge": b"a\0" * 200000,
                "control": b"qemu\0-name\0\x1b[2J\0", "UTF-8": b"qemu\0-name\0\xff\xc3\0",
                "comma": b"qemu\0-name\0,debug-threads=on\0", "slash": b"q\0-name\0../../x\0"}
        for what, line in name.items():
            harness.write(self.tree, "/proc/4242/cmdline", line)
            answers = self.read_all("cmdline: " + what, commands=FEW)
            vms = [vm for vm in answers["vm list"]["items"] if vm["pid"] == 4242]
            self.assertEqual(len(vms), 1, what)
            self.assertTrue(vms[0]["name"], what)
            self.assertEqual(len(vms[0]["vgpus"]), 1, what)

    def test_open_files(self):
        """Links below /proc/PID/fd that are no VFIO nodes, or no links."""
        folder = self.tree + "/proc/4242/fd/"
        for i, target in enumerate(("/dev/vfio/", "/dev/vfio/x", "/dev/vfio/-62", "/dev/vfio/vfio",
                                    "/dev/vfio/99999999999999999999", "/dev/vfio/64\x1b",
                                    "/dev/vfio/devices/vfio64", "x" * 4000, "\udcff")):
            os.symlink(target, folder + str(100 + i))
        os.mkdir(folder + "200")
        os.mkfifo(folder + "201")
        harness.write(self.tree, "/proc/4242/fd/202", "/dev/vfio/64")
        answers = self.read_all("open files")
        states = {v["name"]: v["state"] for v in answers["vgpu show"]["items"]}
        self.assertEqual(states[uuid_of("foreign")], "active", "nobody has group 64 open")
        self.assertEqual(states[uuid_of("alice")], "attached", "group 62 is still seen")

    def test_vgpu_records(self):
        """A damaged record is told of, and does not hide the others."""
        good = {"name": "bad", "uuid": uuid_of("foreign"), "gpu": "mtty", "type": "mtty-1", "method": "mdev"}
        damaged = {
            "empty": "", "binary": bytes(range(256)), "text": "hello", "array": "[]",
            "cut": json.dumps(good)[:40], "more": json.dumps(good) + "x", "zeros": b"\0" * 99,
            "large": json.dumps({**good, "x": "a" * 17000}),
            "deep": "[" * 4000, "deep objects": '{"a":' * 800,
            "UTF-8": json.dumps(good).encode()[:-1] + b',"x":"\xff"}',
            "comment": json.dumps(good) + "/* */ //",
            "slash": json.dumps({**good, "gpu": "../../etc"}),
            "escape": json.dumps({**good, "name": "\x1b[2J"}),
            "zero in text": json.dumps({**good, "type": "mtty-1\0x"}),
            "owner": json.dumps({**good, "owner": 5}),
            "owner's id": json.dumps({**good, "owner": {"pid": -1, "start": 1}}),
            "owner's start": json.dumps({**good, "owner": {"pid": 1, "start": 1.5}}),
            **{"no " + key: json.dumps({k: v for k, v in good.items() if k != key})
               for key in good},
            **{"number for " + key: json.dumps({**good, key: 5}) for key in good},
            **{"empty " + key: json.dumps({**good, key: ""}) for key in good},
            **{"long " + key: json.dumps({**good, key: "a" * 200}) for key in good},
        }
        for what, text in damaged.items():
            harness.write(self.tree, "/run/gvm/vgpu/bad.json", text)
            with self.subTest(what):
                answer = self.answer("vgpu", "list")
                self.assertIn("bad", " ".join(answer["warnings"]), "it must be told of")
                names = [v["name"] for v in answer["items"]]
                self.assertIn("desk1", names)
                self.assertIn(uuid_of("foreign"), names, "a damaged record counts nothing")

    def show_with_json(self, words, text):
        """How the VM is shown whose line says this behind its words."""
        harness.write(self.tree, "/run/gvm/vms", words + "\t" + text)
        return self.answer("vm", "show", words.split()[0])["items"][0]

    def test_vm_records(self):
        """A damaged line of the VM table is told of, and does not hide the others."""
        with open(self.tree + "/run/gvm/vms", encoding="utf-8") as file:
            lines = file.read()
        words, whole = lines.splitlines()[0].split("\t")
        name, uuid, hypervisor, accelerator, pid, start, vgpu = words.split(" ")
        behind = "\t" + whole
        bad = [
            "hello", "{", "[]", "[" * 5000, '{"a":' * 3000, "\x1b[2J", "a" * 100000, "null", "5",
            "\t", behind, whole, words, words.replace(" ", "\t"), words + " " + whole,
            *(" ".join(line) + behind for line in (
                (name, uuid, hypervisor, accelerator, "-4100", start, vgpu),
                (name, uuid, hypervisor, accelerator, str(1 << 40), start, vgpu),
                (name, uuid, hypervisor, accelerator, "0x1004", start, vgpu),
                (name, uuid, hypervisor, accelerator, pid, "-5000", vgpu),
                (name, uuid, hypervisor, accelerator, pid, str(1 << 64), vgpu),
                (name, uuid, hypervisor, accelerator, pid, start, *[vgpu] * 17),
                (name, uuid, hypervisor, accelerator, pid, start, "x"),
                (name, uuid, hypervisor, accelerator, pid, start, vgpu, ""),
                (name, uuid, hypervisor, accelerator, pid),
                (name, uuid, hypervisor, pid, start, vgpu),
                (name, uuid, hypervisor, "x" * 40, pid, start, vgpu),
                (name, uuid, hypervisor, "\x1b[2J", pid, start, vgpu),
                (name, uuid, "x" * 40, accelerator, pid, start, vgpu),
                (name, uuid, "../x", accelerator, pid, start, vgpu),
                (name, "x", hypervisor, accelerator, pid, start, vgpu),
                ("../x", uuid, hypervisor, accelerator, pid, start, vgpu),
                ("x" * 100, uuid, hypervisor, accelerator, pid, start, vgpu))),
        ]
        for line in bad:
            harness.write(self.tree, "/run/gvm/vms", line + "\n" + lines + "\n\n" + line)
            answers = self.read_all(line[:60], commands=[["vm", "list"]])
            vms = [vm["name"] for vm in answers["vm list"]["items"]]
            self.assertEqual(vms, ["desk", "win-alice"], line[:60])
            self.assertTrue(answers["vm list"]["warnings"], "it must be told of: %s" % line[:60])
        for file, qemu_args in ((5, 5), ({}, {"a": 1}), (None, [5]), (["/a"], "b"),
                                ("/\x1b[31m", ["\x1b]0;x\x07"])):
            origin = {"file": file, "qemu_args": qemu_args}
            shown = self.show_with_json(words, json.dumps({**json.loads(whole), "origin": origin}))
            for key, value in (("file", file), ("qemu_args", qemu_args)):
                self.assertEqual(shown.get(key), value if isinstance(file, str) else None)
            self.assertNotIn("\x1b", self.ok("vm", "show", "desk"))
        for text in ("", "x", "{", "[]", "null", "[" * 5000, "{}\t{}", whole + " {}", whole + behind,
                     *('{"origin":%s}' % origin for origin in ("null", "5", '"x"', '["file"]', "{}"))):
            self.assertNotIn("file", self.show_with_json(words, text), text[:60])
        harness.write(self.tree, "/run/gvm/vms", b"\0\1\2\n" + lines.encode() + bytes(999))
        self.read_all("a binary table")
        harness.write(self.tree, "/run/gvm/vms", "x\n" * 1000)
        self.assertLess(len(self.answer("vm", "list")["warnings"]), 200, "told of, but not for ever")

    def test_no_table(self):
        """Something else in the place of the VM table: told of, and the rest still shown."""
        for kind in self.other_things(""):
            full = self.tree + "/run/gvm/vms"
            if os.path.isdir(full) and not os.path.islink(full):
                os.rmdir(full)
            elif os.path.lexists(full):
                os.unlink(full)
            self.other_things(full)[kind]()
            answers = self.read_all("the VM table is " + kind)
            if kind in ("FIFO", "folder", "loop"):
                self.assertTrue(answers.get("vm list", {}).get("warnings"), "%s must be told of" % kind)

    def test_two_of_a_kind(self):
        """Two records of one vGPU, and two VMs that say they have it."""
        shutil.copy(self.tree + "/run/gvm/vgpu/desk1.json", self.tree + "/run/gvm/vgpu/twin.json")
        with open(self.tree + "/run/gvm/vms", "r+", encoding="utf-8") as table:
            line = table.readline()
            table.seek(0, 2)
            table.write(line.replace("desk ", "desk2 ", 1))
        answers = self.read_all("twins")
        uuids = [v["uuid"] for v in answers["vgpu show"]["items"] if v["uuid"]]
        self.assertEqual(len(uuids), len(set(uuids)), "a vGPU is listed once")


if __name__ == "__main__":
    harness.main()
