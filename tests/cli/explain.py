#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""gvm explain: the manual of errors."""
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)


class Explain(harness.Case):
    """Every error, and one."""

    tree = "/nonexistent"

    def test_all(self):
        """Every entry is whole; the list shows each once."""
        items = self.answer("explain")["items"]
        self.assertGreater(len(items), 30)
        self.assertEqual(len({i["code"] for i in items}), len(items))
        for item in items:
            for key in ("meaning", "cause", "remedy", "source"):
                self.assertGreater(len(item[key]), 2, item)
        shown = [line.split()[0] for line in self.ok("explain").splitlines()[1:]]
        self.assertEqual(shown, [i["code"] for i in items])

    def test_one(self):
        """A code in any spelling; several at once."""
        wanted = self.answer("explain", "GVM_E_HELD")["items"]
        self.assertEqual([i["code"] for i in wanted], ["GVM_E_HELD"])
        self.assertEqual((wanted[0]["exit_status"], wanted[0]["kind"]), (4, "busy or held"))
        for spelling in ("held", "HELD", "gvm_e_held"):
            self.assertEqual(self.answer("explain", spelling)["items"], wanted)
        text = self.ok("explain", "held", "mdev_full")
        for part in ("GVM_E_HELD", "GVM_E_MDEV_FULL", wanted[0]["meaning"], wanted[0]["remedy"],
                     "documented: kernel", "busy or held"):
            self.assertIn(part, text)

    def test_unknown(self):
        """A code that there is not."""
        self.refused(3, "GVM_E_CODE_NOT_FOUND", "explain", "nothing")
        self.refused(3, "GVM_E_CODE_NOT_FOUND", "explain", "held", "")
        self.refused(3, "GVM_E_CODE_NOT_FOUND", "explain", "\x1b[31m")


if __name__ == "__main__":
    harness.main()
