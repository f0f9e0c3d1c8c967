"""Creates a tree with entries that readers of tars often get wrong.

usage: nasty_tree.py FOLDER; prints the entries that this file system does not support, one per line.
"""
import hashlib
import os
import sys

root = os.fsencode(sys.argv[1])


def put(name, data=b"", mode=0o644):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)
    return path


def noise(seed, size):
    return hashlib.shake_256(seed).digest(size)


def attempt(what, act):
    try:
        act()
    except OSError as error:
        print(f"{what}: {error.strerror}")


os.makedirs(root, exist_ok=True)
# Around ustar's fields of 100 and 155 bytes, and past what any of them holds.
for length in (98, 99, 100, 101, 155, 156, 254, 255):
    put(b"names/" + b"n" * (length - 6 if length < 255 else 255), b"%d" % length)
deep = b"deep/" + b"/".join(b"%02d-%s" % (i, b"d" * 40) for i in range(12))
put(deep + b"/file", b"at a path of more than 500 bytes")
put(deep + b"/" + b"f" * 255, b"and a long name there")
os.symlink(b"../" * 20 + b"t" * 300, os.path.join(root, deep, b"far"))
for name in ("Ünïcödé", "日本語/ファイル", "emoji-\U0001f6f6", "decomposed-e\u0301", "\u202eright to left"):
    put(os.fsencode("names/" + name), name.encode())
for name in (b"\xff\xfe", b"latin-\xe9t\xe9", b"cut-\xe6\x97", b"caf\xe9/" + b"\xe9" * 200):
    attempt(f"the name {name[:12]!r}", lambda name=name: put(b"bytes/" + name, name))
for name in (b" leading", b"trailing ", b"new\nline", b"tab\t", b"back\\slash", b"-rf", b"star*", b"\x01\x1b[31m", b'quote"', b"=", b"a" * 98 + b"=\n"):
    put(b"odd/" + name, name)
# Contents around the tar's block and the pieces' bounds.
for size in (0, 1, 511, 512, 513, 1023, 1024):
    put(b"sizes/%d" % size, noise(b"small", size))
for kib in (256, 512):
    for more in (-1, 0, 1):
        put(b"sizes/%dk%+d" % (kib, more), (b"lapstrake \n" * 50000)[: (kib << 10) + more])
put(b"sizes/noise", noise(b"large", 9 << 20))
sparse = put(b"sizes/sparse")
os.truncate(sparse, 64 << 20)
with open(sparse, "r+b") as file:
    file.seek(40_000_001)
    file.write(b"an island")
# Modes, links, folders.
for mode in (0o4755, 0o2755, 0o6711, 0o1644, 0o600, 0o444, 0o777):
    put(b"modes/%o" % mode, b"%o" % mode, mode)
os.makedirs(os.path.join(root, b"empty/folder"))
put(b"links/a", b"of three names")
os.link(os.path.join(root, b"links/a"), os.path.join(root, b"links/b"))
os.link(os.path.join(root, b"links/a"), os.path.join(root, b"links/" + b"l" * 200))
os.link(os.path.join(root, b"sizes/0"), os.path.join(root, b"links/of nothing"))
for target in ("a", "../sizes", "/absolute/and/nowhere", "missing", "日本", "x" * 100, "y" * 101):
    os.symlink(target, os.path.join(root, b"links", b"to-" + hashlib.sha256(target.encode()).hexdigest()[:8].encode()))
# Extended attributes, if the file system takes them: text, bytes that are no text, none.
with_xattrs = put(b"xattrs/file", b"x")
attempt("extended attributes", lambda: [os.setxattr(with_xattrs, name, value) for name, value in (("user.text", b"lapstrake"), ("user.bytes", bytes(range(256))), ("user.none", b""))])
