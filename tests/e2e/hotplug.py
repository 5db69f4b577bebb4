# SPDX-License-Identifier: GPL-2.0-or-later
"""vGPUs come into VMs that run, and go again: what QEMU, the kernel and the guest show of it."""
import os
import signal
import socket
import subprocess
import time

from lib import GUEST, MDEVS, Vm, alive, error, groups_open, gvm, items, link, mdevs, qmp, started, until

UUID = "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f52"


def group_of(name):
    [v] = [v for v in items("vgpu", "list") if v["name"] == name]
    return link(f"{MDEVS}/{v['uuid']}/iommu_group")


def vfio_devices(socket_path):
    """Ids of the VFIO devices QEMU has, and what they are, by its object model."""
    [found] = qmp(socket_path, {"execute": "qom-list", "arguments": {"path": "/machine/peripheral"}})
    ids = [d["name"] for d in found if d["type"].startswith("child<vfio-pci")]
    return {i: os.path.basename(qmp(socket_path, {"execute": "qom-get", "arguments": {
        "path": f"/machine/peripheral/{i}", "property": "sysfsdev"}})[0]) for i in ids}


def state(name):
    [v] = [v for v in items("vgpu", "list") if v["name"] == name]
    return v["state"], v.get("vm")


def test_running_guest():
    """The guest's driver takes the vGPU when it comes, and it can be taken out and put in again."""
    gvm("vgpu", "create", "--type", "mbochs-small", "--name", "hot")
    vm = Vm("demo", "[]")
    pid = vm.running()
    vm.says("guest: ready")
    [planned] = items("--dry-run", "vgpu", "attach", "hot", "demo")
    assert (planned["done"], planned["vm"], planned["pid"]) == (False, "demo", pid), planned
    assert not vfio_devices(vm.own_qmp) and state("hot") == ("active", None)
    group = group_of("hot")
    for _ in range(2):
        [done] = items("vgpu", "attach", "hot", "demo")
        assert (done["device"], done["port"]) == (planned["device"], planned["port"]), (done, planned)
        assert vfio_devices(vm.own_qmp) == {done["device"]: done["uuid"]}
        assert groups_open(pid) == {group} and state("hot") == ("attached", "demo")
        assert items("vm", "show", "demo")[0]["vgpus"] == ["hot"]
        [who] = items("vgpu", "who", "hot")
        assert (who["vm"], who["pid"], who["started_by"], who["vm_vgpus"]) == ("demo", pid, "gvm", ["hot"]), who
        assert error("vgpu", "attach", "hot", "demo", exit=4)["code"] == "GVM_E_HELD"
        assert error("vgpu", "destroy", "hot", exit=4)["code"] == "GVM_E_HELD"
        assert "driver=bochs-drm" in vm.says("guest: drm card0")
        [planned_out] = items("--dry-run", "vgpu", "detach", "hot")
        assert not planned_out["done"] and groups_open(pid) == {group}
        begin = time.monotonic()
        gvm("vgpu", "detach", "hot")
        assert time.monotonic() - begin < 10
        assert not groups_open(pid) and not vfio_devices(vm.own_qmp) and state("hot") == ("active", None)
        assert items("vm", "show", "demo")[0]["vgpus"] == [] and "pid" not in items("vgpu", "who", "hot")[0]
        until("the guest's device to go", lambda: "guest: gone" in open(vm.console, encoding="utf-8").read())
        os.truncate(vm.console, 0)
    assert error("vgpu", "detach", "hot", exit=3)["code"] == "GVM_E_NOT_ATTACHED"
    gvm("vgpu", "destroy", "hot")
    gvm("vm", "stop", "demo")
    assert vm.end() == 0, vm.output()
