#!/bin/bash
# SBOMs: of Debian packages, wheels, fetched files and bases; printed, attached by a push, read back from the registry.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
. "$SOURCE/tests/support/python_packages.sh"
need python3 jq gpg

# --- an archive of Debian packages, an index of wheels, a server with a file, and a base
python3 - <<'PY'
from deb_archive import *
from package_index import wheel

a = Archive("mirror", Key("key"))
base_packages(a, "test")
for architecture in ("amd64", "arm64"):
    a.add("test", "python3.11", "3.11.2-6+deb12u5", architecture, Depends="libc6", files={
        "usr/bin/python3.11": ("not run\n", 0o755), "usr/bin/python3": {"link": "python3.11"}, "usr/lib/python3.11/encodings/__init__.py": ""})
    a.add("test", "libssl3", "3.0.11-1", architecture, Source="openssl (3.0.10-2)", files={"usr/lib/libssl.so.3": "x\n"})
a.publish("test", valid_for=7 * 86400)
os.mkdir("files")
wheel("files", "Flasky", "3.1.0", needs=["jinjer"])
wheel("files", "jinjer", "3.1.6")
open("mirror/tool", "w").write("#!/bin/sh\n")
PY
serve_index files index.log
export PIP_INDEX_URL=http://127.0.0.1:$port/simple
python3 -u -m http.server --bind 127.0.0.1 --directory mirror 0 >http.log 2>&1 </dev/null &
started+=($!)
mirror=http://127.0.0.1:$(wait_for_line http.log 'port [0-9]+' 20 | grep -oE '[0-9]+') || fail "the server did not start"

mkdir base app
cat >base/lapstrake.yaml <<'YAML'
images:
  base:
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: root
        files:
          - { path: /etc/os-release, text: "ID=alpine\nVERSION_ID=3.20.1\n" }
          - { path: /lib/apk/db/installed, text: "P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\n\n" }
          - { path: /usr/local/lib/python3.12/site-packages/pip-24.0.dist-info/METADATA, text: "Name: pip\n" }
          - { path: /usr/bin/composer, text: "x\n" }
YAML
expect 0 lapstrake -C base build -o "oci:$work/base.oci:v1"
cp key/public.gpg app/archive.gpg
printf 'flasky==3.1.0\njinjer==3.1.6\n' >app/requirements.txt
host=123456789012.dkr.ecr.us-east-1.amazonaws.com
cat >app/lapstrake.yaml <<YAML
vars: { mirror: "$mirror" }
sources:
  test: { type: deb, uri: "\${vars.mirror}", suites: [test], keyring: archive.gpg }
images:
  app:
    repository: $host/team/app
    tags: [v1]
    platforms: [linux/amd64, linux/arm64]
    sbom: true
    layers:
      - { name: os, deb: { install: [python3.11, libssl3] } }
      - name: app
        pip: { lock: requirements.txt, into: /opt/venv }
        fetch: [ { url: "\${vars.mirror}/tool?token=secret", sha256: "$(sha256sum mirror/tool | cut -d' ' -f1)", to: /usr/bin/, mode: "0755" } ]
        from: [ { image: "oci:../base.oci:v1", path: /usr/bin/composer, to: /usr/bin/composer } ]
  small:
    repository: $host/small
    base: oci:../base.oci:v1
    layers: [ { name: data, files: [ { path: /data, text: "x\n" } ] } ]
YAML
# Prints the package of an SPDX document with this name: a filter of jq is applied to it.
package() { jq -r --arg name "$2" ".packages[] | select(.name == \$name) | $3" "$1"; }
purl='.externalRefs[0].referenceLocator'

# --- without a lock or a build
expect 2 lapstrake -C app build app
expect 3 lapstrake -C app sbom app
says "lapstrake build app" "without a build, sbom exits 3 and names the command"
expect 0 lapstrake -C app lock
expect 0 lapstrake -C app build
image=$(digest_of "$out")

# --- the document
expect 0 lapstrake -C app --platform linux/amd64 sbom app
cp out.txt app.spdx.json
equal "$(package app.spdx.json python3.11 "$purl")" "pkg:deb/debian/python3.11@3.11.2-6%2Bdeb12u5?arch=amd64&distro=debian-12" "a Debian package has its purl"
equal "$(package app.spdx.json python3.11 '.checksums[0].checksumValue')" "$(jq -r '.installs["deb app os, amd64"].files | to_entries[].value | select(.package == "python3.11").sha256' app/lapstrake.lock)" \
  "the SHA-256 of the lock"
equal "$(package app.spdx.json libssl3 "$purl, .sourceInfo, .supplier" | xargs)" \
  "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl%403.0.10-2 built package from: openssl 3.0.10-2 Organization: Test" "its source package, and who made it"
equal "$(package app.spdx.json libc6 .comment)" "$(jq -r '.installs["deb app os, amd64"].files["libc6_2.36-9_amd64.deb"].why' app/lapstrake.lock)" "and why it is there"
equal "$(package app.spdx.json flasky "$purl")" "pkg:pypi/flasky@3.1.0" "wheels are listed"
equal "$(package app.spdx.json tool "$purl, .downloadLocation" | xargs)" \
  "pkg:generic/tool?checksum=sha256:$(sha256sum mirror/tool | cut -d' ' -f1)&download_url=$mirror/tool $mirror/tool" "fetched files, too"
free_of 'secret' app.spdx.json "but no query of a URL"
matches "$(package app.spdx.json oci:../base.oci:v1 .comment)" "^/usr/bin/composer is copied" "and images that files are from"
equal "$(jq -r '.packages[] | select(.primaryPackagePurpose == "OPERATING-SYSTEM") | .name + " " + .versionInfo' app.spdx.json)" "debian 12" "the distribution is that of base-files"
expect 0 lapstrake -C app sbom app
cp out.txt index.spdx.json
equal "$(package index.spdx.json "$host/team/app" .versionInfo | head -n 1)" "$image" "without a platform, it is the document of the index"
equal "$(package index.spdx.json python3.11 "$purl" | grep -oE 'arch=[a-z0-9]+' | sort | xargs)" "arch=amd64 arch=arm64" "with the packages of all platforms"
expect 0 lapstrake -C app sbom app --format cyclonedx
cp out.txt index.cdx.json
equal "$(jq -r '.specVersion, .metadata.component.version' index.cdx.json | xargs)" "1.6 $image" "CycloneDX has the same subject"
expect 0 lapstrake -C app --store "$work/store2" build app
expect 0 env LC_ALL=C TZ=Asia/Tokyo lapstrake -C app --store "$work/store2" sbom app
same_file out.txt index.spdx.json "another store, locale and time zone give the same bytes"
expect 0 env SOURCE_DATE_EPOCH=86400 lapstrake -C app --store "$work/store3" build app
expect 0 env SOURCE_DATE_EPOCH=86400 lapstrake -C app --store "$work/store3" sbom app
equal "$(jq -r .creationInfo.created out.txt)" 1970-01-02T00:00:00Z "the date is SOURCE_DATE_EPOCH"

# --- a base
expect 0 lapstrake -C app sbom small
cp out.txt small.spdx.json
equal "$(package small.spdx.json musl "$purl, .licenseDeclared, .comment" | xargs)" "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1 MIT in the base oci:../base.oci:v1" "packages of the base are listed"
equal "$(package small.spdx.json pip "$purl")" "pkg:pypi/pip@24.0" "with its Python packages"
equal "$(jq -r '[.relationships[] | select(.relationshipType == "DESCENDANT_OF")] | length' small.spdx.json)" 1 "and the base itself"

# --- what is in the store must be what the spec says
sed -i 's/install: \[python3.11, libssl3\]/install: [python3.11]/' app/lapstrake.yaml
expect 2 lapstrake -C app sbom app
says "lapstrake lock" "a lock that is out of date exits 2 and names the command"
sed -i 's/install: \[python3.11\]/install: [python3.11, libssl3]/' app/lapstrake.yaml
cp app/lapstrake.lock kept.lock
python3 -c "from package_index import wheel; wheel('files', 'jinjer', '3.1.7')"
sed -i 's/3.1.6/3.1.7/' app/requirements.txt
expect 0 lapstrake -C app lock
expect 3 lapstrake -C app sbom app
says "lapstrake build app" "an image that was built from another lock exits 3"
sed -i 's/3.1.7/3.1.6/' app/requirements.txt
cp kept.lock app/lapstrake.lock

# --- attached by a push
cat >inside.sh <<'INSIDE'
set -euo pipefail
cd "$1"
lapstrake -C app push app >push1.out
lapstrake -C app inspect --json --referrers "$2/team/app:v1" >referrers1.json
lapstrake -C app --json push app >push2.out
lapstrake -C app inspect --json --referrers "$2/team/app:v1" >referrers2.json
lapstrake sbom "$2/team/app:v1" >attached.spdx.json
lapstrake sbom "$2/team/app:v1" --format cyclonedx >attached.cdx.json
lapstrake --platform linux/amd64 sbom "$2/team/app:v1" >attached.amd64.json
lapstrake -C app push small >/dev/null
code=0
lapstrake sbom "$2/small:v1" >/dev/null 2>none.err || code=$?
echo "$code" >none.code
INSIDE
sed -i "s|repository: $host/small|&\n    tags: [v1]|" app/lapstrake.yaml
expect 0 lapstrake sandbox -- bash "$work/inside.sh" "$work" "$host"
equal "$(jq -r '[.referrers[].artifactType] | sort | join(" ")' referrers1.json)" "application/spdx+json application/vnd.cyclonedx+json" "both formats are referrers of the index"
same_file referrers2.json referrers1.json "a second push adds none"
equal "$(jq -r '.[0].attachments | length' push2.out)" 6 "the index and each of its manifests have them"
same_file attached.spdx.json index.spdx.json "the attached document is the printed one"
same_file attached.cdx.json index.cdx.json "in both formats"
same_file attached.amd64.json app.spdx.json "and for each platform"
equal "$(<none.code)" 3 "an image without an SBOM exits 3"
grep -q "no attached SBOM" none.err || fail "$(<none.err)"

# --- other programs
sed -i "s|$mirror|https://example.com|g" ./*.spdx.json index.cdx.json # spdx-tools takes no address for a host
code=0
python3 "$SOURCE/tests/support/check_sboms.py" app.spdx.json index.spdx.json small.spdx.json index.cdx.json >checked || code=$?
grep -v "^NOT RUN" checked >faults || true
[[ $code == 0 || $code == 77 ]] || fail "$(<faults)"
if grep -q "^NOT RUN" checked; then part_not_run "$(grep "^NOT RUN" checked | sed 's/NOT RUN: //' | xargs)"; else ok "spdx-tools, cyclonedx-python-lib and packageurl-python accept the documents"; fi
