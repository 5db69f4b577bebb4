# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts made of the parts in sysfs.py: a small mixed one, and one of any size."""
import hashlib
import json

from sysfs import Machine

VGA, THREE_D, ACCELERATOR = 0x030000, 0x030200, 0x120000
AUDIO, USB, SERIAL_BUS, DISPLAY = 0x040300, 0x0C0330, 0x0C8000, 0x038000
BRIDGE, NIC, NVME, RAID, HOST_BRIDGE = 0x060400, 0x020000, 0x010802, 0x010400, 0x060000
MDPY_TYPES = [
    {"id": "mdpy-vga", "name": "vga", "available": 2,
     "description": "virtual display, 640x480 framebuffer"},
    {"id": "mdpy-xga", "name": "xga", "available": 2,
     "description": "virtual display, 1024x768 framebuffer"},
    {"id": "mdpy-hd", "name": "hd", "available": 2,
     "description": "virtual display, 1920x1080 framebuffer"},
]
MBOCHS_TYPES = [
    {"id": "mbochs-small", "name": "small", "available": 0,
     "description": "virtual display, 4 MB video memory"},
    {"id": "mbochs-medium", "name": "medium", "available": 0,
     "description": "virtual display, 16 MB video memory"},
    {"id": "mbochs-large", "name": "large", "available": 0,
     "description": "virtual display, 64 MB video memory"},
]
# The sample driver mtty describes its types with nothing but their names.
MTTY_TYPES = [{"id": "mtty-1", "name": "Single port serial", "available": 23},
              {"id": "mtty-2", "name": "Dual port serial", "available": 11}]
GVTG_TYPES = [
    {"id": "i915-GVTg_V5_4", "name": "GVTg_V5_4", "available": 1,
     "description": "low_gm_size: 128MB\nhigh_gm_size: 512MB\nfence: 4\n"
                    "resolution: 1920x1200\nweight: 4"},
    {"id": "i915-GVTg_V5_8", "name": "GVTg_V5_8", "available": 2,
     "description": "low_gm_size: 64MB\nhigh_gm_size: 384MB\nfence: 4\n"
                    "resolution: 1024x768\nweight: 2"},
]


VFIO_ALIASES = [("pci:v000010DEd*sv*sd*bc03sc02i00*", "nouveau"),
                ("vfio_pci:v*d*sv*sd*bc*sc*i*", "vfio_pci"),
                ("vfio_pci:v00008086d000056C0sv*sd*bc*sc*i*", "xe_vfio_pci"),
                ("vfio_pci:v000010DEd00002342sv*sd*bc*sc*i*", "nvgrace_gpu_vfio_pci")]


def uuid_of(text):
    """A UUID that is always the same for the same text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return "%s-%s-4%s-8%s-%s" % (digest[:8], digest[8:12], digest[13:16], digest[17:20],
                                 digest[20:32])


def record_vgpu(machine, name, uuid, gpu, kind):
    """What gvm remembers of a vGPU it made."""
    machine.file("/run/gvm/vgpu/%s.json" % name, json.dumps(
        {"name": name, "uuid": uuid, "gpu": gpu, "type": kind, "method": "mdev"}), 0o644)


def vm_record(name, uuid, pid, start, vgpus):
    """What gvm remembers of a VM it runs: one line of its table, words and behind a tab the whole."""
    return "%s\t%s" % (
        " ".join([name, uuid, "qemu", "kvm", str(pid), str(start), *vgpus]),
        json.dumps({"name": name, "uuid": uuid, "hypervisor": "qemu", "accelerator": "kvm",
                    "process": {"pid": pid, "start": start}, "vgpus": vgpus,
                    "origin": {"file": "/srv/%s.yaml" % name,
                               "qemu_args": ["-serial", "file:/tmp/a b"]}}))


def qemu(machine, pid, name, uuid, start, groups):
    """A QEMU that has the VFIO groups open, started with the options libvirt gives."""
    machine.process(pid, "qemu-system-x86",
                    ["/usr/bin/qemu-system-x86_64", "-name", "guest=%s,debug-threads=on" % name,
                     "-S", "-machine", "q35,accel=kvm", "-m", "4096", "-uuid", uuid,
                     "-display", "none"],
                    start, ["anon_inode:kvm-vm", "/dev/vfio/vfio",
                            *("/dev/vfio/%d" % g for g in groups), "anon_inode:[vfio-device]"])


def others(machine, count):
    """Processes that have nothing to do with GPUs."""
    machine.process(1, "systemd", ["/sbin/init"], 2)
    machine.process(2, "kthreadd", [], 2)
    for i in range(count):
        machine.process(300 + i, "daemon%d" % i, ["/usr/sbin/daemon%d" % i], 900 + i,
                        ["/dev/urandom", "anon_inode:[eventpoll]", "pipe:[%d]" % i])


def mixed_pci(m):
    """The PCI functions of the mixed host; returns the path of the Intel GPU."""
    root = m.pci_root(0, 0)
    m.pci(root, "0000:00:00.0", (0x8086, 0x591F), HOST_BRIDGE, node=0, group=0)
    igpu = m.pci(root, "0000:00:02.0", (0x8086, 0x591D), VGA, "i915", 0, 1)
    m.file(igpu + "/boot_vga", "1\n")
    m.drm(igpu, ("DP-1", "HDMI-A-1"))
    ports = [m.pci(root, "0000:00:1c.%d" % i, (0x8086, 0xA110 + i), BRIDGE, "pcieport", 0, 2 + i)
             for i in range(4)]
    m.pci(ports[0], "0000:01:00.0", (0x10DE, 0x1EB8), THREE_D, "vfio-pci", 0, 12, vfs=(16, 0))
    m.pci(ports[1], "0000:02:00.0", (0x144D, 0xA808), NVME, "nvme", 0, 13, vfs=(4, 0))
    nic = m.pci(ports[2], "0000:03:00.0", (0x8086, 0x1572), NIC, "i40e", 0, 14, vfs=(64, 2))
    for i in range(2):
        m.virtual_function(nic, i, m.pci(ports[2], "0000:03:02.%d" % i, (0x8086, 0x154C), NIC,
                                         "iavf", 0, 15 + i))
    bmc = m.pci(ports[3], "0000:04:00.0", (0x1A03, 0x2000), VGA, "ast", 0, 17)
    m.drm(bmc, ("VGA-1",), render=False)
    return igpu


def mixed_far(m):
    """The second socket, and the domain behind a volume management device."""
    root = m.pci_root(0, 0x80)
    ports = [m.pci(root, "0000:80:0%d.0" % i, (0x8086, 0x2030 + i), BRIDGE, "pcieport", 1, 30 + i)
             for i in range(1, 3)]
    pf = m.pci(ports[0], "0000:81:00.0", (0x1002, 0x6929), VGA, "gim", 1, 40, vfs=(16, 2))
    for i, driver in ((0, "vfio-pci"), (1, None)):
        m.virtual_function(pf, i, m.pci(ports[0], "0000:81:02.%d" % i, (0x1002, 0x692F), VGA,
                                        driver, 1, 41 + i))
    m.accel(m.pci(ports[1], "0000:82:00.0", (0x1DA3, 0x1000), ACCELERATOR, "habanalabs", 1, 43))
    vmd = m.pci(m.pci_root(0, 0x5D), "0000:5d:05.5", (0x8086, 0x201D), RAID, "vmd", 0, 50)
    behind = vmd + "/pci10000:00"
    m.device(behind, None)
    port = m.pci(behind, "10000:00:02.0", (0x8086, 0x2031), BRIDGE, "pcieport")
    m.pci(port, "10000:01:00.0", (0x144D, 0xA808), NVME, "nvme")
    m.pci(behind, "10000:00:03.0", (0x1002, 0x7300), VGA)


def mixed_vgpus(m, igpu):
    """vGPUs in every state, and who has them."""
    m.mdev_parent(igpu, GVTG_TYPES)
    samples = {"mdpy": MDPY_TYPES, "mbochs": MBOCHS_TYPES, "mtty": MTTY_TYPES}
    paths = {name: m.virtual(name, name) for name in samples}
    for name, types in samples.items():
        m.mdev_parent(paths[name], types)
    m.mdev(igpu, uuid_of("desk1"), "i915-GVTg_V5_4", "intel_vgpu_mdev", 60)
    m.mdev(paths["mdpy"], uuid_of("idle"), "mdpy-vga", "mdpy", 61)
    m.mdev(paths["mdpy"], uuid_of("alice"), "mdpy-hd", "mdpy", 62)
    m.mdev(paths["mbochs"], uuid_of("tool"), "mbochs-large", "mbochs", 63)
    m.mdev(paths["mtty"], uuid_of("foreign"), "mtty-1", "mtty", 64)
    record_vgpu(m, "desk1", uuid_of("desk1"), "0000:00:02.0", "i915-GVTg_V5_4")
    record_vgpu(m, "idle", uuid_of("idle"), "mdpy", "mdpy-vga")
    record_vgpu(m, "ghost", uuid_of("ghost"), "mdpy", "mdpy-xga")
    record_vgpu(m, "orphan", uuid_of("orphan"), "0000:99:00.0", "nvidia-222")
    others(m, 4)
    qemu(m, 4100, "desk", uuid_of("vm desk"), 5000, [60])
    m.process(4099, "gvm", ["gvm", "vm", "run", "desk.yaml"], 4995)
    qemu(m, 4242, "win-alice", uuid_of("vm alice"), 6000, [62])
    m.process(4300, "vfio-tool", ["vfio-tool", "--reset"], 7000, ["/dev/vfio/63"])
    # The process that "gone" ran in is another by now: same id, another start.
    m.process(4400, "sleep", ["sleep", "1"], 8888)
    m.file("/run/gvm/vms", "\n".join((
        vm_record("desk", uuid_of("vm desk"), 4100, 5000, [uuid_of("desk1")]),
        vm_record("gone", uuid_of("vm gone"), 4400, 8000, [uuid_of("idle")]))) + "\n", 0o644)


def mixed_saved(m):
    """Definitions, by gvm and by mdevctl; of each one that is active, and one whose GPU is not there."""
    def ours(name, gpu, kind, more=""):
        m.file("/etc/gvm/vgpu.d/%s.yaml" % name, "version: 1\nname: %s\nuuid: %s\ngpu: {address: \"%s\"}\n"
               "type: %s\n%s" % (name, uuid_of(name), gpu, kind, more), 0o644)

    def mdevctls(parent, name, kind, start, attrs=()):
        m.file("/etc/mdevctl.d/%s/%s" % (parent, uuid_of(name)), json.dumps(
            {"mdev_type": kind, "start": start, "attrs": list(attrs)}, indent=2), 0o644)
    ours("idle", "mdpy", "mdpy-vga", "autostart: true\n")
    ours("later", "mbochs", "mbochs-small", "params:\n  - {name: frame_rate_limiter, value: 0}\n")
    ours("away", "0000:98:00.0", "nvidia-222", "autostart: yes\n")
    mdevctls("mbochs", "tool", "mbochs-large", "auto")
    mdevctls("mdpy", "mdevctl", "mdpy-hd", "manual", [{"assign": "0x5"}])
    mdevctls("0000:97:00.0", "mdevctl away", "nvidia-223", "auto")


def mixed(root):
    """A small host with something of everything."""
    m = Machine(root, "mixed")
    igpu = mixed_pci(m)
    mixed_far(m)
    mixed_vgpus(m, igpu)
    mixed_saved(m)


def passthrough(root):
    """GPUs to be given away: a card in a group of its own, one that shares it, a PF with VFs."""
    m = Machine(root, "passthrough")
    m.modules("6.12.0-amd64", VFIO_ALIASES)
    bridge = m.pci_root(0, 0)
    ports = [m.pci(bridge, "0000:00:0%d.0" % (1 + i), (0x8086, 0x2030 + i), BRIDGE, "pcieport",
                   0, group) for i, group in enumerate((1, 20, 30))]
    # As a desktop's: graphics and sound in one group with their port.
    m.drm(m.pci(ports[0], "0000:01:00.0", (0x10DE, 0x1E07), VGA, "nouveau", 0, 1), ("DP-1",))
    m.pci(ports[0], "0000:01:00.1", (0x10DE, 0x10F7), AUDIO, "snd_hda_intel", 0, 1)
    m.pci(ports[0], "0000:01:00.2", (0x10DE, 0x1AD6), USB, None, 0, 1)
    m.pci(ports[0], "0000:01:00.3", (0x10DE, 0x1AD7), SERIAL_BUS, "pci-stub", 0, 1)
    # Ready for a VM.
    m.override(m.pci(ports[1], "0000:02:00.0", (0x1002, 0x73BF), VGA, "vfio-pci", 0, 21),
               "vfio-pci")
    pf = m.pci(ports[2], "0000:03:00.0", (0x8086, 0x56C0), DISPLAY, "xe", 0, 31, vfs=(31, 4))
    for i, driver in enumerate(("xe-vfio-pci", "xe", None, "vfio-pci")):
        vf = m.pci(ports[2], "0000:03:00.%d" % (1 + i), (0x8086, 0x56C0), DISPLAY, driver, 0,
                   32 + i)
        m.virtual_function(pf, i, vf)
        if driver and driver.endswith("vfio-pci"):
            m.override(vf, driver)


def nodes(root, groups):
    """VFIO devices with nodes of their own, two of them open: by one's own node, and by the other's group if it has one."""
    m = Machine(root, "nodes", groups, True)
    port = m.pci(m.pci_root(0, 0), "0000:00:01.0", (0x8086, 0x2030), BRIDGE, "pcieport", 0, 1)
    m.override(m.pci(port, "0000:01:00.0", (0x1002, 0x73BF), VGA, "vfio-pci", 0, 21), "vfio-pci")
    mdpy = m.virtual("mdpy", "mdpy")
    m.mdev_parent(mdpy, MDPY_TYPES)
    for i, name in enumerate(("alice", "bob", "idle")):
        m.mdev(mdpy, uuid_of(name), "mdpy-vga", "mdpy", 60 + i)
        record_vgpu(m, name, uuid_of(name), "mdpy", "mdpy-vga")
    m.process(4242, "qemu-system-x86", ["/usr/bin/qemu-system-x86_64", "-name", "vm-alice", "-uuid", uuid_of("vm alice")],
              6000, ["/dev/iommu", "/dev/vfio/devices/vfio1"])
    m.process(4300, "vfio-tool", ["vfio-tool"], 7000, ["/dev/vfio/61" if groups else "/dev/vfio/devices/vfio2"])


def cdevs(root):
    """A kernel without VFIO groups."""
    nodes(root, False)


def both(root):
    """A kernel with both kinds of nodes."""
    nodes(root, True)


def big_types(count):
    """Types of a data-centre GPU."""
    return [{"id": "nvidia-%d" % (588 + i), "name": "NVIDIA A10-%dQ" % (i + 1), "available": 16,
             "description": "num_heads=4, frl_config=60, framebuffer=%dM, "
                            "max_resolution=7680x4320, max_instance=%d"
                            % (1024 * (i + 1), 24 // (i + 1))} for i in range(count)]


def big(root, gpus, types, mdevs, vms, names, processes):
    """A host of many equal GPUs. vms: "none", "records" or "qemu", one for each vGPU."""
    m = Machine(root, "big")
    kinds = big_types(types)
    bridge = m.pci_root(0, 0)
    paths, lines = [], []
    for i in range(gpus):
        port = m.pci(bridge, "0000:00:%02x.%x" % (i // 8 + 1, i % 8), (0x8086, 0x2030), BRIDGE,
                     "pcieport", i & 1, 2 * i)
        paths.append(m.pci(port, "0000:%02x:00.0" % (i + 1), (0x10DE, 0x2236), THREE_D, "nvidia",
                           i & 1, 2 * i + 1))
        m.drm(paths[-1])
        m.mdev_parent(paths[-1], kinds)
    others(m, processes)
    for i in range(mdevs):
        uuid, parent = uuid_of("vgpu %d" % i), paths[i % gpus]
        kind, group = kinds[i // gpus % types]["id"], 2 * gpus + i
        m.mdev(parent, uuid, kind, "nvidia-vgpu-vfio", group)
        if names:
            record_vgpu(m, "vgpu%d" % i, uuid, parent.rpartition("/")[2], kind)
        if vms != "none":
            qemu(m, 10000 + 2 * i, "vm%d" % i, uuid_of("vm %d" % i), 5000 + i, [group])
        if vms == "records":
            lines.append(vm_record("vm%d" % i, uuid_of("vm %d" % i), 10000 + 2 * i, 5000 + i,
                                   [uuid]) + "\n")
    if names or lines:
        m.mkdir("/run/gvm/vgpu")
    if lines:
        m.file("/run/gvm/vms", "".join(lines), 0o644)
