"""A small archive of Debian packages, signed by gpg: for tests of `deb:`."""

import hashlib
import io
import lzma
import os
import pathlib
import subprocess
import tarfile
import time


def _tar(members, compress=True):
    """members: (path, content or {"link": target} or None for a folder, mode, uid, gid)"""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path, content, mode, uid, gid in members:
            info = tarfile.TarInfo("./" + path if path else ".")
            info.mode, info.uid, info.gid, info.mtime = mode, uid, gid, 1700000000
            if content is None:
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            elif isinstance(content, dict):
                info.type = tarfile.LNKTYPE if "hardlink" in content else tarfile.SYMTYPE
                info.linkname = "./" + content["hardlink"] if "hardlink" in content else content["link"]
                tar.addfile(info)
            else:
                data = content if isinstance(content, bytes) else content.encode()
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return lzma.compress(out.getvalue()) if compress else out.getvalue()


def _ar(members):
    out = b"!<arch>\n"
    for name, data in members:
        out += f"{name:<16}{'1700000000':<12}{'0':<6}{'0':<6}{'100644':<8}{len(data):<10}`\n".encode() + data
        out += b"\n" if len(data) % 2 else b""
    return out


def control_text(fields):
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def deb(name, version="1.0", architecture="amd64", files=None, scripts=None, **fields):
    """The bytes of a .deb and its control fields. files: {path: content | {"link": ..} | (content, mode[, uid, gid])}"""
    control = {"Package": name, "Version": version, "Architecture": architecture, "Maintainer": "Test <test@example.com>"}
    control.update({key.replace("_", "-"): value for key, value in fields.items()})
    control.setdefault("Description", f"the package {name}")
    members, folders = [("", None, 0o755, 0, 0)], set()
    for path, content in sorted((files or {}).items()):
        mode, uid, gid = 0o644, 0, 0
        if isinstance(content, tuple):
            content, mode, *owner = content
            uid, gid = owner or (0, 0)
        for i in range(1, len(path.split("/"))):
            folder = "/".join(path.split("/")[:i])
            if folder not in folders:
                folders.add(folder)
                members.append((folder, None, 0o755, 0, 0))
        if content is None:
            folders.add(path)
        members.append((path, content, mode, uid, gid))
    sums = "".join(
        f"{hashlib.md5(data if isinstance(data, bytes) else data.encode()).hexdigest()}  {path}\n"
        for path, data, *_ in members
        if isinstance(data, (bytes, str))
    )
    inner = [("", None, 0o755, 0, 0), ("control", control_text(control), 0o644, 0, 0), ("md5sums", sums, 0o644, 0, 0)]
    inner += [(script, text, 0o644 if script in ("conffiles", "triggers") else 0o755, 0, 0) for script, text in (scripts or {}).items()]
    data = _ar([("debian-binary", b"2.0\n"), ("control.tar.xz", _tar(inner)), ("data.tar.xz", _tar(members))])
    return data, control


class Key:
    """A new key in a folder of its own."""

    def __init__(self, folder, user="Archive <archive@example.com>", expires="0"):
        self.home = pathlib.Path(folder).resolve()
        self.home.mkdir(mode=0o700, parents=True)
        self._gpg("--passphrase", "", "--quick-generate-key", user, "rsa3072", "sign", expires)
        (self.home / "public.gpg").write_bytes(self._gpg("--export"))

    @property
    def keyring(self):
        return self.home / "public.gpg"

    def clear_sign(self, text):
        return self._gpg("--clear-sign", "--digest-algo", "SHA256", input=text.encode()).decode()

    def _gpg(self, *arguments, input=None):
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--pinentry-mode", "loopback", *arguments]
        return subprocess.run(command, input=input, check=True, capture_output=True).stdout


def _date(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S UTC", time.gmtime(seconds))


class Archive:
    def __init__(self, folder, key):
        self.folder, self.key = pathlib.Path(folder), key
        self.packages = {}  # suite -> [control with Filename]

    def add(self, suite, name, *arguments, **options):
        data, control = deb(name, *arguments, **options)
        version = control["Version"].split(":")[-1]
        path = f"pool/main/{name[0]}/{name}/{name}_{version}_{control['Architecture']}.deb"
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        control.update({"Filename": path, "Size": str(len(data)), "SHA256": hashlib.sha256(data).hexdigest()})
        self.packages.setdefault(suite, []).append(control)
        return target

    def publish(self, suite, date=None, valid_for=None, by_hash=True, architectures=("amd64", "arm64"), **fields):
        """Writes dists/SUITE. Returns its InRelease file."""
        date = time.time() - 3600 if date is None else date
        release = {"Origin": "Test", "Label": "Test", "Suite": suite, "Codename": suite, "Date": _date(date)}
        if valid_for is not None:
            release["Valid-Until"] = _date(date + valid_for)
        release.update({"Architectures": " ".join(architectures), "Components": "main"})
        if by_hash:
            release["Acquire-By-Hash"] = "yes"
        release.update({key.replace("_", "-"): value for key, value in fields.items()})
        root, sums = self.folder / "dists" / suite, ""
        for architecture in architectures:
            chosen = [p for p in self.packages.get(suite, []) if p["Architecture"] in (architecture, "all")]
            text = "\n".join(control_text(package) for package in chosen).encode()
            for name, data in (("Packages", text), ("Packages.xz", lzma.compress(text))):
                path = f"main/binary-{architecture}/{name}"
                digest = hashlib.sha256(data).hexdigest()
                sums += f" {digest} {len(data):>8} {path}\n"
                for target in (root / path, root / f"main/binary-{architecture}/by-hash/SHA256/{digest}"):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(data)
        target = root / "InRelease"
        target.write_text(self.key.clear_sign(control_text(release) + "SHA256:\n" + sums))
        return target


def base_packages(archive, suite):
    """What `base: minimal` asks for, and a C library."""
    passwd = "root:*:0:0:root:/root:/bin/bash\ndaemon:*:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:*:33:33:www-data:/var/www:/usr/sbin/nologin\n"
    group = "root:*:0:\ndaemon:*:1:\nwww-data:*:33:\n"
    for architecture in ("amd64", "arm64"):
        archive.add(suite, "base-files", "12.4", architecture, Essential="yes", Priority="required", files={
            "etc/debian_version": "12.11\n",
            "usr/lib/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
            "etc/os-release": {"link": "../usr/lib/os-release"},
            "tmp": (None, 0o1777),
            "root": (None, 0o700),
            "var/tmp": (None, 0o1777),
        })
        archive.add(suite, "base-passwd", "3.6", architecture, Essential="yes", Priority="required", Depends="libc6 (>= 2.34)", files={
            "usr/share/base-passwd/passwd.master": passwd, "usr/share/base-passwd/group.master": group})
        archive.add(suite, "libc-bin", "2.36-9", architecture, Essential="yes", Priority="required", Depends="libc6 (>= 2.36)", files={
            "usr/share/libc-bin/nsswitch.conf": "passwd: files\nhosts: files dns\n"}, scripts={
            "postinst": "#!/bin/sh\nset -e\nif [ \"$1\" = \"configure\" ] && [ ! -e /etc/nsswitch.conf ]; then\n"
                        "  cp -p /usr/share/libc-bin/nsswitch.conf /etc/nsswitch.conf\nfi\n"})
        archive.add(suite, "libc6", "2.36-9", architecture, Multi_Arch="same", Priority="optional", files={
            f"lib/{'x86_64' if architecture == 'amd64' else 'aarch64'}-linux-gnu/libc.so.6": ("not a library\n", 0o755)})


if __name__ == "__main__":
    os.umask(0o022)
