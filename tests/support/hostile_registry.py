#!/usr/bin/env python3
"""A hostile registry on a free port of 127.0.0.1, over plain HTTP: the name of the repository selects its behaviour.

    hostile_registry.py FOLDER     prints "listening on HOST:PORT"; FOLDER/hits gets a line for each request ("METHOD path login|-")
"""
import gzip, hashlib, http.server, io, json, sys, tarfile, threading

folder = sys.argv[1]
MIB = b"\0" * (1 << 20)
lock = threading.Lock()
seen = {}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer(unpacked_mib=0):
    """A gzip tar with /etc/passwd; and so many MiB of zeros in front of it."""
    out, sha = io.BytesIO(), hashlib.sha256()

    class Both:
        def __init__(self):
            self.packed = gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=1)

        def write(self, data):
            sha.update(data)
            return self.packed.write(data)

    both = Both()
    with tarfile.open(fileobj=both, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        if unpacked_mib:
            info = tarfile.TarInfo("zeros")
            info.size = unpacked_mib << 20

            class Zeros:
                def read(self, count):
                    return MIB[:count]

            tar.addfile(info, Zeros())
        info = tarfile.TarInfo("etc/passwd")
        text = b"app:x:7:7::/:/bin/sh\n"
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    both.packed.close()
    return out.getvalue(), "sha256:" + sha.hexdigest()


class Image:
    def __init__(self, data, diff_id, **extra):
        self.layer = data
        self.config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                                  "rootfs": {"type": "layers", "diff_ids": [diff_id]}}).encode()
        described = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest(data), "size": len(data)}
        described.update(extra)
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(self.config), "size": len(self.config)},
            "layers": [described]}).encode()
        self.blobs = {digest(data): data, digest(self.config): self.config}


good = Image(*layer())
other = Image(*layer(1))
bomb = Image(*layer(1024))

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
address = "127.0.0.1:%d" % server.server_address[1]
far = Image(*layer(2), mediaType="application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", urls=["http://%s/elsewhere/blob" % address])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def endless(self, status, **headers):
        """As much as anybody takes, at most 4 GiB."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(4 << 30))
        self.end_headers()
        if self.command != "HEAD":
            for _ in range(4 << 10):
                self.wfile.write(MIB)

    def manifest(self, text, kind="application/vnd.oci.image.manifest.v1+json", **headers):
        self.send(200, text, Content_Type=kind, **headers)

    def do_GET(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_GET

    def answer(self):
        with lock, open(folder + "/hits", "a") as hits:
            hits.write("%s %s %s\n" % (self.command, self.path, "login" if self.headers.get("Authorization") else "-"))
        path = self.path.split("?")[0]
        if path == "/v2/":
            return self.send(200)
        if path == "/token":
            return self.endless(200, Content_Type="application/json")
        what, kind, name = path[len("/v2/"):].split("/")[:3]
        with lock:
            seen[what, kind] = seen.get((what, kind), 0) + 1
            count = seen[what, kind]
        if kind == "blobs":
            for image in (good, other, bomb, far):
                if name in image.blobs and not (image is far and name == digest(far.layer)):
                    return self.send(200, image.blobs[name])
            return self.send(404)
        if what == "endless-manifest":
            return self.endless(200, Content_Type="application/vnd.oci.image.manifest.v1+json")
        if what == "endless-refusal":
            return self.endless(404)
        if what == "endless-headers":
            self.send_response(200)
            for i in range(1 << 20):
                self.send_header("X-%d" % i, "a" * 1000)
                if i % 100 == 0:
                    self.flush_headers()
            return self.end_headers()
        if what == "endless-token":
            return self.send(401, WWW_Authenticate='Bearer realm="http://%s/token",service="it"' % self.headers["Host"])
        if what == "deep":
            return self.manifest(b"[" * 100000)
        if what == "twice":
            return self.manifest(good.manifest.replace(b'"layers"', b'"layers": [], "layers"'))
        if what == "both":
            return self.manifest(good.manifest.replace(b'"layers"', b'"manifests": [], "layers"'))
        if what == "other-type":
            return self.manifest(good.manifest, "application/vnd.docker.distribution.manifest.v2+json")
        if what == "with-parameters":
            return self.manifest(good.manifest, "application/vnd.oci.image.manifest.v1+json; charset=utf-8")
        if what == "moving":  # the tag names another image each time that it is asked for
            by_digest = {digest(image.manifest): image for image in (good, other)}
            image = by_digest.get(name) or (good if count == 1 else other)
            return self.manifest(image.manifest, Docker_Content_Digest=digest(image.manifest))
        if what == "lying":  # whatever was asked for, it says, this is it
            return self.manifest(other.manifest, Docker_Content_Digest=name if ":" in name else digest(good.manifest))
        if what == "foreign":
            return self.manifest(far.manifest)
        if what == "bomb":
            return self.manifest(bomb.manifest, Docker_Content_Digest=digest(bomb.manifest))
        if what == "loop":
            return self.send(307, Location="/v2/loop/manifests/%d" % count)
        if what == "good":
            return self.manifest(good.manifest, Docker_Content_Digest=digest(good.manifest))
        self.send(404)


server.RequestHandlerClass = Handler
server.daemon_threads = True
with open(folder + "/digests", "w") as digests:
    print(digest(good.manifest), digest(other.manifest), file=digests)
print("listening on " + address, flush=True)
server.serve_forever()
