"""A tree of files with a given number of files and bytes, the same on every machine.

    python3 bench/synthetic.py FOLDER FILES BYTES text|code

The words (or, for code, byte strings) are drawn with Zipf's weights, so that they compress about as sources and programs do;
the sizes are drawn log-normally, as those of real trees are. A few files repeat, a few folders are deep.
"""
import itertools
import os
import random
import sys


def tokens_of(kind, rng, count=4000):
    if kind == "code":
        return [bytes(rng.getrandbits(8) for _ in range(rng.randint(1, 8))) for _ in range(count)]
    letters = "etaoinshrdlucmfwypvbgkqjxz"
    words = ["".join(letters[int(26 * rng.random() ** 2)] for _ in range(rng.randint(2, 11))) for _ in range(count)]
    ends = [" ", " ", " ", ", ", "(", ");\n", " = ", ".", "\n  "]
    return [(word + ends[rng.randrange(len(ends))]).encode() for word in words]


def sizes_of(rng, files, total):
    sizes = [rng.lognormvariate(0, 1.6) for _ in range(files)]
    scale = total / sum(sizes)
    sizes = [int(size * scale) for size in sizes]
    sizes[0] += total - sum(sizes)
    return sizes


def make(folder, files, total, kind, seed=20231114):
    rng = random.Random(seed)
    tokens = tokens_of(kind, rng)
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(tokens))))
    average = sum(len(token) for token in tokens) / len(tokens)
    for index, size in enumerate(sizes_of(rng, files, total)):
        inside = os.path.join(folder, "d%02d" % (index % 61), "e%02d" % (index // 61 % 37))
        os.makedirs(inside, exist_ok=True)
        body = b""
        while len(body) < size:
            body += b"".join(rng.choices(tokens, cum_weights=weights, k=int((size - len(body)) / average) + 16))
        path = os.path.join(inside, "f%05d.%s" % (index, "js" if kind == "text" else "so"))
        with open(path, "wb") as file:
            file.write(body[:size])
        os.chmod(path, 0o755 if index % 16 == 0 else 0o644)


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[4] not in ("text", "code"):
        sys.exit(__doc__)
    make(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
