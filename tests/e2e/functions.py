# SPDX-License-Identifier: GPL-2.0-or-later
"""Virtual functions and whole devices as vGPUs, by the kernel's view: drivers, overrides, numbers."""
import fcntl
import functools
import glob
import os
import signal
import socket
import struct
import subprocess

from lib import Vm, error, groups_open, gvm, items, link, qmp, read, until

PCI = "/sys/bus/pci"
PF, VF1, VF2 = "0000:01:00.0", "0000:01:00.1", "0000:01:00.2"
BOCHS, BOOT = "0000:00:04.0", "0000:02:00.0"  # on bochs-drm; the boot display
CARD = ("0000:04:00.0", "0000:04:00.1")  # one card of two functions
SHARED, NEIGHBOUR = "0000:06:01.0", "0000:06:02.0"  # two cards, one group
SOUND = "snd_hda_intel"
IGB, IGB_VF1, IGB_VF2 = "0000:03:00.0", "0000:03:10.0", "0000:03:10.2"  # a network card


def path(address, name):
    return f"{PCI}/devices/{address}/{name}"


def write(where, text):
    with open(where, "w", encoding="ascii") as f:
        f.write(text)


def driver(address):
    """The driver a function has, or None."""
    return link(path(address, "driver")) if os.path.exists(path(address, "driver")) else None


def binding(address):
    return driver(address), read(path(address, "driver_override"))


def bind(address, name, override=None):
    """Give a function to a driver by hand, as another tool does."""
    if driver(address):
        write(path(address, "driver/unbind"), address)
    write(path(address, "driver_override"), override or "\n")
    if name:
        write(f"{PCI}/drivers_probe", address)
    assert driver(address) == name, (address, driver(address), name)


def numvfs():
    return int(read(path(PF, "sriov_numvfs")))


def born(address):
    """A number that a function keeps as long as it lives."""
    return os.stat(path(address, "")).st_ino


def host():
    """What gvm changes, of all functions."""
    state = {a: binding(a) for a in sorted(os.listdir(f"{PCI}/devices"))}
    state["numvfs"] = numvfs()
    state["autoprobe"] = read(path(PF, "sriov_drivers_autoprobe"))
    return state


def as_before(test):
    """The host is afterwards what it was; if not, that is told, and it is put right for the next test."""
    @functools.wraps(test)
    def run():
        before = host()
        try:
            test()
            assert host() == before, (before, host())
        finally:
            write(path(PF, "sriov_numvfs"), "0")
            write(path(PF, "sriov_drivers_autoprobe"), before["autoprobe"])
            for address in before.keys() - {"numvfs", "autoprobe"}:
                if binding(address) != before[address]:
                    bind(address, before[address][0])
    return run


def refused(code, *args, exit, same=host):
    """The command fails so, names its object, cause and remedy, and nothing has changed."""
    before = same()
    e = error(*args, exit=exit)
    assert e["code"] == code, e
    assert e["object"] and e["message"] and e["hint"], e
    assert same() == before, (before, same())
    return e


def vfs_are(n):
    """The kernel has so many VFs, each with a group of its own."""
    links = glob.glob(path(PF, "virtfn*"))
    assert (numvfs(), len(links)) == (n, n), (numvfs(), links)
    return True


@as_before
def test_number_of_vfs():
    gvm("gpu", "set", PF, "vfs=2")
    assert vfs_are(2)
    first = born(VF1)
    # As many as there are: the same ones stay. Too many, nonsense, or a dry run: likewise.
    gvm("gpu", "set", PF, "vfs=2")
    same = lambda: (host(), born(VF1))
    refused("GVM_E_VFS_TOO_MANY", "gpu", "set", PF, "vfs=99", exit=5, same=same)
    refused("GVM_E_VFS_TOO_MANY", "gpu", "set", PF, "vfs=5", exit=5, same=same)
    refused("GVM_E_SETTING", "gpu", "set", PF, "vfs=-1", exit=2, same=same)
    refused("GVM_E_SETTING", "gpu", "set", PF, "vfs=", exit=2, same=same)
    refused("GVM_E_SETTING", "gpu", "set", PF, "autoprobe=yes", exit=2, same=same)
    refused("GVM_E_SETTING", "gpu", "set", PF, "heads=2", exit=2, same=same)
    refused("GVM_E_SETTING", "gpu", "set", BOCHS, "vfs=1", exit=2, same=same)
    gvm("--dry-run", "gpu", "set", PF, "vfs=4")
    assert born(VF1) == first and vfs_are(2)
    # Another number leads through none. autoprobe counts for those that are made then.
    gvm("gpu", "set", "01:00.0", "vfs=4", "autoprobe=off")
    assert vfs_are(4) and born(VF1) != first
    assert read(path(PF, "sriov_drivers_autoprobe")) == "0"
    gvm("gpu", "set", PF, "autoprobe=on")
    assert vfs_are(4) and read(path(PF, "sriov_drivers_autoprobe")) == "1"
    gvm("gpu", "set", PF, "vfs=0")
    assert vfs_are(0)


@as_before
def test_pf_without_driver():
    write(path(PF, "driver/unbind"), PF)
    e = refused("GVM_E_PF_DRIVER", "gpu", "set", PF, "vfs=2", exit=6)
    assert e["errno"] == "ENOENT" and e["wrote"] == "2", e
    assert any("cannot configure SR-IOV" in l for l in e["kernel_log"]), e
    # The remedy that is given is one.
    gvm("gpu", "set", PF, "driver=default")
    assert driver(PF) == "nvme"


@as_before
def test_vfs_in_use():
    gvm("gpu", "set", PF, "vfs=2")
    bind(VF1, "vfio-pci", "vfio-pci")
    group = os.open(f"/dev/vfio/{link(path(VF1, 'iommu_group'))}", os.O_RDWR)
    same = lambda: (host(), born(VF1), born(VF2))
    for wanted in ("vfs=0", "vfs=4"):
        for force in ([], ["--force"]):
            e = refused("GVM_E_VFS_IN_USE", "gpu", "set", PF, wanted, *force, exit=4, same=same)
            assert e["object"] == VF1 and f"process {os.getpid()}" in e["message"], e
    os.close(group)
    e = refused("GVM_E_VFS_IN_USE", "gpu", "set", PF, "vfs=0", exit=4, same=same)
    assert "another tool" in e["message"], e
    gvm("gpu", "set", PF, "vfs=1", "--force")
    assert vfs_are(1)
    gvm("vgpu", "create", "--type", "vf", "--gpu", PF, "--name", "a")
    for force in ([], ["--force"]):
        e = refused("GVM_E_VFS_IN_USE", "gpu", "set", PF, "vfs=0", *force, exit=4)
        assert "vGPU a" in e["message"], e
    gvm("vgpu", "destroy", "a")
    gvm("gpu", "set", PF, "vfs=0")


@as_before
def test_vfs_as_vgpus():
    e = refused("GVM_E_NO_VFS", "vgpu", "create", "--type", "vf", "--gpu", PF, exit=5)
    assert f"gvm gpu set {PF} vfs=" in e["hint"], e
    gvm("gpu", "set", PF, "vfs=2")
    # One with an override of its own: it gets that back.
    write(path(VF2, "driver_override"), "nvme")
    before = host()
    name, uuid = gvm("vgpu", "create", "--type", "vf", "--gpu", PF, "--name", "a")[0].split()
    assert name == "a" and binding(VF1) == ("vfio-pci", "vfio-pci") and host()[VF2] == before[VF2]
    e = refused("GVM_E_VF_TAKEN", "vgpu", "create", "--type", "vf", "--gpu", VF1, exit=4)
    assert e["object"] == VF1, e
    gvm("vgpu", "create", "--type", "vf", "--gpu", "1:0.2", "--name", "b")
    assert binding(VF2) == ("vfio-pci", "vfio-pci")
    refused("GVM_E_VFS_FULL", "vgpu", "create", "--type", "vf", "--gpu", PF, exit=5)
    [t] = [t for t in items("type", "list", "--gpu", PF) if t["id"] == "vf"]
    assert t["available"] == 0 and t["reason"], t
    seen = {v["name"]: v for v in items("vgpu", "list")}
    for v, vf in ((seen["a"], VF1), (seen["b"], VF2)):
        node = f"/dev/vfio/{link(path(vf, 'iommu_group'))}"
        assert (v["address"], v["vfio_node"], v["gpu"], v["method"]) == (vf, node, PF, "sriov"), v
        assert v["state"] == "active" and os.path.exists(node), v
    assert seen["a"]["uuid"] == uuid and len(seen) == 2
    # Held: not destroyed, and the holder is named.
    group = os.open(seen["a"]["vfio_node"], os.O_RDWR)
    e = refused("GVM_E_HELD", "vgpu", "destroy", "a", exit=4)
    assert f"process {os.getpid()}" in e["message"], e
    os.close(group)
    gvm("vgpu", "destroy", "a", "b")
    assert host() == before
    # Of another tool: shown, destroyed only when that is said, and left without override.
    bind(VF1, "vfio-pci", "vfio-pci")
    gvm("vgpu", "create", "--type", "vf", "--gpu", PF, "--name", "b")
    assert driver(VF2) == "vfio-pci"
    [_, v] = items("vgpu", "list")
    assert (v["name"], v["origin"], v["address"]) == (VF1, "foreign", VF1), v
    refused("GVM_E_FOREIGN", "vgpu", "destroy", VF1, exit=2)
    gvm("vgpu", "destroy", "--foreign", VF1)
    assert binding(VF1) == (None, "(null)")
    gvm("vgpu", "destroy", "b")
    gvm("gpu", "set", PF, "vfs=0")


@as_before
def test_taken_behind_our_back():
    gvm("gpu", "set", PF, "vfs=2")
    before = host()
    gvm("vgpu", "create", "--type", "vf", "--gpu", VF1, "--name", "a")
    write(path(VF1, "driver/unbind"), VF1)
    [v] = items("vgpu", "list")
    assert v["state"] == "lost", v
    # Its VF is its still: nobody else gets it, who would lose it when the first one goes.
    gvm("vgpu", "create", "--type", "vf", "--gpu", PF, "--name", "b")
    assert driver(VF2) == "vfio-pci" and driver(VF1) is None
    refused("GVM_E_VF_TAKEN", "vgpu", "create", "--type", "vf", "--gpu", VF1, exit=4)
    gvm("vgpu", "destroy", "a")
    assert host()[VF1] == before[VF1] and driver(VF2) == "vfio-pci"
    # All VFs go behind our back: nothing is left to be given back.
    write(path(PF, "sriov_numvfs"), "0")
    [v] = items("vgpu", "list")
    assert v["state"] == "lost", v
    gvm("vgpu", "destroy", "b")
    assert not items("vgpu", "list")
    # A whole device likewise; bochs-drm, which it has already, is left in peace.
    create_whole(BOCHS)
    bind(BOCHS, "bochs-drm")
    e = refused("GVM_E_GPU_HAS_VGPUS", "vgpu", "create", "--type", "whole", "--gpu", BOCHS, exit=4)
    assert "vGPU a" in e["message"], e
    card = os.listdir(path(BOCHS, "drm"))
    gvm("vgpu", "destroy", "a")
    assert driver(BOCHS) == "bochs-drm" and os.listdir(path(BOCHS, "drm")) == card


@as_before
def test_driver():
    gvm("gpu", "set", BOCHS, "driver=vfio-pci")
    assert binding(BOCHS) == ("vfio-pci", "vfio-pci")
    group = os.open(f"/dev/vfio/{link(path(BOCHS, 'iommu_group'))}", os.O_RDWR)
    refused("GVM_E_HELD", "gpu", "set", BOCHS, "driver=default", exit=4)
    os.close(group)
    gvm("gpu", "set", BOCHS, "driver=default")
    assert binding(BOCHS) == ("bochs-drm", "(null)")
    # A driver that is not there, and one that does not want it: as before.
    e = refused("GVM_E_NO_DRIVER", "gpu", "set", BOCHS, "driver=no-such-driver", exit=6)
    assert e["object"] == BOCHS and binding(BOCHS) == ("bochs-drm", "(null)"), e
    e = refused("GVM_E_NOT_SEEN", "gpu", "set", BOCHS, "driver=nvme", exit=1)
    assert e["object"] == BOCHS and "shows nothing" in e["message"], e
    for wrong in ("", "a/b", "..", "a\nb"):
        refused("GVM_E_SETTING", "gpu", "set", BOCHS, f"driver={wrong}", exit=2)
    with open(glob.glob(path(BOCHS, "drm/card*"))[0].replace(path(BOCHS, "drm"), "/dev/dri"), "rb"):
        e = refused("GVM_E_GPU_IN_USE", "gpu", "set", BOCHS, "driver=vfio-pci", exit=4)
        assert f"process {os.getpid()}" in e["message"], e
    gvm("gpu", "set", PF, "vfs=1")
    refused("GVM_E_VFS_ENABLED", "gpu", "set", PF, "driver=vfio-pci", exit=4)
    gvm("gpu", "set", PF, "vfs=0")


def create_whole(address, *args, name="a"):
    gvm("vgpu", "create", "--type", "whole", "--gpu", address, "--name", name, *args)


@as_before
def test_whole_device():
    before = host()
    whole = ("vgpu", "create", "--type", "whole", "--gpu")
    create_whole(BOCHS)
    assert binding(BOCHS) == ("vfio-pci", "vfio-pci")
    [v] = items("vgpu", "list")
    node = f"/dev/vfio/{link(path(BOCHS, 'iommu_group'))}"
    assert (v["address"], v["vfio_node"], v["type"]) == (BOCHS, node, "whole") and os.path.exists(node), v
    refused("GVM_E_GPU_TAKEN", *whole, BOCHS, exit=4)
    # bochs-drm, which it had, has it again.
    gvm("vgpu", "destroy", "a")
    assert host() == before and driver(BOCHS) == "bochs-drm"
    # Used by somebody: he is named; forced, it is taken under him.
    with open(glob.glob(path(BOCHS, "drm/card*"))[0].replace(path(BOCHS, "drm"), "/dev/dri"), "rb"):
        e = refused("GVM_E_GPU_IN_USE", *whole, BOCHS, exit=4)
        assert f"process {os.getpid()}" in e["message"] and "/dev/dri/card" in e["message"], e
        create_whole(BOCHS, "--force")
        assert driver(BOCHS) == "vfio-pci"
    gvm("vgpu", "destroy", "a")
    assert host() == before
    refused("GVM_E_BOOT_DISPLAY", *whole, BOOT, exit=4)
    create_whole(BOOT, "--force")
    assert driver(BOOT) == "vfio-pci"
    gvm("vgpu", "destroy", "a")
    assert host() == before and driver(BOOT) == "virtio-pci"
    gvm("gpu", "set", PF, "vfs=1")
    refused("GVM_E_VFS_ENABLED", *whole, PF, exit=4)
    gvm("gpu", "set", PF, "vfs=0")


@as_before
def test_cards_and_groups():
    """A card goes with all its functions; a group only when no other card of it is used."""
    subprocess.run(["modprobe", "snd-hda-intel"], check=True)
    before = host()
    assert driver(CARD[1]) == driver(NEIGHBOUR) == SOUND, before
    create_whole(CARD[0])
    assert [driver(a) for a in CARD] == ["vfio-pci"] * 2
    vm = Vm("card", "[{name: a}]", memory=128)
    pid = vm.running()
    assert groups_open(pid) == {link(path(f, "iommu_group")) for f in CARD}
    # Behind its port it shows once the firmware has numbered the buses.
    until("both functions in the VM", lambda: [0, 1] == [
        d["function"] for d in devices(qmp(vm.own_qmp, {"execute": "query-pci"})[0])
        if d["qdev_id"].startswith("vgpu0")])
    gvm("vm", "stop", "card", "--timeout", "0")
    vm.end()
    gvm("vgpu", "destroy", "a")
    assert host() == before
    e = refused("GVM_E_GROUP_NOT_VIABLE", "vgpu", "create", "--type", "whole", "--gpu", SHARED, exit=4)
    assert f"{NEIGHBOUR} ({SOUND})" in e["message"], e
    bind(NEIGHBOUR, None)
    create_whole(SHARED)
    assert binding(SHARED) == ("vfio-pci", "vfio-pci") and driver(NEIGHBOUR) is None
    gvm("vgpu", "destroy", "a")
    assert binding(SHARED) == before[SHARED]
    for address in (CARD[1], NEIGHBOUR):
        bind(address, None)
    subprocess.run(["rmmod", "snd_hda_intel"], check=True)


@as_before
def test_two_at_once_want_one_card():
    """By its two functions: one gets the card whole, the other is refused, and neither waits for ever."""
    before = host()
    for _ in range(4):
        both = [subprocess.Popen(["gvm", "vgpu", "create", "--type", "whole", "--gpu", address, "--name", name,
                                  "--force"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                for address, name in zip(CARD, "ab")]
        ends = [p.wait(60) for p in both]
        assert sorted(ends) == [0, 4], ends
        assert [driver(a) for a in CARD] == ["vfio-pci"] * 2, host()
        [v] = items("vgpu", "list")
        assert v["name"] == "ab"[ends.index(0)], v
        gvm("vgpu", "destroy", v["name"])
        assert host() == before, (before, host())


def killed(call, when, *args):
    """Run gvm, and kill it at a system call; was it? (Its children, which write, do not make such calls.)"""
    p = subprocess.run(["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e",
                        f"inject={call}:signal=KILL:when={when}", "gvm", *args],
                       capture_output=True, timeout=60, check=False)
    assert p.returncode in (0, -signal.SIGKILL), (call, when, p)
    return p.returncode != 0


def put_right(before, function, whole):
    """The next changing command finishes what was left: the host as it was, or vGPU a whole."""
    gvm("vgpu", "destroy", "none", exit=3)
    assert os.listdir("/run/gvm/vgpu") == (["a.json"] if whole else []), os.listdir("/run/gvm/vgpu")
    assert binding(function) == ("vfio-pci", "vfio-pci") if whole else host() == before, host()


@as_before
def test_function_killed_in_the_middle():
    """Killed before and after each write to the kernel that a child does, and at records: all is put right."""
    write(path(BOCHS, "driver_override"), "bochs-drm")
    before = host()
    # Forced: without looking for users, which takes long under strace.
    create = ("vgpu", "create", "--type", "whole", "--gpu", BOCHS, "--name", "a", "--force")
    for call in ("clone", "waitid"):
        for when in (1, 2):
            assert killed(call, when, *create), (call, when)
            put_right(before, BOCHS, False)
            gvm(*create)
            assert killed(call, when, "vgpu", "destroy", "a"), (call, when)
            put_right(before, BOCHS, False)
    # Its note stands, but no record; its record stands, but nothing is begun.
    assert killed("renameat2", 1, *create)
    put_right(before, BOCHS, False)
    gvm(*create)
    assert killed("pwrite64", 1, "vgpu", "destroy", "a")
    put_right(before, BOCHS, True)
    gvm("vgpu", "destroy", "a")
    write(path(BOCHS, "driver_override"), "\n")


def ended():
    """The next changing command ends what was left half done, says so, and leaves no note."""
    told = gvm("--verbose", "vgpu", "destroy", "none", exit=3)[1]
    assert "ended what was left half done" in told, told
    assert "left half done" not in gvm("--verbose", "vgpu", "destroy", "none", exit=3)[1]


@as_before
def test_set_killed_in_the_middle():
    """Killed before and after each write that changes settings: they are as before, or as asked for."""
    gvm("gpu", "set", PF, "vfs=2")
    for call, when, vfs in (("clone", 1, 2), ("waitid", 1, 2), ("clone", 2, 2), ("waitid", 2, 4)):
        assert killed(call, when, "gpu", "set", PF, "vfs=4"), (call, when)
        ended()
        assert vfs_are(vfs), (call, when)
    gvm("gpu", "set", PF, "vfs=0")
    own, vfio = ("bochs-drm", "(null)"), ("vfio-pci", "vfio-pci")
    for wanted, before, after, finished in (("vfio-pci", own, vfio, ("waitid", 2)),
                                            ("default", vfio, own, ("clone", 2))):
        for call, when in (("clone", 1), ("waitid", 1), ("clone", 2)):
            # Forced: without looking for users, which takes long under strace.
            assert killed(call, when, "gpu", "set", BOCHS, f"driver={wanted}", "--force"), (call, when)
            ended()
            done = (call, when) == finished
            assert binding(BOCHS) == (after if done else before), (wanted, call, when, binding(BOCHS))
        if binding(BOCHS) == before:
            assert killed("waitid", 2, "gpu", "set", BOCHS, f"driver={wanted}", "--force")
            ended()
        assert binding(BOCHS) == after, (wanted, binding(BOCHS))


def set_up(interface, up):
    """Set a network interface up or down, as ip(8) does (documented: netdevice(7))."""
    with socket.socket() as s:
        name = struct.pack("16sh14x", interface.encode(), 0)
        flags = struct.unpack("16xh14x", fcntl.ioctl(s, 0x8913, name))[0]  # SIOCGIFFLAGS
        fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", interface.encode(), flags | 1 if up else flags & ~1))


@as_before
def test_igb_vf():
    """A network card: while its interface is up it stays with the host; a VF of it, which lies far away, goes to a VM."""
    subprocess.run(["modprobe", "igb"], check=True)
    until("igb to drive its card", lambda: driver(IGB) == "igb" and os.path.isdir(path(IGB, "net")))
    [interface] = os.listdir(path(IGB, "net"))
    set_up(interface, True)
    for args in (["vgpu", "create", "--type", "whole", "--gpu", IGB], ["gpu", "set", IGB, "driver=vfio-pci"]):
        e = refused("GVM_E_HOST_USES", *args, exit=4)
        assert e["object"] == IGB and interface in e["message"], e
    set_up(interface, False)
    gvm("gpu", "set", IGB, "vfs=2")
    assert [link(path(IGB, f"virtfn{i}")) for i in range(2)] == [IGB_VF1, IGB_VF2]
    before = host()
    gvm("vgpu", "create", "--type", "vf", "--gpu", IGB_VF2, "--name", "net")
    assert binding(IGB_VF2) == ("vfio-pci", "vfio-pci") and host()[IGB_VF1] == before[IGB_VF1]
    [v] = items("vgpu", "list")
    assert (v["name"], v["gpu"], v["address"], v["method"]) == ("net", IGB, IGB_VF2, "sriov"), v
    vm = Vm("igb", "[{name: net}]", memory=128)
    pid = vm.running()
    assert groups_open(pid) == {link(path(IGB_VF2, "iommu_group"))}
    # Behind its port it shows once the firmware has numbered the buses.
    until("the VF in the VM", lambda: (0x8086, 0x10ca) in {
        (d["id"]["vendor"], d["id"]["device"])
        for d in devices(qmp(vm.own_qmp, {"execute": "query-pci"})[0])})
    e = refused("GVM_E_VFS_IN_USE", "gpu", "set", IGB, "vfs=0", "--force", exit=4)
    assert "VM igb" in e["message"], e
    gvm("vm", "stop", "igb", "--timeout", "1")
    assert vm.end() == 0, vm.output()
    gvm("vgpu", "destroy", "net")
    assert host() == before, (before, host())
    gvm("gpu", "set", IGB, "vfs=0")
    subprocess.run(["rmmod", "igb"], check=True)


@as_before
def test_vm_has_functions():
    """A guest drives a passed-through display with its own driver, and has a VF besides."""
    gvm("gpu", "set", PF, "vfs=1")
    gvm("vgpu", "create", "--type", "vf", "--gpu", PF, "--name", "b")
    create_whole(BOCHS)
    # Its memory is pinned and mapped whole, page by page.
    vm = Vm("functions", "[{name: a}, {name: b}]", memory=128)
    pid = vm.running()
    assert groups_open(pid) == {link(path(f, "iommu_group")) for f in (BOCHS, VF1)}
    assert "driver=bochs-drm" in vm.says("guest: drm card0")
    [buses] = qmp(vm.own_qmp, {"execute": "query-pci"})
    seen = {(d["id"]["vendor"], d["id"]["device"]) for d in devices(buses)}
    assert (0x1b36, 0x0010) in seen and (0x1234, 0x1111) in seen, seen
    e = refused("GVM_E_HELD", "vgpu", "destroy", "a", exit=4)
    assert "VM functions" in e["message"], e
    e = refused("GVM_E_VFS_IN_USE", "gpu", "set", PF, "vfs=0", "--force", exit=4)
    assert "VM functions" in e["message"], e
    vm.says("guest: ready")
    stopped = gvm("vm", "stop", "functions")[0]
    assert "shut down by its guest" in stopped, stopped
    assert vm.end() == 0, vm.output()
    gvm("vgpu", "destroy", "a", "b")
    assert driver(BOCHS) == "bochs-drm" and driver(VF1) is None
    gvm("gpu", "set", PF, "vfs=0")


def devices(buses):
    """All PCI devices of QMP's answer, those behind bridges too."""
    for bus in buses:
        for device in bus["devices"]:
            yield device
            yield from devices([b] if (b := device.get("pci_bridge")) and "devices" in b else [])
