#!/bin/bash
# One spec, one digest: regardless of time zone, locale, umask, user, folder, file order, time stamps, threads and cache.
. "$(dirname "$0")/lib.sh"
have_project registry.example/team/app
# More to get wrong: names in other scripts, a hard link, an archive, users, xattr-free copies, a deep tree, a big file.
mkdir -p "$project/public/many" "$project/public/a/b/c"
for i in $(seq 60); do echo "$i" >"$project/public/many/file$(((i * 37) % 61)).txt"; done
echo 1 >"$project/public/Ünïcödé-日本.txt"
echo 2 >"$project/public/Zebra" && echo 3 >"$project/public/apple"
ln "$project/public/apple" "$project/public/a/hard link"
ln -s ../apple "$project/public/a/soft"
head -c 3000000 /dev/zero | tr '\0' 'x' >"$project/public/a/b/c/big.txt"
(cd "$project" && tar --sort=name --mtime=@5 --owner=7 --group=8 -czf vendor.tar.gz bin)
sed -i 's|^    entrypoint|      - { name: vendor, archives: [ { from: vendor.tar.gz, to: /opt/vendor } ] }\
    users: [ { name: web, uid: 33, gid: 33 } ]\
    groups: [ { name: web, gid: 33 } ]\
    entrypoint|' "$project/lapstrake.yaml"

expect 0 lapstrake -C "$project" build
wanted=$(digest_of "$out")
equal "${#wanted}" 71 "a first build: ${wanted:0:19}..."

variations=0
# Builds from an empty store in the environment that the command line makes, and compares the digest.
vary() { # what command...
  local what=$1
  shift
  rm -rf "$work/varied"
  LAPSTRAKE_STORE=$work/varied run env "$@"
  [[ $code == 0 ]] || fail "$what: exit code $code"
  [[ $(digest_of "$out") == "$wanted" ]] || fail "$what: another digest"$'\n'"  wanted: $wanted"$'\n'"  got:    $(digest_of "$out")"
  variations=$((variations + 1))
  ok "$what"
}
build=("$LAPSTRAKE" -C "$project" build)

vary "the same again" "${build[@]}"
for zone in Asia/Kathmandu America/St_Johns Pacific/Kiritimati UTC+12; do vary "TZ=$zone" TZ=$zone "${build[@]}"; done
for locale in C C.UTF-8 POSIX; do vary "LC_ALL=$locale" LC_ALL=$locale "${build[@]}"; done
if [[ -e /usr/share/i18n/locales/tr_TR ]]; then
  mkdir locales
  for locale in tr_TR:UTF-8 ja_JP:EUC-JP sv_SE:ISO-8859-1; do
    localedef -i "${locale%:*}" -f "${locale#*:}" "locales/${locale/:/.}" >/dev/null 2>&1 || true
    # glibc itself leaks the path of LOCPATH.
    vary "LC_ALL=${locale/:/.}, a real one" ASAN_OPTIONS=detect_leaks=0 LOCPATH="$work/locales" LC_ALL="${locale/:/.}" "${build[@]}"
  done
else
  part_not_run "the package locales is not installed: only the C locales were tried"
fi
for mask in 000 022 077; do vary "umask $mask" sh -c "umask $mask; exec \"\$@\"" sh "${build[@]}"; done
for jobs in 1 2 3 16; do vary "-j $jobs" "${build[@]}" -j "$jobs"; done
vary "another HOME, USER and PATH" HOME=/nonexistent USER=somebody LOGNAME=somebody PATH=/usr/bin "${build[@]}"
vary "no HOME" -u HOME "${build[@]}"
vary "an empty environment" -i LAPSTRAKE_STORE="$work/varied" "${build[@]}"
vary "from another folder" sh -c "cd / && exec \"\$@\"" sh "${build[@]}"
vary "from its own folder by -f" sh -c "cd '$project/public' && exec '$LAPSTRAKE' -f ../lapstrake.yaml build"
vary "SOURCE_DATE_EPOCH=0, the default" SOURCE_DATE_EPOCH=0 "${build[@]}"
vary "few open files" sh -c "ulimit -n 64; exec \"\$@\"" sh "${build[@]}"
vary "as JSON" "${build[@]}" --json

# Copies of the tree: made later, in another order, at another place, with other owners and permissions.
copy_tree() { # destination sort-options...
  local destination=$1
  shift
  mkdir -p "$destination"
  (cd "$project" && find . -mindepth 1 -type d | sort | (cd "$destination" && xargs -d '\n' mkdir -p))
  (cd "$project" && find . ! -type d ! -name 'hard link' | sort "$@" | while IFS= read -r file; do cp -dp "$file" "$destination/$file"; done)
  ln "$destination/public/apple" "$destination/public/a/hard link"
}
copy_tree "$work/copies/a very/other place" -r
vary "a copy made in reverse order, at another place" "$LAPSTRAKE" -C "$work/copies/a very/other place" build
copy_tree "$work/shuffled" -R
vary "a copy made in random order" "$LAPSTRAKE" -C "$work/shuffled" build
find "$work/shuffled" -exec touch -h -d '2031-02-03 04:05:06.789' {} +
vary "other time stamps" "$LAPSTRAKE" -C "$work/shuffled" build
find "$work/shuffled" -exec touch -h -d '1969-12-31 23:59:59' {} +
vary "time stamps before the epoch" "$LAPSTRAKE" -C "$work/shuffled" build
chmod -R g+w,o-rx "$work/shuffled"
vary "permissions that no image keeps" "$LAPSTRAKE" -C "$work/shuffled" build
vary "a warm store" LAPSTRAKE_STORE="$LAPSTRAKE_STORE" "${build[@]}"

if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
  chmod 755 "$work" "$work/bin"
  chown -R 12345:54321 "$work/shuffled"
  vary "files of another owner" "$LAPSTRAKE" -C "$work/shuffled" build
  mkdir "$work/nobody"
  chown 65534:65534 "$work/nobody"
  chmod -R a+rX "$project" "$work/shuffled"
  cp "$LAPSTRAKE" "$work/nobody/lapstrake"
  vary "as nobody" LAPSTRAKE_STORE="$work/nobody/store" setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs \
    "$work/nobody/lapstrake" -C "$project" build
else
  part_not_run "not root: no build as another user"
fi

# And it is no constant: another epoch and another byte make another digest.
expect 0 env SOURCE_DATE_EPOCH=86400 "${build[@]}"
[[ $(digest_of "$out") != "$wanted" ]] || fail "SOURCE_DATE_EPOCH=86400 changes nothing"
echo x >>"$project/public/apple"
expect 0 "${build[@]}"
[[ $(digest_of "$out") != "$wanted" ]] || fail "a changed file changes nothing"
[[ $variations -ge 20 ]] || fail "only $variations variations were tried"
echo "$variations variations, one digest"
