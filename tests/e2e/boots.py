# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tests over reboots, on the lab's host with systemd: boots.py BOOT [NAME...]

A module's functions boot1_X are run first; then the host reboots and the functions boot2_X follow,
and so on. What they leave on the disk stays; nothing is cleaned up between them.
"""
import importlib
import os
import re
import sys
import time
import traceback

import lib

MODULES = ["reboot", "boot", "service"]
FAILED = "/var/lib/lab-failed"


def functions():
    """(boot, name, function) of all modules, in their order."""
    for module in MODULES:
        for name, function in vars(importlib.import_module(module)).items():
            match = re.fullmatch(r"boot(\d)_(\w+)", name)
            if match:
                yield int(match.group(1)), match.group(2), f"{module}.{name}", function


def run_one(title, function):
    start = time.monotonic()
    try:
        function()
        verdict = "ok"
    except Exception:  # a test may fail in any way; the next one still runs
        traceback.print_exc()
        with open(FAILED, "a", encoding="utf-8") as f:
            f.write(f"{title}\n")
        verdict = "not ok"
    print(f"{verdict} e2e/{title} {time.monotonic() - start:.1f}", flush=True)


def main(boot, wanted):
    lib.tell_facts()
    chosen = [f for f in functions() if not wanted or f[1] in wanted]
    for at, _, title, function in chosen:
        if at == boot:
            run_one(title, function)
    if any(at > boot for at, *_ in chosen):
        os.execvp("lab-reboot", ["lab-reboot", sys.executable, "-B", __file__, str(boot + 1), *wanted])
    return 1 if os.path.exists(FAILED) or not chosen else 0


sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
