#!/usr/bin/env python3
"""Compares installed wheels with those of pip, file by file:

    tests/peers/pip.py build/.../pip_install_wheels

pip and pip_install_wheels install the same wheels into a virtual environment at the same path. Every difference that is not in ALLOWED
is an error. With LAPSTRAKE_LONG_TESTS=1 all of POPULAR is compared, and wheels of other platforms are unpacked. LAPSTRAKE_WHEELS names a
folder that keeps the downloads. Exit code 77: pip or its index is not available.
"""
import base64
import csv
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

FEW = "six idna click markupsafe gunicorn itsdangerous greenlet".split()
POPULAR = """numpy pandas cryptography pydantic pydantic-core lxml psycopg2-binary pillow grpcio uvicorn celery boto3 botocore flask gunicorn
sqlalchemy requests urllib3 certifi idna charset-normalizer jinja2 markupsafe werkzeug click itsdangerous pyyaml redis httpx anyio websockets
pymysql attrs python-dateutil pytz six setuptools wheel protobuf msgpack orjson greenlet awscli ruff""".split()
BINARY = "numpy pandas cryptography pydantic-core lxml psycopg2-binary pillow grpcio markupsafe pyyaml orjson msgpack greenlet".split()
PLATFORMS = ["musllinux_1_2_x86_64", "manylinux_2_28_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64", "musllinux_1_2_aarch64"]

# Differences between the trees: a pattern for the path, the kind of difference, and the reason.
SITE = r"lib/python3\.\d+/site-packages/"
INFO = SITE + r"[^/]+\.dist-info/"
ALLOWED = [
    (r"bin/([Aa]ctivate.*)", "only pip", "venv's scripts for shells are not needed in an image"),
    (INFO + "REQUESTED", "only pip", "lapstrake does not record who asked for a package"),
    (INFO + "INSTALLER", "content", "the installer's name"),
    (r"pyvenv\.cfg", "content", "venv also records the command that made it"),
]


def not_run(reason):
    print("NOT RUN: " + reason)
    sys.exit(77)


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def download(names, folder, *options):
    result = run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "--retries", "1", "--timeout", "15",
                 "--dest", folder, *options, *names)
    return result.returncode == 0


def tree_of(root):
    """Path -> (executable, content, target of a link)."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in files + [name for name in folders if os.path.islink(os.path.join(folder, name))]:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, root)
            if os.path.islink(path):
                found[relative] = (None, None, os.readlink(path))
            else:
                with open(path, "rb") as file:
                    found[relative] = (bool(os.stat(path).st_mode & stat.S_IXUSR), file.read(), None)
    return found


def command_of(script):
    """Shebang, module, imported name and call of a script of an entry point; None for another script."""
    match = re.fullmatch(rb"#!(\S+)\n# -\*- coding: utf-8 -\*-\n(?:import \w+\n)+from (\S+) import (\S+)\n"
                         rb"if __name__ == ['\"]__main__['\"]:\n(?:    sys\.argv\[0\] = .*\n)?    sys\.exit\((\S+)\(\)\)\n", script)
    return match and match.groups()


def rows_of(record):
    return {row[0]: row[1:] for row in csv.reader(record.decode().splitlines())}


def record_faults(path, ours, pips, tree):
    """Rows of two RECORDs must be equal, but for the files that differ."""
    folder = path.rsplit("/", 2)[0]
    for name in sorted(set(ours) | set(pips)):
        file = os.path.normpath(os.path.join(folder, name))
        if name not in ours:
            if not name.endswith("/REQUESTED"):
                yield "%s: only pip has the row %s" % (path, name)
        elif name not in pips:
            yield "%s: only lapstrake has the row %s" % (path, name)
        elif name.endswith("/INSTALLER") or command_of(tree[file][1] or b""):
            checksum = base64.urlsafe_b64encode(hashlib.sha256(tree[file][1]).digest()).decode().rstrip("=")
            if ours[name] != ["sha256=" + checksum, str(len(tree[file][1]))]:
                yield "%s: the row %s differs from the file" % (path, name)
        elif ours[name] != pips[name]:
            yield "%s: the row %s is %s, pip has %s" % (path, name, ours[name], pips[name])


def faults_of(path, ours, pips, tree):
    """What is different at one path, as pairs of a kind and a text."""
    if ours is None or pips is None:
        yield "only pip" if ours is None else "only lapstrake", "no such file"
    elif ours[2] != pips[2]:
        yield "link", "the link leads to %s, pip's to %s" % (ours[2], pips[2])
    elif ours[0] != pips[0]:
        yield "mode", "executable: %s, with pip: %s" % (ours[0], pips[0])
    elif re.fullmatch(INFO + "RECORD", path):
        for fault in record_faults(path, rows_of(ours[1]), rows_of(pips[1]), tree):
            yield "record", fault
    elif ours[1] != pips[1] and (command_of(ours[1]) is None or command_of(ours[1]) != command_of(pips[1])):
        yield "content", "the content differs"


def compare(ours, pips):
    allowed, faults = {}, []
    for path in sorted(set(ours) | set(pips)):
        for kind, text in faults_of(path, ours.get(path), pips.get(path), ours):
            reasons = [reason for pattern, of_kind, reason in ALLOWED if of_kind == kind and re.fullmatch(pattern, path)]
            if reasons:
                allowed[reasons[0]] = allowed.get(reasons[0], 0) + 1
            else:
                faults.append("%s: %s: %s" % (path, kind, text))
    for reason, count in sorted(allowed.items()):
        print("allowed, %d times: %s" % (count, reason))
    return faults


def install_both(driver, wheels, scratch):
    """The two trees, made at the same path."""
    venv, python = os.path.join(scratch, "venv"), os.path.join(sys.base_prefix, "bin", "python%d.%d" % sys.version_info[:2])
    made = run(python, "-m", "venv", "--without-pip", venv)
    if made.returncode != 0:
        not_run("python3 -m venv does not work")
    folder = os.path.dirname(wheels[0])
    names = ["==".join(os.path.basename(wheel).split("-")[:2]) for wheel in wheels]
    result = run(sys.executable, "-m", "pip", "--python", os.path.join(venv, "bin", "python3"), "install", "-q", "--no-compile", "--no-deps",
                 "--no-index", "--find-links", folder, *names)
    if result.returncode != 0:
        sys.exit("pip cannot install the wheels:\n" + result.stdout)
    pips = tree_of(venv)
    shutil.rmtree(venv)
    version = "%d.%d.%d" % sys.version_info[:3]
    result = run(driver, venv, python, version, *wheels)
    if result.returncode != 0:
        sys.exit("lapstrake cannot install the wheels:\n" + result.stdout)
    return tree_of(venv), pips


def check_self():
    """The comparison finds a difference of each kind."""
    file = (False, b"x", None)
    for kind, ours, pips in [("only pip", None, file), ("only lapstrake", file, None), ("mode", (True, b"x", None), file),
                             ("content", (False, b"y", None), file), ("link", (None, None, "a"), (None, None, "b"))]:
        assert [found for found, _ in faults_of("a", ours, pips, {})] == [kind], kind
    assert list(record_faults("s/x.dist-info/RECORD", {"a": ["1", "2"]}, {"a": ["1", "3"], "b": []}, {"s/a": file}))


def main():
    driver = os.path.abspath(sys.argv[1])
    is_long = os.environ.get("LAPSTRAKE_LONG_TESTS") == "1"
    check_self()
    os.umask(0o022)
    if run(sys.executable, "-m", "pip", "--version").returncode != 0:
        not_run("pip is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        kept = os.environ.get("LAPSTRAKE_WHEELS", scratch)
        folder = os.path.join(kept, "all" if is_long else "few")
        if not download(POPULAR if is_long else FEW, folder):
            not_run("pip's index cannot be reached, or lacks a package")
        wheels = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".whl"))
        ours, pips = install_both(driver, wheels, scratch)
        faults = compare(ours, pips)
        print("%d wheels, %d files compared with pip, %d differences" % (len(wheels), len(pips), len(faults)))
        for platform in PLATFORMS if is_long else []:
            folder = os.path.join(kept, platform.split()[0])
            options = ["--python-version", "3.12", "--implementation", "cp"] + ["--platform=" + tag for tag in platform.split()]
            missing = [name for name in BINARY if not download([name], folder, *options)]
            wheels = sorted(os.path.join(folder, name) for name in os.listdir(folder))
            results = [run(driver, "-", "-", "-", wheel) for wheel in wheels]
            faults += [result.stdout for result in results if result.returncode != 0]
            print("%s: %d wheels unpacked; without a wheel: %s" % (platform.split()[0], len(wheels), ", ".join(missing) or "none"))
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


main()
