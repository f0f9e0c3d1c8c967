#!/usr/bin/env python3
"""A registry over TLS with known secrets, so that a test can search for them where they must not be.

leaky_registry.py SECRETS.json CERTIFICATE KEY CLIENT_CA SEEN

It listens on a free port of 127.0.0.1 and prints "listening on PORT". It requires a token from its token server, accepts uploads
at a URL with `_state`, and serves blobs through a redirect to another origin with a signed query. The name of a repository selects
the error: ok, wrong (the token server refuses the login), forbidden (403 when an upload begins), reset (two uploads are cut off,
the third is refused), spoilt (the storage returns an error). Each secret that arrives where it belongs is written to the file SEEN; a secret
that arrives at another place is written as "stray".
"""
import base64
import hashlib
import http.server
import json
import socket
import ssl
import struct
import sys
import threading
import urllib.parse

secrets = json.load(open(sys.argv[1]))
blobs, manifests, resets, lock = {}, {}, {}, threading.Lock()


def note(what):
    with lock, open(sys.argv[5], "a") as out:
        out.write(what + "\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        if isinstance(body, str):
            body = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, **headers):
        self.answer(status, json.dumps({"errors": [{"code": code, "message": "no"}]}), **headers)

    def address(self, host):
        return f"https://{host}:{self.server.server_address[1]}"

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def is_logged_in(self, authorization):
        if authorization != "Bearer " + secrets["bearer"]:
            return False
        note("bearer")
        return True

    def do_any(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        authorization = self.headers.get("Authorization") or ""
        if self.connection.getpeercert():
            note("key")
        if url.path.startswith("/storage/"):
            if authorization:
                note("stray")
            if query.get("X-Amz-Signature") == [secrets["presigned"]]:
                note("presigned")
            if "/spoilt/" in url.path:
                return self.answer(403, "<Error><Code>AccessDenied</Code></Error>")
            return self.answer(200, blobs.get(tuple(url.path.split("/")[2:]), b""))
        if url.path == "/token":
            login = base64.b64encode(("joe:" + secrets["password"]).encode()).decode()
            helped = base64.b64encode(("joe:" + secrets.get("helper", "")).encode()).decode()
            if authorization == "Basic " + login:
                note("password")
            if authorization == "Basic " + helped:
                note("helper")
            if "wrong/" in query.get("scope", [""])[0] or authorization not in ("Basic " + login, "Basic " + helped):
                return self.refuse(401, "UNAUTHORIZED")
            return self.answer(200, json.dumps({"token": secrets["bearer"], "expires_in": 300}))
        body = self.read_body()
        if not self.is_logged_in(authorization):
            challenge = f'Bearer realm="{self.address("127.0.0.1")}/token",service="leaky"'
            return self.refuse(401, "UNAUTHORIZED", WWW_Authenticate=challenge)
        if url.path == "/v2/":
            return self.answer(200)
        name, _, rest = url.path[4:].partition("/app/")
        if url.path.startswith("/up/"):
            return self.upload(url.path.split("/")[2], query, body)
        if rest.startswith("blobs/uploads/"):
            if name == "forbidden":
                return self.refuse(403, "DENIED")
            state = urllib.parse.quote(secrets["state"], safe="")
            return self.answer(202, Location=f"/up/{name}/1?_state={state}")
        digest = rest.split("/")[-1]
        if rest.startswith("blobs/"):
            if (name, digest) not in blobs:
                return self.refuse(404, "BLOB_UNKNOWN")
            if self.command == "HEAD":
                return self.answer(200, Content_Length=str(len(blobs[name, digest])))
            query = urllib.parse.urlencode({"X-Amz-Signature": secrets["presigned"]})
            return self.answer(307, Location=f"{self.address('localhost')}/storage/{name}/{digest}?{query}")
        if self.command == "PUT":
            found = "sha256:" + hashlib.sha256(body).hexdigest()
            manifests[name, digest] = manifests[name, found] = (self.headers["Content-Type"], body)
            return self.answer(201, Docker_Content_Digest=found)
        if (name, digest) not in manifests:
            return self.refuse(404, "MANIFEST_UNKNOWN")
        media_type, text = manifests[name, digest]
        self.answer(200, text, Content_Type=media_type, Content_Length=str(len(text)),
                    Docker_Content_Digest="sha256:" + hashlib.sha256(text).hexdigest())

    def upload(self, name, query, body):
        if query.get("_state") == [secrets["state"]]:
            note("state")
        if name == "reset":
            with lock:
                resets[name] = resets.get(name, 0) + 1
            if resets[name] > 2:
                return self.refuse(403, "DENIED")
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            socket.socket(fileno=self.connection.detach()).close()
            return None
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        if query.get("digest") != [digest]:
            return self.refuse(400, "DIGEST_INVALID")
        blobs[name, digest] = body
        return self.answer(201, Docker_Content_Digest=digest)

    def do_GET(self):
        self.do_any()

    do_HEAD = do_POST = do_PUT = do_GET


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *from_whom):
        if not isinstance(sys.exc_info()[1], OSError):  # connections are cut off on purpose
            super().handle_error(*from_whom)


def serving(handler):
    server = Server(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    context.load_verify_locations(sys.argv[4])
    context.verify_mode = ssl.CERT_OPTIONAL
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print("listening on", server.server_address[1], flush=True)
    return server


if __name__ == "__main__":
    serving(Handler).serve_forever()
