"""A Python package index for tests: makes wheels, and serves a folder of them (PEP 503, 691, 658).

  package_index.py serve FOLDER LOG [--auth USER:PASSWORD] [--files-at URL] [--slow NAME] [--html]

prints the port, then serves /simple/NAME/ and /files/NAME; each request is a line "METHOD PATH STATUS" of LOG, with
" +login" if it had credentials. `--files-at` makes the links of the pages absolute, below another host; a file whose name
contains NAME is sent slowly; `--html` gives pages without sizes and metadata, as static indexes do. A test that makes wheels imports `wheel`.
"""

import argparse
import base64
import hashlib
import http.server
import json
import pathlib
import re
import time
import zipfile


def record_hash(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def wheel(folder, name, version, files=None, tag="py3-none-any", needs=(), entry_points=None, requires_python=None, flaw=None):
    """Writes a wheel and returns its path. `files`: path to text, or to (text, mode). `flaw`: "record" changes a file
    after RECORD was made. Paths of the wheel's .data folder begin with "DATA/"."""
    stem = f"{name}-{version}"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    metadata += [f"Requires-Python: {requires_python}\n"] if requires_python else []
    metadata += [f"Requires-Dist: {need}\n" for need in needs]
    contents = {path.replace("DATA/", f"{stem}.data/"): text for path, text in (files or {f"{name}.py": f"version = '{version}'\n"}).items()}
    info = f"{stem}.dist-info"
    contents[f"{info}/METADATA"] = "".join(metadata)
    contents[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: {str(tag.endswith('-any')).lower()}\nTag: {tag}\n"
    if entry_points:
        contents[f"{info}/entry_points.txt"] = entry_points
    path = pathlib.Path(folder) / f"{stem}-{tag}.whl"
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        def add(member, text, mode=0o644):
            entry = zipfile.ZipInfo(member, (2020, 2, 2, 2, 2, 2))
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, text)
        for member, text in contents.items():
            text, mode = text if isinstance(text, tuple) else (text, 0o644)
            data = text.encode()
            lines.append(f"{member},{record_hash(data)},{len(data)}\n")
            add(member, text.upper() if flaw == "record" and member.endswith(".py") else text, mode)
        add(f"{info}/RECORD", "".join(lines) + f"{info}/RECORD,,\n")
    return path


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def page(folder, project, files_at):
    files = []
    for path in sorted(folder.iterdir()):
        name = re.sub(r"\.tar\.gz$", "", path.name)
        if not path.name.endswith((".whl", ".tar.gz")) or normalized(name.split("-")[0]) != project:
            continue
        data = path.read_bytes()
        entry = {"filename": path.name, "url": f"{files_at}{path.name}", "size": len(data), "hashes": {"sha256": hashlib.sha256(data).hexdigest()}}
        facts = folder / f"{path.name}.json"  # members that the test adds or replaces
        entry.update(json.loads(facts.read_text()) if facts.exists() else {})
        files.append(entry)
    return {"meta": {"api-version": "1.0"}, "name": project, "files": files} if files else None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", content_type="application/octet-stream", slowly=False):
        with open(self.server.log, "a") as log:
            log.write(f"{self.command} {self.path} {status}{' +login' if self.headers['Authorization'] else ''}\n")
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
        self.end_headers()
        for start in range(0, len(body), 65536):
            self.wfile.write(body[start : start + 65536])
            if slowly:
                self.wfile.flush()
                time.sleep(0.2)

    def do_GET(self):
        options = self.server.options
        if options.auth and self.headers["Authorization"] != "Basic " + base64.b64encode(options.auth.encode()).decode():
            return self.answer(401, b"no")
        folder = pathlib.Path(options.folder)
        parts = self.path.strip("/").split("/")
        if len(parts) == 2 and parts[0] == "simple":
            found = page(folder, parts[1], options.files_at)
            if found and options.html:
                links = [f'<a href="{f["url"]}#sha256={f["hashes"]["sha256"]}">{f["filename"]}</a><br>' for f in found["files"]]
                return self.answer(200, f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode(), "text/html; charset=utf-8")
            if found:
                return self.answer(200, json.dumps(found).encode(), "application/vnd.pypi.simple.v1+json")
        elif len(parts) == 2 and parts[0] == "files" and (folder / parts[1]).is_file():
            slowly = options.slow is not None and options.slow in parts[1]
            return self.answer(200, (folder / parts[1]).read_bytes(), slowly=slowly)
        return self.answer(404, b"not found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("folder")
    parser.add_argument("log")
    parser.add_argument("--auth")
    parser.add_argument("--files-at", default="/files/")
    parser.add_argument("--slow")
    parser.add_argument("--html", action="store_true")
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.options, server.log = options, options.log
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
