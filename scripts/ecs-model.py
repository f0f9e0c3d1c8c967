#!/usr/bin/env python3
"""ecs-model.py BOTOCORE OUTPUT: writes the table of RegisterTaskDefinition's input from botocore's model of ECS.

BOTOCORE is an installed or unpacked botocore (the folder that has `data/ecs`), OUTPUT is src/aws/ecs/model_data.cpp.
Members that carry nothing but documentation are not written; what the script does not understand ends it.
"""
import glob
import gzip
import json
import os
import re
import sys
import unicodedata

KINDS = {"string": "text", "integer": "integer", "boolean": "boolean", "list": "list", "map": "map"}
KNOWN = {"type", "members", "member", "key", "value", "required", "enum", "min", "max", "pattern", "documentation",
         "box", "sensitive", "union", "deprecated", "deprecatedMessage", "deprecatedSince"}


def load(folder):
    newest = sorted(glob.glob(os.path.join(folder, "data", "ecs", "*")))[-1]
    path = os.path.join(newest, "service-2.json")
    if os.path.exists(path):
        return json.load(open(path, encoding="utf-8"))
    return json.load(gzip.open(path + ".gz"))


def version(folder):
    text = open(os.path.join(folder, "__init__.py"), encoding="utf-8").read()
    return re.search(r"__version__ = '([^']+)'", text)[1]


def ascii_of(pattern):
    """The ASCII characters of a pattern of the form `([...]*)`; all others are taken to match."""
    inside = re.fullmatch(r"\(\[(.*)\]\*\)", pattern)
    if not inside:
        sys.exit(f"unknown form of pattern: {pattern}")
    classes = re.findall(r"\\p\{(\w)\}", inside[1])
    literal = set(re.sub(r"\\(.)", r"\1", re.sub(r"\\p\{\w\}", "", inside[1])))
    if re.search(r"[^\\]-", re.sub(r"\\.", "", inside[1])):
        sys.exit(f"a range in a pattern: {pattern}")
    return "".join(c for c in map(chr, range(128)) if c in literal or unicodedata.category(c)[0] in classes)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Writer:
    def __init__(self, shapes):
        self.shapes, self.order, self.lines = shapes, [], []

    def visit(self, name):
        """Numbers the shapes below `name`, those used by others first."""
        if name in self.order:
            return
        shape = self.shapes[name]
        if unknown := set(shape) - KNOWN:
            sys.exit(f"{name} has {sorted(unknown)}, which this script does not know")
        for inner in [m["shape"] for m in shape.get("members", {}).values()] + \
                     [shape[part]["shape"] for part in ("member", "value") if part in shape]:
            self.visit(inner)
        self.order.append(name)

    def index(self, name):
        return self.order.index(name)

    def shape(self, name):
        shape = self.shapes[name]
        fields = [f".kind = Kind::{KINDS.get(shape['type']) or ('choice' if shape.get('union') else 'structure')}"]
        if "members" in shape:
            required = shape.get("required", [])
            members = [f"{{{quoted(m)}, {self.index(s['shape'])}{', true' if m in required else ''}}}"
                       for m, s in shape["members"].items()]
            self.lines.append(f"constexpr ModelMember members_{name}[]{{{', '.join(members)}}};")
            fields.append(f".members = members_{name}")
        for part in ("member", "value"):
            if part in shape:
                fields.append(f".element = {self.index(shape[part]['shape'])}")
        if "enum" in shape:
            self.lines.append(f"constexpr std::string_view values_{name}[]{{{', '.join(map(quoted, shape['enum']))}}};")
            fields.append(f".values = values_{name}")
        if shape.get("min"):
            fields.append(f".least = {shape['min']}")
        if "max" in shape:
            fields.append(f".most = {shape['max']}")
        if "pattern" in shape:
            fields.append(f".ascii = {quoted(ascii_of(shape['pattern']))}")
        return f"/* {self.index(name)} {name} */ {{{', '.join(fields)}}}"


def main():
    folder, output = sys.argv[1:]
    model = load(folder)
    writer = Writer(model["shapes"])
    writer.visit(model["operations"]["RegisterTaskDefinition"]["input"]["shape"])
    shapes = [writer.shape(name) for name in writer.order]
    with open(output, "w", encoding="utf-8") as out:
        out.write(f"""// Made by scripts/ecs-model.py from the model of ECS (API version {model['metadata']['apiVersion']}) in
// botocore {version(folder)}, which is licensed under the Apache License 2.0: facts of its shapes, none of its text.
// Do not edit: run the script with a newer botocore.
#include <array>
#include <lapstrake/aws/ecs/model.hpp>

namespace lapstrake::aws {{
namespace {{

using Kind = ModelShape::Kind;

""" + "\n".join(writer.lines) + f"""

constexpr std::array<ModelShape, {len(shapes)}> shapes{{{{
""" + ",\n".join(shapes) + """,
}};

}  // namespace

std::span<const ModelShape> model_shapes() { return shapes; }
const ModelShape& register_task_definition_shape() { return shapes.back(); }

}  // namespace lapstrake::aws
""")


main()
