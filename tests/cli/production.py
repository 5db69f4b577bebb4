#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A VM with all that production wants, on the real QEMU under software emulation: UEFI, a TPM,
pinned vCPUs, shared memory, an unprivileged user. What QEMU and the kernel say counts."""
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

QEMU = "qemu-system-x86_64" if os.uname().machine == "x86_64" else "qemu-system-aarch64"
UID = 64055
# What gvm writes to, and who is a user, is of this test alone.
INSIDE = """
mount --no-mtab -t tmpfs -o mode=755 run /run && mkdir /run/vm && cp "$0"/* /run/vm/
chmod a+rw /run/vm/*.img && mkdir -m 700 /run/closed && cp /run/vm/*.img /run/closed/
mount --no-mtab -t tmpfs lib /var/lib && mount --no-mtab -t tmpfs -o mode=1777 shm /dev/shm
cp -a /etc/. /run/etc && mkdir -p /run/etc/gvm
echo "gvm-qemu:x:%d:%d::/nonexistent:/usr/sbin/nologin" >>/run/etc/passwd
mount --no-mtab --bind /run/etc /etc
exec "$@"
""" % (UID, UID)
FILE = """version: 1
name: prod
accelerator: tcg
cpus: {count: %d, pin: "%s"}
memory_mib: 128
firmware: uefi
tpm: 2.0
display: vnc
ivshmem: {max_resolution: 1920x1080}
disks: [{file: d.img, format: raw}]
"""


def missing():
    """Why it cannot run here, or None."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False,
                                           stderr=subprocess.DEVNULL).returncode:
        return "mounts of its own need root"
    for program in (QEMU, "swtpm"):
        if not shutil.which(program):
            return "%s is not installed" % program
    folder = "/usr/share/qemu/firmware"
    return None if os.path.isdir(folder) and os.listdir(folder) else "no UEFI firmware: package ovmf"


class Production(harness.Case):
    """The real QEMU."""

    def setUp(self):
        """A folder for the VM file, and the CPUs that may be used."""
        if missing():
            self.skipTest(missing())
        self.folder = harness.scratch()
        self.cpus = sorted(os.sched_getaffinity(0))[-2:]
        with open(self.folder + "/d.img", "wb") as disk:
            disk.truncate(1 << 20)

    def start(self, text, *args):
        """Run gvm on a VM file."""
        harness.write(self.folder, "/vm.yaml", text)
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-ec", INSIDE, self.folder, harness.GVM, "--json", "vm",
             "run", "/run/vm/vm.yaml", "--timeout", "0", *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=harness.ENVIRONMENT)

    @staticmethod
    def qmp(pid, *commands):
        """Ask QEMU, on the socket in its name space's /run."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            # A path through /proc is too long for a socket's address: the folder is entered.
            folder = os.open("/proc/%d/root/run/gvm/vm/prod" % pid, os.O_RDONLY)
            s.connect("/proc/self/fd/%d/qmp.sock" % folder)
            os.close(folder)
            f = s.makefile("rw", encoding="utf-8")
            f.readline()
            answers = []
            for command in ("qmp_capabilities", *commands):
                f.write(json.dumps(command if isinstance(command, dict) else
                                   {"execute": command}) + "\n")
                f.flush()
                answer = json.loads(f.readline())
                while "event" in answer:
                    answer = json.loads(f.readline())
                answers.append(answer["return"])
            return answers[1:]

    def test_all(self):
        """All of it at once; and all of it goes, but what the VM keeps."""
        pid = None
        with self.start(FILE % (len(self.cpus), ",".join(map(str, self.cpus)))) as run:
            try:
                told = select.select([run.stdout], [], [], 40)[0]
                answer = json.loads(run.stdout.readline() or b"{}") if told else {}
                self.assertEqual(answer.get("schema"), "gvm.vm.run/1", answer)
                pid = answer["items"][0]["pid"]
                self.process(pid)
                tpm = self.devices(pid)
                run.send_signal(signal.SIGTERM)
                self.assertEqual(run.wait(30), 0, run.stderr.read())
                self.gone(pid, tpm)
            finally:
                run.kill()
                if pid and os.path.exists("/proc/%d" % pid):
                    os.kill(pid, signal.SIGKILL)

    def process(self, pid):
        """What the kernel says of QEMU."""
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            status = dict(line.strip().split(":\t", 1) for line in f)
        self.assertEqual(status["Uid"].split(), [str(UID)] * 4)
        self.assertEqual({int(status[c], 16) for c in ("CapEff", "CapPrm", "CapBnd", "CapInh")}, {0})
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        environment = "/proc/%d/root" % pid
        vars_file = os.stat(environment + "/var/lib/gvm/vm/prod/vars.fd")
        self.assertEqual((vars_file.st_uid, vars_file.st_mode & 0o777), (UID, 0o600))
        self.assertEqual(os.stat(environment + "/dev/shm/gvm-prod").st_size, 32 << 20)
        self.assertTrue(os.path.exists(environment + "/run/gvm/vm/prod/vnc.sock"))

    def devices(self, pid):
        """What QEMU says; returns the process of the TPM."""
        cpus, blocks, tpms, memory = self.qmp(pid, "query-cpus-fast", "query-named-block-nodes",
                                              "query-tpm", "query-memdev")
        pinned = [os.sched_getaffinity(c["thread-id"]) for c in
                  sorted(cpus, key=lambda c: c["cpu-index"])]
        self.assertEqual(sorted(map(sorted, pinned)), [[c] for c in self.cpus])
        nodes = {b["node-name"]: b for b in blocks}
        self.assertTrue(nodes["code"]["ro"] and not nodes["vars"]["ro"], nodes.keys())
        self.assertEqual(nodes["vars"]["file"], "/var/lib/gvm/vm/prod/vars.fd")
        self.assertEqual([t["options"]["type"] for t in tpms], ["emulator"])
        self.assertIn((32 << 20, True), [(m["size"], m["share"]) for m in memory])
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            parent = int(dict(line.strip().split(":\t", 1) for line in f)["PPid"])
        return self.child(parent, "swtpm")

    @staticmethod
    def child(parent, name):
        """The process of that name that a process started."""
        for folder in os.listdir("/proc"):
            try:
                with open("/proc/%s/stat" % folder, encoding="ascii", errors="replace") as f:
                    line = f.read()
            except OSError:
                continue
            if "(%s)" % name in line and int(line.rsplit(")", 1)[1].split()[1]) == parent:
                return int(folder)
        raise AssertionError("there is no " + name)

    def gone(self, *pids):
        """None of these processes lives."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            left = []
            for pid in pids:
                try:
                    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
                        left += [pid] if f.read().rsplit(")", 1)[1].split()[0] != "Z" else []
                except OSError:
                    pass
            if not left:
                return
            time.sleep(0.05)
        self.fail("still alive: %s" % left)

    def wrong(self, status, code, text):
        """An error, and nothing of a VM was started."""
        with self.start(text) as run:
            out = run.communicate(timeout=40)[0]
        answer = json.loads(out)
        self.assertEqual((run.returncode, answer["error"]["code"]), (status, code), answer)
        return answer["error"]

    def test_refused(self):
        """What this host does not have."""
        head = "version: 1\nname: prod\naccelerator: tcg\ndisks: [{file: d.img, format: raw}]\n"
        error = self.wrong(5, "GVM_E_PIN", head + "cpus: {count: 900, pin: auto}\n")
        self.assertIn("900 vCPUs", error["message"])
        self.wrong(5, "GVM_E_HUGEPAGES", head + "memory_mib: 16777216\nhugepages: 2M\n")
        if not os.path.exists("/dev/kvmfr0"):
            error = self.wrong(1, "GVM_E_KVMFR", head + "ivshmem: {file: /dev/kvmfr0}\n")
            self.assertIn("modprobe kvmfr", error["hint"])
        error = self.wrong(7, "GVM_E_QEMU_ACCESS", head.replace("d.img", "/run/closed/d.img"))
        self.assertIn("may not enter /run/closed", error["cause"])


if __name__ == "__main__":
    harness.main()
