#!/bin/bash
# The bytes do not depend on the CPU: under qemu's models of six x86 CPUs, from SSE2 only to AVX2, and with 1, 2, 3 and 8
# threads, the digests are those of this machine. (scripts/emulate-arm64.sh does the same for arm64.)
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/mixed_tree.sh"
need python3
mixed_tree "$work/project/tree"
specify() { # NAME:TYPE:LEVEL...
  local image name type level
  for image; do
    IFS=: read -r name type level <<<"$image"
    echo "  $name: { compression: { type: $type${level:+, level: $level} }, layers: [ { name: all, copy: [ { from: tree/, to: /, mode: keep } ] } ] }"
  done | sed '1i images:' >"$work/project/lapstrake.yaml"
}
# All images from an empty store, so that nothing is remembered.
digests() { # processor ("" is this machine's) jobs
  local command=(lapstrake)
  [[ -z $1 ]] || command=(qemu-x86_64 -cpu "$1" "$LAPSTRAKE")
  rm -rf "$LAPSTRAKE_STORE"
  expect 0 "${command[@]}" -C "$work/project" --no-cache --progress none -j "$2" build
}
same() { # processor jobs...
  local processor=$1 jobs
  shift
  for jobs; do
    digests "$processor" "$jobs"
    [[ $out == "$wanted" ]] || fail "${processor:-this machine} with -j $jobs makes other digests"$'\n'"$(diff <(echo "$wanted") <(echo "$out"))"
  done
  ok "${processor:-this machine}, -j $*: the same $(wc -l <<<"$wanted") digests"
}

specify gzip:gzip: gzip1:gzip:1 gzip6:gzip:6 gzip12:gzip:12 zstd:zstd: zstd1:zstd:1 zstd19:zstd:19 none:none:
digests "" 2
wanted=$out
equal "$(grep -cE '^[a-z0-9]+ sha256:[0-9a-f]{64}$' <<<"$wanted")" 8 "eight images, of each codec at its default and other levels"
equal "$(grep -vE '^(gzip|zstd) ' <<<"$wanted" | cut -d' ' -f2 | sort -u | wc -l)" 6 "whose digests differ, as codecs and levels do"
same "" 1 2 3 8

[[ $(uname -m) == x86_64 ]] || { part_not_run "this is no x86 machine: no models of x86 processors"; exit 0; }
command -v qemu-x86_64 >/dev/null || { part_not_run "qemu-x86_64 (qemu-user) is not installed: this machine's processor only"; exit 0; }
if grep -qE '__(asan|tsan)_init' "$LAPSTRAKE"; then
  part_not_run "a program with a sanitizer does not run under qemu-user: this machine's processor only"
  exit 0
fi
# The slowest levels once on the least processor; the rest on each, with each number of threads.
same qemu64 3
specify gzip:gzip: zstd:zstd: none:none:
digests "" 1
wanted=$out
for processor in qemu64 Nehalem SandyBridge Haswell EPYC max; do
  same "$processor" 1 2 3 8
done
