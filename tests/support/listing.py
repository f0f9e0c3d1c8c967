"""Lists the entries of a layer as a reader sees them, one per line, so that `diff` shows differences between readers.

usage: listing.py source TREE UID:GID    the entries expected from a spec that copies TREE with `mode: keep, xattrs: keep` and that owner to /
       listing.py folder FOLDER          the files that a tool unpacked
       listing.py tar FILE               the entries that Python's tarfile reads (the file may be compressed)
       --no-owners                       omits owners and setuid bits: for readers that are not root
       --no-empty-xattrs                 omits attributes without a value: POSIX has a PAX record without one delete the record, and Go obeys

A line: path, kind, mode, owner, size, time, and the content's sha256 or the link's target. A file with several names is listed under the first.
"""
import hashlib
import os
import stat
import sys
import tarfile

options = {argument for argument in sys.argv[1:] if argument.startswith("--")}
words = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
assert options <= {"--no-owners", "--no-empty-xattrs"}, options


def shown(data):
    return "".join(chr(byte) if 0x21 <= byte < 0x7F and byte != 0x5C else "\\x%02x" % byte for byte in data)


def digest(file):
    hashed = hashlib.sha256()
    while block := file.read(1 << 20):
        hashed.update(block)
    return hashed.hexdigest()


def line(path, kind, mode, owner, size, time, content, xattrs=()):
    fields = [shown(path), kind, "%o" % (mode & 0o1777 if "--no-owners" in options else mode)]
    fields += [] if "--no-owners" in options else ["%d:%d" % owner]
    fields += [str(size), "at=%d" % time, content]
    fields += [f"{shown(name)}={value.hex()}" for name, value in sorted(xattrs) if value or "--no-empty-xattrs" not in options]
    return " ".join(fields)


def attributes(path):
    try:
        # A security module's label is of the machine, not of the file.
        return [(os.fsencode(name), os.getxattr(path, name, follow_symlinks=False)) for name in os.listxattr(path, follow_symlinks=False) if name != "security.selinux"]
    except OSError:
        return []


def folder_lines(root, by_spec=None):
    root = os.fsencode(root)
    paths = []
    for folder, folders, files in os.walk(root):
        paths += [os.path.join(folder, name) for name in folders + files]
    first = {}
    for path in sorted(paths):
        status = os.lstat(path)
        name = os.path.relpath(path, root)
        mode, owner, time = stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid), status.st_mtime_ns / 1e9
        if by_spec:
            owner, time = by_spec, 0
        if stat.S_ISDIR(status.st_mode):
            yield line(name, "folder", 0o755 if by_spec else mode, owner, 0, time, "-", attributes(path))
        elif stat.S_ISLNK(status.st_mode):
            yield line(name, "symlink", 0o777, owner, 0, time, "->" + shown(os.readlink(path)))
        elif stat.S_ISREG(status.st_mode):
            leader = first.setdefault((status.st_dev, status.st_ino), name)
            if leader != name:
                yield line(name, "hardlink", mode, owner, status.st_size, time, "=" + shown(leader), attributes(path))
                continue
            with open(path, "rb") as file:
                yield line(name, "file", mode, owner, status.st_size, time, digest(file), attributes(path))
        else:
            yield line(name, "other", mode, owner, 0, time, "-")


def tar_lines(path):
    bytes_of = lambda text: text.encode("utf-8", "surrogateescape")
    with tarfile.open(path, encoding="utf-8", errors="surrogateescape") as tar:
        seen = {}
        for member in tar:
            name = bytes_of(member.name)
            assert name not in seen, name  # no path twice
            seen[name] = member
            if member.islnk():
                assert bytes_of(member.linkname) in seen, name  # a link's target comes before it
            if b"/" in name:
                assert os.path.dirname(name) in seen, name  # and so does the folder
            assert member.uname == "" and member.gname == "" and not any(key.startswith("LIBARCHIVE.") for key in member.pax_headers), name
            assert not member.issparse(), name
        groups = {}
        for name, member in seen.items():
            groups.setdefault(bytes_of(member.linkname) if member.islnk() else name, []).append(name)
        for name in sorted(seen):
            member = seen[name]
            source = seen[bytes_of(member.linkname)] if member.islnk() else member
            xattrs = [(key[len("SCHILY.xattr."):].encode(), bytes_of(value)) for key, value in source.pax_headers.items() if key.startswith("SCHILY.xattr.")]
            owner = (member.uid, member.gid)
            if member.isdir():
                yield line(name, "folder", member.mode, owner, 0, member.mtime, "-", xattrs)
            elif member.issym():
                yield line(name, "symlink", 0o777, owner, 0, member.mtime, "->" + shown(bytes_of(member.linkname)))
            elif member.isfile() or member.islnk():
                leader = min(groups[bytes_of(source.name)])
                if name == leader:
                    yield line(name, "file", member.mode, owner, source.size, member.mtime, digest(tar.extractfile(source)), xattrs)
                else:
                    yield line(name, "hardlink", member.mode, owner, source.size, member.mtime, "=" + shown(leader), xattrs)
            else:
                yield line(name, "other", member.mode, owner, 0, member.mtime, "-")


if words[0] == "source":
    lines = folder_lines(words[1], tuple(map(int, words[2].split(":"))))
elif words[0] == "folder":
    lines = folder_lines(words[1])
else:
    lines = tar_lines(words[1])
for text in lines:
    print(text)
