#!/bin/bash
# kill -9 at calls that write, sync or publish, throughout lock, vendor and build -o: the next run gives the same bytes as without the kill,
# and leaves no temporary files.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need strace
strace -qq -o /dev/null true 2>/dev/null || not_run "strace is not permitted"
start_registry joe secret
login joe secret
export ASAN_OPTIONS=detect_leaks=0 # the leak check cannot run under a tracer
have_project "$registry/team/base" 300000
cp ca.pem "$project/"
printf 'registries:\n  %s: { ca: ca.pem }\n' "$registry" >>"$project/lapstrake.yaml"
expect 0 lapstrake -C "$project" push
mkdir app
cp ca.pem app/
cat >app/lapstrake.yaml <<YAML
registries: { "$registry": { ca: ca.pem } }
images:
  app:
    base: $registry/team/base:v1
    layers: [ { name: text, files: [ { path: /text, text: text } ] } ]
YAML

state() { # of a folder: all names, and a digest of each file
  (cd "$1" && find . -mindepth 1 \( -type f -exec sha256sum {} + -o -printf '%y %p\n' \) | sort -k2)
}
# Each kill begins with a copy of what there was, and the next run must make of it what a run makes that nobody kills.
killed_everywhere() { # what calls most-kills command...
  local what=$1 calls=$2 most=$3 kills=0 k code wanted all
  shift 3
  rm -rf "$LAPSTRAKE_STORE" here
  cp -R app here
  expect 0 strace -f -qq -o calls -e "trace=$calls" "$LAPSTRAKE" -C here -j 1 "$@"
  all=$(grep -cE '^[0-9]+ +[a-z0-9]+\(' calls)
  wanted=$out
  state here >wanted
  for ((k = 1; k <= all; k += (all + most - 1) / most)); do
    rm -rf "$LAPSTRAKE_STORE" here
    cp -R app here
    code=0
    # In a subshell that waits: bash reports a killed child on the stderr of whoever does.
    (strace -f -qq -o /dev/null -e "trace=$calls" -e "inject=$calls:signal=SIGKILL:when=$k" \
      "$LAPSTRAKE" -C here -j 1 "$@" >/dev/null 2>err.txt </dev/null; exit $?) 2>/dev/null || code=$?
    [[ $code != 0 ]] || continue # a call less than before: threads
    [[ $code == 137 ]] || fail "$what, killed at call $k of $calls, ended with $code"
    kills=$((kills + 1))
    expect 0 "$LAPSTRAKE" -C here "$@"
    [[ $1 != build || $out == "$wanted" ]] || fail "$what, after a kill at call $k of $calls, says"$'\n'"$out"
    state here >got
    cmp -s got wanted || fail "$what, after a kill at call $k of $calls"$'\n'"$(diff wanted got)"
    expect 0 lapstrake store check
    expect 0 lapstrake store gc
    [[ -z $(find "$LAPSTRAKE_STORE/tmp" -type f) ]] || fail "$what, after a kill at call $k of $calls: $(find "$LAPSTRAKE_STORE/tmp" -type f)"
  done
  [[ $kills -ge 1 ]] || fail "$what was never killed at $calls"
  ok "$what: $kills kills at the $all calls of $calls, the same result each time"
}

writes=write,pwrite64 publishes=rename,renameat,renameat2,link,linkat syncs=fsync,fdatasync
for calls in "$publishes" "$syncs" "$writes"; do
  killed_everywhere lock "$calls" 8 lock
  killed_everywhere vendor "$calls" 8 vendor
  killed_everywhere "build -o" "$calls" 8 build -o "oci-archive:out.tar:v1" -o "oci:out:v1" -o "docker-archive:docker.tar:app:v1"
done
