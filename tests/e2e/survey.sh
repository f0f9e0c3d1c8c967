#!/bin/bash
# Projects like those of a survey of public Dockerfiles (testdata/survey), with the package indexes of the internet: lock, build, and a table
# of what the images hold. Each spec says which kind of Dockerfile it is for and what had to change.
#
#   LAPSTRAKE_LONG_TESTS=1   run; it downloads about 300 MB
#   SURVEY='counter crawler' only these projects
#
# The bases are made here, as far as files say which Python and which C library they have. The settings of pip and npm in the environment
# are used.
kept=$(declare -p PIP_INDEX_URL PIP_EXTRA_INDEX_URL NPM_CONFIG_REGISTRY SSL_CERT_FILE HTTPS_PROXY https_proxy 2>/dev/null || true)
. "$(dirname "$0")/lib.sh"
[[ -n ${LAPSTRAKE_LONG_TESTS:-} ]] || not_run "needs LAPSTRAKE_LONG_TESTS=1 and the package indexes"
eval "$kept"
need jq python3
if [[ -z ${NPM_CONFIG_REGISTRY-} ]] && command -v npm >/dev/null; then
  NPM_CONFIG_REGISTRY=$(npm config get registry)  # the lock files name none
  export NPM_CONFIG_REGISTRY
fi

# --- the bases, with the tags that the specs name
libraries() { # of Debian's slim images and of Alpine
  local name
  for name in ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 libresolv.so.2 librt.so.1 libutil.so.1 \
    libgcc_s.so.1 libstdc++.so.6 libz.so.1 libcrypt.so.1 libc.musl-x86_64.so.1 libc.musl-aarch64.so.1; do
    echo "          - { path: /usr/lib/$name, text: \"\" }"
  done
}
python_base() { # tag version glibc
  cat <<YAML
  python-$1:
    tags: ["$1"]
    repository: localhost/python
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        files:
          - { path: /usr/local/bin/python$2, text: "not run", mode: "0755" }
          - { path: /usr/local/lib/python$2/encodings/__init__.py, text: "" }
          - { path: /var/lib/dpkg/status, text: "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: $3-9\n\n" }
$(libraries)
        symlinks: [ { path: /usr/local/bin/python3, target: python$2 } ]
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" }
YAML
}
node_base() { # tag path text
  cat <<YAML
  node-$1:
    platforms: [linux/amd64, linux/arm64]
    users: [ { name: node, uid: 1000 } ]
    groups: [ { name: node, gid: 1000 } ]
    layers:
      - name: root
        files:
          - { path: /usr/local/bin/node, text: "not run", mode: "0755" }
          - { path: $2, text: "$3" }
$(libraries)
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" }
YAML
}
mkdir bases
{
  echo 'images:'
  python_base 3.6 3.6 2.31
  python_base 3.8-slim 3.8 2.36
  python_base 3.9 3.9 2.36
  python_base 3.9-slim 3.9 2.36
  python_base 3.10-slim 3.10 2.36
  python_base 3.11-slim 3.11 2.36
  python_base 3.12-slim-bookworm 3.12 2.36
  for version in 14 18 22; do node_base "$version-alpine" /lib/apk/db/installed 'P:musl\nV:1.2.5-r0\nA:x86_64\n\n'; done
  node_base 18-slim /var/lib/dpkg/status 'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n\n'
  cat <<'YAML'
  uv-1: { platforms: [linux/amd64, linux/arm64], layers: [ { name: root, files: [ { path: /uv, text: "not run", mode: "0755" } ] } ] }
  phpmyadmin-5:
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        files: [ { path: /etc/timezone, text: "Etc/UTC\n" } ]
        symlinks: [ { path: /etc/localtime, target: /usr/share/zoneinfo/Etc/UTC } ]
YAML
} >bases/lapstrake.yaml
mapfile -t bases < <(grep -oE '^  [a-z]+-[^:]+' bases/lapstrake.yaml | tr -d ' ')
for image in "${bases[@]}"; do
  expect 0 lapstrake -C bases build "$image" -o "oci:$work/${image%%-*}:${image#*-}"
done
export SURVEY_BASES=oci:$work/ SURVEY_UV=oci:$work/uv:1

# --- each project: lock, build
cp -R "$SOURCE/testdata/survey" survey
failed=()
row() { printf '%-16s %8s %8s %9s %8s  %s\n' "$@"; }
row project packages files MiB seconds result
for project in ${SURVEY:-$(ls survey)}; do
  started_at=${EPOCHREALTIME/[.,]/}
  result=built
  for command in lock "build --locked -o oci:$work/built:$project"; do
    read -ra words <<<"$command"
    run lapstrake --progress none -C "survey/$project" "${words[@]}"
    if [[ $code != 0 ]]; then
      result="exit $code of ${words[0]}"
      failed+=("$project")
      { echo "--- $project: lapstrake $command"; cat "$work/err.txt"; } >>failures
      break
    fi
    [[ ! -s $work/err.txt ]] || { echo "--- $project: lapstrake $command"; cat "$work/err.txt"; } >>warnings
  done
  took=$(((${EPOCHREALTIME/[.,]/} - started_at) / 100000))
  packages=- files=- size=-
  if [[ $result == built ]]; then
    lapstrake inspect --json --files "oci:$work/built:$project" >inspected
    # of linux/amd64, without the layers of the base
    jq -r '.images[0].layers[] | select(.createdBy | endswith(" root") | not) | .files[] | select(.type == "-") | .path' inspected >paths
    files=$(grep -c . paths)
    packages=$(grep -cE '\.dist-info/METADATA$|node_modules/(@[^/]+/)?[^/@]+/package\.json$' paths || true)
    size=$(jq '[.images[0].layers[].size] | add * 10 / 1048576 | round / 10' inspected)
    locked=0
    if [[ -e survey/$project/lapstrake.lock ]]; then
      locked=$(jq '[.installs // {} | to_entries[] | select(.key | test("arm64|aarch64") | not) | .value.files | length] | add // 0' \
        "survey/$project/lapstrake.lock")
    fi
    if ((packages < locked)); then
      result="$locked packages are locked"
      failed+=("$project")
    fi
  fi
  row "$project" "$packages" "$files" "$size" "$((took / 10)).$((took % 10))" "$result"
done
if [[ -s warnings ]]; then
  echo "what lock and build printed:"
  grep -vE '^  [^:]*: .* read from ' warnings
fi
if [[ ${#failed[@]} != 0 ]]; then
  [[ ! -e failures ]] || cat failures
  rm -f "$work/err.txt"
  fail "${#failed[@]} projects: ${failed[*]}"
fi
ok "each project is locked and built, with all packages of its lock"
