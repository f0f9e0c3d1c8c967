#!/usr/bin/env python3
"""Measures layers of language packages, beside the clients of the ecosystems and `tar | gzip` by hand, in one run.

    bench/packages.py [--rounds N] [--only npm|pip] [--work FOLDER]

LAPSTRAKE names the program (default: build/release/bin/lapstrake). Needs npm, and uv for the Python rows (`pip install uv`),
their indexes, and GNU time. Every row starts with warm caches of tarballs and wheels. Prints a table in Markdown.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NPM = {"react": "18.3.1", "react-dom": "18.3.1", "next": "14.2.5", "typescript": "5.5.4", "webpack": "5.93.0", "webpack-cli": "5.1.4",
       "eslint": "8.57.0", "jest": "29.7.0", "@babel/core": "7.25.2", "@babel/preset-env": "7.25.3", "express": "4.19.2",
       "lodash": "4.17.21", "date-fns": "3.6.0", "rxjs": "7.8.1", "@mui/material": "5.16.6", "prettier": "3.3.3"}
PIP = ["flask==3.1.0", "gunicorn==23.0.0", "sqlalchemy==2.0.36", "numpy==2.2.1", "pandas==2.2.3", "blinker==1.9.0", "click==8.1.8",
       "greenlet==3.1.1", "itsdangerous==2.2.0", "jinja2==3.1.5", "markupsafe==3.0.2", "packaging==24.2", "python-dateutil==2.9.0.post0",
       "pytz==2024.2", "six==1.17.0", "typing-extensions==4.12.2", "tzdata==2024.2", "werkzeug==3.1.3"]
SPEC = """images:
  bench:
    repository: localhost/bench
    tags: [t]
    layers:
      - { name: packages, %s }
"""


def run(command, folder):
    subprocess.run(command, cwd=folder, check=True, shell=isinstance(command, str), executable="/bin/bash" if isinstance(command, str) else None,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def measured(command, folder):
    """Wall seconds, and peak memory in MiB of the largest process."""
    report = folder + "/time"
    begin = time.monotonic()
    run(["/usr/bin/time", "-f", "%M", "-o", report, "bash", "-c", command], folder)
    seconds = time.monotonic() - begin
    with open(report) as file:
        return seconds, int(file.read().split()[-1]) / 1024


class Bench:
    def __init__(self, title, folder, lapstrake, by_hand, before_by_hand, count):
        self.title, self.folder, self.lapstrake = title, folder, lapstrake
        self.by_hand, self.before_by_hand, self.count = by_hand, before_by_hand, count
        self.store = folder + "/store"

    def build(self):
        return "%s --store %s --progress none build" % (self.lapstrake, self.store)

    def forget(self, *names):
        for name in names:
            shutil.rmtree(self.store + "/cache/" + name, ignore_errors=True)

    def rows(self, rounds):
        """The rows in turn, so that a noisy machine disturbs all of them."""
        caches = [name for name in os.listdir(self.store + "/cache") if name != "unpacked"]
        rows = {"by hand": [], "lapstrake, archives": [], "lapstrake, unpacked": [], "lapstrake, nothing changed": []}
        for _ in range(rounds):
            run(self.before_by_hand, self.folder)
            rows["by hand"].append(measured(self.by_hand, self.folder))
            self.forget("unpacked", *caches)
            rows["lapstrake, archives"].append(measured(self.build(), self.folder))
            self.forget(*caches)
            rows["lapstrake, unpacked"].append(measured(self.build(), self.folder))
            rows["lapstrake, nothing changed"].append(measured(self.build(), self.folder))
        return rows

    def report(self, rounds):
        rows = self.rows(rounds)
        base = statistics.median(seconds for seconds, _ in rows["by hand"])
        print("\n%s: %s\n" % (self.title, self.count))
        print("| row | seconds | ratio | peak MiB |\n| --- | ---: | ---: | ---: |")
        for name, values in rows.items():
            seconds, memory = statistics.median(v[0] for v in values), max(v[1] for v in values)
            print("| %s | %.2f | %.2f | %.0f |" % (name, seconds, seconds / base, memory))


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def files_in(folder):
    return sum(len(files) for _, _, files in os.walk(folder))


def npm_bench(work, lapstrake):
    folder = work + "/npm"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    write(folder + "/package.json", json.dumps({"name": "bench", "version": "1.0.0", "private": True, "dependencies": NPM}))
    write(folder + "/lapstrake.yaml", SPEC % "npm: { lock: package-lock.json, into: /app/node_modules, libc: glibc }")
    # lapstrake has no registry built in, and a lock file need not name one.
    registry = subprocess.run(["npm", "config", "get", "registry"], check=True, capture_output=True, text=True).stdout.strip()
    os.environ.setdefault("NPM_CONFIG_REGISTRY", registry)
    run("npm install --package-lock-only --ignore-scripts --no-audit --no-fund", folder)
    install = "npm ci --ignore-scripts --prefer-offline --no-audit --no-fund"
    run(install, folder)  # fills npm's cache
    count = "%d files" % files_in(folder + "/node_modules")
    run([lapstrake, "--store", folder + "/store", "lock"], folder)
    run([lapstrake, "--store", folder + "/store", "build"], folder)
    return Bench("node_modules", folder, lapstrake, install + " && tar -cf - node_modules | gzip > layer.tar.gz", "rm -rf node_modules layer.tar.gz", count)


def pip_bench(work, lapstrake):
    folder = work + "/pip"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + "/root/usr/bin")
    os.makedirs(folder + "/root/usr/lib/python3.11/encodings")
    write(folder + "/requirements.txt", "\n".join(PIP) + "\n")
    for name in ("usr/bin/python3.11", "usr/lib/python3.11/encodings/__init__.py"):
        write(folder + "/root/" + name, "#")
    os.chmod(folder + "/root/usr/bin/python3.11", 0o755)
    # Of Python only its names count, for the build and for uv.
    spec = SPEC % 'pip: { lock: requirements.txt, python: "3.11", libc: glibc-2.36 }'
    write(folder + "/lapstrake.yaml", spec.replace("    layers:\n", "    layers:\n      - { name: python, copy: [ { from: root/, to: / } ] }\n"))
    install = "uv venv -q --python 3.11 venv && VIRTUAL_ENV=$PWD/venv uv pip install -q --offline --no-deps -r requirements.txt"
    run(install.replace("--offline ", ""), folder)  # fills uv's cache
    count = "%d files" % files_in(folder + "/venv")
    run([lapstrake, "--store", folder + "/store", "lock"], folder)
    run([lapstrake, "--store", folder + "/store", "build"], folder)
    return Bench("venv", folder, lapstrake, install + " && tar -cf - venv | gzip > layer.tar.gz", "rm -rf venv layer.tar.gz", count)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", choices=["npm", "pip"])
    options.add_argument("--work", default="build/bench-packages")
    given = options.parse_args()
    lapstrake = os.path.abspath(os.environ.get("LAPSTRAKE", os.path.join(HERE, "../build/release/bin/lapstrake")))
    work = os.path.abspath(given.work)
    for name, make in (("npm", npm_bench), ("pip", pip_bench)):
        if given.only in (None, name):
            if not shutil.which("npm" if name == "npm" else "uv"):
                print("NOT RUN: %s is not installed" % ("npm" if name == "npm" else "uv"))
                continue
            try:
                make(work, lapstrake).report(given.rounds)
            except subprocess.CalledProcessError as error:
                sys.exit("%s failed:\n%s" % (error.cmd, (error.stderr or b"").decode(errors="replace")[-2000:]))


if __name__ == "__main__":
    main()
