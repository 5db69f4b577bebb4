# SPDX-License-Identifier: GPL-2.0-or-later
"""Nested guests under KVM, whose unmodified drivers use the vGPU."""
import os
import shutil
import signal
import subprocess

from lib import GUEST, Vm, alive, error, groups_open, gvm, items, link, mdevs, qmp, MDEVS


def test_mbochs_drives_bochs_drm():
    vm = Vm("demo", "[{type: mbochs-small}]")
    pid = vm.running()
    [uuid] = mdevs()
    assert groups_open(pid) == {link(f"{MDEVS}/{uuid}/iommu_group")}
    [kvm] = qmp(vm.own_qmp, {"execute": "query-kvm"})
    assert kvm["enabled"], "the guest does not run under KVM"
    assert "driver=bochs-drm" in vm.says("guest: drm card0")
    [seen] = items("vm", "list")
    assert (seen["pid"], seen["vgpus"], seen["accelerator"]) == (pid, ["demo-0"], "kvm"), seen
    [shown] = items("vm", "show", "demo")
    assert shown["file"] == os.path.realpath(vm.file), shown
    assert os.path.exists(shown["log"]) and os.path.exists(shown["console"]), shown
    assert error("vgpu", "destroy", "demo-0", exit=4)["code"] == "GVM_E_HELD"
    assert error("vm", "run", vm.file, exit=4)["code"] == "GVM_E_VM_RUNNING"
    # mbochs shows its picture as a dma-buf, for which QEMU wants OpenGL.
    assert error("vm", "screenshot", "demo", "/tmp/x.png", exit=6)["code"] == "GVM_E_NO_PICTURE"
    assert mdevs() == {uuid}
    # SIGTERM: the guest is asked, and shuts itself down.
    vm.gvm.send_signal(signal.SIGTERM)
    assert vm.end() == 0, vm.output()
    assert not mdevs() and not alive(pid)


def test_mdpy_picture():
    """The guest paints a pattern, and the screenshot shows just that."""
    gvm("vgpu", "create", "--type", "mdpy-xga", "--gpu", "mdpy", "--name", "desk1")
    vm = Vm("paint", "[{name: desk1}]")
    pid = vm.running()
    assert "1024x768" in vm.says("guest: painted fb0")
    picture = "/out/screenshot.png" if os.path.isdir("/out") else "/tmp/screenshot.png"
    gvm("vm", "screenshot", "paint", picture)
    subprocess.run(["/lab/check-pattern", picture, "1024", "768"], check=True)
    # The check can fail: one changed picture does.
    shutil.copy(picture, "/tmp/other.png")
    assert subprocess.run(["/lab/check-pattern", "/tmp/other.png", "1024", "767"], check=False,
                          capture_output=True).returncode != 0
    stopped = gvm("vm", "stop", "paint")[0]
    assert "shut down by its guest" in stopped, stopped
    assert vm.end() == 0, vm.output()
    assert not alive(pid)
    # It was there before the VM, so it stays.
    assert len(mdevs()) == 1 and items("vgpu", "list")[0]["state"] == "active"
    gvm("vgpu", "destroy", "desk1")


def test_guest_that_does_not_answer():
    """A guest that is stopped cannot shut down: after the timeout QEMU is ended."""
    vm = Vm("stuck", "[{type: mdpy-vga}]", args=["--timeout", "2"])
    vm.running()
    qmp(vm.own_qmp, {"execute": "stop"})
    vm.gvm.send_signal(signal.SIGINT)
    assert vm.end() == 0, vm.output()
    assert not mdevs()


def test_qemu_refuses():
    """QEMU's own words come out, and what was made for the run is removed."""
    with open("/tmp/wrong.yaml", "w", encoding="utf-8") as f:
        f.write(f"version: 1\nname: wrong\nboot: {{kernel: {GUEST}/vmlinuz}}\nvgpus: [{{type: mdpy-vga}}]\n"
                "qemu_args: [-device, no-such-device]\n")
    e = error("vm", "run", "/tmp/wrong.yaml", exit=1)
    assert e["code"] == "GVM_E_QEMU_FAILED" and "no-such-device" in e["cause"], e
    assert not mdevs() and not items("vm", "list")


def test_file_is_missing():
    """A kernel that is not there is told before anything is made."""
    with open("/tmp/wrong.yaml", "w", encoding="utf-8") as f:
        f.write("version: 1\nname: wrong\nboot: {kernel: no-such-kernel}\nvgpus: [{type: mdpy-vga}]\n")
    e = error("vm", "run", "/tmp/wrong.yaml", exit=3)
    assert e["code"] == "GVM_E_FILE_READ" and e["object"] == "/tmp/no-such-kernel", e
    assert not mdevs() and not items("vm", "list")
