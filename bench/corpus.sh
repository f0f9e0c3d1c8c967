#!/bin/bash
# Creates the bench's trees in a folder; existing trees are kept.
#
#   bench/corpus.sh FOLDER [CORPUS...]
#
#   app     20 small files
#   web     a node_modules tree: about 30,000 files, 360 MB      (needs npm and its registry)
#   rootfs  a Debian system: about 15,000 files, 530 MB          (needs root, mmdebstrap, and this machine's package sources)
#   blob    1 GiB in three files: machine code, text, and bytes that do not compress, out of the two above
#   huge    200,000 files and 40 GiB, most of it holes           (only on request)
#
# A tree that cannot be created here is replaced by a synthetic tree with the same number of files and bytes, from a fixed seed, with a message.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[[ $# != 0 ]] || { sed -n '2,13p' "$0"; exit 2; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
shift
wanted=("$@")
[[ $# != 0 ]] || wanted=(app web rootfs blob)

synthetic() { # corpus files bytes kind
  echo "$1: SYNTHETIC, for $5" >&2
  python3 "$here/synthetic.py" "$target/$1.part" "$2" "$3" "$4"
  touch "$target/$1.synthetic" # bench/bench says it with the numbers
}

make_app() {
  mkdir -p "$target/app.part/src"
  local i
  for i in $(seq -w 1 19); do
    seq -f "line %g of module $i: return handler(request, context);" 1 $((10#$i * 12)) >"$target/app.part/src/m$i.js"
  done
  echo '{"name":"app","main":"src/m01.js"}' >"$target/app.part/package.json"
}

make_web() {
  mkdir -p "$target/web.part"
  echo '{"name":"web","version":"1.0.0","private":true}' >"$target/web.part/package.json"
  if command -v npm >/dev/null && (cd "$target/web.part" && npm install --ignore-scripts --no-audit --no-fund --silent \
    react@18.3.1 react-dom@18.3.1 next@14.2.5 typescript@5.5.4 webpack@5.93.0 webpack-cli@5.1.4 eslint@8.57.0 jest@29.7.0 \
    @babel/core@7.25.2 @babel/preset-env@7.25.3 express@4.19.2 lodash@4.17.21 date-fns@3.6.0 rxjs@7.8.1 \
    @mui/material@5.16.6 prettier@3.3.3); then
    rm -f "$target/web.part/node_modules/.package-lock.json"
    return
  fi
  rm -rf "$target/web.part"
  synthetic web 30248 357536176 text "npm cannot fetch packages here"
}

make_rootfs() {
  local release
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  if [[ $(id -u) == 0 ]] && command -v mmdebstrap >/dev/null && "$here/../scripts/apt-sources.sh" |
    mmdebstrap --quiet --mode=root --variant=apt --include=python3,perl,git,curl,ca-certificates,openssl,gcc,libc6-dev,vim-nox \
      --dpkgopt='path-exclude=/usr/share/doc/*' "$release" "$target/rootfs.part" -; then
    rm -rf "$target"/rootfs.part/{dev/*,var/cache/apt/*,var/lib/apt/lists/*,var/log/*,etc/apt/sources.list*}
    return
  fi
  rm -rf "$target/rootfs.part"
  synthetic rootfs 15152 527289627 code "mmdebstrap makes no system here"
}

big_files() { find -L "$1" -xdev -type f -size +16k -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 cat 2>/dev/null || true; }

make_blob() {
  "$0" "$target" web rootfs
  if [[ -e $target/web.synthetic || -e $target/rootfs.synthetic ]]; then touch "$target/blob.synthetic"; fi
  mkdir "$target/blob.part"
  # head ends the pipe before its writer is done.
  big_files "$target/rootfs" | head -c 512M >"$target/blob.part/code.bin" || true
  big_files "$target/web" | head -c 256M >"$target/blob.part/text.bin" || true
  openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 -in /dev/zero 2>/dev/null |
    head -c $((1024 * 1048576 - $(cat "$target"/blob.part/{code,text}.bin | wc -c))) >"$target/blob.part/noise.bin" || true
}

make_huge() { # half a GiB of files and 40 holes of a GiB, each with a word at its end; in three folders, since a layer has its limits
  local i at
  mkdir -p "$target/huge.part/"{holes1,holes2}
  python3 "$here/synthetic.py" "$target/huge.part/files" 200000 536870912 text
  for i in $(seq -w 1 40); do
    at=$target/huge.part/holes$((10#$i % 2 + 1))/$i
    truncate -s $((1073741824 - 4)) "$at"
    printf 'end\n' >>"$at"
  done
}

for corpus in "${wanted[@]}"; do
  if [[ ! -e $target/$corpus ]]; then
    rm -rf "${target:?}/$corpus.part"
    "make_$corpus"
    find "$target/$corpus.part" -exec touch -h -d @1700000000 {} + # so that a tar of it repeats
    mv "$target/$corpus.part" "$target/$corpus"
  fi
done
