#!/usr/bin/env python3
"""Compares the roots that lapstrake makes of Debian packages with roots that dpkg has configured, file by file.

    oracle.py DEB_ROOT [--keep FOLDER] [--show]

mmdebstrap installs packages, and deb_root merges the same .deb files. The type, mode, owner, target of a link and content of each path
must be equal, except for the lines of testdata/deb/oracle-allowed.txt; a line that allows nothing is an error too. Owners are compared
by name, accounts without the numbers that packages get on demand, and the lines of lists without their order. With
LAPSTRAKE_LONG_TESTS=1 the packages are those of LONG. --keep uses the .deb files and roots of an earlier run in FOLDER. --show prints
all differences. As root, programs of lapstrake's root are started too (programs.py). Exit code 77: mmdebstrap or an archive is missing.
"""
import fnmatch
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import programs

HERE = os.path.dirname(os.path.abspath(__file__))
ALLOWED = os.path.join(HERE, "../../../testdata/deb/oracle-allowed.txt")
SHORT = "nginx ca-certificates php8.2-fpm"
LONG = """nginx apache2 php8.2-fpm php8.2-mysql php8.2-zip php8.2-gd php8.2-mbstring php8.2-xml php8.2-curl python3 python3-flask nodejs
openjdk-17-jre-headless postgresql-client redis-server ruby git curl tzdata locales openssl ca-certificates libpq5 imagemagick ffmpeg
unzip libzip-dev"""
TYPES = {tarfile.REGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link", tarfile.CHRTYPE: "device", tarfile.BLKTYPE: "device"}
ACCOUNT_FILES = {"etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"}


def not_run(why):
    print("NOT RUN:", why)
    sys.exit(77)


def make_oracle(packages, pool, tar):
    if not shutil.which("mmdebstrap") or not shutil.which("apt-get"):
        not_run("mmdebstrap or apt is not installed")
    cache = '"$1"/var/cache/apt/archives/'
    done = subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", "--include=" + " ".join(packages.split()), "--skip=download/empty", "--skip=essential/unlink",
         "--setup-hook=mkdir -p " + cache, "--setup-hook=sync-in %s /var/cache/apt/archives/" % pool,
         "--customize-hook=sync-out /var/cache/apt/archives %s" % pool, "bookworm", tar],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        not_run("mmdebstrap fails here: " + " ".join(done.stdout.split("\n")[-4:]))


def debs_of(tar, pool):
    """The .deb files of the packages that are installed in the root."""
    out = []
    with tarfile.open(tar) as file:
        status = file.extractfile("./var/lib/dpkg/status").read().decode()
    for stanza in filter(str.strip, status.split("\n\n")):
        field = dict(re.findall(r"^(Package|Version|Architecture): (.*)$", stanza, re.M))
        path = "%s/%s_%s_%s.deb" % (pool, field["Package"], field["Version"].replace(":", "%3a"), field["Architecture"])
        if not os.path.exists(path):
            sys.exit("the .deb of the installed package %s is missing: %s" % (field["Package"], path))
        out.append(path)
    return out


def records(text):
    return [line.split(":") for line in text.decode().split("\n") if line]


def in_order(path, text):
    """The same bytes for files that differ in their order only."""
    if path in ("etc/shells", "var/lib/dpkg/triggers/File") or re.fullmatch(r"var/lib/dpkg/info/.*\.list", path):
        return b"\n".join(sorted(text.split(b"\n")))
    if path == "var/lib/dpkg/status":
        return b"\n\n".join(b"\n".join(sorted(re.split(rb"\n(?! )", stanza))) for stanza in text.strip(b"\n").split(b"\n\n"))
    return text


class Root:
    def __init__(self, tar):
        self.entries = {}
        with tarfile.open(tar, encoding="utf-8", errors="surrogateescape") as file:
            members = {member.name.removeprefix("./").rstrip("/"): member for member in file}
            self.texts = {path: file.extractfile(members[path]).read() for path in ACCOUNT_FILES & set(members)}
            self.users = {int(line[2]): line[0] for line in records(self.texts.get("etc/passwd", b""))}
            self.groups = {int(line[2]): line[0] for line in records(self.texts.get("etc/group", b""))}
            for path, member in members.items():
                if path not in ("", "."):
                    self.entries[path] = self.entry(file, members, path, member)
        for path in list(self.entries):
            while (path := os.path.dirname(path)) and path not in self.entries:
                self.entries[path] = {"type": "folder", "mode": "0755", "owner": "root:root", "target": "", "content": ""}

    def entry(self, file, members, path, member):
        while member.type == tarfile.LNKTYPE:
            member = members[member.linkname.removeprefix("./")]
        kind = TYPES[member.type]
        owner = "%s:%s" % (self.users.get(member.uid, member.uid), self.groups.get(member.gid, member.gid))
        out = {"type": kind, "mode": "" if kind == "link" else "%04o" % (member.mode & 0o7777), "owner": owner, "target": "", "content": ""}
        if kind == "link":
            out["target"] = member.linkname
        if kind == "file":
            text = self.accounts(path) if path in ACCOUNT_FILES else in_order(path, file.extractfile(member).read())
            out["content"] = hashlib.sha256(text).hexdigest()
        return out

    def accounts(self, path):
        """With names for the numbers of groups, in the order of names, without numbers on demand and days of changes."""
        lines = []
        for line in records(self.texts[path]):
            if path == "etc/passwd":
                line[3] = self.groups.get(int(line[3]), line[3])
            if path in ("etc/passwd", "etc/group") and 100 <= int(line[2]) < 1000:
                line[2] = "on demand"
            if path == "etc/shadow":
                line[2] = ""
            lines.append(":".join(line))
        return "\n".join(sorted(lines)).encode()


class Allowed:
    """Lines of "KIND PATTERN REASON": the kinds are `dpkg` (only dpkg has the path), `ours` (only lapstrake), or what differs."""

    def __init__(self, long):
        self.rules, self.used = [], set()
        only_long = False
        for number, line in enumerate(open(ALLOWED, encoding="utf-8"), 1):
            if line.startswith("# long"):
                only_long = True
            if line.strip() and not line.startswith("#"):
                kind, pattern, reason = line.rstrip("\n").split(None, 2)
                self.rules.append((kind, pattern, number, long or not only_long, reason))

    def takes(self, kind, path):
        for rule_kind, pattern, number, _, _ in self.rules:
            if rule_kind == kind and fnmatch.fnmatchcase(path, pattern):
                self.used.add(number)
                return True
        return False

    def unused(self):
        return ["%s:%d: nothing differs in this way: %s %s" % (os.path.relpath(ALLOWED), number, kind, pattern)
                for kind, pattern, number, is_needed, _ in self.rules if is_needed and number not in self.used]


def differences(ours, theirs):
    for path in sorted(set(ours.entries) | set(theirs.entries)):
        mine, other = ours.entries.get(path), theirs.entries.get(path)
        if mine is None or other is None:
            yield ("dpkg" if mine is None else "ours"), path, (other or mine)["type"]
            continue
        for kind in ("type", "mode", "owner", "target", "content") if mine["type"] == other["type"] else ("type",):
            if mine[kind] != other[kind]:
                yield kind, path, "%s, dpkg has %s" % (mine[kind][:80] or "-", other[kind][:80] or "-")


def compare(deb_root, packages, folder, long, show):
    name = "long" if long else "short"
    pool, store, tar, own = (os.path.join(folder, part) for part in ("pool", "store", name + ".tar", name + ".own.tar"))
    for path in (pool, store):
        os.makedirs(path, exist_ok=True)
    if not os.path.exists(tar):
        make_oracle(packages, pool, tar)
    done = subprocess.run([deb_root, own, *debs_of(tar, pool)], capture_output=True, text=True, env=dict(os.environ, STORE=store))
    print(done.stderr, end="")
    if done.returncode:
        sys.exit("deb_root fails")
    ours, theirs, allowed = Root(own), Root(tar), Allowed(long)
    new = count = 0
    for kind, path, text in differences(ours, theirs):
        count += 1
        is_allowed = allowed.takes(kind, path)
        new += not is_allowed
        if show or not is_allowed:
            print("%s %s: %s%s" % (kind, path, text, " (allowed)" if is_allowed else ""))
    unused = allowed.unused()
    print("\n".join(unused))
    print("%d paths, %d differences, %d of them new, %d unused lines" % (len(theirs.entries), count, new, len(unused)))
    failed = programs.check(own)
    return new or unused or failed > 0


def main():
    deb_root, options = os.path.abspath(sys.argv[1]), sys.argv[2:]
    long = os.environ.get("LAPSTRAKE_LONG_TESTS") == "1"
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.abspath(options[options.index("--keep") + 1]) if "--keep" in options else temporary
        sys.exit(1 if compare(deb_root, LONG if long else SHORT, folder, long, "--show" in options) else 0)


if __name__ == "__main__":
    main()
