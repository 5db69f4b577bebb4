# SPDX-License-Identifier: GPL-2.0-or-later
"""What the end-to-end tests share. The truth comes from the kernel, QEMU and the guest, not gvm."""
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

MDEVS = "/sys/bus/mdev/devices"
GUEST = "/lab/guest"
started = []  # processes of this test


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read().strip()


def link(path):
    return os.path.basename(os.readlink(path))


def tell_facts():
    """Print where the tests run: the runner keeps it with their results."""
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', read("/etc/os-release"), re.M))
    host = os.uname()
    facts = {"system": f"{release['ID']} {release['VERSION_ID']}", "architecture": host.machine,
             "kernel": re.match(r"\d+\.\d+\.\d+", host.release).group(0)}
    qemu = shutil.which(f"qemu-system-{host.machine}")
    if qemu:
        said = subprocess.run([qemu, "--version"], capture_output=True, text=True, check=True).stdout
        facts["qemu"] = re.search(r"version (\d+\.\d+\.\d+)", said).group(1)
    print("# facts " + json.dumps(facts), flush=True)


def gvm(*args, exit=0):
    """Run gvm; its exit status must be the expected one. Returns stdout and stderr."""
    p = subprocess.run(["gvm", *args], capture_output=True, text=True, timeout=120)
    assert p.returncode == exit, f"gvm {args}: exit {p.returncode}, not {exit}: {p.stdout}{p.stderr}"
    return p.stdout, p.stderr


def items(*args):
    """The items of a --json answer."""
    return json.loads(gvm("--json", *args)[0])["items"]


def error(*args, exit):
    """The error object of a --json answer that must fail so."""
    return json.loads(gvm("--json", *args, exit=exit)[0])["error"]


def mdevs():
    """UUIDs the kernel has now."""
    return set(os.listdir(MDEVS))


def available(parent, type_id):
    return int(read(f"/sys/class/mdev_bus/{parent}/mdev_supported_types/{type_id}/available_instances"))


def until(what, condition, timeout=120):
    """Look again at growing intervals until the condition holds."""
    end, step = time.monotonic() + timeout, 0.02
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"not seen in {timeout} s: {what}"
        time.sleep(step)
        step = min(step * 1.5, 0.5)


def alive(pid):
    """Does the process live, and is no zombie?"""
    try:
        return read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def qemu_pids():
    return [int(p.split("/")[2]) for p in glob.glob("/proc/[0-9]*/comm")
            if (c := slurp(p)) and c.startswith("qemu-system")]


def slurp(path):
    try:
        return read(path)
    except OSError:
        return ""


def groups_open(pid):
    """VFIO groups the process has open."""
    found = set()
    for fd in glob.glob(f"/proc/{pid}/fd/*"):
        try:
            target = os.readlink(fd)
        except OSError:
            continue
        if target.startswith("/dev/vfio/") and target[10:].isdigit():
            found.add(target[10:])
    return found


def qmp(path, *commands):
    """Execute QMP commands on a socket of QEMU: a second, independent client."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(20)
        s.connect(path)
        f = s.makefile("rw", encoding="utf-8")
        json.loads(f.readline())
        answers = []
        for command in ({"execute": "qmp_capabilities"}, *commands):
            f.write(json.dumps(command) + "\n")
            f.flush()
            while "return" not in (answer := json.loads(f.readline())):
                assert "error" not in answer, answer
            answers.append(answer["return"])
        return answers[1:]


class Vm:
    """A VM run by gvm, with the guest's console and a QMP socket of the test's own."""

    BOOT = f'boot: {{kernel: {GUEST}/vmlinuz, initrd: {GUEST}/initrd.img, append: "console=ttyS1 quiet"}}'

    def __init__(self, name, vgpus, *, boot=BOOT, memory=256, cpus=1, extra="", args=()):
        self.name = name
        self.file = f"/tmp/{name}.yaml"
        self.console = f"/tmp/{name}.console"
        self.own_qmp = f"/tmp/{name}.qmp"
        for path in (self.console, self.own_qmp):
            if os.path.exists(path):
                os.unlink(path)
        with open(self.file, "w", encoding="utf-8") as f:
            f.write(f"""version: 1
name: {name}
{f"cpus: {cpus}" if cpus else ""}
memory_mib: {memory}
{boot}
vgpus: {vgpus}
qemu_args: ["-serial", "file:{self.console}", "-qmp", "unix:{self.own_qmp},server=on,wait=off"]
{extra}
""")
        self.log = open(f"/tmp/{name}.log", "w+", encoding="utf-8")
        self.gvm = subprocess.Popen(["gvm", "vm", "run", self.file, *args], stdout=self.log,
                                    stderr=subprocess.STDOUT)
        started.append(self.gvm)

    def output(self):
        return read(self.log.name)

    def running(self):
        """Wait until QEMU runs; its process id, from /proc."""
        def look():
            assert self.gvm.poll() is None, f"gvm vm run ended: {self.output()}"
            return [p for p in qemu_pids() if f"\0{self.name}\0" in slurp(f"/proc/{p}/cmdline")]
        until("QEMU", look)
        until("gvm says that it runs", lambda: look() and "running, pid" in self.output())
        return look()[0]

    def says(self, text):
        """Wait until the guest writes a text on its console; the line with it."""
        def look():
            assert self.gvm.poll() is not None or alive(self.gvm.pid)
            # Whole lines only: the last one may still be on its way.
            if not os.path.exists(self.console):
                return []
            with open(self.console, encoding="utf-8", errors="replace") as f:
                return [l for l in f if text in l and l.endswith("\n")]
        return until(f"the guest says {text!r}", look, 180)[0]

    def end(self, timeout=60):
        self.gvm.wait(timeout)
        return self.gvm.returncode


def clean_up():
    """Put the host back; returns what a test should have removed itself."""
    left = []
    for p in started:
        if p.poll() is None:
            left.append(f"process {p.args}")
            p.kill()
            p.wait()
    started.clear()
    for pid in qemu_pids():
        if alive(pid):
            left.append(f"QEMU {pid}")
            os.kill(pid, signal.SIGKILL)
    until("QEMUs to end", lambda: not [p for p in qemu_pids() if alive(p)])
    for uuid in mdevs():
        left.append(f"mdev {uuid}")
        with open(f"{MDEVS}/{uuid}/remove", "w", encoding="ascii") as f:
            f.write("1")
    for path in (glob.glob("/run/gvm/vgpu/*") + glob.glob("/run/gvm/vm/*") +
                 glob.glob("/etc/gvm/*/*") + glob.glob("/etc/mdevctl.d/*/*-*")):
        left.append(path)
        subprocess.run(["rm", "-rf", path], check=True)
    return left
