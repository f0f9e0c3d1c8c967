#!/bin/bash
# Runners with empty disks share a registry over TLS: one compresses the layers, the next downloads them. A wrong login is only a warning.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need curl jq
start_registry joe "pass word:1"
have_project "$registry/team/app" 3000000
seq 1 400000 >"$project/public/numbers.txt"
cat >>"$project/lapstrake.yaml" <<YAML
registries:
  $registry: { ca: ca.pem }
YAML
cp ca.pem "$project/"
fetch() { curl -fsS --cacert ca.pem -u "joe:pass word:1" "$@"; }
push() { expect 0 lapstrake --store "$work/$1" -C "$project" push "${@:2}"; }
cache=$registry/team/cache
login joe "pass word:1"

expect 0 lapstrake --store "$work/alone" -C "$project" build
wanted=$(digest_of "$out")
push one --cache-from "$cache" --cache-to "$cache"
equal "$(digest_of "$out")" "$wanted" "the first push gives the digest of a build without a cache"
says "no cache found" "it reports that there is no cache yet"
equal "$(requests POST '/v2/team/cache/blobs/uploads/[?]mount=')" 2 "its layers are mounted from where they were pushed to"
equal "$(requests PUT /v2/team/cache/blobs/uploads/)" 1 "nothing but the empty config is sent to the cache"
equal "$(requests PUT /v2/team/cache/manifests/lapstrake-cache-)" 1 "one manifest holds them"

forget_requests
push two --cache-from "$cache" --cache-to "$cache"
equal "$(digest_of "$out")" "$wanted" "a second runner with an empty disk has the same digest"
equal "$(grep -c "from the registry cache" err.txt)" 2 "it takes both layers from the cache"
free_of 'layer .*entries,' err.txt "and compresses none"
equal "$(requests '(POST|PATCH|PUT)' /v2/)" 0 "it writes nothing to the registry"
expect 0 lapstrake --store "$work/two" store check
ok "its store is whole"

# Whoever may write to the cache gives the layers other blobs.
tag=$(fetch "https://$cache/tags/list" 2>/dev/null || fetch "https://$registry/v2/team/cache/tags/list")
tag=$(jq -r '.tags[0]' <<<"$tag")
manifest=application/vnd.oci.image.manifest.v1+json
fetch -H "Accept: $manifest" "https://$registry/v2/team/cache/manifests/$tag" >cache.json
equal "$(jq -r .artifactType cache.json)" application/vnd.lapstrake.cache.v1 "the cache is an artifact"
put() { fetch -X PUT -H "Content-Type: $manifest" --data-binary @"$1" "https://$registry/v2/team/cache/manifests/$tag" >/dev/null; }
jq -c '.layers as $l | .layers[0] |= ($l[0] + {digest: $l[1].digest, size: $l[1].size}) | .layers[1] |= ($l[1] + {digest: $l[0].digest, size: $l[0].size})' cache.json >poisoned.json
put poisoned.json
push three --cache-from "$cache"
equal "$(digest_of "$out")" "$wanted" "a poisoned cache does not change the digest"
says "ignoring the entry of cache" "and is found out"
jq -c '.layers |= map(.annotations["dev.lapstrake.byte-format"] = "1 (libarchive 3.0)")' cache.json >old.json
put old.json
push four --cache-from "$cache"
equal "$(digest_of "$out")" "$wanted" "a cache of another byte format does not either"
equal "$(grep -c "from the registry cache" err.txt)" 0 "and is not used"
put cache.json

# A tag that is an image stays one.
push five --cache-from "$registry/team/app:v1" --cache-to "$registry/team/app:v1"
says "cannot update the cache" "an image's tag is not overwritten with a cache"
equal "sha256:$(fetch -H "Accept: $manifest" "https://$registry/v2/team/app/manifests/v1" | sha256sum | cut -d' ' -f1)" "$wanted" \
  "it is still the image"

# A wrong login, an absent registry: a warning, and the image.
login joe "not the password"
expect 0 lapstrake --store "$work/six" -C "$project" build --cache-from "$cache" --cache-to "$cache"
equal "$(digest_of "$out")" "$wanted" "a wrong login does not fail the build"
equal "$(grep -c '^warning:.*cache' err.txt)" 2 "it is told, for the reading and for the writing"
free_of 'not the password|am9l' err.txt "and no secret is"
expect 2 lapstrake -C "$project" build --cache-to "$cache@$wanted"
says "cannot be pinned to a digest" "a cache under a digest is a slip"
