#!/bin/bash
# Bases in a docker-registry over TLS with a password, pushed by umoci, buildah and skopeo: umoci unpacks the image with our layers on top,
# and runc runs it.
#
#   LAPSTRAKE_LONG_TESTS=1   also a whole Debian, created by mmdebstrap
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need skopeo umoci jq curl
start_registry joe "pass word:1"
mkdir -p "$HOME/.docker" app
printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$registry" "$(printf 'joe:pass word:1' | base64 -w0)" >"$HOME/.docker/config.json"
export SSL_CERT_FILE=$work/ca.pem
bash "$SOURCE/scripts/fetch-busybox.sh" "$work/busybox" >/dev/null 2>&1 || not_run "no static busybox (install busybox-static)"
fetch() { curl -fsS --cacert ca.pem -u "joe:pass word:1" "$@"; }
accept='Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json'
manifest_of() { fetch -H "$accept" "https://$registry/v2/base/manifests/$1"; }

# A root as distributions have it: usr-merged, with a user of its own.
make_root() { # folder
  mkdir -p "$1/usr/bin" "$1/etc" "$1/srv" "$1/proc" "$1/dev" "$1/sys"
  cp "$work/busybox" "$1/usr/bin/busybox"
  ln -s busybox "$1/usr/bin/sh"
  ln -s usr/bin "$1/bin"
  printf 'root:x:0:0::/root:/bin/sh\nalice:x:1500:1500::/srv:/bin/sh\n' >"$1/etc/passwd"
  printf 'root:x:0:\nalice:x:1500:\n' >"$1/etc/group"
}

# check_base REFERENCE WHAT: the image on it has its layers as they are, its users and its links; sets $root, the unpacked image.
check_base() {
  local what=$2 base_layers layers platform=${3:-linux/amd64}
  chmod -R u+rwx bundle 2>/dev/null || true
  rm -rf bundle out "$LAPSTRAKE_STORE"
  cat >app/lapstrake.yaml <<YAML
images:
  app:
    repository: $registry/app
    tags: [v1]
    base: $1
    platforms: [$platform]
    layers:
      - name: app
        files:
          - { path: /bin/run, text: "#!/bin/sh\ncat /srv/data\n", mode: "0755" }
          - { path: /srv/data, text: "it runs", owner: alice }
    entrypoint: [ /bin/run ]
registries:
  $registry: { ca: ../ca.pem }
YAML
  expect 0 lapstrake -C app push
  expect 0 skopeo copy --quiet "docker://$registry/app@$(digest_of "$out")" oci:out:v1
  base_layers=$(skopeo inspect --raw "docker://$1" | jq -r '.layers[]?.digest')
  layers=$(skopeo inspect --raw oci:out:v1 | jq -r '.layers[].digest')
  [[ -z $base_layers || $layers == "$base_layers"$'\n'* ]] || fail "$what: the base's layers are not as they were"
  equal "$(skopeo inspect --raw oci:out:v1 | jq -r '[.layers[].mediaType, .config.mediaType] | map(contains("docker")) | any')" false \
    "$what: no docker type is left"
  if [[ $layers != "$(skopeo inspect --raw oci:out:v1 | jq -r '.layers[] | select(.mediaType | contains("zstd") | not).digest')" ]]; then
    # Older umocis know no zstd: what they read is what skopeo makes of it.
    rm -rf out.zstd
    mv out out.zstd
    expect 0 skopeo copy --quiet --dest-compress --dest-compress-format gzip oci:out.zstd:v1 oci:out:v1
  fi
  local unpack=(umoci unpack)
  [[ $(id -u) == 0 ]] || unpack+=(--rootless)
  expect 0 "${unpack[@]}" --image out:v1 bundle
  root=bundle/rootfs
  equal "$(readlink $root/bin):$(readlink $root/usr/bin/sh)" "usr/bin:${sh:-busybox}" "$what: /bin and sh are still there"
  [[ -x $root/usr/bin/run ]] || fail "$what: /bin/run is not in usr/bin"
  [[ $(id -u) != 0 ]] || equal "$(stat -c %u:%g $root/srv/data)" 1500:1500 "$what: the base's user owns its file"
}

# runs WHAT: the image that was unpacked last, by runc.
runs() {
  local runc=(runc --root "$work/runc")
  PATH=$PATH:/usr/sbin command -v runc >/dev/null || { part_not_run "runc is not installed: $1 was not run"; return 0; }
  jq '.process.terminal = false | .process.args = ["/usr/bin/busybox", "true"]' bundle/config.json >config.probe
  jq '.process.terminal = false' bundle/config.json >config.json
  cp config.probe bundle/config.json
  if ! PATH=$PATH:/usr/sbin "${runc[@]}" run --bundle bundle "lapstrake-base-$$" >probe.log 2>&1; then
    part_not_run "runc cannot start a container here ($(tail -n 1 probe.log)): $1 was not run"
    return 0
  fi
  cp config.json bundle/config.json
  expect 0 env PATH="$PATH:/usr/sbin" "${runc[@]}" run --bundle bundle "lapstrake-base-$$"
  equal "$out" "it runs" "$1: runc runs it, with the base's sh"
}

# umoci: OCI, gzip.
expect 0 umoci init --layout made
expect 0 umoci new --image made:umoci
unpack=(umoci unpack --image made:umoci)
[[ $(id -u) == 0 ]] || unpack+=(--rootless)
expect 0 "${unpack[@]}" made-bundle
make_root made-bundle/rootfs
expect 0 umoci repack --image made:umoci made-bundle
expect 0 skopeo copy --quiet oci:made:umoci "docker://$registry/base:umoci"
check_base "$registry/base:umoci" "umoci"
runs "umoci"
digest=$(skopeo inspect --format '{{.Digest}}' "docker://$registry/base:umoci")
equal "$(skopeo inspect --raw oci:out:v1 | jq -r '.annotations["org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"]' | xargs)" \
  "$registry/base:umoci $digest" "the image says what it was built on"

# skopeo: schema 2, zstd, uncompressed.
expect 0 skopeo copy --quiet --format v2s2 oci:made:umoci "docker://$registry/base:v2s2"
equal "$(manifest_of v2s2 | jq -r .mediaType)" application/vnd.docker.distribution.manifest.v2+json "the base is of schema 2"
check_base "$registry/base:v2s2" "schema 2"
runs "schema 2"
expect 0 skopeo copy --quiet --dest-compress-format zstd oci:made:umoci oci:made-zstd:v1 --dest-compress
expect 0 skopeo copy --quiet oci:made-zstd:v1 "docker://$registry/base:zstd"
matches "$(manifest_of zstd | jq -r '.layers[0].mediaType')" zstd "the base is compressed by zstd"
check_base "$registry/base:zstd" "zstd"

# buildah: schema 2 and OCI. A machine may not let it.
if command -v buildah >/dev/null; then
  buildah=(buildah --storage-driver vfs --root "$work/buildah" --runroot "$work/buildah-run")
  make_root from-buildah
  if container=$("${buildah[@]}" from scratch 2>buildah.log) && "${buildah[@]}" add "$container" from-buildah / >>buildah.log 2>&1 &&
    "${buildah[@]}" commit --quiet --format oci "$container" probe >>buildah.log 2>&1; then
    for format in oci docker; do
      expect 0 "${buildah[@]}" commit --quiet --format $format "$container" "made-$format"
      expect 0 "${buildah[@]}" push --quiet --format "${format/docker/v2s2}" "made-$format" "docker://$registry/base:buildah-$format"
      check_base "$registry/base:buildah-$format" "buildah, $format"
    done
    runs "buildah"
  else
    part_not_run "buildah makes no image here: $(tail -n 1 buildah.log)"
  fi
else
  part_not_run "buildah is not installed"
fi

# Ours, not compressed, for two platforms.
make_root ours/root
cat >ours/lapstrake.yaml <<YAML
images:
  base:
    compression: none
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        copy: [ { from: root/, to: / } ]
YAML
expect 0 lapstrake -C ours build -o "oci:$work/ours.oci:v1"
expect 0 skopeo copy --quiet --all --preserve-digests oci:ours.oci:v1 "docker://$registry/base:index"
check_base "$registry/base:index" "an index, uncompressed"
check_base "$registry/base:index" "its other platform" linux/arm64
equal "$(skopeo inspect --config --override-arch arm64 oci:out:v1 | jq -r .architecture)" arm64 "the platform chosen is the image's"

# An index in an index, with what other builders put beside images: an attestation that is for no platform.
nested=$(manifest_of index | sha256sum | cut -d' ' -f1)
put() { # type tag
  fetch -X PUT -H "Content-Type: $1" --data-binary @- "https://$registry/v2/base/manifests/$2" >/dev/null
}
jq -nc --arg digest "sha256:$nested" --argjson size "$(manifest_of index | wc -c)" --argjson other "$(manifest_of index | jq -c '.manifests[0]')" '
  {schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [
    ($other | .platform = {os: "unknown", architecture: "unknown"}),
    {mediaType: "application/vnd.oci.image.index.v1+json", digest: $digest, size: $size}]}' |
  put application/vnd.oci.image.index.v1+json nested
check_base "$registry/base:nested" "a nested index"

# By digest, and what is there already: the registry is not asked at all.
check_base "$registry/base@$digest" "by digest"
forget_requests
expect 0 lapstrake -C app build
equal "$(requests '[A-Z]+' /v2/)" 0 "a base named by its digest, which the store has, needs no network"
expect 0 lapstrake -C app check
equal "$(requests '[A-Z]+' /v2/)" 0 "check asks no registry"

# Where the layers go: mounted in the registry that has them, streamed to another, onto the disk when they are asked for there.
rm -rf "$LAPSTRAKE_STORE"
sed -i "s|repository: .*|repository: $registry/mounted|; s|base: .*|base: $registry/base:umoci|" app/lapstrake.yaml
base_layer=$(manifest_of umoci | jq -r '.layers[0].digest')
expect 0 lapstrake -C app build
[[ ! -e $LAPSTRAKE_STORE/blobs/sha256/${base_layer#sha256:} ]] || fail "a build keeps the base's layer"
ok "a build leaves the base's layer in its registry"
expect 0 lapstrake store check
forget_requests
expect 0 lapstrake -C app push
equal "$(requests POST '/v2/mounted/blobs/uploads/.*mount=')" 1 "a push mounts it"
equal "$(requests PUT /v2/mounted/blobs/)" 2 "and sends the two blobs that are new"
equal "$(requests GET "/v2/base/blobs/$base_layer")" 0 "without reading it again"
expect 0 skopeo copy --quiet "docker://$registry/mounted@$(digest_of "$out")" oci:mounted:v1
ok "skopeo reads what was mounted"
expect 0 lapstrake -C app inspect --files app
matches "$out" 'usr/bin/busybox' "inspect --files fetches what it lists"
rm -rf "$LAPSTRAKE_STORE"
expect 0 lapstrake -C app build
expect 0 lapstrake store gc
expect 0 lapstrake -C app build -o "oci:$work/on-disk:v1"
expect 0 skopeo copy --quiet oci:on-disk:v1 oci:read:v1
ok "an output on disk is whole"

# What can go wrong, in the words of who reads it.
sed -i "s|base: .*|base: $registry/base:no-such-tag|" app/lapstrake.yaml
expect 4 lapstrake -C app build
says 'has no image `no-such-tag`' "a tag that is not there exits 4"
sed -i "s|base: .*|base: $registry/base:index|; s|platforms: .*|platforms: [linux/riscv64]|" app/lapstrake.yaml
expect 3 lapstrake -C app build
says "it has linux/amd64, linux/arm64" "a platform that is not there exits 3, and those that are are listed"
sed -i "s|platforms: .*|platforms: [linux/amd64]|; s|base: .*|base: $registry/base:v2s2|" app/lapstrake.yaml
rm "$HOME/.docker/config.json"
expect 5 lapstrake -C app build
says "docker login $registry" "without a login it exits 5 and says how to get one"
sed -i "s|base: .*|base: 127.0.0.1:1/base:v1|" app/lapstrake.yaml
expect 4 lapstrake -C app build
says "127.0.0.1:1" "a registry that does not answer exits 4 and is named"

# A Debian as it is: its own sh runs the script that lies on top of it.
if [[ -z ${LAPSTRAKE_LONG_TESTS:-} ]]; then
  part_not_run "a Debian root as base: only with LAPSTRAKE_LONG_TESTS=1"
elif [[ $(id -u) != 0 ]] || ! command -v mmdebstrap >/dev/null; then
  part_not_run "a Debian root as base: only root with mmdebstrap makes one"
else
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  login joe "pass word:1"
  rm -rf made-bundle
  expect 0 umoci new --image made:debian
  expect 0 umoci unpack --image made:debian made-bundle
  rmdir made-bundle/rootfs
  "$SOURCE/scripts/apt-sources.sh" | mmdebstrap --quiet --variant=minbase "$codename" made-bundle/rootfs - >debian.log 2>&1 || fail "mmdebstrap: $(tail -n 3 debian.log)"
  cp "$work/busybox" made-bundle/rootfs/usr/bin/busybox # what check_base looks for
  printf 'alice:x:1500:1500::/srv:/bin/sh\n' >>made-bundle/rootfs/etc/passwd
  sh=$(readlink made-bundle/rootfs/usr/bin/sh)
  expect 0 umoci repack --image made:debian made-bundle
  expect 0 skopeo copy --quiet oci:made:debian "docker://$registry/base:debian"
  sh=$sh check_base "$registry/base:debian" "a Debian"
  runs "a Debian"
  matches "$(chroot $root /bin/sh -c 'dpkg --version && cat /etc/debian_version' | head -n 1)" Debian "its programs are all there"
fi
