#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/hardware-run: what it writes down of a host is so, and a gvm that errs does not pass."""
import copy
import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
import sys
import unittest.mock

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

TOOL = os.path.join(harness.HERE, "..", "..", "tools", "hardware-run")
LOADER = importlib.machinery.SourceFileLoader("hardware_run", TOOL)
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("hardware_run", LOADER))
LOADER.exec_module(tool)
# A gvm that leaves the last of everything out.
LIAR = """#!/usr/bin/python3
import json, os, subprocess, sys
done = subprocess.run([os.environ["REAL"], *sys.argv[1:]], stdout=subprocess.PIPE)
print(json.dumps({**json.loads(done.stdout), "items": json.loads(done.stdout)["items"][:-1]}))
"""
# What a gvm that errs would say: changes of its "items", of which "gpus" are GPUs.
LIES = {
    "discovery": ("items[:] = items[1:] if gpus else items",
                  "gpus and items.append(dict(gpus[0], id='0000:ff:00.0', vgpus=[]))",
                  "gpus and gpus[0].update(driver='other')", "gpus and gpus[0].pop('driver')",
                  "gpus and gpus[0].update(numa_node=7)", "gpus and gpus[0].update(iommu_group='99')",
                  "gpus and gpus[0].update(device='0x0001')",
                  "[g.update(sriov={'total': 1, 'active': 1}) for g in gpus if 'sriov' in g]",
                  "gpus and gpus[0].update(drm_nodes=[])",
                  "[g.update(boot_display=not g['boot_display']) for g in gpus[:1]]"),
    "types": ("items[:] = [i for i in items if i.get('id') != 'vf']",
              "[i.update(available=77) for i in items if i.get('id') == 'mdpy-hd']"),
    "vgpus": ("items[:] = [i for i in items if i.get('state') != 'attached']",
              "[i.update(state='active') for i in items if i.get('state') == 'lost']"),
}


class Hardware(harness.Case):
    """Runs on made-up hosts."""

    def setUp(self):
        """A host with something of everything."""
        self.tree = harness.make_tree()

    def tool(self, gvm=None, **env):
        """Run it: status, record, what it said."""
        done = subprocess.run([sys.executable, TOOL, gvm or harness.GVM, "--sysroot", self.tree],
                              capture_output=True, text=True, timeout=60, check=False,
                              env={**harness.ENVIRONMENT, **env})
        return done.returncode, json.loads(done.stdout), done.stderr

    def script(self, text):
        """A program of this text."""
        path = os.path.join(harness.scratch(), "gvm")
        harness.write("", path, text)
        os.chmod(path, 0o755)
        return path

    def test_agrees(self):
        """All is compared, and gvm is right; the host is as it was."""
        harness.write(self.tree, "/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX Open Kernel "
                      "Module for x86_64  570.86.15  Release Build  (someone@somewhere)\n")
        harness.write(self.tree, "/sys/module/ast/version", "1.2\n")
        before = harness.snapshot(self.tree)
        status, record, said = self.tool()
        self.assertEqual(status, 0, said)
        self.assertEqual({c["capability"]: (c["agrees"], c["compared"]) for c in record["checks"]},
                         {"discovery": (True, 9), "types": (True, 18), "vgpus": (True, 7)})
        self.assertEqual(record["machine"]["drivers"]["nvidia"], "570.86.15")
        self.assertEqual(record["machine"]["drivers"]["ast"], "1.2")
        self.assertTrue(record["made_up"])
        self.assertEqual({c["status"] for c in record["commands"]}, {0})
        self.assertEqual(before, harness.snapshot(self.tree), "it must change nothing")

    def test_anonymous(self):
        """No name of the host, no UUID, no name of a VM or vGPU, nobody's name."""
        harness.write(self.tree, "/proc/driver/nvidia/version", "NVRM version: Kernel Module  1.2  "
                      "(someone@somewhere)\n")
        text = json.dumps(self.tool()[1])
        self.assertIsNone(re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text), text)
        for word in ("mixed", "desk", "alice", "someone", "somewhere", os.uname().nodename):
            self.assertNotIn('"%s' % word, text)

    def test_lies(self):
        """Whatever gvm says wrong is found, and nothing else is told to differ."""
        true = {command: tool.run_gvm(harness.GVM, self.tree, command) for command in tool.COMMANDS}

        def lying(_gvm, _sysroot, command):
            entry, items = copy.deepcopy(true.get(command, ({"status": 0}, [])))
            exec(lie, {"items": items, "gpus": [i for i in items if "local_cpus" in i]})
            return entry, items
        for capability, lies in LIES.items():
            for lie in lies:
                with self.subTest(lie), unittest.mock.patch.object(tool, "run_gvm", lying):
                    checks = tool.record("gvm", self.tree)["checks"]
                    self.assertEqual([c["capability"] for c in checks if not c["agrees"]], [capability])
        status, record, said = self.tool(self.script(LIAR), REAL=harness.GVM)
        self.assertEqual((status, [c["agrees"] for c in record["checks"]]), (1, [False] * 3), said)

    def test_broken(self):
        """A gvm that crashes, or is not there, is written down as such."""
        for gvm in (self.script("#!/bin/sh\nkill -SEGV $$\n"), self.script("#!/bin/sh\necho '[1]'\n"),
                    self.script("#!/bin/sh\nexit 127\n"), "/nonexistent"):
            status, record, said = self.tool(gvm)
            self.assertEqual(status, 1, said)
            self.assertEqual([c["agrees"] for c in record["checks"]], [False] * 3)

    def test_nothing_there(self):
        """A host without anything to see is no error, and nothing is said to be compared."""
        self.tree = harness.scratch()
        status, record, said = self.tool()
        self.assertEqual((status, [c["compared"] for c in record["checks"]]), (0, [0, 0, 0]), said)


if __name__ == "__main__":
    harness.main()
