#!/bin/bash
# Each call that opens, reads, writes, renames, links or syncs a file of the project, the store or an output fails once with EIO, in
# each command: no crash, a code of the table, a whole store, no half-written output, and 0 for the right result alone (S59).
# A sample of the calls; all of them with LAPSTRAKE_LONG_TESTS=1.
. "$(dirname "$0")/lib.sh"
need cc
cc -shared -fPIC -O1 -o failing_calls.so "$SOURCE/tests/support/failing_calls.c" -ldl 2>cc.err || not_run "no library can be made: $(head -n 1 cc.err)"
most=8 # of a command
[[ -z ${LAPSTRAKE_LONG_TESTS:-} ]] || most=1000000

have_project '127.0.0.1:1/${vars.name}' 300000
project=$work/trial/project
mkdir trial
mv "$work/project" trial/
sed -i '1i vars: { name: app }' "$project/lapstrake.yaml"
cat >>"$project/lapstrake.yaml" <<'YAML'
  upper:
    base: oci:../base:v1
    layers: [ { name: top, files: [ { path: /etc/top, text: top } ], copy: [ { from: public/index.html, to: /srv/, owner: www } ] } ]
    users: [ { name: www, uid: 33, gid: 33 } ]
YAML
store=$work/trial/store
expect 0 lapstrake --store "$store" -C "$project" build app -o "oci:$work/trial/base:v1"
cp -R trial/store warm.store

# The program with a call that fails (0: none); its code in $code, its words in out.txt and err.txt.
failing() { # number arguments...
  local at=$1
  shift
  rm -f calls
  run env LD_PRELOAD="$work/failing_calls.so" FAIL_BELOW="$work/trial/" FAIL_AT="$at" FAIL_LOG="$work/calls" \
    ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS:-}" "$LAPSTRAKE" --store "$store" -j 1 -C "$project" "$@"
}
fresh() { # cold | warm
  rm -rf "$store" "$work/trial/out"
  mkdir "$work/trial/out"
  [[ $1 == cold ]] || cp -R warm.store "$store"
}
calls=0 failed=0
judge() { # what
  [[ $code != 1 && $code -le 9 ]] || fail "$1: exit code $code"
  if grep -qE 'internal fault|out of memory|Sanitizer|runtime error' err.txt; then fail "$1: a fault of ours"; fi
  if [[ $code == 0 ]]; then
    # Of the layers before, plan may not know then; the digest is the same.
    if [[ $1 == plan* ]]; then out=$(digest_of "$out") wanted=$(digest_of "$wanted"); fi
    [[ $out == "$wanted" ]] || fail "$1: exit code 0, and another result: $out"
  else
    [[ -s err.txt || -s out.txt ]] || fail "$1: exit code $code without a word"
    # What is there is all of it: a folder's sync may fail after the rename.
    for file in trial/out/*.tar; do
      [[ ! -e $file ]] || cmp -s "$file" "right/${file##*/}" || fail "$1: exit code $code, and a part of an output is left"
    done
  fi
  [[ ! -d $store ]] || LSAN_OPTIONS=detect_leaks=0 lapstrake --store "$store" store check >check.txt 2>&1 || fail "$1 (exit code $code): the store is not whole: $(head -n 3 check.txt)"
}
torture() { # cold|warm arguments...: the command with each call failing in turn
  local state=$1 at count stride did
  shift
  fresh "$state"
  failing 0 "$@"
  [[ $code == 0 ]] || fail "$*: exit code $code without any failure"
  wanted=$out count=$(sed -n 's/^calls //p' calls | tail -n 1)
  rm -rf right
  cp -R trial/out right
  [[ ${count:-0} -gt 3 ]] || fail "$*: only ${count:-no} calls are seen"
  stride=$(((count + most - 1) / most))
  for ((at = 1; at <= count; at += stride)); do
    fresh "$state"
    failing "$at" "$@"
    did=$(grep -v '^calls ' calls || true)
    [[ -z $did ]] || failed=$((failed + 1))
    judge "$* with call $at of $count failing (${did//$work\//})"
  done
  calls=$((calls + count))
}

torture cold build app
torture cold build upper
torture warm build
torture warm build app -o "oci-archive:$work/trial/out/oci.tar:v1"
torture warm build app -o "docker-archive:$work/trial/out/docker.tar:app:v1"
torture warm build app -o "oci:$work/trial/out/layout:v1"
torture warm plan app
torture warm check
torture warm inspect --files app
torture warm verify "oci:$work/trial/base:v1"
torture warm diff app "oci:$work/trial/base:v1"
torture warm copy "oci:$work/trial/base:v1" "oci-archive:$work/trial/out/copy.tar:v1"
torture warm store gc
[[ $failed -ge 60 ]] || fail "only $failed calls failed"
echo "$failed of $calls call sites failed, 0 crashes"
