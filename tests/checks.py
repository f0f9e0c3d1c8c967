#!/usr/bin/env python3
"""Checks that docs/reference/checks.md lists the existing tests: a Catch2 case has the id at the end of its name, a script in its first
comment, the fuzz targets in the first comment of their list.

    tests/checks.py [--write]     --write updates the column of tests
"""
import glob, os, re, sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
PAGE = "docs/reference/checks.md"
IDS = re.compile(r"\bS\d\d\b")
tests = {}
for path in sorted(glob.glob("tests/**/*_test.cpp", recursive=True)):
    with open(path) as file:
        for name in re.findall(r'TEST_CASE\(\s*"([^"]*)"', file.read()):
            plain, _, ids = name.rpartition(" (")
            for check in IDS.findall(ids):
                tests.setdefault(check, []).append("`%s`: %s" % (os.path.dirname(path)[len("tests/"):], plain))
for path in sorted(glob.glob("tests/e2e/*.sh") + glob.glob("scripts/*.sh")):
    with open(path) as file:
        head = re.match(r"(#.*\n)*", file.read()).group()
    for check in IDS.findall(head):
        tests.setdefault(check, []).append("`e2e.%s`" % os.path.basename(path)[:-3] if path.startswith("tests") else "`%s`" % path)
with open("tests/fuzz/CMakeLists.txt") as file:
    listing = file.read()
for check in IDS.findall(re.match(r"(#.*\n)*", listing).group()):
    tests.setdefault(check, []).extend("`fuzz.%s`" % name for name in re.findall(r"^lapstrake_fuzz\((\w+) ", listing, re.M))

with open(PAGE) as file:
    before = file.read()
listed = re.findall(r"^\| (S\d\d) \|", before, re.M)
faults = ["%s has a test, but is not listed" % check for check in sorted(set(tests) - set(listed))]
faults += ["%s is listed, but has no test" % check for check in listed if check not in tests]
after = re.sub(r"^\| (S\d\d) \| (.*?) \|.*$", lambda row: "| %s | %s | %s |" % (*row.groups(), "; ".join(tests.get(row[1], []))), before, flags=re.M)
if after != before and "--write" in sys.argv:
    with open(PAGE, "w") as file:
        file.write(after)
elif after != before:
    faults.append("the list of tests is out of date: run tests/checks.py --write")
for fault in faults:
    print("%s: %s" % (PAGE, fault))
sys.exit(1 if faults else 0)
