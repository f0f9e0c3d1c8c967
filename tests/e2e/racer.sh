#!/bin/bash
# While another process swaps files and folders of the project for links that lead out of it, no byte from outside gets into a layer, an
# attachment or a task definition (S45).
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need python3
start_registry joe secret
login joe secret
canary=CANARY-0123456789

# A folder with all that a spec can name; `text` is in each of its files.
make_folder() { # folder text
  local i
  mkdir -p "$1"
  for i in file report.json $(seq 10 30); do echo "$2 $i" >"$1/$i"; done
  tar -C "$1" -cf "$1/a.tar" file
  printf '{"family": "app", "containerDefinitions": [{"name": "app", "image": "busybox:1", "memory": 64, "user": "%s"}]}\n' "$2" >"$1/task.json"
}
make_folder outside "$canary"
mkdir -p project aside
for folder in tree/led tree/plain led plain; do make_folder "project/$folder" harmless; done
cp ca.pem project/
cat >project/lapstrake.yaml <<YAML
registries: { "$registry": { ca: ca.pem } }
images:
  app:
    repository: $registry/team/app
    tags: [v1]
    compression: none
    layers:
      - { name: keep, copy: [ { from: tree/, to: /keep/ } ] }
      - { name: follow, copy: [ { from: tree/, to: /follow/, symlinks: follow, include: ["*/1?"] } ] }
      - { name: globs, copy: [ { from: "tree/p*/2*", to: /globs/ } ] }
      - { name: led, copy: [ { from: led/file, to: /led/ } ], archives: [ { from: led/a.tar, to: /led/archive } ] }
      - { name: plain, copy: [ { from: plain/file, to: /plain/ } ], archives: [ { from: plain/a.tar, to: /plain/archive } ] }
    attachments:
      - { from: led/report.json, type: application/json, required: true }
      - { from: plain/report.json, type: application/json, required: true }
YAML
cat >project/tasks.yaml <<'YAML'
tasks:
  led: { from: led/task.json, family: led }
  plain: { from: plain/task.json, family: plain }
YAML
# Folders and links to folders, files and links to files: all that is swapped, and the link that takes its place.
pairs=()
for name in tree/led led tree/plain/file tree/plain/11 tree/plain/22 plain/file plain/a.tar plain/report.json plain/task.json; do
  other=aside/${name//\//-}
  if [[ -d project/$name ]]; then ln -s "$work/outside" "$other"; else ln -s "$work/outside/${name##*/}" "$other"; fi
  pairs+=("project/$name=$other")
done

# The test of the test: where it is allowed to lead outside, the canary is found in all three places.
mkdir control
cp -R project/. control
rm -r control/led
ln -s "$work/outside" control/led
cat >inside.sh <<'SH'
export DOCKER_CONFIG=$HOME/.docker
exec lapstrake -f tasks.yaml "$@" register --dry-run
SH
plan() { lapstrake sandbox -- bash "$work/inside.sh" "$@"; }
expect 0 lapstrake --allow-outside --store "$work/control-store" -C control push
grep -rqF "$canary" control-store || fail "no canary is found in a store that has one"
grep -rF "$canary report.json" registry >/dev/null || fail "no canary is found in an attachment that has one"
expect 0 plan --allow-outside -C control
grep -qF "$canary" out.txt || fail "no canary is found in a task definition that has one"
for command in build push; do expect 3 lapstrake --store "$work/control-store" -C control "$command"; done
expect 2 plan -C control
ok "a link that leads outside is refused, unless that is allowed"
rm -r control control-store registry/docker/registry/v2

python3 "$SOURCE/tests/support/racer.py" end "${pairs[@]}" >swaps 2>racer.err &
racer=$!
began=$(date +%s%N) made=0 refused=0
try() { # CMD...
  run "$@"
  case $code in
    0) made=$((made + 1)) ;;
    2 | 3) refused=$((refused + 1)) ;;
    *) fail "$* ends with $code" ;;
  esac
  ! grep -qF "$canary" out.txt err.txt || fail "$* prints the canary"
}
for _ in $(seq 25); do
  try lapstrake --no-cache -C project build
  try lapstrake --no-cache -C project push
done
for _ in $(seq 10); do try plan -C project; done
touch end
wait "$racer" || fail "the racer ended: $(cat racer.err)"
if grep -rlF "$canary" "$LAPSTRAKE_STORE" registry >hits; then fail "the canary is in $(cat hits)"; fi
echo "$(cat swaps) swaps, $made commands done and $refused refused in $((($(date +%s%N) - began) / 1000000)) ms"
[[ $(cat swaps) -ge 10000 ]] || fail "there were too few swaps"
[[ $made -ge 1 && $refused -ge 1 ]] || fail "the racer never wins, or always"
expect 0 lapstrake store check
ok "no byte from outside is in the store, the registry or a task definition"
