#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Help, the version, and that each command takes the options that its help shows, and no other."""
import re
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)


def words(item):
    """The words of a command of gvm help --json."""
    return [item["noun"], item["verb"]] if "verb" in item else [item["noun"]]


def values(option):
    """An option as it is typed."""
    return ["--" + option["name"], *(["1"] if "arg" in option else [])]


class Help(harness.Case):
    """The tables of commands and options, as they are told."""

    def commands(self):
        """All commands."""
        return self.answer("help")["items"]

    def test_ways(self):
        """Help and version go to standard output and end with 0."""
        for command in (["--help"], ["-h"], ["help"], ["gpu", "--help"], ["help", "vgpu"],
                        ["--help", "vm", "run"], ["help", "list"]):
            with self.subTest(command):
                self.assertIn("usage: gvm", self.ok(*command))
        for command in (["--version"], ["version"], ["vgpu", "create", "--version"]):
            self.assertRegex(self.ok(*command), r"^gvm [0-9.]+\n")
        self.assertIn("qemu", self.ok("version"))
        self.assertIn("vgpu create", self.ok("--help"), "it leads to the first vGPU")

    def test_same(self):
        """gvm help NOUN VERB, and --help at any place, tell the same."""
        wanted = self.ok("help", "vgpu", "create")
        for line in (["vgpu", "create", "--help"], ["--help", "vgpu", "create"],
                     ["vgpu", "--help", "create"], ["vgpu", "create", "-h", "--gpu", "x"],
                     ["vgpu", "create", "more", "--help"], ["help", "--help", "vgpu", "create"]):
            self.assertEqual(self.ok(*line), wanted, line)

    def test_unknown(self):
        """There is no help for what there is not."""
        for line in (["nothing", "--help"], ["help", "nothing"], ["help", "vgpu", "nothing"],
                     ["vgpu", "nothing", "--help"], ["help", "list", "nothing"],
                     ["help", "a", "b", "c"]):
            self.refused(2, "GVM_E_USAGE", *line)

    def test_options_of_a_verb(self):
        """A verb's help shows the options it takes, each once, and none else."""
        names = {o["name"] for item in self.commands() for o in item["options"]}
        for item in self.commands():
            text = self.ok("help", *words(item)).split("options", 1)[1]
            shown = re.findall(r"^  (?:-., )?--([a-z-]+)", text, re.M)
            self.assertEqual(sorted(shown), sorted(o["name"] for o in item["options"]), item)
            for name in names - set(shown):
                self.assertNotIn("--%s" % name, self.ok("help", *words(item)), item)

    def test_other_options_refused(self):
        """An option that a verb does not take is a usage error that says so."""
        options = {o["name"]: o for item in self.commands() for o in item["options"]}
        for item in self.commands():
            taken = {o["name"] for o in item["options"]}
            for name in sorted(set(options) - taken):
                error = self.refused(2, "GVM_E_USAGE", *words(item), *values(options[name]))
                self.assertIn("--" + name, error["message"])
                self.assertEqual(error["hint"], "gvm %s --help" % " ".join(words(item)))

    def test_own_options_taken(self):
        """An option that a verb takes is not what it complains of."""
        for item in self.commands():
            if item["changes"]:
                continue
            for option in item["options"]:
                result = self.gvm(*words(item), *values(option))
                self.assertNotIn("does not take", result.err, "%s %s" % (item, option))

    def test_no_host(self):
        """What does not look at the host works where there is none."""
        for command in (["help"], ["version"], ["help", "vm"]):
            self.ok(*command, tree="/nonexistent")


if __name__ == "__main__":
    harness.main()
