#!/bin/bash
# All responses of a hostile registry are rejected with the right exit code, with little memory (S11, S12, S13, S14, S15, S16, S19).
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need python3
[[ -x /usr/bin/time ]] || not_run "/usr/bin/time (time) is not installed"
bound=100
if grep -qE '__(asan|tsan)_init' "$LAPSTRAKE"; then bound=1000; fi # of a sanitizer's own
python3 "$SOURCE/tests/support/hostile_registry.py" "$work" >listening 2>server.err &
started+=($!)
registry=$(wait_for_line listening '127\.0\.0\.1:[0-9]+' 20)
read -r good other <digests

# refused CODE WORDS REPOSITORY[:TAG|@DIGEST]: an inspect of it ends so, in bounded memory.
refused() {
  expect "$1" /usr/bin/time -q -o peak -f %M lapstrake --progress none inspect --files "$registry/$3"
  says "$2" "$3"
  [[ $(<peak) -lt $((bound << 10)) ]] || fail "$3 took $(<peak) kB"
}
refused 6 "8.0 MiB" endless-manifest:v1
refused 4 "no image" endless-refusal:v1
refused 6 "headers" endless-headers:v1
refused 6 "1.0 MiB" endless-token:v1
refused 6 "nested deeper than" deep:v1
refused 6 "twice" twice:v1
refused 6 "ambiguous" both:v1
refused 6 "has the media type" other-type:v1
expect 0 lapstrake inspect "$registry/with-parameters:v1"
ok "parameters of a content type are passed over"
refused 4 "redirects" loop:v1

# A digest is what it is, whatever the registry calls it.
refused 6 "$good" "lying@$good"
refused 6 "$other" "lying:v1"
# A tag that moves is resolved once.
mkdir app
on() { # base user
  printf 'images:\n  app:\n    base: %s\n    layers: [ { name: a, files: [ { path: /f, text: "1", owner: %s } ] } ]\n' "$registry/$1" "${2:-app}" >app/lapstrake.yaml
}
on moving:v1
expect 0 lapstrake -C app build -o oci:../moving
base=$(lapstrake inspect --json oci:moving | grep -oE '"org.opencontainers.image.base.digest": *"[^"]*"')
matches "$base" "$good" "one name is one image for a whole build"
lapstrake verify oci:moving >/dev/null || fail "the image on a moving base is not whole"

# 1 GiB of zeros in a layer of 1 MB, read for the sake of a user's name.
on bomb:v1
expect 0 /usr/bin/time -q -o peak -f %M lapstrake -C app build
[[ $(<peak) -lt $((bound << 10)) ]] || fail "a layer of 1 GiB took $(<peak) kB"
ok "a layer that unpacks to 1 GiB takes little memory"
rm -f hits
on foreign:v1 "7:7"
expect 3 lapstrake -C app build -o oci:../foreign
! grep -q elsewhere hits || fail "a foreign layer was fetched"
says "foreign layers are never downloaded" "a foreign layer is reported, and not downloaded"
