#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each public header can be used alone, in C11 and in C++17, without any warning."""
import glob
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(TOP, "tests", "cli"), os.path.join(TOP, "tests", "house")]
import harness  # noqa: E402  (its folder is known only now)
import house  # noqa: E402

STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-I", os.path.join(TOP, "include")]
C = ["cc", "-std=c11", *STRICT, "-Wstrict-prototypes", "-x", "c"]
CXX = ["g++", "-std=c++17", *STRICT, "-x", "c++"]
CALL = """#include <gvm/gvm.h>
void (*const all[])() = {%s};
int main() { struct gvm_error e = {}; struct gvm_ctx *ctx;
	if (gvm_open("/nonexistent", 0, &ctx, &e) == 0) return 1;
	gvm_close(nullptr); return e.err == 2 && all[0] ? 0 : 2; }
"""


def headers():
    """The public headers by name."""
    texts = {}
    for path in glob.glob(os.path.join(TOP, "include/gvm/*.h")):
        with open(path, encoding="utf-8") as file:
            texts[os.path.basename(path)] = file.read()
    return texts


class Headers(harness.Case):
    """Headers, and compilers that read them."""

    def compile(self, command, text, *more, folder=None):
        if not shutil.which(command[0]):
            self.skipTest("%s is not installed" % command[0])
        done = subprocess.run([*command, "-", *more], input=text, capture_output=True, text=True, check=False,
                              cwd=folder)
        return done.returncode, done.stderr

    def each(self, command):
        """Each header alone, and twice."""
        self.assertGreater(len(headers()), 8)
        for name in headers():
            with self.subTest(name):
                text = "#include <gvm/%s>\n" % name * 2 + "extern int unit;\n"
                self.assertEqual(self.compile(command, text, "-fsyntax-only"), (0, ""))

    def test_c(self):
        self.each(C)

    def test_cxx(self):
        self.each(CXX)

    def test_strict(self):
        """What is not C11, or not C++, would be told."""
        for command, text in ((C, "void f();\n"), (C, "struct s { };\n"), (CXX, "void f(bool new);\n")):
            self.assertNotEqual(self.compile(command, text, "-fsyntax-only")[0], 0, text)

    def test_link_cxx(self):
        """A program in C++ finds all functions: they are declared as C's."""
        names = [func.name for text in headers().values() for func in house.functions(text)]
        program = CALL % ", ".join("reinterpret_cast<void (*)()>(%s)" % name for name in names)
        folder, library = harness.scratch(), os.path.join(os.path.dirname(harness.GVM), "lib")
        with open(harness.GVM, "rb") as file:
            sanitizers = ["-fsanitize=address,undefined"] if b"__asan_init" in file.read() else []
        status = self.compile(CXX, program, "-Wno-cast-function-type", "-o", "program", "-L", library, "-lgvm", "-Wl,-rpath," + library, *sanitizers,
                              folder=folder)
        self.assertEqual(status, (0, ""))
        self.assertEqual(subprocess.run([folder + "/program"], check=False).returncode, 0)


if __name__ == "__main__":
    harness.main()
