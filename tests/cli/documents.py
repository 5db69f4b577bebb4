#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the documents tell to type: commands that there are, with options that they take."""
import glob
import os
import re
import shlex
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

TOP = os.path.join(harness.HERE, "..", "..")
PAGES = ["README.md", "docs/*.md", "docs/man/*.scd"]
# A line of an example; a comment after it, a pipe, or what a shell does with it are no part of it.
LINE = re.compile(r"^(?:    |\$ )?(?:sudo )?(gvm .*)$")
WORDS = re.compile(r"`(gvm [^`]*)`")
# Explanations, not commands.
PLACEHOLDER = re.compile(r"NOUN|VERB|SHELL|COMMAND|\.\.\.|\bX\b")


def blocks(text):
    """The lines of code of a page: indented, or between fences."""
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line


def commands(text):
    """The commands that a page tells to type."""
    for line in blocks(text):
        found = LINE.match(line)
        if found:
            yield found.group(1)
    yield from WORDS.findall(text)


class Documents(harness.Case):
    """README, guide, manual pages."""

    def options_of(self, words):
        """The options that a command takes; None when there is no such command."""
        for item in self.table:
            name = [item["noun"], *([item["verb"]] if "verb" in item else [])]
            if words[:len(name)] == name:
                return {o["name"] for o in item["options"]} | {o.get("letter") for o in item["options"]}
        return None

    def check(self, command):
        """One command."""
        lexer = shlex.shlex(command, posix=True, punctuation_chars="|&;<>()")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words = []
        for word in lexer:
            if word[0] in "|&;<>()":
                break
            words.append(word)
        plain, options, skip = [], [], False
        for word in words[1:]:
            if skip:
                skip = False
            elif word.startswith("-") and len(word) > 1:
                options.append(word.lstrip("-").split("=")[0])
                skip = "=" not in word and options[-1] in self.valued
            else:
                plain.append(word)
        taken = self.options_of(plain)
        nouns = {item["noun"] for item in self.table}
        if taken is None and len(plain) <= 1 and set(plain) <= nouns:
            return
        self.assertIsNotNone(taken, "there is no command: %s" % command)
        self.assertEqual(set(options) - taken, set(), command)

    def test_commands(self):
        """Every command of every page."""
        self.table = self.answer("help", tree="/nonexistent")["items"]
        self.valued = {o["name"] for i in self.table for o in i["options"] if "arg" in o}
        seen = 0
        for pattern in PAGES:
            for path in glob.glob(os.path.join(TOP, pattern)):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                for command in commands(text):
                    if PLACEHOLDER.search(command):
                        continue
                    seen += 1
                    with self.subTest(page=os.path.relpath(path, TOP), command=command):
                        self.check(command)
        self.assertGreater(seen, 40, "commands were found")

    def test_finds(self):
        """What is wrong is found."""
        self.table = self.answer("help", tree="/nonexistent")["items"]
        self.valued = {o["name"] for i in self.table for o in i["options"] if "arg" in o}
        for wrong in ("gvm nothing", "gvm vgpu nothing", "gvm vgpu list --foreign", "gvm list --x y"):
            with self.assertRaises(AssertionError, msg=wrong):
                self.check(wrong)
        for right in ("gvm vgpu destroy desk1 --foreign | cat", "gvm --json --sysroot DIR list # all"):
            self.check(right)


if __name__ == "__main__":
    harness.main()
