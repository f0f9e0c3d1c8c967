"""Checks that a gzip file is valid for the strictest readers: one member, nothing after it, a header of ten bytes without flags.

usage: one_member.py FILE; prints the sha256 of its content.
"""
import gzip
import hashlib
import sys
import zlib

with open(sys.argv[1], "rb") as file:
    data = file.read()
assert data[:4] == b"\x1f\x8b\x08\x00", "flags in the header"
assert data[4:8] == bytes(4), "a time in the header"
inflater = zlib.decompressobj(wbits=31)
content = inflater.decompress(data)
assert inflater.eof, "the member does not end"
assert inflater.unused_data == b"" and inflater.unconsumed_tail == b"", f"{len(inflater.unused_data)} bytes behind the first member"
assert gzip.decompress(data) == content, "the gzip module reads something else"
assert int.from_bytes(data[-4:], "little") == len(content) % 2**32, "another length in the trailer"
print(hashlib.sha256(content).hexdigest())
