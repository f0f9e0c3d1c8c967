#!/bin/bash
# The peak memory of a build stays below 64 MB plus 250 bytes per file, regardless of the size of the image.
#
#   LAPSTRAKE_LONG_TESTS=1   also 40 GiB in 200,000 files
. "$(dirname "$0")/lib.sh"
need python3
[[ -x /usr/bin/time ]] || not_run "/usr/bin/time (time) is not installed"
if grep -qE '__(asan|tsan)_init' "$LAPSTRAKE"; then not_run "a sanitizer takes memory of its own"; fi
long=${LAPSTRAKE_LONG_TESTS:-}

# make_tree FILES GIB: small files, and sparse ones of 1 GiB that hold a little data. Owners and times differ, as in a tree that grew.
make_tree() {
  rm -rf "$work/project"
  mkdir -p "$work/project"
  python3 - "$work/project/tree" "$1" "$2" <<'PY'
import os, sys
root, files, gib = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(root)
for i in range(files):
    if i % 100 == 0:
        folder = os.path.join(root, "a-package-of-middling-name-%04d" % (i // 100), "src")
        os.makedirs(folder)
    with open(os.path.join(folder, "file-number-%06d.js" % i), "wb") as file:
        file.write(b"module.exports = %d\n" % i)
for i in range(gib):
    with open(os.path.join(root, "sparse-%02d" % i), "wb") as file:
        file.truncate(1 << 30)
        file.seek(i * 12345)
        file.write(b"some data of its own")
PY
  cat >"$work/project/lapstrake.yaml" <<YAML
images:
  app: { compression: $3, layers: [ { name: all, copy: [ { from: tree/, to: /app/ } ] } ] }
YAML
}
peak() { # what files options...: builds, and sets $peak in bytes
  local what=$1 files=$2 bound from=$SECONDS
  shift 2
  rm -rf "$work/time"
  expect 0 /usr/bin/time -o "$work/time" -f %M lapstrake -C "$work/project" --progress none -j 2 "$@" build
  peak=$(($(<"$work/time") * 1024))
  bound=$((64000000 + 250 * files))
  echo "$what: $((peak / 1000)) kB of $((bound / 1000)) kB, $((SECONDS - from)) s"
  [[ $peak -le $bound ]] || over+=("$what: $((peak / 1000)) kB instead of at most $((bound / 1000)) kB")
}
over=()

make_tree 0 1 gzip
peak "1 GiB in a file, gzip" 1
for codec in gzip zstd none; do
  make_tree 20000 "$([[ $codec == none ]] && echo 1 || echo 4)" "$codec"
  rm -rf "$LAPSTRAKE_STORE"
  peak "4 GiB and 20,000 files, $codec" 20004
  [[ $codec == gzip ]] || continue
  peak "the same, nothing changed" 20004
done
# Enough files that what each costs is seen beside the 64 MB.
make_tree 120000 0 gzip
rm -rf "$LAPSTRAKE_STORE"
peak "120,000 files, gzip" 120000
[[ $(lapstrake inspect --files app -C "$work/project" 2>/dev/null | grep -c file-number) == 120000 ]] || fail "it does not hold them"
peak "the same, nothing changed" 120000
if [[ -n $long ]]; then
  make_tree 200000 40 gzip
  rm -rf "$LAPSTRAKE_STORE"
  peak "40 GiB and 200,000 files, gzip" 200040
else
  part_not_run "40 GiB and 200,000 files: only with LAPSTRAKE_LONG_TESTS=1"
fi
[[ ${#over[@]} == 0 ]] || fail "$(printf '%s\n' "${over[@]}")"
ok "every peak is within the bound"
