#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""VM files that are wrong: the error names the file, the line and what to do."""
import os
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

GOOD = "version: 1\nname: a\ndisks: [{file: d.img}]\n"
# What is wrong, in which line (None: not in any), with GOOD in front or alone.
AFTER_GOOD = {
    "unknown key": ("colour: red\n", 4), "unknown key, deep": ("boot: {kernal: x}\n", 4),
    "unknown key in a list": ("vgpus:\n  - {name: a}\n  - {nmae: b}\n", 6),
    "same key twice": ("cpus: 1\ncpus: 2\n", None), "key in capitals": ("Cpus: 1\n", 4),
    "no number": ("cpus: many\n", 4), "empty number": ("cpus: ''\n", 4),
    "number with more": ("cpus: 4x\n", 4), "fraction": ("cpus: 1.5\n", 4),
    "exponent": ("memory_mib: 1e3\n", 4), "negative": ("cpus: -1\n", 4),
    "negative, large": ("cpus: -4294967295\n", 4), "33 bits": ("cpus: 4294967297\n", 4),
    "65 bits": ("memory_mib: 18446744073709551617\n", 4), "40 digits": ("cpus: %s\n" % ("9" * 40), 4),
    "too many CPUs": ("cpus: 1025\n", None), "no CPU": ("cpus: 0\n", None),
    "no memory": ("memory_mib: 0\n", None), "too much memory": ("memory_mib: 67108865\n", None),
    "list for a number": ("cpus: [1]\n", 4), "map for a number": ("cpus: {a: 1}\n", 4),
    "text for a list": ("vgpus: idle\n", 4), "text for a map": ("boot: vmlinuz\n", 4),
    "map for a list": ("network: {type: user}\n", 4), "list for a text": ("uuid: [a]\n", 4),
    "text in a list of maps": ("vgpus: [idle]\n", 4), "list in a list": ("qemu_args: [[a]]\n", 4),
    "no kernel": ("boot: {initrd: x}\n", 4), "no file": ("vgpus: [{}]\n", None),
    "unknown word": ("accelerator: xen\n", 4), "word in capitals": ("accelerator: KVM\n", 4),
    "unknown firmware": ("firmware: magic\n", 4), "unknown display": ("display: hdmi\n", 4),
    "unknown network": ("network: [{type: bridge}]\n", 4),
    "name and type": ("vgpus: [{name: a, type: b}]\n", None),
    "GPU for a name": ("vgpus: [{name: a, gpu: b}]\n", None),
    "bad UUID": ("uuid: 1234\n", None), "17 vGPUs": ("vgpus: [%s]\n" % ("{name: a}," * 17), 4),
    "65 arguments": ("qemu_args: [%s]\n" % ("a," * 65), 4),
    "long text": ("boot: {kernel: %s}\n" % ("a" * 2000), 4),
    "empty text": ("boot: {kernel: ''}\n", 4), "null": ("boot: {kernel: }\n", 4),
    "tab": ("\tcpus: 1\n", 4), "bad indent": ("boot:\n  kernel: a\n initrd: b\n", 6),
    "open list": ("vgpus: [{name: a}\n", None), "open quote": ("uuid: \"abc\n", None),
    "alias": ("uuid: &a x\nqemu_args: [*a, *a]\n", 5),
    "merge": ("boot: &a {kernel: x}\nvgpus: [{<<: *a}]\n", None), "unknown alias": ("uuid: *a\n", 4),
    "zero in a text": ("boot: {kernel: \"a\\0b\"}\n", None),
    "deep list": ("qemu_args: %s\n" % ("[" * 5000), None),
    "deep map": ("boot: %s\n" % ("{a: " * 5000), None),
    "deep list, closed": ("qemu_args: %s%s\n" % ("[" * 5000, "]" * 5000), None),
    "deep blocks": ("boot:\n%s" % "".join(" " * i + "a:\n" for i in range(1, 300)), None),
    "deep dashes": ("qemu_args:\n%s\n" % ("- " * 20000), None),
    "billion laughs": ("a0: &a0 [x]\n" + "".join("a%d: &a%d [%s]\n" % (
        i, i, ",".join(["*a%d" % (i - 1)] * 9)) for i in range(1, 12)), None),
    "binary tag": ("cpus: !!binary gIGC\n", 4), "question mark": ("? [a]\n: b\n", None),
    "second document": ("---\n" + GOOD, None),
}
ALONE = {
    "empty": ("", None), "newlines": ("\n\n\n", None), "comment": ("# nothing\n", None),
    "document mark": ("---\n", None), "null": ("~\n", None), "number": ("5\n", None),
    "list": ("- a\n", None), "text": ("hello\n", None), "open": ("{", None), "percent": ("%YAML 9.9\n", None),
    "binary": (bytes(range(256)), None), "zeros": (b"\0" * 100, None), "ELF": (b"\x7fELF\2\1\1\0", None),
    "broken UTF-8": (b"version: 1\nname: \xff\xfe\n", None),
    "UTF-16": ("\ufeff" + GOOD).encode("utf-16-le"), "control": ("version: 1\nname: a\x1b[2J\n", None),
    "truncated": (GOOD[:-9], None), "truncated name": (GOOD[:14], None),
    "no version": ("name: a\ndisks: [{file: d}]\n", None),
    "no name": ("version: 1\ndisks: [{file: d}]\n", None),
    "version 2": ("version: 2\nname: a\ndisks: [{file: d}]\n", None),
    "version 0": ("version: 0\nname: a\ndisks: [{file: d}]\n", None),
    "version -1": ("version: -1\nname: a\ndisks: [{file: d}]\n", None),
    "version 1 + 2^32": ("version: 4294967297\nname: a\ndisks: [{file: d}]\n", None),
    "nothing to boot": ("version: 1\nname: a\n", None), "no disk": ("version: 1\nname: a\ndisks: []\n", None),
    **{"name %r" % name: ("version: 1\nname: \"%s\"\ndisks: [{file: d}]\n" % name, None)
       for name in ("", "A", "../a", "a/b", ".a", "-a", "a b", "a,b", "é", "x" * 64, "a\\0b",
                    "a\\n", "a\\e[2J")},
    "65 KiB": (GOOD + "#" * (65 << 10), None),
    "65 KiB of one text": (GOOD + "uuid: " + "a" * (65 << 10), None),
    "10 MiB": (GOOD + "# x\n" * (10 << 18), None),
}
FINE = {
    "64 KiB": GOOD + "#" * ((64 << 10) - len(GOOD)), "CRLF": GOOD.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + GOOD, "no last newline": GOOD.rstrip("\n"),
    "documents end": "---\n" + GOOD + "...\n", "JSON": '{"version":1,"name":"a","disks":[{"file":"d"}]}',
    "octal-like name": "version: 1\nname: 0123\ndisks: [{file: d}]\n",
    "yes as name": "version: 1\nname: yes\ndisks: [{file: d}]\n", "limits": GOOD + "cpus: 1024\n",
    "anchor that nobody uses": GOOD + "boot: &a {kernel: x}\n",
}


def setUpModule():
    """An empty host, and a folder for the files."""
    VmFile.tree = harness.scratch()
    VmFile.folder = harness.scratch()


class VmFile(harness.Case):
    """VM files are not trusted."""

    folder = None

    def wrong(self, what, path, line, status=2, code="GVM_E_FILE_INVALID"):
        """The error of a wrong file: file, line, remedy; the same for each way to use it."""
        error = self.refused(status, code, "vm", "run", path, "--print-command", says=[path])
        self.assertTrue(error["hint"], "%s: a remedy: %s" % (what, error))
        self.assertLess(len(error["message"]), 700, "%s: not endless" % what)
        if line:
            self.assertIn("line %d" % line, error["message"], what)
        elif line is None and "line " in error["message"]:
            self.assertRegex(error["message"], r"line [1-9]", what)

    def test_wrong(self):
        """Each wrong file."""
        for prefix, cases in ((GOOD.encode(), AFTER_GOOD), (b"", ALONE)):
            for what, case in cases.items():
                text, line = case if isinstance(case, tuple) else (case, None)
                with self.subTest(what):
                    text = text if isinstance(text, bytes) else text.encode()
                    harness.write(self.folder, "/vm.yaml", prefix + text)
                    self.wrong(what, self.folder + "/vm.yaml", line)

    def test_no_file(self):
        """What is no file, or not there."""
        os.mkdir(self.folder + "/dir.yaml")
        os.mkfifo(self.folder + "/fifo.yaml")
        os.symlink("loop.yaml", self.folder + "/loop.yaml")
        for name in ("/missing.yaml", "/dir.yaml", "/fifo.yaml", "/loop.yaml", "/no/such.yaml"):
            with self.subTest(name):
                self.wrong(name, self.folder + name, None, 3, "GVM_E_FILE_READ")
        self.refused(3, "GVM_E_FILE_READ", "vm", "run", "", "--print-command")
        self.refused(3, "GVM_E_FILE_READ", "vm", "run", "/dev/zero", "--print-command")

    def test_fine(self):
        """Unusual, and yet right."""
        for what, text in FINE.items():
            with self.subTest(what):
                harness.write(self.folder, "/vm.yaml", text)
                self.ok("vm", "run", self.folder + "/vm.yaml", "--print-command")

    def test_every_cut(self):
        """A file that ends at any byte is refused or complete, never a crash."""
        text = GOOD + "cpus: 2\nboot: {kernel: k, append: \"a b\"}\nvgpus: [{type: t}]\n"
        for end in range(0, len(text), 3):
            harness.write(self.folder, "/vm.yaml", text[:end])
            result = self.gvm("vm", "run", self.folder + "/vm.yaml", "--print-command")
            self.assertIn(result.status, (0, 2), "cut at %d: %s" % (end, result))

    def test_run_refuses_too(self):
        """vm run says the same before it touches the host."""
        harness.write(self.folder, "/vm.yaml", "colour: red\n")
        for option in ([], ["--dry-run"]):
            result = self.gvm("vm", "run", self.folder + "/vm.yaml", *option)
            self.assertIn(result.status, (2, 6), str(result))


if __name__ == "__main__":
    harness.main()
