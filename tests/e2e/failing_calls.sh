#!/bin/bash
# Each call that opens, reads, writes, renames, links or syncs a file of the project, the store or an output fails once in each command, in
# turn with EIO and the other errors of such a call (disk full, quota, permissions, too many files, a signal). There is no crash, the exit code
# is documented, the store is consistent, no output is half-written, and the exit code is 0 only for the right result. Commands that use the
# network succeed when they are run again (S59). Tests a sample of the calls; with LAPSTRAKE_LONG_TESTS=1 all of them, with each error.
. "$(dirname "$0")/lib.sh"
need cc
cc -shared -fPIC -O1 -o failing_calls.so "$SOURCE/tests/support/failing_calls.c" -ldl 2>cc.err || not_run "no library can be made: $(head -n 1 cc.err)"
most=8 turns=1 # calls of a command, and errors of a call
[[ -z ${LAPSTRAKE_LONG_TESTS:-} ]] || most=1000000 turns=4

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
  run env LD_PRELOAD="$work/failing_calls.so" FAIL_BELOW="$work/trial/" FAIL_AT="$at" FAIL_TURN="$((turn++))" FAIL_LOG="$work/calls" \
    ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS:-}" "$LAPSTRAKE" --store "$store" -j 1 -C "$project" "$@"
}
fresh() { # cold | warm
  rm -rf "$store" "$work/trial/out" "$project/lapstrake.lock"
  mkdir "$work/trial/out"
  [[ $1 == cold ]] || cp -R warm.store "$store"
}
commands=0 calls=0 failed=0 turn=0 network=''
# Of a run that had the name NEW to itself: what it says, whatever it was called.
named() { echo "${1//$name/NEW}"; }
judge() { # what
  [[ $code != 1 && $code -le 9 ]] || fail "$1: exit code $code"
  if grep -qE 'internal error|out of memory|Sanitizer|runtime error' err.txt; then fail "$1: a fault of ours"; fi
  if [[ $code == 0 ]]; then
    # Of the layers before, plan may not know then; the digest is the same.
    if [[ $1 == plan* ]]; then out=$(digest_of "$out") wanted=$(digest_of "$wanted"); fi
    [[ $(named "$out") == "$wanted" ]] || fail "$1: exit code 0, and another result: $out"
  else
    [[ -s err.txt || -s out.txt ]] || fail "$1: exit code $code without a word"
    # What is there is all of it: a folder's sync may fail after the rename.
    for file in trial/out/*.tar "$project/lapstrake.lock"; do
      [[ ! -e $file ]] || cmp -s "$file" "right/${file##*/}" || fail "$1: exit code $code, and a part of an output is left"
    done
  fi
  [[ ! -d $store ]] || LSAN_OPTIONS=detect_leaks=0 lapstrake --store "$store" store check >check.txt 2>&1 || fail "$1 (exit code $code): the store is not whole: $(head -n 3 check.txt)"
}
# What a failure left in a registry, an output or a lock is no hindrance, and the outcome is as if there had been none.
does_again() { # what arguments...
  local what=$1
  shift
  run lapstrake --store "$store" -j 1 -C "$project" "$@"
  [[ $code == 0 ]] || fail "$what: exit code $code when it is called again"
  # What was locked is not told twice.
  [[ $(named "$out") == "$wanted" || ($1 == lock && -z $out) ]] || fail "$what: called again it says $out"
  rm -rf now
  keep now
  diff -r now right >diff.txt || fail "$what: called again it leaves something else: $(head -n 3 diff.txt)"
}
keep() { # folder: all that the run has written
  cp -R trial/out "$1"
  [[ ! -e $project/lapstrake.lock ]] || cp "$project/lapstrake.lock" "$1"
}
torture() { # cold|warm arguments...: the command with each call failing in turn. NEW in them is a name that no run had before
  local state=$1 at count stride did round what
  shift
  name=none
  [[ -z $network ]] || name=n$((++names))
  fresh "$state"
  failing 0 "${@//NEW/$name}"
  [[ $code == 0 ]] || fail "$*: exit code $code without any failure"
  wanted=$(named "$out") count=$(sed -n 's/^calls //p' calls | tail -n 1)
  rm -rf right
  keep right
  [[ ${count:-0} -gt 3 ]] || fail "$*: only ${count:-no} calls are seen"
  stride=$(((count + most - 1) / most))
  : $((++commands))
  for ((round = 0; round < turns; ++round)); do
    turn=$((round + commands))
    for ((at = 1; at <= count; at += stride)); do
      [[ -z $network ]] || name=n$((++names))
      fresh "$state"
      failing "$at" "${@//NEW/$name}"
      did=$(grep -v '^calls ' calls || true)
      [[ -z $did ]] || failed=$((failed + 1))
      what="$* with call $at of $count failing (${did//$work\//})"
      judge "$what"
      [[ -z $network ]] || does_again "$what" "${@//NEW/$name}"
    done
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

# The sandbox plays the registry and ECS. It starts without the library, and none of its files fails.
lapstrake -q sandbox >sandbox.env 2>sandbox.err </dev/null &
started+=($!)
for ((i = 0; i < 200; ++i)); do
  ! grep -q "^export no_proxy" sandbox.env || break
  sleep 0.05
done
. ./sandbox.env
registry=${LAPSTRAKE_SANDBOX_REGISTRY:?the sandbox did not start}
expect 0 lapstrake copy "oci:$work/trial/base:v1" "$registry/there:v1"
project=$work/trial/network network=1 names=0
most=$(((most + 1) / 2)) # each takes more runs
mkdir -p "$project/public"
cp "$work/trial/project/public/noise.bin" "$project/public/"
cat >"$project/lapstrake.yaml" <<YAML
vars: { name: app }
images:
  sent:
    repository: $registry/\${vars.name}
    tags: [v1]
    layers: [ { name: site, copy: [ { from: public/, to: /srv/ } ] } ]
  based:
    base: $registry/there:v1
    layers: [ { name: top, files: [ { path: /etc/top, text: top } ] } ]
tasks:
  app:
    family: \${vars.name}
    containerDefinitions: [ { name: app, image: "\${images.sent}", essential: true, memory: 64 } ]
YAML
fresh cold
expect 0 lapstrake --store "$store" -C "$project" build sent
rm -rf warm.store
cp -R "$store" warm.store
torture warm --set name=NEW push sent
torture warm --set name=NEW register
torture cold build based -o "oci:$work/trial/out/layout:v1"
torture cold lock
torture cold vendor "$work/trial/out/vendor"
torture cold copy "$registry/there:v1" "oci-archive:$work/trial/out/copy.tar:v1"
torture cold copy "$registry/there:v1" "oci:$work/trial/out/layout:v1"
torture cold copy "oci:$work/trial/base:v1" "$registry/NEW:v1"
[[ $failed -ge 60 ]] || fail "only $failed calls failed"
echo "$failed of $((calls * turns)) call sites failed, 0 crashes"
