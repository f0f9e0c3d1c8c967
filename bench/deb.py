#!/usr/bin/env python3
"""Measures layers of Debian packages, beside mmdebstrap, in one run.

    bench/deb.py [--rounds N] [--work FOLDER]

LAPSTRAKE names the program (default: build/release/bin/lapstrake). Needs root, mmdebstrap, GNU time and the sources of apt on this
machine. mmdebstrap --variant=extract downloads the indexes and the packages and unpacks them without running their scripts; the row of lapstrake
that does the same begins with an empty store. Prints a table in Markdown.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NGINX = ["nginx"]
LARGE = ("nginx apache2 php8.2-fpm php8.2-mysql php8.2-zip php8.2-gd php8.2-mbstring php8.2-xml php8.2-curl python3 python3-flask nodejs "
         "openjdk-17-jre-headless postgresql-client redis-server ruby git curl tzdata openssl ca-certificates libpq5 imagemagick ffmpeg unzip "
         "libzip-dev libpng-dev libonig-dev libxml2-dev").split()
SPEC = """images:
  bench:
    layers:
      - { name: os, deb: { install: [%s], base: %s, accept: [%s] } }
"""


def measured(command, folder):
    """Wall seconds, CPU seconds, peak memory in MiB."""
    report = os.path.join(folder, "time")
    begin = time.monotonic()
    done = subprocess.run(["/usr/bin/time", "-f", "%U %S %M", "-o", report, *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.monotonic() - begin
    if done.returncode:
        sys.exit("failed: %s\n%s" % (" ".join(command), done.stderr.decode()[-4000:]))
    with open(report) as file:
        user, system, memory = file.read().split()[-3:]
    return seconds, float(user) + float(system), int(memory) / 1024


class Project:
    def __init__(self, program, folder, packages, base="minimal", accept=()):
        self.program, self.folder = program, folder
        os.makedirs(folder)
        with open(folder + "/lapstrake.yaml", "w") as file:
            file.write(SPEC % (", ".join(packages), base, ", ".join(accept)))

    def run(self, *arguments):
        return measured([self.program, "--store", self.folder + "/store", "--progress", "none", *arguments], self.folder)

    def forget_layers(self, unpacked):
        """All caches but the blobs; without `unpacked`, the unpacked .deb files stay."""
        cache = self.folder + "/store/cache"
        for name in os.listdir(cache):
            if name != "unpacked" or unpacked:
                shutil.rmtree(os.path.join(cache, name))


def row(title, runs, base):
    seconds, cpu, memory = (statistics.median(one[i] for one in runs) for i in range(3))
    print("| %s | %.2f | %.2f | %s | %.0f |" % (title, seconds, cpu, "%.2f" % (seconds / base) if base else "", memory))
    return seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work")
    options = parser.parse_args()
    program = os.path.abspath(os.environ.get("LAPSTRAKE", HERE + "/../build/release/bin/lapstrake"))
    work = options.work or tempfile.mkdtemp(prefix="lapstrake-bench.")
    nginx = Project(program, work + "/nginx", NGINX)
    nginx.run("lock")  # downloads
    mmdebstrap = ["mmdebstrap", "--quiet", "--variant=extract", "--include=nginx", "bookworm", work + "/root.tar"]
    rows = {"mmdebstrap": [], "empty": [], "lock": [], "build": [], "unpacked": [], "unchanged": []}
    measured(mmdebstrap, work)
    for _ in range(options.rounds):
        rows["mmdebstrap"].append(measured(mmdebstrap, work))
        os.remove(nginx.folder + "/lapstrake.lock")
        shutil.rmtree(nginx.folder + "/store")
        rows["empty"].append(tuple(map(sum, zip(nginx.run("lock"), nginx.run("build")))))
        os.remove(nginx.folder + "/lapstrake.lock")
        nginx.forget_layers(unpacked=True)
        rows["lock"].append(nginx.run("lock"))
        nginx.forget_layers(unpacked=True)
        rows["build"].append(nginx.run("build"))
        nginx.forget_layers(unpacked=False)
        rows["unpacked"].append(nginx.run("build"))
        rows["unchanged"].append(nginx.run("build"))
    print("\nnginx\n\n| row | seconds | CPU seconds | ratio | peak MiB |\n| --- | ---: | ---: | ---: | ---: |")
    base = row("mmdebstrap --variant=extract --include=nginx", rows["mmdebstrap"], 0)
    row("lapstrake lock and build, empty store (memory: the sum)", rows["empty"], base)
    row("lapstrake lock, indexes and .deb files in the store", rows["lock"], base)
    row("lapstrake build, .deb files in the store", rows["build"], base)
    row("lapstrake build, unpacked .deb files in the store", rows["unpacked"], base)
    row("lapstrake build, nothing changed", rows["unchanged"], base)
    large = Project(program, work + "/large", LARGE, "essential")
    runs = {"lock": [large.run("lock")], "build": []}
    large.forget_layers(unpacked=True)
    runs["build"].append(large.run("build"))
    with open(large.folder + "/lapstrake.lock") as file:
        count = file.read().count('"sha256"')
    print("\n%d packages\n\n| row | seconds | CPU seconds | ratio | peak MiB |\n| --- | ---: | ---: | ---: | ---: |" % count)
    row("lapstrake lock, with downloads", runs["lock"], 0)
    row("lapstrake build, .deb files in the store", runs["build"], 0)
    if not options.work:
        shutil.rmtree(work)


main()
