#!/bin/bash
# A push to docker-registry over TLS with a password: uploaded content, requests of a second push, the error for a wrong password.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need curl jq
start_registry joe "pass word:1"
have_project "$registry/team/app" 3000000
cat >>"$project/lapstrake.yaml" <<YAML
registries:
  $registry: { ca: ca.pem }
YAML
cp ca.pem "$project/"
fetch() { curl -fsS --cacert ca.pem -u "joe:pass word:1" "$@"; }

login joe "pass word:1"
expect 0 lapstrake -C "$project" push
matches "$out" "^$registry/team/app:v1@sha256:[0-9a-f]{64}$" "push prints the pinned reference"
digest=$(digest_of "$out")
fetch -H 'Accept: application/vnd.oci.image.manifest.v1+json' "https://$registry/v2/team/app/manifests/v1" >manifest.json
equal "sha256:$(sha256sum <manifest.json | cut -d' ' -f1)" "$digest" "the registry serves exactly that digest at the tag"
equal "$(requests POST /v2/team/app/blobs/uploads/)" "$(jq '[.layers[].digest, .config.digest] | unique | length' manifest.json)" \
  "one upload for each blob"
equal "$(requests PATCH /v2/)" 0 "each in one PUT"
for blob in $(jq -r '.layers[].digest, .config.digest' manifest.json); do
  equal "sha256:$(fetch "https://$registry/v2/team/app/blobs/$blob" | sha256sum | cut -d' ' -f1)" "$blob" "blob ${blob:0:15} is whole"
done
if command -v skopeo >/dev/null; then
  expect 0 env SSL_CERT_FILE="$work/ca.pem" skopeo copy --quiet "docker://$registry/team/app@$digest" "oci:$work/pulled:v1"
  ok "skopeo pulls it"
else
  part_not_run "skopeo is not installed"
fi

forget_requests
expect 0 lapstrake -C "$project" push
equal "$(digest_of "$out")" "$digest" "a second push prints the same digest"
equal "$(requests '(POST|PATCH|PUT)' /v2/team/app/blobs/)" 0 "and sends no blob"

# From a clean store, as another CI job would have it: the registry has all, so nothing goes out but questions.
forget_requests
expect 0 lapstrake --store "$work/other" -C "$project" push
equal "$(requests '(POST|PATCH|PUT)' /v2/team/app/blobs/)" 0 "neither does a push from an empty store"

echo changed >>"$project/public/index.html"
forget_requests
expect 0 lapstrake -C "$project" push
equal "$(requests POST /v2/team/app/blobs/uploads/)" 2 "after a change only the changed layer and the config are sent"

login joe "not the password"
expect 5 lapstrake -C "$project" push
says "$registry" "a wrong password exits 5 and names the registry"
free_of 'not the password|am9l' err.txt "and prints no secret"
rm "$HOME/.docker/config.json"
expect 5 lapstrake -C "$project" push
says "$registry" "no login exits 5 and names the registry"

# Without the CA it is not trusted, and nothing goes out in clear.
login joe "pass word:1"
sed -i '/^registries:/,$d' "$project/lapstrake.yaml"
expect 4 lapstrake -C "$project" push
matches "$(cat err.txt)" '[Cc]ertificate' "an unknown CA exits 4 and speaks of the certificate"

# Nothing listens there.
sed -i "s|repository: .*|repository: 127.0.0.1:1/team/app|" "$project/lapstrake.yaml"
expect 4 timeout 60 "$LAPSTRAKE" -C "$project" push
says "127.0.0.1:1" "an absent registry exits 4 and is named"
