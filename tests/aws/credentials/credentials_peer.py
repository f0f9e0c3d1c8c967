"""credentials_peer.py DRIVER: a table of configurations, each resolved by botocore and by lapstrake.

Both must find the same key, token, expiry and kind of source, or both must refuse. Where lapstrake
differs on purpose, the row says why. STS, the SSO portal, a container's endpoint and an instance's
metadata service are one local server; the keys that it gives are derived from what it was asked
(role, signer, external id, token), so that equal keys mean equal requests.
"""
import hashlib
import http.server
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest.mock
import urllib.parse

import botocore
import botocore.credentials
import botocore.session
import botocore.tokens
import botocore.utils

END = "2099-01-01T00:00:00Z"
END_SECONDS = 4070908800
KINDS = {"env": "environment", "assume-role": "role", "assume-role-with-web-identity": "web_identity",
         "shared-credentials-file": "keys", "config-file": "keys", "sso": "sso", "custom-process": "process",
         "container-role": "container", "iam-role": "instance"}
ROLES = "/latest/meta-data/iam/security-credentials/"


def keys_for(*asked):
    digest = hashlib.sha256("\0".join(asked).encode()).hexdigest()
    return "ASIA" + digest[:12].upper(), "secret-" + digest[12:40], "token-" + digest[40:]


class Services(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, text, kind="application/json"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def metadata_keys(self, *asked):
        key, secret, token = keys_for(*asked)
        self.answer(200, json.dumps({"Code": "Success", "AccessKeyId": key, "SecretAccessKey": secret, "Token": token,
                                     "Expiration": END}))

    def do_PUT(self):
        self.answer(200, "imds-token") if self.path == "/latest/api/token" else self.answer(404, "")

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        if url.path.startswith("/latest/"):
            if self.headers.get("x-aws-ec2-metadata-token") != "imds-token":
                self.answer(401, "")
            elif url.path == ROLES:
                self.answer(200, "web", "text/plain")
            elif url.path == ROLES + "web":
                self.metadata_keys("instance")
            else:
                self.answer(404, "")
        elif url.path.startswith("/norole/"):
            self.answer(404, "")
        elif url.path.startswith("/task"):
            self.metadata_keys("container", self.path, self.headers.get("Authorization", ""))
        elif url.path == "/denied":
            self.answer(403, "{}")
        elif url.path == "/federation/credentials":
            self.sso(urllib.parse.parse_qs(url.query))
        else:
            self.answer(404, "")

    def sso(self, query):
        bearer = self.headers.get("x-amz-sso_bearer_token", "")
        if bearer == "ended":
            self.send_response(401)
            self.send_header("x-amzn-ErrorType", "UnauthorizedException")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
            return
        key, secret, token = keys_for("sso", query["role_name"][0], query["account_id"][0], bearer)
        self.answer(200, json.dumps({"roleCredentials": {"accessKeyId": key, "secretAccessKey": secret,
                                                         "sessionToken": token, "expiration": END_SECONDS * 1000}}))

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        signer = re.search("Credential=([^/]+)/", self.headers.get("Authorization", ""))
        operation = form["Action"]
        given = "" if form["RoleSessionName"].startswith(("botocore-session-", "lapstrake-")) else form["RoleSessionName"]
        key, secret, token = keys_for(
            operation, form["RoleArn"], given, form.get("ExternalId", ""), form.get("DurationSeconds", ""),
            form.get("WebIdentityToken", ""), signer.group(1) if signer else "unsigned",
            self.headers.get("X-Amz-Security-Token", ""))
        if "json" in self.headers.get("Accept", ""):
            keys = {"AccessKeyId": key, "SecretAccessKey": secret, "SessionToken": token, "Expiration": END_SECONDS}
            self.answer(200, json.dumps({operation + "Response": {operation + "Result": {"Credentials": keys}}}))
            return
        self.answer(200, f"<{operation}Response xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><{operation}Result>"
                         f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
                         f"<SessionToken>{token}</SessionToken><Expiration>{END}</Expiration></Credentials>"
                         f"<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/x/y</Arn>"
                         f"<AssumedRoleId>A:y</AssumedRoleId></AssumedRoleUser></{operation}Result>"
                         f"</{operation}Response>", "text/xml")


PAIR = "aws_access_key_id = AKID{0}\naws_secret_access_key = secret-{0}\n"
ENV = {"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "secret-env"}
ENV_TOKEN = {**ENV, "AWS_SESSION_TOKEN": "token-env"}
WEB = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/web", "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}
FULL = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{server}/task"}
RELATIVE = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/task/relative?id=1"}
IMDS = {"AWS_EC2_METADATA_DISABLED": "false"}
DEFAULT = "[default]\n" + PAIR.format("DEF")
BASE = "[base]\n" + PAIR.format("BASE")
ROLE = "role_arn = arn:aws:iam::123456789012:role/{0}\n"
SSO = "sso_account_id = 123456789012\nsso_role_name = Deployer\n"
SSO_HOME = "sso_region = eu-west-1\nsso_start_url = https://corp.example/start\n"
SSO_SESSION = "[profile dev]\nsso_session = corp\n" + SSO + "[sso-session corp]\n" + SSO_HOME
SSO_OLD = "[profile dev]\n" + SSO_HOME + SSO


def cache(name, token="access", expires=END):
    return {".aws/sso/cache/" + hashlib.sha1(name.encode()).hexdigest() + ".json":
            json.dumps({"accessToken": token, "expiresAt": expires, "region": "eu-west-1",
                        "startUrl": "https://corp.example/start"})}


def process(command):
    return "[profile p]\ncredential_process = " + command + "\n"


def printed(**members):
    return {"keys.json": json.dumps({"Version": 1, "AccessKeyId": "AKIDPROC", "SecretAccessKey": "secret-proc", **members})}


def row(what, *, credentials="", config="", env=None, profile=None, files=None, differs=None, ours=None):
    """`differs`: why lapstrake differs on purpose; `ours`: the kind that it finds then, or "refused"."""
    return {"what": what, "credentials": credentials, "config": config, "env": env or {}, "profile": profile,
            "files": files or {}, "differs": differs, "ours": ours}


TOKEN = {"token": "eyJ.web.identity"}
TABLE = [
    # keys
    row("keys in the environment", env=ENV),
    row("keys and a token in the environment", env=ENV_TOKEN),
    row("the old name of the token", env={**ENV, "AWS_SECURITY_TOKEN": "old"}),
    row("both names of the token", env={**ENV_TOKEN, "AWS_SECURITY_TOKEN": "old"},
        differs="the documented name wins; botocore takes the old one first", ours="environment"),
    row("an expiry in the environment", env={**ENV_TOKEN, "AWS_CREDENTIAL_EXPIRATION": END}),
    row("half a pair in the environment", env={"AWS_ACCESS_KEY_ID": "AKIDENV"}, credentials=DEFAULT),
    row("the environment before the default profile", env=ENV, credentials=DEFAULT),
    row("the environment before AWS_PROFILE", env={**ENV, "AWS_PROFILE": "base"}, credentials=BASE),
    row("an explicit profile before the environment", env=ENV, credentials=BASE, profile="base"),
    row("the default profile", credentials=DEFAULT),
    row("AWS_PROFILE", env={"AWS_PROFILE": "base"}, credentials=DEFAULT + BASE),
    row("keys in the config file", config="[profile base]\n" + PAIR.format("CONF"), profile="base"),
    row("keys in both files", credentials=BASE, config="[profile base]\n" + PAIR.format("CONF"), profile="base"),
    row("files elsewhere", env={"AWS_SHARED_CREDENTIALS_FILE": "{home}/keys"}, files={"keys": DEFAULT}),
    row("half a pair in a profile", credentials="[default]\naws_access_key_id = AKID\n"),
    row("a profile that does not exist", credentials=DEFAULT, profile="none"),
    row("nothing anywhere"),
    # web identity
    row("web identity in the environment", env=WEB, files=TOKEN),
    row("web identity with a session name", env={**WEB, "AWS_ROLE_SESSION_NAME": "pod"}, files=TOKEN),
    row("keys before web identity, in the environment", env={**WEB, **ENV}, files=TOKEN),
    row("web identity in the environment before keys of the profile", env=WEB, files=TOKEN, credentials=DEFAULT),
    row("web identity in the environment, and a role in the profile", env=WEB, files=TOKEN, credentials=BASE,
        config="[default]\n" + ROLE.format("a") + "source_profile = base\n",
        differs="botocore takes roles of profiles first; the newer SDKs, as lapstrake, the environment",
        ours="web_identity"),
    row("web identity in a profile", config="[profile web]\n" + ROLE.format("p") + "web_identity_token_file = {home}/token\n",
        profile="web", files=TOKEN),
    row("web identity in the environment, and an explicit profile", env=WEB, files=TOKEN, credentials=BASE, profile="base"),
    row("web identity of a source profile", profile="a", files=TOKEN,
        config="[profile a]\n" + ROLE.format("a") + "source_profile = web\n[profile web]\n" + ROLE.format("w") +
        "web_identity_token_file = {home}/token\n"),
    row("a token file without a role", env={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, files=TOKEN, credentials=DEFAULT),
    row("a role without a token file", env={"AWS_ROLE_ARN": WEB["AWS_ROLE_ARN"]}, credentials=DEFAULT),
    row("a token file that ends with a line end", env=WEB, files={"token": "eyJ.web.identity\n"},
        differs="no token ends with a line end, so lapstrake leaves it out; botocore sends it", ours="web_identity"),
    # roles
    row("a role with a source profile", credentials=BASE, profile="a",
        config="[profile a]\n" + ROLE.format("a") + "source_profile = base\n"),
    row("a role with all its settings", credentials=BASE, profile="a",
        config="[profile a]\n" + ROLE.format("a") + "source_profile = base\nexternal_id = x/y+z\n"
        "role_session_name = ci@build\nduration_seconds = 1800\n"),
    row("a role in the credentials file", credentials=BASE + "[a]\n" + ROLE.format("a") + "source_profile = base\n", profile="a"),
    row("a chain of three roles", credentials=BASE, profile="c",
        config="".join(f"[profile {n}]\n" + ROLE.format(n) + f"source_profile = {s}\n" for n, s in ("ab", "cd", "da"))
        .replace("source_profile = b\n", "source_profile = base\n")),
    row("a profile that is its own source", credentials="[a]\n" + PAIR.format("SELF"), profile="a",
        config="[profile a]\n" + ROLE.format("a") + "source_profile = a\n"),
    row("a source profile with keys and a role", credentials="[b]\n" + PAIR.format("B"), profile="a",
        config="[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" + ROLE.format("b") +
        "source_profile = a\n"),
    row("a loop of two", profile="a", config="[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" +
        ROLE.format("b") + "source_profile = a\n"),
    row("a source profile that does not exist", profile="a", config="[profile a]\n" + ROLE.format("a") + "source_profile = b\n"),
    row("a source profile without credentials", profile="a",
        config="[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\nregion = x\n"),
    row("a role without a source", profile="a", config="[profile a]\n" + ROLE.format("a")),
    row("a role with two sources", profile="a", env=ENV, credentials=BASE,
        config="[profile a]\n" + ROLE.format("a") + "source_profile = base\ncredential_source = Environment\n"),
    row("a role from the environment", profile="a", env=ENV_TOKEN,
        config="[profile a]\n" + ROLE.format("a") + "credential_source = Environment\n"),
    row("a role from a container", profile="a", env=FULL,
        config="[profile a]\n" + ROLE.format("a") + "credential_source = EcsContainer\n"),
    row("a role from an instance", profile="a", env=IMDS,
        config="[profile a]\n" + ROLE.format("a") + "credential_source = Ec2InstanceMetadata\n"),
    row("a role from the environment, which has no keys", profile="a",
        config="[profile a]\n" + ROLE.format("a") + "credential_source = Environment\n"),
    row("an unknown source", profile="a", config="[profile a]\n" + ROLE.format("a") + "credential_source = Elsewhere\n"),
    row("a role whose source is a process", profile="a", files=printed(),
        config="[profile a]\n" + ROLE.format("a") + "source_profile = p\n" + process("cat {home}/keys.json")),
    row("a role whose source is SSO", profile="a", files=cache("corp"),
        config="[profile a]\n" + ROLE.format("a") + "source_profile = dev\n" + SSO_SESSION),
    row("a duration that is no number", credentials=BASE, profile="a",
        config="[profile a]\n" + ROLE.format("a") + "source_profile = base\nduration_seconds = 1h\n",
        differs="botocore ignores it without a word; lapstrake says that it is wrong", ours="refused"),
    # SSO
    row("SSO with a session", config=SSO_SESSION, profile="dev", files=cache("corp")),
    row("SSO in the old form", config=SSO_OLD, profile="dev", files=cache("https://corp.example/start")),
    row("SSO by AWS_PROFILE", config=SSO_SESSION, env={"AWS_PROFILE": "dev"}, files=cache("corp")),
    row("SSO without a login", config=SSO_SESSION, profile="dev"),
    row("SSO whose login has expired", config=SSO_OLD, profile="dev",
        files=cache("https://corp.example/start", expires="2020-01-01T00:00:00Z")),
    row("SSO whose session has ended", config=SSO_SESSION, profile="dev", files=cache("corp", token="ended")),
    row("SSO without a region", config=SSO_OLD.replace("sso_region = eu-west-1\n", ""), profile="dev",
        files=cache("https://corp.example/start")),
    row("SSO with a session that does not exist", profile="dev", config="[profile dev]\nsso_session = corp\n" + SSO),
    row("SSO and keys", credentials="[dev]\n" + PAIR.format("DEV"), config=SSO_SESSION, profile="dev", files=cache("corp"),
        differs="what syncs SSO writes the keys, and the SDKs for Go and JavaScript take them; botocore takes SSO",
        ours="keys"),
    # processes
    row("a process", config=process("cat {home}/keys.json"), profile="p", files=printed()),
    row("a process with a token and an expiry", config=process("cat '{home}/keys.json'"), profile="p",
        files=printed(SessionToken="token-proc", Expiration=END)),
    row("a process with quotes", config=process("sh -c \"cat \\\"$0\\\"\" '{home}/keys.json'"), profile="p", files=printed()),
    row("a process of another version", config=process("cat {home}/keys.json"), profile="p", files=printed(Version=2)),
    row("a process without a secret", config=process("echo '{{\"Version\": 1, \"AccessKeyId\": \"A\"}}'"), profile="p"),
    row("a process that fails", config=process("sh -c 'echo no >&2; exit 3'"), profile="p"),
    row("a process, and keys in the credentials file", credentials="[p]\n" + PAIR.format("P"),
        config=process("cat {home}/keys.json"), profile="p", files=printed()),
    row("a process, and keys in the config file", config=process("cat {home}/keys.json") + PAIR.format("P"), profile="p",
        files=printed()),
    # containers
    row("a container's endpoint", env=FULL),
    row("a container's relative address", env=RELATIVE),
    row("both addresses of a container", env={**FULL, **RELATIVE}),
    row("a container with a token", env={**FULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc"}),
    row("a container with a token file, which comes before the token",
        env={**FULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "variable", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/token"},
        files=TOKEN),
    row("a container's token with a line end",
        env={**FULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "abc\r\nX: y"}),
    row("a container on a foreign host", env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/task"}),
    row("a container before the instance", env={**FULL, **IMDS}),
    row("the profile before a container", env=FULL, credentials=DEFAULT),
    row("web identity before a container", env={**FULL, **WEB}, files=TOKEN),
    # the instance
    row("an instance", env=IMDS),
    row("an instance, disabled", env={"AWS_EC2_METADATA_DISABLED": "true"}),
    row("an instance without a role", env={**IMDS, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{server}/norole"}),
    row("a profile before the instance", env=IMDS, credentials=DEFAULT),
    row("an explicit profile without credentials, on an instance", env=IMDS, config="[profile x]\nregion = eu-west-1\n", profile="x",
        differs="a profile that was asked for and has no credentials is a mistake; botocore goes on to the instance",
        ours="refused"),
]


def filled(text, home, server):
    return text.replace("{{", "{").replace("}}", "}").replace("{home}", home).replace("{server}", server)


def prepare(case, home, server):
    """Writes the files of `case`; its environment."""
    files = {".aws/credentials": case["credentials"], ".aws/config": case["config"], **case["files"]}
    for name, text in files.items():
        if not text:
            continue
        path = os.path.join(home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text if name.endswith(".json") else filled(text, home, server))
    usual = {"HOME": home, "PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": server,
             "AWS_EC2_METADATA_DISABLED": "true", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server}
    return {**usual, **{name: filled(value, home, server) for name, value in case["env"].items()}}


def by_botocore(environment, profile, server):
    folder = os.path.join(environment["HOME"], ".aws", "sso", "cache")
    with unittest.mock.patch.dict(os.environ, environment, clear=True), \
            unittest.mock.patch.object(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR", folder), \
            unittest.mock.patch.object(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", folder), \
            unittest.mock.patch.object(botocore.utils.ContainerMetadataFetcher, "SLEEP_TIME", 0), \
            unittest.mock.patch.object(botocore.utils.ContainerMetadataFetcher, "full_url", lambda _, uri: server + uri):
        try:
            found = botocore.session.Session(profile=profile).get_credentials()
            if found is None:
                return {"refused": "none"}
            keys = found.get_frozen_credentials()
            end = getattr(found, "_expiry_time", None)
            return {"id": keys.access_key, "secret": keys.secret_key, "token": keys.token or "",
                    "kind": KINDS[found.method], "expires": int(end.timestamp()) if end else None}
        except Exception as error:  # botocore raises ValueError, KeyError and its own
            return {"refused": f"{type(error).__name__}: {error}"}


def judged(case, theirs, ours):
    """What is wrong; an empty text if nothing is."""
    same = "refused" in theirs and "refused" in ours or all(
        theirs.get(name, 0) == ours.get(name, None if name == "expires" else 1)
        for name in ("id", "secret", "token", "kind", "expires"))
    if case["differs"] is None:
        return "" if same else "they differ"
    kind = ours.get("kind", "refused")
    if kind != case["ours"]:
        return f"lapstrake should have found {case['ours']}"
    return "they agree, although the table says that they differ" if same else ""


def main():
    if not hasattr(botocore.tokens, "SSOTokenProvider") or not hasattr(botocore.credentials, "_base64_url_encode_no_padding"):
        print(f"NOT RUN: botocore {botocore.__version__} is older than the rules of this table (1.41)")
        return 77
    logging.disable(logging.CRITICAL)
    services = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Services)
    threading.Thread(target=services.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{services.server_port}"
    wrong = found = 0
    with subprocess.Popen([sys.argv[1], address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
        for case in TABLE:
            with tempfile.TemporaryDirectory() as home:
                environment = prepare(case, home, "http://" + address)
                theirs = by_botocore(environment, case["profile"], "http://" + address)
                print(json.dumps({"environment": environment, "profile": case["profile"]}), file=driver.stdin, flush=True)
                ours = json.loads(driver.stdout.readline())
            why = judged(case, theirs, ours)
            wrong += bool(why)
            found += "id" in ours
            if why:
                print(f"{case['what']}: {why}\n  botocore:  {theirs}\n  lapstrake: {ours}")
            elif case["differs"]:
                print(f"{case['what']}: differs on purpose: {case['differs']}")
        driver.stdin.close()
    print(f"botocore {botocore.__version__}: {len(TABLE) - wrong} of {len(TABLE)} configurations as the table says; {found} have "
          f"credentials, "
          f"{sum(bool(case['differs']) for case in TABLE)} of them different on purpose")
    return 1 if wrong else 0


sys.exit(main())
