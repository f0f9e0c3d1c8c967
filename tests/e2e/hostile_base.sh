#!/bin/bash
# Small images that are designed to consume memory or time, as bases and as arguments: each command exits with the right code in
# bounded memory, and the error names the limit (S14, S16).
. "$(dirname "$0")/lib.sh"
[[ -n ${LAPSTRAKE_LONG_TESTS:-} ]] || not_run "it takes minutes: only with LAPSTRAKE_LONG_TESTS=1 (the unit tests of the limits run always)"
need python3
[[ -x /usr/bin/time ]] || not_run "/usr/bin/time (time) is not installed"
bound=128 # MiB; the limits aim at 100
if grep -qE '__(asan|tsan)_init' "$LAPSTRAKE"; then bound=2000; fi # of a sanitizer's own
python3 "$SOURCE/tests/support/hostile_layouts.py" "$work" >names.txt
echo 'images: { app: { base: "oci:base", layers: [ { name: a, files: [ { path: /x, text: x } ] } ] } }' >lapstrake.yaml

# runs CODE WORDS COMMAND...: without an end the test's own time limit tells.
runs() {
  local code=$1 words=$2
  shift 2
  expect "$code" /usr/bin/time -q -o peak -f %M lapstrake --progress none "$@"
  [[ -z $words ]] || says "$words" "$name: $*"
  local mib=$(($(<peak) >> 10))
  echo "$name: $1 ends with $code, $mib MiB"
  [[ $mib -lt $bound ]] || over+=("$name: $* took $mib MiB")
}
over=()
# as CODE WORDS [CODE-OF-FILES]: a layout as a base, looked at, copied and compared.
as() {
  local code=$1 words=$2
  rm -rf "$LAPSTRAKE_STORE" base copy
  mv "$name" base
  runs "$code" "$words" build
  runs 2 "" check # a finding like others
  runs "$code" "$words" inspect --files oci:base
  runs "$code" "$words" diff oci:base oci:just_below
}
limit_of_names="all names, link targets and texts need more than"
for name in names many_names; do
  as 6 "$limit_of_names"
  runs 0 "" verify oci:base # nothing is kept of names
done
for name in history unknown; do
  as 6 "has more than"
  [[ $name == unknown ]] || runs 0 "" copy oci:base oci:copy # byte for byte; a config is not read
  runs 6 "" verify oci:base
done
for name in accounts lines_of_passwd whiteouts; do
  rm -rf "$LAPSTRAKE_STORE" base
  mv "$name" base
  runs 0 "" build
  runs 0 "" build # what was remembered of the base
  runs 0 "" diff oci:base oci:just_below
done
name=graph
rm -rf "$LAPSTRAKE_STORE" base
mv graph base
runs 3 "has no image for linux/amd64" build
runs 3 "has no blob" inspect oci:base
runs 3 "has no blob" copy oci:base oci:copy
runs 6 "" verify oci:base
name=just_below
rm -rf "$LAPSTRAKE_STORE" base
mv just_below base
runs 0 "" build
runs 0 "" build
runs 0 "" store check
runs 0 "" store gc
runs 0 "" inspect --files oci:base

# A tar that is all holes, as an archive of the project and as an image.
name=holes
truncate -s 3G holes && printf x >>holes
tar -cSf holes.tar holes
echo 'images: { app: { layers: [ { name: a, archives: [ { from: holes.tar, to: / } ] } ] } }' >lapstrake.yaml
runs 6 "it unpacks to more than 51" build
truncate -s 700M zeros
zstd -q zeros -o zeros.tar
runs 6 "is longer than 51" inspect docker-archive:zeros.tar
[[ ${#over[@]} == 0 ]] || fail "$(printf '%s\n' "${over[@]}")"
ok "every input ended in bounded memory"
