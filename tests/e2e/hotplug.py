# SPDX-License-Identifier: GPL-2.0-or-later
"""vGPUs come into VMs that run, and go again: what QEMU, the kernel and the guest show of it."""
import os
import signal
import socket
import subprocess
import time

from lib import GUEST, MDEVS, Vm, error, groups_open, gvm, items, link, mdevs, qmp, slurp, started, until

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
    """The guest's driver takes the vGPU when it comes, and lets it go; a guest that is paused cannot."""
    gvm("vgpu", "create", "--type", "mbochs-small", "--name", "hot")
    vm = Vm("demo", "[]")
    pid = vm.running()
    vm.says("guest: ready")
    [planned] = items("--dry-run", "vgpu", "attach", "hot", "demo")
    assert (planned["dry_run"], planned["vm"], planned["pid"]) == (True, "demo", pid), planned
    assert not vfio_devices(vm.own_qmp) and state("hot") == ("active", None)
    group = group_of("hot")
    for paused in (False, True):
        if paused:
            qmp(vm.own_qmp, {"execute": "stop"})
        [done] = items("vgpu", "attach", "hot", "demo")
        assert done == {**planned, "dry_run": False}, (done, planned)
        assert vfio_devices(vm.own_qmp) == {done["device"]: done["uuid"]}
        assert groups_open(pid) == {group} and state("hot") == ("attached", "demo")
        if paused:
            for dry in ([], ["--dry-run"]):
                e = error(*dry, "vgpu", "detach", "hot", exit=4)
                assert e["code"] == "GVM_E_UNPLUG_PAUSED" and "(paused)" in e["message"], e
            # It was not asked, so it keeps the vGPU when it runs on.
            qmp(vm.own_qmp, {"execute": "cont"})
        assert "driver=bochs-drm" in vm.says("guest: drm card0")
        assert groups_open(pid) == {group} and items("vm", "show", "demo")[0]["vgpus"] == ["hot"]
        [who] = items("vgpu", "who", "hot")
        assert (who["vm"], who["pid"], who["started_by"], who["vm_vgpus"]) == ("demo", pid, "gvm", ["hot"]), who
        assert error("vgpu", "attach", "hot", "demo", exit=4)["code"] == "GVM_E_HELD"
        assert error("vgpu", "destroy", "hot", exit=4)["code"] == "GVM_E_HELD"
        assert items("--dry-run", "vgpu", "detach", "hot")[0]["dry_run"] and groups_open(pid) == {group}
        begin = time.monotonic()
        gvm("vgpu", "detach", "hot")
        assert time.monotonic() - begin < 10
        assert not groups_open(pid) and not vfio_devices(vm.own_qmp) and state("hot") == ("active", None)
        assert items("vm", "show", "demo")[0]["vgpus"] == [] and "pid" not in items("vgpu", "who", "hot")[0]
        until("the guest's device to go", lambda: "guest: gone" in slurp(vm.console))
        os.truncate(vm.console, 0)
    assert error("vgpu", "detach", "hot", exit=3)["code"] == "GVM_E_NOT_ATTACHED"
    gvm("vgpu", "destroy", "hot")
    gvm("vm", "stop", "demo")
    assert vm.end() == 0, vm.output()


def test_there_from_the_start():
    """What was there from the start goes out and in, unless QEMU shows its picture."""
    vm = Vm("paint", "[{type: mdpy-xga}, {type: mbochs-small}]")
    pid = vm.running()
    vm.says("guest: painted fb0")
    vm.says("driver=bochs-drm")
    e = error("vgpu", "detach", "paint-0", exit=6)
    assert e["code"] == "GVM_E_NOT_UNPLUGGABLE" and "picture" in e["message"], e
    both = {group_of("paint-0"), group_of("paint-1")}
    assert groups_open(pid) == both
    [out] = items("vgpu", "detach", "paint-1")
    assert (out["device"], out["port"]) == ("vgpu1", "port1"), out
    assert groups_open(pid) == {group_of("paint-0")} and state("paint-1") == ("active", None)
    # It goes with this VM's run, and so does not come into another.
    other = no_system("other", "[]", args=["--timeout", "1"])
    other.running()
    assert error("vgpu", "attach", "paint-1", "other", exit=4)["code"] == "GVM_E_VGPU_OWNED"
    gvm("vm", "stop", "other", "--timeout", "1")
    other.end()
    gvm("vgpu", "attach", "paint-1", "paint")
    assert groups_open(pid) == both
    gvm("vm", "screenshot", "paint", "/tmp/hot.png")
    subprocess.run(["/lab/check-pattern", "/tmp/hot.png", "1024", "768"], check=True)
    vm.gvm.send_signal(signal.SIGTERM)
    assert vm.end() == 0, vm.output()
    assert not mdevs()


def no_system(name, vgpus, **options):
    """A VM whose firmware finds nothing to boot: it runs, and answers nothing."""
    with open("/tmp/empty.img", "wb") as f:
        f.truncate(1 << 20)
    return Vm(name, vgpus, boot="disks: [{file: /tmp/empty.img, format: raw}]", **options)


def test_silent_guest():
    """A guest that runs and does not answer: told after the time it had; it keeps the vGPU."""
    gvm("vgpu", "create", "--type", "mbochs-small", "--name", "hot")
    vm = no_system("demo", "[]", args=["--timeout", "600"])
    pid = vm.running()
    gvm("vgpu", "attach", "hot", "demo")
    begin = time.monotonic()
    e = error("vgpu", "detach", "hot", "--timeout", "1", exit=4)
    assert e["code"] == "GVM_E_UNPLUG_SILENT" and 1 <= time.monotonic() - begin < 15, e
    assert groups_open(pid) == {group_of("hot")} and state("hot") == ("attached", "demo")
    # The first signal asks the guest, which does not answer that either; the second ends QEMU.
    vm.gvm.send_signal(signal.SIGINT)
    time.sleep(1)
    assert vm.gvm.poll() is None
    vm.gvm.send_signal(signal.SIGINT)
    assert vm.end() == 0, vm.output()
    gvm("vgpu", "destroy", "hot")


def test_stop_does_not_wait():
    """Somebody waits for a guest that keeps its vGPU: the VM can be stopped meanwhile."""
    vm = no_system("demo", "[{type: mbochs-small}]", args=["--timeout", "2"])
    vm.running()
    with subprocess.Popen(["gvm", "--json", "vgpu", "detach", "demo-0", "--timeout", "100"],
                          stdout=subprocess.PIPE) as detach:
        until("the request", lambda: plug_clients("demo"))
        vm.gvm.send_signal(signal.SIGTERM)
        assert vm.end() == 0, vm.output()
        assert detach.wait(20) == 1 and b"GVM_E_QMP_CLOSED" in detach.stdout.read()
    assert not mdevs()


def plug_clients(name):
    """Is somebody connected to the socket for hot plug?"""
    with open("/proc/net/unix", encoding="utf-8") as f:
        return [l for l in f if l.rstrip().endswith(f"/vm/{name}/plug.sock") and l.split()[5] == "03"]


def by_hand(*args):
    """A QEMU that somebody else starts."""
    if os.path.exists("/tmp/by-hand.console"):
        os.unlink("/tmp/by-hand.console")
    p = subprocess.Popen(["qemu-system-x86_64", "-name", "by-hand", "-M", "q35", "-accel", "kvm", "-cpu",
                          "host", "-m", "256", "-nodefaults", "-display", "none", "-kernel",
                          f"{GUEST}/vmlinuz", "-initrd", f"{GUEST}/initrd.img", "-append",
                          "console=ttyS0 quiet", "-serial", "file:/tmp/by-hand.console", *args],
                         cwd="/tmp")
    started.append(p)
    return p


def test_from_the_start():
    """A vGPU on the root bus of a QEMU of others stays there: told, and not tried."""
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "cold", "--uuid", UUID)
    p = by_hand("-S", "-qmp", "unix:/tmp/by-hand.qmp,server,nowait", "-device",
                f"vfio-pci,sysfsdev=/sys/bus/mdev/devices/{UUID}")
    until("QEMU to open the group", lambda: groups_open(p.pid))
    assert error("vgpu", "detach", "cold", exit=6)["code"] == "GVM_E_NOT_UNPLUGGABLE"
    assert groups_open(p.pid) == {group_of("cold")}
    qmp("/tmp/by-hand.qmp", {"execute": "quit"})
    p.wait(30)
    # Without a socket it cannot be talked to.
    p = by_hand("-S", "-device", f"vfio-pci,sysfsdev=/sys/bus/mdev/devices/{UUID}")
    until("QEMU to open the group", lambda: groups_open(p.pid))
    assert error("vgpu", "detach", "cold", exit=6)["code"] == "GVM_E_QMP_NONE"
    p.terminate()
    p.wait(30)
    gvm("vgpu", "destroy", "cold")


def test_no_port():
    """A VM takes as many as it has empty ports."""
    vm = no_system("demo", "[]", args=["--timeout", "1"])
    pid = vm.running()
    for i in range(5):
        gvm("vgpu", "create", "--type", "mdpy-vga" if i < 4 else "mbochs-small", "--name", f"v{i}")
    for i in range(4):
        gvm("vgpu", "attach", f"v{i}", "demo")
    assert error("vgpu", "attach", "v4", "demo", exit=5)["code"] == "GVM_E_NO_PORT"
    assert len(groups_open(pid)) == 4 and len(items("vm", "show", "demo")[0]["vgpus"]) == 4
    gvm("vm", "stop", "demo", "--timeout", "1")
    vm.end()
    gvm("vgpu", "destroy", *[f"v{i}" for i in range(5)])


def test_a_qemu_of_others():
    """A QEMU of others takes a vGPU through its own socket; its port is judged by its windows."""
    gvm("vgpu", "create", "--type", "mbochs-small", "--name", "large")
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "small")
    # The path is relative to its folder. A port has 2 MiB if nobody asks for more.
    p = by_hand("-chardev", "socket,id=c,path=by,,hand.qmp,server=on,wait=off", "-mon",
                "chardev=c,mode=control", "-device", "pcie-root-port,id=only,chassis=1")
    until("the guest", lambda: "guest: ready" in slurp("/tmp/by-hand.console"))
    assert not items("vm", "list")
    e = error("vgpu", "attach", "large", "by-hand", exit=5)
    assert e["code"] == "GVM_E_PORT_TOO_SMALL" and "only" in e["message"] and "pref64-reserve" in e["hint"], e
    # Somebody else talks to it: named, not waited for.
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("/tmp/by,hand.qmp")
        assert s.recv(1000)
        begin = time.monotonic()
        e = error("vgpu", "attach", "small", "by-hand", exit=4)
        assert e["code"] == "GVM_E_QMP_BUSY" and f"(process {os.getpid()})" in e["message"], e
        assert "by,hand.qmp" in e["message"] and time.monotonic() - begin < 4
    assert not groups_open(p.pid)
    [done] = items("vgpu", "attach", "small", "by-hand")
    assert (done["pid"], done["port"]) == (p.pid, "only") and groups_open(p.pid) == {group_of("small")}
    [who] = items("vgpu", "who", "small")
    assert (who["vm"], who["started_by"], who["pid"]) == ("by-hand", "other", p.pid), who
    until("the driver", lambda: "painted fb0 640x480" in slurp("/tmp/by-hand.console"))
    gvm("vgpu", "detach", "small")
    assert not groups_open(p.pid) and state("small") == ("active", None)
    qmp("/tmp/by,hand.qmp", {"execute": "quit"})
    p.wait(30)
    gvm("vgpu", "destroy", "large", "small")
