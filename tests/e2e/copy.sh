#!/bin/bash
# Images that are copied between registries, layouts and archives keep their digest. skopeo and umoci read our copies, and we read their
# images: OCI and schema 2, gzip, zstd and uncompressed, nested indexes, attestations.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need jq skopeo umoci curl
start_registry joe "pass word:1"
mkdir -p "$HOME/.docker"
printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$registry" "$(printf 'joe:pass word:1' | base64 -w0)" >"$HOME/.docker/config.json"
printf 'registries: { "%s": { ca: ca.pem } }\n' "$registry" >registries.yaml
export LAPSTRAKE_REGISTRIES=$work/registries.yaml
peer() { SSL_CERT_FILE=$work/ca.pem "$@"; } # skopeo, which trusts what it is told to
remote_digest() { peer skopeo inspect --raw "docker://$1" | sha256sum | cut -d' ' -f1 | sed 's/^/sha256:/'; }

# A second registry, in the clear on this host: what goes there from the first must pass through us.
cat >other.yml <<YAML
version: 0.1
log: { level: info, accesslog: { disabled: false } }
storage: { filesystem: { rootdirectory: $work/other-registry } }
http: { addr: 127.0.0.1:0 }
YAML
docker-registry serve other.yml >>other.log 2>&1 </dev/null &
started+=($!)
line=$(wait_for_line other.log 'listening on 127\.0\.0\.1:[0-9]+' 20) || fail "the second registry did not start"
other=127.0.0.1:${line##*:}

# An image for three platforms, with a layer of each compression; one of them in an index of its own, and a child with an attestation.
mkdir -p project/public
echo '<h1>hello</h1>' >project/public/index.html
openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 00000000000000000000000000000000 -in /dev/zero 2>/dev/null |
  head -c 3000000 >project/public/noise.bin || true
for variant in amd64:gzip arm64:zstd arm:none; do
  cat >project/lapstrake.yaml <<YAML
images:
  app:
    platforms: [linux/${variant%:*}]
    compression: ${variant#*:}
    layers:
      - { name: site, copy: [ { from: public/, to: /www/ } ] }
      - { name: own, files: [ { path: /etc/arch, text: "${variant%:*}" } ] }
YAML
  expect 0 lapstrake -C project build -o "oci:$work/multi:${variant%:*}"
done
put_blob() { # file: into the layout; sets $blob to its descriptor without a media type
  local sum
  sum=$(sha256sum <"$1" | cut -d' ' -f1)
  cp "$1" "multi/blobs/sha256/$sum"
  blob=$(printf '"digest":"sha256:%s","size":%d' "$sum" "$(stat -c %s "$1")")
}
entry() { # tag [more members]: the descriptor of a platform's manifest
  jq -c --arg tag "$1" --argjson more "${2:-"{}"}" \
    '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag) | del(.annotations) + $more' multi/index.json
}
oci=application/vnd.oci.image
printf '{"predicateType":"https://slsa.dev/provenance/v0.2"}' >statement && put_blob statement
statement=$blob
printf '{"architecture":"unknown","os":"unknown","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$(sha256sum <statement | cut -d' ' -f1)" >config && put_blob config
printf '{"schemaVersion":2,"mediaType":"%s.manifest.v1+json","config":{"mediaType":"%s.config.v1+json",%s},"layers":[{"mediaType":"application/vnd.in-toto+json",%s}]}' \
  $oci $oci "$blob" "$statement" >attestation && put_blob attestation
attestation=$blob
printf '{"schemaVersion": 2,  "mediaType": "%s.index.v1+json", "manifests": [%s]}\n' $oci \
  "$(entry arm '{"platform":{"os":"linux","architecture":"arm"}}')" >nested && put_blob nested
nested=$blob
printf '{"schemaVersion": 2, "mediaType": "%s.index.v1+json", "manifests": [%s, %s, {"mediaType":"%s.index.v1+json",%s}, {"mediaType":"%s.manifest.v1+json",%s,"platform":{"os":"unknown","architecture":"unknown"}}]}\n' \
  $oci "$(entry amd64 '{"platform":{"os":"linux","architecture":"amd64"}}')" \
  "$(entry arm64 '{"platform":{"os":"linux","architecture":"arm64"}}')" $oci "$nested" $oci "$attestation" >root && put_blob root
# And one without the nested index, which skopeo does not copy.
printf '{"schemaVersion":2,"mediaType":"%s.index.v1+json","manifests":[%s,%s]}' \
  $oci "$(entry amd64 '{"platform":{"os":"linux","architecture":"amd64"}}')" \
  "$(entry arm64 '{"platform":{"os":"linux","architecture":"arm64"}}')" >flat && put_blob flat
jq -c ".manifests += [{\"mediaType\":\"$oci.index.v1+json\",$blob,\"annotations\":{\"org.opencontainers.image.ref.name\":\"flat\"}}]" \
  multi/index.json >index.json
mv index.json multi/index.json
put_blob root
jq -c ".manifests += [{\"mediaType\":\"$oci.index.v1+json\",$blob,\"annotations\":{\"org.opencontainers.image.ref.name\":\"all\"}}]" \
  multi/index.json >index.json
mv index.json multi/index.json
all=sha256:$(sha256sum <root | cut -d' ' -f1)
rm -rf "$LAPSTRAKE_STORE"

# --- into a registry, and between two
expect 0 lapstrake copy oci:multi:all "$registry/team/app:v1"
equal "$out" "$registry/team/app:v1@$all" "copy prints the pinned reference"
equal "$(remote_digest "$registry/team/app:v1")" "$all" "the registry serves the index with the same digest"
for child in $(jq -r '.manifests[].digest' root nested); do
  equal "$(remote_digest "$registry/team/app@$child")" "$child" "and its child ${child:0:19}"
done
equal "$(find "$LAPSTRAKE_STORE/tmp" -type f | wc -l)" 0 "nothing is left in the store's scratch"
forget_requests
expect 0 lapstrake copy oci:multi:all "$registry/team/app:v1"
equal "$(requests '(POST|PATCH|PUT)' /v2/)" 0 "copied again, nothing is sent"
expect 0 lapstrake copy oci:multi:all "$registry/team/app:v2"
equal "$(requests '(POST|PATCH|PUT)' /v2/team/app/blobs/)" 0 "under another tag, no blob is sent"

forget_requests
expect 0 lapstrake --json copy "$registry/team/app:v1" "$registry/elsewhere/app:v1"
equal "$(jq -r .digest <<<"$out")" "$all" "to another repository of the registry with the same digest"
equal "$(requests PUT /v2/elsewhere/app/blobs/)" 0 "where the registry mounts the blobs"
equal "$(requests GET /v2/team/app/blobs/) $(jq .blobsSent <<<"$out")" "0 0" "and none passes through us"

expect 0 lapstrake copy "$registry/team/app:v1" "$other/mirror/app"
equal "$out" "$other/mirror/app:latest@$all" "to another registry with the same digest"
equal "$(skopeo inspect --tls-verify=false --raw "docker://$other/mirror/app" | sha256sum | cut -d' ' -f1)" "${all#*:}" "which serves it so"
expect 0 lapstrake copy oci:multi:flat "$registry/team/flat:v1"
expect 0 lapstrake copy "$registry/team/flat:v1" "$other/mirror/flat:v1"
expect 0 skopeo copy --quiet --all --src-tls-verify=false "docker://$other/mirror/flat:v1" dir:mirrored
ok "skopeo reads all platforms of an index there"
expect 0 lapstrake copy "$other/mirror/app@$all" "$registry/again/app@$all"
equal "$out" "$registry/again/app@$all" "by digest, without a tag"

# --- onto the disk and back
expect 0 lapstrake copy "$registry/team/app:v1" oci:pulled
equal "$out" "oci:pulled:v1@$all" "into a layout, under the tag of the source"
same_file pulled/blobs/sha256/"${all#*:}" root "the index is the same bytes"
expect 0 lapstrake copy "$registry/team/flat:v1" oci:pulled:flat
expect 0 skopeo copy --quiet --all oci:pulled:flat dir:read
ok "skopeo reads all platforms of a layout"
expect 0 lapstrake copy "$registry/team/app:v1" oci-archive:pulled.tar
expect 0 skopeo inspect --raw oci-archive:pulled.tar
equal "sha256:$(sha256sum <out.txt | cut -d' ' -f1)" "$all" "and the archive, with the same digest"
expect 0 lapstrake copy oci-archive:pulled.tar:v1 "$other/back/app:v1"
equal "$(digest_of "$out")" "$all" "and back into a registry"

arm64=$(entry arm64 | jq -r .digest)
expect 0 lapstrake --platform linux/arm64 copy "$registry/team/app:v1" oci:one:v1
equal "$out" "oci:one:v1@$arm64" "one platform is the manifest itself"
says "its digest differs" "and it says that the digest differs"
expect 0 skopeo inspect --config oci:one:v1
equal "$(jq -r .architecture out.txt)" arm64 "skopeo sees the right one"
expect 0 lapstrake --platform linux/amd64 copy "$registry/team/app:v1" oci:one:v2
expect 0 umoci unpack --rootless --image one:v2 bundle
equal "$(<bundle/rootfs/etc/arch)" amd64 "and umoci unpacks one"
nested_arm=$(entry arm | jq -r .digest)
expect 0 lapstrake --platform linux/arm copy "$registry/team/app:v1" docker-archive:arm.tar
equal "$(digest_of "$out")" "$nested_arm" "a platform of a nested index too, as a docker-archive"
expect 0 skopeo copy --quiet docker-archive:arm.tar oci:from-docker:v1
equal "$(tar -xOf arm.tar manifest.json | jq -r '.[0].RepoTags[0]')" "$registry/team/app:v1" "which has the name of the source"

expect 2 lapstrake copy "$registry/team/app:v1" docker-archive:all.tar
says "--platform linux/amd64" "an index does not fit into a docker-archive, and the cure is told"
[[ ! -e all.tar ]] || fail "a docker-archive was written all the same"
forget_requests
expect 6 lapstrake copy oci:multi:all "$registry/team/never@$arm64"
says "$all" "a destination with another digest exits 6 and names the image's"
equal "$(requests '(POST|PATCH|PUT)' /v2/)" 0 "before anything is sent"
expect 3 lapstrake --platform linux/s390x copy oci:multi:all oci:no:v1
says "linux/arm64" "a platform that is not there exits 3 and lists those that are"
expect 2 lapstrake copy oci:multi:all
expect 4 lapstrake copy "$registry/team/absent:v1" oci:no:v1

# --- the name of an image of the spec
expect 0 lapstrake -C project build
built=$(digest_of "$out")
expect 0 lapstrake -C project copy app "$other/built/app:v1"
equal "$(digest_of "$out")" "$built" "an image of the spec goes by its name"
expect 0 lapstrake -C project verify --rebuild "$other/built/app:v1"
matches "$out" "same digest after rebuilding image .app." "verify --rebuild proves that it comes from the spec"
expect 6 lapstrake -C project verify --rebuild "oci:$work/multi:amd64"
says "diff oci:$work/multi:amd64 app" "and exits 6 for one that does not, with the way to see why"

# --- one whose base still lies in its registry
cat >project/lapstrake.yaml <<YAML
images:
  app:
    base: $registry/team/flat:v1
    layers: [ { name: own, files: [ { path: /etc/own, text: own } ] } ]
YAML
expect 0 lapstrake -C project --store "$work/apart" build
built=$(digest_of "$out")
expect 0 lapstrake -C project --store "$work/apart" copy app "$other/on-top/app:v1"
equal "$(digest_of "$out")" "$built" "an image of the spec is copied with the layers of its base"
expect 0 lapstrake -C project --store "$work/apart" verify "$other/on-top/app:v1"
expect 0 lapstrake -C project --store "$work/apart" copy app "oci:$work/on-top:v1"
expect 0 lapstrake verify oci:on-top:v1
ok "and is whole in a registry and in a layout"

# --- what others push
for format in oci v2s2; do
  expect 0 peer skopeo copy --quiet --format $format oci:multi:amd64 "docker://$registry/theirs/$format:v1"
  theirs=$(remote_digest "$registry/theirs/$format:v1")
  expect 0 lapstrake copy "$registry/theirs/$format:v1" "$other/theirs/$format:v1"
  equal "$(digest_of "$out")" "$theirs" "an image that skopeo pushed as $format keeps its digest in another registry"
  expect 0 skopeo copy --quiet --src-tls-verify=false "docker://$other/theirs/$format:v1" "dir:read-$format"
  expect 0 lapstrake copy "$registry/theirs/$format:v1" "oci:theirs-$format:v1"
  equal "$(digest_of "$out")" "$theirs" "and in a layout"
  if [[ $format == oci ]]; then expect 0 skopeo inspect "oci:theirs-$format:v1"; else says "schema 2" "with a warning that skopeo does not look for it there"; fi
  expect 0 lapstrake copy "oci:theirs-$format:v1" "$other/returned/$format:v1"
  equal "$(skopeo inspect --tls-verify=false --raw "docker://$other/returned/$format:v1" | sha256sum | cut -d' ' -f1)" "${theirs#*:}" "and back from there"
  expect 0 lapstrake inspect "$registry/theirs/$format:v1" --files
  matches "$out" "/www/index.html" "inspect lists the files of $format"
done
expect 0 lapstrake inspect "$registry/team/app:v1" --json
equal "$(jq -r '[.images[].platform] | sort | join(" ")' out.txt)" "linux/amd64 linux/arm linux/arm64" \
  "inspect of a registry shows every platform, those of nested indexes too"

# --- verify, in every place, of what each tool made
verifies() { # reference images what
  expect 0 lapstrake verify "$1"
  matches "$out" "^verified: $2 images?, [0-9]+ blobs, [0-9.]+ [KM]iB$" "$3 is verified"
}
verifies "$registry/team/app:v1" 3 "an index in a registry, with an index in it and an attestation,"
verifies oci:pulled:v1 3 "the same in a layout"
verifies oci-archive:pulled.tar:v1 3 "and in an archive"
verifies docker-archive:arm.tar 1 "a docker-archive"
verifies docker-archive:arm.tar:"$registry/team/app:v1" 1 "the same by its name"
for format in oci v2s2; do
  verifies "$registry/theirs/$format:v1" 1 "what skopeo pushed as $format"
done
expect 0 skopeo copy --quiet --dest-compress-format zstd oci:multi:arm oci:squeezed:v1
verifies oci:squeezed:v1 1 "what skopeo compressed with zstd"
expect 0 umoci init --layout theirs-umoci
expect 0 umoci new --image theirs-umoci:v1
expect 0 umoci insert --rootless --image theirs-umoci:v1 project/public /srv
verifies oci:theirs-umoci:v1 1 "what umoci made"
expect 0 lapstrake --platform linux/arm64 verify --json "$registry/team/app:v1"
equal "$(jq -r '[.digest, .images, (.problems | length)] | join(" ")' out.txt)" "$arm64 1 0" "one platform alone, too"

# --- diff
expect 0 lapstrake diff "$registry/team/app:v1" oci:pulled:v1
equal "$out" "" "an image and its copy differ in nothing"
expect 0 lapstrake diff oci:multi:amd64 oci:multi:arm64
matches "$out" "architecture: \"amd64\" -> \"arm64\"" "diff tells what the configs say"
matches "$out" "~ /etc/arch  content" "and which file is another"
matches "$out" "files: 0 added, 0 removed, 1 changed" "and no other"
expect 0 lapstrake diff --json "$registry/theirs/v2s2:v1" oci:multi:amd64
equal "$(jq -c '[.same, .platforms[0].files]' out.txt)" "[false,[]]" "schema 2 and OCI have the same files"
expect 0 lapstrake diff "$registry/team/app:v1" "$registry/team/flat:v1"
matches "$out" "- platform linux/arm" "platforms that one lacks are told"

# --- what is not what it says is not moved
cp -R multi broken
layer=broken/blobs/sha256/$(jq -r '.layers[0].digest[7:]' "multi/blobs/sha256/$(entry amd64 | jq -r '.digest[7:]')")
printf x | dd of="$layer" bs=1 seek=100 conv=notrunc status=none
expect 6 lapstrake --store "$work/fresh" copy oci:broken:amd64 "$other/broken/app:v1"
says "${layer##*/}" "a layer with other bytes exits 6 and is named"
expect 4 lapstrake --store "$work/fresh" inspect "$other/broken/app:v1"
ok "and nothing has the tag"
expect 6 lapstrake verify oci:broken:amd64
matches "$out" "^layer sha256:${layer##*/} of linux/amd64: " "verify names it"
equal "$(wc -l <out.txt)" 1 "and nothing else"
expect 6 lapstrake verify oci:broken:all
equal "$(wc -l <out.txt)" 1 "in an index too, once"
truncate -s -1 "$layer"
expect 6 lapstrake --store "$work/fresh" copy oci:broken:amd64 oci:no:v1
ok "a layer that is too short exits 6"
sed 's/"schemaVersion"/"schemaVersion":2,"schemaVersion"/' "multi/blobs/sha256/$(entry amd64 | jq -r '.digest[7:]')" >twice && put_blob twice
jq -c ".manifests = [{\"mediaType\":\"$oci.manifest.v1+json\",$blob}]" multi/index.json >index.json
cp -R multi doubled && cp index.json doubled/
expect 6 lapstrake copy oci:doubled "$other/doubled/app:v1"
says "schemaVersion" "a manifest with a member twice exits 6"
expect 6 lapstrake verify oci:doubled
matches "$out" "schemaVersion" "for verify too"
forget_requests
rm -r "$work/registry/docker/registry/v2/blobs/sha256/${arm64:7:2}/${arm64#*:}"
expect 6 lapstrake verify "$registry/team/app:v1"
matches "$out" "^manifest $arm64 of linux/arm64: " "a manifest that the registry lost is named"
