# SPDX-License-Identifier: GPL-2.0-or-later
"""All that the lab's host has is found, and is what the kernel says of it."""
import os
import subprocess

from lib import gvm, items, link, read

PCI = "/sys/bus/pci/devices"


def displays():
    """Display and accelerator functions, by the kernel."""
    return [a for a in sorted(os.listdir(PCI)) if read(f"{PCI}/{a}/class")[2:4] in ("03", "12")]


def test_gpus():
    gpus = {g["id"]: g for g in items("gpu", "list")}
    assert sorted(gpus) == sorted(displays() + os.listdir("/sys/class/mdev_bus")), gpus.keys()
    # secondary-vga, virtio-vga and three bochs-display were given to the machine, and three parents.
    assert len(displays()) == 5 and {"mbochs", "mdpy", "mtty"} < set(gpus)


def test_gpu_details():
    gpus = {g["id"]: g for g in items("gpu", "list")}
    for address in displays():
        gpu, path = gpus[address], f"{PCI}/{address}"
        assert gpu.get("driver") == (link(f"{path}/driver") if os.path.exists(f"{path}/driver") else None)
        assert gpu.get("iommu_group") == link(f"{path}/iommu_group"), gpu
        numa = int(read(f"{path}/numa_node"))
        assert gpu["numa_node"] == (numa if numa >= 0 else None)
        # Connectors stand there too, and controlD64, which has no node.
        nodes = [n for n in os.listdir(f"{path}/drm") if os.path.exists(f"/dev/dri/{n}")]
        assert gpu["drm_nodes"] == sorted(f"/dev/dri/{n}" for n in nodes)
        assert all(os.path.exists(n) for n in gpu["drm_nodes"])
        assert gpu["vendor"] == read(f"{path}/vendor") and gpu["device"] == read(f"{path}/device")
        assert gpu["class"] == read(f"{path}/class")
        boot = read(f"{path}/boot_vga") if os.path.exists(f"{path}/boot_vga") else None
        assert gpu["boot_display"] == (None if boot is None else boot == "1")


def test_names_are_those_of_lspci():
    for gpu in items("gpu", "list"):
        if "address" in gpu and gpu["name"]:
            line = subprocess.run(["lspci", "-s", gpu["address"]], capture_output=True, text=True,
                                  check=True).stdout
            assert gpu["name"] in line, (gpu["name"], line)


def test_all_classes():
    everything = {g["id"] for g in items("gpu", "list", "--all-classes")}
    assert set(os.listdir(PCI)) <= everything
    nvme = [g for g in items("gpu", "list", "--all-classes") if g.get("sriov")]
    assert any(g["sriov"]["total"] == 4 for g in nvme), nvme


def test_types():
    seen = {(t["gpu"], t["id"]): t for t in items("type", "list")}
    for parent in os.listdir("/sys/class/mdev_bus"):
        base = f"/sys/class/mdev_bus/{parent}/mdev_supported_types"
        for type_id in os.listdir(base):
            t = seen.pop((parent, type_id))
            assert t["available"] == int(read(f"{base}/{type_id}/available_instances"))
            assert t["name"] == read(f"{base}/{type_id}/name")
    for address in displays():
        device = f"/sys/bus/pci/devices/{address}"
        t = seen.pop((address, "whole"))
        boot = os.path.exists(f"{device}/boot_vga") and read(f"{device}/boot_vga") == "1"
        assert t["available"] == (0 if boot else 1) and boot == ("boot display" in t.get("reason", "")), t
    assert not seen, f"types the kernel does not have: {seen}"


def test_tree_is_for_people():
    text = gvm("list")[0]
    for word in displays() + ["mbochs", "mdpy", "mtty", "room for 4x mbochs-large"]:
        assert word in text, text
