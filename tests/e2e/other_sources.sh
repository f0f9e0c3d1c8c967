#!/bin/bash
# `fetch`, `from`, `edit` and globs of `remove`: from a web server and an image on disk to the files of an image.
. "$(dirname "$0")/lib.sh"
need python3 jq

mkdir web base app
printf 'tool\n' >web/tool-amd64
mkdir -p pack-1/bin && printf 'packed\n' >pack-1/bin/packed
tar -czf web/pack.tgz pack-1
sha256() { sha256sum "$1" | cut -d' ' -f1; }

# A server on a free port, which prints it.
cat >server.py <<'PYTHON'
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
python3 server.py web >port.txt 2>requests.txt &
started+=("$!")
for _ in $(seq 100); do [[ -s port.txt ]] && break; sleep 0.1; done
url=http://127.0.0.1:$(<port.txt)

cat >base/lapstrake.yaml <<'YAML'
images:
  base:
    layers:
      - name: root
        files:
          - { path: /etc/app.ini, text: "debug = 1\nport = 80\n", mode: "0640", owner: "5:6" }
          - { path: /etc/conf.d/default.conf, text: default }
          - { path: /etc/conf.d/extra.conf, text: extra }
          - { path: /usr/share/doc/a.gz, text: doc }
          - { path: /usr/bin/tool, text: "#!/bin/sh\n", mode: "0755" }
YAML
expect 0 lapstrake -C base build -o "oci:$work/base-image:v1"

cat >app/lapstrake.yaml <<YAML
images:
  app:
    base: "oci:$work/base-image:v1"
    layers:
      - name: changes
        edit:
          - { path: /etc/app.ini, replace: "debug = 1", with: "debug = 0" }
          - { path: /etc/app.ini, append: "end = 1\n" }
        remove: [ "/etc/conf.d/*", "/usr/share/doc/*.gz" ]
        files: [ { path: /etc/conf.d/own.conf, text: own } ]
      - name: brought
        fetch:
          - { url: "$url/tool-\${platform.arch}", to: /opt/, mode: "0755", sha256: $(sha256 web/tool-amd64) }
          - { url: "$url/pack.tgz", to: /opt/pack, unpack: true, strip_components: 1, owner: "9", sha256: $(sha256 web/pack.tgz) }
        from:
          - { image: "oci:$work/base-image:v1", path: /usr/bin/tool, to: /opt/copied }
          - { image: files, path: /www, to: /srv }
  files:
    layers: [ { name: www, files: [ { path: /www/index.html, text: hello, owner: "33" } ] } ]
YAML
expect 0 lapstrake -C app check
expect 0 lapstrake -C app build app -o "oci:$work/out:v1"
digest=$out
grep -q 'removed 2 paths: `/etc/conf.d/default.conf`, `/etc/conf.d/extra.conf`' err.txt || fail "the glob names no files"
ok "an image with all of these steps is built"

list() { # layer number from the end
  local manifest
  manifest=$work/out/blobs/sha256/$(jq -r '.manifests[0].digest | ltrimstr("sha256:")' out/index.json)
  tar --numeric-owner -tvf "$work/out/blobs/sha256/$(jq -r ".layers[-$1].digest | ltrimstr(\"sha256:\")" "$manifest")" | awk '{ print $1, $2, $6 }'
}
equal "$(list 2)" "-rw-r----- 5/6 etc/app.ini
---------- 0/0 etc/conf.d/.wh..wh..opq
-rw-r--r-- 0/0 etc/conf.d/own.conf
---------- 0/0 usr/share/doc/.wh.a.gz" "edits keep owner and mode, and a whole folder is removed by one entry"
equal "$(list 1)" "drwxr-xr-x 0/0 opt/
-rwxr-xr-x 0/0 opt/copied
drwxr-xr-x 0/0 opt/pack/
drwxr-xr-x 9/9 opt/pack/bin/
-rw-r--r-- 9/9 opt/pack/bin/packed
-rwxr-xr-x 0/0 opt/tool-amd64
drwxr-xr-x 0/0 srv/
-rw-r--r-- 33/33 srv/index.html" "downloads and files of other images"

requests=$(wc -l <requests.txt)
expect 0 lapstrake -C app --offline build app
equal "$out" "$digest" "the same digest without a network"
equal "$(wc -l <requests.txt)" "$requests" "nothing is fetched twice"

printf 'changed\n' >web/tool-amd64
rm -rf "$LAPSTRAKE_STORE"
expect 6 lapstrake -C app build app
grep -q 'wrong content' err.txt || fail "the changed file is not named"
ok "a file that changed is refused"

sed -i 's/debug = 1", with/debug = 7", with/' app/lapstrake.yaml
expect 2 lapstrake -C app build app
grep -q 'occurs nowhere' err.txt || fail "the missing text is not named"
ok "an edit whose text is missing is refused"

# --- the lock
cat >app/lapstrake.yaml <<YAML
images:
  app:
    base: "oci:$work/base-image:v1"
    layers:
      - { name: changes, edit: [ { path: /etc/app.ini, append: "end = 1\n" } ] }
      - { name: brought, fetch: [ { url: "$url/tool-\${platform.arch}", to: /opt/tool } ] }
YAML
expect 2 lapstrake -C app build
grep -q 'run `lapstrake lock`' err.txt || fail "the way out is not named"
expect 0 lapstrake -C app lock
jq -e --arg url "$url/tool-amd64" '.fetched[$url].sha256 == $sha' --arg sha "$(sha256 web/tool-amd64)" app/lapstrake.lock >same.txt || fail "the download is not in the lock"
jq -e '.edited["app linux/amd64 /etc/app.ini"]' app/lapstrake.lock >edited.txt || fail "the edited file is not in the lock"
ok "lock records downloads without sha256 and the files that are edited"
expect 0 lapstrake -C app --locked build
digest=$out
cp app/lapstrake.lock first.lock
expect 0 lapstrake -C app lock
equal "$(<app/lapstrake.lock)" "$(<first.lock)" "a second lock changes nothing"
expect 0 lapstrake -C app vendor
expect 0 lapstrake -C app --store "$work/other-store" --offline --locked build
equal "$out" "$digest" "the same digest from the vendor folder"
expect 0 lapstrake store gc
expect 0 lapstrake -C app --offline build
ok "store gc keeps downloads of images"

printf 'changed again\n' >web/tool-amd64
expect 0 lapstrake -C app lock --update "$url/tool-amd64"
[[ $out == "moved $url/tool-amd64 "* ]] || fail "the download did not move: $out"
sed -i 's/debug = 1/debug = 9/' base/lapstrake.yaml
expect 0 lapstrake -C base build -o "oci:$work/base-image:v1"
expect 0 lapstrake -C app lock --update "oci:$work/base-image:v1"
expect 6 lapstrake -C app build
grep -q '`/etc/app.ini` of the base is not the file that `lapstrake.lock` has' err.txt || fail "the changed file is not named"
expect 0 lapstrake -C app lock --update /etc/app.ini
expect 0 lapstrake -C app build
ok "an edited file that changed with its base is refused until it is locked again"
