#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/new-maker.md shows the code that there is: each block stands in the file that it names."""
import os
import re
import sys
import unittest

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
GUIDE = os.path.join(TOP, "docs", "new-maker.md")
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)
# What a person types stands in no file.
TYPED = "sh"


def read(path):
    """A file's text."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def wrong(guide):
    """What is wrong with the blocks of a guide, as texts."""
    for block in BLOCK.finditer(guide):
        head, code = block.groups()
        kind, _, name = head.partition(" ")
        if kind == TYPED:
            continue
        path = os.path.join(TOP, name)
        if not name or not os.path.isfile(path):
            yield "names no file: %r" % head
        elif "\n" + code not in "\n" + read(path):
            yield "is not in %s:\n%s" % (name, code)
        elif not guide[:block.start()].endswith("In `%s`:\n\n" % name):
            yield "a reader does not see that it is in %s:\n%s" % (name, code)


class Guide(unittest.TestCase):
    """The guide."""

    def test_blocks(self):
        """Each block is in its file, word for word."""
        guide = read(GUIDE)
        self.assertEqual(list(wrong(guide)), [])
        self.assertGreater(len(re.findall("^```c ", guide, re.M)), 10, "the guide shows code")
        self.assertEqual(guide.count("\n```") % 2, 0, "each block has its end")

    def test_what_is_wrong_is_found(self):
        """A word more, part of a line, no file, another file."""
        good = ("In `tests/toy/toy.h`:\n\n"
                "```c tests/toy/toy.h\nextern const struct gvm_vendor gvm_vendor_toy;\n```\n")
        self.assertEqual(list(wrong(good)), [])
        for bad in (good.replace("extern", "extern "), good.replace("extern const", "const"),
                    good.replace(" tests/toy/toy.h", ""), good.replace("toy.h", "toy.c"),
                    good.replace("toy.h", "none.h"), good.replace(";\n", "\n"),
                    good.replace("In `tests/toy/toy.h`:", "")):
            self.assertEqual(len(list(wrong(bad))), 1, bad)

    def test_operations(self):
        """It tells of every operation that a vendor has."""
        guide, header = read(GUIDE), read(os.path.join(TOP, "src", "core", "vendor.h"))
        operations = re.findall(r"^\tint \(\*(\w+)\)", header, re.M)
        self.assertIn("probe", operations)
        for name in operations:
            self.assertRegex(guide, r"\b%s\b" % name)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
