"""What is measured: a row is a command, and what is made ready before each time it runs."""
import glob
import json
import os
import shutil
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from typing import Callable, Optional

CODECS = {"gzip": 1, "zstd": 2, "none": 0}  # with lapstrake's own default levels
REGISTRY = "127.0.0.1:5055"
MANY_LAYERS = 32

# `$1` compresses; leaves what a builder would: the layer, the digests of both its forms, a config and a manifest.
BY_HAND = r"""
hand() {
  rm -rf out fifo; mkdir -p out/blobs/sha256; mkfifo fifo
  sha256sum <fifo >diffid &
  tar --sort=name --numeric-owner -C tree -cf - . | tee fifo | $1 | tee out/layer | sha256sum >digest
  wait
  local layer config size; layer=$(cut -c1-64 digest); size=$(stat -c %s out/layer); mv out/layer "out/blobs/sha256/$layer"
  printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$(cut -c1-64 diffid)" >out/config
  config=$(sha256sum <out/config | cut -c1-64); mv out/config "out/blobs/sha256/$config"
  printf '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+%s","digest":"sha256:%s","size":%s}]}' \
    "$config" "$(stat -c %s "out/blobs/sha256/$config")" "$2" "$layer" "$size" >out/manifest
}
"""
UMOCI = "rm -rf out; umoci init --layout out && umoci new --image out:t && umoci insert --image out:t tree /"
SKOPEO = "skopeo copy -q --dest-tls-verify=false oci:out:t docker://%s/umoci:t" % REGISTRY
BUILDAH = """c=$(B from scratch); B add -q $c tree /; B commit -q $c oci:out:t; B rm $c"""


@dataclass
class Row:
    name: str
    label: str
    command: object  # a list, or a text for bash
    prepare: Optional[Callable] = None
    size: Optional[Callable] = None  # bytes that it made
    parse: Optional[Callable] = None  # of what it prints
    once: bool = False  # too slow to repeat
    group: str = "ours"


def have(*programs):
    return all(shutil.which(program) for program in programs)


def bytes_in(folder):
    return sum(os.path.getsize(path) for path in glob.glob(folder + "/blobs/sha256/*"))


def forget(*paths):
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


class Registry:
    """docker-registry on the loopback, with an empty disk whenever that is wanted."""

    def __init__(self, folder):
        self.folder, self.process = folder, None

    def pid(self):
        return self.process.pid if self.process else None

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def empty(self):
        self.stop()
        forget(self.folder)
        os.makedirs(self.folder)
        with open(self.folder + "/config.yml", "w") as file:
            json.dump({"version": 0.1, "log": {"level": "error", "accesslog": {"disabled": True}},
                       "storage": {"filesystem": {"rootdirectory": self.folder}}, "http": {"addr": REGISTRY}}, file)
        with open(self.folder + "/log", "w") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", self.folder + "/config.yml"], stdout=log, stderr=log)
        for _ in range(200):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen("http://%s/v2/" % REGISTRY).close()
                return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("docker-registry does not start; see %s/log" % self.folder)


class Place:
    """One corpus, copied, since it is edited; and the rows over it."""

    def __init__(self, name, corpus, folder, programs, registry, tree=None):
        self.name, self.folder, self.programs, self.registry = name, folder, programs, registry
        self.tree = folder + "/tree"
        forget(folder)
        os.makedirs(folder)
        (tree or (lambda target: subprocess.run(["cp", "-a", corpus, target], check=True)))(self.tree)
        self.files = sorted(os.path.join(at, file) for at, _, files in os.walk(self.tree) for file in files)
        self.files = [path for path in self.files if os.path.isfile(path) and not os.path.islink(path)]
        self.bytes = sum(os.path.getsize(path) for path in self.files)
        self.small = [path for path in self.files if os.path.getsize(path) < 20480]
        self.stamp = 1_000_000_000
        whole = "{ name: all, copy: [ { from: tree/, to: / } ] }"
        for codec in CODECS:
            self.spec(codec, codec, whole)
        self.spec("many", "none", whole + "".join(", { name: l%d, files: [ { path: /many/%d, text: x } ] }" % (i, i) for i in range(MANY_LAYERS)))
        parts = ("files", "holes1", "holes2")
        self.spec("huge", "gzip", ", ".join("{ name: %s, copy: [ { from: tree/%s/, to: /%s/ } ] }" % (part, part, part) for part in parts))

    def spec(self, name, codec, layers):
        with open("%s/%s.yaml" % (self.folder, name), "w") as file:
            file.write("images: { bench: { repository: %s/lapstrake, tags: [t], compression: %s, layers: [ %s ] } }\n" % (REGISTRY, codec, layers))

    def lapstrake(self, spec, store, *command):
        return [self.programs["lapstrake"], "--progress", "none", "--store", "%s/%s" % (self.folder, store), "-f", spec + ".yaml", *command]

    def run(self, command):
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("%s\n%s" % (" ".join(command), done.stderr))

    def edit_one(self):
        path = (self.small or self.files)[min(16, len(self.small or self.files) - 1)]
        with open(path, "a") as file:
            file.write("// %d\n" % time.time_ns())

    def touch_all(self):
        self.stamp += 1
        for path in self.files:
            os.utime(path, (self.stamp, self.stamp))

    def opened_files(self, command):
        """How many of the tree's files a command opens."""
        if not have("strace"):
            return None
        trace = self.folder + "/trace"
        self.run(["strace", "-f", "-y", "-qq", "-e", "trace=open,openat,openat2", "-o", trace, *command])
        opened = 0
        with open(trace, errors="surrogateescape") as lines:
            for line in lines:
                path = line.rsplit("= ", 1)[-1].partition("<")[2].rpartition(">")[0]
                opened += path.startswith(self.tree + "/") and not os.path.isdir(path)
        return opened

    def limits(self):
        for codec, level in CODECS.items():
            yield Row("limit-" + codec, "limit: read, hash%s" % (", " + codec if level else ""),
                      [self.programs["limit"], self.tree, codec, str(level), str(self.programs["threads"])], parse=json.loads, group="limit")

    def cold(self, codec, label=None, spec=None):
        store = "cold-" + codec
        return Row(spec or codec, label or "lapstrake %s" % codec, self.lapstrake(spec or codec, store, "build"),
                   lambda: forget("%s/%s" % (self.folder, store)), lambda: bytes_in("%s/%s" % (self.folder, store)))

    def builds(self):
        warm = self.lapstrake("gzip", "warm", "build")
        yield from (self.cold(codec) for codec in CODECS)
        yield Row("gzip-layout", "lapstrake gzip, and `-o oci:`", self.lapstrake("gzip", "cold-gzip", "build", "-o", "oci:out:t"),
                  lambda: forget(self.folder + "/cold-gzip", self.folder + "/out"))
        yield Row("same", "lapstrake gzip, nothing changed", warm, lambda: self.run(warm))
        yield Row("onefile", "lapstrake gzip, one file changed", warm, lambda: (self.run(warm), self.edit_one()))
        yield Row("touched", "lapstrake gzip, all files touched", warm, lambda: (self.run(warm), self.touch_all()))
        yield self.cold("none", "lapstrake none, and %d small layers" % MANY_LAYERS, "many")

    def peers(self):
        size = lambda: bytes_in(self.folder + "/out")
        clean = lambda: forget(self.folder + "/out")
        if have("umoci"):
            yield Row("umoci", "umoci insert", UMOCI, clean, size, group="peer")
        if have("zstd"):
            yield Row("zstd-hand", "`tar | zstd -3 -T2`, with both digests", BY_HAND + "hand 'zstd -q -3 -T2 -c' zstd", clean, size, group="peer")
            yield Row("zstd-bare", "`tar | zstd -3 -T2 >file`, no digest", "tar --sort=name -C tree -cf - . | zstd -q -3 -T2 -c >bare",
                      size=lambda: os.path.getsize(self.folder + "/bare"), group="peer")
        if have("pigz"):
            yield Row("pigz-hand", "`tar | pigz -1`, with both digests", BY_HAND + "hand 'pigz -n -1 -p2' gzip", clean, size, group="peer")
        if have("buildah"):
            state = "B() { buildah --root $PWD/bah/root --runroot $PWD/bah/run --storage-driver vfs \"$@\"; }; "
            yield Row("buildah", "buildah add, commit (not compressed)", state + BUILDAH, lambda: forget(self.folder + "/out", self.folder + "/bah"),
                      size, once=True, group="peer")

    def pushes(self):
        if not have("docker-registry"):
            return
        push = self.lapstrake("gzip", "push", "push")

        def cold():
            forget(self.folder + "/push")
            self.registry.empty()
        yield Row("push", "lapstrake push", push, cold, group="push")
        yield Row("push-same", "lapstrake push, nothing changed", push, lambda: self.run(push), group="push")
        yield Row("push-onefile", "lapstrake push, one file changed", push, lambda: (self.run(push), self.edit_one()), group="push")
        if have("umoci", "skopeo"):
            both = UMOCI + " && " + SKOPEO
            whole = lambda: self.run(["bash", "-c", both])
            yield Row("umoci-push", "umoci, skopeo copy", both, self.registry.empty, group="push")
            yield Row("umoci-push-same", "umoci, skopeo copy, nothing changed", both, whole, group="push")
            yield Row("umoci-push-onefile", "umoci, skopeo copy, one file changed", both, lambda: (whole(), self.edit_one()), group="push")
        yield from self.transfers(cold)

    def transfers(self, cold):
        """The same image, built before: what a push costs when building costs nothing."""
        def ready():
            cold()
            self.run(self.lapstrake("gzip", "push", "build", "-o", "oci:ready:t"))
        copy = ["copy", "oci:ready:t", REGISTRY + "/copied:t"]
        yield Row("ready-push", "lapstrake push, already built", self.lapstrake("gzip", "push", "push"), ready, group="transfer")
        yield Row("ready-copy", "lapstrake copy of the layout", self.lapstrake("gzip", "push", *copy), ready, group="transfer")
        yield Row("ready-copy-same", "lapstrake copy, nothing to send", self.lapstrake("gzip", "push", *copy),
                  lambda: (ready(), self.run(self.lapstrake("gzip", "push", *copy))), group="transfer")
        if have("skopeo"):
            skopeo = "skopeo copy -q --dest-tls-verify=false oci:ready:t docker://%s/skopeo:t" % REGISTRY
            yield Row("ready-skopeo", "skopeo copy of the layout", skopeo, ready, group="transfer")
            yield Row("ready-skopeo-same", "skopeo copy, nothing to send", skopeo, lambda: (ready(), self.run(["bash", "-c", skopeo])), group="transfer")
        if have("curl"):
            # The registry checks what it is sent: this is what is left for any client.
            yield Row("ready-curl", "curl, one PUT per blob", r"""put() { curl -sf -o reply -XPUT -H "Content-Type: $1" -T "$2" "$3"; }
for blob in ready/blobs/sha256/*; do
  [[ ${blob##*/} == "$manifest" ]] && continue
  at=$(curl -sfi -XPOST http://%s/v2/curl/blobs/uploads/ | tr -d '\r' | awk 'tolower($1) == "location:" { print $2 }')
  put application/octet-stream "$blob" "$at&digest=sha256:${blob##*/}"
done
put application/vnd.oci.image.manifest.v1+json "ready/blobs/sha256/$manifest" http://%s/v2/curl/manifests/t""".replace(
                "for blob", "manifest=$(grep -oE 'sha256:[0-9a-f]{64}' ready/index.json | cut -c8-)\nfor blob", 1) % (REGISTRY, REGISTRY), ready, group="transfer")
