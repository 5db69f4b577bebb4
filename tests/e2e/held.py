# SPDX-License-Identifier: GPL-2.0-or-later
"""A vGPU that somebody holds is not removed, and the holder is named."""
import os
import subprocess

from lib import GUEST, error, gvm, items, mdevs, started, until, groups_open, qmp

UUID = "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f51"


def test_by_any_process():
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "a")
    [v] = items("vgpu", "list")
    fd = os.open(v["vfio_node"], os.O_RDWR)
    e = error("vgpu", "destroy", "a", exit=4)
    assert e["code"] == "GVM_E_HELD" and f"process {os.getpid()}" in e["message"], e
    assert len(mdevs()) == 1
    [v] = items("vgpu", "show", "a")
    assert v["holders"][0]["pid"] == os.getpid() and v["holders"][0]["command"], v
    os.close(fd)
    gvm("vgpu", "destroy", "a")
    assert not mdevs()


def test_by_a_qemu_of_others():
    """A QEMU started by hand is found, by its own name, and its vGPU is its."""
    gvm("vgpu", "create", "--type", "mbochs-small", "--name", "a", "--uuid", UUID)
    p = subprocess.Popen(
        ["qemu-system-x86_64", "-name", "guest=by-hand,debug-threads=on", "-uuid", UUID, "-S", "-M", "q35",
         "-accel", "kvm", "-cpu", "host", "-m", "128", "-nodefaults", "-display", "none",
         "-qmp", "unix:/tmp/by-hand.qmp,server=on,wait=off",
         "-kernel", f"{GUEST}/vmlinuz", "-device", f"vfio-pci,sysfsdev=/sys/bus/mdev/devices/{UUID}"])
    started.append(p)
    until("QEMU to open the group", lambda: groups_open(p.pid))
    [vm] = items("vm", "list")
    assert (vm["name"], vm["uuid"], vm["pid"]) == ("by-hand", UUID, p.pid), vm
    assert vm["started_by"] == "other" and vm["vgpus"] == ["a"], vm
    assert items("vgpu", "list")[0].get("vm") == "by-hand"
    e = error("vgpu", "destroy", "a", exit=4)
    assert "by-hand" in e["message"] and str(p.pid) in e["message"], e
    assert error("vm", "stop", "by-hand", exit=6)
    qmp("/tmp/by-hand.qmp", {"execute": "quit"})
    p.wait(30)
    gvm("vgpu", "destroy", "a")
    assert not mdevs()
