#!/bin/bash
# docker-registry with a token server on another origin (S01), read-only, and with full storage: the errors are correct, and
# an incomplete image never gets a tag.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need docker-registry openssl python3 curl jq
make_ca
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout sign.key -out sign.pem 2>/dev/null
: >asked.log
python3 "$SOURCE/tests/support/token_server.py" tls.pem tls.key sign.pem sign.key asked.log >token-server.log 2>&1 </dev/null &
started+=($!)
port=$(wait_for_line token-server.log 'listening on [0-9]+' 20) || fail "the token server did not start"
token_server=https://127.0.0.1:${port##* }

# serve NAME AUTH STORAGE [PREFIX...]: sets $registry
serve() {
  local name=$1 auth=$2 storage=$3 line
  shift 3
  cat >"$name.yml" <<YAML
version: 0.1
log: { level: info, accesslog: { disabled: false } }
storage: { filesystem: { rootdirectory: $work/$name }, delete: { enabled: true }$storage }
http: { addr: 127.0.0.1:0, tls: { certificate: $work/tls.pem, key: $work/tls.key } }
$auth
YAML
  registry_log=$work/$name.log
  "$@" docker-registry serve "$name.yml" >"$registry_log" 2>&1 </dev/null &
  started+=($!)
  line=$(wait_for_line "$registry_log" 'listening on 127\.0\.0\.1:[0-9]+' 20) || fail "docker-registry ($name) did not start"
  registry=127.0.0.1:${line##*:}
}
project() { # name, lines of the image, lines of the registry
  mkdir -p "$1"
  cat >"$1/lapstrake.yaml" <<YAML
images:
  app:
    repository: $registry/team/$1
    tags: [v1]
    layers: [ { name: app, $2 } ]
registries:
  "$registry": { ca: ../ca.pem$3 }
  127.0.0.1: { ca: ../ca.pem }
YAML
}
small='files: [ { path: /x, text: hello } ]'

# --- tokens
serve tokens "auth: { token: { realm: '$token_server/token', service: registry, issuer: test, rootcertbundle: $work/sign.pem } }" ""
project app "$small" ""
login joe "pass word:1"
expect 5 lapstrake -C app push
says "requests that its login be sent to \`$token_server\`" "a token server at another origin is refused"
says "registries: { \"$registry\": { token_server: $token_server } }" "with the line that allows it"
equal "$(cat asked.log)" "" "and not asked at all"

project app "$small" ", token_server: '$token_server'"
expect 0 lapstrake -C app push
pushed=$(digest_of "$out")
matches "$out" "^$registry/team/app:v1@sha256:" "with the line a push works"
[[ $(grep -c 'GET 200 repository:team/app:pull,push' asked.log) -gt 1 ]] || fail "a token that had run out was not renewed: $(cat asked.log)"
ok "a token that the registry refuses as run out is renewed"
: >asked.log
expect 0 lapstrake -C app --store elsewhere push
equal "$(sort asked.log | uniq -c | awk '{print $1}' | sort -u)" 1 "one token for each scope is enough otherwise"

cat >app/child.yaml <<YAML
images:
  child:
    repository: $registry/team/child
    tags: [v1]
    base: $registry/team/app:v1
    layers: [ { name: more, files: [ { path: /y, text: more } ] } ]
registries:
  "$registry": { ca: ../ca.pem, token_server: $token_server }
  127.0.0.1: { ca: ../ca.pem }
YAML
expect 0 lapstrake -C app -f child.yaml push
ok "a base is read and its layer mounted"
expect 0 lapstrake -C app copy "$registry/team/app:v1" "$registry/copies/app:v2"
equal "$(digest_of "$out")" "$pushed" "copy moves the same digest"

login joe "not the password"
expect 5 lapstrake -C app push
says "incorrect username or password" "a wrong password exits 5, in the token server's words"
rm "$HOME/.docker/config.json"
expect 5 lapstrake -C app push
says "docker login $registry" "so does none, with the cure"
login eve "read only"
expect 0 lapstrake -C app inspect "$registry/team/app:v1"
project other "$small" ", token_server: '$token_server'"
expect 5 lapstrake -C other push
says "(user \`eve\`) has no permission for this in the repository" "a login that may only pull exits 5, and it is said why"
printf '{"auths": {"%s": {"identitytoken": "refresh/1+="}}}\n' "$registry" >"$HOME/.docker/config.json"
: >asked.log
expect 0 lapstrake -C other push
matches "$(sort -u asked.log)" 'POST 200 repository:team/other:pull,push' "an identity token is exchanged"
free_of 'refresh/1|pass word|eyJ' err.txt "and shown nowhere"

# --- read only
rm "$HOME/.docker/config.json"
serve readonly "" ", maintenance: { readonly: { enabled: true } }"
project ro "$small" ""
expect 4 lapstrake -C ro push
says "HTTP 405" "a registry that is read only exits 4, in its own words"
says "it may be read-only" "and in ours"

# --- full
if (unshare -rm true) 2>/dev/null; then
  mkdir full
  serve full "" "" unshare -rm bash -c "mount -t tmpfs -o size=1m tmpfs $work/full && exec \"\$@\"" _
  head -c 3000000 /dev/urandom >noise
  project big "copy: [ { from: noise, to: /noise } ]" ""
  cp noise big/
  expect 4 timeout 60 "$LAPSTRAKE" -C big push
  says "$registry" "a registry without room exits 4 and is named"
  says "no space left on device" "and it is said what it lacks"
  says "free space in the registry" "with the cure"
  equal "$(grep -c attempt err.txt || true)" 0 "at once, since trying again makes no room"
  tags=$(curl -sS --cacert ca.pem "https://$registry/v2/team/big/tags/list")
  equal "$(jq -c '.tags' <<<"$tags")" null "nothing that is half pushed has a tag"
else
  part_not_run "a full storage: unshare makes no file system here"
fi
