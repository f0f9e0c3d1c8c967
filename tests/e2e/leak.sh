#!/bin/bash
# With nine secrets and the most verbose output, on success and on failure, secrets appear only where they belong (S07), and not in the
# arguments of a process. Stored data is accessible only to its owner regardless of the umask, and another user's store is not used (S08).
. "$(dirname "$0")/lib.sh"
. "$SOURCE/tests/support/registry.sh"
. "$SOURCE/tests/support/secrets.sh"
need python3 openssl docker-registry htpasswd
make_ca
mkdir -p in out tmp project/files
export DOCKER_CONFIG=$work/in TMPDIR=$work/tmp
umask 000

# --- the secrets. Their characters are such that each encoding looks different.
client() { # name: a key and a certificate of the CA
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "in/$1.key" -out "in/$1.csr" 2>/dev/null
  openssl x509 -req -in "in/$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out "in/$1.pem" 2>/dev/null
}
client client
client other
looked_for in/secrets.json password bearer session presigned state helper task proxy key=in/client.key

# The looking itself is looked at first: all nine are in the folder `in`, and in encodings too.
printf 'x%s' "$(secret password)" | base64 -w0 >out/control
secret bearer address >>out/control
equal "$(found out | cut -d' ' -f1 | xargs)" "bearer password" "secrets are found in their encodings"
rm out/control
equal "$(found in | cut -d' ' -f1 | sort -u | wc -l)" 9 "nine secrets are looked for"

# --- the registry
seen=$work/in/seen
touch "$seen"
python3 "$SOURCE/tests/support/leaky_registry.py" in/secrets.json tls.pem tls.key ca.pem "$seen" >leaky.log 2>&1 </dev/null &
started+=($!)
port=$(wait_for_line leaky.log 'listening on [0-9]+' 20) || fail "the registry did not start"
registry=127.0.0.1:${port##* }

login_file() { printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$registry" "$(printf 'joe:%s' "$1" | base64 -w0)" >in/config.json; }
spec() { # repository [lines of the registry]
  cat >project/lapstrake.yaml <<YAML
images:
  app:
    repository: $1
    tags: [v1]
    layers: [ { name: app, files: [ { path: /x, text: hello } ] } ]
registries:
  "$registry": { ${2:-ca: ../ca.pem, cert: ../in/client.pem, key: ../in/client.key} }
  localhost: { ca: ../ca.pem } # its storage
YAML
}
# try CODE NAME ARGUMENTS...: as loud as it can be; all that it says goes to out/NAME.*
try() {
  local want=$1 name=$2
  shift 2
  code=0
  lapstrake -v --json --progress plain -C project "$@" >"out/$name.out" 2>"out/$name.err" </dev/null || code=$?
  cp "out/$name.err" "$work/err.txt"
  [[ $code == "$want" ]] || fail "$name: exit code $code instead of $want"
  ok "$name: exit code $code"
}

login_file "$(secret password)"
spec "$registry/ok/app"
try 0 pushed push
try 0 copied --store "$work/elsewhere" copy "$registry/ok/app:v1" oci:../out/copied
try 0 inspected inspect --files "$registry/ok/app:v1"
spec "$registry/ok/app"
sed -i "s,^    tags:,    base: $registry/ok/app:v1\n&," project/lapstrake.yaml
try 0 locked lock
try 0 vendored --store "$work/cold" vendor
mv project/lapstrake.lock project/lapstrake-vendor out/
spec "$registry/forbidden/app"
try 5 forbidden push
spec "$registry/reset/app"
try 5 reset push
says "attempt 1 of 6 failed" "an upload that was cut off is tried again"
spec "$registry/wrong/app"
try 5 wrong push
spec "$registry/spoilt/app"
try 0 to-spoilt copy "$registry/ok/app:v1" "$registry/spoilt/app:v1"
try 4 spoilt --store "$work/empty" copy "$registry/spoilt/app:v1" oci:../out/spoilt
spec "$registry/ok/app" "insecure: false"
try 4 untrusted push
spec "$registry/ok/app" "ca: ../ca.pem, cert: ../in/other.pem, key: ../in/client.key"
try 3 mismatched push

# A credential helper; it notes how it was called.
cat >bin/docker-credential-leaky <<SH
#!/bin/bash
{ tr '\\0' ' ' </proc/\$\$/cmdline; tr '\\0' ' ' </proc/\$PPID/cmdline; echo; } >>$work/out/called
ls /proc/\$\$/fd >>$work/out/files
cat >/dev/null
cat <<JSON
{"Username": "joe", "Secret": "\$(cat $work/in/helper)"}
JSON
[[ ! -e $work/in/fail ]] || { cat $work/in/helper >&2; exit 1; }
SH
chmod +x bin/docker-credential-leaky
secret helper >in/helper
printf '{"credsStore": "leaky"}\n' >in/config.json
spec "$registry/ok/app"
sed -i 's/hello/by the helper/' project/lapstrake.yaml
try 0 helped push
touch in/fail
try 5 helper-fails push
says "docker-credential-leaky" "a helper that fails is named"
matches "$(cat out/called)" "docker-credential-leaky get.*lapstrake -v" "the helper was called with \`get\` alone"
equal "$(sort -un out/files | xargs)" "0 1 2 255" "and with no open file of ours" # 255: bash reads the script

# docker-registry's own words for a wrong login, and its `_state`.
leaky=$registry
start_registry joe "$(secret password)"
docker_registry=$registry
registry=$docker_registry
login_file "$(secret password)"
spec "$docker_registry/app"
try 0 docker-registry push
login_file "$(secret proxy)"
spec "$docker_registry/app2"
try 5 docker-registry-wrong push
registry=$leaky

# --- AWS: a session token, a task's environment, a proxy with a password.
cat >faults.json <<'JSON'
{"rules": [{"match": {"operation": "RegisterTaskDefinition"}, "from": 2,
            "do": {"status": 400, "body": "{\"__type\": \"ClientException\", \"message\": \"Too many containers.\"}"}}]}
JSON
cat >project/lapstrake.yaml <<YAML
images:
  app:
    repository: \${env.LAPSTRAKE_SANDBOX_REGISTRY}/app
    tags: [v1]
    layers: [ { name: app, files: [ { path: /x, text: hello } ] } ]
tasks:
  app:
    containerDefinitions:
      - { name: app, image: "\${images.app}", essential: true, memory: 64,
          environment: [ { name: TOKEN, value: '$(secret task)' } ] }
environments:
  other: { tasks: { app: { containerDefinitions: [ { name: app, cpu: 64 } ] } } }
YAML
cat >inside.sh <<INSIDE
export HTTPS_PROXY="\${HTTPS_PROXY/\/\//\/\/joe:$(secret proxy address)@}" DOCKER_CONFIG=$work/in
export https_proxy=\$HTTPS_PROXY
step() { # name arguments
  local name=\$1 code=0
  shift
  lapstrake -v --json --progress plain -C project "\$@" >"out/\$name.out" 2>"out/\$name.err" || code=\$?
  echo \$code >>codes
}
step register register
step refused -e other register
AWS_SESSION_TOKEN='$(secret session)' step session register # which the sandbox does not know
INSIDE
lapstrake -q sandbox --faults faults.json -- bash inside.sh >out/sandbox.out 2>out/sandbox.err || fail "$(cat out/sandbox.err)"
equal "$(xargs <codes)" "0 2 5" "register: taken, refused by ECS, refused for its session token"
matches "$(cat out/session.err)" 'with its session token' "the session token was sent"
matches "$(cat out/register.err)" '`TOKEN` of `app` looks like a secret' "a task's environment is judged"
matches "$(cat out/register.err)" 'using the proxy http://REDACTED@' "the proxy is named without its password"

# --- and now
equal "$(sort -u "$seen" | xargs)" "bearer helper key password presigned state" "each secret went where it belongs, and none astray"
hits=$(found out store elsewhere empty cold tmp home)
equal "$hits" "" "no secret is in any output, in the store or in a file of ours"
[[ $(find store -type f | wc -l) -gt 5 && $(find out -name '*.err' -size +0 | wc -l) -gt 8 ]] || fail "there was nothing to look through"
equal "$(find store \( -type f -o -type d \) -perm /077 | head -n 3)" "" "all of the store is its owner's alone, under umask 000"
equal "$(find tmp home -mindepth 1 | head -n 3)" "" "and nothing lies about"

if [[ $(id -u) == 0 ]]; then
  cp -R store foreign
  chown -R 65534 foreign
  spec "$leaky/ok/app"
  expect 3 lapstrake --store "$work/foreign" -C project build
  says "belongs to another user" "a store of another user is refused"
else
  part_not_run "a foreign store needs root"
fi
