"""Counts the instructions of small fixed builds under callgrind and compares them with those that were kept: a regression shows
on a machine of any speed and load. Seconds do not count here, and neither does what the kernel does."""
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time

import synthetic

KEPT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "instructions.json")
MARGIN, OTHER_MARGIN = 0.05, 0.15
NOT_RUN = 77


def versions(program):
    """What the counts depend on besides our own code."""
    told = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.splitlines()
    with open(program, "rb") as file:
        compilers = re.findall(rb"GCC: \([^)]*\) [0-9.]+|clang version [0-9.]+", file.read())
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    with open("/proc/cpuinfo") as cpu:  # valgrind has AVX2 where the CPU has, and libraries choose their loops by it
        vectors = "AVX2" if " avx2 " in cpu.read() else "no AVX2"
    return {"machine": platform.machine(), "vectors": vectors, "compiler": (sorted(set(compilers)) or [b"unknown"])[-1].decode(), "libc": " ".join(platform.libc_ver()),
            "valgrind": valgrind, "libraries": " ".join(told[1:])}


def self_costs(profile):
    """Instructions by the object file (program or library) that they lie in, from callgrind's output."""
    names, costs, current, inclusive = {}, {}, None, False
    with open(profile) as lines:
        for line in lines:
            if line.startswith(("ob=", "cob=")):  # a name stands where its number does for the first time
                number, _, name = line.partition("=")[2].strip().partition(" ")
                names.setdefault(number, name)
                if line.startswith("ob="):
                    current = names[number]
            elif line.startswith("calls="):
                inclusive = True  # the next line is what was called, counted where it lies
            elif line[:1] in "0123456789+-*" and current is not None:
                if not inclusive:
                    costs[current] = costs.get(current, 0) + int(line.split()[1])
                inclusive = False
    return costs


def count(program, folder, arguments):
    """Instructions in user space, all threads: all, and those outside libcrypto."""
    # A small environment, the same everywhere: it lies on the stack, and some loops look at addresses.
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    profile = folder + "/profile"
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + profile, program, "-j", "1", "--progress", "none",
                           *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("%s under callgrind exits %d:\n%s" % (" ".join(arguments), done.returncode, done.stderr[-3000:]))
    costs = self_costs(profile)
    return {"all": sum(costs.values()), "unhashed": sum(cost for name, cost in costs.items() if "libcrypto" not in name)}


def corpora(folder):
    """A tree of usual files, and one of many small ones, in which the cost of a file is not hidden by that of its bytes."""
    synthetic.make(folder + "/usual", 200, 4_000_000, "text", seed=1)
    synthetic.make(folder + "/usual/lib", 100, 2_000_000, "code", seed=2)
    synthetic.make(folder + "/small", 2000, 200_000, "text", seed=3)
    for at, inner, files in os.walk(folder):
        for name in inner + files:
            os.utime(os.path.join(at, name), (1_700_000_000, 1_700_000_000))
    for tree, codec in (("usual", "gzip"), ("usual", "zstd"), ("usual", "none"), ("small", "gzip")):
        with open("%s/%s-%s.yaml" % (folder, tree, codec), "w") as file:
            file.write("images: { bench: { compression: %s, layers: [ { name: all, copy: [ { from: %s/, to: / } ] } ] } }\n" % (codec, tree))


def measure(program):
    folder = tempfile.mkdtemp(prefix="lapstrake-bench-")

    def build(spec):
        return ["--store", spec, "-f", spec + ".yaml", "build"]
    try:
        corpora(folder)
        counts = {}
        for tree, codec in (("usual", "gzip"), ("usual", "zstd"), ("usual", "none"), ("small", "gzip")):
            counts["%s files, %s, cold" % (tree, codec)] = count(program, folder, build("%s-%s" % (tree, codec)))
        for tree, path in (("usual", "/d17/e00/f00017.js"), ("small", "/d17/e00/f00017.js")):
            warm = build(tree + "-gzip")
            # Files as young as the build that read them are read again by the next, to be sure of them; now they are older.
            time.sleep(0.1)
            subprocess.run([program, "--progress", "none", *warm], cwd=folder, capture_output=True, check=True)
            counts["%s files, gzip, nothing changed" % tree] = count(program, folder, warm)
            with open(folder + "/" + tree + path, "a") as file:
                file.write("// changed\n")
            counts["%s files, gzip, one file changed" % tree] = count(program, folder, warm)
        counts["version"] = count(program, folder, ["version"])
        return counts
    finally:
        shutil.rmtree(folder)


def compare(kept, counts, margin):
    """(row, count, change as a fraction or None, verdict) of every row and kind; `new` is one that is not kept."""
    for row, kinds in counts.items():
        for kind, number in kinds.items():
            before = kept.get(row, {}).get(kind)
            if before is None:
                yield row, kind, number, None, "new"
                continue
            change = number / before - 1
            yield row, kind, number, change, "MORE" if change > margin else "less" if change < -margin else "ok"


def verdict_of(kept, here, counts):
    """Prints the comparison; the exit code."""
    others = [name for name in here if here[name] != kept["versions"].get(name)]
    margin = OTHER_MARGIN if others else MARGIN
    found = set()
    for row, kind, number, change, verdict in compare(kept["counts"], counts, margin):
        found.add(verdict)
        print("%-36s %-9s %9.2f million  %8s  %s" % (row, kind, number / 1e6, "" if change is None else "%+.1f %%" % (change * 100), verdict))
    for name in others if kept["versions"] else ():
        print("other %s than these counts are kept of: %s here, %s there; the margin is %.0f %%" %
              (name, here[name], kept["versions"].get(name), margin * 100))
    if "less" in found:
        print("fewer instructions than are kept: `bench/bench --check --accept` keeps the gain")
    if not found & {"MORE", "new"}:
        return 0
    print("more than %.0f %% above what is kept, or not kept at all: `callgrind_annotate` shows where; if it has to be,\n"
          "`bench/bench --check --accept` keeps these counts (bench/README.md)" % (margin * 100))
    return 1


def check(program, accept):
    if shutil.which("valgrind") is None:
        print("NOT RUN: valgrind is not installed")
        return NOT_RUN
    here, kept = versions(program), {"versions": {}, "counts": {}}
    if os.path.exists(KEPT):
        with open(KEPT) as file:
            kept = json.load(file)
    if not accept and kept["versions"].get("machine", here["machine"]) != here["machine"]:
        print("NOT RUN: the counts that are kept are of %s" % kept["versions"]["machine"])
        return NOT_RUN
    counts = measure(program)
    code = verdict_of(kept, here, counts)
    if accept:
        with open(KEPT, "w") as file:
            json.dump({"versions": here, "counts": counts}, file, indent=2)
            file.write("\n")
        print("kept in bench/instructions.json")
        return 0
    return code
