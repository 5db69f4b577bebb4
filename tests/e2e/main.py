# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the tests of this folder inside the lab's host: main.py [NAME...], main.py --vfio [NAME...]"""
import importlib
import pathlib
import sys
import time
import traceback

import lib

MODULES = ["machine", "discovery", "vgpus", "held", "guests", "hotplug", "crash", "keep", "functions", "production", "library"]


def run_one(name, test):
    """Run one test; what it leaves behind is cleaned up, and is a failure."""
    start = time.monotonic()
    try:
        test()
        left = lib.clean_up()
        assert not left, f"left behind: {left}"
        verdict = "ok"
    except Exception:  # a test may fail in any way; the next one still runs
        traceback.print_exc()
        lib.clean_up()
        verdict = "not ok"
    print(f"{verdict} e2e/{name} {time.monotonic() - start:.1f}", flush=True)
    return verdict == "ok"


def main(wanted):
    modules = MODULES
    if wanted[:1] == ["--vfio"]:
        modules, wanted = ["vfio"], wanted[1:]
    wanted = set(wanted)
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    lib.tell_facts()
    good, ran = True, False
    for module in modules:
        tests = importlib.import_module(module)
        for name in [n for n in vars(tests) if n.startswith("test_")]:
            title = f"{getattr(tests, 'TITLE', module)}.{name[5:]}"
            if not wanted or wanted.intersection((title, name, name[5:])):
                ran = True
                good = run_one(title, getattr(tests, name)) and good
    return 0 if good and ran else 1


sys.exit(main(sys.argv[1:]))
