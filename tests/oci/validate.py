#!/usr/bin/env python3
"""validate.py SCHEMAS KIND FILE: does FILE obey image-spec's JSON Schema for KIND (manifest, index, config)?

Exit status 0 when it does, 1 when not, 77 when python has no jsonschema."""
import json
import pathlib
import sys
import warnings

warnings.simplefilter("ignore")
try:
    import jsonschema
except ImportError:
    sys.exit(77)

schemas, kind, file = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
name = {"manifest": "image-manifest", "index": "image-index", "config": "config"}[kind]
schema = json.loads((schemas / f"{name}-schema.json").read_text())
base = "file:///schema/"
store = {base + path.name: json.loads(path.read_text()) for path in schemas.glob("*.json")}
# The schemas' own ids are on a host; their references are meant relative to the files.
for document in store.values():
    document.pop("id", None)
schema.pop("id", None)
for part in (schema, *store.values()):
    stack = [part]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get("id"), str):
                del value["id"]
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
resolver = jsonschema.RefResolver(base + name + "-schema.json", schema, store=store)
errors = list(jsonschema.Draft4Validator(schema, resolver=resolver).iter_errors(json.loads(pathlib.Path(file).read_text())))
for error in errors:
    print(error.message, list(error.path))
sys.exit(1 if errors else 0)
