#!/usr/bin/env python3
"""Writes the seeds of the fuzz target `zip`: python3 tests/packages/zip_corpus.py testdata/fuzz/zip

Valid files have the name `good-*`, files that the reader refuses `bad-*`.
"""
import io
import os
import struct
import sys
import zipfile

TIME = (2020, 1, 1, 0, 0, 0)


def entry(name, mode=0o100644, method=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name, TIME)
    info.external_attr, info.compress_type, info.create_system = mode << 16, method, 3
    return info


class Pipe(io.BytesIO):
    """A file that zipfile cannot seek in, so that it writes data descriptors."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise OSError

    def tell(self):
        raise OSError


def archive(entries, into=io.BytesIO, comment=b"", zip64=False):
    out = into()
    with zipfile.ZipFile(out, "w") as file:
        file.comment = comment
        for info, content in entries:
            with file.open(info, "w", force_zip64=zip64) as member:
                member.write(content)
    return out.getvalue()


usual = [(entry("pkg/", 0o40755, zipfile.ZIP_STORED), b""), (entry("pkg/a.py"), b"import sys\n" * 20),
         (entry("pkg/tool", 0o100755, zipfile.ZIP_STORED), b"#!python\n"), (entry("gr\u00fc\u00df"), b"x")]
plain = archive(usual)
end = plain.rfind(b"PK\5\6")
zip64_end = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 20, 45, 0, 0, 4, 4, *struct.unpack_from("<II", plain, end + 12))
locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
seeds = {
    "good-usual": plain,
    "good-empty": archive([]),
    "good-streamed": archive(usual, Pipe),
    "good-zip64": archive(usual, zip64=True),
    "good-zip64-end": plain[:end] + zip64_end + locator + b"PK\5\6" + bytes(4) + b"\xff" * 12 + bytes(2),
    "good-comment": archive(usual, comment=b"a comment"),
    "bad-cut": plain[:-10],
    "bad-front": b"#!/bin/sh\n" + plain,
    "bad-end": plain + plain[end:],
    "bad-twice": archive(usual[1:2] * 2),
    "bad-up": archive([(entry("../a"), b"x")]),
    "bad-link": archive([(entry("a", 0o120777), b"/etc/passwd")]),
    "bad-bzip2": archive([(entry("a", method=zipfile.ZIP_BZIP2), b"x" * 100)]),
    "bad-crc": plain.replace(b"#!python", b"#!pithon"),
    "bad-name": plain.replace(b"pkg/a.py", b"pkg/b.py", 1),
    "bad-text": b"PK, but not a zip file",
}
os.makedirs(sys.argv[1], exist_ok=True)
for name, content in seeds.items():
    with open(os.path.join(sys.argv[1], name), "wb") as file:
        file.write(content)
