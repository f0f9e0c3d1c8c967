#!/bin/bash
# Node.js packages: from a registry with tarballs that this script makes to an image, without running Node. The base is made here, too.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
need python3 jq
export NPM_CONFIG_GLOBALCONFIG=/dev/null PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$SOURCE/tests/support

# --- the registry
mkdir files
cat >packages.py <<'PY'
from npm_registry import entry, tarball, write_lock

def make(*arguments, **options):
    return tarball("files", *arguments, **options)

make("web", "2.1.0", {"cli.js": "#!/usr/bin/env node\r\nrun()\r\n", "bin/admin.js": "#!/usr/bin/env node\n", "data/deep/x.txt": ("x\n", 0o664)},
     dependencies={"util": "^1.0.0"})
make("util")
make("util", "2.0.0")
make("other")
make("@acme/tool", "1.2.3", {"cli.js": "#!/usr/bin/env node\n"})
make("bundler", files={"index.js": "", "node_modules/inner/package.json": '{"name": "inner", "version": "3.0.0"}', "node_modules/inner/inner.js": "inner\n"})
make("native", files={"install.js": ""}, scripts={"postinstall": "node install.js"})
for cpu in ("x64", "arm64"):
    make(f"@native/linux-{cpu}", files={f"{cpu}.node": f"binary of {cpu}\n"})
make("@native/darwin-x64")
make("@native/linux-x64-musl")
make("prebuilt", files={f"prebuilds/linux-{cpu}/prebuilt.node": f"addon of {cpu}\n" for cpu in ("x64", "arm64")}, scripts={"install": "node-gyp-build"})
make("core-js", scripts={"postinstall": "node -e \"try{require('./postinstall')}catch(e){}\""})
make("extra", files={"binding.gyp": "{}"}, optionalDependencies={})
make("only-extra")
make("devtool", scripts={"install": "echo never"})
make("changing")
make("compiled", scripts={"install": "node-gyp rebuild && ./finish.sh"})

platform = lambda cpu, **more: entry("files", f"@native/linux-{cpu}", cpu=[cpu], os=["linux"], optional=True, **more)
packages = {
    "@acme/lib": {"resolved": "packages/lib", "link": True},
    "@acme/tool": entry("files", "@acme/tool", "1.2.3", bin={"tool": "cli.js"}),
    "@native/darwin-x64": entry("files", "@native/darwin-x64", cpu=["x64"], os=["darwin"], optional=True),
    "@native/linux-arm64": platform("arm64"),
    "@native/linux-x64": platform("x64", libc=["glibc"]),
    "@native/linux-x64-musl": entry("files", "@native/linux-x64-musl", cpu=["x64"], os=["linux"], libc=["musl"], optional=True),
    "bundler": entry("files", "bundler", bundleDependencies=["inner"], dependencies={"inner": "3"}),
    "bundler/node_modules/inner": {"version": "3.0.0", "inBundle": True},
    "core-js": entry("files", "core-js", hasInstallScript=True),
    "devtool": entry("files", "devtool", dev=True, hasInstallScript=True),
    "extra": entry("files", "extra", optional=True, hasInstallScript=True, dependencies={"only-extra": "1"}),
    "native": entry("files", "native", hasInstallScript=True, optionalDependencies={f"@native/{name}": "1.0.0" for name in
              ("darwin-x64", "linux-arm64", "linux-x64", "linux-x64-musl")}),
    "only-extra": entry("files", "only-extra", optional=True),
    "other": entry("files", "other", dependencies={"util": "^2.0.0"}),
    "other/node_modules/util": entry("files", "util", "2.0.0"),
    "prebuilt": entry("files", "prebuilt", hasInstallScript=True),
    "util": entry("files", "util"),
    # as another machine's registry wrote it
    "web": entry("files", "web", "2.1.0", resolved="https://npm.corp.example/api/npm/web/-/web-2.1.0.tgz",
                 bin={"web": "cli.js", "web-admin": "bin/admin.js"}, dependencies={"util": "^1.0.0"}),
    "./packages/lib": {"name": "@acme/lib", "version": "0.1.0", "bin": {"lib": "lib.js"}},
}
needs = {name: "*" for name in ("@acme/lib", "@acme/tool", "bundler", "core-js", "native", "other", "prebuilt", "web")}
write_lock("package-lock.json", packages, dependencies=needs, optionalDependencies={"extra": "1"}, devDependencies={"devtool": "1"},
           workspaces=["packages/*"])
write_lock("changing.json", {"changing": entry("files", "changing")}, dependencies={"changing": "1"})
write_lock("weak.json", {"changing": {"version": "1.0.0"}}, dependencies={"changing": "1"})
tarball("own", "own", files={"own.js": "own\n"})
write_lock("own.json", {"own": {**entry("own", "own"), "resolved": "file:vendored/own-1.0.0.tgz"}}, dependencies={"own": "file:vendored/own-1.0.0.tgz"})
write_lock("compiled.json", {"compiled": entry("files", "compiled", hasInstallScript=True)}, dependencies={"compiled": "1"})
write_lock("scoped.json", {"@acme/tool": packages["@acme/tool"], "util": packages["util"]}, dependencies={"@acme/tool": "1", "util": "1"})
write_lock("linked.json", {"util": {**packages["util"], "resolved": "git+ssh://git@github.com/acme/util.git#0123"}}, dependencies={"util": "1"})
PY
python3 packages.py
serve() { # LOG [OPTION...]: sets $port
  python3 "$SOURCE/tests/support/npm_registry.py" serve files "$@" >"$1.port" 2>"$1.err" </dev/null &
  started+=($!)
  port=$(wait_for_line "$1.port" '^[0-9]+$' 20) || fail "the registry did not start: $(<"$1.err")"
}
serve asked.log
registry=http://127.0.0.1:$port
echo "registry=$registry/api" >"$HOME/.npmrc"
mkdir -p files/api && for name in files/*; do [[ $name == files/api ]] || ln -s "../${name#files/}" files/api/; done
asked() { grep -cE "$1" asked.log || true; }

# --- the base: a Debian 12, as far as files say so
mkdir base
cat >base/lapstrake.yaml <<'YAML'
images:
  node:
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        files:
          - { path: /usr/bin/node, text: "not run", mode: "0755" }
          - { path: /var/lib/dpkg/status, text: "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u7\n\n" }
YAML
expect 0 lapstrake -C base build -o "oci:$work/node:v1"

project() { # name lock-file [settings of the step]: a project with one image
  mkdir -p "$1"
  cp "$2" "$1/package-lock.json"
  cat >"$1/lapstrake.yaml" <<YAML
images:
  app:
    base: oci:../node:v1
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: packages
        npm: { lock: package-lock.json, into: /app/node_modules${3:-} }
    entrypoint: [ node, server.js ]
YAML
}
layer_of() { # image platform: the digest of its last layer
  lapstrake --platform "linux/$2" inspect --json "$1" | jq -r '[.. | .layers? // empty][0][-1].digest'
}
unpack() { # image platform folder
  mkdir "$3"
  local digest
  digest=$(layer_of "$1" "$2")
  tar -xf "images/blobs/sha256/${digest#*:}" -C "$3"
}

# --- lock
project api package-lock.json
expect 2 lapstrake -C api build
says "has no entry for \`npm package-lock.json, linux x64, glibc, without dev\`" "without a lock, build exits 2"
says "run \`lapstrake lock\`" "and names the command"
expect 0 lapstrake -C api lock
sha256=$(sha256sum files/web/-/web-2.1.0.tgz | cut -d' ' -f1)
matches "$out" "added node_modules/web sha256:$sha256" "lock prints each tarball that it added"
equal "$(jq .version api/lapstrake.lock)" 2 "the lock has version 2"
equal "$(jq -r '.installs | keys[]' api/lapstrake.lock | paste -sd'|')" "npm package-lock.json, linux arm64, glibc, without dev|npm package-lock.json, linux x64, glibc, without dev" \
  "each platform has its own list"
jq '.installs["npm package-lock.json, linux x64, glibc, without dev"].files' api/lapstrake.lock >x64.json
equal "$(jq -r '.["node_modules/web"] | .sha256 + " " + .integrity' x64.json)" "$sha256 $(jq -r '.packages["node_modules/web"].integrity' package-lock.json)" \
  "sha256 and integrity are side by side"
equal "$(jq -r '.["node_modules/other/node_modules/util"].why' x64.json)" "needed by other 1.0.0" "each tarball has its reason"
note_of() { jq -r --arg place "node_modules/$1" '.[$place].note // "absent"' x64.json; }
equal "$(note_of core-js)" "script cosmetic" "a script that only prints: a note"
equal "$(note_of prebuilt)" "script prebuilt: prebuilds/linux-x64/prebuilt.node" "a script with a prebuilt binary: a note with the file"
equal "$(note_of native)" "script prebuilt: @native/linux-x64" "a script with a package for the platform: a note with the package"
equal "$(jq -r 'keys[]' x64.json | grep -cE 'extra|devtool|darwin|arm64|musl|inner|acme/lib' || true)" 0 \
  "no development dependency, other platform, optional package with a script, bundled package or link is a file"
equal "$(asked 'devtool|darwin|musl')" 0 "and none of them is fetched"
equal "$(asked '/web-2.1.0.tgz 200')" 1 "a tarball of both platforms is fetched once"
free_of '127\.0\.0\.1|corp\.example|http' api/lapstrake.lock "no address of a registry is in the lock"
cp api/lapstrake.lock first.lock
: >asked.log
expect 0 lapstrake -C api lock
equal "$out$(<asked.log)" "" "locked again, nothing changes, and the registry is not asked"

# --- build
expect 0 lapstrake -C api build -o "oci:$work/images:v1"
image=$(digest_of "$out")
equal "$(<asked.log)" "" "a build after lock makes no request"
expect 0 lapstrake -C api --store "$work/store2" --locked build
equal "$(digest_of "$out")" "$image" "a second store gives the same digest"
unpack oci:images:v1 amd64 x64
modules=x64/app/node_modules
equal "$(cat $modules/util/index.js $modules/other/node_modules/util/index.js)" $'module.exports = \'util 1.0.0\'\nmodule.exports = \'util 2.0.0\'' \
  "a nested version is at its place"
equal "$(readlink $modules/.bin/{tool,web,web-admin,lib} | xargs)" "../@acme/tool/cli.js ../web/cli.js ../web/bin/admin.js ../@acme/lib/lib.js" "commands are links in .bin"
equal "$(stat -c %a $modules/web/cli.js $modules/@acme/tool/cli.js $modules/web/data/deep/x.txt | xargs)" "755 755 644" "commands are executable, other files are not"
equal "$(head -n 1 $modules/web/cli.js | tail -c 5 | od -An -c | tr -d ' ')" 'node\n' "the first line of a command ends with a LF"
equal "$(readlink $modules/@acme/lib)" "../../packages/lib" "a workspace is a link to its folder"
equal "$(cat $modules/bundler/node_modules/inner/inner.js)" inner "a bundled package comes with its tarball"
equal "$(cd $modules && echo @native/* devtool* extra* only-extra*)" "@native/linux-x64 devtool* extra* only-extra*" "only what the platform needs is installed"
unpack oci:images:v1 arm64 arm64
equal "$(ls arm64/app/node_modules/@native) $(cat arm64/app/node_modules/@native/linux-arm64/arm64.node)" "linux-arm64 binary of arm64" "arm64 gets its own optional package"

# --- nothing changed
if strace -qq -o /dev/null true 2>/dev/null; then
  expect 0 strace -f -qq -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=openat,open lapstrake -C api build
  jq -r '.installs[].files[].sha256' api/lapstrake.lock | paste -sd'|' >digests
  free_of "$(<digests)" trace "an unchanged rebuild opens no tarball"
else
  part_not_run "strace is absent or not permitted here: that no tarball is opened is not looked at"
  expect 0 lapstrake -C api build
fi
equal "$(digest_of "$out")" "$image" "with the same digest"

# --- offline
expect 0 lapstrake -C api vendor
: >asked.log
expect 0 lapstrake -C api --store "$work/offline-store" --offline build
equal "$(digest_of "$out") $(<asked.log)" "$image " "offline from the vendor folder into an empty store: the same digest"
mv api/lapstrake-vendor away
expect 3 lapstrake -C api --store "$work/empty-store" --offline build
says "node_modules/" "a tarball that is not at hand exits 3 and is named"

# --- the lock file of npm changes
jq '.name = "renamed"' package-lock.json >api/package-lock.json
expect 2 lapstrake -C api build
says "is out of date for \`npm package-lock.json, linux" "a changed package-lock.json makes the lock stale: exit 2"
says "run \`lapstrake lock\`" "with the command"
expect 0 lapstrake -C api lock
equal "$out$(grep -v extra asked.log)" "" "no tarball changed, and none is fetched except of optional packages that were left out"
expect 0 lapstrake -C api build
equal "$(digest_of "$out")" "$image" "and the image is the same"

# --- omit
project omitting package-lock.json ', omit: [dev, optional]'
run lapstrake -C omitting lock
[[ $code == 2 ]] || fail "omit: optional: exit code $code"
says "the package \`native\` 1.0.0 has an install script" "without the optional packages, the script of \`native\` would have to run"

# --- a tarball that is not the one of the lock file
project changing changing.json
python3 -c "from npm_registry import tarball; tarball('files', 'changing', files={'index.js': 'changed'})"
sha256=$(sha256sum files/changing/-/changing-1.0.0.tgz | cut -d' ' -f1)
expect 6 lapstrake -C changing --store "$work/changing-store" lock
says "changing" "a tarball without the integrity of package-lock.json exits 6 and is named"
[[ ! -e changing/lapstrake.lock ]] || fail "a lock was written"
equal "$(find changing-store -name "$sha256" | wc -l)" 0 "and it is not stored"
python3 -c "from npm_registry import tarball; tarball('files', 'changing')"
expect 0 lapstrake -C changing --store "$work/changing-store" lock
rm -rf changing-store
python3 -c "from npm_registry import tarball; tarball('files', 'changing', files={'index.js': 'changed'})"
expect 6 lapstrake -C changing --store "$work/changing-store" build
equal "$(find changing-store -name "$sha256" | wc -l)" 0 "build does not store it either"


# --- without an integrity, lapstrake.lock decides
project weak weak.json
expect 0 lapstrake -C weak --store "$work/weak-store" lock
equal "$(grep -c 'warning: `package-lock.json` has no sha256 or sha512 of changing 1.0.0' err.txt)" 1 "a tarball without an integrity: one warning"
equal "$(jq -r '.installs[].files["node_modules/changing"].integrity' weak/lapstrake.lock | sort -u)" "none in the lock file" "and the lock says so"
python3 -c "from npm_registry import tarball; tarball('files', 'changing', files={'index.js': 'changed again'})"
expect 6 lapstrake -C weak --store "$work/weak-store2" build
jq '.name = "renamed"' weak.json >weak/package-lock.json
expect 6 lapstrake -C weak --store "$work/weak-store2" lock
says "lapstrake lock --update changing" "a tarball that the registry has replaced exits 6, and the command to accept it is named"
expect 0 lapstrake -C weak --store "$work/weak-store2" lock --update changing
matches "$out" '^moved node_modules/changing sha256:[0-9a-f]{64} -> sha256:' "which moves it"
expect 0 lapstrake -C weak --store "$work/weak-store2" build

# --- a tarball of the project
project own own.json
mkdir own/vendored
cp own/own/-/own-1.0.0.tgz own/vendored/
: >asked.log
expect 0 lapstrake -C own lock
expect 0 lapstrake -C own build
wanted=$(digest_of "$out")
expect 0 lapstrake -C own vendor
expect 0 lapstrake -C own --store "$work/own-store" --offline build
equal "$(digest_of "$out") $(<asked.log)" "$wanted " "a tarball of the project is installed, and vendored"
echo changed >>own/vendored/own-1.0.0.tgz
rm own/lapstrake.lock
expect 6 lapstrake -C own --store "$work/own-store2" lock
says "own" "with other bytes than package-lock.json says, it exits 6 and is named"
equal "$(find own-store2 -name "$(sha256sum own/vendored/own-1.0.0.tgz | cut -d' ' -f1)" | wc -l)" 0 "and it is not stored"

# --- install scripts
project compiled compiled.json
expect 2 lapstrake -C compiled lock
says "the package \`compiled\` 1.0.0 has an install script, which lapstrake does not run" "a package that needs its script exits 2"
says "install: \`node-gyp rebuild && ./finish.sh\`" "with the text of the script"
says 'add `scripts: { accept: ["compiled"] }` to the `npm:` step' "and the way to accept it"
says 'copy its folder with `copy:`' "and the way to install it in CI"
[[ ! -e compiled/lapstrake.lock ]] || fail "a lock was written"
project compiled compiled.json ', scripts: { accept: [compiled] }'
expect 0 lapstrake -C compiled lock
equal "$(jq -r '.installs[].files["node_modules/compiled"].note' compiled/lapstrake.lock | sort -u)" "script accepted" "accepted: a note in the lock"
expect 0 lapstrake -C compiled build
project compiled compiled.json
expect 2 lapstrake -C compiled build
says "has no entry for" "no longer accepted: the lock has no such entry"

# --- a lock that lost a line
project compiled compiled.json ', scripts: { accept: [compiled] }'
jq 'del(.installs[].files["node_modules/compiled"])' compiled/lapstrake.lock >lost.lock
cp lost.lock compiled/lapstrake.lock
expect 2 lapstrake -C compiled build
says "lacks \`node_modules/compiled\`" "a package without an entry is not left out silently"

# --- lock files of other tools
project other package-lock.json
touch other/yarn.lock
sed -i 's|package-lock.json|yarn.lock|' other/lapstrake.yaml
expect 2 lapstrake -C other lock
says "run \`npm install --package-lock-only\` and name \`package-lock.json\`" "yarn.lock: exit 2 and the command"
sed -i 's|yarn.lock|pnpm-lock.yaml|' other/lapstrake.yaml
expect 2 lapstrake -C other lock
says "run \`npm install --package-lock-only\` and name \`package-lock.json\`" "pnpm-lock.yaml: exit 2 and the command"
printf "lockfileVersion: '9.0'\n" >other/package-lock.json
sed -i 's|pnpm-lock.yaml|package-lock.json|' other/lapstrake.yaml
expect 2 lapstrake -C other lock
says 'run `pnpm deploy --prod DIR` in CI and copy DIR with `copy:`' "the content of another tool: exit 2 and the way out"
expect 2 lapstrake -C other check
matches "$out" 'lapstrake.yaml:7:14' "check reports it, too, with the position of the step"
rm other/package-lock.json
run lapstrake -C other check
[[ $code != 0 ]] || fail "check accepts a missing lock file"
matches "$out" 'package-lock.json' "and a missing lock file"
expect 0 lapstrake -C api check
project git linked.json
expect 2 lapstrake -C git lock
says 'comes from git, which lapstrake does not fetch' "a package of git exits 2"

# --- credentials: one registry for a scope demands a token, which the other one must not get
serve private.log --token top-secret-token
private=$port
project private scoped.json
printf '@acme:registry=http://127.0.0.1:%s/\n' "$private" >private/.npmrc
expect 5 lapstrake -C private --store "$work/private-store" lock
ok "without a token, lock exits 5"
printf '//127.0.0.1:%s/:_authToken=${TOKEN}\n' "$private" >>"$HOME/.npmrc"
expect 5 env TOKEN=another-secret lapstrake -C private --store "$work/private-store" -v lock
free_of 'another-secret' err.txt "a wrong token is not printed"
: >private.log
: >asked.log
expect 0 env TOKEN=top-secret-token lapstrake -C private --store "$work/private-store" -v lock
cat err.txt out.txt >said.txt
equal "$(<private.log)" "GET /@acme/tool/-/tool-1.2.3.tgz 200 +login" "with it, the scope's registry gets the token"
equal "$(<asked.log)" "GET /api/util/-/util-1.0.0.tgz 200" "and the other registry gets none"
free_of 'secret' said.txt "the token is not printed, even with -v"
free_of 'secret|127\.0\.0\.1' private/lapstrake.lock "or written to the lock"
expect 0 env TOKEN=top-secret-token lapstrake -C private --store "$work/private-store" -v build
free_of 'secret' err.txt "build does not print it either"
sed -i '$d' "$HOME/.npmrc"
echo '_authToken=top-secret-token' >>"$HOME/.npmrc"
rm private/lapstrake.lock
expect 5 lapstrake -C private --store "$work/private-store2" lock
says "has no effect: write \`//HOST/:_authToken=...\`" "a token without a host is sent nowhere, and a warning says so"
equal "$(grep -c 'has no effect' err.txt)" 1 "once"
free_of 'top-secret' err.txt "without the token"
sed -i '$d' "$HOME/.npmrc"
expect 2 env NPM_CONFIG_REGISTRY=http://joe:hidden-word@127.0.0.1:1 lapstrake -C private --store "$work/private-store2" lock
free_of 'hidden-word' err.txt "a password in the address of a registry is refused and not printed"

# --- sources: a registry of the spec
project sourced scoped.json ', source: internal'
printf 'sources:\n  internal: { type: npm, uri: "%s" }\n' "$registry" >>sourced/lapstrake.yaml
: >asked.log
expect 0 env NPM_CONFIG_REGISTRY=http://127.0.0.1:1/ lapstrake -C sourced --store "$work/sourced-store" lock
equal "$(sort asked.log)" $'GET /@acme/tool/-/tool-1.2.3.tgz 200\nGET /util/-/util-1.0.0.tgz 200' "a source of the spec is asked instead of the host's registry"

# --- no registry is built in: the lock file's own addresses, or an error with the setting
printf 'audit=false\n' >"$HOME/.npmrc"
project named scoped.json
jq --arg registry "$registry" '.packages |= with_entries(if .key == "" then . else .value.resolved = "\($registry)/\(.key | ltrimstr("node_modules/"))/-/\(.key | split("/") | last)-\(.value.version).tgz" end)' \
  scoped.json >named/package-lock.json
: >asked.log
expect 0 env NPM_CONFIG_GLOBALCONFIG=/dev/null lapstrake -C named --store "$work/named-store" lock
equal "$(sort asked.log)" $'GET /@acme/tool/-/tool-1.2.3.tgz 200\nGET /util/-/util-1.0.0.tgz 200' "without a registry the addresses of the lock file are asked"
jq '.packages |= map_values(del(.resolved))' named/package-lock.json >named/without.json
mv named/without.json named/package-lock.json
expect 2 env NPM_CONFIG_GLOBALCONFIG=/dev/null lapstrake -C named --store "$work/unnamed-store" lock
says "no npm registry is configured for" "without both: exit 2 and the setting"
