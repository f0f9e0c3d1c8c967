#!/bin/bash
# skopeo pushes to the sandbox's registry and pulls from it, with nothing but the environment that the sandbox sets.
source "$(dirname "$0")/peer.sh"
need skopeo python3 curl
enter_sandbox "$@"

cd "$PEER_FOLDER" || exit 1
# A small OCI layout; the layer is of 12 MB, so that it does not travel in one piece.
python3 - <<'P'
import gzip, hashlib, io, json, os, random, tarfile
os.makedirs("image/blobs/sha256")
def blob(data):
    digest = hashlib.sha256(data).hexdigest()
    open("image/blobs/sha256/" + digest, "wb").write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}
content, tar = random.Random(1).randbytes(12_000_000), io.BytesIO()
with tarfile.open(fileobj=tar, mode="w") as out:
    entry = tarfile.TarInfo("noise")
    entry.size = len(content)
    out.addfile(entry, io.BytesIO(content))
layer = blob(gzip.compress(tar.getvalue(), 1, mtime=0))
config = blob(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers",
    "diff_ids": ["sha256:" + hashlib.sha256(tar.getvalue()).hexdigest()]}}).encode())
t = "application/vnd.oci.image."
manifest = blob(json.dumps({"schemaVersion": 2, "mediaType": t + "manifest.v1+json",
    "config": dict(config, mediaType=t + "config.v1+json"),
    "layers": [dict(layer, mediaType=t + "layer.v1.tar+gzip")]}).encode())
open("image/oci-layout", "w").write('{"imageLayoutVersion": "1.0.0"}')
open("image/index.json", "w").write(json.dumps({"schemaVersion": 2, "manifests": [dict(manifest,
    mediaType=t + "manifest.v1+json", annotations={"org.opencontainers.image.ref.name": "v1"})]}))
open("digest", "w").write(manifest["digest"])
P
host=$LAPSTRAKE_SANDBOX_REGISTRY
expect "a push" "Writing manifest" skopeo copy --insecure-policy --preserve-digests oci:image:v1 "docker://$host/team/app:v1"
expect "the digest stays" "^$(cat digest)\$" skopeo inspect --format '{{.Digest}}' "docker://$host/team/app:v1"
expect "the tags" '"v1"' skopeo list-tags "docker://$host/team/app"
expect "a pull, by digest" "Writing manifest" skopeo copy --insecure-policy --preserve-digests "docker://$host/team/app@$(cat digest)" oci:back:v1
expect "all blobs came back" "^same\$" bash -c 'diff -r image/blobs back/blobs && echo same'
expect "another tag" "Writing manifest" skopeo copy --insecure-policy oci:image:v1 "docker://$host/team/app:v2"
expect "sends no blob again" "^2\$" grep -c "^POST .*/blobs/uploads/" "$PEER_FOLDER/sandbox/log"
expect "an absent repository" "name unknown: The repository with name 'nothing'" skopeo inspect "docker://$host/nothing:v1"
expect "a wrong password" "401|unauthorized|Not Authorized|authentication required" skopeo inspect --creds AWS:nope "docker://$host/team/app:v1"
expect "another region's registry wants its own login" "unauthorized|authentication required|401" skopeo inspect "docker://${host/us-east-1/eu-west-1}/team/app:v1"
expect "the proxy leads nowhere else" "^403\$" curl -s -o /dev/null -w '%{http_connect}' https://registry.example.com/v2/
expect "nor to other ports of this machine" "^403\$" curl -s -o /dev/null -w '%{http_connect}' --noproxy '' https://127.0.0.1:1/v2/
finish
