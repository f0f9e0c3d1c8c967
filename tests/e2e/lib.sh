# shellcheck shell=bash disable=SC2034  # variables that the scripts read
# Sourced by every script in this folder: an isolated environment, assertions that show the difference, and a cleanup at exit.
#
# ctest sets LAPSTRAKE (the program) and SOURCE (the root of the repository). Scripts can use $work (a temporary folder) and $hello
# (after `have_hello`). A script exits with 0, 1 (with the reason on its last lines) or 77 (NOT RUN, with the reason).
set -euo pipefail

LAPSTRAKE=$(realpath "${LAPSTRAKE:?the path of the lapstrake program}")
SOURCE=$(realpath "${SOURCE:-$(dirname "${BASH_SOURCE[0]}")/../..}")
[[ -x $LAPSTRAKE ]] || { echo "no program at $LAPSTRAKE" >&2; exit 1; }

# The user's environment must not affect the tests: no credentials, no proxies, no store, no colours.
for name in $(compgen -e); do
  case $name in
    LAPSTRAKE_SEED | LAPSTRAKE_LONG_TESTS) ;; # asked of the scripts themselves
    AWS_* | LAPSTRAKE_* | XDG_* | DOCKER_* | REGISTRY_* | *_proxy | *_PROXY | SSL_CERT_* | SOURCE_DATE_EPOCH | GIT_* | PIP_* | NPM_* | npm_*) unset "$name" ;;
  esac
done
work=$(mktemp -d "${TMPDIR:-/tmp}/lapstrake-e2e.XXXXXX")
export HOME=$work/home LAPSTRAKE_STORE=$work/store NO_COLOR=1 CI=true AWS_EC2_METADATA_DISABLED=true
export PATH=$work/bin:$PATH
umask 022
mkdir -p "$HOME" "$work/bin"
ln -s "$LAPSTRAKE" "$work/bin/lapstrake"
cd "$work"

started=() # the processes to end, newest last; -N is the group of N
end() {
  local code=$? i
  trap - EXIT INT TERM
  set +e
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    kill -TERM -- "${started[i]}" 2>/dev/null
    wait "${started[i]#-}" 2>/dev/null
  done
  if [[ $(type -t at_end) == function ]]; then at_end; fi
  cd /
  chmod -R u+rwx "$work" 2>/dev/null
  rm -rf "$work"
  exit "$code"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "FAIL: $*" >&2
  if [[ -e $work/err.txt && -s $work/err.txt ]]; then
    echo "--- the last command, its stderr:" >&2
    tail -n 25 "$work/err.txt" >&2
  fi
  exit 1
}
not_run() {
  echo "NOT RUN: $*"
  exit 77
}
# Reports a part of a test that this machine cannot run; scripts/test.sh lists these lines at the end.
part_not_run() { echo "NOT RUN (in part): $*"; }
need() {
  local tool
  for tool in "$@"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || not_run "$tool is not installed"
  done
}
ok() { echo "ok   $*"; }

# run CMD...: stores stdout in $out (and the file out.txt), stderr in err.txt, the exit code in $code.
run() {
  code=0
  "$@" >"$work/out.txt" 2>"$work/err.txt" </dev/null || code=$?
  out=$(<"$work/out.txt")
}
# expect CODE CMD...: like run, and checks the exit code.
expect() {
  local want=$1
  shift
  run "$@"
  [[ $code == "$want" ]] || fail "exit code $code instead of $want: $*"$'\n'"--- its stdout:"$'\n'"$out"
}
equal() { # got want what
  [[ $1 == "$2" ]] || fail "$3"$'\n'"  wanted: $2"$'\n'"  got:    $1"
  ok "$3"
}
matches() { # text extended-regex what
  [[ $1 =~ $2 ]] || fail "$3"$'\n'"  wanted: /$2/"$'\n'"  got:    $1"
  ok "$3"
}
says() { # text what: stderr of the last `run` holds the text
  grep -qF -- "$1" "$work/err.txt" || fail "$2: stderr does not say \`$1\`"
  ok "$2"
}
same_file() { # got want what
  diff -u --label wanted --label got "$2" "$1" >"$work/diff" || fail "$3"$'\n'"$(head -n 40 "$work/diff")"
  ok "$3"
}
free_of() { # pattern file what
  if grep -nE -- "$1" "$2" >"$work/hits"; then fail "$3"$'\n'"$(head -n 5 "$work/hits")"; fi
  ok "$3"
}

# Prints the digest in a line of build or push, or in a pinned reference.
digest_of() { grep -oE 'sha256:[0-9a-f]{64}' <<<"$1" | head -n 1; }

# Sets $hello: a copy of examples/hello with Debian's static busybox.
have_hello() {
  bash "$SOURCE/scripts/fetch-busybox.sh" "$work/busybox" >/dev/null 2>&1 || not_run "no static busybox (install busybox-static)"
  hello=$work/hello
  cp -R "$SOURCE/examples/hello" "$hello"
  mkdir -p "$hello/bin"
  cp "$work/busybox" "$hello/bin/busybox"
}

# Sets $project: a small project without dependencies, whose image `app` has two layers. `padding` random bytes make it bigger.
have_project() { # repository [padding bytes]
  project=$work/project
  mkdir -p "$project/public/css" "$project/bin"
  echo '<h1>hello</h1>' >"$project/public/index.html"
  echo 'h1 { color: teal }' >"$project/public/css/site.css"
  printf '#!/bin/sh\nexec true\n' >"$project/bin/run"
  chmod +x "$project/bin/run"
  if [[ ${2:-0} != 0 ]]; then
    openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 00000000000000000000000000000000 -in /dev/zero 2>/dev/null |
      head -c "$2" >"$project/public/noise.bin" || true
  fi
  cat >"$project/lapstrake.yaml" <<YAML
images:
  app:
    repository: $1
    tags: [v1]
    layers:
      - name: program
        copy: [ { from: bin/, to: /usr/local/bin/, owner: "0:0" } ]
      - name: site
        copy: [ { from: public/, to: /var/www/, owner: "33:33" } ]
        symlinks: [ { path: /var/log/app.log, target: /dev/stdout } ]
    entrypoint: [ /usr/local/bin/run ]
YAML
}
