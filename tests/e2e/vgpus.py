# SPDX-License-Identifier: GPL-2.0-or-later
"""vGPUs made, listed, refused, removed, by the kernel's view."""
import os
import subprocess

from lib import MDEVS, available, error, gvm, items, link, mdevs

UUID = "5d9f1f2e-0f0a-4c8e-9d0b-3d1c2b3a4f50"


def make_and_remove(parent, type_id):
    room = available(parent, type_id)
    name, uuid = gvm("vgpu", "create", "--type", type_id, "--gpu", parent, "--name", "desk1")[0].split()
    assert name == "desk1" and mdevs() == {uuid}
    assert link(f"{MDEVS}/{uuid}/mdev_type") == type_id
    assert os.path.realpath(f"{MDEVS}/{uuid}").split("/")[-2] == parent
    assert available(parent, type_id) == room - 1
    group = link(f"{MDEVS}/{uuid}/iommu_group")
    [v] = items("vgpu", "list")
    assert v["vfio_node"] == f"/dev/vfio/{group}" and os.path.exists(v["vfio_node"])
    assert (v["name"], v["uuid"], v["type"], v["gpu"]) == ("desk1", uuid, type_id, parent)
    assert (v["state"], v.get("vm"), v["origin"]) == ("active", None, "transient")
    gvm("vgpu", "destroy", "desk1")
    assert not mdevs() and available(parent, type_id) == room


def test_mdpy():
    make_and_remove("mdpy", "mdpy-xga")


def test_mbochs():
    make_and_remove("mbochs", "mbochs-small")


def test_by_uuid_and_without_gpu():
    gvm("vgpu", "create", "--type", "mbochs-medium", "--uuid", UUID.upper())
    assert mdevs() == {UUID}
    gvm("vgpu", "destroy", UUID.upper())
    assert not mdevs()


def test_dry_run_changes_nothing():
    gvm("--dry-run", "vgpu", "create", "--type", "mdpy-vga", "--name", "a")
    assert not mdevs() and not items("vgpu", "list")
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "a")
    gvm("--dry-run", "vgpu", "destroy", "a")
    assert len(mdevs()) == 1
    gvm("vgpu", "destroy", "a")


def test_full():
    """mdpy makes 4; the fifth is refused by the kernel, and nothing of it stays."""
    for i in range(4):
        gvm("vgpu", "create", "--type", "mdpy-vga", "--name", f"a{i}")
    assert available("mdpy", "mdpy-vga") == 0
    e = error("vgpu", "create", "--type", "mdpy-hd", "--gpu", "mdpy", "--name", "a4", exit=5)
    assert e["code"] == "GVM_E_MDEV_FULL" and e["errno"] == "EUSERS" and e["cause"] and e["hint"], e
    [t] = [t for t in items("type", "list", "--gpu", "mdpy") if t["id"] == "mdpy-vga"]
    assert t["available"] == 0 and t["reason"]
    assert len(mdevs()) == 4 and len(items("vgpu", "list")) == 4
    gvm("vgpu", "destroy", "a0", "a1", "a2", "a3")
    assert not mdevs()


def test_duplicate():
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "a", "--uuid", UUID)
    e = error("vgpu", "create", "--type", "mdpy-vga", "--name", "a", exit=4)
    assert e["code"] == "GVM_E_NAME_TAKEN", e
    # The same UUID on another parent: the kernel refuses it, and the first one stays.
    e = error("vgpu", "create", "--type", "mbochs-small", "--name", "b", "--uuid", UUID, exit=4)
    assert e["code"] == "GVM_E_UUID_TAKEN" and e["errno"] == "EEXIST", e
    assert mdevs() == {UUID} and link(f"{MDEVS}/{UUID}/mdev_type") == "mdpy-vga"
    gvm("vgpu", "destroy", "a")


def test_wrong_uuid_and_names():
    e = error("vgpu", "create", "--type", "mdpy-vga", "--uuid", "no-uuid", exit=2)
    assert e["code"] == "GVM_E_UUID_INVALID", e
    e = error("vgpu", "create", "--type", "mdpy-vga", "--name", "../x", exit=2)
    assert e["code"] == "GVM_E_NAME_INVALID", e
    assert error("vgpu", "create", "--type", "none", exit=3)["code"] == "GVM_E_TYPE_NOT_FOUND"
    assert error("vgpu", "create", "--type", "../..", "--gpu", "mdpy", exit=3)
    assert error("vgpu", "destroy", "none", exit=3)["code"] == "GVM_E_VGPU_NOT_FOUND"
    assert error("vgpu", "create", "--type", "vf", "--gpu", "0000:00:03.0", exit=3)
    assert not mdevs()


def test_foreign():
    """One made by hand is shown, and removed only when that is said."""
    with open("/sys/class/mdev_bus/mdpy/mdev_supported_types/mdpy-vga/create", "w", encoding="ascii") as f:
        f.write(UUID)
    [v] = items("vgpu", "list")
    assert v["name"] == UUID and v["origin"] == "foreign"
    assert error("vgpu", "destroy", UUID, exit=2)["code"] == "GVM_E_FOREIGN"
    assert mdevs() == {UUID}
    gvm("vgpu", "destroy", "--foreign", UUID)
    assert not mdevs()


def test_mdevctl_sees_ours():
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "a", "--uuid", UUID)
    seen = subprocess.run(["mdevctl", "list"], capture_output=True, text=True, check=True).stdout
    assert UUID in seen and "mdpy-vga" in seen, seen
    gvm("vgpu", "destroy", "a")


def test_removed_behind_our_back():
    gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "a", "--uuid", UUID)
    with open(f"{MDEVS}/{UUID}/remove", "w", encoding="ascii") as f:
        f.write("1")
    [v] = items("vgpu", "list")
    assert v["state"] == "lost", v
    gvm("vgpu", "destroy", "a")
    assert not items("vgpu", "list")


def test_parent_gone():
    """The driver is unloaded: its vGPUs are lost, making one says that there is no such GPU."""
    gvm("vgpu", "create", "--type", "mtty-1", "--name", "serial")
    gvm("vgpu", "destroy", "serial")
    subprocess.run(["rmmod", "mtty"], check=True)
    try:
        e = error("vgpu", "create", "--type", "mtty-1", "--gpu", "mtty", exit=3)
        assert e["code"] == "GVM_E_GPU_NOT_FOUND", e
        assert "mtty" not in {g["id"] for g in items("gpu", "list")}
    finally:
        subprocess.run(["modprobe", "mtty"], check=True)
