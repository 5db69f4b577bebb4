#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""gvm with the toy as a maker: it lists, makes, removes, sets and refuses, and the driver agrees."""
import os
import sys

sys.dont_write_bytecode = True
import toy_host  # noqa: E402  (no byte code into the source tree)
from toy_host import GPU, harness  # noqa: E402
import live_host  # noqa: E402

UUID = "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50"


class Toy(live_host.LiveCase):
    """A host with one GPU of the toy, with four slots."""

    methods = ("toy",)

    def setUp(self):
        """The host."""
        super().setUp()
        self.driver = toy_host.make(self.host)
        self.addCleanup(self.driver.close)
        self.folder = self.host + self.driver.path

    def create(self, *args):
        """Make a vGPU; what gvm says of it."""
        return self.right("gvm.vgpu.create/1", "vgpu", "create", "--gpu", GPU, *args)[0]

    def shown(self):
        """The vGPUs that the driver shows: kind, and whether started, by UUID."""
        seen = {}
        for uuid in os.listdir(self.folder + "/vgpus"):
            folder = "%s/vgpus/%s" % (self.folder, uuid)
            seen[uuid] = (os.path.basename(os.readlink(folder + "/kind")),
                          os.path.lexists(folder + "/iommu_group"))
        return seen

    def available(self):
        """What gvm says there is room for."""
        return {t["id"]: (t["available"], t.get("reason")) for t in
                self.right("gvm.type.list/1", "type", "list", "--gpu", GPU) if t["method"] == "toy"}

    def test_lists(self):
        """The GPU, its types and a vGPU made by hand, beside what other vendors know of it."""
        self.assertIn("toy", self.right("gvm.version/1", "version")[0]["vendors"])
        gpu = self.right("gvm.gpu.show/1", "gpu", "show", GPU)[0]
        self.assertEqual((gpu["driver"], gpu["vendor"], gpu["device"]), ("toy", "0x1af4", "0x70f0"))
        self.assertEqual(self.available(), {"toy-small": (4, None), "toy-large": (2, None)})
        small = self.right("gvm.type.show/1", "type", "show", "Toy Small")[0]
        self.assertEqual((small["id"], small["gpu"], small["method"]), ("toy-small", GPU, "toy"))
        other = [t for t in self.right("gvm.type.list/1", "type", "list") if t["gpu"] != GPU]
        self.assertEqual([t["method"] for t in other], ["passthrough"], "only the toy's GPU is the toy's")
        with open(self.folder + "/create", "w", encoding="ascii") as attribute:
            attribute.write(UUID + " toy-large")
        self.driver.settled()
        self.assertEqual(self.shown(), {UUID: ("toy-large", False)})
        [vgpu] = self.right("gvm.vgpu.list/1", "vgpu", "list")
        self.assertEqual([vgpu[k] for k in ("uuid", "name", "type", "gpu", "state", "method", "origin")],
                         [UUID, UUID, "toy-large", GPU, "active", "toy", "foreign"])
        self.assertIsNone(vgpu.get("iommu_group"), "it was not started")
        self.assertEqual(self.available(), {"toy-small": (2, None), "toy-large": (1, None)})
        self.wrong(2, "GVM_E_FOREIGN", "vgpu", "destroy", UUID)
        self.right("gvm.vgpu.destroy/1", "vgpu", "destroy", UUID, "--foreign")
        self.assertEqual(self.shown(), {})

    def test_create_and_destroy(self):
        """Made in two steps and removed in two; the driver shows each."""
        made = self.create("--type", "toy-small", "--name", "a", "--uuid", UUID)
        self.assertEqual([made[k] for k in ("name", "uuid", "gpu", "type", "method")],
                         ["a", UUID, GPU, "toy-small", "toy"])
        self.assertEqual(self.shown(), {UUID: ("toy-small", True)})
        [seen] = self.right("gvm.vgpu.show/1", "vgpu", "show", "a")
        self.assertEqual([seen[k] for k in ("state", "origin", "iommu_group")], ["active", "transient", "201"])
        self.assertEqual(self.available()["toy-small"], (3, None))
        self.assertEqual(self.right("gvm.vgpu.destroy/1", "vgpu", "destroy", "a"), [])
        self.assertEqual((self.shown(), self.available()["toy-small"]), ({}, (4, None)))
        self.assertEqual(os.listdir(self.host + "/run/gvm/vgpu"), [], "no record is left")

    def test_dry_run(self):
        """The plan is told and nothing is done."""
        steps = self.right("gvm.plan/1", "vgpu", "create", "--type", "toy-small", "--gpu", GPU, "--uuid", UUID,
                           "--dry-run")
        base = "/sys/bus/pci/devices/%s/toy" % GPU
        self.assertEqual([(s["args"]["path"], s["args"]["value"]) for s in steps],
                         [(base + "/create", UUID + " toy-small"), ("%s/vgpus/%s/start" % (base, UUID), "1")])
        self.assertEqual([s["inverse"]["path"] for s in steps],
                         [base + "/remove", "%s/vgpus/%s/stop" % (base, UUID)])
        self.assertEqual(self.shown(), {})
        self.create("--type", "toy-small", "--name", "a")
        steps = self.right("gvm.plan/1", "vgpu", "destroy", "a", "--dry-run")
        self.assertEqual([s["point_of_no_return"] for s in steps], [False, True])
        self.assertEqual(list(self.shown().values()), [("toy-small", True)])

    def test_refusals(self):
        """What cannot be is a named error, and changes nothing."""
        self.create("--type", "toy-small", "--name", "a", "--uuid", UUID)
        before = self.shown()
        self.wrong(4, "GVM_E_NAME_TAKEN", "vgpu", "create", "--type", "toy-large", "--gpu", GPU, "--name", "a")
        self.wrong(4, "GVM_E_UUID_TAKEN", "vgpu", "create", "--type", "toy-large", "--gpu", GPU, "--uuid", UUID)
        for kind in ("toy-huge", "../kinds/toy-small", ".", "toy-small/name"):
            self.wrong(3, "GVM_E_TYPE_NOT_FOUND", "vgpu", "create", "--type", kind, "--gpu", GPU)
        self.wrong(3, "GVM_E_TYPE_NOT_FOUND", "vgpu", "create", "--type", "toy-small", "--gpu", "0000:00:02.0")
        self.wrong(2, "GVM_E_SETTING", "gpu", "set", GPU, "toy=perhaps")
        self.wrong(4, "GVM_E_GPU_HAS_VGPUS", "gpu", "set", GPU, "toy=off")
        self.wrong(2, "GVM_E_SETTING", "gpu", "set", "0000:00:02.0", "toy=on")
        self.assertEqual(self.shown(), before)

    def test_driver_does_not_start_it(self):
        """The second step fails: the first one is undone, and no record is left."""
        self.driver.deaf.add("start")
        error = self.wrong(1, "GVM_E_NOT_SEEN", "vgpu", "create", "--type", "toy-small", "--gpu", GPU)
        self.assertIn("online shows 0", error["message"])
        self.assertEqual((self.shown(), self.available()["toy-small"]), ({}, (4, None)))
        self.assertEqual(os.listdir(self.host + "/run/gvm/vgpu"), [])

    def test_driver_does_not_remove_it(self):
        """It took the last write and did nothing: what comes before stays done; the next try ends it."""
        self.create("--type", "toy-small", "--name", "a")
        self.driver.deaf.add("remove")
        self.wrong(1, "GVM_E_NOT_SEEN", "vgpu", "destroy", "a")
        self.assertEqual(list(self.shown().values()), [("toy-small", False)])
        [seen] = self.right("gvm.vgpu.list/1", "vgpu", "list")
        self.assertEqual((seen["name"], seen["origin"]), ("a", "transient"))
        self.driver.deaf.clear()
        self.right("gvm.vgpu.destroy/1", "vgpu", "destroy", "a")
        self.assertEqual(self.shown(), {})

    def test_settings(self):
        """vGPUs are turned off and on; off, there is no room, and the reason says what to do."""
        self.right("gvm.gpu.set/1", "gpu", "set", GPU, "toy=off")
        reason = "vGPUs are off: gvm gpu set %s toy=on" % GPU
        self.assertEqual(self.available(), {"toy-small": (0, reason), "toy-large": (0, reason)})
        self.right("gvm.gpu.set/1", "gpu", "set", GPU, "toy=off")
        self.right("gvm.gpu.set/1", "gpu", "set", GPU, "toy=on")
        self.assertEqual(self.available()["toy-large"], (2, None))
        error = self.wrong(2, "GVM_E_SETTING", "gpu", "set", GPU, "toy=off", "--save")
        self.assertIn("cannot be saved", error["message"])

    def test_full(self):
        """All slots are used: the reason says so."""
        for _ in range(2):
            self.create("--type", "toy-large")
        self.assertEqual(self.available()["toy-small"], (0, "all slots are used"))

    def test_vm(self):
        """A VM takes it by its folder."""
        self.create("--type", "toy-small", "--name", "a", "--uuid", UUID)
        harness.write(self.host, "/d.img", "")
        harness.write(self.host, "/vm.yaml", "version: 1\nname: demo\ndisks: [{file: d.img}]\n"
                      "vgpus: [{name: a}]\n")
        [vm] = self.right("gvm.vm.command/1", "vm", "run", self.host + "/vm.yaml", "--print-command")
        device = "sysfsdev=/sys/bus/pci/devices/%s/toy/vgpus/%s,display=off" % (GPU, UUID)
        self.assertTrue(any(arg.endswith(device) for arg in vm["argv"]), vm)

    def test_define(self):
        """A definition is started and stopped, as one of a mediated vGPU."""
        self.right("gvm.vgpu.define/1", "vgpu", "define", "kept", "--type", "toy-small", "--gpu", GPU,
                   "--autostart")
        self.right("gvm.vgpu.start/1", "vgpu", "start", "kept")
        self.assertEqual(list(self.shown().values()), [("toy-small", True)])
        self.right("gvm.vgpu.stop/1", "vgpu", "stop", "kept")
        self.assertEqual(self.shown(), {})
        self.right("gvm.gpu.restore/1", "gpu", "restore")
        self.assertEqual(list(self.shown().values()), [("toy-small", True)])

    def test_schemas(self):
        """Without his method in docs/schema a maker's answers do not pass."""
        self.methods = ()
        with self.assertRaises(AssertionError):
            self.available()


if __name__ == "__main__":
    harness.main()
