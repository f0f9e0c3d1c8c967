#!/usr/bin/env python3
"""Writes the seeds of the fuzz target `wheel_texts`: python3 tests/packages/pip/wheel_texts_corpus.py testdata/fuzz/wheel_texts

The first byte of a seed chooses the file. Valid texts have the name `good-*`, texts that the readers refuse `bad-*`.
"""
import os
import sys

RECORD, ENTRY_POINTS, METADATA, WHEEL = b"0", b"1", b"2", b"3"
SUM = b"sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
SUM512 = b"sha512=z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg_SpIdNs6c5H0NE8XYXysP-DGNKHfuwvY7kxvUdBeoGlODJ6-SfaPg"
seeds = {
    "good-record": RECORD + b"a/b.py," + SUM + b",0\r\na/c.py," + SUM512 + b",\na-1.dist-info/RECORD,,\n",
    "good-record-quotes": RECORD + b'"a,""b""\n",' + SUM + b',0\n"c","","1"\n',
    "bad-record-twice": RECORD + b"a,,1\na,,2\n",
    "bad-record-weak": RECORD + b"a,md5=1B2M2Y8AsgTpgAmY7PhCfg,0\n",
    "bad-record-quote": RECORD + b'"a,,\n',
    "bad-record-columns": RECORD + b"a,b\n",
    "good-entry-points": ENTRY_POINTS + b"[console_scripts]\nrun = a.b:main\nRun=a:C.main [x, y]\n\n[gui_scripts]\ng = a : b\n[z]\n?\n",
    "bad-entry-points-name": ENTRY_POINTS + b"[console_scripts]\npython3 = a:b\n",
    "bad-entry-points-path": ENTRY_POINTS + b"[console_scripts]\n../x = a:b\n",
    "bad-entry-points-value": ENTRY_POINTS + b"[gui_scripts]\nx = a:b;c\n",
    "bad-entry-points-line": ENTRY_POINTS + b"x = a:b\n",
    "good-metadata": METADATA + b"Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: b>1;\n python_version>'3'\n\nName: c\n",
    "bad-metadata-name": METADATA + b"Version: 1\n",
    "bad-metadata-twice": METADATA + b"Name: a\nname: b\nVersion: 1\n",
    "good-wheel": WHEEL + b"Wheel-Version: 1.0\nRoot-Is-Purelib: TRUE\nTag: py3-none-any\n",
    "bad-wheel-version": WHEEL + b"Wheel-Version: 2.0\nRoot-Is-Purelib: true\n",
    "bad-wheel-purelib": WHEEL + b"Wheel-Version: 1.0\nRoot-Is-Purelib: no\n",
}
os.makedirs(sys.argv[1], exist_ok=True)
for name, content in seeds.items():
    with open(os.path.join(sys.argv[1], name), "wb") as file:
        file.write(content)
