"""Creates the IAM user of a moto_server that is not locked yet, and writes its keys to a credentials file.

usage: moto_user.py PORT FILE
"""
import json
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

port, path = sys.argv[1:3]
HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=bootstrap/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
    "Content-Type": "application/x-www-form-urlencoded",
}
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def iam(action, **members):
    body = urllib.parse.urlencode(dict(members, Action=action, Version="2010-05-08")).encode()
    return OPENER.open(urllib.request.Request(f"http://127.0.0.1:{port}/", body, HEADERS)).read()


policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
iam("CreateUser", UserName="admin")
iam("PutUserPolicy", UserName="admin", PolicyName="all", PolicyDocument=policy)
tree = ET.fromstring(iam("CreateAccessKey", UserName="admin"))
space = tree.tag.split("}")[0] + "}"
key, secret = (next(tree.iter(space + name)).text for name in ("AccessKeyId", "SecretAccessKey"))
for role in ("ecsTaskExecutionRole", "task"):
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam("CreateRole", RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
with open(path, "w") as file:
    file.write(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
