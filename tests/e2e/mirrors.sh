#!/bin/bash
# Images are read from mirrors while the registry itself does not exist; client certificates from the spec and from podman's
# folder; attachments in a registry without the referrers API, and in ECR.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need curl jq
start_registry joe "pass word:1"
login joe "pass word:1"
mirror=$registry
fetch() { curl -fsS --cacert ca.pem -u "joe:pass word:1" "$@"; }

mkdir -p base app
cat >base/lapstrake.yaml <<YAML
images:
  base:
    repository: $mirror/hub/library/base
    tags: [v1]
    layers: [ { name: root, files: [ { path: /etc/os-release, text: test } ] } ]
registries:
  "$mirror": { ca: ../ca.pem }
YAML
expect 0 lapstrake -C base push
base=$(digest_of "$out")

spec() { # members of origin.example
  cat >app/lapstrake.yaml <<YAML
images:
  app:
    repository: origin.example/app
    tags: [v1]
    base: origin.example/library/base:v1
    layers: [ { name: app, files: [ { path: /app, text: app } ] } ]
registries:
  origin.example: { $1 }
  "$mirror": { ca: ../ca.pem }
YAML
}
spec "mirrors: ['127.0.0.1:1/hub', '$mirror/hub']"
expect 0 lapstrake -v -C app build -o oci:../out:v1
says "skipping the mirror \`127.0.0.1:1/hub/library/base\` of \`origin.example/library/base\`" "a mirror that is down is skipped, which -v reports"
says "the mirror \`$mirror/hub/library/base\` resolves \`origin.example/library/base:v1\` to $base" "-v reports the tag that a mirror resolved"
equal "$(jq -r '.annotations["org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"]' \
  "out/blobs/sha256/$(digest_of "$out" | cut -d: -f2)" | xargs)" "origin.example/library/base:v1 $base" "the image is named after the registry, not the mirror"
expect 0 lapstrake -C app lock
free_of "127.0.0.1" app/lapstrake.lock "so is the lock"
rm app/lapstrake.lock
expect 0 lapstrake -C app copy origin.example/library/base:v1 oci:../copied:v1
equal "$(digest_of "$out")" "$base" "copy reads from the mirror"
expect 0 lapstrake -C app inspect --json --files origin.example/library/base:v1
equal "$(jq -r .digest <<<"$out")" "$base" "inspect too"
forget_requests
run timeout 2 "$LAPSTRAKE" -v -C app push # it would try for long
[[ $code == 4 || $code == 124 ]] || fail "a push to nowhere: exit code $code"
says "https://origin.example/" "a push goes to the registry itself, which is not there"
equal "$(requests '(POST|PUT|PATCH)' /v2/)" 0 "and never to a mirror"

spec "mirrors: ['$mirror/elsewhere'], mirrors_only: true"
expect 4 lapstrake -C app inspect origin.example/library/base:v1
says 'has no image `v1`' "with mirrors alone, what they lack is not there"
rm -f "$HOME/.docker/config.json"
spec "mirrors: ['$mirror/hub'], mirrors_only: true"
expect 5 lapstrake -C app inspect origin.example/library/base:v1
says "docker login $mirror" "a mirror wants its own login"
login joe "pass word:1"

# The host's file, under the project's.
printf 'registries: { origin.example: { mirrors: ["%s/hub"] } }\n' "$mirror" >host.yaml
spec "ca: ../ca.pem"
expect 0 env LAPSTRAKE_REGISTRIES="$work/host.yaml" lapstrake -C app inspect origin.example/library/base:v1
ok "mirrors of the host's own file count beside what the project says"

# --- client certificates
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=client -keyout client.key -out client.csr 2>/dev/null
openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out client.pem 2>/dev/null
sed "s|rootdirectory: .*|rootdirectory: $work/registry }|; s|key: $work/tls.key }|key: $work/tls.key, clientcas: [$work/ca.pem] }|; /^auth:/,\$d" registry.yml >mutual.yml
docker-registry serve mutual.yml >mutual.log 2>&1 </dev/null &
started+=($!)
line=$(wait_for_line mutual.log 'listening on 127\.0\.0\.1:[0-9]+' 20) || fail "docker-registry did not start"
mutual=127.0.0.1:${line##*:}
look() { timeout "${1:-60}" "$LAPSTRAKE" -C app inspect "$mutual/hub/library/base:v1"; }
printf 'registries: { "%s": { ca: ../ca.pem } }\n' "$mutual" >app/lapstrake.yaml
run look 2
[[ $code == 4 || $code == 124 ]] || fail "without a client certificate: exit code $code"
says "$mutual" "without a client certificate the registry ends the conversation, and is named"
printf 'registries: { "%s": { ca: ../ca.pem, cert: ../client.pem, key: ../client.key } }\n' "$mutual" >app/lapstrake.yaml
expect 0 look
ok "with the one of the spec it answers"
folder=$HOME/.config/containers/certs.d/$mutual
mkdir -p "$folder"
cp ca.pem "$folder/ca.crt"
cp client.pem "$folder/client.cert"
cp client.key "$folder/client.key"
printf 'registries: { "%s": { mirrors: [] } }\n' "$mutual" >app/lapstrake.yaml
expect 0 look
ok "and with the one of podman's certs.d folder"

# --- attachments
attachments="attachments: [ { from: sbom.json, type: application/spdx+json }, { from: absent.txt, type: text/plain } ]"
cat >base/lapstrake.yaml <<YAML
images:
  base:
    repository: \${env.TARGET}/base
    tags: [v1]
    layers: [ { name: root, files: [ { path: /etc/os-release, text: test } ] } ]
    $attachments
registries:
  "$mirror": { ca: ../ca.pem }
YAML
echo '{"spdxVersion": "SPDX-2.3"}' >base/sbom.json
export TARGET=$mirror/hub/library
expect 0 lapstrake -C base --json push
says '`absent.txt`' "an attachment that fails is a warning"
attached=$(jq -r '.[0].attachments[0]' <<<"$out")
tag=$(fetch -H 'Accept: application/vnd.oci.image.index.v1+json' "https://$mirror/v2/hub/library/base/manifests/${base/:/-}")
equal "$(jq -r '.manifests[] | "\(.digest) \(.artifactType)"' <<<"$tag")" "$attached application/spdx+json" "the fallback tag lists it"
manifest=$(fetch -H 'Accept: application/vnd.oci.image.manifest.v1+json' "https://$mirror/v2/hub/library/base/manifests/$attached")
equal "$(jq -r '"\(.subject.digest) \(.config.mediaType) \(.layers | length)"' <<<"$manifest")" "$base application/vnd.oci.empty.v1+json 1" \
  "its manifest names the image"
same_file <(fetch "https://$mirror/v2/hub/library/base/blobs/$(jq -r '.layers[0].digest' <<<"$manifest")") base/sbom.json "and has the file"
expect 0 lapstrake -C base --store "$work/other" --json push
equal "$(jq -r '.[0].attachments[0]' <<<"$out")" "$attached" "the same file is the same attachment"
expect 0 lapstrake -C base inspect --json --referrers "$mirror/hub/library/base:v1"
equal "$(jq -r '[.referrers[] | .digest + " " + .artifactType] | join(",")' <<<"$out")" "$attached application/spdx+json" "and is listed once"
sed -i 's|type: text/plain|type: text/plain, required: true|' base/lapstrake.yaml
expect 3 lapstrake -C base push
says "absent.txt" "one that is required and missing is an error"
sed -i 's|, { from: absent.*|]|' base/lapstrake.yaml
# shellcheck disable=SC2016
printf 'TARGET=$LAPSTRAKE_SANDBOX_REGISTRY lapstrake -C base push && lapstrake inspect --referrers --json "$LAPSTRAKE_SANDBOX_REGISTRY/base:v1" >ecr.json\n' >ecr.sh
expect 0 lapstrake -q sandbox -- bash ecr.sh
equal "$(jq -r '.referrers[].digest' ecr.json)" "$attached" "in ECR the API lists it"
