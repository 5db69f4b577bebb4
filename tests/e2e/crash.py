# SPDX-License-Identifier: GPL-2.0-or-later
"""gvm is killed under a running VM."""
import os
import signal
import subprocess

from lib import Vm, alive, gvm, items, mdevs, qemu_pids, qmp, until


def test_gvm_killed():
    vm = Vm("demo", "[{type: mbochs-small}]")
    pid = vm.running()
    [uuid] = mdevs()
    vm.gvm.kill()
    vm.gvm.wait()
    # QEMU lives on with its vGPU, and gvm still knows whose it is.
    [status] = qmp(vm.own_qmp, {"execute": "query-status"})
    assert status["running"] and alive(pid)
    assert items("vgpu", "list")[0].get("vm") == "demo"
    # A changing command collects nothing while that QEMU lives ...
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "other")
    assert uuid in mdevs() and len(mdevs()) == 2
    os.kill(pid, signal.SIGKILL)
    until("QEMU to end", lambda: not alive(pid))
    # ... and reading changes nothing, but the next changing command collects.
    assert not items("vm", "list") and uuid in mdevs()
    gvm("vgpu", "destroy", "other")
    assert not mdevs() and not os.path.exists("/run/gvm/vm/demo")


def test_stop_without_supervisor():
    vm = Vm("demo", "[{type: mdpy-vga}]")
    vm.running()
    vm.gvm.kill()
    vm.gvm.wait()
    vm.says("guest: ready")
    assert "shut down by its guest" in gvm("vm", "stop", "demo")[0]
    assert not mdevs() and not items("vm", "list")


def vm_being_started(name):
    """A gvm vm run at the moment when its vGPU is there."""
    vm = Vm(name, "[{type: mdpy-vga}]")
    until("the vGPU", mdevs)
    return vm


def test_interrupted_while_starting():
    vm = vm_being_started("early")
    vm.gvm.send_signal(signal.SIGINT)
    vm.end()
    until("QEMU to end", lambda: not [p for p in qemu_pids() if alive(p)])
    assert not mdevs() and not items("vm", "list")


def test_killed_while_starting():
    """Whenever gvm is killed: a QEMU that runs is known, and what is left is collected."""
    vm = vm_being_started("early")
    vm.gvm.kill()
    vm.gvm.wait()
    if [p for p in qemu_pids() if alive(p)]:
        gvm("vm", "stop", "early", "--timeout", "1")
    gvm("vgpu", "create", "--type", "mtty-1", "--name", "any")
    gvm("vgpu", "destroy", "any")
    assert not mdevs() and not items("vm", "list") and not [p for p in qemu_pids() if alive(p)]


def killed(call, when, *args):
    """Run gvm, and kill it at a system call; was it, or did it end before?"""
    p = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={when}",
                        "gvm", *args], capture_output=True, timeout=60)
    assert p.returncode in (0, -signal.SIGKILL), (call, when, p)
    return p.returncode != 0


def test_killed_create_takes_no_other():
    """The UUID is another's: that one stays, whatever happens to the gvm that asked for it."""
    uuid = "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f52"
    gvm("vgpu", "create", "--type", "mdpy-vga", "--gpu", "mdpy", "--name", "good", "--uuid", uuid)
    subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "inject=write:signal=KILL:when=2", "gvm",
                    "vgpu", "create", "--type", "mdpy-vga", "--gpu", "mdpy", "--name", "thief",
                    "--uuid", uuid], capture_output=True, timeout=60, check=False)
    gvm("vgpu", "create", "--type", "mtty-1", "--name", "any")
    assert uuid in mdevs() and [v["name"] for v in items("vgpu", "list")] == ["good", "any"]
    gvm("vgpu", "destroy", "good", "any")


def whole_or_gone():
    """The next changing command finishes what was left. Is vGPU a there now? Kernel, list and records agree."""
    gvm("vgpu", "create", "--type", "mtty-1", "--name", "any")
    gvm("vgpu", "destroy", "any")
    listed = items("vgpu", "list")
    assert [v["uuid"] for v in listed] == list(mdevs()), (listed, mdevs())
    assert [v["name"] + ".json" for v in listed] == os.listdir("/run/gvm/vgpu"), listed
    assert [(v["name"], v["state"]) for v in listed] in ([], [("a", "active")]), listed
    return bool(listed)


def test_killed_in_the_middle():
    """Killed at any call that changes something, the next command undoes a create and finishes a destroy."""
    create = ("vgpu", "create", "--type", "mdpy-vga", "--gpu", "mdpy", "--name", "a")
    kills = []
    for call in ("write", "pwrite64", "renameat2", "unlinkat"):
        when = 1
        while killed(call, when, *create):
            kills.append(("create", call, when, whole_or_gone()))
            if kills[-1][3]:
                gvm("vgpu", "destroy", "a")
            when += 1
        when = 1
        while killed(call, when, "vgpu", "destroy", "a"):
            kills.append(("destroy", call, when, whole_or_gone()))
            if not kills[-1][3]:
                gvm(*create)
            when += 1
    # It stays only where it was done already, and gvm killed when it said so, or where nothing was begun.
    stays = [k[:3] for k in kills if k[3]]
    assert stays == [("create", "write", 3), ("destroy", "pwrite64", 1)], kills
    assert len(kills) == 10, kills
