#!/usr/bin/env python3
"""Tells which Debian packages lapstrake installs without their maintainer scripts, and fails if a usual one is unknown.

    survey_scripts.py DRIVER                 the usual packages with all dependencies, of this machine's apt: ten of
                                             them, or all with LAPSTRAKE_LONG_TESTS=1; then the packages of PHP
    survey_scripts.py DRIVER FILE.deb...     prints the class of each package

Exit code 77: there is no apt, or its archive cannot be reached.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

USUAL = "nginx redis-server php-fpm php-mysql python3-flask git curl ca-certificates openssl nodejs".split()
MORE = """apache2 libapache2-mod-php php-cli php-pgsql php-zip php-gd php-mbstring php-xml php-curl php-intl php-bcmath
    php-redis php-apcu php-imagick php-soap php-sqlite3 php-ldap php-gmp php-opcache composer python3-venv python3-pip
    gunicorn npm default-jre-headless default-jdk-headless postgresql-client mariadb-client default-mysql-client ruby wget
    tzdata locales-all imagemagick ffmpeg unzip zip libzip-dev libpng-dev libonig-dev libxml2-dev libpq-dev build-essential
    gnupg openssh-client supervisor cron procps vim-tiny nano less jq netcat-openbsd iproute2 iputils-ping bind9-dnsutils
    haproxy memcached libnss3 libatk-bridge2.0-0 libgbm1 libxss1 libasound2 fonts-liberation fonts-noto-core fontconfig
    chromium ghostscript wkhtmltopdf tini dumb-init gosu sudo rsync file lsb-release xz-utils gettext sqlite3 pkg-config
    cmake python3-dev libgl1 libglib2.0-0 libsm6 libxext6 libxrender1 tesseract-ocr poppler-utils""".split()
# Packages that need their scripts: the table says why, and what to do instead.
REFUSED = {"locales", "mariadb-server", "openssh-server", "libgvc6"}
# The names of docker-php-ext-install, and those of pecl that Dockerfiles have most often.
EXTENSIONS = """bcmath bz2 calendar ctype curl dba dom enchant exif ffi fileinfo filter ftp gd gettext gmp hash iconv imap
    intl json ldap mbstring mysqli odbc opcache pcntl pdo pdo_dblib pdo_firebird pdo_mysql pdo_odbc pdo_pgsql pdo_sqlite
    pgsql phar posix pspell readline reflection session shmop simplexml snmp soap sockets sodium spl standard sysvmsg
    sysvsem sysvshm tidy tokenizer xml xmlreader xmlwriter xsl zip
    redis apcu imagick xdebug memcached mongodb igbinary msgpack amqp yaml ssh2 uuid ds pcov""".split()


def not_run(reason):
    print("NOT RUN:", reason)
    sys.exit(77)


def apt(command, *words, cwd=None):
    options = ["-o", "Dir::State::status=/dev/null", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root"]
    return subprocess.run([command, *options, *words], cwd=cwd, capture_output=True, text=True)


def exists(package):
    return "Candidate: (none)" not in (out := apt("apt-cache", "policy", package).stdout) and package in out


def closure(requests):
    """NAME=VERSION of the packages that apt would install into an empty root."""
    out = set()
    for request in requests:
        found = apt("apt-get", "install", "--print-uris", "-qq", "--no-install-recommends", request)
        if found.returncode != 0:
            print(f"apt does not install {request}: {found.stderr.strip().splitlines()[-1:]}")
            continue
        for name in re.findall(r"^'[^']*' (\S+)_[^_]+\.deb ", found.stdout, re.M):
            out.add(urllib.parse.unquote(name).replace("_", "=", 1))
    return sorted(out)


def download(packages, folder):
    for start in range(0, len(packages), 40):
        done = apt("apt-get", "download", "-qq", *packages[start:start + 40], cwd=folder)
        if done.returncode != 0:
            not_run("apt-get download: " + done.stderr.strip()[-300:])
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".deb"))


def review(driver, files):
    """Lines of NAME, VERSION, class, hash, actions."""
    done = subprocess.run([driver, "review", *files], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the driver failed:\n{done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def check_scripts(driver):
    requests = USUAL + MORE if os.environ.get("LAPSTRAKE_LONG_TESTS") else USUAL
    requests = [name for name in requests if exists(name)]
    if not requests:
        not_run("apt knows no packages: run `apt-get update`")
    with tempfile.TemporaryDirectory() as folder:
        rows = review(driver, download(closure(requests), folder))
    kinds = collections.Counter(row[2] for row in rows)
    print(f"{len(rows)} packages of {len(requests)} requests: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()))
    for name, version, kind, digest, actions in rows:
        if kind == "scripts: changed":
            print(f"changed: {name} {version} has the hash {digest}: {actions}")
    return [f"unknown: {name} {version}: {actions}" for name, version, kind, _, actions in rows
            if kind == "scripts: unknown" and name not in REFUSED]


def check_php(driver):
    found = re.search(r"Candidate: \S*?(\d+\.\d+)", apt("apt-cache", "policy", "php8.2-common", "php8.4-common").stdout)
    version = found and next((v for v in ("8.2", "8.4") if exists(f"php{v}-common")), None)
    if not version:
        print("this release has neither PHP 8.2 nor 8.4")
        return []
    done = subprocess.run([driver, "php", version, *EXTENSIONS], capture_output=True, text=True, check=True)
    packages = dict(line.split("\t") for line in done.stdout.splitlines())
    print(f"PHP {version}: {len(packages)} extensions")
    wrong = [f"{name}: {package}" for name, package in packages.items() if package == "unknown" and name != "imap"]
    return wrong + [f"{name}: Debian has no package {package}" for name, package in packages.items()
                    if package.startswith("php") and not exists(package)]


def main():
    driver, files = sys.argv[1], sys.argv[2:]
    if files:
        for row in review(driver, files):
            print("\t".join(row))
        return
    if not shutil.which("apt-get"):
        not_run("apt-get is missing")
    wrong = check_scripts(driver) + check_php(driver)
    print("\n".join(wrong) or "passed")
    sys.exit(bool(wrong))


main()
