# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's host itself, by its kernel alone: the other tests rest on it."""
import os
import subprocess

from lib import link, read, until

PCI = "/sys/bus/pci/devices"
NVME, IGB = "0000:01:00.0", "0000:03:00.0"


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def group(address):
    """All members of a function's IOMMU group."""
    return set(os.listdir(f"{PCI}/{address}/iommu_group/devices"))


def vfs_come_and_go(pf, count, expected):
    numvfs = f"{PCI}/{pf}/sriov_numvfs"
    write(numvfs, str(count))
    try:
        seen = [link(f"{PCI}/{pf}/virtfn{i}") for i in range(count)]
        assert seen[:2] == expected and len(set(seen)) == count, seen
        for vf in seen:
            assert link(f"{PCI}/{vf}/physfn") == pf and group(vf) == {vf}
    finally:
        write(numvfs, "0")
    assert read(numvfs) == "0" and not os.path.exists(f"{PCI}/{pf}/virtfn0")


def test_nvme_virtual_functions():
    assert read(f"{PCI}/{NVME}/sriov_totalvfs") == "4"
    vfs_come_and_go(NVME, 4, ["0000:01:00.1", "0000:01:00.2"])


def test_igb_virtual_functions():
    """Those of igb are not the functions after it, but far away, and every second one."""
    subprocess.run(["modprobe", "igb"], check=True)
    until("igb to drive its card", lambda: os.path.exists(f"{PCI}/{IGB}/driver"))
    assert read(f"{PCI}/{IGB}/sriov_totalvfs") == "7"
    vfs_come_and_go(IGB, 2, ["0000:03:10.0", "0000:03:10.2"])
    subprocess.run(["rmmod", "igb"], check=True)


def test_groups():
    """A card of two functions; a bridge under which two cards share a group; single ones."""
    assert group("0000:04:00.0") == {"0000:04:00.0", "0000:04:00.1"}
    assert group("0000:06:01.0") == {"0000:05:00.0", "0000:06:01.0", "0000:06:02.0"}
    assert read(f"{PCI}/0000:04:00.1/class") == "0x040300"
    for single in ("0000:00:03.0", "0000:00:04.0", "0000:02:00.0", NVME, IGB):
        assert group(single) == {single}
