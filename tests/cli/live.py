#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands that change a host, on a host of files that is the machine for them alone.

Its attributes "create" and "remove" are FIFOs; a thread behind each does what the kernel would.
QEMU is a stand-in. The same commands meet the real kernel and the real QEMU in tests/e2e.
"""
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)
from live_host import QEMU, LiveCase  # noqa: E402
from schema import problems  # noqa: E402

MDPY = "/sys/devices/virtual/mdpy/mdpy"


class Kernel:
    """The mdev core for one type of one parent."""

    def __init__(self, machine, kind):
        self.machine, self.group = machine, 100
        self.serve("%s/mdev_supported_types/%s/create" % (MDPY, kind),
                   lambda uuid: self.create(kind, uuid))

    def serve(self, path, action):
        """Put a FIFO in the place of an attribute and act on what is written to it."""
        full = self.machine.root + path
        os.unlink(full)
        os.mkfifo(full)

        # Open for writing too: then there always is a reader, and no writer of two waits for ever.
        fifo = os.open(full, os.O_RDWR)

        def loop():
            while not action(os.read(fifo, 4096).decode().strip()):
                pass
            os.close(fifo)
        threading.Thread(target=loop, daemon=True).start()

    def create(self, kind, uuid):
        """Make a device."""
        path = "%s/%s" % (MDPY, uuid)
        # The device is complete before its links show that it is there.
        self.group += 1
        self.machine.mdev(MDPY, uuid, kind, "mdpy", self.group, seen=False)
        # Attributes that take what is as long as what they show.
        self.machine.file(path + "/power/level", "0\n", 0o644)
        self.machine.file(path + "/mode", "off\n", 0o644)
        self.serve(path + "/remove", lambda _: self.remove(kind, uuid))
        self.machine.mdev_seen(MDPY, uuid, kind)

    def remove(self, kind, uuid):
        """Remove a device; the one write that this attribute gets."""
        root = self.machine.root
        for link in ("/sys/bus/mdev/drivers/mdpy/" + uuid,
                     "%s/mdev_supported_types/%s/devices/%s" % (MDPY, kind, uuid)):
            os.unlink(root + link)
        shutil.rmtree("%s%s/%s" % (root, MDPY, uuid))
        for path in [p for p in self.machine.made if uuid in p]:
            self.machine.made.discard(path)
        os.unlink(root + "/sys/bus/mdev/devices/" + uuid)
        return True


def lives(pid):
    """Does the process live? One that only waits to be told of does not."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Live(LiveCase):
    """Changes."""

    def setUp(self):
        """A host with no vGPU and no VM."""
        super().setUp()
        self.machine = harness.hosts.Machine(self.host, "live")
        self.machine.mdev_parent(self.machine.virtual("mdpy", "mdpy"), harness.hosts.MDPY_TYPES)
        self.kernel = Kernel(self.machine, "mdpy-vga")

    def test_create_and_destroy(self):
        """A vGPU comes and goes; what cannot be is refused."""
        made = self.right("gvm.vgpu.create/1", "vgpu", "create", "--type", "mdpy-vga", "--name",
                          "desk1")[0]
        seen = self.right("gvm.vgpu.show/1", "vgpu", "show", "desk1")[0]
        self.assertEqual([seen[k] for k in ("uuid", "gpu", "type", "state", "origin")],
                         [made["uuid"], "mdpy", "mdpy-vga", "active", "transient"])
        self.wrong(4, "GVM_E_NAME_TAKEN", "vgpu", "create", "--type", "mdpy-vga", "--name",
                   "desk1")
        self.wrong(3, "GVM_E_TYPE_NOT_FOUND", "vgpu", "create", "--type", "nothing")
        self.wrong(3, "GVM_E_VGPU_NOT_FOUND", "vgpu", "destroy", "nothing")
        self.assertEqual(self.right("gvm.vgpu.destroy/1", "vgpu", "destroy", "desk1"), [])
        self.assertEqual(self.right("gvm.vgpu.list/1", "vgpu", "list"), [])
        self.assertEqual(os.listdir(self.host + "/run/gvm/vgpu"), [], "no record is left")
        text = self.live("vgpu", "create", "--type", "vga", "--gpu", "mdpy")
        self.assertRegex(text.out, r"^vgpu-[0-9a-f]{8} [0-9a-f-]{36}\n$", str(text))

    def test_create_on_a_terminal(self):
        """A person is told what "transient" is; a program that reads the answer is not."""
        master, slave = os.openpty()
        subprocess.run(self.line("vgpu", "create", "--type", "vga", "--name", "seen"), stdout=slave,
                       check=True, timeout=40, env=harness.ENVIRONMENT)
        os.close(slave)
        said = os.read(master, 4096).decode()
        os.close(master)
        self.assertRegex(said, r"^seen [0-9a-f-]{36}\r?\n.*transient: gone at the next reboot")

    def test_run(self):
        """A VM with a vGPU made for it: run, seen, pictured, stopped; nothing is left."""
        harness.write(self.host, "/d.img", "")
        harness.write(self.host, "/vm.yaml", "version: 1\nname: demo\ndisks: [{file: d.img}]\n"
                      "vgpus: [{type: mdpy-vga}]\nqemu_args: [-no-reboot, -S]\n")
        with subprocess.Popen(self.line("--json", "vm", "run", self.host + "/vm.yaml"),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**harness.ENVIRONMENT, "GVM_QEMU": QEMU}) as run:
            told = select.select([run.stdout], [], [], 15)[0]
            answer = json.loads(run.stdout.readline() or b"{}") if told else {}
            try:
                self.assertTrue(told, "the answer must come when the VM runs, not when it ends")
                self.running(answer)
                self.assertEqual(run.wait(20), 0, run.stderr)
            finally:
                self.end(run, answer)
        self.assertEqual(self.right("gvm.vgpu.list/1", "vgpu", "list"), [])
        self.assertEqual(self.right("gvm.vm.list/1", "vm", "list"), [])
        self.assertEqual(os.listdir(self.host + "/run/gvm/vm"), [], "no folder is left")

    def file(self):
        """A VM without vGPUs."""
        harness.write(self.host, "/d.img", "")
        harness.write(self.host, "/vm.yaml", "version: 1\nname: demo\ndisks: [{file: d.img}]\n")
        return self.host + "/vm.yaml"

    def test_no_qemu(self):
        """What is started is no QEMU: that is told at once, and is no timeout."""
        begin = time.monotonic()
        self.wrong(1, "GVM_E_QMP_ANSWER", "vm", "run", self.file(), STAND_IN="garbage")
        self.assertLess(time.monotonic() - begin, 15)
        self.assertEqual(os.listdir(self.host + "/run/gvm/vm"), [], "no folder is left")

    def test_impatience(self):
        """The first signal asks the guest, the second ends QEMU, the third kills it: each at once."""
        for mode, signals in (("deaf", 2), ("stubborn", 3)):
            with self.subTest(mode), subprocess.Popen(
                    self.line("vm", "run", self.file(), "--timeout", "600", "--verbose"),
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                    env={**harness.ENVIRONMENT, "GVM_QEMU": QEMU, "STAND_IN": mode}) as run:
                said = run.stdout.readline() + run.stdout.readline()
                answer = {"items": [{"pid": int(re.search(r"pid (\d+)", said)[1])}]}
                try:
                    for n in range(signals):
                        with self.assertRaises(subprocess.TimeoutExpired):
                            run.wait(0.3)
                        run.send_signal(signal.SIGINT if n else signal.SIGTERM)
                    self.assertEqual(run.wait(8), 0)
                    self.assertEqual(run.stdout.read(), "demo: ended\n", "nothing was made for it")
                finally:
                    self.end(run, answer)
                self.assertFalse(lives(answer["items"][0]["pid"]))

    def test_define(self):
        """A VM is kept by its name: never overwritten, found, forgotten."""
        text = "version: 1\nname: kept\nautostart: true\ndisks: [{file: /d.img, format: raw}]\n"
        for name, head in (("vm", ""), ("other", "# changed\n")):
            harness.write(self.host, "/%s.yaml" % name, head + text)
        self.right("gvm.vm.define/1", "vm", "define", self.host + "/vm.yaml", "--dry-run")
        self.wrong(3, "GVM_E_VM_NOT_DEFINED", "vm", "run", "kept", "--print-command")
        for _ in range(2):
            self.right("gvm.vm.define/1", "vm", "define", self.host + "/vm.yaml")
        with open(self.host + "/etc/gvm/vm.d/kept.yaml", encoding="utf-8") as kept:
            self.assertEqual(kept.read(), text)
        self.wrong(4, "GVM_E_VM_DEFINED", "vm", "define", self.host + "/other.yaml")
        seen = {"name": "kept", "uuid": None, "state": "defined", "vgpus": [], "autostart": True,
                "file": "/etc/gvm/vm.d/kept.yaml"}
        self.assertEqual(self.right("gvm.vm.list/1", "vm", "list"), [seen])
        self.assertEqual(self.right("gvm.vm.show/1", "vm", "show", "kept"), [seen])
        self.assertRegex(self.live("vm", "list").out, "kept +defined")
        self.wrong(3, "GVM_E_VM_NOT_FOUND", "vm", "show", "none")
        argv = self.right("gvm.vm.command/1", "vm", "run", "kept", "--print-command")[0]["argv"]
        self.assertEqual(argv[argv.index("-name") + 1], "kept")
        harness.write(self.host, "/relative.yaml", text.replace("/d.img", "d.img"))
        self.wrong(2, "GVM_E_FILE_INVALID", "vm", "define", self.host + "/relative.yaml")
        self.right("gvm.vm.start/1", "vm", "start", "kept", "--dry-run")
        self.assertIn("would start kept", self.live("vm", "start", "--autostart", "--dry-run").out)
        self.wrong(6, "GVM_E_NO_SYSTEMD", "vm", "start", "kept")
        define = ("vm", "define", self.host + "/vm.yaml", "--dry-run")
        self.assertIn("start it: gvm vm run kept\n", self.live(*define).out)
        os.makedirs(self.host + "/run/systemd/system")
        self.assertIn("start it: gvm vm start kept\n", self.live(*define).out)
        os.removedirs(self.host + "/run/systemd/system")
        self.wrong(2, "GVM_E_USAGE", "vm", "start")
        self.wrong(2, "GVM_E_USAGE", "vm", "start", "kept", "--autostart")
        os.rename(self.host + "/etc/gvm/vm.d/kept.yaml", self.host + "/etc/gvm/vm.d/wrong.yaml")
        self.wrong(2, "GVM_E_FILE_INVALID", "vm", "run", "wrong", "--print-command")
        # One that cannot be read is listed too, with a warning.
        answer = self.one_object(self.live("--json", "vm", "list"), 0)
        self.assertEqual([(v["name"], v["state"]) for v in answer["items"]], [("wrong", "defined")])
        self.assertIn("it has the name of another VM", answer["warnings"][0])
        self.assertEqual(problems(answer), [])
        self.right("gvm.vm.undefine/1", "vm", "undefine", "wrong")
        self.assertEqual(os.listdir(self.host + "/etc/gvm/vm.d"), [])
        self.wrong(3, "GVM_E_VM_NOT_DEFINED", "vm", "undefine", "kept")
        self.right("gvm.vm.start/1", "vm", "start", "--autostart")

    @staticmethod
    def end(run, answer):
        """Whatever went wrong: no process of this test stays behind."""
        if run.poll() is None:
            run.send_signal(signal.SIGTERM)
            try:
                run.wait(15)
            except subprocess.TimeoutExpired:
                run.kill()
            for vm in answer.get("items", []):
                if os.path.exists("/proc/%d" % vm["pid"]):
                    os.kill(vm["pid"], signal.SIGKILL)

    def running(self, answer):
        """While the VM runs."""
        self.assertEqual(problems(answer), [], answer)
        self.assertEqual(answer["schema"], "gvm.vm.run/1", answer)
        self.assertEqual(answer["items"][0]["vgpus"], ["demo-0"])
        vgpu = self.right("gvm.vgpu.list/1", "vgpu", "list")[0]
        self.assertEqual([vgpu["state"], vgpu["vm"]], ["attached", "demo"])
        shown = self.right("gvm.vm.show/1", "vm", "show", "demo")[0]
        self.assertEqual((shown["file"], shown["qemu_args"]),
                         (self.host + "/vm.yaml", ["-no-reboot", "-S"]))
        self.assertEqual((shown["console"], shown["log"]),
                         ("/run/gvm/vm/demo/console.sock", "/run/gvm/vm/demo/qemu.log"))
        self.assertTrue(os.path.exists(self.host + shown["log"]))
        self.wrong(4, "GVM_E_VM_RUNNING", "vm", "run", self.host + "/vm.yaml")
        self.right("gvm.vm.screenshot/1", "vm", "screenshot", "demo", self.host + "/picture.png")
        with open(self.host + "/picture.png", encoding="utf-8") as picture:
            self.assertEqual(picture.read(), "picture of vgpu0")
        self.right("gvm.vm.stop/1", "vm", "stop", "demo")


if __name__ == "__main__":
    harness.main()
