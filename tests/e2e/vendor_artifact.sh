#!/bin/bash
# `vendor --to` pushes the vendor folder to a registry as one artifact; another machine brings it back with `vendor --from` and builds the
# same digest without a network.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need curl jq python3
start_registry joe secret
login joe secret
printf 'registries: { "%s": { ca: ca.pem } }\n' "$registry" >registries.yaml
export LAPSTRAKE_REGISTRIES=$work/registries.yaml
mkdir -p base project
cat >base/lapstrake.yaml <<YAML
images:
  base:
    repository: $registry/team/base
    tags: [v1]
    platforms: [linux/amd64, linux/arm64, linux/arm]
    layers: [ { name: root, files: [ { path: /etc/base, text: "one" } ] } ]
YAML
expect 0 lapstrake --store "$work/base-store" -C base push
base=$(digest_of "$out")
# A package: one file of a web server, which is gone later.
mkdir web
echo tool >web/tool
python3 -u -m http.server --bind 127.0.0.1 --directory web 0 >web.log 2>&1 &
web=$!
started+=("$web")
url=$(wait_for_line web.log 'http://127.0.0.1:[0-9]+' 20) || fail "the web server did not start"
cat >project/lapstrake.yaml <<YAML
images:
  app:
    platforms: [linux/amd64, linux/arm64]
    base: $registry/team/base:v1
    layers:
      - { name: site, files: [ { path: /www/index.html, text: hello } ] }
      - { name: tool, fetch: [ { url: "$url/tool", to: /opt/, sha256: $(sha256sum web/tool | cut -d' ' -f1) } ] }
YAML

# --- on the host with a network
artifact=$registry/inside/bases:vendor
expect 0 lapstrake -C project vendor --to "$registry/inside/bases"
pushed=$(tail -n 1 <<<"$out")
contents=$(sed '$d' <<<"$out")
matches "$pushed" "^$artifact@sha256:[0-9a-f]{64}\$" "vendor --to prints the reference of the artifact, with the tag vendor"
matches "$(xargs <<<"$contents")" "^$registry/team/base:v1@$base packages@sha256:[0-9a-f]{64}\$" "after the bases and the packages"
expect 0 lapstrake -C project --locked build
wanted=$(digest_of "$out")
forget_requests
expect 0 lapstrake -C project vendor --to "$artifact" --json
equal "$(jq -r '.[-1] | "\(.name) \(.blobsSent)"' out.txt)" "$pushed 0" "pushed again, the digest is the same and no blob is sent"
equal "$(requests '(POST|PATCH|PUT)' /v2/)" 0 "and nothing is written"
manifest=application/vnd.oci.image.manifest.v1+json
fetch() { curl -fsS --cacert ca.pem -u joe:secret "$@"; }
fetch -H "Accept: $manifest" "https://$registry/v2/inside/bases/manifests/vendor" >artifact.json
equal "$(jq -r .artifactType artifact.json)" application/vnd.lapstrake.vendor.v1 "it is an artifact"
equal "$(jq '.layers | length' artifact.json)" "$(find project/lapstrake-vendor/blobs -type f | wc -l)" "its layers are all blobs of the folder"

expect 2 lapstrake -C project vendor --to "$artifact@$base"
says "must not have a digest" "a digest in --to is refused"
expect 2 lapstrake -C project vendor --to "$artifact" --from "$artifact"
says "cannot be used together" "--to and --from together are refused"
expect 2 lapstrake -C project vendor --create-repository
says "needs \`--to\`" "--create-repository alone is refused"
expect 2 lapstrake -C project --offline vendor --from "$artifact"
ok "--from is refused with --offline"

# --- another machine: it reaches only the artifact
kill "$web"
wait "$web" 2>/dev/null || true
mkdir -p second/home
cp -R project second/project
rm -r second/project/lapstrake-vendor
second() { HOME=$work/second/home lapstrake --store "$work/second/store" -C second/project "$@"; }
(export HOME=$work/second/home && login joe secret)
forget_requests
expect 0 second vendor --from "$registry/inside/bases"
equal "$out" "$contents" "vendor --from prints the bases and the packages"
equal "$(requests GET /v2/team/)" 0 "and asks only for the artifact"
same_file <(cd second/project/lapstrake-vendor && find . -type f -exec sha256sum {} + | sort) \
  <(cd project/lapstrake-vendor && find . -type f -exec sha256sum {} + | sort) "the folder is the same, byte for byte"
without=()
if unshare -rn true 2>/dev/null; then without=(unshare -rn); else part_not_run "unshare -n is not permitted here"; fi
expect 0 "${without[@]}" env HOME="$work/second/home" lapstrake --store "$work/second/store" -C second/project --offline --locked build
equal "$(digest_of "$out")" "$wanted" "an offline build gives the same digest"
expect 0 lapstrake copy "$artifact" oci-archive:stick.tar:vendor
expect 0 lapstrake -C second/project vendor --from "oci-archive:$work/stick.tar:vendor" "$work/from-stick"
equal "$(jq -c .manifests from-stick/index.json)" "$(jq -c .manifests project/lapstrake-vendor/index.json)" "a copy of the artifact on disk does, too"

# --- only what is missing or damaged
layer=$(lapstrake inspect --json --platform linux/arm64 "$registry/team/base:v1" | jq -r '[.. | .layers? // empty][0][].digest')
blob=second/project/lapstrake-vendor/blobs/sha256/${layer#*:}
chmod u+w "$blob"
printf x >>"$blob"
expect 0 second vendor --from "$artifact" --json
equal "$(jq -r '.[0].blobsFetched' out.txt)" 1 "a damaged blob is fetched again, and no other"
same_file "$blob" "project/lapstrake-vendor/blobs/sha256/${layer#*:}" "and is right then"

# --- what is wrong in the registry
expect 3 second vendor --from "$registry/team/base:v1" "$work/none"
says "is not a vendor artifact" "an image is refused"
[[ ! -e none ]] || fail "a folder was created"
put() { fetch -X PUT -H "Content-Type: $manifest" --data-binary @"$1" "https://$registry/v2/inside/bases/manifests/$2" >/dev/null; }
jq -c --arg layer "$layer" 'del(.layers[] | select(.digest == $layer))' artifact.json >incomplete.json
put incomplete.json incomplete
expect 6 second vendor --from "$registry/inside/bases:incomplete" "$work/incomplete"
says "lacks the blob $layer" "an artifact without a layer is refused"
equal "$(jq '.manifests | length' incomplete/index.json)" 0 "and index.json does not name its bases"
data=registry/docker/registry/v2/blobs/sha256/${layer:7:2}/${layer#*:}/data
{ printf x && tail -c +2 "$data"; } >other && cat other >"$data"
expect 6 second vendor --from "$artifact" "$work/damaged"
equal "$(jq '.manifests | length' damaged/index.json)" 0 "a blob with other bytes is refused"

# --- what is wrong in the folder
blobs=project/lapstrake-vendor/blobs/sha256
arm64=$(jq -r '.manifests[] | select(.platform.architecture == "arm64") | .digest' "$blobs/${base#*:}")
config=$(jq -r .config.digest "$blobs/${arm64#*:}")
rm -f "$blobs/${config#*:}"
expect 3 lapstrake -C project --platform linux/amd64 vendor --to "$artifact"
says "lacks the blob $config" "a folder that lacks a blob of another platform is not pushed"
