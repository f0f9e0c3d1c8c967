#!/usr/bin/env python3
"""Compares SBOMs with other programs: check_sboms.py FILE...

SPDX with spdx-tools, CycloneDX with the strict schema in cyclonedx-python-lib, package URLs with packageurl-python.
Exit code 77: none of these is installed. Prints one line for each that is missing.
"""
import json
import sys

missing = []


def cyclonedx_faults(text):
    try:
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        from cyclonedx.exception import MissingOptionalDependencyException
    except ImportError:
        missing.append("cyclonedx-python-lib")
        return []
    try:
        fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    except MissingOptionalDependencyException:
        missing.append("cyclonedx-python-lib[json-validation]")
        return []
    return [fault] if fault else []


def spdx_faults(path):
    try:
        from spdx_tools.spdx.parser.parse_anything import parse_file
        from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    except ImportError:
        missing.append("spdx-tools")
        return []
    return [message.validation_message for message in validate_full_spdx_document(parse_file(path), "SPDX-2.3")]


def purls_in(value):
    if isinstance(value, dict):
        for member in value.values():
            yield from purls_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from purls_in(member)
    elif isinstance(value, str) and value.startswith("pkg:"):
        yield value


def purl_faults(document):
    try:
        from packageurl import PackageURL
    except ImportError:
        missing.append("packageurl-python")
        return []
    found = {purl: PackageURL.from_string(purl).to_string() for purl in purls_in(document)}
    return [f"{ours}: packageurl-python writes {theirs}" for ours, theirs in found.items() if ours != theirs]


def main():
    faults = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        document = json.loads(text)
        found = cyclonedx_faults(text) if "bomFormat" in document else spdx_faults(path)
        faults += [f"{path}: {fault}" for fault in found + purl_faults(document)]
    for fault in faults:
        print(fault)
    for name in sorted(set(missing)):
        print(f"NOT RUN: {name} is not installed")
    if faults:
        return 1
    return 77 if len(set(missing)) == 3 else 0


if __name__ == "__main__":
    sys.exit(main())
