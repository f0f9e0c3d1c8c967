#!/bin/bash
# From a clone to a registered task definition, without an AWS account: installs missing packages, builds lapstrake, and builds,
# pushes and registers examples/hello in lapstrake's sandbox.
set -euo pipefail
cd "$(dirname "$0")/.."
heading() { printf '\n== %s\n' "$*" >&2; }

heading "Installing what is missing"
scripts/install-deps.sh --demo >&2

heading "Building lapstrake (build/release)"
cmake --preset release -DLAPSTRAKE_TESTS=OFF >/dev/null
cmake --build build/release --target lapstrake >&2

heading "Fetching Debian's static busybox, the web server of examples/hello"
[[ -x examples/hello/bin/busybox ]] || scripts/fetch-busybox.sh examples/hello/bin/busybox >&2

export PATH=$PWD/build/release/bin:$PATH
heading "lapstrake sandbox -- lapstrake -C examples/hello push (and register)"
exec lapstrake sandbox -- sh -c 'lapstrake -C examples/hello push && lapstrake -C examples/hello register'
