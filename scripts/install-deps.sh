#!/bin/bash
# Installs the Debian packages that lapstrake is built with, those that are missing only.
#
#   scripts/install-deps.sh           what the build needs
#   scripts/install-deps.sh --tests   and what the tests need
#   scripts/install-deps.sh --demo    and what the demo needs
#
# As root, or with sudo; without either it prints the command that an administrator has to run.
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev libarchive-dev zlib1g-dev libdeflate-dev libzstd-dev
  nlohmann-json3-dev libcli11-dev libyaml-cpp-dev libboost-dev ca-certificates)
demo=(curl)
tests=(catch2 clang clang-format clang-tidy dpkg-dev file git shellcheck
  skopeo umoci buildah runc docker-registry apache2-utils openssl curl awscli python3 python3-botocore python3-jsonschema
  jq strace locales util-linux procps xz-utils zip zstd mmdebstrap busybox-static)

wanted=("${build[@]}")
for argument; do
  case $argument in
    --tests) wanted+=("${tests[@]}" "${demo[@]}") ;;
    --demo) wanted+=("${demo[@]}") ;;
    *)
      sed -n '2,8p' "$0"
      exit 2
      ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $status == ii* ]] || missing+=("$package")
done
if [[ ${#missing[@]} == 0 ]]; then
  echo "all ${#wanted[@]} packages are installed"
  exit 0
fi
readarray -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

as_root=()
if [[ $(id -u) != 0 ]]; then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    if ! command -v sudo >/dev/null || [[ ! -t 0 ]]; then
      echo "these packages are missing; run this as root, then start again:" >&2
      echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 1
    fi
  fi
  as_root=(sudo)
fi
echo "installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
