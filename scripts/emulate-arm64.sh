#!/bin/bash
# Proves that an arm64 CPU gives the same bytes: cross-compiles lapstrake, runs it under qemu-user on a tree with entries of each
# kind, and compares the digests with this machine's, for gzip, zstd and none.
#
#   scripts/emulate-arm64.sh PROGRAM [FOLDER]   PROGRAM is lapstrake, built for this machine; FOLDER (build/arm64) keeps the arm64
#                                               libraries and the cross build for the next run
#
# Needs mmdebstrap, qemu-user and g++-aarch64-linux-gnu, and this machine's apt sources. Not part of CI: the first run takes minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${1:?the program to compare with, such as build/release/bin/lapstrake}")
mkdir -p "${2:-build/arm64}"
folder=$(realpath "${2:-build/arm64}")
root=$folder/root
for tool in mmdebstrap qemu-aarch64 aarch64-linux-gnu-g++ cmake ninja; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install mmdebstrap qemu-user g++-aarch64-linux-gnu cmake ninja-build" >&2; exit 1; }
done

# The libraries of this machine's release. They are only unpacked: lapstrake is the only arm64 program that runs here.
packages=(libc6-dev libstdc++-12-dev libcurl4-openssl-dev libssl-dev libarchive-dev zlib1g-dev libdeflate-dev libzstd-dev
  nlohmann-json3-dev libcli11-dev libyaml-cpp-dev libboost-dev)
if [[ ! -e $folder/root.done ]]; then
  rm -rf "$root"
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  scripts/apt-sources.sh | mmdebstrap --quiet --variant=extract --architectures=arm64 \
    --include="$(IFS=,; echo "${packages[*]}")" "$codename" "$root" -
  touch "$folder/root.done"
fi

cat >"$folder/toolchain.cmake" <<CMAKE
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_SYSROOT $root)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH $root)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
CMAKE
export PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_LIBDIR=$root/usr/lib/aarch64-linux-gnu/pkgconfig:$root/usr/share/pkgconfig
cmake -S . -B "$folder/cross" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$folder/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
  -DLAPSTRAKE_TESTS=OFF >"$folder/configure.log" || { tail -n 30 "$folder/configure.log"; exit 1; }
cmake --build "$folder/cross" --target lapstrake -j "${JOBS:-$(nproc)}" >"$folder/build.log" || { tail -n 30 "$folder/build.log"; exit 1; }
cross=$folder/cross/bin/lapstrake
[[ $(od -An -tx1 -j18 -N2 "$cross") == " b7 00" ]] || { echo "$cross is no arm64 program" >&2; exit 1; }
emulated=(qemu-aarch64 -L "$root" "$cross")

# The libraries are part of the byte format: other versions may give other bytes.
"$program" version | sed 's/^/native: /'
"${emulated[@]}" version | sed 's/^/arm64:  /'
if ! diff <("$program" version) <("${emulated[@]}" version); then
  echo "the two do not have the same byte format: bring this machine's packages up to date, and remove $folder/root.done" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/support/mixed_tree.sh
mixed_tree "$work/project/tree"
failed=0
for compression in gzip 'gzip 1' 'gzip 12' zstd 'zstd 1' 'zstd 19' none; do
  read -r type level <<<"$compression"
  cat >"$work/project/lapstrake.yaml" <<YAML
images: { app: { compression: { type: $type${level:+, level: $level} }, layers: [ { name: all, copy: [ { from: tree/, to: /, mode: keep } ] } ] } }
YAML
  for jobs in 1 3; do
    wanted=$("$program" --store "$work/native" -C "$work/project" --progress none --no-cache build -j "$jobs")
    got=$("${emulated[@]}" --store "$work/arm64" -C "$work/project" --progress none --no-cache build -j "$jobs")
    rm -rf "$work/native" "$work/arm64"
    if [[ $got == "$wanted" && $got == *sha256:* ]]; then
      echo "ok   $compression, -j $jobs: ${got#* }"
    else
      echo "FAIL $compression, -j $jobs: arm64 makes ${got#* } instead of ${wanted#* }"
      failed=1
    fi
  done
done
exit "$failed"
