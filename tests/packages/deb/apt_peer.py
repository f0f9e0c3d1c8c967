#!/usr/bin/env python3
"""Compares the packages that lapstrake chooses with those of `apt-get --simulate install --no-install-recommends`.

    apt_peer.py DRIVER [--all | --only SUITE/ARCHITECTURE] [--write PAGE]

DRIVER is deb_driver. The sources are those of apt on this machine, with other suites and architectures in a private configuration.
Without --all (or LAPSTRAKE_LONG_TESTS=1): bookworm on amd64, and every 20th request. --write makes docs/reference/debian-closures.md.
Exit code 77: apt or its archive is not available.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
EXPLAINED = os.path.join(HERE, "../../../testdata/deb/closures.tsv")
COMMON = """nginx
ca-certificates
curl
git
unzip
python3
python3-flask
python3-venv
gunicorn
nodejs
npm
redis-server
postgresql-client
default-mysql-client
libpq-dev
build-essential
imagemagick
ffmpeg
apache2
ruby
openssl
wget
gnupg
jq
procps
tini
dumb-init
supervisor
cron
vim-tiny
nano
netcat-openbsd
iproute2
iputils-ping
haproxy
memcached
tzdata
locales
fontconfig
ghostscript
libnss3 libatk-bridge2.0-0 libgbm1 libasound2{T}
git unzip libzip-dev libpng-dev libonig-dev libxml2-dev
mariadb-server
bash coreutils
openssh-client
rsync
less
zip
xz-utils
libmagickwand-dev
libjpeg-dev libfreetype6-dev
libicu-dev
python3-psycopg2 python3-redis
default-jre-headless
sqlite3
libreoffice-writer-nogui""".split("\n")
OF = {
    "bookworm": ["php8.2-fpm", "php8.2-fpm php8.2-mysql php8.2-zip php8.2-gd php8.2-xml php8.2-mbstring php8.2-curl", "openjdk-17-jre-headless",
                 "php8.2-cli php8.2-pgsql", "php-redis"],
    "trixie": ["php8.4-fpm", "php8.4-fpm php8.4-mysql php8.4-zip php8.4-gd php8.4-xml php8.4-mbstring php8.4-curl", "openjdk-21-jre-headless",
               "php8.4-cli php8.4-pgsql", "php-redis"],
}


def requests_of(suite):
    return [line.replace("{T}", "t64" if suite == "trixie" else "") for line in COMMON] + OF[suite]


def not_run(why):
    print("NOT RUN:", why)
    sys.exit(77)


def host_sources():
    """(uri, is_security) of the machine's Debian sources."""
    out, found = [], glob.glob("/etc/apt/sources.list.d/*.sources") + ["/etc/apt/sources.list"] + glob.glob("/etc/apt/sources.list.d/*.list")
    for path in found:
        if not os.path.exists(path):
            continue
        text = open(path).read()
        if path.endswith(".sources"):
            for stanza in re.split(r"\n\s*\n", text):
                fields = dict(re.findall(r"^(\w[\w-]*):\s*(.*)$", stanza, re.M))
                if "deb" in fields.get("Types", "").split():
                    out += [(uri, suite) for uri in fields.get("URIs", "").split() for suite in fields.get("Suites", "").split()]
        else:
            out += re.findall(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", text, re.M)
    return [(uri, "security" in suite) for uri, suite in out if re.match(r"(bookworm|trixie|stable)(-security)?$", suite)]


class Apt:
    def __init__(self, folder, suite, architecture):
        self.folder, self.architecture = folder, architecture
        for name in ("etc", "state/lists/partial", "cache/archives/partial"):
            os.makedirs(os.path.join(folder, name))
        self.status = os.path.join(folder, "status")
        open(self.status, "w").close()
        with open(folder + "/etc/sources.list", "w") as file:
            for uri, is_security in sorted(set(host_sources())):
                names = [suite + "-security"] if is_security else [suite, suite + "-updates"]
                for name in names:
                    file.write("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n" % (uri, name))
        self.options = []
        for key, value in {
                "Dir::Etc::SourceList": folder + "/etc/sources.list", "Dir::Etc::SourceParts": "-", "Dir::Etc::Parts": "-", "Dir::Etc::Preferences": "-",
                "Dir::Etc::PreferencesParts": "-", "Dir::State": folder + "/state", "Dir::State::Lists": folder + "/state/lists",
                "Dir::State::Status": self.status, "Dir::Cache": folder + "/cache", "APT::Architecture": architecture,
                "APT::Architectures": architecture, "Acquire::Languages": "none", "Acquire::GzipIndexes": "false", "Debug::NoLocking": "true",
                "APT::Sandbox::User": "root", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false"}.items():
            self.options += ["-o", "%s=%s" % (key, value)]
        done = subprocess.run(["apt-get", "-qq", *self.options, "update"], capture_output=True, text=True)
        self.indexes = sorted(glob.glob(folder + "/state/lists/*_Packages"))
        if done.returncode or not self.indexes:
            not_run("apt-get update fails here: " + done.stderr.strip()[-300:])

    def install(self, request):
        done = subprocess.run(["apt-get", "-qq", *self.options, "--simulate", "install", "--no-install-recommends", *request.split()], capture_output=True, text=True)
        if done.returncode:
            return None
        return dict(re.findall(r"^Inst (\S+?)(?::\S+)? \((\S+) ", done.stdout, re.M))

    def check(self, stanzas):
        """Whether a system with these packages is complete."""
        with open(self.status, "w") as file:
            file.write(stanzas)
        done = subprocess.run(["apt-get", "-qq", *self.options, "check"], capture_output=True, text=True)
        open(self.status, "w").close()
        return done.returncode == 0, done.stdout + done.stderr


def stanzas_of(indexes):
    out = {}
    for path in indexes:
        for stanza in open(path, encoding="utf-8", errors="surrogateescape").read().split("\n\n"):
            name, version = re.search(r"^Package: (\S+)", stanza, re.M), re.search(r"^Version: (\S+)", stanza, re.M)
            if name and version:
                out[name.group(1), version.group(1)] = stanza
    return out


def difference(ours, theirs):
    parts = ["+" + name for name in sorted(set(ours) - set(theirs))] + ["-" + name for name in sorted(set(theirs) - set(ours))]
    parts += ["%s=%s" % (name, ours[name]) for name in sorted(set(ours) & set(theirs)) if ours[name] != theirs[name]]
    return " ".join(parts)


PREFERRED = {"usr-is-merged", "systemd-standalone-tmpfiles", "systemd-standalone-sysusers", "mawk"}
REASONS = {"preference": "a smaller package is preferred (usr-is-merged, systemd-standalone-*), and what only the larger one needs is left out",
           "smaller": "a package of the set provides the name already, and apt adds another one"}


def kind_of(difference_text):
    """Nothing for a difference that has no known reason."""
    words = difference_text.split()
    if any("=" in word for word in words):
        return ""
    added = {word[1:] for word in words if word.startswith("+")}
    return "smaller" if not added else "preference" if added <= PREFERRED else ""


def explained():
    """(suite, architecture, request) -> the kind of difference that it may have."""
    out = {}
    for line in open(EXPLAINED):
        if not line.startswith("#") and line.strip():
            suite, architecture, request, kind = line.rstrip("\n").split("\t")
            out[suite, architecture, request] = kind
    return out


def main():
    driver, options = sys.argv[1], sys.argv[2:]
    everything = "--all" in options or os.environ.get("LAPSTRAKE_LONG_TESTS") == "1"
    if subprocess.run(["sh", "-c", "command -v apt-get"], capture_output=True).returncode or not host_sources():
        not_run("apt has no Debian sources here")
    reasons, faults, rows = explained(), [], []
    only = options[options.index("--only") + 1] if "--only" in options else ""
    for suite in ("bookworm", "trixie"):
        for architecture in ("amd64", "arm64"):
            if not everything and "%s/%s" % (suite, architecture) != (only or "bookworm/amd64"):
                continue
            with tempfile.TemporaryDirectory() as folder:
                apt = Apt(folder + "/apt", suite, architecture)
                stanzas = stanzas_of(apt.indexes)
                for request in requests_of(suite)[::1 if everything or only else 20]:
                    theirs = apt.install(request)
                    done = subprocess.run([driver, architecture, "/dev/null", *apt.indexes, "--", *request.split()], capture_output=True, text=True)
                    if done.returncode or theirs is None:
                        faults.append("%s %s %s: %s" % (suite, architecture, request, done.stderr.strip() or "apt refuses it"))
                        continue
                    ours = dict(line.split()[:2] for line in done.stdout.splitlines())
                    complete, why = apt.check("\n".join(re.sub(r"^Version:", "Status: install ok installed\nVersion:", stanzas[one], flags=re.M) + "\n" for one in ours.items()))
                    if not complete:
                        faults.append("%s %s %s: apt-get check: %s" % (suite, architecture, request, why))
                    text = difference(ours, theirs)
                    kind = kind_of(text) if text else ""
                    if text and (not kind or reasons.get((suite, architecture, request)) != kind):
                        faults.append("a new difference: %s\t%s\t%s\t%s\t%s" % (suite, architecture, request, kind or "?", text))
                    rows.append((suite, architecture, request, len(theirs), len(ours), text, REASONS.get(kind, "")))
    same = sum(1 for row in rows if not row[5])
    if "--write" in options:
        write(options[options.index("--write") + 1], rows, same)
    for fault in faults:
        print("FAIL:", fault)
    print("%d requests, %d with the same packages, %d with an explained difference, %d faults" % (len(rows), same, sum(1 for r in rows if r[6]), len(faults)))
    sys.exit(1 if faults else 0)


def write(path, rows, same):
    with open(path, "w") as file:
        file.write("# Debian packages: beside apt\n\n`tests/packages/deb/apt_peer.py build/dev/packages/deb/deb_driver --only bookworm/amd64 --write docs/reference/debian-closures.md` compares the packages that `lapstrake lock` chooses with\n"
                   "`apt-get --simulate install --no-install-recommends`, in an empty system. It fails if a difference is not in `testdata/deb/closures.tsv`.\n"
                   "`apt-get check` accepts each of the sets.\n\n%d requests, %d with the same packages.\n\n" % (len(rows), same))
        file.write("| suite | architecture | request | apt | lapstrake | difference | reason |\n| --- | --- | --- | ---: | ---: | --- | --- |\n")
        for row in rows:
            file.write("| %s | %s | %s | %d | %d | %s | %s |\n" % row)


main()
