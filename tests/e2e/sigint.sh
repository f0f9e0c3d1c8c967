#!/bin/bash
# SIGINT (and SIGTERM) end a build, a push and the sandbox within 2 seconds, and leave nothing half-written.
. "$(dirname "$0")/lib.sh"
have_project registry.example/team/app 150000000
need openssl

begun=1M # how large a half-written file must be before the signal comes

# Waits for a file larger than $begun that a glob finds, or that the process has open: it may have no name.
has_begun() { # glob process
  local _
  for _ in $(seq 1000); do
    # shellcheck disable=SC2086  # a glob
    [[ -n $(find $1 -size "+$begun" 2>/dev/null) ]] && return
    [[ -n $(find "/proc/$2/fd" -lname "$1" -exec find -L {} -maxdepth 0 -size "+$begun" \; 2>/dev/null) ]] && return
    sleep 0.01
  done
  fail "there is no $1"
}

interrupt() { # signal seconds-or-glob-before wanted-code what command...
  local signal=$1 before=$2 want=$3 what=$4 begin took code=0
  shift 4
  # bash starts background jobs with SIGINT ignored; a terminal would not.
  env --default-signal=INT,TERM "$@" >int.out 2>err.txt </dev/null &
  local child=$!
  if [[ $before == /* ]]; then has_begun "$before" "$child"; else sleep "$before"; fi
  kill -0 "$child" 2>/dev/null || fail "$what ended before it could be interrupted"
  begin=$(date +%s%N)
  kill "-$signal" "$child"
  wait "$child" || code=$?
  took=$((($(date +%s%N) - begin) / 1000000))
  [[ $code == "$want" ]] || fail "$what: SIG$signal ends it with $code instead of $want"
  [[ $took -lt 2000 ]] || fail "$what: SIG$signal takes $took ms"
  run lapstrake store check
  [[ $code == 0 ]] || fail "$what: the store is not clean"$'\n'"$out"
  [[ -z $(ls -A "$LAPSTRAKE_STORE/tmp" 2>/dev/null) ]] || fail "$what: leaves $(ls -A "$LAPSTRAKE_STORE/tmp") in the store"
  ok "$what: SIG$signal ends it in $took ms with exit code $want, the store is clean"
}

for begun in 1M 30M 70M; do
  rm -rf "$LAPSTRAKE_STORE"
  interrupt INT "$LAPSTRAKE_STORE/tmp/.lapstrake-tmp-*" 130 "build after $begun" "$LAPSTRAKE" -C "$project" build -j 2
done
begun=1M
rm -rf "$LAPSTRAKE_STORE"
interrupt TERM "$LAPSTRAKE_STORE/tmp/.lapstrake-tmp-*" 143 "build after $begun" "$LAPSTRAKE" -C "$project" build
interrupt INT 0.7 0 "the sandbox, whose end that is," "$LAPSTRAKE" sandbox

# Long copies: of a base into the store, of an image into an archive.
mkdir -p base/public app out
truncate -s 300M base/public/zeros
printf 'images: { base: { compression: none, layers: [ { name: a, copy: [ { from: public/, to: /a/ } ] } ] } }\n' >base/lapstrake.yaml
printf 'images: { app: { base: "oci:../base.oci:v1", layers: [ { name: b, files: [ { path: /b, text: b } ] } ] } }\n' >app/lapstrake.yaml
expect 0 lapstrake -C base build -o "oci:$work/base.oci:v1"
interrupt INT "$work/out/*" 130 "writing an archive" "$LAPSTRAKE" -C base build -o "oci-archive:$work/out/a.tar:v1"
equal "$(ls -A out)" "" "no half an archive stays"
rm -rf "$LAPSTRAKE_STORE"
interrupt INT "$LAPSTRAKE_STORE/tmp/.lapstrake-tmp-*" 130 "copying a base" "$LAPSTRAKE" -C app build
rm -rf base.oci "$LAPSTRAKE_STORE"

# A push that hangs: a registry that accepts and says nothing.
python3 - >hang.log 2>&1 <<'PY' &
import socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
print("port %d" % listener.getsockname()[1], flush=True)
kept = []
while True:
    kept.append(listener.accept())
PY
started+=($!)
for _ in $(seq 100); do grep -q port hang.log && break; sleep 0.05; done
sed -i "s|repository: .*|repository: 127.0.0.1:$(cut -d' ' -f2 hang.log)/team/app|" "$project/lapstrake.yaml"
rm "$project/public/noise.bin"
interrupt INT 1 130 "a push that hangs" "$LAPSTRAKE" -C "$project" push
