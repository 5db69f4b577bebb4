# SPDX-License-Identifier: GPL-2.0-or-later
"""What is saved comes back after a reboot, and when a driver comes back; in the third boot."""
import os
import subprocess

from lib import gvm, items, link, mdevs, read, until
from reboot import output

PF = "0000:01:00.0"
PCI = "/sys/bus/pci/devices"
UUIDS = "/etc/lab-uuids"


def boot1_new_functions():
    """Right after VFs are enabled udev loads a driver, which takes them: one becomes a vGPU all the same."""
    igb = "0000:03:00.0"
    gvm("gpu", "set", igb, "vfs=2")
    gvm("vgpu", "create", "--type", "vf", "--gpu", igb, "--name", "fresh")
    [vf] = [v["address"] for v in items("vgpu", "list") if v["name"] == "fresh"]
    assert link(f"{PCI}/{vf}/driver") == "vfio-pci", vf
    gvm("vgpu", "destroy", "fresh")
    until("its driver to have it again", lambda: link(f"{PCI}/{vf}/driver") == "igbvf")
    gvm("gpu", "set", igb, "vfs=0")


def boot2_saved():
    """A GPU's VFs, a VF, two mediated vGPUs; one parent comes late (see reboot.py), one never."""
    gvm("gpu", "set", PF, "vfs=2", "autoprobe=off", "--save")
    gvm("vgpu", "define", "vf0", "--type", "vf", "--gpu", PF, "--autostart")
    gvm("vgpu", "define", "late", "--type", "mdpy-vga", "--gpu", "mdpy", "--autostart")
    gvm("vgpu", "define", "early", "--type", "mtty-1", "--gpu", "mtty", "--autostart")
    gvm("vgpu", "define", "idle", "--type", "mtty-1", "--gpu", "mtty")
    gvm("vgpu", "define", "never", "--type", "mbochs-small", "--gpu", "mbochs", "--autostart", "--force")
    with open(UUIDS, "w", encoding="utf-8") as f:
        f.writelines(f"{v['name']} {v['uuid']}\n" for v in items("vgpu", "list"))


def uuids():
    return dict(line.split() for line in read(UUIDS).splitlines())


def boot3_restored():
    """The kernel's own view, and a clear failure of what never came."""
    until("all jobs of the boot to be done", lambda: "No jobs" in output("systemctl", "list-jobs"), 200)
    assert read(f"{PCI}/{PF}/sriov_numvfs") == "2" and read(f"{PCI}/{PF}/sriov_drivers_autoprobe") == "0"
    vfs = sorted(os.path.realpath(f"{PCI}/{PF}/virtfn{i}")[-12:] for i in (0, 1))
    bound = [vf for vf in vfs if os.path.exists(f"{PCI}/{vf}/driver")]
    assert len(bound) == 1 and link(f"{PCI}/{bound[0]}/driver") == "vfio-pci", bound
    assert mdevs() == {uuids()["late"], uuids()["early"]}, mdevs()
    states = {v["name"]: v["state"] for v in items("vgpu", "list")}
    assert states == {"vf0": "active", "late": "active", "early": "active", "idle": "defined",
                      "never": "defined"}, states
    failed = output("systemctl", "--failed", "--plain", "--no-legend").split()
    assert failed[:1] == ["gvm-restore.service"] and len(failed) < 10, failed
    said = output("journalctl", "-b", "-u", "gvm-restore", "-o", "cat")
    assert "GPU mbochs is not there" in said and "GVM_E_PARENT_ABSENT" in said, said
    assert said.count("GVM_E_") == 1, said


def boot3_as_it_came():
    """udev started the late one's unit when it was ready, some 30 seconds after the others."""
    said = output("journalctl", "-b", "-u", "gvm-gpu@mdpy", "-o", "short-monotonic")
    assert "Finished" in said, said
    log = output("journalctl", "-b", "-o", "short-monotonic").splitlines()
    ready = next(l for l in log if "mdpy mdpy: MDEV: Registered" in l)
    made = next(l for l in log if uuids()["late"] in l and "MDEV: group_id" not in l or "late restored" in l)
    seconds = [float(l.split("]")[0].strip("[ ")) for l in (ready, made)]
    assert 0 <= seconds[1] - seconds[0] < 10, (ready, made)


def boot3_driver_comes_back():
    """The driver is reloaded, and its vGPU is there again; so for the driver of a PF."""
    subprocess.run(["rmmod", "mdpy"], check=True)
    assert uuids()["late"] not in mdevs()
    subprocess.run(["modprobe", "mdpy"], check=True)
    until("vGPU late", lambda: uuids()["late"] in mdevs())
