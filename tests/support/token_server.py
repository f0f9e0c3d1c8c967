#!/usr/bin/env python3
"""A token server for docker-registry's `auth: token`, over TLS: Basic logins by GET, refresh tokens by POST.

token_server.py CERTIFICATE KEY SIGNING_CERTIFICATE SIGNING_KEY LOG

It listens on a free port of 127.0.0.1 and prints "listening on PORT". `joe` may push and pull, `eve` may only pull, anonymous
clients may do nothing. The first token for a push has already expired when it is issued, despite its `expires_in`.
Each response is a line in LOG: METHOD STATUS SCOPE.
"""
import base64
import http.server
import json
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

certificate, key, signing_certificate, signing_key, log_file = sys.argv[1:]
users = {"joe": ("pass word:1", {"pull", "push"}), "eve": ("read only", {"pull"})}
refresh_tokens = {"refresh/1+=": "joe"}
lock, stale = threading.Lock(), set()
der = "".join(line for line in open(signing_certificate) if not line.startswith("-----")).replace("\n", "")


def text_of(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user, scope, issuer_time, life):
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    allowed = sorted(users[user][1] & set(actions.split(",")))
    now = int(issuer_time)
    claims = {"iss": "test", "sub": user, "aud": "registry", "nbf": now - 10, "iat": now, "exp": now + life,
              "jti": str(time.time()), "access": [{"type": kind, "name": name, "actions": allowed}] if allowed else []}
    head = {"typ": "JWT", "alg": "RS256", "x5c": [der]}
    signed = ".".join(text_of(json.dumps(part).encode()) for part in (head, claims))
    made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", signing_key], input=signed.encode(), stdout=subprocess.PIPE, check=True)
    return signed + "." + text_of(made.stdout)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_):
        pass

    def answer(self, status, scope, document):
        with lock, open(log_file, "a") as out:
            print(self.command, status, scope, file=out)
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def give(self, user, query):
        scope = query.get("scope", [""])[0]
        if user is None:
            return self.answer(401, scope, {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]})
        with lock:
            is_stale = scope.endswith("push") and scope not in stale
            stale.add(scope)
        # docker-registry is lenient by a minute.
        made = token(user, scope, time.time() - (3600 if is_stale else 0), 300)
        return self.answer(200, scope, {"token": made, "expires_in": 300})

    def do_GET(self):
        user = None
        words = (self.headers.get("Authorization") or "").split(" ")
        if words[0] == "Basic":
            name, _, password = base64.b64decode(words[1]).decode().partition(":")
            user = name if users.get(name, ("",))[0] == password else None
        self.give(user, urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query))

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.give(refresh_tokens.get(form.get("refresh_token", [""])[0]), form)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("listening on", server.server_address[1], flush=True)
server.serve_forever()
