#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every --json answer is as its schema in docs/schema says.

  schema.py GVM           run the tests
  schema.py --check FILE  check one answer that a command printed; "-" reads standard input
"""
import glob
import json
import os
import re
import sys

sys.dont_write_bytecode = True
import harness  # noqa: E402  (no byte code into the source tree)

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(harness.SKIPPED)

SOURCE = os.path.join(harness.HERE, "..", "..")
SCHEMAS = os.path.join(SOURCE, "docs", "schema")
TYPE = os.path.join(harness.HERE, "type.yaml")
VM = os.path.join(harness.HERE, "vm", "full.yaml")
ANSWERS = {
    "gvm.list/1": ["list"],
    "gvm.gpu.list/1": ["gpu", "list", "--all-classes"],
    "gvm.gpu.show/1": ["gpu", "show"],
    "gvm.type.list/1": ["type", "list"],
    "gvm.type.show/1": ["type", "show", "desk", "mdpy-hd", "mtty-1"],
    "gvm.type.create/1": ["type", "create", "-f", TYPE, "--dry-run"],
    "gvm.type.delete/1": ["type", "delete", "desk", "--dry-run"],
    "gvm.vgpu.list/1": ["vgpu", "list"],
    "gvm.vgpu.show/1": ["vgpu", "show"],
    "gvm.vgpu.who/1": ["vgpu", "who", "desk1"],
    "gvm.vm.list/1": ["vm", "list"],
    "gvm.vm.show/1": ["vm", "show"],
    "gvm.vm.command/1": ["vm", "run", VM, "--print-command"],
    "gvm.vgpu.define/1": ["vgpu", "define", "a", "--type", "mdpy-vga", "--param", "b=c", "--dry-run"],
    "gvm.vgpu.set/1": ["vgpu", "set", "idle", "autostart=off", "--dry-run"],
    "gvm.vgpu.undefine/1": ["vgpu", "undefine", "idle", "away", "--dry-run"],
    "gvm.import.mdevctl/1": ["import", "mdevctl", "--dry-run"],
    "gvm.export.mdevctl/1": ["export", "mdevctl", "--dry-run"],
    "gvm.help/1": ["help"],
    "gvm.explain/1": ["explain"],
    "gvm.version/1": ["version"],
    "gvm.plan/1": ["vgpu", "create", "--type", "mdpy-vga", "--param", "a/b=c", "--dry-run"],
}
# Missing where it does not apply, which only the host knows.
OPTIONAL = {"letter", "arg", "file", "console", "log", "qemu_args", "driver", "iommu_group", "vfio_node", "sriov"}
ERRORS = [["nothing"], ["gpu", "show", "no"], ["vgpu", "create", "--type", "mdpy-vga"],
          ["vm", "run", "/nonexistent"], ["list", "--sysroot", "/nonexistent"],
          ["vgpu", "destroy", "desk1", "--dry-run"], ["vm", "show", "no"],
          ["vgpu", "who", "no"], ["vgpu", "attach", "idle", "desk"], ["vgpu", "detach", "desk1"]]


def load():
    """All schemas by file name."""
    schemas = {}
    for path in glob.glob(os.path.join(SCHEMAS, "*.json")):
        with open(path, encoding="utf-8") as file:
            schemas[os.path.basename(path)] = json.load(file)
    return schemas


def problems(answer, methods=()):
    """What is wrong with an answer, as texts; an empty list for a right one. Makers may have more methods."""
    schemas = load()
    schemas["gvm.defs-1.json"]["definitions"]["method"]["enum"].extend(methods)
    name = str(answer.get("schema")).replace("/", "-") + ".json"
    if name not in schemas:
        return ["there is no schema for %s" % answer.get("schema")]
    resolver = jsonschema.RefResolver(name, schemas[name], store=schemas)
    checker = jsonschema.Draft7Validator(schemas[name], resolver=resolver)
    return ["%s: %s" % (error.json_path, error.message[:300])
            for error in checker.iter_errors(answer)]


def broken(value):
    """Copies of an answer, each wrong in one place."""
    if isinstance(value, dict):
        yield {**value, "surplus": 1}
        for key, old in value.items():
            if key not in OPTIONAL:
                yield {k: v for k, v in value.items() if k != key}
            yield {**value, key: {"a": [0.5]}}
            for inner in broken(old):
                yield {**value, key: inner}
    elif isinstance(value, list) and value:
        for inner in broken(value[0]):
            yield [inner, *value[1:]]


def setUpModule():
    """One host for all."""
    Schema.tree = harness.make_tree()
    harness.write(Schema.tree, "/etc/gvm/types.d/desk.yaml", "version: 1\nname: desk\nbase: mdpy-hd\n"
                  "params: [{name: a, value: 1}]\n")


class Schema(harness.Case):
    """Answers and their schemas."""

    def right(self, answer, wanted):
        """The answer is of this kind, and right."""
        self.assertEqual(answer["schema"], wanted)
        self.assertEqual(problems(answer), [], "%s is not as its schema says" % wanted)

    def test_schemas(self):
        """The schemas are schemas, and refuse what they do not know."""
        for name, schema in load().items():
            with self.subTest(name):
                jsonschema.Draft7Validator.check_schema(schema)
                self.assertEqual(schema["$id"], name)
                for text in re.findall(r'\{[^{}]*"properties"', json.dumps(schema)):
                    if '"type": "object"' in text:
                        self.assertIn('"additionalProperties": false', text)

    def test_all_there(self):
        """Every answer that the source knows has a schema, and every schema an answer."""
        known = set()
        for path in glob.glob(os.path.join(SOURCE, "src", "**", "*.c"), recursive=True):
            with open(path, encoding="utf-8") as file:
                known.update(re.findall(r'"(gvm\.[a-z.]*/[0-9]+)"', file.read()))
        self.assertTrue({"gvm.list/1", "gvm.error/1"} <= known, "the source was searched: %s" % known)
        there = {n[:-5].replace("-", "/") for n in load() if not n.startswith("gvm.defs-")}
        self.assertEqual(sorted(known), sorted(there), "source and docs/schema differ")

    def test_answers(self):
        """Real answers, of a host with something of everything and of one with nothing."""
        empty = harness.scratch()
        for wanted, command in ANSWERS.items():
            with self.subTest(wanted):
                self.right(self.answer(*command), wanted)
                if command[-1] in ("list", "show", "who", "--all-classes"):
                    self.right(self.answer(*command, tree=empty), wanted)

    def test_errors(self):
        """Real errors."""
        for command in ERRORS:
            with self.subTest(command):
                result = self.gvm("--json", *command)
                self.right(self.one_object(result, result.status), "gvm.error/1")
                self.assertNotEqual(result.status, 0)

    def test_unknown(self):
        """A host of which little is known: nulls only where the schema allows them."""
        root = harness.make_tree()
        for folder, _, files in os.walk(root + "/sys"):
            for name in files:
                if name not in ("class", "available_instances") or folder.endswith("mdpy-hd"):
                    os.unlink(os.path.join(folder, name))
        for wanted in ("gvm.list/1", "gvm.gpu.list/1", "gvm.type.list/1", "gvm.vgpu.show/1"):
            with self.subTest(wanted):
                self.right(self.answer(*ANSWERS[wanted], tree=root), wanted)

    def test_strict(self):
        """An answer that is wrong in one place is refused: the schemas do tell."""
        for wanted, command in ANSWERS.items():
            answer = self.answer(*command)
            answer["items"] = answer["items"][:1]
            for wrong in broken(answer):
                self.assertNotEqual(problems(wrong), [], "%s: taken: %s" % (wanted, wrong))

    def answer_of_error(self, *command):
        """The error object of a command that fails."""
        result = self.gvm("--json", *command)
        return self.one_object(result, result.status)["error"]

    def test_samples(self):
        """Answers of commands that need a machine to change, as they should be."""
        head = {"host": "a", "warnings": []}
        for name in ("gvm.vgpu.destroy/1", "gvm.gpu.set/1", "gvm.vm.stop/1", "gvm.vm.define/1",
                     "gvm.vm.undefine/1", "gvm.vm.start/1", "gvm.vm.screenshot/1"):
            self.right({"schema": name, "items": [], **head}, name)
        outcomes = [{"name": "a", "result": "started"},
                    {"name": "b", "result": "failed",
                     "error": self.answer_of_error("vgpu", "undefine", "nothing", "--dry-run")}]
        for name in ("gvm.vgpu.start/1", "gvm.vgpu.stop/1"):
            self.right({"schema": name, "items": outcomes, **head}, name)
        uuid = harness.hosts.uuid_of("a")
        made = {"name": "desk1", "uuid": uuid, "gpu": "mdpy", "type": "mdpy-vga", "method": "mdev"}
        self.right({"schema": "gvm.vgpu.create/1", "items": [made], **head}, "gvm.vgpu.create/1")
        made = {**made, "own_type": "desk", "params": [{"name": "a", "value": ""}]}
        self.right({"schema": "gvm.vgpu.create/1", "items": [made], **head}, "gvm.vgpu.create/1")
        moved = {"vgpu": "desk1", "uuid": uuid, "vm": "demo", "pid": 7, "device": "vgpu0",
                 "port": None, "dry_run": True}
        for name in ("gvm.vgpu.attach/1", "gvm.vgpu.detach/1"):
            self.right({"schema": name, "items": [moved], **head}, name)
            for key in moved:
                less = {k: v for k, v in moved.items() if k != key}
                self.assertTrue(problems({"schema": name, "items": [less], **head}), key)
        self.right({"schema": "gvm.vm.run/1", "items": self.answer("vm", "list")["items"][:1],
                    **head}, "gvm.vm.run/1")


def check(path):
    """Check one answer; returns the exit status."""
    with (sys.stdin if path == "-" else open(path, encoding="utf-8")) as file:
        found = problems(json.load(file))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        sys.exit(check(sys.argv[2]))
    harness.main()
