"""sign_botocore.py DRIVER: random requests, signed by lapstrake and by botocore, must agree.

The seed is printed; LAPSTRAKE_SEED repeats a run.
"""
import datetime
import json
import os
import random
import subprocess
import sys
import unittest.mock
import urllib.parse

import botocore
import botocore.auth
import botocore.awsrequest
import botocore.credentials

SEED = int(os.environ.get("LAPSTRAKE_SEED", random.randrange(2**32)))
PICK = random.Random(SEED)
COUNT = 2000
UNUSUAL = "abcXYZ019-._~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}éß中😀"


def text(most, letters=UNUSUAL):
    return "".join(PICK.choice(letters) for _ in range(PICK.randrange(most + 1)))


def path():
    segments = PICK.choices(["", ".", "..", None], k=PICK.randrange(6))
    return "/" + "/".join(urllib.parse.quote(text(8), safe="") if s is None else s for s in segments)


def query():
    return "&".join(urllib.parse.quote(text(6) or "a", safe="") + "=" + urllib.parse.quote(text(6), safe="")
                    for _ in range(PICK.randrange(5)))


def headers():
    # Values as HTTP carries them: printable ASCII, blanks in any number. No `Connection`: botocore 1.29 still signs it.
    names = ["X-Amz-Target", "Content-Type", "X-Custom", "x-lower", "User-Agent", "Accept", "X-Amzn-Trace-Id"]

    def value():
        return " " * PICK.randrange(3) + text(12, "abcXYZ 019,;=/\"'-.  ") + " " * PICK.randrange(3)

    return [[name, value()] for name in PICK.sample(names, PICK.randrange(len(names)))]


def request():
    host = PICK.choice(["ecs.us-east-1.amazonaws.com", "127.0.0.1:5555", "example.com:443", "example.com:8443"])
    url = "https://" + host + path()
    asked = query()
    return {
        "method": PICK.choice(["GET", "POST", "PUT", "DELETE"]),
        "url": url + ("?" + asked if asked else ""),
        "headers": headers(),
        "body": text(40) if PICK.random() < 0.7 else "",
        "id": "AKID" + text(16, "ABCDEFGH234"),
        "secret": text(40, "abcXYZ019+/") or "s",
        "token": text(60, "abcXYZ019+/=") if PICK.random() < 0.5 else "",
        "region": PICK.choice(["us-east-1", "eu-west-1", "cn-north-1"]),
        "service": PICK.choice(["ecr", "ecs", "sts", "secretsmanager"]),
        "time": PICK.randrange(0, 2**32),
    }


def fixed_clock(moment):
    """botocore reads the time by datetime.utcnow() (1.29) or by get_current_datetime() (1.43)."""
    naive = moment.replace(tzinfo=None)
    if hasattr(botocore.auth, "get_current_datetime"):
        return unittest.mock.patch.object(botocore.auth, "get_current_datetime", lambda *a, **k: naive)
    clock = unittest.mock.Mock(wraps=datetime)
    clock.datetime.utcnow.return_value = naive
    return unittest.mock.patch.object(botocore.auth, "datetime", clock.datetime if hasattr(botocore.auth.datetime, "utcnow") else clock)


def by_botocore(asked):
    credentials = botocore.credentials.Credentials(asked["id"], asked["secret"], asked["token"] or None)
    signer = botocore.auth.SigV4Auth(credentials, asked["service"], asked["region"])
    sent = botocore.awsrequest.AWSRequest(method=asked["method"], url=asked["url"], data=asked["body"].encode(),
                                          headers=dict(asked["headers"]))
    canonical = []
    plain = signer.canonical_request
    signer.canonical_request = lambda r: canonical.append(plain(r)) or canonical[-1]
    with fixed_clock(datetime.datetime.fromtimestamp(asked["time"], datetime.timezone.utc)):
        signer.add_auth(sent)
    return {"canonical_request": canonical[-1], "signature": sent.headers["Authorization"].rpartition("Signature=")[2]}


def main():
    print(f"botocore {botocore.__version__}, seed {SEED}")
    asked = [request() for _ in range(COUNT)]
    ran = subprocess.run([sys.argv[1], "sign"], input="".join(json.dumps(each) + "\n" for each in asked), text=True,
                         encoding="utf-8", stdout=subprocess.PIPE, check=True)
    ours = [json.loads(line) for line in ran.stdout.splitlines()]
    if len(ours) != COUNT:
        sys.exit(f"{COUNT} requests, {len(ours)} signatures")
    wrong = 0
    for each, got in zip(asked, ours):
        want = by_botocore(each)
        if want != got:
            wrong += 1
            if wrong <= 3:
                print("FAILED", json.dumps(each, ensure_ascii=False))
                print("botocore:\n" + want["canonical_request"] + "\nlapstrake:\n" + got["canonical_request"])
    print(f"{COUNT - wrong} of {COUNT} signatures agree")
    sys.exit(1 if wrong else 0)


main()
