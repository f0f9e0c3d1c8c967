"""A private moto_server on 127.0.0.1 that checks signatures and policies.

    with Moto() as moto:
        subprocess.run(command, env=moto.environment("admin"))

Users: `admin` may do everything, `pusher` nothing but ecr:GetAuthorizationToken; `deployer` is an assumed role (with a
session token) that may use ECR, ECS and STS. As a program: `moto.py COMMAND...` runs COMMAND as `admin`.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

ACCOUNT = "123456789012"
REGION = "us-east-1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def policy(*actions):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})


class Moto:
    """Without `moto_server` on the PATH, is_installed() is False."""

    @staticmethod
    def is_installed():
        return shutil.which("moto_server") is not None

    def __enter__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = tempfile.TemporaryFile()
        self.server = subprocess.Popen(["moto_server", "-H", "127.0.0.1", "-p", str(self.port)], stdout=self.log,
                                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            self._wait()
            self.keys = self._people()
            self._lock()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.server.terminate()
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.log.close()

    def environment(self, user):
        """The variables of a shell that is `user`; nothing of AWS's is inherited."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        mine.update(self.keys[user], AWS_ENDPOINT_URL=self.url, AWS_REGION=REGION, AWS_DEFAULT_REGION=REGION,
                    AWS_EC2_METADATA_DISABLED="true", NO_PROXY="127.0.0.1", HOME="/nonexistent")
        return mine

    def _wait(self):
        for _ in range(600):
            if self.server.poll() is not None:
                self.log.seek(0)
                sys.exit("moto_server ended:\n" + self.log.read().decode(errors="replace"))
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("moto_server does not listen after 60 s")

    def _ask(self, service, version, **fields):
        """A call that nobody signed, which moto takes until it is locked."""
        scope = f"Credential=bootstrap/20260101/us-east-1/{service}/aws4_request"
        request = urllib.request.Request(
            self.url, urllib.parse.urlencode(dict(fields, Version=version)).encode(),
            {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
             "Content-Type": "application/x-www-form-urlencoded"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        reply = ElementTree.fromstring(opener.open(request, timeout=60).read())
        return {element.tag.rpartition("}")[2]: element.text for element in reply.iter()}

    def _iam(self, action, **fields):
        return self._ask("iam", "2010-05-08", Action=action, **fields)

    def _user(self, name, *actions):
        self._iam("CreateUser", UserName=name)
        self._iam("PutUserPolicy", UserName=name, PolicyName="p", PolicyDocument=policy(*actions))
        key = self._iam("CreateAccessKey", UserName=name)
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def _role(self, name, *actions):
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
        self._iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        self._iam("PutRolePolicy", RoleName=name, PolicyName="p", PolicyDocument=policy(*actions))
        key = self._ask("sts", "2011-06-15", Action="AssumeRole", RoleSessionName="test",
                        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}")
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
                "AWS_SESSION_TOKEN": key["SessionToken"]}

    def _people(self):
        return {"admin": self._user("admin", "*"), "pusher": self._user("pusher", "ecr:GetAuthorizationToken"),
                "deployer": self._role("deployer", "ecr:*", "ecs:*", "sts:*")}

    def _lock(self):
        request = urllib.request.Request(self.url + "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60).read()


if __name__ == "__main__":
    if not Moto.is_installed():
        print("NOT RUN: moto_server is not installed")
        sys.exit(77)
    with Moto() as moto:
        sys.exit(subprocess.run(sys.argv[1:], env=moto.environment("admin"), check=False).returncode)
