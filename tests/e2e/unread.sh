#!/bin/bash
# The files that a rebuild reads, traced by strace: none of an unchanged tree, and the changed files of a changed one. A disk that fills up
# during a build makes only that build fail.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/mixed_tree.sh"
need python3 strace
strace -qq -o /dev/null true 2>/dev/null || not_run "strace is not permitted here"
export ASAN_OPTIONS=detect_leaks=0 # the leak check cannot run under a tracer
mkdir "$work/project"
tree=$work/project/tree
mixed_tree "$tree"
cat >"$work/project/lapstrake.yaml" <<YAML
images:
  app:
    layers:
      - name: sizes
        copy: [ { from: tree/sizes/, to: /sizes/ } ]
      - name: rest
        copy: [ { from: tree/, to: /, exclude: [sizes] } ]
YAML
build=(lapstrake -C "$work/project" --progress none build)

# A file is remembered once it is older than the clock's grain: git's rule for racy files.
sleep 2
# opened: builds, and lists the files of the tree (not folders) that were opened for reading, or mapped, or asked for their attributes.
opened() {
  expect 0 strace -f -qq -y -o "$work/trace" -e trace=open,openat,openat2,getxattr,lgetxattr,listxattr,llistxattr,copy_file_range,sendfile "${build[@]}"
  digest=$(digest_of "$out")
  # -y shows the path that a descriptor stands for: of what openat returned, too.
  grep -oE "= [0-9]+<$tree/[^>]*>" trace | sed -E 's/^= [0-9]+<(.*)>$/\1/' | sort -u |
    while IFS= read -r path; do [[ -d $path ]] || echo "${path#"$tree/"}"; done >opened
}

expect 0 "${build[@]}"
wanted=$(digest_of "$out")
files=$(find "$tree" -type f | wc -l)

# That the net catches anything at all.
build+=(--no-cache)
opened
unset 'build[-1]'
equal "$(wc -l <opened)" "$(find "$tree" -type f -size +0 | wc -l)" "with --no-cache it opens each of the $files files that has content"
equal "$digest" "$wanted" "for the same digest"
opened
equal "$(<opened)" "" "with nothing changed it opens none"
equal "$digest" "$wanted" "for the same digest"

# One changed file.
echo "// a change" >>"$tree/src/03/file3.js"
sleep 2
opened
changed=$digest
[[ $changed != "$wanted" ]] || fail "a changed file changes no digest"
grep -qxF src/03/file3.js opened || fail "it did not open what changed"
free_of '^sizes/' opened "with one file changed it opens that, and none of the layer that did not change ($(wc -l <opened) of $files)"
opened
equal "$(<opened)" "" "and none the next time"
equal "$digest" "$changed" "for the same digest"
expect 0 lapstrake -C "$work/project" --store "$work/other" --no-cache --progress none build
equal "$(digest_of "$out")" "$changed" "which is the one that a build without any memory finds"
rm -rf "$work/other"
expect 0 lapstrake store check

# Touched only: read again, since it may have changed, for the digest of before.
touch "$tree/src/03/file3.js"
sleep 2
opened
equal "$digest" "$changed" "a file that was only touched: the same digest"
opened
equal "$(<opened)" "" "and none is opened the next time"

# Same size, same time, other content: the inode's own time tells.
cp -p "$tree/text" "$work/before"
printf 'X' | dd of="$tree/text" bs=1 seek=1000 conv=notrunc status=none
touch -r "$work/before" "$tree/text"
sleep 2
opened
[[ $digest != "$changed" ]] || fail "a file of the same size and time, but with other content, is not noticed"
ok "other content of the same size and with the same time is noticed"
printf '%s' "$(dd if="$work/before" bs=1 skip=1000 count=1 status=none)" | dd of="$tree/text" bs=1 seek=1000 conv=notrunc status=none
opened
equal "$digest" "$changed" "and its old content has its old digest"

# A full disk, at several fillings.
head -c 30000000 /dev/urandom >"$tree/noise"
expect 0 lapstrake -C "$work/project" --store "$work/other" --progress none build
full=$(digest_of "$out")
rm -rf "$work/other" "$LAPSTRAKE_STORE"

clean_after() { # what text-of-stderr
  [[ $code == 3 ]] || fail "$1: exit code $code instead of 3"
  says "$2" "$1: exits 3, and says \`$2\`"
  expect 0 lapstrake store check
  expect 0 lapstrake store gc
  equal "$(find "$LAPSTRAKE_STORE/tmp" -mindepth 1 2>/dev/null)" "" "$1: the store is whole, and gc leaves nothing of the build"
}
again() { # what
  expect 0 "${build[@]}"
  equal "$(digest_of "$out")" "$full" "$1: the next build, with space, ends with the digest that it should"
  expect 0 lapstrake store check
}
if [[ $(id -u) == 0 ]] && mkdir "$work/small" && mount -t tmpfs -o size=64m lapstrake-test "$work/small" 2>/dev/null; then
  at_end() { umount -l "$work/small" 2>/dev/null; }
  export LAPSTRAKE_STORE=$work/small/store
  for left in 1 5 25; do # MB that the build finds free; it needs about 35
    rm -rf "$LAPSTRAKE_STORE"
    head -c $(((64 - left) << 20)) /dev/zero >"$work/small/ballast"
    run "${build[@]}"
    says 'No space left' "a disk with $left MB left is named full"
    clean_after "a disk with $left MB left" 'help: free some space'
    rm "$work/small/ballast"
    again "a disk with $left MB left"
  done
  # What was there before stays.
  head -c 50000000 /dev/urandom >"$tree/noise"
  run "${build[@]}"
  clean_after "a disk that a second build fills" 'help: free some space'
  head -c 30000000 "$tree/noise" >"$work/noise" && mv "$work/noise" "$tree/noise"
  umount "$work/small"
  export LAPSTRAKE_STORE=$work/store
else
  part_not_run "only root can mount a small disk to fill it"
fi
# A limit on the size of files, as a quota would be.
rm -rf "$LAPSTRAKE_STORE"
expect 0 lapstrake -C "$work/project" --store "$work/other" --progress none build
full=$(digest_of "$out")
run bash -c 'trap "" XFSZ; ulimit -f 8000; exec "$@"' bash "${build[@]}"
clean_after "files limited to 8 MB" 'File too large'
again "files limited to 8 MB"
# With the signal that comes with it by default and would end the process.
rm -rf "$LAPSTRAKE_STORE"
run bash -c 'ulimit -c 0; ulimit -f 8000; exec "$@"' bash "${build[@]}"
equal "$code" 3 "a limit on files, and its signal: the exit code"
expect 0 lapstrake store check
expect 0 lapstrake store gc
equal "$(find "$LAPSTRAKE_STORE/tmp" -mindepth 1 2>/dev/null)" "" "a limit on files, and its signal: the store is whole, and gc leaves nothing of the build"
again "a limit on files, and its signal"
