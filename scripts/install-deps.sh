#!/bin/bash
# Installs missing Debian packages that lapstrake needs.
#
#   scripts/install-deps.sh           packages for the build
#   scripts/install-deps.sh --tests   also packages for the tests
#   scripts/install-deps.sh --demo    also packages for the demo
#   scripts/install-deps.sh --bench   also the tools that the bench compares with
#
# Needs root or sudo; otherwise it prints the command that an administrator has to run.
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev libarchive-dev zlib1g-dev libdeflate-dev libzstd-dev
  nlohmann-json3-dev libcli11-dev libyaml-cpp-dev libtomlplusplus-dev libpugixml-dev libsolv-dev libsolvext-dev librnp-dev libboost-dev ca-certificates)
demo=(curl)
tests=(catch2 clang clang-format clang-tidy lld dpkg-dev file git shellcheck
  skopeo umoci buildah runc docker-registry apache2-utils openssl curl awscli python3 python3-botocore python3-jsonschema python3-yaml
  jq gpg gpg-agent strace locales util-linux procps libarchive-tools libcap2-bin attr xz-utils zip zstd mmdebstrap busybox-static valgrind
  pigz isal qemu-user time gcovr)
# The tools that the bench compares with, and those that create its trees.
bench=(umoci skopeo buildah docker-registry curl tar pigz zstd strace valgrind python3 npm mmdebstrap openssl)

wanted=("${build[@]}")
for argument; do
  case $argument in
    --tests) wanted+=("${tests[@]}" "${demo[@]}") ;;
    --demo) wanted+=("${demo[@]}") ;;
    --bench) wanted+=("${bench[@]}") ;;
    *)
      sed -n '2,9p' "$0"
      exit 2
      ;;
  esac
done

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    return 126
  fi
}

updated=no
install() { # package...
  local package missing=()
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true) == ii* ]] || missing+=("$package")
  done
  if [[ ${#missing[@]} == 0 ]]; then
    echo "installed already: $*"
    return
  fi
  readarray -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  if ! as_root true; then
    echo "these packages are missing; run this as root, then start again:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "installing: ${missing[*]}"
  [[ $updated == yes ]] || as_root apt-get update -q
  updated=yes
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null
}

install "${wanted[@]}"
# The name of clang's package of sanitizers contains the version of clang.
if [[ " $* " == *" --tests "* ]]; then install "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"; fi
