#!/bin/bash
# Python packages: from an index with wheels that this script makes to an image, without running Python. The base is made here, too.
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
. "$SOURCE/tests/support/python_packages.sh"
need python3 jq

# --- the index
mkdir files
cat >wheels.py <<'PY'
import hashlib, json, pathlib
from package_index import wheel

made = []
def make(*arguments, **options):
    made.append(wheel("files", *arguments, **options))
    return made[-1]

x86, arm = "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64"
make("Flasky", "3.1.0", {"flasky/__init__.py": "app = 1\n"}, needs=["Jinjer>=3.1", "markup>=2.0", "colorer; os_name == 'nt'"],
     entry_points="[console_scripts]\nflasky = flasky.cli:main\n", requires_python=">=3.9")
make("jinjer", "3.1.6", needs=["markup>=2.1.1", "babel; extra == 'i18n'"])
for tag in (x86, arm):
    make("markup", "3.0.2", {"markup/__init__.py": "", "markup/_speed.cpython-311.so": (f"speed of {tag}", 0o755)}, tag)
    make("markup", "3.0.3", {"markup/__init__.py": ""}, tag)
make("markup", "4.0.0rc1")
make("markup", "3.9.0", requires_python=">=3.13")
make("markup", "3.0.9", tag="cp312-cp312-manylinux_2_17_x86_64")
make("markup", "3.0.4")  # yanked below
make("dataful", "1.0", {"dataful/__init__.py": "", "DATA/data/share/dataful/words.txt": "words\n", "DATA/scripts/run-it": "#!python\nprint('hello')\n",
                        "DATA/headers/dataful.h": "int dataful;\n", "DATA/purelib/pure_of_dataful.py": "x = 1\n"})
make("only_x86", "1.0", tag=x86)
make("libced", "1.0", tag="cp311-cp311-musllinux_1_2_x86_64")
make("libced", "1.0", tag="cp311-cp311-musllinux_1_1_x86_64")
make("libced", "1.0", tag="cp311-cp311-manylinux_2_36_x86_64")
make("libced", "1.0", tag="cp311-cp311-manylinux_2_37_x86_64")
make("liar", "1.0", {"liar.py": "true\n"}, flaw="record")
make("changing", "1.0", {"changing.py": "x = 1\n"})
make("big", "1.0", {"big.bin": "".join(hashlib.sha256(bytes([i % 256, i // 256])).hexdigest() for i in range(30000))})
pathlib.Path("files/sourced-1.0.tar.gz").write_bytes(b"no wheel")
pathlib.Path("files/psycopg2-2.9.9.tar.gz").write_bytes(b"no wheel")
for path in made:
    facts = {"yanked": "broken"} if path.name.startswith("markup-3.0.4") else {}
    if path.name.startswith("markup-3.9.0"):
        facts = {"requires-python": ">=3.13"}
    if path.name.startswith("Flasky"):
        import zipfile
        with zipfile.ZipFile(path) as archive:
            metadata = archive.read("Flasky-3.1.0.dist-info/METADATA")
        pathlib.Path(f"{path}.metadata").write_bytes(metadata)
        facts["core-metadata"] = {"sha256": hashlib.sha256(metadata).hexdigest()}
    pathlib.Path(f"{path}.json").write_text(json.dumps(facts))
PY
python3 wheels.py
serve_index files index.log
index=http://127.0.0.1:$port
export PIP_INDEX_URL=$index/simple
asked() { grep -cE "$1" index.log || true; }
sha256_of() { sha256sum "files/$1" | cut -d' ' -f1; }

# --- the base: a Python 3.11 of Debian 12, as far as files say so
make_python_base base
expect 0 lapstrake -C base build -o "oci:$work/python:v1"

project() { # name requirements-line...: a project with one image
  mkdir -p "$1"
  printf '%s\n' "${@:2}" >"$1/requirements.txt"
  cat >"$1/lapstrake.yaml" <<'YAML'
images:
  app:
    base: oci:../python:v1
    layers:
      - name: deps
        pip: { lock: requirements.txt }
    entrypoint: [ flasky ]
YAML
}
layer_of() { # image: the digest of its last layer
  lapstrake inspect --json "$1" | jq -r '[.. | .layers? // empty][0][-1].digest'
}
entries() { lapstrake inspect --json --files "$1"; }

# --- lock, build
project api 'flasky==3.1.0  # the framework' 'jinjer==3.1.6' 'markup==3.0.2' 'dataful==1.0'
expect 2 lapstrake -C api build
says "has no entry for \`pip requirements.txt, cpython 3.11, glibc 2.36, x86_64\`" "without a lock, build exits 2"
says "run \`lapstrake lock\`" "and names the command"
expect 0 lapstrake -C api lock
matches "$out" "added Flasky-3.1.0-py3-none-any.whl sha256:$(sha256_of Flasky-3.1.0-py3-none-any.whl)" "lock prints each file that it added"
equal "$(jq .version api/lapstrake.lock)" 2 "the lock has version 2"
jq -r '.installs[].files | to_entries[] | "\(.key) \(.value.why)"' api/lapstrake.lock >whys
grep -qx 'markup-3.0.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl requirements.txt:3, needed by flasky 3.1.0' whys || fail "a reason: $(<whys)"
ok "each file has its reason"
free_of '127\.0\.0\.1|http' api/lapstrake.lock "no address of the index is in the lock"
equal "$(asked 'GET /files/Flasky.*whl 200')" 0 "with the metadata of the index, the wheel is not fetched"
cp api/lapstrake.lock first.lock
touch -d 2001-01-01 api/lapstrake.lock
stat -c %Y api/lapstrake.lock >before
: >index.log
expect 0 lapstrake -C api lock
equal "$out" "" "locked again, nothing changes"
same_file <(stat -c %Y api/lapstrake.lock) before "and the file is not written"
equal "$(<index.log)" "" "and the index is not asked"

expect 0 lapstrake -C api build -o "oci:$work/images:v1"
image=$(digest_of "$out")
layer=$(layer_of oci:images:v1)
expect 0 lapstrake -C api --store "$work/store2" --locked build
equal "$(digest_of "$out")" "$image" "a second store gives the same digest"
mkdir unpacked
blob=images/blobs/sha256/${layer#*:}
tar -xf "$blob" -C unpacked
venv=unpacked/opt/venv site=unpacked/opt/venv/lib/python3.11/site-packages
equal "$(head -n 1 $venv/bin/flasky) $(stat -c %a $venv/bin/flasky)" '#!/opt/venv/bin/python3 755' "a command is made for the entry point"
equal "$(head -n 1 $venv/bin/run-it) $(stat -c %a $venv/bin/run-it)" '#!/opt/venv/bin/python3 755' "a script gets the interpreter of the image"
equal "$(cat $venv/share/dataful/words.txt)$(cat $venv/include/site/python3.11/dataful/dataful.h)" 'wordsint dataful;' "data and headers are installed"
equal "$(readlink $venv/bin/python3 $venv/bin/python3.11 | xargs) $(grep home $venv/pyvenv.cfg)" "python3.11 /usr/bin/python3.11 home = /usr/bin" "the virtual environment links to the base's Python"
equal "$(cat $site/markup/_speed.cpython-311.so)" 'speed of cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64' "the wheel is the one of the platform"
grep -q '^../../../bin/run-it,sha256=' $site/dataful-1.0.dist-info/RECORD || fail "RECORD: $(cat $site/dataful-1.0.dist-info/RECORD)"
equal "$(cat $site/dataful-1.0.dist-info/INSTALLER)" lapstrake "RECORD and INSTALLER are written"
python3 - "$site" <<'PY' || fail "importlib.metadata does not find what is installed"
import importlib.metadata, pathlib, sys
found = {d.metadata["Name"].lower(): d for d in importlib.metadata.distributions(path=[sys.argv[1]])}
assert sorted(found) == ["dataful", "flasky", "jinjer", "markup"], found
for d in found.values():
    assert all(pathlib.Path(f.locate()).exists() for f in d.files), d.files
PY
ok "importlib.metadata finds each file that RECORD lists"
lapstrake inspect --json oci:images:v1 >config.json
grep -q 'PATH=/opt/venv/bin:' config.json || fail "PATH: $(<config.json)"
ok "PATH begins with the environment's programs"

# --- nothing changed
: >index.log
if strace -qq -o /dev/null true 2>/dev/null; then
  expect 0 strace -f -qq -E ASAN_OPTIONS=detect_leaks=0 -o trace -e trace=openat,open lapstrake -C api build
  jq -r '.installs[].files[].sha256' api/lapstrake.lock | paste -sd'|' >digests
  free_of "$(<digests)" trace "an unchanged rebuild opens no archive"
else
  part_not_run "strace is absent or not permitted here: that no archive is opened is not looked at"
  expect 0 lapstrake -C api build
fi
equal "$(digest_of "$out") $(<index.log)" "$image " "with the same digest, and no request"

# --- offline
expect 0 lapstrake -C api vendor
: >index.log
expect 0 lapstrake -C api --store "$work/offline-store" --offline build
equal "$(digest_of "$out") $(<index.log)" "$image " "offline from the vendor folder into an empty store: the same digest"
mv api/lapstrake-vendor away
expect 3 lapstrake -C api --store "$work/empty-store" --offline build
says ".whl" "a wheel that is not at hand exits 3 and is named"
expect 0 lapstrake -C api --store "$work/empty-store" --vendored ../away --offline build
equal "$(digest_of "$out")" "$image" "--vendored names another folder"

# --- garbage collection
expect 0 lapstrake store gc
expect 0 lapstrake -C api --offline build
equal "$(digest_of "$out")" "$image" "after gc, the store still has what the image was built from"
cp api/lapstrake.yaml kept.yaml
sed -i 's|lock: requirements.txt|lock: requirements.txt, into: /srv/venv|' api/lapstrake.yaml
expect 0 lapstrake -C api --offline build
[[ $(digest_of "$out") != "$image" ]] || fail "another folder gives no other image"
ok "another folder of the environment is built offline, too"
cp kept.yaml api/lapstrake.yaml

# --- the list changes
echo '# a remark' >>api/requirements.txt
expect 2 lapstrake -C api build
says "is out of date for \`pip requirements.txt" "a changed list makes the lock stale: exit 2"
says "run \`lapstrake lock\`" "with the command"
expect 0 lapstrake -C api lock
equal "$out" "" "no file changed"
expect 0 lapstrake -C api build
equal "$(digest_of "$out")" "$image" "and the image is the same"

# --- an incomplete list
project missing 'flasky==3.1.0' 'jinjer==3.1.6'
expect 2 lapstrake -C missing lock
cat >wanted <<'TEXT'
error: requirements.txt does not satisfy 2 requirements of its packages
  because: flasky 3.1.0 needs markup>=2.0, which requirements.txt does not list
    jinjer 3.1.6 needs markup>=2.1.1, which requirements.txt does not list
TEXT
grep -A2 '^error' err.txt >got || true
same_file got wanted "a missing package: who needs it"
sed -n '/help:/,$p' err.txt >got
cat >wanted <<'TEXT'
  help: add this line to requirements.txt:
    markup==3.0.3
    or write a complete list with `uv pip compile` or `pip freeze`
TEXT
same_file got wanted "and one line to add: the newest version that fits, not yanked, no pre-release, for this Python"
[[ ! -e missing/lapstrake.lock ]] || fail "an incomplete list was locked"
project hashes "jinjer==3.1.6 --hash=sha256:$(sha256_of jinjer-3.1.6-py3-none-any.whl)"
expect 2 lapstrake -C hashes lock
grep -oE 'markup==3.0.3( --hash=sha256:[0-9a-f]{64}){2}$' err.txt >>hashes/requirements.txt || fail "the line to add has no hashes: $(<err.txt)"
expect 0 lapstrake -C hashes lock
ok "the line for a list with hashes has the hashes of all wheels, and completes it"
project old 'flasky==3.1.0' 'jinjer==3.1.6' 'markup==1.0'
python3 -c "from package_index import wheel; wheel('files', 'markup', '1.0')"
expect 2 lapstrake -C old lock
says "but requirements.txt lists version 1.0" "a version that does not fit is named"
says "change this line in requirements.txt:" "with the line to change"
says "markup==3.0.3" "the version that all requirements allow"

# --- wheels and indexes that lie
refused() { # code name requirement text what
  project "$2" "$3"
  expect "$1" lapstrake -C "$2" lock
  says "$4" "$5"
  [[ ! -e $2/lapstrake.lock ]] || fail "$5: a lock was written"
}
project changing 'changing==1.0'
expect 0 lapstrake -C changing --store "$work/changing-store" lock
old=$(sha256_of changing-1.0-py3-none-any.whl)
python3 -c "from package_index import wheel; wheel('files', 'changing', '1.0', {'changing.py': 'x = 2\n'})"
rm -rf changing-store
expect 6 lapstrake -C changing --store "$work/changing-store" build
says "wrong content of the wheel \`changing-1.0-py3-none-any.whl\`" "a wheel that the index has changed exits 6"
[[ -z $(find changing-store -name "$(sha256_of changing-1.0-py3-none-any.whl)" -o -name "$old") ]] || fail "the changed wheel was stored"
ok "and it is not stored"
expect 6 lapstrake -C changing --store "$work/changing-store" --locked lock
matches "$out" "^moved changing-1.0-py3-none-any.whl sha256:$old -> sha256:$(sha256_of changing-1.0-py3-none-any.whl)$" "lock --locked exits 6 and names the file"
refused 6 hashed "changing==1.0 --hash=sha256:$old" 'no file of changing 1.0 in the index has a hash of requirements.txt:1' "a hash that no file has exits 6"
project hash "changing==1.0 --hash=sha256:$(sha256_of changing-1.0-py3-none-any.whl)"
expect 0 lapstrake -C hash lock
ok "a hash that the file has is accepted"

project liar 'liar==1.0'
run lapstrake -C liar lock
[[ $code == 6 ]] || expect 6 lapstrake -C liar build
says 'liar.py' "a wheel whose RECORD is wrong exits 6 and the file is named"
[[ -z $(find "$LAPSTRAKE_STORE" -path '*unpacked*' -newer liar/requirements.txt -type f) ]] || fail "it was unpacked into the store"
ok "and nothing of it is unpacked"

refused 2 sourced 'sourced==1.0' 'sourced 1.0 has no wheel, only a source archive' "a package without wheels is named"
says 'pip wheel sourced==1.0' "with the command that makes a wheel"
refused 2 psycopg2 'psycopg2==2.9.9' 'use psycopg2-binary' "and the package that replaces it"
refused 3 unknown 'no-such-thing==1.0' "\`no-such-thing\` not found in \`$index/simple/\`" "a package that the index lacks exits 3"
refused 3 unknown2 'flasky==9.9' 'correct the version in requirements.txt:1: the newest there is 3.1.0' "a version that the index lacks exits 3, and the newest is named"
refused 2 loose 'flasky' 'flasky' "a line without a version exits 2"
refused 2 editable '-e ./flasky' 'requirements.txt:1' "an editable install exits 2 and the line is named"

# --- check, without a network
expect 2 lapstrake -C loose check
matches "$out" 'lapstrake.yaml:6:14' "check reports a list without versions, with the position of the step"
rm unknown/requirements.txt
run lapstrake -C unknown check
[[ $code != 0 ]] || fail "check accepts a missing list"
matches "$out" 'requirements.txt' "and a missing list"
expect 0 lapstrake -C api check

# --- two platforms
project platforms 'flasky==3.1.0' 'jinjer==3.1.6' 'markup==3.0.2'
sed -i 's|^    base:|    platforms: [linux/amd64, linux/arm64]\n    base:|' platforms/lapstrake.yaml
expect 0 lapstrake -C platforms lock
equal "$(jq -r '.installs | keys[]' platforms/lapstrake.lock | xargs)" \
  "pip requirements.txt, cpython 3.11, glibc 2.36, aarch64 pip requirements.txt, cpython 3.11, glibc 2.36, x86_64" "each platform has its own list"
expect 0 lapstrake -C platforms build -o "oci:$work/images:platforms"
expect 0 lapstrake --platform linux/arm64 inspect --files oci:images:platforms
matches "$out" '_speed' "a wheel for another machine is installed without emulation"
project x86 'only_x86==1.0'
sed -i 's|^    base:|    platforms: [linux/amd64, linux/arm64]\n    base:|' x86/lapstrake.yaml
expect 2 lapstrake -C x86 lock
says 'no wheel of only-x86 1.0 fits cpython 3.11, glibc 2.36, aarch64' "no wheel for arm64: an error"
says 'is for x86_64' "that names the nearest wheel and the reason"

# --- a static index in HTML, which has neither sizes nor metadata
serve_index files html.log --html
html=http://127.0.0.1:$port/simple
project html 'flasky==3.1.0' 'jinjer==3.1.6' 'markup==3.0.2' 'dataful==1.0'
expect 0 env PIP_INDEX_URL="$html" lapstrake -C html --store "$work/html-store" lock
same_file <(jq -S '.installs[].files' html/lapstrake.lock) <(jq -S '.installs[].files' first.lock) "an index in HTML gives the same lock"
expect 0 env PIP_INDEX_URL="$html" lapstrake -C html --store "$work/html-store" build
equal "$(digest_of "$out")" "$image" "and the same image"

# --- another libc, and the site-packages folder of the image's own Python
mkdir musl
cat >musl/lapstrake.yaml <<'YAML'
images:
  python:
    layers:
      - name: root
        files:
          - { path: /usr/local/bin/python3.11, text: "not run", mode: "0755" }
          - { path: /usr/local/lib/python3.11/encodings/__init__.py, text: "" }
          - { path: /lib/apk/db/installed, text: "P:musl\nV:1.2.4-r2\nA:x86_64\n\n" }
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" }
YAML
expect 0 lapstrake -C musl build -o "oci:$work/musl-python:v1"
project libced 'libced==1.0'
expect 0 lapstrake -C libced lock
equal "$(jq -r '.installs[].files | keys[]' libced/lapstrake.lock)" "libced-1.0-cp311-cp311-manylinux_2_36_x86_64.whl" "glibc 2.36 takes the newest wheel that it can load"
sed -i 's|oci:../python:v1|oci:../musl-python:v1|; s|lock: requirements.txt|lock: requirements.txt, into: system|' libced/lapstrake.yaml
expect 0 lapstrake -C libced lock --prune
equal "$(jq -r '.installs[].files | keys[]' libced/lapstrake.lock)" "libced-1.0-cp311-cp311-musllinux_1_2_x86_64.whl" "musl takes the wheel for musl"
expect 0 lapstrake -C libced build -o "oci:$work/images:libced"
expect 0 lapstrake inspect --files oci:images:libced
matches "$out" '/usr/local/lib/python3.11/site-packages/libced' "\`into: system\` installs for the Python of the image"
sed -i 's|oci:../musl-python:v1|oci:../python:v1|' libced/lapstrake.yaml
expect 0 lapstrake -C libced lock
expect 2 lapstrake -C libced build
says 'the packages of the distribution own its folders' "but not for a Python of the distribution"

# --- extras and groups
mkdir extras
cat >extras/lapstrake.yaml <<'YAML'
images:
  app:
    base: oci:../python:v1
    layers: [ { name: deps, pip: { lock: uv.lock, extras: [speed], groups: [dev] } } ]
YAML
cat >extras/uv.lock <<'TOML'
version = 1
requires-python = ">=3.9"

[[package]]
name = "app"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "jinjer" }]
optional-dependencies = { speed = [{ name = "dataful" }] }
dev-dependencies = { dev = [{ name = "changing" }] }
TOML
for name in jinjer-3.1.6 markup-3.0.2 dataful-1.0 changing-1.0; do
  printf '\n[[package]]\nname = "%s"\nversion = "%s"\nsource = { registry = "%s/simple" }\n' "${name%-*}" "${name##*-}" "$index"
  [[ $name != jinjer* ]] || echo 'dependencies = [{ name = "markup" }]'
  echo 'wheels = ['
  for file in files/"$name"-*.whl; do printf '  { url = "%s/%s", hash = "sha256:%s" },\n' "$index" "$file" "$(sha256sum "$file" | cut -d' ' -f1)"; done
  echo ']'
done >>extras/uv.lock
expect 0 lapstrake -C extras lock
equal "$(jq -r '.installs[].files | map(.package) | join(" ")' extras/lapstrake.lock)" "changing dataful jinjer markup" "extras and groups of uv.lock are installed"
sed -i 's|, extras: \[speed\], groups: \[dev\]|, groups: []|' extras/lapstrake.yaml
expect 0 lapstrake -C extras lock --prune
equal "$(jq -r '.installs[].files | map(.package) | join(" ")' extras/lapstrake.lock)" "jinjer markup" "and without them, they are not"

# --- environments and platforms
project environments 'jinjer==3.1.6' 'markup==3.0.2'
cat >>environments/lapstrake.yaml <<'YAML'
environments:
  small: { images: { app: { env: { SIZE: small } } } }
YAML
expect 0 lapstrake -C environments lock
echo 'changing==1.0' >>environments/requirements.txt
sed -i 's|lock: requirements.txt|lock: requirements.txt, libc: glibc-2.31|' environments/lapstrake.yaml
expect 6 lapstrake -C environments --locked lock
expect 0 lapstrake -C environments lock --prune
equal "$(jq -r '.installs | keys[]' environments/lapstrake.lock)" "pip requirements.txt, cpython 3.11, glibc 2.31, x86_64" "--prune removes what no environment needs"
sed -i 's|small: .*|arm: { images: { app: { platforms: [linux/arm64] } } }|' environments/lapstrake.yaml
expect 0 lapstrake -C environments -e arm lock
expect 0 lapstrake -C environments lock --prune
expect 0 lapstrake -C environments --locked lock
expect 0 lapstrake -C environments -e arm --locked build
expect 0 lapstrake -C platforms --platform linux/amd64 --locked lock
ok "and nothing that another environment or platform needs"

# --- other lock files of the same project
expect 0 lapstrake -C platforms --platform linux/amd64 build -o "oci:$work/images:requirements"
wanted=$(layer_of oci:images:requirements)
python3 - "$index" <<'PY'
import hashlib, pathlib, sys
files = {"flasky": ("3.1.0", "Flasky-3.1.0-*"), "jinjer": ("3.1.6", "jinjer-*"), "markup": ("3.0.2", "markup-3.0.2-*")}
needs = {"flasky": ["jinjer", "markup"], "jinjer": ["markup"], "markup": []}
uv = 'version = 1\nrequires-python = ">=3.9"\n\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "flasky" }]\n'
pylock = 'lock-version = "1.0"\ncreated-by = "test"\n'
poetry = ""
for name, (version, pattern) in files.items():
    wheels = [(p.name, hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_size) for p in sorted(pathlib.Path("files").glob(pattern + ".whl"))]
    uv += f'\n[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "{sys.argv[1]}/simple" }}\n'
    uv += "dependencies = [" + ", ".join('{ name = "' + need + '" }' for need in needs[name]) + "]\nwheels = [\n"
    uv += "".join(f'  {{ url = "{sys.argv[1]}/files/{file}", hash = "sha256:{digest}", size = {size} }},\n' for file, digest, size in wheels) + "]\n"
    pylock += f'\n[[packages]]\nname = "{name}"\nversion = "{version}"\nwheels = [\n'
    pylock += "".join(f'  {{ name = "{file}", url = "{sys.argv[1]}/files/{file}", size = {size}, hashes = {{ sha256 = "{digest}" }} }},\n' for file, digest, size in wheels) + "]\n"
    poetry += f'[[package]]\nname = "{name}"\nversion = "{version}"\ndescription = ""\noptional = false\npython-versions = ">=3.9"\ngroups = ["main"]\nfiles = [\n'
    poetry += "".join(f'  {{ file = "{file}", hash = "sha256:{digest}" }},\n' for file, digest, size in wheels) + "]\n\n"
poetry += '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.9"\ncontent-hash = "0"\n'
for name, text in {"uv.lock": uv, "pylock.toml": pylock, "poetry.lock": poetry}.items():
    pathlib.Path("platforms", name).write_text(text)
PY
for lock in uv.lock pylock.toml poetry.lock; do
  sed "s|lock: requirements.txt|lock: $lock|" platforms/lapstrake.yaml >platforms/other.yaml
  expect 0 lapstrake -C platforms -f other.yaml lock
  expect 0 lapstrake -C platforms -f other.yaml --platform linux/amd64 build -o "oci:$work/images:other"
  equal "$(layer_of oci:images:other)" "$wanted" "$lock gives the layer that requirements.txt gives"
done

# --- lock --update NAME
project update 'flasky==3.1.0' 'jinjer==3.1.6' 'markup==3.0.2' 'changing==1.0'
expect 0 lapstrake -C update lock
cp update/lapstrake.lock kept.lock
python3 -c "from package_index import wheel; wheel('files', 'changing', '1.0', {'changing.py': 'x = 3\n'})"
expect 0 lapstrake -C update lock
same_file update/lapstrake.lock kept.lock "lock follows no file that the index has replaced"
expect 2 lapstrake -C update lock --update changin
says 'did you mean `changing`?' "a name that is no package: a suggestion"
expect 0 lapstrake -C update lock --update changing
matches "$out" "^moved changing-1.0-py3-none-any.whl sha256:[0-9a-f]{64} -> sha256:$(sha256_of changing-1.0-py3-none-any.whl)$" "lock --update NAME does"
expect 0 lapstrake -C update build
expect 0 lapstrake -C update --locked lock
equal "$out" "" "and the lock is up to date"

python3 -c "from package_index import wheel; wheel('files', 'changing', '1.0', {'changing.py': 'x = 4\n'})"
echo '# changed' >>update/requirements.txt
expect 6 lapstrake -C update lock
says 'lapstrake lock --update changing' "a changed list does not move a replaced file either: exit 6 and the command"
expect 6 lapstrake -C update lock --update flasky
expect 0 lapstrake -C update lock --update changing

# --- wheels of the project, beside a list in a folder
project own './wheels/own-1.0-py3-none-any.whl' 'flasky==3.1.0' 'jinjer==3.1.6' 'markup==3.0.4'
mkdir -p own/lists/wheels
mv own/requirements.txt own/lists/
sed -i 's|lock: requirements.txt|lock: lists/requirements.txt|' own/lapstrake.yaml
python3 -c "from package_index import wheel; wheel('own/lists/wheels', 'own', '1.0', {'own.py': 'x = 1\n'})"
expect 0 lapstrake -C own lock
says 'warning: markup 3.0.4 (lists/requirements.txt:4) is yanked in the index: broken' "a yanked version is a warning"
expect 0 lapstrake -C own build
wanted=$(digest_of "$out")
expect 0 lapstrake -C own vendor
expect 0 lapstrake -C own --store "$work/own-store" --offline build
equal "$(digest_of "$out")" "$wanted" "a wheel of the project is installed, and vendored"
python3 -c "from package_index import wheel; wheel('own/lists/wheels', 'own', '1.0', {'own.py': 'x = 2\n'})"
expect 2 lapstrake -C own build
says "is out of date" "a new build of the wheel makes the lock stale"
expect 0 lapstrake -C own lock
matches "$out" '^moved own-1.0-py3-none-any.whl' "and lock takes it"
expect 0 lapstrake -C own build
[[ $(digest_of "$out") != "$wanted" ]] || fail "the image has the old wheel"
rm -r own/lists/wheels
expect 3 lapstrake -C own lock --update
says 'own-1.0-py3-none-any.whl' "a missing wheel exits 3 and is named"

# --- credentials: the index demands them, and a second host that has the files must not get them
serve_index files other.log
other=$port
serve_index files private.log --auth 'joe:p@ss:word' --files-at "http://127.0.0.1:$other/files/"
private=$port
project private 'flasky==3.1.0' 'jinjer==3.1.6' 'markup==3.0.2'
expect 5 env PIP_INDEX_URL="http://127.0.0.1:$private/simple" lapstrake -C private --store "$work/private-store" lock
ok "without credentials, lock exits 5"
url="http://joe:p%40ss%3Aword@127.0.0.1:$private/simple"
: >private.log
expect 0 env PIP_INDEX_URL="$url" lapstrake -C private --store "$work/private-store" -v lock
cp err.txt said.txt
equal "$out$(jq -r '.version' private/lapstrake.lock)" "$out"2 "with them, it locks"
expect 0 env PIP_INDEX_URL="$url" lapstrake -C private --store "$work/private-store" -v build
equal "$(digest_of "$out")" "$(digest_of "$(lapstrake -q -C platforms --platform linux/amd64 build)")" "and builds the image of the public index"
cat err.txt >>said.txt
grep -q ' +login' private.log || fail "the index got no credentials"
free_of ' \+login' other.log "the host of the files did not get the credentials"
equal "$(grep -c '^GET /files/.*whl 200' other.log)" 3 "but served the files"
free_of 'p@ss|p%40ss|word|am9lOn' said.txt "no password is printed, even with -v"
free_of 'p@ss|p%40ss|am9lOn|joe|127\.0\.0\.1' private/lapstrake.lock "or written to the lock"
expect 5 env PIP_INDEX_URL="http://joe:wrong-secret@127.0.0.1:$private/simple" lapstrake -C private --store "$work/private-store" lock --update
free_of 'wrong-secret' err.txt "nor is a wrong one"

# --- sources: an index of the spec, with the login of .netrc
printf 'machine 127.0.0.1 login joe password p@ss:word\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
sed -i 's|lock: requirements.txt|lock: requirements.txt, source: internal|' private/lapstrake.yaml
printf 'sources:\n  internal: { type: pip, uri: "http://127.0.0.1:%s/simple" }\n' "$private" >>private/lapstrake.yaml
rm private/lapstrake.lock
: >index.log
expect 0 lapstrake -C private lock
equal "$(<index.log)" "" "a source of the spec is asked instead of the host's index"
rm "$HOME/.netrc"

# --- killed while it downloads
serve_index files slow.log --slow big --html
project big 'big==1.0' 'dataful==1.0'
PIP_INDEX_URL=http://127.0.0.1:$port/simple lapstrake -C big --store "$work/big-store" lock >/dev/null 2>&1 </dev/null &
child=$!
wait_for_line slow.log 'GET /files/big' 20 >/dev/null
sleep 0.3
kill -9 "$child"
wait "$child" 2>/dev/null || true
[[ ! -e big/lapstrake.lock ]] || fail "lock was not killed in time"
expect 0 lapstrake --store "$work/big-store" store check
ok "lock is killed while a wheel is on its way: the store is whole"
expect 0 lapstrake -C big lock
: >slow.log
PIP_INDEX_URL=http://127.0.0.1:$port/simple lapstrake -C big --store "$work/big-store" build >/dev/null 2>&1 </dev/null &
child=$!
wait_for_line slow.log 'GET /files/big' 20 >/dev/null
sleep 0.3
kill -9 "$child"
code=0
wait "$child" 2>/dev/null || code=$?
equal "$code" 137 "build is killed while a wheel is on its way"
expect 0 lapstrake --store "$work/big-store" store check
expect 0 lapstrake -C big build
wanted=$(digest_of "$out")
expect 0 lapstrake -C big --store "$work/big-store" build
equal "$(digest_of "$out")" "$wanted" "the store is whole, and the next build gives the same digest"
