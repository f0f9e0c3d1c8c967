#!/usr/bin/env python3
"""The JSON Schema accepts every good spec and every example, and rejects the bad specs that say `# schema: rejects`."""
import glob
import json
import os
import subprocess
import sys

try:
    import jsonschema
    import yaml
    from jsonschema import Draft202012Validator
except ImportError as missing:
    print(f"NOT RUN: {missing} (install python3-jsonschema and python3-yaml)")
    sys.exit(77)

source, print_schema = sys.argv[1:3]


class Loader(yaml.SafeLoader):
    """As an editor's reader: no dates, since JSON has none."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def document(path):
    with open(path, encoding="utf-8-sig") as file:
        return yaml.load(file, Loader)


def says_rejects(path):
    with open(path, "rb") as file:
        first = file.readline().strip()
    if first not in (b"# schema: rejects", b"# schema: cannot"):
        sys.exit(f"{path}: the first line must be `# schema: rejects` or `# schema: cannot`")
    return first == b"# schema: rejects"


schema = json.loads(subprocess.run([print_schema], check=True, capture_output=True).stdout)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
failures = []

good = glob.glob(f"{source}/testdata/spec/good/*.yaml") + glob.glob(f"{source}/examples/*/lapstrake.yaml")
for path in sorted(good):
    for error in validator.iter_errors(document(path)):
        failures.append(f"{os.path.relpath(path, source)}: refused at {list(error.absolute_path)}: {error.message[:200]}")

bad = [path for path in sorted(glob.glob(f"{source}/testdata/spec/bad/*.yaml")) if says_rejects(path)]
for path in bad:
    if validator.is_valid(document(path)):
        failures.append(f"{os.path.relpath(path, source)}: accepted")

if len(good) < 5 or len(bad) < 20:
    failures.append(f"only {len(good)} good and {len(bad)} bad specs were found")
print("\n".join(failures) or f"{len(good)} good specs accepted, {len(bad)} bad ones rejected")
sys.exit(1 if failures else 0)
