# SPDX-License-Identifier: GPL-2.0-or-later
"""gvm is killed under a running VM."""
import os
import signal

from lib import Vm, alive, gvm, items, mdevs, qmp, until


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
