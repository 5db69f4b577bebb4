# SPDX-License-Identifier: GPL-2.0-or-later
"""A defined VM as a service of systemd: started by hand, then at boot; by the hardened units."""
import pwd
import subprocess

from lib import GUEST, gvm, qemu_pids, read, until

UNIT = "gvm-vm@svc.service"


def state():
    return subprocess.run(["systemctl", "is-active", UNIT], capture_output=True, text=True, check=False).stdout.strip()


def unprivileged():
    """QEMU runs as the user that systemd-sysusers made, with what it needs and no more."""
    [pid] = qemu_pids()
    status = dict(line.split(":", 1) for line in read(f"/proc/{pid}/status").splitlines())
    assert status["Uid"].split() == [str(pwd.getpwnam("gvm-qemu").pw_uid)] * 4, status["Uid"]
    assert int(status["CapEff"], 16) == 0 and status["Seccomp"].split() == ["2"]
    assert f"0::/system.slice/system-gvm\\x2dvm.slice/{UNIT}" in read(f"/proc/{pid}/cgroup")


def boot1_service():
    with open("/var/tmp/svc.yaml", "w", encoding="utf-8") as f:
        f.write(f"version: 1\nname: svc\nautostart: true\nmemory_mib: 128\nboot: {{kernel: {GUEST}/vmlinuz}}\n")
    assert "started at boot" in gvm("vm", "define", "/var/tmp/svc.yaml")[0]
    gvm("vm", "start", "svc")
    # It is ready when the VM runs, not before.
    assert state() == "active"
    unprivileged()
    gvm("vm", "stop", "svc", "--timeout", "0")
    until("the service to end", lambda: state() == "inactive")
    assert not qemu_pids()


def boot2_service():
    """It came back by itself."""
    until("the service", lambda: state() == "active")
    unprivileged()
    gvm("vm", "stop", "svc", "--timeout", "0")
    gvm("vm", "undefine", "svc")
    until("the service to end", lambda: state() == "inactive")
