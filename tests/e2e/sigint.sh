#!/bin/bash
# SIGINT, SIGTERM and SIGHUP end a build, a push and the sandbox within 2 seconds, and leave nothing half-written, neither here nor in the
# registry (S44).
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
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

interrupt() { # signal seconds-glob-or-function-before wanted-code what command...
  local signal=$1 before=$2 want=$3 what=$4 begin took code=0
  shift 4
  # bash starts background jobs with SIGINT ignored; a terminal would not.
  env --default-signal=INT,TERM,HUP "$@" >int.out 2>err.txt </dev/null &
  local child=$!
  case $before in
    /*) has_begun "$before" "$child" ;;
    [0-9]*) sleep "$before" ;;
    *) $before ;;
  esac
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
listener = socket.create_server(("127.0.0.05", 0))
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

# A push to a registry, at several points of it.
start_registry joe secret
login joe secret
have_project "$registry/team/app" 150000000
sed -i 's|^\( *\)layers:|\1compression: none\n&|' "$project/lapstrake.yaml"
cp ca.pem "$project/"
printf 'registries:\n  %s: { ca: ca.pem }\n' "$registry" >>"$project/lapstrake.yaml"
# Waits until all three blobs are on their way, in sessions that lapstrake knows of, and as much longer as the point says: the large one is.
body_under_way() {
  local _
  for _ in $(seq 400); do
    [[ $(grep -cE 'authorized request.*method=PUT .*/blobs/uploads/' "$registry_log") -ge 3 ]] && break
    sleep 0.01
  done
  sleep "$1"
}
first_request() { wait_for_line "$registry_log" '"(GET|HEAD) /v2/' 20 >/dev/null || fail "the registry was not asked"; }
round=0
for point in "INT 130 first_request" "INT 130 body_under_way 0" "TERM 143 body_under_way 0.02" "HUP 129 body_under_way 0.05" \
  "TERM 143 body_under_way 0.1" "HUP 129 body_under_way 0" "INT 130 body_under_way 0.05"; do
  read -r signal want before <<<"$point"
  round=$((round + 1))
  sed -i "s|repository: .*|repository: $registry/team/app$round|" "$project/lapstrake.yaml"
  forget_requests
  what="a push, at ${before//_/ }"
  interrupt "$signal" "$before" "$want" "$what" "$LAPSTRAKE" -C "$project" push
  # 404: docker-registry lets no one end a session of which it has got more than the session's `_state` says.
  if [[ $before != first_request ]]; then
    wait_for_line "$registry_log" '"DELETE /v2/team/app[0-9]*/blobs/uploads/[^"]*" (204|404)' 2 >/dev/null || fail "$what: the session was not cancelled"
  fi
  equal "$(requests PUT /v2/team/app"$round"/manifests/)" 0 "and the registry has heard of its end, and has no manifest of it"
done
expect 0 lapstrake -C "$project" push
equal "$(requests PUT "/v2/team/app$round/manifests/v1")" 1 "the next push ends well"
