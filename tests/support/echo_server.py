#!/usr/bin/env python3
"""The registry of leaky_registry.py, AWS APIs and a proxy. Each can return errors that repeat the whole request.

echo_server.py SECRETS.json CERTIFICATE KEY CLIENT_CA SEEN MODE ECHOES

It prints "listening on PORT" (TLS) and "proxy on PORT". The file MODE contains "STEP STATUS FORM" and is read for each request:
requests of this step fail with this status and an echo of themselves in this form; all others succeed. SEEN gets the names of the secrets
that arrive where they belong, and "struck" for each error; the folder ECHOES gets the echoes. Steps: connect, ping, token,
begin, upload, put, head, manifest, blob, storage, referrers, the name of an operation of an API, any; a redirected request always fails. A status is a number or
`here`, `away`, `clear`, `near`, `login`, `nonsense` (redirects to such addresses), `realm` (401 with a realm there). Forms: raw,
address, json, base64, hex, code, text, xml. The echo is in the body, the reason and each header that a client may read.
"""
import base64
import itertools
import json
import re
import socket
import sys
import threading
import urllib.parse

from leaky_registry import Handler, Server, note, secrets, serving

count = itertools.count()
REASON = re.compile(r"[^\x20-\x7e]")
ECR = re.compile(r"\d{12}\.dkr\.ecr\.")


def login(header):
    return base64.b64decode((header or "").partition(" ")[2] + "===").decode(errors="replace")


def mode():
    with open(sys.argv[6]) as file:
        return file.read().split()


class Echo(Handler):
    step, is_api = "connect", False

    def repeated(self):
        """All that the request says, as it stands and decoded; and AWS's secret key, which its own servers know. It begins anywhere."""
        query = urllib.parse.urlsplit(self.path).query
        body = self.body.decode(errors="replace")
        parts = [self.requestline] + ["%s: %s" % each for each in self.headers.items()]
        parts += [login(value) for name, value in self.headers.items() if value.lower().startswith("basic ")]
        parts += ["=".join(field) for text in (query, body[:4096]) for field in urllib.parse.parse_qsl(text)]
        parts += [secrets["key"]] * self.is_api + [body[:4096]]
        first = next(count) % len(parts)
        return " ".join(parts[first:] + parts[:first])

    def echo(self, status, form):
        said = self.repeated()
        message = {"address": urllib.parse.quote(said, safe=""), "json": json.dumps(said), "hex": said.encode().hex(),
                   "base64": base64.b64encode(said.encode()).decode()}.get(form, said)
        line = REASON.sub("?", message)
        code = "ClientException" if form != "code" else line
        body = json.dumps({"errors": [{"code": code, "message": message, "detail": message}, {"code": code, "detail": {"said": message}}],
                           "__type": code, "message": message, "token": message if status == 200 else ""})
        if form == "text":
            body = message
        if form == "xml":
            escaped = message.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
            body = f"<Error><Code>{escaped}</Code><Message>{escaped}</Message><RequestId>{escaped}</RequestId></Error>"
        address = urllib.parse.quote(said, safe="")
        port = tls.server_address[1]
        signed = urllib.parse.urlencode({"X-Amz-Signature": secrets["presigned"]})
        places = {"here": f"https://127.0.0.1:{port}/elsewhere?{signed}&said={address}",
                  "away": f"https://localhost:{port}/elsewhere/{address}?said={address}&{signed}", "clear": f"http://127.0.0.1:{port}/{address}?said={address}",
                  "near": f"https://169.254.169.254/{address}", "login": f"https://{address}@127.0.0.1:{port}/{address}", "nonsense": line[:2048]}
        place = places.get(status, places["away"])
        quoted = line.replace("\\", "\\\\").replace('"', '\\"')
        realm = place if status == "realm" else f"https://127.0.0.1:{port}/token?said={address}"
        number = 401 if status == "realm" else 307 if status in places else int(status)
        sent = body.encode()
        with open(f"{sys.argv[7]}/{self.step}.{form}", "w") as kept:
            kept.write(f"{body}\n{line}\n{place}\n")
        self.send_response(number, line)
        if status in places:
            self.send_header("Location", place)
        self.send_header("WWW-Authenticate", f'Bearer realm="{realm}",service="{quoted}",scope="{quoted}",error="{quoted}"')
        self.send_header("Retry-After", "100000" if number in (429, 500) else line)  # nobody waits that long
        for name in ("Warning", "Docker-Content-Digest", "Range", "OCI-Subject", "X-Amzn-RequestId", "X-Amzn-ErrorType", "Set-Cookie"):
            if name != "X-Amzn-ErrorType" or form == "text":
                self.send_header(name, line)
        self.send_header("Content-Type", line if form == "code" else "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)

    def strikes(self):
        step, status, form = mode()
        if self.step == "elsewhere":
            status = "403"
        elif step not in (self.step, "any"):
            return False
        note("struck")
        self.echo(status, form)
        return True

    def read_body(self):
        return self.body

    def kind(self):
        path = urllib.parse.urlsplit(self.path).path
        if path in ("/token", "/v2/"):
            return {"/token": "token", "/v2/": "ping"}[path]
        first = path.split("/")[1]
        if first in ("storage", "up", "elsewhere"):
            return "upload" if first == "up" else first
        if "/blobs/uploads/" in path:
            return "begin"
        if "/manifests/" in path:
            return {"PUT": "put", "HEAD": "head"}.get(self.command, "manifest")
        return "blob" if "/blobs/" in path else "referrers"

    def operation(self):
        target = self.headers.get("X-Amz-Target")
        return target.split(".")[-1] if target else dict(urllib.parse.parse_qsl(self.body.decode())).get("Action", "unknown")

    def do_any(self):
        self.body = super().read_body()
        self.is_api = self.command == "POST" and urllib.parse.urlsplit(self.path).path == "/"
        self.step = self.operation() if self.is_api else self.kind()
        # What came where it belongs, though it will be refused.
        authorization = self.headers.get("Authorization") or ""
        if self.step != "token" and authorization == "Bearer " + secrets["granted"]:
            note("granted")
        if self.step == "token" and authorization.startswith("Basic ") and login(authorization) == "joe:" + secrets["password"]:
            note("password")
        if ECR.match(self.headers.get("Host", "")) and login(authorization) == "AWS:" + secrets["ecr"]:
            note("ecr")
        if self.is_api and self.headers.get("X-Amz-Security-Token") == secrets["session"]:
            note("session")
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        for name, field in (("presigned", "X-Amz-Signature"), ("state", "_state")):
            if query.get(field) == [secrets[name]]:
                note(name)
        refresh = urllib.parse.parse_qs(self.body.decode(errors="replace")).get("refresh_token") if self.step == "token" else None
        if refresh == [secrets["identity"]]:
            note("identity")
        if self.strikes():
            return None
        if self.is_api:
            return self.api()
        if refresh == [secrets["identity"]]:
            return self.answer(200, json.dumps({"access_token": secrets["bearer"], "expires_in": 300}))
        if self.step == "begin" and "/missing" in self.path:
            return self.refuse(404, "NAME_UNKNOWN")
        if self.step == "referrers" and self.headers.get("Authorization"):
            index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}
            return self.answer(200, json.dumps(index), Content_Type=index["mediaType"])
        return super().do_any()

    def is_logged_in(self, authorization):
        if ECR.match(self.headers.get("Host", "")):
            return login(authorization) == "AWS:" + secrets["ecr"]
        return super().is_logged_in(authorization) or authorization == "Bearer " + secrets["granted"]

    def api(self):
        if self.step == "GetAuthorizationToken":
            token = base64.b64encode(("AWS:" + secrets["ecr"]).encode()).decode()
            return self.answer(200, json.dumps({"authorizationData": [{"authorizationToken": token, "expiresAt": 4102444800}]}))
        if self.step == "GetCallerIdentity":
            return self.answer(200, "<R><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/joe</Arn></R>")
        return self.answer(400, json.dumps({"__type": "ClientException", "message": "Unable to describe task definition."}))


class Proxy(Echo):
    def do_CONNECT(self):
        self.body = b""
        if login(self.headers.get("Proxy-Authorization")) == "joe:" + secrets["proxy"]:
            note("proxy")
        if self.strikes():
            return
        with socket.create_connection(tls.server_address) as other:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            back = threading.Thread(target=pump, args=(other, self.connection), daemon=True)
            back.start()
            pump(self.connection, other)
            back.join()
        self.close_connection = True


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


tls = serving(Echo)
proxy = Server(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
print("proxy on", proxy.server_address[1], flush=True)
tls.serve_forever()
