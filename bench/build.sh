#!/bin/bash
# Builds one folder as one layer, with lapstrake and with the peers that this machine has, interleaved, and prints medians
# and ratios: wall and CPU seconds, the layer's size.
#
#   bench/build.sh FOLDER [ROUNDS]        LAPSTRAKE=build/release/bin/lapstrake
#
# "unchanged" is a second build of the same files; "limit" is what reading and hashing every file once costs (cat | sha256sum).
set -euo pipefail
folder=$(cd "${1:?usage: bench/build.sh FOLDER [ROUNDS]}" && pwd)
rounds=${2:-3}
lapstrake=$(readlink -f "${LAPSTRAKE:-$(dirname "$0")/../build/release/bin/lapstrake}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$folder" "$work/tree"
for codec in gzip zstd; do
  printf 'images: { bench: { compression: %s, layers: [ { name: all, copy: [ { from: tree/, to: /srv/ } ] } ] } }\n' "$codec" >"$work/$codec.yaml"
done

lapstrake() { "$lapstrake" -C "$work" --allow-outside --progress none --store "$work/store-$1" -f "$1.yaml" build >"$work/digest"; }
layer_size() { du -sbc "$work/store-$1"/blobs/sha256/* | tail -n 1 | cut -f 1; }

run_limit() { find "$folder" -type f -print0 | sort -z | xargs -0 cat | sha256sum >/dev/null; }
run_gzip() { rm -rf "$work/store-gzip"; lapstrake gzip; }
run_gzip_unchanged() { lapstrake gzip; }
run_zstd() { rm -rf "$work/store-zstd"; lapstrake zstd; }
run_umoci() {
  rm -rf "$work/umoci"
  umoci init --layout "$work/umoci"
  umoci new --image "$work/umoci:v"
  umoci insert --image "$work/umoci:v" "$folder" /srv
} >/dev/null 2>&1
run_pigz() { tar -C "$folder" --sort=name -cf - . | pigz -1 -p "$(nproc)" >"$work/pigz"; }
run_zstd_by_hand() { tar -C "$folder" --sort=name -cf - . | zstd -q -3 -T"$(nproc)" >"$work/zstd"; }

rows=(limit gzip gzip_unchanged zstd)
command -v umoci >/dev/null && rows+=(umoci)
command -v pigz >/dev/null && rows+=(pigz)
command -v zstd >/dev/null && rows+=(zstd_by_hand)

TIMEFORMAT='%R %U %S'
for ((round = 0; round < rounds; round++)); do
  for row in "${rows[@]}"; do
    { time "run_$row"; } 2>>"$work/times-$row"
  done
done

median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
printf '%-18s %8s %8s %14s\n' row wall_s cpu_s wall/gzip
base=$(awk '{ print $1 }' "$work/times-gzip" | median)
for row in "${rows[@]}"; do
  wall=$(awk '{ print $1 }' "$work/times-$row" | median)
  cpu=$(awk '{ print $2 + $3 }' "$work/times-$row" | median)
  printf '%-18s %8.2f %8.2f %14.2f\n' "$row" "$wall" "$cpu" "$(awk "BEGIN { print $wall / $base }")"
done
printf 'bytes: gzip %s, zstd %s\n' "$(layer_size gzip)" "$(layer_size zstd)"
