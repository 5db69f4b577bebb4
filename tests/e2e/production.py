# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU as one would run it in production: what the kernel says of its process."""
import contextlib
import fcntl
import os
import signal
import struct
import subprocess

from lib import (GUEST, MDEVS, Vm, alive, error, groups_open, gvm, link, mdevs, qemu_pids, qmp, read,
                 until)

USER, UID, GID = "gvm-qemu", 64055, 64055


def append(path, line):
    with open(path, "a", encoding="utf-8") as f:
        f.write(line)


@contextlib.contextmanager
def system_user():
    """The user as systemd-sysusers makes it, and /dev/kvm as udev has it."""
    before = {path: read(path) for path in ("/etc/passwd", "/etc/group")}
    append("/etc/passwd", f"{USER}:x:{UID}:{GID}::/nonexistent:/usr/sbin/nologin\n")
    subprocess.run(["sed", "-i", f"s/^kvm:.*/&{USER}/", "/etc/group"], check=True)
    append("/etc/group", f"{USER}:x:{GID}:\n")
    subprocess.run(["chgrp", "kvm", "/dev/kvm"], check=True)
    os.chmod("/dev/kvm", 0o660)
    try:
        yield
    finally:
        for path, text in before.items():
            with open(path, "w", encoding="utf-8") as f:
                f.write(text + "\n")


def status(pid):
    """The fields of /proc/PID/status."""
    return {k: v.split() for k, v in (line.split(":", 1) for line in read(f"/proc/{pid}/status").splitlines())}


def locked_limit(pid):
    """The limits of locked memory, in bytes."""
    [line] = [l for l in read(f"/proc/{pid}/limits").splitlines() if l.startswith("Max locked memory")]
    return [int(word) for word in line.split()[3:5]]


def node(uuid):
    return "/dev/vfio/" + link(f"{MDEVS}/{uuid}/iommu_group")


def may_open(path):
    """Can QEMU's user open it? A process of that user, and of no other group, tries."""
    code = f"import os; os.setgroups([]); os.setgid({GID}); os.setuid({UID}); os.open({path!r}, os.O_RDWR)"
    return subprocess.run(["python3", "-c", code], stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_unprivileged():
    """Another user, no capabilities, filtered system calls, a limit of locked memory, one VFIO group."""
    with system_user():
        gvm("vgpu", "create", "--type", "mdpy-xga", "--name", "other")
        gvm("vgpu", "create", "--type", "mdpy-xga", "--name", "desk1")
        vm = Vm("prod", "[{name: desk1}]")
        pid = vm.running()
        seen = status(pid)
        assert seen["Uid"] == [str(UID)] * 4 and seen["Gid"] == [str(GID)] * 4, seen
        assert sorted(map(int, seen["Groups"])) == [104, GID], seen["Groups"]
        for which in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(seen[which][0], 16) == 0, (which, seen[which])
        assert seen["NoNewPrivs"] == ["1"] and seen["Seccomp"] == ["2"], seen
        soft, hard = locked_limit(pid)
        assert soft == hard and 256 << 20 < soft < 1 << 30, (soft, hard)
        # The group is open in QEMU, and nobody else of its user can open it, or another.
        for uuid in mdevs():
            assert os.stat(node(uuid)).st_uid == 0 and not may_open(node(uuid)), node(uuid)
        assert os.stat("/run/gvm/vm/prod").st_uid == UID
        assert os.stat("/run/gvm/vm/prod").st_mode & 0o777 == 0o700
        vm.says("guest: painted fb0")
        # QEMU may not write there; gvm may.
        os.makedirs("/closed/pictures", exist_ok=True)
        os.chmod("/closed", 0o700)
        gvm("vm", "screenshot", "prod", "/closed/pictures/a.png")
        subprocess.run(["/lab/check-pattern", "/closed/pictures/a.png", "1024", "768"], check=True)
        vm.gvm.send_signal(signal.SIGTERM)
        assert vm.end() == 0, vm.output()
        gvm("vgpu", "destroy", "desk1", "other")


def test_attach_unprivileged():
    """What is plugged into an unprivileged QEMU is its own while it is taken, and root's after it."""
    with system_user():
        gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "desk1")
        [uuid] = mdevs()
        vm = Vm("plug", "[]")
        pid = vm.running()
        assert status(pid)["Uid"] == [str(UID)] * 4
        vm.says("guest: ready")
        gvm("vgpu", "attach", "desk1", "plug")
        assert groups_open(pid) == {link(f"{MDEVS}/{uuid}/iommu_group")}
        assert os.stat(node(uuid)).st_uid == 0
        gvm("vm", "stop", "plug", "--timeout", "0")
        assert vm.end() == 0
        gvm("vgpu", "destroy", "desk1")


def test_file_out_of_reach():
    """What QEMU's user may not read is told before anything is made, with what stands in the way."""
    with system_user():
        os.makedirs("/closed/disks", exist_ok=True)
        os.chmod("/closed", 0o700)
        append("/closed/disks/d.img", "x" * 512)
        with open("/tmp/far.yaml", "w", encoding="utf-8") as f:
            f.write("version: 1\nname: far\ndisks: [{file: /closed/disks/d.img, format: raw}]\n"
                    "vgpus: [{type: mdpy-vga}]\n")
        e = error("vm", "run", "/tmp/far.yaml", exit=7)
        assert e["code"] == "GVM_E_QEMU_ACCESS" and e["object"] == "/closed/disks/d.img", e
        assert "may not enter /closed" in e["cause"] and "setfacl" in e["hint"], e
        assert not mdevs()


def test_no_iommufd():
    """A file that asks for what this kernel does not have is refused, and nothing is made."""
    assert not os.path.exists("/dev/iommu"), "in another lab, see vfio.py"
    with open("/tmp/fd.yaml", "w", encoding="utf-8") as f:
        f.write(f"version: 1\nname: fd\n{Vm.BOOT}\nvfio: iommufd\nvgpus: [{{type: mdpy-vga}}]\n")
    e = error("vm", "run", "/tmp/fd.yaml", exit=6)
    assert e["code"] == "GVM_E_VFIO_NODE" and "/dev/iommu" in e["message"] and not mdevs(), e


def test_user_of_conf():
    """The user of gvm.conf is taken; one that does not exist is an error."""
    os.makedirs("/etc/gvm", exist_ok=True)
    try:
        with system_user():
            with open("/etc/gvm/gvm.conf", "w", encoding="utf-8") as f:
                f.write("version: 1\nqemu: {user: nobody, path: /usr/bin/qemu-system-x86_64}\n")
            os.chmod("/dev/kvm", 0o666)
            vm = Vm("conf", "[]")
            assert status(vm.running())["Uid"] == ["65534"] * 4
            gvm("vm", "stop", "conf", "--timeout", "0")
            assert vm.end() == 0
            with open("/etc/gvm/gvm.conf", "w", encoding="utf-8") as f:
                f.write("version: 1\nqemu: {user: no-such-user}\n")
            e = error("vm", "run", vm.file, exit=3)
            assert e["code"] == "GVM_E_QEMU_USER" and e["object"] == "no-such-user", e
    finally:
        os.unlink("/etc/gvm/gvm.conf")


def test_sandbox_off():
    """The filter goes where the VM file says so; the rest stays."""
    vm = Vm("open", "[]", extra="sandbox: off")
    seen = status(vm.running())
    assert seen["Seccomp"] == ["0"] and seen["NoNewPrivs"] == ["1"], seen
    gvm("vm", "stop", "open", "--timeout", "0")
    assert vm.end() == 0


def test_killed_gvm():
    """A gvm that is killed while QEMU starts leaves no group to QEMU's user once the VM ran again."""
    with system_user():
        gvm("vgpu", "create", "--type", "mdpy-vga", "--name", "desk1")
        [uuid] = mdevs()
        os.chown(node(uuid), UID, -1)  # what such a gvm leaves
        vm = Vm("again", "[{name: desk1}]")
        vm.running()
        until("the node is root's", lambda: os.stat(node(uuid)).st_uid == 0, 5)
        gvm("vm", "stop", "again", "--timeout", "0")
        assert vm.end() == 0
        gvm("vgpu", "destroy", "desk1")


def test_lent_by_a_killed_gvm():
    """Killed before it takes back what it lent to QEMU's user, gvm leaves that to the next changing command."""
    with system_user():
        gvm("vgpu", "create", "--type", "mdpy-xga", "--name", "desk1")
        [uuid] = mdevs()
        with open("/tmp/lent.yaml", "w", encoding="utf-8") as f:
            f.write(f"version: 1\nname: lent\nmemory_mib: 128\n{Vm.BOOT}\nvgpus: [{{name: desk1}}]\n")
        for when in range(1, 8):
            subprocess.run(["strace", "-o", "/dev/null", "-e", f"inject=fchownat:signal=KILL:when={when}",
                            "gvm", "vm", "run", "/tmp/lent.yaml"], capture_output=True, timeout=60, check=False)
            pids = [p for p in qemu_pids() if alive(p)]
            if pids and os.stat(node(uuid)).st_uid == UID:
                break
            gvm("vgpu", "create", "--type", "mtty-1", "--name", "any")
            gvm("vgpu", "destroy", "any")
            assert os.stat(node(uuid)).st_uid == 0, when
        assert groups_open(pids[0]) and os.stat(node(uuid)).st_uid == UID
        gvm("vgpu", "create", "--type", "mtty-1", "--name", "any")
        assert os.stat(node(uuid)).st_uid == 0 and alive(pids[0]) and groups_open(pids[0])
        gvm("vm", "stop", "lent", "--timeout", "1")
        until("QEMU to end", lambda: not alive(pids[0]))
        gvm("vgpu", "destroy", "any", "desk1")


def test_pinned_on_huge_pages():
    """vCPUs on CPUs of their own, memory of huge pages, a tap of QEMU's user, shared memory."""
    pages = "/sys/kernel/mm/hugepages/hugepages-2048kB"
    with system_user():
        tap("tap7")
        with open(f"{pages}/nr_hugepages", "w", encoding="ascii") as f:
            f.write("100")
        extra = ("cpus: {count: 2, pin: auto}\nhugepages: 2M\n"
                 "network: [{type: tap, ifname: tap7}]\nivshmem: {max_resolution: 1920x1080}")
        e = error("vm", "run", write_vm("few", extra, 256), exit=5)
        assert e["code"] == "GVM_E_HUGEPAGES" and "128" in e["message"] and "100" in e["message"], e
        vm = Vm("huge", "[]", extra=extra, cpus=None, memory=128)
        pid = vm.running()
        assert int(read(f"{pages}/free_hugepages")) == 100 - 64
        [cpus] = qmp(vm.own_qmp, {"execute": "query-cpus-fast"})
        pins = [os.sched_getaffinity(c["thread-id"]) for c in cpus]
        assert sorted(map(sorted, pins)) == [[0], [1]], pins
        assert os.sched_getaffinity(pid) == {0, 1}
        assert read("/sys/class/net/tap7/carrier") == "1", "QEMU does not have the tap"
        assert os.stat("/dev/shm/gvm-huge").st_size == 32 << 20
        gvm("vm", "stop", "huge", "--timeout", "0")
        assert vm.end() == 0
        os.unlink("/dev/shm/gvm-huge")
        with open(f"{pages}/nr_hugepages", "w", encoding="ascii") as f:
            f.write("0")


def test_stray_kvmfr():
    """A QEMU that is started before the module leaves a file: it is named, with the remedy."""
    with open("/dev/kvmfr0", "wb") as f:
        f.truncate(1 << 20)
    try:
        e = error("vm", "run", write_vm("stray", "ivshmem: {file: /dev/kvmfr0, size_mib: 64}"), exit=1)
        assert e["code"] == "GVM_E_KVMFR" and e["object"] == "/dev/kvmfr0", e
        assert "regular file" in e["message"] and "rm /dev/kvmfr0 && modprobe" in e["hint"], e
    finally:
        os.unlink("/dev/kvmfr0")


def write_vm(name, extra, memory=64):
    """A VM file; returns its path."""
    path = f"/tmp/{name}.yaml"
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"version: 1\nname: {name}\nmemory_mib: {memory}\nboot: {{kernel: {GUEST}/vmlinuz}}\n{extra}\n")
    return path


def tap(name):
    """An interface that stays, and that QEMU's user may open."""
    subprocess.run(["modprobe", "tun"], check=True)
    os.chmod("/dev/net/tun", 0o666)
    fd = os.open("/dev/net/tun", os.O_RDWR)
    # TUNSETIFF with IFF_TAP | IFF_NO_PI, TUNSETOWNER, TUNSETPERSIST (linux/if_tun.h)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1002))
    fcntl.ioctl(fd, 0x400454CC, UID)
    fcntl.ioctl(fd, 0x400454CB, 1)
    os.close(fd)
    subprocess.run(["busybox", "ip", "link", "set", name, "up"], check=True)
