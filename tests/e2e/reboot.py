# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's host with systemd itself: it boots, loads what it is told to, and keeps its disk."""
import os
import subprocess

from lib import link, read, until

PCI = "/sys/bus/pci/devices"
PARENTS = "/sys/class/mdev_bus"
KEPT = "/etc/lab-kept"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def up():
    """The host is up, with systemd and udevd, and with nothing broken."""
    assert read("/proc/1/comm") == "systemd"
    until("all jobs of the boot to be done", lambda: "No jobs" in output("systemctl", "list-jobs"))
    failed = output("systemctl", "--failed", "--plain", "--no-legend")
    assert not failed, failed
    assert output("systemctl", "is-active", "systemd-udevd", "lab-keeper").split() == ["active"] * 2


def drivers():
    """udevd gave each function its driver."""
    for address, driver in {"0000:00:03.0": "bochs-drm", "0000:02:00.0": "virtio-pci", "0000:01:00.0": "nvme",
                            "0000:03:00.0": "igb", "0000:04:00.0": "bochs-drm",
                            "0000:04:00.1": "snd_hda_intel"}.items():
        assert link(f"{PCI}/{address}/driver") == driver, address


def boot1_host():
    up()
    drivers()
    assert set(os.listdir(PARENTS)) == {"mdpy", "mbochs", "mtty"}
    with open(KEPT, "w", encoding="utf-8") as f:
        f.write(read("/proc/sys/kernel/random/boot_id"))
    subprocess.run(["lab-modules", "mdpy", "30"], check=True)
    subprocess.run(["lab-modules", "mbochs", "never"], check=True)


def boot2_host():
    """The disk is that of the first boot, and so is the journal before this one's."""
    up()
    drivers()
    before, now = read(KEPT), read("/proc/sys/kernel/random/boot_id")
    assert before != now
    assert f"_BOOT_ID={before.replace('-', '')}" in output("journalctl", "-b", "-1", "-n", "1", "-o", "export")
    assert "Reached target reboot.target" in output("journalctl", "-b", "-1", "-n", "200")


def boot2_modules():
    """mtty at boot; mdpy, by the kernel's clock, 30 seconds after systemd; mbochs not at all."""
    assert "mtty" in os.listdir(PARENTS)
    until("mdpy", lambda: os.path.exists(f"{PARENTS}/mdpy"))
    assert not os.path.exists(f"{PARENTS}/mbochs")
    started = int(output("systemctl", "show", "-P", "UserspaceTimestampMonotonic"))
    loaded = [l for l in output("journalctl", "-k", "-b", "-o", "short-monotonic").splitlines()
              if "mdpy mdpy: MDEV: Registered" in l]
    seconds = float(loaded[0].split("]")[0].strip("[ ")) - started / 1e6
    assert len(loaded) == 1 and 30 <= seconds < 120, (loaded, started)
