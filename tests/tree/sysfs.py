# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of a machine's /sys, /proc and /dev, laid out as Linux 6.12 does.

Everything is written from the kernel's own layout: devices stand below /sys/devices, and the
folders of buses, classes, drivers and IOMMU groups hold relative links to them.
"""
import os

# PCI capabilities, resources and the like are not modelled: a file of the right name stands there,
# so that a program that reads more than it should can be told by what it opens.
PCI_FILES = {
    "ari_enabled": "0\n", "broken_parity_status": "0\n", "config": "\0" * 64,
    "consistent_dma_mask_bits": "64\n", "d3cold_allowed": "1\n", "dma_mask_bits": "64\n",
    "driver_override": "(null)\n", "enable": "1\n", "irq": "16\n", "local_cpus": "ff\n",
    "msi_bus": "1\n", "power_state": "D0\n", "reset_method": "flr pm bus\n", "revision": "0x00\n",
    "resource": "0x0000000000000000 0x0000000000000000 0x0000000000000000\n" * 13,
}


class Tree:
    """A folder that files are put into by the absolute paths of the machine it pictures."""

    def __init__(self, root):
        self.root = root
        self.made = set()

    def mkdir(self, path):
        """Make a folder and those above it."""
        if path in self.made:
            return
        os.makedirs(self.root + path, exist_ok=True)
        while path not in self.made:
            self.made.add(path)
            path = path.rpartition("/")[0]

    def file(self, path, text, mode=0o444):
        """Make a file; text is str, or bytes for what is no text."""
        self.mkdir(path.rpartition("/")[0])
        fd = os.open(self.root + path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            os.write(fd, text if isinstance(text, bytes) else text.encode())
        finally:
            os.close(fd)

    def link(self, path, target):
        """Make a link to a path of the machine; as the kernel's it ends with the target's name."""
        folder = path.rpartition("/")[0]
        above, _, name = target.rpartition("/")
        self.mkdir(folder)
        os.symlink("%s/%s" % (os.path.relpath(above, folder), name), self.root + path)


class Machine(Tree):
    """A machine: a tree with the kernel's notion of devices."""

    def __init__(self, root, hostname, groups=True, cdevs=False):
        """Its kernel has VFIO groups, a node for each VFIO device (and iommufd), or both."""
        super().__init__(root)
        self.groups, self.cdevs = groups, cdevs
        self.vfio_minor = 0
        self.drm_minor = {}
        self.file("/etc/hostname", hostname + "\n", 0o644)
        self.file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
        for path in ("/sys/bus/pci/devices", "/sys/bus/pci/drivers", "/sys/bus/mdev/devices",
                     "/sys/bus/mdev/drivers", "/sys/class/mdev_bus", "/sys/class/drm",
                     "/sys/class/iommu", "/sys/kernel/iommu_groups", "/sys/class/vfio",
                     "/dev/vfio", "/run", "/proc"):
            self.mkdir(path)
        self.file("/sys/bus/pci/rescan", "", 0o200)
        self.file("/sys/class/drm/version", "drm 1.1.0 20060810\n")
        if groups:
            self.file("/dev/vfio/vfio", "", 0o666)
        if cdevs:
            self.file("/dev/iommu", "", 0o660)
        self.file("/proc/version", "Linux version 6.12.0-amd64\n")
        self.file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet\n")
        self.file("/proc/uptime", "86400.00 172800.00\n")

    def modules(self, release, aliases):
        """The modules of a kernel; aliases are (alias, module)."""
        self.file("/lib/modules/%s/modules.alias" % release,
                  "# Aliases extracted from modules themselves.\n"
                  + "".join("alias %s %s\n" % pair for pair in aliases), 0o644)

    def override(self, path, driver):
        """Set a PCI function to a driver, as driverctl and gvm do."""
        self.file(path + "/driver_override", driver + "\n", 0o644)

    def device(self, path, subsystem, uevent=""):
        """What every device has. subsystem is "bus/pci", "class/drm", ... or None."""
        self.mkdir(path)
        self.file(path + "/uevent", uevent, 0o644)
        self.file(path + "/power/control", "auto\n", 0o644)
        self.file(path + "/power/runtime_status", "unsupported\n")
        if subsystem:
            self.link(path + "/subsystem", "/sys/" + subsystem)

    def class_device(self, path, kind, number=None):
        """A device of a class, with the class's link to it; number is "major:minor"."""
        name = path.rpartition("/")[2]
        self.device(path, "class/" + kind, "DEVNAME=%s\n" % name)
        if number:
            self.file(path + "/dev", number + "\n")
        self.link("/sys/class/%s/%s" % (kind, name), path)

    def bind(self, path, bus, driver):
        """Bind a device to a driver."""
        name = path.rpartition("/")[2]
        folder = "/sys/bus/%s/drivers/%s" % (bus, driver)
        if folder not in self.made:
            for attribute in ("bind", "unbind", "new_id", "uevent"):
                self.file("%s/%s" % (folder, attribute), "", 0o200)
        self.link("%s/%s" % (folder, name), path)
        self.link(path + "/driver", folder)

    def group(self, path, number, kind="DMA-FQ"):
        """Put a device into an IOMMU group."""
        name = path.rpartition("/")[2]
        folder = "/sys/kernel/iommu_groups/%d" % number
        if folder not in self.made:
            self.file(folder + "/type", kind + "\n", 0o644)
            self.file(folder + "/reserved_regions",
                      "0x00000000fee00000 0x00000000feefffff msi\n")
        self.link("%s/devices/%s" % (folder, name), path)
        self.link(path + "/iommu_group", folder)

    def vfio(self, path, number):
        """Give a device its VFIO nodes: what a vfio driver does when it binds."""
        index = self.vfio_minor
        self.vfio_minor += 1
        node = "%s/vfio-dev/vfio%d" % (path, index)
        self.class_device(node, "vfio-dev")
        self.link(node + "/device", path)
        if self.cdevs:
            self.file(node + "/dev", "243:%d\n" % index)
            self.file("/dev/vfio/devices/vfio%d" % index, "", 0o600)
        if self.groups and "/sys/devices/virtual/vfio/%d" % number not in self.made:
            self.class_device("/sys/devices/virtual/vfio/%d" % number, "vfio",
                              "244:%d" % number)
            self.file("/dev/vfio/%d" % number, "", 0o600)

    def pci_root(self, domain, bus):
        """A host bridge; returns its path."""
        path = "/sys/devices/pci%04x:%02x" % (domain, bus)
        self.device(path, None)
        return path

    def pci(self, parent, address, ids, kind, driver=None, node=-1, group=None, vfs=None):
        """A PCI function; ids is (vendor, device), vfs (total, active). Returns its path."""
        path = "%s/%s" % (parent, address)
        self.device(path, "bus/pci", "PCI_CLASS=%X\nPCI_ID=%04X:%04X\nPCI_SLOT_NAME=%s\n"
                    % (kind, ids[0], ids[1], address))
        for name, text in PCI_FILES.items():
            self.file("%s/%s" % (path, name), text)
        for name in ("remove", "rescan", "reset"):
            self.file("%s/%s" % (path, name), "", 0o200)
        self.file(path + "/class", "0x%06x\n" % kind)
        self.file(path + "/vendor", "0x%04x\n" % ids[0])
        self.file(path + "/device", "0x%04x\n" % ids[1])
        self.file(path + "/subsystem_vendor", "0x%04x\n" % ids[0])
        self.file(path + "/subsystem_device", "0x0001\n")
        self.file(path + "/modalias", "pci:v%08Xd%08Xsv%08Xsd00000001bc%02Xsc%02Xi%02X\n"
                  % (*ids, ids[0], kind >> 16, kind >> 8 & 0xFF, kind & 0xFF))
        self.file(path + "/numa_node", "%d\n" % node, 0o644)
        self.file(path + "/local_cpulist", "%s\n" % ("8-15" if node == 1 else "0-7"))
        if kind >> 8 == 0x0300:
            self.file(path + "/boot_vga", "0\n")
        self.link("/sys/bus/pci/devices/" + address, path)
        if vfs:
            self.sriov(path, *vfs)
        if group is not None:
            self.group(path, group)
        if driver:
            self.bind(path, "pci", driver)
            if driver.endswith("vfio-pci") and group is not None:
                self.vfio(path, group)
        return path

    def sriov(self, path, total, active):
        """The attributes of a PF."""
        self.file(path + "/sriov_totalvfs", "%d\n" % total)
        self.file(path + "/sriov_numvfs", "%d\n" % active, 0o644)
        self.file(path + "/sriov_offset", "128\n")
        self.file(path + "/sriov_stride", "1\n")
        self.file(path + "/sriov_vf_device", "692f\n")
        self.file(path + "/sriov_drivers_autoprobe", "1\n", 0o644)

    def virtual_function(self, pf, index, vf):
        """Tie a VF to its PF."""
        self.link("%s/virtfn%d" % (pf, index), vf)
        self.link(vf + "/physfn", pf)

    def drm(self, path, connectors=(), render=True):
        """A display driver's nodes."""
        number = self.drm_minor.get("card", 0)
        self.drm_minor["card"] = number + 1
        card = "%s/drm/card%d" % (path, number)
        self.class_device(card, "drm", "226:%d" % number)
        self.link(card + "/device", path)
        self.file("/dev/dri/card%d" % number, "", 0o660)
        for connector in connectors:
            at = "%s/card%d-%s" % (card, number, connector)
            self.class_device(at, "drm")
            self.link(at + "/device", card)
            for name in ("status", "enabled", "dpms", "modes", "edid"):
                self.file("%s/%s" % (at, name), "disconnected\n")
        if render:
            node = "%s/drm/renderD%d" % (path, 128 + number)
            self.class_device(node, "drm", "226:%d" % (128 + number))
            self.link(node + "/device", path)
            self.file("/dev/dri/renderD%d" % (128 + number), "", 0o660)

    def accel(self, path):
        """An accelerator driver's node."""
        number = self.drm_minor.get("accel", 0)
        self.drm_minor["accel"] = number + 1
        node = "%s/accel/accel%d" % (path, number)
        self.class_device(node, "accel", "261:%d" % number)
        self.link(node + "/device", path)
        self.file("/dev/accel/accel%d" % number, "", 0o660)

    def virtual(self, kind, name):
        """A device that stands for no hardware, in a class of its own; returns its path."""
        path = "/sys/devices/virtual/%s/%s" % (kind, name)
        self.class_device(path, kind, "240:0")
        return path

    def mdev_parent(self, path, types):
        """What a driver registers with the mdev core; types are {id, name, available, ...}."""
        self.link("/sys/class/mdev_bus/" + path.rpartition("/")[2], path)
        for kind in types:
            folder = "%s/mdev_supported_types/%s" % (path, kind["id"])
            self.mkdir(folder + "/devices")
            self.file(folder + "/create", "", 0o200)
            self.file(folder + "/device_api", "vfio-pci\n")
            self.file(folder + "/name", kind["name"] + "\n")
            self.file(folder + "/available_instances", "%d\n" % kind["available"])
            if "description" in kind:
                self.file(folder + "/description", kind["description"] + "\n")

    def mdev(self, parent, uuid, kind, driver, group, seen=True):
        """A mediated device; returns its path. Not yet seen, it lacks the links by which it is found."""
        path = "%s/%s" % (parent, uuid)
        self.device(path, "bus/mdev", "DRIVER=%s\n" % driver)
        self.file(path + "/remove", "", 0o200)
        self.link("%s/mdev_supported_types/%s/devices/%s" % (parent, kind, uuid), path)
        self.bind(path, "mdev", driver)
        # It is VFIO's groups that it has one for, not an IOMMU.
        if self.groups:
            self.group(path, group, "unknown")
        self.vfio(path, group)
        if seen:
            self.mdev_seen(parent, uuid, kind)
        return path

    def mdev_seen(self, parent, uuid, kind):
        """The links by which a mediated device is found."""
        path = "%s/%s" % (parent, uuid)
        self.link("/sys/bus/mdev/devices/" + uuid, path)
        self.link(path + "/mdev_type", "%s/mdev_supported_types/%s" % (parent, kind))

    def process(self, pid, comm, argv, start, files=()):
        """A process: its stat line, command and open files (a list of link targets)."""
        folder = "/proc/%d" % pid
        self.file(folder + "/stat", "%d (%s) S 1 %d %d 0 -1 4194560 5000 0 3 0 210 95 0 0 20 0 4 0 "
                  "%d 2147483648 65536 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 "
                  "0 0 0 0 0 0 0 0 0 0 0\n" % (pid, comm, pid, pid, start))
        self.file(folder + "/comm", comm + "\n", 0o644)
        self.file(folder + "/cmdline", "".join(a + "\0" for a in argv))
        self.mkdir(folder + "/fd")
        for number, target in enumerate(("/dev/null", "socket:[%d]" % (20000 + pid),
                                         "/var/log/%s.log" % comm, *files)):
            os.symlink(target, "%s%s/fd/%d" % (self.root, folder, number))
