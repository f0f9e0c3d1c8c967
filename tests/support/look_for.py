#!/usr/bin/env python3
"""Creates secrets, and searches for them in files: look_for.py SECRETS.json make NAME[=KEY FILE]... | get NAME [address] | find FOLDER..."""
import base64
import json
import os
import sys
import urllib.parse


def made(position, name):
    if "=" in name:
        name, file = name.split("=")
        return name, open(file).read().split("\n")[1]
    return name, "Zq%d/%s+7x=" % (position, name) + "kW9~" * 3 + os.urandom(6).hex()


def forms(text):
    """Raw and in an address; these in base64 wherever it begins, in hex; and each in an address and in JSON once more."""
    once = {text}
    for raw in (text.encode(), urllib.parse.quote(text, safe="").encode()):
        once |= {raw.hex(), raw.hex().upper()}
        for shift in range(3):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                whole = encode(b"x" * shift + raw).decode()
                once.add(whole[4 if shift else 0:len(whole) // 4 * 4 - 4])
    out = set()
    for one in once:
        for safe in ("", "/", "/="):
            for quote in (urllib.parse.quote, urllib.parse.quote_plus):
                out |= {quote(one, safe=safe), quote(quote(one, safe=safe), safe=safe)}
        out |= {one, json.dumps(one)[1:-1], json.dumps(one).replace("/", "\\/")[1:-1]}
    return {one.encode() for one in out}


def finding(secrets, roots):
    wanted = [(name, form) for name, text in secrets.items() for form in forms(text)]
    for root in roots:
        for folder, _, files in os.walk(root):
            for file in files:
                path = os.path.join(folder, file)
                if not os.path.isfile(path):
                    continue
                with open(path, "rb") as opened:
                    data = opened.read() + path.encode()
                yield from {(name, path) for name, form in wanted if form in data}


def main(file, act, *rest):
    if act == "make":
        with open(file, "w") as out:
            json.dump(dict(made(*each) for each in enumerate(rest)), out)
        return
    with open(file) as opened:
        secrets = json.load(opened)
    if act == "get":
        print(urllib.parse.quote(secrets[rest[0]], safe="") if len(rest) > 1 else secrets[rest[0]])
    if act == "find":
        print("\n".join("%s in %s" % hit for hit in sorted(set(finding(secrets, rest)))))


main(*sys.argv[1:])
