#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What completion offers: gvm itself, and bash, zsh and fish as a user has them before him."""
import os
import pty
import select
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

DEADLINE = 20
READY = "gvm-test-ready"


def setUpModule():
    """One host for all."""
    Offers.tree = Shells.tree = harness.make_tree()


def environment():
    """A user's environment, with the gvm under test in its PATH."""
    path = "%s:%s" % (os.path.dirname(harness.GVM), harness.ENVIRONMENT["PATH"])
    return {**harness.ENVIRONMENT, "PATH": path, "TERM": "dumb", "HOME": harness.scratch()}


class Offers(harness.Case):
    """gvm completion words: a word of the line at the cursor, and what may stand there."""

    def offered(self, *words):
        """The words offered after these; the last one is what is typed of it."""
        line = ["completion", "words", "--", *words]
        return [text.split("\t")[0] for text in self.ok(*line, tree="/nonexistent").splitlines()]

    def here(self, *words):
        """The same on the host of this test."""
        return self.offered("--sysroot", self.tree, *words)

    def test_nouns_and_verbs(self):
        """All of the table, and only what begins as typed."""
        items = self.answer("help")["items"]
        self.assertEqual(set(self.offered("")), {i["noun"] for i in items})
        self.assertEqual(self.offered("vg"), ["vgpu"])
        self.assertEqual(self.offered("nothing"), [])
        for noun in {i["noun"] for i in items if "verb" in i}:
            verbs = [i["verb"] for i in items if i["noun"] == noun]
            self.assertEqual(self.offered(noun, ""), verbs)
            self.assertEqual(self.offered("help", noun, ""), verbs)
        self.assertEqual(self.offered("vgpu", "cr"), ["create"])
        self.assertEqual(self.offered("vgpu", "list", ""), [], "it takes no more words")
        self.assertEqual(self.offered("nothing", ""), [])

    def test_options(self):
        """The options that the verb takes, at any place."""
        for item in self.answer("help")["items"]:
            words = [item["noun"], *([item["verb"]] if "verb" in item else [])]
            wanted = ["--" + option["name"] for option in item["options"]]
            self.assertEqual(sorted(self.offered(*words, "-")), sorted(wanted), words)
        self.assertEqual(self.offered("vgpu", "create", "--gpu", "x", "--na"), ["--name"])
        self.assertNotIn("--type", self.offered("--"), "no command takes all options")
        self.assertEqual(self.offered("vgpu", "show", "--", "--"), [], "names follow --")

    def test_objects(self):
        """Names of what the host has."""
        vgpus = [i["name"] for i in self.answer("vgpu", "list")["items"]]
        self.assertEqual(self.here("vgpu", "show", ""), vgpus)
        self.assertEqual(self.here("vgpu", "destroy", "idle", ""), vgpus)
        self.assertEqual(self.here("vgpu", "destroy", "de"), ["desk1"])
        gpus = [i["id"] for i in self.answer("gpu", "list")["items"]]
        self.assertEqual(self.here("gpu", "show", ""), gpus)
        self.assertEqual(self.here("vgpu", "create", "--gpu", "0000:8"),
                         ["0000:81:00.0", "0000:82:00.0"])
        self.assertEqual(self.here("vgpu", "create", "--gpu=mb"), ["--gpu=mbochs"])
        types = [i["id"] for i in self.answer("type", "list")["items"]]
        self.assertEqual(self.here("vgpu", "create", "--type", ""), list(dict.fromkeys(types)))
        left = sum(i["available"] for i in self.answer("type", "list")["items"] if i["id"] == "whole")
        line = ["completion", "words", "--", "--sysroot", self.tree, "vgpu", "create", "--type", "who"]
        self.assertEqual(self.ok(*line), "whole\twhole device, %d available\n" % left)
        own = harness.make_tree()
        harness.write(own, "/etc/gvm/types.d/desk.yaml", "version: 1\nname: desk\nbase: mdpy-vga\n")
        harness.write(own, "/etc/gvm/types.d/gone.yaml", "version: 1\nname: gone\nbase: nothing\n")
        self.assertEqual(self.offered("--sysroot=" + own, "vgpu", "create", "--type", "de"), ["desk"])
        self.assertEqual(self.offered("--sysroot=" + own, "type", "delete", ""), ["desk", "gone"])
        self.assertEqual(self.here("vm", "stop", "w"), ["win-alice"])
        self.assertEqual(self.offered("--sysroot=" + self.tree, "vm", "stop", ""),
                         ["desk", "win-alice"])

    def test_others(self):
        """Files, shells, codes; nothing where nothing can be told."""
        self.assertEqual(self.offered("vm", "run", ""), [":files"])
        self.assertEqual(self.offered("--sysroot", ""), [":files"])
        self.assertEqual(self.here("vm", "screenshot", "desk", ""), [":files"])
        self.assertEqual(self.here("vm", "screenshot", "desk", "a", ""), [])
        self.assertEqual(self.offered("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.offered("explain", "GVM_E_HE"), ["GVM_E_HELD"])
        for words in (["vgpu", "create", "--name", ""], ["--json=", ""], ["--nothing="],
                      ["--sysroot", "/nonexistent", "vgpu", "show", ""], [], ["-"], ["--"]):
            self.assertNotIn("", self.offered(*words), words)
        self.assertEqual(self.offered("vgpu", "create", "--name", ""), [])
        self.assertEqual(self.offered("--sysroot", "/nonexistent", "vgpu", "show", ""), [])

    def test_wrong(self):
        """A shell that gvm does not know."""
        self.refused(2, "GVM_E_USAGE", "completion", "csh", tree="/nonexistent")
        self.refused(2, "GVM_E_USAGE", "completion", tree="/nonexistent")


class Terminal:
    """A shell with a person before it: types, and reads the screen until a text is there."""

    def __init__(self, *command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment())
        self.screen = ""

    def type(self, text):
        """Type a text."""
        os.write(self.fd, text.encode())

    def until(self, text):
        """What came on the screen up to a text; it is taken off."""
        end = time.monotonic() + DEADLINE
        while text not in self.screen:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError("no %r on the screen: %r" % (text, self.screen))
            self.screen += os.read(self.fd, 65536).decode(errors="replace").replace("\r", "")
        before, self.screen = self.screen.split(text, 1)
        return before

    def close(self):
        """End the shell."""
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Shells(harness.Case):
    """The scripts in their shells."""

    def shell(self, *command):
        """A shell on a terminal; skipped when it is not installed."""
        if not shutil.which(command[0]):
            self.skipTest("%s is not installed" % command[0])
        terminal = Terminal(*command)
        self.addCleanup(terminal.close)
        return terminal

    def completed(self, terminal, line):
        """What the shell runs when this is typed, then the tabulator, then return."""
        terminal.type(line + "\t")
        terminal.until(line[-3:])
        terminal.type("\n")
        terminal.until("RAN<")
        return terminal.until(">")

    def completes(self, terminal):
        """The same in every shell."""
        at = "--sysroot %s " % self.tree
        for typed, wanted in (
                ("vg", "vgpu"), ("vgpu cr", "vgpu create"), ("vgpu create --na", "vgpu create --name"),
                (at + "vgpu show des", at + "vgpu show desk1"),
                (at + "gpu show 0000:01:", at + "gpu show 0000:01:00.0"),
                (at + "vgpu create --gpu 0000:82", at + "vgpu create --gpu 0000:82:00.0"),
                (at + "vgpu create --gpu=0000:82", at + "vgpu create --gpu=0000:82:00.0"),
                (at + "vgpu create --type mbochs-s", at + "vgpu create --type mbochs-small"),
                ("vm run %s/etc/host" % self.tree, "vm run %s/etc/hostname" % self.tree)):
            self.assertEqual(self.completed(terminal, "gvm " + typed).strip(), wanted)

    def test_bash(self):
        """bash, with the program's name standing for a function that tells its arguments."""
        terminal = self.shell("bash", "--norc", "--noprofile", "-i")
        terminal.type("PS1=; source <(gvm completion bash); gvm() { echo \"RA\"N\"<$*>\"; }; "
                      "complete -p gvm\n")
        terminal.until("complete -F _gvm gvm\n")
        self.completes(terminal)
        terminal.type("gvm vgpu \t\t")
        terminal.until("create")
        terminal.until("show")

    def test_bash_words(self):
        """bash offers all candidates, without what it holds to be another word."""
        script = ('source <(gvm completion bash); COMP_LINE=$1; COMP_POINT=${#1}; _gvm; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        for line, wanted in (
                ("gvm vgpu ", "list show create destroy"), ("gvm vgpu s", "show"),
                ("gvm --sysroot %s gpu show 0000:8" % self.tree, "81:00.0 82:00.0"),
                ("gvm --sysroot %s type list --gpu=m" % self.tree, "mbochs mdpy mtty")):
            done = subprocess.run(["bash", "-c", script, "bash", line], env=environment(),
                                  capture_output=True, text=True, check=True, timeout=DEADLINE)
            self.assertEqual(set(wanted.split()) - set(done.stdout.split()), set(), line)
            self.assertEqual(done.stderr, "")

    def test_zsh(self):
        """zsh with its completion system."""
        terminal = self.shell("zsh", "-f", "-i")
        terminal.type("PS1= RPS1=; unsetopt prompt_sp zle_bracketed_paste 2>/dev/null; "
                      "autoload -U compinit; compinit -D -u; source <(gvm completion zsh); "
                      "gvm() { print -r -- \"RA\"N\"<$*>\" }; print re\"ady\"\n")
        terminal.until("ready\n")
        self.completes(terminal)
        terminal.type("gvm vgpu \t\t")
        terminal.until("make a vGPU")

    def test_fish(self):
        """fish, which tells its candidates itself."""
        if not shutil.which("fish"):
            self.skipTest("fish is not installed")
        at = "--sysroot %s " % self.tree
        for line, wanted in (
                ("vgpu ", ["list", "show", "create", "destroy"]), ("vgpu cr", ["create"]),
                ("vgpu create --na", ["--name"]), (at + "vgpu show des", ["desk1"]),
                (at + "gpu show 0000:8", ["0000:81:00.0", "0000:82:00.0"]),
                (at + "vgpu create --gpu=0000:82", ["--gpu=0000:82:00.0"]),
                ("vm run %s/etc/host" % self.tree, ["%s/etc/hostname" % self.tree])):
            script = "gvm completion fish | source; complete -C %s" % repr("gvm " + line)
            done = subprocess.run(["fish", "--no-config", "-c", script], env=environment(),
                                  capture_output=True, text=True, check=True, timeout=DEADLINE)
            offered = [text.split("\t")[0] for text in done.stdout.splitlines()]
            self.assertEqual(set(wanted) - set(offered), set(), "%s: %s" % (line, done))


if __name__ == "__main__":
    harness.main()
