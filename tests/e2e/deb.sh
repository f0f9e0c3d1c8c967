#!/bin/bash
# Debian packages: from a signed archive that this script makes to an image. No maintainer script runs, and no dpkg.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need python3 jq gpg
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SOURCE/tests/support

archive() { # Python statements: `a` is the archive in mirror/, `key` its key
  python3 - "$1" <<'PY' || fail "the archive could not be made"
import os, pickle, sys
from deb_archive import *
if os.path.exists("archive.state"):
    a = pickle.load(open("archive.state", "rb"))
else:
    a = Archive("mirror", Key("key"))
key = a.key
exec(sys.argv[1])
pickle.dump(a, open("archive.state", "wb"))
PY
}
archive '
base_packages(a, "test")
a.add("test", "webd", "1:1.2-3", Depends="webd-common (= 1:1.2-3), libc6 (>= 2.30), mail-agent", files={"usr/sbin/webd": ("#!/usr/bin/false\n", 0o755), "bin/webctl": ("#!/usr/bin/false\n", 0o755)})
a.add("test", "webd", "1:1.2-3", "arm64", Depends="webd-common (= 1:1.2-3), libc6 (>= 2.30)", files={"usr/sbin/webd": ("arm\n", 0o755)})
a.add("test", "webd-common", "1:1.2-3", "all", files={"etc/webd/webd.conf": "listen 80\n", "var/log/webd": (None, 0o750, 33, 4),
      "usr/share/doc/webd-common/copyright": "free\n", "usr/share/doc/webd-common/README": "read me\n", "usr/share/man/man8/webd.8.gz": "manual\n",
      "usr/lib/sysusers.d/webd.conf": "u webd - \"The web server\" /var/lib/webd\n",
      "usr/lib/tmpfiles.d/webd.conf": "d /run/webd 0755 webd webd -\n"}, scripts={"conffiles": "/etc/webd/webd.conf\n"})
a.add("test", "tiny-mail", "1.0", Provides="mail-agent", files={"usr/bin/mail": "mail\n"})
a.add("test", "zeta-mail", "1.0", Provides="mail-agent", Depends="libc6", files={"usr/bin/mail": "mail\n"})
a.add("test", "strange", "1.0", scripts={"postinst": "#!/bin/sh\nset -e\nsetcap cap_net_raw=ep /usr/bin/strange\n"}, files={"usr/bin/strange": "x\n"})
a.add("test", "clash-a", files={"usr/share/clash": "a\n"})
a.add("test", "clash-b", files={"usr/share/clash": "b\n"})
a.publish("test", valid_for=7 * 86400)
a.publish("test-updates")
open("local.deb", "wb").write(deb("ours", "0.1", files={"opt/ours/data": "data\n"}, Depends="webd-common")[0])
open("local_arm64.deb", "wb").write(deb("ours", "0.1", "arm64", files={"opt/ours/data": "arm\n"}, Depends="webd-common")[0])
'
python3 -u -m http.server --bind 127.0.0.1 --directory mirror 0 >http.log 2>&1 </dev/null &
started+=($!)
port=$(wait_for_line http.log 'port [0-9]+' 20 | grep -oE '[0-9]+') || fail "the mirror did not start"
mirror=http://127.0.0.1:$port/

project() { # folder, lines of the step
  mkdir -p "$1"
  cp key/public.gpg "$1/archive.gpg"
  cat >"$1/lapstrake.yaml" <<YAML
vars: { mirror: "$mirror" }
sources:
  test: { type: deb, uri: "\${vars.mirror}", suites: [test], keyring: archive.gpg }
images:
  app:
    platforms: ${3:-[linux/amd64]}
    layers:
      - name: os
        deb: $2
YAML
}
layer_of() { lapstrake inspect --json "$1" | jq -r '[.. | .layers? // empty][0][-1].digest'; }
asked() { grep -cE "$1" http.log || true; }

# --- lock, build
project web '{ install: [webd] }'
expect 2 lapstrake -C web build
says "has no entry for \`deb app os, amd64\`" "without a lock, build exits 2"
expect 0 lapstrake -C web lock
matches "$out" 'added webd_1%3a1.2-3_amd64.deb sha256:' "lock prints each file that it added"
jq -r '.installs[].files | to_entries[] | "\(.key) \(.value.why)"' web/lapstrake.lock >whys
equal "$(cut -d' ' -f1 whys | xargs)" "base-files_12.4_amd64.deb base-passwd_3.6_amd64.deb libc-bin_2.36-9_amd64.deb libc6_2.36-9_amd64.deb tiny-mail_1.0_amd64.deb webd-common_1%3a1.2-3_all.deb webd_1%3a1.2-3_amd64.deb" \
  "the packages of the minimal base and those that webd needs are locked"
grep -q '^webd-common.* needed by webd' whys || fail "a reason: $(<whys)"
grep -q '^webd_.* requested' whys || fail "a reason: $(<whys)"
ok "each file has its reason"
equal "$(jq -r '.installs[].suites."test/test".codename' web/lapstrake.lock)" test "the suite is in the lock"
equal "$(jq -r '.installs[].suites."test/test".signed_by[0] | length' web/lapstrake.lock)" 40 "with the fingerprint of the key"
free_of '127\.0\.0\.1|http' web/lapstrake.lock "no address of the mirror is in the lock"
cp web/lapstrake.lock first.lock
: >http.log
expect 0 lapstrake -C web lock
equal "$out" "" "locked again, nothing changes"
equal "$(asked GET)" 0 "and the mirror is not asked"

expect 0 lapstrake -C web build -o "oci:$work/images:v1"
image=$(digest_of "$out")
mkdir root
tar -xf "images/blobs/sha256/$(layer_of oci:images:v1 | cut -d: -f2)" -C root
equal "$(readlink root/bin root/lib root/sbin | xargs)" "usr/bin usr/lib usr/sbin" "/usr is merged"
equal "$(<root/usr/bin/webctl)$(stat -c %a root/usr/sbin/webd)" '#!/usr/bin/false755' "files are installed, bin/ in usr/bin/"
equal "$(ls root/usr/share/doc/webd-common) $(ls root/usr/share/man 2>/dev/null)" "copyright " "documentation is left out, but not copyright files"
equal "$(grep -c . root/etc/passwd) $(grep ^www-data root/etc/passwd)" "4 www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin" "base-passwd's accounts exist"
matches "$(grep ^webd root/etc/passwd)" '^webd:x:100:10[0-9]:The web server:/var/lib/webd:' "sysusers.d creates a user"
matches "$(jq -r '.installs[].accounts.webd' web/lapstrake.lock)" '^100:' "its number is in the lock"
tar -tvf "images/blobs/sha256/$(layer_of oci:images:v1 | cut -d: -f2)" --numeric-owner >listing
matches "$(grep ' run/webd/' listing)" '^drwxr-xr-x 100/' "tmpfiles.d creates a folder of it"
matches "$(grep ' var/log/webd/' listing)" '^drwxr-x--- 33/4' "owners are numeric"
equal "$(<root/etc/nsswitch.conf)" $'passwd: files\nhosts: files dns' "nsswitch.conf exists"
equal "$(find root/var/lib/dpkg/status.d -type f -not -name '*.md5sums' -printf '%f\n' | sort | xargs)" "base-files base-passwd libc-bin libc6 tiny-mail webd webd-common" "scanners find status.d"
grep -qx 'Version: 1:1.2-3' root/var/lib/dpkg/status.d/webd || fail "status.d: $(<root/var/lib/dpkg/status.d/webd)"
ok "with each package's control fields"
expect 0 lapstrake -C web --store "$work/store2" --locked build
equal "$(digest_of "$out")" "$image" "a second store gives the same digest"
expect 0 env LC_ALL=C TZ=Asia/Tokyo lapstrake -C web --store "$work/store3" -j 1 build
equal "$(digest_of "$out")" "$image" "one thread and another locale, too"

# --- nothing changed
if strace -qq -o /dev/null true 2>/dev/null; then
  expect 0 strace -f -qq -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=openat,open lapstrake -C web build
  jq -r '.installs[].files[].sha256' web/lapstrake.lock | paste -sd'|' >digests
  free_of "blobs/.*($(<digests))" trace "an unchanged rebuild reads no .deb"
else
  part_not_run "strace is absent or not permitted here: that no .deb is read is not looked at"
fi

# --- two platforms
project both '{ install: [webd-common, "webd (>= 1:1.0)"], docs: keep }' '[linux/amd64, linux/arm64]'
expect 0 lapstrake -C both lock
expect 0 lapstrake -C both build -o "oci:$work/both.oci:v1"
expect 0 lapstrake inspect --json --files oci:both.oci:v1 --platform linux/arm64
matches "$out" 'aarch64-linux-gnu/libc.so.6' "an image for arm64 has the packages of arm64"
matches "$out" 'man8/webd.8.gz' "with \`docs: keep\` the manual pages are there"

# --- offline
expect 0 lapstrake -C web vendor "$work/vendored"
: >http.log
expect 0 lapstrake -C web --store "$work/store4" --offline build --vendored "$work/vendored"
equal "$(digest_of "$out") $(asked GET)" "$image 0" "offline, from a vendor folder: the same digest"
expect 3 lapstrake -C web --store "$work/store5" --offline build

# --- a file of the project, and the layers below
project ours '{ install: [./local.deb] }'
cp local.deb ours/
cat >>ours/lapstrake.yaml <<'YAML'
      - name: more
        deb: { install: [webd] }
        copy: [ { from: local.deb, to: /srv/, owner: webd } ]
YAML
expect 0 lapstrake -C ours lock
equal "$(jq -r '.installs["deb app os, amd64"].files["ours_0.1_amd64.deb"].url' ours/lapstrake.lock)" ./local.deb "a file of the project is locked by its path"
equal "$(jq -r '.installs["deb app more, amd64"].files | keys | join(" ")' ours/lapstrake.lock)" "tiny-mail_1.0_amd64.deb webd_1%3a1.2-3_amd64.deb" "a second layer has only packages that the first lacks"
expect 0 lapstrake -C ours build -o "oci:$work/ours.oci:v1"
tar -tvf "ours.oci/blobs/sha256/$(layer_of oci:ours.oci:v1 | cut -d: -f2)" --numeric-owner >listing
matches "$(grep srv/local.deb listing)" ' 100/' "owners by name are those of the packages"
printf x >>ours/local.deb
expect 2 lapstrake -C ours build
says "is out of date" "a changed file makes the lock stale"

project ours-of-two '{ install: ["./local_${platform.arch}.deb"] }' '[linux/amd64, linux/arm64]'
cp local.deb ours-of-two/local_amd64.deb
cp local_arm64.deb ours-of-two/
expect 0 lapstrake -C ours-of-two lock
equal "$(jq -r '.installs[].files | to_entries[] | select(.key | startswith("ours")) | .value.url' ours-of-two/lapstrake.lock | sort | xargs)" \
  "./local_amd64.deb ./local_arm64.deb" "each platform has its own file of the project"
expect 0 lapstrake -C ours-of-two --locked build

# --- errors
refused() { # code, step, text, what
  project refused "$2"
  rm -f refused/lapstrake.lock
  expect "$1" lapstrake -C refused lock
  says "$3" "$4"
}
refused 2 '{ install: [webb] }' "\`webb\`" "an unknown package exits 2"
says "webd" "with a similar name"
refused 2 '{ install: ["webd (>= 2:1)"] }' "1:1.2-3" "a version that does not exist exits 2, with the one that does"
refused 2 '{ install: [webd], exclude: [webd-common] }' "webd-common" "an excluded package that is needed exits 2"
refused 2 '{ install: [strange] }' "setcap cap_net_raw=ep /usr/bin/strange" "an unknown maintainer script exits 2, with its lines"
says "accept: [strange]" "and with the way to accept it"
project refused '{ install: [strange], accept: [strange] }'
expect 0 lapstrake -C refused lock
matches "$(jq -r '.installs[].files["strange_1.0_amd64.deb"].note' refused/lapstrake.lock)" accepted "which the lock records"
refused 2 '{ install: [clash-a, clash-b] }' "usr/share/clash" "two packages with one file exit 2"

# --- updates
archive '
a.add("test", "webd-common", "1:1.2-4", "all", files={"etc/webd/webd.conf": "listen 8080\n"})
a.add("test", "tiny-mail", "1.1", Provides="mail-agent", files={"usr/bin/mail": "mail 1.1\n"})
a.publish("test", valid_for=7 * 86400)
'
expect 0 lapstrake -C web lock
equal "$out" "" "a lock keeps its versions"
sed -i 's/install: \[webd\]/install: [webd, clash-a]/' web/lapstrake.yaml
expect 0 lapstrake -C web lock
equal "$(grep -c . <<<"$out")" 1 "a new package changes no other"
sed -i 's/install: \[webd, clash-a\]/install: [webd]/' web/lapstrake.yaml
cp first.lock web/lapstrake.lock
expect 0 lapstrake -C web lock --update tiny-mail
matches "$(jq -r '.installs[].files | keys | join(" ")' web/lapstrake.lock)" 'tiny-mail_1.1_amd64.deb webd-common_1%3a1.2-3_all.deb' "--update NAME moves that package only"

# --- tampering
tampered() { # code, what, text
  rm -rf "$work/store6"
  project tampered '{ install: [webd] }'
  cp first.lock tampered/lapstrake.lock
  expect "$1" lapstrake -C tampered --store "$work/store6" lock --update
  says "$3" "$2"
}
release=mirror/dists/test/InRelease
cp "$release" good
sed -i 's/^Label: Test/Label: Best/' "$release"
tampered 6 "a changed InRelease exits 6" "signature"
{ echo "Label: Evil"; cat good; } >"$release"
tampered 6 "text before the signed message exits 6" "before"
archive 'a.key = Key("other"); a.publish("test"); a.key = key'
tampered 6 "another key exits 6" "key"
archive 'a.publish("test", date=time.time() - 20 * 86400, valid_for=7 * 86400)'
tampered 6 "an expired InRelease exits 6" "expired"
archive 'a.publish("test", date=time.time() - 20 * 86400)'
tampered 6 "an InRelease older than that of the lock exits 6" "older"
archive 'a.publish("test", Codename="other")'
tampered 6 "another codename exits 6" "codename"
archive 'a.publish("test")'
find mirror -path '*by-hash*' -size +0 -name "$(sha256sum mirror/dists/test/main/binary-amd64/Packages.xz | cut -d' ' -f1)" -exec sh -c 'printf x | dd of="$1" bs=1 seek=100 conv=notrunc status=none' sh {} \;
tampered 6 "a changed Packages file exits 6" "Packages"
archive 'a.publish("test")'
cp first.lock web/lapstrake.lock
pool=mirror/pool/main/w/webd/webd_1.2-3_amd64.deb
cp "$pool" good.deb
printf x | dd of="$pool" bs=1 seek=200 conv=notrunc status=none
rm -rf "$work/store6"
expect 6 lapstrake -C web --store "$work/store6" build
says "webd" "a changed .deb exits 6"
rm "$pool"
expect 4 lapstrake -C web --store "$work/store6" build
says "lapstrake lock --update webd" "a .deb that the archive no longer has exits 4, with what to do"
cp good.deb "$pool"
sed 's/"path": "pool/"path": "..\/pool/' first.lock >web/lapstrake.lock
expect 2 lapstrake -C web build
ok "a lock with a path outside of the archive exits 2"

# --- the sources of apt, and file:
cp first.lock web/lapstrake.lock
sed -i "s|mirror: .*|mirror: \"file:$work/mirror\" }|" web/lapstrake.yaml
expect 0 lapstrake -C web --store "$work/store7" build
equal "$(digest_of "$out")" "$image" "a mirror in a folder gives the same digest"
