"""Small OCI layouts whose images are designed to consume memory or time. hostile_layouts.py FOLDER creates one folder each, and prints their names."""
import gzip
import hashlib
import json
import os
import sys
import tarfile

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def header(name, size=0, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, link
    return info.tobuf(tarfile.PAX_FORMAT)


class Layout:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder + "/blobs/sha256")
        with open(folder + "/oci-layout", "w") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')

    def put(self, blob, kind):
        digest = hashlib.sha256(blob).hexdigest()
        with open(f"{self.folder}/blobs/sha256/{digest}", "wb") as file:
            file.write(blob)
        return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(blob)}

    def layer(self, pieces):
        """Its descriptor and diff_id."""
        whole = hashlib.sha256()
        path = self.folder + "/layer"
        with gzip.GzipFile(path, "wb", compresslevel=6, mtime=0) as packed:
            for piece in [*pieces, bytes(1024)]:
                whole.update(piece)
                packed.write(piece)
        with open(path, "rb") as file:
            blob = file.read()
        os.remove(path)
        return self.put(blob, LAYER), "sha256:" + whole.hexdigest()

    def config(self, diff_ids, **more):
        return {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": diff_ids}, **more}

    def image(self, layers, config, **more):
        config = self.put(json.dumps(config).encode(), CONFIG)
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers, **more}
        return self.put(json.dumps(manifest).encode(), MANIFEST)

    def root(self, descriptor):
        with open(self.folder + "/index.json", "w") as file:
            json.dump({"schemaVersion": 2, "manifests": [descriptor]}, file)


def of_layer(folder, pieces):
    layout = Layout(folder)
    layer, diff_id = layout.layer(pieces)
    layout.root(layout.image([layer], layout.config([diff_id])))


def names(folder):
    deep = "/".join(["x" * 200] * 7)
    of_layer(folder, (header(f"{deep}/{i}") for i in range(60_000)))


def many_names(folder):
    of_layer(folder, (header(f"{i}") for i in range(400_000)))


def accounts(folder):
    def pieces():
        for i in range(200):
            yield header(f"d{i}/passwd", 1 << 20)
            yield bytes(1 << 20)

    of_layer(folder, pieces())


def lines_of_passwd(folder):
    text = "".join(f"{i:x}:x:0:0:::\n" for i in range(70_000)).encode()[: 1 << 20]
    of_layer(folder, [header("etc/passwd", len(text)), text, bytes(-len(text) % 512)])


def whiteouts(folder):
    of_layer(folder, [header("d", kind=tarfile.DIRTYPE)] + [header(f"d/{i}") for i in range(50_000)] + [header("d/.wh..wh..opq")] * 50_000)


def graph(folder):
    layout = Layout(folder)
    layer, diff_id = layout.layer([header("f")])
    child = dict(layout.image([layer], layout.config([diff_id])), platform={"os": "linux", "architecture": "amd64"})
    other = dict(child, digest="sha256:" + "a" * 64, platform={"os": "plan9", "architecture": "vax"})
    for level in range(4):
        children = [dict(other if level == 0 else child, annotations={"n": str(i)}) for i in range(300)]
        child = layout.put(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}).encode(), INDEX)
    layout.root(child)


def braces(count):
    return [{} for _ in range(count)]


def history(folder):
    layout = Layout(folder)
    layer, diff_id = layout.layer([header("f")])
    layout.root(layout.image([layer], layout.config([diff_id], history=braces(2_000_000))))


def unknown(folder):
    layout = Layout(folder)
    layer, diff_id = layout.layer([header("f")])
    layout.root(layout.image([layer], layout.config([diff_id]), zz=braces(2_000_000)))


def just_below(folder):
    """Nothing to refuse, as much as the limits allow."""
    layout = Layout(folder)
    layer, diff_id = layout.layer(header(f"d/{i}") for i in range(20_000))
    layout.root(layout.image([layer], layout.config([diff_id], zz=braces(80_000), history=braces(9_000))))


for make in [names, many_names, accounts, lines_of_passwd, whiteouts, graph, history, unknown, just_below]:
    make(os.path.join(sys.argv[1], make.__name__))
    print(make.__name__)
