#!/bin/bash
# A push to a registry that resets one request in five succeeds with constant memory: four layers in parallel, with the usual digest.
#
#   LAPSTRAKE_LONG_TESTS=1   8 GiB instead of 256 MiB
. "$(dirname "$0")/lib.sh"
[[ -x /usr/bin/time ]] || not_run "/usr/bin/time (time) is not installed"
if grep -qE '__(asan|tsan)_init' "$LAPSTRAKE"; then not_run "a sanitizer takes memory of its own"; fi
size=$((64 << 20))
if [[ -n ${LAPSTRAKE_LONG_TESTS:-} ]]; then size=$((2 << 30)); else part_not_run "8 GiB: only with LAPSTRAKE_LONG_TESTS=1"; fi

mkdir project
{
  # shellcheck disable=SC2016  # the sandbox's variables are lapstrake's to replace
  printf 'images:\n  app:\n    repository: ${env.LAPSTRAKE_SANDBOX_REGISTRY}/app\n    tags: [v1]\n    compression: none\n    layers:\n'
  for i in 1 2 3 4; do
    truncate -s "$size" "project/part-$i"
    printf 'the part of layer %d' "$i" | dd of="project/part-$i" conv=notrunc status=none
    printf '      - { name: part-%d, copy: [ { from: part-%d, to: /data/ } ] }\n' "$i" "$i"
  done
} >project/lapstrake.yaml
# Of every five requests one is reset on its way; the first two blobs for certain.
cat >faults.json <<'JSON'
{"rules": [
  {"match": {"method": "PUT", "path": "/v2/*/blobs/uploads/*"}, "to": 2, "do": {"reset": "body", "at_percent": 60}},
  {"match": {"path": "/v2/*"}, "every": 5, "do": {"reset": "body", "at_percent": 60}},
  {"match": {"operation": "*Layer*"}, "every": 5, "do": {"reset": "body", "at_percent": 60}}
]}
JSON
from=$SECONDS
# shellcheck disable=SC2016
expect 0 lapstrake sandbox --faults faults.json --data sandbox -- sh -c '
  /usr/bin/time -o time -f %M lapstrake -C project --progress plain push &&
  lapstrake verify "$LAPSTRAKE_SANDBOX_REGISTRY/app:v1" >verified'
pushed=$(digest_of "$out")
peak=$(($(cat time) * 1024))
again=$(grep -c 'trying again' err.txt || true)
echo "$((size * 4 >> 20)) MiB in 4 layers: $((SECONDS - from)) s, $again times tried again, peak memory $((peak >> 20)) MiB"
[[ $again -ge 2 ]] || fail "the registry was not rough: tried again $again times"
[[ $peak -lt $((100 << 20)) ]] || fail "the peak memory is $((peak >> 20)) MiB"
ok "the peak memory is below 100 MiB"
LAPSTRAKE_SANDBOX_REGISTRY=none.example expect 0 lapstrake -C project build
equal "$pushed" "$(digest_of "$out")" "the pushed digest is that of the build"
