# SPDX-License-Identifier: GPL-2.0-or-later
"""VFIO without groups, and with both: which nodes QEMU has open, and that a holder of either is seen.

Only in the lab with --vfio: Debian's kernels have groups alone. The kernel tells what there is."""
import array
import contextlib
import fcntl
import glob
import os
import socket
import struct
import subprocess

from functions import BOCHS, as_before
from lib import MDEVS, Vm, error, gvm, items, link, mdevs, qmp, slurp, until
from production import UID, locked_limit, may_open, status, system_user

KIND = "both" if os.path.exists("/dev/vfio/vfio") else "cdev"
TITLE = f"vfio-{KIND}"
BIND = 0x3B76  # VFIO_DEVICE_BIND_IOMMUFD


def nodes(device):
    """(node of its group or None, its own), by the kernel."""
    own = "/dev/vfio/devices/" + os.listdir(f"{device}/vfio-dev")[0]
    group = "/dev/vfio/" + link(f"{device}/iommu_group") if os.path.exists(f"{device}/iommu_group") else None
    return (group if KIND == "both" else None), own


def opened(pid):
    """What of VFIO and iommufd a process has open; not what KVM and QEMU refer to without a name."""
    found = set()
    for fd in glob.glob(f"/proc/{pid}/fd/*"):
        with contextlib.suppress(OSError):
            target = os.readlink(fd)
            if target.startswith("/dev/vfio/") or target == "/dev/iommu":
                found.add(target)
    return found


def make(kind, name):
    gvm("vgpu", "create", "--type", kind, "--name", name)
    [v] = items("vgpu", "show", name)
    return v, f"{MDEVS}/{v['uuid']}"


def held(name, who):
    e = error("vgpu", "destroy", name, exit=4)
    assert e["code"] == "GVM_E_HELD" and who in e["message"], e
    return True


def bound(path):
    """A device, opened by its own node and bound, as QEMU does it."""
    fd, iommufd = os.open(path, os.O_RDWR), os.open("/dev/iommu", os.O_RDWR)
    fcntl.ioctl(fd, BIND, bytearray(struct.pack("IIiI", 16, 0, iommufd, 0)))
    os.close(iommufd)
    return fd


def test_nodes():
    """What there is, is shown; who has one of them open is named, and keeps the vGPU."""
    v, device = make("mdpy-vga", "a")
    group, own = nodes(device)
    assert (v["vfio_node"], v["vfio_cdev"]) == (group or own, own), (v, group, own)
    for path in filter(None, (group, own)):
        fd = os.open(path, os.O_RDWR)
        assert held("a", f"process {os.getpid()}") and mdevs() == {v["uuid"]}
        assert items("vgpu", "who", "a")[0]["pid"] == os.getpid()
        assert items("vgpu", "show", "a")[0]["holders"][0]["pid"] == os.getpid()
        os.close(fd)
    gvm("vgpu", "destroy", "a")
    assert not mdevs()


def test_unseen_holder():
    """A descriptor on its way from one process to another is nobody's open file, but the kernel knows."""
    _, device = make("mdpy-vga", "a")
    here, there = socket.socketpair()
    fd = bound(nodes(device)[1])
    here.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
    os.close(fd)
    assert not opened(os.getpid()) - {"/dev/iommu"}
    assert held("a", "cannot be seen from here")
    here.close()
    there.close()
    gvm("vgpu", "destroy", "a")


def test_unprivileged():
    """QEMU as another user has its own node and iommufd, nothing else, and the guest uses the vGPU."""
    with system_user():
        other, other_device = make("mdpy-xga", "other")
        _, device = make("mdpy-xga", "desk1")
        vm = Vm("prod", "[{name: desk1}]", extra="vfio: iommufd" if KIND == "both" else "")
        pid = vm.running()
        own = nodes(device)[1]
        assert status(pid)["Uid"] == [str(UID)] * 4
        assert opened(pid) == {own, "/dev/iommu"}, opened(pid)
        for path in (own, *filter(None, nodes(other_device)), "/dev/iommu"):
            assert os.stat(path).st_uid == 0 and not may_open(path), path
        soft, hard = locked_limit(pid)
        assert soft == hard and 256 << 20 < soft < 1 << 30, (soft, hard)
        assert items("vm", "show", "prod")[0]["vgpus"] == ["desk1"]
        assert held("desk1", "VM prod") and items("vgpu", "who", "desk1")[0]["pid"] == pid
        vm.says("guest: painted fb0")
        gvm("vm", "screenshot", "prod", "/tmp/vfio.png")
        subprocess.run(["/lab/check-pattern", "/tmp/vfio.png", "1024", "768"], check=True)
        gvm("vm", "stop", "prod", "--timeout", "0")
        assert vm.end() == 0, vm.output()
        gvm("vgpu", "destroy", "desk1", "other")


def test_record_lost():
    """A VM of which gvm knows nothing is found by the node that it has open."""
    _, device = make("mdpy-vga", "a")
    vm = Vm("alone", "[{name: a}]", extra="vfio: iommufd")
    pid = vm.running()
    vm.gvm.kill()
    vm.gvm.wait()
    os.unlink("/run/gvm/vms")
    [who] = items("vgpu", "who", "a")
    assert (who["vm"], who["pid"], who["started_by"]) == ("alone", pid, "other"), who
    assert held("a", "VM alone") and nodes(device)[1] in opened(pid)
    qmp(vm.own_qmp, {"execute": "quit"})
    until("QEMU to end", lambda: not slurp(f"/proc/{pid}/cmdline"))
    subprocess.run(["rm", "-rf", "/run/gvm/vm/alone"], check=True)
    gvm("vgpu", "destroy", "a")


def test_default():
    """Groups where there are some; where there are none, a file that asks for them is refused."""
    _, device = make("mdpy-vga", "a")
    group, own = nodes(device)
    vm = Vm("auto", "[{name: a}]", extra="vfio: group" if KIND == "cdev" else "")
    if KIND == "cdev":
        assert vm.end() == 6 and "GVM_E_VFIO_NODE" in vm.output(), vm.output()
    else:
        pid = vm.running()
        assert opened(pid) == {group, "/dev/vfio/vfio"}, opened(pid)
        assert held("a", "VM auto")
        gvm("vm", "stop", "auto", "--timeout", "0")
        assert vm.end() == 0, vm.output()
    assert os.path.exists(own)
    gvm("vgpu", "destroy", "a")


def test_attach():
    """A VM with iommufd takes a vGPU while it runs by its own node, one without by its group."""
    _, device = make("mbochs-small", "hot")
    group, own = nodes(device)
    vm = Vm("plug", "[]", extra="vfio: iommufd" if KIND == "both" else "vfio: auto")
    pid = vm.running()
    vm.says("guest: ready")
    gvm("vgpu", "attach", "hot", "plug")
    assert opened(pid) == {own, "/dev/iommu"}, opened(pid)
    assert "driver=bochs-drm" in vm.says("guest: drm card0")
    assert held("hot", "VM plug")
    gvm("vgpu", "detach", "hot")
    assert own not in opened(pid)
    gvm("vm", "stop", "plug", "--timeout", "0")
    assert vm.end() == 0, vm.output()
    if KIND == "both":
        vm = Vm("plug", "[]")
        pid = vm.running()
        gvm("vgpu", "attach", "hot", "plug")
        assert opened(pid) == {group, "/dev/vfio/vfio"}, opened(pid)
        gvm("vm", "stop", "plug", "--timeout", "0")
        assert vm.end() == 0, vm.output()
    gvm("vgpu", "destroy", "hot")


@as_before
def test_real_iommu():
    """A whole device behind the IOMMU, and a second VM of the same user: each has a limit of its own."""
    with system_user():
        gvm("vgpu", "create", "--type", "whole", "--gpu", BOCHS, "--name", "card")
        gvm("vgpu", "create", "--type", "whole", "--gpu", "0000:00:03.0", "--name", "card2")
        vms, pids = [], []
        for name in ("card", "card2"):
            vms.append(Vm(name, f"[{{name: {name}}}]", extra="vfio: iommufd"))
            pids.append(vms[-1].running())
            [v] = items("vgpu", "show", name)
            assert opened(pids[-1]) == {nodes(f"/sys/bus/pci/devices/{v['address']}")[1], "/dev/iommu"}
            # All of the guest's memory is pinned, and accounted to this very process.
            assert int(status(pids[-1])["VmLck"][0]) >= 256 << 10, status(pids[-1])["VmLck"]
            assert held(name, f"VM {name}")
        for vm in vms:
            gvm("vm", "stop", vm.name, "--timeout", "0")
            assert vm.end() == 0, vm.output()
        gvm("vgpu", "destroy", "card", "card2")
