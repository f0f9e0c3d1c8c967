#!/bin/bash
# examples/node-api, with packages of the host's own registry: lock, build, push and register in the sandbox; a second machine builds the same
# digests from the vendor folder; then the server of the image runs with the machine's Node.js.
. "$(dirname "$0")/lib.sh"
[[ ${LAPSTRAKE_LONG_TESTS:-} == 1 ]] || not_run "needs LAPSTRAKE_LONG_TESTS=1"
need jq node npm curl
NPM_CONFIG_REGISTRY=$(npm config get registry)  # the lock file of the example names none
export NPM_CONFIG_REGISTRY
[[ $(node --version) =~ ^v(2[0-9]|[3-9][0-9])\. ]] || not_run "needs Node.js 20 or newer"

# --- the base: a Debian 12, as far as files say so; the program of the image is the machine's
mkdir base
cat >base/lapstrake.yaml <<'YAML'
images:
  node:
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        files:
          - { path: /usr/bin/node, text: "not run", mode: "0755" }
          - { path: /var/lib/dpkg/status, text: "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u7\n\n" }
YAML
for library in libc.so.6 libgcc_s.so.1 libm.so.6 libpthread.so.0 libstdc++.so.6; do
  echo "          - { path: /usr/lib/$library, text: \"\" }" >>base/lapstrake.yaml
done
expect 0 lapstrake -C base build -o "oci:$work/node:v1"
export NODE_BASE=oci:$work/node:v1
cp -R "$SOURCE/examples/node-api" project

# --- the first machine
expect 0 lapstrake -C project lock
equal "$(jq '.installs | length' project/lapstrake.lock)" 2 "the lock has the tarballs of two platforms"
equal "$(jq -r '.installs | to_entries[] | .value.files["node_modules/bcrypt"].note' project/lapstrake.lock | sed 's|/[^/]*$||' | xargs)" \
  "script prebuilt: prebuilds/linux-arm64 script prebuilt: prebuilds/linux-x64" "bcrypt has a prebuilt binary for each platform"
expect 0 lapstrake -C project build
free_of 'may not load' err.txt "addons for other platforms cause no warning"
image=$(digest_of "$out")
expect 0 lapstrake -C project vendor
cat >inside.sh <<'INSIDE'
set -euo pipefail
lapstrake -C project push >push.out
for environment in dev staging production; do
  lapstrake -C project -e "$environment" register >"register-$environment.out"
done
INSIDE
expect 0 lapstrake sandbox -- bash "$work/inside.sh"
equal "$(digest_of "$(<push.out)")" "$image" "push prints the digest that build printed"
equal "$(sed 's|.*task-definition/||' register-dev.out register-staging.out register-production.out | xargs)" "node-api:1 node-api:2 node-api:3" \
  "each environment registers its sizes"

# --- a second machine: another folder, store and home, no network
mkdir second-home
cp -R project second
without=()
if unshare -rn true 2>/dev/null; then without=(unshare -rn); else part_not_run "unshare -n is not permitted here"; fi
expect 0 "${without[@]}" env HOME="$work/second-home" TZ=Asia/Tokyo LC_ALL=C bash -c "umask 077; lapstrake --store '$work/second-store' -C second --offline --locked build"
equal "$(digest_of "$out")" "$image" "a second machine builds the same digest from the vendor folder, without a network"

# --- the server
case $(uname -m) in x86_64) platform=linux/amd64 ;; aarch64) platform=linux/arm64 ;; *) not_run "the machine is neither x86_64 nor aarch64" ;; esac
expect 0 lapstrake -C project --offline --platform "$platform" build -o "oci:$work/image:v1"
mkdir root
for layer in $(lapstrake inspect --json oci:image:v1 | jq -r '[.. | .layers? // empty][0][].digest'); do
  tar -C root --no-same-owner -xf "image/blobs/sha256/${layer#*:}" app 2>/dev/null || true
done
[[ -d root/app/node_modules/express && -f root/app/src/server.js ]] || fail "the layers lack the packages or the code"
port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })")
(cd root/app && NODE_ENV=production HOST=127.0.0.1 PORT=$port exec node src/server.js) >server.log 2>&1 </dev/null &
started+=($!)
for _ in $(seq 200); do
  if curl -sf -o health.json -w '%{http_code}' "http://127.0.0.1:$port/health" >status 2>/dev/null; then break; fi
  sleep 0.1
done
equal "$(<status) $(jq -c . health.json)" '200 {"status":"ok","native":true}' "the server answers 200, with its native package loaded: $(tail -n 1 server.log)"
matches "$(curl -s -H 'Content-Type: application/json' -d '{"password":"x"}' "http://127.0.0.1:$port/hash")" '"hash":"\$2b\$10\$' "and hashes a password"
