# Sourced by the tests with clients that are not ours: runs the script again inside a sandbox, and counts what holds.
#   usage: SCRIPT PATH-OF-sandbox_run
set -u
need() {
  local tool
  for tool; do
    command -v "$tool" >/dev/null || { echo "NOT RUN: $tool is not installed"; exit 77; }
  done
}
enter_sandbox() {
  [[ -z ${PEER_FOLDER:-} ]] || return 0
  PEER_FOLDER=$(mktemp -d) || exit 1
  export PEER_FOLDER
  "$1" "$PEER_FOLDER/sandbox" bash "$0" "$1"
  local code=$?
  [[ $code == 0 || $code == 77 ]] || cat "$PEER_FOLDER/sandbox/log"
  rm -rf "$PEER_FOLDER"
  exit "$code"
}
held=0 failed=0
# expect WHAT REGEX COMMAND...: the command's output (both streams) matches.
expect() {
  local what=$1 wanted=$2 got
  shift 2
  got=$("$@" 2>&1)
  if [[ $got =~ $wanted ]]; then
    held=$((held + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s: wanted /%s/, got: %s\n' "$what" "$wanted" "$got"
  fi
}
finish() {
  echo "$held held, $failed failed"
  [[ $failed == 0 && $held -gt 0 ]]
}
