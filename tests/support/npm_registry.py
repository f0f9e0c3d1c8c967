"""An npm registry for tests: makes tarballs and lock files, and serves a folder of tarballs.

  npm_registry.py serve FOLDER LOG [--token TOKEN]

prints the port, then serves FOLDER/NAME/-/FILE.tgz; each request is a line "METHOD PATH STATUS" of LOG, with " +login" if it
had credentials. A test that makes packages imports `tarball`, `entry` and `write_lock`.
"""

import argparse
import base64
import gzip
import hashlib
import http.server
import io
import json
import pathlib
import tarfile
import urllib.parse


def packed(name, version, files, manifest):
    """The bytes of a tarball. `files`: path to text, or to (text, mode)."""
    contents = {"package.json": json.dumps({"name": name, "version": version, **manifest}), **files}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as out:
        for path, text in contents.items():
            text, mode = text if isinstance(text, tuple) else (text, 0o644)
            member = tarfile.TarInfo(f"package/{path}")
            member.size, member.mode, member.mtime = len(text.encode()), mode, 499162500
            out.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(raw.getvalue(), mtime=0)


def path_of(folder, name, version):
    return pathlib.Path(folder) / name / "-" / f"{name.split('/')[-1]}-{version}.tgz"


def tarball(folder, name, version="1.0.0", files=None, **manifest):
    """Writes a tarball and returns its path."""
    path = path_of(folder, name, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(name, version, files or {"index.js": f"module.exports = '{name} {version}'\n"}, manifest))
    return path


def integrity(path):
    return "sha512-" + base64.b64encode(hashlib.sha512(pathlib.Path(path).read_bytes()).digest()).decode()


def entry(folder, name, version="1.0.0", **members):
    """The package of a lock file, as npm writes it without the addresses of registries."""
    return {"version": version, "integrity": integrity(path_of(folder, name, version)), **members}


def write_lock(path, packages, **project):
    """Writes a package-lock.json; the keys of `packages` are places below node_modules, or paths of workspaces in
    "./NAME"."""
    places = {key[2:] if key.startswith("./") else f"node_modules/{key}": value for key, value in packages.items()}
    lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True}
    lock["packages"] = {"": {"name": "app", "version": "1.0.0", **project}, **places}
    pathlib.Path(path).write_text(json.dumps(lock, indent=2) + "\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b""):
        with open(self.server.log, "a") as log:
            log.write(f"{self.command} {self.path} {status}{' +login' if self.headers['Authorization'] else ''}\n")
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        token = self.server.options.token
        if token and self.headers["Authorization"] != f"Bearer {token}":
            return self.answer(401, b"no")
        path = pathlib.Path(self.server.options.folder) / urllib.parse.unquote(self.path).strip("/")
        return self.answer(200, path.read_bytes()) if path.is_file() else self.answer(404, b"not found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("folder")
    parser.add_argument("log")
    parser.add_argument("--token")
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.options, server.log = options, options.log
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
