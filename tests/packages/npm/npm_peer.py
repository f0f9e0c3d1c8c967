#!/usr/bin/env python3
"""Compares the node_modules that lapstrake makes of lock files with those of `npm ci --ignore-scripts`: names, types, modes, links, bytes.

    npm_peer.py DRIVER [PROJECT...]     three small projects; all of them with LAPSTRAKE_LONG_TESTS=1

npm writes the lock files, for the registry that it is configured for. Exit code 77: npm or the registry is not available.
"""
import base64
import concurrent.futures
import gzip
import hashlib
import io
import json
import os
import platform
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import urllib.error
import urllib.request

CPU = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def not_run(reason):
    print("NOT RUN:", reason)
    sys.exit(77)


def npm(*words, cwd=None):
    line = ["npm", *words, "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True)


def written(folder, files):
    for name, value in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(value if isinstance(value, bytes) else json.dumps(value, indent=1).encode())


def odd_tarball():
    """A package as no release of `npm pack` writes it: modes, links, a file twice, CR LF, a bundled package, another first folder."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        def add(name, text="", mode=0o644, **more):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(text), mode
            for key, value in more.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(text.encode()))
        bin = {"odd": "./bin/cli.js", "odd-lf": "bin/lf.js", "../up": "bin/lf.js", "none": "bin/none.js", "folder": "bin"}
        add("top/", mode=0o700, type=tarfile.DIRTYPE)
        add("top/package.json", "{}")
        add("top/package.json", json.dumps({"name": "odd", "version": "1.0.0", "bin": bin, "bundleDependencies": ["inner"],
                                            "dependencies": {"inner": "1.0.0"}}))
        add("top/bin/cli.js", "#!/usr/bin/env node\r\nconsole.log(1)\r\n", 0o600)
        add("top/bin/lf.js", "#!/usr/bin/env node\nconsole.log(1)\r\n", 0)
        add("top/all", "x", 0o777)
        add("top/owner-only", "x", 0o700)
        add("top/group", "x", 0o464)
        add("top/Case", "1")
        add("top/case", "2")
        add("top/empty/", mode=0o777, type=tarfile.DIRTYPE)
        add("top/symlink", type=tarfile.SYMTYPE, linkname="all")
        add("top/hardlink", type=tarfile.LNKTYPE, linkname="top/all")
        add("top/.gitignore", "git")
        add("top/a/.npmignore", "npm")
        add("top/a/.gitignore", "git")
        add("another/top.txt", "from another folder")
        add("top/node_modules/inner/package.json", json.dumps({"name": "inner", "version": "1.0.0", "bin": {"inner": "i.js"}}))
        add("top/node_modules/inner/i.js", "#!/usr/bin/env node\r\n")
        add("top/%s/deep.txt" % ("n" * 120), "x")
    return gzip.compress(out.getvalue(), mtime=0)


def with_sha1(lock, registry):
    """As locks of old npm releases have it."""
    for place, package in lock["packages"].items():
        if "integrity" in package:
            name = place.split("node_modules/")[-1]
            data = fetched("%s/%s/-/%s-%s.tgz" % (registry.rstrip("/"), name, name.split("/")[-1], package["version"]))
            package["integrity"] = "sha1-" + base64.b64encode(hashlib.sha1(data).digest()).decode()


def without_integrity(lock, registry):
    for package in lock["packages"].values():
        package.pop("integrity", None)


def app(**dependencies):
    return {"package.json": {"name": "app", "version": "1.0.0", "dependencies": {k.replace("__", "/"): v for k, v in dependencies.items()}}}


def project(files, omit="dev", change=None, install=()):
    return {"files": files, "omit": omit, "change": change, "install": install}


WORKSPACES = {
    "package.json": {"name": "root", "version": "1.0.0", "workspaces": ["packages/*"], "dependencies": {"ms": "2.0.0"}},
    "packages/web/package.json": {"name": "@root/web", "version": "1.0.0", "bin": {"web": "web.js"},
                                  "dependencies": {"ms": "2.1.3", "api": "1.0.0"}, "devDependencies": {"isarray": "2.0.5"}},
    "packages/web/web.js": b"#!/usr/bin/env node\n",
    "packages/api/package.json": {"name": "api", "version": "1.0.0", "bin": "api.js", "dependencies": {"mkdirp": "3.0.1"}},
    "packages/api/api.js": b"#!/usr/bin/env node\n",
}
PEERS = {"package.json": {"name": "app", "version": "1.0.0", "dependencies": {"react-dom": "18.3.1"},
                          "devDependencies": {"use-sync-external-store": "1.2.2", "loose-envify": "1.4.0"}}}

SMALL = ["bins", "odd", "workspaces"]
PROJECTS = {
    "bins": project(app(semver="7.6.3", mkdirp="3.0.1", rimraf="2.7.1")),
    "odd": project({**app(odd="file:odd-1.0.0.tgz"), "odd-1.0.0.tgz": odd_tarball()}),
    "workspaces": project(WORKSPACES),
    "scoped": project(app(**{"@babel__code-frame": "7.24.7", "@types__node": "20.14.10"})),
    "nested": project(app(debug="2.6.9", send="0.19.0", ms="1.0.0")),
    "alias": project(app(ms2="npm:ms@2.1.3", ms="2.0.0", **{"@my__semver": "npm:semver@5.7.2"})),
    "optional": project(app(esbuild="0.23.0", rollup="4.18.1")),
    "optional-set": project(app(sharp="0.33.4")),
    "omit-optional": project(app(esbuild="0.23.0", chokidar="3.6.0"), omit="dev,optional"),
    "peer": project(PEERS),
    "peer-with-dev": project(PEERS, omit=""),
    "sha1": project(app(express="4.19.2"), change=with_sha1),
    "no-integrity": project(app(glob="10.4.5"), change=without_integrity),
    "bundled": project(app(npm="10.8.2")),
    "version-2": project(app(eslint="8.57.0"), install=["--lockfile-version=2"]),
    "many": project(app(next="14.2.5", react="18.3.1", **{"@nestjs__core": "10.3.10", "core-js": "3.37.1"})),
    "omit-peer": project(PEERS, omit="dev,peer"),
}


def fetched(url):
    for attempt in range(3):
        try:
            with urllib.request.urlopen(url, timeout=60) as reply:
                return reply.read()
        except urllib.error.URLError as error:
            if attempt == 2:
                raise SystemExit("cannot fetch a tarball: %s" % error)


def driver(*words):
    result = subprocess.run([DRIVER, *words], capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(result.stderr)
    return result.stdout


def tarballs(rows, folder, cache, registry):
    """Writes the list that the driver reads."""
    def one(row):
        place, kind, location = row
        if kind == "file":
            return place, os.path.join(folder, location)
        url = registry.rstrip("/") + "/" + location if kind == "registry" else location
        path = os.path.join(cache, hashlib.sha256(url.encode()).hexdigest())
        if not os.path.exists(path):
            data = fetched(url)
            with open("%s.%d" % (path, threading.get_ident()), "wb") as out:
                out.write(data)
            os.rename(out.name, path)
        return place, path
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        files = list(pool.map(one, rows))
    return "".join("%s\t%s\n" % pair for pair in files)


def listing(folder):
    """Every node_modules below, without npm's own lock file and without the sources of workspaces."""
    out = {}
    for base, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(base, name)
            shown = os.path.relpath(path, folder)
            if "node_modules" not in shown.split("/") or shown == "node_modules/.package-lock.json":
                continue
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                out[shown] = "link to " + os.readlink(path)
            elif stat.S_ISDIR(status.st_mode):
                out[shown] = "folder %o" % stat.S_IMODE(status.st_mode)
            else:
                with open(path, "rb") as data:
                    out[shown] = "file %o %s" % (stat.S_IMODE(status.st_mode), hashlib.sha256(data.read()).hexdigest())
    return out


def compare(name, scratch, registry):
    case = PROJECTS[name]
    theirs, ours = os.path.join(scratch, name, "npm"), os.path.join(scratch, name, "lapstrake")
    os.makedirs(theirs)
    written(theirs, case["files"])
    result = npm("install", "--package-lock-only", "--ignore-scripts", *case["install"], cwd=theirs)
    if result.returncode != 0:
        raise SystemExit("npm install: " + result.stderr)
    lock = os.path.join(theirs, "package-lock.json")
    if case["change"]:
        with open(lock) as text:
            changed = json.load(text)
        case["change"](changed, registry)
        written(theirs, {"package-lock.json": changed})
    shutil.copytree(theirs, ours)
    libc = "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
    choice = [lock, CPU, libc, case["omit"]]
    rows = [line.split("\t") for line in driver("list", *choice).splitlines()]
    list_file = os.path.join(scratch, name, "files")
    with open(list_file, "w") as out:
        out.write(tarballs(rows, theirs, os.path.join(scratch, "cache"), registry))
    driver("install", *choice, list_file, ours)
    result = npm("ci", "--ignore-scripts", *["--omit=" + word for word in case["omit"].split(",") if word], *([] if case["omit"] else ["--include=dev"]), cwd=theirs)
    if result.returncode != 0:
        raise SystemExit("npm ci: " + result.stderr)
    expected, found = listing(theirs), listing(ours)
    wrong = [p for p in sorted(expected.keys() | found.keys()) if expected.get(p) != found.get(p)]
    for path in wrong[:20]:
        print("  %s\n    npm:       %s\n    lapstrake: %s" % (path, expected.get(path), found.get(path)))
    print("%s %-14s %4d packages, %5d files, %d differ" % ("FAIL" if wrong else "ok  ", name, len(rows), len(expected), len(wrong)), flush=True)
    shutil.rmtree(os.path.join(scratch, name))
    return not wrong and len(expected) > 2


def main():
    if shutil.which("npm") is None:
        not_run("npm is not installed")
    registry = npm("config", "get", "registry").stdout.strip()
    try:
        urllib.request.urlopen(registry.rstrip("/") + "/ms", timeout=20).close()
    except (urllib.error.URLError, ValueError, OSError):
        not_run("the npm registry is not reachable")
    os.umask(0o022)
    names = sys.argv[2:] or (list(PROJECTS) if os.environ.get("LAPSTRAKE_LONG_TESTS") == "1" else SMALL)
    with tempfile.TemporaryDirectory() as scratch:
        os.makedirs(os.path.join(scratch, "cache"))
        results = [compare(name, scratch, registry) for name in names]
    sys.exit(0 if all(results) else 1)


DRIVER = sys.argv[1]
main()
