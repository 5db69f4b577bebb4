# SPDX-License-Identifier: GPL-2.0-or-later
"""A host with a GPU of the toy, and its driver, which answers what is written to its attributes.

The attributes are FIFOs: the driver waits until somebody writes. It does as toy.md says, but a FIFO
cannot refuse a write: what the real driver would refuse it leaves undone.
"""
import os
import selectors
import shutil
import sys
import threading

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.append(os.path.join(HERE, "..", "cli"))
import harness  # noqa: E402  (found only now)

GPU = "0000:07:00.0"
SLOTS = 4
KINDS = {"toy-small": ("Toy Small", 1), "toy-large": ("Toy Large", 2)}


class Driver:
    """The toy's driver for one GPU of a made-up host."""

    def __init__(self, machine, path):
        self.machine, self.path, self.vgpus, self.group = machine, path + "/toy", {}, 200
        self.wait, self.deaf = selectors.DefaultSelector(), set()
        machine.mkdir(self.path + "/vgpus")
        for kind, (name, _) in KINDS.items():
            machine.file("%s/kinds/%s/name" % (self.path, kind), name + "\n")
        self.online(True)
        self.room()
        for name, action in (("create", self.create), ("remove", self.remove), ("enable", self.enable)):
            self.serve("%s/%s" % (self.path, name), action)
        told, self.control = os.pipe()
        self.wait.register(told, selectors.EVENT_READ)
        self.idle = threading.Semaphore(0)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def close(self):
        """End the driver."""
        os.close(self.control)
        self.thread.join()
        for key in list(self.wait.get_map().values()):
            self.wait.unregister(key.fd)
            os.close(key.fd)

    def settled(self):
        """Return when all that was written before is answered."""
        os.write(self.control, b"?")
        if not self.idle.acquire(timeout=10):
            raise TimeoutError("the toy's driver does not answer")

    def run(self):
        """Answer writes until the end; those to attributes come first."""
        while True:
            for key, _ in sorted(self.wait.select(), key=lambda ready: ready[0].data is None):
                if key.data is None:
                    if not os.read(key.fd, 1):
                        return
                    self.idle.release()
                    continue
                name, action = key.data
                value = os.read(key.fd, 4096).decode().strip()
                if name not in self.deaf:
                    action(value)

    def serve(self, path, action):
        """An attribute that is written to. Open for writing too: so a writer never waits for a reader."""
        full = self.machine.root + path
        os.mkfifo(full)
        self.wait.register(os.open(full, os.O_RDWR | os.O_NONBLOCK), selectors.EVENT_READ,
                           (path.rpartition("/")[2], action))

    def show(self, path, text):
        """An attribute that is read: there is no moment at which half of it can be read."""
        full = self.machine.root + path
        harness.write("", full + ".new", text)
        os.rename(full + ".new", full)

    def online(self, on):
        """Turn the making of vGPUs on or off."""
        self.show(self.path + "/online", "%d\n" % on)

    def room(self):
        """Show how many more there can be."""
        left = SLOTS - sum(KINDS[kind][1] for kind in self.vgpus.values())
        for kind, (_, cost) in KINDS.items():
            self.show("%s/kinds/%s/available_instances" % (self.path, kind), "%d\n" % (left // cost))

    def enable(self, value):
        """A write to "enable"."""
        if not self.vgpus:
            self.online(value == "1")

    def create(self, value):
        """A write to "create": UUID KIND."""
        uuid, _, kind = value.partition(" ")
        left = SLOTS - sum(KINDS[k][1] for k in self.vgpus.values())
        if kind not in KINDS or uuid in self.vgpus or KINDS[kind][1] > left:
            return
        self.vgpus[uuid] = kind
        folder = "%s/vgpus/%s" % (self.path, uuid)
        self.machine.mkdir(folder)
        self.show(folder + "/online", "0\n")
        self.serve(folder + "/start", lambda _: self.start(folder))
        self.serve(folder + "/stop", lambda _: self.halt(folder))
        self.room()
        self.machine.link(folder + "/kind", "%s/kinds/%s" % (self.path, kind))

    def start(self, folder):
        """A write to a vGPU's "start"."""
        self.group += 1
        self.machine.group(folder, self.group)
        self.machine.file("/dev/vfio/%d" % self.group, "", 0o600)
        self.show(folder + "/online", "1\n")

    def halt(self, folder):
        """A write to a vGPU's "stop"."""
        self.show(folder + "/online", "0\n")
        os.unlink(self.machine.root + folder + "/iommu_group")

    def remove(self, uuid):
        """A write to "remove": UUID."""
        root, folder = self.machine.root, "%s/vgpus/%s" % (self.path, uuid)
        if uuid not in self.vgpus or os.path.lexists(root + folder + "/iommu_group"):
            return
        del self.vgpus[uuid]
        for key in list(self.wait.get_map().values()):
            if os.readlink("/proc/self/fd/%d" % key.fd).startswith(root + folder + "/"):
                self.wait.unregister(key.fd)
                os.close(key.fd)
        self.room()
        # Gone at once, and not file by file.
        os.rename(root + folder, root + "/gone")
        shutil.rmtree(root + "/gone")
        for path in [p for p in self.machine.made if uuid in p]:
            self.machine.made.discard(path)


def make(root):
    """The host and its driver."""
    machine = harness.hosts.Machine(root, "toys")
    bus = machine.pci_root(0, 0)
    machine.pci(bus, "0000:00:02.0", (0x1234, 0x1111), harness.hosts.VGA, "bochs-drm", 0, 1)
    return Driver(machine, machine.pci(bus, GPU, (0x1AF4, 0x70F0), harness.hosts.THREE_D, "toy", 0, 7))
