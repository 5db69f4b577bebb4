# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that uses libgvm.so: the example of docs/examples, on the real kernel."""
import os
import subprocess

from lib import MDEVS, available, error, gvm, items, link, mdevs


def example(*args, status=0):
    """Run it; its standard output and error."""
    done = subprocess.run(["/in/vgpus", *args], env={**os.environ, "LD_LIBRARY_PATH": "/in"}, capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == status, f"vgpus {args}: {done}"
    return done.stdout, done.stderr


def test_example():
    room = available("mdpy", "mdpy-vga")
    uuid, gpu = example("create", "mdpy-vga", "mdpy")[0].split()
    assert gpu == "mdpy" and mdevs() == {uuid} and link(f"{MDEVS}/{uuid}/mdev_type") == "mdpy-vga"
    [v] = items("vgpu", "list")
    line = f"vgpu {v['name']} mdpy mdpy-vga active transient -\n"
    assert v["uuid"] == uuid and line in example()[0]
    assert f"type mdpy-vga {room - 1} mdev\n" in example("list")[0]
    example("-n", "destroy", uuid)
    assert mdevs() == {uuid}
    example("destroy", uuid.upper())
    assert not mdevs() and available("mdpy", "mdpy-vga") == room


def test_example_is_told():
    """What the kernel refuses is told as gvm tells it."""
    for i in range(4):
        gvm("vgpu", "create", "--type", "mdpy-vga", "--gpu", "mdpy", "--name", f"a{i}")
    e = error("vgpu", "create", "--type", "mdpy-vga", "--gpu", "mdpy", exit=5)
    said = example("create", "mdpy-vga", "mdpy", status=1)[1]
    assert f"({e['code']})\n  because: {e['cause']}\n  fix: {e['hint']}\n" in said, said
    gvm("vgpu", "destroy", *[f"a{i}" for i in range(4)])
