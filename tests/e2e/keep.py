# SPDX-License-Identifier: GPL-2.0-or-later
"""Definitions: saved, started, stopped; and mdevctl's, both ways."""
import json
import os
import subprocess

from lib import MDEVS, Vm, alive, available, error, gvm, items, link, mdevs, until

DEFINITIONS = "/etc/gvm/vgpu.d"
UUID = "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50"
UUID_2 = "6d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50"


def mdevctl(*args):
    """Run the real mdevctl, with success; returns what it prints."""
    p = subprocess.run(["mdevctl", *args], capture_output=True, text=True, timeout=60)
    assert p.returncode == 0, f"mdevctl {args}: {p.stdout}{p.stderr}"
    return p.stdout


def mdevctl_defined():
    """What mdevctl has defined: {uuid: (parent, its description)}."""
    parents = json.loads(mdevctl("list", "--defined", "--dumpjson") or "[]")
    return {uuid: (parent, what) for entry in parents for parent, devices in entry.items()
            for device in devices for uuid, what in device.items()}


def vgpu(name):
    [v] = [v for v in items("vgpu", "list") if v["name"] == name]
    return v


def results(*args, exit=0):
    """name: result of an answer about several vGPUs."""
    answer = json.loads(gvm("--json", *args, exit=exit)[0])
    return {i["name"]: i["result"] for i in answer["items"]}


def test_life():
    """Defined, started, started again, stopped, undefined: by the kernel's view."""
    uuid = gvm("vgpu", "define", "desk1", "--type", "mdpy-xga", "--gpu", "mdpy")[0].split()[1]
    assert not mdevs() and os.listdir(DEFINITIONS) == ["desk1.yaml"]
    v = vgpu("desk1")
    assert (v["state"], v["origin"], v["autostart"], v["defined_by"]) == ("defined", "defined", False, "gvm")
    assert error("vgpu", "destroy", "desk1", exit=3)["code"] == "GVM_E_NOT_ACTIVE"
    assert gvm("vgpu", "start", "desk1")[0] == "desk1 started\n"
    assert mdevs() == {uuid} and link(f"{MDEVS}/{uuid}/mdev_type") == "mdpy-xga"
    assert gvm("vgpu", "start", "desk1")[0] == "desk1 already_active\n"
    assert (vgpu("desk1")["state"], vgpu("desk1")["origin"]) == ("active", "defined")
    assert error("vgpu", "set", "desk1", "type=mdpy-vga", exit=4)["code"] == "GVM_E_VGPU_ACTIVE"
    gvm("vgpu", "set", "desk1", "autostart=on")
    assert vgpu("desk1")["autostart"] and mdevs() == {uuid}
    gvm("vgpu", "stop", "desk1")
    assert not mdevs() and vgpu("desk1")["state"] == "defined"
    assert gvm("vgpu", "stop", "desk1")[0] == "desk1 not_active\n"
    gvm("vgpu", "set", "desk1", "type=mdpy-vga")
    gvm("vgpu", "start", "desk1")
    assert mdevs() == {uuid} and link(f"{MDEVS}/{uuid}/mdev_type") == "mdpy-vga"
    # Undefined it is a transient one, and still there.
    gvm("vgpu", "undefine", "desk1")
    assert mdevs() == {uuid} and vgpu("desk1")["origin"] == "transient"
    assert error("vgpu", "stop", "desk1", exit=3)["code"] == "GVM_E_NOT_DEFINED"
    gvm("vgpu", "destroy", "desk1")
    assert not mdevs() and not items("vgpu", "list")


def test_dry_runs():
    gvm("--dry-run", "vgpu", "define", "desk1", "--type", "mdpy-xga")
    assert not items("vgpu", "list")
    gvm("vgpu", "define", "desk1", "--type", "mdpy-xga")
    for command in (["start", "desk1"], ["undefine", "desk1"], ["set", "desk1", "autostart=on"]):
        gvm("--dry-run", "vgpu", *command)
        assert not mdevs() and vgpu("desk1")["autostart"] is False
    gvm("vgpu", "start", "desk1")
    gvm("--dry-run", "vgpu", "stop", "desk1")
    assert len(mdevs()) == 1
    gvm("vgpu", "stop", "desk1")
    gvm("vgpu", "undefine", "desk1")


def test_autostart():
    """All that shall be started are, one failure does not stop the others, a GPU that is not there is told apart."""
    for name, kind, gpu in (("a1", "mdpy-xga", "mdpy"), ("a2", "mbochs-small", "mbochs"),
                            ("a3", "mdpy-vga", "mdpy")):
        gvm("vgpu", "define", name, "--type", kind, "--gpu", gpu, "--autostart")
    gvm("vgpu", "define", "later", "--type", "mdpy-xga", "--gpu", "mdpy")
    gvm("vgpu", "define", "away", "--type", "x-1", "--gpu", "0000:77:00.0", "--autostart", "--force")
    gvm("vgpu", "define", "wrong", "--type", "mdpy-huge", "--gpu", "mdpy", "--autostart", "--force")
    assert results("vgpu", "start", "--autostart", "--gpu", "mbochs") == {"a2": "started"}
    assert len(mdevs()) == 1
    assert results("vgpu", "start", "--autostart", exit=3) == {
        "a1": "started", "a2": "already_active", "a3": "started", "away": "waiting", "wrong": "failed"}
    assert len(mdevs()) == 3
    gvm("vgpu", "undefine", "wrong")
    out, err = gvm("vgpu", "start", "--autostart", exit=3)
    assert "GVM_E_PARENT_ABSENT" in err and "a1 already_active" in out, (out, err)
    assert results("vgpu", "stop", "a1", "a2", "later", "a3") == {
        "a1": "stopped", "a2": "stopped", "later": "not_active", "a3": "stopped"}
    assert not mdevs()
    gvm("vgpu", "undefine", "a1", "a2", "a3", "later", "away")


def test_driver_reload():
    """After a reload of the driver what was active is lost, and is started anew."""
    gvm("vgpu", "define", "desk1", "--type", "mdpy-xga", "--uuid", UUID, "--autostart")
    gvm("vgpu", "start", "desk1")
    subprocess.run(["rmmod", "mdpy"], check=True)
    try:
        assert not mdevs() and vgpu("desk1")["state"] == "lost"
        assert error("vgpu", "start", "desk1", exit=3)["code"] == "GVM_E_PARENT_ABSENT"
    finally:
        subprocess.run(["modprobe", "mdpy"], check=True)
    gvm("vgpu", "start", "--autostart", "--gpu", "mdpy")
    assert mdevs() == {UUID} and vgpu("desk1")["state"] == "active"
    gvm("vgpu", "stop", "desk1")
    gvm("vgpu", "undefine", "desk1")


def test_many_at_once():
    """Many gvm start the same vGPUs: each is there once, and all gvm are content."""
    for i in range(3):
        gvm("vgpu", "define", f"m{i}", "--type", "mdpy-vga", "--gpu", "mdpy", "--autostart")
    runs = [subprocess.Popen(["gvm", "vgpu", "start", "--autostart"], stdout=subprocess.PIPE, text=True)
            for _ in range(6)]
    told = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * 6, told
    assert "".join(told).count(" started\n") == 3, told
    assert len(mdevs()) == 3 and len(items("vgpu", "list")) == 3
    # Starts and stops against each other: whatever comes of it, records and kernel agree.
    runs = [subprocess.Popen(["gvm", "vgpu", verb, "m0", "m1"], stdout=subprocess.DEVNULL)
            for verb in ("stop", "start", "stop", "start")]
    for run in runs:
        assert run.wait(120) == 0
    assert {v["uuid"] for v in items("vgpu", "list") if v["state"] == "active"} == mdevs()
    gvm("vgpu", "stop", "m0", "m1", "m2")
    gvm("vgpu", "undefine", "m0", "m1", "m2")
    assert not mdevs()
    # Definitions: of many with one name, one wins.
    runs = [subprocess.Popen(["gvm", "vgpu", "define", "one", "--type", "mdpy-vga"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(6)]
    assert sorted(run.wait(120) for run in runs) == [0, 4, 4, 4, 4, 4]
    gvm("vgpu", "undefine", "one")


def test_held():
    """A VM has it by its name; it is not stopped while it is held."""
    gvm("vgpu", "define", "desk1", "--type", "mbochs-small")
    gvm("vgpu", "start", "desk1")
    vm = Vm("demo", "[{name: desk1}]")
    pid = vm.running()
    v = vgpu("desk1")
    assert (v["state"], v["vm"], v["origin"]) == ("attached", "demo", "defined")
    e = error("vgpu", "stop", "desk1", exit=4)
    assert e["code"] == "GVM_E_HELD" and "demo" in e["message"], e
    assert len(mdevs()) == 1 and alive(pid)
    gvm("vm", "stop", "demo", "--timeout", "0")
    vm.end()
    until("QEMU to end", lambda: not alive(pid))
    assert len(mdevs()) == 1
    gvm("vgpu", "stop", "desk1")
    gvm("vgpu", "undefine", "desk1")


def test_files_of_people():
    """A file that a person changed is used, and not written over."""
    gvm("vgpu", "define", "desk1", "--type", "mdpy-vga")
    path = f"{DEFINITIONS}/desk1.yaml"
    with open(path, "a", encoding="utf-8") as f:
        f.write("# mine\n")
    assert error("vgpu", "set", "desk1", "autostart=on", exit=4)["code"] == "GVM_E_FILE_CHANGED"
    gvm("vgpu", "set", "desk1", "autostart=on", "--force")
    gvm("vgpu", "set", "desk1", "autostart=off")
    with open(f"{DEFINITIONS}/own.yaml", "w", encoding="utf-8") as f:
        f.write("version: 1\nname: own\ntype: mdpy-hd\nautostart: yes\n")
    gvm("vgpu", "start", "own")
    [uuid] = mdevs()
    assert link(f"{MDEVS}/{uuid}/mdev_type") == "mdpy-hd" and vgpu("own")["uuid"] == uuid
    gvm("vgpu", "stop", "own")
    with open("/tmp/d.yaml", "w", encoding="utf-8") as f:
        f.write(f"version: 1\nname: desk2\nuuid: {UUID}\ntype: mbochs-small\ngpu: {{address: mbochs}}\n")
    gvm("vgpu", "define", "-f", "/tmp/d.yaml")
    gvm("vgpu", "start", "desk2")
    assert mdevs() == {UUID}
    gvm("vgpu", "stop", "desk2")
    gvm("vgpu", "undefine", "desk1", "desk2", "own")
    assert not os.listdir(DEFINITIONS)


def test_mdevctl_to_gvm():
    """What mdevctl defines, gvm lists, starts, stops, and imports."""
    mdevctl("define", "--uuid", UUID, "--parent", "mdpy", "--type", "mdpy-xga", "--auto")
    mdevctl("define", "--uuid", UUID_2, "--parent", "mbochs", "--type", "mbochs-small")
    v = vgpu(UUID)
    assert (v["state"], v["origin"], v["defined_by"], v["autostart"]) == ("defined", "defined", "mdevctl", True)
    assert (v["gpu"], v["type"]) == ("mdpy", "mdpy-xga")
    gvm("vgpu", "start", UUID)
    assert mdevs() == {UUID} and UUID in mdevctl("list")
    gvm("vgpu", "stop", UUID)
    assert not mdevs()
    # Started by mdevctl it is the same to us.
    mdevctl("start", "--uuid", UUID)
    assert vgpu(UUID)["state"] == "active"
    assert gvm("vgpu", "start", UUID)[0] == f"{UUID} already_active\n"
    assert error("vgpu", "undefine", UUID, exit=2)["code"] == "GVM_E_DEFINED_ELSEWHERE"
    gvm("--dry-run", "import", "mdevctl")
    assert not os.path.exists(DEFINITIONS) or not os.listdir(DEFINITIONS)
    assert len(items("import", "mdevctl")) == 2 and not items("import", "mdevctl")
    v = vgpu("vgpu-5d9f1f2e")
    assert (v["state"], v["defined_by"], v["autostart"], v["uuid"]) == ("active", "gvm", True, UUID)
    gvm("vgpu", "stop", "vgpu-5d9f1f2e")
    assert not mdevs()
    gvm("vgpu", "undefine", "vgpu-5d9f1f2e", "vgpu-6d9f1f2e")
    mdevctl("undefine", "--uuid", UUID)
    mdevctl("undefine", "--uuid", UUID_2)
    assert not items("vgpu", "list")


def test_gvm_to_mdevctl():
    """What gvm defines, mdevctl finds and starts."""
    gvm("vgpu", "define", "desk1", "--type", "mdpy-xga", "--uuid", UUID, "--autostart")
    gvm("vgpu", "start", "desk1")
    assert UUID in mdevctl("list") and UUID not in mdevctl_defined()
    assert [i["result"] for i in items("export", "mdevctl")] == ["exported"]
    parent, what = mdevctl_defined()[UUID]
    assert parent == "mdpy" and (what["mdev_type"], what["start"]) == ("mdpy-xga", "auto"), what
    assert [i["result"] for i in items("export", "mdevctl")] == ["unchanged"]
    mdevctl("stop", "--uuid", UUID)
    assert not mdevs() and vgpu("desk1")["state"] == "lost"
    mdevctl("start", "--uuid", UUID)
    assert mdevs() == {UUID} and vgpu("desk1")["state"] == "active"
    # What mdevctl has changed since is not written over.
    mdevctl("modify", "--uuid", UUID, "--manual")
    assert gvm("export", "mdevctl", exit=4)[1].count("GVM_E_FILE_CHANGED") == 1
    assert mdevctl_defined()[UUID][1]["start"] == "manual"
    gvm("export", "mdevctl", "--force")
    assert mdevctl_defined()[UUID][1]["start"] == "auto"
    gvm("vgpu", "stop", "desk1")
    gvm("vgpu", "undefine", "desk1")
    assert vgpu(UUID)["defined_by"] == "mdevctl"
    mdevctl("undefine", "--uuid", UUID)
    assert not items("vgpu", "list")


def control(uuid):
    """What the kernel shows of an attribute that every device has."""
    with open(f"{MDEVS}/{uuid}/power/control", encoding="ascii") as f:
        return f.read().strip()


def test_params():
    """Attributes of a vGPU: set when it is made, and on one that is there; nothing is left of one that cannot be."""
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "plain", "--uuid", UUID_2)
    assert control(UUID_2) == "auto"
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "t", "--uuid", UUID, "--param", "power/control=auto",
        "--param", "power/control=on", "--param", "power/autosuspend_delay_ms=0x10", "--dry-run")
    assert mdevs() == {UUID_2}
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "t", "--uuid", UUID, "--param", "power/control=auto",
        "--param", "power/control=on")
    assert control(UUID) == "on" and control(UUID_2) == "auto"
    assert vgpu("t")["params"] == [{"name": "power/control", "value": v} for v in ("auto", "on")]
    gvm("vgpu", "set", "t", "--param", "power/control=auto", "--dry-run")
    assert control(UUID) == "on"
    gvm("vgpu", "set", "t", "--param", "power/control=auto")
    assert control(UUID) == "auto" and vgpu("t")["params"] == [{"name": "power/control", "value": "auto"}]
    # What a later one cannot be, an earlier one is not either.
    assert error("vgpu", "set", "t", "--param", "power/control=on", "--param", "power/control=often",
                 exit=1)["code"] == "GVM_E_PARAM_REFUSED"
    assert control(UUID) == "auto"
    gvm("vgpu", "destroy", "t")
    for param, status, code, number in (("power/control=often", 1, "GVM_E_PARAM_REFUSED", "EINVAL"),
                                        ("power/nothing=1", 2, "GVM_E_PARAM_UNKNOWN", "ENOENT"),
                                        ("power=1", 2, "GVM_E_PARAM_UNKNOWN", "EISDIR"),
                                        ("power/runtime_status=1", 6, "GVM_E_PARAM_READ_ONLY", "EACCES")):
        e = error("vgpu", "create", "--type", "mdpy-vga", "--name", "t", "--param", "power/control=on",
                  "--param", param, exit=status)
        name, value = param.split("=")
        assert (e["code"], e["errno"], e["wrote"]) == (code, number, value) and name in e["message"], e
        assert e["cause"] and e["hint"] and mdevs() == {UUID_2}, e
    assert [v["name"] for v in items("vgpu", "list")] == ["plain"]
    gvm("vgpu", "set", "plain", "--param", "power/control=on")
    assert control(UUID_2) == "on"
    assert error("vgpu", "set", "plain", "--param", "remove=1", exit=2)["code"] == "GVM_E_USAGE"
    gvm("vgpu", "destroy", "plain")
    pf = "0000:01:00.0"
    for kind in ("vf", "whole"):
        assert error("vgpu", "create", "--type", kind, "--gpu", pf, "--param", "power/control=on",
                     exit=6)["code"] == "GVM_E_PARAM_NONE"


def test_params_kept():
    """Those of a definition: at each start, changed while it is active; mdevctl and gvm mean the same."""
    gvm("vgpu", "define", "desk1", "--type", "mbochs-small", "--uuid", UUID, "--param", "power/control=on")
    gvm("vgpu", "start", "desk1")
    assert control(UUID) == "on"
    gvm("vgpu", "set", "desk1", "--param", "power/control=auto", "autostart=on")
    assert control(UUID) == "auto" and vgpu("desk1")["autostart"]
    gvm("vgpu", "set", "desk1", "--param", "power/control=on")
    gvm("vgpu", "stop", "desk1")
    gvm("vgpu", "start", "desk1")
    assert control(UUID) == "on"
    gvm("vgpu", "stop", "desk1")
    gvm("export", "mdevctl")
    assert mdevctl_defined()[UUID][1]["attrs"] == [{"power/control": "on"}]
    mdevctl("start", "--uuid", UUID)
    assert control(UUID) == "on" and vgpu("desk1")["state"] == "active"
    gvm("vgpu", "stop", "desk1")
    gvm("vgpu", "undefine", "desk1")
    # And back, in order and with duplicates.
    mdevctl("modify", "--uuid", UUID, "--addattr", "power/control", "--value", "auto")
    mdevctl("modify", "--uuid", UUID, "--addattr", "power/control", "--value", "on")
    gvm("vgpu", "start", UUID)
    assert control(UUID) == "on"
    gvm("vgpu", "stop", UUID)
    [told] = items("import", "mdevctl")
    assert [p["value"] for p in told["params"]] == ["on", "auto", "on"], told
    mdevctl("undefine", "--uuid", UUID)
    gvm("vgpu", "start", told["name"])
    assert control(UUID) == "on"
    gvm("vgpu", "stop", told["name"])
    gvm("vgpu", "undefine", told["name"])
    assert not items("vgpu", "list")


def test_own_type():
    """A type of a person's own: made, defined, followed, and held by its definition."""
    with open("/tmp/t.yaml", "w", encoding="utf-8") as f:
        f.write("version: 1\nname: desk\nbase: mbochs-small\ndescription: for desks\n"
                "params: [{name: power/control, value: \"on\"}]\n")
    gvm("type", "create", "-f", "/tmp/t.yaml")
    assert error("type", "create", "-f", "/tmp/t.yaml", exit=4)["code"] == "GVM_E_NAME_TAKEN"
    types = {t["id"]: t for t in items("type", "list")}
    assert types["desk"]["available"] == available("mbochs", "mbochs-small") > 0
    gvm("vgpu", "create", "--type", "desk", "--name", "t", "--uuid", UUID)
    assert link(f"{MDEVS}/{UUID}/mdev_type") == "mbochs-small" and control(UUID) == "on"
    assert (vgpu("t")["type"], vgpu("t")["own_type"]) == ("mbochs-small", "desk")
    gvm("vgpu", "destroy", "t")
    gvm("vgpu", "define", "desk1", "--type", "desk", "--uuid", UUID)
    e = error("type", "delete", "desk", exit=4)
    assert e["code"] == "GVM_E_TYPE_IN_USE" and "desk1" in e["message"], e
    gvm("vgpu", "start", "desk1")
    assert control(UUID) == "on"
    gvm("vgpu", "stop", "desk1")
    # What the type becomes, its vGPUs are from the next start on.
    with open("/tmp/t.yaml", "w", encoding="utf-8") as f:
        f.write("version: 1\nname: desk\nbase: mbochs-medium\n")
    gvm("type", "create", "--force", "-f", "/tmp/t.yaml")
    gvm("vgpu", "start", "desk1")
    assert link(f"{MDEVS}/{UUID}/mdev_type") == "mbochs-medium" and control(UUID) == "auto"
    gvm("vgpu", "stop", "desk1")
    gvm("vgpu", "undefine", "desk1")
    gvm("type", "delete", "desk")
    assert not os.listdir("/etc/gvm/types.d")


def test_virtual_function():
    """A virtual function as a definition: always the same UUID, given back when it stops."""
    pf = "0000:01:00.0"
    gvm("gpu", "set", pf, "vfs=2")
    uuid = gvm("vgpu", "define", "v1", "--type", "vf", "--gpu", pf)[0].split()[1]
    gvm("vgpu", "start", "v1")
    v = vgpu("v1")
    assert (v["state"], v["origin"], v["uuid"], v["gpu"]) == ("active", "defined", uuid, pf), v
    driver = f"/sys/bus/pci/devices/{v['address']}/driver"
    assert link(driver) == "vfio-pci"
    assert gvm("vgpu", "start", "v1")[0] == "v1 already_active\n"
    gvm("vgpu", "stop", "v1")
    assert not os.path.exists(driver) or link(driver) != "vfio-pci"
    # Without virtual functions it waits for somebody to enable them: it is defined all the same.
    gvm("gpu", "set", pf, "vfs=0")
    assert vgpu("v1")["state"] == "defined"
    assert error("vgpu", "start", "v1", exit=5)["code"] == "GVM_E_NO_VFS"
    assert "is not for mdevctl" in gvm("export", "mdevctl")[1]
    gvm("vgpu", "undefine", "v1")
