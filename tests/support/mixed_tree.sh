# shellcheck shell=bash
# Creates a tree of about 8 MB that exercises each path of the compressors: text, code, repetition, random bytes, small, large and empty
# files. The bytes are the same on every machine.
#
#   mixed_tree FOLDER
mixed_tree() {
  mkdir -p "$1"
  python3 - "$1" <<'PY'
import hashlib, os, sys
root = sys.argv[1]


def put(name, data):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def noise(seed, size):
    blocks = (hashlib.sha256(b"%s %d" % (seed, i)).digest() for i in range(size // 32 + 1))
    return b"".join(blocks)[:size]


words = [b"function ", b"return ", b"const ", b"lapstrake", b"(a, b)", b"\n  ", b"=> ", b"0x1f", b"the ", b"layer ", b"{ ", b" }\n"]


def text(seed, size):
    return b"".join(words[byte % 12] for byte in noise(seed, size))[:size]


for i in range(150):
    put("src/%02d/file%d.js" % (i % 17, i), text(b"js%d" % i, (i * 137) % 9000))
put("noise", noise(b"n", 400_000))
put("text", text(b"t", 800_000))
put("zeros", bytes(4_600_000))
put("pattern", bytes(range(256)) * 1000)
put("halves", noise(b"h", 150_000) + text(b"h", 150_000) + bytes(150_000))
for size in (0, 1, 511, 512, 513, 256 << 10, (256 << 10) + 1):
    put("sizes/%d" % size, text(b"s%d" % size, size))
PY
}
