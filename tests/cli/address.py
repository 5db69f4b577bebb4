#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A GPU may be named by its PCI address in any spelling, by its node, or by its name."""
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

SPELLINGS = {
    "0000:81:00.0": ["0000:81:00.0", "81:00.0", "81:0.0", "0:81:0.0", "00000000:81:00.0",
                     "0000_81_00_0", "pci_0000_81_00_0", "pci-0000:81:00.0", "PCI:129:0:0",
                     "PCI:129@0:0:0", "/sys/bus/pci/devices/0000:81:00.0",
                     "/sys/devices/pci0000:80/0000:80:01.0/0000:81:00.0", "0000:81:00:0"],
    "0000:5d:05.5": ["0000:5D:05.5", "5d:5.5", "PCI:93:5:5", "pci_0000_5D_05_5"],
    "0000:00:02.0": ["00:02.0", "0:2.0", "/dev/dri/card0", "card0", "renderD128",
                     "/dev/dri/renderD128"],
    "0000:82:00.0": ["82:00.0", "accel0", "/dev/accel/accel0"],
    "10000:00:03.0": ["10000:00:03.0", "10000:0:3.0", "pci_10000_00_03_0", "PCI:0@65536:3:0",
                      "00010000:00:03.0"],
    "mdpy": ["mdpy"],
}
NO_GPU = ["81:00", "81:00.8", "81:20.0", "100:00.0", "0000:81:00.0.0", "0000:81.00:0", ":81:00.0",
          "81:00.0:", "0x81:00.0", "0000:81:00.0 ", " 81:00.0", "PCI:129:0", "PCI:",
          "PCI:81x:0:0", "pci-", "123456789:81:00.0", "card9", "card0-DP-1", "renderD", "card",
          "accel9", "/dev/dri/", "", ".", "..", "../mdpy", "/sys/class/mdev_bus/..", "0000:ff:1f.7",
          "a" * 5000, "ff:ff", "%s%n", "mdpy\n", "\x1b[2J", "\udcff\udcfe"]


def setUpModule():
    """One host for all."""
    Address.tree = harness.make_tree()


class Address(harness.Case):
    """Spellings of a GPU."""

    def test_spellings(self):
        """Each spelling leads to the GPU."""
        for gpu, spellings in SPELLINGS.items():
            for spelling in spellings:
                with self.subTest(spelling):
                    items = self.answer("gpu", "show", "--all-classes", spelling)["items"]
                    self.assertEqual([i["id"] for i in items], [gpu], "%s is %s" % (spelling, gpu))

    def test_option(self):
        """--gpu takes the same spellings."""
        for spelling in ["00:02.0", "PCI:0:2:0", "card0", "0000:00:02.0", "pci_0000_00_02_0"]:
            with self.subTest(spelling):
                for noun, count in (("type", 3), ("vgpu", 1)):
                    items = self.answer(noun, "list", "--gpu", spelling)["items"]
                    self.assertEqual([i["gpu"] for i in items], ["0000:00:02.0"] * count)

    def test_no_gpu(self):
        """What is no GPU is not found, wherever a GPU may be named."""
        for name in NO_GPU:
            with self.subTest(name[:40]):
                self.refused(3, "GVM_E_GPU_NOT_FOUND", "gpu", "show", "--all-classes", name)
                self.refused(3, "GVM_E_GPU_NOT_FOUND", "type", "list", "--gpu", name)
                self.refused(3, "GVM_E_GPU_NOT_FOUND", "vgpu", "list", "--gpu", name)

    def test_class(self):
        """A network card is no GPU, unless all classes are asked for."""
        self.refused(3, "GVM_E_GPU_NOT_FOUND", "gpu", "show", "03:00.0")
        self.assertEqual(len(self.answer("gpu", "show", "--all-classes", "03:00.0")["items"]), 1)


if __name__ == "__main__":
    harness.main()
