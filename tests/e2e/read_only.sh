#!/bin/bash
# A read-only store serves its content and reports why it cannot be written; so does a store on a file system that cannot lock or sync (S42).
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
start_registry joe secret
login joe secret
have_project "$registry/team/app" 1000000
cp ca.pem "$project/"
printf 'registries:\n  %s: { ca: ca.pem }\n' "$registry" >>"$project/lapstrake.yaml"
expect 0 lapstrake -C "$project" build
digest=$(digest_of "$out")

cat >read-only <<'SH'
set -e
mount --bind "$LAPSTRAKE_STORE" "$LAPSTRAKE_STORE"
mount -o remount,bind,ro "$LAPSTRAKE_STORE"
exec "$@"
SH
if [[ $(id -u) == 0 ]]; then as_root=(); else as_root=(--map-root-user); fi
read_only() { unshare "${as_root[@]}" --mount bash "$work/read-only" "$@"; }
if read_only test -d "$LAPSTRAKE_STORE" 2>/dev/null; then
  why='Read-only file system'
elif [[ $(id -u) != 0 ]]; then
  why='Permission denied'
  read_only() { "$@"; }
  find "$LAPSTRAKE_STORE" -type d -exec chmod a-w {} +
else
  not_run "this machine does not permit to mount, and root may write everywhere"
fi

# What is unchanged.
listing() { (cd "$LAPSTRAKE_STORE" && find . -printf '%p %s %T@\n' | sort); }
listing >before
expect 0 read_only lapstrake -C "$project" build
equal "$(digest_of "$out")" "$digest" "build: what is unchanged is as before"
expect 0 read_only lapstrake -C "$project" plan
matches "$out" "unchanged $digest" "plan: it is unchanged"
expect 0 read_only lapstrake -C "$project" push
equal "$(digest_of "$out")" "$digest" "push: the image goes up"
expect 0 read_only lapstrake -C "$project" push
equal "$(digest_of "$out")" "$digest" "push: and is there"
expect 0 read_only lapstrake -C "$project" inspect app
matches "$out" "$digest" "inspect: an image of the store is looked into"
expect 0 read_only lapstrake -C "$project" build -o "oci-archive:$work/app.tar:v1"
equal "$(digest_of "$out")" "$digest" "build -o: an archive is written"
expect 0 read_only lapstrake -C "$project" copy "$registry/team/app:v1" "oci:$work/copied:v1"
equal "$(digest_of "$out")" "$digest" "copy: an image is pulled"
expect 0 read_only lapstrake -C "$project" copy "oci-archive:$work/app.tar:v1" "$registry/team/other:v1"
equal "$(digest_of "$out")" "$digest" "copy: and pushed"
expect 0 read_only lapstrake store check
ok "store check: it is whole"

# What is new.
echo '<h1>new</h1>' >"$project/public/index.html"
for command in build push plan; do
  expect 3 read_only lapstrake -C "$project" "$command"
  says "$why" "$command: a new layer is refused with the reason"
  says "$LAPSTRAKE_STORE/" "$command: and the path"
  says "--store" "$command: and the cure"
done
listing >after
same_file after before "nothing in the store was touched"
chmod -R u+w "$LAPSTRAKE_STORE"

# A file system that cannot lock, and a disk that cannot sync.
if command -v strace >/dev/null && strace -qq -o /dev/null true 2>/dev/null; then
  export ASAN_OPTIONS=detect_leaks=0 # the leak check cannot run under a tracer
  failing() { # calls errno
    strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:error=$2" "$LAPSTRAKE" -C "$project" build
  }
  expect 3 failing flock ENOLCK
  says 'No locks available' "a store that cannot be locked is refused with the reason"
  says "$LAPSTRAKE_STORE/lock" "and the path"
  expect 3 failing fsync,fdatasync EIO
  says 'Input/output error' "a store that cannot be synced is refused with the reason"
  equal "$(find "$LAPSTRAKE_STORE/tmp" -type f)" "" "and no temporary file is left"
  expect 0 lapstrake store check
else
  part_not_run "strace is not installed or not permitted: no store that cannot lock or sync"
fi

# Folders that are links lead nowhere.
for folder in blobs/sha256 blobs tmp; do
  mv "$LAPSTRAKE_STORE/$folder" aside
  ln -s "$work/aside" "$LAPSTRAKE_STORE/$folder"
  find aside | sort >before
  for command in "build" "plan" "store gc" "store check"; do
    # shellcheck disable=SC2086  # words
    expect 3 lapstrake -C "$project" $command
    grep -qF "$LAPSTRAKE_STORE/$folder\`: it is a symbolic link" err.txt || fail "$command: a link in place of $folder is not named"
  done
  find aside | sort >after
  same_file after before "nothing is written or removed through a link in place of $folder"
  rm "$LAPSTRAKE_STORE/$folder"
  mv aside "$LAPSTRAKE_STORE/$folder"
done
expect 0 lapstrake -C "$project" build
ok "the next build ends well"
