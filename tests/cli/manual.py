#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual pages that were built: whole, and without warnings."""
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

PAGE = os.path.join(harness.HERE, "..", "..", "docs", "man", "page")


class Manual(harness.Case):
    """Pages beside the program."""

    tree = "/nonexistent"

    def setUp(self):
        self.folder = os.path.join(os.path.dirname(harness.GVM), "..", "docs")
        if not os.path.exists(os.path.join(self.folder, "gvm.1")):
            self.skipTest("no pages were built: scdoc is not installed")
        self.pages = sorted(n for n in os.listdir(self.folder) if re.search(r"\.[17]$", n))

    def text(self, page):
        """A page as it is read."""
        if not shutil.which("man"):
            self.skipTest("man is not installed")
        done = subprocess.run(["man", "--warnings", "-l", os.path.join(self.folder, page)],
                              env={**harness.ENVIRONMENT, "MANWIDTH": "400", "MAN_KEEP_FORMATTING": ""},
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "", page)
        return re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout).replace("\u2010", "-")

    def test_warnings(self):
        """Neither reader of manual pages complains."""
        for page in self.pages:
            self.assertIn("SEE ALSO", self.text(page))
            if shutil.which("mandoc"):
                done = subprocess.run(["mandoc", "-T", "lint", "-W", "error",
                                       os.path.join(self.folder, page)], capture_output=True,
                                      text=True, check=False)
                self.assertEqual(done.stdout, "", page)

    def test_commands(self):
        """Every command with every option it takes, and what they are for; a page for each noun."""
        for item in self.answer("help")["items"]:
            page = "gvm-%s.1" % item["noun"] if "verb" in item else "gvm.1"
            text = re.sub(r"\s+", " ", self.text(page))
            words = " ".join(filter(None, ["gvm", item["noun"], item.get("verb"), item["args"]]))
            self.assertIn(words, text, page)
            self.assertIn(item["help"][1:], text, page)
            for option in item["options"]:
                if not option["every_command"]:
                    self.assertIn("--" + option["name"], text, page)
                    self.assertIn(option["help"], text, page)
                    if "letter" in option:
                        self.assertIn("-%(letter)s, --%(name)s" % option, text, page)
        whole = self.text("gvm.1")
        for option in self.answer("help")["items"][0]["options"]:
            self.assertIn("--" + option["name"], whole)

    def test_errors(self):
        """Every error with its meaning, cause and remedy."""
        text = re.sub(r"\s+", " ", self.text("gvm-errors.7"))
        for item in self.answer("explain")["items"]:
            for key in ("code", "meaning", "cause", "remedy"):
                self.assertIn(re.sub(r"\s+", " ", item[key]), text)

    def test_no_more(self):
        """Each page has its noun, and each names the others."""
        nouns = {i["noun"] for i in self.answer("help")["items"] if "verb" in i}
        wanted = {"gvm.1", "gvm-errors.7", "gvm-lab.1"} | {"gvm-%s.1" % noun for noun in nouns}
        self.assertEqual(set(self.pages), wanted, "docs/meson.build names the pages")
        for page in self.pages:
            for other in wanted - {page, "gvm-lab.1"}:
                self.assertIn("%s(%s)" % tuple(other.rsplit(".", 1)), self.text(page))

    def test_wrong_text(self):
        """A section that has no place is no page."""
        path = os.path.join(harness.scratch(), "gvm-vgpu.scd")
        with open(path, "w", encoding="utf-8") as out:
            out.write("title\n# NOTHING\n\ntext\n")
        done = subprocess.run([sys.executable, PAGE, harness.GVM, "cat", "gvm-vgpu.1", path],
                              capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("NOTHING", done.stderr)


if __name__ == "__main__":
    harness.main()
