#!/bin/bash
# Locks and vendors a base with two platforms from a registry, then builds from the project's folder in a namespace without a network: the
# digest is the same, and no socket is opened (S55). Meanwhile the tag moves, and builds do not follow it until the lock is updated.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need curl
start_registry joe "pass word:1"
login joe "pass word:1"
printf 'registries: { "%s": { ca: ca.pem } }\n' "$registry" >registries.yaml
export LAPSTRAKE_REGISTRIES=$work/registries.yaml
base_registry=${started[-1]}
# The registry inside, which the first does not know of.
cat >inside.yml <<YAML
version: 0.1
log: { level: info, accesslog: { disabled: false } }
storage: { filesystem: { rootdirectory: $work/inside-registry } }
http: { addr: 127.0.0.1:0 }
YAML
docker-registry serve inside.yml >>inside.log 2>&1 </dev/null &
started+=($!)
line=$(wait_for_line inside.log 'listening on 127\.0\.0\.1:[0-9]+' 20) || fail "the second registry did not start"
inside=127.0.0.1:${line##*:}

push_base() { # text
  mkdir -p base
  cat >base/lapstrake.yaml <<YAML
images:
  base:
    repository: $registry/team/base
    tags: [v1]
    platforms: [linux/amd64, linux/arm64, linux/arm]
    users: [ { name: web, uid: 1500 } ]
    layers:
      - name: root
        directories: [ { path: /usr/bin } ]
        symlinks: [ { path: /bin, target: usr/bin } ]
        files: [ { path: /etc/base, text: "$1" } ]
YAML
  expect 0 lapstrake --store "$work/base-store" -C base push
  base=$(digest_of "$out")
}
push_base one
first=$base
mkdir -p project/public
echo hello >project/public/index.html
cat >project/lapstrake.yaml <<YAML
vars: { registry: "$registry" }
images:
  app:
    repository: \${vars.registry}/team/app
    tags: [v1]
    platforms: [linux/amd64, linux/arm64]
    base: $registry/team/base:v1
    layers:
      - { name: site, copy: [ { from: public/, to: /www/, owner: web } ] }
      - { name: program, files: [ { path: /bin/run, text: "#!/bin/sh", mode: "0755" } ] }
YAML

# --- on the host with a network
expect 2 lapstrake -C project --locked build
says "$registry/team/base:v1" "--locked without a lock exits 2 and names the base"
expect 0 lapstrake -C project build
online=$(digest_of "$out")
expect 0 lapstrake -C project lock
equal "$out" "added $registry/team/base:v1 $first" "lock prints what it added"
printf '{\n  "version": 2,\n  "images": {\n    "%s": "%s"\n  }\n}\n' "$registry/team/base:v1" "$first" >wanted.lock
same_file project/lapstrake.lock wanted.lock "the lock is JSON, one entry a line"
expect 0 lapstrake -C project lock
equal "$out" "" "locked again, nothing changes"
forget_requests
expect 0 lapstrake -C project --locked build
equal "$(digest_of "$out") $(requests '[A-Z]*' /v2/)" "$online 0" "with the lock the digest is the same, and no registry is asked"

expect 0 lapstrake -C project push
equal "$(digest_of "$out")" "$online" "pushed beside its base"
expect 0 lapstrake copy "$registry/team/app:v1" "$inside/mirror/app:v1"
equal "$(digest_of "$out")" "$online" "copied to another registry, both platforms, the digest is the same"
for there in "$registry/team/app:v1" "$inside/mirror/app:v1"; do
  expect 0 lapstrake verify "$there"
  matches "$out" '^verified: 2 images' "and verified there"
done
expect 0 lapstrake diff "$registry/team/app:v1" "$inside/mirror/app:v1"
equal "$out" "" "with no difference between the two"

expect 0 lapstrake -C project vendor
equal "$out" "$registry/team/base:v1@$first" "vendor prints what it brought"
forget_requests
expect 0 lapstrake -C project vendor
equal "$(requests GET /v2/)" 0 "again, it fetches nothing"
for platform in linux/amd64 linux/arm64; do
  expect 0 lapstrake --platform "$platform" verify "oci:project/lapstrake-vendor:$registry/team/base:v1@$first"
done
same_file "project/lapstrake-vendor/blobs/sha256/${first#*:}" \
  <(SSL_CERT_FILE=ca.pem curl -sSf --cacert ca.pem -u "joe:pass word:1" -H "Accept: application/vnd.oci.image.index.v1+json" "https://$registry/v2/team/base/manifests/$first") \
  "the index is the registry's, byte for byte"
cp -R project elsewhere

# --- the tag moves
push_base two
rm -rf new-store
expect 0 lapstrake -C project --store "$work/new-store" --locked build
equal "$(digest_of "$out")" "$online" "the tag moved, and a locked build does not follow"
expect 6 lapstrake -C project --locked lock
equal "$out" "moved $registry/team/base:v1 $first -> $base" "lock --locked exits 6 and tells what moved"
same_file project/lapstrake.lock wanted.lock "and writes nothing"
expect 2 lapstrake -C project lock --update team/bse
cp project/lapstrake.lock kept.lock
echo "<<<<<<< HEAD" >project/lapstrake.lock
lapstrake -q -C project --store "$work/new-store" --locked build --watch >watched 2>watched.err </dev/null &
started+=($!)
wait_for_line watched.err 'lapstrake.lock. is not valid JSON' 20 >/dev/null || fail "build --watch does not tell of a broken lock"
cp kept.lock project/lapstrake.lock
wait_for_line watched "$online" 20 >/dev/null || fail "build --watch does not begin"
expect 0 lapstrake -C project lock --update app
equal "$out" "moved $registry/team/base:v1 $first -> $base" "lock --update moves it"
expect 0 lapstrake -C project --locked build
[[ $(digest_of "$out") != "$online" ]] || fail "the new base makes no other image"
wait_for_line watched "$(digest_of "$out")" 20 >/dev/null || fail "build --watch does not follow the lock"
ok "build --watch follows the lock"
expect 0 lapstrake -C project --locked lock
equal "$out" "" "and then the lock is up to date"

# --- where there is no network
kill "$base_registry"
rm "$HOME/.docker/config.json"
isolated=(lapstrake -C elsewhere --store "$work/isolated-store" --offline --locked build -o "oci:$work/out:v1")
without=() tracer=()
if unshare -rn true 2>/dev/null; then without=(unshare -rn); else part_not_run "unshare -n is not permitted here"; fi
# LeakSanitizer, if it is in the program, cannot work beside strace.
if strace -qq -o /dev/null true 2>/dev/null; then tracer=(strace -f -qq -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=network); fi
expect 0 "${without[@]}" "${tracer[@]}" "${isolated[@]}"
equal "$(digest_of "$out")" "$online" "with no network and an empty store: the same digest"
if [[ ${#tracer[@]} != 0 ]]; then
  equal "$(grep -cE 'connect\(|socket\(AF_INET|sendto\(|sendmsg\(' trace || true)" 0 "and not one connection, not one name looked up"
else
  part_not_run "strace is absent or not permitted here: that no connection is made is not looked at"
fi
expect 0 lapstrake --offline verify oci:out:v1
matches "$out" '^verified: 2 images' "what it wrote is whole"

expect 0 lapstrake -C elsewhere --store "$work/isolated-store" --set "registry=$inside" push
equal "$(digest_of "$out")" "$online" "pushed to the registry inside, from that folder, with the same digest"
expect 0 lapstrake diff "$inside/team/app:v1" "$inside/mirror/app:v1"
equal "$out" "" "as the one that was copied"

# --- what needs a network says so, at once
for command in push register lock vendor "build --cache-to $inside/cache" "copy oci:$work/out:v1 $inside/no:v1"; do
  # shellcheck disable=SC2086  # words
  expect 2 lapstrake -C elsewhere --offline $command
  says "--offline" "\`${command%% *}\` with --offline exits 2"
done
expect 0 lapstrake -C elsewhere --offline build --cache-from "$inside/cache"
says "ignoring \`--cache-from\`" "a cache in a registry is not used"
mv elsewhere/lapstrake-vendor away
expect 3 lapstrake -C elsewhere --store "$work/empty-store" --offline build
says "$first" "a base that is not at hand exits 3 and is named"
says "lapstrake vendor" "with the cure"
expect 0 lapstrake -C elsewhere --store "$work/empty-store" --vendored ../away --offline build
equal "$(digest_of "$out")" "$online" "--vendored names another folder"
mkdir no-layout
expect 3 lapstrake -C elsewhere --vendored ../no-layout --offline build
says "lapstrake vendor ../no-layout" "which must be one that vendor wrote"
printf '#!/bin/sh\ntouch "%s"\n' "$work/was-asked" >bin/docker-credential-spy
chmod +x bin/docker-credential-spy
printf '{"credsStore": "spy"}\n' >"$HOME/.docker/config.json"
expect 2 lapstrake --offline inspect "$inside/team/app:v1"
[[ ! -e was-asked ]] || fail "a credential helper was run with --offline"
ok "no credential helper is run"
