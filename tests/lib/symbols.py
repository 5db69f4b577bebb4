#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What libgvm.so exports is what src/lib/libgvm.map lists and what the headers below include/gvm declare."""
import glob
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.join(HERE, "..", "..")
sys.path[:0] = [os.path.join(TOP, "tests", "cli"), os.path.join(TOP, "tests", "house")]
import harness  # noqa: E402  (its folder is known only now)
import house  # noqa: E402

VERSION = "LIBGVM_0"


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def headers():
    """Name and text of each public header."""
    return {os.path.basename(path): read(path) for path in glob.glob(os.path.join(TOP, "include/gvm/*.h"))}


def listed():
    """The functions of the list."""
    body = re.search(VERSION + r"\s*\{\s*global:(.*?)local:\s*\*;\s*\};", read("src/lib/libgvm.map"), re.S)
    return re.findall(r"(\w+);", body.group(1))


class Symbols(harness.Case):
    """The library as it was built."""

    def tool(self, *args):
        return subprocess.run(args, capture_output=True, text=True, check=True).stdout

    def library(self):
        return os.path.join(os.path.dirname(harness.GVM), "lib", "libgvm.so.0")

    def test_exported(self):
        """No more and no less than the list, all of its version."""
        lines = self.tool("nm", "--dynamic", "--defined-only", "--with-symbol-versions", self.library())
        names = {line.split()[-1] for line in lines.splitlines()} - {VERSION, VERSION + "@@" + VERSION}
        self.assertGreater(len(names), 100, lines)
        self.assertEqual({name.partition("@")[2] for name in names}, {"@" + VERSION}, "symbol versions")
        self.assertEqual({name.partition("@")[0] for name in names}, set(listed()), "exported, and in the list")

    def test_declared(self):
        """Each is declared once, in a public header; each that is declared is in the list, which is sorted."""
        declared = [func.name for text in headers().values() for func in house.functions(text)]
        self.assertEqual(sorted(declared), sorted(set(declared)), "declared once")
        self.assertEqual(set(declared), set(listed()), "declared, and in the list")
        self.assertEqual(listed(), sorted(set(listed())), "sorted, once each")
        self.assertEqual([name for name in listed() if not name.startswith("gvm_")], [])

    def test_opaque(self):
        """Nobody sees into a structure but the caller's own."""
        for name, text in headers().items():
            for kind, struct in re.findall(r"\b(struct|union)\s+(\w*)\s*\{", house.blank(text)):
                self.assertEqual((kind, struct), ("struct", "gvm_error"), name)

    def test_all_included(self):
        """gvm.h has all headers."""
        found = re.findall(r"#include <gvm/(\w+\.h)>", headers()["gvm.h"])
        self.assertEqual(set(found), set(headers()) - {"gvm.h"})

    def test_linked(self):
        """The library has its name, and gvm does not need it."""
        self.assertIn("[libgvm.so.0]", self.tool("readelf", "--dynamic", self.library()))
        self.assertNotIn("libgvm", self.tool("readelf", "--dynamic", harness.GVM))


if __name__ == "__main__":
    harness.main()
